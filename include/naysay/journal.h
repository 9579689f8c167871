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

/* What was meant to be wrong, and where: empty where what is wrong is that nothing came. */
struct told {
    const struct intent *intent;
    struct octets range;
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
    struct slice request_head;            /* its octets, as they came */
    struct slice request_sample;          /* the first octets of the content */
    uint64_t request_digest;              /* of all of it, see digest.c; 0: none */
    struct slice response_sample;
    const struct http_fields *relayed; /* fields as sent upstream; NULL: not relayed */
    struct slice inside;               /* authority of the CONNECT it came through */
    const char *const *faults;         /* names of those that were applied */
    uint32_t n_faults;
    uint64_t run_us; /* when the head began, since the run began */
    uint16_t interim[16];
    uint8_t n_interim;
    uint64_t response_body; /* octets of content sent */
    struct octets sent;
    const struct told *told; /* in the order of their beginnings */
    uint32_t n_told;

    struct slice upstream; /* address connected to, .len 0: none */
    bool reused;           /* on a kept upstream connection */
    uint8_t attempts;

    uint64_t first_us,
        end_us;         /* to the first octet of the answer, to its end; since wall_us */
    uint64_t received;  /* of the connection, octets */
    uint32_t exchanges; /* of the connection */
    enum ending ending;
};

/* ---- records: entries that are kept, for the verdict and the reports ---- */

/* Everything a claim can speak of. Slices point into the record's own octets. */
struct record {
    struct record *next;
    uint64_t seq;        /* 0: the end of a connection */
    uint64_t connection; /* from 1 */
    uint32_t exchange;   /* on this connection, from 1; 0: the end of a connection */
    uint32_t rule;       /* in the scenario, from 1; 0: none */
    uint64_t match;      /* nth match of that rule in the run, from 1 */
    int64_t wall_us;
    uint64_t began_us, first_us, end_us; /* of the run; first_us 0: no octet was sent */
    struct slice rule_name;              /* "down", "relay", "failure" */
    struct slice client;
    struct slice method, target; /* .len 0: no head could be read */
    uint8_t major, minor;
    struct slice request_head;   /* octets as they came, request line and all */
    struct slice request_sample; /* first octets of the content; a file may not tell them */
    uint64_t request_body, request_digest;
    uint16_t status; /* 0: none was sent */
    uint16_t interim[16];
    uint8_t n_interim;
    struct slice response_head; /* octets as they went out */
    struct slice response_sample;
    uint64_t response_body;
    struct octets sent;
    uint64_t received;    /* of the connection; ends only */
    struct slice relayed; /* fields as sent upstream, a line each; .len 0: none */
    struct slice upstream;
    struct slice inside;
    struct slice plan;    /* its steps in words, "; " between */
    struct slice faults;  /* names, " " between; .len 0: none */
    struct slice intents; /* "kind from-to why" lines, LF between */
    struct slice
        trouble; /* why its ending is none that the author wanted; .len 0: unsaid */
    enum ending ending;
    bool is_reused_upstream;
    bool is_redacted; /* read from a file where secrets had been taken out */
};

struct records {
    struct record *first, *last;
    uint64_t n;                   /* kept now */
    uint64_t most;                /* then the oldest go */
    uint64_t dropped;             /* that went, or that memory had no room for */
    uint64_t exchanges;           /* with a request, ever */
    int64_t began_wall_us;        /* 0 at first: the first record tells */
    uint64_t octets, most_octets; /* of memory; beyond the most, too, the oldest go */
    struct buf words;             /* records.c's own */
};

void records_init(struct records *r, uint64_t most);
/* Keeps a copy. Out of memory: it is counted as dropped. */
void records_add(struct records *r, const struct entry *e);
void records_clear(struct records *r);
/*
 * Adds those that the lines of a journal file tell of, as journal_add() writes them. A line
 * that was cut short, by a full disk or a writer's end, counts as dropped. False and a
 * complaint "FILE:LINE: what is wrong".
 */
bool records_read(struct records *r, FILE *in, const char *name, struct complaint *why);
/* The nth field of that name in a head's octets, from 0; .at NULL: there is none. */
struct slice record_field(struct slice head, struct slice name, uint32_t nth);
/* The next field line of a head's octets; *rest starts as the head. False: no more. */
bool record_next_field(struct slice *rest, struct slice *name, struct slice *value);

/*
 * Octets of content, told apart by 61 bits: fed piece by piece, 0 before the first and
 * never after it. How the pieces are cut makes no difference.
 */
uint64_t digest_add(uint64_t so_far, struct slice octets);

enum journal_color { JOURNAL_PLAIN, JOURNAL_COLORED };

struct journal;

/*
 * `path` NULL: no file, "-": standard output. `talk` NULL: no readable lines.
 * NULL and a complaint when the file cannot be written.
 */
struct journal *journal_open(const char *path, FILE *talk, enum journal_color color,
                             struct complaint *why);
void journal_add(struct journal *j, struct entry *e); /* gives e its seq */
/* Entries are kept in `r`, too; NULL: no more. */
void journal_keep(struct journal *j, struct records *r);
/*
 * What else stands in the file. Secrets (Authorization, Proxy-Authorization, Cookie,
 * Set-Cookie): as they came, else "Digest (redacted)". Bodies: their first octets.
 */
void journal_tell_secrets(struct journal *j, bool yes);
void journal_tell_bodies(struct journal *j, bool yes);
/* Does anybody listen? And to what is in bodies? NULL: nobody. */
bool journal_wants(const struct journal *j);
bool journal_wants_content(const struct journal *j);
void journal_flush(struct journal *j);
uint64_t journal_lost(const struct journal *j); /* entries that could not be written */
void journal_close(struct journal *j);          /* NULL is fine */

#endif
