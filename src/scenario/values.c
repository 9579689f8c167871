/* SPDX-License-Identifier: MIT */
/* Values that several keys share, from nodes. */
#include <stdlib.h>

#include "keys.h"

void *loader_new(struct loader *l, const struct node *n, size_t size)
{
    void *p = arena_zero(l->arena, size);

    if (p == NULL)
        complain_at(l->why, n, "out of memory");
    return p;
}

/* ---- ranges ---- */

bool value_range(struct loader *l, const struct node *n, enum key_type type,
                 const char *what, struct range *out)
{
    bool is_time = type == KEY_DURATION;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, what, "a number or a range");
    return range_parse(n->text, is_time ? unit_duration : slice_to_u64, out) ||
           complain_at(
               l->why, n, "%s must be a number or a range, such as %s, not \"%.*s\"", what,
               is_time ? "0.5s..5s, 2s.. or ..10s" : "3, 2.. or 1..5", SLICE_ARGS(n->text));
}

/* ---- spreads ---- */

#define LONGEST (24 * 3600 * NS_PER_S)

static bool take_thousandths(struct loader *l, const struct node *n, const char *what,
                             uint64_t *out)
{
    char *end;
    double v = n->kind == NODE_SCALAR ? strtod(n->text.at, &end) : -1;

    if (n->kind != NODE_SCALAR || n->text.len == 0 || *end != '\0' ||
        !(v >= 0.001 && v <= 100))
        return complain_at(l->why, n, "%s must be a number from 0.001 to 100", what);
    *out = (uint64_t)(v * 1000);
    return true;
}

static bool take_time(struct loader *l, const struct node *n, const char *what,
                      uint64_t *out)
{
    return take_scalar(l, KEY_DURATION, n, what, out) &&
           (*out <= LONGEST || complain_at(l->why, n, "%s is longer than a day", what));
}

/* [first, second] of a distribution. */
static bool take_pair(struct loader *l, const struct node *n, struct spread *s,
                      enum spread_kind kind, const char *first, const char *second)
{
    bool is_number = kind == SPREAD_LOGNORMAL || kind == SPREAD_PARETO;

    s->kind = kind;
    if (n->kind != NODE_LIST || n->n != 2)
        return complain_at(l->why, n, "a list of two is expected here: %s and %s", first,
                           second);
    if (!take_time(l, n->first, first, &s->a))
        return false;
    if (is_number)
        return take_thousandths(l, n->last, second, &s->b);
    return take_time(l, n->last, second, &s->b) &&
           (kind != SPREAD_UNIFORM || s->a <= s->b ||
            complain_at(l->why, n, "the most is less than the least"));
}

static bool spread_uniform(struct loader *l, const struct node *n, void *into)
{
    return take_pair(l, n, into, SPREAD_UNIFORM, "the least", "the most");
}

static bool spread_normal(struct loader *l, const struct node *n, void *into)
{
    return take_pair(l, n, into, SPREAD_NORMAL, "the mean", "the deviation");
}

static bool spread_lognormal(struct loader *l, const struct node *n, void *into)
{
    return take_pair(l, n, into, SPREAD_LOGNORMAL, "the median", "sigma");
}

static bool spread_pareto(struct loader *l, const struct node *n, void *into)
{
    return take_pair(l, n, into, SPREAD_PARETO, "the least", "alpha");
}

static bool spread_short(struct loader *l, const struct node *n, void *into)
{
    struct spread *s = into;
    struct range r = {0};

    if (!value_range(l, n, KEY_DURATION, "a wait", &r))
        return false;
    if (r.most > LONGEST || r.is_not)
        return complain_at(l->why, n, "a wait is a day at most, and has an end");
    *s = (struct spread){.kind = r.least == r.most ? SPREAD_FIXED : SPREAD_UNIFORM,
                         .a = r.least,
                         .b = r.most,
                         .most = LONGEST};
    return true;
}

static void spread_prepare(struct loader *l, const struct node *n, void *into)
{
    (void)l, (void)n;
    ((struct spread *)into)->most = 3600 * NS_PER_S;
}

static bool spread_check(struct loader *l, const struct node *n, void *into)
{
    (void)into;
    if (n->kind != NODE_MAP)
        return true;
    uint32_t kinds = n->n - (node_find(n, "most") != NULL);
    return kinds == 1 || complain_at(l->why, n,
                                     "a wait has one distribution: uniform, normal, "
                                     "log-normal or pareto");
}

static const struct key spread_keys[] = {
    {.name = "uniform",
     .type = KEY_OWN,
     .form = "a list: the least and the most, [80ms, 120ms]",
     .help = "any value between the two, all as likely",
     .since = "0.2",
     .take = spread_uniform},
    {.name = "normal",
     .type = KEY_OWN,
     .form = "a list: the mean and the deviation, [80ms, 20ms]",
     .help = "a normal distribution, never below 0",
     .since = "0.2",
     .take = spread_normal},
    {.name = "log-normal",
     .type = KEY_OWN,
     .form = "a list: the median and sigma, [80ms, 0.5]",
     .help = "a log-normal distribution, as latencies often have",
     .since = "0.2",
     .take = spread_lognormal},
    {.name = "pareto",
     .type = KEY_OWN,
     .form = "a list: the least and alpha, [80ms, 1.5]",
     .help = "a Pareto distribution: mostly quick, at times very slow",
     .since = "0.2",
     .take = spread_pareto},
    {.name = "most",
     .type = KEY_DURATION,
     .least = 1,
     .most = LONGEST,
     .fallback = "1h",
     .help = "never longer than this",
     .since = "0.2",
     .at = offsetof(struct spread, most)},
};

const struct shape shape_spread = {
    .name = "wait",
    .help = "how long: a duration, a range, or a distribution drawn from the seed",
    .keys = spread_keys,
    .n_keys = COUNT(spread_keys),
    .size = sizeof(struct spread),
    .short_form = "a duration or a range: 20ms, 50ms..200ms",
    .take_short = spread_short,
    .prepare = spread_prepare,
    .check = spread_check,
};

bool value_spread(struct loader *l, const struct node *n, struct spread *out)
{
    return shape_load(l, &shape_spread, n, out);
}

/* ---- statuses, templates, words ---- */

bool value_status(struct loader *l, const struct node *n, struct answer *out)
{
    struct complaint why = {{0}};

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "a status", "a number or an id, such as 503 or iis/440");
    return answer_parse(n->text, out, &why) || complain_at(l->why, n, "%s", why.text);
}

/* Requests whose content a template looks at have to be read first. */
static void note_body(struct loader *l, const struct template *t)
{
    struct slice text = template_text(t);

    if (memmem(text.at, text.len, "request.body", 12) != NULL ||
        memmem(text.at, text.len, "request.json", 12) != NULL ||
        memmem(text.at, text.len, "request.form", 12) != NULL)
        loading_of(l)->scenario->looks_at_body = true;
}

bool value_template_of(struct loader *l, const struct node *n, const char *what,
                       struct slice text, struct template **out)
{
    struct complaint why = {{0}};

    *out = template_parse(l->arena, text, scenario_names, &why);
    if (*out == NULL)
        return complain_at(l->why, n, "%s: %s", what, why.text);
    if (!template_is_constant(*out))
        note_body(l, *out);
    return true;
}

bool value_template(struct loader *l, const struct node *n, const char *what,
                    struct template **out)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, what, "a text");
    return value_template_of(l, n, what, n->text, out);
}

#define MOST_WORDS 256u

bool value_words(struct loader *l, const struct node *n, const char *what,
                 struct slice **words, uint32_t *n_words)
{
    const struct node *item = n->kind == NODE_LIST ? n->first : n;
    uint32_t most = n->kind == NODE_LIST ? n->n : 1;
    struct slice *at;

    if (n->kind == NODE_MAP)
        return complain_kind(l, n, what, "a word or a list of words");
    if (most > MOST_WORDS)
        return complain_at(l->why, n, "%s: more than %u words", what, MOST_WORDS);
    at = loader_new(l, n, (most + 1) * sizeof(*at));
    if (at == NULL)
        return false;
    *words = at;
    for (uint32_t i = 0; i < most; i++, item = item->next) {
        if (item->kind != NODE_SCALAR || item->text.len == 0)
            return complain_kind(l, item, what, "a word or a list of words");
        at[(*n_words)++] = item->text;
    }
    return true;
}

bool value_origin(struct loader *l, const struct node *n, struct origin *to,
                  struct slice *path)
{
    const char *fault;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "an upstream", "a URL");
    fault = origin_parse(n->text, to, path);
    return fault == NULL ||
           complain_at(
               l->why, n,
               "an upstream is a URL such as http://127.0.0.1:3000, not \"%.*s\": %s",
               SLICE_ARGS(n->text), fault);
}

const char *const end_words[] = {"keep", "close", "reset", "half", "race", NULL};

bool value_end(struct loader *l, const struct node *n, enum step_end *out)
{
    struct key k = {.name = "end", .type = KEY_CHOICE, .choices = end_words};
    uint8_t end = 0;
    bool ok = key_load(l, &k, n, &end);

    *out = (enum step_end)end;
    return ok;
}

/* ---- octets ---- */

bool value_file(struct loader *l, const struct node *n, struct slice *octets)
{
    struct loading *g = loading_of(l);
    struct source found = {0};
    struct complaint why = {{0}};

    if (n->kind != NODE_SCALAR || n->text.len == 0)
        return complain_kind(l, n, "a file", "a path");
    if (g->files == NULL)
        return complain_at(l->why, n,
                           "files cannot be named here; say the content itself, or base64");
    if (!g->files->read(g->files->arg, n->source->name, n->text, l->arena, &found, &why))
        return complain_at(l->why, n, "%s", why.text);
    *octets = found.text;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\r' || c == '\n';
}

/* In lines, as it often comes. */
bool value_base64(struct loader *l, const struct node *n, struct slice *octets)
{
    struct slice text = {NULL, 0};
    char *at;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "base64", "a text");
    at = loader_new(l, n, n->text.len + 1);
    if (at == NULL)
        return false;
    text.at = at;
    for (size_t i = 0; i < n->text.len; i++)
        if (!is_blank(n->text.at[i]))
            at[text.len++] = n->text.at[i];
    return auth_decode64(text, l->arena, octets) == NULL ||
           complain_at(l->why, n, "that is no base64 with its padding (RFC 4648 §4)");
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool value_hex(struct loader *l, const struct node *n, struct slice *octets)
{
    char *out = n->kind == NODE_SCALAR ? loader_new(l, n, n->text.len / 2 + 1) : NULL;
    size_t digits = 0;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "hex", "a text");
    if (out == NULL)
        return false;
    for (size_t i = 0; i < n->text.len; i++) {
        int v = hex_value(n->text.at[i]);
        if (is_blank(n->text.at[i]))
            continue;
        if (v < 0)
            return complain_at(l->why, n, "hex is made of pairs of 0-9 and a-f");
        out[digits / 2] = (char)((unsigned char)out[digits / 2] << 4 | (unsigned)v);
        digits++;
    }
    *octets = (struct slice){out, digits / 2};
    return digits % 2 == 0 || complain_at(l->why, n, "hex with half an octet at its end");
}
