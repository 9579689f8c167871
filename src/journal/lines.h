/* SPDX-License-Identifier: MIT */
/* How an entry reads, as JSON and on a terminal, and what heads are to both. Private to
 * this folder. */
#ifndef NAYSAY_JOURNAL_LINES_H
#define NAYSAY_JOURNAL_LINES_H

#include "naysay/journal.h"

/* The date and time up to the second, made once a second. */
struct json_clock {
    int64_t second; /* that `text` shows; -1 at first */
    char text[24];
};

struct json_style {
    struct json_clock clock;
    bool secrets; /* as they came */
    bool bodies;  /* samples of content, too */
};

/* One line with its LF, or false when memory ran out (then some of it may be there). */
bool json_put_entry(struct buf *b, const struct entry *e,
                    struct json_style *style) WARN_UNUSED;
void talk_entry(FILE *out, enum journal_color color, const struct entry *e);

/* Decimal without printf: a line has a dozen numbers. */
static inline bool WARN_UNUSED line_put_number(struct buf *b, uint64_t n)
{
    char digits[20], *at = digits + sizeof(digits);

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return buf_put(b, (struct slice){at, (size_t)(digits + sizeof(digits) - at)});
}

/* ---- words.c: parts of an entry as one text each ---- */

#define STEP_WORDS 320 /* octets that step_print() may take */

/* "head 522; body 120; end keep" */
bool words_put_plan(struct buf *b, const struct plan *p) WARN_UNUSED;
/* "Name: value CR LF" lines */
bool words_put_fields(struct buf *b, const struct http_fields *f) WARN_UNUSED;
bool words_put_field(struct buf *b, struct slice name, struct slice value) WARN_UNUSED;
/* "cut drip" */
bool words_put_faults(struct buf *b, const struct entry *e) WARN_UNUSED;
/* "raw 10-20 why" lines, LF between them */
bool words_put_intents(struct buf *b, const struct entry *e) WARN_UNUSED;
bool words_put_intent(struct buf *b, bool is_first, struct slice kind, struct octets range,
                      struct slice why) WARN_UNUSED;

/* ---- records.c ---- */

/* Keeps a copy of it and of all that its slices show. False: out of memory, and counted. */
bool records_keep(struct records *r, const struct record *made);
/* record.first_us: when the first octet went out, if one did. */
uint64_t record_first_us(uint64_t began_us, uint64_t first_us, struct octets sent);

/* ---- head.c ---- */

#define HEAD_REDACTED "(redacted)"
#define HEAD_TOLD     48 /* octets that head_told() may need */

/* The value, or, of a field that carries a secret, what may be told of it. */
struct slice head_told(struct slice name, struct slice value, char scratch[HEAD_TOLD]);
bool head_is_redacted(struct slice name, struct slice value);
/* A head's octets, with nothing of its secrets. */
bool head_put_told(struct buf *out, struct slice head) WARN_UNUSED;

struct slice head_status_line(struct slice head); /* without its end; "": there is none */
bool head_has_plain_ends(struct slice head);      /* that line, and a blank one at last */
/* Does this field of the head stand there as "name: value CR LF"? */
bool head_is_plain_field(struct slice head, struct slice name, struct slice value);

#endif
