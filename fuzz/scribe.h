/* SPDX-License-Identifier: MIT */
/*
 * scribe - writes scenarios for the fuzzer: makes another one of a text, by the tables of
 * keys. What it adds is spelt right and mostly of the right kind, so that inputs come
 * behind the first complaint.
 */
#ifndef NAYSAY_FUZZ_SCRIBE_H
#define NAYSAY_FUZZ_SCRIBE_H

#include "naysay/scenario.h"

/*
 * A text of at most `most` octets into `out`: that of `text` with some members and values
 * added, taken away, put elsewhere or said otherwise. 0: `text` is no document. The same
 * number makes the same text.
 */
size_t scribe(struct slice text, uint64_t number, char *out, size_t most);

#endif
