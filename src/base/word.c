/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#define LONGEST 64 /* no word of ours is longer */

static bool same(char a, char b)
{
    return slice_is_nocase((struct slice){&a, 1}, (struct slice){&b, 1});
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/*
 * One row of the table: the distances from a[0..i] to every beginning of b.
 * `up` is the row above, `up2` the one above that, for transpositions.
 * Returns the least in the row: the end result cannot be less.
 */
static unsigned fill_row(struct slice a, struct slice b, size_t i, const unsigned *up2,
                         const unsigned *up, unsigned *row)
{
    unsigned lowest = row[0] = (unsigned)i;

    for (size_t j = 1; j <= b.len; j++) {
        char x = a.at[i - 1], y = b.at[j - 1];
        unsigned d = least(up[j] + 1, row[j - 1] + 1, up[j - 1] + !same(x, y));

        if (i > 1 && j > 1 && same(x, b.at[j - 2]) && same(a.at[i - 2], y))
            d = least(d, d, up2[j - 2] + 1);
        row[j] = d;
        lowest = least(lowest, lowest, d);
    }
    return lowest;
}

unsigned word_distance(struct slice a, struct slice b, unsigned cap)
{
    unsigned rows[3][LONGEST + 1];
    size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
    unsigned d;

    if (a.len > LONGEST || b.len > LONGEST || apart > cap)
        return slice_is_nocase(a, b) ? 0 : cap + 1;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++)
        if (fill_row(a, b, i, rows[(i + 1) % 3], rows[(i + 2) % 3], rows[i % 3]) > cap)
            return cap + 1;
    d = rows[a.len % 3][b.len];
    return d > cap ? cap + 1 : d;
}

/* About one mistake in three letters; a word of which no letter is left is another word. */
const char *word_nearest(struct slice word, const char *const *candidates, size_t n)
{
    const char *nearest = NULL;
    unsigned best = (unsigned)(word.len > LONGEST ? LONGEST : word.len) / 3 + 2;

    if (best > word.len)
        best = (unsigned)word.len;
    for (size_t i = 0; i < n && best > 0; i++) {
        unsigned d = word_distance(word, slice_of(candidates[i]), best - 1);

        if (d < best) {
            nearest = candidates[i];
            best = d;
        }
    }
    return nearest;
}
