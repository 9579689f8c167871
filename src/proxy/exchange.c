/* SPDX-License-Identifier: MIT */
/* One request and what became of it: its facts, its memory, its entry in the journal. */
#include "conn.h"

struct exchange *exchange_begin(struct conn *c, const struct http_request *req)
{
    struct arena arena;
    struct exchange *x;

    arena_init(&arena, &c->server->worker->shelf);
    x = arena_zero(&arena, sizeof(*x));
    if (x == NULL) {
        arena_clear(&arena);
        return NULL;
    }
    x->arena = arena;
    x->conn = c;
    x->server = c->server;
    x->request = *req;
    x->has_request = true;
    if (req->method == METHOD_CONNECT) /* what follows it is no body (RFC 9110 §9.3.6) */
        x->request.framing = (struct http_framing){.kind = BODY_NONE};
    h1_body_init(&x->body, x->request.framing);
    x->is_body_done = h1_body_is_done(&x->body);
    x->began = c->server->worker->now;
    x->wall_us = c->server->worker->wall_us;
    x->sent_from = stream_position(&c->stream);
    plan_init(&x->plan, &x->arena);
    c->exchanges++;
    c->server->exchanges++;
    return x;
}

bool exchange_keep(struct exchange *x)
{
    struct http_fields *f = &x->request.fields;
    struct buf *in = &x->conn->stream.in;
    struct http_field *kept;
    struct slice rest;

    if (x->is_kept || !x->has_request)
        return true;
    kept = arena_alloc(&x->arena, f->n * sizeof(*kept));
    if (kept == NULL)
        return false;
    memcpy(kept, f->at, f->n * sizeof(*kept));
    f->at = kept;
    f->cap = f->n;
    x->head_octets = *in;
    rest = buf_slice(in);
    *in = (struct buf){.shelf = in->shelf};
    x->is_kept = true;
    return buf_put(in, rest);
}

/* ---- deciding ---- */

bool exchange_decide(struct exchange *x, enum moment moment)
{
    struct server *s = x->server;
    struct conn *c = x->conn;
    char ip[ADDRESS_TEXT];
    struct facts facts = {
        .moment = moment,
        .unix_time = s->worker->wall_us / 1000000,
        .request = x->has_request ? &x->request : NULL,
        .method = x->request.method,
        .response = x->has_head ? &x->leg->response : NULL,
        .failure = (enum ending)x->failure,
        .fault = x->fault.id == H1_FAULT_NONE ? NULL : &x->fault,
        .inside = slice_of(c->inside),
        .nth = s->exchanges,
    };

    /* Text of the address is wanted only for what may be relayed. */
    if (moment == MOMENT_REQUEST && s->scenario->n_always == 0)
        facts.client = (struct slice){ip, address_print_ip(&c->peer, ip)};
    decide(s->scenario, &s->state, &facts, &x->plan);
    if (x->plan.spent)
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return !x->plan.spent;
}

void exchange_fail(struct exchange *x, enum ending why)
{
    if (x->has_failed)
        return;
    x->failure = (uint16_t)why;
    x->has_failed = true;
}

/* ---- the request's body ---- */

static void lose_body(struct exchange *x, enum ending why)
{
    x->is_body_lost = true;
    exchange_fail(x, why);
}

bool exchange_keep_trailer(struct exchange *x, struct http_fields *to, struct slice line)
{
    struct slice value = arena_copy(&x->arena, line), name;

    if (to->at == NULL) {
        to->cap = (uint32_t)x->server->limits->trailers;
        to->at = arena_alloc(&x->arena, to->cap * sizeof(*to->at));
    }
    if (value.at == NULL || to->at == NULL)
        return false;
    name = slice_cut(&value, ':');
    return http_add(to, name, slice_trim(value, " \t"));
}

enum h1_read exchange_pull(struct exchange *x, struct slice *span)
{
    struct stream *s = &x->conn->stream;
    enum h1_read what;
    size_t used;

    *span = NO_SLICE;
    if (x->is_body_done)
        return H1_READ_DONE;
    if (x->is_body_lost)
        return H1_READ_BAD;
    do {
        what = h1_body_read(&x->body, buf_slice(&s->in).at, buf_len(&s->in),
                            x->server->limits, &used, span, &x->fault);
        s->in.from += (uint32_t)used; /* the span stays in place until more is read */
        if (what == H1_READ_TRAILER && !exchange_keep_trailer(x, &x->trailers, *span)) {
            lose_body(x, ENDING_OUT_OF_MEMORY);
            return H1_READ_BAD;
        }
    } while (what == H1_READ_TRAILER);
    if (what == H1_READ_DONE)
        x->is_body_done = true;
    else if (what == H1_READ_BAD)
        lose_body(x, ENDING_BAD_CHUNK);
    else if (what == H1_READ_MORE && s->eof) {
        lose_body(x, ENDING_CLIENT_CUT_BODY);
        what = H1_READ_BAD;
    }
    return what;
}

/* ---- its end ---- */

static void write_entry(struct exchange *x, enum ending why)
{
    struct conn *c = x->conn;
    struct worker *w = x->server->worker;

    worker_touch(w); /* what was done since the event has taken its time */
    char client[ADDRESS_TEXT], upstream[ADDRESS_TEXT];
    struct entry e = {
        .wall_us = x->wall_us,
        .connection = c->id,
        .exchange = c->exchanges,
        .request = x->has_request || x->request.method_name.len > 0 ? &x->request : NULL,
        .request_body = x->body.content,
        .plan = &x->plan,
        .response = x->head == NULL ? NULL : &x->head->head.response,
        .head = x->sent_head,
        .n_interim = x->n_interim,
        .response_body = x->body_sent,
        .sent = {x->sent_from, stream_position(&c->stream)},
        .raw = x->raw,
        .n_raw = x->n_raw,
        .reused = x->reused,
        .attempts = x->attempts,
        .first_us = x->first == 0 ? 0 : (x->first - x->began) / 1000,
        .end_us = (w->now - x->began) / 1000,
        .ending = why,
    };

    memcpy(e.interim, x->interim, sizeof(e.interim));
    e.client = (struct slice){client, address_print(&c->peer, client)};
    if (x->upstream.len > 0)
        e.upstream = (struct slice){upstream, address_print(&x->upstream, upstream)};
    journal_add(x->server->journal, &e);
}

static void let_go(struct exchange *x)
{
    struct worker *w = x->server->worker;

    tunnel_close(x->tunnel);
    conn_hear(x->conn);
    dial_cancel(x->dial);
    stream_close(&x->far, x->will_reset);
    if (x->leg != NULL)
        leg_end(x->leg);
    timer_stop(w, &x->timer);
}

static void free_exchange(struct grave *g)
{
    struct exchange *x = OWNER_OF(g, struct exchange, grave);
    struct arena arena = x->arena; /* it holds the exchange itself */

    buf_clear(&x->head_octets);
    arena_clear(&arena);
}

void exchange_end(struct exchange *x, enum ending why)
{
    struct server *s = x->server;

    s->by_ending[why]++;
    if (x->head != NULL)
        s->by_status[x->head->head.response.status]++;
    if (s->journal != NULL)
        write_entry(x, why);
    let_go(x);
    x->conn->x = NULL;
    x->grave.free = free_exchange;
    if (x->is_kept)
        worker_bury(s->worker, &x->grave); /* something of its own may be on the stack */
    else
        free_exchange(&x->grave);
}
