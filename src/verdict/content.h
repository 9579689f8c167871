/* SPDX-License-Identifier: MIT */
/* Looking for one trait in one request. */
#ifndef VERDICT_CONTENT_H
#define VERDICT_CONTENT_H

#include "judge.h"

struct look {
    const struct trait *trait;
    const struct record *record;
    struct arena *scratch;
    uint32_t n;         /* values found */
    struct slice first; /* of them */
    bool fits;          /* one of them is as it should be, or should not */
    bool is_dark;       /* one cannot be seen */
};

#endif
