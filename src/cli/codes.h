/* SPDX-License-Identifier: MIT */
/*
 * codes - `naysay codes`: the registry, to read.
 *
 *   codes.c  what was asked for         codes_text.c    lists and cards
 *                                       codes_json.c    for programs
 *                                       codes_faults.c  faults, for either
 */
#ifndef NAYSAY_CLI_CODES_H
#define NAYSAY_CLI_CODES_H

#include "naysay/http.h"

struct found {                /* rows, in the registry's order */
    const struct status **at; /* owned */
    size_t n;
};

struct look {
    bool color;
    unsigned width; /* columns; 0: as wide as it gets */
};

/* One aligned line for each row, cut to the width. */
void codes_list(FILE *out, const struct found *rows, struct look look);
/* Everything that a row knows, wrapped to the width. */
void codes_card(FILE *out, const struct status *row, struct look look);
void codes_json(FILE *out, const struct found *rows);
/* Faults that have all the words in name or help; .at NULL: all. Returns how many. */
size_t codes_faults(FILE *out, struct slice words, bool json, struct look look);

bool codes_holds(struct slice text, struct slice word); /* in whatever case */

#endif
