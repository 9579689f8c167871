/* SPDX-License-Identifier: MIT */
/* Every fault, on every kind of plan: what becomes of the plan, and of its head's octets.
 */
#include "naysay/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct stage {
    struct arena arena;
    struct plan plan;
    struct complaints complaints;
    char words[1024];
};

static int begin(void **state)
{
    static struct stage s;

    arena_init(&s.arena, NULL);
    plan_init(&s.plan, &s.arena);
    complaints_init(&s.complaints, &s.arena);
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

/* ---- plans that go wrong ---- */

static struct http_response *add_head(struct plan *p, unsigned status,
                                      enum http_body_kind kind, uint64_t length)
{
    struct http_response *r = plan_add_head(p, (uint16_t)status, SLICE("OK"), 2);

    if (r == NULL)
        return NULL;
    r->framing = (struct http_framing){.kind = kind, .length = length};
    plan_add_field(p, &r->fields, SLICE("Server"), SLICE("lab"));
    return r;
}

static void plan_length(struct plan *p)
{
    add_head(p, 200, BODY_LENGTH, 100);
    plan_add_fill(p, SLICE("0123456789"), 100);
    plan_add_end(p, END_KEEP);
}

static void plan_chunked(struct plan *p)
{
    add_head(p, 200, BODY_CHUNKED, 0);
    plan_add_fill(p, SLICE("0123456789"), 100);
    plan_add_last(p, 0);
    plan_add_end(p, END_KEEP);
}

static void plan_parts(struct plan *p) /* as explicit steps say it */
{
    plan_add_interim(p, 103, SLICE("Early Hints"), 0);
    add_head(p, 200, BODY_LENGTH, 100);
    plan_add_fill(p, SLICE("a"), 60);
    plan_add_wait(p, NS_PER_S);
    plan_add_fill(p, SLICE("b"), 40);
    plan_add_end(p, END_CLOSE);
}

static void plan_read(struct plan *p)
{
    plan_add_read(p);
    plan_length(p);
}

static void plan_decided(struct plan *p) /* upon the whole request */
{
    plan_add_read(p);
    plan_add_plain(p, STEP_DECIDE);
    plan_length(p);
}

static void plan_empty(struct plan *p)
{
    add_head(p, 200, BODY_LENGTH, 0);
    plan_add_end(p, END_KEEP);
}

static void plan_head(struct plan *p) /* of a HEAD request */
{
    add_head(p, 200, BODY_LENGTH, 100);
    plan_add_end(p, END_KEEP);
}

static void plan_204(struct plan *p)
{
    add_head(p, 204, BODY_NONE, 0);
    plan_add_end(p, END_KEEP);
}

static void plan_await(struct plan *p) /* a relay, before its answer */
{
    struct relay *r = plan_add_relay(p);

    if (r != NULL)
        r->to = (struct origin){.host = SLICE("o.test"), .port = 80};
    plan_add_plain(p, STEP_AWAIT);
    plan_add_end(p, END_CLOSE);
}

static void plan_piped(struct plan *p, enum http_body_kind kind, uint64_t length)
{
    plan_await(p);
    if (p->spent)
        return;
    plan_cut(p, p->first->next);
    add_head(p, 200, kind, length);
    plan_add_plain(p, STEP_PIPE);
    plan_add_end(p, END_KEEP);
}

static void plan_pipe(struct plan *p)
{
    plan_piped(p, BODY_LENGTH, 100);
}

static void plan_pipe_chunked(struct plan *p)
{
    plan_piped(p, BODY_CHUNKED, 0);
}

static void plan_pipe_close(struct plan *p)
{
    plan_piped(p, BODY_CLOSE, 0);
}

static void plan_pipe_gzip(struct plan *p)
{
    plan_piped(p, BODY_CHUNKED, 0);
    for (struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == STEP_HEAD)
            plan_add_field(p, &s->head.response.fields, SLICE("Content-Encoding"),
                           SLICE("gzip"));
}

static void plan_silent(struct plan *p) /* nginx/444 */
{
    plan_add_end(p, END_CLOSE);
}

static void plan_new(struct plan *p) /* of a connection */
{
    (void)p;
}

/* ---- what becomes of them ---- */

static void say_plan(struct stage *s)
{
    size_t n = 0;

    s->words[0] = '\0';
    for (const struct step *at = s->plan.first; at != NULL; at = at->next) {
        n += (size_t)snprintf(s->words + n, sizeof(s->words) - n, "%s",
                              at == s->plan.first ? "" : "; ");
        n += (size_t)step_print(at, s->words + n, sizeof(s->words) - n);
        assert_true(n < sizeof(s->words));
    }
}

/* A fault from its text; NULL: it did not load. */
static struct fault *load(struct stage *s, const char *text)
{
    struct source *source = arena_zero(&s->arena, sizeof(*source));
    struct fault *f = arena_zero(&s->arena, sizeof(*f));
    struct loader l = {.arena = &s->arena, .why = &s->complaints};
    struct node *docs;

    assert_non_null(source);
    assert_non_null(f);
    *source = (struct source){.name = SLICE("x.yaml"), .text = slice_of(text)};
    docs = doc_parse(&s->arena, source, &s->complaints);
    if (docs == NULL || !shape_load(&l, &shape_fault, docs->first, f))
        return NULL;
    return f;
}

static void check_numbers(const struct plan *p)
{
    unsigned n = 0;

    for (const struct step *s = p->first; s != NULL; s = s->next) {
        assert_int_equal(s->index, n++);
        if (s->kind == STEP_RAW)
            assert_int_equal(s->raw.intent.step, s->index);
        if (s->next == NULL)
            assert_ptr_equal(s, p->last);
    }
    assert_int_equal(p->n, n);
}

struct row {
    void (*make)(struct plan *p);
    const char *fault;
    const char *want; /* the plan, or "no: " and why it cannot be told */
};

static void check_row(struct stage *s, const struct row *row)
{
    char before[1024];
    struct fault *f = load(s, row->fault);
    const char *no;

    plan_init(&s->plan, &s->arena);
    row->make(&s->plan);
    say_plan(s);
    strcpy(before, s->words);
    if (f == NULL)
        fail_msg("%s: %.*s", row->fault, SLICE_ARGS(s->complaints.last->text));
    no = fault_apply(&s->plan, f, 7);
    assert_false(s->plan.spent);
    say_plan(s);
    check_numbers(&s->plan);
    if (no != NULL) {
        if (strcmp(s->words, before) != 0)
            fail_msg("%s: a plan that could not be made wrong was changed", row->fault);
        snprintf(s->words, sizeof(s->words), "no: %s", no);
    }
    if (strcmp(s->words, row->want) != 0)
        fail_msg("%s\n  made %s\n  not  %s", row->fault, s->words, row->want);
}

static void check_rows(void **state, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_row(*state, &rows[i]);
}

static const char no_body[] = "no: the answer has no body to make wrong";
static const char no_answer[] = "no: there is no answer to make wrong";

static void test_cut(void **state)
{
    static const struct row rows[] = {
        {plan_length, "cut: {after: 10%}",
         "head 200; body 100, stops after 10: cut; end race"},
        {plan_length, "cut: 30", "head 200; body 100, stops after 30: cut; end race"},
        {plan_length, "cut", "head 200; body 100, stops after 50: cut; end race"},
        {plan_length, "cut: {after: 0, then: reset}",
         "head 200; body 100, stops after 0: cut; end reset"},
        {plan_length, "cut: {after: 99, then: silence}",
         "head 200; body 100, stops after 99: cut; hold 24h; end race"},
        {plan_length, "cut: {after: 100}", "no: the body ends before that"},
        {plan_chunked, "cut: {after: 50}",
         "head 200; body 100, stops after 50: cut; end race"},
        {plan_parts, "cut: {after: 59}",
         "interim 103; head 200; body 60, stops after 59: cut; end race"},
        {plan_parts, "cut: {after: 75%}",
         "interim 103; head 200; body 60; wait 1s; body 40, stops after 15: cut; end race"},
        {plan_pipe, "cut: {after: 10%}",
         "relay to o.test:80; await head; head 200; pipe body, stops after 10: cut; end "
         "race"},
        {plan_pipe_chunked, "cut: {after: 10%}",
         "no: a share of a body cannot be told before all of it has come: say octets"},
        {plan_pipe_chunked, "cut: {after: 64KiB, then: reset}",
         "relay to o.test:80; await head; head 200; pipe body, stops after 64KiB: cut; end "
         "reset"},
        {plan_pipe_close, "cut: {after: 64KiB}",
         "no: the body ends with the connection: only a reset can cut it"},
        {plan_pipe_close, "cut: {after: 64KiB, then: reset}",
         "relay to o.test:80; await head; head 200; pipe body, stops after 64KiB: cut; end "
         "reset"},
        {plan_empty, "cut: {after: 0}", no_body},
        {plan_head, "cut: {after: 0}", no_body},
        {plan_204, "cut: {after: 0}", no_body},
        {plan_silent, "cut: {after: 0}", no_answer},
        {plan_await, "cut: {after: 10%}", "relay to o.test:80; await head; end close"},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_chunks(void **state)
{
    static const struct row rows[] = {
        {plan_chunked, "no-last-chunk",
         "head 200; body 100; nothing: no-last-chunk; end race"},
        {plan_length, "no-last-chunk",
         "head 200; body 100; nothing: no-last-chunk; end race"},
        {plan_parts, "no-last-chunk",
         "interim 103; head 200; body 60; wait 1s; body 40; nothing: no-last-chunk; end "
         "race"},
        {plan_pipe, "no-last-chunk",
         "relay to o.test:80; await head; head 200; pipe body, no-last-chunk; end race"},
        {plan_pipe_chunked, "no-last-chunk",
         "relay to o.test:80; await head; head 200; pipe body, no-last-chunk; end race"},
        {plan_pipe_close, "no-last-chunk",
         "no: the body ends with the connection: it has no chunks"},
        {plan_204, "no-last-chunk", no_body},
        {plan_chunked, "bad-chunk-size",
         "head 200; body 100, bad-chunk-size; last chunk; end keep"},
        {plan_chunked, "bad-chunk-size: 3",
         "head 200; body 100 in chunks of 33, bad-chunk-size at 3; last chunk; end keep"},
        {plan_chunked, "bad-chunk-size: {at: 101}",
         "no: the body has not that many chunks"},
        {plan_length, "bad-chunk-size: {at: 2, text: \"-1\"}",
         "head 200; body 100 in chunks of 50, bad-chunk-size at 2; last chunk; end keep"},
        {plan_pipe_chunked, "bad-chunk-size: 5",
         "relay to o.test:80; await head; head 200; pipe body, bad-chunk-size at 5; end "
         "keep"},
        {plan_head, "bad-chunk-size", no_body},
        {plan_chunked, "chunk-extension-flood",
         "head 200; body 100, chunk-extension-flood; last chunk; end keep"},
        {plan_length, "chunk-extension-flood: 1MiB",
         "head 200; body 100, chunk-extension-flood; last chunk; end keep"},
        {plan_pipe_close, "chunk-extension-flood",
         "no: the body ends with the connection: it has no chunks"},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_time(void **state)
{
    static const struct row rows[] = {
        {plan_length, "drip", "head 200; body 100, 1 every 100ms; end keep"},
        {plan_parts, "drip: {octets: 10, every: 1s}",
         "interim 103; head 200; body 60, 10 every 1s; wait 1s; body 40, 10 every 1s; end "
         "close"},
        {plan_pipe, "drip: 250ms",
         "relay to o.test:80; await head; head 200; pipe body, 1 every 250ms; end keep"},
        {plan_204, "drip", no_body},
        {plan_length, "stall", "head 200; body 100, stalls 30s after 0; end keep"},
        {plan_length, "stall: {after: 50%, for: 1m}",
         "head 200; body 100, stalls 1m after 50; end keep"},
        {plan_parts, "stall: {after: 60, for: 2s}",
         "interim 103; head 200; body 60; wait 1s; body 40, stalls 2s after 0; end close"},
        {plan_pipe_chunked, "stall: {after: 1KiB, for: 2s}",
         "relay to o.test:80; await head; head 200; pipe body, stalls 2s after 1KiB; end "
         "keep"},
        {plan_pipe_chunked, "stall: {after: 50%}",
         "no: a share of a body cannot be told before all of it has come: say octets"},
        {plan_length, "throttle: 64KiB/s", "head 200; body 100 at 64KiB/s; end keep"},
        {plan_length, "throttle: {rate: 7, direction: both}",
         "read body; head 200; body 100 at 7/s; end keep"},
        {plan_length, "throttle: {rate: 64KiB/s, direction: in}",
         "read body; head 200; body 100; end keep"},
        {plan_read, "throttle: {rate: 64KiB/s, direction: in}",
         "read body; head 200; body 100; end keep"},
        {plan_204, "throttle: {rate: 64KiB/s, direction: both}",
         "read body; head 204; end keep"},
        {plan_204, "throttle: {rate: 64KiB/s}", no_body},
        {plan_decided, "throttle: {rate: 64KiB/s, direction: both}",
         "no: the scenario looks at bodies: the request's was read before its rule"},
        {plan_await, "throttle: {rate: 64KiB/s, direction: both}",
         "relay to o.test:80; await head; end close"},
        {plan_pipe, "throttle: {rate: 1MB/s, direction: both}",
         "relay to o.test:80; await head; head 200; pipe body at 1000000/s; end keep"},
        {plan_length, "delay: 2s", "wait 2s; head 200; body 100; end keep"},
        {plan_parts, "delay: 1500ms",
         "interim 103; wait 1.5s; head 200; body 60; wait 1s; body 40; end close"},
        {plan_pipe, "delay: {for: 20ms}",
         "relay to o.test:80; await head; wait 20ms; head 200; pipe body; end keep"},
        {plan_204, "delay: 2s", "wait 2s; head 204; end keep"},
        {plan_silent, "delay: 2s", no_answer},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_ends(void **state)
{
    static const struct row rows[] = {
        {plan_length, "hold: 30s", "nothing: hold; hold 30s; end close"},
        {plan_parts, "hold", "interim 103; nothing: hold; hold 1h; end close"},
        {plan_length, "close", "nothing: close; end close"},
        {plan_chunked, "reset", "nothing: reset; end reset"},
        {plan_read, "reset", "read body; nothing: reset; end reset"},
        {plan_pipe, "reset", "relay to o.test:80; await head; nothing: reset; end reset"},
        {plan_204, "reset", "nothing: reset; end reset"},
        {plan_await, "reset", "relay to o.test:80; await head; end close"},
        {plan_silent, "reset", no_answer},
        {plan_length, "half-close", "head 200; body 100; end half"},
        {plan_204, "half-close", "head 204; end half"},
        {plan_pipe_close, "half-close",
         "no: the body ends with the connection: its end can say nothing else"},
        {plan_chunked, "race", "head 200; body 100; last chunk; end race"},
        {plan_pipe_close, "race",
         "no: the body ends with the connection: its end can say nothing else"},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_whole_answers(void **state)
{
    static const struct row rows[] = {
        {plan_length, "garbage", "raw 32: garbage; head 200; body 100; end keep"},
        {plan_parts, "garbage: {where: before, octets: 10}",
         "interim 103; raw 10: garbage; head 200; body 60; wait 1s; body 40; end close"},
        {plan_chunked, "garbage: after",
         "head 200; body 100; last chunk; raw 32: garbage; end keep"},
        {plan_pipe, "garbage: {where: after, text: abc}",
         "relay to o.test:80; await head; head 200; pipe body; raw 3: garbage; end keep"},
        {plan_pipe_close, "garbage: after",
         "no: the body ends with the connection: what comes behind it is more of it"},
        {plan_pipe, "garbage: instead",
         "relay to o.test:80; await head; raw 32: garbage; end close"},
        {plan_204, "garbage: instead", "raw 32: garbage; end close"},
        {plan_length, "two-answers", "head 200; body 100; raw 86: two-answers; end keep"},
        {plan_pipe_chunked, "two-answers: {text: a token}",
         "relay to o.test:80; await head; head 200; pipe body; raw 71: two-answers; end "
         "keep"},
        {plan_pipe_close, "two-answers",
         "no: the body ends with the connection: a second answer would be more of it"},
        {plan_read, "answer-early", "head 200; body 100; end close"},
        {plan_read, "answer-early: keep", "head 200; body 100; end keep"},
        {plan_decided, "answer-early",
         "no: the scenario looks at bodies: the request's was read before its rule"},
        {plan_await, "answer-early",
         "no: an upstream's answer comes when the upstream says it"},
        {plan_length, "truncated-gzip",
         "head 200; body 16; nothing: truncated-gzip; end keep"},
        {plan_chunked, "truncated-gzip: 20",
         "head 200; body 20; nothing: truncated-gzip; last chunk; end keep"},
        {plan_parts, "truncated-gzip",
         "no: the body is said in several steps: say all of it in one"},
        {plan_pipe, "truncated-gzip", "no: the upstream's body is not gzip"},
        {plan_pipe_gzip, "truncated-gzip",
         "no: a share of a body cannot be told before all of it has come: say octets"},
        {plan_pipe_gzip, "truncated-gzip: 20",
         "relay to o.test:80; await head; head 200; pipe body, stops after 20: "
         "truncated-gzip; last chunk; end keep"},
        {plan_204, "truncated-gzip", no_body},
        {plan_length, "wrong-coding", "head 200 twisted: wrong-coding; body 100; end keep"},
        {plan_pipe_gzip, "wrong-coding",
         "no: the body really has that coding: say another"},
        {plan_pipe_gzip, "wrong-coding: br",
         "relay to o.test:80; await head; head 200 twisted: wrong-coding; pipe body; end "
         "keep"},
        {plan_head, "wrong-coding", no_body},
    };

    check_rows(state, rows, COUNT(rows));
}

static void test_before_a_request(void **state)
{
    static const struct row rows[] = {
        {plan_new, "slow-accept: 200ms", "wait 200ms; end keep"},
        {plan_new, "accept-close", "nothing: accept-close; end close"},
        {plan_new, "accept-reset", "nothing: accept-reset; end reset"},
        {plan_new, "refuse", "nothing: accept-reset; end reset"},
        {plan_new, "accept-silence", "hold 1h; end close"},
        {plan_length, "accept-reset", "no: this connection was accepted long ago"},
        {plan_await, "slow-accept", "no: this connection was accepted long ago"},
        {plan_new, "reset", no_answer},
    };

    check_rows(state, rows, COUNT(rows));
}

/* ---- heads ---- */

static struct step *head_of(struct plan *p)
{
    struct step *s = p->first;

    while (s->kind != STEP_HEAD)
        s = s->next;
    return s;
}

/* The head's octets, as the player would put them. */
static void say_head(struct stage *s)
{
    struct step *head = head_of(&s->plan);
    struct h1_head_opts opts = {.method = METHOD_GET,
                                .close = s->plan.last->end == END_CLOSE};
    struct buf octets = {0};
    size_t n = 0;

    assert_int_equal(h1_put_response(&octets, &head->head.response, &opts), H1_EMIT_OK);
    for (const struct twist *t = head->head.twists; t != NULL; t = t->next)
        assert_true(t->apply(t, &octets));
    for (size_t i = 0; i < buf_len(&octets) && n + 5 < sizeof(s->words); i++) {
        unsigned char c = (unsigned char)buf_head(&octets)[i];
        const char *as = c == '\r' ? "\\r" : c == '\n' ? "\\n" : NULL;
        if (as != NULL)
            n += (size_t)sprintf(s->words + n, "%s", as);
        else
            n += (size_t)sprintf(s->words + n, c < 0x20 || c > 0x7e ? "\\x%02x" : "%c", c);
    }
    s->words[n] = '\0';
    buf_clear(&octets);
}

static void check_head(struct stage *s, const struct row *row)
{
    struct fault *f = load(s, row->fault);
    const char *no;

    plan_init(&s->plan, &s->arena);
    row->make(&s->plan);
    if (f == NULL)
        fail_msg("%s: %.*s", row->fault, SLICE_ARGS(s->complaints.last->text));
    no = fault_apply(&s->plan, f, 7);
    if (no != NULL)
        snprintf(s->words, sizeof(s->words), "no: %s", no);
    else {
        assert_string_equal(head_of(&s->plan)->head.twists->intent.kind, f->kind->name);
        say_head(s);
    }
    if (strcmp(s->words, row->want) != 0)
        fail_msg("%s\n  made %s\n  not  %s", row->fault, s->words, row->want);
}

static void test_heads(void **state)
{
    static const struct row rows[] = {
        {plan_length, "status-line",
         "HTTP/3.7 200 OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_length, "status-line: code-99",
         "HTTP/1.1 99 OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_length, "status-line: code-1000",
         "HTTP/1.1 1000 OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_length, "status-line: no-reason",
         "HTTP/1.1 200\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_pipe, "status-line: no-space",
         "HTTP/1.1 200OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_length, "status-line: {text: HTTP/1.1 OK 200}",
         "HTTP/1.1 OK 200\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\n\\r\\n"},
        {plan_length, "bare-lf",
         "HTTP/1.1 200 OK\\nServer: lab\\nContent-Length: 100\\n\\n"},
        {plan_204, "nul-in-field",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay: a\\x00b\\r\\n\\r\\n"},
        {plan_204, "eight-bit-in-field",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay: caf\\xe9\\r\\n\\r\\n"},
        {plan_204, "obs-fold",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay: one\\r\\n two\\r\\n\\r\\n"},
        {plan_204, "space-before-colon",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay : one\\r\\n\\r\\n"},
        {plan_204, "header-flood: 2",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay-1: 1\\r\\nX-Naysay-2: "
         "2\\r\\n\\r\\n"},
        {plan_204, "giant-header: 10",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nX-Naysay: xxxxxxxxxx\\r\\n\\r\\n"},
        {plan_length, "wrong-coding",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\nContent-Encoding: "
         "gzip\\r\\n\\r\\n"},
        {plan_pipe_gzip, "wrong-coding: br",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nTransfer-Encoding: "
         "chunked\\r\\nContent-Encoding: br\\r\\n\\r\\n"},
        {plan_length, "content-length",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nContent-Length: 99\\r\\n\\r\\n"},
        {plan_length, "content-length: {form: long, by: 10}",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nContent-Length: 110\\r\\n\\r\\n"},
        {plan_pipe, "content-length: duplicate",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nContent-Length: 100\\r\\nContent-Length: "
         "101\\r\\n\\r\\n"},
        {plan_length, "content-length: absent",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\n\\r\\n"},
        {plan_length, "content-length: negative",
         "HTTP/1.1 200 OK\\r\\nServer: lab\\r\\nContent-Length: -1\\r\\n\\r\\n"},
        {plan_204, "content-length: word",
         "HTTP/1.1 204 OK\\r\\nServer: lab\\r\\nContent-Length: many\\r\\n\\r\\n"},
        {plan_length, "content-length: {form: short, by: 101}",
         "no: the body is shorter than Content-Length shall be short by"},
        {plan_parts, "content-length: absent",
         "no: without Content-Length a body may end with its connection, and this one "
         "closes"},
        {plan_head, "content-length: long",
         "no: the answer has no body whose length could be wrong"},
        {plan_chunked, "content-length: short",
         "no: the body is sent in chunks: no Content-Length frames it"},
        {plan_pipe_close, "content-length: word",
         "no: the body ends with the connection: no Content-Length frames it"},
        {plan_silent, "bare-lf", no_answer},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        check_head(*state, &rows[i]);
}

static void test_twists_come_one_after_the_other(void **state)
{
    struct stage *s = *state;

    plan_204(&s->plan);
    assert_null(fault_apply(&s->plan, load(s, "bare-lf"), 1));
    assert_null(fault_apply(&s->plan, load(s, "obs-fold"), 1));
    assert_null(fault_apply(&s->plan, load(s, "status-line: no-reason"), 1));
    say_head(s);
    assert_string_equal(s->words,
                        "HTTP/1.1 204\\nServer: lab\\nX-Naysay: one\\r\\n two\\r\\n\\n");
    say_plan(s);
    assert_string_equal(s->words,
                        "head 204 twisted: bare-lf, obs-fold, status-line; end keep");
}

/* ---- chance, and what memory can do ---- */

static void test_an_unlikely_fault_changes_nothing(void **state)
{
    struct stage *s = *state;
    struct fault *f = load(s, "{reset: true, chance: 0}");

    plan_length(&s->plan);
    assert_null(fault_apply(&s->plan, f, 7));
    say_plan(s);
    assert_string_equal(s->words, "head 200; body 100; end keep");
}

static struct slice garbage_of(struct stage *s, uint64_t drawn)
{
    plan_init(&s->plan, &s->arena);
    plan_length(&s->plan);
    assert_null(fault_apply(&s->plan, load(s, "garbage"), drawn));
    return s->plan.first->raw.octets;
}

static void test_garbage_is_the_same_for_the_same_number(void **state)
{
    struct slice one = garbage_of(*state, 7), two = garbage_of(*state, 7);

    assert_int_equal(one.len, 32);
    assert_true(slice_is(one, two));
    assert_false(slice_is(one, garbage_of(*state, 8)));
    assert_int_equal((unsigned char)one.at[0] & 0x80, 0x80);
}

/* What it says is what gzip says, up to where it was cut. */
static void test_truncated_gzip_is_gzip(void **state)
{
    struct stage *s = *state;
    struct http_response *r;

    plan_length(&s->plan);
    assert_null(fault_apply(&s->plan, load(s, "truncated-gzip"), 7));
    r = &head_of(&s->plan)->head.response;
    assert_int_equal(r->framing.length, head_of(&s->plan)->next->body.length);
    assert_memory_equal(head_of(&s->plan)->next->body.octets.at, "\x1f\x8b\x08", 3);
    assert_true(slice_is(http_find_name(&r->fields, SLICE("Content-Encoding"))->value,
                         SLICE("gzip")));
}

/* MEM-04: whichever allocation fails, a plan is whole, or says that it is not. */
static void test_MEM_04_a_fault_without_memory_spends_the_plan(void **state)
{
    struct stage *s = *state;

    for (size_t i = 0; i < fault_count(); i++) {
        char text[64];
        snprintf(text, sizeof(text), "{%s: %s}", fault_at(i)->name,
                 strcmp(fault_at(i)->name, "throttle") == 0 ? "1KiB/s" : "");
        struct fault *f = load(s, text);
        assert_non_null(f);
        for (uint64_t nth = 1; nth < 6; nth++) {
            struct arena arena;
            arena_init(&arena, NULL);
            plan_init(&s->plan, &arena);
            mem_fail(nth, true);
            plan_length(&s->plan);
            fault_apply(&s->plan, f, 7);
            mem_fail(0, false);
            if (!s->plan.spent)
                check_numbers(&s->plan);
            arena_clear(&arena);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_cut),
        TEST(test_chunks),
        TEST(test_time),
        TEST(test_ends),
        TEST(test_whole_answers),
        TEST(test_before_a_request),
        TEST(test_heads),
        TEST(test_twists_come_one_after_the_other),
        TEST(test_an_unlikely_fault_changes_nothing),
        TEST(test_garbage_is_the_same_for_the_same_number),
        TEST(test_truncated_gzip_is_gzip),
        TEST(test_MEM_04_a_fault_without_memory_spends_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
