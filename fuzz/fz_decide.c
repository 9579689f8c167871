/* SPDX-License-Identifier: MIT */
/*
 * Deciding: loaded scenarios that between them have every condition, every reply and
 * templates in every place, and what clients and upstreams say to them.
 *
 * An input is two octets, the scenario and where it plays, and then requests, each behind
 * 0xFF and four octets: how it comes, what the upstream makes of it, how much later it is,
 * on which connection; then its head and its body.
 *
 * Whatever it was: each plan can be performed, and is honest but for its intents; the same
 * again makes the same plans; what a run remembers is bounded; no memory is left.
 */
#include "../src/decide/state.h"
#include "fuzz.h"
#include "perform.h"

#define MARK   0xff
#define FIELDS 64

/* ---- scenarios ---- */

/* clang-format off */
static const char conditions[] =
    "scenario: conditions\n"
    "key: header x-key\n"
    "session: {cookie: sid, lasts: [3 requests, 10s], idle: 2s}\n"
    "rules:\n"
    "- {match: 'GET|POST /m/{a}/{b}.js', do: {body: '{{request.path.a}}-{{request.path.b}}'}}\n"
    "- {match: any /h, when: {header: {x: '/^(a|b)+$/i', accept: {contains: html}, no: absent}}, do: 201}\n"
    "- {match: any /q, when: {query: {x: '>= 10', y: ['*z*', {equals: A, case: ignore}]}}, do: 202}\n"
    "- {match: any /c, when: {cookie: {a: present, b: {not: {any: ['1', 2..5]}}}}, do: 203}\n"
    "- {match: any /f, when: {form: {a: b, c: '<= 3.5'}}, do: 205}\n"
    "- {match: any /j, when: {json: {a.0.b: 1, c: present, d: 'null'}}, do: 206}\n"
    "- {match: any /b, when: {body: '*abc*'}, do: 207}\n"
    "- {match: any /v, when: {version: '1.0'}, do: 208}\n"
    "- {match: any /n, when: {connection: new, on-connection: 1..2}, do: 226}\n"
    "- {match: any /i, when: {client: '192.0.2.*', user: a*}, do: 300}\n"
    "- {match: any /r, when: {request: 2..4, since: 1s..}, do: 301}\n"
    "- {match: any /s, when: {state: [inside, start]}, do: {goto: inside, status: 302}}\n"
    "- {match: any /o, do: {session: open}}\n"
    "- {match: any /e, when: {session: open}, do: {body: '{{session.requests}}', session: close}}\n"
    "- {match: any /x, when: {not: {any: [{path: /y}, {all: [{host: b}, {method: PUT}]}]}, nth: 2..3}, do: 303}\n"
    "- {match: 'any http://*.test:80/u/**', do: 304}\n"
    "- {match: 'CONNECT *:443', do: 407}\n"
    "- {match: 'any /d/**/e/*/{f}', when: {chance: 50%}, do: 308}\n";

static const char replies[] =
    "scenario: replies\n"
    "key: client\n"
    "seed: 3\n"
    "rules:\n"
    "- {match: any /s, do: [503, '103,200', iis/440, nginx/444, 101, 204, 205, 304, 426, 999, cloudflare/522], then: cycle}\n"
    "- {match: any /h, do: {headers: {x: ['{{request.header.x}}', '{{request.url}}'], date: '{{now}}'}, add-headers: "
    "{x: '{{request.query.x}}', location: '/{{request.path.a}}?{{request.query}}'}, remove-headers: [etag, content-type]}}\n"
    "- {match: any /t, do: {body: '<{{request.body}}>{{request.form.a}}{{request.cookie.a}}', type: text/html, reason: Ja, end: half}}\n"
    "- {match: any /j, do: {json: {a: '{{request.json.a}}', b: ['{{request.header.x}}', '{{request.host}}', null]}, coding: gzip}}\n"
    "- {match: any /r, do: {body: '{{random 1 6}}{{uuid}}{{pick a b c}}{{seed}}{{attempt}}{{nth}}', chunk: 3, trailers: {x: '{{request.header.x}}'}}}\n"
    "- {match: any /i, do: {status: 200, interim: [103, {status: 102, headers: {link: '{{request.target}}'}}], body: '{{client}}{{connection}}'}}\n"
    "- {match: any /f, do: {fill: 70KiB, rate: 1MiB/s, wait: {normal: [80ms, 20ms]}}}\n"
    "- {match: any /v, do: {set: {v: '{{request.header.x}}{{var.v}}', w: '{{request.path}}'}, count: [n, m], body: '{{var.n}}{{var.v}}', goto: a}}\n"
    "- {match: any /c, choose: [{status: 500, weight: 3}, reset, close, hold, {base64: AP8=, end: race}]}\n"
    "- {match: any /1, do: {steps: [{wait: 1ms..9ms}, {interim: 103}, {head: {status: 200, headers: {x: '{{request.header.x}}'}}}, "
    "{body: '{{request.body}}'}, {body: {fill: 9, rate: 1KiB/s}}, {end: reset}]}}\n"
    "- {match: any /2, do: {steps: [read, {head: {status: 200, headers: {content-length: 5}}}, {body: '{{request.header.x}}'}, {end: keep}]}}\n"
    "- {match: any /3, do: {steps: [{head: {status: 200, headers: {transfer-encoding: chunked}}}, {body: {text: '{{request.target}}', chunk: 2}}, {end: race}]}}\n"
    "- {match: any /4, do: {steps: [{raw: \"{{request.header.x}}\\r\\n\\r\\n\"}, {hold: 1s}]}}\n"
    "- {match: any /5, do: {steps: [{head: 200}, {tunnel: '127.0.0.1:1'}]}}\n"
    "- {match: any /6, do: {steps: [{head: 426}, {body: {json: {a: '{{request.url}}'}}}, {end: half}]}}\n"
    "- {match: 'CONNECT *:1', do: {steps: [{tunnel: true}]}}\n"
    "otherwise: {status: 404, body: '{{request.method}} {{state}} {{rule}} {{scenario}}', type: application/json}\n";

static const char passes[] =
    "scenario: passes\n"
    "as: nginx\n"
    "upstream: 'http://127.0.0.1:3000/up'\n"
    "rules:\n"
    "- {match: any /a, do: {pass: true, request: {headers: {x: '{{request.header.x}}', host: b}, add-headers: {x: z}, remove-headers: [cookie, via]}}}\n"
    "- {match: any /b, do: {pass: true, response: {status: 418, headers: {x: '{{request.url}}'}, remove-headers: x, body: '{{request.body}}'}}}\n"
    "- {match: any /c, do: {pass: 'http://[::1]:81/x/', response: {status: 204}}}\n"
    "- {match: any /d, do: {pass: true, response: {json: {a: '{{request.target}}'}}, faults: [{cut: {after: 2}}]}}\n"
    "- {match: any /e, do: {pass: true, response: {status: 205}, wait: 1ms}}\n"
    "- {match: any /f, do: {pass: true, response: {status: 200}}}\n"
    "- {match: any **, do: pass, times: 3}\n";

static const char faulty[] =
    "scenario: faulty\n"
    "connections: [{nth: 2, do: accept-reset}, {nth: 3, do: accept-silence}, {nth: 4, do: {slow-accept: 5ms}}, {nth: 5, do: accept-close}]\n"
    "faults: [{delay: 1ms, chance: 0.1}]\n"
    "rules:\n"
    "- {match: any /a, do: {body: '{{request.body}}abcdefghij', faults: [{cut: {after: 50%}}]}}\n"
    "- {match: any /b, do: {body: '{{request.body}}', chunk: 2, faults: [bad-chunk-size, chunk-extension-flood]}}\n"
    "- {match: any /c, do: {body: '{{request.header.x}}', faults: [no-last-chunk]}}\n"
    "- {match: any /d, do: {body: abc, faults: [status-line, nul-in-field, obs-fold, bare-lf, space-before-colon, eight-bit-in-field]}}\n"
    "- {match: any /e, do: {body: abc, faults: [two-answers, {content-length: {form: long, by: 3}}]}}\n"
    "- {match: any /f, do: {body: abc, faults: [drip, race]}}\n"
    "- {match: any /g, do: {body: abc, faults: [{garbage: after}, {header-flood: 3}, {giant-header: 100}]}}\n"
    "- {match: any /h, do: [{faults: [hold]}, {faults: [close]}, {faults: [reset]}, {faults: [half-close]}, {faults: [answer-early]}], then: cycle}\n"
    "- {match: any /i, do: {body: aaaaaaaaaaaaaaaa, faults: [truncated-gzip]}}\n"
    "- {match: any /j, do: {body: abc, faults: [wrong-coding, {stall: {after: 1, for: 1s}}, {throttle: {rate: 9/s, direction: both}}]}}\n"
    "- {match: any /k, do: {status: 204, faults: [{content-length: duplicate}]}}\n"
    "- {match: any /l, do: {steps: [{head: 200}, {body: abc}, {body: def}], faults: [{cut: {after: 4, then: reset}}]}}\n"
    "- {match: any /m, do: {steps: [{raw: x}], faults: [cut]}}\n"
    "- {match: any /n, faults: [{cut: {after: 3}}], do: pass}\n"
    "- {match: any /o, do: {pass: true, faults: [no-last-chunk]}}\n"
    "- {match: any /p, do: {pass: true, faults: [{stall: {after: 50%}}, two-answers]}}\n"
    "- {match: any /q, do: {pass: true, faults: [{garbage: instead}]}}\n"
    "- {match: any /r, do: {pass: true, faults: [{truncated-gzip: 1}]}}\n"
    "- {match: any **, do: {pass: true, faults: [{throttle: {rate: 100/s, direction: in}, chance: 0.5}, {content-length: {form: short}, chance: 0.5}]}}\n";

static const char guarded[] =
    "scenario: guarded\n"
    "key: user\n"
    "auth: {proxy: {schemes: [basic, digest], realm: lab, users: {a: b}, digest: {stale-after: 2, algorithms: [SHA-256, MD5]}}, "
    "origin: {schemes: [digest], realm: r, users: {c: d}, digest: {qop: [auth, auth-int]}}}\n"
    "rules:\n"
    "- {match: 'any /x/{id}', do: [503, {body: '{{request.path.id}}'}], then: cycle}\n"
    "- {match: any /y, when: {user: a}, do: 200}\n"
    "- {match: any **, do: pass}\n";

static const char wanting[] = "scenario: nothing\n";
/* clang-format on */

static const char *const texts[] = {conditions, replies, passes, faulty, guarded, wanting};
static struct book books[COUNT(texts)];

/* Loaded once: nothing changes a scenario. */
static const struct scenario *scenario_of(uint8_t octet)
{
    size_t i = octet % COUNT(texts);

    if (books[i].n == 0) {
        struct source source = {SLICE("stage.yaml"), slice_of(texts[i])};
        book_init(&books[i]);
        if (!book_load(&books[i], &source, NULL)) {
            complaints_print(&books[i].why, stderr, false);
            fuzz_must("a scenario of ours does not load");
        }
    }
    return books[i].scenarios[0];
}

static const struct setting settings[] = {
    {.from_loopback = true, .pseudonym = SLICE("naysay-fuzz")},
    {.upstream = {.host = SLICE("127.0.0.1"), .port = 8080},
     .upstream_path = SLICE("/api"),
     .allow_request_control = true,
     .pseudonym = SLICE("naysay-fuzz")},
    {.allow_listed = true,
     .self = {.host = SLICE("127.0.0.1"), .port = 80},
     .pseudonym = SLICE("naysay-fuzz")},
    {.pseudonym = SLICE("naysay-fuzz")},
};

/* ---- what an upstream says ---- */

static const char *const answers[] = {
    NULL,
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX: y\r\nX: z\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n",
    "HTTP/1.0 404 No\r\nConnection: x\r\nX: y\r\n\r\n",
    "HTTP/1.1 204 No\r\nETag: \"x\"\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
    "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 503 \xff\r\nDate: x\r\nVia: 1.0 a\r\nContent-Length: "
    "18446744073709551615\r\n\r\n",
};

static bool parse_answer(const char *head, const struct http_request *req,
                         struct http_response *res)
{
    static struct http_field fields[FIELDS];
    struct h1_asked asked = {req->method, req->wants_upgrade};
    struct h1_fault fault;

    if (head == NULL)
        return false;
    *res = (struct http_response){.fields = {.at = fields, .cap = FIELDS}};
    return h1_parse_response(head, strlen(head), 0, &limits_default, 0, asked, res,
                             &fault) > 0;
}

/* ---- requests ---- */

enum how { BODY_UNREAD = 1, INSIDE = 2, NO_MEMORY = 4, BROKEN = 8, GREETED = 16 };

struct game {
    struct run run;
    struct facts facts;
    struct buf out;
    bool is_short; /* of memory, once */
};

static ssize_t parse_request(struct slice text, struct http_request *req,
                             struct h1_fault *fault)
{
    static struct http_field fields[FIELDS];

    *req = (struct http_request){.fields = {.at = fields, .cap = FIELDS}};
    return h1_parse_request(text.at, text.len, 0, &limits_default, 0, req, fault);
}

static void decide_alone(struct game *g)
{
    struct arena arena;
    struct plan plan;

    arena_init(&arena, NULL);
    plan_init(&plan, &arena);
    decide(&g->run, &g->facts, &plan);
    mem_fail(0, false);
    if (!plan.spent || !g->is_short)
        must_perform(&plan, &g->facts, &g->out);
    arena_clear(&arena);
}

/* A head that is none; or any failure, before there was a head. */
static void ask_broken(struct game *g, struct h1_fault *fault, uint8_t which)
{
    g->facts.moment = MOMENT_FAILURE;
    g->facts.request = NULL;
    g->facts.fault = fault->words == NULL ? NULL : fault;
    g->facts.failure = (enum ending)(which % ENDING_COUNT);
    if (g->facts.failure == ENDING_NONE)
        g->facts.failure = ENDING_BAD_REQUEST;
    decide_alone(g);
    g->facts.fault = NULL;
}

static void ask_short(struct game *g, uint8_t nth)
{
    g->is_short = true;
    g->facts.moment = MOMENT_REQUEST;
    mem_fail(nth % 40 + 1u, false);
    decide_alone(g);
}

static void ask(struct game *g, const uint8_t how[4], struct slice text)
{
    struct h1_fault fault = {0};
    struct http_response res;
    struct http_request req;
    ssize_t head = parse_request(text, &req, &fault);

    g->facts.nth++;
    g->facts.since_ns += (uint64_t)how[2] * how[2] * NS_PER_MS;
    g->facts.connection = how[3] % 7 + 1;
    g->facts.nth_on_connection = how[3] / 7 + 1;
    g->facts.method = req.method;
    g->facts.inside = how[0] & INSIDE ? SLICE("a.test:443") : SLICE("");
    g->facts.moment = MOMENT_ACCEPT;
    g->facts.request = NULL;
    if (how[0] & GREETED)
        decide_alone(g);
    if (head <= 0 || (how[0] & BROKEN)) {
        ask_broken(g, &fault, how[1]);
        return;
    }
    g->facts.request = &req;
    g->facts.body = (struct slice){text.at + head, text.len - (size_t)head};
    if (how[0] & BODY_UNREAD)
        g->facts.body = NO_SLICE;
    if (how[0] & NO_MEMORY)
        ask_short(g, how[1]);
    else
        perform_request(&g->run, &g->facts,
                        parse_answer(answers[how[1] % COUNT(answers)], &req, &res) ? &res
                                                                                   : NULL,
                        &g->out);
}

/* ---- a whole input ---- */

static void judge_state(const struct run *run)
{
    if (run->keyed->n > RUN_KEYS ||
        (run->sessions != NULL && run->sessions->n > RUN_SESSIONS))
        fuzz_must("a run remembers too much");
    for (const struct thing *t = run->keyed->newest; t != NULL; t = t->older) {
        const struct keyed *k = (const struct keyed *)(const void *)t;
        if (k->n_variables > MOST_VARIABLES || k->n_tallies > run->scenario->n_rules ||
            t->name.len > 256)
            fuzz_must("a key remembers too much");
        for (const struct variable *v = k->variables; v != NULL; v = v->next)
            if (strlen(v->value) > MOST_VALUE)
                fuzz_must("a variable remembers too much");
    }
}

static void play(struct game *g, const uint8_t *octets, size_t len)
{
    const uint8_t *at = octets + 2, *end = octets + len, *next;
    const struct scenario *s = scenario_of(octets[0]);

    *g = (struct game){
        .facts = {.unix_time = 1795248000, .client = SLICE("192.0.2.7"), .connection = 1}};
    if (!run_init(&g->run, s, s->has_seed ? s->seed : octets[1]))
        fuzz_must("there is memory, and no run");
    g->run.setting = settings[octets[1] % COUNT(settings)];
    while (end - at >= 5) {
        next = memchr(at + 5, MARK, (size_t)(end - at - 5));
        next = next == NULL ? end : next;
        ask(g, at + 1, (struct slice){(const char *)at + 5, (size_t)(next - at - 5)});
        at = next;
    }
    judge_state(&g->run);
    run_clear(&g->run);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct game one, two;
    uint64_t live;

    if (len < 8 || len > 1 << 14)
        return 0;
    scenario_of(octets[0]);
    live = mem_live();
    play(&one, octets, len);
    play(&two, octets, len);
    if (!one.is_short && !slice_is(buf_slice(&one.out), buf_slice(&two.out)))
        fuzz_must("the same again makes other plans");
    if (getenv("FUZZ_SHOW") != NULL)
        fprintf(stderr, "%.*s", SLICE_ARGS(buf_slice(&one.out)));
    buf_clear(&one.out);
    buf_clear(&two.out);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
