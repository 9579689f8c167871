/* SPDX-License-Identifier: MIT */
/* Accepting. Out of descriptors, it keeps serving what it has and says so once. */
#include "naysay/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define ACCEPTS_A_TURN 1 /* one more would mostly be an EAGAIN, at the price of a call */
#define PAUSE_NS       (100 * NS_PER_MS)

/* Refuses one waiting client with the spare descriptor, so that it need not wait for
 * nothing. */
static void refuse_one(struct listener *l)
{
    int fd;

    if (l->spare_fd < 0)
        return;
    close(l->spare_fd);
    fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        close(fd);
    l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void starve(struct listener *l)
{
    if (!l->is_starved)
        l->starved(l->owner);
    l->is_starved = true;
    refuse_one(l);
    event_del(&l->event);
    if (!timer_set(l->worker, &l->pause, l->worker->now + PAUSE_NS))
        event_add(&l->event, NULL); /* without a timer: try again at once */
}

static void on_pause_over(struct timer *t)
{
    struct listener *l = OWNER_OF(t, struct listener, pause);

    event_add(&l->event, NULL);
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    struct listener *l = arg;

    (void)what;
    worker_touch(l->worker);
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct address peer = {.len = sizeof(peer.v6)};
        int client = accept4(fd, &peer.any, &peer.len, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (client >= 0) {
            l->accepted(l->owner, client, &peer);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
                   errno == ENOMEM) {
            starve(l);
            return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        /* ECONNABORTED, EINTR and errors of the client's network: on to the next */
    }
}

static bool bind_and_listen(struct listener *l, const struct address *at)
{
    int one = 1;

    l->address.len = sizeof(l->address.v6);
    return setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
           /* inherited by what is accepted: an answer leaves in one write, none waits for
              an ACK */
           setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) == 0 &&
           bind(l->fd, &at->any, at->len) == 0 && listen(l->fd, 4096) == 0 &&
           getsockname(l->fd, &l->address.any, &l->address.len) == 0;
}

bool listener_open(struct listener *l, struct worker *w, const struct address *at,
                   struct complaint *why)
{
    char text[ADDRESS_TEXT];

    l->worker = w;
    l->pause = (struct timer){.fire = on_pause_over};
    l->fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    l->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (l->fd >= 0 && bind_and_listen(l, at) &&
        event_assign(&l->event, w->base, l->fd, EV_READ | EV_PERSIST, on_acceptable, l) ==
            0 &&
        event_add(&l->event, NULL) == 0)
        return true;
    address_print(at, text);
    complain(why,
             errno == EADDRINUSE ? "cannot listen on %s: %s; stop what listens there, or "
                                   "use --listen with port 0"
                                 : "cannot listen on %s: %s",
             text, strerror(errno));
    if (l->fd >= 0)
        close(l->fd);
    if (l->spare_fd >= 0)
        close(l->spare_fd);
    l->fd = l->spare_fd = -1;
    return false;
}

void listener_close(struct listener *l)
{
    if (l->fd < 0)
        return;
    event_del(&l->event);
    timer_stop(l->worker, &l->pause);
    close(l->fd);
    if (l->spare_fd >= 0)
        close(l->spare_fd);
    l->fd = l->spare_fd = -1;
}

/* ---- the other direction ---- */

int net_connect(const struct address *to)
{
    int fd = socket(to->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
        one = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, &to->any, to->len) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int net_connect_result(int fd)
{
    int error = 0;
    socklen_t len = sizeof(error);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
        return errno;
    return error;
}
