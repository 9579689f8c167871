/* SPDX-License-Identifier: MIT */
/* How connections end: in the middle of a body, instead of an answer, behind one. */
#include "parts.h"

/* ---- cut ---- */

enum then { THEN_CLOSE, THEN_RESET, THEN_SILENCE };

struct cut {
    struct position after;
    uint8_t then;
};

static void add_silence(struct plan *p, struct step *before, uint64_t ns)
{
    struct step *s = plan_insert_before(p, before, STEP_HOLD);

    if (s != NULL)
        s->wait_ns = ns;
}

/* A body that ends with its connection is whole when that ends well. */
static const char *judge_cut(const struct places *at, const struct cut *of)
{
    return of->then != THEN_RESET && at->head->head.response.framing.kind == BODY_CLOSE
               ? "the body ends with the connection: only a reset can cut it"
               : NULL;
}

const char *fault_cut(struct plan *p, const void *args, struct slice why, uint64_t drawn)
{
    const struct cut *of = args;
    struct places at;
    uint64_t offset, within;
    const char *no = places_find_body(p, &at);
    struct step *s;

    (void)drawn;
    if (no == NULL)
        no = places_resolve(&at, &of->after, &offset);
    if (no == NULL)
        no = judge_cut(&at, of);
    if (no != NULL)
        return no;
    s = places_step(&at, offset, &within);
    plan_stop(s, within, "cut", why);
    places_drop_behind(p, s, at.end);
    if (of->then == THEN_SILENCE)
        add_silence(p, at.end, HOLD_MOST);
    at.end->end = of->then == THEN_RESET ? END_RESET : END_RACE;
    return NULL;
}

static const char *const thens[] = {"close", "reset", "silence", NULL};

static bool take_after(struct loader *l, const struct node *value, void *into)
{
    return take_position(l, value, &((struct cut *)into)->after);
}

static const struct key cut_keys[] = {
    {.name = "after",
     .type = KEY_OWN,
     .form = "a size or a share of the body, such as 64KiB or 10%",
     .fallback = "50%",
     .help = "how much of the body still comes",
     .since = VERSION,
     .take = take_after},
    {.name = "then",
     .type = KEY_CHOICE,
     .choices = thens,
     .fallback = "close",
     .help =
         "what becomes of the connection; silence keeps it open until the client gives up",
     .since = VERSION,
     .at = offsetof(struct cut, then)},
};

static void prepare_cut(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct cut *)into)->after = (struct position){.is_share = true, .share = 0.5};
}

const struct shape shape_cut = {
    .name = "cut",
    .help = "where a body is cut, and how",
    .keys = cut_keys,
    .n_keys = COUNT(cut_keys),
    .size = sizeof(struct cut),
    .short_form = "how much of the body still comes, such as 64KiB or 10%",
    .take_short = take_after,
    .prepare = prepare_cut,
};

/* ---- instead of an answer ---- */

static const char *end_without(struct plan *p, const char *kind, struct slice why,
                               enum step_end end, uint64_t hold_ns)
{
    struct places at;
    const char *no = places_find(p, &at);

    if (no != NULL)
        return no;
    places_drop_answer(p, &at);
    plan_insert_raw(p, at.end, SLICE(""), kind, why);
    if (hold_ns > 0)
        add_silence(p, at.end, hold_ns);
    at.end->end = end;
    return NULL;
}

const char *fault_close(struct plan *p, const void *of, struct slice why, uint64_t drawn)
{
    (void)of;
    (void)drawn;
    return end_without(p, "close", why, END_CLOSE, 0);
}

const char *fault_reset(struct plan *p, const void *of, struct slice why, uint64_t drawn)
{
    (void)of;
    (void)drawn;
    return end_without(p, "reset", why, END_RESET, 0);
}

const char *fault_hold(struct plan *p, const void *of, struct slice why, uint64_t drawn)
{
    (void)drawn;
    return end_without(p, "hold", why, END_CLOSE, ((const struct lasting *)of)->ns);
}

static const struct key hold_keys[] = {
    {.name = "for",
     .type = KEY_DURATION,
     .least = 1,
     .most = HOLD_MOST,
     .fallback = "1h",
     .help = "how long at most, when the client does not give up",
     .since = VERSION,
     .at = offsetof(struct lasting, ns)},
};

static void prepare_hold(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct lasting *)into)->ns = 3600 * NS_PER_S;
}

static bool take_hold(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &hold_keys[0], scalar, into);
}

const struct shape shape_hold = {
    .name = "hold",
    .help = "how long nothing is said",
    .keys = hold_keys,
    .n_keys = COUNT(hold_keys),
    .size = sizeof(struct lasting),
    .short_form = "how long at most, such as 1m",
    .take_short = take_hold,
    .prepare = prepare_hold,
};

/* ---- behind an answer ---- */

static const char *end_with(struct plan *p, enum step_end end)
{
    struct places at;
    const char *no = places_find(p, &at);

    if (no == NULL && at.head->head.response.framing.kind == BODY_CLOSE)
        return "the body ends with the connection: its end can say nothing else";
    if (no == NULL)
        at.end->end = end;
    return no;
}

const char *fault_half_close(struct plan *p, const void *of, struct slice why,
                             uint64_t drawn)
{
    (void)of;
    (void)why;
    (void)drawn;
    return end_with(p, END_HALF);
}

const char *fault_race(struct plan *p, const void *of, struct slice why, uint64_t drawn)
{
    (void)of;
    (void)why;
    (void)drawn;
    return end_with(p, END_RACE);
}
