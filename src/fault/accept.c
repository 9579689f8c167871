/* SPDX-License-Identifier: MIT */
/*
 * What can go wrong before a request was read. The kernel has shaken hands by then: what
 * a client calls refused is a connection that is reset as soon as it is there.
 */
#include "parts.h"

/* The end of the plan of a new connection, which is made where there is none. */
static const char *find_end(struct plan *p, struct step **end)
{
    for (const struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind != STEP_WAIT && s->kind != STEP_HOLD && s->kind != STEP_RAW &&
            s->kind != STEP_END)
            return "this connection was accepted long ago";
    if (p->last == NULL)
        plan_add_end(p, END_KEEP);
    *end = p->last;
    return NULL;
}

static const char *greet(struct plan *p, enum step_kind kind, uint64_t ns)
{
    struct step *end, *s;
    const char *no = find_end(p, &end);

    if (no != NULL || p->spent)
        return no;
    s = plan_insert_before(p, end, kind);
    if (s != NULL)
        s->wait_ns = ns;
    if (kind == STEP_HOLD)
        end->end = END_CLOSE;
    return NULL;
}

static const char *part(struct plan *p, const char *kind, struct slice why,
                        enum step_end how)
{
    struct step *end;
    const char *no = find_end(p, &end);

    if (no != NULL || p->spent)
        return no;
    plan_insert_raw(p, end, SLICE(""), kind, why);
    end->end = how;
    return NULL;
}

const char *fault_slow_accept(struct plan *p, const void *of, struct slice why,
                              uint64_t drawn)
{
    (void)why;
    (void)drawn;
    return greet(p, STEP_WAIT, ((const struct lasting *)of)->ns);
}

const char *fault_accept_silence(struct plan *p, const void *of, struct slice why,
                                 uint64_t drawn)
{
    (void)why;
    (void)drawn;
    return greet(p, STEP_HOLD, ((const struct lasting *)of)->ns);
}

const char *fault_accept_close(struct plan *p, const void *of, struct slice why,
                               uint64_t drawn)
{
    (void)of;
    (void)drawn;
    return part(p, "accept-close", why, END_CLOSE);
}

const char *fault_accept_reset(struct plan *p, const void *of, struct slice why,
                               uint64_t drawn)
{
    (void)of;
    (void)drawn;
    return part(p, "accept-reset", why, END_RESET);
}

/* ---- arguments ---- */

#define FOR_KEY(fallback_, help_)                                           \
    {                                                                       \
        .name = "for", .type = KEY_DURATION, .least = 1, .most = HOLD_MOST, \
        .fallback = fallback_, .help = help_, .since = VERSION,             \
        .at = offsetof(struct lasting, ns)                                  \
    }

static const struct key slow_keys[] = {FOR_KEY("1s", "how long nothing is read")};
static const struct key silence_keys[] = {
    FOR_KEY("1h", "how long at most, when the client does not give up")};

static void prepare_slow(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct lasting *)into)->ns = NS_PER_S;
}

static void prepare_silence(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct lasting *)into)->ns = 3600 * NS_PER_S;
}

const struct shape shape_slow_accept = {
    .name = "slow-accept",
    .help = "how long a new connection is left alone",
    .keys = slow_keys,
    .n_keys = COUNT(slow_keys),
    .size = sizeof(struct lasting),
    .short_form = "how long, such as 1s",
    .take_short = take_lasting,
    .prepare = prepare_slow,
};

const struct shape shape_accept_silence = {
    .name = "accept-silence",
    .help = "how long a new connection hears nothing",
    .keys = silence_keys,
    .n_keys = COUNT(silence_keys),
    .size = sizeof(struct lasting),
    .short_form = "how long at most, such as 1m",
    .take_short = take_lasting,
    .prepare = prepare_silence,
};
