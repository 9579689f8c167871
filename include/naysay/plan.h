/* SPDX-License-Identifier: MIT */
/*
 * plan - what is known (facts) and what shall be done about it (a plan).
 *
 *   facts ──decide (scenario.h)──▶ plan: step, step, step ──player (proxy)──▶ wire
 *
 * Facts are read-only. A plan is a list of steps in an arena, the exchange's:
 * it is good until the exchange ends. Nothing here performs anything, so a
 * plan can be printed, tested and fuzzed without a socket.
 *
 * Errors: building a plan fails only for want of memory; plan->spent says so
 * once at the end, so that builders read straight down.
 */
#ifndef NAYSAY_PLAN_H
#define NAYSAY_PLAN_H

#include "naysay/base.h"
#include "naysay/h1.h"
#include "naysay/http.h"

/* ---- origins: where a request can be taken ---- */

struct origin {
    struct slice host; /* name or address, no brackets */
    uint16_t port;
    bool is_ipv6; /* written in brackets */
};

/*
 * "http://127.0.0.1:3000/base": where it leads, and what stands before every path, without
 * its last slash. NULL, or what is wrong with it.
 */
const char *origin_parse(struct slice url, struct origin *to,
                         struct slice *path) WARN_UNUSED;

/* ---- facts: what is known now ---- */

enum moment {
    MOMENT_ACCEPT,   /* a connection was accepted, nothing has been read */
    MOMENT_REQUEST,  /* a request head is complete; its body too, where the scenario looks
                        at bodies */
    MOMENT_RESPONSE, /* an upstream's response head is complete, interim or final */
    MOMENT_FAILURE   /* something went wrong, on either side: `failure` */
};

struct facts {
    enum moment moment;
    int64_t unix_time;                    /* seconds */
    const struct http_request *request;   /* NULL when no head could be read */
    enum http_method method;              /* of a head that broke, when it could be read */
    const struct http_response *response; /* MOMENT_RESPONSE */
    enum ending failure;                  /* MOMENT_FAILURE */
    const struct h1_fault *fault; /* MOMENT_FAILURE of syntax: the rule broken, else NULL */
    struct slice client;          /* address without the port: "127.0.0.1", "::1" */
    struct slice
        inside;   /* authority of the CONNECT this connection is inside of, or .len 0 */
    uint64_t nth; /* of the run's exchanges, from 1 */
    uint64_t since_ns;          /* the run began */
    uint64_t connection;        /* its id, from 1 */
    uint32_t nth_on_connection; /* exchange on this connection, from 1; ACCEPT: 0 */
    struct slice body; /* of the request; .at NULL: not read, or longer than the limit */
};

/* ---- intents: who answers for malformed octets ---- */

/*
 * Made by the plan_add_ functions and nothing else; journalled with the range of octets
 * it covered, which is empty where what is wrong is that nothing came.
 */
struct intent {
    const char *kind; /* "raw", or a fault's name */
    struct slice why; /* for the journal: what the author asked for */
    uint16_t step;    /* index in its plan, from 0 */
};

/* ---- twists: a head that was emitted right, made wrong on purpose ---- */

/* Made by faults; performed by the player on the octets of one head, in order. */
struct reply;

struct twist {
    struct twist *next;
    struct intent intent;
    /* Edits the head's octets in place. False: out of memory. */
    bool (*apply)(const struct twist *t, struct buf *head);
    const void *args; /* the fault's own, in the arena */
};

/* ---- chunks made wrong on purpose ---- */

enum chunk_wrong {
    CHUNK_SIZE,      /* `text` stands where the size should */
    CHUNK_EXTENSION, /* the size has an extension of `octets` octets */
    CHUNK_NO_LAST    /* no last chunk comes: of a PIPE; the LAST of our own is a step */
};

/* Made by faults; performed by the player on one chunk. */
struct chunk_twist {
    struct chunk_twist *next;
    struct intent intent;
    enum chunk_wrong what;
    uint64_t nth; /* chunk of its step, from 1 */
    struct slice text;
    uint64_t octets;
};

/* ---- flow: how content goes out ---- */

struct flow {
    uint64_t piece;    /* octets put at a time; 0: as many as there is room for */
    uint64_t pause_ns; /* between the beginnings of pieces */
    uint64_t rate;     /* octets a second that piece and pause stand for; 0: a drip */
    uint64_t chunk; /* octets to a chunk at most, where the framing is chunked; 0: as they
                       come. A piece and limits.buffered bound a chunk, too */
    uint64_t stall_at;    /* octets of content after which nothing goes for stall_ns */
    uint64_t stall_ns;    /* 0: it does not stall */
    uint64_t stop;        /* octets of content after which the step is over, 0: all of it */
    bool has_stop;        /* else `stop` says nothing; with it, PIPE says no last chunk */
    struct intent intent; /* .kind NULL: an honest flow; else why it stops short */
    struct chunk_twist *chunks; /* made wrong on purpose */
};

/* So many octets a second, in at most 20 pieces; what it adds up to is exact. */
void flow_set_rate(struct flow *f, uint64_t rate);

/* ---- steps ---- */

enum step_kind {
    STEP_INTERIM, /* a 1xx head */
    STEP_HEAD,    /* the final head; or the 101 before STEP_ECHO and STEP_TUNNEL */
    STEP_BODY,    /* octets of the body, framed as the head said */
    STEP_LAST,   /* the last chunk and trailers; nothing where the framing is not chunked */
    STEP_RAW,    /* octets as they are, with an intent */
    STEP_WAIT,   /* do nothing for a while */
    STEP_HOLD,   /* say nothing until the client gives up, at most so long */
    STEP_READ,   /* let the client send its whole body, with a 100 first if it waits for one
                  */
    STEP_DECIDE, /* the request is whole: decide upon it now, in place of the rest of the
                    plan */
    STEP_RELAY,  /* send the request to an origin */
    STEP_AWAIT, /* its next response head; decided upon, it replaces the rest of the plan */
    STEP_PIPE,  /* the body of the upstream's response, as it comes */
    STEP_DIAL,  /* connect to an origin; failing replaces the rest of the plan */
    STEP_TUNNEL, /* octets both ways between client and upstream until both are done */
    STEP_ECHO,   /* send back what comes until the client is done */
    STEP_END     /* the last step of every plan */
};

enum step_end {
    END_KEEP,  /* the connection stays, if framing and the client allow */
    END_CLOSE, /* FIN, announced by the head; what the client still sends is read and
                  dropped for a moment */
    END_RESET, /* RST, once the client's kernel has what was sent; the head knows nothing of
                  it */
    END_HALF,  /* FIN, and reading on until the client closes too */
    END_RACE   /* a head that promises to keep the connection, then FIN */
};

struct relay {
    struct origin to;
    struct slice method;
    struct slice target; /* as sent upstream */
    struct http_fields fields;
    struct http_framing framing;
    struct slice upgrade; /* Upgrade to ask for, or .len 0 */
    bool idempotent;      /* may be repeated on a fresh connection (RFC 9110 §9.2.2) */
};

struct step {
    struct step *next;
    enum step_kind kind;
    uint16_t index;
    union {
        struct {
            struct http_response response;
            struct slice upgrade; /* 101, 426: the Upgrade field */
            struct twist *twists; /* made wrong on purpose, in this order */
        } head;                   /* INTERIM, HEAD */
        struct {
            struct slice octets;
            uint64_t length; /* octets.len, or more: then they are said over and over */
            struct flow flow;
        } body;                      /* BODY */
        struct flow flow;            /* PIPE */
        struct http_fields trailers; /* LAST */
        struct {
            struct slice octets;
            struct intent intent;
        } raw;
        uint64_t wait_ns;     /* WAIT, HOLD */
        struct relay *relay;  /* RELAY */
        struct origin origin; /* DIAL */
        enum step_end end;
    };
};

#define PLAN_FAULTS 16 /* that are told by name; the others only act */

struct plan {
    struct arena *arena; /* borrowed: everything below lives there */
    struct step *first, *last;
    uint16_t n;
    bool spent;          /* memory ran out while it was built: do not perform it */
    bool is_old;         /* for a client of HTTP/1.0, which knows neither chunks nor 1xx */
    struct slice rule;   /* who spoke: "always", "on-demand", "relay", a rule's name */
    enum ending ending;  /* of the exchange when the plan is performed: BY_PLAN, or the
                            failure it answers */
    uint32_t rule_index; /* in the scenario, from 1; 0: no rule of a file spoke */
    uint64_t match;      /* nth match of that rule in the run, from 1 */
    uint64_t attempt;    /* the same of what state hangs on here: {{attempt}} */
    const struct reply *reply; /* of a rule that passes the request on: edits of what comes
                                  back; scenario.h */
    uint64_t drawn;            /* what chance is counted from in this exchange */
    struct http_field
        extra;          /* goes on the final head, whoever makes it; .name.len 0: none */
    struct flow inward; /* how the request's content is read: piece and pause, or neither */
    bool wants_body; /* nothing can be decided yet: the body has to be read, then ask again
                      */
    const char *faults[PLAN_FAULTS]; /* names of those that were applied, each once */
    uint8_t n_faults;
    struct slice
        trouble; /* why its ending is none that the author wanted; .len 0: unsaid */
};

void plan_init(struct plan *p, struct arena *arena);

/* Each appends one step. Slices must live as long as the arena. */
struct http_response *plan_add_interim(struct plan *p, uint16_t status, struct slice phrase,
                                       uint32_t fields);
/* A final head with room for `fields` fields; the caller adds them and sets framing. NULL:
 * spent. */
struct http_response *plan_add_head(struct plan *p, uint16_t status, struct slice phrase,
                                    uint32_t fields);
void plan_set_upgrade(struct plan *p, struct slice protocol); /* of the head added last */
void plan_add_body(struct plan *p, struct slice octets);
/* `length` octets, made of `octets` said over and over; they cost no memory. */
struct step *plan_add_fill(struct plan *p, struct slice octets, uint64_t length);
struct http_fields *plan_add_last(struct plan *p, uint32_t trailers); /* room for so many */
void plan_add_raw(struct plan *p, struct slice octets, struct slice why);
/* The same for a fault: `kind` is its name, a static text. */
void plan_add_fault_raw(struct plan *p, struct slice octets, const char *kind,
                        struct slice why);
void plan_add_wait(struct plan *p, uint64_t ns);
void plan_add_hold(struct plan *p, uint64_t most_ns);
void plan_add_read(struct plan *p);
struct relay *plan_add_relay(struct plan *p); /* zeroed; the caller fills it. NULL: spent */
void plan_add_dial(struct plan *p, struct origin to);
void plan_add_plain(struct plan *p,
                    enum step_kind kind); /* DECIDE, AWAIT, PIPE, TUNNEL, ECHO */
void plan_add_end(struct plan *p, enum step_end how);

/*
 * Edits, for faults. A new step is put before or after another, and all are numbered anew.
 * NULL: spent.
 */
struct step *plan_insert_after(struct plan *p, struct step *at, enum step_kind kind);
struct step *plan_insert_before(struct plan *p, struct step *at, enum step_kind kind);
/* Octets of a fault's own; none of them: only the intent, for what does not come. */
struct step *plan_insert_raw(struct plan *p, struct step *before, struct slice octets,
                             const char *kind, struct slice why);
void plan_remove(struct plan *p, struct step *at);
/* Adds a twist to a head, behind those it has. */
void plan_twist(struct plan *p, struct step *head, const char *kind, struct slice why,
                bool (*apply)(const struct twist *t, struct buf *head), const void *args);
/* The same for a chunk of BODY or PIPE; the caller says what is wrong with it. NULL: spent.
 */
struct chunk_twist *plan_twist_chunk(struct plan *p, struct step *content, const char *kind,
                                     struct slice why);
/* BODY or PIPE is over after so many octets of content. */
void plan_stop(struct step *content, uint64_t at, const char *kind, struct slice why);
struct flow *step_flow(struct step *s); /* of BODY and PIPE, else NULL */

/* Notes the name of a fault, a static text. */
void plan_note_fault(struct plan *p, const char *name);

/* What follows this step is forgotten: new steps come in its place. */
void plan_cut(struct plan *p, struct step *last);
void plan_clear(struct plan *p); /* all steps are */

/* Adds a field to a head of this plan. Out of room or memory: spent. */
void plan_add_field(struct plan *p, struct http_fields *f, struct slice name,
                    struct slice value);

/*
 * One step in words: "head 522", "body 64KiB at 256KiB/s", "wait 2s", "end keep". Returns
 * what snprintf returns.
 */
int step_print(const struct step *s, char *out, size_t size);

#endif
