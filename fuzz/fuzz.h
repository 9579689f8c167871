/* SPDX-License-Identifier: MIT */
/*
 * fuzz - what a target is: fz_<name>.c with LLVMFuzzerTestOneInput() in it. The
 * build links it with libFuzzer as fz_<name>, and with replay_main.c, by any
 * compiler, as replay-fz_<name>, which plays the files it is given.
 */
#ifndef NAYSAY_FUZZ_H
#define NAYSAY_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len);

/* An oracle's complaint is a crash. */
static inline void fuzz_must(const char *wrong)
{
    if (wrong == NULL)
        return;
    fprintf(stderr, "fuzz: %s\n", wrong);
    abort();
}

/* A number that depends on nothing but the input (FNV-1a): where to cut, what to ask. */
static inline uint64_t fuzz_number(const uint8_t *octets, size_t len)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ octets[i]) * 0x100000001b3u;
    return h ^ (h >> 32);
}

#endif
