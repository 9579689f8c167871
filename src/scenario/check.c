/* SPDX-License-Identifier: MIT */
/* What only shows when all rules are there: names that clash, rules that never speak,
 * claims that never hold. */
#include <stdlib.h>

#include "keys.h"

static int by_name(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a;
    const struct rule *y = *(const struct rule *const *)b;
    int order = strcmp(x->name.at, y->name.at);

    return order != 0 ? order : x->index < y->index ? -1 : 1;
}

/* Two rules of one name cannot be told apart by expectations. */
static void check_names(struct loader *l, const struct scenario *s)
{
    const struct rule **all = mem_alloc((s->n_rules + 1u) * sizeof(*all));

    if (all == NULL) {
        complain_at(l->why, s->node, "out of memory");
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_rules; i++)
        if (s->rules[i].is_named)
            all[n++] = &s->rules[i];
    qsort(all, n, sizeof(*all), by_name);
    for (uint32_t i = 1; i < n; i++)
        if (slice_is(all[i - 1]->name, all[i]->name))
            complain_at(l->why, all[i]->node,
                        "two rules are called \"%.*s\"; the first is on line %u",
                        SLICE_ARGS(all[i]->name), all[i - 1]->node->line);
    mem_free(all);
}

/* ---- rules that an earlier one leaves nothing to ---- */

struct plain { /* what a rule asks, when it is method and path alone */
    bool is_plain;
    const struct condition *methods; /* NULL: any */
};

static struct plain plain_of(const struct rule *r)
{
    struct plain p = {.is_plain = true};

    for (const struct condition *c = r->conditions; c != NULL; c = c->next) {
        if (c->kind == CONDITION_METHOD && p.methods == NULL)
            p.methods = c;
        else if (c->kind != CONDITION_PATH || c->path != r->path)
            p.is_plain = false;
    }
    return p;
}

static bool has_word(const struct condition *c, struct slice word)
{
    for (uint32_t i = 0; i < c->n_words; i++)
        if (slice_is(c->words[i], word))
            return true;
    return false;
}

static bool covers_methods(const struct condition *a, const struct rule *later)
{
    const struct condition *b = later->conditions;

    if (a == NULL)
        return true;
    while (b != NULL && b->kind != CONDITION_METHOD)
        b = b->next;
    if (b == NULL)
        return false;
    for (uint32_t i = 0; i < b->n_words; i++)
        if (!has_word(a, b->words[i]))
            return false;
    return true;
}

static bool covers(const struct rule *early, const struct plain *p,
                   const struct rule *later)
{
    if (!covers_methods(p->methods, later))
        return false;
    return early->path == NULL ||
           (later->path != NULL && glob_covers(early->path, later->path));
}

#define COVER_WORK 4000000u /* comparisons: a huge file is not compared all with all */

static void check_reach(struct loader *l, const struct scenario *s)
{
    uint32_t work = 0;

    for (uint32_t i = 0; i < s->n_rules && work < COVER_WORK; i++) {
        const struct rule *early = &s->rules[i];
        struct plain p = plain_of(early);
        if (!p.is_plain || early->times > 0)
            continue;
        /* A literal path hides only its equal; those stand in one list of the index. */
        bool is_wide = early->path == NULL || !glob_is_literal(early->path);
        for (uint32_t k = i + 1; k < s->n_rules && work < COVER_WORK; k++, work++) {
            const struct rule *later = &s->rules[k];
            if (!is_wide && later->path != NULL &&
                !slice_is(glob_text(early->path), glob_text(later->path)))
                continue;
            if (covers(early, &p, later))
                complain_at(
                    l->why, later->node,
                    "this rule never speaks: \"%.*s\" on line %u always does before it",
                    SLICE_ARGS(early->name), early->node->line);
        }
    }
}

/* ---- states and claims ---- */

static bool is_reached(const struct scenario *s, struct slice state)
{
    if (slice_is(s->first_state, state))
        return true;
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_replies; k++)
            if (slice_is(s->rules[i].replies[k].go_to, state))
                return true;
    return s->otherwise != NULL && slice_is(s->otherwise->go_to, state);
}

static void check_state(struct loader *l, const struct scenario *s,
                        const struct condition *c)
{
    for (uint32_t k = 0; k < c->n_words; k++)
        if (!is_reached(s, c->words[k]))
            complain_at(l->why, c->node,
                        "no `goto` leads to the state \"%.*s\", and \"%.*s\" is the first",
                        SLICE_ARGS(c->words[k]), SLICE_ARGS(s->first_state));
}

/* As deep as a document is. */
static void check_states_of(struct loader *l, const struct scenario *s,
                            const struct condition *c)
{
    for (; c != NULL; c = c->next) {
        if (c->kind == CONDITION_STATE)
            check_state(l, s, c);
        check_states_of(l, s, c->inner);
    }
}

static void check_states(struct loader *l, const struct scenario *s)
{
    for (uint32_t i = 0; i < s->n_rules; i++)
        check_states_of(l, s, s->rules[i].conditions);
}

static bool asks_for_session(const struct condition *c)
{
    for (; c != NULL; c = c->next)
        if (c->kind == CONDITION_SESSION || asks_for_session(c->inner))
            return true;
    return false;
}

static bool needs_session(const struct rule *r)
{
    if (asks_for_session(r->conditions))
        return true;
    for (uint32_t k = 0; k < r->n_replies; k++)
        if (r->replies[k].session != SESSION_ACT_NONE)
            return true;
    return false;
}

#define NO_SESSION \
    "speaks of sessions, and the scenario has none: say session: {cookie: NAME}"

static void check_sessions(struct loader *l, const struct scenario *s)
{
    if (s->session.cookie.len > 0)
        return;
    for (uint32_t i = 0; i < s->n_rules; i++)
        if (needs_session(&s->rules[i]))
            complain_at(l->why, s->rules[i].node, "this rule " NO_SESSION);
    if (s->otherwise != NULL && s->otherwise->session != SESSION_ACT_NONE)
        complain_at(l->why, s->otherwise->node, "`otherwise` " NO_SESSION);
}

static void check_claims(struct loader *l, const struct scenario *s)
{
    struct slice *names = mem_alloc((s->n_rules + 1u) * sizeof(*names));

    if (names == NULL) {
        complain_at(l->why, s->node, "out of memory");
        return;
    }
    for (uint32_t i = 0; i < s->n_rules; i++)
        names[i] = s->rules[i].name;
    claims_check(l->why, s->claims, s->n_claims, names, s->n_rules);
    mem_free(names);
}

void check_rules(struct loader *l, struct scenario *s)
{
    check_names(l, s);
    check_reach(l, s);
    check_states(l, s);
    check_sessions(l, s);
    check_claims(l, s);
}
