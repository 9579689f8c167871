/* SPDX-License-Identifier: MIT */
/*
 * How far does a run of octets go? The portable answer is a table; the x86 ones
 * look at 16 or 32 octets at a time and come to the same result. All of them stay
 * inside the octets they were given.
 */
#include "scan.h"
#include "parse.h"

static size_t run_of(const char *at, size_t len, uint8_t what)
{
    size_t i = 0;

    while (i < len && h1_is(at[i], what))
        i++;
    return i;
}

size_t h1_scan_token(const char *at, size_t len)
{
    return run_of(at, len, H1_IS_TCHAR);
}

size_t h1_scan_target(const char *at, size_t len)
{
    return run_of(at, len, H1_IS_TARGET);
}

size_t h1_scan_value(const char *at, size_t len)
{
    return run_of(at, len, H1_IS_VALUE);
}

static const struct h1_scan portable = {"portable", h1_scan_token, h1_scan_target,
                                        h1_scan_value};

#define SCANS_MOST 3

const struct h1_scan *const *h1_scan_all(size_t *n)
{
    static const struct h1_scan *all[SCANS_MOST];

    *n = 0;
    all[(*n)++] = &portable;
#ifdef H1_SCAN_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("sse4.2"))
        all[(*n)++] = &h1_scan_sse42;
    if (__builtin_cpu_supports("avx2"))
        all[(*n)++] = &h1_scan_avx2;
#endif
    return all;
}

const struct h1_scan *h1_scan_best(void)
{
    size_t n;
    const struct h1_scan *const *all = h1_scan_all(&n);

    return all[n - 1];
}

const struct h1_scan *h1_scan = &portable;

/* Before main(), so that no caller has to remember it and no reader pays for asking. */
__attribute__((constructor)) static void choose(void)
{
    h1_scan = h1_scan_best();
}
