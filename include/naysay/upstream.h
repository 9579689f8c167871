/* SPDX-License-Identifier: MIT */
/*
 * upstream - the side that naysay is a client of.
 *
 *   policy   may we connect there? judged on the address that connect(2) gets
 *   dial     name ─▶ addresses ─▶ policy ─▶ a connected socket, or a named ending
 *   link     one upstream connection; between requests it waits in the pool
 *   leg      one request over one link: send the head and body, read the answer
 */
#ifndef NAYSAY_UPSTREAM_H
#define NAYSAY_UPSTREAM_H

#include "naysay/net.h"
#include "naysay/plan.h"

/* ---- policy ---- */

struct allowed { /* one --allow-upstream, or the --upstream itself */
    struct allowed *next;
    char *host;             /* owned */
    struct address address; /* when host is a literal; .len 0 otherwise */
    uint16_t port;          /* 0: any */
};

struct policy {
    struct allowed *allowed; /* owned */
    bool is_open;          /* relaying anywhere is in order (loopback listener, no list) */
    bool is_remote;        /* the listener can be reached from elsewhere */
    struct address own[8]; /* listeners of ours, never connected to */
    size_t n_own;
};

void policy_allow(struct policy *p, struct slice host, uint16_t port); /* start-up only */
void policy_clear(struct policy *p);
/* ENDING_NONE: go ahead. `at` carries the port and is unmapped. */
enum ending policy_judge(const struct policy *p, const struct origin *asked,
                         const struct address *at);

/* ---- upstream: what all of a server's legs share ---- */

struct link;

#define POOL_BUCKETS 64u

struct upstream {
    struct worker *worker;
    const struct limits *limits;
    struct resolver *resolver; /* borrowed; NULL: literals only */
    struct policy policy;
    struct link *idle[POOL_BUCKETS];
    struct http_field *scratch; /* limits->fields of them, for the head being parsed */
    /* Tests put their own wires in place of sockets: 0, or an errno. NULL: connect(2). */
    int (*connect)(void *arg, const struct address *to, struct stream *s, struct worker *w);
    void *connect_arg;
};

void upstream_init(struct upstream *u, struct worker *w, const struct limits *limits,
                   struct resolver *resolver);
void upstream_clear(struct upstream *u); /* closes what waits in the pool */

/* ---- dialling ---- */

struct dial;

struct dialled {
    enum ending why;        /* ENDING_NONE: connected */
    int fd;                 /* becomes the callee's; unused with u->connect */
    struct address address; /* connected to, or tried last */
};

/* `done` is told once, never before this returns, unless cancelled. NULL: out of memory. */
struct dial *dial_start(struct upstream *u, const struct origin *to,
                        void (*done)(void *owner, const struct dialled *d),
                        void *owner) WARN_UNUSED;
void dial_cancel(struct dial *d); /* NULL is fine */

/* ---- legs ---- */

enum leg_event {
    LEG_READY, /* connected; the head is on its way; content may be put */
    LEG_HEAD,  /* leg->response is there, interim or final; its octets live in the arena */
    LEG_BODY,  /* leg_read() has something to say */
    LEG_ROOM,  /* what was put has gone out */
    LEG_FAILED /* leg->why; only leg_end() may follow */
};

struct leg {
    struct upstream *upstream;
    struct arena *arena; /* the exchange's */
    const struct relay *relay;
    void (*tell)(void *owner, enum leg_event what);
    void *owner;
    struct dial *dial;
    struct link *link;
    struct http_response response;
    struct h1_body body;
    size_t seen;   /* of the head so far */
    uint64_t left; /* octets of a BODY_LENGTH request still to be put */
    enum http_method method;
    enum ending why;
    struct h1_fault fault; /* of a head that is no HTTP: the rule broken */
    uint64_t sent_seen;    /* octets gone out when the present wait began */
    struct address address;
    uint8_t attempts;
    uint16_t interims;
    bool reused;
    bool wants_head;  /* reading a head, else a body */
    bool has_put;     /* content has been put: nothing can be repeated */
    bool is_put;      /* all of the request has been put */
    bool is_answered; /* an octet of an answer has come */
    bool is_paused;
    bool is_broken; /* the upstream takes no more octets */
};

/*
 * Takes a link from the pool, and then leg->link is there on return and LEG_READY
 * is not told; or dials. False: out of memory, nothing is told.
 */
bool leg_start(struct leg *leg, struct upstream *u, struct arena *arena,
               const struct relay *relay, enum http_method method,
               void (*tell)(void *owner, enum leg_event what), void *owner) WARN_UNUSED;

/* Content of the request; framed as the relay says. False: out of memory. */
bool leg_put(struct leg *leg, struct slice content) WARN_UNUSED;
bool leg_put_end(struct leg *leg, const struct http_fields *trailers) WARN_UNUSED;
bool leg_is_full(const struct leg *leg); /* put no more until LEG_ROOM */
/* Sends what was put. An upstream that no longer reads may still have answered: reading
 * tells. */
void leg_flush(struct leg *leg);

void leg_await(struct leg *leg); /* look for the next head, after an interim one */
void leg_pause(struct leg *leg, bool yes); /* do not read for now */

/*
 * The next span of the answer's body, as h1_body_read; *span is good until the next call.
 */
enum h1_read leg_read(struct leg *leg, struct slice *span, struct h1_fault *fault);

struct stream *
leg_stream(struct leg *leg); /* for a tunnel after a 101; NULL when there is none */

/* The link goes to the pool when the exchange on it is whole, else it is closed. Twice is
 * fine. */
void leg_end(struct leg *leg);

/* May the request go out once more, on a connection of its own? (RFC 9110 §9.2.2, RFC 9112
 * §9.3.1) */
bool leg_may_repeat(const struct leg *leg);
bool leg_repeat(struct leg *leg) WARN_UNUSED; /* false: out of memory */

#endif
