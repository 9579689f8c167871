/* SPDX-License-Identifier: MIT */
/* From an origin to a connected socket: resolve, judge, connect, address after address. */
#include "naysay/upstream.h"

#include <errno.h>
#include <unistd.h>

#define CANDIDATES 8

struct dial {
    struct grave grave;
    struct upstream *upstream;
    struct origin to; /* host borrowed from the exchange's arena */
    struct resolve_query *query;
    struct timer timer; /* the connection's time-out; or the first step, or the telling */
    struct event event; /* the socket becomes writable when connect(2) is decided */
    bool is_watched;
    int fd; /* -1: none on its way */
    struct address candidates[CANDIDATES];
    size_t n, next;
    struct dialled result;
    void (*done)(void *owner, const struct dialled *d);
    void *owner;
};

static void try_next(struct dial *d);

static enum ending ending_of(int error)
{
    switch (error) {
    case ECONNREFUSED:
        return ENDING_UPSTREAM_REFUSED;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
        return ENDING_UPSTREAM_UNREACHABLE;
    case ECONNRESET:
        return ENDING_UPSTREAM_RESET;
    case ETIMEDOUT:
        return ENDING_UPSTREAM_CONNECT_TIMEOUT;
    case EMFILE:
    case ENFILE:
        return ENDING_OUT_OF_FILES;
    case ENOMEM:
    case ENOBUFS:
        return ENDING_OUT_OF_MEMORY;
    default:
        return ENDING_UPSTREAM_CONNECT_FAILED;
    }
}

static void free_dial(struct grave *g)
{
    mem_free(OWNER_OF(g, struct dial, grave));
}

static void unwatch(struct dial *d)
{
    if (d->is_watched)
        event_del(&d->event);
    d->is_watched = false;
}

static void bury(struct dial *d)
{
    unwatch(d);
    timer_stop(d->upstream->worker, &d->timer);
    d->grave.free = free_dial;
    worker_bury(d->upstream->worker, &d->grave);
}

static void tell(struct dial *d, enum ending why)
{
    d->result.why = why;
    d->result.fd = d->fd;
    bury(d);
    d->done(d->owner, &d->result);
}

/* This address did not do: the next one, and with none left the last reason. */
static void fail_candidate(struct dial *d, enum ending why)
{
    unwatch(d);
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
    d->result.why = why;
    try_next(d);
}

static void on_connect_timeout(struct timer *t)
{
    fail_candidate(OWNER_OF(t, struct dial, timer), ENDING_UPSTREAM_CONNECT_TIMEOUT);
}

static void on_decided(evutil_socket_t fd, short what, void *arg)
{
    struct dial *d = arg;
    int error = net_connect_result(fd);

    (void)what;
    worker_touch(d->upstream->worker);
    if (error == 0)
        tell(d, ENDING_NONE);
    else
        fail_candidate(d, ending_of(error));
}

static bool watch(struct dial *d)
{
    struct worker *w = d->upstream->worker;

    d->timer.fire = on_connect_timeout;
    event_assign(&d->event, w->base, d->fd, EV_WRITE, on_decided, d);
    d->is_watched = event_add(&d->event, NULL) == 0;
    return d->is_watched &&
           timer_set(w, &d->timer, w->now + d->upstream->limits->connect_time);
}

static void try_next(struct dial *d)
{
    while (d->next < d->n) {
        struct address *at = &d->candidates[d->next++];
        enum ending verdict;

        address_unmap(at);
        address_set_port(at, d->to.port);
        d->result.address = *at;
        verdict = policy_judge(&d->upstream->policy, &d->to, at);
        if (verdict != ENDING_NONE) {
            d->result.why = verdict;
            continue;
        }
        if (d->upstream->connect != NULL) { /* the caller opens the wire itself */
            tell(d, ENDING_NONE);
            return;
        }
        d->fd = net_connect(at);
        if (d->fd < 0) {
            d->result.why = ending_of(errno);
            continue;
        }
        if (watch(d))
            return;
        fail_candidate(d, ENDING_OUT_OF_MEMORY);
        return;
    }
    tell(d, d->result.why);
}

static void on_resolved(void *owner, enum resolve_result what, const struct address *found,
                        size_t n)
{
    struct dial *d = owner;

    d->query = NULL;
    d->result.why =
        what == RESOLVE_TIMEOUT ? ENDING_UPSTREAM_NAME_TIMEOUT : ENDING_UPSTREAM_NAME;
    for (d->n = 0; d->n < n && d->n < CANDIDATES; d->n++)
        d->candidates[d->n] = found[d->n];
    try_next(d);
}

static void on_first(struct timer *t)
{
    try_next(OWNER_OF(t, struct dial, timer));
}

static bool start(struct dial *d)
{
    struct upstream *u = d->upstream;

    if (address_from_ip(d->to.host, d->to.port, &d->candidates[0])) {
        d->n = 1;
        d->timer.fire =
            on_first; /* from the loop, so that nothing is told before we return */
        return timer_set(u->worker, &d->timer, u->worker->now);
    }
    if (u->resolver == NULL) {
        d->result.why = ENDING_UPSTREAM_NAME;
        d->timer.fire = on_first;
        return timer_set(u->worker, &d->timer, u->worker->now);
    }
    d->query =
        resolver_ask(u->resolver, d->to.host, u->limits->resolve_time, on_resolved, d);
    return d->query != NULL;
}

struct dial *dial_start(struct upstream *u, const struct origin *to,
                        void (*done)(void *owner, const struct dialled *d), void *owner)
{
    struct dial *d = mem_zero(sizeof(*d));

    if (d == NULL)
        return NULL;
    d->upstream = u;
    d->to = *to;
    d->fd = -1;
    d->done = done;
    d->owner = owner;
    if (start(d))
        return d;
    timer_stop(u->worker, &d->timer);
    mem_free(d);
    return NULL;
}

void dial_cancel(struct dial *d)
{
    if (d == NULL)
        return;
    resolver_cancel(d->query);
    unwatch(d);
    if (d->fd >= 0)
        close(d->fd);
    bury(d);
}
