/* SPDX-License-Identifier: MIT */
/*
 * net - sockets, timers and the loop, on plain libevent events.
 *
 *   worker    one thread's loop: clock, timers, recycled memory, graves
 *   stream    octets in and out of one connection, whatever carries them
 *   wire      what carries them: a socket; a script of octets in the fuzzers; TLS to come
 *   listener  accepts       tunnel  octets both ways       resolver  names to addresses
 *
 * A callback never frees what stands above it on the stack: ending is an act
 * of its own, and memory goes to worker_bury(), which frees between two turns
 * of the loop. A write never calls its owner back from inside itself.
 */
#ifndef NAYSAY_NET_H
#define NAYSAY_NET_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "naysay/base.h"
#include "naysay/http.h"

/* ---- addresses ---- */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t len; /* 0: none */
};

#define ADDRESS_TEXT 64 /* "[2001:db8::1]:65535" and a NUL fit */

/* "127.0.0.1:4070", "[::1]:0". Literals only. */
bool address_parse(struct slice text, struct address *out);
bool address_from_ip(struct slice ip, uint16_t port, struct address *out); /* no brackets */
size_t address_print(const struct address *a, char out[ADDRESS_TEXT]); /* with the port */
size_t address_print_ip(const struct address *a, char out[ADDRESS_TEXT]); /* without */
uint16_t address_port(const struct address *a);
void address_set_port(struct address *a, uint16_t port);
bool address_is_loopback(const struct address *a);
/* ::ffff:127.0.0.1 is 127.0.0.1 from here on. */
void address_unmap(struct address *a);
bool address_same_ip(const struct address *a, const struct address *b);

/* ---- timers: a heap, and one timerfd for the soonest ---- */

struct timer {
    uint64_t due;  /* where it sits in the heap, ns */
    uint64_t want; /* when it shall really fire; moving it later costs nothing */
    uint32_t slot; /* 1.. in the heap, 0 when it is not there */
    void (*fire)(struct timer *t);
};

struct timers {
    struct timer **heap; /* [1..n] */
    uint32_t n, cap;
};

/* ---- worker ---- */

struct grave { /* embedded in whatever is freed between turns */
    struct grave *next;
    void (*free)(struct grave *g);
};

struct worker {
    struct event_base *base; /* NULL: driven by hand, see worker_init_by_hand */
    uint64_t now;            /* monotonic, ns; as of the event being handled */
    int64_t wall_us;         /* since the epoch */
    char date[HTTP_DATE_LEN];
    int64_t date_of; /* the second `date` shows */
    struct shelf shelf;
    struct timers timers;
    uint64_t armed; /* what the timerfd is set to, 0: nothing */
    int timer_fd;
    struct event timer_event;
    struct grave *graves;
    bool is_stopping;
    void (*on_turn)(void *arg); /* after each turn of the loop, with nothing on the stack */
    void *on_turn_arg;
};

bool worker_init(struct worker *w) WARN_UNUSED;
/*
 * No libevent, no clock, no sockets: a test sets now and wall_us, and calls worker_turn().
 */
void worker_init_by_hand(struct worker *w);
void worker_run(struct worker *w); /* until worker_stop() */
void worker_stop(struct worker *w);
void worker_turn(struct worker *w); /* what is due: timers, graves, on_turn */
void worker_clear(struct worker *w);
void worker_touch(struct worker *w); /* read the clocks; every callback begins with it */
struct slice worker_date(struct worker *w); /* for Date: now, in seconds */
void worker_bury(struct worker *w, struct grave *g);

/* Sets or moves; false only when memory ran out. */
bool timer_set(struct worker *w, struct timer *t, uint64_t when) WARN_UNUSED;
void timer_hush(struct timer *t); /* will not fire; stays where it is */
/* Out of the heap: before it is freed. */
void timer_stop(struct worker *w, struct timer *t);
void timers_run(struct worker *w); /* fires what is due */

/* ---- streams ---- */

enum stream_event {
    STREAM_READABLE, /* stream_read() has something to say */
    STREAM_WRITABLE  /* blocked output went out: all of it, or enough to go on */
};

enum { WANT_READ = 1, WANT_WRITE = 2 };

struct stream;

/* What carries octets. Errors as read(2) and writev(2) give them, in errno. */
struct wire {
    ssize_t (*read)(struct stream *s, void *to, size_t n);
    ssize_t (*write)(struct stream *s, const void *from, size_t n);
    bool (*want)(struct stream *s,
                 unsigned wanted);  /* be told of these; false: out of memory */
    void (*shut)(struct stream *s); /* no more octets from us */
    void (*close)(struct stream *s, bool reset);
    bool has_fd; /* s->fd is a socket that splice(2) takes */
};

extern const struct wire wire_socket;

struct stream {
    uint32_t magic;
    int fd;
    const struct wire *wire; /* NULL once closed */
    struct worker *worker;
    void (*tell)(void *owner, enum stream_event what);
    void *owner;
    union {
        struct event read_event; /* wire_socket */
        void *script;            /* other wires keep what they like here */
    };
    struct event *write_event; /* only while output is blocked */
    struct buf in, out;
    uint64_t received, sent; /* octets that came and went */
    int error;               /* errno of the failure that ended reading or writing */
    uint8_t wanted;
    bool eof;     /* the peer has sent its FIN */
    bool is_shut; /* ours is sent */
};

/* `fd` becomes the stream's. Nothing is wanted yet. */
void stream_open(struct stream *s, struct worker *w, const struct wire *wire, int fd,
                 void (*tell)(void *owner, enum stream_event what), void *owner);
bool stream_is_open(const struct stream *s);

/* Where the next octet put into s->out will stand in all that was ever sent. */
static inline uint64_t stream_position(const struct stream *s)
{
    return s->sent + buf_len(&s->out);
}

enum stream_result {
    STREAM_GOT,
    STREAM_NOTHING,
    STREAM_EOF,
    STREAM_FAILED,
    STREAM_NO_MEMORY
};

/* Reads once into s->in, at most `most` octets of room (a shelf block when 0). */
enum stream_result stream_read(struct stream *s, size_t most) WARN_UNUSED;

enum flush { FLUSH_DONE, FLUSH_BLOCKED, FLUSH_FAILED };

/* Writes what s->out holds; when it cannot, STREAM_WRITABLE comes later. */
enum flush stream_flush(struct stream *s) WARN_UNUSED;

/*
 * Be told of octets that can be read. Should that fail for want of memory,
 * s->error is ENOMEM and the stream stays silent: the owner looks, or its
 * time-out, which every wait has, ends it.
 */
void stream_want_read(struct stream *s, bool yes);
/* STREAM_WRITABLE once, when the kernel has room. */
void stream_want_write(struct stream *s);
/* Has the peer closed both ways? Only a reset tells, so ask after something was sent. */
bool stream_peer_is_gone(const struct stream *s);
/* Octets written that the peer's kernel has not acknowledged; 0 where nobody can tell. */
size_t stream_unheard(const struct stream *s);
void stream_shut(struct stream *s); /* FIN, once s->out is empty */
void stream_close(struct stream *s,
                  bool reset); /* and gives everything back; twice is fine */

/* ---- listeners ---- */

struct listener {
    int fd;
    int spare_fd; /* given up for a moment to refuse politely when descriptors run out */
    struct address address; /* as bound: port known */
    struct worker *worker;
    struct event event;
    struct timer pause; /* after EMFILE, before accepting again */
    void (*accepted)(void *owner, int fd, const struct address *peer);
    void (*starved)(void *owner); /* out of descriptors; told once */
    void *owner;
    bool is_starved;
};

bool listener_open(struct listener *l, struct worker *w, const struct address *at,
                   struct complaint *why) WARN_UNUSED;
void listener_close(struct listener *l);

/* ---- connecting ---- */

/* A non-blocking socket on its way to `to`; -1 and errno when it failed at once. */
int net_connect(const struct address *to);
/* What became of it: 0 or an errno. */
int net_connect_result(int fd);

/* ---- tunnels: octets both ways ---- */

struct tunnel;

enum tunnel_end { TUNNEL_CLOSED, TUNNEL_RESET, TUNNEL_TIMEOUT, TUNNEL_NO_MEMORY };

/*
 * Joins two open streams; octets already in a->in and b->in go first. Takes
 * over their callbacks. splice(2) where both are sockets, buffers otherwise.
 * Half-close passes through. `ended` is told once; the streams stay the caller's to close.
 * NULL: out of memory.
 */
struct tunnel *tunnel_open(struct stream *a, struct stream *b, uint64_t idle_ns,
                           size_t most_buffered,
                           void (*ended)(void *owner, enum tunnel_end why),
                           void *owner) WARN_UNUSED;
void tunnel_close(struct tunnel *t); /* NULL is fine */
uint64_t tunnel_moved(const struct tunnel *t, bool from_a);

/* ---- names ---- */

struct resolver;

/* `server` "ADDR:PORT" or NULL for the system's. NULL and a complaint on failure. */
struct resolver *resolver_open(struct worker *w, const char *server, struct complaint *why);
void resolver_close(struct resolver *r);
/* A name that is always this address: --resolve. */
bool resolver_pin(struct resolver *r, struct slice name, struct slice ip);

enum resolve_result { RESOLVE_OK, RESOLVE_NO_NAME, RESOLVE_TIMEOUT };

struct resolve_query;

/*
 * `done` is told once, never before this returns, unless cancelled. Addresses
 * have port 0 and are good during the call. NULL: out of memory, and `done` is not told.
 */
struct resolve_query *resolver_ask(struct resolver *r, struct slice name,
                                   uint64_t timeout_ns,
                                   void (*done)(void *owner, enum resolve_result what,
                                                const struct address *found, size_t n),
                                   void *owner) WARN_UNUSED;
void resolver_cancel(struct resolve_query *q); /* NULL is fine */

#endif
