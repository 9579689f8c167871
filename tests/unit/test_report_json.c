/* SPDX-License-Identifier: MIT */
#include "report_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

static json_t *parsed(const struct verdict *v)
{
    size_t len;
    json_error_t why;
    char *text = say_report(v, report_json, &len);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

    if (root == NULL)
        fail_msg("%s at %d:\n%s", why.text, why.position, text);
    free(text);
    return root;
}

static const char *text_at(json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void test_a_failed_run(void **state)
{
    struct told_run t;

    (void)state;
    tell(&t, TOLD_FAILING);
    json_t *root = parsed(&t.v);
    json_t *s = json_array_get(json_object_get(root, "scenarios"), 0);
    json_t *f = json_array_get(json_object_get(s, "findings"), 0), *counts, *command;

    assert_string_equal(text_at(root, "naysay"), NAYSAY_VERSION);
    assert_true(json_is_false(json_object_get(root, "good")));
    assert_string_equal(text_at(s, "saw"), "away away away");
    assert_string_equal(text_at(s, "verdict"), "failed");
    assert_string_equal(text_at(f, "result"), "fails");
    assert_string_equal(text_at(f, "seen"), "120 ms");
    assert_int_equal(json_integer_value(json_object_get(f, "seq")), 2);
    counts = json_object_get(s, "counts");
    assert_int_equal(json_integer_value(json_object_get(counts, "requests")), 3);
    assert_int_equal(json_integer_value(json_object_get(counts, "connections")), 3);
    command = json_object_get(s, "command");
    assert_int_equal(json_integer_value(json_object_get(command, "exit_status")), 22);
    assert_int_equal(json_array_size(json_object_get(s, "timeline")), 3);
    json_decref(root);
    told_clear(&t);
}

static void test_ADM_06_hostile_octets_round_trip(void **state)
{
    struct told_run t;

    (void)state;
    tell(&t, TOLD_HOSTILE);
    json_t *root = parsed(&t.v);
    json_t *s = json_array_get(json_object_get(root, "scenarios"), 0);

    assert_non_null(strstr(text_at(s, "scenario"), "<script>alert(1)</script>\"'&]]>"));
    json_decref(root);
    told_clear(&t);
}

static void test_MEM_04_nothing_is_put_by_half(void **state)
{
    struct told_run t;
    struct buf b = {0};
    unsigned failed = 0;

    (void)state;
    tell(&t, TOLD_RICH);
    for (uint64_t nth = 1; nth < 12; nth++) {
        assert_true(buf_put(&b, SLICE("before")));
        mem_fail(nth, false);
        bool ok = report_put_json(&b, &t.v);
        mem_fail(0, false);
        failed += !ok;
        assert_true(ok || slice_is(buf_slice(&b), SLICE("before")));
        buf_clear(&b);
    }
    assert_int_equal(failed, 3); /* rows, lanes, their order */
    told_clear(&t);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_failed_run),
        cmocka_unit_test(test_ADM_06_hostile_octets_round_trip),
        cmocka_unit_test(test_MEM_04_nothing_is_put_by_half),
    };

    if (argc > 1)
        return report_main(argc, argv, "json", report_json);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
