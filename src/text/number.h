/* SPDX-License-Identifier: MIT */
/*
 * number - decimal numbers of any length, compared digit by digit: no rounding, no
 * overflow, nothing that is not a number.
 */
#ifndef TEXT_NUMBER_H
#define TEXT_NUMBER_H

#include "naysay/base.h"

struct number { /* slices of the text it was read from */
    bool is_negative;
    struct slice whole;    /* without zeros in front: of 0.5, "" */
    struct slice fraction; /* without zeros behind */
};

/* "12", "-0.5": [-] 1*DIGIT [ "." 1*DIGIT ] with nothing around it. */
bool number_read(struct slice text, struct number *n);
int number_compare(const struct number *a, const struct number *b); /* as memcmp */

#endif
