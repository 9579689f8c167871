/* SPDX-License-Identifier: MIT */
/*
 * stage - one run where it plays: a port of its own, state, journal, records, verdict.
 *
 *   scenario + setup ──stage_open──▶ listening ──stage_drain──▶ idle ──stage_judge──▶
 * verdict
 *
 * Stages share a worker and nothing else. What was opened is closed by stage_close(), in
 * whatever state it is; never from within a callback of its server's, but between turns.
 */
#ifndef NAYSAY_STAGE_H
#define NAYSAY_STAGE_H

#include "naysay/proxy.h"
#include "naysay/verdict.h"

#define STAGE_RECORDS 100000u /* entries that are kept; then the oldest go */

struct stage_setup {
    const struct scenario *scenario; /* borrowed, like all that follows */
    uint64_t seed;
    bool is_seed_drawn;
    struct address listen; /* port 0 picks one */
    const struct limits *limits;
    struct resolver *resolver; /* NULL: literals only */
    struct origin upstream;    /* .host.len 0: none */
    struct slice upstream_path;
    struct allowed *allowed; /* taken over */
    bool allow_listed, allow_request_control;
    const char *journal; /* path, NULL: no file */
    bool tells_secrets, tells_bodies;
    FILE *talk; /* NULL: no readable lines */
    enum journal_color color;
    bool keeps_records; /* a verdict will be asked for */
};

struct stage {
    struct worker *worker;
    const struct scenario *scenario;
    struct server server;
    struct journal *journal;
    struct records records;
    struct storm_watch storm;
    uint64_t seed;
    bool is_seed_drawn;
    bool is_open, keeps_records, has_storm;
    uint64_t ended; /* monotonic ns; 0: still going */
    uint64_t lost;  /* lines of the journal, known once it is closed */
    char pseudonym[24];
    char self[ADDRESS_TEXT];
    char url[ADDRESS_TEXT + 8]; /* "http://127.0.0.1:4070" */
    void (*idle)(void *arg);    /* drained; told once, perhaps from within stage_drain() */
    void (*stormy)(void *arg);  /* a storm has begun; told once, from within the server: to
                                   drain waits until the turn is over */
    void *arg;
};

/* `st` is zeroed but for idle, stormy and arg. False: a complaint, and nothing is open. */
bool stage_open(struct stage *st, struct worker *w, const struct stage_setup *how,
                struct complaint *why) WARN_UNUSED;
void stage_drain(struct stage *st);
void stage_abort(struct stage *st); /* what is open ends now */
/* False: out of memory. `ran` NULL: no command. */
bool stage_judge(struct stage *st, struct arena *a, const struct ran *ran,
                 struct verdict *v) WARN_UNUSED;
/*
 * Its port, connections and journal go; records and counters stay for the verdict that
 * borrows them. As stage_close(), between turns; twice is fine.
 */
void stage_hush(struct stage *st);
void stage_close(struct stage *st); /* twice is fine */

/* A seed nobody has had. */
uint64_t stage_draw_seed(void);

#endif
