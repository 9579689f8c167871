/* SPDX-License-Identifier: MIT */
#include "naysay/plan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct book {
    struct arena arena;
    struct plan plan;
};

static int begin(void **state)
{
    static struct book b;

    arena_init(&b.arena, NULL);
    plan_init(&b.plan, &b.arena);
    *state = &b;
    return 0;
}

static int end(void **state)
{
    struct book *b = *state;

    arena_clear(&b->arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void must_say(const struct plan *p, const char *want)
{
    char text[512];
    size_t n = 0;

    text[0] = '\0';
    for (const struct step *s = p->first; s != NULL; s = s->next) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", s == p->first ? "" : "; ");
        n += (size_t)step_print(s, text + n, sizeof(text) - n);
        assert_true(n < sizeof(text));
    }
    assert_string_equal(text, want);
}

static const struct origin name = {.host = SLICE("o.test"), .port = 443};
static const struct origin ipv6 = {.host = SLICE("::1"), .port = 80, .is_ipv6 = true};

static void add_each(struct plan *p)
{
    plan_add_wait(p, 250 * NS_PER_MS);
    plan_add_interim(p, 103, SLICE("Early Hints"), 0);
    plan_add_read(p);
    plan_add_head(p, 522, SLICE("Connection Timed Out"), 2);
    plan_add_body(p, SLICE("12345"));
    plan_add_raw(p, SLICE("abc"), SLICE("why"));
    struct relay *r = plan_add_relay(p);
    if (r != NULL)
        r->to = ipv6;
    plan_add_plain(p, STEP_AWAIT);
    plan_add_plain(p, STEP_PIPE);
    plan_add_dial(p, name);
    plan_add_plain(p, STEP_TUNNEL);
    plan_add_plain(p, STEP_ECHO);
    plan_add_end(p, END_RESET);
}

#define EACH                                                                           \
    "wait 250ms; interim 103; read body; head 522; body 5; raw 3; relay to [::1]:80; " \
    "await head; pipe body; dial o.test:443; tunnel; echo; end reset"

static void test_each_step_has_words(void **state)
{
    struct book *b = *state;

    add_each(&b->plan);
    must_say(&b->plan, EACH);
    assert_false(b->plan.spent);
    assert_int_equal(b->plan.n, 13);
    assert_int_equal(b->plan.ending, ENDING_BY_PLAN);
}

static void test_steps_are_numbered_in_order(void **state)
{
    struct book *b = *state;
    unsigned n = 0;

    add_each(&b->plan);
    for (const struct step *s = b->plan.first; s != NULL; s = s->next)
        assert_int_equal(s->index, n++);
    assert_ptr_equal(b->plan.last->next, NULL);
    assert_int_equal(b->plan.last->kind, STEP_END);
}

static void test_endings_of_plans(void **state)
{
    static const struct {
        enum step_end how;
        const char *words;
    } rows[] = {{END_KEEP, "end keep"}, {END_CLOSE, "end close"}, {END_RESET, "end reset"}};
    struct book *b = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        plan_init(&b->plan, &b->arena);
        plan_add_end(&b->plan, rows[i].how);
        must_say(&b->plan, rows[i].words);
    }
}

static void test_cutting_makes_room_for_other_steps(void **state)
{
    struct book *b = *state;

    add_each(&b->plan);
    plan_cut(&b->plan, b->plan.first->next);
    must_say(&b->plan, "wait 250ms; interim 103");
    assert_int_equal(b->plan.n, 2);
    plan_add_end(&b->plan, END_CLOSE);
    must_say(&b->plan, "wait 250ms; interim 103; end close");
    assert_int_equal(b->plan.last->index, 2);
    plan_cut(&b->plan, b->plan.first);
    plan_cut(&b->plan, b->plan.first);
    must_say(&b->plan, "wait 250ms");
}

static void test_raw_octets_come_with_an_intent(void **state)
{
    struct book *b = *state;

    plan_add_wait(&b->plan, 1);
    plan_add_raw(&b->plan, SLICE("abc"), SLICE("asked for"));
    const struct intent *i = &b->plan.last->raw.intent;
    assert_string_equal(i->kind, "raw");
    assert_int_equal(i->step, 1);
    assert_true(slice_is(i->why, SLICE("asked for")));
}

static void test_heads_bring_what_they_were_given(void **state)
{
    struct book *b = *state;
    struct http_response *r = plan_add_head(&b->plan, 426, SLICE("Upgrade Required"), 1);

    assert_non_null(r);
    plan_set_upgrade(&b->plan, SLICE("ws"));
    plan_add_field(&b->plan, &r->fields, SLICE("X-A"), SLICE("b"));
    assert_false(b->plan.spent);
    assert_int_equal(r->status, 426);
    assert_true(slice_is(r->phrase, SLICE("Upgrade Required")));
    assert_true(slice_is(b->plan.last->head.upgrade, SLICE("ws")));
    assert_true(slice_is(http_find_name(&r->fields, SLICE("x-a"))->value, SLICE("b")));
    assert_int_equal(r->framing.kind, BODY_NONE);
}

static void test_a_plan_without_room_is_spent(void **state)
{
    struct book *b = *state;
    struct http_response *r = plan_add_head(&b->plan, 200, SLICE("OK"), 1);

    plan_add_field(&b->plan, &r->fields, SLICE("A"), SLICE("1"));
    assert_false(b->plan.spent);
    plan_add_field(&b->plan, &r->fields, SLICE("B"), SLICE("2"));
    assert_true(b->plan.spent);
    assert_int_equal(r->fields.n, 1);
}

static void test_a_value_that_found_no_memory_spends_the_plan(void **state)
{
    struct book *b = *state;
    struct http_response *r = plan_add_head(&b->plan, 200, SLICE("OK"), 1);

    plan_add_field(&b->plan, &r->fields, SLICE("A"), NO_SLICE);
    assert_true(b->plan.spent);
}

/* MEM-04: whichever allocation fails, building goes on and the plan says so at its end. */
static void test_MEM_04_a_plan_says_when_memory_ran_out(void **state)
{
    struct book *b = *state;
    bool was_spent = false;

    for (uint64_t nth = 1; nth < 4; nth++) {
        arena_clear(&b->arena);
        arena_init(&b->arena, NULL);
        plan_init(&b->plan, &b->arena);
        mem_fail(nth, true);
        add_each(&b->plan);
        if (b->plan.spent) /* of a plan that holds, the last step is no head */
            plan_set_upgrade(&b->plan, SLICE("x"));
        mem_fail(0, false);
        was_spent |= b->plan.spent;
        if (!b->plan.spent)
            break;
    }
    assert_true(was_spent);
}

/* A small buffer is never overrun: what did not fit is told, as by snprintf. */
static void test_words_are_cut_to_the_room_there_is(void **state)
{
    struct book *b = *state;
    char text[8];

    plan_add_dial(&b->plan, name);
    assert_int_equal(step_print(b->plan.first, text, sizeof(text)),
                     strlen("dial o.test:443"));
    assert_string_equal(text, "dial o.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_each_step_has_words),
        TEST(test_steps_are_numbered_in_order),
        TEST(test_endings_of_plans),
        TEST(test_cutting_makes_room_for_other_steps),
        TEST(test_raw_octets_come_with_an_intent),
        TEST(test_heads_bring_what_they_were_given),
        TEST(test_a_plan_without_room_is_spent),
        TEST(test_a_value_that_found_no_memory_spends_the_plan),
        TEST(test_MEM_04_a_plan_says_when_memory_ran_out),
        TEST(test_words_are_cut_to_the_room_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
