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
           last->kind != STEP_END || last->end == END_CLOSE || last->end == END_HALF ||
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

/*
 * A head that is wrong on purpose is first emitted as it should be; what the twists make
 * of it is theirs to answer for.
 */
static enum step_done put_twisted(struct exchange *x, const struct http_response *r,
                                  const struct h1_head_opts *opts)
{
    struct stream *s = &x->conn->stream;
    const struct twist *twists = x->at->head.twists;
    struct buf right = {.shelf = s->out.shelf};
    uint64_t from = stream_position(s);
    enum h1_refusal refusal = h1_put_response(&right, r, opts);
    bool ok = refusal == H1_EMIT_OK;

    for (const struct twist *t = twists; ok && t != NULL; t = t->next)
        ok = t->apply(t, &right);
    ok = ok && h1_put_raw(&s->out, &twists->intent, buf_slice(&right));
    buf_clear(&right);
    for (const struct twist *t = twists; ok && t != NULL; t = t->next)
        ok = player_tell(x, &t->intent, from);
    if (ok)
        return STEP_DONE;
    return refuse(x, refusal == H1_EMIT_OK ? H1_EMIT_MEMORY : refusal);
}

static enum step_done put_response(struct exchange *x, const struct http_response *r,
                                   const struct h1_head_opts *opts)
{
    enum h1_refusal refusal;

    if (x->at->head.twists != NULL)
        return put_twisted(x, r, opts);
    refusal = h1_put_response(&x->conn->stream.out, r, opts);
    return refusal == H1_EMIT_OK ? STEP_DONE : refuse(x, refusal);
}

static enum step_done put_interim(struct exchange *x)
{
    const struct http_response *r = &x->at->head.response;
    struct h1_head_opts opts = {.method = x->request.method};

    if (put_response(x, r, &opts) != STEP_DONE)
        return STEP_FAILED;
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

    x->will_close = closes_after(x, r);
    opts.close = x->will_close && !tunnels;
    opts.keep_alive = !x->will_close && x->request.minor == 0 && !tunnels;
    if (http_find(&r->fields, FIELD_DATE) == NULL && r->status >= 200)
        opts.date = worker_date(x->server->worker);
    if (put_response(x, r, &opts) != STEP_DONE)
        return STEP_FAILED;
    if (x->server->journal != NULL)
        x->sent_head = arena_copy(
            &x->arena, (struct slice){buf_head(out) + before, buf_len(out) - before});
    x->head = x->at;
    x->is_answered = true;
    note_first(x);
    return STEP_DONE;
}

/* ---- bodies ---- */

/* Content that stops short is wrong where the next octet should be. */
static enum step_done end_content(struct exchange *x, const struct flow *f)
{
    if (f->has_stop && f->intent.kind != NULL &&
        !player_tell(x, &f->intent, stream_position(&x->conn->stream)))
        return refuse(x, H1_EMIT_MEMORY);
    return STEP_DONE;
}

static enum step_done put_body(struct exchange *x)
{
    const struct flow *f = &x->at->body.flow;
    uint64_t length = x->at->body.length;

    if (f->has_stop && f->stop < length)
        length = f->stop;
    while (x->progress.done < length) {
        uint64_t done = x->progress.done;
        enum step_done ready = content_ready(x, f);
        if (ready != STEP_DONE)
            return ready;
        if (content_put(x, f, x->at->body.octets, done, length - done) < 0)
            return refuse(x, H1_EMIT_MEMORY);
    }
    return end_content(x, f);
}

static enum step_done put_last(struct exchange *x)
{
    const struct http_fields *trailers = &x->at->trailers;
    enum h1_refusal refusal;

    if (x->head == NULL || x->head->head.response.framing.kind != BODY_CHUNKED)
        return STEP_DONE;
    refusal = h1_put_last_chunk(&x->conn->stream.out, trailers->n > 0 ? trailers : NULL);
    return refusal == H1_EMIT_OK ? STEP_DONE : refuse(x, refusal);
}

static enum step_done put_raw(struct exchange *x)
{
    struct stream *s = &x->conn->stream;
    uint64_t from = stream_position(s);
    struct slice octets = x->at->raw.octets;

    if (octets.len > 0 && !content_has_room(x))
        return STEP_WAITS;
    if (!h1_put_raw(&s->out, &x->at->raw.intent, octets) ||
        !player_tell(x, &x->at->raw.intent, from))
        return refuse(x, H1_EMIT_MEMORY);
    if (octets.len == 0) /* it says only that what should come does not */
        return STEP_DONE;
    x->is_answered = true;
    note_first(x);
    return STEP_DONE;
}

static enum step_done put_100(struct exchange *x)
{
    static const struct http_response go_on = {.status = 100, .phrase = SLICE("Continue")};
    struct h1_head_opts opts = {.method = x->request.method};
    enum h1_refusal refusal = h1_put_response(&x->conn->stream.out, &go_on, &opts);

    if (refusal != H1_EMIT_OK)
        return refuse(x, refusal);
    note_interim(x, go_on.status);
    return STEP_DONE;
}

/* The whole request body, asked for with a 100 where the client waits for one. */
static enum step_done read_body(struct exchange *x)
{
    struct slice span;
    enum h1_read what;

    if (x->request.expects_100 && !x->sent_100 && !x->is_body_done &&
        x->body.content == 0 && put_100(x) != STEP_DONE)
        return STEP_FAILED;
    do {
        if (content_waits_inward(x))
            return x->has_failed ? STEP_FAILED : STEP_WAITS;
        what = content_pull(x, &span);
    } while (what == H1_READ_CONTENT);
    return what == H1_READ_DONE   ? STEP_DONE
           : what == H1_READ_MORE ? STEP_WAITS
                                  : STEP_FAILED;
}

/* What was waited for is there: the rest of the plan is made now. */
static enum step_done decide_now(struct exchange *x)
{
    plan_cut(&x->plan, x->at);
    return exchange_decide_whole(x) ? STEP_DONE : STEP_FAILED;
}

/* ---- intents ---- */

bool player_tell(struct exchange *x, const struct intent *why, uint64_t from)
{
    if (x->n_told == x->cap_told) {
        uint32_t cap = x->cap_told == 0 ? 4 : x->cap_told * 2;
        struct told *more = arena_alloc(&x->arena, cap * sizeof(*more));
        if (more == NULL)
            return false;
        if (x->n_told > 0)
            memcpy(more, x->told, x->n_told * sizeof(*more));
        x->told = more;
        x->cap_told = cap;
    }
    x->told[x->n_told++] = (struct told){why, {from, stream_position(&x->conn->stream)}};
    return true;
}

/* ---- time ---- */

#define HALF_CLOSED_AT_ONCE (200 * NS_PER_MS)

/*
 * A FIN is a whole close or half of one, and nothing tells which. Who closes by half does
 * so with the last octet of the request; who gives up has waited before.
 */
static bool has_given_up(const struct exchange *x)
{
    const struct conn *c = x->conn;

    return c->left_at > 0 && c->left_at - c->heard_at > HALF_CLOSED_AT_ONCE;
}

static void on_due(struct timer *t)
{
    conn_step(OWNER_OF(t, struct exchange, timer)->conn);
}

/* What an upstream says while nobody reads it waits with us, and its time-out too. */
void player_rest_leg(struct exchange *x)
{
    if (x->leg != NULL && !x->leg->wants_head)
        leg_pause(x->leg, true);
}

enum step_done player_wait(struct exchange *x, uint64_t due)
{
    if (has_given_up(x)) {
        exchange_fail(x, ENDING_CLIENT_GONE);
        return STEP_FAILED;
    }
    player_rest_leg(x);
    x->timer.fire = on_due;
    return timer_set(x->server->worker, &x->timer, due) ? STEP_WAITS
                                                        : refuse(x, H1_EMIT_MEMORY);
}

static enum step_done wait(struct exchange *x)
{
    uint64_t now = x->server->worker->now;

    if (x->progress.due == 0)
        x->progress.due = now + x->at->wait_ns;
    return now >= x->progress.due ? STEP_DONE : player_wait(x, x->progress.due);
}

static enum step_done hold(struct exchange *x)
{
    if (!x->conn->stream.eof)
        return wait(x);
    exchange_fail(x, ENDING_CLIENT_GONE);
    return STEP_FAILED;
}

static enum step_done end(struct exchange *x)
{
    x->how = x->at->end;
    x->will_close |= x->how != END_KEEP;
    x->will_reset |= x->how == END_RESET;
    return STEP_DONE;
}

/* ---- the player ---- */

static enum step_done perform(struct exchange *x)
{
    switch (x->at->kind) {
    case STEP_INTERIM:
        return put_interim(x);
    case STEP_HEAD:
        return put_head(x);
    case STEP_BODY:
        return put_body(x);
    case STEP_LAST:
        return put_last(x);
    case STEP_RAW:
        return put_raw(x);
    case STEP_WAIT:
        return wait(x);
    case STEP_HOLD:
        return hold(x);
    case STEP_READ:
        return read_body(x);
    case STEP_DECIDE:
        return decide_now(x);
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
    if (x->is_answered || x->plan.ending != ENDING_BY_PLAN || why == ENDING_OUT_OF_MEMORY ||
        why == ENDING_CLIENT_GONE) {
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
    x->progress = (struct progress){0};
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
            x->progress = (struct progress){0};
            break;
        case STEP_WAITS:
            if (x->has_failed)
                break;
            if (x->at->kind == STEP_BODY)
                player_rest_leg(x);
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
