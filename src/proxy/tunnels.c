/* SPDX-License-Identifier: MIT */
/* The steps after which the connection carries something other than HTTP. */
#include "conn.h"

/* ---- dialling the far side of a CONNECT ---- */

static void on_dialled(void *owner, const struct dialled *d)
{
    struct exchange *x = owner;
    struct upstream *u = &x->server->upstream;

    x->dial = NULL;
    if (d->why != ENDING_RELAY_FORBIDDEN && d->why != ENDING_RELAY_TO_SELF)
        x->upstream = d->address;
    x->attempts = 1;
    if (d->why != ENDING_NONE)
        exchange_fail(x, d->why);
    else if (u->connect == NULL)
        stream_open(&x->far, u->worker, &wire_socket, d->fd, NULL, NULL);
    else if (u->connect(u->connect_arg, &d->address, &x->far, u->worker) != 0)
        exchange_fail(x, ENDING_UPSTREAM_CONNECT_FAILED);
    conn_step(x->conn);
}

enum step_done tunnel_dial(struct exchange *x)
{
    if (stream_is_open(&x->far)) {
        x->other = &x->far;
        return STEP_DONE;
    }
    if (x->dial != NULL)
        return STEP_WAITS;
    if (exchange_keep(x))
        x->dial = dial_start(&x->server->upstream, &x->at->origin, on_dialled, x);
    if (x->dial != NULL)
        return STEP_WAITS;
    exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return STEP_FAILED;
}

/* ---- octets both ways ---- */

static void on_tunnel_over(void *owner, enum tunnel_end why)
{
    static const enum ending endings[] = {
        [TUNNEL_CLOSED] = ENDING_TUNNEL_CLOSED,
        [TUNNEL_RESET] = ENDING_TUNNEL_RESET,
        [TUNNEL_TIMEOUT] = ENDING_TUNNEL_TIMEOUT,
        [TUNNEL_NO_MEMORY] = ENDING_OUT_OF_MEMORY,
    };
    struct exchange *x = owner;

    x->is_tunnel_over = true;
    x->plan.ending = endings[why];
    x->will_reset |= why == TUNNEL_RESET;
    conn_step(x->conn);
}

enum step_done tunnel_run(struct exchange *x)
{
    const struct limits *limits = x->server->limits;

    if (x->is_tunnel_over) {
        x->body_sent = tunnel_moved(x->tunnel, false);
        return STEP_DONE;
    }
    if (x->tunnel != NULL)
        return STEP_WAITS;
    if (x->other == NULL) /* after a 101, the leg leads there */
        x->other = leg_stream(x->leg);
    if (exchange_keep(x))
        x->tunnel = tunnel_open(&x->conn->stream, x->other, limits->tunnel_time,
                                (size_t)limits->buffered, on_tunnel_over, x);
    if (x->tunnel == NULL) {
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
        return STEP_FAILED;
    }
    return STEP_WAITS;
}

/* ---- an upgrade to nothing but an echo ---- */

enum step_done tunnel_echo(struct exchange *x)
{
    struct stream *s = &x->conn->stream;

    while (buf_len(&s->in) > 0) {
        struct slice came = buf_slice(&s->in);
        size_t room = (size_t)x->server->limits->buffered - buf_len(&s->out);

        if (conn_is_full(x->conn)) {
            if (stream_flush(s) != FLUSH_DONE)
                return STEP_WAITS;
            continue;
        }
        came.len = came.len < room ? came.len : room;
        if (!buf_put(&s->out, came)) {
            exchange_fail(x, ENDING_OUT_OF_MEMORY);
            return STEP_FAILED;
        }
        buf_skip(&s->in, came.len);
        x->body_sent += came.len;
    }
    return s->eof ? STEP_DONE : STEP_WAITS;
}
