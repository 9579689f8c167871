/* SPDX-License-Identifier: MIT */
/*
 * Timers. A connection moves its deadline with every request; moving it later
 * only notes the wish, and the heap learns of it when the old time comes. So a
 * busy connection touches the heap about once in its time-out.
 */
#include "naysay/net.h"

#define NEVER UINT64_MAX

static void place(struct timers *ts, uint32_t slot, struct timer *t)
{
    ts->heap[slot] = t;
    t->slot = slot;
}

static void sift_up(struct timers *ts, struct timer *t, uint32_t slot)
{
    while (slot > 1 && ts->heap[slot / 2]->due > t->due) {
        place(ts, slot, ts->heap[slot / 2]);
        slot /= 2;
    }
    place(ts, slot, t);
}

static void sift_down(struct timers *ts, struct timer *t, uint32_t slot)
{
    for (;;) {
        uint32_t child = slot * 2;
        if (child < ts->n && ts->heap[child + 1]->due < ts->heap[child]->due)
            child++;
        if (child > ts->n || ts->heap[child]->due >= t->due)
            break;
        place(ts, slot, ts->heap[child]);
        slot = child;
    }
    place(ts, slot, t);
}

static void settle(struct timers *ts, struct timer *t, uint32_t slot)
{
    if (slot > 1 && ts->heap[slot / 2]->due > t->due)
        sift_up(ts, t, slot);
    else
        sift_down(ts, t, slot);
}

static bool grow(struct timers *ts)
{
    uint32_t cap = ts->cap == 0 ? 64 : ts->cap * 2;
    struct timer **heap = mem_resize(ts->heap, (cap + 1) * sizeof(struct timer *));

    if (heap == NULL)
        return false;
    ts->heap = heap;
    ts->cap = cap;
    return true;
}

bool timer_set(struct worker *w, struct timer *t, uint64_t when)
{
    struct timers *ts = &w->timers;

    t->want = when;
    if (t->slot > 0 && t->due <= when)
        return true;
    t->due = when;
    if (t->slot > 0) {
        sift_up(ts, t, t->slot);
        return true;
    }
    if (ts->n == ts->cap && !grow(ts))
        return false;
    ts->n++;
    sift_up(ts, t, ts->n);
    return true;
}

void timer_hush(struct timer *t)
{
    t->want = NEVER;
}

void timer_stop(struct worker *w, struct timer *t)
{
    struct timers *ts = &w->timers;
    uint32_t slot = t->slot;
    struct timer *last;

    t->want = NEVER;
    if (slot == 0)
        return;
    t->slot = 0;
    last = ts->heap[ts->n--];
    if (last != t)
        settle(ts, last, slot);
}

void timers_run(struct worker *w)
{
    struct timers *ts = &w->timers;

    while (ts->n > 0 && ts->heap[1]->due <= w->now) {
        struct timer *t = ts->heap[1];
        if (t->want == NEVER)
            timer_stop(w, t);
        else if (t->want > w->now) {
            t->due = t->want;
            sift_down(ts, t, 1);
        } else {
            timer_stop(w, t);
            t->fire(t);
        }
    }
}
