/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

struct unit {
    struct slice name;
    uint64_t worth;
};

/* clang-format off */
static const struct unit durations[] = {
    {SLICE("ns"), 1},
    {SLICE("us"), 1000},
    {SLICE("ms"), NS_PER_MS},
    {SLICE("s"),  NS_PER_S},
    {SLICE("m"),  60 * NS_PER_S},
    {SLICE("h"),  3600 * NS_PER_S},
    {SLICE("d"),  86400 * NS_PER_S},
};

static const struct unit sizes[] = {
    {SLICE(""),    1},
    {SLICE("B"),   1},
    {SLICE("KB"),  1000},
    {SLICE("MB"),  1000 * 1000},
    {SLICE("GB"),  1000 * 1000 * 1000},
    {SLICE("TB"),  1000ull * 1000 * 1000 * 1000},
    {SLICE("KiB"), 1ull << 10},
    {SLICE("MiB"), 1ull << 20},
    {SLICE("GiB"), 1ull << 30},
    {SLICE("TiB"), 1ull << 40},
};
/* clang-format on */

#define DIGITS_BEHIND_POINT 9

static size_t count_digits(struct slice s)
{
    size_t n = 0;

    while (n < s.len && s.at[n] >= '0' && s.at[n] <= '9')
        n++;
    return n;
}

/* Takes n octets from the front of *s. */
static struct slice take(struct slice *s, size_t n)
{
    struct slice front = {s->at, n};

    s->at += n;
    s->len -= n;
    return front;
}

/* ".25" in front of *s: 25 hundredths. Nothing there is 0 of 1. */
static bool take_fraction(struct slice *s, uint64_t *parts, uint64_t *of)
{
    struct slice digits;

    *parts = 0;
    *of = 1;
    if (s->len == 0 || s->at[0] != '.')
        return true;
    take(s, 1);
    digits = take(s, count_digits(*s));
    if (digits.len > DIGITS_BEHIND_POINT || !slice_to_u64(digits, parts))
        return false;
    for (size_t i = 0; i < digits.len; i++)
        *of *= 10;
    return true;
}

/* whole * worth + parts/of * worth, rounded down. */
static bool multiply(uint64_t whole, uint64_t parts, uint64_t of, uint64_t worth,
                     uint64_t *out)
{
    uint64_t some = (uint64_t)((unsigned __int128)parts * worth / of);

    return !__builtin_mul_overflow(whole, worth, &whole) &&
           !__builtin_add_overflow(whole, some, out);
}

static bool parse(struct slice s, const struct unit *units, size_t n, uint64_t *out)
{
    uint64_t whole, parts, of;

    if (s.len == 0 || !slice_to_u64(take(&s, count_digits(s)), &whole) ||
        !take_fraction(&s, &parts, &of))
        return false;
    for (size_t i = 0; i < n; i++)
        if (slice_is_nocase(s, units[i].name))
            return multiply(whole, parts, of, units[i].worth, out);
    return false;
}

bool unit_duration(struct slice s, uint64_t *ns)
{
    if (slice_is(s, SLICE("0"))) { /* nothing needs no unit */
        *ns = 0;
        return true;
    }
    return parse(s, durations, COUNT(durations), ns);
}

bool unit_size(struct slice s, uint64_t *octets)
{
    return parse(s, sizes, COUNT(sizes), octets);
}
