/* SPDX-License-Identifier: MIT */
/* Where a request wants to go: the methods, paths and sites of `match`. */
#include "keys.h"

/* ---- methods ---- */

/* Methods have case (RFC 9110 §9.1): "get" is none of those that people mean. */
static bool check_method(struct loader *l, const struct node *n, struct slice word)
{
    char upper[32];
    struct slice capitals = {upper, word.len < sizeof(upper) ? word.len : sizeof(upper)};

    if (!http_is_token(word))
        return complain_at(l->why, n, "\"%.*s\" is no method", SLICE_ARGS(word));
    if (slice_is(word, SLICE("any")))
        return complain_at(l->why, n, "`any` stands alone: it is every method");
    for (size_t i = 0; i < capitals.len; i++)
        upper[i] = (char)(word.at[i] & ~0x20);
    return http_method_of(word) != METHOD_OTHER ||
           http_method_of(capitals) == METHOD_OTHER ||
           complain_at(l->why, n, "methods are written in capitals: %.*s",
                       SLICE_ARGS(capitals));
}

static bool check_methods(struct loader *l, const struct node *n, const struct condition *c)
{
    bool ok = true;

    for (uint32_t i = 0; i < c->n_words; i++)
        ok &= check_method(l, n, c->words[i]);
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
    c = condition_new(l, n, into, CONDITION_METHOD);
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

bool where_method(struct loader *l, const struct node *n, void *into)
{
    struct condition *c;

    if (n->kind == NODE_SCALAR)
        return add_methods(l, n, n->text, into);
    c = condition_new(l, n, into, CONDITION_METHOD);
    return c != NULL && value_words(l, n, "method", &c->words, &c->n_words) &&
           check_methods(l, n, c);
}

/* ---- paths ---- */

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
    c = condition_new(l, n, into, CONDITION_PATH);
    if (c == NULL)
        return false;
    c->path = glob_parse(l->arena, path, &why);
    return c->path != NULL || complain_at(l->why, n, "%s", why.text);
}

bool where_path(struct loader *l, const struct node *n, void *into)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "path", "a path");
    return add_path(l, n, n->text, into);
}

/* ---- sites ---- */

/* Names of hosts have no case (RFC 9110 §4.2.3): requests' are lowered, too. */
static struct slice lower_case(struct loader *l, struct slice s)
{
    struct slice copy = arena_copy(l->arena, s);

    for (size_t i = 0; i < copy.len; i++) /* the copy is ours */
        ((char *)(uintptr_t)copy.at)[i] = octet_lower(copy.at[i]);
    return copy;
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
    if (slice_is(port, SLICE("*")))
        site->port = 0;
    else if (port.len > 0) {
        if (!slice_to_u64(port, &number) || number == 0 || number > UINT16_MAX)
            return complain_at(l->why, n, "\"%.*s\" is no port", SLICE_ARGS(port));
        site->port = (uint16_t)number;
    }
    if (host.len == 0)
        return complain_at(l->why, n, "a host is missing; say * for any");
    if (slice_is(host, SLICE("*")) || slice_is(host, SLICE("**")))
        return true;
    site->host = glob_parse(l->arena, lower_case(l, host), &why);
    return site->host != NULL || complain_at(l->why, n, "%s", why.text);
}

static bool add_site(struct loader *l, const struct node *n, struct slice scheme,
                     struct slice authority, void *into)
{
    struct condition *c = condition_new(l, n, into, CONDITION_SITE);

    if (c == NULL)
        return false;
    if (slice_is_nocase(scheme, SLICE("https")))
        warn_at(l->why, n,
                "an https URL comes as CONNECT host:443, and what is inside is not "
                "seen: match CONNECT");
    c->site.scheme = scheme;
    c->site.port = http_default_port(scheme);
    return parse_site(l, n, authority, &c->site);
}

bool where_host(struct loader *l, const struct node *n, void *into)
{
    if (n->kind != NODE_SCALAR)
        return complain_kind(l, n, "host", "a host or host:port");
    return add_site(l, n, NO_SLICE, n->text, into);
}

/* ---- both ---- */

/* Neither a port, nor a dot, nor a star: it may have been meant for a path. */
static bool is_bare_word(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (strchr(".:*[", s.at[i]) != NULL)
            return false;
    return !slice_is(s, SLICE("localhost"));
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
    if (mark == NULL && slash < 0 && is_bare_word(authority))
        warn_at(l->why, n, "\"%.*s\" is taken for a host; a path begins with \"/\"",
                SLICE_ARGS(authority));
    if (!add_site(l, n, scheme, authority, into))
        return false;
    return slash < 0 ||
           add_path(l, n, (struct slice){rest.at + slash, rest.len - (size_t)slash}, into);
}

bool where_url(struct loader *l, const struct node *n, void *into)
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
bool where_short(struct loader *l, const struct node *n, void *into)
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
