/* SPDX-License-Identifier: MIT */
/* What only shows when all rules are there: names that clash, rules that never speak,
 * states nobody leads to, claims that never hold. */
#include <stdlib.h>

#include "keys.h"

/* ---- conditions, also those within others; a file's levels bound how deep ---- */

static void visit_conditions(const struct condition *c,
                             void (*visit)(void *arg, const struct condition *c), void *arg)
{
    for (; c != NULL; c = c->next) {
        visit(arg, c);
        visit_conditions(c->inner, visit, arg);
    }
}

static void visit_all(const struct scenario *s,
                      void (*visit)(void *arg, const struct condition *c), void *arg)
{
    for (uint32_t i = 0; i < s->n_rules; i++)
        visit_conditions(s->rules[i].conditions, visit, arg);
}

/* ---- replies, `otherwise` too ---- */

static void visit_replies(const struct scenario *s,
                          void (*visit)(void *arg, const struct reply *r), void *arg)
{
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_replies; k++)
            visit(arg, &s->rules[i].replies[k]);
    if (s->otherwise != NULL)
        visit(arg, s->otherwise);
}

/* ---- names ---- */

static int order_of(struct slice a, struct slice b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int by_name(const void *a, const void *b)
{
    const struct rule *x = *(const struct rule *const *)a;
    const struct rule *y = *(const struct rule *const *)b;
    int order = order_of(x->name, y->name);

    return order != 0 ? order : x->index < y->index ? -1 : 1;
}

static void *take_room(struct loader *l, const struct scenario *s, size_t n, size_t size)
{
    void *p = mem_alloc((n + 1) * size);

    if (p == NULL)
        complain_at(l->why, s->node, "out of memory");
    return p;
}

/* Two rules of one name cannot be told apart by expectations. */
static void check_names(struct loader *l, const struct scenario *s)
{
    const struct rule **all = take_room(l, s, s->n_rules, sizeof(*all));

    if (all == NULL)
        return;
    for (uint32_t i = 0; i < s->n_rules; i++)
        all[i] = &s->rules[i];
    qsort(all, s->n_rules, sizeof(*all), by_name);
    for (uint32_t i = 1; i < s->n_rules; i++)
        if (slice_is(all[i - 1]->name, all[i]->name))
            complain_at(l->why, all[i]->node,
                        "two rules are called \"%.*s\"; the first is on line %u",
                        SLICE_ARGS(all[i]->name), all[i - 1]->node->line);
    mem_free(all);
}

/* ---- states ---- */

struct states { /* that a reply leads to, sorted */
    struct slice *at;
    size_t n;
    struct loader *l;
    const struct scenario *s;
};

static int by_text(const void *a, const void *b)
{
    return order_of(*(const struct slice *)a, *(const struct slice *)b);
}

static void count_reply(void *arg, const struct reply *r)
{
    (void)r;
    ++*(size_t *)arg;
}

static void note_state(void *arg, const struct reply *r)
{
    struct states *led = arg;

    if (r->go_to.len > 0)
        led->at[led->n++] = r->go_to;
}

static void check_state(void *arg, const struct condition *c)
{
    const struct states *led = arg;

    for (uint32_t i = 0; c->kind == CONDITION_STATE && i < c->n_words; i++)
        if (bsearch(&c->words[i], led->at, led->n, sizeof(*led->at), by_text) == NULL)
            complain_at(led->l->why, c->node,
                        "no `goto` leads to the state \"%.*s\", and \"%.*s\" is the first",
                        SLICE_ARGS(c->words[i]), SLICE_ARGS(led->s->first_state));
}

static void check_states(struct loader *l, const struct scenario *s)
{
    struct states led = {.l = l, .s = s};
    size_t most = 1;

    visit_replies(s, count_reply, &most);
    led.at = take_room(l, s, most, sizeof(*led.at));
    if (led.at == NULL)
        return;
    led.at[led.n++] = s->first_state;
    visit_replies(s, note_state, &led);
    qsort(led.at, led.n, sizeof(*led.at), by_text);
    visit_all(s, check_state, &led);
    mem_free(led.at);
}

/* ---- sessions ---- */

static void complain_session(struct loader *l, const struct node *at)
{
    complain_at(l->why, at,
                "this speaks of sessions, and the scenario has none: say session: "
                "{cookie: NAME}");
}

static void check_session(void *arg, const struct condition *c)
{
    if (c->kind == CONDITION_SESSION)
        complain_session(arg, c->node);
}

static void check_act(void *arg, const struct reply *r)
{
    if (r->session != SESSION_ACT_NONE)
        complain_session(arg, r->node);
}

static void check_sessions(struct loader *l, const struct scenario *s)
{
    if (s->session.cookie.len > 0)
        return;
    visit_all(s, check_session, l);
    visit_replies(s, check_act, l);
}

/* ---- variables: a key keeps so many ---- */

static void count_variables(void *arg, const struct reply *r)
{
    *(size_t *)arg += r->set.n;
}

static void note_variables(void *arg, const struct reply *r)
{
    const struct assignment *all = r->set.at;
    struct states *names = arg;

    for (uint32_t i = 0; i < r->set.n; i++)
        names->at[names->n++] = all[i].name;
}

static void check_variables(struct loader *l, const struct scenario *s)
{
    struct states names = {0};
    size_t most = 0, different = 0;

    visit_replies(s, count_variables, &most);
    if (most <= SCENARIO_VARIABLES)
        return;
    names.at = take_room(l, s, most, sizeof(*names.at));
    if (names.at == NULL)
        return;
    visit_replies(s, note_variables, &names);
    qsort(names.at, names.n, sizeof(*names.at), by_text);
    for (size_t i = 0; i < names.n; i++)
        different += i == 0 || !slice_is(names.at[i - 1], names.at[i]);
    if (different > SCENARIO_VARIABLES)
        complain_at(l->why, s->node, "a scenario has %u variables at most, not %zu",
                    SCENARIO_VARIABLES, different);
    mem_free(names.at);
}

/* ---- claims ---- */

void check_claims(struct loader *l, const struct scenario *s)
{
    struct slice *names = take_room(l, s, s->n_rules, sizeof(*names));

    if (names == NULL)
        return;
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
    check_variables(l, s);
    check_claims(l, s);
}
