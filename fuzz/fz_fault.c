/* SPDX-License-Identifier: MIT */
/*
 * Faults, from their text to the wire. An input is an octet that chooses a plan, one that
 * says how the client behaves, and a YAML document with a list of faults.
 *
 * Whatever it was: a fault that cannot be told leaves the plan as it was; a plan ends with
 * its end and is numbered; performed by the real player, all ends, nothing is left in
 * memory, and what no intent answers for is HTTP and what the journal tells.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../src/proxy/conn.h"
#include "audit.h"
#include "fuzz.h"
#include "naysay/fault.h"
#include "peer.h"

#define JOURNAL_MOST ((size_t)64 << 20)
#define FAULTS_MOST  8

enum switches {
    GREETING = 1,
    POSTING = 2, /* a request with a body */
    SLOWLY = 4,  /* the client reads a little at a time */
    LEAVING = 8, /* it goes away in the middle */
    SMALL = 16,  /* small buffers */
    OUT_OF_MEMORY = 32
};

struct play {
    struct worker worker;
    struct server server;
    struct scenario scenario;
    struct limits limits;
    struct peer client, upstream;
    struct arena arena;
    struct fault faults[FAULTS_MOST];
    size_t n_faults;
    unsigned plan;
    uint8_t switches;
};

static struct play play;

/* ---- plans ---- */

static struct http_response *add_head(struct plan *p, enum http_body_kind kind,
                                      uint64_t length)
{
    struct http_response *r = plan_add_head(p, 200, SLICE("OK"), 2);

    if (r != NULL)
        r->framing = (struct http_framing){.kind = kind, .length = length};
    return r;
}

static void make_length(struct plan *p)
{
    add_head(p, BODY_LENGTH, 1000);
    plan_add_fill(p, SLICE("0123456789"), 1000);
    plan_add_end(p, END_KEEP);
}

static void make_chunked(struct plan *p)
{
    struct step *body;

    plan_add_read(p);
    add_head(p, BODY_CHUNKED, 0);
    body = plan_add_fill(p, SLICE("abc"), 70000);
    if (body != NULL)
        body->body.flow.chunk = 1000;
    plan_add_last(p, 0);
    plan_add_end(p, END_KEEP);
}

static void make_parts(struct plan *p)
{
    plan_add_interim(p, 103, SLICE("Early Hints"), 0);
    add_head(p, BODY_LENGTH, 30);
    plan_add_fill(p, SLICE("a"), 10);
    plan_add_wait(p, NS_PER_S);
    plan_add_fill(p, SLICE("b"), 20);
    plan_add_end(p, END_CLOSE);
}

static void make_empty(struct plan *p)
{
    add_head(p, BODY_NONE, 0);
    plan_add_end(p, END_KEEP);
}

static void make_close(struct plan *p)
{
    add_head(p, BODY_CLOSE, 0);
    plan_add_fill(p, SLICE("xy"), 100);
    plan_add_end(p, END_CLOSE);
}

static void make_relay(struct plan *p, const struct facts *facts)
{
    struct http_field *host = arena_alloc(p->arena, sizeof(*host));
    struct relay *r;

    if (facts->moment == MOMENT_RESPONSE) {
        add_head(p, facts->response->framing.kind, facts->response->framing.length);
        plan_add_plain(p, STEP_PIPE);
        plan_add_end(p, END_KEEP);
        return;
    }
    r = plan_add_relay(p);
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

static void make(struct plan *p, const struct facts *facts)
{
    static void (*const makers[])(struct plan *) = {make_length, make_chunked, make_parts,
                                                    make_empty, make_close};

    if (play.plan < COUNT(makers))
        makers[play.plan](p);
    else
        make_relay(p, facts);
}

#define PLANS 7u /* the last two are relays */

static const char *const answers[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n0123456789012345678901234567890123456789",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\n01234\r\na\r\n0123456789\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n"};

/* ---- deciding ---- */

static void say_plan(const struct plan *p, char *out, size_t size)
{
    size_t n = 0;

    for (const struct step *s = p->first; s != NULL && n < size; s = s->next)
        n += (size_t)step_print(s, out + n, size - n);
}

static void judge_plan(const struct plan *p)
{
    unsigned n = 0;

    for (const struct step *s = p->first; s != NULL; s = s->next) {
        if (s->index != n++)
            fuzz_must("the steps are not numbered");
        if ((s->kind == STEP_END) != (s->next == NULL))
            fuzz_must("a plan does not end with its end");
        if (s->next == NULL && s != p->last)
            fuzz_must("the last step is not the last");
    }
    if (n != p->n)
        fuzz_must("the steps are not counted");
}

static void apply_all(struct plan *p, bool is_accept)
{
    static char before[4096], after[4096];

    for (size_t i = 0; i < play.n_faults && !p->spent; i++) {
        const struct fault *f = &play.faults[i];
        if ((f->kind->stage == STAGE_ACCEPT) != is_accept)
            continue;
        memset(before, 0, sizeof(before));
        memset(after, 0, sizeof(after));
        say_plan(p, before, sizeof(before));
        if (fault_apply(p, f, 7 + i) == NULL)
            continue;
        say_plan(p, after, sizeof(after));
        if (strcmp(before, after) != 0)
            fuzz_must("a fault that cannot be told has changed the plan");
    }
    if (!p->spent && p->first != NULL)
        judge_plan(p);
}

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan);

void __wrap_decide(struct run *run, const struct facts *facts, struct plan *plan)
{
    (void)run;
    if (facts->moment == MOMENT_FAILURE) {
        plan->ending = facts->failure;
        plan_add_end(plan, END_CLOSE);
        return;
    }
    if (facts->moment != MOMENT_ACCEPT)
        make(plan, facts);
    apply_all(plan, facts->moment == MOMENT_ACCEPT);
}

/* ---- the journal ---- */

static int journal_fd = -1;
static const char *journal_text;
static char journal_path[40];

static void make_journal_file(void)
{
    if (journal_fd >= 0)
        return;
    journal_fd = memfd_create("journal", 0);
    journal_text = mmap(NULL, JOURNAL_MOST, PROT_READ, MAP_SHARED, journal_fd, 0);
    snprintf(journal_path, sizeof(journal_path), "/proc/self/fd/%d", journal_fd);
    if (journal_fd < 0 || journal_text == MAP_FAILED)
        fuzz_must("no file for the journal");
}

static struct slice journal_slice(void)
{
    struct stat what;

    if (fstat(journal_fd, &what) < 0 || (size_t)what.st_size > JOURNAL_MOST)
        fuzz_must("the journal is too large");
    return (struct slice){journal_text, (size_t)what.st_size};
}

/* ---- the stage ---- */

static int on_connect(void *arg, const struct address *to, struct stream *s,
                      struct worker *w)
{
    (void)arg;
    (void)to;
    if (play.upstream.was_opened)
        return ECONNREFUSED;
    stream_open(s, w, &wire_peer, -1, NULL, NULL);
    s->script = &play.upstream;
    play.upstream.stream = s;
    play.upstream.was_opened = true;
    return 0;
}

static bool load_faults(const uint8_t *octets, size_t len)
{
    struct source source = {.name = SLICE("fuzz"), .text = {(const char *)octets, len}};
    struct complaints why;
    struct loader l = {.arena = &play.arena, .why = &why};
    const struct node *docs, *n;

    complaints_init(&why, &play.arena);
    docs = doc_parse(&play.arena, &source, &why);
    if (docs == NULL || docs->first == NULL || why.errors > 0)
        return false;
    n = docs->first->kind == NODE_LIST ? docs->first->first : docs->first;
    for (; n != NULL && play.n_faults < FAULTS_MOST; n = n->next) {
        bool ok = shape_load(&l, &shape_fault, n, &play.faults[play.n_faults]);
        if (ok != (why.errors == 0))
            fuzz_must("a fault loads with complaints, or does not without");
        if (!ok)
            return false;
        play.n_faults++;
    }
    return true;
}

static void settle(void)
{
    bool any = true;

    for (unsigned i = 0; any; i++) {
        worker_turn(&play.worker);
        any = peer_poke(&play.client);
        any = peer_poke(&play.upstream) || any;
        if (play.switches & SLOWLY && play.client.room < 1000 && i % 8 == 7)
            play.client.room += 10000;
        if (i > 1000000)
            fuzz_must("the loop does not come to rest");
    }
    worker_turn(&play.worker);
}

static void say(struct peer *who, const char *text)
{
    peer_say(who, (const uint8_t *)text, strlen(text));
    settle();
}

static void run_out_the_clock(void)
{
    const struct timers *ts = &play.worker.timers;

    for (unsigned i = 0; play.server.n_conns > 0; i++) {
        if (ts->n == 0 || i > 1000000)
            fuzz_must(ts->n == 0 ? "a connection waits, and nothing will wake it"
                                 : "a connection goes on for ever");
        if (ts->heap[1]->due > play.worker.now)
            play.worker.now = ts->heap[1]->due;
        if (play.switches & LEAVING && i == 3)
            play.client.fin = true;
        if (i > 500)
            play.client.room = SIZE_MAX;
        settle();
    }
}

static const char *const posts[][2] = {
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nHello, ", "body!"},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n",
     "f\r\n, and a trailer\r\n0\r\nX-T: 1\r\n\r\n"}};

static void perform(void)
{
    struct address from;

    if (!address_parse(SLICE("192.0.2.7:50514"), &from))
        fuzz_must("a client's address does not parse");
    if (play.switches & OUT_OF_MEMORY)
        mem_fail(13 + play.plan, true);
    if (!server_accept(&play.server, &wire_peer, -1, &play.client, &from))
        return;
    settle();
    if (play.switches & POSTING) {
        say(&play.client, posts[play.plan % 2][0]);
        say(&play.client, posts[play.plan % 2][1]);
    } else
        say(&play.client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    if (play.upstream.stream != NULL)
        say(&play.upstream, answers[play.plan % 2]);
    run_out_the_clock();
}

static void begin(void)
{
    worker_init_by_hand(&play.worker);
    play.worker.now = 1000 * NS_PER_S;
    play.worker.wall_us = 1795248000000000;
    play.limits = limits_default;
    if (play.switches & SMALL)
        play.limits.buffered = 4096;
    peer_init(&play.client);
    peer_init(&play.upstream);
    if (play.switches & SLOWLY)
        play.client.room = 10;
}

static struct journal *open_stage(void)
{
    struct complaint why = {""};
    struct journal *j = journal_open(journal_path, NULL, JOURNAL_PLAIN, &why);

    if (j == NULL)
        fuzz_must(why.text);
    if (!server_init(&play.server, &play.worker, &play.scenario, 1, &play.limits, j, NULL))
        fuzz_must("no memory at the start");
    play.server.greets = play.switches & GREETING;
    play.server.upstream.connect = on_connect;
    play.server.upstream.policy.is_open = true;
    return j;
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    uint64_t live = mem_live();

    if (len < 3 || len > 4096)
        return 0;
    make_journal_file();
    memset(&play, 0, sizeof(play));
    play.plan = octets[0] % PLANS;
    play.switches = octets[1];
    arena_init(&play.arena, NULL);
    if (load_faults(octets + 2, len - 2)) {
        begin();
        struct journal *j = open_stage();
        perform();
        mem_fail(0, false);
        uint64_t id = play.server.last_conn;
        server_clear(&play.server);
        worker_clear(&play.worker);
        journal_flush(j);
        bool is_whole = journal_lost(j) == 0;
        journal_close(j);
        if (getenv("FUZZ_SHOW") != NULL)
            fprintf(stderr, "%.*s\n%.*s", (int)play.client.hears.len, play.client.hears.at,
                    SLICE_ARGS(journal_slice()));
        if (is_whole && id > 0)
            fuzz_must(
                audit_answers((struct slice){play.client.hears.at, play.client.hears.len},
                              id, journal_slice()));
        peer_clear(&play.client);
        peer_clear(&play.upstream);
    }
    arena_clear(&play.arena);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
