/* SPDX-License-Identifier: MIT */
/* Performs plans, a step at a time. Nothing else puts octets on a client's stream. */
#include "conn.h"

/* ---- heads ---- */

/* Does the connection end after this answer? The head has to say so. */
static bool closes_after(const struct exchange *x, const struct http_response *r)
{
    const struct conn *c = x->conn;
    const struct step *last = x->plan.last;
    /* what a CONNECT says of its connection is nothing to what goes through the tunnel */
    bool entered =
        x->request.method == METHOD_CONNECT && r->status >= 200 && r->status <= 299;

    return !x->has_request || (!x->request.keeps_alive && !entered) || x->is_body_lost ||
           last->kind != STEP_END || last->end != END_KEEP ||
           r->framing.kind == BODY_CLOSE || x->server->is_draining ||
           c->exchanges >= x->server->limits->requests ||
           (c->stream.eof && x->is_body_done && buf_len(&c->stream.in) == 0) ||
           /* octets behind a refused CONNECT were meant for the tunnel */
           (x->request.method == METHOD_CONNECT && r->status > 299 &&
            buf_len(&c->stream.in) > 0) ||
           /* a client told no instead of 100 may or may not send its body */
           (x->has_request && x->request.expects_100 && !x->is_body_done && !x->sent_100);
}

static enum step_done refuse(struct exchange *x, enum h1_refusal why)
{
    exchange_fail(x, why == H1_EMIT_MEMORY ? ENDING_OUT_OF_MEMORY : ENDING_REFUSED_TO_EMIT);
    return STEP_FAILED;
}

static void note_first(struct exchange *x)
{
    if (x->first == 0)
        x->first = x->server->worker->now;
}

static void note_interim(struct exchange *x, uint16_t status)
{
    x->sent_100 |= status == 100;
    if (x->n_interim < COUNT(x->interim))
        x->interim[x->n_interim++] = status;
    note_first(x);
}

static enum step_done put_interim(struct exchange *x, const struct http_response *r)
{
    struct h1_head_opts opts = {.method = x->request.method};
    enum h1_refusal refusal = h1_put_response(&x->conn->stream.out, r, &opts);

    if (refusal != H1_EMIT_OK)
        return refuse(x, refusal);
    note_interim(x, r->status);
    return STEP_DONE;
}

static enum step_done put_head(struct exchange *x)
{
    const struct http_response *r = &x->at->head.response;
    bool tunnels = r->status == 101 || (x->request.method == METHOD_CONNECT &&
                                        r->status >= 200 && r->status <= 299);
    struct h1_head_opts opts = {.method = x->request.method,
                                .upgrade = x->at->head.upgrade};
    struct buf *out = &x->conn->stream.out;
    size_t before = buf_len(out);
    enum h1_refusal refusal;

    x->will_close = closes_after(x, r);
    opts.close = x->will_close && !tunnels;
    opts.keep_alive = !x->will_close && x->request.minor == 0 && !tunnels;
    if (http_find(&r->fields, FIELD_DATE) == NULL && r->status >= 200)
        opts.date = worker_date(x->server->worker);
    refusal = h1_put_response(out, r, &opts);
    if (refusal != H1_EMIT_OK)
        return refuse(x, refusal);
    if (x->server->journal != NULL)
        x->sent_head = arena_copy(
            &x->arena, (struct slice){buf_head(out) + before, buf_len(out) - before});
    x->head = x->at;
    x->is_answered = true;
    note_first(x);
    return STEP_DONE;
}

/* ---- bodies ---- */

/* Room for more on its way to the client, or false: STREAM_WRITABLE will come. */
static bool has_room(struct exchange *x)
{
    struct stream *s = &x->conn->stream;

    return !conn_is_full(x->conn) ||
           (stream_flush(s) == FLUSH_DONE && !conn_is_full(x->conn));
}

static enum step_done put_body(struct exchange *x)
{
    struct slice octets = x->at->body.octets;
    size_t most = (size_t)x->server->limits->buffered;

    while (x->done < octets.len) {
        size_t n = octets.len - x->done;
        if (!has_room(x))
            return STEP_WAITS;
        n = n < most ? n : most;
        if (!buf_put(&x->conn->stream.out, (struct slice){octets.at + x->done, n}))
            return refuse(x, H1_EMIT_MEMORY);
        x->done += n;
        x->body_sent += n;
    }
    x->done = 0;
    return STEP_DONE;
}

static enum step_done put_raw(struct exchange *x)
{
    struct stream *s = &x->conn->stream;
    uint64_t from = stream_position(s);

    if (!h1_put_raw(&s->out, &x->at->raw.intent, x->at->raw.octets))
        return refuse(x, H1_EMIT_MEMORY);
    if (x->n_raw < RAW_STEPS)
        x->raw[x->n_raw++] = (struct octets){from, stream_position(s)};
    x->is_answered = true;
    note_first(x);
    return STEP_DONE;
}

/* The whole request body, asked for with a 100 where the client waits for one. */
static enum step_done read_body(struct exchange *x)
{
    static const struct http_response go_on = {.status = 100, .phrase = SLICE("Continue")};
    struct slice span;
    enum h1_read what;

    if (x->request.expects_100 && !x->sent_100 && !x->is_body_done &&
        x->body.content == 0 && put_interim(x, &go_on) != STEP_DONE)
        return STEP_FAILED;
    do
        what = exchange_pull(x, &span);
    while (what == H1_READ_CONTENT);
    return what == H1_READ_DONE   ? STEP_DONE
           : what == H1_READ_MORE ? STEP_WAITS
                                  : STEP_FAILED;
}

/* ---- time ---- */

static void on_wait_over(struct timer *t)
{
    conn_step(OWNER_OF(t, struct exchange, timer)->conn);
}

static enum step_done wait(struct exchange *x)
{
    struct worker *w = x->server->worker;

    if (x->wait_until > 0 && w->now >= x->wait_until) {
        x->wait_until = 0;
        return STEP_DONE;
    }
    if (x->wait_until > 0)
        return STEP_WAITS;
    x->wait_until = w->now + x->at->wait_ns;
    x->timer.fire = on_wait_over;
    return timer_set(w, &x->timer, x->wait_until) ? STEP_WAITS : refuse(x, H1_EMIT_MEMORY);
}

static enum step_done end(struct exchange *x)
{
    x->will_close |= x->at->end != END_KEEP;
    x->will_reset |= x->at->end == END_RESET;
    return STEP_DONE;
}

/* ---- the player ---- */

static enum step_done perform(struct exchange *x)
{
    switch (x->at->kind) {
    case STEP_INTERIM:
        return put_interim(x, &x->at->head.response);
    case STEP_HEAD:
        return put_head(x);
    case STEP_BODY:
        return put_body(x);
    case STEP_LAST:
    case STEP_HOLD:
        return STEP_DONE;
    case STEP_RAW:
        return put_raw(x);
    case STEP_WAIT:
        return wait(x);
    case STEP_READ:
        return read_body(x);
    case STEP_RELAY:
        return relay_start(x);
    case STEP_AWAIT:
        return relay_await(x);
    case STEP_PIPE:
        return relay_pipe(x);
    case STEP_DIAL:
        return tunnel_dial(x);
    case STEP_TUNNEL:
        return tunnel_run(x);
    case STEP_ECHO:
        return tunnel_echo(x);
    case STEP_END:
        return end(x);
    }
    assert(!"every kind of step is performed above");
    return STEP_FAILED;
}

/*
 * A failure passes the same door as a request, unless its answer has begun, or
 * what failed was the telling of a failure: then only the connection's end can tell.
 */
static void face_failure(struct exchange *x)
{
    enum ending why = (enum ending)x->failure;

    x->has_failed = false;
    if (x->leg != NULL)
        leg_end(x->leg); /* nobody will read what it may still say */
    if (x->is_answered || x->plan.ending != ENDING_BY_PLAN || why == ENDING_OUT_OF_MEMORY) {
        bool unframed =
            x->head != NULL && x->head->head.response.framing.kind == BODY_CLOSE;
        x->plan.ending = why;
        x->will_close = true;
        x->will_reset |= unframed; /* a FIN would look like a good end */
        x->at = NULL;
        return;
    }
    struct step *last = x->at;
    if (last != NULL)
        plan_cut(&x->plan, last);
    x->done = 0;
    x->wait_until = 0;
    if (exchange_decide(x, MOMENT_FAILURE))
        x->at = last == NULL ? x->plan.first : last->next;
}

enum played player_run(struct exchange *x)
{
    for (;;) {
        while (x->has_failed) /* deciding upon it may fail in turn, for want of memory */
            face_failure(x);
        if (x->at == NULL)
            return PLAYED_OUT;
        switch (perform(x)) {
        case STEP_DONE:
            x->at = x->at->next;
            break;
        case STEP_WAITS:
            if (x->has_failed)
                break;
            if (exchange_keep(x))
                return PLAYED_SO_FAR;
            exchange_fail(x, ENDING_OUT_OF_MEMORY);
            break;
        case STEP_FAILED:
            assert(x->has_failed);
            break;
        }
    }
}
