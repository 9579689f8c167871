/* SPDX-License-Identifier: MIT */
#include "decide_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define H     " HTTP/1.1\r\nHost: a\r\n"
#define END   "\r\n"
#define PLAIN "GET /" H END

static const struct setting open_port = {.from_loopback = true, .pseudonym = SLICE("me")};
static const struct setting closed_port = {.pseudonym = SLICE("me")};
static const struct setting listed = {.allow_listed = true, .pseudonym = SLICE("me")};
static const struct setting controlled = {
    .allow_request_control = true, .from_loopback = true, .pseudonym = SLICE("me")};
static const struct setting reverse = {
    .upstream = {.host = SLICE("::1"), .port = 8080, .is_ipv6 = true},
    .upstream_path = SLICE(""),
    .pseudonym = SLICE("me")};

struct row {
    const struct setting *setting;
    const char *head, *plan;
};

static void judge(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct said s = {0};

        decide_say_request(&s, rows[i].setting, rows[i].head);
        if (strcmp(said_plan(&s), rows[i].plan) != 0)
            fail_msg("%s\n  made  %s\n  not   %s", rows[i].head, s.text, rows[i].plan);
        said_clear(&s);
    }
}

// clang-format off
static const struct row on_demand[] = {
    {&closed_port, "GET /status/522" H END, "on-demand: head 522; body; end keep"},
    {&closed_port, "HEAD /status/522" H END, "on-demand: head 522; end keep"},
    {&closed_port, "GET /status/iis/440" H END, "on-demand: head 440; body; end keep"},
    {&closed_port, "GET /status/nginx%2F444" H END, "on-demand: end close"},
    {&closed_port, "GET /status/103,200" H END, "on-demand: interim 103; head 200; body; end keep"},
    {&closed_port, "GET /status/103,200 HTTP/1.0\r\n" END, "on-demand: head 200; body; end keep"},
    {&closed_port, "GET /status/199" H END, "on-demand: interim 199; head 200; body; end keep"},
    {&closed_port, "GET /status/204" H END, "on-demand: head 204; end keep"},
    {&closed_port, "GET /status/205" H END, "on-demand: head 205; end keep"},
    {&closed_port, "GET /status/304" H END, "on-demand: head 304; end keep"},
    {&closed_port, "GET /status/777" H END, "on-demand: head 777; body; end keep"},
    {&closed_port, "GET /status/nobody" H END, "on-demand: head 400; body; end keep"},
    {&closed_port, "GET /status/" H END, "on-demand: head 400; body; end keep"},
    {&closed_port, "GET /status/99" H END, "on-demand: head 400; body; end keep"},
    {&closed_port, "GET /status/200?delay=2s" H END, "on-demand: wait 2s; head 200; body; end keep"},
    {&closed_port, "GET /status/200?raw=abc" H END, "on-demand: raw 3; end close"},
    {&closed_port, "GET /status/200?delay=x" H END, "on-demand: head 400; body; end keep"},
    {&closed_port, "GET /status/204?body=x" H END, "on-demand: head 400; body; end keep"},
    {&closed_port, PLAIN, "on-demand: head 200; body; end keep"},
    {&closed_port, "GET /nothing" H END, "on-demand: head 404; body; end keep"},
    {&closed_port, "OPTIONS *" H END, "on-demand: head 204; end keep"},
    {&closed_port, "TRACE /" H END, "on-demand: head 200; body; end keep"},
    {&open_port, "GET http://status.test/522" H END, "on-demand: head 522; body; end keep"},
    {&open_port, "GET http://STATUS.test/status/522" H END, "on-demand: head 522; body; end keep"},
    {&open_port, "GET http://status.test" H END, "on-demand: head 200; body; end keep"},
    {&open_port, "GET /407 HTTP/1.1\r\nHost: status.test:80\r\n" END, "on-demand: head 407; body; end keep"},
    {&open_port, "CONNECT status.test:407" H END, "on-demand: head 407; body; end keep"},
    {&open_port, "CONNECT status.test:443" H END, "on-demand: head 200; end keep"},
    {&closed_port, "CONNECT status.test:503" H END, "on-demand: head 503; body; end keep"},
};

static const struct row by_control[] = {
    {&controlled, "GET /x" H "Naysay: 522\r\n" END, "request-control: head 522; body; end keep"},
    {&controlled, "GET http://o.test/" H "Naysay: 103,200?delay=5ms\r\n" END,
     "request-control: wait 5ms; interim 103; head 200; body; end keep"},
    {&controlled, "CONNECT o.test:443" H "Naysay: 407\r\n" END, "request-control: head 407; body; end keep"},
    {&controlled, "GET /x" H "Naysay: what\r\n" END, "request-control: head 400; body; end keep"},
    {&open_port, "GET /x" H "Naysay: 522\r\n" END, "on-demand: head 404; body; end keep"},
};

static const struct row upgrades_and_expectations[] = {
    {&closed_port, "GET /status/101" H "Connection: upgrade\r\nUpgrade: x\r\n" END, "on-demand: head 101; echo; end close"},
    {&closed_port, "GET /status/101 HTTP/1.0\r\n" END, "on-demand: head 426; body; end keep"},
    {&closed_port, "PUT /status/200" H "Content-Length: 3\r\nExpect: 100-continue\r\n" END,
     "on-demand: read body; head 200; body; end keep"},
    {&closed_port, "PUT /status/302" H "Content-Length: 3\r\nExpect: 100-continue\r\n" END,
     "on-demand: read body; head 302; body; end keep"},
    {&closed_port, "PUT /status/413" H "Content-Length: 3\r\nExpect: 100-continue\r\n" END,
     "on-demand: head 413; body; end close"},
    {&closed_port, "PUT /status/100,200" H "Content-Length: 3\r\nExpect: 100-continue\r\n" END,
     "on-demand: interim 100; head 200; body; end keep"},
    {&reverse, "PUT /" H "Content-Length: 3\r\nExpect: something\r\n" END, "failure: head 417; body; end keep"},
};

static const struct row conditions[] = {
    {&closed_port, "GET /status/200" H "If-None-Match: \"naysay\"\r\n" END, "on-demand: head 304; end keep"},
    {&closed_port, "GET /status/200" H "If-None-Match: \"a\", W/\"naysay\"\r\n" END, "on-demand: head 304; end keep"},
    {&closed_port, "GET /status/200" H "If-None-Match: *\r\n" END, "on-demand: head 304; end keep"},
    {&closed_port, "PUT /status/200" H "If-None-Match: *\r\n" END, "on-demand: head 412; body; end keep"},
    {&closed_port, "GET /status/200" H "If-None-Match: \"a\"\r\n" END, "on-demand: head 200; body; end keep"},
    {&closed_port, "GET /status/200" H "If-Match: \"naysay\"\r\n" END, "on-demand: head 200; body; end keep"},
    {&closed_port, "GET /status/200" H "If-Match: W/\"naysay\"\r\n" END, "on-demand: head 412; body; end keep"},
    {&closed_port, "GET /status/404" H "If-None-Match: *\r\n" END, "on-demand: head 404; body; end keep"},
};

static const struct row relaying[] = {
    {&reverse, "GET /x" H END, "relay: relay to [::1]:8080; await head; end close"},
    {&reverse, "GET /status/522" H END, "relay: relay to [::1]:8080; await head; end close"},
    {&reverse, "OPTIONS *" H END, "relay: relay to [::1]:8080; await head; end close"},
    {&reverse, "GET /522 HTTP/1.1\r\nHost: status.test\r\n" END, "on-demand: head 522; body; end keep"},
    {&open_port, "GET http://o.test/" H END, "relay: relay to o.test:80; await head; end close"},
    {&open_port, "GET HTTP://o.test:81/" H END, "relay: relay to o.test:81; await head; end close"},
    {&listed, "GET http://[::1]/" H END, "relay: relay to [::1]:80; await head; end close"},
    {&open_port, "CONNECT o.test:443" H END, "tunnel: dial o.test:443; head 200; tunnel; end close"},
    {&open_port, "CONNECT [::1]:25" H END, "tunnel: dial [::1]:25; head 200; tunnel; end close"},
    {&open_port, "GET http://o.test/" H "Via: 1.0 fred, 1.1 me (x)\r\n" END, "failure: head 508; body; end keep"},
    {&open_port, "GET http://o.test/" H "Via: 1.1 you\r\n" END, "relay: relay to o.test:80; await head; end close"},
    {&open_port, "TRACE http://o.test/" H "Max-Forwards: 0\r\n" END, "relay: head 200; body; end keep"},
    {&open_port, "OPTIONS http://o.test/" H "Max-Forwards: 0\r\n" END, "relay: head 204; end keep"},
    {&open_port, "GET http://o.test/" H "Max-Forwards: 0\r\n" END, "relay: relay to o.test:80; await head; end close"},
};

/* FWD-01: nothing is relayed where nobody allowed it. */
static const struct row refused[] = {
    {&closed_port, "GET http://o.test/" H END, "failure: head 403; body; end keep"},
    {&closed_port, "CONNECT o.test:443" H END, "failure: head 403; body; end keep"},
    {&reverse, "GET http://o.test/" H END, "failure: head 403; body; end keep"},
    {&reverse, "CONNECT o.test:443" H END, "failure: head 403; body; end keep"},
    {&open_port, "GET https://o.test/" H END, "failure: head 501; body; end keep"},
    {&open_port, "GET ftp://o.test/" H END, "failure: head 400; body; end keep"},
};
// clang-format on

static void test_statuses_on_demand(void **state)
{
    (void)state;
    judge(on_demand, COUNT(on_demand));
}

static void test_statuses_by_request_field(void **state)
{
    (void)state;
    judge(by_control, COUNT(by_control));
}

static void test_upgrades_and_expectations(void **state)
{
    (void)state;
    judge(upgrades_and_expectations, COUNT(upgrades_and_expectations));
}

static void test_preconditions(void **state)
{
    (void)state;
    judge(conditions, COUNT(conditions));
}

static void test_relaying(void **state)
{
    (void)state;
    judge(relaying, COUNT(relaying));
}

static void test_FWD_01_nothing_is_relayed_unasked(void **state)
{
    (void)state;
    judge(refused, COUNT(refused));
}

static void test_statuses_in_turn_and_the_last_for_ever(void **state)
{
    static const char *const turns[] = {"always: head 503; body; end keep",
                                        "always: interim 103; head 407; body; end keep",
                                        "always: end close", "always: end close"};
    static const char *const words[] = {"503", "103,407", "nginx/444"};
    const struct setting at = {.allow_request_control = true};
    struct complaint why;
    struct book book;
    struct said said = {0};

    (void)state;
    book_init(&book);
    said_play(&said, book_add_statuses(&book, words, COUNT(words), &why), 1);
    for (size_t i = 0; i < COUNT(turns); i++) {
        decide_say_request(&said, &at, "GET /status/200" H "Naysay: 200\r\n" END);
        assert_string_equal(said_plan(&said), turns[i]);
    }
    assert_int_equal(said.run.matches[0], 4);
    said_clear(&said);
    book_clear(&book);
}

/* Inside of a CONNECT that we answered ourselves there is no way on to the upstream. */
static void test_inside_a_connect_of_ours(void **state)
{
    struct said s = {.facts = {.inside = SLICE("status.test:80")}};

    (void)state;
    decide_say_request(&s, &reverse, "GET /x" H END);
    assert_string_equal(said_plan(&s), "on-demand: head 404; body; end keep");
    said_clear(&s);
}

/* ---- failures ---- */

static void test_each_ending_has_an_answer_or_a_close(void **state)
{
    (void)state;
    for (int i = ENDING_NONE + 1; i < ENDING_COUNT; i++) {
        const struct ending_row *row = ending_row((enum ending)i);
        char want[80];
        struct said s = {0};

        snprintf(want, sizeof(want),
                 row->status == 0 ? "failure: end close"
                                  : "failure: head %u; body; end keep",
                 row->status);
        decide_say_request(&s, &open_port, PLAIN);
        say_failure(&s, &open_port, (enum ending)i);
        assert_string_equal(said_plan(&s), want);
        assert_int_equal(s.plan.ending, i);
        bool tells = strstr(said_fields(&s), "Proxy-Status: naysay; error=") != NULL;
        assert_int_equal(tells, row->status != 0 && row->proxy_status[0] != '\0');
        said_clear(&s);
    }
}

/* A head that broke has lost the framing: the connection cannot go on. */
static void test_a_fault_closes_and_is_named(void **state)
{
    struct h1_fault fault = {.id = H1_FAULT_FOLD, .words = "folded", .offset = 17};
    struct said s = {.facts = {.fault = &fault}};

    (void)state;
    say_failure(&s, &open_port, ENDING_BAD_REQUEST);
    assert_string_equal(said_plan(&s), "failure: head 400; body; end close");
    struct slice body = said_body(&s);
    assert_non_null(memmem(body.at, body.len, "folded (octet 17)", 17));
    said_clear(&s);
}

/* What a client sent is escaped for the page that shows it. */
static void test_pages_escape_what_clients_sent(void **state)
{
    static const struct {
        const char *accept, *type, *text;
    } rows[] = {
        {"*/*", "text/plain; charset=utf-8", "<b>\"&"},
        {"text/html", "text/html; charset=utf-8", "&lt;b&gt;&quot;&amp;"},
        {"image/png, application/json;q=0.5", "application/json", "<b>\\\"&"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct said s = {0};
        char head[200], type[80];

        snprintf(head, sizeof(head), "GET /status/<b>\"&" H "Accept: %s\r\n" END,
                 rows[i].accept);
        snprintf(type, sizeof(type), "Content-Type: %s", rows[i].type);
        decide_say_request(&s, &closed_port, head);
        assert_non_null(strstr(said_fields(&s), type));
        struct slice body = said_body(&s);
        if (memmem(body.at, body.len, rows[i].text, strlen(rows[i].text)) == NULL)
            fail_msg("no %s in %.*s", rows[i].text, SLICE_ARGS(body));
        said_clear(&s);
    }
}

/* ---- fields ---- */

static void test_fields_of_answers(void **state)
{
    static const struct {
        const char *target, *field;
    } rows[] = {
        {"/status/407", "Proxy-Authenticate: "},
        {"/status/401", "WWW-Authenticate: "},
        {"/status/405", "Allow: "},
        {"/status/416?body=12345", "Content-Range: bytes */5"},
        {"/status/301", "Location: "},
        {"/status/503", "Retry-After: "},
        {"/status/407?header=Proxy-Authenticate:Basic", "Proxy-Authenticate: Basic"},
        {"/status/200?type=a/b&body=x", "Content-Type: a/b"},
        {"/status/200?header=X-A:%20b+c%20", "X-A: b c"},
        {"/status/200", "ETag: \"naysay\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct said s = {0};
        char head[200];

        snprintf(head, sizeof(head), "GET %s" H END, rows[i].target);
        decide_say_request(&s, &closed_port, head);
        if (strstr(said_fields(&s), rows[i].field) == NULL)
            fail_msg("%s: no %s in %s", rows[i].target, rows[i].field, s.text);
        said_clear(&s);
    }
}

/* RFC 6455 §1.3 has this key and its answer. */
static void test_websocket_keys_are_answered(void **state)
{
    struct said s = {0};

    (void)state;
    decide_say_request(&s, &closed_port,
                       "GET /status/101" H "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" END);
    assert_string_equal(said_fields(&s),
                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_true(slice_is(said_step(&s, STEP_HEAD)->head.upgrade, SLICE("websocket")));
    said_clear(&s);
}

/* FWD-07: what a client keeps secret does not come back. */
static void test_FWD_07_trace_leaves_secrets_out(void **state)
{
    struct said s = {0};

    (void)state;
    decide_say_request(&s, &closed_port,
                       "TRACE /x" H "Cookie: a=b\r\nAuthorization: Basic QTpC\r\n"
                       "Proxy-Authorization: Basic QTpC\r\nX-A: b\r\n" END);
    assert_true(
        slice_is(said_body(&s), SLICE("TRACE /x HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\r\n")));
    said_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses_on_demand),
        cmocka_unit_test(test_statuses_by_request_field),
        cmocka_unit_test(test_upgrades_and_expectations),
        cmocka_unit_test(test_preconditions),
        cmocka_unit_test(test_relaying),
        cmocka_unit_test(test_FWD_01_nothing_is_relayed_unasked),
        cmocka_unit_test(test_statuses_in_turn_and_the_last_for_ever),
        cmocka_unit_test(test_inside_a_connect_of_ours),
        cmocka_unit_test(test_each_ending_has_an_answer_or_a_close),
        cmocka_unit_test(test_a_fault_closes_and_is_named),
        cmocka_unit_test(test_pages_escape_what_clients_sent),
        cmocka_unit_test(test_fields_of_answers),
        cmocka_unit_test(test_websocket_keys_are_answered),
        cmocka_unit_test(test_FWD_07_trace_leaves_secrets_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
