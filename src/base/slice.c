/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

bool slice_is_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (octet_lower(a.at[i]) != octet_lower(b.at[i]))
            return false;
    return true;
}

bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_is((struct slice){s.at, prefix.len}, prefix);
}

bool slice_starts_nocase(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_is_nocase((struct slice){s.at, prefix.len}, prefix);
}

ssize_t slice_find(struct slice s, char c)
{
    const char *hit = s.len == 0 ? NULL : memchr(s.at, c, s.len);

    return hit == NULL ? -1 : hit - s.at;
}

struct slice slice_cut(struct slice *rest, char c)
{
    struct slice all = *rest;
    ssize_t at = slice_find(all, c);

    if (at < 0) {
        *rest = NO_SLICE;
        return all;
    }
    *rest = (struct slice){all.at + at + 1, all.len - (size_t)at - 1};
    return (struct slice){all.at, (size_t)at};
}

static bool is_in(char c, const char *set)
{
    for (; *set != '\0'; set++)
        if (*set == c)
            return true;
    return false;
}

struct slice slice_trim(struct slice s, const char *set)
{
    while (s.len > 0 && is_in(s.at[0], set)) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && is_in(s.at[s.len - 1], set))
        s.len--;
    return s;
}

bool slice_to_u64(struct slice s, uint64_t *value)
{
    uint64_t n = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

        if (digit > 9 || __builtin_mul_overflow(n, 10u, &n) ||
            __builtin_add_overflow(n, digit, &n))
            return false;
    }
    *value = n;
    return true;
}
