/* SPDX-License-Identifier: MIT */
/*
 * proxy - one port: connections, exchanges, and the player that performs plans.
 *
 *   listener ─▶ conn ─▶ exchange ─▶ decide() ─▶ plan ─▶ player ─▶ stream
 *                           └──────────── journal ◀───────┘
 *
 * A conn is one accepted connection and its states; an exchange is one request
 * and what became of it. Only the player, and a tunnel it opened, puts octets
 * on a client's stream.
 */
#ifndef NAYSAY_PROXY_H
#define NAYSAY_PROXY_H

#include "naysay/decide.h"
#include "naysay/journal.h"
#include "naysay/net.h"
#include "naysay/upstream.h"

struct conn;

struct server {
    struct worker *worker; /* borrowed, like all up to the journal */
    const struct limits *limits;
    struct journal *journal; /* NULL: nobody listens */
    struct run run;
    uint64_t began; /* the run; monotonic ns */
    struct upstream upstream;
    struct listener listener;
    struct timer drain;         /* the end of patience */
    struct http_field *scratch; /* limits->fields of them, for the head being parsed */
    struct conn *conns;
    uint32_t n_conns;
    uint64_t last_conn, exchanges; /* so far */
    uint64_t greetings;            /* exchanges among them without a request */
    uint64_t by_ending[ENDING_COUNT];
    uint32_t by_status[1000]; /* heads sent */
    bool is_draining;
    bool greets; /* the scenario may have something to say when a connection is accepted */
    void (*on_exchange)(void *arg); /* one has been journalled, and is on
                                      the stack still; NULL: nobody asks */
    void *on_exchange_arg;
    void (*idle)(void *arg); /* draining is over: the last connection has ended */
    void *idle_arg;
};

/* The caller says in s->run.setting where it plays. False: out of memory. */
bool server_init(struct server *s, struct worker *w, const struct scenario *scenario,
                 uint64_t seed, const struct limits *limits, struct journal *journal,
                 struct resolver *resolver) WARN_UNUSED;
bool server_listen(struct server *s, const struct address *at,
                   struct complaint *why) WARN_UNUSED;
/* A connection that came some other way; `wire` and `fd` as stream_open. False: out of
 * memory, fd is closed. */
bool server_accept(struct server *s, const struct wire *wire, int fd, void *script,
                   const struct address *peer) WARN_UNUSED;
/*
 * No new connections; those without an exchange end now, the others after it. Then s->idle.
 */
void server_drain(struct server *s);
void server_abort(struct server *s); /* every connection ends now */
void server_clear(struct server *s);

#endif
