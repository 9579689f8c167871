/* SPDX-License-Identifier: MIT */
/* Conditions: the keys of `match` and `when`. */
#include "keys.h"

/* Costly ones last, in the order of enum condition_kind; equals in the order written. */
void condition_add(struct condition **chain, struct condition *c)
{
    while (*chain != NULL && (*chain)->kind <= c->kind)
        chain = &(*chain)->next;
    c->next = *chain;
    *chain = c;
}

#define MOST_CONDITIONS 256u /* side by side */

static bool has_room(struct loader *l, const struct node *n, const struct condition *c)
{
    uint32_t others = 0;

    for (; c != NULL; c = c->next)
        others++;
    return others < MOST_CONDITIONS ||
           complain_at(l->why, n,
                       "more than %u conditions: ask for less, or say it in a pattern",
                       MOST_CONDITIONS);
}

struct condition *condition_new(struct loader *l, const struct node *n, void *into,
                                enum condition_kind kind)
{
    struct condition *c = NULL;

    if (has_room(l, n, *(struct condition **)into))
        c = loader_new(l, n, sizeof(*c));
    if (c == NULL)
        return NULL;
    c->kind = kind;
    c->node = n;
    condition_add(into, c);
    return c;
}

/* ---- named values ---- */

static bool add_named(struct loader *l, const struct node *n, const char *what, void *into,
                      enum condition_kind kind)
{
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, what, "a map from names to values");
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        struct condition *c = condition_new(l, m, into, kind);
        if (c == NULL)
            return false;
        c->name = m->key->text;
        if (kind == CONDITION_HEADER && !http_is_token(c->name))
            ok = complain_at(l->why, m->key, "\"%.*s\" is no field name (RFC 9110 §5.1)",
                             SLICE_ARGS(c->name));
        ok &= shape_load(l, &shape_pattern, m, &c->pattern);
    }
    return ok;
}

static bool match_header(struct loader *l, const struct node *n, void *into)
{
    return add_named(l, n, "header", into, CONDITION_HEADER);
}

static bool match_query(struct loader *l, const struct node *n, void *into)
{
    return add_named(l, n, "query", into, CONDITION_QUERY);
}

static bool match_cookie(struct loader *l, const struct node *n, void *into)
{
    return add_named(l, n, "cookie", into, CONDITION_COOKIE);
}

static bool match_form(struct loader *l, const struct node *n, void *into)
{
    loading_of(l)->scenario->looks_at_body = true;
    return add_named(l, n, "form", into, CONDITION_FORM);
}

static bool match_json(struct loader *l, const struct node *n, void *into)
{
    loading_of(l)->scenario->looks_at_body = true;
    return add_named(l, n, "json", into, CONDITION_JSON);
}

static bool add_patterned(struct loader *l, const struct node *n, void *into,
                          enum condition_kind kind)
{
    struct condition *c = condition_new(l, n, into, kind);

    return c != NULL && shape_load(l, &shape_pattern, n, &c->pattern);
}

static bool match_body(struct loader *l, const struct node *n, void *into)
{
    loading_of(l)->scenario->looks_at_body = true;
    return add_patterned(l, n, into, CONDITION_BODY);
}

static bool match_version(struct loader *l, const struct node *n, void *into)
{
    return add_patterned(l, n, into, CONDITION_VERSION);
}

static bool match_client(struct loader *l, const struct node *n, void *into)
{
    return add_patterned(l, n, into, CONDITION_CLIENT);
}

static bool match_user(struct loader *l, const struct node *n, void *into)
{
    return add_patterned(l, n, into, CONDITION_USER);
}

/* ---- words and ranges ---- */

static bool add_choice(struct loader *l, const struct node *n, void *into,
                       enum condition_kind kind, const char *what,
                       const char *const *choices)
{
    struct condition *c = condition_new(l, n, into, kind);
    struct key k = {.name = what,
                    .type = KEY_CHOICE,
                    .choices = choices,
                    .at = offsetof(struct condition, choice)};

    return c != NULL && key_load(l, &k, n, c);
}

static const char *const connections[] = {"reused", "new", NULL};
static const char *const sessions[] = {"none", "open", "expired", NULL};

static bool match_connection(struct loader *l, const struct node *n, void *into)
{
    return add_choice(l, n, into, CONDITION_CONNECTION, "connection", connections);
}

static bool match_session(struct loader *l, const struct node *n, void *into)
{
    return add_choice(l, n, into, CONDITION_SESSION, "session", sessions);
}

static bool match_state(struct loader *l, const struct node *n, void *into)
{
    struct condition *c = condition_new(l, n, into, CONDITION_STATE);

    return c != NULL && value_words(l, n, "state", &c->words, &c->n_words);
}

static bool add_range(struct loader *l, const struct node *n, void *into,
                      enum condition_kind kind, enum key_type type, const char *what)
{
    struct condition *c = condition_new(l, n, into, kind);

    if (c == NULL || !value_range(l, n, type, what, &c->range))
        return false;
    return type != KEY_COUNT || c->range.most > 0 || c->range.is_not ||
           complain_at(l->why, n, "%s is counted from 1: never is it 0", what);
}

static bool match_on_connection(struct loader *l, const struct node *n, void *into)
{
    return add_range(l, n, into, CONDITION_ON_CONNECTION, KEY_COUNT, "on-connection");
}

static bool match_nth(struct loader *l, const struct node *n, void *into)
{
    return add_range(l, n, into, CONDITION_NTH, KEY_COUNT, "nth");
}

static bool match_request(struct loader *l, const struct node *n, void *into)
{
    return add_range(l, n, into, CONDITION_REQUEST, KEY_COUNT, "request");
}

static bool match_since(struct loader *l, const struct node *n, void *into)
{
    return add_range(l, n, into, CONDITION_SINCE, KEY_DURATION, "since");
}

static bool match_chance(struct loader *l, const struct node *n, void *into)
{
    struct condition *c = condition_new(l, n, into, CONDITION_CHANCE);

    return c != NULL && take_scalar(l, KEY_CHANCE, n, "chance", &c->chance);
}

/* ---- not, any, all ---- */

static bool has_turn_taking(const struct condition *c)
{
    for (; c != NULL; c = c->next)
        if (c->kind == CONDITION_NTH || c->kind == CONDITION_CHANCE)
            return true;
    return false;
}

static bool add_inner(struct loader *l, const struct node *n, void *into,
                      enum condition_kind kind)
{
    struct condition *c = condition_new(l, n, into, kind);

    if (c == NULL || !shape_load(l, &shape_match, n, &c->inner))
        return false;
    return !has_turn_taking(c->inner) ||
           complain_at(l->why, n,
                       "nth and chance count whole rules: they cannot stand within "
                       "not, any or all");
}

static bool match_not(struct loader *l, const struct node *n, void *into)
{
    return add_inner(l, n, into, CONDITION_NOT);
}

static bool match_any(struct loader *l, const struct node *n, void *into)
{
    struct condition *c = condition_new(l, n, into, CONDITION_ANY);
    bool ok = c != NULL;

    if (n->kind != NODE_LIST || n->n == 0)
        return complain_kind(l, n, "any", "a list of matches");
    for (const struct node *m = n->first; ok && m != NULL; m = m->next)
        ok = add_inner(l, m, &c->inner, CONDITION_ALL);
    return ok;
}

static bool match_all(struct loader *l, const struct node *n, void *into)
{
    bool ok = true;

    if (n->kind != NODE_LIST)
        return complain_kind(l, n, "all", "a list of matches");
    for (const struct node *m = n->first; ok && m != NULL; m = m->next)
        ok = add_inner(l, m, into, CONDITION_ALL);
    return ok;
}

/* clang-format off */
#define SINCE .since = "0.2"
static const struct key keys[] = {
    {.name = "method", .type = KEY_OWN, .form = "a method, GET|POST, a list, or any", .help = "the request's method", SINCE, .take = where_method},
    {.name = "path", .type = KEY_OWN, .form = "a path: `*` is anything within a segment, `**` across them, `{name}` a segment to remember", .help = "the path of the target, without its query", SINCE, .take = where_path},
    {.name = "url", .type = KEY_OWN, .form = "http://host:port/path, host:port or a path; each part may hold `*`", .help = "where the request wants to go", SINCE, .take = where_url},
    {.name = "host", .type = KEY_OWN, .form = "host or host:port; `*` is any part of it", .help = "the host of the target, or else that of Host", SINCE, .take = where_host},
    {.name = "header", .type = KEY_NAMED, .shape = &shape_pattern, .help = "fields of the request; where one comes several times, any of them will do", SINCE, .take = match_header},
    {.name = "query", .type = KEY_NAMED, .shape = &shape_pattern, .help = "parameters of the query, decoded", SINCE, .take = match_query},
    {.name = "cookie", .type = KEY_NAMED, .shape = &shape_pattern, .help = "cookies of the request", SINCE, .take = match_cookie},
    {.name = "form", .type = KEY_NAMED, .shape = &shape_pattern, .help = "fields of an application/x-www-form-urlencoded body", SINCE, .take = match_form},
    {.name = "json", .type = KEY_NAMED, .shape = &shape_pattern, .help = "members of a JSON body, by path: items.0.id", SINCE, .take = match_json},
    {.name = "body", .type = KEY_SHAPE, .shape = &shape_pattern, .help = "the body as a text", SINCE, .take = match_body},
    {.name = "version", .type = KEY_SHAPE, .shape = &shape_pattern, .help = "the protocol's version: 1.0 or 1.1", SINCE, .take = match_version},
    {.name = "connection", .type = KEY_CHOICE, .choices = connections, .help = "whether other requests came on its connection before", SINCE, .take = match_connection},
    {.name = "on-connection", .type = KEY_OWN, .form = "a number or a range: 2.. or 1", .help = "which request on its connection it is, counted from 1", SINCE, .take = match_on_connection},
    {.name = "client", .type = KEY_SHAPE, .shape = &shape_pattern, .help = "the client's address", SINCE, .take = match_client},
    {.name = "user", .type = KEY_SHAPE, .shape = &shape_pattern, .help = "the user name given to the proxy", SINCE, .take = match_user},
    {.name = "request", .type = KEY_OWN, .form = "a number or a range: ..10 or 1", .help = "which request of the run it is, counted from 1", SINCE, .take = match_request},
    {.name = "since", .type = KEY_OWN, .form = "a range of durations: 2s.. or 0s..500ms", .help = "how long the run has lasted", SINCE, .take = match_since},
    {.name = "state", .type = KEY_OWN, .form = "a state's name, or a list of them", .help = "the state that `goto` led to; at first what `state` of the scenario says", SINCE, .take = match_state},
    {.name = "session", .type = KEY_CHOICE, .choices = sessions, .help = "the session that the request's cookie names", SINCE, .take = match_session},
    {.name = "nth", .type = KEY_OWN, .form = "a number or a range: ..3 or 2", .help = "which time it is that all else in this rule fits, counted from 1", SINCE, .take = match_nth},
    {.name = "chance", .type = KEY_CHANCE, .help = "how likely the rule speaks when all else fits", SINCE, .take = match_chance},
    {.name = "not", .type = KEY_SHAPE, .shape = &shape_match, .help = "these do not all hold", SINCE, .take = match_not},
    {.name = "any", .type = KEY_LIST, .shape = &shape_match, .help = "at least one of these holds", SINCE, .take = match_any},
    {.name = "all", .type = KEY_LIST, .shape = &shape_match, .help = "every one of these holds", SINCE, .take = match_all},
};
/* clang-format on */

const struct shape shape_match = {
    .name = "match",
    .help = "which requests: all that is said must hold",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct condition *),
    .short_form =
        "METHOD and path or URL: GET /pay, PUT|POST /api/{id}, any **, CONNECT *:443",
    .take_short = where_short,
};
