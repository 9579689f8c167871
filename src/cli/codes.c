/* SPDX-License-Identifier: MIT */
/* naysay codes: what was asked for, and which rows that are. */
#include "codes.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

static const char usage[] =
    "naysay codes [QUERY] [options]\n"
    "\n"
    "Lists the statuses that naysay knows, or those that QUERY means:\n"
    "  a number      407             every row of that number, in full, and what travels "
    "as it\n"
    "  an id         iis/440         one row in full\n"
    "  a class       5xx             its rows\n"
    "  a vendor      cloudflare      its rows\n"
    "  words         session         rows that have them all in phrase, summary or "
    "trigger\n"
    "\n"
    "Options:\n"
    "  --faults      list the ways for an answer to go wrong instead, or those that have "
    "the\n"
    "                words of QUERY\n"
    "  --json        an array of objects with all that the rows know\n"
    "  --codes FILE  rows of your own, written as those in data/status/; one with the id "
    "of a\n"
    "                built-in row takes its place; may be repeated\n"
    "  --color WHEN  auto, always or never; NO_COLOR is respected\n"
    "\n"
    "Exit status: 0 found; 1 nothing is like that; 2 bad usage.\n";

#define QUERY_MOST 256

struct ask {
    char query[QUERY_MOST]; /* the words, one space between them */
    bool faults, json, wants_help;
    enum color color;
};

/* ---- options ---- */

static bool take_faults(struct ask *ask, const char *value, struct complaint *why)
{
    (void)value;
    (void)why;
    ask->faults = true;
    return true;
}

static bool take_json(struct ask *ask, const char *value, struct complaint *why)
{
    (void)value;
    (void)why;
    ask->json = true;
    return true;
}

static bool take_help(struct ask *ask, const char *value, struct complaint *why)
{
    (void)value;
    (void)why;
    ask->wants_help = true;
    return true;
}

static bool take_codes(struct ask *ask, const char *value, struct complaint *why)
{
    (void)ask;
    return status_load(value, why);
}

static bool take_color(struct ask *ask, const char *value, struct complaint *why)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(value, words[i]) == 0) {
            ask->color = (enum color)i;
            return true;
        }
    return complain(why, "--color wants auto, always or never, not \"%s\"", value);
}

static const struct option {
    const char *name;
    bool wants_value;
    bool (*take)(struct ask *ask, const char *value, struct complaint *why);
} options[] = {
    {"--faults", false, take_faults}, {"--json", false, take_json},
    {"--codes", true, take_codes},    {"--color", true, take_color},
    {"--help", false, take_help},
};

static bool complain_unknown(struct slice name, struct complaint *why)
{
    const char *names[COUNT(options)], *near;

    for (size_t i = 0; i < COUNT(options); i++)
        names[i] = options[i].name;
    near = word_nearest(name, names, COUNT(options));
    return complain(why, "unknown option %.*s; %s%s?", SLICE_ARGS(name),
                    near ? "did you mean " : "try `naysay codes --help`", near ? near : "");
}

/* argv[*i], and its value, which may be the next one. */
static bool take_option(struct ask *ask, char **argv, int *i, struct complaint *why)
{
    struct slice value = slice_of(argv[*i]), name = slice_cut(&value, '=');

    for (size_t k = 0; k < COUNT(options); k++) {
        const struct option *o = &options[k];
        if (!slice_is(name, slice_of(o->name)))
            continue;
        if (!o->wants_value && value.at != NULL)
            return complain(why, "%s takes no value", o->name);
        if (o->wants_value && value.at == NULL && argv[*i + 1] == NULL)
            return complain(why, "%s wants a value; see `naysay codes --help`", o->name);
        if (o->wants_value && value.at == NULL)
            value.at = argv[++*i];
        return o->take(ask, value.at, why);
    }
    return complain_unknown(name, why);
}

static bool add_word(struct ask *ask, const char *word, struct complaint *why)
{
    size_t used = strlen(ask->query), n = strlen(word);

    if (used + n + 2 > sizeof(ask->query))
        return complain(why, "nothing is called that: the query has over %d octets",
                        QUERY_MOST);
    if (used > 0)
        ask->query[used++] = ' ';
    memcpy(ask->query + used, word, n + 1);
    return true;
}

static bool parse(struct ask *ask, char **argv, struct complaint *why)
{
    bool ok = true;

    *ask = (struct ask){.color = COLOR_AUTO};
    for (int i = 1; argv[i] != NULL && ok; i++)
        ok = argv[i][0] == '-' && argv[i][1] == '-' ? take_option(ask, argv, &i, why)
             : strcmp(argv[i], "-h") == 0           ? take_help(ask, NULL, why)
                                                    : add_word(ask, argv[i], why);
    return ok;
}

/* ---- search ---- */

bool codes_holds(struct slice text, struct slice word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (slice_is_nocase((struct slice){text.at + i, word.len}, word))
            return true;
    return false;
}

static bool has_all(const struct status *row, struct slice words)
{
    const struct slice texts[] = {row->id, row->phrase, row->summary, row->trigger};

    while (words.at != NULL) {
        struct slice word = slice_cut(&words, ' ');
        size_t i = 0;
        while (i < COUNT(texts) && !codes_holds(texts[i], word))
            i++;
        if (i == COUNT(texts))
            return false;
    }
    return true;
}

static bool is_any(const struct status *row, struct slice query)
{
    (void)row;
    (void)query;
    return true;
}

static bool is_id(const struct status *row, struct slice query)
{
    return slice_is_nocase(row->id, query);
}

/* The number, or a code such as 1020, 403.14 and H12. */
static bool is_code(const struct status *row, struct slice query)
{
    uint64_t n;

    return slice_is_nocase(row->code, query) ||
           (slice_to_u64(query, &n) && row->number >= 0 && (uint64_t)row->number == n);
}

/* Has another name, and travels as the number. */
static bool travels_as(const struct status *row, struct slice query)
{
    uint64_t n;

    return slice_to_u64(query, &n) && row->wire > 0 && (uint64_t)row->wire == n &&
           row->number != row->wire;
}

/* "5xx": what a client reads as one of that class. */
static bool is_class(const struct status *row, struct slice query)
{
    return query.len == 3 && query.at[0] >= '1' && query.at[0] <= '9' &&
           slice_is_nocase((struct slice){query.at + 1, 2}, SLICE("xx")) &&
           row->wire / 100 == query.at[0] - '0';
}

static bool is_vendor(const struct status *row, struct slice query)
{
    return slice_is_nocase(row->vendor, query);
}

typedef bool (*judge)(const struct status *row, struct slice query);

/* What stands at the front of *s: a number, or an octet behind all numbers. */
static uint64_t take_part(struct slice *s)
{
    uint64_t n = 0;
    size_t i = 0;

    while (i < s->len && i < 18 && s->at[i] >= '0' && s->at[i] <= '9')
        n = n * 10 + (uint64_t)(s->at[i++] - '0');
    if (i == 0)
        n = UINT64_MAX - 255 + (unsigned char)s->at[i++];
    *s = (struct slice){s->at + i, s->len - i};
    return n;
}

/* As people count: 403.2 before 403.14, H9 before H10. */
static int by_code(const void *a, const void *b)
{
    struct slice x = (*(const struct status *const *)a)->code;
    struct slice y = (*(const struct status *const *)b)->code;

    while (x.len > 0 && y.len > 0) {
        uint64_t m = take_part(&x), n = take_part(&y);
        if (m != n)
            return m < n ? -1 : 1;
    }
    return (x.len > 0) - (y.len > 0);
}

/* Vendors stay in the registry's order; the rows of each go by their codes. */
static void sort(struct found *found)
{
    for (size_t i = 0, n; i < found->n; i += n) {
        struct slice vendor = found->at[i]->vendor;

        for (n = 1; i + n < found->n && slice_is(found->at[i + n]->vendor, vendor); n++)
            ;
        qsort(found->at + i, n, sizeof(*found->at), by_code);
    }
}

static bool collect(struct found *found, judge is_it, struct slice query)
{
    found->n = 0;
    for (size_t i = 0; i < status_count(); i++)
        if (is_it(status_at(i), query))
            found->at[found->n++] = status_at(i);
    sort(found);
    return found->n > 0;
}

/* What the query may mean, in this order; true: whole cards are wanted. */
static bool search(struct found *found, struct slice query)
{
    if (query.len == 0)
        return collect(found, is_any, query) && false;
    if (collect(found, is_id, query) || collect(found, is_code, query))
        return true;
    if (!collect(found, is_vendor, query) && !collect(found, is_class, query))
        collect(found, has_all, query);
    return found->n == 1;
}

/* ---- nothing found ---- */

struct nearest {
    struct slice word;
    unsigned distance;
};

static void consider(struct nearest *best, struct slice query, struct slice word)
{
    unsigned d = best->distance == 0 ? 0 : word_distance(query, word, best->distance - 1);

    if (d < best->distance)
        *best = (struct nearest){word, d};
}

static void suggest(struct slice query)
{
    struct nearest best = {NO_SLICE, (unsigned)query.len / 3 + 2};
    uint64_t n;

    fprintf(stderr, "naysay: no status is like \"%.*s\"", SLICE_ARGS(query));
    if (slice_to_u64(query, &n) && n >= 100 && n <= 999) {
        fprintf(stderr, "; `naysay %.*s` sends it all the same\n", SLICE_ARGS(query));
        return;
    }
    for (size_t i = 0; i < status_count(); i++) {
        struct slice rest = status_at(i)->phrase;
        consider(&best, query, status_at(i)->vendor);
        consider(&best, query, status_at(i)->id);
        consider(&best, query, status_at(i)->code);
        while (rest.at != NULL)
            consider(&best, query, slice_cut(&rest, ' '));
        rest = status_at(i)->summary;
        while (rest.at != NULL)
            consider(&best, query, slice_trim(slice_cut(&rest, ' '), ".,;:()"));
    }
    if (best.word.len > 0)
        fprintf(stderr, "; did you mean \"%.*s\"?\n", SLICE_ARGS(best.word));
    else
        fputs("; `naysay codes` lists them all\n", stderr);
}

/* ---- showing ---- */

/* COLUMNS where set, else the terminal's; 0 where there is none. */
static unsigned width_of(FILE *out)
{
    const char *text = getenv("COLUMNS");
    struct winsize size;
    uint64_t n;

    if (text != NULL && slice_to_u64(slice_of(text), &n) && n >= 20 && n <= 1000)
        return (unsigned)n;
    if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= 20)
        return size.ws_col;
    return 0;
}

static void show_cards(struct found *found, struct slice query, struct look look)
{
    for (size_t i = 0; i < found->n; i++) {
        if (i > 0)
            putchar('\n');
        codes_card(stdout, found->at[i], look);
    }
    if (collect(found, travels_as, query)) {
        printf("\nThese travel as %.*s, too:\n\n", SLICE_ARGS(query));
        codes_list(stdout, found, look);
    }
}

static int show(const struct ask *ask)
{
    struct slice query = slice_trim(slice_of(ask->query), " ");
    struct look look = {color_wanted(ask->color, stdout), width_of(stdout)};
    struct found found = {mem_must(mem_alloc((status_count() + 1) * sizeof(*found.at))), 0};
    bool cards = search(&found, query);
    int status = found.n > 0 ? 0 : 1;

    if (ask->json)
        codes_json(stdout, &found);
    else if (cards)
        show_cards(&found, query, look);
    else if (found.n > 0)
        codes_list(stdout, &found, look);
    if (query.len == 0 && !ask->json && isatty(STDOUT_FILENO))
        printf("\n%zu statuses. `naysay codes 407` tells all about one.\n", found.n);
    if (status != 0)
        suggest(query);
    mem_free(found.at);
    return status;
}

static int show_faults(const struct ask *ask)
{
    struct slice words = slice_trim(slice_of(ask->query), " ");
    struct look look = {color_wanted(ask->color, stdout), width_of(stdout)};

    if (codes_faults(stdout, words.len == 0 ? NO_SLICE : words, ask->json, look) > 0)
        return 0;
    fprintf(stderr,
            "naysay: no fault is like \"%.*s\"; `naysay codes --faults` lists them\n",
            SLICE_ARGS(words));
    return 1;
}

int codes_main(int argc, char **argv)
{
    struct ask ask;
    struct complaint why;

    (void)argc;
    if (!parse(&ask, argv, &why)) {
        fprintf(stderr, "naysay: %s\n", why.text);
        return EXIT_USAGE;
    }
    if (ask.wants_help) {
        fputs(usage, stdout);
        return EXIT_GOOD;
    }
    return ask.faults ? show_faults(&ask) : show(&ask);
}
