/* SPDX-License-Identifier: MIT */
/*
 * Why a response hash does not match. Clients go wrong in few ways: each is a guess, which
 * changes one thing and is right when the hash then matches.
 */
#include "parts.h"

/* The nth change of its kind, in words; .at NULL: there is none, or it changes nothing. */
typedef struct slice guess_fn(struct judging *j, unsigned nth, struct digest_input *in);

static struct slice guess_uri(struct judging *j, unsigned nth, struct digest_input *in)
{
    struct slice was = in->uri;

    in->uri = uri_spelling(j->r, nth, j->a);
    if (in->uri.at == NULL || slice_is(in->uri, was))
        return NO_SLICE;
    return arena_printf(j->a, "uri=\"%.*s\" instead of \"%.*s\"", BRIEF(in->uri),
                        BRIEF(was));
}

static struct slice guess_method(struct judging *j, unsigned nth, struct digest_input *in)
{
    static const char *const methods[] = {
#define X(name, safe, idempotent) #name,
        HTTP_METHODS(X)
#undef X
            "get",
        "post", "connect", ""};

    if (nth >= COUNT(methods) || slice_is(in->method, slice_of(methods[nth])))
        return NO_SLICE;
    in->method = slice_of(methods[nth]);
    return arena_printf(j->a, "the method \"%s\"", methods[nth]);
}

/* Only another hash of as many digits could be meant. */
static struct slice guess_hash(struct judging *j, unsigned nth, struct digest_input *in)
{
    static const char *const names[] = {"MD5", "SHA-256", "SHA-512/256",
                                        "SHA-512 cut to 256 bits"};
    enum hash hash = (enum hash)(nth / 2);
    bool is_sess = nth % 2 == 1;

    if (nth >= 2 * COUNT(names) || hash_digits(hash) < hash_digits(in->hash) ||
        (hash == HASH_MD5) != (in->hash == HASH_MD5) ||
        (hash == in->hash && is_sess == in->is_sess))
        return NO_SLICE;
    const char *sess = is_sess == in->is_sess ? ""
                       : is_sess              ? " with -sess"
                                              : " without -sess";
    in->hash = hash;
    in->is_sess = is_sess;
    return arena_printf(j->a, "%s%s", names[hash], sess);
}

static struct slice guess_qop(struct judging *j, unsigned nth, struct digest_input *in)
{
    if (nth > AUTH_QOP_INT || slice_is(in->qop, slice_of(qop_names[nth])) ||
        (nth == AUTH_QOP_INT && in->body.at == NULL) ||
        (nth != AUTH_QOP_NONE && in->nc.at == NULL))
        return NO_SLICE;
    in->qop = slice_of(qop_names[nth]);
    in->covers_body = nth == AUTH_QOP_INT;
    return nth == AUTH_QOP_NONE ? SLICE("the form of RFC 2069, without qop")
                                : arena_printf(j->a, "qop=%s", qop_names[nth]);
}

static struct slice guess_body(struct judging *j, unsigned nth, struct digest_input *in)
{
    (void)j;
    if (nth > 0 || !in->covers_body || in->body.len == 0)
        return NO_SLICE;
    in->body = SLICE("");
    return SLICE("an empty body");
}

/* Some hash a quoted string as it stands on the line. */
static struct slice guess_quotes(struct judging *j, unsigned nth, struct digest_input *in)
{
    struct slice *const parts[] = {&in->realm, &in->nonce, &in->user, &in->uri,
                                   &in->cnonce};
    static const char *const names[] = {"realm", "nonce", "username", "uri", "cnonce"};

    if (nth >= COUNT(parts) || parts[nth]->at == NULL)
        return NO_SLICE;
    *parts[nth] = arena_printf(j->a, "\"%.*s\"", SLICE_ARGS(*parts[nth]));
    return arena_printf(j->a, "%s together with its quotes", names[nth]);
}

static struct slice guess_nc(struct judging *j, unsigned nth, struct digest_input *in)
{
    if (nth > 2 || in->nc.at == NULL)
        return NO_SLICE;
    if (nth == 1) {
        in->cnonce = SLICE("");
        return SLICE("an empty cnonce");
    }
    if (nth == 2)
        in->nc = SLICE("00000001");
    while (nth == 0 && in->nc.len > 1 && in->nc.at[0] == '0')
        in->nc = (struct slice){in->nc.at + 1, in->nc.len - 1};
    return arena_printf(j->a, "nc=%.*s", SLICE_ARGS(in->nc));
}

static struct slice guess_secret(struct judging *j, unsigned nth, struct digest_input *in)
{
    bool differs = false;

    if (nth == 0) {
        in->password = latin1_of(in->password, j->a, &differs);
        return differs ? SLICE("a password in ISO-8859-1") : NO_SLICE;
    }
    if (nth > 1)
        return NO_SLICE;
    in->password = SLICE("");
    return SLICE("an empty password");
}

static struct slice guess_hashed_name(struct judging *j, unsigned nth,
                                      struct digest_input *in)
{
    const struct slice parts[] = {in->user, in->realm};
    struct hex *h = arena_alloc(j->a, sizeof(*h));

    if (nth > 0 || h == NULL || !hash_joined(in->hash, parts, COUNT(parts), h))
        return NO_SLICE;
    in->user = HEX(*h);
    return SLICE("the hashed user name in A1, where the plain one is due");
}

#define MOST_NTH  16u
#define MOST_BODY (64u << 10) /* every guess hashes a body that is covered */

static guess_fn *const guesses[] = {
    guess_uri,    guess_qop, guess_hash,   guess_method,      guess_body,
    guess_quotes, guess_nc,  guess_secret, guess_hashed_name,
};

static bool is_it(const struct digest_input *in, struct slice response)
{
    struct hex want;

    return digest_compute(in, &want, NULL) && slice_is_nocase(HEX(want), response);
}

enum auth_result explain(struct judging *j, const struct digest_said *said,
                         const struct digest_input *in)
{
    bool may_guess = !in->covers_body || in->body.len <= MOST_BODY;

    for (size_t i = 0; may_guess && i < COUNT(guesses); i++)
        for (unsigned nth = 0; nth < MOST_NTH; nth++) {
            struct digest_input changed = *in;
            struct slice words = guesses[i](j, nth, &changed);

            if (words.at != NULL && is_it(&changed, said->response))
                return rule(j, AUTH_WRONG,
                            "response hash does not match: the client seems to have used "
                            "%.*s",
                            SLICE_ARGS(words));
        }
    return rule(j, AUTH_WRONG,
                "response hash does not match: the password is another, most likely");
}
