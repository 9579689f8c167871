/* SPDX-License-Identifier: MIT */
/* Credentials, before anything else is decided. */
#include "play.h"

/*
 * A number that no other exchange has, and that does not hang on what other clients do
 * meanwhile: of the key, and how often it was judged.
 */
static uint64_t ordinal_of(struct plan *p, struct run *run, const struct facts *f)
{
    struct scene sc;
    struct tally_of *t;
    uint64_t n = f->nth;

    scene_init(&sc, run, f, p->arena);
    t = sc.spent ? NULL : keyed_tally(sc.keyed, GUARD_RULE);
    if (t != NULL)
        n = scene_draw(&sc, DRAW_GUARD, ++t->tried, 0);
    p->spent |= t == NULL;
    scene_clear(&sc);
    return n;
}

static struct auth_request auth_request_of(struct plan *p, struct run *run,
                                           const struct facts *f, enum auth_side side)
{
    return (struct auth_request){.side = side,
                                 .request = f->request,
                                 .scheme =
                                     f->inside.len > 0 ? SLICE("https") : SLICE("http"),
                                 .body = f->body,
                                 .now_ns = f->since_ns,
                                 .seed = run->root,
                                 .ordinal = ordinal_of(p, run, f)};
}

/* A status of ours with a challenge for each scheme. */
static void speak_challenge(struct plan *p, const struct facts *facts, enum auth_side side,
                            const struct auth_challenges *all)
{
    struct slice name = auth_fields(side)->challenge;
    struct answer ans;
    struct complaint why;
    bool ok = answer_parse(side == AUTH_PROXY ? SLICE("407") : SLICE("401"), &ans, &why);

    assert(ok);
    ans.without = arena_alloc(p->arena, sizeof(*ans.without));
    ans.added.cap = all->n;
    ans.added.at = arena_alloc(p->arena, (all->n + 1) * sizeof(*ans.added.at));
    if (ans.without == NULL || ans.added.at == NULL) {
        p->spent = true;
        return;
    }
    ans.without[ans.n_without++] = name; /* the registry's own example of one */
    for (uint32_t i = 0; i < all->n; i++)
        p->spent |= !http_add(&ans.added, name, all->at[i]);
    p->rule = SLICE("auth");
    speak_answer(p, facts, &ans);
}

static bool challenge(struct plan *p, struct run *run, const struct auth_realm *realm,
                      const struct facts *facts, const struct auth_request *r,
                      const struct auth_outcome *outcome)
{
    struct auth_challenges all;

    if (outcome->result == AUTH_NO_MEMORY ||
        !auth_challenge(realm, &run->auth, r, outcome, p->arena, &all))
        p->spent = true;
    else
        speak_challenge(p, facts, r->side, &all);
    return true;
}

/* (Proxy-)Authentication-Info goes on the final head, whoever makes that. */
static void note_info(struct plan *p, struct run *run, const struct auth_realm *realm,
                      const struct auth_request *r, const struct auth_outcome *outcome)
{
    struct slice value;

    if (!auth_info(realm, &run->auth, r, outcome, NO_SLICE, p->arena, &value))
        p->spent = true;
    else if (value.len > 0)
        p->extra = (struct http_field){.name = auth_fields(r->side)->info, .value = value};
}

static bool stops(struct plan *p, struct run *run, const struct auth_realm *realm,
                  enum auth_side side, const struct facts *facts)
{
    struct auth_request r = auth_request_of(p, run, facts, side);
    struct auth_outcome outcome;

    auth_judge(realm, &run->auth, &r, p->arena, &outcome);
    if (outcome.result == AUTH_NEEDS_BODY && facts->body.at == NULL)
        p->wants_body = true;
    else if (outcome.result != AUTH_OK)
        return challenge(p, run, realm, facts, &r, &outcome);
    if (p->wants_body)
        return true;
    note_info(p, run, realm, &r, &outcome);
    return p->spent;
}

bool guard_stops(struct plan *p, struct run *run, const struct facts *facts)
{
    const struct auth *auth = &run->scenario->auth;
    enum http_form form = facts->request->target.form;
    bool is_proxied = form == FORM_ABSOLUTE || form == FORM_AUTHORITY;

    /* Inside a tunnel the proxy has let it in already. */
    if (auth->proxy != NULL && is_proxied && facts->inside.len == 0 &&
        stops(p, run, auth->proxy, AUTH_PROXY, facts))
        return true;
    return auth->origin != NULL && form != FORM_AUTHORITY &&
           stops(p, run, auth->origin, AUTH_ORIGIN, facts);
}

/* On the final head of whatever plan this has become. */
void guard_credit(struct plan *p)
{
    struct step *s = p->first;

    if (p->extra.name.len == 0 || p->spent)
        return;
    while (s != NULL && s->kind != STEP_HEAD)
        s = s->next;
    if (s == NULL)
        return;
    struct http_fields *f = &s->head.response.fields;
    struct http_field *at = arena_alloc(p->arena, (f->n + 1) * sizeof(*at));
    if (at == NULL) {
        p->spent = true;
        return;
    }
    memcpy(at, f->at, f->n * sizeof(*at));
    *f = (struct http_fields){.at = at, .n = f->n, .cap = f->n + 1};
    plan_add_field(p, f, p->extra.name, p->extra.value);
    p->extra.name = NO_SLICE;
}
