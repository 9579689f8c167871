/* SPDX-License-Identifier: MIT */
/*
 * claim - what the client should do, as it is written under `expect`. Data and its loading
 * only; judging is far to the right, in verdict.
 *
 * A claim speaks of requests by the name of the rule that answered them (`down`), the nth of
 * them (`down.2`), by status (`407`), or of all of them (`any`).
 */
#ifndef NAYSAY_CLAIM_H
#define NAYSAY_CLAIM_H

#include "naysay/text.h"

enum claim_level { CLAIM_MUST, CLAIM_SHOULD, CLAIM_MAY };

struct claim; /* its members: see below */

/* Loads one item of `expect`, a struct claim. */
extern const struct shape shape_claim;

#endif
