/* SPDX-License-Identifier: MIT */
/* h1_say - reading one head in a test, and what the outcome is called when it is wrong. */
#ifndef NAYSAY_H1_SAY_H
#define NAYSAY_H1_SAY_H

#include "naysay/h1.h"

#define SAY_FIELDS_MOST 300

struct said {
    ssize_t got;
    struct h1_fault fault;
    struct http_request req;
    struct http_response res;
    struct http_field room[SAY_FIELDS_MOST];
};

/* Octets behind the head do not matter. Each call begins anew in *s. */
void say_request(struct said *s, struct slice octets, const struct limits *limits,
                 unsigned lenient);
void say_response(struct said *s, struct slice octets, const struct limits *limits,
                  struct h1_asked asked);

/* "accepted", "more", or the fault's id: "HOST_TWICE". */
const char *said_name(const struct said *s);

/* The id of a fault, as written in H1_FAULTS. */
const char *fault_name(enum h1_fault_id id);

#endif
