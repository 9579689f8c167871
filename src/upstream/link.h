/* SPDX-License-Identifier: MIT */
/* One upstream connection, private to this folder. */
#ifndef NAYSAY_UPSTREAM_LINK_H
#define NAYSAY_UPSTREAM_LINK_H

#include "naysay/upstream.h"

struct link {
    struct grave grave;
    struct upstream *upstream;
    struct stream stream;
    struct timer timer;
    struct leg *leg; /* whose request it carries, NULL while idle or joined to a tunnel */
    struct address address;
    struct link *next, **at; /* in its bucket of the pool while idle */
    uint16_t port;
    uint16_t host_len;
    char host[]; /* what was asked for: the key of the pool */
};

/* A kept connection to this origin, or NULL. */
struct link *link_take(struct upstream *u, const struct origin *to);
/* Back to the pool, which may close it. */
void link_give(struct link *l);
struct link *link_open(struct upstream *u, const struct origin *to,
                       const struct dialled *d);
void link_close(struct link *l, bool reset);

#endif
