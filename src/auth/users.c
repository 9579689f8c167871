/* SPDX-License-Identifier: MIT */
/* Who is it? Names in UTF-8, and in ISO-8859-1 where no charset was announced. */
#include "parts.h"

/*
 * U+0080..U+00FF are two octets in UTF-8, C2 or C3 first, and one here. Scenario texts are
 * valid UTF-8.
 */
struct slice latin1_of(struct slice utf8, struct arena *a, bool *differs)
{
    char *to = arena_alloc(a, utf8.len + 1);
    size_t n = 0;

    *differs = false;
    if (to == NULL)
        return NO_SLICE;
    for (size_t i = 0; i < utf8.len; i++) {
        unsigned char c = (unsigned char)utf8.at[i];

        if (c >= 0x80) {
            if ((c & 0xfe) != 0xc2 || i + 1 == utf8.len)
                return utf8;
            c = (unsigned char)(c << 6 | (utf8.at[++i] & 0x3f));
        }
        to[n++] = (char)c;
    }
    *differs = n != utf8.len;
    return (struct slice){to, n};
}

static bool is_ascii(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    return true;
}

const struct auth_user *find_user(const struct judging *j, struct slice name)
{
    const struct auth_user *users = j->realm->users.at;
    bool differs;

    for (uint32_t i = 0; i < j->realm->users.n; i++)
        if (slice_is(users[i].name, name))
            return &users[i];
    if (j->realm->charset != 0 || is_ascii(name))
        return NULL;
    for (uint32_t i = 0; i < j->realm->users.n; i++) {
        struct slice other = latin1_of(users[i].name, j->a, &differs);

        if (differs && slice_is(other, name))
            return &users[i];
    }
    return NULL;
}

/* ---- as Digest names them ---- */

static bool is_escaped_right(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '%' && (i + 2 >= s.len || !is_hex((struct slice){s.at + i + 1, 2})))
            return false;
    return true;
}

/* UTF-8'language'percent-encoded (RFC 8187 §3.2). */
static enum auth_result decode_name(struct judging *j, struct slice ext)
{
    struct slice rest = ext, charset = slice_cut(&rest, '\'');

    slice_cut(&rest, '\'');
    if (rest.at == NULL || !slice_is_nocase(charset, SLICE("UTF-8")))
        return rule(j, AUTH_MALFORMED, "username* is not UTF-8''name (RFC 8187 §3.2)");
    if (!is_escaped_right(rest))
        return rule(j, AUTH_MALFORMED, "username* has a percent sign without two digits");
    if (!http_decode(rest, false, j->a, &j->out->user))
        return malformed(j, auth_no_memory);
    if (!http_is_field_value(j->out->user))
        return rule(j, AUTH_MALFORMED, "username* holds a control character");
    return AUTH_OK;
}

/*
 * Whose H(name ":" realm) is it (RFC 7616 §3.4.4)? SHA-512-256 has two: the one that it is,
 * and that of the RFC's examples.
 */
static enum auth_result find_hashed(struct judging *j, struct slice name)
{
    const struct auth_user *users = j->realm->users.at;
    const enum hash own = algorithm_hash(j->out->digest.algorithm);
    const enum hash hashes[] = {own, HASH_SHA_512_CUT};
    size_t n_hashes = own == HASH_SHA_512_256 ? 2 : 1;
    struct hex h;

    for (uint32_t i = 0; i < j->realm->users.n; i++) {
        const struct slice parts[] = {users[i].name, j->realm->name};

        for (size_t k = 0; k < n_hashes; k++) {
            if (!hash_joined(hashes[k], parts, COUNT(parts), &h))
                return malformed(j, auth_no_memory);
            if (is_same_secret(name, HEX(h))) {
                j->out->known = &users[i];
                j->out->user = users[i].name;
                return AUTH_OK;
            }
        }
    }
    return rule(j, AUTH_WRONG, "no user has the hashed name %.*s", BRIEF(name));
}

enum auth_result take_user(struct judging *j, const struct digest_said *s)
{
    enum auth_result result = AUTH_OK;
    bool is_hashed = s->userhash.at != NULL && slice_is_nocase(s->userhash, SLICE("true"));

    j->out->user = s->username;
    if (is_hashed && !j->realm->digest.userhash)
        return rule(j, AUTH_WRONG, "userhash=true, which was not offered");
    if (is_hashed && s->username.at == NULL)
        return rule(j, AUTH_MALFORMED, "userhash=true together with username*");
    if (is_hashed)
        return find_hashed(j, s->username);
    if (s->username.at == NULL)
        result = decode_name(j, s->username_ext);
    if (result != AUTH_OK)
        return result;
    j->out->known = find_user(j, j->out->user);
    if (j->out->known == NULL)
        return rule(j, AUTH_WRONG, "no user is called \"%.*s\"", BRIEF(j->out->user));
    return AUTH_OK;
}
