/* SPDX-License-Identifier: MIT */
/*
 * The whole of it in memory: the real connection code between clients and upstreams
 * of a script, without sockets, and with a clock that goes when the script says so.
 *
 * An input is two octets, the stage and its switches, and then events:
 *
 *   0xFF C 0 GET / HTTP/1.1...    client 0 says that       U, upstream 0 (when it comes)
 *   0xFF +...                     and goes on              F f  says FIN   R r  resets
 *   0xFF B 0 x                    takes `x` octets more    b    upstream   G g  reads in
 * grains 0xFF T x                      time goes by             X    the next dial fails
 *   0xFF H  H                     events between are one   M x  the x-th allocation fails
 *   0xFF D                        drain                    A    abort
 *
 * Whatever it was: all ends, nothing is left in memory, what was said upstream is
 * HTTP, what was said to clients is HTTP and what the journal tells, and the journal
 * tells what is kept in memory.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../src/proxy/conn.h"
#include "audit.h"
#include "fuzz.h"
#include "peer.h"
#include "same.h"

#define MARK         0xff
#define JOURNAL_MOST ((size_t)64 << 20)
#define RECORDS_MOST 1000
#define START_NS     (1000 * NS_PER_S)
#define START_US     1795248000000000

enum switches {
    WITHOUT_FIN = 1,  /* at the end nobody says FIN: only time-outs can end it */
    SMALL_LIMITS = 2, /* that small inputs can pass */
    UPSTREAM_FIRST = 4,
    TALKING = 8,
    GREETING = 16, /* the scenario is asked when a connection is accepted */
    KEEPING = 32   /* records, and all of them in the journal, too */
};

struct play {
    struct worker worker;
    struct server server;
    struct book book;
    struct scenario *scenario;
    struct setting setting;
    struct limits limits;
    struct journal *journal;
    struct records kept;
    struct peer clients[6], upstreams[8];
    size_t n_upstreams;
    struct peer *speaker; /* who spoke last: "+" goes on */
    size_t len;           /* octets of the input */
    uint8_t switches;
    int next_error; /* of connect(2); 0: none */
    bool is_held;   /* events come together */
};

/* ---- the journal: a file in memory, read when all is over ---- */

static int journal_fd = -1;
static const char *journal_text;
static char journal_path[40];
static FILE *nowhere;

static void make_journal_file(void)
{
    if (journal_fd >= 0)
        return;
    journal_fd = memfd_create("journal", 0);
    journal_text = mmap(NULL, JOURNAL_MOST, PROT_READ, MAP_SHARED, journal_fd, 0);
    snprintf(journal_path, sizeof(journal_path), "/proc/self/fd/%d", journal_fd);
    nowhere = fopen("/dev/null", "w");
    if (journal_fd < 0 || journal_text == MAP_FAILED || nowhere == NULL)
        fuzz_must("no file for the journal");
}

static struct slice journal_slice(void)
{
    struct stat what;

    if (fstat(journal_fd, &what) < 0 || (size_t)what.st_size > JOURNAL_MOST)
        fuzz_must("the journal is too large");
    return (struct slice){journal_text, (size_t)what.st_size};
}

/* ---- stages ---- */

struct stage {
    const char *statuses[8];
    const char *yaml; /* instead of them */
    struct origin upstream;
    struct slice upstream_path;
    bool control, loopback, listed;
};

#define UPSTREAM                                 \
    {                                            \
        .host = SLICE("127.0.0.1"), .port = 8080 \
    }

/* Scenarios that between them use what a plan can hold. */
static const char rules[] =
    "scenario: rules\n"
    "session: {cookie: sid, lasts: 2 requests}\n"
    "rules:\n"
    "- {match: GET /slow, do: {body: hello, rate: 40/s, trailers: {x: \"{{uuid}}\"}}}\n"
    "- {match: any /big, do: {fill: 3MiB, chunk: 64KiB, wait: 10ms..30ms}}\n"
    "- {match: POST /body, when: {body: \"*a*\"}, do: {body: \"{{request.body}}\", chunk: "
    "3}}\n"
    "- {match: POST /json, when: {json: {a.0: present}}, do: {json: {n: "
    "\"{{request.json.a}}\"}}}\n"
    "- {match: any /gz, do: {body: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, coding: gzip}}\n"
    "- {match: any /in, do: {session: open, goto: inside, set: {v: "
    "\"{{request.header.v}}\"}}}\n"
    "- {match: any /see, when: {session: open}, do: {headers: {v: \"{{var.v}}\"}}}\n"
    "- {match: any /out, when: {state: inside}, do: {session: close}}\n"
    "- {match: GET /steps, do: {steps: [{interim: 103}, {head: {status: 200, headers: "
    "{content-length: 9}}}, {body: abc}, {wait: 5ms}, read, {end: reset}]}}\n"
    "- {match: GET /half, do: {steps: [{head: 200}, {body: {fill: 70KiB, rate: 1MiB/s}}, "
    "{end: half}]}}\n"
    "- {match: GET /raw, do: {steps: [{raw: \"HTTP/1.1 200 OK\\r\\n\\r\\nx\"}, {hold: "
    "1s}]}}\n"
    "- {match: CONNECT *:443, do: {steps: [{wait: 1ms}, {tunnel: true}]}}\n"
    "- {match: GET /flip, choose: [503, {status: 200, weight: 3}, reset]}\n"
    "- {match: any **, do: {pass: true, request: {headers: {x: y}}, response: {status: "
    "418, body: \"{{nth}}\"}}, times: 3}\n"
    "- {match: any **, do: pass}\n";

static const char faults[] =
    "scenario: faults\n"
    "connections: [{nth: 2, do: accept-reset}, {nth: 3, do: accept-silence}]\n"
    "rules:\n"
    "- {match: any /a, do: {body: abcdefghij, faults: [{cut: {after: 50%}}]}}\n"
    "- {match: any /b, do: {body: abcdefghij, chunk: 2, faults: [bad-chunk-size]}}\n"
    "- {match: any /c, do: {body: abcdefghij, chunk: 2, faults: [no-last-chunk]}}\n"
    "- {match: any /d, do: {body: abc, faults: [status-line, nul-in-field, obs-fold]}}\n"
    "- {match: any /e, do: {body: abc, faults: [two-answers]}}\n"
    "- {match: any /f, do: {body: abc, faults: [drip, race]}}\n"
    "- {match: any /g, do: {body: abc, faults: [garbage, close]}}\n"
    "- {match: any /h, do: {body: abc, faults: [hold]}}\n"
    "- {match: any **, do: {pass: true, faults: [{cut: {after: 3}, chance: 0.5}, "
    "{throttle: {rate: 100/s}, chance: 0.5}]}}\n";

static const char guards[] =
    "scenario: guards\n"
    "key: header x-key\n"
    "auth: {proxy: {schemes: [basic, digest], realm: lab, users: {a: b}}, origin: "
    "{schemes: [digest], realm: r, users: {c: d}, digest: {qop: [auth, auth-int]}}}\n"
    "rules:\n"
    "- {match: \"any /x/{id}\", do: [503, {body: \"{{request.path.id}}\"}], then: cycle}\n"
    "otherwise: {status: 404, body: \"{{request.url}}\", faults: [reset]}\n";

static const struct stage stages[] = {
    {.upstream = UPSTREAM, .upstream_path = SLICE(""), .loopback = true},
    {.upstream_path = SLICE(""), .loopback = true},
    {.statuses = {"503", "103,407", "nginx/444", "101", "204", "cloudflare/522", "200"},
     .upstream_path = SLICE("")},
    {.upstream_path = SLICE(""), .control = true, .loopback = true},
    {.upstream_path = SLICE("")},
    {.upstream = UPSTREAM, .upstream_path = SLICE("/api"), .control = true, .listed = true},
    {.yaml = rules, .upstream = UPSTREAM, .upstream_path = SLICE(""), .loopback = true},
    {.yaml = faults, .upstream = UPSTREAM, .upstream_path = SLICE(""), .loopback = true},
    {.yaml = guards, .upstream_path = SLICE(""), .loopback = true},
};

static void set_scenario(struct play *p, const struct stage *stage)
{
    struct complaint why = {""};
    size_t n = 0;

    book_init(&p->book);
    if (stage->yaml != NULL) {
        struct source source = {SLICE("stage.yaml"), slice_of(stage->yaml)};
        if (!book_load(&p->book, &source, NULL)) {
            complaints_print(&p->book.why, stderr, false);
            fuzz_must("a stage's scenario does not load");
        }
        p->scenario = p->book.scenarios[0];
        return;
    }
    while (n < COUNT(stage->statuses) && stage->statuses[n] != NULL)
        n++;
    p->scenario = book_add_statuses(&p->book, stage->statuses, n, &why);
    if (p->scenario == NULL)
        fuzz_must(why.text);
}

static void set_policy(struct policy *p, const struct setting *s)
{
    if (s->upstream.host.len > 0)
        policy_allow(p, s->upstream.host, s->upstream.port);
    if (s->allow_listed)
        policy_allow(p, SLICE("127.0.0.9"), 0);
    p->is_open = s->from_loopback && !s->allow_listed;
    p->is_remote = !s->from_loopback;
    if (!address_parse(SLICE("127.0.0.1:4070"), &p->own[p->n_own++]))
        fuzz_must("an address of ours does not parse");
}

static void set_limits(struct limits *l, bool small)
{
    *l = limits_default;
    if (!small)
        return;
    l->head = 512;
    l->target = 128;
    l->field = 200;
    l->fields = 8;
    l->trailers = 2;
    l->trailer_octets = 60;
    l->chunk_ext = 16;
    l->interim = 2;
    l->requests = 5;
    l->pipeline = 2;
    l->connections = 2;
    l->buffered = 64;
    l->pool = 1;
    l->linger = 100;
    l->sample = 20;
}

/* ---- upstream ---- */

/* What policy.c shall never let through, in words of our own. */
static void judge_address(const struct play *p, const struct address *to)
{
    char ip[ADDRESS_TEXT];

    address_print_ip(to, ip);
    if (address_port(to) == 4070 && (strcmp(ip, "127.0.0.1") == 0 ||
                                     strcmp(ip, "0.0.0.0") == 0 || strcmp(ip, "::") == 0))
        fuzz_must("naysay dials itself");
    if (strncmp(ip, "169.254.", 8) == 0 || strncmp(ip, "fe80:", 5) == 0 ||
        strncmp(ip, "::ffff:", 7) == 0)
        fuzz_must("naysay dials a link-local address");
    if (!p->setting.from_loopback && strcmp(ip, "127.0.0.9") != 0 &&
        !(strcmp(ip, "127.0.0.1") == 0 && address_port(to) == 8080))
        fuzz_must("naysay dials what nobody allowed");
    if (!p->setting.from_loopback && !p->setting.allow_listed)
        fuzz_must("naysay dials where no relaying is allowed");
}

static bool is_far_side(const struct play *p, const struct stream *s)
{
    for (const struct conn *c = p->server.conns; c != NULL; c = c->next)
        if (c->x != NULL && &c->x->far == s)
            return true;
    return false;
}

static int on_connect(void *arg, const struct address *to, struct stream *s,
                      struct worker *w)
{
    struct play *p = arg;
    struct peer *up;
    int error = p->next_error;

    judge_address(p, to);
    p->next_error = 0;
    if (error != 0 || p->n_upstreams == COUNT(p->upstreams))
        return error != 0 ? error : ECONNREFUSED;
    up = &p->upstreams[p->n_upstreams++];
    stream_open(s, w, &wire_peer, -1, NULL, NULL);
    s->script = up;
    up->stream = s;
    up->was_opened = true;
    up->is_tunnel = is_far_side(p, s);
    return 0;
}

/* ---- the loop ---- */

static bool poke_all(struct peer *peers, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any = peer_poke(&peers[i]) || any;
    return any;
}

/* Until nothing is ready any more. A loop that does not come to rest is a busy one. */
static void settle(struct play *p)
{
    size_t most = 1000 + 64 * p->len;
    bool any = true;

    for (size_t i = 0; any; i++) {
        bool first =
            (p->switches & UPSTREAM_FIRST) && poke_all(p->upstreams, COUNT(p->upstreams));
        any = poke_all(p->clients, COUNT(p->clients));
        if (!(p->switches & UPSTREAM_FIRST))
            first = poke_all(p->upstreams, COUNT(p->upstreams));
        any = any || first;
        worker_turn(&p->worker);
        if (i > most)
            fuzz_must("the loop does not come to rest");
    }
}

static void pass_time(struct play *p, uint64_t ns)
{
    p->worker.now += ns;
    p->worker.wall_us += (int64_t)(ns / 1000);
}

/* ---- events ---- */

static struct peer *client_of(struct play *p, uint8_t arg)
{
    return &p->clients[(uint8_t)(arg - '0') % COUNT(p->clients)];
}

static struct peer *upstream_of(struct play *p, uint8_t arg)
{
    return &p->upstreams[(uint8_t)(arg - '0') % COUNT(p->upstreams)];
}

/* In lower case the upstream, in upper case the client. */
static struct peer *peer_of(struct play *p, uint8_t event, uint8_t arg)
{
    return event >= 'a' ? upstream_of(p, arg) : client_of(p, arg);
}

static void accept_client(struct play *p, struct peer *client)
{
    struct address from;

    if (client->was_opened || p->server.is_draining)
        return;
    client->was_opened = false;
    if (!address_parse(SLICE("192.0.2.7:50514"), &from))
        fuzz_must("a client's address does not parse");
    (void)!server_accept(&p->server, &wire_peer, -1, client, &from);
    client->id = client->was_opened ? p->server.last_conn : 0;
    client->was_opened = true;
}

static void say(struct play *p, struct peer *who, struct slice text)
{
    p->speaker = who;
    peer_say(who, (const uint8_t *)text.at, text.len);
}

/* How long, by a letter: from a millisecond to an hour. */
static uint64_t duration_of(uint8_t arg)
{
    static const uint64_t ms[] = {1,     30,    100,   1000,   3000,   5000,
                                  10000, 30000, 60000, 600000, 3600000};

    return ms[(uint8_t)(arg - '0') % COUNT(ms)] * NS_PER_MS;
}

static int error_of(uint8_t arg)
{
    static const int errors[] = {ECONNREFUSED, ENETUNREACH, ETIMEDOUT, EMFILE};

    return errors[(uint8_t)(arg - '0') % COUNT(errors)];
}

/* `text` follows event and argument. */
static void play_event(struct play *p, uint8_t event, uint8_t arg, struct slice text)
{
    switch (event) {
    case 'C':
        accept_client(p, client_of(p, arg));
        say(p, client_of(p, arg), text);
        break;
    case 'U':
        say(p, upstream_of(p, arg), text);
        break;
    case 'F':
    case 'f':
        peer_of(p, event, arg)->fin = true;
        break;
    case 'R':
    case 'r':
        peer_of(p, event, arg)->reset = true;
        break;
    case 'B':
    case 'b':
        peer_of(p, event, arg)->room =
            text.len == 0 ? SIZE_MAX : (size_t)(uint8_t)text.at[0] * (uint8_t)text.at[0];
        break;
    case 'G':
    case 'g':
        peer_of(p, event, arg)->grain = text.len == 0 || text.at[0] == '\0'
                                            ? SIZE_MAX
                                            : (size_t)((uint8_t)text.at[0] % 64) + 1;
        break;
    case 'T':
        pass_time(p, duration_of(arg));
        break;
    case 'X':
        p->next_error = error_of(arg);
        break;
    case 'H':
        p->is_held = !p->is_held;
        break;
    case 'M':
        mem_fail((uint64_t)arg + 1, text.len > 0 && text.at[0] == 'e');
        break;
    case 'D':
        server_drain(&p->server);
        break;
    case 'A':
        server_abort(&p->server);
        break;
    default:
        break;
    }
    if (!p->is_held)
        settle(p);
}

static const uint8_t *next_mark(const uint8_t *at, const uint8_t *end)
{
    const uint8_t *mark = memchr(at, MARK, (size_t)(end - at));

    return mark == NULL ? end : mark;
}

static void play_all(struct play *p, const uint8_t *at, const uint8_t *end)
{
    static const uint8_t octet = MARK;

    for (at = next_mark(at, end); end - at >= 2;) {
        const uint8_t *next = next_mark(at + 2, end);

        if (at[1] == '+' && p->speaker != NULL) {
            peer_say(p->speaker, &octet, 1);
            peer_say(p->speaker, at + 2, (size_t)(next - at - 2));
            if (!p->is_held)
                settle(p);
        } else if (next - at >= 3)
            play_event(p, at[1], at[2],
                       (struct slice){(const char *)at + 3, (size_t)(next - at - 3)});
        else
            play_event(p, at[1], '0', NO_SLICE);
        at = next;
    }
}

/* ---- its end, and the judgement ---- */

static void free_peers(struct peer *peers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        peers[i].fin = true;
        peers[i].room = peers[i].grain = SIZE_MAX;
    }
}

/* From one timer to the next, until the last connection is gone. */
static void run_out_the_clock(struct play *p)
{
    const struct timers *ts = &p->worker.timers;

    p->is_held = false;
    if (!(p->switches & WITHOUT_FIN)) {
        free_peers(p->clients, COUNT(p->clients));
        free_peers(p->upstreams, COUNT(p->upstreams));
    }
    settle(p);
    for (size_t i = 0; p->server.n_conns > 0; i++) {
        if (ts->n == 0 || i > 1000 + 64 * p->len)
            fuzz_must(ts->n == 0 ? "a connection waits, and nothing will wake it"
                                 : "a connection goes on for ever");
        if (ts->heap[1]->due > p->worker.now)
            pass_time(p, ts->heap[1]->due - p->worker.now);
        settle(p);
    }
}

static void show_peer(const char *what, size_t i, const struct peer *who)
{
    if (who->was_opened)
        fprintf(stderr, "---- %s %zu heard%s%s:\n%.*s\n", what, i,
                who->heard_fin ? " FIN" : "", who->heard_reset ? " RST" : "",
                (int)who->hears.len, who->hears.at);
}

/* With FUZZ_SHOW in the environment, what went where. */
static void show(const struct play *p)
{
    if (getenv("FUZZ_SHOW") == NULL)
        return;
    for (size_t i = 0; i < COUNT(p->clients); i++)
        show_peer("client", i, &p->clients[i]);
    for (size_t i = 0; i < COUNT(p->upstreams); i++)
        show_peer("upstream", i, &p->upstreams[i]);
    fprintf(stderr, "---- journal:\n%.*s", SLICE_ARGS(journal_slice()));
}

static size_t judge_peers(const struct play *p, bool is_journal_whole)
{
    struct slice journal = journal_slice();
    size_t heard = 0;

    for (size_t i = 0; i < COUNT(p->clients); i++) {
        const struct peer *c = &p->clients[i];
        heard += c->hears.len;
        if (c->id > 0 && is_journal_whole)
            fuzz_must(
                audit_answers((struct slice){c->hears.at, c->hears.len}, c->id, journal));
    }
    for (size_t i = 0; i < COUNT(p->upstreams); i++) {
        const struct peer *u = &p->upstreams[i];
        heard += u->hears.len;
        if (!u->is_tunnel)
            fuzz_must(audit_requests((struct slice){u->hears.at, u->hears.len}));
    }
    return heard;
}

/* The file tells what was kept. */
static void judge_records(const struct records *kept)
{
    struct slice text = journal_slice();
    FILE *in = fmemopen((void *)text.at, text.len, "r");
    struct complaint why = {""};
    struct records back;
    const struct record *b;

    records_init(&back, RECORDS_MOST);
    if (in == NULL || !records_read(&back, in, "journal", &why))
        fuzz_must(why.text);
    b = back.first;
    for (const struct record *a = kept->first; a != NULL && b != NULL; a = a->next) {
        fuzz_must(records_differ(a, b));
        b = b->next;
    }
    if (kept->n != back.n || kept->exchanges != back.exchanges)
        fuzz_must("not as many records in the journal as were kept");
    fclose(in);
    records_clear(&back);
}

static void clear_peers(struct play *p)
{
    for (size_t i = 0; i < COUNT(p->clients); i++)
        peer_clear(&p->clients[i]);
    for (size_t i = 0; i < COUNT(p->upstreams); i++)
        peer_clear(&p->upstreams[i]);
}

static void begin(struct play *p, const uint8_t *octets, size_t len)
{
    const struct stage *stage = &stages[octets[0] % COUNT(stages)];
    struct complaint why = {""};

    memset(p, 0, sizeof(*p));
    p->len = len;
    p->switches = octets[1];
    for (size_t i = 0; i < COUNT(p->clients); i++)
        peer_init(&p->clients[i]);
    for (size_t i = 0; i < COUNT(p->upstreams); i++)
        peer_init(&p->upstreams[i]);
    p->setting = (struct setting){.upstream = stage->upstream,
                                  .upstream_path = stage->upstream_path,
                                  .allow_request_control = stage->control,
                                  .from_loopback = stage->loopback,
                                  .allow_listed = stage->listed,
                                  .pseudonym = SLICE("naysay-fuzz")};
    set_scenario(p, stage);
    set_limits(&p->limits, p->switches & SMALL_LIMITS);
    worker_init_by_hand(&p->worker);
    p->worker.now = START_NS;
    p->worker.wall_us = START_US;
    p->journal = journal_open(journal_path, p->switches & TALKING ? nowhere : NULL,
                              JOURNAL_COLORED, &why);
    if (p->journal == NULL)
        fuzz_must(why.text);
    records_init(&p->kept, RECORDS_MOST);
    if (p->switches & KEEPING) {
        journal_keep(p->journal, &p->kept);
        journal_tell_secrets(p->journal, true);
        journal_tell_bodies(p->journal, true);
    }
    if (!server_init(&p->server, &p->worker, p->scenario, 1, &p->limits, p->journal, NULL))
        fuzz_must("there is memory, and no server");
    p->server.run.setting = p->setting;
    p->server.greets |= p->switches & GREETING;
    p->server.upstream.connect = on_connect;
    p->server.upstream.connect_arg = p;
    set_policy(&p->server.upstream.policy, &p->setting);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static struct play p;
    uint64_t live = mem_live();
    bool is_journal_whole;

    if (len < 4 || len > 1 << 16)
        return 0;
    make_journal_file();
    begin(&p, octets, len);
    play_all(&p, octets + 2, octets + len);
    run_out_the_clock(&p);
    server_clear(&p.server);
    worker_clear(&p.worker);
    mem_fail(0, false);
    journal_flush(p.journal);
    is_journal_whole = journal_lost(p.journal) == 0;
    journal_close(p.journal);
    book_clear(&p.book);
    show(&p);
    if (is_journal_whole && p.kept.n > 0 && p.kept.dropped == 0)
        judge_records(&p.kept);
    records_clear(&p.kept);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    if (judge_peers(&p, is_journal_whole) > 256 * len + (256 << 10))
        fuzz_must("far more was sent than was asked for");
    clear_peers(&p);
    return 0;
}
