/* SPDX-License-Identifier: MIT */
/* Records by the connections they came on. */
#ifndef VERDICT_LINES_H
#define VERDICT_LINES_H

#include "judge.h"

/* All records, one connection after the other, each in its order and its end behind it. */
struct lines {
    const struct record **at; /* owned */
    size_t n;
};

bool lines_open(struct lines *l, struct story *s) WARN_UNUSED;
void lines_close(struct lines *l);
/* What comes after `r` on its connection, or NULL. */
const struct record *lines_after(const struct lines *l, const struct record *r);

#endif
