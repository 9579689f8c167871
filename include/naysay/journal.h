/* SPDX-License-Identifier: MIT */
/*
 * journal - what happened: one entry per exchange, one per ended connection.
 *
 *   player ──journal_add──▶ JSON Lines (--journal) and one readable line (-v)
 *
 * An entry borrows everything and is written before journal_add() returns.
 * Lines are collected and written when the loop goes idle, at the latest with
 * 64 KiB; a full disk costs lines, counted, and never the traffic.
 */
#ifndef NAYSAY_JOURNAL_H
#define NAYSAY_JOURNAL_H

#include "naysay/plan.h"

struct octets { /* [from, to) of what a connection has sent to its client */
    uint64_t from, to;
};

struct entry {
    uint64_t seq;        /* of the run, from 1 */
    int64_t wall_us;     /* when the head began, microseconds since the epoch */
    uint64_t connection; /* from 1 */
    uint32_t exchange;   /* on this connection, from 1; 0: the entry is of its end */
    struct slice client; /* "127.0.0.1:50514" */

    const struct http_request *request; /* NULL when no head could be read */
    uint64_t request_body;              /* octets of content */

    const struct plan *plan;
    const struct http_response *response; /* head sent; NULL: none */
    struct slice head;                    /* its octets, as they went out */
    uint16_t interim[16];
    uint8_t n_interim;
    uint64_t response_body; /* octets of content sent */
    struct octets sent;
    const struct octets *raw; /* where each RAW step of the plan went, in order */
    uint32_t n_raw;

    struct slice upstream; /* address connected to, .len 0: none */
    bool reused;           /* on a kept upstream connection */
    uint8_t attempts;

    uint64_t first_us,
        end_us;         /* to the first octet of the answer, to its end; since wall_us */
    uint64_t received;  /* of the connection, octets */
    uint32_t exchanges; /* of the connection */
    enum ending ending;
};

enum journal_color { JOURNAL_PLAIN, JOURNAL_COLORED };

struct journal;

/*
 * `path` NULL: no file, "-": standard output. `talk` NULL: no readable lines.
 * NULL and a complaint when the file cannot be written.
 */
struct journal *journal_open(const char *path, FILE *talk, enum journal_color color,
                             struct complaint *why);
void journal_add(struct journal *j, struct entry *e); /* gives e its seq */
void journal_flush(struct journal *j);
uint64_t journal_lost(const struct journal *j); /* entries that could not be written */
void journal_close(struct journal *j);          /* NULL is fine */

#endif
