/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <endian.h>
#include <math.h>

/* ---- SipHash-2-4 (Aumasson, Bernstein 2012) ---- */

struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

/*
 * A seed is half a key. The other half lies as far from it as in the published test
 * vectors, so that these hold for one seed: 0x0706050403020100.
 */
static struct sip sip_begin(uint64_t seed)
{
    uint64_t k0 = seed, k1 = seed + 0x0808080808080808u;

    return (struct sip){k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
                        k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
}

static void sip_put(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

/* The last word: the octets left over, and in its highest octet how many there were. */
static uint64_t sip_end(struct sip *s, uint64_t left_over, size_t octets)
{
    sip_put(s, left_over | (uint64_t)octets << 56);
    s->v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t chance_of(uint64_t seed, const uint64_t *words, size_t n)
{
    struct sip s = sip_begin(seed);

    for (size_t i = 0; i < n; i++)
        sip_put(&s, words[i]);
    return sip_end(&s, 0, n * sizeof(uint64_t));
}

uint64_t chance_of_text(uint64_t seed, struct slice text)
{
    struct sip s = sip_begin(seed);
    uint64_t word;
    size_t i = 0;

    for (; text.len - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, text.at + i, sizeof(word));
        sip_put(&s, le64toh(word));
    }
    word = 0;
    for (unsigned shift = 0; i < text.len; i++, shift += 8)
        word |= (uint64_t)(unsigned char)text.at[i] << shift;
    return sip_end(&s, word, text.len);
}

/* ---- what is made of one drawn number ---- */

/* Between 0 and 1, neither of them. */
static double unit_of(uint64_t drawn)
{
    return ((double)(drawn >> 12) + 0.5) * 0x1p-52;
}

bool chance_is(uint64_t drawn, double likely)
{
    return likely >= 1 || (likely > 0 && unit_of(drawn) < likely);
}

uint64_t chance_between(uint64_t drawn, uint64_t least, uint64_t most)
{
    uint64_t span = most - least;

    assert(least <= most);
    if (span == UINT64_MAX)
        return drawn;
    return least + (uint64_t)((unsigned __int128)drawn * (span + 1) >> 64);
}

/* Of the standard normal distribution (Box and Muller): each half of the number is one
 * draw. */
static double normal_of(uint64_t drawn)
{
    double radius = ((double)(drawn >> 32) + 0.5) * 0x1p-32;
    double turn = (double)(drawn & UINT32_MAX) * 0x1p-32;

    return sqrt(-2 * log(radius)) * cos(2 * M_PI * turn);
}

/* Rounded, so that machines whose libm differs in the last digit agree. Not a number: 0. */
static uint64_t whole_of(double x, uint64_t most)
{
    if (!(x > 0))
        return 0;
    return x >= (double)most ? most : (uint64_t)(x + 0.5);
}

static uint64_t at_most(uint64_t x, uint64_t most)
{
    return x < most ? x : most;
}

uint64_t spread_value(const struct spread *s, uint64_t drawn)
{
    uint64_t most = s->most == 0 ? 3600 * NS_PER_S : s->most;
    double a = (double)s->a, b = (double)s->b;

    switch (s->kind) {
    case SPREAD_FIXED:
        return at_most(s->a, most);
    case SPREAD_UNIFORM:
        return at_most(chance_between(drawn, s->a, s->b < s->a ? s->a : s->b), most);
    case SPREAD_NORMAL:
        return whole_of(a + b * normal_of(drawn), most);
    case SPREAD_LOGNORMAL:
        return whole_of(a * exp(b / 1000 * normal_of(drawn)), most);
    case SPREAD_PARETO:
        return whole_of(a * pow(unit_of(drawn), -1000 / b), most);
    }
    return 0;
}
