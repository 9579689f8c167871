/* SPDX-License-Identifier: MIT */
/*
 * state - what a run remembers, by key. Private to this folder.
 *
 *   drawer   things by name, bounded: the least lately used goes
 *   keyed    named state, variables and counts of one key
 *   visitor  a session
 *
 * Names come from clients: hashed with the run's seed, copied, at most so many.
 */
#ifndef NAYSAY_DECIDE_STATE_H
#define NAYSAY_DECIDE_STATE_H

#include "naysay/decide.h"

/* ---- drawers ---- */

struct thing { /* what is kept begins with one */
    struct thing *next_in_slot, *newer, *older;
    uint64_t hash;
    struct slice name; /* owned */
};

struct drawer {
    struct thing **slots;
    uint32_t n_slots, n, most;
    struct thing *newest, *oldest;
    size_t size; /* of a thing */
    uint64_t seed;
    void (*clear)(void *thing); /* what it owns besides; or NULL */
};

struct drawer *drawer_new(uint32_t most, size_t size, uint64_t seed,
                          void (*clear)(void *thing)) WARN_UNUSED;
/* The thing of that name, which is the newest now; NULL: there is none. */
void *drawer_find(struct drawer *d, struct slice name);
/* The same, made and zeroed where there is none; NULL: out of memory. */
void *drawer_make(struct drawer *d, struct slice name) WARN_UNUSED;
void drawer_drop(struct drawer *d, void *thing);
void drawer_free(struct drawer *d); /* NULL is fine */

/* ---- keyed ---- */

#define NO_RULE    0u         /* tallies of `otherwise`, */
#define GUARD_RULE UINT32_MAX /* and of challenges: no rule has these numbers */

struct tally_of { /* one rule's counts */
    uint32_t rule;
    uint64_t tried;  /* times all its conditions but nth and chance held */
    uint64_t spoken; /* times it spoke */
};

struct variable {
    struct variable *next;
    char *name, *value; /* owned */
};

#define MOST_VARIABLES SCENARIO_VARIABLES
#define MOST_VALUE     4096u /* octets; what a client makes longer is cut */

struct keyed {
    struct thing thing;
    struct slice state; /* the scenario's own text */
    struct tally_of *tallies;
    uint32_t n_tallies, cap_tallies;
    struct variable *variables;
    uint32_t n_variables;
};

struct tally_of *keyed_tally(struct keyed *k,
                             uint32_t rule) WARN_UNUSED;          /* NULL: no memory */
struct slice keyed_get(const struct keyed *k, struct slice name); /* .at NULL: none */
/* False: out of memory, or too many variables. */
bool keyed_set(struct keyed *k, struct slice name, struct slice value) WARN_UNUSED;

/* ---- visitors ---- */

struct visitor {
    struct thing thing;
    uint64_t opened_ns, last_ns, requests;
};

#endif
