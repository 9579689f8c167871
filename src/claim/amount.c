/* SPDX-License-Identifier: MIT */
/* Amounts as people write them: numbers of times, and what a wait is held to. */
#include "parts.h"

bool complain_memory(struct loader *l, const struct node *at)
{
    return complain_at(l->why, at, "out of memory");
}

void *room_for(struct loader *l, const struct node *value, size_t size, uint32_t *n)
{
    void *room;

    *n = value->kind == NODE_SCALAR ? 1 : value->n;
    room = arena_zero(l->arena, (*n + 1) * size);
    if (room == NULL)
        complain_memory(l, value);
    return room;
}

bool cut_word(struct slice *text, const char *word)
{
    size_t len = strlen(word);

    if (text->len <= len || !slice_starts(*text, (struct slice){word, len}) ||
        text->at[len] != ' ')
        return false;
    *text = slice_trim((struct slice){text->at + len, text->len - len}, " ");
    return true;
}

bool range_holds(const struct range *r, uint64_t value)
{
    return (value >= r->least && (r->most == NO_BOUND || value <= r->most)) != r->is_not;
}

/* ---- taking apart ---- */

enum comparison { IS_LEAST = 1, IS_MOST = 2, IS_BEYOND = 4, IS_ABOUT = 8, IS_NOT = 16 };

static const struct {
    const char *word;
    unsigned is;
} comparisons[] = {
    {"at least", IS_LEAST},
    {"at most", IS_MOST},
    {"more than", IS_LEAST | IS_BEYOND},
    {"less than", IS_MOST | IS_BEYOND},
    {">=", IS_LEAST},
    {"<=", IS_MOST},
    {">", IS_LEAST | IS_BEYOND},
    {"<", IS_MOST | IS_BEYOND},
    {"about", IS_LEAST | IS_MOST | IS_ABOUT},
    {"exactly", IS_LEAST | IS_MOST},
    {"not", IS_LEAST | IS_MOST | IS_NOT},
};

/* "0.5s..5s": where the two dots are that stand between, or -1. */
static ssize_t find_dots(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++)
        if (s.at[i] == '.' && s.at[i + 1] == '.')
            return (ssize_t)i;
    return -1;
}

static struct slice side(const char *at, size_t len)
{
    struct slice s = slice_trim((struct slice){at, len}, " ");

    return s.len == 0 ? NO_SLICE : s;
}

struct amount amount_split(struct slice text)
{
    struct amount a = {0};
    unsigned is = IS_LEAST | IS_MOST;
    ssize_t dots;

    text = slice_trim(text, " ");
    for (size_t i = 0; i < COUNT(comparisons); i++)
        if (cut_word(&text, comparisons[i].word)) {
            is = comparisons[i].is;
            break;
        }
    dots = find_dots(text);
    if (dots >= 0 && (is & (IS_LEAST | IS_MOST)) == (IS_LEAST | IS_MOST)) {
        a.least = side(text.at, (size_t)dots);
        a.most = side(text.at + dots + 2, text.len - (size_t)dots - 2);
    } else {
        a.least = (is & IS_LEAST) != 0 ? text : NO_SLICE;
        a.most = (is & IS_MOST) != 0 ? text : NO_SLICE;
    }
    a.is_beyond = (is & IS_BEYOND) != 0;
    a.is_about = (is & IS_ABOUT) != 0;
    a.is_not = (is & IS_NOT) != 0;
    return a;
}

/* ---- numbers ---- */

bool range_parse(struct slice text, bool (*number)(struct slice, uint64_t *),
                 struct range *out)
{
    struct amount a = amount_split(text);

    *out = (struct range){.least = 0, .most = NO_BOUND, .is_not = a.is_not};
    if (a.is_about || (a.least.at == NULL && a.most.at == NULL) ||
        (a.least.at != NULL && !number(a.least, &out->least)) ||
        (a.most.at != NULL && !number(a.most, &out->most)))
        return false;
    if (a.is_beyond && a.least.at != NULL && out->least++ == NO_BOUND)
        return false;
    if (a.is_beyond && a.most.at != NULL && out->most-- == 0)
        return false;
    return out->least <= out->most;
}

bool take_range(struct loader *l, const struct node *value, struct range *into)
{
    static const char wanted[] = "a number or a range, such as 2, 1.., 1..3 or at most 2";

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "this", wanted);
    if (range_parse(value->text, slice_to_u64, into))
        return true;
    return complain_at(l->why, value, "here should stand %s, not \"%.*s\"", wanted,
                       SLICE_ARGS(value->text));
}

bool take_us(struct loader *l, const struct node *value, const char *what, uint64_t *us)
{
    uint64_t ns;

    if (!take_scalar(l, KEY_DURATION, value, what, &ns))
        return false;
    *us = ns / 1000;
    return true;
}

/* ---- what a wait is held to ---- */

#define MOST_US (1000ull * 86400 * 1000000) /* nobody waits for 1,000 days */

/* "1.5": 1500 */
static bool parse_thousandths(struct slice s, uint64_t *out)
{
    struct slice whole = slice_cut(&s, '.');
    uint64_t part = 0;

    if (!slice_to_u64(whole, out) || *out > 1000000)
        return false;
    if (s.at != NULL && (s.len == 0 || s.len > 3 || !slice_to_u64(s, &part)))
        return false;
    for (size_t i = s.len; s.at != NULL && i < 3; i++)
        part *= 10;
    *out = *out * 1000 + part;
    return true;
}

/* "1.5 x previous", "retry-after", "2s" */
static bool parse_measure(struct slice s, enum bound_of *of, uint64_t *value)
{
    static const struct slice names[] = {
        [BOUND_PREVIOUS] = SLICE("previous"), [BOUND_RETRY_AFTER] = SLICE("retry-after")};
    struct slice factor;

    for (size_t i = BOUND_PREVIOUS; i < COUNT(names); i++) {
        if (s.len < names[i].len ||
            !slice_is((struct slice){s.at + s.len - names[i].len, names[i].len}, names[i]))
            continue;
        *of = (enum bound_of)i;
        *value = 1000;
        factor = slice_trim((struct slice){s.at, s.len - names[i].len}, " ");
        if (factor.len == 0)
            return true;
        if (factor.at[factor.len - 1] != 'x')
            return false;
        factor.len--;
        return parse_thousandths(slice_trim(factor, " "), value);
    }
    *of = BOUND_TIME;
    if (!unit_duration(s, value))
        return false;
    *value /= 1000;
    return true;
}

static struct slice say_measure(struct arena *a, enum bound_of of, uint64_t value)
{
    char span[SPAN_SIZE];
    const char *what = of == BOUND_PREVIOUS ? "as before" : "as Retry-After says";

    if (of == BOUND_TIME) {
        span_print(value, span);
        return arena_copy(a, slice_of(span));
    }
    if (value == 1000)
        return arena_printf(a, "as long %s", what);
    return arena_printf(a, "%.4g times as long %s", (double)value / 1000, what);
}

static struct slice say_bound(struct arena *a, const struct bound *b,
                              const struct amount *from)
{
    struct slice least = say_measure(a, b->of, b->least),
                 most = say_measure(a, b->of, b->most);

    if (from->is_about)
        return arena_printf(
            a, "about %.*s",
            SLICE_ARGS(say_measure(a, b->of, b->least + (b->most - b->least) / 2)));
    if (b->most == NO_BOUND)
        return arena_printf(a, "at least %.*s", SLICE_ARGS(least));
    if (b->least == 0)
        return arena_printf(a, "at most %.*s", SLICE_ARGS(most));
    return arena_printf(a, "%.*s to %.*s", SLICE_ARGS(least), SLICE_ARGS(most));
}

static bool parse_bound(struct arena *arena, struct slice text, struct bound *b)
{
    struct amount a = amount_split(text);
    enum bound_of other;

    /* cppcheck-suppress nullPointer */
    *b = (struct bound){.least = 0, .most = NO_BOUND};
    if (a.is_not || (a.least.at == NULL && a.most.at == NULL))
        return false;
    if (a.least.at != NULL && !parse_measure(a.least, &b->of, &b->least))
        return false;
    other = b->of;
    if (a.most.at != NULL && !parse_measure(a.most, &other, &b->most))
        return false;
    if (a.least.at == NULL)
        b->of = other;
    if (other != b->of || b->least > b->most || b->least > MOST_US)
        return false;
    if (a.is_about) {
        b->least -= b->least / 4;
        b->most += b->most / 4;
    } else if (a.least.at == a.most.at && b->of == BOUND_TIME)
        return false; /* no wait is exact */
    else if (a.least.at == a.most.at)
        b->most = NO_BOUND;
    b->text = say_bound(arena, b, &a);
    return b->text.at != NULL;
}

static bool take_bound(struct loader *l, const struct node *value, struct bound *into)
{
    static const char wanted[] = "a range such as 0.5s..5s, or at least, at most or about "
                                 "a time, 1.5 x previous, or retry-after";

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "is", wanted);
    if (parse_bound(l->arena, value->text, into))
        return true;
    return complain_at(l->why, value, "here should stand %s, not \"%.*s\"", wanted,
                       SLICE_ARGS(value->text));
}

bool take_bounds(struct loader *l, const struct node *value, struct claim *into)
{
    uint32_t n;
    bool ok = true;

    if (value->kind == NODE_MAP)
        return take_bound(l, value, NULL);
    into->gap.is = room_for(l, value, sizeof(*into->gap.is), &n);
    if (into->gap.is == NULL)
        return false;
    into->gap.n_is = n;
    if (value->kind == NODE_SCALAR)
        return take_bound(l, value, into->gap.is);
    for (uint32_t i = 0; i < n; i++)
        into->gap.is[i].most = NO_BOUND;
    n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_bound(l, m, &into->gap.is[n++]);
    return ok;
}
