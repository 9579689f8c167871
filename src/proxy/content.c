/* SPDX-License-Identifier: MIT */
/* Content on its way: in pieces, with pauses, in chunks, and what goes wrong in those. */
#include "conn.h"

/* ---- when ---- */

static bool is_paced(const struct flow *f)
{
    return f->piece > 0 && f->pause_ns > 0;
}

/*
 * A piece begins when it was due, and not when the loop got round to it, so that many add
 * up to the rate asked for. Time lost to a client that did not read is not made up.
 */
static void begin_piece(struct progress *p, const struct flow *f, uint64_t now)
{
    bool is_late = p->due == 0 || now - p->due > f->pause_ns;

    p->began = is_late ? now : p->due;
    p->piece = f->piece;
}

bool content_has_room(struct exchange *x)
{
    struct stream *s = &x->conn->stream;

    return !conn_is_full(x->conn) ||
           (stream_flush(s) == FLUSH_DONE && !conn_is_full(x->conn));
}

enum step_done content_ready(struct exchange *x, const struct flow *f)
{
    struct progress *p = &x->progress;
    uint64_t now = x->server->worker->now;

    if (f->stall_ns > 0 && p->done == f->stall_at && !p->has_stalled) {
        p->has_stalled = true;
        p->piece = 0;
        p->due = now + f->stall_ns;
    }
    if (p->piece == 0 && p->due > now)
        return player_wait(x, p->due);
    if (!content_has_room(x))
        return STEP_WAITS;
    if (is_paced(f) && p->piece == 0)
        begin_piece(p, f, now);
    return STEP_DONE;
}

/* ---- how much ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Octets that go out in one go, and in one chunk. */
static size_t most_of(const struct exchange *x, const struct flow *f, uint64_t n)
{
    const struct progress *p = &x->progress;

    n = least(n, x->server->limits->buffered);
    if (f->has_stop)
        n = least(n, f->stop - p->done);
    if (f->stall_ns > 0 && p->done < f->stall_at)
        n = least(n, f->stall_at - p->done);
    if (is_paced(f))
        n = least(n, p->piece);
    if (f->chunk > 0)
        n = least(n, f->chunk);
    return (size_t)n;
}

static void note_put(struct exchange *x, const struct flow *f, size_t n)
{
    struct progress *p = &x->progress;

    p->done += n;
    x->body_sent += n;
    if (!is_paced(f))
        return;
    p->piece -= n;
    if (p->piece == 0)
        p->due = p->began + f->pause_ns;
}

/* ---- octets ---- */

/* `octets` over and over from the `from`th on, by doubling what was put. */
static void repeat(char *to, struct slice octets, uint64_t from, size_t n)
{
    size_t start = (size_t)(from % octets.len);
    size_t done = least(n, octets.len - start), more;

    memcpy(to, octets.at + start, done);
    more = least(n - done, start);
    memcpy(to + done, octets.at, more);
    for (done += more; done < n; done += more) {
        more = least(n - done, done);
        memcpy(to + done, to, more);
    }
}

static bool put_octets(struct exchange *x, struct slice octets, uint64_t from, size_t n)
{
    struct buf *out = &x->conn->stream.out;
    char *to;

    if (!buf_reserve(out, n))
        return false;
    to = out->block + out->to;
    repeat(to, octets, from, n);
    out->to += (uint32_t)n;
    exchange_sample(x, (struct slice){to, n});
    return true;
}

/* ---- chunks ---- */

static const struct chunk_twist *twist_of(const struct flow *f, uint64_t nth)
{
    const struct chunk_twist *t = f->chunks;

    while (t != NULL && (t->nth != nth || t->what == CHUNK_NO_LAST))
        t = t->next;
    return t;
}

static bool put_extension(struct buf *out, const struct chunk_twist *t, size_t n)
{
    size_t len = (size_t)t->octets;

    if (!buf_printf(out, "%zx", n) || !h1_put_raw(out, &t->intent, SLICE(";x=")) ||
        !buf_reserve(out, len))
        return false;
    memset(out->block + out->to, 'x', len);
    out->to += (uint32_t)len;
    return true;
}

/* A size line that was made wrong, under the intent of whoever did it. */
static bool put_twisted_size(struct exchange *x, const struct chunk_twist *t, size_t n)
{
    struct stream *s = &x->conn->stream;
    uint64_t from = stream_position(s);
    bool ok = t->what == CHUNK_SIZE ? h1_put_raw(&s->out, &t->intent, t->text)
                                    : put_extension(&s->out, t, n);

    return ok && buf_put(&s->out, SLICE("\r\n")) && player_tell(x, &t->intent, from);
}

static bool put_chunk(struct exchange *x, const struct flow *f, struct slice octets,
                      uint64_t from, size_t n)
{
    const struct chunk_twist *twist = twist_of(f, ++x->progress.chunks);
    struct buf *out = &x->conn->stream.out;
    bool ok = twist != NULL ? put_twisted_size(x, twist, n)
                            : h1_put_chunk_size(out, n) == H1_EMIT_OK;

    return ok && put_octets(x, octets, from, n) && h1_put_chunk_end(out) == H1_EMIT_OK;
}

ssize_t content_put(struct exchange *x, const struct flow *f, struct slice octets,
                    uint64_t from, uint64_t n)
{
    size_t most = most_of(x, f, n);
    bool is_chunked =
        x->head != NULL && x->head->head.response.framing.kind == BODY_CHUNKED;

    if (!(is_chunked ? put_chunk(x, f, octets, from, most)
                     : put_octets(x, octets, from, most)))
        return -1;
    note_put(x, f, most);
    return (ssize_t)most;
}

/* ---- the request's content ---- */

static void on_inward_due(struct timer *t)
{
    conn_step(OWNER_OF(t, struct exchange, inward_timer)->conn);
}

bool content_is_held_inward(const struct exchange *x)
{
    return x->inward_due > x->server->worker->now;
}

bool content_waits_inward(struct exchange *x)
{
    if (!content_is_held_inward(x))
        return false;
    x->inward_timer.fire = on_inward_due;
    if (!timer_set(x->server->worker, &x->inward_timer, x->inward_due))
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return true;
}

/* Octets that came and are not to be looked at yet. */
static uint32_t hide(struct buf *in, uint64_t piece)
{
    uint32_t hidden = buf_len(in) > piece ? (uint32_t)(buf_len(in) - piece) : 0;

    in->to -= hidden;
    return hidden;
}

/* A body that was read before deciding is all there: what is over a piece goes back. */
static void give_back(struct exchange *x, struct slice *span, uint64_t piece)
{
    if (span->len <= piece)
        return;
    x->replayed -= span->len - (size_t)piece;
    span->len = (size_t)piece;
}

/* As exchange_pull(), which sees no more than a piece of what came. */
static enum h1_read pull_piece(struct exchange *x, struct slice *span)
{
    struct stream *s = &x->conn->stream;
    uint64_t piece = x->plan.inward.piece;
    bool eof = s->eof;
    enum h1_read what;
    uint32_t hidden;

    do {
        hidden = hide(&s->in, piece);
        s->eof = eof && hidden == 0;
        what = exchange_pull(x, span);
        s->in.to += hidden;
        s->eof = eof;
        piece *= 2;
    } while (what == H1_READ_MORE && hidden > 0); /* framing, or half a line of it */
    return what;
}

enum h1_read content_pull(struct exchange *x, struct slice *span)
{
    const struct flow *f = &x->plan.inward;
    uint64_t now = x->server->worker->now;
    size_t replayed = x->replayed;
    enum h1_read what;

    if (!is_paced(f))
        return exchange_pull(x, span);
    what = pull_piece(x, span);
    if (x->replayed > replayed)
        give_back(x, span, f->piece);
    if (what != H1_READ_CONTENT)
        return what;
    if (x->inward_due == 0 || now - x->inward_due > f->pause_ns)
        x->inward_due = now;
    x->inward_due += (uint64_t)((unsigned __int128)f->pause_ns * span->len / f->piece);
    return what;
}
