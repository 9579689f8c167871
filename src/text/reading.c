/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "point.h"
#include "reading.h"

#define PAIR   12u /* octets of \ud83d\ude00 */
#define ESCAPE 10u /* octets of \U0001F600 */

/* ---- JSON, and nothing else ---- */

/*
 * Pairs are joined in JSON alone, where what is inside of a string is certain: in YAML the
 * same octets may be a comment or a regular expression. Says how long the string is that
 * begins at text[0], quotes included, or 0 when it does not end.
 */
static size_t string_len(struct slice text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] == '"')
            return i + 1;
        if (text.at[i] == '\\')
            i++;
    }
    return 0;
}

static bool is_json(struct slice text)
{
    static const char words[] = "+-.0123456789Eaeflnrstu"; /* numbers, true, false, null */
    char last = '\0';

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        size_t len = 0;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '\0' || (last == '\0' && c != '{' && c != '['))
            return false;
        if (c == '"' && strchr("{[,:", last) != NULL)
            len = string_len((struct slice){text.at + i, text.len - i});
        if (len == 0 && strchr("{}[],:", c) == NULL && strchr(words, c) == NULL)
            return false;
        i += len > 0 ? len - 1 : 0;
        last = c;
    }
    return true;
}

/* ---- surrogate pairs ---- */

static bool read_hex(const char *at, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = at[i] == '\0' ? NULL : strchr(digits, at[i] | 0x20);
        if (digit == NULL)
            return false;
        *code = *code << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* The character of a pair of escapes at the front, or 0 (RFC 8259 §7). */
static uint32_t pair_at(struct slice s)
{
    uint32_t high, low;

    if (s.len < PAIR || !slice_starts(s, SLICE("\\u")) || s.at[6] != '\\' ||
        s.at[7] != 'u' || !read_hex(s.at + 2, &high) || !read_hex(s.at + 8, &low))
        return 0;
    if (high < 0xd800 || high > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return 0;
    return 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
}

/* Copies the text into `to`, or, `to` NULL, counts the pairs. */
static void join_pairs(struct reading *r, struct slice from, char *to)
{
    uint32_t points = 0;
    char *start = to;

    r->n_pairs = 0;
    for (size_t i = 0; i < from.len;) {
        struct slice rest = {from.at + i, from.len - i};
        uint32_t code = pair_at(rest);
        size_t n = code != 0 ? PAIR : rest.at[0] == '\\' && rest.len > 1 ? 2 : 1;
        if (to != NULL && code != 0) {
            r->pairs[r->n_pairs] = points;
            to += sprintf(to, "\\U%08X", code);
        } else if (to != NULL)
            to = (char *)memcpy(to, rest.at, n) + n;
        for (size_t k = 0; k < (code != 0 ? ESCAPE : n); k++)
            points += code != 0 || ((unsigned char)rest.at[k] & 0xc0) != 0x80;
        r->n_pairs += code != 0;
        i += n;
    }
    if (start != NULL)
        r->text = (struct slice){start, (size_t)(to - start)};
}

bool reading_init(struct reading *r, struct arena *a, const struct source *source)
{
    struct slice text = point_skip_bom(source->text);
    char *joined;

    *r = (struct reading){.source = source, .text = text.len == 0 ? SLICE("") : text};
    if (text.len < PAIR || memmem(text.at, text.len, "\\u", 2) == NULL || !is_json(text))
        return true;
    join_pairs(r, text, NULL);
    if (r->n_pairs == 0)
        return true;
    r->pairs = arena_alloc(a, r->n_pairs * sizeof(*r->pairs));
    joined = arena_alloc(a, text.len + 1); /* the last sprintf() ends with a NUL */
    if (r->pairs == NULL || joined == NULL)
        return false;
    join_pairs(r, text, joined);
    return true;
}

/* ---- places ---- */

/* How many pairs stand before a place. */
static uint32_t pairs_before(const struct reading *r, size_t index)
{
    uint32_t from = 0, to = r->n_pairs;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (r->pairs[middle] < index)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

yaml_mark_t reading_mark(const struct reading *r, size_t offset)
{
    const char *at = r->text.at, *end = at + r->text.len;
    yaml_mark_t m = {0, 0, 0};

    while (at < end && at < r->text.at + offset) {
        uint32_t point;
        size_t n = point_read(at, end, &point), line_end = point_break(at, end);
        if (point == NO_POINT)
            break;
        m.line += line_end > 0;
        m.column = line_end > 0 ? 0 : m.column + 1;
        m.index += line_end == 2 && *at == '\r' ? 2 : 1;
        at += line_end > 0 ? line_end : n;
    }
    return m;
}

static uint32_t column_of(const struct reading *r, const yaml_mark_t *m)
{
    uint32_t pairs = pairs_before(r, m->index) - pairs_before(r, m->index - m->column);

    return (uint32_t)m->column + 1 + pairs * (PAIR - ESCAPE);
}

/* libyaml ends a text with a line of its own, where the last one has no end. */
static const yaml_mark_t *within(struct reading *r, const yaml_mark_t *m)
{
    if (m->column > 0 || m->line == 0)
        return m;
    if (!r->has_end) {
        r->end = reading_mark(r, r->text.len);
        r->has_end = true;
    }
    return m->line > r->end.line ? &r->end : m;
}

struct node reading_place(struct reading *r, const yaml_mark_t *from, const yaml_mark_t *to)
{
    from = within(r, from);
    to = within(r, to);
    uint32_t column = column_of(r, from), end = column_of(r, to);

    return (struct node){.source = r->source,
                         .line = (uint32_t)from->line + 1,
                         .column = column,
                         .width =
                             to->line == from->line && end > column ? end - column : 1};
}
