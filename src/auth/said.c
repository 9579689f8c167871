/* SPDX-License-Identifier: MIT */
/* What a client says in Digest credentials, against what was offered (RFC 7616 §3.4). */
#include "parts.h"

/* ---- what the client said ---- */

enum quoting { QUOTED, BARE };

/* clang-format off */
static const struct {
    const char *name;
    size_t at; /* in struct digest_said */
    enum quoting quoting; /* RFC 7616 §3.4: what implementations are held to */
} said_rows[] = {
#define ROW(name, member, quoting) {name, offsetof(struct digest_said, member), quoting}
    ROW("username",  username,     QUOTED), ROW("username*", username_ext, BARE),
    ROW("realm",     realm,        QUOTED), ROW("nonce",     nonce,        QUOTED),
    ROW("uri",       uri,          QUOTED), ROW("response",  response,     QUOTED),
    ROW("cnonce",    cnonce,       QUOTED), ROW("opaque",    opaque,       QUOTED),
    ROW("algorithm", algorithm,    BARE),   ROW("qop",       qop,          BARE),
    ROW("nc",        nc,           BARE),   ROW("userhash",  userhash,     BARE),
#undef ROW
};

const char *const algorithm_names[] = {
#define X(id, name) name,
    AUTH_ALGORITHMS(X)
#undef X
    NULL
};
/* clang-format on */

const char *const qop_names[] = {
    [AUTH_QOP_NONE] = "", [AUTH_QOP_AUTH] = "auth", [AUTH_QOP_INT] = "auth-int"};

enum hash algorithm_hash(enum auth_algorithm a)
{
    static const enum hash hash[] = {HASH_MD5, HASH_SHA_256, HASH_SHA_512_256};

    return hash[a / 2];
}

bool algorithm_is_sess(enum auth_algorithm a)
{
    return a % 2 == 1;
}

static void sort_out(struct judging *j, const struct auth_words *w,
                     struct digest_said *said)
{
    *said = (struct digest_said){0};
    for (size_t i = 0; i < COUNT(said_rows); i++) {
        const struct auth_param *p = auth_find(w, said_rows[i].name);

        if (p == NULL)
            continue;
        memcpy((char *)said + said_rows[i].at, &p->value, sizeof(p->value));
        if (p->is_quoted != (said_rows[i].quoting == QUOTED))
            remark(j, "%s is %squoted; RFC 7616 §3.4 has it %s quotes", said_rows[i].name,
                   p->is_quoted ? "" : "not ", p->is_quoted ? "without" : "in");
    }
    j->out->digest.nonce = said->nonce;
    j->out->digest.cnonce = said->cnonce;
    j->out->digest.nc = said->nc;
    j->out->digest.uri = said->uri;
}

static const char *find_missing(const struct digest_said *s)
{
    if (s->username.at == NULL && s->username_ext.at == NULL)
        return "username";
    return s->realm.at == NULL      ? "realm"
           : s->nonce.at == NULL    ? "nonce"
           : s->uri.at == NULL      ? "uri"
           : s->response.at == NULL ? "response"
                                    : NULL;
}

/* nc and cnonce come with qop, and only with it (RFC 7616 §3.4). */
static const char *find_missing_of_qop(const struct digest_said *s)
{
    if (s->qop.at == NULL)
        return NULL;
    return s->cnonce.at == NULL ? "cnonce" : s->nc.at == NULL ? "nc" : NULL;
}

static enum auth_result check_whole(struct judging *j, const struct digest_said *s)
{
    const char *missing = find_missing(s);

    if (missing != NULL)
        return rule(j, AUTH_MALFORMED, "%s is missing", missing);
    missing = find_missing_of_qop(s);
    if (missing != NULL)
        return rule(j, AUTH_MALFORMED, "%s is missing: it is due with qop", missing);
    if (s->username.at != NULL && s->username_ext.at != NULL)
        return rule(j, AUTH_MALFORMED, "username and username* come together");
    return AUTH_OK;
}

/* ---- against what was offered ---- */

static enum auth_result take_algorithm(struct judging *j, const struct digest_said *s)
{
    const struct auth_digest *d = &j->realm->digest;
    /* MD5 where none is said (RFC 7616 §3.3). */
    struct slice name = s->algorithm.at == NULL ? SLICE("MD5") : s->algorithm;

    for (uint8_t i = 0; i < d->n_algorithms; i++)
        if (slice_is_nocase(name, slice_of(algorithm_names[d->algorithms[i]]))) {
            j->out->digest.algorithm = d->algorithms[i];
            return AUTH_OK;
        }
    return rule(j, AUTH_WRONG,
                s->algorithm.at == NULL
                    ? "no algorithm is said, which means %.*s, and that was not offered"
                    : "algorithm %.*s was not offered",
                BRIEF(name));
}

static enum auth_result take_qop(struct judging *j, const struct digest_said *s)
{
    const struct auth_digest *d = &j->realm->digest;

    j->out->digest.qop = AUTH_QOP_NONE;
    if (s->qop.at == NULL && (d->n_qop == 0 || d->without_qop))
        return AUTH_OK;
    if (s->qop.at == NULL)
        return rule(j, AUTH_WRONG, "qop is missing, where %s was offered (RFC 7616 §3.4)",
                    qop_names[d->qop[0]]);
    for (uint8_t i = 0; i < d->n_qop; i++)
        if (slice_is_nocase(s->qop, slice_of(qop_names[d->qop[i]]))) {
            j->out->digest.qop = d->qop[i];
            return AUTH_OK;
        }
    return rule(j, AUTH_WRONG, "qop %.*s was not offered", BRIEF(s->qop));
}

bool is_hex(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (memchr("0123456789abcdefABCDEF", s.at[i], 22) == NULL)
            return false;
    return true;
}

static enum auth_result check_digits(struct judging *j, const struct digest_said *s)
{
    size_t digits = hash_digits(algorithm_hash(j->out->digest.algorithm));

    if (s->response.len != digits || !is_hex(s->response))
        return rule(j, AUTH_MALFORMED, "response is not %zu hexadecimal digits", digits);
    if (s->qop.at != NULL && (s->nc.len != 8 || !is_hex(s->nc)))
        return rule(j, AUTH_MALFORMED, "nc is not 8 hexadecimal digits");
    if (s->qop.at != NULL && slice_is(s->nc, SLICE("00000000")))
        return rule(j, AUTH_MALFORMED, "nc is 0: it counts from 1");
    return AUTH_OK;
}

static enum auth_result check_echoes(struct judging *j, const struct digest_said *s)
{
    const struct slice *opaque = &j->realm->digest.opaque;

    if (!slice_is(s->realm, j->realm->name))
        return rule(j, AUTH_WRONG, "realm is \"%.*s\", the challenge said \"%.*s\"",
                    BRIEF(s->realm), BRIEF(j->realm->name));
    if (opaque->at != NULL && !slice_is(s->opaque, *opaque))
        return rule(j, AUTH_WRONG,
                    s->opaque.at == NULL ? "opaque was not returned"
                                         : "opaque was not returned as it was");
    return AUTH_OK;
}

static enum auth_result (*const checks[])(struct judging *, const struct digest_said *) = {
    check_whole, take_algorithm, take_qop, check_digits, check_echoes, take_user};

enum auth_result said_take(struct judging *j, const struct auth_words *w,
                           struct digest_said *said)
{
    enum auth_result result = AUTH_OK;

    if (w->token68.at != NULL)
        return rule(j, AUTH_MALFORMED, "Digest takes parameters, not a token68");
    sort_out(j, w, said);
    for (size_t i = 0; i < COUNT(checks) && result == AUTH_OK; i++)
        result = checks[i](j, said);
    return result;
}
