/* SPDX-License-Identifier: MIT */
/* What a command prints, kept and perhaps shown. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli.h"

#define KEPT (1u << 20)

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void keep(struct caught *c, struct slice s)
{
    size_t room = KEPT - buf_len(&c->text), n = s.len < room ? s.len : room;

    c->lost += s.len - n;
    if (n > 0 && !buf_put(&c->text, (struct slice){s.at, n}))
        c->lost += n;
    if (c->pass != NULL) {
        fwrite(s.at, 1, s.len, c->pass);
        fflush(c->pass);
    }
}

/* True: there may be more. */
static bool take(struct caught *c)
{
    char block[16384];
    ssize_t n = read(c->from, block, sizeof(block));

    if (n > 0)
        keep(c, (struct slice){block, (size_t)n});
    return n > 0 || (n < 0 && errno == EINTR);
}

static void on_output(evutil_socket_t fd, short what, void *arg)
{
    struct caught *c = arg;

    (void)fd, (void)what;
    if (!take(c) && errno != EAGAIN)
        event_del(&c->event);
}

bool caught_open(struct caught *c, struct worker *w, FILE *pass)
{
    int ends[2];

    *c = (struct caught){.from = -1, .to = -1, .pass = pass};
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    c->from = ends[0];
    c->to = ends[1];
    if (fcntl(c->from, F_SETFL, O_NONBLOCK) == 0 &&
        event_assign(&c->event, w->base, c->from, EV_READ | EV_PERSIST, on_output, c) ==
            0 &&
        event_add(&c->event, NULL) == 0)
        return true;
    close_fd(&c->from);
    close_fd(&c->to);
    return false;
}

void caught_hand_over(struct caught *c)
{
    close_fd(&c->to);
}

void caught_close(struct caught *c)
{
    if (c->from < 0)
        return;
    for (unsigned i = 0; i < 1024 && take(c);)
        i++; /* whoever inherited the pipe may write on and on */
    event_del(&c->event);
    close_fd(&c->from);
    close_fd(&c->to);
}

void caught_clear(struct caught *c)
{
    caught_close(c);
    buf_clear(&c->text);
}
