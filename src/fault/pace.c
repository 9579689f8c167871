/* SPDX-License-Identifier: MIT */
/* Time: bodies that drip, stall or are throttled, answers that come late. */
#include "parts.h"

/* ---- drip ---- */

struct drip {
    uint64_t octets, every_ns;
};

static void pace(struct flow *f, const struct flow *like)
{
    f->piece = like->piece;
    f->pause_ns = like->pause_ns;
    f->rate = like->rate;
}

static void pace_all(const struct places *at, const struct flow *like)
{
    for (struct step *s = at->body; s != at->last_body->next; s = s->next)
        if (step_flow(s) != NULL)
            pace(step_flow(s), like);
}

const char *fault_drip(struct plan *p, const void *args, struct slice why, uint64_t drawn)
{
    const struct drip *of = args;
    const struct flow like = {.piece = of->octets, .pause_ns = of->every_ns};
    struct places at;
    const char *no = places_find_body(p, &at);

    (void)why;
    (void)drawn;
    if (no == NULL)
        pace_all(&at, &like);
    return no;
}

static const struct key drip_keys[] = {
    {.name = "octets",
     .type = KEY_SIZE,
     .least = 1,
     .most = 1ull << 40,
     .fallback = "1",
     .help = "how many octets come at a time",
     .since = VERSION,
     .at = offsetof(struct drip, octets)},
    {.name = "every",
     .type = KEY_DURATION,
     .least = NS_PER_MS,
     .most = HOLD_MOST,
     .fallback = "100ms",
     .help = "how long it is from some to the next",
     .since = VERSION,
     .at = offsetof(struct drip, every_ns)},
};

static void prepare_drip(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    *(struct drip *)into = (struct drip){1, 100 * NS_PER_MS};
}

static bool take_every(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &drip_keys[1], scalar, into);
}

const struct shape shape_drip = {
    .name = "drip",
    .help = "how fast the body drips",
    .keys = drip_keys,
    .n_keys = COUNT(drip_keys),
    .size = sizeof(struct drip),
    .short_form = "the time between octets, such as 100ms",
    .take_short = take_every,
    .prepare = prepare_drip,
};

/* ---- stall ---- */

struct stall {
    struct position after;
    uint64_t ns;
};

const char *fault_stall(struct plan *p, const void *args, struct slice why, uint64_t drawn)
{
    const struct stall *of = args;
    struct places at;
    uint64_t offset, within;
    const char *no = places_find_body(p, &at);
    struct flow *f;

    (void)why;
    (void)drawn;
    if (no == NULL)
        no = places_resolve(&at, &of->after, &offset);
    if (no != NULL)
        return no;
    f = step_flow(places_step(&at, offset, &within));
    f->stall_at = within;
    f->stall_ns = of->ns;
    return NULL;
}

static bool take_stall_after(struct loader *l, const struct node *value, void *into)
{
    return take_position(l, value, &((struct stall *)into)->after);
}

static const struct key stall_keys[] = {
    {.name = "after",
     .type = KEY_OWN,
     .form = "a size or a share of the body, such as 64KiB or 10%",
     .fallback = "0",
     .help = "how much of the body comes before it stalls",
     .since = VERSION,
     .take = take_stall_after},
    {.name = "for",
     .type = KEY_DURATION,
     .least = NS_PER_MS,
     .most = HOLD_MOST,
     .fallback = "30s",
     .help = "how long nothing comes",
     .since = VERSION,
     .at = offsetof(struct stall, ns)},
};

static void prepare_stall(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct stall *)into)->ns = 30 * NS_PER_S;
}

static bool take_stall_for(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &stall_keys[1], scalar, into);
}

const struct shape shape_stall = {
    .name = "stall",
    .help = "where the body stalls, and how long",
    .keys = stall_keys,
    .n_keys = COUNT(stall_keys),
    .size = sizeof(struct stall),
    .short_form = "how long, such as 30s",
    .take_short = take_stall_for,
    .prepare = prepare_stall,
};

/* ---- throttle ---- */

enum direction { OUT, IN, BOTH };

struct throttle {
    uint64_t rate;
    uint8_t direction;
};

/* The request's content is read by a READ or a RELAY; without them, nobody would. */
static void throttle_in(struct plan *p, const struct flow *like)
{
    struct places at;

    pace(&p->inward, like);
    for (const struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == STEP_READ || s->kind == STEP_RELAY)
            return;
    if (places_find(p, &at) == NULL)
        plan_insert_before(p, at.head, STEP_READ);
}

const char *fault_throttle(struct plan *p, const void *args, struct slice why,
                           uint64_t drawn)
{
    const struct throttle *of = args;
    struct flow like = {0};
    struct places at;
    const char *no = plan_awaits(p) ? NULL : places_find(p, &at);

    (void)why;
    (void)drawn;
    if (no == NULL && !plan_awaits(p) && of->direction == OUT)
        no = places_find_body(p, &at);
    if (no == NULL && of->direction != OUT)
        no = plan_was_read(p);
    if (no != NULL)
        return no;
    flow_set_rate(&like, of->rate);
    if (!plan_awaits(p) && of->direction != IN && places_find_body(p, &at) == NULL)
        pace_all(&at, &like);
    if (of->direction != OUT)
        throttle_in(p, &like);
    return NULL;
}

static const char *const directions[] = {"out", "in", "both", NULL};

static const struct key throttle_keys[] = {
    {.name = "rate",
     .type = KEY_RATE,
     .least = 1,
     .most = 1ull << 40,
     .help = "how much goes in a second",
     .since = VERSION,
     .at = offsetof(struct throttle, rate),
     .is_needed = true},
    {.name = "direction",
     .type = KEY_CHOICE,
     .choices = directions,
     .fallback = "out",
     .help = "which bodies: the answer's, the request's, or both",
     .since = VERSION,
     .at = offsetof(struct throttle, direction)},
};

static bool take_rate(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &throttle_keys[0], scalar, into);
}

const struct shape shape_throttle = {
    .name = "throttle",
    .help = "how fast bodies go",
    .keys = throttle_keys,
    .n_keys = COUNT(throttle_keys),
    .size = sizeof(struct throttle),
    .short_form = "the rate, such as 64KiB/s",
    .take_short = take_rate,
};

/* ---- delay ---- */

const char *fault_delay(struct plan *p, const void *args, struct slice why, uint64_t drawn)
{
    const struct lasting *of = args;
    struct places at;
    const char *no = places_find(p, &at);
    struct step *s = no == NULL ? plan_insert_before(p, at.head, STEP_WAIT) : NULL;

    (void)why;
    (void)drawn;
    if (s != NULL)
        s->wait_ns = of->ns;
    return no;
}

static const struct key delay_keys[] = {
    {.name = "for",
     .type = KEY_DURATION,
     .least = 0,
     .most = HOLD_MOST,
     .fallback = "1s",
     .help = "how much later the answer comes",
     .since = VERSION,
     .at = offsetof(struct lasting, ns)},
};

static void prepare_delay(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct lasting *)into)->ns = NS_PER_S;
}

const struct shape shape_delay = {
    .name = "delay",
    .help = "how late the answer comes",
    .keys = delay_keys,
    .n_keys = COUNT(delay_keys),
    .size = sizeof(struct lasting),
    .short_form = "how long, such as 2s",
    .take_short = take_lasting,
    .prepare = prepare_delay,
};
