/* SPDX-License-Identifier: MIT */
/* The state HEAD: from the first octets to an exchange, or to the failure of one. */
#include "conn.h"

static enum ending ending_of_fault(const struct h1_fault *f)
{
    switch (f->id) {
    case H1_FAULT_TARGET_LONG:
        return ENDING_TARGET_TOO_LONG;
    case H1_FAULT_HEAD_LONG:
    case H1_FAULT_FIELD_LONG:
    case H1_FAULT_FIELDS_MANY:
        return ENDING_HEAD_TOO_LARGE;
    case H1_FAULT_VERSION_UNKNOWN:
        return ENDING_VERSION_UNKNOWN;
    case H1_FAULT_CODING_UNKNOWN:
        return ENDING_CODING_UNKNOWN;
    case H1_FAULT_TARGET:
        return ENDING_BAD_TARGET;
    default:
        return ENDING_BAD_REQUEST;
    }
}

/* An exchange that begins with its failure: what came is no request. */
void conn_begin_failed(struct conn *c, const struct http_request *req, enum ending why,
                       const struct h1_fault *fault)
{
    struct http_request none = {.minor = 1,
                                .method = http_method_of(req->method_name),
                                .method_name = req->method_name,
                                .raw_target = req->raw_target};

    c->x = exchange_begin(c, &none);
    if (c->x == NULL) {
        conn_end(c, ENDING_OUT_OF_MEMORY);
        return;
    }
    c->x->has_request = false;
    c->x->is_body_lost = true;
    /* The octets may move before the refusal is out. */
    c->x->request.method_name = arena_copy(&c->x->arena, req->method_name);
    c->x->request.raw_target = arena_copy(&c->x->arena, req->raw_target);
    if (fault != NULL)
        c->x->fault = *fault;
    exchange_fail(c->x, why);
    conn_go(c, CONN_ACTING);
}

/* Without the empty lines that may stand before it (RFC 9112 §2.2). */
static struct slice trim_head(struct slice octets)
{
    while (octets.len > 0 && (octets.at[0] == '\r' || octets.at[0] == '\n'))
        octets = (struct slice){octets.at + 1, octets.len - 1};
    return octets;
}

static void begin(struct conn *c, const struct http_request *req, struct slice head)
{
    c->x = exchange_begin(c, req);
    if (c->x == NULL) {
        conn_end(c, ENDING_OUT_OF_MEMORY);
        return;
    }
    c->x->request_head = trim_head(head);
    conn_go(c, CONN_ACTING);
    if (exchange_start(c->x))
        c->x->at = c->x->plan.first;
}

/* Its first octets are shown to whoever wants to know what came. */
static void begin_bad(struct conn *c, const struct http_request *req,
                      const struct h1_fault *fault)
{
    struct slice came = trim_head(buf_slice(&c->stream.in));
    size_t most = (size_t)c->server->limits->sample;

    conn_begin_failed(c, req, ending_of_fault(fault), fault);
    came.len = came.len < most ? came.len : most;
    if (c->x != NULL && c->x->is_watched)
        c->x->request_head = arena_copy(&c->x->arena, came);
}

/* TLS and HTTP/2 announce themselves with the first octets. True: HTTP/1 so far, and enough
 * of it. */
static bool is_http1(struct conn *c)
{
    const struct http_request none = {0};

    switch (h1_sort(buf_slice(&c->stream.in))) {
    case H1_SORT_HTTP:
        return true;
    case H1_SORT_MORE:
        return false;
    case H1_SORT_TLS:
        conn_begin_failed(c, &none, ENDING_TLS_ON_PLAIN_PORT, NULL);
        return false;
    case H1_SORT_H2_PREFACE:
        conn_begin_failed(c, &none, ENDING_H2_ON_H1_PORT, NULL);
        return false;
    case H1_SORT_JUNK:
        conn_begin_failed(c, &none, ENDING_BAD_REQUEST, NULL);
        return false;
    }
    return true;
}

static void end_of_input(struct conn *c)
{
    if (buf_len(&c->stream.out) >
        0) { /* an answer is still on its way: it ends after that */
        c->ending = ENDING_CLIENT_CLOSED;
        conn_go(c, CONN_LINGER);
        return;
    }
    conn_end(c,
             buf_len(&c->stream.in) == 0 ? ENDING_CLIENT_CLOSED : ENDING_CLIENT_CUT_HEAD);
}

/* True when the state has changed and there is more to do. */
bool conn_step_head(struct conn *c)
{
    struct server *s = c->server;
    struct buf *in = &c->stream.in;
    struct http_request req = {
        .fields = {.at = s->scratch, .cap = (uint32_t)s->limits->fields}};
    struct h1_fault fault;
    ssize_t n = H1_MORE;

    if (conn_is_full(c) && (stream_flush(&c->stream) != FLUSH_DONE || conn_is_full(c)))
        return false; /* who does not read answers need not ask for more */
    if (!c->is_http && buf_len(in) > 0) {
        c->is_http = is_http1(c);
        if (c->state != CONN_HEAD)
            return c->state != CONN_ENDED;
        if (!c->is_http) { /* perhaps the beginning of a preface */
            if (c->stream.eof)
                end_of_input(c);
            return c->state == CONN_LINGER;
        }
    }
    if (buf_len(in) > c->seen)
        n = h1_parse_request(buf_head(in), buf_len(in), c->seen, s->limits, 0, &req,
                             &fault);
    if (n == H1_MORE) {
        c->seen = (uint32_t)buf_len(in);
        if (c->stream.eof)
            end_of_input(c);
        return c->state == CONN_LINGER;
    }
    c->seen = 0;
    if (n == H1_BAD)
        begin_bad(c, &req, &fault);
    else {
        struct slice head = {buf_head(in), (size_t)n};
        buf_skip(in, head.len); /* the octets stay where they are until more are read */
        begin(c, &req, head);
    }
    return c->state != CONN_ENDED;
}
