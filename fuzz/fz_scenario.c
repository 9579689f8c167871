/* SPDX-License-Identifier: MIT */
/*
 * Scenario files: arbitrary octets, and at each 0xFE the next file that may be included,
 * `a` the first, `b` the next, and so on round (so that there are circles, too).
 *
 * What loads is played: a few requests, and those that its rules ask for. Whatever it
 * is, complaints stand inside of the text, plans can be performed, the same seed tells the
 * same story, it takes no more than its time, and all memory comes back, also when some of
 * it is missing.
 */
#include <time.h>

#include "fuzz.h"
#include "perform.h"
#include "remarks.h"
#include "scribe.h"

#define PART       0xfe
#define TEXT_MOST  (256u << 10)
#define SECONDS    8 /* of CPU, with sanitizers on a busy machine */
#define FIELDS     32
#define RULES_MOST 12u

/* ---- files ---- */

struct shelf_of_files {
    struct slice parts[16];
    uint32_t n;
};

static void part(struct shelf_of_files *f, struct slice text)
{
    *f = (struct shelf_of_files){0};
    while (text.at != NULL && f->n < COUNT(f->parts))
        f->parts[f->n++] = slice_cut(&text, (char)PART);
}

static bool read_part(void *arg, struct slice from, struct slice name, struct arena *a,
                      struct source *out, struct complaint *why)
{
    const struct shelf_of_files *f = arg;
    unsigned nth = name.len == 0 ? 0 : (unsigned char)name.at[name.len - 1];

    if (from.at == NULL || name.len == 0)
        fuzz_must("a file without a name, or from nowhere");
    if (name.len > 8)
        return complain(why, "there is no %.*s", SLICE_ARGS(name));
    nth = (nth + f->n - 'a' % f->n + 1) % f->n;
    out->name = arena_printf(a, "part-%u", nth);
    out->text = arena_copy(a, f->parts[nth]);
    return (out->name.at != NULL && out->text.at != NULL) || complain(why, "out of memory");
}

/* ---- what is in it ---- */

static void judge_condition(const struct condition *c, unsigned depth)
{
    char words[300];

    if (depth > DOC_DEPTH)
        fuzz_must("conditions deeper than a document");
    for (; c != NULL; c = c->next) {
        condition_print(c, words, 8);
        if (strlen(words) >= 8 || condition_print(c, words, sizeof(words)) == 0 ||
            words[0] == '\0')
            fuzz_must("a condition without words");
        judge_condition(c->inner, depth + 1);
    }
}

static void judge_scenario(const struct scenario *s)
{
    if (s->index == NULL || (s->n_rules > 0 && s->rules == NULL))
        fuzz_must("a scenario without its rules");
    for (uint32_t i = 0; i < s->n_rules; i++) {
        const struct rule *r = &s->rules[i];
        if (r->index != i + 1 || r->n_replies == 0 || r->name.len == 0)
            fuzz_must("a rule that is none");
        judge_condition(r->conditions, 0);
    }
}

/* ---- requests ---- */

static const char *const heads[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /x/1?x=1&y=%20z HTTP/1.1\r\nHost: a.test:80\r\nCookie: sid=1; a=b\r\nX-Key: k\r\n"
    "X: y\r\nAccept: text/html\r\n\r\n",
    "POST /b HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 7\r\n\r\n",
    "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    "Content-Length: 16\r\nExpect: 100-continue\r\n\r\n",
    "HEAD /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n",
    "GET /a HTTP/1.0\r\n\r\n",
    "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n"
    "Proxy-Authorization: Basic YTpi\r\n\r\n",
    "GET http://127.0.0.1:8080/a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nConnection: "
    "Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n",
};

static const struct slice bodies[] = {
    [2] = SLICE("a=b&c=d"), [3] = SLICE("{\"a\":[1,\"x\"],\"b\":2}")};

static bool parse_request(struct slice head, struct http_request *req)
{
    static struct http_field fields[FIELDS];
    struct h1_fault fault;

    *req = (struct http_request){.fields = {.at = fields, .cap = FIELDS}};
    return h1_parse_request(head.at, head.len, 0, &limits_default, 0, req, &fault) > 0;
}

static bool parse_response(const struct http_request *req, struct http_response *res)
{
    static struct http_field fields[FIELDS];
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX: y\r\n"
                               "Content-Encoding: gzip\r\n\r\n";
    struct h1_asked asked = {req->method, req->wants_upgrade};
    struct h1_fault fault;

    *res = (struct http_response){.fields = {.at = fields, .cap = FIELDS}};
    return h1_parse_response(head, sizeof(head) - 1, 0, &limits_default, 0, asked, res,
                             &fault) > 0;
}

/* The method and the path that a rule asks for, as far as a request can have them. */
static struct slice head_for(const struct rule *r, struct arena *a)
{
    struct slice method = SLICE("GET"), path = SLICE("/"), head;

    for (const struct condition *c = r->conditions; c != NULL; c = c->next)
        if (c->kind == CONDITION_METHOD && c->n_words > 0)
            method = c->words[0];
    if (r->path != NULL)
        path = glob_text(r->path);
    if (path.len > 200 || method.len > 20)
        return NO_SLICE;
    head = arena_printf(a, "%.*s %.*s HTTP/1.1\r\nHost: a.test\r\nX: y\r\n\r\n",
                        SLICE_ARGS(method), SLICE_ARGS(path));
    for (size_t i = method.len + 1; head.at != NULL && i < method.len + 1 + path.len; i++)
        if (strchr("{}<>\"\\^`|", head.at[i]) != NULL)
            ((char *)head.at)[i] = 'x';
    return head;
}

static const struct setting settings[] = {
    {.from_loopback = true, .pseudonym = SLICE("naysay-fuzz")},
    {.upstream = {.host = SLICE("127.0.0.1"), .port = 8080},
     .upstream_path = SLICE("/api"),
     .pseudonym = SLICE("naysay-fuzz")},
};

static void ask(struct run *run, struct facts *facts, struct slice head, struct slice body,
                struct buf *out)
{
    struct http_request req;
    struct http_response res;

    if (!parse_request(head, &req))
        return;
    facts->request = &req;
    facts->method = req.method;
    facts->body = body.at == NULL ? SLICE("") : body;
    facts->nth++;
    facts->since_ns += 400 * NS_PER_MS;
    facts->nth_on_connection = (uint32_t)(facts->nth % 3 + 1);
    facts->connection = facts->nth / 3 + 1;
    run->setting = settings[facts->nth % COUNT(settings)];
    perform_request(run, facts,
                    facts->nth % 4 > 0 && parse_response(&req, &res) ? &res : NULL, out);
    if (facts->nth == 2) {
        FILE *nowhere = fopen("/dev/null", "w");
        if (nowhere == NULL)
            abort();
        facts->moment = MOMENT_REQUEST;
        run_explain(run, facts, nowhere, true);
        fclose(nowhere);
    }
}

static void greet(struct run *run, struct facts *facts, struct buf *out)
{
    struct arena arena;
    struct plan plan;

    arena_init(&arena, NULL);
    plan_init(&plan, &arena);
    facts->moment = MOMENT_ACCEPT;
    decide(run, facts, &plan);
    must_perform(&plan, facts, out);
    arena_clear(&arena);
}

/* All that a run says to these requests. */
static void play(const struct scenario *s, struct buf *out)
{
    struct facts facts = {
        .unix_time = 1795248000, .client = SLICE("192.0.2.7"), .connection = 1};
    struct arena arena;
    struct run run;

    if (!run_init(&run, s, s->has_seed ? s->seed : 7))
        fuzz_must("there is memory, and no run");
    arena_init(&arena, NULL);
    for (facts.connection = 1; facts.connection <= 3; facts.connection++)
        greet(&run, &facts, out);
    for (unsigned turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < COUNT(heads); i++)
            ask(&run, &facts, slice_of(heads[i]), i < COUNT(bodies) ? bodies[i] : NO_SLICE,
                out);
        for (uint32_t i = 0; i < s->n_rules && i < RULES_MOST; i++)
            ask(&run, &facts, head_for(&s->rules[i], &arena), SLICE("abc"), out);
    }
    arena_clear(&arena);
    run_clear(&run);
}

static void play_twice(const struct scenario *s)
{
    struct buf one = {0}, two = {0};

    play(s, &one);
    play(s, &two);
    if (!slice_is(buf_slice(&one), buf_slice(&two)))
        fuzz_must("the same seed tells two stories");
    if (getenv("FUZZ_SHOW") != NULL)
        fprintf(stderr, "%.*s", SLICE_ARGS(buf_slice(&one)));
    buf_clear(&one);
    buf_clear(&two);
}

/* ---- loading ---- */

static bool load(struct book *b, struct shelf_of_files *f)
{
    const struct files files = {.read = read_part, .arg = f, .skips_shared = f->n > 8};
    const struct source source = {SLICE("part-0"), f->parts[0]};

    book_init(b);
    return book_load(b, &source, f->n > 1 ? &files : NULL);
}

static void judge(struct shelf_of_files *f)
{
    struct book book;
    bool ok = load(&book, f);

    if (ok != (book.why.errors == 0))
        fuzz_must("loaded and complained of, or neither");
    for (const struct remark *r = book.why.first; r != NULL; r = r->next)
        if (r->source == NULL)
            fuzz_must("a complaint without a place");
    remarks_judge(&book.why);
    for (uint32_t i = 0; i < book.n; i++)
        judge_scenario(book.scenarios[i]);
    for (uint32_t i = 0; ok && i < book.n && i < 4; i++)
        play_twice(book.scenarios[i]);
    book_clear(&book);
}

/* Where memory runs out there is a complaint, and nothing else. */
static void judge_shortage(struct shelf_of_files *f, uint64_t number)
{
    struct book book;
    uint64_t before = mem_count(), used;
    bool ok = load(&book, f);

    used = mem_count() - before;
    book_clear(&book);
    if (!ok || used == 0)
        return;
    mem_fail(number % used + 1, false);
    ok = load(&book, f);
    mem_fail(0, false);
    if (!ok && book.why.errors == 0) /* what can be done without may be missing */
        fuzz_must("memory ran out, and there is no complaint");
    book_clear(&book);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct slice text = {(const char *)octets, len};
    uint64_t live = mem_live();
    clock_t from = clock();
    struct shelf_of_files f;

    if (len == 0 || len > TEXT_MOST)
        return 0;
    part(&f, text);
    judge(&f);
    judge_shortage(&f, fuzz_number(octets, len));
    if (mem_live() != live)
        fuzz_must("memory is left over");
    if (clock() - from > SECONDS * CLOCKS_PER_SEC)
        fuzz_must("this takes too long");
    return 0;
}

/* ---- other texts ---- */

extern size_t LLVMFuzzerMutate(uint8_t *octets, size_t len, size_t most)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *octets, size_t len, size_t most, unsigned number);

/* Half of them by the tables of keys, what follows the first file as it is. */
size_t LLVMFuzzerCustomMutator(uint8_t *octets, size_t len, size_t most, unsigned number)
{
    static char out[TEXT_MOST];
    const uint8_t *end = len == 0 ? NULL : memchr(octets, PART, len);
    size_t first = end == NULL ? len : (size_t)(end - octets), rest = len - first, n;

    if (number % 4 == 0 || most > sizeof(out) || rest > most)
        return LLVMFuzzerMutate(octets, len, most);
    n = scribe((struct slice){(const char *)octets, first}, number, out, most - rest);
    if (n == 0)
        return LLVMFuzzerMutate(octets, len, most);
    memmove(octets + n, octets + first, rest);
    memcpy(octets, out, n);
    return n + rest;
}
