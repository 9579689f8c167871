/* SPDX-License-Identifier: MIT */
/* same - is a record that was read back what was kept? */
#ifndef NAYSAY_FUZZ_SAME_H
#define NAYSAY_FUZZ_SAME_H

#include "naysay/journal.h"

/* NULL when they say the same, else what they do not agree on, a static string. */
const char *records_differ(const struct record *a, const struct record *b);

#endif
