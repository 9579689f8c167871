/* SPDX-License-Identifier: MIT */
#include "naysay/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A timer that notes when it fired, and may do something then. */
struct bell {
    struct timer timer;
    struct worker *worker;
    int rang;
    unsigned order; /* among all bells of a test */
    void (*then)(struct bell *b);
    struct bell *other;
    uint64_t again; /* for `then` */
};

static unsigned rings;

static void on_ring(struct timer *t)
{
    struct bell *b = OWNER_OF(t, struct bell, timer);

    b->rang++;
    b->order = ++rings;
    if (b->then != NULL)
        b->then(b);
}

static void make(struct bell *b, struct worker *w)
{
    *b = (struct bell){.timer = {.fire = on_ring}, .worker = w};
}

static void set(struct bell *b, uint64_t when)
{
    assert_true(timer_set(b->worker, &b->timer, when));
}

static void go_to(struct worker *w, uint64_t now)
{
    w->now = now;
    worker_turn(w);
}

static int begin(void **state)
{
    static struct worker w;

    worker_init_by_hand(&w);
    rings = 0;
    *state = &w;
    return 0;
}

static int end(void **state)
{
    worker_clear(*state);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void test_a_timer_fires_once_when_it_is_due(void **state)
{
    struct worker *w = *state;
    struct bell b;

    make(&b, w);
    set(&b, w->now + 10);
    go_to(w, w->now + 9);
    assert_int_equal(b.rang, 0);
    go_to(w, w->now + 1);
    assert_int_equal(b.rang, 1);
    assert_int_equal(b.timer.slot, 0);
    go_to(w, w->now + 1000);
    assert_int_equal(b.rang, 1);
}

static void test_many_timers_fire_in_order(void **state)
{
    enum { N = 300 };
    struct worker *w = *state;
    static struct bell bells[N];
    unsigned seed = 7;

    for (size_t i = 0; i < N; i++) {
        make(&bells[i], w);
        seed = seed * 1103515245 + 12345;
        set(&bells[i], w->now + 1 + (seed >> 8) % 1000);
    }
    for (size_t i = 0; i < N; i += 3)
        timer_stop(w, &bells[i].timer);
    go_to(w, w->now + 1001);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(bells[i].rang, i % 3 != 0);
        for (size_t k = 0; k < i; k++)
            if (i % 3 != 0 && k % 3 != 0 && bells[i].timer.due < bells[k].timer.due)
                assert_true(bells[i].order < bells[k].order);
    }
    assert_int_equal(w->timers.n, 0);
}

/* Moving later only notes the wish: the heap stays as it is until the old time. */
static void test_later_costs_nothing_and_holds(void **state)
{
    struct worker *w = *state;
    uint64_t start = w->now;
    struct bell b;

    make(&b, w);
    set(&b, start + 10);
    for (uint64_t i = 11; i < 100; i++) {
        set(&b, start + i);
        assert_int_equal(b.timer.due, start + 10);
    }
    go_to(w, start + 10);
    assert_int_equal(b.rang, 0);
    assert_int_equal(b.timer.due, start + 99);
    go_to(w, start + 98);
    assert_int_equal(b.rang, 0);
    go_to(w, start + 99);
    assert_int_equal(b.rang, 1);
}

static void test_sooner_holds_at_once(void **state)
{
    struct worker *w = *state;
    struct bell a, b;

    make(&a, w);
    make(&b, w);
    set(&a, w->now + 50);
    set(&b, w->now + 100);
    set(&b, w->now + 20);
    go_to(w, w->now + 20);
    assert_int_equal(b.rang, 1);
    assert_int_equal(a.rang, 0);
}

static void test_hushed_timers_do_not_fire(void **state)
{
    struct worker *w = *state;
    uint64_t start = w->now;
    struct bell a, b;

    make(&a, w);
    make(&b, w);
    set(&a, start + 10);
    set(&b, start + 10);
    timer_hush(&a.timer);
    timer_hush(&b.timer);
    set(&b, start + 20); /* and may be set again */
    go_to(w, start + 15);
    assert_int_equal(a.timer.slot, 0);
    go_to(w, start + 30);
    assert_int_equal(a.rang, 0);
    assert_int_equal(b.rang, 1);
}

static void test_stopping_twice_or_never_set_is_fine(void **state)
{
    struct worker *w = *state;
    struct bell a, b;

    make(&a, w);
    make(&b, w);
    timer_stop(w, &a.timer);
    timer_hush(&a.timer);
    set(&a, w->now + 1);
    set(&b, w->now + 2);
    timer_stop(w, &a.timer);
    timer_stop(w, &a.timer);
    go_to(w, w->now + 5);
    assert_int_equal(a.rang, 0);
    assert_int_equal(b.rang, 1);
}

/* ---- what may be done while one fires ---- */

static void stop_other(struct bell *b)
{
    timer_stop(b->worker, &b->other->timer);
}

static void hush_other(struct bell *b)
{
    timer_hush(&b->other->timer);
}

static void test_one_may_silence_another_that_is_due_too(void **state)
{
    static void (*const ways[])(struct bell *) = {stop_other, hush_other};
    struct worker *w = *state;

    for (size_t i = 0; i < COUNT(ways); i++) {
        struct bell a, b;

        make(&a, w);
        make(&b, w);
        a.then = ways[i];
        a.other = &b;
        set(&a, w->now + 1);
        set(&b, w->now + 2);
        go_to(w, w->now + 10);
        assert_int_equal(a.rang, 1);
        assert_int_equal(b.rang, 0);
    }
}

static void set_again(struct bell *b)
{
    if (b->rang < 3)
        assert_true(timer_set(b->worker, &b->timer, b->again));
}

static void test_a_timer_may_set_itself_again(void **state)
{
    struct worker *w = *state;
    uint64_t start = w->now;
    struct bell b;

    make(&b, w);
    b.then = set_again;
    b.again = start + 5; /* due already: fires in the same turn */
    set(&b, start + 1);
    go_to(w, start + 5);
    assert_int_equal(b.rang, 3);
}

/* MEM-04: no memory for the heap is told, and nothing is half done. */
static void test_MEM_04_setting_tells_when_memory_is_out(void **state)
{
    struct worker *w = *state;
    struct bell b;

    make(&b, w);
    mem_fail(1, false);
    assert_false(timer_set(w, &b.timer, w->now + 1));
    mem_fail(0, false);
    assert_int_equal(b.timer.slot, 0);
    timer_stop(w, &b.timer);
    set(&b, w->now + 1);
    go_to(w, w->now + 1);
    assert_int_equal(b.rang, 1);
}

/* MEM-09, RES-10: a clock that jumps fires each once, and nothing spins. */
static void test_MEM_09_a_clock_that_jumps(void **state)
{
    struct worker *w = *state;
    struct bell b;

    make(&b, w);
    set(&b, w->now + 10);
    go_to(w, w->now + 86400 * NS_PER_S);
    assert_int_equal(b.rang, 1);
    set(&b, w->now + 10);
    go_to(w, w->now - NS_PER_S);
    assert_int_equal(b.rang, 1);
    go_to(w, w->now + 2 * NS_PER_S);
    assert_int_equal(b.rang, 2);
}

/* ---- graves: dug between turns ---- */

static unsigned dug;

static void on_dig(struct grave *g)
{
    (void)g;
    dug++;
}

static void test_graves_are_dug_between_turns(void **state)
{
    struct worker *w = *state;
    struct grave graves[2] = {{.free = on_dig}, {.free = on_dig}};

    dug = 0;
    worker_bury(w, &graves[0]);
    worker_bury(w, &graves[1]);
    assert_int_equal(dug, 0);
    worker_turn(w);
    assert_int_equal(dug, 2);
    worker_turn(w);
    assert_int_equal(dug, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_timer_fires_once_when_it_is_due),
        TEST(test_many_timers_fire_in_order),
        TEST(test_later_costs_nothing_and_holds),
        TEST(test_sooner_holds_at_once),
        TEST(test_hushed_timers_do_not_fire),
        TEST(test_stopping_twice_or_never_set_is_fine),
        TEST(test_one_may_silence_another_that_is_due_too),
        TEST(test_a_timer_may_set_itself_again),
        TEST(test_MEM_04_setting_tells_when_memory_is_out),
        TEST(test_MEM_09_a_clock_that_jumps),
        TEST(test_graves_are_dug_between_turns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
