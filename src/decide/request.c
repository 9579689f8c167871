/* SPDX-License-Identifier: MIT */
/* Parts of a request, by name: parameters, cookies, members of its body. */
#include "scene.h"

struct slice request_path(const struct http_request *req)
{
    return req->target.form == FORM_AUTHORITY || req->target.form == FORM_ASTERISK
               ? SLICE("")
               : req->target.path;
}

struct slice request_authority(const struct http_request *req)
{
    if (req->target.authority.len > 0)
        return req->target.authority;
    return req->host.at == NULL ? SLICE("") : req->host;
}

/* ---- name=value&name=value ---- */

static bool is_coded(struct slice s)
{
    return slice_find(s, '%') >= 0 || slice_find(s, '+') >= 0;
}

static bool is_named(struct slice raw, struct slice name, struct arena *a)
{
    struct slice decoded;

    if (slice_is(raw, name))
        return true;
    return raw.len >= name.len && raw.len <= 3 * name.len && is_coded(raw) &&
           http_decode(raw, true, a, &decoded) && slice_is(decoded, name);
}

/* What does not decode is taken as it came. */
static struct slice decoded_or_raw(struct slice raw, struct arena *a)
{
    struct slice decoded;

    if (raw.at == NULL)
        return SLICE("");
    return is_coded(raw) && http_decode(raw, true, a, &decoded) ? decoded : raw;
}

bool pairs_next(struct slice *pairs, struct slice name, struct arena *a,
                struct slice *value)
{
    while (pairs->at != NULL) {
        struct slice raw = slice_cut(pairs, '&'), own = slice_cut(&raw, '=');
        if (!is_named(own, name, a))
            continue;
        *value = decoded_or_raw(raw, a);
        return true;
    }
    return false;
}

struct slice request_form(const struct facts *facts)
{
    const struct http_field *type = http_find(&facts->request->fields, FIELD_CONTENT_TYPE);
    struct slice kind = type == NULL ? SLICE("") : type->value;

    kind = slice_trim(slice_cut(&kind, ';'), " \t");
    return slice_is_nocase(kind, SLICE("application/x-www-form-urlencoded")) ? facts->body
                                                                             : NO_SLICE;
}

/* ---- cookies (RFC 6265 §4.2) ---- */

struct slice request_cookie(const struct http_request *req, struct slice name)
{
    for (uint32_t i = 0; i < req->fields.n; i++) {
        struct slice rest = req->fields.at[i].value;
        if (!slice_is_nocase(req->fields.at[i].name, SLICE("Cookie")))
            continue;
        while (rest.at != NULL) {
            struct slice value = slice_cut(&rest, ';');
            struct slice own = slice_trim(slice_cut(&value, '='), " \t");
            if (value.at != NULL && slice_is(own, name))
                return slice_trim(value, " \t\"");
        }
    }
    return NO_SLICE;
}

/* ---- JSON ---- */

struct slice request_json(struct scene *sc, struct slice path)
{
    if (!sc->has_looked_for_json)
        sc->json = members_read(sc->facts->body);
    sc->has_looked_for_json = true;
    return members_get(sc->json, path, sc->arena);
}

/* ---- the proxy user ---- */

static struct slice basic_user(struct scene *sc, struct slice token68)
{
    struct slice pair;

    if (auth_decode64(token68, sc->arena, &pair) != NULL)
        return SLICE("");
    return slice_cut(&pair, ':');
}

struct slice request_user(struct scene *sc)
{
    const struct http_request *req = sc->facts->request;
    const struct http_field *f =
        req == NULL ? NULL : http_find(&req->fields, FIELD_PROXY_AUTHORIZATION);
    struct auth_words words;
    const struct auth_param *user;

    if (sc->has_looked_for_user)
        return sc->user;
    sc->has_looked_for_user = true;
    sc->user = SLICE("");
    if (f == NULL || auth_read_credentials(f->value, sc->arena, &words) != NULL)
        return sc->user;
    user = auth_find(&words, "username");
    if (slice_is_nocase(words.scheme, SLICE("Basic")) && words.token68.at != NULL)
        sc->user = basic_user(sc, words.token68);
    else if (user != NULL)
        sc->user = user->value;
    return sc->user;
}
