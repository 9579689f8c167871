/* SPDX-License-Identifier: MIT */
/* Claims that can never hold are the author's mistake, and known before anything runs. */
#include "parts.h"

/* ---- all references of a claim ---- */

typedef void visitor(void *arg, const struct ref *r);

static void visit_all(const struct refs *refs, visitor *visit, void *arg)
{
    for (uint32_t i = 0; i < refs->n; i++)
        visit(arg, &refs->at[i]);
}

void claim_visit(const struct claim *c, visitor *visit, void *arg)
{
    switch ((enum claim_kind)c->kind) {
    case CLAIM_ORDER:
        for (uint32_t i = 0; i < c->order.n; i++)
            visit_all(&c->order.at[i].any_of, visit, arg);
        return;
    case CLAIM_COUNT:
        for (uint32_t i = 0; i < c->count.n; i++)
            visit(arg, &c->count.at[i].ref);
        return;
    case CLAIM_NEVER:
        visit_all(&c->never, visit, arg);
        return;
    case CLAIM_CONTENT:
        visit(arg, &c->content.ref);
        return;
    case CLAIM_SAME:
        visit_all(&c->same.in, visit, arg);
        return;
    case CLAIM_REPEAT:
        visit(arg, &c->repeat.lost);
        visit(arg, &c->repeat.again);
        return;
    case CLAIM_GAP:
        visit(arg, &c->gap.from);
        if (!c->gap.is_each)
            visit(arg, &c->gap.to);
        return;
    case CLAIM_WITHIN:
        visit(arg, &c->within.from);
        visit(arg, &c->within.to);
        return;
    case CLAIM_REACTION:
        visit(arg, &c->reaction.after);
        if (c->reaction.what <= REACTION_SENDS_NOT)
            visit(arg, &c->reaction.sends);
        return;
    default:
        return;
    }
}

/* ---- names ---- */

struct checking {
    struct complaints *why;
    const struct slice *rules;
    uint32_t n_rules;
    const struct claim *order; /* the only one, or NULL */
    const struct claim *claim; /* under the glass */
    bool is_wrong;
};

/* Who answers where no rule of the file does. */
static const struct slice house[] = {SLICE("otherwise"), SLICE("unmatched"), SLICE("relay"),
                                     SLICE("failure")};

static bool is_rule(const struct checking *k, struct slice name)
{
    for (uint32_t i = 0; i < k->n_rules; i++)
        if (slice_is(k->rules[i], name))
            return true;
    for (size_t i = 0; i < COUNT(house); i++)
        if (slice_is(house[i], name))
            return true;
    return false;
}

/* The nearest rule, or NO_SLICE. Names are no C strings, so words are compared here. */
static struct slice nearest_rule(const struct checking *k, struct slice name)
{
    struct slice near = NO_SLICE;
    unsigned least = (unsigned)(name.len / 3 + 1);

    for (uint32_t i = 0; i < k->n_rules; i++) {
        unsigned d = word_distance(name, k->rules[i], least);
        if (d <= least && d < name.len && (near.at == NULL || d < least)) {
            near = k->rules[i];
            least = d;
        }
    }
    return near;
}

static void check_name(void *arg, const struct ref *r)
{
    struct checking *k = arg;
    struct slice near;

    if (r->kind != REF_RULE || is_rule(k, r->name) || is_rule(k, r->text))
        return;
    near = nearest_rule(k, r->name);
    k->is_wrong = true;
    if (near.at != NULL)
        complain_at(k->why, r->node, "no rule is called \"%.*s\"; did you mean \"%.*s\"?",
                    SLICE_ARGS(r->name), SLICE_ARGS(near));
    else
        complain_at(k->why, r->node,
                    "no rule is called \"%.*s\": claims speak of rules by name",
                    SLICE_ARGS(r->name));
}

/* ---- contradictions: what the order leaves room for ---- */

static bool is_same_ref(const struct ref *a, const struct ref *b)
{
    return a->kind == b->kind && a->status == b->status && slice_is(a->name, b->name);
}

/* How often `ref` comes in a story that follows the order. */
static struct range room_in(const struct claim *order, const struct ref *ref)
{
    struct range room = {0};

    for (uint32_t i = 0; i < order->order.n; i++) {
        const struct order_item *item = &order->order.at[i];
        bool may = item->any_of.n == 0 || ref->kind == REF_ANY, must = ref->kind == REF_ANY;

        for (uint32_t j = 0; j < item->any_of.n; j++) {
            const struct ref *other = &item->any_of.at[j];
            may |= other->kind != REF_RULE || ref->kind != REF_RULE ||
                   slice_is(other->name, ref->name);
            must |= item->any_of.n == 1 && is_same_ref(other, ref);
        }
        room.least += must ? item->least : 0;
        if (may && item->most == NO_BOUND)
            room.most = NO_BOUND;
        else if (may && room.most != NO_BOUND)
            room.most += item->most;
    }
    return room;
}

static void complain_of_order(struct checking *k, const struct ref *r,
                              const struct range *room)
{
    char times[TIMES_SIZE];
    bool is_never = room->most == 0;

    times_print(room->least, room->most, times);
    k->is_wrong = true;
    complain_at(k->why, r->node, "this can never hold: in the order expected, %.*s %s%s",
                SLICE_ARGS(r->name), is_never ? "never comes" : "comes ",
                is_never ? "" : times);
}

static void check_nth(void *arg, const struct ref *r)
{
    struct checking *k = arg;
    struct range room = room_in(k->order, r);

    if (k->claim->kind != CLAIM_NEVER && r->nth > room.most && !is_rule(k, r->text))
        complain_of_order(k, r, &room);
}

static void check_never(struct checking *k, const struct claim *c)
{
    for (uint32_t i = 0; i < c->never.n; i++) {
        const struct ref *r = &c->never.at[i];
        struct range room = room_in(k->order, r);

        if (room.least > 0 && (r->nth == 0 || r->nth <= room.least))
            complain_of_order(k, r, &room);
    }
}

static void check_count(struct checking *k, const struct claim *c)
{
    for (uint32_t i = 0; i < c->count.n; i++) {
        const struct tally *t = &c->count.at[i];
        struct range room = room_in(k->order, &t->ref);

        if (!t->times.is_not && (t->times.least > room.most || t->times.most < room.least))
            complain_of_order(k, &t->ref, &room);
    }
}

static void check_against_order(struct checking *k, const struct claim *c)
{
    if (c == k->order)
        return;
    claim_visit(c, check_nth, k);
    if (c->kind == CLAIM_NEVER)
        check_never(k, c);
    else if (c->kind == CLAIM_COUNT)
        check_count(k, c);
}

/* ---- what speaks of the claim before ---- */

static bool wants_previous(const struct claim *c)
{
    for (uint32_t i = 0; c->kind == CLAIM_GAP && i < c->gap.n_is; i++)
        if (c->gap.is[i].of == BOUND_PREVIOUS)
            return !c->gap.is_each;
    return false;
}

static void check_previous(struct checking *k, const struct claim *claims, uint32_t i)
{
    if (!wants_previous(&claims[i]))
        return;
    for (uint32_t j = 0; j < i; j++)
        if (claims[j].kind == CLAIM_GAP)
            return;
    k->is_wrong = true;
    complain_at(k->why, claims[i].node,
                "no gap is expected before this one, so there is no previous");
}

bool claims_check(struct complaints *why, const struct claim *claims, uint32_t n,
                  const struct slice *rule_names, uint32_t n_rules)
{
    struct checking k = {.why = why, .rules = rule_names, .n_rules = n_rules};

    for (uint32_t i = 0; i < n; i++)
        if (claims[i].kind == CLAIM_ORDER && claims[i].level == CLAIM_MUST)
            k.order = &claims[i];
    for (uint32_t i = 0; i < n; i++) {
        k.claim = &claims[i];
        claim_visit(&claims[i], check_name, &k);
        check_previous(&k, claims, i);
        if (k.order != NULL && claims[i].level == CLAIM_MUST)
            check_against_order(&k, &claims[i]);
    }
    return !k.is_wrong;
}
