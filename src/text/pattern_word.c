/* SPDX-License-Identifier: MIT */
/* Patterns of one word, and what patterns are made of. */
#include "glob.h"
#include "pattern.h"

#define FLAGS "imsx"

/* ---- making them ---- */

struct pattern *pattern_new(struct loader *l, const struct node *at, enum pattern_kind kind,
                            struct slice text)
{
    struct pattern *p = arena_zero(l->arena, sizeof(*p));

    if (p != NULL) {
        p->kind = kind;
        p->text = arena_copy(l->arena, text);
    }
    if (p == NULL || p->text.at == NULL) {
        complain_at(l->why, at, "out of memory");
        return NULL;
    }
    return p;
}

bool pattern_add(struct pattern *group, struct pattern *member)
{
    if (group == NULL || member == NULL)
        return false;
    if (group->last == NULL)
        group->first = member;
    else
        group->last->next = member;
    group->last = member;
    return true;
}

struct pattern *pattern_new_glob(struct loader *l, const struct node *n, struct slice text,
                                 bool ignores_case)
{
    struct complaint why = {""};
    struct glob *g = glob_parse_value(l->arena, text, ignores_case, &why);
    struct pattern *p;

    if (g == NULL) {
        complain_at(l->why, n, "%s", why.text);
        return NULL;
    }
    if (glob_is_literal(g)) /* every special octet was escaped */
        p = pattern_new(l, n, PATTERN_EQUAL, glob_text(g));
    else if ((p = pattern_new(l, n, PATTERN_GLOB, text)) != NULL)
        p->glob = g;
    if (p != NULL)
        p->ignores_case = ignores_case;
    return p;
}

struct pattern *pattern_new_regex(struct loader *l, const struct node *n, struct slice text,
                                  const char *flags)
{
    struct complaint why = {""};
    struct regex *r = regex_parse(l->arena, text, flags, &why);
    struct slice said = arena_printf(l->arena, "/%.*s/%s", SLICE_ARGS(text), flags);
    struct pattern *p;

    if (r == NULL) {
        complain_at(l->why, n, "%s", why.text);
        return NULL;
    }
    p = pattern_new(l, n, PATTERN_REGEX, said);
    if (p != NULL)
        p->regex = r;
    return p;
}

/* `text` is a number, as the caller knows. */
struct pattern *pattern_new_comparison(struct loader *l, const struct node *n,
                                       enum pattern_kind kind, struct slice text)
{
    struct pattern *p = pattern_new(l, n, kind, text);
    bool is_number = p != NULL && number_read(p->text, &p->number);

    assert(p == NULL || is_number);
    return p;
}

bool pattern_is_number(struct slice text)
{
    struct number n;

    return number_read(text, &n);
}

/* ---- one word ---- */

/* "/expression/flags": where the expression ends, or 0 when it is none. */
static size_t find_end(struct slice text)
{
    size_t end = text.len, slashes = 0;

    while (end > 0 && text.at[end - 1] != '/')
        end--;
    if (end < 3 || text.at[0] != '/')
        return 0;
    end--;
    while (text.at[end - 1 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 0 ? end : 0;
}

bool pattern_is_slashed(struct slice text)
{
    size_t end = find_end(text);

    while (end > 0 && end + 1 < text.len && strchr(FLAGS, text.at[end + 1]) != NULL)
        end++;
    return end > 0 && end + 1 == text.len;
}

static bool has_any(struct slice text, const char *octets)
{
    for (; *octets != '\0'; octets++)
        if (slice_find(text, *octets) >= 0)
            return true;
    return false;
}

/*
 * Each flag once. A path may end in such letters, "/api/x": where none of them would change
 * what the expression fits, it is one.
 */
static bool are_flags(struct slice flags, struct slice expression)
{
    bool matters = flags.len == 0;

    for (size_t i = 0; i < flags.len; i++) {
        char c = flags.at[i];
        if (strchr(FLAGS, c) == NULL || c == '\0' ||
            slice_find((struct slice){flags.at, i}, c) >= 0)
            return false;
        matters |= c == 'i' || (c == 'm' && has_any(expression, "^$")) ||
                   (c == 's' && has_any(expression, ".")) ||
                   (c == 'x' && has_any(expression, " \t\r\n#"));
    }
    return matters;
}

/* *p NULL and true: it is no regular expression. */
static bool take_regex(struct loader *l, const struct node *n, struct pattern **p)
{
    struct slice text = n->text, expression, letters;
    char flags[sizeof(FLAGS)] = "";
    size_t end = find_end(text);

    expression = (struct slice){text.at + 1, end == 0 ? 0 : end - 1};
    letters = (struct slice){text.at + end + 1, end == 0 ? 0 : text.len - end - 1};
    if (end == 0 || !are_flags(letters, expression)) {
        if (slice_starts(text, SLICE("/^")))
            warn_at(l->why, n,
                    "compared as it stands: a regular expression ends in a slash, behind "
                    "which are no flags but i, m, s and x");
        return true;
    }
    memcpy(flags, letters.at, letters.len);
    *p = pattern_new_regex(l, n, expression, flags);
    return *p != NULL;
}

static const struct {
    struct slice sign;
    enum pattern_kind kind;
} signs[] = {
    {SLICE(">="), PATTERN_AT_LEAST},
    {SLICE("<="), PATTERN_AT_MOST},
    {SLICE(">"), PATTERN_MORE},
    {SLICE("<"), PATTERN_LESS},
};

/* "> 5". What begins like one and goes on like one, but has no number, is a mistake. */
static bool take_comparison(struct loader *l, const struct node *n, struct pattern **p)
{
    struct slice text = n->text, rest;
    size_t i = 0;

    while (i < COUNT(signs) && !slice_starts(text, signs[i].sign))
        i++;
    if (i == COUNT(signs))
        return true;
    rest = (struct slice){text.at + signs[i].sign.len, text.len - signs[i].sign.len};
    if (pattern_is_number(slice_trim(rest, " "))) {
        *p = pattern_new_comparison(l, n, signs[i].kind, slice_trim(rest, " "));
        return *p != NULL;
    }
    if (signs[i].sign.len == 1 &&
        (rest.len == 0 || !has_any((struct slice){rest.at, 1}, " -.0123456789")))
        return true;
    return complain_at(l->why, n,
                       "a number must follow \"%.*s\", such as 5 or 2.5; for the text "
                       "itself write {equals: \"%.*s\"}",
                       SLICE_ARGS(signs[i].sign), SLICE_ARGS(text));
}

/* "5..10", "5..": both included. */
static bool take_range(struct loader *l, const struct node *n, struct pattern **p)
{
    const char *dots = memmem(n->text.at, n->text.len, "..", 2);
    struct slice least, most;
    struct number a, b;

    if (dots == NULL)
        return true;
    least = (struct slice){n->text.at, (size_t)(dots - n->text.at)};
    most = (struct slice){dots + 2, n->text.len - least.len - 2};
    if (!number_read(least, &a) || (most.len > 0 && !number_read(most, &b)))
        return true;
    if (most.len == 0) {
        *p = pattern_new_comparison(l, n, PATTERN_AT_LEAST, least);
        return *p != NULL;
    }
    if (number_compare(&a, &b) > 0)
        return complain_at(l->why, n, "nothing is from %.*s to %.*s: the least comes first",
                           SLICE_ARGS(least), SLICE_ARGS(most));
    *p = pattern_new(l, n, PATTERN_ALL, SLICE(""));
    return pattern_add(*p, pattern_new_comparison(l, n, PATTERN_AT_LEAST, least)) &&
           pattern_add(*p, pattern_new_comparison(l, n, PATTERN_AT_MOST, most));
}

bool pattern_take_word(struct loader *l, const struct node *n, void *into)
{
    struct pattern **p = into;

    if (!take_regex(l, n, p) || !take_comparison(l, n, p) || !take_range(l, n, p))
        return false;
    if (*p != NULL)
        return true;
    if (node_is(n, "present"))
        *p = pattern_new(l, n, PATTERN_PRESENT, SLICE(""));
    else if (node_is(n, "absent"))
        *p = pattern_new(l, n, PATTERN_ABSENT, SLICE(""));
    else if (has_any(n->text, "*?"))
        *p = pattern_new_glob(l, n, n->text, false);
    else
        *p = pattern_new(l, n, PATTERN_EQUAL, n->text);
    return *p != NULL;
}
