/* SPDX-License-Identifier: MIT */
/* What Digest says to a client: challenges, and (Proxy-)Authentication-Info. */
#include "parts.h"

struct slice put_quoted(struct arena *a, const char *before, struct slice value)
{
    size_t n = strlen(before);
    char *text = arena_alloc(a, n + 2 * value.len + 2);

    if (text == NULL)
        return NO_SLICE;
    memcpy(text, before, n);
    text[n++] = '"';
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\')
            text[n++] = '\\';
        text[n++] = value.at[i];
    }
    text[n++] = '"';
    return (struct slice){text, n};
}

/* The same, or nothing for a value that was not said. */
static struct slice put_optional(struct arena *a, const char *before, struct slice value)
{
    return value.at == NULL ? SLICE("") : put_quoted(a, before, value);
}

/* Without qop it is RFC 2069's challenge, which knows no algorithm but MD5. */
static struct slice put_qop(const struct judging *j, enum auth_algorithm algorithm)
{
    const struct auth_digest *d = &j->realm->digest;
    const char *name = algorithm_names[algorithm];

    if (d->n_qop == 0)
        return algorithm == AUTH_MD5 ? SLICE("")
                                     : arena_printf(j->a, ", algorithm=%s", name);
    return arena_printf(j->a, ", qop=\"%s%s%s\", algorithm=%s", qop_names[d->qop[0]],
                        d->n_qop > 1 ? ", " : "", d->n_qop > 1 ? qop_names[d->qop[1]] : "",
                        name);
}

/* In the order of RFC 7616 §3.9.1. */
static bool add_one(const struct judging *j, enum auth_algorithm algorithm,
                    const char *nonce, bool stale, struct auth_challenges *out)
{
    const struct auth_digest *d = &j->realm->digest;
    struct slice realm = put_quoted(j->a, "Digest realm=", j->realm->name);
    struct slice domain = put_optional(j->a, ", domain=", d->domain);
    struct slice opaque = put_optional(j->a, ", opaque=", d->opaque);
    struct slice qop = put_qop(j, algorithm);

    if (realm.at == NULL || domain.at == NULL || opaque.at == NULL || qop.at == NULL)
        return false;
    out->at[out->n] = arena_printf(j->a, "%.*s%.*s%.*s, nonce=\"%s\"%.*s%s%s%s",
                                   SLICE_ARGS(realm), SLICE_ARGS(domain), SLICE_ARGS(qop),
                                   nonce, SLICE_ARGS(opaque), stale ? ", stale=true" : "",
                                   j->realm->charset != 0 ? ", charset=UTF-8" : "",
                                   d->userhash ? ", userhash=true" : "");
    return out->at[out->n++].at != NULL;
}

bool digest_challenge(const struct judging *j, bool stale, struct auth_challenges *out)
{
    const struct auth_digest *d = &j->realm->digest;
    const struct auth_nonce *nonce = nonce_give(j->state, j->r, NONCE_CHALLENGE);

    if (nonce == NULL)
        return false;
    for (uint8_t i = 0; i < d->n_algorithms; i++)
        if (!add_one(j, d->algorithms[i], nonce->text, stale, out))
            return false;
    return true;
}

/* ---- (Proxy-)Authentication-Info ---- */

/* The digest of the answer: like that of the request, without its method (§3.5). */
static bool put_rspauth(const struct judging *j, struct slice body, struct slice *out)
{
    const struct auth_outcome *o = j->out;
    struct digest_input in = {
        .hash = o->digest.is_cut ? HASH_SHA_512_CUT : algorithm_hash(o->digest.algorithm),
        .session = o->digest.a1,
        .nonce = o->digest.nonce,
        .nc = o->digest.nc,
        .cnonce = o->digest.cnonce,
        .qop = slice_of(qop_names[o->digest.qop]),
        .covers_body = o->digest.qop == AUTH_QOP_INT,
        .method = SLICE(""),
        .uri = o->digest.uri,
        .body = body,
    };
    struct hex h;

    *out = SLICE("");
    if (in.covers_body && body.at == NULL)
        return true;
    if (!digest_compute(&in, &h, NULL))
        return false;
    *out = arena_printf(j->a, ", rspauth=\"%s\"", h.text);
    return out->at != NULL;
}

/* The key of a -sess session goes on with the next nonce (§3.4.2). */
static bool put_next(const struct judging *j, struct slice *out)
{
    uint8_t when = j->realm->digest.next_nonce;
    const struct auth_nonce *old;
    struct auth_nonce *next;

    *out = SLICE("");
    if (when == AUTH_NEXT_NEVER || (when == AUTH_NEXT_LAST && !j->out->digest.is_last))
        return true;
    next = nonce_give(j->state, j->r, NONCE_NEXT);
    if (next == NULL)
        return false;
    old = nonce_find(j->state, j->r->side, j->out->digest.nonce);
    if (old != NULL) {
        next->session = old->session;
        next->session_user = old->session_user;
    }
    *out = arena_printf(j->a, ", nextnonce=\"%s\"", next->text);
    return out->at != NULL;
}

bool digest_info(const struct judging *j, struct slice body, struct slice *value)
{
    const struct auth_outcome *o = j->out;
    struct slice rspauth, next, cnonce = SLICE("");

    if (!put_rspauth(j, body, &rspauth) || !put_next(j, &next))
        return false;
    if (o->digest.qop != AUTH_QOP_NONE)
        cnonce = put_quoted(j->a, ", cnonce=", o->digest.cnonce);
    if (cnonce.at == NULL)
        return false;
    *value =
        o->digest.qop == AUTH_QOP_NONE
            ? arena_printf(j->a, "%.*s%.*s", SLICE_ARGS(rspauth), SLICE_ARGS(next))
            : arena_printf(j->a, ", qop=%s%.*s%.*s, nc=%.*s%.*s", qop_names[o->digest.qop],
                           SLICE_ARGS(rspauth), SLICE_ARGS(cnonce),
                           SLICE_ARGS(o->digest.nc), SLICE_ARGS(next));
    if (value->len > 0) {
        value->at += 2; /* each begins with ", " */
        value->len -= 2;
    }
    return value->at != NULL;
}
