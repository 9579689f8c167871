/* SPDX-License-Identifier: MIT */
/* The top of a document: a scenario. */
#include "keys.h"

static struct scenario *scenario_of(void *into)
{
    return into;
}

/* ---- sessions ---- */

/* "3 requests", "10m" */
static bool take_lasting(struct loader *l, const struct node *n, struct session *s)
{
    struct slice rest, number;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "lasts", "a number of requests or a duration");
    rest = n->text;
    number = slice_cut(&rest, ' ');
    if (rest.at != NULL && slice_to_u64(number, &s->requests) && s->requests > 0 &&
        (slice_is(rest, SLICE("requests")) || slice_is(rest, SLICE("request"))))
        return true;
    return (unit_duration(n->text, &s->lasts_ns) && s->lasts_ns > 0) ||
           complain_at(
               l->why, n,
               "lasts is a number of requests (\"3 requests\") or a duration (10m), not "
               "\"%.*s\"",
               SLICE_ARGS(n->text));
}

static bool session_lasts(struct loader *l, const struct node *n, void *into)
{
    bool ok = true;

    if (n->kind != NODE_LIST)
        return take_lasting(l, n, into);
    for (const struct node *m = n->first; m != NULL; m = m->next)
        ok &= take_lasting(l, m, into);
    return ok;
}

static bool session_cookie(struct loader *l, const struct node *n, void *into)
{
    struct session *s = into;

    return take_scalar(l, KEY_TEXT, n, "cookie", &s->cookie) &&
           (http_is_token(s->cookie) ||
            complain_at(l->why, n, "a cookie's name is a token (RFC 6265 §4.1.1)"));
}

#define SINCE .since = "0.2"

/* clang-format off */
static const struct key session_keys[] = {
    {.name = "cookie", .type = KEY_OWN, .form = "a cookie's name", .help = "the cookie that names a session", SINCE, .take = session_cookie, .is_needed = true},
    {.name = "lasts", .type = KEY_OWN, .form = "a number of requests or a duration, or a list of both: [3 requests, 10m]", .help = "how long a session is good; then it is expired", SINCE, .take = session_lasts},
    {.name = "idle", .type = KEY_DURATION, .help = "how long a session may go unused; then it is expired", SINCE, .at = offsetof(struct session, idle_ns)},
};
/* clang-format on */

const struct shape shape_session = {
    .name = "session",
    .help = "cookie sessions: a reply opens one, conditions ask for it",
    .keys = session_keys,
    .n_keys = COUNT(session_keys),
    .size = sizeof(struct session),
};

/* ---- greetings: what connections meet ---- */

static bool greeting_nth(struct loader *l, const struct node *n, void *into)
{
    return value_range(l, n, KEY_COUNT, "nth", &((struct greeting *)into)->nth);
}

static bool greeting_fault(struct loader *l, const struct node *n, void *into)
{
    struct greeting *g = into;

    if (!shape_load(l, &shape_fault, n, &g->fault))
        return false;
    return g->fault.kind->stage == STAGE_ACCEPT ||
           complain_at(
               l->why, n,
               "%s edits an answer: say it under `faults`; a connection takes faults "
               "such as accept-reset and slow-accept",
               g->fault.kind->name);
}

static void greeting_prepare(struct loader *l, const struct node *n, void *into)
{
    (void)l, (void)n;
    ((struct greeting *)into)->nth = (struct range){.least = 1, .most = UINT64_MAX};
}

/* clang-format off */
static const struct key greeting_keys[] = {
    {.name = "nth", .type = KEY_OWN, .form = "a number or a range: 2.. or 1", .help = "which connections of the run, counted from 1; all of them unless said", SINCE, .take = greeting_nth},
    {.name = "do", .type = KEY_SHAPE, .shape = &shape_fault, .help = "what they meet: slow-accept, accept-close, accept-reset or accept-silence", SINCE, .take = greeting_fault, .is_needed = true},
};
/* clang-format on */

const struct shape shape_greeting = {
    .name = "connections",
    .help = "what a connection meets before it has said anything",
    .keys = greeting_keys,
    .n_keys = COUNT(greeting_keys),
    .size = sizeof(struct greeting),
    .prepare = greeting_prepare,
};

/* ---- the scenario's own keys ---- */

static bool top_as(struct loader *l, const struct node *n, void *into)
{
    struct slice name;
    const char *near;

    if (!take_scalar(l, KEY_TEXT, n, "as", &name))
        return false;
    scenario_of(into)->persona = persona_find(name);
    if (scenario_of(into)->persona != NULL)
        return true;
    near = persona_nearest(name);
    return complain_at(l->why, n, "no persona is called \"%.*s\"%s%s%s", SLICE_ARGS(name),
                       near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                       near == NULL ? "" : "\"?");
}

static bool top_auth(struct loader *l, const struct node *n, void *into)
{
    return shape_load(l, &shape_auth, n, &scenario_of(into)->auth);
}

static const char *const key_words[] = {
    [KEY_OF_RUN] = "run",   [KEY_OF_CLIENT] = "client", [KEY_OF_CONNECTION] = "connection",
    [KEY_OF_USER] = "user", [KEY_OF_HEADER] = "header", [KEY_OF_COOKIE] = "cookie",
};

/* Headers and cookies have a name, a token (RFC 9110 §5.1, RFC 6265 §4.1.1). */
static bool take_key_name(struct loader *l, const struct node *n, struct scenario *s,
                          struct slice name)
{
    const char *word = key_words[s->key];
    bool wants_name = s->key >= KEY_OF_HEADER;

    s->key_name = name;
    if (wants_name && name.len == 0)
        return complain_at(l->why, n, "%s wants a name: key: %s NAME", word, word);
    if (!wants_name && name.len > 0)
        return complain_at(l->why, n, "%s takes no name", word);
    return !wants_name || http_is_token(name) ||
           complain_at(l->why, n, "\"%.*s\" is no name of a %s", SLICE_ARGS(name), word);
}

/* "client", "header x-user" */
static bool top_key(struct loader *l, const struct node *n, void *into)
{
    struct scenario *s = into;
    struct slice rest, word;

    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "key", "a word");
    rest = n->text;
    word = slice_cut(&rest, ' ');
    for (size_t i = 0; i < COUNT(key_words); i++)
        if (slice_is(word, slice_of(key_words[i]))) {
            s->key = (uint8_t)i;
            return take_key_name(l, n, s, slice_trim(rest, " "));
        }
    return complain_at(
        l->why, n,
        "state hangs on run, client, connection, user, header NAME or cookie "
        "NAME, not \"%.*s\"",
        SLICE_ARGS(n->text));
}

static bool top_seed(struct loader *l, const struct node *n, void *into)
{
    scenario_of(into)->has_seed = true;
    return take_scalar(l, KEY_COUNT, n, "seed", &scenario_of(into)->seed);
}

static bool top_upstream(struct loader *l, const struct node *n, void *into)
{
    struct scenario *s = into;

    return value_origin(l, n, &s->upstream, &s->upstream_path);
}

static bool top_otherwise(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = loader_new(l, n, sizeof(*r));

    scenario_of(into)->otherwise = r;
    return r != NULL && shape_load(l, &shape_reply, n, r);
}

/* Rules of its own come before those it includes. */
static bool top_rules(struct loader *l, const struct node *n, void *into)
{
    struct scenario *s = into;
    struct key k = {.name = "rules", .type = KEY_LIST, .shape = &shape_rule};
    struct many rules = {0};
    bool ok;

    if (n->kind != NODE_LIST)
        return complain_kind(l, n, "rules", "a list of rules");
    ok = key_load(l, &k, n, &rules);
    if (rules.at == NULL)
        return ok;
    if (s->n_rules == 0) {
        s->rules = rules.at;
        s->n_rules = rules.n;
        return ok;
    }
    struct rule *all = loader_new(l, n, (s->n_rules + rules.n + 1) * sizeof(*all));
    if (all == NULL)
        return false;
    memcpy(all, s->rules, s->n_rules * sizeof(*all));
    memcpy(all + s->n_rules, rules.at, rules.n * sizeof(*all));
    s->rules = all;
    s->n_rules += rules.n;
    return ok;
}

static bool top_expect(struct loader *l, const struct node *n, void *into)
{
    struct scenario *s = into;
    struct key k = {.name = "expect", .type = KEY_LIST, .shape = &shape_claim};
    struct many claims = {0};
    bool ok = key_load(l, &k, n, &claims);

    s->claims = claims.at;
    s->n_claims = claims.n;
    loading_of(l)->has_claims = ok;
    return ok;
}

static bool top_include(struct loader *l, const struct node *n, void *into)
{
    (void)l, (void)n, (void)into;
    return true; /* after all else: book.c */
}

/* clang-format off */
static const struct key keys[] = {
    {.name = "scenario", .type = KEY_TEXT, .help = "the title: what happens, and what the client should do", SINCE, .at = offsetof(struct scenario, name), .is_needed = true},
    {.name = "about", .type = KEY_TEXT, .help = "more words for the reader", SINCE, .at = offsetof(struct scenario, about)},
    {.name = "rules", .type = KEY_LIST, .shape = &shape_rule, .help = "what to say to which requests, tried from the top", SINCE, .take = top_rules},
    {.name = "otherwise", .type = KEY_SHAPE, .shape = &shape_reply, .help = "what to say where no rule matches; without it such a request fails the run", SINCE, .take = top_otherwise},
    {.name = "expect", .type = KEY_LIST, .shape = &shape_claim, .help = "what the client should do", SINCE, .take = top_expect},
    {.name = "include", .type = KEY_OWN, .form = "a path or a list of paths, from this file's folder", .help = "files with `rules`, which come after these", SINCE, .take = top_include},
    {.name = "as", .type = KEY_OWN, .form = "a name: nginx, cloudflare, iis", .help = "whose heads the answers wear", SINCE, .take = top_as},
    {.name = "upstream", .type = KEY_OWN, .form = "a URL: http://127.0.0.1:3000", .help = "where `pass` leads when the client asks the port itself", SINCE, .take = top_upstream},
    {.name = "session", .type = KEY_SHAPE, .shape = &shape_session, .help = "cookie sessions", SINCE, .at = offsetof(struct scenario, session)},
    {.name = "key", .type = KEY_OWN, .form = "run, client, connection, user, header NAME or cookie NAME", .fallback = "run", .help = "what has states, variables and counts of its own", SINCE, .take = top_key},
    {.name = "state", .type = KEY_TEXT, .fallback = "start", .help = "the state to begin in", SINCE, .at = offsetof(struct scenario, first_state)},
    {.name = "auth", .type = KEY_SHAPE, .shape = &shape_auth, .help = "credentials to ask for, as a proxy or as an origin", SINCE, .take = top_auth},
    {.name = "connections", .type = KEY_LIST, .shape = &shape_greeting, .help = "what connections meet as soon as they are accepted", SINCE, .at = offsetof(struct scenario, greetings)},
    {.name = "faults", .type = KEY_LIST, .shape = &shape_fault, .help = "what goes wrong with every answer", SINCE, .at = offsetof(struct scenario, faults)},
    {.name = "seed", .type = KEY_COUNT, .help = "what chance is counted from; without one it is drawn, and shown", SINCE, .take = top_seed},
    {.name = "time-limit", .type = KEY_DURATION, .least = 1, .most = 86400 * NS_PER_S, .help = "how long the run lasts at most; then it fails", SINCE, .at = offsetof(struct scenario, time_limit)},
    {.name = "allow-no-requests", .type = KEY_FLAG, .fallback = "false", .help = "whether a run in which no request comes may be good", SINCE, .at = offsetof(struct scenario, allow_no_requests)},
};
/* clang-format on */

static void prepare(struct loader *l, const struct node *n, void *into)
{
    struct scenario *s = into;

    loading_of(l)->scenario = s;
    s->node = n;
    s->file = n->source->name;
    s->first_state = SLICE("start");
}

const struct shape shape_scenario = {
    .name = "scenario",
    .help = "what shall happen, and what the client should do about it",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct scenario),
    .prepare = prepare,
};

/* What `include` may bring: rules, and nothing that a scenario has one of. */
/* clang-format off */
static const struct key included_keys[] = {
    {.name = "rules", .type = KEY_LIST, .shape = &shape_rule, .help = "rules to share", SINCE, .take = top_rules},
    {.name = "include", .type = KEY_OWN, .form = "a path or a list of paths", .help = "files whose rules come after these", SINCE, .take = top_include},
    {.name = "about", .type = KEY_TEXT, .help = "a remark for the reader", SINCE, .at = offsetof(struct scenario, about)},
};
/* clang-format on */

/* Loads into a scenario that is there already, so it is not cleared. */
bool included_load(struct loader *l, const struct node *n, struct scenario *s)
{
    struct slice about = s->about;
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, "an included file", "a map with rules");
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        const struct key *k = NULL;
        for (size_t i = 0; i < COUNT(included_keys); i++)
            if (node_is(m->key, included_keys[i].name))
                k = &included_keys[i];
        ok &= k == NULL ? complain_at(l->why, m->key,
                                      "an included file has rules, include and about, not "
                                      "\"%.*s\"",
                                      SLICE_ARGS(m->key->text))
                        : key_load(l, k, m, s);
    }
    s->about = about;
    return ok;
}
