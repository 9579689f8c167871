/* SPDX-License-Identifier: MIT */
/*
 * perform - a second player: performs a plan into memory as the real one would onto a
 * wire, and judges it. What is malformed needs an intent, and nothing else has one.
 *
 *   plan ──perform──▶ its steps in words, its octets ──▶ equal for equal seeds
 */
#ifndef NAYSAY_FUZZ_PERFORM_H
#define NAYSAY_FUZZ_PERFORM_H

#include "naysay/decide.h"

/*
 * Appends the steps in words and what they put on the wire (of bodies and of what is wrong
 * on purpose only the beginning) to `out`. NULL: the plan is performable, and honest but
 * for its intents; else what is wrong with it, as a static text.
 */
const char *perform(const struct plan *p, const struct facts *facts, struct buf *out);
void must_perform(const struct plan *p, const struct facts *facts, struct buf *out);

/*
 * Decides upon one request as the real player has it decided: whatever an upstream is
 * asked for, it answers `response` (NULL: it fails), and that is decided upon, too. Every
 * plan on the way is performed. Aborts when something is wrong.
 */
void perform_request(struct run *run, struct facts *facts,
                     const struct http_response *response, struct buf *out);

#endif
