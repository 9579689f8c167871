/* SPDX-License-Identifier: MIT */
/* The `uri` of a digest and the target it came with: the same resource, or another? */
#include "parts.h"

/* Where a request goes, whatever the form of its target. */
struct place {
    struct slice scheme, host, path, query;
    uint16_t port;
    bool has_authority;
};

static uint16_t port_or_default(uint16_t port, struct slice scheme)
{
    return port != 0 ? port : http_default_port(scheme);
}

static bool place_of(struct slice uri, enum http_method m, struct place *out)
{
    struct http_target t;

    if (http_split_target(uri, m, &t) != NULL)
        return false;
    *out = (struct place){.scheme = t.scheme, .host = t.host, .path = t.path};
    out->query = t.query;
    out->port = port_or_default(t.port, t.scheme);
    out->has_authority = t.form == FORM_ABSOLUTE || t.form == FORM_AUTHORITY;
    return true;
}

/* An origin-form target has its authority in Host (RFC 9112 §3.3). */
static void add_host(struct place *p, const struct auth_request *r)
{
    bool is_ipv6;

    if (p->has_authority || r->request->host.at == NULL)
        return;
    if (http_split_authority(r->request->host, &p->host, &p->port, &is_ipv6) != NULL)
        return;
    p->scheme = r->scheme;
    p->port = port_or_default(p->port, r->scheme);
    p->has_authority = true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

/*
 * The next octet of a path; 256 is added to one that is percent-encoded and would mean
 * something else if it were not (RFC 3986 §6.2.2).
 */
static int next_octet(struct slice *s)
{
    int c, high, low;
    size_t n = 1;

    assert(s->at != NULL && s->len > 0);
    c = (unsigned char)s->at[0];

    if (c == '%' && s->len >= 3) {
        high = hex_value(s->at[1]);
        low = hex_value(s->at[2]);
        if (high >= 0 && low >= 0) {
            c = high * 16 + low;
            c += is_unreserved(c) ? 0 : 256;
            n = 3;
        }
    }
    s->at += n;
    s->len -= n;
    return c;
}

static bool is_same_text(struct slice a, struct slice b)
{
    if ((a.at == NULL) != (b.at == NULL))
        return false;
    while (a.len > 0 && b.len > 0)
        if (next_octet(&a) != next_octet(&b))
            return false;
    return a.len == b.len;
}

static bool is_same_place(const struct place *a, const struct place *b)
{
    if (a->has_authority && b->has_authority &&
        (!slice_is_nocase(a->scheme, b->scheme) || !slice_is_nocase(a->host, b->host) ||
         a->port != b->port))
        return false;
    return is_same_text(a->path, b->path) && is_same_text(a->query, b->query);
}

/* What an authority-form or "*" has no other form of is right or wrong as a whole. */
static bool has_forms(const struct http_target *t)
{
    return t->form == FORM_ORIGIN || t->form == FORM_ABSOLUTE;
}

enum auth_uri uri_relate(struct slice uri, const struct auth_request *r)
{
    const struct http_request *q = r->request;
    struct place said, real;

    if (slice_is(uri, q->raw_target))
        return AUTH_URI_SENT;
    if (!place_of(uri, q->method, &said) || !place_of(q->raw_target, q->method, &real))
        return AUTH_URI_OTHER;
    add_host(&real, r);
    if (!is_same_place(&said, &real))
        return AUTH_URI_OTHER;
    if (q->target.form == FORM_ABSOLUTE && slice_is(uri, q->target.origin_form))
        return AUTH_URI_ORIGIN;
    if (q->target.form == FORM_ORIGIN && said.has_authority &&
        uri.len > q->raw_target.len &&
        slice_is((struct slice){uri.at + uri.len - q->raw_target.len, q->raw_target.len},
                 q->raw_target))
        return AUTH_URI_ABSOLUTE;
    return AUTH_URI_SAME;
}

static struct slice absolute_of(const struct auth_request *r, struct slice rest,
                                struct arena *a)
{
    const struct http_target *t = &r->request->target;
    bool is_absolute = t->form == FORM_ABSOLUTE;
    struct slice authority = is_absolute ? t->authority : r->request->host;

    if (authority.at == NULL)
        return NO_SLICE;
    return arena_printf(a, "%.*s://%.*s%.*s",
                        SLICE_ARGS(is_absolute ? t->scheme : r->scheme),
                        SLICE_ARGS(authority), SLICE_ARGS(rest));
}

struct slice uri_spelling(const struct auth_request *r, unsigned nth, struct arena *a)
{
    const struct http_target *t = &r->request->target;

    if (nth == 0)
        return r->request->raw_target;
    if (t->form == FORM_AUTHORITY)
        return nth == 1 ? t->host : nth == 2 ? SLICE("/") : nth == 3 ? SLICE("") : NO_SLICE;
    if (!has_forms(t))
        return NO_SLICE;
    switch (nth) {
    case 1:
        return t->origin_form;
    case 2:
        return absolute_of(r, t->origin_form, a);
    case 3: /* as old Internet Explorers did */
        return t->path;
    case 4:
        return absolute_of(r, t->path, a);
    case 5:
        return SLICE("/");
    }
    return NO_SLICE;
}
