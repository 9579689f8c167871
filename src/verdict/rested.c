/* SPDX-License-Identifier: MIT */
/* Rules that never had their turn: a path mistyped, or a rule above that took it all. */
#include "judge.h"

struct rested {
    const struct scenario *scenario;
    bool *is_known; /* of each rule: it spoke, or a claim speaks of it */
};

static void note_name(struct rested *r, struct slice name)
{
    for (uint32_t i = 0; i < r->scenario->n_rules; i++)
        r->is_known[i] |= slice_is(r->scenario->rules[i].name, name);
}

static void note_ref(void *arg, const struct ref *ref)
{
    if (ref->kind != REF_RULE)
        return;
    note_name(arg, ref->name);
    note_name(arg, ref->text);
}

/* An order without "..." that holds leaves no room for other rules. */
static bool is_whole_story(const struct finding *f)
{
    if (f->claim == NULL || f->claim->kind != CLAIM_ORDER || f->result != FINDING_HOLDS)
        return false;
    for (uint32_t i = 0; i < f->claim->order.n; i++)
        if (f->claim->order.at[i].any_of.n == 0)
            return false;
    return true;
}

static bool may_look(const struct story *s, const struct verdict *v)
{
    if (s->n == 0 || s->records->dropped > 0)
        return false;
    for (uint32_t i = 0; i < v->n_findings; i++)
        if (is_whole_story(&v->findings[i]))
            return false;
    return true;
}

static void warn(struct verdict *v, struct slice text, struct slice seen)
{
    v->findings[v->n_findings++] =
        (struct finding){.level = CLAIM_SHOULD,
                         .result = FINDING_FAILS,
                         .text = text,
                         .expected = SLICE("a request that it answers"),
                         .seen = seen};
}

static void warn_of(struct story *s, struct verdict *v, const bool *is_known)
{
    uint32_t told = 0, more = 0;

    for (uint32_t i = 0; i < v->scenario->n_rules; i++) {
        const struct rule *r = &v->scenario->rules[i];
        if (is_known[i])
            continue;
        if (told + 1 >= RESTED_MOST) {
            more++;
            continue;
        }
        told++;
        warn(v,
             text_of(s, "rule `%.*s` (%.*s) has its turn", SLICE_ARGS(r->name),
                     SLICE_ARGS(r->text)),
             SLICE("none, or a rule above took them"));
    }
    if (more > 0)
        warn(v, SLICE("the other rules have their turn"),
             text_of(s, "%u more never spoke", more));
}

void find_rested(struct story *s, struct verdict *v)
{
    struct rested r = {.scenario = v->scenario};

    if (!may_look(s, v))
        return;
    r.is_known = mem_zero(v->scenario->n_rules + 1);
    if (r.is_known == NULL) {
        s->is_spent = true;
        return;
    }
    for (uint32_t i = 0; i < s->n; i++)
        if (s->at[i]->rule > 0 && s->at[i]->rule <= v->scenario->n_rules)
            r.is_known[s->at[i]->rule - 1] = true;
    for (uint32_t i = 0; i < v->scenario->n_claims; i++)
        claim_visit(&v->scenario->claims[i], note_ref, &r);
    warn_of(s, v, r.is_known);
    mem_free(r.is_known);
}
