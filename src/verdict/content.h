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

/*
 * The value at a path of a JSON text, as text: strings as they are, all else as JSON.
 * False: it is no JSON, nests deeper than 64 levels, or there is no such value.
 */
bool json_value(struct slice text, struct slice path, struct arena *a, struct slice *value);

#endif
