/* SPDX-License-Identifier: MIT */
/* How an entry reads, as JSON and on a terminal. Private to this folder. */
#ifndef NAYSAY_JOURNAL_LINES_H
#define NAYSAY_JOURNAL_LINES_H

#include "naysay/journal.h"

/* The date and time up to the second, made once a second. */
struct json_clock {
    int64_t second; /* that `text` shows; -1 at first */
    char text[24];
};

/* One line with its LF, or false when memory ran out (then some of it may be there). */
bool json_put_entry(struct buf *b, const struct entry *e,
                    struct json_clock *clock) WARN_UNUSED;
void talk_entry(FILE *out, enum journal_color color, const struct entry *e);

#endif
