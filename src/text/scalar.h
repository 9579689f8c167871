/* SPDX-License-Identifier: MIT */
/* scalar - single values, as they are quoted, bounded and suggested. */
#ifndef NAYSAY_TEXT_SCALAR_H
#define NAYSAY_TEXT_SCALAR_H

#include "naysay/text.h"

/* A user's text as a complaint quotes it: never more than a line can hold. */
struct shown {
    char text[72];
};

struct shown shown_of(struct slice s);

/* A number of that type as people write it: 1500 octets a second are "1500/s". */
struct shown shown_number(enum key_type type, uint64_t value);
/* "from 1 to 10", "at least 1", "at most 10", or "" where a row or its type has no
 * bounds. */
struct shown shown_bounds(const struct key *k);

#endif
