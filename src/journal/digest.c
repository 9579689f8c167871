/* SPDX-License-Identifier: MIT */
/*
 * Content, told apart by one number: the octets as digits of a number to a base, modulo the
 * prime 2^61 - 1. Digits can be taken one by one or eight at once and the number is the
 * same, so how octets were cut up leaves no trace. Against mistakes, not against forgers.
 */
#include "naysay/journal.h"

#define PRIME ((UINT64_C(1) << 61) - 1)

/* powers[i]: the base (drawn once, below the prime) to the power of i. */
static const uint64_t powers[] = {
    UINT64_C(0x0000000000000001), UINT64_C(0x13c6f9a24d81b75e),
    UINT64_C(0x0bf956aa6c05c2e5), UINT64_C(0x0a9a61e233196c10),
    UINT64_C(0x182293193a7e80bb), UINT64_C(0x19f7856d9ea30358),
    UINT64_C(0x0dbd75d15542cdf6), UINT64_C(0x15477e860dc89b26),
    UINT64_C(0x15c9795ec65973d1),
};

typedef unsigned __int128 wide;

/* Modulo the prime: 2^61 is 1 there. `n` is below 2^123. */
static uint64_t reduced(wide n)
{
    uint64_t sum = ((uint64_t)n & PRIME) + (uint64_t)(n >> 61);

    sum = (sum & PRIME) + (sum >> 61);
    return sum >= PRIME ? sum - PRIME : sum;
}

/* An octet of 0 is a digit, too: content may begin with it. */
static wide digit(struct slice s, size_t i, unsigned place)
{
    return (wide)((unsigned char)s.at[i] + 1u) * powers[place];
}

uint64_t digest_add(uint64_t so_far, struct slice octets)
{
    uint64_t n = so_far;
    size_t i = 0;

    assert(so_far <= PRIME);
    for (; octets.len - i >= 8; i += 8) {
        wide sum = (wide)n * powers[8];
        for (unsigned k = 0; k < 8; k++)
            sum += digit(octets, i + k, 7 - k);
        n = reduced(sum);
    }
    for (; i < octets.len; i++)
        n = reduced((wide)n * powers[1] + digit(octets, i, 0));
    return n == 0 && octets.len > 0 ? PRIME : n; /* 0 is kept for nothing */
}
