/* SPDX-License-Identifier: MIT */
/* What a connection waits for between two steps, and what happens when its patience is
 * over. */
#include "conn.h"

void conn_set_wait(struct conn *c, enum conn_wait what)
{
    const struct limits *l = c->server->limits;
    const uint64_t after[] = {
        [WAIT_REQUEST] = l->idle_time,
        [WAIT_HEAD] = l->head_time,
        [WAIT_BODY] = l->stall_time,
        [WAIT_WRITE] = l->stall_time,
        [WAIT_LINGER] = c->is_half ? l->stall_time : l->linger_time,
        [WAIT_ECHO] = l->tunnel_time,
        [WAIT_TURN] = 1, /* not in this turn */
    };
    struct worker *w = c->server->worker;

    if (c->waits == what)
        return;
    c->waits = (uint8_t)what;
    if (what == WAIT_WRITE)
        c->sent_seen = c->stream.sent;
    if (what == WAIT_NOTHING)
        timer_hush(&c->timer);
    else if (!timer_set(w, &c->timer, w->now + after[what]))
        conn_end(c, ENDING_OUT_OF_MEMORY); /* a wait without an end is no wait of ours */
}

/* A client may wait for the origin's 100 as long as the origin takes. */
static bool awaits_100(const struct exchange *x)
{
    return x->request.expects_100 && !x->sent_100 && x->body.content == 0;
}

/* Does what is being performed take the request's body, and nothing of ours is in its way?
 */
static bool takes_body(const struct exchange *x)
{
    switch (x->at->kind) {
    case STEP_READ:
        return true;
    case STEP_WAIT:
    case STEP_HOLD:
        return false;
    default:
        return !awaits_100(x) && x->leg != NULL && !x->leg->is_put && relay_takes_body(x);
    }
}

static bool wants_body(const struct conn *c)
{
    const struct exchange *x = c->x;

    return c->state == CONN_DISCARD ||
           (c->state == CONN_ACTING && x->has_request && !x->is_body_done &&
            !x->is_body_lost && x->at != NULL && !content_is_held_inward(x) &&
            takes_body(x));
}

enum conn_wait conn_wait_of(const struct conn *c)
{
    if (buf_len(&c->stream.out) > 0)
        return WAIT_WRITE;
    if (c->state == CONN_LINGER)
        return WAIT_LINGER;
    if (c->state == CONN_HEAD)
        return buf_len(&c->stream.in) == 0 ? WAIT_REQUEST : WAIT_HEAD;
    if (c->state == CONN_ACTING && c->x->at != NULL && c->x->at->kind == STEP_ECHO)
        return WAIT_ECHO;
    return wants_body(c) ? WAIT_BODY : WAIT_NOTHING;
}

/* Requests that came early are read ahead, up to what the limit lets us hold; so we also
 * see a reset. */
bool conn_wants_read(const struct conn *c)
{
    const struct exchange *x = c->x;

    if (c->stream.eof || c->stream.error != 0)
        return false;
    if (c->state == CONN_HEAD)
        return !conn_is_full(c);
    if (c->state != CONN_ACTING)
        return true;
    assert(x != NULL);
    if (!x->is_body_done && !x->is_body_lost &&
        (content_is_held_inward(x) || (x->leg != NULL && !relay_takes_body(x))))
        return false;
    return buf_len(&c->stream.in) < c->server->limits->buffered;
}

/* The connection's patience is over. */
void conn_on_time(struct timer *t)
{
    struct conn *c = OWNER_OF(t, struct conn, timer);
    enum conn_wait waits = (enum conn_wait)c->waits;
    struct http_request none = {0};

    c->waits = WAIT_NOTHING;
    switch (waits) {
    case WAIT_NOTHING:
        break;
    case WAIT_REQUEST:
        conn_end(c, ENDING_IDLE_TIMEOUT);
        break;
    case WAIT_HEAD:
        conn_begin_failed(c, &none, ENDING_HEAD_TIMEOUT, NULL);
        conn_step(c);
        break;
    case WAIT_BODY:
        c->x->is_body_lost = true;
        exchange_fail(c->x, ENDING_BODY_TIMEOUT);
        conn_step(c);
        break;
    case WAIT_ECHO:
        exchange_fail(c->x, ENDING_TUNNEL_TIMEOUT);
        conn_step(c);
        break;
    case WAIT_WRITE:
        if (c->stream.sent != c->sent_seen) { /* slow, but it reads */
            conn_set_wait(c, WAIT_WRITE);
            break;
        }
        conn_reset(c, ENDING_WRITE_TIMEOUT);
        break;
    case WAIT_LINGER:
        conn_end(c, (enum ending)c->ending);
        break;
    case WAIT_TURN:
        conn_step(c);
        break;
    }
}
