/* SPDX-License-Identifier: MIT */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <openssl/evp.h>

/* ---- the lab ---- */

bool lab_load(struct lab *l, const char *auth)
{
    static struct source source;
    struct node *docs;
    struct loader loader;

    memset(l, 0, sizeof(*l));
    arena_init(&l->arena, NULL);
    complaints_init(&l->why, &l->arena);
    auth_state_init(&l->state);
    source = (struct source){SLICE("lab"), slice_of(auth)};
    docs = doc_parse(&l->arena, &source, &l->why);
    if (docs == NULL || docs->n != 1)
        fail_msg("not one document: %s", auth);
    loader = (struct loader){.arena = &l->arena, .why = &l->why};
    return shape_load(&loader, &shape_auth, docs->first, &l->auth);
}

void lab_open(struct lab *l, const char *realm)
{
    static char text[2048];

    snprintf(text, sizeof(text), "{proxy: {%s}, origin: {%s}}", realm, realm);
    if (!lab_load(l, text)) {
        complaints_print(&l->why, stderr, false);
        fail_msg("does not load: %s", text);
    }
    l->realm = l->auth.proxy;
    l->r = (struct auth_request){
        .side = AUTH_PROXY, .request = &l->request, .scheme = SLICE("http"), .seed = 1};
}

void lab_close(struct lab *l)
{
    auth_state_clear(&l->state);
    arena_clear(&l->arena);
    assert_int_equal(mem_live(), 0);
}

void lab_ask(struct lab *l, const char *method, const char *target, const char *credentials)
{
    struct http_request *q = &l->request;
    const char *wrong;

    *q = (struct http_request){.major = 1, .minor = 1};
    q->method_name = slice_of(method);
    q->method = http_method_of(q->method_name);
    q->raw_target = slice_of(target);
    wrong = http_split_target(q->raw_target, q->method, &q->target);
    if (wrong != NULL)
        fail_msg("%s: %s", target, wrong);
    q->host = SLICE("h.test");
    q->fields = (struct http_fields){.at = l->fields, .cap = COUNT(l->fields)};
    assert_true(http_add(&q->fields, SLICE("Host"), q->host));
    if (credentials != NULL)
        assert_true(http_add(&q->fields, auth_fields(l->r.side)->credentials,
                             slice_of(credentials)));
    l->r.ordinal++;
}

enum auth_result lab_judge(struct lab *l, const char *method, const char *target,
                           const char *credentials)
{
    lab_ask(l, method, target, credentials);
    return auth_judge(l->realm, &l->state, &l->r, &l->arena, &l->out);
}

void lab_must(struct lab *l, enum auth_result want, const char *why)
{
    char said[2048];

    snprintf(said, sizeof(said), "%.*s", SLICE_ARGS(l->out.why));
    if (l->out.result != want)
        fail_msg("%s (%s), not %s", auth_result_name(l->out.result), said,
                 auth_result_name(want));
    if (why != NULL && strstr(said, why) == NULL)
        fail_msg("said: %s\nwant: %s", said, why);
    if (why != NULL && why[0] == '\0')
        assert_string_equal(said, "");
}

struct slice lab_challenge(struct lab *l, uint32_t nth)
{
    assert_true(
        auth_challenge(l->realm, &l->state, &l->r, &l->out, &l->arena, &l->challenges));
    assert_true(nth < l->challenges.n);
    return l->challenges.at[nth];
}

/* ---- the client ---- */

static const EVP_MD *md_of(const struct client *c)
{
    const char *name = c->hash != NULL                                 ? c->hash
                       : c->algorithm == NULL                          ? "MD5"
                       : strncmp(c->algorithm, "SHA-256", 7) == 0      ? "SHA256"
                       : strncmp(c->algorithm, "SHA-512-256", 11) == 0 ? "SHA512-256"
                                                                       : "MD5";

    return EVP_get_digestbyname(name);
}

static const char *h(const struct client *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* One of eight buffers in turn. */
static const char *h(const struct client *c, const char *format, ...)
{
    static char out[8][129];
    static unsigned turn;
    unsigned char octets[EVP_MAX_MD_SIZE];
    char text[4096], *to = out[turn++ % 8];
    unsigned n;
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert_int_equal(EVP_Digest(text, strlen(text), octets, &n, md_of(c), NULL), 1);
    n = n > 32 ? 32 : n;
    for (unsigned i = 0; i < n; i++)
        snprintf(to + 2 * i, 3, "%02x", octets[i]);
    return to;
}

static const char * or (const char *a, const char *b)
{
    return a != NULL ? a : b;
}

const char *client_response(const struct client *c, const char *method)
{
    const char *a1 = h(c, "%s:%s:%s", c->user, c->realm, c->password), *a2;
    const char *uri = or (c->hashed_uri, c->uri);
    char nc[16];

    snprintf(nc, sizeof(nc), "%08x", c->nc);
    if (c->is_sess)
        a1 = h(c, "%s:%s:%s", a1, c->nonce, or (c->session_cnonce, c->cnonce));
    if (c->qop != NULL && strcmp(c->qop, "auth-int") == 0)
        a2 = h(c, "%s:%s:%s", method, uri, h(c, "%s", or (c->body, "")));
    else
        a2 = h(c, "%s:%s", method, uri);
    if (c->qop == NULL)
        return h(c, "%s:%s:%s", a1, c->nonce, a2);
    return h(c, "%s:%s:%s:%s:%s:%s", a1, c->nonce, or (c->hashed_nc, nc), c->cnonce, c->qop,
             a2);
}

const char *client_say(const struct client *c)
{
    static char text[4096];
    const char *response = client_response(c, or (c->hashed_method, c->method));
    const char *name = c->hashes_name ? h(c, "%s:%s", c->user, c->realm) : c->user;
    size_t n = 0;

#define PUT(...) n += (size_t)snprintf(text + n, sizeof(text) - n, __VA_ARGS__)
    PUT("Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\"",
        name, c->realm, c->nonce, c->uri, response);
    if (c->algorithm != NULL)
        PUT(", algorithm=%s", c->algorithm);
    if (c->qop != NULL)
        PUT(", qop=%s, nc=%08x, cnonce=\"%s\"", c->qop, c->nc, c->cnonce);
    if (c->opaque != NULL)
        PUT(", opaque=\"%s\"", c->opaque);
    if (c->hashes_name)
        PUT(", userhash=true");
    if (c->extra != NULL)
        PUT(", %s", c->extra);
#undef PUT
    assert_true(n < sizeof(text));
    return text;
}

/* A copy that lives as long as the test's process: leaks nothing of ours. */
static const char *keep(struct slice s)
{
    static char room[64][128];
    static unsigned turn;
    char *to = room[turn++ % 64];

    snprintf(to, sizeof(room[0]), "%.*s", SLICE_ARGS(s));
    return to;
}

void client_hear(struct client *c, struct slice challenge)
{
    struct arena a;
    struct auth_words w;
    const char *wrong;
    const struct auth_param *p;
    struct slice qop;

    arena_init(&a, NULL);
    assert_true(auth_next_challenge(&challenge, &a, &w, &wrong));
    p = auth_find(&w, "nonce");
    assert_non_null(p);
    c->nonce = keep(p->value);
    c->realm = keep(auth_find(&w, "realm")->value);
    p = auth_find(&w, "algorithm");
    c->algorithm = p == NULL ? NULL : keep(p->value);
    c->is_sess = p != NULL && strstr(c->algorithm, "-sess") != NULL;
    p = auth_find(&w, "qop");
    qop = p == NULL ? NO_SLICE : p->value;
    c->qop = p == NULL ? NULL : keep(slice_cut(&qop, ','));
    arena_clear(&a);
}
