/* SPDX-License-Identifier: MIT */
/*
 * conn - one accepted connection, private to this folder.
 *
 *    ┌──────── kept ────────┐
 *    ▼                      │
 *   HEAD ──head complete──▶ ACTING ──answer done, body not──▶ DISCARD ─┐
 *    │ ▲                    │                                          │
 *    │ └────────────────────┼──────────────── body done ──────────────┘
 *    └──▶ LINGER ◀──closing─┘         every state ──▶ ENDED
 */
#ifndef NAYSAY_PROXY_CONN_H
#define NAYSAY_PROXY_CONN_H

#include "naysay/proxy.h"

/* clang-format off */
/*    state     in words                              may become */
#define CONN_STATES(X)                                                          \
    X(HEAD, "reading a head", B(ACTING) | B(LINGER) | B(ENDED))                 \
    X(ACTING, "performing a plan", B(HEAD) | B(DISCARD) | B(LINGER) | B(ENDED)) \
    X(DISCARD, "reading the rest of a body", B(HEAD) | B(LINGER) | B(ENDED))    \
    X(LINGER, "waiting for the client to close", B(ENDED))                      \
    X(ENDED, "ended", 0)
/* clang-format on */

enum conn_state {
#define X(id, words, next) CONN_##id,
    CONN_STATES(X)
#undef X
};

/* What the connection's timer stands for. */
enum conn_wait {
    WAIT_NOTHING,
    WAIT_REQUEST, /* for the next one on a kept connection */
    WAIT_HEAD,    /* for the rest of a head */
    WAIT_BODY,    /* for more of a body */
    WAIT_WRITE,   /* for the client to read */
    WAIT_LINGER,  /* for the client to close */
    WAIT_ECHO,    /* for octets to send back */
    WAIT_TURN     /* for the other connections to have theirs */
};

struct conn {
    uint32_t magic;
    uint8_t state, waits;
    bool is_stepping; /* conn_step() is on the stack */
    bool is_stirred;  /* and was called once more meanwhile */
    bool is_http;     /* what comes has been looked at, and is not TLS or HTTP/2 */
    bool is_greeted;  /* it was said something before it asked: that was an exchange */
    bool is_polite;   /* the client will close after this answer: no need to linger */
    bool is_half;     /* closed by half: lingers as long as the client likes */
    struct server *server;
    struct exchange *x; /* while ACTING, and in DISCARD for its body */
    struct conn *next, **at;
    struct timer timer;
    struct grave grave;
    char *inside; /* authority of the CONNECT we are inside of, owned; NULL outside */
    uint64_t id;
    uint32_t exchanges;
    uint32_t seen;     /* octets of an incomplete head looked at so far */
    uint32_t lingered; /* octets dropped */
    uint16_t ending;
    uint64_t sent_seen; /* octets gone out when WAIT_WRITE began */
    uint64_t heard_at;  /* when octets came last */
    uint64_t left_at;   /* when the client said FIN; 0: it has not */
    struct address peer;
    struct stream stream;
};

struct exchange;

/*
 * The only way in: look at everything that may have changed and go on as far
 * as it goes. Whatever happens, to the client's stream, the upstream's or a
 * timer, notes what it has to say and calls this; called from inside itself it
 * runs once more.
 */
void conn_step(struct conn *c);
void conn_end(struct conn *c,
              enum ending why); /* now; a running exchange ends for the same reason */
void conn_reset(struct conn *c, enum ending why); /* the same, with RST */
void conn_hear(
    struct conn *c); /* the stream's callbacks are ours again, after a tunnel had them */
bool conn_is_full(const struct conn *c); /* enough waits to go to the client */

void conn_go(struct conn *c, enum conn_state next); /* the only writer of c->state */

/* wait.c */
void conn_set_wait(struct conn *c, enum conn_wait what);
enum conn_wait conn_wait_of(const struct conn *c); /* as things stand */
bool conn_wants_read(const struct conn *c);
void conn_on_time(struct timer *t);

/* A moment, monotonic ns, as microseconds since the run began. */
static inline uint64_t server_run_us(const struct server *s, uint64_t at)
{
    return at < s->began ? 0 : (at - s->began) / 1000;
}

/* head.c; true when the state has changed and there is more to do */
bool conn_step_head(struct conn *c);
/* An exchange that begins with its failure: what came is no request. */
void conn_begin_failed(struct conn *c, const struct http_request *req, enum ending why,
                       const struct h1_fault *fault);

/* An accepted socket, or a wire of somebody's own. NULL: out of memory. */
struct conn *conn_open(struct server *s, const struct wire *wire, int fd, void *script,
                       const struct address *peer);
/*
 * Performs what the scenario has to say before anything is read: an exchange without a
 * request. Nothing to say: straight on to reading.
 */
void conn_greet(struct conn *c);
void conn_refuse(struct conn *c, enum ending why); /* answer that, and close */
void conn_drain(struct conn *c); /* an idle one: ends, unless a request has just come */
bool conn_is_idle(const struct conn *c);

/* ---- exchange.c: one request and what became of it ---- */

/* How far the step being performed has come. */
struct progress {
    uint64_t done;    /* octets of content put */
    uint64_t due;     /* nothing more before then; 0: it has not begun */
    uint64_t began;   /* the present piece should have begun then */
    uint64_t piece;   /* octets of it still to be put */
    uint64_t chunks;  /* put so far */
    bool has_stalled; /* or is at it */
    struct slice
        rest; /* PIPE: content that came and was not put yet, in the leg's buffer */
};

/* The first octets of a content, in the exchange's arena. */
struct sample {
    struct slice octets;
    size_t cap;   /* room that is ours at octets.at; 0: they are somebody else's */
    bool is_over; /* memory ran out: what follows is not added */
};

struct exchange {
    struct grave grave;
    struct arena arena; /* holds the exchange itself, too */
    struct conn *conn;
    struct server *server;
    struct http_request request;
    bool has_request; /* the head was complete and in order */
    bool is_kept;     /* head_octets is ours */
    bool is_answered; /* octets of a final answer have been put */
    bool will_close;  /* after this exchange */
    bool sent_100;
    bool will_reset;   /* and with RST */
    bool has_failed;   /* `failure` waits to be decided upon */
    bool has_head;     /* leg->response waits to be decided upon */
    bool is_body_done; /* of the request */
    bool wants_whole;  /* its content is kept until all of it is there */
    bool is_whole;     /* then it is decided upon: facts have it */
    struct buf whole;
    size_t replayed;        /* octets of `whole` that were pulled once more */
    bool is_body_lost;      /* it broke, or nobody can tell where it ends */
    struct buf head_octets; /* the block that request and plan point into */
    uint16_t failure;       /* enum ending */
    struct h1_fault fault;
    struct h1_body body;         /* of the request */
    struct http_fields trailers; /* of the request */
    struct slice request_head;   /* its octets, where the request's slices point to */
    struct slice inside; /* of the connection when it began; a CONNECT changes that */
    bool is_watched;     /* the journal wants to know what is in bodies */
    uint64_t request_digest;
    struct sample request_sample, response_sample;

    struct plan plan;
    struct step *at; /* being performed */
    struct progress progress;
    struct timer timer;  /* for progress.due */
    uint64_t inward_due; /* no content of the request is taken before then */
    struct timer inward_timer;
    enum step_end how;       /* what END said: END_KEEP before it did */
    const struct step *head; /* whose head was sent */
    struct slice sent_head;  /* its octets, for the journal */

    struct leg *leg;
    bool has_trailers; /* of the answer: in leg->response.fields by then */
    struct dial *dial;
    struct stream far;    /* of a tunnel */
    struct stream *other; /* what the tunnel leads to: &far, or the leg's */
    struct tunnel *tunnel;
    struct address upstream;
    bool reused;
    uint8_t attempts;
    bool is_tunnel_over;

    uint64_t began, first; /* monotonic ns; 0: no octet yet */
    int64_t wall_us;
    uint64_t sent_from;
    uint64_t body_sent;
    struct told *told; /* what was wrong on purpose, in the arena */
    uint32_t n_told, cap_told;
    uint16_t interim[16];
    uint8_t n_interim;
};

/* NULL: out of memory. `req` is copied; its fields stay where they are until
 * exchange_keep(). */
struct exchange *exchange_begin(struct conn *c, const struct http_request *req) WARN_UNUSED;
/*
 * Takes over the block that the head stands in, so that reading on moves nothing
 * that the request or a plan points to. Costs a block, so only exchanges that
 * wait for something do it. False: out of memory.
 */
bool exchange_keep(struct exchange *x) WARN_UNUSED;
/* Appends to the plan what to do at this moment. False: out of memory, and exchange_fail()
 * was told. */
bool exchange_decide(struct exchange *x, enum moment moment) WARN_UNUSED;
/*
 * Content of the answer that has been put, in the order it went out. Octets of the BODY
 * step that is being performed are not copied.
 */
void exchange_sample(struct exchange *x, struct slice content);
/* The first decision, or the steps that read what it has to look at. False: as above. */
bool exchange_start(struct exchange *x) WARN_UNUSED;
bool exchange_decide_whole(struct exchange *x) WARN_UNUSED;
/* Something went wrong: decided upon when the player goes on. */
void exchange_fail(struct exchange *x, enum ending why);
/* It never was: for a greeting that had nothing to say. */
void exchange_forget(struct exchange *x);
/* Journals it, lets go of everything. */
void exchange_end(struct exchange *x, enum ending why);
/* The next span of the request's body. MORE: none is there now. */
enum h1_read exchange_pull(struct exchange *x, struct slice *span);
/*
 * Keeps a trailer line, of either side, until the body's end. The limits bound how many.
 * False: out of memory.
 */
bool exchange_keep_trailer(struct exchange *x, struct http_fields *to,
                           struct slice line) WARN_UNUSED;

/* ---- player.c: performs plans ---- */

enum played { PLAYED_OUT, PLAYED_SO_FAR };

/* PLAYED_OUT: the plan is done with. Otherwise something will call conn_step() again. */
enum played player_run(struct exchange *x);

enum step_done { STEP_DONE, STEP_WAITS, STEP_FAILED /* exchange_fail() was told why */ };

/* STEP_WAITS until `due`, or STEP_FAILED: out of memory, or the client has gone meanwhile.
 */
enum step_done player_wait(struct exchange *x, uint64_t due);
/* An upstream whose body nobody reads just now is not heard, or it would be told of for
 * ever. */
void player_rest_leg(struct exchange *x);
/* For the journal: what was put since `from` was meant to be wrong. False: out of memory.
 */
bool player_tell(struct exchange *x, const struct intent *why, uint64_t from) WARN_UNUSED;

/* content.c: content on its way, with pauses, in chunks */

/* Room for more on its way to the client, or STREAM_WRITABLE will come. */
bool content_has_room(struct exchange *x);
/* May more go out now? Otherwise a timer is set, or STREAM_WRITABLE will come. */
enum step_done content_ready(struct exchange *x, const struct flow *f);
/*
 * Puts at most `n` octets of `octets` said over and over, from the `from`th on, framed as
 * the head said. How many, or -1: out of memory.
 */
ssize_t content_put(struct exchange *x, const struct flow *f, struct slice octets,
                    uint64_t from, uint64_t n);
/* plan->inward: is the request's content to wait? Then its timer is set. */
bool content_waits_inward(struct exchange *x);
/* As exchange_pull(), a piece at a time. */
enum h1_read content_pull(struct exchange *x, struct slice *span);
bool content_is_held_inward(const struct exchange *x); /* as things stand */

/* relay.c */
enum step_done relay_start(struct exchange *x);
enum step_done relay_await(struct exchange *x);
enum step_done relay_pipe(struct exchange *x);
bool relay_takes_body(
    const struct exchange *x); /* could more of the request's body go on now? */

/* tunnels.c */
enum step_done tunnel_dial(struct exchange *x);
enum step_done tunnel_run(struct exchange *x);
enum step_done tunnel_echo(struct exchange *x);

#endif
