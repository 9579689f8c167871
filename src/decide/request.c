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

static bool is_named(struct scene *sc, struct slice raw, struct slice name)
{
    struct slice decoded;

    if (slice_is(raw, name))
        return true;
    return (slice_find(raw, '%') >= 0 || slice_find(raw, '+') >= 0) &&
           http_decode(raw, true, sc->arena, &decoded) && slice_is(decoded, name);
}

static struct slice find_pair(struct scene *sc, struct slice pairs, struct slice name,
                              uint32_t nth)
{
    struct slice decoded;

    while (pairs.at != NULL) {
        struct slice value = slice_cut(&pairs, '&'), raw_name = slice_cut(&value, '=');
        if (!is_named(sc, raw_name, name) || nth-- > 0)
            continue;
        if (value.at == NULL)
            return SLICE("");
        /* What does not decode is taken as it came. */
        return http_decode(value, true, sc->arena, &decoded) ? decoded : value;
    }
    return NO_SLICE;
}

struct slice request_query(struct scene *sc, struct slice name, uint32_t nth)
{
    return find_pair(sc, sc->facts->request->target.query, name, nth);
}

struct slice request_form(struct scene *sc, struct slice name, uint32_t nth)
{
    const struct http_field *type =
        http_find(&sc->facts->request->fields, FIELD_CONTENT_TYPE);
    struct slice kind = type == NULL ? SLICE("") : type->value;

    kind = slice_trim(slice_cut(&kind, ';'), " \t");
    if (!slice_is_nocase(kind, SLICE("application/x-www-form-urlencoded")) ||
        sc->facts->body.at == NULL)
        return NO_SLICE;
    return find_pair(sc, sc->facts->body, name, nth);
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

static struct slice dump(struct scene *sc, const json_t *v)
{
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    struct slice copy = text == NULL ? NO_SLICE : arena_copy(sc->arena, slice_of(text));

    free(text);
    return copy;
}

static struct slice json_text(struct scene *sc, const json_t *v)
{
    if (json_is_string(v))
        return (struct slice){json_string_value(v), json_string_length(v)};
    return dump(sc, v);
}

static const json_t *json_member(struct scene *sc, const json_t *v, struct slice name)
{
    uint64_t i;

    if (json_is_array(v))
        return slice_to_u64(name, &i) ? json_array_get(v, (size_t)i) : NULL;
    struct slice key = arena_printf(sc->arena, "%.*s%c", SLICE_ARGS(name), '\0');
    return key.at == NULL || !json_is_object(v) ? NULL : json_object_get(v, key.at);
}

#define DEEPEST_PATH 64u

struct slice request_json(struct scene *sc, struct slice path)
{
    struct slice body = sc->facts->body;
    const json_t *v;

    if (!sc->has_looked_for_json && body.at != NULL)
        sc->json = json_loadb(body.at, body.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    sc->has_looked_for_json = true;
    v = sc->json;
    for (unsigned depth = 0; v != NULL && path.at != NULL && path.len > 0; depth++)
        v = depth < DEEPEST_PATH ? json_member(sc, v, slice_cut(&path, '.')) : NULL;
    return v == NULL ? NO_SLICE : json_text(sc, v);
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
