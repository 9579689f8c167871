/* SPDX-License-Identifier: MIT */
/* Claims about time: waits, deadlines, storms. */
#include "parts.h"

/* "down.1 -> down.2", "each down" */
bool take_gap(struct loader *l, const struct node *value, struct claim *c)
{
    struct slice text = value->text, from;
    const char *arrow;

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "gap", "written FROM -> TO, or each NAME");
    c->gap.is_each = cut_word(&text, "each");
    if (c->gap.is_each) {
        bool ok = parse_ref(l, value, text, &c->gap.from);
        c->gap.to = c->gap.from;
        return ok;
    }
    arrow = memmem(text.at, text.len, "->", 2);
    if (arrow == NULL)
        return complain_at(l->why, value, "gap is written FROM -> TO, or each NAME");
    from = (struct slice){text.at, (size_t)(arrow - text.at)};
    text = (struct slice){arrow + 2, text.len - from.len - 2};
    bool ok = parse_ref(l, value, from, &c->gap.from);
    return parse_ref(l, value, text, &c->gap.to) && ok;
}

bool take_grows(struct loader *l, const struct node *value, struct claim *c)
{
    double factor;

    c->gap.growth = 1000;
    if (node_is(value, "true"))
        return true;
    if (value->kind == NODE_SCALAR && value->text.len < 10 &&
        strspn(value->text.at, "0123456789.") == value->text.len &&
        sscanf(value->text.at, "%lf", &factor) == 1 && factor >= 1 && factor <= 1000) {
        c->gap.growth = (uint32_t)(factor * 1000 + 0.5);
        return true;
    }
    return complain_at(l->why, value, "grows takes true, or a factor such as 1.5");
}

bool take_jitter(struct loader *l, const struct node *value, struct claim *c)
{
    if (node_is(value, "present"))
        c->gap.jitter = JITTER_PRESENT;
    else if (node_is(value, "tolerated"))
        c->gap.jitter = JITTER_TOLERATED;
    else
        return complain_at(l->why, value, "jitter is present or tolerated");
    return true;
}

bool take_within(struct loader *l, const struct node *value, struct claim *c)
{
    return take_us(l, value, "within",
                   c->kind == CLAIM_REACTION ? &c->reaction.within_us : &c->within.most_us);
}

bool take_from(struct loader *l, const struct node *value, struct claim *c)
{
    return take_ref(l, value, &c->within.from);
}

bool take_to(struct loader *l, const struct node *value, struct claim *c)
{
    return take_ref(l, value, &c->within.to);
}

static bool take_storm_time(struct loader *l, const struct node *value, void *into)
{
    struct storm *s = into;

    return take_us(l, value, "in", &s->in_us) &&
           (s->in_us > 0 || complain_at(l->why, value, "no time at all is no measure"));
}

static const struct key storm_keys[] = {
    {.name = "requests",
     .type = KEY_COUNT,
     .least = 1,
     .most = 100000,
     .fallback = "50",
     .help = "how many are no storm yet",
     .since = "0.2",
     .at = offsetof(struct storm, requests)},
    {.name = "in",
     .type = KEY_OWN,
     .form = "a duration: 1s",
     .fallback = "1s",
     .help = "in what time they come",
     .since = "0.2",
     .take = take_storm_time},
};

static void prepare_storm(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    *(struct storm *)into = STORM_DEFAULT;
}

static bool take_no_storm(struct loader *l, const struct node *value, void *into)
{
    if (!node_is(value, "off"))
        return complain_at(l->why, value, "storm takes off, or {requests: 50, in: 1s}");
    *(struct storm *)into = (struct storm){0};
    return true;
}

const struct shape shape_storm = {
    .name = "storm",
    .help = "when requests come too fast to be meant",
    .keys = storm_keys,
    .n_keys = COUNT(storm_keys),
    .size = sizeof(struct storm),
    .short_form = "off, or {requests: 50, in: 1s}",
    .take_short = take_no_storm,
    .prepare = prepare_storm,
};

bool take_storm(struct loader *l, const struct node *value, struct claim *c)
{
    return shape_load(l, &shape_storm, value, &c->storm);
}

struct storm claims_storm(const struct claim *claims, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (claims[i].kind == CLAIM_STORM)
            return claims[i].storm;
    return STORM_DEFAULT;
}
