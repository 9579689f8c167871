/* SPDX-License-Identifier: MIT */
/* What stands for {{…}} in a template. */
#include "scene.h"

static bool put_number(struct buf *b, uint64_t n)
{
    return buf_printf(b, "%llu", (unsigned long long)n);
}

static bool put_found(struct buf *b, struct slice s)
{
    return s.at == NULL || buf_put(b, s);
}

/* ---- request.… ---- */

static struct slice capture_of(const struct scene *sc, struct slice name)
{
    for (uint32_t i = 0; i < sc->n_captures; i++)
        if (slice_is(sc->captures[i].name, name))
            return sc->captures[i].value;
    return NO_SLICE;
}

static struct slice field_of(const struct http_request *req, struct slice name)
{
    const struct http_field *f = http_find_name(&req->fields, name);

    return f == NULL ? NO_SLICE : f->value;
}

/* The first of that name. */
static bool put_pair(struct scene *sc, struct slice pairs, struct slice name, struct buf *b)
{
    struct slice value;

    return !pairs_next(&pairs, name, sc->arena, &value) || buf_put(b, value);
}

static bool put_url(struct buf *b, const struct http_request *req)
{
    struct slice scheme = req->target.scheme.len > 0 ? req->target.scheme : SLICE("http");

    if (req->target.form == FORM_AUTHORITY)
        return buf_put(b, req->target.authority);
    return buf_put(b, scheme) && buf_put(b, SLICE("://")) &&
           buf_put(b, request_authority(req)) && buf_put(b, req->target.origin_form);
}

static bool put_request(struct scene *sc, struct slice rest, struct buf *b)
{
    const struct http_request *req = sc->facts->request;
    struct slice part = slice_cut(&rest, '.');
    bool whole = rest.at == NULL || rest.len == 0;

    if (slice_is(part, SLICE("method")))
        return buf_put(b, req->method_name);
    if (slice_is(part, SLICE("target")))
        return buf_put(b, req->raw_target);
    if (slice_is(part, SLICE("path")))
        return put_found(b, whole ? request_path(req) : capture_of(sc, rest));
    if (slice_is(part, SLICE("query")))
        return whole ? put_found(b, req->target.query)
                     : put_pair(sc, req->target.query, rest, b);
    if (slice_is(part, SLICE("header")))
        return put_found(b, field_of(req, rest));
    if (slice_is(part, SLICE("cookie")))
        return put_found(b, request_cookie(req, rest));
    if (slice_is(part, SLICE("form")))
        return put_pair(sc, request_form(sc->facts), rest, b);
    if (slice_is(part, SLICE("json")))
        return put_found(b, request_json(sc, rest));
    if (slice_is(part, SLICE("body")))
        return put_found(b, sc->facts->body);
    if (slice_is(part, SLICE("host")))
        return buf_put(b, request_authority(req));
    if (slice_is(part, SLICE("url")))
        return put_url(b, req);
    return buf_put(b, req->minor == 0 ? SLICE("1.0") : SLICE("1.1"));
}

/* ---- time and chance ---- */

static bool put_now(const struct scene *sc, const struct insert *i, struct buf *b)
{
    int64_t now = sc->facts->unix_time, offset = 0;
    char text[HTTP_DATE_LEN];

    if (i->n_args > 0 && now_offset(i->args[i->n_args - 1], &offset))
        now = now + offset < 0 ? 0 : now + offset;

    if (i->n_args > 0 && slice_is(i->args[0], SLICE("unix")))
        return put_number(b, (uint64_t)now);
    if (i->n_args > 0 && slice_is(i->args[0], SLICE("iso"))) {
        http_put_iso_date(now, text);
        return buf_put(b, (struct slice){text, HTTP_ISO_DATE_LEN});
    }
    http_put_date(now, text);
    return buf_put(b, (struct slice){text, HTTP_DATE_LEN});
}

void uuid_print(uint64_t high, uint64_t low, char out[36])
{
    char text[40];

    high = (high & ~0xf000ull) | 0x4000;      /* version 4 (RFC 9562 §5.4) */
    low = (low & ~(3ull << 62)) | 2ull << 62; /* its variant */
    snprintf(text, sizeof(text), "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xffff),
             (unsigned)(low >> 48), (unsigned long long)(low & 0xffffffffffffull));
    memcpy(out, text, 36);
}

/* No two inserts of one answer have the same: two dice are two. */
static uint64_t draw(struct scene *sc)
{
    return scene_draw(sc, DRAW_INSERT, sc->attempt, sc->n_inserts++);
}

static bool put_uuid(struct scene *sc, struct buf *b)
{
    char text[36];
    uint64_t high = draw(sc);

    uuid_print(high, draw(sc), text);
    return buf_put(b, (struct slice){text, sizeof(text)});
}

static bool put_random(struct scene *sc, const struct insert *i, struct buf *b)
{
    uint64_t least = 0, most = 0;

    slice_to_u64(i->args[0], &least);
    slice_to_u64(i->args[1], &most);
    return put_number(b, chance_between(draw(sc), least, most));
}

static bool put_pick(struct scene *sc, const struct insert *i, struct buf *b)
{
    return buf_put(b, i->args[chance_between(draw(sc), 0, i->n_args - 1u)]);
}

static bool put_session(const struct scene *sc, struct slice what, struct buf *b)
{
    if (slice_is(what, SLICE("requests")))
        return put_number(b, sc->visitor == NULL ? 0 : sc->visitor->requests);
    return sc->visitor == NULL || buf_put(b, sc->visitor->thing.name);
}

static bool put_insert(void *arg, const struct insert *i, struct buf *b)
{
    struct scene *sc = arg;

    switch ((enum insert_name)i->name) {
    case INSERT_REQUEST:
        return put_request(sc, i->rest, b);
    case INSERT_ATTEMPT:
        return put_number(b, sc->attempt);
    case INSERT_NTH:
        return put_number(b, sc->facts->nth);
    case INSERT_RULE:
        return put_found(b, sc->rule == NULL ? NO_SLICE : sc->rule->name);
    case INSERT_SCENARIO:
        return put_found(b, sc->run->scenario->name);
    case INSERT_SEED:
        return put_number(b, sc->run->seed);
    case INSERT_UUID:
        return put_uuid(sc, b);
    case INSERT_NOW:
        return put_now(sc, i, b);
    case INSERT_RANDOM:
        return put_random(sc, i, b);
    case INSERT_PICK:
        return put_pick(sc, i, b);
    case INSERT_STATE:
        return put_found(b, sc->keyed->state.len > 0 ? sc->keyed->state
                                                     : sc->run->scenario->first_state);
    case INSERT_VAR:
        return put_found(b, keyed_get(sc->keyed, i->rest));
    case INSERT_SESSION:
        return put_session(sc, i->rest, b);
    case INSERT_CLIENT:
        return buf_put(b, sc->facts->client);
    case INSERT_CONNECTION:
        return put_number(b, sc->facts->connection);
    }
    return true;
}

#define LONGEST_TEXT (16u << 20)

struct slice scene_fill(struct scene *sc, const struct template *t, enum escape escape)
{
    struct buf b = {.shelf = sc->arena->shelf};
    struct slice out = NO_SLICE;

    if (template_is_constant(t))
        return template_text(t);
    if (template_put(t, escape, LONGEST_TEXT, put_insert, sc, &b))
        out = arena_copy(sc->arena, buf_slice(&b));
    buf_clear(&b);
    sc->spent |= out.at == NULL;
    return out;
}
