/* SPDX-License-Identifier: MIT */
/*
 * jot - JSON put together member by member, into a buffer. The first failure sticks,
 * so that writers read straight down; `ok` is asked once at the end.
 */
#ifndef NAYSAY_VERDICT_JOT_H
#define NAYSAY_VERDICT_JOT_H

#include "naysay/base.h"

struct jot {
    struct buf *out;
    bool is_member; /* something stands before: a comma is wanted */
    bool has_failed;
};

/* Inside of an object `key` is its name; in a list it is NULL. */
void jot_open(struct jot *j, const char *key, char bracket);
void jot_close(struct jot *j, char bracket);
void jot_number(struct jot *j, const char *key, uint64_t n);
void jot_signed(struct jot *j, const char *key, int64_t n);
void jot_ms(struct jot *j, const char *key, uint64_t us); /* milliseconds, to the us */
void jot_flag(struct jot *j, const char *key, bool is);
void jot_null(struct jot *j, const char *key);
void jot_text(struct jot *j, const char *key,
              struct slice s); /* what is not UTF-8: octet by octet */
void jot_raw(struct jot *j, const char *key, struct slice s); /* JSON already */

#endif
