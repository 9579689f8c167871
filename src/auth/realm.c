/* SPDX-License-Identifier: MIT */
/* The key `auth` of a scenario: realms, their users, and how strict they are. */
#include "parts.h"

#define SINCE "0.2"

static bool is_plain(struct slice s)
{
    return http_is_field_value(s) && slice_find(s, '\t') < 0;
}

/* ---- lists of words ---- */

/* Indexes of choices, each once, in the author's order; one word alone is a list of it. */
struct words {
    const char *name;
    const char *const *choices;
    uint8_t *at, *n;
    uint32_t most;
};

static bool take_word(struct loader *l, const struct words *w, const struct node *value)
{
    const struct key row = {.name = w->name, .type = KEY_CHOICE, .choices = w->choices};
    uint8_t index;

    if (!key_load(l, &row, value, &index))
        return false;
    for (uint8_t i = 0; i < *w->n; i++)
        if (w->at[i] == index)
            return complain_at(l->why, value, "%s names %s twice", w->name,
                               w->choices[index]);
    assert(*w->n < w->most);
    w->at[(*w->n)++] = index;
    return true;
}

static bool take_words(struct loader *l, const struct words *w, const struct node *value)
{
    bool ok = true;

    *w->n = 0;
    if (value->kind != NODE_LIST)
        return take_word(l, w, value);
    for (const struct node *item = value->first; item != NULL; item = item->next)
        ok &= take_word(l, w, item);
    return ok;
}

/* ---- digest ---- */

static bool take_algorithms(struct loader *l, const struct node *value, void *into)
{
    struct auth_digest *d = into;
    const struct words w = {"algorithms", algorithm_names, d->algorithms, &d->n_algorithms,
                            COUNT(d->algorithms)};

    return take_words(l, &w, value) &&
           (d->n_algorithms > 0 ||
            complain_at(l->why, value, "algorithms needs at least one"));
}

/* An empty list is a choice here: no qop is offered. */
static bool take_qop(struct loader *l, const struct node *value, void *into)
{
    static const char *const words[] = {"auth", "auth-int", NULL};
    struct auth_digest *d = into;
    const struct words w = {"qop", words, d->qop, &d->n_qop, COUNT(d->qop)};
    bool ok = take_words(l, &w, value);

    for (uint8_t i = 0; i < d->n_qop; i++)
        d->qop[i] = (uint8_t)(d->qop[i] + AUTH_QOP_AUTH);
    return ok;
}

static void prepare_digest(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    *(struct auth_digest *)into = (struct auth_digest){
        .algorithms = {AUTH_SHA_256, AUTH_MD5},
        .n_algorithms = 2,
        .qop = {AUTH_QOP_AUTH},
        .n_qop = 1,
        .info = true,
    };
}

static bool check_digest(struct loader *l, const struct node *n, void *into)
{
    const struct auth_digest *d = into;

    for (uint8_t i = 0; i < d->n_algorithms; i++)
        if (d->n_qop == 0 && algorithm_is_sess(d->algorithms[i]))
            return complain_at(l->why, n, "%s needs a qop: without one there is no cnonce",
                               algorithm_names[d->algorithms[i]]);
    if (!is_plain(d->domain) || !is_plain(d->opaque))
        return complain_at(l->why, n, "domain and opaque may hold no control characters");
    return true;
}

static const char *const strict_words[] = {"tolerate", "exact", NULL};
static const char *const count_words[] = {"once", "rising", "ignored", NULL};
static const char *const next_words[] = {"never", "last", "always", NULL};
static const char *const missing_words[] = {"refuse", "accept", NULL};

/* clang-format off */
#define AT(member) .at = offsetof(struct auth_digest, member), .since = SINCE
static const struct key digest_keys[] = {
    {.name = "algorithms", .type = KEY_OWN, .take = take_algorithms, AT(algorithms),
     .form = "a list of MD5, SHA-256 and SHA-512-256, each also with -sess",
     .fallback = "[SHA-256, MD5]",
     .help = "hash algorithms to offer, most preferred first; each is a challenge of its own"},
    {.name = "qop", .type = KEY_OWN, .take = take_qop, AT(qop),
     .form = "a list of auth and auth-int, or []", .fallback = "[auth]",
     .help = "qualities of protection to offer; none at all is RFC 2069"},
    {.name = "without-qop", .type = KEY_CHOICE, .choices = missing_words, AT(without_qop),
     .fallback = "refuse",
     .help = "what becomes of a response without qop where one was offered"},
    {.name = "stale-after", .type = KEY_COUNT, AT(stale_after), .fallback = "0",
     .help = "uses of one nonce, after which it is stale; 0: never"},
    {.name = "nonce-lasts", .type = KEY_DURATION, AT(nonce_lasts), .fallback = "0",
     .help = "how long a nonce is good; 0: for ever"},
    {.name = "next-nonce", .type = KEY_CHOICE, .choices = next_words, AT(next_nonce),
     .fallback = "never",
     .help = "when an answer names the next nonce: with the last use of one, or always"},
    {.name = "counts", .type = KEY_CHOICE, .choices = count_words, AT(counts),
     .fallback = "once",
     .help = "nonce counts that will do: each once in any order, or only rising"},
    {.name = "strict-uri", .type = KEY_CHOICE, .choices = strict_words, AT(strict_uri),
     .fallback = "tolerate",
     .help = "whether uri may be another spelling of the request target, as of curl and "
             "browsers, or must be exactly that"},
    {.name = "info", .type = KEY_FLAG, AT(info), .fallback = "true",
     .help = "whether answers carry (Proxy-)Authentication-Info"},
    {.name = "userhash", .type = KEY_FLAG, AT(userhash), .fallback = "false",
     .help = "whether clients may send user names hashed"},
    {.name = "domain", .type = KEY_TEXT, AT(domain),
     .help = "URIs that share the credentials; it means nothing at a proxy"},
    {.name = "opaque", .type = KEY_TEXT, AT(opaque),
     .help = "a text that clients have to return as it is"},
};
#undef AT
/* clang-format on */

static const struct shape shape_digest = {
    .name = "digest",
    .help = "how Digest is played (RFC 7616)",
    .keys = digest_keys,
    .n_keys = COUNT(digest_keys),
    .size = sizeof(struct auth_digest),
    .prepare = prepare_digest,
    .check = check_digest,
};

/* ---- users ---- */

static bool take_password(struct loader *l, const struct node *scalar, void *into)
{
    struct auth_user *u = into;

    return take_scalar(l, KEY_TEXT, scalar, "password", &u->password);
}

static bool check_user(struct loader *l, const struct node *n, void *into)
{
    const struct auth_user *u = into;

    if (!is_plain(u->name) || !is_plain(u->password))
        return complain_at(l->why, n,
                           "user names and passwords may hold no control characters");
    return true;
}

static const struct key user_keys[] = {
    {.name = "password",
     .type = KEY_TEXT,
     .at = offsetof(struct auth_user, password),
     .help = "what proves that it is this user",
     .since = SINCE,
     .is_needed = true},
};

static const struct shape shape_user = {
    .name = "user",
    .help = "who may come in",
    .keys = user_keys,
    .n_keys = COUNT(user_keys),
    .size = sizeof(struct auth_user),
    .short_form = "a password",
    .take_short = take_password,
    .check = check_user,
};

/* ---- realms ---- */

static bool take_schemes(struct loader *l, const struct node *value, void *into)
{
    struct auth_realm *r = into;
    const char *names[AUTH_SCHEMES + 1] = {NULL};
    const struct words w = {"schemes", names, r->schemes, &r->n_schemes, AUTH_SCHEMES};

    assert(auth_n_schemes <= AUTH_SCHEMES);
    for (size_t i = 0; i < auth_n_schemes; i++)
        names[i] = auth_schemes[i].word;
    if (!take_words(l, &w, value))
        return false;
    for (uint8_t i = 0; i < r->n_schemes; i++)
        r->schemes[i] = (uint8_t)auth_schemes[r->schemes[i]].id;
    return r->n_schemes > 0 || complain_at(l->why, value, "schemes needs at least one");
}

static void prepare_realm(struct loader *l, const struct node *n, void *into)
{
    struct auth_realm *r = into;

    *r = (struct auth_realm){.schemes = {AUTH_SCHEME_BASIC}, .n_schemes = 1};
    r->name = SLICE("naysay");
    prepare_digest(l, n, &r->digest);
}

static bool offers_basic(const struct auth_realm *r)
{
    return memchr(r->schemes, AUTH_SCHEME_BASIC, r->n_schemes) != NULL;
}

static bool check_realm(struct loader *l, const struct node *n, void *into)
{
    const struct auth_realm *r = into;
    const struct auth_user *users = r->users.at;

    if (!is_plain(r->name))
        return complain_at(l->why, n, "realm may hold no control characters");
    for (uint32_t i = 0; i < r->users.n && offers_basic(r); i++)
        if (slice_find(users[i].name, ':') >= 0)
            return complain_at(
                l->why, n, "the user name \"%.*s\" has a colon, which Basic cannot carry",
                SLICE_ARGS(users[i].name));
    return true;
}

static const char *const charset_words[] = {"none", "UTF-8", NULL};

/* clang-format off */
#define AT(member) .at = offsetof(struct auth_realm, member), .since = SINCE
static const struct key realm_keys[] = {
    {.name = "schemes", .type = KEY_OWN, .take = take_schemes, AT(schemes),
     .form = "a list of basic and digest", .fallback = "[basic]",
     .help = "schemes to offer, in the order of their challenges"},
    {.name = "realm", .type = KEY_TEXT, AT(name), .fallback = "naysay",
     .help = "what the challenge calls the place that is protected"},
    {.name = "users", .type = KEY_NAMED, .shape = &shape_user, AT(users),
     .help = "who may come in: names and passwords"},
    {.name = "charset", .type = KEY_CHOICE, .choices = charset_words, AT(charset),
     .fallback = "none",
     .help = "charset to announce, and to hold clients to; without, ISO-8859-1 will do too"},
    {.name = "digest", .type = KEY_SHAPE, .shape = &shape_digest, AT(digest),
     .help = "how Digest is played"},
};
#undef AT
/* clang-format on */

static const struct shape shape_realm = {
    .name = "realm",
    .help = "a place that only some may enter",
    .keys = realm_keys,
    .n_keys = COUNT(realm_keys),
    .size = sizeof(struct auth_realm),
    .prepare = prepare_realm,
    .check = check_realm,
};

/* ---- both sides ---- */

static struct auth_realm *load_realm(struct loader *l, const struct node *value)
{
    struct auth_realm *r = arena_alloc(l->arena, sizeof(*r));

    if (r == NULL)
        complain_at(l->why, value, "out of memory");
    return r != NULL && shape_load(l, &shape_realm, value, r) ? r : NULL;
}

static bool take_proxy(struct loader *l, const struct node *value, void *into)
{
    struct auth *auth = into;

    auth->proxy = load_realm(l, value);
    if (auth->proxy != NULL && auth->proxy->digest.domain.at != NULL)
        warn_at(l->why, value, "domain means nothing at a proxy (RFC 7616 §3.3)");
    return auth->proxy != NULL;
}

static bool take_origin(struct loader *l, const struct node *value, void *into)
{
    struct auth *auth = into;

    auth->origin = load_realm(l, value);
    return auth->origin != NULL;
}

static const struct key auth_keys[] = {
    {.name = "proxy",
     .type = KEY_SHAPE,
     .shape = &shape_realm,
     .take = take_proxy,
     .help = "asked for with 407 and Proxy-Authenticate",
     .since = SINCE},
    {.name = "origin",
     .type = KEY_SHAPE,
     .shape = &shape_realm,
     .take = take_origin,
     .help = "asked for with 401 and WWW-Authenticate",
     .since = SINCE},
};

const struct shape shape_auth = {
    .name = "auth",
    .help = "who may come in, and how they show it",
    .keys = auth_keys,
    .n_keys = COUNT(auth_keys),
    .size = sizeof(struct auth),
};
