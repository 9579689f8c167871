/* SPDX-License-Identifier: MIT */
/* How long the client waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "play_say.h"

#define RULES "down up gone login"

#define BACKS_OFF                   \
    "down 522 0-10 c1 GET /\n"      \
    "down 522 1010-1020 c1 GET /\n" \
    "up 200 3020-3030 c1 GET /\n"

static void test_gaps(void **state)
{
    static const struct play_row rows[] = {
        {"gap: down.1 -> down.2\n  is: 0.5s..5s", BACKS_OFF, FINDING_HOLDS, NULL},
        {"gap: down.1 -> down.2\n  is: 2s..5s", BACKS_OFF, FINDING_FAILS,
         "2 s to 5 s|down.2 waited 1 s after down.1"},
        {"gap: down.1 -> down.2\n  is: at most 500ms", BACKS_OFF, FINDING_FAILS,
         "at most 0.5 s|down.2 waited 1 s"},
        {"gap: down.1 -> down.2\n  is: about 1s", BACKS_OFF, FINDING_HOLDS, NULL},
        {"gap: down.1 -> down.2\n  is: about 2s", BACKS_OFF, FINDING_FAILS,
         "1.5 s to 2.5 s"},
        {"gap: down.1 -> down.2\n  is: [at least 1s, at most 1s]", BACKS_OFF, FINDING_HOLDS,
         NULL},
        /* neither has a number: the last one before the first of the other */
        {"gap: down -> up\n  is: about 2s", BACKS_OFF, FINDING_HOLDS, NULL},
        {"gap: 5xx -> 200\n  is: about 2s", BACKS_OFF, FINDING_HOLDS, NULL},
        {"gap: down.1 -> down.2\n  is: 0s..9s\n- gap: down.2 -> up\n  is: at least 1.5 x "
         "previous",
         BACKS_OFF, FINDING_HOLDS, NULL},
        {"gap: down.1 -> down.2\n  is: 0s..9s\n- gap: down.2 -> up\n  is: at least 3 x "
         "previous",
         BACKS_OFF, FINDING_FAILS, "at least 3 s|up.1 waited 2 s after down.2"},
        {"gap: down.1 -> gone\n  is: 0s..9s\n- gap: down.2 -> up\n  is: at least 3 x "
         "previous",
         BACKS_OFF, FINDING_BLOCKED, "the gap before never came"},
        {"gap: down.1 -> down.3\n  is: 0s..9s", BACKS_OFF, FINDING_BLOCKED,
         "`down.3` never came"},
        {"gap: gone -> up\n  is: 0s..9s", BACKS_OFF, FINDING_BLOCKED, "`gone` never came"},
        {"gap: up -> down.1\n  is: 0s..9s", BACKS_OFF, FINDING_FAILS, "down.1 came before"},
        {"gap: down -> up\n  is: 1s..2s", "down 522 0-10 c1 GET /\nup 200 13-14 c1 GET /\n",
         FINDING_FAILS, "up.1 waited 3 ms after down.1"},
        {"gap: down -> up\n  is: 1s..2s", "down 522 0-10 c1 GET /\nup 200 5-14 c2 GET /\n",
         FINDING_FAILS, "came 5 ms before that answer had ended"},
        {"gap: down -> up\n  is: at least 1s",
         "down 522 0-0 c1 GET /\nup 200 999-1000 c1 GET /\n", FINDING_HOLDS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

static void test_retry_after(void **state)
{
    static const struct play_row rows[] = {
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 0-0 c1 GET /\n< Retry-After: 2\nup 200 2001-2002 c1 GET /\n",
         FINDING_HOLDS, NULL},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 0-0 c1 GET /\n< Retry-After: 2\nup 200 1001-1002 c1 GET /\n",
         FINDING_FAILS, "at least 2 s|up.1 waited 1.001 s"},
        {"gap: 503 -> up\n  is: retry-after..2 x retry-after",
         "down 503 0-0 c1 GET /\n< Retry-After: 2\nup 200 5001-5002 c1 GET /\n",
         FINDING_FAILS, "2 s to 4 s|"},
        /* the play begins at 08:00:00 */
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 500-500 c1 GET /\n< Retry-After: Sat, 21 Nov 2026 08:00:03 GMT\n"
         "up 200 3000-3002 c1 GET /\n",
         FINDING_HOLDS, NULL},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 500-500 c1 GET /\n< Retry-After: Sat, 21 Nov 2026 08:00:03 GMT\n"
         "up 200 1500-1502 c1 GET /\n",
         FINDING_FAILS, "at least 2.5 s|up.1 waited 1 s"},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 500-500 c1 GET /\n< Retry-After: Saturday, 21-Nov-26 08:00:03 GMT\n"
         "up 200 1500-1502 c1 GET /\n",
         FINDING_FAILS, "at least 2.5 s|"},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 500-500 c1 GET /\n< Retry-After: Sat, 21 Nov 2020 08:00:03 GMT\n"
         "up 200 500-502 c1 GET /\n",
         FINDING_HOLDS, NULL},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 0-0 c1 GET /\n< Retry-After: soon\nup 200 1-2 c1 GET /\n",
         FINDING_BLOCKED, "no Retry-After"},
        {"gap: 503 -> up\n  is: at least retry-after",
         "down 503 0-0 c1 GET /\nup 200 1-2 c1 GET /\n", FINDING_BLOCKED, "no Retry-After"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

/* Answers take no time here, so that waits are what stands between the numbers. */
#define AT(ms)    "down 503 " #ms "-" #ms " c1 GET /\n"
#define DOUBLES   AT(0) AT(100) AT(300) AT(700) AT(1500)
#define STAYS     AT(0) AT(100) AT(200) AT(300)
#define IRREGULAR AT(0) AT(110) AT(290) AT(760)
#define SHRINKS   AT(0) AT(400) AT(700) AT(800)

static void test_waits_that_grow(void **state)
{
    static const struct play_row rows[] = {
        {"gap: each down\n  is: 90ms..1s", DOUBLES, FINDING_HOLDS, NULL},
        {"gap: each down\n  is: 90ms..500ms", DOUBLES, FINDING_FAILS,
         "down.5 waited 0.8 s after down.4"},
        {"gap: each down\n  is: at least 2 x previous", DOUBLES, FINDING_HOLDS, NULL},
        {"gap: each down\n  is: at least 2 x previous", STAYS, FINDING_FAILS, "0.2 s|"},
        {"gap: each down\n  grows: true", DOUBLES, FINDING_HOLDS, NULL},
        {"gap: each down\n  grows: 2", DOUBLES, FINDING_HOLDS, NULL},
        {"gap: each down\n  grows: 2.5", DOUBLES, FINDING_FAILS, NULL},
        {"gap: each down\n  grows: true", STAYS, FINDING_FAILS, "longer than 0.1 s"},
        {"gap: each down\n  grows: true\n  jitter: tolerated", STAYS, FINDING_HOLDS, NULL},
        {"gap: each down\n  grows: true\n  jitter: tolerated", SHRINKS, FINDING_FAILS,
         NULL},
        {"gap: each down\n  jitter: present", DOUBLES, FINDING_FAILS, "4 waits in step"},
        {"gap: each down\n  jitter: present", STAYS, FINDING_FAILS, NULL},
        {"gap: each down\n  jitter: present", IRREGULAR, FINDING_HOLDS, NULL},
        {"gap: each down\n  grows: true\n  jitter: present", IRREGULAR, FINDING_HOLDS,
         NULL},
        {"gap: each down\n  is: 1s..2s", AT(0), FINDING_BLOCKED, "no gap"},
        {"gap: each down\n  grows: true", AT(0) AT(100), FINDING_BLOCKED, "one gap"},
        {"gap: each down\n  is: 1s..2s", "", FINDING_BLOCKED, "`down` never came"},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

#define SESSION                      \
    "login 204 0-1 c1 POST /login\n" \
    "gone 440 10-11 c1 GET /\n"      \
    "login 204 4011-4012 c1 POST /login\n"

static void test_within(void **state)
{
    static const struct play_row rows[] = {
        {"within: 5s\n  from: gone\n  to: login", SESSION, FINDING_HOLDS, NULL},
        {"within: 1s\n  from: gone\n  to: login", SESSION, FINDING_FAILS,
         "within 1 s|login.2 came after 4 s"},
        {"within: 1s\n  from: gone\n  to: up", SESSION, FINDING_BLOCKED,
         "`up` never came after `gone`"},
        {"within: 1s\n  from: down\n  to: up", SESSION, FINDING_BLOCKED,
         "`down` never came"},
        {"within: 0s\n  from: gone\n  to: login",
         "gone 440 10-11 c1 GET /\nlogin 204 10.5-12 c2 POST /\n", FINDING_HOLDS, NULL},
    };

    (void)state;
    play_rows(RULES, rows, COUNT(rows));
}

/* Numbers that no clock has stay numbers. */
static void test_nonsense_times(void **state)
{
    static const char *const claims[] = {
        "gap: each down\n  is: [at least 3 x previous, at least retry-after]\n  grows: "
        "999\n"
        "  jitter: tolerated",
        "gap: each down\n  jitter: present", "within: 1s\n  from: down\n  to: down",
        "gap: down.1 -> down.2\n  is: 2 x retry-after..900 x retry-after"};
    static const uint64_t times[] = {0, 1, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(claims); i++)
        for (size_t j = 0; j < COUNT(times) * COUNT(times); j++) {
            struct play p;
            char yaml[256];

            snprintf(yaml, sizeof(yaml), "- %s\n", claims[i]);
            play_open(&p, RULES);
            assert_true(play_expect(&p, yaml));
            play_happens(&p, AT(0) "< Retry-After: 18446744073709551615\n" AT(1) AT(
                                 2) "< Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\n" AT(3));
            for (struct record *r = p.records.first; r != NULL; r = r->next) {
                r->began_us += times[j / COUNT(times)];
                r->end_us = times[j % COUNT(times)];
                r->wall_us = INT64_MAX;
            }
            assert_true(play_judge(&p, NULL));
            play_close(&p);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_waits_that_grow),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_nonsense_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
