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

static struct condition *add(struct loader *l, const struct node *n, void *into,
                             enum condition_kind kind)
{
    struct condition *c = loader_new(l, n, sizeof(*c));

    if (c == NULL)
        return NULL;
    c->kind = kind;
    c->node = n;
    condition_add(into, c);
    return c;
}

/* ---- methods, paths, sites ---- */

static bool check_methods(struct loader *l, const struct node *n, const struct condition *c)
{
    bool ok = true;

    for (uint32_t i = 0; i < c->n_words; i++)
        if (!http_is_token(c->words[i]))
            ok = complain_at(l->why, n, "\"%.*s\" is no method", SLICE_ARGS(c->words[i]));
        else if (http_method_of(c->words[i]) == METHOD_OTHER) {
            char upper[32];
            size_t len = c->words[i].len < sizeof(upper) ? c->words[i].len : sizeof(upper);
            for (size_t k = 0; k < len; k++)
                upper[k] = (char)(c->words[i].at[k] & ~0x20);
            if (http_method_of((struct slice){upper, len}) != METHOD_OTHER)
                ok = complain_at(l->why, n, "methods are written in capitals: %.*s",
                                 (int)len, upper);
        }
    return ok;
}

/* "GET|POST", "any" */
static bool add_methods(struct loader *l, const struct node *n, struct slice text,
                        void *into)
{
    uint32_t most = 1;
    struct condition *c;

    if (slice_is(text, SLICE("any")))
        return true;
    for (size_t i = 0; i < text.len; i++)
        most += text.at[i] == '|' || text.at[i] == ',';
    c = add(l, n, into, CONDITION_METHOD);
    struct slice *words = c == NULL ? NULL : loader_new(l, n, most * sizeof(*words));
    if (words == NULL)
        return false;
    c->words = words;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ',') /* both part them */
            return complain_at(l->why, n, "methods are parted by |: GET|POST");
    while (text.at != NULL)
        words[c->n_words++] = slice_cut(&text, '|');
    return check_methods(l, n, c);
}

static bool match_method(struct loader *l, const struct node *n, void *into)
{
    struct condition *c;

    if (n->kind == NODE_SCALAR)
        return add_methods(l, n, n->text, into);
    c = add(l, n, into, CONDITION_METHOD);
    return c != NULL && value_words(l, n, "method", &c->words, &c->n_words) &&
           check_methods(l, n, c);
}

static bool add_path(struct loader *l, const struct node *n, struct slice path, void *into)
{
    struct complaint why = {{0}};
    struct condition *c;

    if (slice_is(path, SLICE("**")) || slice_is(path, SLICE("*")))
        return true;
    if (path.len == 0 || path.at[0] != '/')
        return complain_at(l->why, n,
                           "a path begins with \"/\", or is ** for any: \"%.*s\"",
                           SLICE_ARGS(path));
    if (slice_find(path, '?') >= 0)
        return complain_at(l->why, n,
                           "a path has no query: say query: {name: value} beside it");
    c = add(l, n, into, CONDITION_PATH);
    if (c == NULL)
        return false;
    c->path = glob_parse(l->arena, path, &why);
    return c->path != NULL || complain_at(l->why, n, "%s", why.text);
}

static bool match_path(struct loader *l, const struct node *n, void *into)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "path", "a path");
    return add_path(l, n, n->text, into);
}

/* "host", "host:port", "*.test:*" */
static bool parse_site(struct loader *l, const struct node *n, struct slice authority,
                       struct site *site)
{
    struct complaint why = {{0}};
    struct slice host = authority, port = NO_SLICE;
    uint64_t number;

    for (size_t i = authority.len; i > 0; i--) {
        if (authority.at[i - 1] == ']')
            break;
        if (authority.at[i - 1] != ':')
            continue;
        host = (struct slice){authority.at, i - 1};
        port = (struct slice){authority.at + i, authority.len - i};
        break;
    }
    if (host.len >= 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
        host = (struct slice){host.at + 1, host.len - 2};
    if (port.len > 0 && !slice_is(port, SLICE("*"))) {
        if (!slice_to_u64(port, &number) || number == 0 || number > UINT16_MAX)
            return complain_at(l->why, n, "\"%.*s\" is no port", SLICE_ARGS(port));
        site->port = (uint16_t)number;
    }
    if (host.len == 0)
        return complain_at(l->why, n, "a host is missing; say * for any");
    if (slice_is(host, SLICE("*")) || slice_is(host, SLICE("**")))
        return true;
    site->host = glob_parse(l->arena, host, &why);
    return site->host != NULL || complain_at(l->why, n, "%s", why.text);
}

static bool add_site(struct loader *l, const struct node *n, struct slice scheme,
                     struct slice authority, void *into)
{
    struct condition *c = add(l, n, into, CONDITION_SITE);

    if (c == NULL)
        return false;
    c->site.scheme = scheme;
    return parse_site(l, n, authority, &c->site);
}

static bool match_host(struct loader *l, const struct node *n, void *into)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "host", "a host or host:port");
    return add_site(l, n, NO_SLICE, n->text, into);
}

/* "http://host:port/path", "host:port", "/path", "**" */
static bool add_pattern(struct loader *l, const struct node *n, struct slice text,
                        void *into)
{
    const char *mark = memmem(text.at, text.len, "://", 3);
    struct slice scheme = NO_SLICE, rest = text;

    if (text.len > 0 &&
        (text.at[0] == '/' || slice_is(text, SLICE("**")) || slice_is(text, SLICE("*"))))
        return add_path(l, n, text, into);
    if (mark != NULL) {
        scheme = (struct slice){text.at, (size_t)(mark - text.at)};
        rest = (struct slice){mark + 3, text.len - scheme.len - 3};
        if (slice_is(scheme, SLICE("*")))
            scheme = NO_SLICE;
    }
    ssize_t slash = slice_find(rest, '/');
    struct slice authority = {rest.at, slash < 0 ? rest.len : (size_t)slash};
    if (!add_site(l, n, scheme, authority, into))
        return false;
    return slash < 0 ||
           add_path(l, n, (struct slice){rest.at + slash, rest.len - (size_t)slash}, into);
}

static bool match_url(struct loader *l, const struct node *n, void *into)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "url", "a URL, such as http://api.test/v1/**");
    return add_pattern(l, n, n->text, into);
}

static bool is_methods(struct slice word)
{
    if (slice_is(word, SLICE("any")))
        return true;
    for (size_t i = 0; i < word.len; i++)
        if (!((word.at[i] >= 'A' && word.at[i] <= 'Z') || strchr("|,-_", word.at[i])))
            return false;
    return word.len > 0;
}

/* "GET /pay", "any **", "CONNECT *:443", "/pay" */
static bool match_short(struct loader *l, const struct node *n, void *into)
{
    struct slice rest = slice_trim(n->text, " "), first = slice_cut(&rest, ' ');

    if (rest.at == NULL)
        return is_methods(first) ? add_methods(l, n, first, into)
                                 : add_pattern(l, n, first, into);
    rest = slice_trim(rest, " ");
    if (slice_find(rest, ' ') >= 0)
        return complain_at(
            l->why, n,
            "a match is METHOD PATTERN, such as \"GET /pay\" or \"any **\"; for "
            "more, use a map");
    bool methods = add_methods(l, n, first, into);
    return add_pattern(l, n, rest, into) && methods;
}

/* ---- named values ---- */

static bool add_named(struct loader *l, const struct node *n, const char *what, void *into,
                      enum condition_kind kind)
{
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, what, "a map from names to values");
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        struct condition *c = add(l, m, into, kind);
        if (c == NULL)
            return false;
        c->name = m->key->text;
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
    struct condition *c = add(l, n, into, kind);

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
    struct condition *c = add(l, n, into, kind);
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
    struct condition *c = add(l, n, into, CONDITION_STATE);

    return c != NULL && value_words(l, n, "state", &c->words, &c->n_words);
}

static bool add_range(struct loader *l, const struct node *n, void *into,
                      enum condition_kind kind, enum key_type type, const char *what)
{
    struct condition *c = add(l, n, into, kind);

    return c != NULL && value_range(l, n, type, what, &c->range);
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
    struct condition *c = add(l, n, into, CONDITION_CHANCE);

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
    struct condition *c = add(l, n, into, kind);

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
    struct condition *c = add(l, n, into, CONDITION_ANY);
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
    {.name = "method", .type = KEY_OWN, .form = "a method, GET|POST, a list, or any", .help = "the request's method", SINCE, .take = match_method},
    {.name = "path", .type = KEY_OWN, .form = "a path: `*` is anything within a segment, `**` across them, `{name}` a segment to remember", .help = "the path of the target, without its query", SINCE, .take = match_path},
    {.name = "url", .type = KEY_OWN, .form = "http://host:port/path, host:port or a path; each part may hold `*`", .help = "where the request wants to go", SINCE, .take = match_url},
    {.name = "host", .type = KEY_OWN, .form = "host or host:port; `*` is any part of it", .help = "the host of the target, or else that of Host", SINCE, .take = match_host},
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
    .take_short = match_short,
};
