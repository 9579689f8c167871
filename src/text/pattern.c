/* SPDX-License-Identifier: MIT */
/* Patterns: does a value fit, and what would one? */
#include "pattern.h"

#include <stdarg.h>

/* ---- does it fit? ---- */

static bool contains(const struct pattern *p, struct slice value)
{
    struct slice text = p->text;

    if (!p->ignores_case)
        return text.len == 0 || memmem(value.at, value.len, text.at, text.len) != NULL;
    for (size_t i = 0; i + text.len <= value.len; i++)
        if (slice_is_nocase((struct slice){value.at + i, text.len}, text))
            return true;
    return false;
}

/* Below 0, 0 or above 0 as the value is less, the same or more; no number does not fit. */
static bool compare(const struct pattern *p, struct slice value)
{
    struct number n;
    int order;

    if (!number_read(value, &n))
        return false;
    order = number_compare(&n, &p->number);
    switch (p->kind) {
    case PATTERN_LESS:
        return order < 0;
    case PATTERN_MORE:
        return order > 0;
    case PATTERN_AT_LEAST:
        return order >= 0;
    default:
        return order <= 0;
    }
}

static bool fits_value(const struct pattern *p, struct slice value)
{
    switch (p->kind) {
    case PATTERN_EQUAL:
        return p->ignores_case ? slice_is_nocase(value, p->text) : slice_is(value, p->text);
    case PATTERN_CONTAINS:
        return contains(p, value);
    case PATTERN_GLOB:
        return glob_fits(p->glob, value, NULL, NULL);
    case PATTERN_REGEX:
        return regex_fits(p->regex, value);
    default:
        return compare(p, value);
    }
}

/* Does one of the members fit (`want` true), or one not? */
static bool has_member(const struct pattern *p, struct slice value, bool is_there,
                       bool want)
{
    for (const struct pattern *m = p->first; m != NULL; m = m->next)
        if (pattern_fits(m, value, is_there) == want)
            return true;
    return false;
}

bool pattern_fits(const struct pattern *p, struct slice value, bool is_there)
{
    switch (p->kind) {
    case PATTERN_PRESENT:
        return is_there;
    case PATTERN_ABSENT:
        return !is_there;
    case PATTERN_NOT:
        return !pattern_fits(p->first, value, is_there);
    case PATTERN_ANY:
        return has_member(p, value, is_there, true);
    case PATTERN_ALL:
        return !has_member(p, value, is_there, false);
    default:
        return is_there && fits_value(p, value);
    }
}

struct slice pattern_literal(const struct pattern *p)
{
    return p->kind == PATTERN_EQUAL && !p->ignores_case ? p->text : NO_SLICE;
}

/* ---- said aloud ---- */

struct line {
    char *out;
    size_t size, len; /* len: as if there were room for all */
};

static void PRINTF_LIKE(2, 3) say(struct line *l, const char *format, ...)
{
    size_t at = l->len < l->size ? l->len : l->size;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(at < l->size ? l->out + at : NULL, l->size - at, format, args);
    va_end(args);
    l->len += n < 0 ? 0 : (size_t)n;
}

/* On one line, whatever it is. */
static void say_text(struct line *l, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char o = (unsigned char)s.at[i];
        say(l, o < ' ' || o == 0x7f ? "\\x%02x" : "%c", o);
    }
}

static const struct {
    const char *before, *behind;
} words[] = {
    [PATTERN_EQUAL] = {"equal to \"", "\""},
    [PATTERN_CONTAINS] = {"containing \"", "\""},
    [PATTERN_GLOB] = {"like ", ""},
    [PATTERN_REGEX] = {"matching ", ""},
    [PATTERN_LESS] = {"less than ", ""},
    [PATTERN_MORE] = {"more than ", ""},
    [PATTERN_AT_LEAST] = {"at least ", ""},
    [PATTERN_AT_MOST] = {"at most ", ""},
    [PATTERN_PRESENT] = {"present", ""},
    [PATTERN_ABSENT] = {"absent", ""},
    [PATTERN_NOT] = {"not ", ""},
    [PATTERN_ANY] = {"", ""},
    [PATTERN_ALL] = {"", ""},
};

static void say_pattern(struct line *l, const struct pattern *p);

/* A group inside of another stands in brackets. */
static void say_member(struct line *l, const struct pattern *p)
{
    bool is_group = p->kind >= PATTERN_ANY && p->first != p->last;

    say(l, "%s", is_group ? "(" : "");
    say_pattern(l, p);
    say(l, "%s", is_group ? ")" : "");
}

static void say_pattern(struct line *l, const struct pattern *p)
{
    const char *between = p->kind == PATTERN_ANY ? " or " : " and ";

    say(l, "%s", words[p->kind].before);
    say_text(l, p->text);
    say(l, "%s%s", words[p->kind].behind, p->ignores_case ? " in any case" : "");
    for (const struct pattern *m = p->first; m != NULL; m = m->next) {
        say(l, "%s", m == p->first ? "" : between);
        say_member(l, m);
    }
}

size_t pattern_print(const struct pattern *p, char *out, size_t size)
{
    struct line l = {out, size, 0};

    if (size > 0)
        out[0] = '\0';
    say_pattern(&l, p);
    return l.len;
}
