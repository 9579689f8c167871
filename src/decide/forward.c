/* SPDX-License-Identifier: MIT */
/*
 * Heads on their way through: what an intermediary takes off and puts on (RFC 9110 §7.6).
 */
#include "parts.h"

/* Fields that speak to the next hop only, or that we write ourselves. */
static bool is_hop_by_hop(const struct http_field *f)
{
    switch (f->id) {
    case FIELD_CONNECTION:
    case FIELD_KEEP_ALIVE:
    case FIELD_PROXY_CONNECTION:
    case FIELD_TE:
    case FIELD_TRANSFER_ENCODING:
    case FIELD_CONTENT_LENGTH:
    case FIELD_UPGRADE:
    case FIELD_HTTP2_SETTINGS:
        return true;
    default:
        return false;
    }
}

/*
 * Does Connection name anything but close and keep-alive? Rare, so looked at once per head.
 */
static bool names_fields(const struct http_fields *fields)
{
    struct slice rest, option;

    for (uint32_t i = 0; i < fields->n; i++) {
        if (fields->at[i].id != FIELD_CONNECTION)
            continue;
        rest = fields->at[i].value;
        while (rest.at != NULL) {
            option = slice_trim(slice_cut(&rest, ','), " \t");
            if (option.len > 0 && !slice_is_nocase(option, SLICE("close")) &&
                !slice_is_nocase(option, SLICE("keep-alive")))
                return true;
        }
    }
    return false;
}

/* Options are tokens: a comma parts them even where somebody put quotes (RFC 9110 §7.6.1).
 */
static bool is_named(const struct http_fields *fields, struct slice name)
{
    for (uint32_t i = 0; i < fields->n; i++) {
        struct slice rest = fields->at[i].value;
        while (fields->at[i].id == FIELD_CONNECTION && rest.at != NULL)
            if (slice_is_nocase(slice_trim(slice_cut(&rest, ','), " \t\""), name))
                return true;
    }
    return false;
}

/* Copies what may go on, leaving out what `is_ours` says. */
static void pass_fields(struct plan *p, struct http_fields *to,
                        const struct http_fields *from,
                        bool (*is_ours)(const struct http_field *))
{
    bool named = names_fields(from);

    for (uint32_t i = 0; i < from->n; i++) {
        const struct http_field *f = &from->at[i];
        if (is_hop_by_hop(f) || is_ours(f))
            continue;
        if (named && is_named(from, f->name))
            continue;
        to->at[to->n++] = *f; /* room for all of them was taken */
    }
    assert(to->n <= to->cap);
    (void)p;
}

/* ---- requests ---- */

/* Rewritten below, or meant for us alone. */
static bool request_is_ours(const struct http_field *f)
{
    return f->id == FIELD_HOST || f->id == FIELD_PROXY_AUTHORIZATION ||
           f->id == FIELD_NAYSAY || f->id == FIELD_MAX_FORWARDS || f->id == FIELD_EXPECT;
}

static bool reverse_is_ours(const struct http_field *f)
{
    return request_is_ours(f) || f->id == FIELD_X_FORWARDED_FOR ||
           f->id == FIELD_X_FORWARDED_HOST || f->id == FIELD_X_FORWARDED_PROTO;
}

static struct slice host_value(struct arena *a, struct origin to)
{
    const char *form = to.is_ipv6 ? "[%.*s]:%u" : "%.*s:%u";
    const char *bare = to.is_ipv6 ? "[%.*s]" : "%.*s";

    if (to.port == 80)
        return arena_printf(a, bare, SLICE_ARGS(to.host));
    return arena_printf(a, form, SLICE_ARGS(to.host), to.port);
}

/* Only TRACE and OPTIONS count hops (RFC 9110 §7.6.2); decide() has answered those at 0. */
static void put_max_forwards(struct plan *p, struct http_fields *to,
                             const struct http_request *req)
{
    const struct http_field *f = http_find(&req->fields, FIELD_MAX_FORWARDS);
    uint64_t hops;

    if (f == NULL)
        return;
    if ((req->method != METHOD_TRACE && req->method != METHOD_OPTIONS) ||
        !slice_to_u64(f->value, &hops) || hops == 0) {
        plan_add_field(p, to, f->name, f->value);
        return;
    }
    plan_add_field(p, to, f->name,
                   arena_printf(p->arena, "%llu", (unsigned long long)hops - 1));
}

static void put_via(struct plan *p, struct http_fields *to, const struct setting *at,
                    uint8_t minor)
{
    plan_add_field(p, to, SLICE("Via"),
                   arena_printf(p->arena, "1.%u %.*s", minor == 0 ? 0u : 1u,
                                SLICE_ARGS(at->pseudonym)));
}

/* What the client said through other proxies, and then the client itself. */
static void put_forwarded_for(struct plan *p, struct http_fields *to,
                              const struct facts *facts)
{
    const struct http_fields *from = &facts->request->fields;
    struct buf b = {.shelf = p->arena->shelf};
    bool ok = true;

    for (uint32_t i = 0; ok && i < from->n; i++)
        if (from->at[i].id == FIELD_X_FORWARDED_FOR)
            ok = buf_put(&b, from->at[i].value) && buf_put(&b, SLICE(", "));
    if (ok && buf_put(&b, facts->client))
        plan_add_field(p, to, SLICE("X-Forwarded-For"),
                       arena_copy(p->arena, buf_slice(&b)));
    else
        p->spent = true;
    buf_clear(&b);
}

static void put_reverse_fields(struct plan *p, struct http_fields *to,
                               const struct facts *facts)
{
    put_forwarded_for(p, to, facts);
    if (facts->request->host.len > 0)
        plan_add_field(p, to, SLICE("X-Forwarded-Host"), facts->request->host);
    plan_add_field(p, to, SLICE("X-Forwarded-Proto"), SLICE("http"));
}

/* An upgrade goes through, but for h2c: HTTP/2 is not spoken behind us (RFC 9113 §3.1). */
static struct slice upgrade_of(const struct http_request *req)
{
    const struct http_field *f;

    /* With a body still to come, a 101 would turn the rest of it into another protocol's
     * octets. */
    if (!req->wants_upgrade || req->framing.kind != BODY_NONE)
        return NO_SLICE;
    f = http_find(&req->fields, FIELD_UPGRADE);
    return f == NULL || http_lists(&req->fields, FIELD_UPGRADE, SLICE("h2c")) ? NO_SLICE
                                                                              : f->value;
}

static struct slice target_of(struct plan *p, struct slice prefix,
                              const struct http_request *req)
{
    struct slice path = req->target.origin_form;

    if (req->target.form == FORM_ASTERISK)
        return SLICE("*");
    /*
     * OPTIONS http://host with an empty path asks the server as a whole (RFC 9112 §3.2.4).
     */
    if (req->method == METHOD_OPTIONS && req->target.form == FORM_ABSOLUTE &&
        req->raw_target.len == req->target.scheme.len + 3 + req->target.authority.len)
        return SLICE("*");
    /* http://host?q has no path to borrow: "/" goes before the query (RFC 9112 §3.2.1). */
    struct slice slash = path.len > 0 && path.at[0] == '/' ? SLICE("") : SLICE("/");
    if (slash.len + prefix.len == 0)
        return path;
    return arena_printf(p->arena, "%.*s%.*s%.*s", SLICE_ARGS(prefix), SLICE_ARGS(slash),
                        SLICE_ARGS(path));
}

void forward_request(struct plan *p, const struct setting *at, const struct facts *facts,
                     struct origin to, struct slice prefix, bool reverse)
{
    const struct http_request *req = facts->request;
    struct relay *r = plan_add_relay(p);

    if (r == NULL)
        return;
    r->to = to;
    r->method = req->method_name;
    r->target = target_of(p, prefix, req);
    r->framing = req->framing;
    r->upgrade = upgrade_of(req);
    r->idempotent = http_is_idempotent(req->method);
    r->fields.cap = req->fields.n + 7;
    r->fields.at = arena_alloc(p->arena, r->fields.cap * sizeof(*r->fields.at));
    if (r->fields.at == NULL || r->target.at == NULL) {
        p->spent = true;
        return;
    }
    plan_add_field(p, &r->fields, SLICE("Host"), host_value(p->arena, to));
    pass_fields(p, &r->fields, &req->fields, reverse ? reverse_is_ours : request_is_ours);
    if (req->expects_100) /* of HTTP/1.1, with a body: from others it means nothing (RFC
                             9110 §10.1.1) */
        plan_add_field(p, &r->fields, SLICE("Expect"), SLICE("100-continue"));
    put_max_forwards(p, &r->fields, req);
    if (reverse)
        put_reverse_fields(p, &r->fields, facts);
    put_via(p, &r->fields, at, req->minor);
    plan_add_plain(p, STEP_AWAIT);
    plan_add_end(p, END_CLOSE); /* never reached: the answer to AWAIT replaces it */
}

/* ---- responses ---- */

static bool response_is_ours(const struct http_field *f)
{
    (void)f;
    return false;
}

/* The upstream's framing, in what the client can read. */
static void frame(struct http_response *out, const struct facts *facts)
{
    const struct http_request *req = facts->request;
    const struct http_response *in = facts->response;
    const struct http_field *length;

    out->framing = in->framing;
    if (in->framing.kind == BODY_CLOSE || in->framing.kind == BODY_CHUNKED)
        out->framing.kind = req->minor == 0 ? BODY_CLOSE : BODY_CHUNKED;
    /* HEAD and 304 may state the length of what they leave out (RFC 9110 §8.6). */
    length = http_find(&in->fields, FIELD_CONTENT_LENGTH);
    if (in->status == 205) { /* empty, however it was framed (RFC 9110 §15.3.6) */
        out->framing = (struct http_framing){.kind = BODY_LENGTH, .length = 0};
        return;
    }
    if (in->framing.kind == BODY_NONE && length != NULL &&
        (req->method == METHOD_HEAD || in->status == 304) && in->status >= 200 &&
        in->status != 204 && slice_to_u64(length->value, &out->framing.length))
        out->framing.kind = BODY_LENGTH;
}

static bool has_body(const struct facts *facts)
{
    return facts->response->framing.kind != BODY_NONE && facts->response->status != 205;
}

void forward_response(struct plan *p, const struct setting *at, const struct facts *facts)
{
    const struct http_response *in = facts->response;
    const struct http_field *upgrade = http_find(&in->fields, FIELD_UPGRADE);
    bool interim = in->status < 200 && in->status != 101;
    struct http_response *out;

    if (interim && facts->request->minor == 0) { /* RFC 9110 §15.2 */
        plan_add_plain(p, STEP_AWAIT);
        plan_add_end(p, END_CLOSE);
        return;
    }
    out = interim ? plan_add_interim(p, in->status, in->phrase, in->fields.n + 1)
                  : plan_add_head(p, in->status, in->phrase, in->fields.n + 1);
    if (out == NULL)
        return;
    pass_fields(p, &out->fields, &in->fields, response_is_ours);
    put_via(p, &out->fields, at, in->minor);
    if (!interim)
        frame(out, facts);
    if (in->status == 101 || in->status == 426)
        plan_set_upgrade(p, upgrade == NULL ? NO_SLICE : upgrade->value);
    if (interim)
        plan_add_plain(p, STEP_AWAIT);
    else if (in->status == 101)
        plan_add_plain(p, STEP_TUNNEL);
    else if (has_body(facts))
        plan_add_plain(p, STEP_PIPE);
    plan_add_end(p, interim || in->status == 101 ? END_CLOSE : END_KEEP);
}
