/* SPDX-License-Identifier: MIT */
/* Does a condition hold? */
#include "scene.h"

static bool has_word(const struct condition *c, struct slice word)
{
    for (uint32_t i = 0; i < c->n_words; i++)
        if (slice_is(c->words[i], word))
            return true;
    return false;
}

/* ---- where the request wants to go ---- */

static struct slice host_of(const struct http_request *req, uint16_t *port)
{
    struct slice host = NO_SLICE;
    bool is_ipv6;

    if (req->target.authority.len > 0) {
        *port = req->target.port != 0 ? req->target.port
                                      : http_default_port(req->target.scheme);
        return req->target.host;
    }
    if (req->host.at == NULL ||
        http_split_authority(req->host, &host, port, &is_ipv6) != NULL)
        return SLICE("");
    if (*port == 0)
        *port = 80;
    return host;
}

#define LONGEST_NAME 255u /* of a host, RFC 1035 §2.3.4 */

static bool host_fits(const struct glob *g, struct slice host)
{
    char name[LONGEST_NAME];

    if (host.len > sizeof(name))
        return false;
    for (size_t i = 0; i < host.len; i++)
        name[i] = octet_lower(host.at[i]);
    return glob_fits(g, (struct slice){name, host.len}, NULL, NULL);
}

static bool site_fits(const struct site *s, const struct http_request *req)
{
    struct slice scheme = req->target.scheme.len > 0 ? req->target.scheme : SLICE("http");
    uint16_t port = 0;
    struct slice host = host_of(req, &port);

    if (s->scheme.len > 0 &&
        (req->target.form == FORM_AUTHORITY || !slice_is_nocase(s->scheme, scheme)))
        return false;
    if (s->host != NULL && !host_fits(s->host, host))
        return false;
    return s->port == 0 || s->port == port;
}

static bool path_fits(struct scene *sc, const struct condition *c)
{
    struct slice path = request_path(sc->facts->request);
    bool is_rules = sc->rule != NULL && c->path == sc->rule->path;

    if (path.len == 0)
        return false;
    if (!is_rules)
        return glob_fits(c->path, path, NULL, NULL);
    return glob_fits(c->path, path, sc->captures, &sc->n_captures);
}

/* ---- named values ---- */

static bool header_fits(const struct condition *c, const struct http_request *req)
{
    bool is_there = false;

    for (uint32_t i = 0; i < req->fields.n; i++) {
        if (!slice_is_nocase(req->fields.at[i].name, c->name))
            continue;
        is_there = true;
        if (pattern_fits(c->pattern, req->fields.at[i].value, true))
            return true;
    }
    return !is_there && pattern_fits(c->pattern, SLICE(""), false);
}

static bool value_fits(const struct condition *c, struct slice value)
{
    bool is_there = value.at != NULL;

    return pattern_fits(c->pattern, is_there ? value : SLICE(""), is_there);
}

/* A name may come several times: one value that fits will do. */
static bool pairs_fit(const struct scene *sc, const struct condition *c, struct slice pairs)
{
    bool is_there = false, fits = false;
    struct arena decoded; /* of its own: a stranger's pairs are not kept for each rule */
    struct slice value;

    arena_init(&decoded, sc->arena->shelf);
    while (!fits && pairs_next(&pairs, c->name, &decoded, &value)) {
        is_there = true;
        fits = pattern_fits(c->pattern, value, true);
    }
    arena_clear(&decoded);
    return is_there ? fits : pattern_fits(c->pattern, SLICE(""), false);
}

static struct slice version_of(const struct http_request *req)
{
    return req->minor == 0 ? SLICE("1.0") : SLICE("1.1");
}

static struct slice state_of(const struct scene *sc)
{
    return sc->keyed == NULL || sc->keyed->state.len == 0 ? sc->run->scenario->first_state
                                                          : sc->keyed->state;
}

/* ---- not, any, all: a file's levels bound how deep ---- */

static bool all_hold(struct scene *sc, const struct condition *c)
{
    for (; c != NULL; c = c->next)
        if (!condition_holds(sc, c))
            return false;
    return true;
}

static bool any_holds(struct scene *sc, const struct condition *c)
{
    for (; c != NULL; c = c->next)
        if (condition_holds(sc, c))
            return true;
    return false;
}

bool condition_holds(struct scene *sc, const struct condition *c)
{
    const struct facts *f = sc->facts;
    const struct http_request *req = f->request;

    switch (c->kind) {
    case CONDITION_METHOD:
        return has_word(c, req->method_name);
    case CONDITION_PATH:
        return path_fits(sc, c);
    case CONDITION_SITE:
        return site_fits(&c->site, req);
    case CONDITION_HEADER:
        return header_fits(c, req);
    case CONDITION_QUERY:
        return pairs_fit(sc, c, req->target.query);
    case CONDITION_COOKIE:
        return value_fits(c, request_cookie(req, c->name));
    case CONDITION_FORM:
        return pairs_fit(sc, c, request_form(f));
    case CONDITION_JSON:
        return value_fits(c, request_json(sc, c->name));
    case CONDITION_BODY:
        return value_fits(c, f->body.len > 0 ? f->body : NO_SLICE);
    case CONDITION_VERSION:
        return value_fits(c, version_of(req));
    case CONDITION_CONNECTION:
        return (f->nth_on_connection <= 1) == (c->choice == 1);
    case CONDITION_ON_CONNECTION:
        return range_holds(&c->range, f->nth_on_connection);
    case CONDITION_CLIENT:
        return value_fits(c, f->client);
    case CONDITION_USER:
        return request_user(sc).len == 0 ? value_fits(c, NO_SLICE)
                                         : value_fits(c, request_user(sc));
    case CONDITION_REQUEST:
        return range_holds(&c->range, f->nth);
    case CONDITION_SINCE:
        return range_holds(&c->range, f->since_ns);
    case CONDITION_STATE:
        return has_word(c, state_of(sc));
    case CONDITION_SESSION:
        return sc->session == c->choice;
    case CONDITION_NOT:
        return !all_hold(sc, c->inner);
    case CONDITION_ANY:
        return any_holds(sc, c->inner);
    case CONDITION_ALL:
        return all_hold(sc, c->inner);
    case CONDITION_NTH:
    case CONDITION_CHANCE:
        break; /* rule_holds(): they count */
    }
    return true;
}

/* ---- a rule ---- */

static bool takes_turns(const struct condition *c)
{
    return c->kind == CONDITION_NTH || c->kind == CONDITION_CHANCE;
}

bool turn_holds(const struct scene *sc, const struct condition *c, uint64_t tried)
{
    if (c->kind == CONDITION_NTH)
        return range_holds(&c->range, tried);
    if (c->kind != CONDITION_CHANCE)
        return true;
    return chance_is(scene_draw(sc, DRAW_CONDITION, tried, 0), c->chance);
}

static bool turns_hold(struct scene *sc, const struct rule *r, const struct condition *c,
                       const struct condition **missed)
{
    struct tally_of *t = keyed_tally(sc->keyed, r->index);

    if (t == NULL) {
        sc->spent = true;
        return false;
    }
    t->tried++;
    for (; c != NULL; c = c->next)
        if (!turn_holds(sc, c, t->tried)) {
            *missed = c;
            return false;
        }
    return r->times == 0 || t->spoken < r->times;
}

bool rule_holds(struct scene *sc, const struct rule *r, const struct condition **missed)
{
    const struct condition *c = r->conditions;

    sc->rule = r;
    sc->n_captures = 0; /* those of a rule before it are not its own */
    *missed = NULL;
    for (; c != NULL && !takes_turns(c); c = c->next)
        if (!condition_holds(sc, c)) {
            *missed = c;
            return false;
        }
    if (c == NULL && r->times == 0)
        return true;
    return turns_hold(sc, r, c, missed);
}
