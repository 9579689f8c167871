/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_every_name_is_recognised_in_any_case(void **state)
{
    char text[32];

    (void)state;
    for (enum http_field_id id = 1; id < FIELD_COUNT; id++) {
        struct slice name = http_field_name(id);

        assert_true(name.len > 0 && name.len < sizeof(text));
        assert_int_equal(http_field_id(name), id);
        for (size_t i = 0; i < name.len; i++)
            text[i] = (char)(name.at[i] >= 'a' && name.at[i] <= 'z' ? name.at[i] - 32
                                                                    : name.at[i]);
        assert_int_equal(http_field_id((struct slice){text, name.len}), id);
        text[name.len - 1] ^= 1;
        assert_int_equal(http_field_id((struct slice){text, name.len}), FIELD_OTHER);
        assert_int_equal(http_field_id((struct slice){name.at, name.len - 1}), FIELD_OTHER);
    }
}

static void test_other_names_are_other(void **state)
{
    static const char *const names[] = {"",
                                        "X",
                                        "Hosts",
                                        "User-Agent",
                                        "Cookie",
                                        "Keep_Alive",
                                        "Content-Typ",
                                        "X-Forwarded-Proto2",
                                        "a-name-that-is-longer-than-any-of-ours"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_int_equal(http_field_id(slice_of(names[i])), FIELD_OTHER);
    assert_int_equal(http_field_id(SLICE("Keep\rAlive")),
                     FIELD_OTHER); /* '-' but for one bit */
}

static void test_add_and_find(void **state)
{
    struct http_field room[3];
    struct http_fields f = {room, 0, 3};

    (void)state;
    assert_null(http_find(&f, FIELD_HOST));
    assert_true(http_add(&f, SLICE("X-One"), SLICE("1")));
    assert_true(http_add(&f, SLICE("hOST"), SLICE("a")));
    assert_true(http_add(&f, SLICE("Host"), SLICE("b")));
    assert_false(http_add(&f, SLICE("X-Two"), SLICE("2")));
    assert_int_equal(f.n, 3);
    assert_ptr_equal(http_find(&f, FIELD_HOST), &room[1]);
    assert_ptr_equal(http_find_name(&f, SLICE("x-oNE")), &room[0]);
    assert_null(http_find_name(&f, SLICE("x-two")));
    assert_null(http_find(&f, FIELD_VIA));
}

static void test_lists_are_split_at_commas_outside_quotes(void **state)
{
    static const struct {
        const char *value, *want; /* elements, each in brackets */
    } rows[] = {
        {"", ""},
        {" , ,\t,", ""},
        {"a", "[a]"},
        {"a,b", "[a][b]"},
        {" a\t, b ,", "[a][b]"},
        {",,a,,b,,", "[a][b]"},
        {"gzip;q=1.0, *;q=0", "[gzip;q=1.0][*;q=0]"},
        {"a=\"x,y\",b", "[a=\"x,y\"][b]"},
        {"\"a\\\",b\", c", "[\"a\\\",b\"][c]"},
        {"\"open, b", "[\"open, b]"},
        {"\"ends in \\", "[\"ends in \\]"},
        {"a\\,b", "[a\\][b]"}, /* outside quotes it quotes nothing */
        {"a b", "[a b]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice rest = slice_of(rows[i].value), element;
        struct buf b = {0};

        while (http_next_element(&rest, &element))
            assert_true(buf_printf(&b, "[%.*s]", SLICE_ARGS(element)));
        assert_true(slice_is(buf_slice(&b), slice_of(rows[i].want)));
        buf_clear(&b);
    }
}

static void test_a_token_may_stand_in_any_field_of_the_name(void **state)
{
    struct http_field room[3];
    struct http_fields f = {room, 0, 3};

    (void)state;
    assert_true(http_add(&f, SLICE("Connection"), SLICE("keep-alive")));
    assert_true(http_add(&f, SLICE("Via"), SLICE("upgrade")));
    assert_true(http_add(&f, SLICE("connection"), SLICE("x , CLOSE")));
    assert_true(http_lists(&f, FIELD_CONNECTION, SLICE("close")));
    assert_true(http_lists(&f, FIELD_CONNECTION, SLICE("Keep-Alive")));
    assert_false(http_lists(&f, FIELD_CONNECTION, SLICE("upgrade")));
    assert_false(http_lists(&f, FIELD_CONNECTION, SLICE("clos")));
    assert_false(http_lists(&f, FIELD_TE, SLICE("close")));
}

static void test_H1_14_tokens_octet_by_octet(void **state)
{
    static const char tchars[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    (void)state;
    for (int c = 0; c < 256; c++) {
        char one = (char)c;
        char mixed[3] = {'a', one, 'b'};
        bool want = c != 0 && strchr(tchars, c) != NULL;

        assert_int_equal(http_is_token((struct slice){&one, 1}), want);
        assert_int_equal(http_is_token((struct slice){mixed, 3}), want);
    }
    assert_false(http_is_token(SLICE("")));
}

static void test_field_values_octet_by_octet(void **state)
{
    char text[100];

    (void)state;
    memset(text, 'v', sizeof(text));
    for (int c = 0; c < 256; c++) {
        bool want = c == '\t' || (c >= ' ' && c != 0x7f);

        for (size_t at = 0; at < sizeof(text); at++) {
            text[at] = (char)c;
            assert_int_equal(http_is_field_value((struct slice){text, sizeof(text)}), want);
            text[at] = 'v';
        }
    }
    assert_true(http_is_field_value(SLICE("")));
}

static void test_methods(void **state)
{
    static const struct {
        const char *name;
        enum http_method want;
        bool idempotent;
    } rows[] = {
        {"GET", METHOD_GET, true},         {"HEAD", METHOD_HEAD, true},
        {"POST", METHOD_POST, false},      {"PUT", METHOD_PUT, true},
        {"DELETE", METHOD_DELETE, true},   {"CONNECT", METHOD_CONNECT, false},
        {"OPTIONS", METHOD_OPTIONS, true}, {"TRACE", METHOD_TRACE, true},
        {"PATCH", METHOD_PATCH, false},    {"get", METHOD_OTHER, false},
        {"GETS", METHOD_OTHER, false},     {"GE", METHOD_OTHER, false},
        {"", METHOD_OTHER, false},         {"PROPFIND", METHOD_OTHER, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(http_method_of(slice_of(rows[i].name)), rows[i].want);
        assert_int_equal(http_is_idempotent(rows[i].want), rows[i].idempotent);
    }
}

static void test_every_ending_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int e = 0; e < ENDING_COUNT; e++) {
        const struct ending_row *row = ending_row((enum ending)e);

        assert_true(row->name[0] != '\0' && row->help[0] != '\0');
        assert_non_null(row->proxy_status);
        assert_true(row->status == 0 || (row->status >= 400 && row->status <= 599));
        for (int other = 0; other < e; other++)
            assert_string_not_equal(row->name, ending_row((enum ending)other)->name);
    }
    assert_string_equal(ending_row(ENDING_UPSTREAM_REFUSED)->name, "upstream-refused");
    assert_int_equal(ending_row(ENDING_UPSTREAM_REFUSED)->status, 502);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_is_recognised_in_any_case),
        cmocka_unit_test(test_other_names_are_other),
        cmocka_unit_test(test_add_and_find),
        cmocka_unit_test(test_lists_are_split_at_commas_outside_quotes),
        cmocka_unit_test(test_a_token_may_stand_in_any_field_of_the_name),
        cmocka_unit_test(test_H1_14_tokens_octet_by_octet),
        cmocka_unit_test(test_field_values_octet_by_octet),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_every_ending_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
