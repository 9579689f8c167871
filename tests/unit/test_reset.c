/* SPDX-License-Identifier: MIT */
/* What the peer's kernel sees of ends that a plan asked for: on sockets, with a loop. */
#include "naysay/fault.h"
#include "naysay/proxy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

struct stage {
    struct worker worker;
    struct server server;
    struct scenario scenario;
    struct limits limits;
    enum step_end how;
    uint64_t octets; /* of the body's 1 MiB; 0: nothing at all is said */
    bool at_once;    /* at accept */
    int client;
    struct timer tick;
    size_t heard;
    unsigned ticks;
    int error;
};

static struct stage stage;

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan);

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan)
{
    (void)run;
    if ((facts->moment == MOMENT_ACCEPT) != stage.at_once)
        return;
    if (stage.octets > 0) {
        struct http_response *r = plan_add_head(plan, 200, SLICE("OK"), 0);
        r->framing = (struct http_framing){.kind = BODY_LENGTH, .length = 1 << 20};
        struct step *body = plan_add_fill(plan, SLICE("x"), 1 << 20);
        plan_stop(body, stage.octets, "cut", SLICE("cut"));
    }
    plan_add_end(plan, stage.how);
}

static int begin(void **state)
{
    struct address here;
    struct complaint why;

    memset(&stage, 0, sizeof(stage));
    stage.limits = limits_default;
    assert_true(worker_init(&stage.worker));
    assert_true(server_init(&stage.server, &stage.worker, &stage.scenario, 1, &stage.limits,
                            NULL, NULL));
    assert_true(address_parse(SLICE("127.0.0.1:0"), &here));
    assert_true(server_listen(&stage.server, &here, &why));
    stage.client = -1;
    *state = &stage;
    return 0;
}

static int end(void **state)
{
    (void)state;
    close(stage.client);
    server_clear(&stage.server);
    worker_clear(&stage.worker);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void ask(void)
{
    static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct address *to = &stage.server.listener.address;

    stage.client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(stage.client, &to->any, to->len), 0);
    if (!stage.at_once)
        assert_int_equal(send(stage.client, get, sizeof(get) - 1, 0), sizeof(get) - 1);
}

/* The client has its turn every millisecond. */
static void on_tick(struct timer *t)
{
    char octets[16384];
    ssize_t n;

    while ((n = recv(stage.client, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
        stage.heard += (size_t)n;
    if (n == 0 || errno != EAGAIN) {
        stage.error = n == 0 ? 0 : errno;
        worker_stop(&stage.worker);
        return;
    }
    assert_true(stage.ticks++ < 5000);
    assert_true(timer_set(&stage.worker, t, stage.worker.now + NS_PER_MS));
}

/* All that can be read; *error is what came instead of more: 0 for a FIN. */
static size_t read_all(int *error)
{
    stage.tick.fire = on_tick;
    assert_true(timer_set(&stage.worker, &stage.tick, stage.worker.now));
    worker_run(&stage.worker);
    *error = stage.error;
    return stage.heard;
}

#define HEAD                                                                     \
    "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 08:00:00 GMT\r\nContent-Length: " \
    "1048576\r\n\r\n"

/* More than the sockets hold: none of it is lost, and then comes a RST and no FIN. */
static void test_a_reset_comes_behind_all_that_was_said(void **state)
{
    int error;

    (void)state;
    stage.how = END_RESET;
    stage.octets = 1000000;
    ask();
    assert_int_equal(read_all(&error), 1000000 + strlen(HEAD));
    assert_int_equal(error, ECONNRESET);
}

static void test_a_reset_without_a_word(void **state)
{
    int error;

    (void)state;
    stage.how = END_RESET;
    ask();
    assert_int_equal(read_all(&error), 0);
    assert_int_equal(error, ECONNRESET);
}

static void test_a_refusal_is_a_reset(void **state)
{
    int error;

    (void)state;
    stage.server.greets = stage.at_once = true;
    stage.how = END_RESET;
    ask();
    assert_int_equal(read_all(&error), 0);
    assert_int_equal(error, ECONNRESET);
}

static void test_a_close_is_a_fin(void **state)
{
    static const enum step_end ends[] = {END_CLOSE, END_HALF, END_RACE};
    int error;

    for (size_t i = 0; i < COUNT(ends); i++) {
        if (i > 0) {
            end(state);
            begin(state);
        }
        stage.how = ends[i];
        stage.octets = 100000;
        ask();
        assert_true(read_all(&error) >= 100000 + strlen(HEAD));
        assert_int_equal(error, 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_reset_comes_behind_all_that_was_said),
        TEST(test_a_reset_without_a_word),
        TEST(test_a_refusal_is_a_reset),
        TEST(test_a_close_is_a_fin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
