/* SPDX-License-Identifier: MIT */
/*
 * status_reader - one text of rows on its way through status_text.c (lines and stanzas),
 * status_keys.c (what a key's value may be) and status_settle.c (what a whole row must be).
 */
#ifndef NAYSAY_HTTP_STATUS_READER_H
#define NAYSAY_HTTP_STATUS_READER_H

#include "status_text.h"

#define STATUS_FIELDS_MOST 16
#define STATUS_DUTIES_MOST 16

struct status_reader {
    struct status_rows *out;
    size_t first; /* row of this text in out */
    struct slice rest;
    const char *file;
    struct complaint *why;
    unsigned next;  /* number of the line at the front of rest */
    unsigned line;  /* where the line being judged began */
    unsigned began; /* the stanza's first line, 0: between stanzas */
    unsigned id_line;
    uint64_t seen; /* keys of this stanza, one bit each */
    bool is_table, has_rows;
    struct status row; /* the stanza so far */
    struct status_field fields[STATUS_FIELDS_MOST];
    struct status_duty duties[STATUS_DUTIES_MOST];
};

/* "file:line: ..."; false. */
bool status_fail_at(struct status_reader *r, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);
#define fail(r, ...) status_fail_at(r, (r)->line, __VA_ARGS__)

bool status_take_key(struct status_reader *r, struct slice name, struct slice value);
bool status_was_seen(const struct status_reader *r, const char *key);
/* Fills in what was left out, judges the row and adds it to r->out. */
bool status_settle(struct status_reader *r, struct status row);

extern const char *const status_body_words[3]; /* by enum status_body */

#endif
