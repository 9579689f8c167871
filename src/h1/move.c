/* SPDX-License-Identifier: MIT */
/*
 * A head's octets went elsewhere: its slices follow. Those that never pointed there stay.
 */
#include "naysay/h1.h"

struct move {
    uintptr_t from, to; /* the head's octets, `to` included */
    const char *now;
};

static void follow(const struct move *m, struct slice *s)
{
    const uintptr_t at = (uintptr_t)s->at;

    if (s->at != NULL && at >= m->from && at <= m->to)
        s->at = m->now + (at - m->from);
}

static void follow_fields(const struct move *m, struct http_fields *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        follow(m, &f->at[i].name);
        follow(m, &f->at[i].value);
    }
}

/* The last octet that a slice of this head can point at. */
static uintptr_t last_octet(struct slice line, const struct http_fields *f)
{
    struct slice last = f->n == 0 ? line : f->at[f->n - 1].value;

    return (uintptr_t)last.at + last.len;
}

void h1_move_request(struct http_request *req, const char *was, const char *now)
{
    const struct move m = {(uintptr_t)was, last_octet(req->raw_target, &req->fields), now};
    struct slice *const slices[] = {
        &req->method_name,      &req->raw_target,         &req->target.scheme,
        &req->target.authority, &req->target.host,        &req->target.path,
        &req->target.query,     &req->target.origin_form, &req->host,
    };

    for (size_t i = 0; i < COUNT(slices); i++)
        follow(&m, slices[i]);
    follow_fields(&m, &req->fields);
}

void h1_move_response(struct http_response *res, const char *was, const char *now)
{
    const struct move m = {(uintptr_t)was, last_octet(res->phrase, &res->fields), now};

    follow(&m, &res->phrase);
    follow_fields(&m, &res->fields);
}
