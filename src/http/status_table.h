/* SPDX-License-Identifier: MIT */
/*
 * status_table - what the build makes of data/status/ (http/tables/main.c writes it,
 * status.c reads it). Constant: nothing is parsed, sorted or allocated at start-up.
 */
#ifndef NAYSAY_HTTP_STATUS_TABLE_H
#define NAYSAY_HTTP_STATUS_TABLE_H

#include "naysay/http.h"

#define STATUS_NUMBERS 1000 /* 0..999 */

extern const size_t status_table_n;
extern const struct status status_table[];
extern const uint16_t status_table_by_id[]; /* rows, sorted by id without case */
extern const int16_t status_table_by_number[STATUS_NUMBERS]; /* a row, -1: none */

#endif
