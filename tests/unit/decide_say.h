/* SPDX-License-Identifier: MIT */
/*
 * decide_say - heads in, plans out as text, for tables: what a scenario makes of
 * a request, of an upstream's response to it, of a failure.
 */
#ifndef NAYSAY_DECIDE_SAY_H
#define NAYSAY_DECIDE_SAY_H

#include "naysay/decide.h"

struct said {
    struct arena arena;
    struct http_request request;
    struct http_response response;
    struct http_field request_fields[64], response_fields[64];
    struct facts facts;
    struct scenario none; /* without rules */
    struct run run;
    bool has_run;
    struct plan plan;
    char text[4096];
};

/* A scenario with rules to play; without, what is asked for is answered on demand. */
void said_play(struct said *s, const struct scenario *scenario, uint64_t seed);
/* `head` parses, or the test fails. Each begins a plan anew; clear once at the end. */
void decide_say_request(struct said *s, const struct setting *setting, const char *head);
void decide_say_response(struct said *s, const struct setting *setting, const char *head);
void say_failure(struct said *s, const struct setting *setting, enum ending why);
void said_clear(struct said *s);

/* "relay: relay to 127.0.0.1:8080; await head; end close". Bodies without their length. */
const char *said_plan(struct said *s);
/* "Host: a|Via: 1.1 x": of the first relay or final head; "" without one. */
const char *said_fields(struct said *s);
const struct step *said_step(const struct said *s,
                             enum step_kind kind); /* the first, or NULL */
struct slice said_body(const struct said *s);      /* of a BODY step */

#endif
