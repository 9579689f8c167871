/* SPDX-License-Identifier: MIT */
/* remarks - judges what is said of a text: that places lie inside of it, and that nothing
 * printed steers a terminal. */
#ifndef NAYSAY_FUZZ_REMARKS_H
#define NAYSAY_FUZZ_REMARKS_H

#include "naysay/text.h"

struct extent {
    uint32_t *columns; /* of each line: its code points, and octets that are none */
    uint32_t lines;
};

struct extent extent_of(struct slice text);
void extent_clear(struct extent *e);
/* Each aborts when something is wrong. */
void extent_judge(const struct extent *e, uint32_t line, uint32_t column, uint32_t width);
void remarks_judge(const struct complaints *why);

#endif
