/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <inttypes.h>

enum limit_unit { SIZE, COUNT_, TIME };

struct limit_row {
    const char *name, *help;
    enum limit_unit unit;
    size_t offset; /* in struct limits */
    uint64_t def, most;
};

static const struct limit_row rows[] = {
#define X(member, name, unit, def, most, help) \
    {name, help, unit, offsetof(struct limits, member), def, most},
    LIMITS(X)
#undef X
};

/* clang-format off */
static const char *const names[] = {
#define X(member, name, unit, def, most, help) name,
    LIMITS(X)
#undef X
};

const struct limits limits_default = {
#define X(member, name, unit, def, most, help) .member = def,
    LIMITS(X)
#undef X
};

/* What a value of this unit looks like, and how it is read. */
static const struct { const char *looks; bool (*read)(struct slice, uint64_t *); } units[] = {
    [SIZE]   = {"a size like 64KiB",     unit_size},
    [COUNT_] = {"a whole number",        slice_to_u64},
    [TIME]   = {"a duration like 250ms", unit_duration},
};

/* Ways to write a value, the largest unit first. */
static const struct { enum limit_unit unit; uint64_t worth; const char *name; } scales[] = {
    {SIZE,   1ull << 30,       "GiB"},
    {SIZE,   1ull << 20,       "MiB"},
    {SIZE,   1ull << 10,       "KiB"},
    {SIZE,   1,                "B"},
    {COUNT_, 1,                ""},
    {TIME,   3600 * NS_PER_S,  "h"},
    {TIME,   60 * NS_PER_S,    "m"},
    {TIME,   NS_PER_S,         "s"},
    {TIME,   NS_PER_MS,        "ms"},
    {TIME,   1,                "ns"},
};
/* clang-format on */

struct value_text {
    char text[32];
};

/* In the largest unit that leaves no fraction. */
static struct value_text value_text(enum limit_unit unit, uint64_t value)
{
    struct value_text t = {""};

    for (size_t i = 0; i < COUNT(scales); i++)
        if (scales[i].unit == unit && value % scales[i].worth == 0) {
            snprintf(t.text, sizeof(t.text), "%" PRIu64 "%s", value / scales[i].worth,
                     scales[i].name);
            break;
        }
    return t;
}

static const struct limit_row *find_row(struct slice name)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (slice_is(name, slice_of(rows[i].name)))
            return &rows[i];
    return NULL;
}

static bool complain_of_name(struct slice name, struct complaint *why)
{
    const char *near = word_nearest(name, names, COUNT(names));

    if (near == NULL)
        return complain(why, "no limit is called '%.*s'; --help shows them all",
                        SLICE_ARGS(name));
    return complain(why, "no limit is called '%.*s'; did you mean '%s'?", SLICE_ARGS(name),
                    near);
}

static bool complain_of_value(const struct limit_row *row, struct slice text,
                              struct complaint *why)
{
    return complain(
        why, "limit %s: '%.*s' is not %s; it takes 1%s to %s and is %s by default",
        row->name, SLICE_ARGS(text), units[row->unit].looks, row->unit == TIME ? "ns" : "",
        value_text(row->unit, row->most).text, value_text(row->unit, row->def).text);
}

static bool complain_of_range(const struct limit_row *row, struct slice text,
                              struct complaint *why)
{
    return complain(why, "limit %s: '%.*s' is out of range; it takes 1%s to %s (%s)",
                    row->name, SLICE_ARGS(text), row->unit == TIME ? "ns" : "",
                    value_text(row->unit, row->most).text, row->help);
}

bool limits_set(struct limits *l, struct slice assignment, struct complaint *why)
{
    struct slice value = assignment;
    struct slice name = slice_cut(&value, '=');
    const struct limit_row *row = find_row(name);
    uint64_t n;

    if (row == NULL)
        return complain_of_name(name, why);
    if (!units[row->unit].read(value, &n))
        return complain_of_value(row, value, why);
    if (n == 0 || n > row->most)
        return complain_of_range(row, value, why);
    memcpy((char *)l + row->offset, &n, sizeof(n));
    return true;
}

void limits_print(FILE *out)
{
    fprintf(out, "%-16s %8s %11s  %s\n", "limit", "default", "most", "what it bounds");
    for (size_t i = 0; i < COUNT(rows); i++)
        fprintf(out, "%-16s %8s %11s  %s\n", rows[i].name,
                value_text(rows[i].unit, rows[i].def).text,
                value_text(rows[i].unit, rows[i].most).text, rows[i].help);
}
