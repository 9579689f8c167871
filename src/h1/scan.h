/* SPDX-License-Identifier: MIT */
/* scan - the scanners that h1_scan_all() hands out, and the tails they share. */
#ifndef NAYSAY_H1_SCAN_H
#define NAYSAY_H1_SCAN_H

#include "naysay/h1.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define H1_SCAN_X86 1
extern const struct h1_scan h1_scan_sse42;
extern const struct h1_scan h1_scan_avx2;
#endif

/* By table, octet by octet. */
size_t h1_scan_token(const char *at, size_t len);
size_t h1_scan_target(const char *at, size_t len);
size_t h1_scan_value(const char *at, size_t len);

#endif
