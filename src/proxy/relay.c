/* SPDX-License-Identifier: MIT */
/* Taking a request to an origin and its answer back. Bodies stream both ways, never whole
 * in memory. */
#include "conn.h"

/* ---- the request's body, upstream ---- */

bool relay_takes_body(const struct exchange *x)
{
    return x->leg == NULL || (x->leg->link != NULL && !leg_is_full(x->leg));
}

/* As much as is there and as the upstream takes. */
static void push_body(struct exchange *x)
{
    struct leg *leg = x->leg;
    struct slice span;
    enum h1_read what = H1_READ_MORE;

    if (leg->link == NULL || leg->is_put || x->is_body_lost)
        return;
    do { /* a flush that goes well makes room, and nobody would tell us */
        while (!leg_is_full(leg) && (what = exchange_pull(x, &span)) == H1_READ_CONTENT)
            if (!leg_put(leg, span)) {
                exchange_fail(x, ENDING_OUT_OF_MEMORY);
                return;
            }
        leg_flush(leg);
    } while (what == H1_READ_CONTENT && !leg_is_full(leg));
    if (what == H1_READ_DONE && !leg_put_end(leg, x->trailers.n > 0 ? &x->trailers : NULL))
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
    leg_flush(leg);
}

/* ---- what the leg tells ---- */

static void leg_failed(struct exchange *x)
{
    struct leg *leg = x->leg;

    if (!leg_may_repeat(leg)) {
        x->fault = leg->fault;
        exchange_fail(x, leg->why);
        return;
    }
    if (!leg_repeat(leg))
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
}

static void note_upstream(struct exchange *x)
{
    if (x->leg->why != ENDING_RELAY_FORBIDDEN && x->leg->why != ENDING_RELAY_TO_SELF)
        x->upstream = x->leg->address;
    x->reused = x->leg->reused;
    x->attempts = x->leg->attempts;
}

static void on_leg(void *owner, enum leg_event what)
{
    struct exchange *x = owner;

    switch (what) {
    case LEG_HEAD:
        x->has_head = true;
        break;
    case LEG_FAILED:
        leg_failed(x);
        break;
    case LEG_READY:
    case LEG_ROOM:
    case LEG_BODY:
        break; /* the step being performed looks for itself */
    }
    note_upstream(x);
    conn_step(x->conn);
}

/* ---- the steps ---- */

enum step_done relay_start(struct exchange *x)
{
    x->leg = arena_zero(&x->arena, sizeof(*x->leg));
    if (x->leg == NULL || !exchange_keep(x) ||
        !leg_start(x->leg, &x->server->upstream, &x->arena, x->at->relay, x->request.method,
                   on_leg, x)) {
        enum ending why = x->leg == NULL ? ENDING_NONE : x->leg->why;
        exchange_fail(x, why == ENDING_REFUSED_TO_EMIT ? why : ENDING_OUT_OF_MEMORY);
        return STEP_FAILED;
    }
    note_upstream(x);
    return STEP_DONE;
}

enum step_done relay_await(struct exchange *x)
{
    push_body(x);
    if (x->has_failed)
        return STEP_FAILED;
    if (x->leg->is_put)
        leg_flush(x->leg);
    if (!x->has_head && x->leg->link != NULL && !x->leg->wants_head)
        leg_await(x->leg); /* the head before was an interim one */
    if (!x->has_head)
        return STEP_WAITS;
    plan_cut(&x->plan, x->at);
    bool decided = exchange_decide(x, MOMENT_RESPONSE);
    x->has_head = false;
    return decided ? STEP_DONE : STEP_FAILED;
}

static bool put_piece(struct exchange *x, struct slice span)
{
    struct buf *out = &x->conn->stream.out;

    x->body_sent += span.len;
    if (x->head->head.response.framing.kind == BODY_CHUNKED)
        return h1_put_chunk(out, span) == H1_EMIT_OK;
    return buf_put(out, span);
}

static enum step_done spent(struct exchange *x)
{
    exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return STEP_FAILED;
}

static enum step_done finish_body(struct exchange *x)
{
    struct http_fields *trailers = &x->leg->response.fields; /* the head's have been sent */

    if (x->head->head.response.framing.kind == BODY_CHUNKED &&
        h1_put_last_chunk(&x->conn->stream.out,
                          x->has_trailers && trailers->n > 0 ? trailers : NULL) !=
            H1_EMIT_OK)
        return spent(x);
    leg_end(x->leg);
    return STEP_DONE;
}

enum step_done relay_pipe(struct exchange *x)
{
    struct slice span;
    struct h1_fault fault = {0};

    push_body(x); /* the request may still be on its way */
    x->has_failed = x->has_failed && x->failure == ENDING_OUT_OF_MEMORY;
    if (x->has_failed)
        return STEP_FAILED;
    for (;;) {
        if (conn_is_full(x->conn) &&
            (stream_flush(&x->conn->stream) != FLUSH_DONE || conn_is_full(x->conn))) {
            leg_pause(x->leg, true);
            return STEP_WAITS;
        }
        switch (leg_read(x->leg, &span, &fault)) {
        case H1_READ_CONTENT:
            if (!put_piece(x, span))
                return spent(x);
            break;
        case H1_READ_TRAILER:
            if (!x->has_trailers)
                x->leg->response.fields = (struct http_fields){0};
            x->has_trailers = true;
            if (!exchange_keep_trailer(x, &x->leg->response.fields, span))
                return spent(x);
            break;
        case H1_READ_MORE:
            leg_pause(x->leg, false);
            return STEP_WAITS;
        case H1_READ_DONE:
            return finish_body(x);
        case H1_READ_BAD:
            x->fault = fault;
            exchange_fail(x, x->leg->why);
            return STEP_FAILED;
        }
    }
}
