/* SPDX-License-Identifier: MIT */
#include "naysay/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- an entry to write, and the file in memory that it is written to ---- */

struct page {
    struct arena arena;
    struct plan plan;
    struct http_request request;
    struct http_response response;
    struct http_field fields[8];
    struct entry entry;
    struct journal *journal;
    int fd;
    char text[256 << 10];
};

static void make_entry(struct page *p)
{
    arena_init(&p->arena, NULL);
    plan_init(&p->plan, &p->arena);
    p->plan.rule = SLICE("on-demand");
    plan_add_head(&p->plan, 522, SLICE("Connection Timed Out"), 0);
    plan_add_body(&p->plan, SLICE("12345"));
    plan_add_end(&p->plan, END_KEEP);
    p->request =
        (struct http_request){.method_name = SLICE("GET"),
                              .raw_target = SLICE("/status/522"),
                              .major = 1,
                              .minor = 1,
                              .fields = {.at = p->fields, .cap = COUNT(p->fields)}};
    p->response =
        (struct http_response){.status = 522, .phrase = SLICE("Connection Timed Out")};
    p->entry =
        (struct entry){.wall_us = 1795248000123456,
                       .connection = 7,
                       .exchange = 2,
                       .client = SLICE("127.0.0.1:50514"),
                       .run_us = 56,
                       .request = &p->request,
                       .request_body = 3,
                       .plan = &p->plan,
                       .response = &p->response,
                       .head = SLICE("HTTP/1.1 522 Connection Timed Out\r\nX-A: b\r\n"
                                     "Content-Length: 5\r\n\r\n"),
                       .interim = {103, 102},
                       .n_interim = 2,
                       .response_body = 5,
                       .sent = {100, 200},
                       .first_us = 12,
                       .end_us = 34,
                       .ending = ENDING_BY_PLAN};
}

static int begin(void **state)
{
    static struct page p;
    struct complaint why;
    char path[40];

    memset(&p, 0, sizeof(p));
    p.fd = memfd_create("journal", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", p.fd);
    p.journal = journal_open(path, NULL, JOURNAL_PLAIN, &why);
    assert_non_null(p.journal);
    make_entry(&p);
    *state = &p;
    return 0;
}

static int end(void **state)
{
    struct page *p = *state;

    journal_close(p->journal);
    arena_clear(&p->arena);
    close(p->fd);
    assert_int_equal(mem_live(), 0);
    return 0;
}

/* Writes the entry; all that the file holds then. */
static const char *written(struct page *p)
{
    ssize_t n;

    journal_add(p->journal, &p->entry);
    journal_flush(p->journal);
    n = pread(p->fd, p->text, sizeof(p->text) - 1, 0);
    assert_true(n > 0);
    p->text[n] = '\0';
    return p->text;
}

static void add_field(struct page *p, const char *name, struct slice value)
{
    assert_true(http_add(&p->request.fields, slice_of(name), value));
}

/* ---- what a line says ---- */

static void test_an_exchange_is_one_line(void **state)
{
    struct page *p = *state;

    add_field(p, "Host", SLICE("a"));
    p->entry.upstream = SLICE("[::1]:80");
    p->entry.reused = true;
    p->entry.attempts = 2;
    assert_string_equal(
        written(p),
        "{\"seq\":1,\"time\":\"2026-11-21T08:00:00.123456Z\",\"connection\":7,"
        "\"client\":\"127.0.0.1:50514\",\"run_us\":56,\"exchange\":2,"
        "\"request\":{\"method\":\"GET\",\"target\":\"/status/522\",\"version\":\"1.1\","
        "\"fields\":[[\"Host\",\"a\"]],\"body\":3},"
        "\"rule\":\"on-demand\",\"plan\":[\"head 522\",\"body 5\",\"end keep\"],"
        "\"response\":{\"status\":522,\"interim\":[103,102],"
        "\"line\":\"HTTP/1.1 522 Connection Timed Out\","
        "\"fields\":[[\"X-A\",\"b\"],[\"Content-Length\",\"5\"]],\"body\":5},"
        "\"sent\":[100,200],\"intents\":[],"
        "\"upstream\":{\"address\":\"[::1]:80\",\"reused\":true,\"attempts\":2},"
        "\"times\":{\"first_us\":12,\"end_us\":34},\"ending\":\"by-plan\"}\n");
}

static void test_a_connection_is_one_line(void **state)
{
    struct page *p = *state;

    p->entry = (struct entry){.wall_us = 1795248000000000,
                              .connection = 7,
                              .client = SLICE("127.0.0.1:50514"),
                              .run_us = 56,
                              .exchanges = 3,
                              .sent = {0, 1000},
                              .received = 500,
                              .ending = ENDING_CLIENT_CLOSED};
    assert_string_equal(
        written(p),
        "{\"time\":\"2026-11-21T08:00:00.000000Z\",\"connection\":7,"
        "\"client\":\"127.0.0.1:50514\",\"run_us\":56,\"exchanges\":3,\"sent\":1000,"
        "\"received\":500,\"ending\":\"client-closed\"}\n");
}

static void test_without_request_or_answer(void **state)
{
    struct page *p = *state;

    p->entry.request = NULL;
    p->entry.response = NULL;
    p->entry.n_interim = 0;
    p->entry.ending = ENDING_HEAD_TIMEOUT;
    const char *text = written(p);
    assert_null(strstr(text, "\"request\""));
    assert_non_null(
        strstr(text, "\"response\":{\"status\":null,\"interim\":[],\"body\":5}"));
    assert_non_null(strstr(text, "\"ending\":\"head-timeout\"}\n"));
}

static void test_raw_octets_have_their_intent(void **state)
{
    struct page *p = *state;
    struct told told[2];

    plan_init(&p->plan, &p->arena);
    p->plan.rule = SLICE("on-demand");
    plan_add_wait(&p->plan, 5 * NS_PER_MS);
    plan_add_raw(&p->plan, SLICE("0123456789"), SLICE("raw= in the query"));
    plan_add_raw(&p->plan, SLICE("0"), SLICE("\"why\""));
    plan_add_end(&p->plan, END_RESET);
    const struct step *first = p->plan.first->next;
    told[0] = (struct told){&first->raw.intent, {150, 160}};
    told[1] = (struct told){&first->next->raw.intent, {160, 200}};
    p->entry.told = told;
    p->entry.n_told = 2;
    assert_non_null(
        strstr(written(p),
               "\"intents\":[{\"step\":1,\"kind\":\"raw\",\"why\":\"raw= in the query\","
               "\"range\":[150,160]},{\"step\":2,\"kind\":\"raw\",\"why\":\"\\\"why\\\"\","
               "\"range\":[160,200]}]"));
}

static void test_exchanges_are_numbered_and_connections_are_not(void **state)
{
    struct page *p = *state;

    for (unsigned i = 1; i <= 3; i++) {
        p->entry.exchange = 1;
        journal_add(p->journal, &p->entry);
        assert_int_equal(p->entry.seq, i);
        p->entry.exchange = 0;
        journal_add(p->journal, &p->entry);
        assert_int_equal(p->entry.seq, i);
    }
}

/* ---- ADM-06: whatever a peer sends stays inside of its line and its string ---- */

/* The octets that the JSON string at `at` stands for, as Latin-1. */
static size_t decode(const char *at, unsigned char *out)
{
    static const char names[] = "\"\\/bfnrt", octets[] = "\"\\/\b\f\n\r\t";
    size_t n = 0;

    while (*at != '"') {
        unsigned char c = (unsigned char)*at++;

        assert_true(c >= 0x20 && c < 0x7f);
        if (c == '\\' && *at == 'u') {
            char hex[5] = {at[1], at[2], at[3], at[4], '\0'};
            unsigned long point = strtoul(hex, NULL, 16);
            assert_true(point < 256);
            c = (unsigned char)point;
            at += 5;
        } else if (c == '\\') {
            const char *name = strchr(names, *at++);
            assert_non_null(name);
            c = (unsigned char)octets[name - names];
        }
        out[n++] = c;
    }
    return n;
}

static void must_stand_after(const char *text, const char *key, struct slice want)
{
    unsigned char got[1024];
    const char *at = strstr(text, key);

    assert_non_null(at);
    assert_int_equal(decode(at + strlen(key), got), want.len);
    assert_memory_equal(got, want.at, want.len);
}

static void test_ADM_06_every_octet_round_trips(void **state)
{
    struct page *p = *state;
    char all[256];
    struct slice octets = {all, sizeof(all)};

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    p->request.method_name = p->request.raw_target = octets;
    p->entry.client = octets;
    p->plan.rule = octets;
    add_field(p, "X", octets);
    const char *text = written(p);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    must_stand_after(text, "\"method\":\"", octets);
    must_stand_after(text, "\"target\":\"", octets);
    must_stand_after(text, "\"client\":\"", octets);
    must_stand_after(text, "\"rule\":\"", octets);
    must_stand_after(text, "[\"X\",\"", octets);
}

static void test_ADM_06_each_octet_alone(void **state)
{
    struct page *p = *state;
    const char *line = "";

    for (int i = 0; i < 256; i++) {
        char octet = (char)i;

        p->request.raw_target = (struct slice){&octet, 1};
        journal_add(p->journal, &p->entry);
        journal_flush(p->journal);
    }
    p->request.raw_target = SLICE("last");
    line = written(p);
    for (int i = 0; i < 256; i++) {
        char octet = (char)i;
        must_stand_after(line, "\"target\":\"", (struct slice){&octet, 1});
        line = strchr(line, '\n') + 1;
    }
    must_stand_after(line, "\"target\":\"", SLICE("last"));
}

/* Writes the entry; its line, the last. */
static const char *last_line(struct page *p)
{
    char *text = (char *)written(p), *at;

    text[strlen(text) - 1] = '\0';
    at = strrchr(text, '\n');
    return at == NULL ? text : at + 1;
}

static void must_say(struct page *p, const char *words)
{
    const char *line = last_line(p);

    if (strstr(line, words) == NULL)
        fail_msg("%s is missing in %s", words, line);
}

static void test_what_is_known_of_an_exchange_is_told(void **state)
{
    static const char *const faults[] = {"cut", "drip"};
    struct page *p = *state;
    struct http_field sent = {SLICE("Via"), SLICE("1.1 a"), FIELD_VIA};
    struct http_fields relayed = {&sent, 1, 1};

    p->plan.rule = SLICE("down");
    p->plan.rule_index = 3;
    p->plan.match = 12;
    p->entry.inside = SLICE("a.test:443");
    p->entry.faults = faults;
    p->entry.n_faults = 2;
    p->entry.relayed = &relayed;
    p->entry.request_digest = 0x12ab;
    must_say(p, ",\"exchange\":2,\"inside\":\"a.test:443\",\"request\":{");
    must_say(p, "\"rule\":\"down\",\"rule_index\":3,\"match\":12,\"plan\":[");
    must_say(p, "\"end keep\"],\"faults\":[\"cut\",\"drip\"],\"response\":");
    must_say(p, ",\"relayed\":[[\"Via\",\"1.1 a\"]],\"times\":");
    must_say(p, ",\"body\":3,\"digest\":\"00000000000012ab\"}");
}

/* Samples of bodies stand in the file where somebody asked for them. */
static void test_bodies_are_told_where_asked_for(void **state)
{
    struct page *p = *state;

    p->entry.request_sample = SLICE("a\0b");
    p->entry.response_sample = SLICE("12345");
    assert_null(strstr(written(p), "sample"));
    journal_tell_bodies(p->journal, true);
    must_say(p, "\"body\":3,\"sample\":\"a\\u0000b\"}");
    must_say(p, "\"body\":5,\"sample\":\"12345\"}");
}

/* Heads that first line and fields do not tell to the octet are told once more, whole. */
static void test_heads_that_are_odd_are_told_whole(void **state)
{
    static const char *const odd[] = {"HTTP/1.1 522 x\nA: b\r\n\r\n",
                                      "HTTP/1.1 522 x\r\nA: b\n\r\n",
                                      "HTTP/1.1 522 x\r\nA:  b\r\n\r\n",
                                      "HTTP/1.1 522 x\r\nA:b\r\nC:  d\r\n\r\n",
                                      "HTTP/1.1 522 x\r\nA: b \r\n\r\n",

                                      "HTTP/1.1 522 x\r\nA : b\r\n\r\n",
                                      "HTTP/1.1 522 x\r\nA\r\n\r\n",
                                      "HTTP/1.1 522 x\r\nA: b\r\n",
                                      "HTTP/1.1 522 x\r\n\r\n\r\n",
                                      "HTTP/1.1 522 x",
                                      "\r\nHTTP/1.1 522 x\r\n\r\n",
                                      "junk\r\n\r\n",
                                      "HTTP/1.1 522 x\n\r\n\r\n",
                                      "A: b\r\n\r\n"};
    static const char *const plain[] = {"HTTP/1.1 522 x\r\nA: b\r\n c\r\n\r\n",
                                        "HTTP/1.1 522 x\r\n\r\n",
                                        "HTTP/1.1 522 \r\nA: b\r\nC: \r\n\r\n"};
    struct page *p = *state;

    for (size_t i = 0; i < COUNT(odd); i++) {
        p->entry.head = slice_of(odd[i]);
        if (strstr(last_line(p), "\"head\":\"") == NULL)
            fail_msg("row %zu: %s", i, p->text);
    }
    for (size_t i = 0; i < COUNT(plain); i++) {
        p->entry.head = slice_of(plain[i]);
        if (strstr(last_line(p), "\"head\":\"") != NULL)
            fail_msg("row %zu: %s", i, p->text);
    }
}

static void parse(struct page *p, struct slice head)
{
    struct h1_fault fault;

    p->request = (struct http_request){.fields = {p->fields, 0, COUNT(p->fields)}};
    assert_int_equal(
        h1_parse_request(head.at, head.len, 0, &limits_default, 0, &p->request, &fault),
        head.len);
    p->entry.request_head = head;
}

static void test_requests_that_are_odd_are_told_whole(void **state)
{
    struct page *p = *state;

    parse(p, SLICE("GET /a HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n"));
    assert_null(strstr(written(p), "\"head\":\""));
    parse(p, SLICE("GET /a HTTP/1.1\r\nHost:a\r\nX:  b\r\n\r\n"));
    must_say(p, "\"head\":\"GET /a HTTP/1.1\\r\\nHost:a\\r\\nX:  b\\r\\n\\r\\n\"}");
}

/* What is no request may hide secrets anywhere. */
static void test_FWD_07_what_is_no_request_is_a_secret(void **state)
{
    struct page *p = *state;

    p->entry.request_head = SLICE("POST /a\rCookie: hunter2");
    p->request.major = 0;
    assert_null(strstr(written(p), "hunter2"));
    p->entry.request = NULL;
    assert_null(strstr(written(p), "hunter2"));
    journal_tell_secrets(p->journal, true);
    must_say(p, ",\"came\":\"POST /a\\rCookie: hunter2\",");
    p->entry.request = &p->request;
    must_say(p, ",\"head\":\"POST /a\\rCookie: hunter2\"}");
}

/* FWD-07: secrets of clients are not for the record, however their names are spelled. */
static void test_FWD_07_secrets_are_redacted(void **state)
{
    static const char *const names[] = {
        "Authorization",       "authorization", "Proxy-Authorization",
        "PROXY-AUTHORIZATION", "Cookie",        "cOOKIE"};
    struct page *p = *state;

    for (size_t i = 0; i < COUNT(names); i++)
        add_field(p, names[i], SLICE("hunter2"));
    add_field(p, "X-Cookie", SLICE("plain"));
    const char *text = written(p);
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "[\"cOOKIE\",\"(redacted)\"]"));
    assert_non_null(strstr(text, "[\"X-Cookie\",\"plain\"]"));
}

/* How it was that somebody was let in is worth knowing; a first word may be the secret. */
static void test_FWD_07_schemes_are_told(void **state)
{
    static const struct {
        const char *name, *value, *told;
    } rows[] = {
        {"Authorization", "Basic aHVudGVyMg==", "Basic (redacted)"},
        {"proxy-authorization", "Digest username=\"hunter2\"", "Digest (redacted)"},
        {"Proxy-Authorization", "SCRAM-SHA-256 hunter2", "SCRAM-SHA-256 (redacted)"},
        {"Authorization", "Bearer  hunter2", "Bearer (redacted)"},
        {"Authorization", "hunter2", "(redacted)"},
        {"Authorization", "hun,ter2 x", "(redacted)"},
        {"Authorization", "hunter2hunter2hunter2hunter2 x", "(redacted)"},
        {"Authorization", "", "(redacted)"},
        {"Cookie", "hunter2 x", "(redacted)"},
        {"Set-Cookie", "hunter2 x", "(redacted)"},
    };
    struct page *p = *state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        char want[100];
        snprintf(want, sizeof(want), "[\"%s\",\"%s\"]", rows[i].name, rows[i].told);
        p->request.fields.n = 0;
        add_field(p, rows[i].name, slice_of(rows[i].value));
        must_say(p, want);
        assert_null(strstr(p->text, "hunter2"));
    }
}

/* In the octets of a head that is told whole, too, however it is twisted. */
static void test_FWD_07_secrets_of_odd_heads_are_redacted(void **state)
{
    struct page *p = *state;

    p->entry.head = SLICE("HTTP/1.1 522\nSet-Cookie :hunter2\nSet-Cookie:hun\r\n ter2\r\n"
                          "set-cookie: hunter2\r\n\r\nSet-Cookie: hunter2\n \n");
    must_say(p, "\"head\":\"HTTP/1.1 522\\nSet-Cookie :(redacted)\\n"
                "Set-Cookie:(redacted)\\r\\nset-cookie: (redacted)\\r\\n\\r\\n"
                "Set-Cookie: (redacted)\\n \\n\"");
    assert_null(strstr(p->text, "ter2"));
    p->entry.head = SLICE("Set-Cookie: hunter2\r\nSet-Cookie:\nhunt\r\n\r\n");
    must_say(p,
             "\"line\":\"\",\"fields\":[[\"Set-Cookie\",\"(redacted)\"],[\"Set-Cookie\","
             "\"(redacted)\"]],\"head\":\"Set-Cookie: (redacted)\\r\\nSet-Cookie:(redacted)"
             "\\nhunt\\r\\n\\r\\n\"");
}

static void test_FWD_07_relayed_secrets_are_redacted(void **state)
{
    struct page *p = *state;
    struct http_field sent = {SLICE("Authorization"), SLICE("Basic hunter2"), FIELD_OTHER};
    struct http_fields relayed = {&sent, 1, 1};

    p->entry.relayed = &relayed;
    must_say(p, "\"relayed\":[[\"Authorization\",\"Basic (redacted)\"]]");
}

static void test_secrets_are_told_where_asked_for(void **state)
{
    struct page *p = *state;

    journal_tell_secrets(p->journal, true);
    add_field(p, "Authorization", SLICE("Basic hunter2"));
    p->entry.head = SLICE("HTTP/1.1 522\nSet-Cookie: hunter2\n\n");
    must_say(p, "[\"Authorization\",\"Basic hunter2\"]");
    must_say(p, "\"head\":\"HTTP/1.1 522\\nSet-Cookie: hunter2\\n\\n\"");
}

/* ---- who listens ---- */

static void test_nobody_listens(void **state)
{
    struct page *p = *state;
    struct complaint why;
    struct records kept;
    struct journal *j = journal_open(NULL, NULL, JOURNAL_PLAIN, &why);

    assert_false(journal_wants(NULL) || journal_wants_content(NULL));
    assert_false(journal_wants(j) || journal_wants_content(j));
    journal_tell_bodies(j, true); /* but there is no file */
    assert_false(journal_wants(j) || journal_wants_content(j));
    assert_true(journal_wants(p->journal) && !journal_wants_content(p->journal));
    journal_tell_bodies(p->journal, true);
    assert_true(journal_wants_content(p->journal));
    records_init(&kept, 10);
    journal_keep(j, &kept);
    assert_true(journal_wants(j) && journal_wants_content(j));
    journal_add(j, &p->entry);
    journal_keep(j, NULL);
    journal_add(j, &p->entry);
    assert_int_equal(kept.n, 1);
    assert_int_equal(kept.first->seq, 1);
    assert_int_equal(p->entry.seq, 2);
    records_clear(&kept);
    journal_close(j);
}

/* ---- trouble ---- */

static void test_a_journal_that_cannot_be_opened(void **state)
{
    struct complaint why = {""};

    (void)state;
    assert_null(journal_open("/nowhere/at/all.jsonl", NULL, JOURNAL_PLAIN, &why));
    assert_non_null(strstr(why.text, "/nowhere/at/all.jsonl"));
    journal_close(NULL);
}

/* ADM-07: a full disk costs lines, which are counted, and nothing else. */
static void test_ADM_07_a_full_disk_costs_lines(void **state)
{
    struct page *p = *state;
    struct complaint why;
    struct journal *j = journal_open("/dev/full", NULL, JOURNAL_PLAIN, &why);

    assert_non_null(j);
    for (int i = 0; i < 5; i++)
        journal_add(j, &p->entry);
    assert_int_equal(journal_lost(j), 0);
    journal_flush(j);
    assert_int_equal(journal_lost(j), 5);
    journal_add(j, &p->entry);
    journal_flush(j);
    assert_int_equal(journal_lost(j), 6);
    journal_close(j);
}

/* Lines are collected up to 64 KiB, and then go by themselves. */
static void test_lines_go_by_themselves_when_there_are_many(void **state)
{
    struct page *p = *state;

    for (int i = 0; i < 1000; i++)
        journal_add(p->journal, &p->entry);
    assert_true(lseek(p->fd, 0, SEEK_END) >= 64 << 10);
}

/* MEM-04: half a line is never written, whichever allocation fails. */
static void test_MEM_04_no_line_is_written_by_half(void **state)
{
    struct page *p = *state;
    char target[9000];
    unsigned lost = 0;

    memset(target, 'x', sizeof(target));
    for (uint64_t nth = 1; nth < 8; nth++) {
        p->request.raw_target = (struct slice){target, sizeof(target)};
        mem_fail(nth, false);
        journal_add(p->journal, &p->entry);
        mem_fail(0, false);
        journal_add(p->journal, &p->entry);
        journal_flush(p->journal);
    }
    lost = (unsigned)journal_lost(p->journal);
    assert_true(lost > 0);
    assert_int_equal(ftruncate(p->fd, 0), 0);
    p->request.raw_target = SLICE("/");
    journal_add(p->journal, &p->entry);
    assert_int_equal(journal_lost(p->journal), lost);
}

/* ---- for a person ---- */

static void talk_of(struct page *p, enum journal_color color, char *out, size_t size)
{
    FILE *talk = fmemopen(out, size, "w");
    struct complaint why;
    struct journal *j = journal_open(NULL, talk, color, &why);

    assert_non_null(j);
    journal_add(j, &p->entry);
    p->entry.exchange = 0; /* a connection's end is not talked about */
    journal_add(j, &p->entry);
    p->entry.exchange = 1;
    journal_close(j);
    fclose(talk);
}

static void test_a_line_for_a_person(void **state)
{
    static const char *const faults[] = {"cut", "drip"};
    struct page *p = *state;
    char out[2048];

    talk_of(p, JOURNAL_PLAIN, out, sizeof(out));
    assert_non_null(strstr(out, "GET /status/522"));
    assert_non_null(strstr(out, "522 Connection Timed Out"));
    assert_null(strchr(out, '\033'));
    assert_null(strstr(out, "fault"));
    assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
    p->entry.ending = ENDING_CLIENT_RESET;
    p->entry.response = NULL;
    p->entry.faults = faults;
    p->entry.n_faults = 2;
    talk_of(p, JOURNAL_COLORED, out, sizeof(out));
    assert_non_null(strstr(out, "no answer"));
    assert_non_null(strstr(out, "client-reset"));
    assert_non_null(strstr(out, "5 B, fault cut drip"));
    assert_non_null(strchr(out, '\033'));
}

/* ADM-06: no octet of a peer steers the terminal. */
static void test_ADM_06_terminals_see_no_control_octets(void **state)
{
    struct page *p = *state;
    char all[256], out[4096];

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    for (int i = 0; i < 256; i += 16) {
        p->request.raw_target = p->response.phrase = (struct slice){all + i, 16};
        p->request.method_name = (struct slice){all + i, 16};
        talk_of(p, JOURNAL_PLAIN, out, sizeof(out));
        for (const char *at = strchr(out, ' '); *at != '\0'; at++)
            assert_true((unsigned char)*at >= 0x20 || at[1] == '\0');
        assert_null(strchr(out, 0x7f));
        assert_null(strchr(out, 0x9b)); /* CSI in one octet */
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_an_exchange_is_one_line),
        TEST(test_a_connection_is_one_line),
        TEST(test_without_request_or_answer),
        TEST(test_raw_octets_have_their_intent),
        TEST(test_exchanges_are_numbered_and_connections_are_not),
        TEST(test_ADM_06_every_octet_round_trips),
        TEST(test_ADM_06_each_octet_alone),
        TEST(test_what_is_known_of_an_exchange_is_told),
        TEST(test_bodies_are_told_where_asked_for),
        TEST(test_heads_that_are_odd_are_told_whole),
        TEST(test_requests_that_are_odd_are_told_whole),
        TEST(test_FWD_07_what_is_no_request_is_a_secret),
        TEST(test_FWD_07_secrets_are_redacted),
        TEST(test_FWD_07_schemes_are_told),
        TEST(test_FWD_07_secrets_of_odd_heads_are_redacted),
        TEST(test_FWD_07_relayed_secrets_are_redacted),
        TEST(test_secrets_are_told_where_asked_for),
        TEST(test_nobody_listens),
        TEST(test_a_journal_that_cannot_be_opened),
        TEST(test_ADM_07_a_full_disk_costs_lines),
        TEST(test_lines_go_by_themselves_when_there_are_many),
        TEST(test_MEM_04_no_line_is_written_by_half),
        TEST(test_a_line_for_a_person),
        TEST(test_ADM_06_terminals_see_no_control_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
