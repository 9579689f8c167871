/* SPDX-License-Identifier: MIT */
/* Octets in and out on plain events. Callbacks here translate and tell; all thinking is the
 * owner's. */
#include "naysay/net.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAGIC 0x57a3a11u

static struct stream *stream_of(void *arg)
{
    struct stream *s = arg;

    assert(s->magic == MAGIC);
    return s;
}

/* ---- the ordinary wire: a socket ---- */

static ssize_t socket_read(struct stream *s, void *to, size_t n)
{
    return recv(s->fd, to, n, 0);
}

static ssize_t socket_write(struct stream *s, const void *from, size_t n)
{
    return send(s->fd, from, n, MSG_NOSIGNAL);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct stream *s = stream_of(arg);

    (void)fd;
    (void)what;
    worker_touch(s->worker);
    s->tell(s->owner, STREAM_READABLE);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct stream *s = stream_of(arg);

    (void)fd;
    (void)what;
    worker_touch(s->worker);
    if (stream_flush(s) == FLUSH_BLOCKED && buf_len(&s->out) > SHELF_SMALLEST)
        return;
    s->tell(s->owner, STREAM_WRITABLE);
}

/* The write event exists only while it is needed: an idle connection does without. */
static bool want_write(struct stream *s, bool yes)
{
    if (yes && s->write_event == NULL) {
        s->write_event = mem_alloc(sizeof(*s->write_event));
        if (s->write_event == NULL)
            return false;
        event_assign(s->write_event, s->worker->base, s->fd, EV_WRITE | EV_PERSIST,
                     on_writable, s);
        if (event_add(s->write_event, NULL) == 0)
            return true;
        mem_free(s->write_event);
        s->write_event = NULL;
        return false;
    }
    if (s->write_event != NULL && !yes) {
        event_del(s->write_event);
        mem_free(s->write_event);
        s->write_event = NULL;
    }
    return true;
}

static bool socket_want(struct stream *s, unsigned wanted)
{
    bool ok = true;

    if ((wanted ^ s->wanted) & WANT_READ)
        ok = wanted & WANT_READ ? event_add(&s->read_event, NULL) == 0
                                : event_del(&s->read_event) == 0;
    return want_write(s, (wanted & WANT_WRITE) != 0) && ok;
}

static void socket_shut(struct stream *s)
{
    shutdown(s->fd, SHUT_WR);
}

static void socket_close(struct stream *s, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};

    if (s->wanted & WANT_READ)
        event_del(&s->read_event);
    want_write(s, false);
    if (reset) /* RST rather than FIN */
        setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(s->fd);
}

const struct wire wire_socket = {
    .read = socket_read,
    .write = socket_write,
    .want = socket_want,
    .shut = socket_shut,
    .close = socket_close,
    .has_fd = true,
};

/* ---- streams ---- */

void stream_open(struct stream *s, struct worker *w, const struct wire *wire, int fd,
                 void (*tell)(void *owner, enum stream_event what), void *owner)
{
    memset(s, 0, sizeof(*s));
    s->magic = MAGIC;
    s->fd = fd;
    s->wire = wire;
    s->worker = w;
    s->tell = tell;
    s->owner = owner;
    s->in.shelf = s->out.shelf = &w->shelf;
    if (wire == &wire_socket)
        event_assign(&s->read_event, w->base, fd, EV_READ | EV_PERSIST, on_readable, s);
}

bool stream_is_open(const struct stream *s)
{
    return s->wire != NULL;
}

static void want(struct stream *s, unsigned wanted)
{
    if (wanted == s->wanted)
        return;
    if (!s->wire->want(s, wanted))
        s->error = ENOMEM;
    s->wanted = (uint8_t)wanted;
}

void stream_want_read(struct stream *s, bool yes)
{
    want(s, yes ? s->wanted | WANT_READ : s->wanted & ~(unsigned)WANT_READ);
}

void stream_want_write(struct stream *s)
{
    want(s, s->wanted | WANT_WRITE);
}

enum stream_result stream_read(struct stream *s, size_t most)
{
    ssize_t n;

    if (s->eof)
        return STREAM_EOF;
    if (!buf_reserve(&s->in, most == 0 ? SHELF_SMALLEST : most))
        return STREAM_NO_MEMORY;
    do
        n = s->wire->read(s, s->in.block + s->in.to, buf_room(&s->in));
    while (n < 0 && errno == EINTR);
    if (n > 0) {
        s->in.to += (uint32_t)n;
        s->received += (uint64_t)n;
        return STREAM_GOT;
    }
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return STREAM_NOTHING;
    stream_want_read(s, false); /* level-triggered: neither an end nor an error goes away */
    if (n == 0) {
        s->eof = true;
        return STREAM_EOF;
    }
    s->error = errno;
    return STREAM_FAILED;
}

enum flush stream_flush(struct stream *s)
{
    while (buf_len(&s->out) > 0) {
        ssize_t n = s->wire->write(s, buf_head(&s->out), buf_len(&s->out));
        if (n >= 0) {
            buf_skip(&s->out, (size_t)n);
            s->sent += (uint64_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
            want(s, s->wanted | WANT_WRITE);
            return FLUSH_BLOCKED;
        } else if (errno != EINTR) {
            s->error = errno;
            want(s, s->wanted & ~(unsigned)WANT_WRITE);
            return FLUSH_FAILED;
        }
    }
    buf_rest(&s->out);
    want(s, s->wanted & ~(unsigned)WANT_WRITE);
    return FLUSH_DONE;
}

bool stream_peer_is_gone(const struct stream *s)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);

    if (s->wire == NULL || !s->wire->has_fd ||
        getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
        return false;
    return info.tcpi_state == TCP_CLOSE;
}

size_t stream_unheard(const struct stream *s)
{
    int n;

    if (s->wire == NULL || !s->wire->has_fd || ioctl(s->fd, SIOCOUTQ, &n) < 0 || n < 0)
        return 0;
    return (size_t)n;
}

void stream_shut(struct stream *s)
{
    assert(buf_len(&s->out) == 0);
    if (s->is_shut)
        return;
    s->is_shut = true;
    s->wire->shut(s);
}

void stream_close(struct stream *s, bool reset)
{
    if (s->wire == NULL)
        return;
    s->wire->close(s, reset);
    s->wire = NULL;
    s->wanted = 0;
    buf_clear(&s->in);
    buf_clear(&s->out);
}
