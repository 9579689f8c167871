/* SPDX-License-Identifier: MIT */
/*
 * audit - reads what went over a wire: strictly, on its own, and with the
 * journal as the only witness of what was meant.
 *
 * Each returns NULL when all is well, else what is not, as a static string.
 */
#ifndef NAYSAY_FUZZ_AUDIT_H
#define NAYSAY_FUZZ_AUDIT_H

#include "naysay/base.h"

/* One head of an answer, whole and nothing else. */
const char *audit_head(struct slice head);

/* Octets sent to an upstream: requests one after the other, the last perhaps cut short. */
const char *audit_requests(struct slice sent);

/*
 * Octets sent to the client of one connection: the journal's ranges follow one
 * another without a gap, and in each stands what its entry says: interim answers,
 * one final answer whole, raw octets where a step answers for them.
 */
const char *audit_answers(struct slice sent, uint64_t connection, struct slice journal);

#endif
