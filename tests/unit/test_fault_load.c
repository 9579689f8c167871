/* SPDX-License-Identifier: MIT */
/* Faults as they are written. */
#include "naysay/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct stage {
    struct arena arena;
    struct complaints complaints;
    struct fault fault;
    char said[512];
};

static int begin(void **state)
{
    static struct stage s;

    arena_init(&s.arena, NULL);
    *state = &s;
    return 0;
}

static int end(void **state)
{
    struct stage *s = *state;

    arena_clear(&s->arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

/* What is wrong with this text first, or "". */
static const char *load(struct stage *s, const char *text)
{
    struct source *source = arena_zero(&s->arena, sizeof(*source));
    struct loader l = {.arena = &s->arena, .why = &s->complaints};
    struct node *docs;

    complaints_init(&s->complaints, &s->arena);
    assert_non_null(source);
    *source = (struct source){.name = SLICE("x.yaml"), .text = slice_of(text)};
    docs = doc_parse(&s->arena, source, &s->complaints);
    assert_non_null(docs);
    shape_load(&l, &shape_fault, docs->first, &s->fault);
    s->said[0] = '\0';
    if (s->complaints.first != NULL)
        snprintf(s->said, sizeof(s->said), "%.*s", SLICE_ARGS(s->complaints.first->text));
    return s->said;
}

static void test_each_loads_by_its_name(void **state)
{
    struct stage *s = *state;

    for (size_t i = 0; i < fault_count(); i++) {
        const struct fault_kind *kind = fault_at(i);
        const char *wrong = load(s, kind->name);
        if (strcmp(kind->name, "throttle") == 0) {
            assert_string_equal(wrong,
                                "throttle needs \"rate\": how much goes in a second");
            continue;
        }
        assert_string_equal(wrong, "");
        assert_ptr_equal(s->fault.kind, kind);
        assert_true(s->fault.chance >= 1);
        assert_true(slice_is(s->fault.text, slice_of(kind->name)));
        assert_int_equal(kind->args != NULL, s->fault.args != NULL);
        assert_ptr_equal(fault_find(slice_of(kind->name)), kind);
    }
    assert_null(fault_at(fault_count()));
    assert_null(fault_find(SLICE("cutt")));
}

static void test_text_is_kept_as_it_was_written(void **state)
{
    static const struct {
        const char *text, *kept;
    } rows[] = {
        {"reset", "reset"},
        {"{reset: , chance: 5%}", "reset"},
        {"{cut: {after: 10%, then: reset}}", "cut: {after: 10%, then: reset}"},
        {"cut: 64KiB", "cut: 64KiB"},
        {"{chance: 0.5, delay: {for: 2s}}", "delay: {for: 2s}"},
        {"refuse", "refuse"},
        {"refuse: {}", "refuse"},
        {"race: true", "race"},
    };
    struct stage *s = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(load(s, rows[i].text), "");
        if (!slice_is(s->fault.text, slice_of(rows[i].kept)))
            fail_msg("%s is kept as %.*s", rows[i].text, SLICE_ARGS(s->fault.text));
    }
}

static void test_chance(void **state)
{
    struct stage *s = *state;

    assert_string_equal(load(s, "{reset: , chance: 5%}"), "");
    assert_true(s->fault.chance > 0.049 && s->fault.chance < 0.051);
    assert_ptr_equal(s->fault.kind, fault_find(SLICE("reset")));
}

static void test_complaints_say_what_to_do(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"rset", "there is no fault \"rset\"; did you mean \"reset\"?"},
        {"explode", "there is no fault \"explode\": see naysay codes --faults"},
        {"{ctu: 10%}", "unknown key \"ctu\"; did you mean \"cut\"?"},
        {"{cut: 10%, reset: }",
         "cut and reset stand in one map: each fault is an item of its own"},
        {"{chance: 0.5}", "which fault? such as {cut: {after: 10%}, chance: 0.05}"},
        {"reset: 5s", "reset takes no arguments"},
        {"cut: soon",
         "a place in the body is a size or a share, such as 64KiB or 10%, not \"soon\""},
        {"cut: {after: 120%}",
         "a place in the body is a size or a share, such as 64KiB or 10%, not \"120%\""},
        {"cut: {then: stop}", "then must be close, reset or silence, not \"stop\""},
        {"cut: {afte: 5}", "unknown key \"afte\"; did you mean \"after\"?"},
        {"status-line: code-98",
         "form must be version, code-99, code-1000, no-reason or no-space, not "
         "\"code-98\"; did you mean \"code-99\"?"},
        {"header-flood: 0", "count must be from 1 to 100000, not 0"},
        {"giant-header: 1GiB", "octets must be from 1 to 16MiB, not 1GiB"},
        {"throttle: 0", "rate must be a rate above 0, such as 256KiB/s, not \"0\""},
        {"throttle: {rate: 1KiB/s, direction: up}",
         "direction must be out, in or both, not \"up\""},
        {"drip: {every: 0s}", "every must be from 1ms to 1d, not 0s"},
        {"delay: 25h", "24h is the most there is"},
        {"[reset]",
         "fault must be the name of a fault, such as reset or a map of keys, not a list"},
    };
    struct stage *s = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = load(s, rows[i].text);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s\n  says %s\n  not  %s", rows[i].text, got, rows[i].want);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_each_loads_by_its_name),
        TEST(test_text_is_kept_as_it_was_written),
        TEST(test_chance),
        TEST(test_complaints_say_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
