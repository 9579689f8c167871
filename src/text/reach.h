/* SPDX-License-Identifier: MIT */
/* reach - every shape that can be reached from one, in the order they are read about. */
#ifndef NAYSAY_TEXT_REACH_H
#define NAYSAY_TEXT_REACH_H

#include "naysay/text.h"

#define MOST_SHAPES 256u

struct reach {
    const struct shape *shapes[MOST_SHAPES];
    size_t n;
};

void reach_from(struct reach *r, const struct shape *top);

/* A word that no other shape of these has: "pattern", "request-head", "headers-2". */
struct shape_id {
    char text[80];
};

struct shape_id reach_id(const struct reach *r, const struct shape *s);

#endif
