/* SPDX-License-Identifier: MIT */
/* Digest credentials, judged (RFC 7616 §3.4, and RFC 2069 where no qop is said). */
#include <stdlib.h>

#include "parts.h"

/* ---- the response ---- */

/* The body that qop auth-int covers; a request without one has an empty one. */
static struct slice body_of(const struct auth_request *r)
{
    return r->body.at == NULL && r->request->framing.kind == BODY_NONE ? SLICE("")
                                                                       : r->body;
}

static void gather(const struct judging *j, const struct digest_said *s,
                   struct digest_input *in)
{
    *in = (struct digest_input){
        .hash = algorithm_hash(j->out->digest.algorithm),
        .is_sess = algorithm_is_sess(j->out->digest.algorithm),
        .user = j->out->user,
        .realm = s->realm,
        .password = j->out->known->password,
        .nonce = s->nonce,
        .nc = s->nc,
        .cnonce = s->cnonce,
        .qop = s->qop,
        .covers_body = j->out->digest.qop == AUTH_QOP_INT,
        .method = j->r->request->method_name,
        .uri = s->uri,
        .body = body_of(j->r),
    };
}

/*
 * Other ways that will do. Each changes `in`, says what is odd, and is tried; false: it
 * does not apply.
 */
static bool try_session(struct judging *j, struct digest_input *in)
{
    const struct auth_nonce *n = nonce_find(j->state, j->r->side, in->nonce);

    if (!in->is_sess || n == NULL || n->session_user != j->out->known)
        return false;
    in->session = HEX(n->session); /* lives as long as the nonce */
    return true;
}

static bool try_latin1(struct judging *j, struct digest_input *in)
{
    bool differs = false;

    if (j->realm->charset == 0)
        in->password = latin1_of(in->password, j->a, &differs);
    if (differs)
        remark(j, "the password is in ISO-8859-1");
    return differs;
}

static bool try_cut(struct judging *j, struct digest_input *in)
{
    if (in->hash != HASH_SHA_512_256)
        return false;
    in->hash = HASH_SHA_512_CUT;
    j->out->digest.is_cut = true;
    remark(j, "SHA-512 cut to 256 bits stands for SHA-512/256, as in the examples of RFC "
              "7616 §3.9.2");
    return true;
}

static bool (*const tries[])(struct judging *, struct digest_input *) = {
    NULL, try_session, try_latin1, try_cut};

static bool is_upper(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= 'A' && s.at[i] <= 'F')
            return true;
    return false;
}

/* In lower case, which is the only one it may have: the hash is compared as text. */
static void lower_response(struct judging *j, struct slice said, struct hex *out)
{
    assert(said.len < sizeof(out->text));
    for (size_t i = 0; i < said.len; i++)
        out->text[i] = (char)(said.at[i] | 0x20);
    out->text[said.len] = '\0';
    if (is_upper(said))
        remark(j, "response is in upper case; RFC 7616 §3.4.1 has lower");
}

static enum auth_result take_a1(struct judging *j, const struct hex *a1)
{
    j->out->digest.a1 = arena_copy(j->a, HEX(*a1));
    return j->out->digest.a1.at == NULL ? malformed(j, auth_no_memory) : AUTH_OK;
}

static enum auth_result check_response(struct judging *j, const struct digest_said *s)
{
    struct digest_input in;
    struct auth_outcome before;
    struct hex want, said, a1;

    lower_response(j, s->response, &said);
    before = *j->out;
    for (size_t i = 0; i < COUNT(tries); i++) {
        gather(j, s, &in);
        if (tries[i] != NULL && !tries[i](j, &in))
            continue;
        if (!digest_compute(&in, &want, &a1))
            return malformed(j, auth_no_memory);
        if (is_same_secret(HEX(want), HEX(said)))
            return take_a1(j, &a1);
        *j->out = before;
    }
    gather(j, s, &in);
    return explain(j, s, &in);
}

static enum auth_result check_uri(struct judging *j, const struct digest_said *s)
{
    struct slice target = j->r->request->raw_target;
    enum auth_uri form = uri_relate(s->uri, j->r);

    j->out->digest.uri_form = form;
    if (form == AUTH_URI_OTHER)
        return rule(j, AUTH_WRONG, "uri is \"%.*s\", the request is for \"%.*s\"",
                    BRIEF(s->uri), BRIEF(target));
    if (form == AUTH_URI_SENT)
        return AUTH_OK;
    if (j->realm->digest.strict_uri == AUTH_EXACT)
        return rule(j, AUTH_WRONG, "uri is \"%.*s\" where the request target is \"%.*s\"",
                    BRIEF(s->uri), BRIEF(target));
    remark(j, "uri is \"%.*s\" where the request target is \"%.*s\"", BRIEF(s->uri),
           BRIEF(target));
    return AUTH_OK;
}

/* ---- nonces and their counts ---- */

static enum auth_result check_nonce(struct judging *j, const struct auth_nonce *n)
{
    const struct auth_digest *d = &j->realm->digest;

    if (n == NULL)
        return rule(j, AUTH_STALE,
                    "the nonce was not given out here, or so long ago that "
                    "it is forgotten");
    if (d->stale_after != 0 && n->uses >= d->stale_after)
        return rule(j, AUTH_STALE, "the nonce has been used %llu times, the most it may be",
                    (unsigned long long)n->uses);
    if (d->nonce_lasts != 0 && j->r->now_ns - n->born_ns > d->nonce_lasts)
        return rule(j, AUTH_STALE, "the nonce is past its time");
    return AUTH_OK;
}

/* Marks it as used. False: it was, or is so far behind that nobody remembers. */
static bool take_count(struct auth_nonce *n, uint32_t count, enum auth_counts how)
{
    uint32_t behind = n->highest - count;

    if (count > n->highest) {
        uint32_t ahead = count - n->highest;

        n->seen = (ahead < 64 ? n->seen << ahead : 0) | 1;
        n->highest = count;
        return true;
    }
    if (how == AUTH_COUNTS_IGNORED)
        return true;
    if (how == AUTH_COUNTS_RISING || behind >= 64 || (n->seen >> behind & 1) != 0)
        return false;
    n->seen |= 1ull << behind;
    return true;
}

static enum auth_result count_use(struct judging *j, const struct digest_said *s)
{
    struct auth_nonce *n = nonce_find(j->state, j->r->side, s->nonce);
    enum auth_result result = check_nonce(j, n);
    char digits[9];

    if (result != AUTH_OK)
        return result;
    if (s->qop.at != NULL) {
        snprintf(digits, sizeof(digits), "%.*s", SLICE_ARGS(s->nc));
        if (!take_count(n, (uint32_t)strtoul(digits, NULL, 16), j->realm->digest.counts))
            return rule(j, AUTH_REPLAY, "nc=%s %s: the highest so far is %08x", digits,
                        j->realm->digest.counts == AUTH_COUNTS_RISING ? "does not rise"
                                                                      : "was used before",
                        n->highest);
    }
    n->uses++;
    j->out->digest.is_last = n->uses == j->realm->digest.stale_after;
    if (algorithm_is_sess(j->out->digest.algorithm) && n->session_user == NULL) {
        snprintf(n->session.text, sizeof(n->session.text), "%.*s",
                 SLICE_ARGS(j->out->digest.a1));
        n->session_user = j->out->known;
    }
    return AUTH_OK;
}

enum auth_result digest_judge(struct judging *j, const struct auth_words *w)
{
    struct digest_said said;
    enum auth_result result = said_take(j, w, &said);

    if (result != AUTH_OK)
        return result;
    if (j->out->digest.qop == AUTH_QOP_INT && body_of(j->r).at == NULL)
        return rule(j, AUTH_NEEDS_BODY, "qop is auth-int and the body is not known");
    result = check_response(j, &said);
    if (result == AUTH_OK)
        result = check_uri(j, &said);
    if (result == AUTH_OK)
        result = count_use(j, &said);
    return result;
}
