/* SPDX-License-Identifier: MIT */
/*
 * Journals. The first octet says what the rest is:
 *   'R'       a file: whatever stands there, it is read or complained of, and what was read
 *             is in order
 *   another   an exchange, to be written and read back: it must be what memory kept. Bits
 * of that octet choose; then numbers and texts, each text behind its length.
 */
#include "fuzz.h"
#include "same.h"

#include "../src/journal/lines.h"

enum { HAS_REQUEST = 1, HAS_RESPONSE = 2, HAS_RELAYED = 4, IS_END = 8, KEEPS_SECRETS = 16 };

#define FIELDS 32
#define MOST   64 /* records */

/* ---- a file ---- */

static void must_be_inside(struct slice part, struct slice whole)
{
    if (part.len > 0 && (part.at < whole.at || part.at + part.len > whole.at + whole.len))
        fuzz_must("a part of a head lies outside of it");
}

static void look_at_head(struct slice head)
{
    struct slice rest = head, name, value, last = NO_SLICE;
    uint32_t nth = 0;

    while (record_next_field(&rest, &name, &value)) {
        must_be_inside(name, head);
        must_be_inside(value, head);
        if (!http_is_token(name))
            fuzz_must("a field's name is no token");
        last = name;
        nth++;
    }
    if (nth > 0 && record_field(head, last, 0).at == NULL)
        fuzz_must("a field that is there is not found");
    if (record_field(head, SLICE("A"), nth).at != NULL)
        fuzz_must("more fields of a name than fields");
}

static void look_at(const struct records *r)
{
    const struct record *last = NULL;
    uint64_t n = 0;

    for (const struct record *at = r->first; at != NULL; at = at->next, n++) {
        last = at;
        look_at_head(at->request_head);
        look_at_head(at->response_head);
        look_at_head(at->relayed);
        if (at->sent.from > at->sent.to || at->n_interim > COUNT(at->interim))
            fuzz_must("a record is out of order");
        if (at->exchange == 0 && at->seq != 0)
            fuzz_must("the end of a connection has a number");
    }
    if (n != r->n || n > r->most || last != r->last)
        fuzz_must("the records do not count");
}

static bool read_text(struct records *r, struct slice text, struct complaint *why)
{
    FILE *in =
        text.len == 0 ? fopen("/dev/null", "r") : fmemopen((void *)text.at, text.len, "r");
    bool ok = in != NULL && records_read(r, in, "x", why);

    if (in != NULL)
        fclose(in);
    return ok;
}

static void read_file(struct slice text)
{
    struct complaint why = {""};
    struct records r;

    records_init(&r, MOST);
    if (!read_text(&r, text, &why) && strncmp(why.text, "x:", 2) != 0)
        fuzz_must("a refusal without a place");
    look_at(&r);
    records_clear(&r);
}

/* ---- an exchange ---- */

static uint64_t take_number(struct slice *from, size_t octets)
{
    uint64_t n = 0;

    for (; octets > 0 && from->len > 0; octets--) {
        n = n << 8 | (unsigned char)*from->at++;
        from->len--;
    }
    return n;
}

static struct slice take_text(struct slice *from)
{
    size_t len = take_number(from, 1);
    struct slice text = {from->at, len < from->len ? len : from->len};

    from->at += text.len;
    from->len -= text.len;
    return text;
}

/* A head that can be read, or one of which only the method and target can. */
static void make_request(struct slice *from, struct http_request *req, struct entry *e)
{
    static struct http_field fields[FIELDS];
    struct slice head = take_text(from);
    struct h1_fault fault;
    ssize_t n;

    *req = (struct http_request){.fields = {.at = fields, .cap = FIELDS}};
    n = h1_parse_request(head.at, head.len, 0, &limits_default, 0, req, &fault);
    e->request_head = head;
    e->request = req;
    if (n > 0)
        e->request_head.len = (size_t)n;
    else
        *req = (struct http_request){
            .minor = 1, .method_name = req->method_name, .raw_target = req->raw_target};
    while (e->request_head.len > 0 && n > 0 && strchr("\r\n", e->request_head.at[0])) {
        e->request_head.at++; /* empty lines before it are no part of it */
        e->request_head.len--;
    }
    e->request_body = take_number(from, 4);
    e->request_digest = take_number(from, 8);
    e->request_sample = take_text(from);
}

static void make_plan(struct slice *from, struct plan *p, struct told *told,
                      struct entry *e)
{
    uint32_t n;

    p->rule = take_text(from);
    p->rule_index = (uint32_t)take_number(from, 1);
    p->match = p->rule_index > 0 ? take_number(from, 2) : 0;
    plan_add_head(p, 503, SLICE("x"), 0);
    for (n = (uint32_t)take_number(from, 1) % 3; e->n_told < n; e->n_told++) {
        struct octets range = {.from = take_number(from, 2)};
        range.to = range.from + take_number(from, 1);
        plan_add_raw(p, SLICE("raw"), take_text(from));
        told[e->n_told] = (struct told){&p->last->raw.intent, range};
    }
    plan_add_wait(p, take_number(from, 5));
    plan_add_end(p, END_KEEP);
    e->plan = p;
    e->told = told;
}

static void make_response(struct slice *from, struct http_response *res, struct entry *e)
{
    res->status = (uint16_t)(take_number(from, 2) % 1000);
    e->response = res;
    e->head = take_text(from);
    e->n_interim = (uint8_t)(take_number(from, 1) % 17);
    for (size_t i = 0; i < e->n_interim; i++)
        e->interim[i] = (uint16_t)(take_number(from, 2) % 1000);
}

/* Cookies stand for all secrets. */
static void must_keep_secrets(const struct record *r)
{
    struct slice rest, name, value;

    for (rest = r->request_head; record_next_field(&rest, &name, &value);)
        if (slice_is_nocase(name, SLICE("Cookie")) && !slice_is(value, SLICE("(redacted)")))
            fuzz_must("a secret was told");
    for (rest = r->response_head; record_next_field(&rest, &name, &value);)
        if (slice_is_nocase(name, SLICE("Set-Cookie")) &&
            !slice_is(value, SLICE("(redacted)")))
            fuzz_must("a secret was told");
}

static void write_and_read(const struct entry *e, bool keeps_secrets)
{
    struct json_style style = {
        .clock.second = -1, .secrets = !keeps_secrets, .bodies = true};
    struct complaint why = {""};
    struct records live, back;
    struct buf line = {0};

    records_init(&live, MOST);
    records_init(&back, MOST);
    records_add(&live, e);
    if (!json_put_entry(&line, e, &style))
        fuzz_must("an entry that cannot be written");
    if (memchr(line.block, '\n', buf_len(&line)) != buf_head(&line) + buf_len(&line) - 1)
        fuzz_must("an entry is not one line");
    if (!read_text(&back, buf_slice(&line), &why))
        fuzz_must(why.text);
    if (live.n != 1 || back.n != 1 || live.exchanges != back.exchanges)
        fuzz_must("one entry is not one record");
    if (keeps_secrets)
        must_keep_secrets(back.first);
    else
        fuzz_must(records_differ(live.first, back.first));
    look_at(&back);
    buf_clear(&line);
    records_clear(&live);
    records_clear(&back);
}

static void make_entry(unsigned bits, struct slice from)
{
    struct http_field via = {SLICE("Via"), NO_SLICE, FIELD_VIA};
    struct http_fields relayed = {&via, 1, 1};
    struct http_response res = {0};
    struct http_request req;
    struct told told[3];
    struct arena arena;
    struct plan plan;
    struct entry e = {.seq = 1, .exchange = 1};

    arena_init(&arena, NULL);
    plan_init(&plan, &arena);
    e.connection = 1 + take_number(&from, 1);
    e.run_us = take_number(&from, 4);
    e.wall_us = (int64_t)(take_number(&from, 7) + e.run_us);
    e.first_us = take_number(&from, 1);
    e.end_us = take_number(&from, 2);
    e.sent.from = take_number(&from, 2);
    e.sent.to = e.sent.from + take_number(&from, 1);
    e.ending = (enum ending)(1 + take_number(&from, 1) % (ENDING_COUNT - 1));
    e.client = take_text(&from);
    if (bits & IS_END) {
        e.exchange = 0;
        e.sent.from = 0;
        e.received = take_number(&from, 7);
    } else {
        make_plan(&from, &plan, told, &e);
        e.upstream = take_text(&from);
        e.reused = e.upstream.len % 2 == 1;
        e.inside = take_text(&from);
        via.value = take_text(&from);
        e.relayed = bits & HAS_RELAYED ? &relayed : NULL;
        if (bits & HAS_RESPONSE)
            make_response(&from, &res, &e);
        e.response_sample = take_text(&from);
        if (bits & HAS_REQUEST)
            make_request(&from, &req, &e);
    }
    write_and_read(&e, bits & KEEPS_SECRETS);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    uint64_t live = mem_live();

    if (len == 0 || len > 1 << 16)
        return 0;
    if (octets[0] == 'R')
        read_file((struct slice){(const char *)octets + 1, len - 1});
    else
        make_entry(octets[0], (struct slice){(const char *)octets + 1, len - 1});
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
