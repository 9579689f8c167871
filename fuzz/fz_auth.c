/* SPDX-License-Identifier: MIT */
/*
 * Arbitrary credentials against a realm. An input is an octet that picks the realm, one
 * that picks the request, and field values, one a line, judged in turn. In Digest
 * credentials nonce="*" is the nonce that was given out and response="*" the right one, so
 * that what lies behind a digest that matches is reached too.
 *
 * Whatever comes: the result and its sentence fit together, no sentence holds a password,
 * what is said in answer can be read again, and no nonce count is let in twice.
 */
#include <openssl/evp.h>

#include "fuzz.h"
#include "naysay/auth.h"

#define INPUT_MOST 8000
#define LINES_MOST 8u
#define PASSWORD   "Xk7-lovelace"

static const char *const realms[] = {
    "{schemes: [basic, digest], realm: lab, users: {ada: " PASSWORD
    "}, digest: {counts: once}}",
    "{schemes: digest, realm: 'a \"b\"', charset: UTF-8, users: {ada: " PASSWORD ", "
    "\"J\xc3\xa4s\": " PASSWORD
    "}, digest: {algorithms: [SHA-512-256, SHA-256-sess, MD5-sess], "
    "qop: [auth-int, auth], userhash: true, opaque: o, stale-after: 3, next-nonce: last}}",
    "{schemes: [digest, basic], realm: lab, users: {ada: " PASSWORD
    "}, digest: {algorithms: MD5, "
    "qop: [], info: true, next-nonce: always}}",
    "{schemes: digest, realm: lab, users: {ada: " PASSWORD
    "}, digest: {algorithms: [MD5, MD5-sess], "
    "counts: rising, strict-uri: exact, without-qop: accept}}",
};

static const struct {
    const char *method, *target, *body;
} requests[] = {
    {"GET", "http://h.test/x?q", ""}, {"CONNECT", "h.test:443", ""}, {"GET", "/x%7e", ""},
    {"POST", "/x", "hello"},          {"POST", "/x", NULL},          {"OPTIONS", "*", ""},
};

static const struct auth_realm *realm_at(size_t i)
{
    static struct arena arena;
    static struct source sources[COUNT(realms)];
    static struct auth loaded[COUNT(realms)];
    struct complaints why;
    struct loader l = {.arena = &arena, .why = &why};
    static char texts[COUNT(realms)][512];

    if (loaded[i].proxy != NULL)
        return loaded[i].proxy;
    complaints_init(&why, &arena);
    snprintf(texts[i], sizeof(texts[i]), "{proxy: %s}", realms[i]);
    sources[i] = (struct source){SLICE("realm"), slice_of(texts[i])};
    const struct node *docs = doc_parse(&arena, &sources[i], &why);
    if (docs == NULL || !shape_load(&l, &shape_auth, docs->first, &loaded[i]))
        fuzz_must("a realm does not load");
    return loaded[i].proxy;
}

/* ---- a client that knows the password ---- */

static const char *hash(const char *algorithm, const char *text, char out[129])
{
    const char *name = strncmp(algorithm, "SHA-512", 7) == 0   ? "SHA512-256"
                       : strncmp(algorithm, "SHA-256", 7) == 0 ? "SHA256"
                                                               : "MD5";
    unsigned char octets[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    if (EVP_Digest(text, strlen(text), octets, &n, EVP_get_digestbyname(name), NULL) != 1)
        fuzz_must("EVP_Digest() fails");
    for (unsigned i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", octets[i]);
    return out;
}

struct said {
    char name[64], realm[64], nonce[64], uri[256], nc[64], cnonce[64], qop[64],
        algorithm[64];
};

/* False: not there, or too long to bother. */
static bool say(const struct auth_words *w, const char *name, char *out, size_t size)
{
    const struct auth_param *p = auth_find(w, name);

    out[0] = '\0';
    if (p == NULL || p->value.len >= size)
        return false;
    snprintf(out, size, "%.*s", SLICE_ARGS(p->value));
    return true;
}

#define SAY(member) say(w, #member, s.member, sizeof(s.member))

static struct slice sign(const struct auth_words *w, const struct auth_request *r,
                         const char *nonce, struct arena *a)
{
    struct said s = {.name = ""};
    char h1[129], h2[129], h3[129], text[2048];
    bool has_qop = SAY(qop);

    SAY(realm);
    SAY(uri);
    SAY(nc);
    SAY(cnonce);
    SAY(algorithm);
    if (!say(w, "username", s.name, sizeof(s.name)) || strlen(s.name) == 64)
        snprintf(s.name, sizeof(s.name), "%s",
                 auth_find(w, "username*") != NULL ? "J\xc3\xa4s" : "ada");
    snprintf(text, sizeof(text), "%s:%s:" PASSWORD, s.name, s.realm);
    hash(s.algorithm, text, h1);
    if (strstr(s.algorithm, "-sess") != NULL) {
        snprintf(text, sizeof(text), "%s:%s:%s", h1, nonce, s.cnonce);
        hash(s.algorithm, text, h1);
    }
    snprintf(text, sizeof(text), "%.*s:%s%s%s", SLICE_ARGS(r->request->method_name), s.uri,
             strcmp(s.qop, "auth-int") == 0 ? ":" : "",
             strcmp(s.qop, "auth-int") == 0
                 ? hash(s.algorithm, r->body.at == NULL ? "" : r->body.at, h3)
                 : "");
    hash(s.algorithm, text, h2);
    if (has_qop)
        snprintf(text, sizeof(text), "%s:%s:%s:%s:%s:%s", h1, nonce, s.nc, s.cnonce, s.qop,
                 h2);
    else
        snprintf(text, sizeof(text), "%s:%s:%s", h1, nonce, h2);
    return arena_copy(a, slice_of(hash(s.algorithm, text, h3)));
}

/* With backslashes again where they were due. */
static struct slice escape(struct slice s, struct arena *a)
{
    char *to = arena_alloc(a, 2 * s.len + 1);
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < s.len; i++) {
        if (s.at[i] == '"' || s.at[i] == '\\')
            to[n++] = '\\';
        to[n++] = s.at[i];
    }
    return (struct slice){to, n};
}

/* The same credentials, the stars replaced. */
static struct slice print(const struct auth_words *w, struct slice nonce,
                          struct slice response, struct arena *a)
{
    struct slice all = arena_copy(a, w->scheme);

    for (uint32_t i = 0; i < w->n; i++) {
        const struct auth_param *p = &w->params[i];
        struct slice value = p->is_quoted ? escape(p->value, a) : p->value;

        if (slice_is_nocase(p->name, SLICE("nonce")) && slice_is(value, SLICE("*")))
            value = nonce;
        if (slice_is_nocase(p->name, SLICE("response")) && slice_is(value, SLICE("*")))
            value = response;
        all = arena_printf(a, p->is_quoted ? "%.*s%s%.*s=\"%.*s\"" : "%.*s%s%.*s=%.*s",
                           SLICE_ARGS(all), i == 0 ? " " : ", ", SLICE_ARGS(p->name),
                           SLICE_ARGS(value));
    }
    return all;
}

static struct slice complete(struct slice line, const struct auth_request *r,
                             const struct auth_challenges *heard, struct arena *a)
{
    struct auth_words w, challenge;
    const struct auth_param *response, *nonce;
    char text[64];

    if (heard->n == 0 || auth_read_credentials(line, a, &w) != NULL)
        return line;
    response = auth_find(&w, "response");
    if (response == NULL || !slice_is(response->value, SLICE("*")))
        return line;
    for (uint32_t i = 0; i < heard->n; i++) {
        struct slice rest = heard->at[i];
        const char *wrong;

        if (!auth_next_challenge(&rest, a, &challenge, &wrong))
            fuzz_must("a challenge of ours cannot be read");
        nonce = auth_find(&challenge, "nonce");
        if (nonce == NULL)
            continue;
        const struct auth_param *said = auth_find(&w, "nonce");
        bool is_own = said == NULL || slice_is(said->value, SLICE("*"));
        snprintf(text, sizeof(text), "%.*s",
                 SLICE_ARGS(is_own ? nonce->value : said->value));
        return print(&w, nonce->value, sign(&w, r, text, a), a);
    }
    return line;
}

/* ---- what must hold ---- */

static bool holds(struct slice all, const char *text)
{
    return all.len > 0 && memmem(all.at, all.len, text, strlen(text)) != NULL;
}

static void check_outcome(const struct auth_outcome *o, struct slice line)
{
    bool says_why = o->result != AUTH_OK && o->result != AUTH_NONE;

    if (says_why && o->why.len == 0)
        fuzz_must("a result without its sentence");
    if ((o->result == AUTH_OK) != (o->known != NULL))
        fuzz_must("let in without being known, or known without being let in");
    if (!holds(line, PASSWORD) && holds(o->why, PASSWORD))
        fuzz_must("a sentence holds a password");
    if (auth_result_name(o->result) == NULL || auth_uri_name(o->digest.uri_form) == NULL)
        fuzz_must("a result without a name");
}

static void check_challenges(const struct auth_challenges *c, struct arena *a)
{
    for (uint32_t i = 0; i < c->n; i++) {
        struct slice rest = c->at[i];
        struct auth_words w;
        const char *wrong;

        if (!http_is_field_value(rest) || !auth_next_challenge(&rest, a, &w, &wrong) ||
            auth_find(&w, "realm") == NULL)
            fuzz_must("a challenge that is none");
        if (auth_next_challenge(&rest, a, &w, &wrong) || wrong != NULL)
            fuzz_must("a challenge and something else");
    }
}

/* Reading goes on, whatever it reads. */
static void check_reading(struct slice line, struct arena *a)
{
    struct slice rest = line, was;
    struct auth_words w;
    const char *wrong;

    do {
        was = rest;
        if (!auth_next_challenge(&rest, a, &w, &wrong))
            break;
        if (w.token68.at != NULL && w.n > 0)
            fuzz_must("a token68 and parameters");
    } while (rest.len < was.len);
    if (rest.len > 0 && wrong == NULL)
        fuzz_must("the reading of challenges stands still");
}

struct play {
    const struct auth_realm *realm;
    struct auth_state state;
    struct auth_request r;
    struct http_field field;
    struct http_request request;
    struct auth_challenges heard;
    struct arena arena;
};

static void check_let_in(struct play *p, const struct auth_outcome *o)
{
    struct auth_outcome again;
    struct slice value;

    if (!auth_info(p->realm, &p->state, &p->r, o, SLICE("x"), &p->arena, &value) ||
        !http_is_field_value(value))
        fuzz_must("no field value for an answer");
    if (o->scheme != AUTH_SCHEME_DIGEST || o->digest.qop == AUTH_QOP_NONE)
        return;
    auth_judge(p->realm, &p->state, &p->r, &p->arena, &again);
    if (again.result != AUTH_REPLAY && again.result != AUTH_STALE)
        fuzz_must("a nonce count is let in twice");
}

static void judge(struct play *p, struct slice line)
{
    struct auth_outcome o;

    check_reading(line, &p->arena);
    line = complete(line, &p->r, &p->heard, &p->arena);
    p->field = (struct http_field){.name = SLICE("Proxy-Authorization"), .value = line};
    p->request.fields = (struct http_fields){.at = &p->field, .n = 1, .cap = 1};
    p->r.ordinal++;
    auth_judge(p->realm, &p->state, &p->r, &p->arena, &o);
    check_outcome(&o, line);
    if (o.result == AUTH_OK)
        check_let_in(p, &o);
    else if (o.result == AUTH_STALE || p->heard.n == 0) {
        if (!auth_challenge(p->realm, &p->state, &p->r, &o, &p->arena, &p->heard))
            fuzz_must("no memory");
        check_challenges(&p->heard, &p->arena);
    }
}

static void begin(struct play *p, unsigned realm, unsigned request)
{
    *p = (struct play){.realm = realm_at(realm % COUNT(realms))};
    arena_init(&p->arena, NULL);
    auth_state_init(&p->state);
    request %= COUNT(requests);
    p->request.method_name = slice_of(requests[request].method);
    p->request.method = http_method_of(p->request.method_name);
    p->request.raw_target = slice_of(requests[request].target);
    p->request.host = SLICE("h.test");
    p->request.framing.kind = request == 3 || request == 4 ? BODY_CHUNKED : BODY_NONE;
    fuzz_must(
        http_split_target(p->request.raw_target, p->request.method, &p->request.target));
    p->r = (struct auth_request){.side = AUTH_PROXY, .request = &p->request, .seed = 1};
    p->r.scheme = SLICE("http");
    p->r.body = slice_of(requests[request].body);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct play p;
    char *copy;

    if (len < 3 || len > INPUT_MOST)
        return 0;
    copy = malloc(len - 2); /* exactly, so that a step beyond it is seen */
    if (copy == NULL)
        return 0;
    memcpy(copy, octets + 2, len - 2);
    begin(&p, octets[0], octets[1]);
    struct slice rest = {copy, len - 2};
    for (unsigned i = 0; i < LINES_MOST && rest.at != NULL; i++)
        judge(&p, slice_cut(&rest, '\n'));
    auth_state_clear(&p.state);
    arena_clear(&p.arena);
    free(copy);
    return 0;
}
