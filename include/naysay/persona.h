/* SPDX-License-Identifier: MIT */
/*
 * persona - whose answers ours shall look like: a row of what a product is known to put
 * into the heads of its own answers.
 *
 *   scenario's `as: cloudflare` ──persona_find──▶ row ──persona_dress──▶ plan
 *
 * So far a persona is its Server field and no more: order and case of the other fields,
 * phrases, pages and time-outs are still those of naysay. Rows say where their value is
 * from; what nobody measured, documented or sampled is left out.
 *
 * Lifetime: rows are static. Errors: a plan that runs out of memory is spent.
 */
#ifndef NAYSAY_PERSONA_H
#define NAYSAY_PERSONA_H

#include "naysay/base.h"
#include "naysay/plan.h"

enum persona_place { PERSONA_FIRST, PERSONA_LAST }; /* of the head's fields */

struct persona {
    const char *name;   /* "aws-alb" */
    const char *title;  /* "AWS Application Load Balancer" */
    const char *server; /* the value of Server; NULL: none is sent, or none is certain */
    enum persona_place place;
    const char *source; /* "measured: 1.22.1 of Debian 12" */
};

size_t persona_count(void);
const struct persona *persona_at(size_t i); /* in the order of their names */

/* By name, in any case. NULL when there is none. */
const struct persona *persona_find(struct slice name);
/* The nearest name to a mistaken one, or NULL. */
const char *persona_nearest(struct slice word);

/*
 * Adds the Server field to every final head that has none, where the plan is an answer of
 * our own: what an upstream says, a tunnel and a 101 keep their heads as they are. Looks
 * at what follows `before`, NULL: at all of it.
 */
void persona_dress(const struct persona *p, struct plan *plan, const struct step *before);

#endif
