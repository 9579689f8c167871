/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "naysay/net.h"

static uint32_t fired;

static void on_fire(struct timer *t)
{
    (void)t;
    fired++;
}

/* Timers stand on the monotonic clock: a wall clock set back delays nothing. */
static void test_RES_10_wall_clock_goes_backwards(void **state)
{
    struct worker w;
    struct timer t = {.fire = on_fire};

    (void)state;
    fired = 0;
    worker_init_by_hand(&w);
    w.wall_us = 1000000000ll * 1000000;
    assert_true(timer_set(&w, &t, w.now + NS_PER_S));
    assert_memory_equal(worker_date(&w).at, "Sun, 09 Sep 2001 01:46:40 GMT", HTTP_DATE_LEN);
    w.wall_us -= 86400ll * 1000000;
    assert_memory_equal(worker_date(&w).at, "Sat, 08 Sep 2001 01:46:40 GMT", HTTP_DATE_LEN);
    worker_turn(&w);
    assert_int_equal(fired, 0);
    w.now += NS_PER_S;
    worker_turn(&w);
    assert_int_equal(fired, 1);
    worker_clear(&w);
}

struct corpse {
    struct grave grave;
    struct worker *worker;
    struct corpse *next;
};

static uint32_t dug;

static void on_dug(struct grave *g)
{
    struct corpse *c = OWNER_OF(g, struct corpse, grave);

    dug++;
    if (c->next != NULL)
        worker_bury(c->worker, &c->next->grave);
}

static void test_what_is_buried_while_digging_is_dug_up_too(void **state)
{
    struct worker w;
    struct corpse second = {.grave.free = on_dug, .worker = &w};
    struct corpse first = {.grave.free = on_dug, .worker = &w, .next = &second};

    (void)state;
    dug = 0;
    worker_init_by_hand(&w);
    worker_bury(&w, &first.grave);
    worker_turn(&w);
    assert_int_equal(dug, 2);
    worker_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_RES_10_wall_clock_goes_backwards),
        cmocka_unit_test(test_what_is_buried_while_digging_is_dug_up_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
