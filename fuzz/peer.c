/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <errno.h>

#include "fuzz.h"

static void append(struct text *t, const void *octets, size_t len)
{
    if (t->len + len > t->cap) {
        t->cap = (t->len + len) * 2 + 1024;
        t->at = realloc(t->at, t->cap);
        if (t->at == NULL)
            fuzz_must("the fuzzer itself ran out of memory");
    }
    if (len > 0)
        memcpy(t->at + t->len, octets, len);
    t->len += len;
}

void peer_init(struct peer *p)
{
    *p = (struct peer){.room = SIZE_MAX, .grain = SIZE_MAX};
}

void peer_clear(struct peer *p)
{
    free(p->says.at);
    free(p->hears.at);
}

void peer_say(struct peer *p, const uint8_t *octets, size_t len)
{
    if (!p->fin && !p->reset)
        append(&p->says, octets, len);
}

/* ---- the wire ---- */

static struct peer *peer_of(struct stream *s)
{
    struct peer *p = s->script;

    if (!p->was_opened) { /* the first that is heard of a client's stream */
        p->was_opened = true;
        p->stream = s;
    }
    if (p->stream != s)
        fuzz_must("a stream is used after it was closed");
    return p;
}

static ssize_t fail(int error)
{
    errno = error;
    return -1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static ssize_t peer_read(struct stream *s, void *to, size_t n)
{
    struct peer *p = peer_of(s);
    size_t there = p->says.len - p->said;

    if (n == 0)
        fuzz_must("a read of nothing looks like a FIN");
    if (p->reset)
        return fail(ECONNRESET);
    if (there == 0)
        return p->fin ? 0 : fail(EAGAIN);
    n = least(n, least(there, p->grain));
    memcpy(to, p->says.at + p->said, n);
    p->said += n;
    return (ssize_t)n;
}

static ssize_t peer_write(struct stream *s, const void *from, size_t n)
{
    struct peer *p = peer_of(s);

    if (p->heard_fin)
        fuzz_must("octets after a FIN of ours");
    if (p->reset)
        return fail(EPIPE);
    if (p->room == 0)
        return fail(EAGAIN);
    n = least(n, p->room);
    if (p->room != SIZE_MAX)
        p->room -= n;
    append(&p->hears, from, n);
    return (ssize_t)n;
}

/* Like the socket's: waiting to write costs memory, which may not be there. */
static bool peer_want(struct stream *s, unsigned wanted)
{
    bool writes = (wanted & WANT_WRITE) != 0;

    peer_of(s);
    if (writes && s->write_event == NULL) {
        s->write_event = mem_alloc(sizeof(*s->write_event));
        return s->write_event != NULL;
    }
    if (!writes) {
        mem_free(s->write_event);
        s->write_event = NULL;
    }
    return true;
}

static void peer_shut(struct stream *s)
{
    peer_of(s)->heard_fin = true;
}

static void peer_close(struct stream *s, bool reset)
{
    struct peer *p = peer_of(s);

    mem_free(s->write_event);
    s->write_event = NULL;
    p->heard_reset = reset;
    p->stream = NULL;
}

const struct wire wire_peer = {
    .read = peer_read,
    .write = peer_write,
    .want = peer_want,
    .shut = peer_shut,
    .close = peer_close,
};

/* ---- the loop's part ---- */

static bool poke_read(struct peer *p)
{
    struct stream *s = p->stream;

    if (s == NULL || !(s->wanted & WANT_READ) || s->tell == NULL ||
        (p->said == p->says.len && !p->fin && !p->reset))
        return false;
    s->tell(s->owner, STREAM_READABLE);
    return true;
}

static bool poke_write(struct peer *p)
{
    struct stream *s = p->stream;

    if (s == NULL || s->write_event == NULL || s->tell == NULL ||
        (p->room == 0 && !p->reset))
        return false;
    if (stream_flush(s) != FLUSH_BLOCKED || buf_len(&s->out) <= SHELF_SMALLEST)
        s->tell(s->owner, STREAM_WRITABLE);
    return true;
}

bool peer_poke(struct peer *p)
{
    bool read = poke_read(p);

    return poke_write(p) || read;
}
