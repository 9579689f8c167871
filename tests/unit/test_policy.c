/* SPDX-License-Identifier: MIT */
#include "naysay/upstream.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct address address_of(const char *text)
{
    struct address a;

    if (!address_parse(slice_of(text), &a))
        fail_msg("not an address: %s", text);
    address_unmap(&a); /* as dialling does before it asks */
    return a;
}

static enum ending judge(const struct policy *p, const char *host, const char *at)
{
    struct address to = address_of(at);
    struct origin asked = {.host = slice_of(host), .port = address_port(&to)};

    return policy_judge(p, &asked, &to);
}

struct row {
    const char *host, *at;
    enum ending verdict;
};

static void judge_rows(const struct policy *p, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum ending said = judge(p, rows[i].host, rows[i].at);
        if (said != rows[i].verdict)
            fail_msg("%s at %s: %s, not %s", rows[i].host, rows[i].at,
                     said == ENDING_NONE ? "allowed" : ending_row(said)->name,
                     rows[i].verdict == ENDING_NONE ? "allowed"
                                                    : ending_row(rows[i].verdict)->name);
    }
}

static void listen_at(struct policy *p, const char *at)
{
    p->own[p->n_own++] = address_of(at);
}

#define YES  ENDING_NONE
#define NO   ENDING_RELAY_FORBIDDEN
#define SELF ENDING_RELAY_TO_SELF

/* FWD-01: a list that is empty allows nothing. */
static void test_FWD_01_nothing_is_allowed_by_default(void **state)
{
    static const struct row rows[] = {
        {"o.test", "93.184.216.34:80", NO},
        {"127.0.0.1", "127.0.0.1:80", NO},
        {"::1", "[::1]:80", NO},
        {"169.254.169.254", "169.254.169.254:80", NO},
    };
    struct policy p = {0};

    (void)state;
    judge_rows(&p, rows, COUNT(rows));
}

/* FWD-02: whatever a listener of ours is called, it is ours. */
static void test_FWD_02_never_to_a_listener_of_ours(void **state)
{
    static const struct row rows[] = {
        {"127.0.0.1", "127.0.0.1:4070", SELF},
        {"127.0.0.1", "127.0.0.1:4071", YES},
        {"rebound.test", "127.0.0.1:4070", SELF},
        {"mapped", "[::ffff:127.0.0.1]:4070", SELF},
        {"0", "0.0.0.0:4070", SELF},
        {"::", "[::]:4070", SELF},
        {"alias", "127.0.0.2:4070", YES}, /* bound to one address only */
        {"::1", "[::1]:4070", YES},
    };
    struct policy p = {.is_open = true};

    (void)state;
    listen_at(&p, "127.0.0.1:4070");
    policy_allow(&p, SLICE("127.0.0.1"), 4070); /* not even when it is named */
    judge_rows(&p, rows, COUNT(rows));
    policy_clear(&p);
}

static void test_FWD_02_a_listener_on_every_address(void **state)
{
    static const struct row rows[] = {
        {"127.0.0.1", "127.0.0.1:4070", SELF},
        {"127.0.0.2", "127.0.0.2:4070", SELF},
        {"127.9.9.9", "127.9.9.9:4070", SELF},
        {"mapped", "[::ffff:127.0.0.2]:4070", SELF},
        {"0", "0.0.0.0:4070", SELF},
        {"::1", "[::1]:4070", SELF},
        {"::", "[::]:4070", SELF},
        {"elsewhere", "192.0.2.1:4070", YES},
        {"other", "127.0.0.1:80", YES},
    };
    static const char *const everywhere[] = {"0.0.0.0:4070", "[::]:4070"};

    (void)state;
    for (size_t i = 0; i < COUNT(everywhere); i++) {
        struct policy p = {.is_open = true};
        listen_at(&p, everywhere[i]);
        judge_rows(&p, rows, COUNT(rows));
    }
}

/* FWD-03: the address is judged, not the name that led to it. */
static void test_FWD_03_no_special_addresses_by_accident(void **state)
{
    static const struct row rows[] = {
        {"o.test", "93.184.216.34:80", YES},
        {"o.test", "10.0.0.1:80", YES},
        {"o.test", "127.0.0.1:80", YES},
        {"o.test", "169.254.169.254:80", NO},
        {"169.254.169.254", "169.254.169.254:80", NO},
        {"o.test", "[::ffff:169.254.169.254]:80", NO},
        {"o.test", "169.253.255.255:80", YES},
        {"o.test", "169.255.0.0:80", YES},
        {"o.test", "0.0.0.0:80", NO},
        {"o.test", "0.1.2.3:80", NO},
        {"o.test", "1.0.0.0:80", YES},
        {"o.test", "223.255.255.255:80", YES},
        {"o.test", "224.0.0.1:80", NO},
        {"o.test", "239.255.255.255:80", NO},
        {"o.test", "255.255.255.255:80", NO},
        {"o.test", "100.100.100.200:80", NO},
        {"o.test", "[fe80::1]:80", NO},
        {"o.test", "[febf::1]:80", NO},
        {"o.test", "[fec0::1]:80", YES},
        {"o.test", "[ff02::1]:80", NO},
        {"o.test", "[::]:80", NO},
        {"o.test", "[::1]:80", YES},
        {"o.test", "[fd00:ec2::254]:80", NO},
        {"o.test", "[2001:db8::1]:80", YES},
    };
    struct policy p = {.is_open = true};

    (void)state;
    judge_rows(&p, rows, COUNT(rows));
}

/* A special address is reached by naming it, and by nothing that leads to it. */
static void test_FWD_03_what_is_named_is_allowed(void **state)
{
    static const struct row rows[] = {
        {"169.254.169.254", "169.254.169.254:80", YES},
        {"169.254.169.254", "169.254.169.254:81", NO},
        {"fe80::1", "[fe80::1]:9", YES},
        {"trap.test", "169.254.0.1:80", NO},
        {"10.0.0.1", "10.0.0.1:1", YES},
        {"any.name", "10.0.0.1:1", YES}, /* the address itself is on the list */
        {"mapped", "[::ffff:10.0.0.1]:1", YES},
        {"10.0.0.2", "10.0.0.2:1", NO},
    };
    struct policy p = {0};

    (void)state;
    policy_allow(&p, SLICE("169.254.169.254"), 80);
    policy_allow(&p, SLICE("fe80::1"), 0);
    policy_allow(&p, SLICE("trap.test"), 0);
    policy_allow(&p, SLICE("::ffff:10.0.0.1"), 0);
    judge_rows(&p, rows, COUNT(rows));
    policy_clear(&p);
}

/* FWD-04: a host is allowed at the ports that were named with it. */
static void test_FWD_04_ports_of_listed_hosts(void **state)
{
    static const struct row rows[] = {
        {"o.test", "93.184.216.34:443", YES}, {"O.TEST", "93.184.216.34:443", YES},
        {"o.test", "93.184.216.34:25", NO},   {"any.test", "93.184.216.34:25", YES},
        {"o.test.", "93.184.216.34:443", NO}, {"x.o.test", "93.184.216.34:443", NO},
    };
    struct policy p = {0};

    (void)state;
    policy_allow(&p, SLICE("o.test"), 443);
    policy_allow(&p, SLICE("any.test"), 0);
    judge_rows(&p, rows, COUNT(rows));
    policy_clear(&p);
}

/* On a port that others reach, a listed name may not lead back into this machine. */
static void test_FWD_03_rebinding_to_loopback(void **state)
{
    static const struct row rows[] = {
        {"o.test", "127.0.0.1:80", NO},          {"o.test", "[::1]:80", NO},
        {"o.test", "[::ffff:127.0.0.1]:80", NO}, {"o.test", "192.0.2.1:80", YES},
        {"localhost", "127.0.0.1:80", YES},      {"127.0.0.5", "127.0.0.5:80", YES},
    };
    struct policy p = {.is_remote = true};

    (void)state;
    policy_allow(&p, SLICE("o.test"), 0);
    policy_allow(&p, SLICE("localhost"), 0);
    policy_allow(&p, SLICE("127.0.0.5"), 0);
    judge_rows(&p, rows, COUNT(rows));
    p.is_remote = false;
    assert_int_equal(judge(&p, "o.test", "127.0.0.1:80"), YES);
    policy_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_FWD_01_nothing_is_allowed_by_default),
        cmocka_unit_test(test_FWD_02_never_to_a_listener_of_ours),
        cmocka_unit_test(test_FWD_02_a_listener_on_every_address),
        cmocka_unit_test(test_FWD_03_no_special_addresses_by_accident),
        cmocka_unit_test(test_FWD_03_what_is_named_is_allowed),
        cmocka_unit_test(test_FWD_03_rebinding_to_loopback),
        cmocka_unit_test(test_FWD_04_ports_of_listed_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
