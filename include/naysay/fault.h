/* SPDX-License-Identifier: MIT */
/*
 * fault - edits of any plan that make it go wrong, on purpose.
 *
 *   plan ──fault_apply──▶ the plan, with a cut, a twist, a pause more
 *
 * Every fault is one row: name, arguments, help, the stage of a plan it edits, and where
 * it can be told truly. A fault that cannot be told truly of this plan is no quiet 200:
 * fault_apply() says so, and the caller makes a failure of it.
 */
#ifndef NAYSAY_FAULT_H
#define NAYSAY_FAULT_H

#include "naysay/plan.h"
#include "naysay/text.h"

enum fault_stage {
    STAGE_ACCEPT, /* before a request was read */
    STAGE_HEAD,   /* the final head */
    STAGE_BODY,
    STAGE_END,
    STAGE_ANSWER /* the answer as a whole */
};

/* Where it can be told truly. */
enum fault_transport { ON_PLAIN = 1, ON_TLS = 2, ON_TUNNEL = 4, ON_H2 = 8 };

struct fault_args;

struct fault_kind {
    const char *name; /* "cut" */
    const char *also; /* another name, or NULL */
    const char *help;
    enum fault_stage stage;
    unsigned transports;
    const struct shape *args; /* loads its arguments; NULL: takes none */
    /* NULL: done (or the plan is spent); else why it cannot be told truly of this plan. */
    const char *(*apply)(struct plan *p, const void *args, struct slice why,
                         uint64_t drawn);
    bool is_early; /* it has to do with the request, too: see fault_apply() */
};

/* One fault of a scenario: which, with what arguments, and how likely. */
struct fault {
    const struct fault_kind *kind;
    const void *args;  /* what kind->args loaded, or NULL */
    double chance;     /* 1: always */
    struct slice text; /* as written, for the journal: "cut: {after: 10%}" */
};

/* Short form "reset", or a map {cut: {after: 10%}, chance: 0.05}; loads a struct fault. */
extern const struct shape shape_fault;

size_t fault_count(void);
const struct fault_kind *fault_at(size_t i);
const struct fault_kind *fault_find(struct slice name);

/*
 * A plan that still awaits an upstream's head is left alone, but for what concerns the
 * request; so a fault of a relay is applied when the request is decided upon and again,
 * with the same number, when the answer is. The faults of STAGE_ACCEPT edit the plan of a
 * connection that was just accepted, and no other.
 *
 * Edits the plan. `drawn` is chance_of() something that is this fault's alone. NULL, or why
 * it cannot be told truly (a static text): then the plan is as it was.
 */
const char *fault_apply(struct plan *p, const struct fault *f, uint64_t drawn);

#endif
