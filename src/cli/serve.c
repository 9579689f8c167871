/* SPDX-License-Identifier: MIT */
/* A port, from the first word of the command line to the last exchange. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"

struct program {
    struct options *options;
    struct worker worker;
    struct server server;
    struct scenario scenario;
    struct resolver *resolver;
    struct journal *journal;
    struct child child;
    struct event signals[3];
    struct timer time_limit;
    char pseudonym[24];
    char self[ADDRESS_TEXT];
    size_t self_len;
    char url[ADDRESS_TEXT + 8];
    int interrupts;
    bool is_out_of_time;
};

/* ---- making the scenario ---- */

/* A word that is no status may have been meant for a command. */
static void suggest_command(const char *word, struct complaint *why)
{
    static const char *const commands[] = {"serve", "codes", "help"};
    const char *near = word_nearest(slice_of(word), commands, COUNT(commands));

    if (near != NULL && strpbrk(word, "/0123456789") == NULL)
        complain(why,
                 "\"%s\" is neither a status nor a command; did you mean \"naysay %s\"?",
                 word, near);
}

static bool make_answers(struct scenario *s, const struct options *o, struct complaint *why)
{
    s->n_always = (size_t)o->n_statuses;
    s->always = mem_must(mem_zero((s->n_always + 1) * sizeof(*s->always)));
    for (size_t i = 0; i < s->n_always; i++)
        if (!answer_parse(slice_of(o->statuses[i]), &s->always[i], why)) {
            suggest_command(o->statuses[i], why);
            return false;
        }
    return true;
}

static void make_pseudonym(struct program *p)
{
    uint32_t number = (uint32_t)getpid();

    if (p->options->is_seeded)
        number = (uint32_t)(p->options->seed ^ p->options->seed >> 32);
    else if (getrandom(&number, sizeof(number), 0) < 0)
        number ^= (uint32_t)p->worker.now;
    snprintf(p->pseudonym, sizeof(p->pseudonym), "naysay-%08x", number);
    p->scenario.pseudonym = slice_of(p->pseudonym);
}

static bool complain_remote(const struct options *o, struct complaint *why)
{
    char at[ADDRESS_TEXT];

    address_print(&o->listen, at);
    return complain(why,
                    "--listen %s is not on loopback: others could reach it; say "
                    "--allow-remote if that is meant",
                    at);
}

static bool make_scenario(struct program *p, struct complaint *why)
{
    const struct options *o = p->options;
    struct scenario *s = &p->scenario;

    if (!make_answers(s, o, why))
        return false;
    make_pseudonym(p);
    s->upstream = o->upstream;
    s->upstream_path = o->upstream_path;
    s->allow_request_control = o->allow_request_control;
    s->from_loopback = address_is_loopback(&o->listen);
    s->allow_listed = o->allow_listed;
    if (!s->from_loopback && !o->allow_remote)
        return complain_remote(o, why);
    return true;
}

/* ---- saying where ---- */

static bool write_ready_file(const struct program *p, struct complaint *why)
{
    const char *path = p->options->ready_file;
    char temporary[4096];
    int n = snprintf(temporary, sizeof(temporary), "%s.%d", path, (int)getpid());
    FILE *out = n < (int)sizeof(temporary) ? fopen(temporary, "we") : NULL;

    if (out == NULL)
        return complain(why, "cannot write --ready-file %s: %s", path, strerror(errno));
    fprintf(out, "{\"proxy\":\"%s\",\"admin\":null,\"ca\":null,\"pid\":%d}\n", p->url,
            (int)getpid());
    if (fclose(out) == 0 && rename(temporary, path) == 0)
        return true;
    complain(why, "cannot write --ready-file %s: %s", path, strerror(errno));
    unlink(temporary);
    return false;
}

static void say_where(const struct program *p)
{
    const struct options *o = p->options;

    if (!address_is_loopback(&o->listen))
        fprintf(stderr, "naysay: warning: %s can be reached from other machines\n", p->url);
    if (!o->quiet && o->cmd == NULL)
        fprintf(stderr, "naysay: listening on %s (Ctrl-C ends)\n", p->url);
}

/* ---- its end ---- */

static void end_program(void *arg)
{
    struct program *p = arg;

    worker_stop(&p->worker);
}

static void begin_end(struct program *p)
{
    if (p->interrupts++ == 0)
        server_drain(&p->server);
    else {
        server_abort(&p->server);
        worker_stop(&p->worker);
    }
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct program *p = arg;

    (void)what;
    worker_touch(&p->worker);
    if (number == SIGCHLD) {
        if (child_reap(&p->child))
            begin_end(p);
        return;
    }
    child_signal(&p->child, (int)number);
    begin_end(p);
}

static void on_time_limit(struct timer *t)
{
    struct program *p = OWNER_OF(t, struct program, time_limit);

    p->is_out_of_time = true;
    child_signal(&p->child, SIGKILL);
    server_abort(&p->server);
    worker_stop(&p->worker);
}

static void on_turn(void *arg)
{
    struct program *p = arg;

    journal_flush(p->journal);
}

/* ---- the report ---- */

static void print_statuses(const struct server *s)
{
    const char *between = ": ";

    for (unsigned i = 0; i < COUNT(s->by_status); i++) {
        if (s->by_status[i] == 0)
            continue;
        fprintf(stderr, "%s%u x%u", between, i, s->by_status[i]);
        between = ", ";
    }
}

static void print_unanswered(const struct server *s)
{
    uint64_t answered = 0;

    for (unsigned i = 0; i < COUNT(s->by_status); i++)
        answered += s->by_status[i];
    if (s->exchanges > answered)
        fprintf(stderr, "%s%llu without a status", answered > 0 ? ", " : ": ",
                (unsigned long long)(s->exchanges - answered));
}

static void print_endings(const struct server *s)
{
    for (int i = 0; i < ENDING_COUNT; i++)
        if (s->by_ending[i] > 0 && i != ENDING_BY_PLAN)
            fprintf(stderr, "naysay:   %s x%llu: %s\n", ending_row((enum ending)i)->name,
                    (unsigned long long)s->by_ending[i], ending_row((enum ending)i)->help);
}

static void report(const struct program *p)
{
    const struct server *s = &p->server;

    fprintf(stderr, "naysay: %llu exchange%s", (unsigned long long)s->exchanges,
            s->exchanges == 1 ? "" : "s");
    print_statuses(s);
    print_unanswered(s);
    fputc('\n', stderr);
    print_endings(s);
    if (journal_lost(p->journal) > 0)
        fprintf(stderr, "naysay: %llu journal lines were lost\n",
                (unsigned long long)journal_lost(p->journal));
    if (p->options->cmd != NULL) {
        char text[256];
        child_describe(&p->child, p->options->cmd[0], text, sizeof(text));
        fprintf(stderr, "naysay: %s\n", text);
    }
}

static int verdict(const struct program *p)
{
    if (p->is_out_of_time) {
        fprintf(stderr, "naysay: the time limit ran out\n");
        return EXIT_TIME;
    }
    if (p->options->cmd == NULL || p->server.exchanges > 0)
        return EXIT_GOOD;
    fprintf(stderr,
            "naysay: the client never came through here; does it honour http_proxy and "
            "https_proxy, or use {url} or {proxy} in its arguments?\n");
    return EXIT_VERDICT;
}

/* ---- from start to end ---- */

/* As many descriptors as we may have, unless a command inherits the limit. */
static void raise_descriptors(const struct options *o)
{
    struct rlimit limit;

    if (o->cmd != NULL || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max < 262144 ? limit.rlim_max : 262144;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool open_resolver(struct program *p, struct complaint *why)
{
    const struct options *o = p->options;

    if (p->scenario.n_always > 0)
        return true; /* nothing is relayed, nothing need be resolved */
    p->resolver = resolver_open(&p->worker, o->dns, why);
    for (const struct pinned *pin = o->pins; p->resolver != NULL && pin != NULL;
         pin = pin->next)
        resolver_pin(p->resolver, pin->name, pin->ip);
    return p->resolver != NULL;
}

static void set_policy(struct program *p)
{
    struct policy *policy = &p->server.upstream.policy;

    policy->allowed = p->options->policy.allowed; /* taken over */
    p->options->policy.allowed = NULL;
    policy->is_open = p->scenario.from_loopback && !p->options->allow_listed;
    policy->is_remote = !p->scenario.from_loopback;
}

static bool watch_signals(struct program *p, struct complaint *why)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGCHLD};

    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (event_assign(&p->signals[i], p->worker.base, numbers[i], EV_SIGNAL | EV_PERSIST,
                         on_signal, p) < 0 ||
            event_add(&p->signals[i], NULL) < 0)
            return complain(why, "cannot watch for signals: %s", strerror(errno));
    return true;
}

static bool open_program(struct program *p, struct complaint *why)
{
    struct options *o = p->options;
    bool colored = color_wanted(o->color, stderr);
    char at[ADDRESS_TEXT];

    if (!worker_init(&p->worker))
        return complain(why, "cannot start the event loop: %s", strerror(errno));
    if (!make_scenario(p, why) || !open_resolver(p, why))
        return false;
    p->journal = journal_open(o->journal, o->verbose ? stderr : NULL,
                              colored ? JOURNAL_COLORED : JOURNAL_PLAIN, why);
    if (p->journal == NULL)
        return false;
    server_init(&p->server, &p->worker, &p->scenario, &o->limits,
                o->journal != NULL || o->verbose ? p->journal : NULL, p->resolver);
    set_policy(p);
    p->server.idle = end_program;
    p->server.idle_arg = p;
    p->worker.on_turn = on_turn;
    p->worker.on_turn_arg = p;
    if (!server_listen(&p->server, &o->listen, why))
        return false;
    address_print(&p->server.listener.address, at);
    snprintf(p->url, sizeof(p->url), "http://%s", at);
    p->self_len = address_print_ip(&p->server.listener.address, p->self);
    p->scenario.self = (struct origin){.host = {p->self, p->self_len},
                                       .port = address_port(&p->server.listener.address)};
    return watch_signals(p, why) && (o->ready_file == NULL || write_ready_file(p, why));
}

static void close_program(struct program *p)
{
    if (p->server.scratch != NULL)
        server_clear(&p->server);
    if (p->worker.base != NULL)
        worker_turn(&p->worker);
    resolver_close(p->resolver);
    for (size_t i = 0; i < COUNT(p->signals); i++)
        if (event_initialized(&p->signals[i]))
            event_del(&p->signals[i]);
    if (p->worker.base != NULL)
        worker_clear(&p->worker);
    journal_close(p->journal);
    mem_free(p->scenario.always);
}

static int run(struct program *p)
{
    struct options *o = p->options;

    say_where(p);
    if (o->cmd != NULL && !child_start(&p->child, o->cmd, p->url)) {
        fprintf(stderr, "naysay: cannot start %s: %s\n", o->cmd[0], strerror(errno));
        return EXIT_NO_COMMAND;
    }
    p->time_limit.fire = on_time_limit;
    if (o->time_limit > 0)
        mem_must(timer_set(&p->worker, &p->time_limit, p->worker.now + o->time_limit)
                     ? p
                     : NULL);
    if (o->fail_alloc > 0)
        mem_fail(o->fail_alloc, true);
    worker_run(&p->worker);
    mem_fail(0, false);
    if (p->is_out_of_time)
        child_wait(&p->child);
    child_signal(&p->child, SIGTERM);
    if (!o->quiet)
        report(p);
    return verdict(p);
}

int serve(struct options *o)
{
    struct program *p = mem_must(mem_zero(sizeof(*p)));
    struct complaint why = {{0}};
    int status = EXIT_USAGE;

    p->options = o;
    raise_descriptors(o);
    if (open_program(p, &why))
        status = run(p);
    else
        fprintf(stderr, "naysay: %s\n", why.text);
    close_program(p);
    mem_free(p);
    return status;
}
