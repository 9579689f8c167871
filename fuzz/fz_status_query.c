/* SPDX-License-Identifier: MIT */
/*
 * What somebody asks for, "103,200?delay=2s&body=x": a line with the query, then the
 * head of the request that it answers. Every plan can be printed, ends, and has
 * heads that the strict emitter takes.
 */
#include "fuzz.h"
#include "naysay/decide.h"

#define FIELDS 64

/* A request to be answered: the input's own, or a plain one when that is none. */
static void read_request(struct slice head, struct http_request *req)
{
    static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    static struct http_field fields[FIELDS];
    struct h1_fault fault;

    *req = (struct http_request){.fields = {.at = fields, .cap = FIELDS}};
    if (h1_parse_request(head.at, head.len, 0, &limits_default, 0, req, &fault) > 0)
        return;
    *req = (struct http_request){.fields = {.at = fields, .cap = FIELDS}};
    if (h1_parse_request(plain, sizeof(plain) - 1, 0, &limits_default, 0, req, &fault) <= 0)
        fuzz_must("a plain request does not parse");
}

/* As the player says it; whether it closes is the player's to know. */
static void emit_head(const struct step *s, const struct http_request *req, struct buf *out)
{
    struct h1_head_opts opts = {.method = req->method,
                                .upgrade = s->head.upgrade,
                                .close = s->head.response.framing.kind == BODY_CLOSE};

    if (h1_put_response(out, &s->head.response, &opts) != H1_EMIT_OK)
        fuzz_must("the strict emitter refuses a head that was asked for");
}

static void perform(const struct plan *p, const struct http_request *req)
{
    const struct step *s = p->first;
    struct buf out = {0};
    char words[64];
    unsigned heads = 0, n = 0;

    for (; s != NULL; s = s->next, n++) {
        int len = step_print(s, words, sizeof(words));
        if (len <= 0)
            fuzz_must("a step has no words");
        if (s->index != n || (s->kind == STEP_END) != (s->next == NULL))
            fuzz_must("the steps are out of order, or do not end");
        heads += s->kind == STEP_HEAD;
        if (s->kind == STEP_INTERIM && (heads > 0 || req->minor == 0))
            fuzz_must("an interim answer where none may be");
        if (s->kind == STEP_HEAD || s->kind == STEP_INTERIM)
            emit_head(s, req, &out);
        if (s->kind == STEP_BODY && req->method == METHOD_HEAD)
            fuzz_must("a body for HEAD");
    }
    if (n != p->n || heads > 1)
        fuzz_must("a plan has steps that do not count, or two final heads");
    buf_clear(&out);
}

/* A rule that says just that, or none. */
static void decide_it(const struct http_request *req, const struct answer *always,
                      struct arena *arena)
{
    struct reply reply = {.is_constant = true, .weight = 1};
    struct rule rule = {
        .index = 1, .name = SLICE("always"), .replies = &reply, .n_replies = 1};
    struct scenario scenario = {.first_state = SLICE("start"), .rules = &rule};
    struct facts facts = {.moment = MOMENT_REQUEST,
                          .unix_time = 1795248000,
                          .request = req,
                          .method = req->method,
                          .client = SLICE("192.0.2.7"),
                          .nth = 1};
    struct plan plan;
    struct run run;

    if (always != NULL) {
        reply.answer = *always;
        scenario.n_rules = 1;
        scenario.index = rule_index_new(arena, &rule, 1);
    }
    if (!run_init(&run, &scenario, 1))
        fuzz_must("there is memory, and no run");
    run.setting = (struct setting){.allow_request_control = true,
                                   .from_loopback = true,
                                   .pseudonym = SLICE("naysay-fuzz")};
    plan_init(&plan, arena);
    decide(&run, &facts, &plan);
    run_clear(&run);
    if (plan.spent)
        fuzz_must("a plan is spent though there is memory");
    perform(&plan, req);
}

/* A refusal says what is wrong, in one line. */
static void judge_complaint(const struct complaint *why)
{
    if (why->text[0] == '\0' || strlen(why->text) >= sizeof(why->text))
        fuzz_must("a refusal without words");
}

static void ask(struct slice query, const struct http_request *req, struct arena *arena)
{
    struct complaint why = {""};
    struct answer answer;
    struct slice options = query, what = slice_cut(&options, '?');

    if (!answer_parse(what, &answer, &why)) {
        judge_complaint(&why);
        return;
    }
    if (answer.n_interim > COUNT(answer.interim) ||
        (answer.wire != 0 && (answer.wire < 100 || answer.wire > 999)))
        fuzz_must("an answer that is no status");
    if (answer_parse_options(options, arena, &answer, &why))
        decide_it(req, &answer, arena);
    else
        judge_complaint(&why);
}

/* The same, asked by the request itself: through the target and through its field. */
static void ask_by_request(struct slice query, struct http_request *req,
                           struct arena *arena)
{
    struct slice target = arena_printf(arena, "/status/%.*s", SLICE_ARGS(query));
    struct http_request asked = *req;

    decide_it(req, NULL, arena);
    asked.method = req->method == METHOD_CONNECT ? METHOD_GET : req->method;
    if (http_split_target(target, asked.method, &asked.target) == NULL) {
        asked.raw_target = target;
        decide_it(&asked, NULL, arena);
    }
    if (http_is_field_value(query) && http_add(&req->fields, SLICE("Naysay"), query))
        decide_it(req, NULL, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct slice head = {(const char *)octets, len}, query;
    uint64_t live = mem_live();
    struct arena arena;
    struct http_request req;

    if (len == 0 || len > 1 << 14)
        return 0;
    query = slice_cut(&head, '\n');
    arena_init(&arena, NULL);
    read_request(head.at == NULL ? SLICE("") : head, &req);
    ask(query, &req, &arena);
    ask_by_request(query, &req, &arena);
    arena_clear(&arena);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
