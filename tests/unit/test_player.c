/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a plan on the wire: the real connections between a client and an upstream
 * of the test's own, without sockets, with a clock that goes when the test says so.
 */
#include "naysay/fault.h"
#include "naysay/proxy.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

struct play {
    struct worker worker;
    struct server server;
    struct scenario scenario;
    struct limits limits;
    struct journal *journal;
    struct peer client, upstream;
    struct arena arena; /* of the faults */
    struct fault *fault;
    void (*make)(struct plan *p, const struct facts *facts);
    const char *refused; /* why the fault could not be told */
    unsigned turns;      /* in which something went out */
    int fd;
    char text[64 << 10];
};

static struct play play;

/* ---- deciding: the plan of the test, and its fault ---- */

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan);

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan)
{
    (void)run;
    if (facts->moment == MOMENT_FAILURE) {
        plan->ending = facts->failure;
        plan_add_end(plan, END_CLOSE);
        return;
    }
    if (facts->moment == MOMENT_ACCEPT && play.fault != NULL &&
        play.fault->kind->stage == STAGE_ACCEPT) {
        play.refused = fault_apply(plan, play.fault, 7);
        return;
    }
    if (facts->moment == MOMENT_ACCEPT)
        return;
    play.make(plan, facts);
    if (play.fault != NULL && play.fault->kind->stage != STAGE_ACCEPT)
        play.refused = fault_apply(plan, play.fault, 7);
}

static struct http_response *head(struct plan *p, enum http_body_kind kind, uint64_t length)
{
    struct http_response *r = plan_add_head(p, 200, SLICE("OK"), 4);

    if (r != NULL)
        r->framing = (struct http_framing){.kind = kind, .length = length};
    if (r != NULL)
        plan_add_field(p, &r->fields, SLICE("Date"), SLICE("today"));
    return r;
}

static void make_100(struct plan *p, const struct facts *facts)
{
    (void)facts;
    head(p, BODY_LENGTH, 100);
    plan_add_fill(p, SLICE("0123456789"), 100);
    plan_add_end(p, END_KEEP);
}

#define HEAD_100 "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 100\r\n\r\n"
#define TEN      "0123456789"
#define FIFTY    TEN TEN TEN TEN TEN

static void make_chunked(struct plan *p, const struct facts *facts)
{
    struct step *body;

    (void)facts;
    head(p, BODY_CHUNKED, 0);
    body = plan_add_fill(p, SLICE("0123456789"), 25);
    if (body != NULL)
        body->body.flow.chunk = 10;
    struct http_fields *trailers = plan_add_last(p, 1);
    if (trailers != NULL)
        plan_add_field(p, trailers, SLICE("X-T"), SLICE("1"));
    plan_add_end(p, END_KEEP);
}

#define HEAD_CHUNKED "HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n"

/* A relay to the upstream, whose answer goes on as it is framed. */
static void make_relay(struct plan *p, const struct facts *facts)
{
    if (facts->moment == MOMENT_RESPONSE) {
        head(p, facts->response->framing.kind, facts->response->framing.length);
        plan_add_plain(p, STEP_PIPE);
        plan_add_end(p, END_KEEP);
        return;
    }
    struct relay *r = plan_add_relay(p);
    struct http_field *host = arena_alloc(p->arena, sizeof(*host));
    if (r == NULL || host == NULL) {
        p->spent = true;
        return;
    }
    r->to = (struct origin){.host = SLICE("127.0.0.1"), .port = 8080};
    r->method = facts->request->method_name;
    r->target = SLICE("/");
    r->framing = facts->request->framing;
    r->fields = (struct http_fields){.at = host, .cap = 1};
    plan_add_field(p, &r->fields, SLICE("Host"), SLICE("a"));
    plan_add_plain(p, STEP_AWAIT);
    plan_add_end(p, END_CLOSE);
}

/* ---- the stage ---- */

static int on_connect(void *arg, const struct address *to, struct stream *s,
                      struct worker *w)
{
    (void)arg;
    (void)to;
    stream_open(s, w, &wire_peer, -1, NULL, NULL);
    s->script = &play.upstream;
    play.upstream.stream = s;
    play.upstream.was_opened = true;
    return 0;
}

static int begin(void **state)
{
    struct complaint why;
    char path[40];

    memset(&play, 0, sizeof(play));
    play.fd = memfd_create("journal", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", play.fd);
    play.limits = limits_default;
    worker_init_by_hand(&play.worker);
    play.worker.now = 1000 * NS_PER_S;
    play.worker.wall_us = 1795248000000000;
    play.journal = journal_open(path, NULL, JOURNAL_PLAIN, &why);
    assert_true(server_init(&play.server, &play.worker, &play.scenario, 1, &play.limits,
                            play.journal, NULL));
    play.server.upstream.connect = on_connect;
    play.server.upstream.policy.is_open = true;
    arena_init(&play.arena, NULL);
    peer_init(&play.client);
    peer_init(&play.upstream);
    play.make = make_100;
    *state = &play;
    return 0;
}

static int end(void **state)
{
    (void)state;
    server_clear(&play.server);
    worker_clear(&play.worker);
    journal_close(play.journal);
    close(play.fd);
    peer_clear(&play.client);
    peer_clear(&play.upstream);
    arena_clear(&play.arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void settle(void)
{
    size_t before = play.client.hears.len;
    bool any = true;

    for (unsigned i = 0; any; i++) {
        worker_turn(&play.worker);
        any = peer_poke(&play.client);
        any = peer_poke(&play.upstream) || any;
        assert_true(i < 100000); /* or it is a busy loop */
    }
    worker_turn(&play.worker); /* graves */
    play.turns += play.client.hears.len > before;
}

/* So much time goes by, and whatever is due in it happens when it is. */
static void pass(uint64_t ns)
{
    uint64_t until = play.worker.now + ns;
    const struct timers *ts = &play.worker.timers;

    for (;;) {
        uint64_t due = ts->n > 0 ? ts->heap[1]->due : UINT64_MAX;
        uint64_t to = due < until ? due : until;
        if (to > play.worker.now)
            play.worker.now = to;
        settle();
        if (due > until)
            return;
    }
}

static void use_fault(const char *text)
{
    struct source *source = arena_zero(&play.arena, sizeof(*source));
    struct complaints why;
    struct loader l = {.arena = &play.arena, .why = &why};
    struct node *docs;

    complaints_init(&why, &play.arena);
    play.fault = arena_zero(&play.arena, sizeof(*play.fault));
    *source = (struct source){.name = SLICE("x.yaml"), .text = slice_of(text)};
    docs = doc_parse(&play.arena, source, &why);
    assert_non_null(docs);
    assert_true(shape_load(&l, &shape_fault, docs->first, play.fault));
}

static void say(struct peer *who, const char *text)
{
    peer_say(who, (const uint8_t *)text, strlen(text));
    settle();
}

static void dial_in(void)
{
    struct address from;

    assert_true(address_parse(SLICE("192.0.2.7:50514"), &from));
    assert_true(server_accept(&play.server, &wire_peer, -1, &play.client, &from));
    settle();
}

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static void get(void)
{
    dial_in();
    say(&play.client, GET);
}

static struct slice heard(void)
{
    return (struct slice){play.client.hears.at == NULL ? "" : play.client.hears.at,
                          play.client.hears.len};
}

static void must_hear(const char *want)
{
    if (!slice_is(heard(), slice_of(want)))
        fail_msg("heard\n%.*s\nnot\n%s", SLICE_ARGS(heard()), want);
}

static void must_have_heard(size_t n)
{
    assert_int_equal(play.client.hears.len, n);
}

static bool is_over(void)
{
    return play.client.stream == NULL;
}

static const char *journal(void)
{
    ssize_t n;

    journal_flush(play.journal);
    n = pread(play.fd, play.text, sizeof(play.text) - 1, 0);
    assert_true(n >= 0);
    play.text[n] = '\0';
    return play.text;
}

static void must_tell(const char *words)
{
    if (strstr(journal(), words) == NULL)
        fail_msg("the journal does not tell %s:\n%s", words, play.text);
}

/* ---- bodies ---- */

static void test_a_fill_is_said_over_and_over(void **state)
{
    (void)state;
    get();
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"plan\":[\"head 200\",\"body 100\",\"end keep\"]");
    must_tell("\"body\":100}");
    say(&play.client, GET);
    must_have_heard(2 * strlen(HEAD_100 FIFTY FIFTY));
}

static void make_huge(struct plan *p, const struct facts *facts)
{
    (void)facts;
    head(p, BODY_LENGTH, 16ull << 30);
    plan_add_fill(p, SLICE("abc"), 16ull << 30);
    plan_add_end(p, END_KEEP);
}

/* SCN-05: sixteen GiB cost what the client leaves unread, and no more. */
static void test_SCN_05_a_huge_fill_costs_no_memory(void **state)
{
    (void)state;
    play.make = make_huge;
    play.client.room = 1 << 20;
    get();
    assert_int_equal(play.client.hears.len, 1 << 20);
    assert_true(buf_len(&play.client.stream->out) <= 2 * play.limits.buffered);
    const char *body = strstr(play.client.hears.at, "\r\n\r\n") + 4;
    size_t n = play.client.hears.len - (size_t)(body - play.client.hears.at);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(body[i], "abc"[i % 3]);
}

static void test_chunks_have_the_size_asked_for(void **state)
{
    (void)state;
    play.make = make_chunked;
    get();
    must_hear(HEAD_CHUNKED "a\r\n" TEN "\r\na\r\n" TEN
                           "\r\n5\r\n01234\r\n0\r\nX-T: 1\r\n\r\n");
    must_tell(
        "\"plan\":[\"head 200\",\"body 25 in chunks of 10\",\"last chunk, 1 trailer\","
        "\"end keep\"]");
}

static void make_64k(struct plan *p, const struct facts *facts)
{
    (void)facts;
    head(p, BODY_LENGTH, 64 << 10);
    plan_add_fill(p, SLICE("0123456789"), 64 << 10);
    plan_add_end(p, END_KEEP);
}

static size_t body_heard(void)
{
    const char *body = memmem(heard().at, heard().len, "\r\n\r\n", 4);

    return body == NULL ? 0 : heard().len - (size_t)(body + 4 - heard().at);
}

static void test_a_throttled_body_adds_up(void **state)
{
    (void)state;
    use_fault("throttle: 16KiB/s");
    play.make = make_64k;
    get();
    assert_int_equal(body_heard(), 820); /* a twentieth of a second's, at once */
    pass(NS_PER_S);
    assert_true(body_heard() >= 16384 && body_heard() <= 16384 + 820);
    pass(2 * NS_PER_S);
    assert_true(body_heard() >= 3 * 16384 && body_heard() <= 3 * 16384 + 820);
    assert_true(play.turns <= 3 * 20 + 1);
    pass(NS_PER_S);
    assert_int_equal(body_heard(), 64 << 10);
    must_tell("body 64KiB at 16KiB/s");
    must_tell("\"intents\":[]");
}

/* Time lost to a client that does not read is not made up for. */
static void test_a_throttled_body_does_not_hurry_afterwards(void **state)
{
    (void)state;
    use_fault("throttle: 16KiB/s");
    play.make = make_64k;
    play.limits.buffered = 4096;
    play.client.room = 0;
    get();
    pass(5 * NS_PER_S);
    play.client.room = SIZE_MAX;
    settle();
    size_t before = body_heard();
    assert_true(before <= 4096 + 2 * 820);
    pass(NS_PER_S);
    assert_true(body_heard() - before <= 16384 + 820);
}

static void test_a_body_drips(void **state)
{
    (void)state;
    use_fault("drip: {octets: 10, every: 1s}");
    get();
    assert_int_equal(body_heard(), 10);
    pass(NS_PER_S - 1);
    assert_int_equal(body_heard(), 10);
    pass(1);
    assert_int_equal(body_heard(), 20);
    pass(8 * NS_PER_S);
    assert_int_equal(body_heard(), 100);
    must_tell("by-plan");
}

static void test_a_body_stalls_and_goes_on(void **state)
{
    (void)state;
    use_fault("stall: {after: 30, for: 5s}");
    get();
    assert_int_equal(body_heard(), 30);
    pass(5 * NS_PER_S - 1);
    assert_int_equal(body_heard(), 30);
    pass(1);
    must_hear(HEAD_100 FIFTY FIFTY);
}

/* ---- cuts ---- */

static void test_a_cut_that_closes(void **state)
{
    (void)state;
    use_fault("cut: 10%");
    get();
    must_hear(HEAD_100 TEN);
    assert_true(is_over());
    assert_false(play.client.heard_reset);
    must_tell("\"kind\":\"cut\",\"why\":\"cut: 10%\",\"range\":[63,63]");
    must_tell("closed-by-plan");
}

static void test_a_cut_that_resets(void **state)
{
    (void)state;
    use_fault("cut: {after: 0, then: reset}");
    get();
    must_hear(HEAD_100);
    assert_true(play.client.heard_reset);
    must_tell("reset-by-plan");
}

static void test_a_cut_that_goes_silent(void **state)
{
    (void)state;
    use_fault("cut: {after: 10, then: silence}");
    get();
    pass(3600 * NS_PER_S);
    must_hear(HEAD_100 TEN);
    assert_false(is_over());
    play.client.fin = true;
    settle();
    assert_true(is_over());
    must_tell("\"ending\":\"client-gone\"");
}

static void test_a_reset_waits_for_what_was_said_before(void **state)
{
    (void)state;
    use_fault("cut: {after: 60KiB, then: reset}");
    play.make = make_64k;
    play.client.room = 1000;
    get();
    pass(NS_PER_S);
    assert_false(is_over());
    play.client.room = SIZE_MAX;
    settle();
    assert_int_equal(body_heard(), 60 << 10);
    assert_true(play.client.heard_reset);
}

/* ---- chunks made wrong ---- */

static void test_a_chunk_without_a_size(void **state)
{
    (void)state;
    use_fault("bad-chunk-size: 2");
    play.make = make_chunked;
    get();
    must_hear(HEAD_CHUNKED "a\r\n" TEN "\r\nzz\r\n" TEN
                           "\r\n5\r\n01234\r\n0\r\nX-T: 1\r\n\r\n");
    must_tell(
        "\"kind\":\"bad-chunk-size\",\"why\":\"bad-chunk-size: 2\",\"range\":[75,79]");
}

static void test_a_chunk_with_a_long_extension(void **state)
{
    (void)state;
    use_fault("chunk-extension-flood: 5");
    play.make = make_chunked;
    get();
    must_hear(HEAD_CHUNKED "a;x=xxxxx\r\n" TEN "\r\na\r\n" TEN
                           "\r\n5\r\n01234\r\n0\r\nX-T: 1\r\n\r\n");
}

static void test_no_last_chunk(void **state)
{
    (void)state;
    use_fault("no-last-chunk");
    get();
    must_hear(HEAD_CHUNKED "64\r\n" FIFTY FIFTY "\r\n");
    assert_true(is_over());
    must_tell("\"kind\":\"no-last-chunk\"");
}

/* ---- heads made wrong ---- */

static void test_a_twisted_head(void **state)
{
    (void)state;
    use_fault("bare-lf");
    get();
    must_hear("HTTP/1.1 200 OK\nDate: today\nContent-Length: 100\n\n" FIFTY FIFTY);
    must_tell("\"plan\":[\"head 200 twisted: bare-lf\",\"body 100\",\"end keep\"]");
    must_tell("\"intents\":[{\"step\":0,\"kind\":\"bare-lf\",\"why\":\"bare-lf\",\"range\":"
              "[0,49]}");
}

static void test_two_answers(void **state)
{
    (void)state;
    use_fault("two-answers: token");
    get();
    must_hear(HEAD_100 FIFTY FIFTY "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                   "Content-Length: 5\r\n\r\ntoken");
    assert_false(is_over());
    must_tell("\"kind\":\"two-answers\"");
}

/* ---- ends ---- */

static void test_silence_lasts_until_the_client_goes(void **state)
{
    (void)state;
    use_fault("hold: 1h");
    get();
    pass(60 * NS_PER_S);
    must_hear("");
    play.client.fin = true;
    settle();
    assert_true(is_over());
    must_tell("\"kind\":\"hold\",\"why\":\"hold: 1h\",\"range\":[0,0]");
    must_tell("\"ending\":\"client-gone\"");
}

static void test_silence_lasts_as_long_as_it_was_told(void **state)
{
    (void)state;
    use_fault("hold: 10s");
    get();
    pass(10 * NS_PER_S - 1);
    assert_false(play.client.heard_fin);
    pass(1);
    assert_true(play.client.heard_fin);
    must_hear("");
    must_tell("\"ending\":\"by-plan\"");
}

static void test_a_reset_instead_of_an_answer(void **state)
{
    (void)state;
    use_fault("reset");
    get();
    must_hear("");
    assert_true(play.client.heard_reset);
    must_tell("\"kind\":\"reset\",\"why\":\"reset\",\"range\":[0,0]");
    must_tell("\"status\":null");
    must_tell("reset-by-plan");
}

/* The head promises nothing to the contrary, and then the connection is gone. */
static void test_a_race(void **state)
{
    (void)state;
    use_fault("race");
    get();
    must_hear(HEAD_100 FIFTY FIFTY);
    assert_true(is_over());
    assert_false(play.client.heard_reset);
    must_tell("closed-by-plan");
}

static void test_half_a_close_reads_on(void **state)
{
    (void)state;
    use_fault("half-close");
    get();
    assert_true(play.client.heard_fin);
    assert_false(is_over());
    for (unsigned i = 0; i < 20; i++) { /* far more than a close would linger for */
        char more[8192];
        memset(more, 'x', sizeof(more));
        more[sizeof(more) - 1] = '\0';
        say(&play.client, more);
    }
    pass(play.limits.stall_time / 2);
    assert_false(is_over());
    play.client.fin = true;
    settle();
    assert_true(is_over());
    assert_false(play.client.heard_reset);
}

static void test_half_a_close_does_not_last_for_ever(void **state)
{
    (void)state;
    use_fault("half-close");
    get();
    pass(play.limits.stall_time);
    assert_true(is_over());
}

/* ---- clients that go away ---- */

static void test_a_client_that_gives_up_in_a_wait(void **state)
{
    (void)state;
    use_fault("delay: 60s");
    get();
    pass(NS_PER_S);
    play.client.fin = true;
    settle();
    assert_true(is_over());
    must_hear("");
    must_tell("\"ending\":\"client-gone\"");
}

static void test_a_client_that_closes_by_half_waits(void **state)
{
    (void)state;
    use_fault("delay: 60s");
    dial_in();
    play.client.fin = false;
    peer_say(&play.client, (const uint8_t *)GET, strlen(GET));
    play.client.fin = true;
    settle();
    pass(60 * NS_PER_S);
    must_have_heard(strlen(HEAD_100 FIFTY FIFTY) + strlen("Connection: close\r\n"));
    must_tell("\"ending\":\"by-plan\"");
}

/* ---- relays ---- */

static void relay(const char *answer)
{
    play.make = make_relay;
    get();
    settle();
    say(&play.upstream, answer);
}

#define UP_100 "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
#define UP_CHUNKED                                          \
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" \
    "a\r\n" TEN "\r\na\r\n" TEN "\r\n0\r\n\r\n"

static void test_a_relayed_answer_goes_through(void **state)
{
    (void)state;
    relay(UP_100 FIFTY FIFTY);
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"body\":100}");
}

static void test_a_relayed_answer_is_cut(void **state)
{
    (void)state;
    use_fault("cut: 10%");
    relay(UP_100 FIFTY);
    must_hear(HEAD_100 TEN);
    assert_true(is_over());
    assert_null(play.upstream.stream); /* the rest of it is nobody's */
    must_tell("\"kind\":\"cut\"");
}

static void test_a_relayed_answer_is_throttled(void **state)
{
    (void)state;
    use_fault("throttle: 20B/s");
    relay(UP_100 FIFTY);
    assert_int_equal(body_heard(), 1);
    pass(NS_PER_S);
    assert_int_equal(body_heard(), 21);
    say(&play.upstream, FIFTY);
    pass(NS_PER_S);
    assert_int_equal(body_heard(), 41);
    pass(3 * NS_PER_S);
    must_hear(HEAD_100 FIFTY FIFTY);
    assert_false(is_over());
}

static void test_a_relayed_answer_stalls(void **state)
{
    (void)state;
    use_fault("stall: {after: 10, for: 100s}"); /* longer than an upstream may stall */
    relay(UP_100 FIFTY FIFTY);
    pass(99 * NS_PER_S);
    must_hear(HEAD_100 TEN);
    pass(NS_PER_S);
    must_hear(HEAD_100 FIFTY FIFTY);
}

/* What has come meanwhile waits; nothing is in a hurry, and nobody's patience ends. */
static void test_a_relayed_answer_comes_late(void **state)
{
    (void)state;
    use_fault("delay: 100s");
    relay(UP_100 FIFTY FIFTY);
    pass(99 * NS_PER_S);
    must_hear("");
    pass(NS_PER_S);
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"ending\":\"by-plan\"");
}

static void test_a_relayed_answer_never_comes(void **state)
{
    (void)state;
    use_fault("hold: 100s");
    relay(UP_100 FIFTY FIFTY);
    pass(99 * NS_PER_S);
    must_hear("");
    assert_false(play.client.heard_fin);
    pass(NS_PER_S);
    assert_true(play.client.heard_fin);
}

static void test_relayed_chunks_are_made_wrong(void **state)
{
    static const struct {
        const char *fault, *want;
    } rows[] = {
        {"bad-chunk-size: {text: \"-1\"}",
         HEAD_CHUNKED "-1\r\n" TEN "\r\na\r\n" TEN "\r\n0\r\n\r\n"},
        {"no-last-chunk", HEAD_CHUNKED "a\r\n" TEN "\r\na\r\n" TEN "\r\n"},
        {"chunk-extension-flood: {octets: 1, at: 2}",
         HEAD_CHUNKED "a\r\n" TEN "\r\na;x=x\r\n" TEN "\r\n0\r\n\r\n"},
        {"cut: 15", HEAD_CHUNKED "a\r\n" TEN "\r\n5\r\n01234\r\n"},
        {"cut: 64KiB", HEAD_CHUNKED "a\r\n" TEN "\r\na\r\n" TEN "\r\n"},
        {"garbage: {where: after, text: xyz}",
         HEAD_CHUNKED "a\r\n" TEN "\r\na\r\n" TEN "\r\n0\r\n\r\nxyz"},
        {"garbage: {where: instead, text: xyz}", "xyz"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (i > 0) {
            end(state);
            begin(state);
        }
        use_fault(rows[i].fault);
        relay(UP_CHUNKED);
        must_hear(rows[i].want);
        must_tell("\"intents\":[{");
    }
}

/* ---- what comes in ---- */

#define POST_10K "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n"

static void post_10k(void)
{
    char body[10001];

    memset(body, 'x', sizeof(body) - 1);
    body[sizeof(body) - 1] = '\0';
    dial_in();
    say(&play.client, POST_10K);
    say(&play.client, body);
}

static void test_a_request_is_read_slowly(void **state)
{
    (void)state;
    use_fault("throttle: {rate: 1000, direction: in}");
    play.client.grain = 500;
    post_10k();
    pass(9 * NS_PER_S);
    must_hear("");
    assert_true(play.client.said < 10500);
    pass(2 * NS_PER_S);
    must_hear(HEAD_100 FIFTY FIFTY);
}

/* In chunks, and with a FIN behind them: whatever was there when it came is read. */
static void test_a_request_in_chunks_is_read_slowly(void **state)
{
    static const char post[] =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\n01234\r\na\r\n0123456789\r\n0\r\n\r\n";

    (void)state;
    use_fault("throttle: {rate: 20, direction: in}");
    dial_in();
    peer_say(&play.client, (const uint8_t *)post, sizeof(post) - 1);
    play.client.fin = true;
    settle();
    pass(14 * NS_PER_S / 20 - 1);
    must_hear("");
    pass(NS_PER_S / 10);
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"body\":15}");
}

static void test_a_relayed_request_goes_slowly(void **state)
{
    (void)state;
    use_fault("throttle: {rate: 1000, direction: in}");
    play.make = make_relay;
    play.client.grain = 500;
    post_10k();
    pass(5 * NS_PER_S);
    assert_true(play.upstream.hears.len > 4000 && play.upstream.hears.len < 6500);
    pass(6 * NS_PER_S);
    assert_true(play.upstream.hears.len > 10000);
    say(&play.upstream, UP_100 FIFTY FIFTY);
    must_hear(HEAD_100 FIFTY FIFTY);
}

/* ---- before a request ---- */

static void test_a_connection_is_read_from_later(void **state)
{
    (void)state;
    play.server.greets = true;
    use_fault("slow-accept: 2s");
    get();
    pass(2 * NS_PER_S - 1);
    must_hear("");
    pass(1);
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"plan\":[\"wait 2s\",\"end keep\"]");
}

static void test_a_connection_is_reset_at_once(void **state)
{
    (void)state;
    play.server.greets = true;
    use_fault("refuse");
    get();
    assert_true(play.client.heard_reset);
    must_hear("");
    assert_int_equal(play.client.said, 0);
    must_tell("\"kind\":\"accept-reset\",\"why\":\"refuse\",\"range\":[0,0]");
    must_tell("reset-by-plan");
}

static void test_a_connection_is_closed_at_once(void **state)
{
    (void)state;
    play.server.greets = true;
    use_fault("accept-close");
    dial_in();
    assert_true(play.client.heard_fin);
    assert_false(play.client.heard_reset);
    say(&play.client, GET);
    pass(play.limits.linger_time);
    assert_true(is_over());
    must_hear("");
}

static void test_a_connection_hears_nothing(void **state)
{
    (void)state;
    play.server.greets = true;
    use_fault("accept-silence: 5m");
    get();
    pass(299 * NS_PER_S);
    must_hear("");
    assert_false(is_over());
    play.client.fin = true;
    settle();
    assert_true(is_over());
    must_tell("\"ending\":\"client-gone\"");
}

static void test_a_greeting_without_words_is_none(void **state)
{
    (void)state;
    play.server.greets = true;
    get();
    must_hear(HEAD_100 FIFTY FIFTY);
    must_tell("\"exchange\":1,\"request\"");
    assert_int_equal(play.server.exchanges, 1);
}

/* MEM-04: whichever allocation fails, all ends and nothing is left over. */
static void test_MEM_04_without_memory_all_ends(void **state)
{
    static const char *const faults[] = {"cut: 10%",
                                         "drip: 1ms",
                                         "bare-lf",
                                         "bad-chunk-size",
                                         "reset",
                                         "header-flood: 100",
                                         "slow-accept: 1ms",
                                         "throttle: {rate: 9, direction: both}"};

    for (size_t i = 0; i < COUNT(faults); i++)
        for (uint64_t nth = 1; nth < 12; nth++) {
            struct address from;
            use_fault(faults[i]);
            play.server.greets = true;
            play.make = nth % 2 ? make_100 : make_relay;
            assert_true(address_parse(SLICE("192.0.2.7:50514"), &from));
            mem_fail(nth, true);
            (void)!server_accept(&play.server, &wire_peer, -1, &play.client, &from);
            say(&play.client, GET);
            if (play.upstream.stream != NULL)
                say(&play.upstream, UP_CHUNKED);
            pass(NS_PER_S);
            mem_fail(0, false);
            end(state);
            begin(state);
        }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_fill_is_said_over_and_over),
        TEST(test_SCN_05_a_huge_fill_costs_no_memory),
        TEST(test_chunks_have_the_size_asked_for),
        TEST(test_a_throttled_body_adds_up),
        TEST(test_a_throttled_body_does_not_hurry_afterwards),
        TEST(test_a_body_drips),
        TEST(test_a_body_stalls_and_goes_on),
        TEST(test_a_cut_that_closes),
        TEST(test_a_cut_that_resets),
        TEST(test_a_cut_that_goes_silent),
        TEST(test_a_reset_waits_for_what_was_said_before),
        TEST(test_a_chunk_without_a_size),
        TEST(test_a_chunk_with_a_long_extension),
        TEST(test_no_last_chunk),
        TEST(test_a_twisted_head),
        TEST(test_two_answers),
        TEST(test_silence_lasts_until_the_client_goes),
        TEST(test_silence_lasts_as_long_as_it_was_told),
        TEST(test_a_reset_instead_of_an_answer),
        TEST(test_a_race),
        TEST(test_half_a_close_reads_on),
        TEST(test_half_a_close_does_not_last_for_ever),
        TEST(test_a_client_that_gives_up_in_a_wait),
        TEST(test_a_client_that_closes_by_half_waits),
        TEST(test_a_relayed_answer_goes_through),
        TEST(test_a_relayed_answer_is_cut),
        TEST(test_a_relayed_answer_is_throttled),
        TEST(test_a_relayed_answer_stalls),
        TEST(test_a_relayed_answer_comes_late),
        TEST(test_a_relayed_answer_never_comes),
        TEST(test_relayed_chunks_are_made_wrong),
        TEST(test_a_request_is_read_slowly),
        TEST(test_a_request_in_chunks_is_read_slowly),
        TEST(test_a_relayed_request_goes_slowly),
        TEST(test_a_connection_is_read_from_later),
        TEST(test_a_connection_is_reset_at_once),
        TEST(test_a_connection_is_closed_at_once),
        TEST(test_a_connection_hears_nothing),
        TEST(test_a_greeting_without_words_is_none),
        TEST(test_MEM_04_without_memory_all_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
