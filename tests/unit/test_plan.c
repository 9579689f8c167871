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
    plan_add_fill(p, SLICE("ab"), 64 << 10);
    plan_add_last(p, 0);
    plan_add_hold(p, 30 * NS_PER_S);
    plan_add_fault_raw(p, SLICE("x"), "garbage", SLICE("why"));
    plan_add_fault_raw(p, SLICE(""), "reset", SLICE("why"));
    plan_add_end(p, END_RESET);
}

#define EACH                                                                           \
    "wait 250ms; interim 103; read body; head 522; body 5; raw 3; relay to [::1]:80; " \
    "await head; pipe body; dial o.test:443; tunnel; echo; body 64KiB; last chunk; "   \
    "hold 30s; raw 1: garbage; nothing: reset; end reset"

static void test_each_step_has_words(void **state)
{
    struct book *b = *state;

    add_each(&b->plan);
    must_say(&b->plan, EACH);
    assert_false(b->plan.spent);
    assert_int_equal(b->plan.n, 18);
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
    } rows[] = {{END_KEEP, "end keep"},
                {END_CLOSE, "end close"},
                {END_RESET, "end reset"},
                {END_HALF, "end half"},
                {END_RACE, "end race"}};
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

    for (uint64_t nth = 1; nth < 6; nth++) {
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

/* ---- numbers in words ---- */

static void test_numbers_have_the_unit_that_tells_them_exactly(void **state)
{
    static const struct {
        uint64_t ns;
        const char *words;
    } times[] = {{0, "wait 0ms"},
                 {1, "wait 1e-06ms"},
                 {NS_PER_MS / 2, "wait 0.5ms"},
                 {250 * NS_PER_MS, "wait 250ms"},
                 {1500 * NS_PER_MS, "wait 1.5s"},
                 {2 * NS_PER_S, "wait 2s"},
                 {90 * NS_PER_S, "wait 90s"},
                 {120 * NS_PER_S, "wait 2m"},
                 {7200 * NS_PER_S, "wait 2h"}};
    static const struct {
        uint64_t octets;
        const char *words;
    } sizes[] = {{0, "body 0"},
                 {1023, "body 1023"},
                 {1024, "body 1KiB"},
                 {1025, "body 1025"},
                 {1536, "body 1536"},
                 {3 << 20, "body 3MiB"},
                 {1ull << 34, "body 16GiB"},
                 {UINT64_MAX, "body 18446744073709551615"}};
    struct book *b = *state;

    for (size_t i = 0; i < COUNT(times); i++) {
        plan_init(&b->plan, &b->arena);
        plan_add_wait(&b->plan, times[i].ns);
        must_say(&b->plan, times[i].words);
    }
    for (size_t i = 0; i < COUNT(sizes); i++) {
        plan_init(&b->plan, &b->arena);
        plan_add_fill(&b->plan, SLICE("x"), sizes[i].octets);
        must_say(&b->plan, sizes[i].words);
    }
}

static void test_a_rate_adds_up(void **state)
{
    static const uint64_t rates[] = {1, 7, 19, 20, 21, 1000, 256 << 10, 1ull << 40};
    struct flow f = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(rates); i++) {
        flow_set_rate(&f, rates[i]);
        assert_true(f.pause_ns >= NS_PER_S / 20 - 1);
        double a_second = (double)f.piece * (double)NS_PER_S / (double)f.pause_ns;
        assert_true(a_second / (double)rates[i] > 0.999999);
        assert_true(a_second / (double)rates[i] < 1.000001);
    }
}

static void test_flow_in_words(void **state)
{
    struct book *b = *state;
    struct step *s = plan_add_fill(&b->plan, SLICE("x"), 1 << 20);
    struct flow *f = step_flow(s);

    flow_set_rate(f, 256 << 10);
    f->chunk = 4096;
    must_say(&b->plan, "body 1MiB at 256KiB/s in chunks of 4KiB");
    *f = (struct flow){.piece = 10, .pause_ns = NS_PER_S};
    f->stall_at = 100;
    f->stall_ns = 60 * NS_PER_S;
    plan_stop(s, 1000, "cut", SLICE("cut: 1000"));
    must_say(&b->plan,
             "body 1MiB, 10 every 1s, stalls 1m after 100, stops after 1000: cut");
    assert_int_equal(f->intent.step, 0);
}

/* ---- edits ---- */

static void test_steps_are_put_between_steps(void **state)
{
    struct book *b = *state;
    struct step *wait, *body;

    plan_add_head(&b->plan, 200, SLICE("OK"), 0);
    plan_add_body(&b->plan, SLICE("abc"));
    plan_add_end(&b->plan, END_KEEP);
    body = b->plan.first->next;
    wait = plan_insert_before(&b->plan, b->plan.first, STEP_WAIT);
    wait->wait_ns = NS_PER_S;
    plan_insert_after(&b->plan, body, STEP_LAST);
    plan_insert_raw(&b->plan, b->plan.last, SLICE("!"), "garbage", SLICE("why"));
    must_say(&b->plan, "wait 1s; head 200; body 3; last chunk; raw 1: garbage; end keep");
    assert_int_equal(b->plan.n, 6);
    plan_remove(&b->plan, body);
    plan_remove(&b->plan, wait);
    must_say(&b->plan, "head 200; last chunk; raw 1: garbage; end keep");
    plan_remove(&b->plan, b->plan.last);
    assert_int_equal(b->plan.last->kind, STEP_RAW);
    assert_int_equal(b->plan.last->index, 2);
    plan_add_end(&b->plan, END_HALF);
    assert_int_equal(b->plan.last->index, 3);
}

static bool shout(const struct twist *t, struct buf *head)
{
    (void)t;
    return buf_put(head, SLICE("!"));
}

/* An intent knows its step, wherever that goes. */
static void test_intents_are_numbered_with_their_steps(void **state)
{
    struct book *b = *state;
    struct step *head, *body;

    plan_add_head(&b->plan, 200, SLICE("OK"), 0);
    plan_add_fill(&b->plan, SLICE("a"), 10);
    plan_add_end(&b->plan, END_KEEP);
    head = b->plan.first;
    body = head->next;
    plan_twist(&b->plan, head, "one", SLICE("1"), shout, NULL);
    plan_twist(&b->plan, head, "two", SLICE("2"), shout, NULL);
    plan_twist_chunk(&b->plan, body, "three", SLICE("3"));
    plan_stop(body, 5, "four", SLICE("4"));
    plan_insert_before(&b->plan, head, STEP_READ);
    must_say(&b->plan,
             "read body; head 200 twisted: one, two; body 10, stops after 5: four, three; "
             "end keep");
    assert_int_equal(head->head.twists->intent.step, 1);
    assert_int_equal(head->head.twists->next->intent.step, 1);
    assert_int_equal(body->body.flow.intent.step, 2);
    assert_int_equal(body->body.flow.chunks->intent.step, 2);
}

/* SCN-05, SCN-07: the number of steps ends before its counter does. */
static void test_SCN_07_a_plan_has_an_end(void **state)
{
    struct book *b = *state;

    for (unsigned i = 0; i < UINT16_MAX + 2u; i++)
        plan_add_read(&b->plan);
    assert_true(b->plan.spent);
    assert_int_equal(b->plan.n, UINT16_MAX);
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
        TEST(test_numbers_have_the_unit_that_tells_them_exactly),
        TEST(test_a_rate_adds_up),
        TEST(test_flow_in_words),
        TEST(test_steps_are_put_between_steps),
        TEST(test_intents_are_numbered_with_their_steps),
        TEST(test_SCN_07_a_plan_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
