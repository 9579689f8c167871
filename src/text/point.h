/* SPDX-License-Identifier: MIT */
/* point - code points and line ends, as documents are read and as they are shown. */
#ifndef NAYSAY_TEXT_POINT_H
#define NAYSAY_TEXT_POINT_H

#include "naysay/base.h"

#define NO_POINT UINT32_MAX /* an octet that is no UTF-8 */

/* Octets of the code point at `at`, which is before `end`; 1 and NO_POINT where none is. */
size_t point_read(const char *at, const char *end, uint32_t *point);
/*
 * Octets of the line end at `at`, or 0: CR LF, LF, CR, and NEL, LS and PS, since libyaml
 * counts lines by them too.
 */
size_t point_break(const char *at, const char *end);
/* May be shown to a terminal as it stands: it neither steers it nor turns its text round.
 */
bool point_is_harmless(uint32_t point);
uint32_t point_cells(uint32_t point); /* that a terminal shows it in: 0, 1 or 2 */
/* The text without the mark that some editors put before UTF-8. */
struct slice point_skip_bom(struct slice text);

#endif
