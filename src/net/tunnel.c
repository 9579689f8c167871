/* SPDX-License-Identifier: MIT */
/*
 * Octets both ways. Each lane goes one way:
 *
 *   from ──splice──▶ pipe ──splice──▶ to      both are sockets: octets stay in the kernel
 *   from ──read──▶ to->out ──write──▶ to      otherwise
 */
#include "naysay/net.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PIECE         (256u << 10) /* octets a splice asks for, and what a pipe shall hold */
#define PIECES_A_TURN 8

struct lane {
    struct stream *from, *to;
    int pipe[2]; /* -1 until there is something to splice */
    size_t piped;
    uint64_t moved;
    bool is_done; /* `from` has ended and everything it said has gone to `to` */
};

struct tunnel {
    struct grave grave;
    struct worker *worker;
    struct timer timer;
    uint64_t idle_ns;
    size_t most;
    struct lane lanes[2]; /* a to b, b to a */
    void (*ended)(void *owner, enum tunnel_end why);
    void *owner;
    bool is_over;
};

enum pump { PUMP_OK, PUMP_FAILED, PUMP_NO_MEMORY };

static void tell_end(struct tunnel *t, enum tunnel_end why)
{
    if (t->is_over)
        return;
    t->is_over = true;
    timer_hush(&t->timer);
    t->ended(t->owner, why);
}

static bool open_pipe(struct lane *l)
{
    if (l->pipe[0] >= 0)
        return true;
    if (pipe2(l->pipe, O_NONBLOCK | O_CLOEXEC) < 0) {
        l->pipe[0] = l->pipe[1] = -1;
        return false; /* out of descriptors: buffers do as well */
    }
    fcntl(l->pipe[1], F_SETPIPE_SZ, PIECE); /* as large as the system lets us */
    return true;
}

static bool can_splice(struct lane *l)
{
    return l->from->wire->has_fd && l->to->wire->has_fd && buf_len(&l->from->in) == 0 &&
           buf_len(&l->to->out) == 0 && (l->piped > 0 || open_pipe(l));
}

/* ---- one lane, spliced ---- */

/* What the pipe holds goes on. */
static enum pump splice_out(struct lane *l)
{
    while (l->piped > 0) {
        ssize_t n = splice(l->pipe[0], NULL, l->to->fd, NULL, l->piped,
                           SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n > 0) {
            l->piped -= (size_t)n;
            l->moved += (uint64_t)n;
            l->to->sent += (uint64_t)n;
        } else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && errno == EAGAIN) {
            stream_want_write(l->to);
            return PUMP_OK;
        } else
            return PUMP_FAILED;
    }
    return PUMP_OK;
}

static enum pump splice_lane(struct lane *l)
{
    for (int i = 0; i < PIECES_A_TURN; i++) {
        ssize_t n;

        if (splice_out(l) != PUMP_OK)
            return PUMP_FAILED;
        if (l->piped > 0 || l->from->eof)
            return PUMP_OK;
        n = splice(l->from->fd, NULL, l->pipe[1], NULL, PIECE,
                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n > 0) {
            l->piped += (size_t)n;
            l->from->received += (uint64_t)n;
        } else if (n == 0)
            l->from->eof = true;
        else if (errno == EAGAIN)
            return PUMP_OK;
        else if (errno != EINTR)
            return PUMP_FAILED;
    }
    return splice_out(l);
}

/* ---- one lane, through buffers ---- */

static enum pump copy_lane(struct lane *l, size_t most)
{
    for (int i = 0; i < PIECES_A_TURN; i++) {
        struct slice came = buf_slice(&l->from->in);

        if (!buf_put(&l->to->out, came))
            return PUMP_NO_MEMORY;
        buf_skip(&l->from->in, came.len);
        buf_rest(&l->from->in);
        l->moved += came.len;
        if (stream_flush(l->to) == FLUSH_FAILED)
            return PUMP_FAILED;
        if (buf_len(&l->to->out) >= most || l->from->eof)
            return PUMP_OK;
        switch (stream_read(l->from, 16u << 10)) {
        case STREAM_GOT:
        case STREAM_EOF:
            break;
        case STREAM_NOTHING:
            return PUMP_OK;
        case STREAM_FAILED:
            return PUMP_FAILED;
        case STREAM_NO_MEMORY:
            return PUMP_NO_MEMORY;
        }
        if (can_splice(l))
            return splice_lane(l);
    }
    return PUMP_OK;
}

/* ---- both ---- */

static bool is_drained(const struct lane *l)
{
    return l->piped == 0 && buf_len(&l->from->in) == 0 && buf_len(&l->to->out) == 0;
}

static enum pump pump(struct tunnel *t, struct lane *l)
{
    enum pump result;

    if (l->is_done)
        return PUMP_OK;
    result = can_splice(l) ? splice_lane(l) : copy_lane(l, t->most);
    if (result != PUMP_OK)
        return result;
    if (l->from->eof && is_drained(l)) {
        l->is_done = true;
        stream_shut(l->to);
    }
    /* Back-pressure: not read while what was read has not gone on. */
    stream_want_read(l->from,
                     !l->from->eof && l->piped == 0 && buf_len(&l->to->out) < t->most);
    return PUMP_OK;
}

static void step(struct tunnel *t)
{
    for (int i = 0; i < 2; i++) {
        enum pump result = pump(t, &t->lanes[i]);
        if (result != PUMP_OK) {
            tell_end(t, result == PUMP_FAILED ? TUNNEL_RESET : TUNNEL_NO_MEMORY);
            return;
        }
    }
    if (t->lanes[0].is_done && t->lanes[1].is_done)
        tell_end(t, TUNNEL_CLOSED);
    else if (!timer_set(t->worker, &t->timer, t->worker->now + t->idle_ns))
        tell_end(t, TUNNEL_NO_MEMORY);
}

static void on_stream(void *owner, enum stream_event what)
{
    struct tunnel *t = owner;

    (void)what;
    if (!t->is_over)
        step(t);
}

static void on_idle(struct timer *timer)
{
    tell_end(OWNER_OF(timer, struct tunnel, timer), TUNNEL_TIMEOUT);
}

/* The first step waits for the loop, so that the opener is done before anything ends. */
static void on_first(struct timer *timer)
{
    struct tunnel *t = OWNER_OF(timer, struct tunnel, timer);

    t->timer.fire = on_idle;
    step(t);
}

struct tunnel *tunnel_open(struct stream *a, struct stream *b, uint64_t idle_ns,
                           size_t most_buffered,
                           void (*ended)(void *owner, enum tunnel_end why), void *owner)
{
    struct tunnel *t = mem_zero(sizeof(*t));

    if (t == NULL)
        return NULL;
    t->worker = a->worker;
    t->idle_ns = idle_ns;
    t->most = most_buffered;
    t->lanes[0] = (struct lane){.from = a, .to = b, .pipe = {-1, -1}};
    t->lanes[1] = (struct lane){.from = b, .to = a, .pipe = {-1, -1}};
    t->ended = ended;
    t->owner = owner;
    t->timer.fire = on_first;
    if (!timer_set(t->worker, &t->timer, t->worker->now)) {
        mem_free(t);
        return NULL;
    }
    a->tell = b->tell = on_stream;
    a->owner = b->owner = t;
    return t;
}

static void free_tunnel(struct grave *g)
{
    mem_free(OWNER_OF(g, struct tunnel, grave));
}

void tunnel_close(struct tunnel *t)
{
    if (t == NULL)
        return;
    t->is_over = true;
    timer_stop(t->worker, &t->timer);
    for (int i = 0; i < 2; i++) {
        if (t->lanes[i].pipe[0] < 0)
            continue;
        close(t->lanes[i].pipe[0]);
        close(t->lanes[i].pipe[1]);
    }
    t->grave.free = free_tunnel;
    worker_bury(t->worker, &t->grave);
}

uint64_t tunnel_moved(const struct tunnel *t, bool from_a)
{
    return t->lanes[from_a ? 0 : 1].moved;
}
