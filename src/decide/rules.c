/* SPDX-License-Identifier: MIT */
/* Which rule speaks, which of its replies, and what is said where none does. */
#include "play.h"

/* ---- finding ---- */

static bool try_rule(void *arg, const struct rule *r)
{
    struct scene *sc = arg;
    const struct condition *missed;

    return sc->spent || rule_holds(sc, r, &missed);
}

const struct rule *rules_find(struct scene *sc)
{
    const struct scenario *s = sc->run->scenario;
    const struct rule *r;

    r = rule_index_find(s->index, request_path(sc->facts->request), try_rule, sc);
    sc->rule = r;
    return sc->spent ? NULL : r;
}

/* ---- choosing among its replies ---- */

static const struct reply *draw_reply(const struct scene *sc, const struct rule *r)
{
    uint64_t total = 0, drawn;

    for (uint32_t i = 0; i < r->n_replies; i++)
        total += r->replies[i].weight;
    drawn = chance_between(scene_draw(sc, DRAW_CHOICE, sc->attempt, 0), 1, total);
    for (uint32_t i = 0; i < r->n_replies; i++) {
        if (drawn <= r->replies[i].weight)
            return &r->replies[i];
        drawn -= r->replies[i].weight;
    }
    return &r->replies[r->n_replies - 1];
}

static const struct reply *choose_reply(const struct scene *sc, const struct rule *r)
{
    uint64_t turn = sc->attempt - 1;

    if (r->is_choice)
        return draw_reply(sc, r);
    if (r->then == THEN_CYCLE)
        return &r->replies[turn % r->n_replies];
    return &r->replies[turn < r->n_replies ? turn : r->n_replies - 1];
}

/* ---- where no rule speaks ---- */

struct nearness {
    struct scene *sc;
    const struct rule *rule;
    const struct condition *missed;
    uint32_t held, looked_at;
};

#define MOST_LOOKED_AT 1000u /* conditions: what no rule matches may cost no more */

/* What all but the turn-takers hold for, and still does not speak: it is not its turn. */
static const struct condition *missed_turn(struct scene *sc, const struct rule *r)
{
    const struct tally_of *t = keyed_tally(sc->keyed, r->index);
    const struct condition *c = r->conditions;

    if (t == NULL || (r->times > 0 && t->spoken >= r->times))
        return NULL;
    while (c != NULL && turn_holds(sc, c, t->tried))
        c = c->next;
    return c;
}

static void look_nearer(struct nearness *n, const struct rule *r)
{
    const struct condition *missed = NULL;
    uint32_t held = 0;

    n->sc->rule = r;
    for (const struct condition *c = r->conditions; c != NULL; c = c->next) {
        if (condition_holds(n->sc, c))
            held += c->kind == CONDITION_PATH ? 3 : 1; /* the path is what people look at */
        else if (missed == NULL)
            missed = c;
        n->looked_at++;
    }
    if (n->rule != NULL && held <= n->held)
        return;
    n->rule = r;
    n->missed = missed == NULL ? missed_turn(n->sc, r) : missed;
    n->held = held;
}

static void find_nearest(struct nearness *n)
{
    const struct scenario *s = n->sc->run->scenario;

    for (uint32_t i = 0; i < s->n_rules && n->looked_at < MOST_LOOKED_AT; i++)
        look_nearer(n, &s->rules[i]);
    n->sc->rule = NULL;
}

static struct slice say_nearest(struct scene *sc, const struct nearness *n)
{
    char missed[256];

    if (n->rule == NULL)
        return SLICE("The scenario has no rules.");
    if (n->missed == NULL)
        return arena_printf(sc->arena,
                            "The nearest rule is \"%.*s\"; it has spoken %llu times, as "
                            "often as it may.",
                            SLICE_ARGS(n->rule->name), (unsigned long long)n->rule->times);
    condition_print(n->missed, missed, sizeof(missed));
    return arena_printf(sc->arena, "The nearest rule is \"%.*s\"; what missed is: %s.",
                        SLICE_ARGS(n->rule->name), missed);
}

static void speak_unmatched(struct scene *sc, struct plan *p)
{
    const struct http_request *req = sc->facts->request;
    struct nearness near = {.sc = sc};
    struct page page = {.title = SLICE("404 no rule speaks of this request")};

    find_nearest(&near);
    page.lines[0] = arena_printf(sc->arena, "%.*s %.*s", SLICE_ARGS(req->method_name),
                                 SLICE_ARGS(req->raw_target));
    page.lines[1] = say_nearest(sc, &near);
    page.lines[2] = SLICE("Add a rule, or say in the scenario what to do `otherwise`.");
    p->rule = SLICE("unmatched");
    p->ending = ENDING_UNMATCHED;
    speak_page(p, sc->facts, 404, &page, "", END_KEEP);
}

/* ---- speaking ---- */

/* Each request that brings an open session uses it. */
static void count_visit(struct scene *sc)
{
    if (sc->session != SESSION_OPEN)
        return;
    sc->visitor->requests++;
    sc->visitor->last_ns = sc->facts->since_ns;
}

/* The nth time that it speaks, and its faults; what stands in the plan already stays. */
static void speak_reply(struct scene *sc, struct plan *p, const struct reply *reply)
{
    struct step *before = p->last;

    p->reply = reply;
    p->drawn = scene_draw(sc, DRAW_FAULT, sc->attempt, 0);
    reply_perform(sc, p, reply);
    faults_apply(sc->run, p, sc->facts, reply, before);
}

static void speak_rule(struct scene *sc, struct plan *p, const struct rule *r)
{
    struct tally_of *t = keyed_tally(sc->keyed, r->index);

    if (t == NULL) {
        p->spent = true;
        return;
    }
    p->attempt = sc->attempt = ++t->spoken;
    count_visit(sc);
    p->rule_index = r->index;
    p->match = ++sc->run->matches[r->index - 1];
    speak_reply(sc, p, choose_reply(sc, r));
    p->rule = r->name;
}

static void speak_otherwise(struct scene *sc, struct plan *p)
{
    struct tally_of *t = keyed_tally(sc->keyed, NO_RULE);

    if (t == NULL) {
        p->spent = true;
        return;
    }
    p->attempt = sc->attempt = ++t->spoken;
    speak_reply(sc, p, sc->run->scenario->otherwise);
    p->rule = SLICE("otherwise");
}

void play_request(struct plan *p, struct run *run, const struct facts *facts)
{
    struct scene sc;
    const struct rule *r;

    scene_init(&sc, run, facts, p->arena);
    r = sc.spent ? NULL : rules_find(&sc);
    if (sc.spent)
        p->spent = true;
    else if (r != NULL)
        speak_rule(&sc, p, r);
    else if (run->scenario->otherwise != NULL)
        speak_otherwise(&sc, p);
    else
        speak_unmatched(&sc, p);
    p->spent |= sc.spent;
    scene_clear(&sc);
}

/* ---- what comes back ---- */

#define OF_RESPONSES 0x10000u /* inserts of a request's edits stay below */

/* What the path held when the rule was found. */
static void catch_path(struct scene *sc)
{
    const struct rule *r = sc->rule;

    if (r != NULL && r->path != NULL)
        glob_fits(r->path, request_path(sc->facts->request), sc->captures, &sc->n_captures);
}

void play_response(struct plan *p, struct run *run, const struct facts *facts)
{
    const struct reply *r = p->reply;
    struct step *before = p->last;
    struct scene sc;

    forward_response(p, &run->setting, facts);
    if (p->spent || r == NULL || facts->response->status < 200) {
        if (p->rule.len == 0)
            p->rule = SLICE("relay");
        return;
    }
    scene_init(&sc, run, facts, p->arena);
    sc.rule = p->rule_index == 0 ? NULL : &run->scenario->rules[p->rule_index - 1];
    sc.attempt = p->attempt;
    sc.n_inserts = OF_RESPONSES;
    catch_path(&sc);
    if (!sc.spent)
        pass_response(&sc, p, r);
    p->spent |= sc.spent;
    scene_clear(&sc);
    if (!p->spent)
        faults_apply(run, p, facts, r, before);
}

/* ---- connections ---- */

void play_accept(struct plan *p, struct run *run, const struct facts *facts)
{
    const struct greeting *all = run->scenario->greetings.at;

    p->rule = SLICE("accept");
    for (uint32_t i = 0; i < run->scenario->greetings.n; i++) {
        uint64_t words[] = {DRAW_ACCEPT, facts->connection, i};
        if (!range_holds(&all[i].nth, facts->connection))
            continue;
        (void)fault_apply(p, &all[i].fault, chance_of(run->root, words, COUNT(words)));
        if (p->first != NULL)
            return;
    }
    if (p->first == NULL)
        plan_add_end(p, END_KEEP);
}
