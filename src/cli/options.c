/* SPDX-License-Identifier: MIT */
/* Every option is one row: what it is called, what it takes, what it does, and what --help
 * says of it. */
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

struct option {
    unsigned commands; /* it goes with; enum command */
    const char *name;  /* without dashes; one letter: a short one */
    const char *value; /* NULL: takes none */
    const char *help;
    bool (*take)(struct options *o, struct slice value, struct complaint *why);
};

static bool take_listen(struct options *o, struct slice v, struct complaint *why)
{
    struct slice port = v, host = slice_cut(&port, ':');
    uint64_t n;

    o->is_listen_given = true;
    if (slice_is(host, SLICE("localhost")) && slice_to_u64(port, &n) && n <= UINT16_MAX)
        return address_from_ip(SLICE("127.0.0.1"), (uint16_t)n, &o->listen);
    if (!address_parse(v, &o->listen))
        return complain(
            why,
            "--listen wants ADDR:PORT, such as 127.0.0.1:4070 or [::1]:0, not \"%.*s\"",
            SLICE_ARGS(v));
    return true;
}

static bool take_upstream(struct options *o, struct slice v, struct complaint *why)
{
    const char *fault = origin_parse(v, &o->upstream, &o->upstream_path);

    if (fault != NULL)
        return complain(
            why, "--upstream wants a URL such as http://127.0.0.1:3000, not \"%.*s\": %s",
            SLICE_ARGS(v), fault);
    policy_allow(&o->policy, o->upstream.host, o->upstream.port);
    return true;
}

static bool take_allow_upstream(struct options *o, struct slice v, struct complaint *why)
{
    struct slice host;
    uint16_t port;
    bool is_ipv6;
    const char *fault = http_split_authority(v, &host, &port, &is_ipv6);

    if (fault != NULL)
        return complain(why, "--allow-upstream wants HOST or HOST:PORT, not \"%.*s\": %s",
                        SLICE_ARGS(v), fault);
    policy_allow(&o->policy, host, port);
    o->allow_listed = true;
    return true;
}

static bool take_allow_remote(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->allow_remote = true;
}

static bool take_request_control(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->allow_request_control = true;
}

static bool take_time_limit(struct options *o, struct slice v, struct complaint *why)
{
    if (!unit_duration(v, &o->time_limit) || o->time_limit == 0)
        return complain(
            why, "--time-limit wants a duration, such as 500ms, 30s or 5m, not \"%.*s\"",
            SLICE_ARGS(v));
    return true;
}

static bool take_seed(struct options *o, struct slice v, struct complaint *why)
{
    o->is_seeded = slice_to_u64(v, &o->seed);
    return o->is_seeded ||
           complain(why, "--seed wants a number, not \"%.*s\"", SLICE_ARGS(v));
}

static bool take_ready_file(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->ready_file = v.at;
    return true;
}

static bool take_journal(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->journal = v.at;
    return true;
}

static bool take_codes(struct options *o, struct slice v, struct complaint *why)
{
    (void)o;
    return status_load(v.at, why);
}

static bool take_resolve(struct options *o, struct slice v, struct complaint *why)
{
    struct pinned *p = mem_must(mem_zero(sizeof(*p)));
    struct address check;

    p->ip = v;
    p->name = slice_cut(&p->ip, '=');
    if (p->name.len == 0 || p->ip.at == NULL || !address_from_ip(p->ip, 0, &check)) {
        mem_free(p);
        return complain(
            why, "--resolve wants HOST=ADDR, such as api.test=127.0.0.1, not \"%.*s\"",
            SLICE_ARGS(v));
    }
    p->next = o->pins;
    o->pins = p;
    return true;
}

static bool take_dns(struct options *o, struct slice v, struct complaint *why)
{
    struct address a;

    if (!address_parse(v, &a))
        return complain(why, "--dns wants ADDR:PORT of a name server, not \"%.*s\"",
                        SLICE_ARGS(v));
    o->dns = v.at;
    return true;
}

static bool take_limit(struct options *o, struct slice v, struct complaint *why)
{
    return limits_set(&o->limits, v, why);
}

static bool take_fail_alloc(struct options *o, struct slice v, struct complaint *why)
{
    uint64_t n;
    bool percent = v.len > 1 && v.at[v.len - 1] == '%';
    struct slice digits = {v.at, v.len - percent};

    if (!slice_to_u64(digits, &n) || n == 0 || (percent && n > 100))
        return complain(
            why,
            "--fail-alloc wants N (every Nth fails) or a percentage such as 1%%, "
            "not \"%.*s\"",
            SLICE_ARGS(v));
    o->fail_alloc = percent ? 100 / n : n;
    return true;
}

static bool take_quiet(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->quiet = true;
}

static bool take_verbose(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->verbose = true;
}

static bool take_color(struct options *o, struct slice v, struct complaint *why)
{
    static const char *const names[] = {"auto", "always", "never"};

    for (size_t i = 0; i < COUNT(names); i++)
        if (slice_is(v, slice_of(names[i]))) {
            o->color = (enum color)i;
            return true;
        }
    return complain(why, "--color wants auto, always or never, not \"%.*s\"",
                    SLICE_ARGS(v));
}

static bool take_help(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->wants_help = true;
}

static bool take_as(struct options *o, struct slice v, struct complaint *why)
{
    const char *near;

    o->persona = persona_find(v);
    if (o->persona != NULL)
        return true;
    near = persona_nearest(v);
    return complain(why, "no persona is called \"%.*s\"%s%s%s", SLICE_ARGS(v),
                    near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                    near == NULL ? "" : "\"?");
}

static bool take_jobs(struct options *o, struct slice v, struct complaint *why)
{
    return (slice_to_u64(v, &o->jobs) && o->jobs > 0 && o->jobs <= 1000) ||
           complain(why, "--jobs wants a number from 1 to 1000, not \"%.*s\"",
                    SLICE_ARGS(v));
}

static bool take_junit(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->junit = v.at;
    return true;
}

static bool take_tap(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    o->tap = "-";
    return true;
}

static bool take_html(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->html = v.at;
    return true;
}

static bool take_har(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->har = v.at;
    return true;
}

static bool take_baseline(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->baseline = v.at;
    return true;
}

static bool take_json(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->json = true;
}

static bool take_schema(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->schema = true;
}

static bool take_manual(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->manual = true;
}

static bool take_secrets(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->tells_secrets = true;
}

static bool take_bodies(struct options *o, struct slice v, struct complaint *why)
{
    (void)v, (void)why;
    return o->tells_bodies = true;
}

static bool take_header(struct options *o, struct slice v, struct complaint *why)
{
    struct header *h = mem_must(mem_zero(sizeof(*h)));

    h->value = v;
    h->name = slice_cut(&h->value, ':');
    *o->last_header = h;
    o->last_header = &h->next;
    if (h->value.at == NULL || !http_is_token(h->name))
        return complain(why,
                        "-H wants a field, such as \"Accept: text/html\", not \"%.*s\"",
                        SLICE_ARGS(v));
    h->value = slice_trim(h->value, " \t");
    return http_is_field_value(h->value) ||
           complain(why, "-H has a value with a control character");
}

static bool take_data(struct options *o, struct slice v, struct complaint *why)
{
    (void)why;
    o->data = v;
    return true;
}

#define PLAYS (COMMAND_STATUS | COMMAND_SERVE | COMMAND_RUN)
#define TELLS (COMMAND_SERVE | COMMAND_RUN | COMMAND_JUDGE)
#define ALL   (PLAYS | COMMAND_CHECK | COMMAND_EXPLAIN | COMMAND_JUDGE)

static const struct option options[] = {
    {PLAYS, "listen", "ADDR:PORT",
     "listen there (127.0.0.1:4070, with CMD and with run any port)", take_listen},
    {PLAYS | COMMAND_EXPLAIN, "upstream", "URL",
     "reverse proxy: relay what comes to the port itself to this URL", take_upstream},
    {PLAYS, "allow-upstream", "HOST[:PORT]", "relay only to these; repeatable",
     take_allow_upstream},
    {PLAYS, "allow-remote", NULL, "allow --listen on an address that others can reach",
     take_allow_remote},
    {PLAYS, "allow-request-control", NULL,
     "let the request field \"Naysay: 522\" choose the answer", take_request_control},
    {PLAYS | COMMAND_EXPLAIN, "as", "PERSONA", "wear the heads of this vendor", take_as},
    {PLAYS, "time-limit", "DURATION", "end after that, with exit status 124",
     take_time_limit},
    {PLAYS | COMMAND_EXPLAIN, "seed", "N",
     "count chance from N, so that runs repeat to the octet", take_seed},
    {COMMAND_RUN, "jobs", "N", "play so many scenarios at once (1)", take_jobs},
    {PLAYS, "ready-file", "PATH", "once listening, write a JSON object that says where",
     take_ready_file},
    {PLAYS, "journal", "FILE",
     "JSON lines of exchanges (\"-\": standard output, DIR/: a file each)", take_journal},
    {PLAYS, "journal-secrets", NULL, "with credentials and cookies as they came",
     take_secrets},
    {PLAYS, "journal-bodies", NULL, "with the first octets of each body", take_bodies},
    {TELLS, "junit", "FILE", "report for CI: a test case for each expectation", take_junit},
    {TELLS, "tap", NULL, "report on standard output, as TAP 14", take_tap},
    {TELLS, "json", NULL, "report on standard output, as JSON", take_json},
    {TELLS, "html", "FILE", "report as one page, with every octet", take_html},
    {TELLS, "har", "FILE", "what happened as HAR 1.2, for browsers' developer tools",
     take_har},
    {TELLS, "baseline", "FILE", "failures listed there are known, and pass", take_baseline},
    {COMMAND_CHECK, "schema", NULL, "print the JSON Schema of scenario files", take_schema},
    {COMMAND_CHECK, "manual", NULL, "print naysay-scenario(5), for `man -l -`",
     take_manual},
    {COMMAND_EXPLAIN, "H", "FIELD", "a field of the request; repeatable", take_header},
    {COMMAND_EXPLAIN, "d", "CONTENT", "the request's content", take_data},
    {ALL, "codes", "FILE", "statuses of your own, in the format of data/status/",
     take_codes},
    {PLAYS, "resolve", "HOST=ADDR", "take this address for this name; repeatable",
     take_resolve},
    {PLAYS, "dns", "ADDR:PORT", "ask this name server rather than the system's", take_dns},
    {PLAYS, "limit", "NAME=VALUE", "change a limit (listed below); repeatable", take_limit},
    {PLAYS, "fail-alloc", "N",
     "let every Nth allocation fail (or N%), to test naysay itself", take_fail_alloc},
    {ALL, "color", "WHEN", "auto, always or never (NO_COLOR is honoured)", take_color},
    {ALL, "q", NULL, "say nothing but what is wrong", take_quiet},
    {ALL, "v", NULL, "a line for each exchange; of good scenarios, too", take_verbose},
    {ALL, "help", NULL, "this text", take_help},
};

static const struct {
    const char *name;
    enum command command;
} commands[] = {
    {"serve", COMMAND_SERVE},     {"run", COMMAND_RUN},     {"check", COMMAND_CHECK},
    {"explain", COMMAND_EXPLAIN}, {"judge", COMMAND_JUDGE},
};

enum command command_find(const char *word)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].command;
    return 0;
}

static const char *command_name(enum command c)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        if (commands[i].command == c)
            return commands[i].name;
    return "statuses";
}

static const struct option *find(struct slice name)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if (slice_is(name, slice_of(options[i].name)))
            return &options[i];
    return NULL;
}

static bool complain_unknown(struct slice word, struct complaint *why)
{
    const char *names[COUNT(options)];
    const char *near;

    for (size_t i = 0; i < COUNT(options); i++)
        names[i] = options[i].name;
    near = word_nearest(word, names, COUNT(options));
    if (near != NULL && strlen(near) > 1)
        return complain(why, "unknown option --%.*s; did you mean --%s?", SLICE_ARGS(word),
                        near);
    return complain(why, "unknown option --%.*s; `naysay --help` lists them",
                    SLICE_ARGS(word));
}

/* One option at argv[*i], and its value there or at the next place. */
static bool take_option(struct options *o, char **argv, int *i, int argc,
                        struct complaint *why)
{
    bool is_long = argv[*i][1] == '-', is_named = o->command != COMMAND_STATUS;
    struct slice value = slice_of(argv[*i] + (is_long ? 2 : 1));
    struct slice name = slice_cut(&value, '=');
    const struct option *option = find(name);

    if (option == NULL || is_long != (name.len > 1))
        return complain_unknown(name, why);
    if (!(option->commands & o->command))
        return complain(why,
                        "%s%s does not go with %s; `naysay%s%s --help` lists what does",
                        is_long ? "--" : "-", option->name, command_name(o->command),
                        is_named ? " " : "", is_named ? command_name(o->command) : "");
    if (option->value == NULL) {
        if (value.at != NULL)
            return complain(why, "--%s takes no value", option->name);
        return option->take(o, NO_SLICE, why);
    }
    if (value.at == NULL) {
        if (*i + 1 >= argc)
            return complain(why, "--%s wants a value: %s", option->name, option->value);
        value = slice_of(argv[++*i]);
    }
    return option->take(o, value, why);
}

bool options_parse(struct options *o, int argc, char **argv, struct complaint *why)
{
    enum command command = argc > 1 ? command_find(argv[1]) : 0;

    *o = (struct options){.limits = limits_default, .jobs = 1};
    o->command = command == 0 ? COMMAND_STATUS : command;
    o->last_header = &o->headers;
    why->text[0] = '\0';
    address_parse(SLICE("127.0.0.1:4070"), &o->listen);
    o->words = mem_must(mem_zero((size_t)(argc + 1) * sizeof(*o->words)));
    for (int i = command == 0 ? 1 : 2; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            o->cmd = argv + i + 1;
            if (*o->cmd == NULL)
                return complain(why, "a command is missing after --");
            break;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(o, argv, &i, argc, why))
                return false;
        } else
            o->words[o->n_words++] = argv[i];
    }
    if ((o->cmd != NULL || o->command == COMMAND_RUN) && !o->is_listen_given)
        address_set_port(&o->listen, 0); /* runs side by side do not collide */
    return true;
}

void options_help(FILE *out, unsigned wanted)
{
    for (size_t i = 0; i < COUNT(options); i++) {
        const struct option *op = &options[i];
        char left[48];
        if (wanted != 0 && !(op->commands & wanted))
            continue;
        snprintf(left, sizeof(left), "%s%s%s%s", strlen(op->name) > 1 ? "--" : "-",
                 op->name, op->value == NULL ? "" : " ",
                 op->value == NULL ? "" : op->value);
        fprintf(out, "  %-28s  %s\n", left, op->help);
    }
}

bool color_wanted(enum color c, FILE *stream)
{
    const char *no = getenv("NO_COLOR");

    if (c != COLOR_AUTO)
        return c == COLOR_ALWAYS;
    return (no == NULL || no[0] == '\0') && isatty(fileno(stream));
}
