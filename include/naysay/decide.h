/* SPDX-License-Identifier: MIT */
/*
 * decide - the one function that decides, and the state it keeps.
 *
 *   struct run   one playing of one scenario: state, counters, sessions; never shared
 *   decide()     run + facts ──▶ plan
 *
 * Who speaks, the first that does:
 *   1. the guard: credentials that the scenario asks for    auth: {proxy: …}
 *   2. the rules, from the top, and `otherwise`
 *   3. without rules: the request itself, where allowed      Naysay: 522
 *   4. the target                      /status/522 on the port, http://status.test/522
 *   5. otherwise the request is relayed: to the upstream, or where the client asks
 *
 * Reads no clock, touches no socket: everything it knows are facts and the run.
 */
#ifndef NAYSAY_DECIDE_H
#define NAYSAY_DECIDE_H

#include "naysay/scenario.h"

/* Where a scenario plays: what is not its author's to say. */
struct setting {
    struct origin upstream;     /* reverse proxying; .host.len 0: none */
    struct slice upstream_path; /* put before every path: "/api", or "" */
    bool allow_request_control; /* the Naysay request field speaks */
    bool from_loopback;         /* the listener is on loopback: relay where a client asks */
    bool allow_listed; /* an --allow-upstream was given: relay where a client asks, the list
                          judges */
    struct origin self;     /* where we listen: asked for in absolute-form, it is us */
    struct slice pseudonym; /* in Via: "naysay-5f2a91" */
};

struct drawer; /* named things, the least lately used of which go; private to this folder */

#define RUN_KEYS     10000u /* then the one least lately used goes */
#define RUN_SESSIONS 10000u

struct run {
    const struct scenario *scenario; /* borrowed */
    struct setting setting;
    uint64_t seed;
    uint64_t root;     /* the seed and the scenario's name: what chance is counted from */
    uint64_t *matches; /* of each rule in this run, in the scenario's order */
    struct drawer *keyed;    /* state, by key */
    struct drawer *sessions; /* by the cookie's value */
    struct auth_state auth;
};

bool run_init(struct run *r, const struct scenario *s, uint64_t seed) WARN_UNUSED;
void run_clear(struct run *r);

/*
 * Always leaves a performable plan, unless plan->spent, or plan->wants_body: then facts
 * were without a body that has to be read first, and nothing has been decided.
 */
void decide(struct run *run, const struct facts *facts, struct plan *plan);

/* Has the body to be read before anything can be decided? */
static inline bool run_wants_body(const struct run *r)
{
    return r->scenario->looks_at_body;
}

/* Which rule would speak, what it would do, and why those above it would not. */
void run_explain(struct run *run, const struct facts *facts, FILE *out, bool colored);

#endif
