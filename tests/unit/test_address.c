/* SPDX-License-Identifier: MIT */
#include "naysay/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_addresses_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *printed, *ip;
        uint16_t port;
        bool is_loopback;
    } rows[] = {
        {"127.0.0.1:4070", "127.0.0.1:4070", "127.0.0.1", 4070, true},
        {"127.255.0.3:0", "127.255.0.3:0", "127.255.0.3", 0, true},
        {"0.0.0.0:80", "0.0.0.0:80", "0.0.0.0", 80, false},
        {"255.255.255.255:65535", "255.255.255.255:65535", "255.255.255.255", 65535, false},
        {"10.20.30.100:1", "10.20.30.100:1", "10.20.30.100", 1, false},
        {"[::1]:443", "[::1]:443", "::1", 443, true},
        {"[::]:0", "[::]:0", "::", 0, false},
        {"[2001:DB8::0:1]:65535", "[2001:db8::1]:65535", "2001:db8::1", 65535, false},
        {"[::ffff:127.0.0.1]:9", "[::ffff:127.0.0.1]:9", "::ffff:127.0.0.1", 9, false},
        {"127.0.0.1:00080", "127.0.0.1:80", "127.0.0.1", 80, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a;
        char text[ADDRESS_TEXT];

        assert_true(address_parse(slice_of(rows[i].text), &a));
        assert_int_equal(address_print(&a, text), strlen(rows[i].printed));
        assert_string_equal(text, rows[i].printed);
        assert_int_equal(address_print_ip(&a, text), strlen(rows[i].ip));
        assert_string_equal(text, rows[i].ip);
        assert_int_equal(address_port(&a), rows[i].port);
        assert_int_equal(address_is_loopback(&a), rows[i].is_loopback);
    }
}

/* FWD-03: numbers that some readers take for addresses are none. */
static void test_FWD_03_what_is_no_address(void **state)
{
    static const char *const rows[] = {
        "",
        ":",
        "127.0.0.1",
        "127.0.0.1:",
        ":80",
        "127.1:80",
        "0x7f.1:80",
        "2130706433:80",
        "0177.0.0.1:80",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+1",
        "127.0.0.1: 80",
        "127.0.0.1:8 0",
        "127.0.0.1 :80",
        "::1:80",
        "[::1]",
        "[::1:80",
        "::1]:80",
        "[::1%lo]:80",
        "[127.0.0.1",
        "localhost:80",
        "[]:80",
        "[1::2::3]:80",
        "256.0.0.1:80",
        "[1:2:3:4:5:6:7:8:9]:80",
        "[::ffff:127.0.0.1.1]:80",
        "1.2.3.4.5:80",
        "[00000000000000000000000000000000000000000000000000000000000000000000]:80",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a;
        if (address_parse(slice_of(rows[i]), &a))
            fail_msg("%s is taken for an address", rows[i]);
    }
    struct address a;
    assert_false(address_from_ip((struct slice){"1.2.3.4\0x", 9}, 80, &a));
    assert_false(address_from_ip(NO_SLICE, 80, &a));
}

static void test_mapped_addresses_are_those_they_map(void **state)
{
    static const struct {
        const char *text, *unmapped;
    } rows[] = {
        {"[::ffff:127.0.0.1]:4070", "127.0.0.1:4070"},
        {"[::ffff:a9fe:a9fe]:80", "169.254.169.254:80"},
        {"[::127.0.0.1]:1", "[::127.0.0.1]:1"},
        {"[::1]:1", "[::1]:1"},
        {"10.0.0.1:1", "10.0.0.1:1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a;
        char text[ADDRESS_TEXT];

        assert_true(address_parse(slice_of(rows[i].text), &a));
        address_unmap(&a);
        address_print(&a, text);
        assert_string_equal(text, rows[i].unmapped);
    }
}

static void test_addresses_compare_without_ports(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"127.0.0.1:1", "127.0.0.1:2", true},       {"127.0.0.1:1", "127.0.0.2:1", false},
        {"[::1]:1", "[0:0:0::1]:2", true},          {"[::1]:1", "[::2]:1", false},
        {"[::ffff:1.2.3.4]:1", "1.2.3.4:1", false}, /* unmap first */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct address a, b;

        assert_true(address_parse(slice_of(rows[i].a), &a));
        assert_true(address_parse(slice_of(rows[i].b), &b));
        assert_int_equal(address_same_ip(&a, &b), rows[i].same);
    }
}

static void test_ports_can_be_set(void **state)
{
    struct address a;
    char text[ADDRESS_TEXT];

    (void)state;
    assert_true(address_from_ip(SLICE("::1"), 1, &a));
    address_set_port(&a, 65535);
    address_print(&a, text);
    assert_string_equal(text, "[::1]:65535");
    assert_true(address_from_ip(SLICE("1.2.3.4"), 65535, &a));
    address_set_port(&a, 0);
    address_print(&a, text);
    assert_string_equal(text, "1.2.3.4:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_read_and_written),
        cmocka_unit_test(test_FWD_03_what_is_no_address),
        cmocka_unit_test(test_mapped_addresses_are_those_they_map),
        cmocka_unit_test(test_addresses_compare_without_ports),
        cmocka_unit_test(test_ports_can_be_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
