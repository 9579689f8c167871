/* SPDX-License-Identifier: MIT */
/* The way in: which scheme is it, and what does that say? */
#include <stdarg.h>

#include "parts.h"

const struct scheme auth_schemes[] = {
    {AUTH_SCHEME_BASIC, "Basic", "basic", basic_judge, basic_challenge, NULL},
    {AUTH_SCHEME_DIGEST, "Digest", "digest", digest_judge, digest_challenge, digest_info},
};
const size_t auth_n_schemes = COUNT(auth_schemes);

const struct scheme *scheme_find(enum auth_scheme id)
{
    for (size_t i = 0; i < auth_n_schemes; i++)
        if (auth_schemes[i].id == id)
            return &auth_schemes[i];
    return NULL;
}

static const struct scheme *scheme_named(struct slice name)
{
    for (size_t i = 0; i < auth_n_schemes; i++)
        if (slice_is_nocase(name, slice_of(auth_schemes[i].name)))
            return &auth_schemes[i];
    return NULL;
}

/* ---- words ---- */

const struct auth_fields *auth_fields(enum auth_side side)
{
    static const struct auth_fields fields[] = {
        [AUTH_ORIGIN] = {SLICE("WWW-Authenticate"), SLICE("Authorization"),
                         SLICE("Authentication-Info")},
        [AUTH_PROXY] = {SLICE("Proxy-Authenticate"), SLICE("Proxy-Authorization"),
                        SLICE("Proxy-Authentication-Info")},
    };

    return &fields[side];
}

const char *auth_result_name(enum auth_result r)
{
    static const char *const names[] = {
#define X(id, name, help) [AUTH_##id] = name,
        AUTH_RESULTS(X)
#undef X
    };

    return names[r];
}

const char *auth_uri_name(enum auth_uri u)
{
    static const char *const names[] = {
#define X(id, name, help) [AUTH_URI_##id] = name,
        AUTH_URIS(X)
#undef X
    };

    return names[u];
}

static struct slice say(struct arena *a, const char *format, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof(text), format, args);
    return arena_copy(a, slice_of(text));
}

enum auth_result rule(struct judging *j, enum auth_result result, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    j->out->why = say(j->a, format, args);
    va_end(args);
    return j->out->why.at == NULL ? AUTH_NO_MEMORY : result;
}

void remark(struct judging *j, const char *format, ...)
{
    va_list args;

    if (j->out->why.len > 0)
        return;
    va_start(args, format);
    j->out->why = say(j->a, format, args);
    va_end(args);
}

enum auth_result malformed(struct judging *j, const char *wrong)
{
    j->out->why = slice_of(wrong);
    return wrong == auth_no_memory ? AUTH_NO_MEMORY : AUTH_MALFORMED;
}

/* ---- judging ---- */

/* How often this field comes; *value is the first. */
static uint32_t count_lines(const struct http_fields *f, struct slice name,
                            struct slice *value)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < f->n; i++)
        if (slice_is_nocase(f->at[i].name, name) && n++ == 0)
            *value = f->at[i].value;
    return n;
}

static bool offers(const struct auth_realm *realm, enum auth_scheme id)
{
    for (uint8_t i = 0; i < realm->n_schemes; i++)
        if (realm->schemes[i] == id)
            return true;
    return false;
}

/* Did the client mean the other side? */
static enum auth_result judge_none(struct judging *j)
{
    enum auth_side other = j->r->side == AUTH_PROXY ? AUTH_ORIGIN : AUTH_PROXY;
    struct slice name = auth_fields(other)->credentials, value;

    if (count_lines(&j->r->request->fields, name, &value) > 0)
        remark(j, "%.*s came, where %.*s is asked for", SLICE_ARGS(name),
               SLICE_ARGS(auth_fields(j->r->side)->credentials));
    return AUTH_NONE;
}

static enum auth_result judge_value(struct judging *j, struct slice value)
{
    struct auth_words words;
    const char *wrong = auth_read_credentials(value, j->a, &words);
    const struct scheme *scheme;

    if (wrong != NULL)
        return malformed(j, wrong);
    scheme = scheme_named(words.scheme);
    if (scheme != NULL)
        j->out->scheme = scheme->id;
    if (scheme == NULL || !offers(j->realm, scheme->id))
        return rule(j, AUTH_WRONG, "the scheme %.*s was not offered", BRIEF(words.scheme));
    return scheme->judge(j, &words);
}

enum auth_result auth_judge(const struct auth_realm *realm, struct auth_state *state,
                            const struct auth_request *r, struct arena *a,
                            struct auth_outcome *out)
{
    struct judging j = {realm, state, r, a, out};
    struct slice name = auth_fields(r->side)->credentials, value = NO_SLICE;
    uint32_t n = count_lines(&r->request->fields, name, &value);

    *out = (struct auth_outcome){.result = AUTH_NONE};
    if (n == 0)
        out->result = judge_none(&j);
    else if (n > 1)
        out->result = rule(&j, AUTH_MALFORMED, "%.*s comes %u times", SLICE_ARGS(name), n);
    else
        out->result = judge_value(&j, value);
    if (out->result != AUTH_OK)
        out->known = NULL;
    return out->result;
}

/* ---- answering ---- */

bool auth_challenge(const struct auth_realm *realm, struct auth_state *state,
                    const struct auth_request *r, const struct auth_outcome *outcome,
                    struct arena *a, struct auth_challenges *out)
{
    const struct judging j = {realm, state, r, a, NULL};
    bool stale = outcome != NULL && outcome->result == AUTH_STALE;

    out->n = 0;
    for (uint8_t i = 0; i < realm->n_schemes; i++)
        if (!scheme_find(realm->schemes[i])->challenge(&j, stale, out))
            return false;
    return true;
}

bool auth_info(const struct auth_realm *realm, struct auth_state *state,
               const struct auth_request *r, const struct auth_outcome *outcome,
               struct slice body, struct arena *a, struct slice *value)
{
    struct auth_outcome copy = *outcome;
    const struct judging j = {realm, state, r, a, &copy};
    const struct scheme *scheme = scheme_find(outcome->scheme);

    assert(outcome->result == AUTH_OK && outcome->known != NULL);
    *value = SLICE("");
    if (scheme->info == NULL || !realm->digest.info)
        return true;
    return scheme->info(&j, body, value);
}
