/* SPDX-License-Identifier: MIT */
/*
 * scenario - what shall happen, and the one function that decides it.
 *
 *   struct scenario   immutable once made; from the command line here
 *   struct run_state  what changes while it plays; one per run, never shared
 *   decide()          scenario + state + facts ──▶ plan
 *
 * The ways to ask for an answer, nearest first:
 *   1. statuses for all traffic           naysay 503 503 200
 *   2. the request itself, where allowed  Naysay: 522
 *   3. the target                         /status/522 on the port, http://status.test/522
 *   4. otherwise the request is relayed: to the upstream, or where the client asks
 */
#ifndef NAYSAY_SCENARIO_H
#define NAYSAY_SCENARIO_H

#include "naysay/plan.h"

/* ---- answers: one thing to say ---- */

struct answer {
    struct {
        uint16_t wire;
        const struct status *status; /* NULL when nobody registered it */
    } interim[8];                    /* 1xx sent before, in order */
    uint8_t n_interim;
    uint16_t wire;               /* status to send; 0: close without an octet */
    const struct status *status; /* its row, NULL when nobody registered the number */
    bool is_literal; /* asked by number: that number, whatever its vendor does */
    uint64_t delay_ns;
    struct http_fields fields; /* added, replacing those of the row with the same name */
    struct slice body;         /* .at NULL: a page of ours */
    struct slice
        raw; /* .at NULL: none; else these octets instead of everything, then close */
};

/*
 * "522", "iis/440", "103,200", "nginx/444". A lone 1xx is followed by a 200
 * (101 is not). False: *why says what is wrong and what to say instead.
 */
bool answer_parse(struct slice query, struct answer *out,
                  struct complaint *why) WARN_UNUSED;

/*
 * The part after "?": delay=2s & header=Name:value & body=text & type=text/html &
 * raw=octets, percent-encoded. Texts are decoded into the arena. Bad values are complaints.
 */
bool answer_parse_options(struct slice query, struct arena *a, struct answer *out,
                          struct complaint *why) WARN_UNUSED;

/* ---- the scenario ---- */

struct scenario {
    struct answer *always; /* owned; for all traffic, the last one for ever; NULL: none */
    size_t n_always;
    struct origin upstream;     /* reverse proxying; .host.len 0: none */
    struct slice upstream_path; /* put before every path: "/api", or "" */
    bool allow_request_control; /* the Naysay request field speaks */
    bool from_loopback;         /* the listener is on loopback: relay where a client asks */
    bool allow_listed; /* an --allow-upstream was given: relay where a client asks, the list
                          judges */
    struct origin self;     /* where we listen: asked for in absolute-form, it is us */
    struct slice pseudonym; /* in Via: "naysay-5f2a91" */
};

struct run_state {
    uint64_t answered; /* exchanges that took an answer from scenario->always */
};

/*
 * What to do at this moment. Always leaves a performable plan, unless
 * plan->spent. Reads no clock and keeps nothing but `state`.
 */
void decide(const struct scenario *s, struct run_state *state, const struct facts *facts,
            struct plan *plan);

#endif
