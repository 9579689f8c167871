/* SPDX-License-Identifier: MIT */
/*
 * 16 octets at a time with what SSE4.2 machines have, 32 with AVX2.
 *
 * tchar is looked up by nibbles: the low one names a set of columns, the high one
 * one column; an octet belongs when both share a bit. Octets of 0x80 and more have
 * no column. The other sets are ranges.
 *
 * A tail shorter than a step is read as the last step's worth of octets before the
 * end: those before the tail are known to belong, so they cannot stop the scan.
 */
#include "scan.h"

#ifdef H1_SCAN_X86
#include <immintrin.h>

/* Bit h of row l: the octet 0xhl is a tchar (h is 2..7). */
// clang-format off
#define TCHAR_ROWS                                                                         \
    (char)0xe8, (char)0xfc, (char)0xf8, (char)0xfc, (char)0xfc, (char)0xfc, (char)0xfc,    \
    (char)0xfc, (char)0xf8, (char)0xf8, (char)0xf4, (char)0x54, (char)0xd0, (char)0x54,    \
    (char)0xf4, (char)0x70
#define TCHAR_COLUMNS                                                                      \
    1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0
// clang-format on

#define SSE42 __attribute__((target("sse4.2"), always_inline)) static inline
#define AVX2  __attribute__((target("avx2"), always_inline)) static inline

/* Each gives a mask with a bit for every octet outside the set. */

SSE42 unsigned stops_token_16(const char *at)
{
    const __m128i x = _mm_loadu_si128((const void *)at);
    const __m128i low = _mm_and_si128(x, _mm_set1_epi8(0x0f));
    const __m128i high = _mm_and_si128(_mm_srli_epi16(x, 4), _mm_set1_epi8(0x0f));
    const __m128i row = _mm_shuffle_epi8(_mm_setr_epi8(TCHAR_ROWS), low);
    const __m128i column = _mm_shuffle_epi8(_mm_setr_epi8(TCHAR_COLUMNS), high);
    const __m128i both = _mm_and_si128(row, column);

    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(both, _mm_setzero_si128()));
}

/* Signed: octets of 0x80 and more are below 0x21 too. */
SSE42 unsigned stops_target_16(const char *at)
{
    const __m128i x = _mm_loadu_si128((const void *)at);
    const __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(0x21), x);
    const __m128i del = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, del));
}

SSE42 unsigned stops_value_16(const char *at)
{
    const __m128i x = _mm_loadu_si128((const void *)at);
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
    const __m128i del = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f));
    const __m128i tab = _mm_cmpeq_epi8(x, _mm_set1_epi8('\t'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_andnot_si128(tab, control), del));
}

AVX2 unsigned stops_token_32(const char *at)
{
    const __m256i x = _mm256_loadu_si256((const void *)at);
    const __m256i low = _mm256_and_si256(x, _mm256_set1_epi8(0x0f));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(0x0f));
    const __m256i row = _mm256_shuffle_epi8(_mm256_setr_epi8(TCHAR_ROWS, TCHAR_ROWS), low);
    const __m256i column =
        _mm256_shuffle_epi8(_mm256_setr_epi8(TCHAR_COLUMNS, TCHAR_COLUMNS), high);
    const __m256i both = _mm256_and_si256(row, column);

    return (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(both, _mm256_setzero_si256()));
}

AVX2 unsigned stops_target_32(const char *at)
{
    const __m256i x = _mm256_loadu_si256((const void *)at);
    const __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x21), x);
    const __m256i del = _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x7f));

    return (unsigned)_mm256_movemask_epi8(_mm256_or_si256(low, del));
}

AVX2 unsigned stops_value_32(const char *at)
{
    const __m256i x = _mm256_loadu_si256((const void *)at);
    const __m256i control =
        _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1f)), x);
    const __m256i del = _mm256_cmpeq_epi8(x, _mm256_set1_epi8(0x7f));
    const __m256i tab = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\t'));

    return (unsigned)_mm256_movemask_epi8(
        _mm256_or_si256(_mm256_andnot_si256(tab, control), del));
}

/* One scanner: whole steps, then the last step's worth; what is too short goes to
 * `shorter`. */
#define SCANNER(isa, name, set, step, shorter)                                  \
    __attribute__((target(isa))) static size_t name(const char *at, size_t len) \
    {                                                                           \
        size_t i = 0;                                                           \
        unsigned stops;                                                         \
                                                                                \
        if (len < (step))                                                       \
            return shorter(at, len);                                            \
        for (; i + (step) <= len; i += (step)) {                                \
            stops = stops_##set##_##step(at + i);                               \
            if (stops != 0)                                                     \
                return i + (size_t)__builtin_ctz(stops);                        \
        }                                                                       \
        if (i == len)                                                           \
            return len;                                                         \
        stops = stops_##set##_##step(at + len - (step));                        \
        return stops == 0 ? len : len - (step) + (size_t)__builtin_ctz(stops);  \
    }

SCANNER("sse4.2", token_sse42, token, 16, h1_scan_token)
SCANNER("sse4.2", target_sse42, target, 16, h1_scan_target)
SCANNER("sse4.2", value_sse42, value, 16, h1_scan_value)
SCANNER("avx2", token_avx2, token, 32, token_sse42)
SCANNER("avx2", target_avx2, target, 32, target_sse42)
SCANNER("avx2", value_avx2, value, 32, value_sse42)

const struct h1_scan h1_scan_sse42 = {"sse4.2", token_sse42, target_sse42, value_sse42};
const struct h1_scan h1_scan_avx2 = {"avx2", token_avx2, target_avx2, value_avx2};

#endif
