/* SPDX-License-Identifier: MIT */
/*
 * Runs in words, for tests of claims and verdicts: expectations as YAML, and what happened
 * as lines, times in milliseconds since the run began.
 *
 *   down 522 0-2 c1 GET /pay          rule, status ("-": none), begin-end, connection
 *   - 407 3-4 c1 GET /x               "-": no rule of the file; "otherwise", "unmatched"
 *     > Cookie: a=b                   a request field
 *     < Retry-After: 2                a response field
 *     ^ Via: x                        a field that was relayed
 *     body hello                      the request's content
 *     fault cut                       faults that were applied
 *     intent garbage 100-120 why
 *     inside a.test:443               the tunnel that it came through
 *     ending client-gone
 *   mute tls-on-plain-port 5-6 c1     octets that were no request
 *   end client-closed 9 c1            the end of a connection
 */
#ifndef PLAY_SAY_H
#define PLAY_SAY_H

#include "naysay/verdict.h"

#define PLAY_RULES 16

struct play {
    struct arena arena;
    struct complaints why;
    struct loader loader;
    struct source source;
    struct slice names[PLAY_RULES];
    struct rule rules[PLAY_RULES];
    uint32_t n_rules;
    struct claim *claims;
    uint32_t n_claims;
    struct scenario scenario;
    struct records records;
    struct verdict verdict;
};

/* Names between spaces. */
void play_open(struct play *p, const char *rules);
void play_close(struct play *p);
/* What stands under `expect`. False: p->why says what is wrong. */
bool play_expect(struct play *p, const char *yaml);
void play_happens(struct play *p, const char *lines);
/* False: out of memory. */
bool play_judge(struct play *p, const struct ran *ran);
/* One claim over one story: what comes of it, and a piece of what is said about it. */
struct play_row {
    const char *claim, *lines;
    enum finding_result result;
    const char *says; /* in "expected|seen"; NULL: whatever */
};

/* Fails the test, with the row in words, where it is not so. The first claim counts. */
void play_rows(const char *rules, const struct play_row *rows, size_t n);

/* The first complaint's text, or "". */
const char *play_complaint(const struct play *p);

#endif
