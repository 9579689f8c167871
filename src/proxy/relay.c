/* SPDX-License-Identifier: MIT */
/* Taking a request to an origin and its answer back. Bodies stream both ways, never whole
 * in memory. */
#include "conn.h"

/* ---- the request's body, upstream ---- */

bool relay_takes_body(const struct exchange *x)
{
    return !content_is_held_inward(x) &&
           (x->leg == NULL || (x->leg->link != NULL && !leg_is_full(x->leg)));
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
        while (!leg_is_full(leg) && !content_waits_inward(x) &&
               (what = content_pull(x, &span)) == H1_READ_CONTENT)
            if (!leg_put(leg, span)) {
                exchange_fail(x, ENDING_OUT_OF_MEMORY);
                return;
            }
        leg_flush(leg);
    } while (what == H1_READ_CONTENT && !leg_is_full(leg) && !content_is_held_inward(x));
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

static enum step_done spent(struct exchange *x)
{
    exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return STEP_FAILED;
}

static const struct chunk_twist *no_last_chunk(const struct flow *f)
{
    const struct chunk_twist *t = f->chunks;

    while (t != NULL && t->what != CHUNK_NO_LAST)
        t = t->next;
    return t;
}

static bool put_last(struct exchange *x)
{
    struct http_fields *trailers = &x->leg->response.fields; /* the head's have been sent */
    const struct chunk_twist *none = no_last_chunk(&x->at->flow);
    bool has_trailers = x->has_trailers && trailers->n > 0;

    if (x->head == NULL || x->head->head.response.framing.kind != BODY_CHUNKED)
        return true;
    if (none != NULL)
        return player_tell(x, &none->intent, stream_position(&x->conn->stream));
    return h1_put_last_chunk(&x->conn->stream.out, has_trailers ? trailers : NULL) ==
           H1_EMIT_OK;
}

/* All has come, or as much as the plan wants of it. */
static enum step_done finish_body(struct exchange *x)
{
    const struct flow *f = &x->at->flow;
    bool ok = !f->has_stop
                  ? put_last(x)
                  : f->intent.kind == NULL ||
                        player_tell(x, &f->intent, stream_position(&x->conn->stream));

    leg_end(x->leg);
    return ok ? STEP_DONE : spent(x);
}

/* The next span of content into x->progress.rest, and H1_READ_CONTENT; or what else came.
 */
static enum h1_read next_span(struct exchange *x)
{
    struct h1_fault fault = {0};
    enum h1_read what;

    if (x->progress.rest.len > 0)
        return H1_READ_CONTENT;
    what = leg_read(x->leg, &x->progress.rest, &fault);
    if (what == H1_READ_BAD) {
        x->fault = fault;
        exchange_fail(x, x->leg->why);
    }
    return what;
}

static bool keep_trailer(struct exchange *x)
{
    struct slice line = x->progress.rest;

    x->progress.rest = NO_SLICE;
    if (!x->has_trailers)
        x->leg->response.fields = (struct http_fields){0};
    x->has_trailers = true;
    return exchange_keep_trailer(x, &x->leg->response.fields, line);
}

/* What is there of the span, as far as it may go now. */
static enum step_done put_span(struct exchange *x)
{
    struct slice *rest = &x->progress.rest;
    enum step_done ready = content_ready(x, &x->at->flow);
    ssize_t n;

    if (ready != STEP_DONE) {
        leg_pause(x->leg, true);
        return ready;
    }
    n = content_put(x, &x->at->flow, *rest, 0, rest->len);
    if (n < 0)
        return spent(x);
    *rest = (struct slice){rest->at + n, rest->len - (size_t)n};
    return STEP_DONE;
}

static bool has_stopped(const struct exchange *x)
{
    const struct flow *f = &x->at->flow;

    return f->has_stop && x->progress.done >= f->stop;
}

enum step_done relay_pipe(struct exchange *x)
{
    enum step_done put;

    push_body(x); /* the request may still be on its way */
    x->has_failed = x->has_failed && x->failure == ENDING_OUT_OF_MEMORY;
    if (x->has_failed)
        return STEP_FAILED;
    while (!has_stopped(x))
        switch (next_span(x)) {
        case H1_READ_CONTENT:
            put = put_span(x);
            if (put != STEP_DONE)
                return put;
            break;
        case H1_READ_TRAILER:
            if (!keep_trailer(x))
                return spent(x);
            break;
        case H1_READ_MORE:
            leg_pause(x->leg, false);
            return STEP_WAITS;
        case H1_READ_DONE:
            return finish_body(x);
        case H1_READ_BAD:
            return STEP_FAILED;
        }
    return finish_body(x);
}
