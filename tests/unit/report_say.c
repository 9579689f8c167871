/* SPDX-License-Identifier: MIT */
#include "report_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

const char hostile_markup[] =
    "<script>alert(1)</script>\"'&]]>--><!--</pre></style>\033[31m\x9b\x80\xff"
    "\xe2\x80\xae\xc2\x9b\\\"{{#\r\nok 9 - \x01\x7f";

/* Until judging says these: the linker takes the real ones where they are. */
__attribute__((weak)) bool verdict_is_good(const struct verdict *v)
{
    return v->kind == VERDICT_GOOD;
}

__attribute__((weak)) const char *verdict_word(enum verdict_kind kind)
{
    static const char *const words[] = {"good",  "failed", "unmatched", "never came",
                                        "storm", "hang",   "no command"};

    return words[kind];
}

/* ---- records ---- */

#define WALL 1795248000000000 /* 2026-11-21T08:00:00Z */
#define MS   1000u

struct line {
    unsigned at_ms, took_us, connection, exchange;
    const char *rule;
    unsigned nth_rule, match;
    const char *method, *target, *fields, *body;
    unsigned status;
    const char *answer, *answer_body;
    enum ending ending;
};

static struct record *add(struct told_run *t, const struct line *l)
{
    struct record *r = arena_zero(&t->arena, sizeof(*r));
    struct records *all = &t->records;

    assert_non_null(r);
    r->connection = l->connection;
    r->exchange = l->exchange;
    r->wall_us = WALL + l->at_ms * MS;
    r->began_us = l->at_ms * (uint64_t)MS;
    r->end_us = r->began_us + l->took_us;
    r->ending = l->ending;
    r->client = arena_printf(&t->arena, "127.0.0.1:%u", 50500 + l->connection);
    if (all->last != NULL)
        all->last->next = r;
    else
        all->first = r;
    all->last = r;
    all->n++;
    return r;
}

static struct record *add_exchange(struct told_run *t, const struct line *l)
{
    struct record *r = add(t, l);
    const char *body = l->body == NULL ? "" : l->body;
    const char *answer = l->answer_body == NULL ? "" : l->answer_body;

    r->seq = ++t->records.exchanges;
    r->rule = l->nth_rule;
    r->match = l->match;
    r->rule_name = slice_of(l->rule);
    r->method = slice_of(l->method);
    r->target = slice_of(l->target);
    r->major = r->minor = 1;
    r->request_head = arena_printf(&t->arena, "%s %s HTTP/1.1\r\n%s\r\n", l->method,
                                   l->target, l->fields == NULL ? "" : l->fields);
    r->request_sample = slice_of(body);
    r->request_body = r->request_sample.len;
    r->response_sample = slice_of(answer);
    r->response_body = r->response_sample.len;
    r->status = (uint16_t)l->status;
    if (l->status > 0) {
        r->first_us = r->began_us + l->took_us / 2;
        r->response_head =
            arena_printf(&t->arena, "HTTP/1.1 %u %s\r\n\r\n", l->status, l->answer);
        r->sent.to = r->response_head.len + r->response_body;
    }
    r->plan = SLICE("head; body; end keep");
    return r;
}

static void add_end(struct told_run *t, unsigned at_ms, unsigned connection,
                    enum ending ending)
{
    add(t, &(struct line){.at_ms = at_ms, .connection = connection, .ending = ending});
}

static struct finding *find(struct told_run *t, enum claim_level level,
                            enum finding_result result, const char *text)
{
    struct finding *f = &t->findings[t->v.n_findings++];

    *f = (struct finding){.level = level, .result = result, .text = slice_of(text)};
    if (level == CLAIM_MUST)
        t->v.by_result[result]++;
    if (level == CLAIM_SHOULD && result == FINDING_FAILS)
        t->v.warnings++;
    return f;
}

static void begin(struct told_run *t, const char *name, const char *file,
                  enum verdict_kind kind)
{
    memset(t, 0, sizeof(*t));
    arena_init(&t->arena, NULL);
    t->scenario.name = slice_of(name);
    t->scenario.file = slice_of(file);
    t->records.began_wall_us = WALL;
    t->v = (struct verdict){.arena = &t->arena,
                            .scenario = &t->scenario,
                            .records = &t->records,
                            .findings = t->findings,
                            .kind = kind,
                            .saw = SLICE(""),
                            .summary = SLICE("")};
}

static void ran_command(struct told_run *t, const char *const *words, int exit_status,
                        unsigned took_ms)
{
    char **argv = arena_zero(&t->arena, 8 * sizeof(*argv));

    assert_non_null(argv);
    for (size_t i = 0; words[i] != NULL; i++) {
        argv[i] = arena_alloc(&t->arena, strlen(words[i]) + 1);
        assert_non_null(argv[i]);
        strcpy(argv[i], words[i]);
    }
    t->ran = (struct ran){.argv = argv,
                          .is_started = true,
                          .is_ended = true,
                          .exit_status = exit_status,
                          .took_us = took_ms * (uint64_t)MS,
                          .output = SLICE("{\"paid\": true}\n")};
    t->v.ran = &t->ran;
}

/* ---- the runs ---- */

static const char *const curl[] = {
    "curl", "--retry", "5", "-x", "http://127.0.0.1:4070", "http://shop.test/pay", NULL};

#define FIELDS                                                                        \
    "Host: shop.test\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nProxy-Connection: " \
    "Keep-Alive\r\n"
#define HTML \
    "Content-Type: text/html; charset=UTF-8\r\nServer: cloudflare\r\nContent-Length: "

static void tell_good(struct told_run *t)
{
    static const char page[] =
        "<!DOCTYPE html>\n<title>522: Connection timed out</title>\n";

    begin(t, "522 twice, then 200; the client backs off and gets through",
          "conf/cloudflare-blinks.yaml", VERDICT_GOOD);
    add_exchange(t, &(struct line){12, 900, 1, 1, "down", 1, 1, "GET", "/pay", FIELDS, NULL,
                                   522, "Connection timed out\r\n" HTML "58", page,
                                   ENDING_BY_PLAN});
    add_exchange(t, &(struct line){1034, 700, 1, 2, "down", 1, 2, "GET", "/pay", FIELDS,
                                   NULL, 522, "Connection timed out\r\n" HTML "58", page,
                                   ENDING_BY_PLAN});
    add_exchange(
        t, &(struct line){3050, 600, 1, 3, "up", 2, 1, "GET", "/pay", FIELDS, NULL, 200,
                          "OK\r\nContent-Type: application/json\r\nContent-Length: 14",
                          "{\"paid\": true}", ENDING_BY_PLAN});
    add_end(t, 3060, 1, ENDING_CLIENT_CLOSED);
    find(t, CLAIM_MUST, FINDING_HOLDS, "the order is down x2, up");
    find(t, CLAIM_MUST, FINDING_HOLDS, "the gap down.1 -> down.2 is 0.5s..5s");
    find(t, CLAIM_MUST, FINDING_HOLDS, "the gap down.2 -> up is at least 1.5 x previous");
    t->v.saw = SLICE("down down up");
    t->v.summary = SLICE("all 3 claims hold");
    t->v.took_us = 3080 * MS;
    t->v.seed = 1;
    ran_command(t, curl, 0, 3064);
}

static void tell_failing(struct told_run *t)
{
    struct finding *f;

    begin(t, "the origin is away for a minute; the client waits as Retry-After says",
          "conf/retry-after.yaml", VERDICT_FAILED);
    for (unsigned i = 0; i < 3; i++) {
        add_exchange(
            t, &(struct line){20 + i * 120, 1200, i + 1, 1, "away", 1, i + 1, "POST",
                              "http://shop.test/orders?draft=1",
                              FIELDS "Content-Type: application/json\r\nContent-Length: "
                                     "24\r\nAuthorization: Bearer s3cr3t\r\n",
                              "{\"item\": 17, \"count\": 2}\n", 503,
                              "Service Unavailable\r\nRetry-After: 2\r\nConnection: "
                              "close\r\nContent-Length: 0",
                              NULL, ENDING_BY_PLAN});
        add_end(t, 22 + i * 120, i + 1, ENDING_CLOSED_BY_PLAN);
    }
    f = find(t, CLAIM_MUST, FINDING_FAILS,
             "the gap away.1 -> away.2 is at least Retry-After");
    f->expected = SLICE("at least 2 s, as Retry-After of away.1 says");
    f->seen = SLICE("120 ms");
    f->seq = 2;
    f->spec = SLICE("RFC 9110 §10.2.3");
    f = find(t, CLAIM_MUST, FINDING_BLOCKED,
             "back repeats away: same method, target and body");
    f->expected = SLICE("a request that the rule back answers");
    f->seen = SLICE("back never came");
    f = find(t, CLAIM_MUST, FINDING_UNKNOWN, "the origin never sees proxy-authorization");
    f->seen = SLICE("secrets had been taken out of the journal");
    f = find(t, CLAIM_SHOULD, FINDING_FAILS, "each connection is used again");
    f->expected = SLICE("1 connection");
    f->seen = SLICE("3 connections");
    f->seq = 3;
    find(t, CLAIM_MUST, FINDING_HOLDS, "no more than 3 requests come");
    t->v.saw = SLICE("away away away");
    t->v.summary = SLICE("the client came back after 120 ms; Retry-After said 2 s");
    t->v.took_us = 290 * MS;
    t->v.seed = 81723;
    t->v.is_seed_drawn = true;
    ran_command(t, curl, 22, 281);
}

static void tell_never_came(struct told_run *t)
{
    struct finding *f;

    begin(t, "the proxy asks for a password", "conf/proxy-digest.yaml", VERDICT_NEVER_CAME);
    f = find(t, CLAIM_MUST, FINDING_BLOCKED, "the order is 407, page x1..");
    f->seen = SLICE("no request came");
    t->v.summary = SLICE("the client never came through here");
    t->v.took_us = 41 * MS;
    ran_command(t, curl, 0, 38);
}

static void add_faults(struct told_run *t)
{
    struct record *r;

    r = add_exchange(t, &(struct line){310, 250, 2, 1, "early", 3, 1, "GET", "/style",
                                       FIELDS, NULL, 200, "OK\r\nContent-Length: 65536",
                                       "body { color: rebeccapurple }", ENDING_BY_PLAN});
    r->interim[0] = 103;
    r->interim[1] = 103;
    r->n_interim = 2;
    r->response_body = 16384;
    r->faults = SLICE("cut");
    r->intents = SLICE("cut 410-410 after 25% of the body");
    add_end(t, 560, 2, ENDING_RESET_BY_PLAN);
    add_exchange(t, &(struct line){330, 80, 3, 1, "gone", 4, 1, "PUT", "/things/7", FIELDS,
                                   "\x89PNG\r\n\x1a\n\0\0", 0, NULL, NULL, ENDING_BY_PLAN});
    add_end(t, 410, 3, ENDING_RESET_BY_PLAN);
    r = add_exchange(t, &(struct line){1900, 400, 4, 1, "noise", 5, 1, "GET", "/noise",
                                       FIELDS, NULL, 0, NULL,
                                       "HTTP/3.7 99 \x01\xff nonsense", ENDING_BY_PLAN});
    r->sent = (struct octets){0, 27};
    r->first_us = r->began_us + 100;
    r->intents = SLICE("bad-status-line 0-27 a version and a code that are none");
    add_end(t, 2300, 4, ENDING_CLOSED_BY_PLAN);
}

static void tell_rich(struct told_run *t)
{
    struct finding *f;

    begin(t,
          "a proxy that asks for credentials, hints early, cuts, resets and talks nonsense",
          "conf/rough-day.yaml", VERDICT_GOOD);
    add_exchange(
        t, &(struct line){8, 500, 1, 1, "ask", 1, 1, "CONNECT", "shop.test:443", FIELDS,
                          NULL, 407,
                          "Proxy Authentication Required\r\nProxy-Authenticate: Basic "
                          "realm=\"lab\"\r\nContent-Length: 0",
                          NULL, ENDING_BY_PLAN});
    add_exchange(t, &(struct line){14, 800, 1, 2, "page", 2, 1, "GET", "http://shop.test/",
                                   FIELDS "Proxy-Authorization: Basic YWRhOmxvdmVsYWNl\r\n",
                                   NULL, 302,
                                   "Found\r\nLocation: /style\r\nSet-Cookie: sid=secret",
                                   NULL, ENDING_BY_PLAN});
    add_faults(t);
    add_end(t, 2400, 9, ENDING_RESET_BY_PLAN); /* a connection that carried nothing */
    add_exchange(t, &(struct line){4200, 1500, 1, 3, "slow", 6, 1, "GET", "/slow", FIELDS,
                                   NULL, 200, "OK\r\nTransfer-Encoding: chunked",
                                   "drip drip drip", ENDING_CLIENT_GONE});
    add_end(t, 5700, 1, ENDING_CLIENT_GONE);
    find(t, CLAIM_MUST, FINDING_HOLDS, "the order is ask, page, early, gone, noise, slow");
    find(t, CLAIM_MUST, FINDING_HOLDS, "gone is never repeated after octets were sent");
    f = find(t, CLAIM_SHOULD, FINDING_FAILS,
             "after a reset, the client opens a new connection");
    f->expected = SLICE("a new connection after gone");
    f->seen = SLICE("the kept connection A was used");
    f->seq = 4;
    f->spec = SLICE("RFC 9112 §9.3.1");
    f = find(t, CLAIM_MAY, FINDING_FAILS, "the client follows early hints");
    f->seen = SLICE("nobody asked for what the hint named");
    t->v.saw = SLICE("ask page early gone noise slow");
    t->v.summary = SLICE("all claims hold, with a warning");
    t->v.took_us = 5800 * MS;
    t->v.seed = 7;
    t->v.is_seed_drawn = true;
}

static void tell_hostile(struct told_run *t)
{
    const char *evil = hostile_markup;
    struct record *r;
    struct finding *f;

    begin(t, evil, evil, VERDICT_UNMATCHED);
    for (unsigned i = 1; i <= 3; i++) {
        r = add_exchange(
            t, &(struct line){i * 10, 700, i, 1, evil, 1, i, evil, evil,
                              "Cookie: hunter2\r\n\thunter2\r\n"
                              "proxy-authorization : hunter2\r\nX: y\rCookie:hunter2\r\n"
                              "set-cookie: \xff<b>hunter2\r\n<i>&: \"'<u>\r\nno colon\r\n",
                              evil, i == 3 ? 0 : 200, evil, evil, ENDING_BY_PLAN});
        r->client = r->upstream = r->inside = r->plan = r->faults = slice_of(evil);
        r->intents = slice_of(evil);
        add_end(t, i * 10 + 1, i, ENDING_CLIENT_RESET);
    }
    r = add(t, &(struct line){.at_ms = 90,
                              .connection = 9,
                              .exchange = 1,
                              .ending = ENDING_BAD_REQUEST}); /* no head could be read */
    r->seq = ++t->records.exchanges;
    f = find(t, CLAIM_MUST, FINDING_FAILS, evil);
    f->expected = f->seen = f->spec = slice_of(evil);
    f->seq = 2;
    find(t, CLAIM_MUST, FINDING_BLOCKED, evil)->seen = slice_of(evil);
    t->v.saw = t->v.summary = slice_of(evil);
    ran_command(t, (const char *const[]){evil, evil, NULL}, 0, 1);
    t->ran.output = slice_of(evil);
}

void tell(struct told_run *t, enum told_kind kind)
{
    static void (*const tellers[])(struct told_run *) = {
        [TOLD_GOOD] = tell_good,
        [TOLD_FAILING] = tell_failing,
        [TOLD_NEVER_CAME] = tell_never_came,
        [TOLD_RICH] = tell_rich,
        [TOLD_HOSTILE] = tell_hostile,
    };

    tellers[kind](t);
}

void tell_many(struct told_run *t, unsigned exchanges)
{
    struct finding *f;

    begin(t, "a thousand orders from forty workers", "conf/crowd.yaml", VERDICT_FAILED);
    for (unsigned i = 0; i < exchanges; i++)
        add_exchange(
            t, &(struct line){10 + i * 7, 9000, 1 + i % 40, 1 + i / 40, "order", 1, i + 1,
                              "POST", "/orders", FIELDS "Content-Length: 24\r\n",
                              "{\"item\": 17, \"count\": 2}\n", i % 9 == 5 ? 503 : 201,
                              "Whatever\r\nContent-Length: 14", "{\"paid\": true}",
                              ENDING_BY_PLAN});
    for (unsigned c = 1; c <= 40; c++)
        add_end(t, 10 + exchanges * 7 + c, c, ENDING_CLIENT_CLOSED);
    f = find(t, CLAIM_MUST, FINDING_FAILS, "no order is sent twice");
    f->expected = SLICE("1");
    f->seen = SLICE("2");
    f->seq = exchanges - 9;
    t->v.saw = SLICE("order x1000");
    t->v.summary = SLICE("an order was sent twice");
    t->v.took_us = (10 + exchanges * 7) * (uint64_t)MS;
}

void told_clear(struct told_run *t)
{
    arena_clear(&t->arena);
}

/* ---- reports as text ---- */

char *say_report(const struct verdict *v,
                 void (*report)(FILE *, const struct verdict *const *, size_t), size_t *len)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    assert_non_null(out);
    report(out, &v, 1);
    fclose(out);
    if (len != NULL)
        *len = n;
    return text;
}

char *say_text(const struct verdict *v, const struct report_style *style)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);

    assert_non_null(out);
    report_text(out, v, style);
    fclose(out);
    return text;
}

static void write_reports(const char *dir, const char *name, const char *ending,
                          const struct verdict *const *all, size_t n,
                          void (*report)(FILE *, const struct verdict *const *, size_t))
{
    char path[512];
    FILE *out;

    snprintf(path, sizeof(path), "%s/%s.%s", dir, name, ending);
    out = fopen(path, "w");
    assert(out != NULL);
    report(out, all, n);
    assert(fclose(out) == 0);
}

int report_main(int argc, char **argv, const char *ending,
                void (*report)(FILE *, const struct verdict *const *, size_t))
{
    static struct told_run told[TOLD_KINDS + 1];
    const struct verdict *all[TOLD_KINDS + 1];

    if (argc < 2)
        return -1;
    for (int i = 0; i < TOLD_KINDS; i++) {
        tell(&told[i], (enum told_kind)i);
        all[i] = &told[i].v;
    }
    tell_many(&told[TOLD_KINDS], 1000);
    all[TOLD_KINDS] = &told[TOLD_KINDS].v;
    write_reports(argv[1], "varied", ending, all, TOLD_HOSTILE, report);
    write_reports(argv[1], "hostile", ending, all + TOLD_HOSTILE, 1, report);
    write_reports(argv[1], "many", ending, all + TOLD_KINDS, 1, report);
    write_reports(argv[1], "none", ending, all, 0, report);
    for (int i = 0; i <= TOLD_KINDS; i++)
        told_clear(&told[i]);
    return 0;
}
