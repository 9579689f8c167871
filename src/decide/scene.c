/* SPDX-License-Identifier: MIT */
/* What one decision looks at: the key, the session, and what is read of a request only when
 * asked. */
#include "scene.h"

uint64_t scene_draw(const struct scene *sc, enum purpose what, uint64_t ordinal,
                    uint64_t nth)
{
    uint64_t words[] = {what, sc->rule == NULL ? 0 : sc->rule->index, sc->key_hash, ordinal,
                        nth};

    return chance_of(sc->run->root, words, COUNT(words));
}

/* ---- the key ---- */

static struct slice number_text(struct arena *a, uint64_t n)
{
    return arena_printf(a, "%llu", (unsigned long long)n);
}

static struct slice field_value(const struct http_request *req, struct slice name)
{
    const struct http_field *f = req == NULL ? NULL : http_find_name(&req->fields, name);

    return f == NULL ? SLICE("") : f->value;
}

static struct slice key_of(struct scene *sc)
{
    const struct scenario *s = sc->run->scenario;
    const struct http_request *req = sc->facts->request;
    struct slice found;

    switch ((enum key_kind)s->key) {
    case KEY_OF_RUN:
        return SLICE("");
    case KEY_OF_CLIENT:
        return sc->facts->client;
    case KEY_OF_CONNECTION:
        return number_text(sc->arena, sc->facts->connection);
    case KEY_OF_USER:
        return request_user(sc);
    case KEY_OF_HEADER:
        return field_value(req, s->key_name);
    case KEY_OF_COOKIE:
        found = req == NULL ? NO_SLICE : request_cookie(req, s->key_name);
        return found.at == NULL ? SLICE("") : found;
    }
    return SLICE("");
}

#define LONGEST_KEY 200u

/* Long ones are told apart by their digest: what a client sends is not kept whole. */
static struct slice short_key(struct scene *sc, struct slice key)
{
    if (key.len <= LONGEST_KEY)
        return key;
    return arena_printf(sc->arena, "%.*s~%016llx", (int)LONGEST_KEY, key.at,
                        (unsigned long long)chance_of_text(sc->run->root, key));
}

/* ---- the session ---- */

static bool is_expired(const struct session *s, const struct visitor *v, uint64_t now)
{
    return (s->requests > 0 && v->requests >= s->requests) ||
           (s->lasts_ns > 0 && now - v->opened_ns >= s->lasts_ns) ||
           (s->idle_ns > 0 && now - v->last_ns >= s->idle_ns);
}

static void find_session(struct scene *sc)
{
    const struct session *s = &sc->run->scenario->session;
    struct slice id;

    if (sc->run->sessions == NULL || sc->facts->request == NULL)
        return;
    id = request_cookie(sc->facts->request, s->cookie);
    sc->visitor = id.at == NULL ? NULL : drawer_find(sc->run->sessions, id);
    if (sc->visitor == NULL)
        return;
    sc->session =
        is_expired(s, sc->visitor, sc->facts->since_ns) ? SESSION_EXPIRED : SESSION_OPEN;
}

void scene_init(struct scene *sc, struct run *run, const struct facts *facts,
                struct arena *a)
{
    memset(sc, 0, offsetof(struct scene, captures));
    sc->n_captures = sc->n_inserts = 0;
    sc->spent = false;
    sc->run = run;
    sc->facts = facts;
    sc->arena = a;
    sc->key = short_key(sc, key_of(sc));
    if (sc->key.at != NULL) {
        sc->key_hash = chance_of_text(run->root, sc->key);
        sc->keyed = drawer_make(run->keyed, sc->key);
    }
    sc->spent = sc->keyed == NULL;
    find_session(sc);
}

void scene_clear(struct scene *sc)
{
    members_free(sc->json);
    sc->json = NULL;
}
