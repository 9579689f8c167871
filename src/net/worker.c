/* SPDX-License-Identifier: MIT */
/* One thread's loop. Between two turns nothing of ours is on the stack: that is when memory
 * goes. */
#include "naysay/net.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void read_clocks(struct worker *w)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    w->now = (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
    clock_gettime(CLOCK_REALTIME, &t);
    w->wall_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void worker_touch(struct worker *w)
{
    if (w->base != NULL)
        read_clocks(w);
}

struct slice worker_date(struct worker *w)
{
    int64_t second = w->wall_us / 1000000;

    if (second != w->date_of) {
        http_put_date(second, w->date);
        w->date_of = second;
    }
    return (struct slice){w->date, HTTP_DATE_LEN};
}

/* ---- timers: one descriptor for the soonest ---- */

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct worker *w = arg;
    uint64_t expirations;

    (void)what;
    if (read(fd, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN &&
        errno != EINTR)
        assert(!"a timerfd of our own can be read");
    w->armed = 0;
    worker_touch(w); /* worker_turn() fires what is due */
}

/* Arms the descriptor when something became due sooner than it knows of. */
static void arm(struct worker *w)
{
    uint64_t soonest = w->timers.n > 0 ? w->timers.heap[1]->due : 0;
    struct itimerspec at = {0};

    if (soonest == 0 || (w->armed != 0 && w->armed <= soonest))
        return;
    at.it_value.tv_sec = (time_t)(soonest / NS_PER_S);
    at.it_value.tv_nsec = (long)(soonest % NS_PER_S);
    if (timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0)
        w->armed = soonest;
}

/* ---- life ---- */

bool worker_init(struct worker *w)
{
    struct event_config *config;

    event_set_mem_functions(mem_alloc, mem_resize, mem_free); /* one seam for all memory */
    config = event_config_new();

    *w = (struct worker){.date_of = -1, .timer_fd = -1};
    if (config == NULL)
        return false;
    /* Our clocks and timers are our own; libevent need not keep any. */
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_NO_CACHE_TIME);
    w->base = event_base_new_with_config(config);
    event_config_free(config);
    if (w->base == NULL)
        return false;
    w->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (w->timer_fd < 0 ||
        event_assign(&w->timer_event, w->base, w->timer_fd, EV_READ | EV_PERSIST, on_timer,
                     w) < 0 ||
        event_add(&w->timer_event, NULL) < 0)
        return false;
    read_clocks(w);
    return true;
}

void worker_init_by_hand(struct worker *w)
{
    *w = (struct worker){.date_of = -1, .timer_fd = -1, .now = NS_PER_S};
}

static void dig(struct worker *w)
{
    while (w->graves != NULL) {
        struct grave *g = w->graves;
        w->graves = g->next;
        g->free(g);
    }
}

void worker_turn(struct worker *w)
{
    timers_run(w);
    dig(w);
    if (w->on_turn != NULL)
        w->on_turn(w->on_turn_arg);
}

void worker_run(struct worker *w)
{
    while (!w->is_stopping) {
        arm(w);
        if (event_base_loop(w->base, EVLOOP_ONCE) < 0)
            break;
        worker_turn(w);
    }
}

void worker_stop(struct worker *w)
{
    w->is_stopping = true;
    if (w->base != NULL)
        event_base_loopbreak(w->base);
}

void worker_bury(struct worker *w, struct grave *g)
{
    g->next = w->graves;
    w->graves = g;
}

void worker_clear(struct worker *w)
{
    dig(w);
    if (w->base != NULL) {
        event_del(&w->timer_event);
        event_base_free(w->base);
    }
    if (w->timer_fd >= 0)
        close(w->timer_fd);
    mem_free(w->timers.heap);
    shelf_clear(&w->shelf);
    w->base = NULL;
}
