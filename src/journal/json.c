/* SPDX-License-Identifier: MIT */
/* One entry as one line of JSON. Octets of peers become Latin-1 code points, see
 * json_put_octets(). */
#include "lines.h"

#include <inttypes.h>
#include <time.h>

/* Decimal without printf: a line has a dozen numbers. */
static bool put_number(struct buf *b, uint64_t n)
{
    char digits[20], *at = digits + sizeof(digits);

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return buf_put(b, (struct slice){at, (size_t)(digits + sizeof(digits) - at)});
}

#define PUT(literal) buf_put(b, SLICE(literal))

static bool put_time(struct buf *b, int64_t wall_us, struct json_clock *clock)
{
    time_t second = (time_t)(wall_us / 1000000);
    int64_t us = wall_us % 1000000;
    char part[8] = ".000000Z";
    struct tm tm;

    if (second != clock->second) {
        gmtime_r(&second, &tm);
        strftime(clock->text, sizeof(clock->text), "%Y-%m-%dT%H:%M:%S", &tm);
        clock->second = second;
    }
    for (int i = 6; i > 0; i--, us /= 10)
        part[i] = (char)('0' + us % 10);
    return buf_put(b, slice_of(clock->text)) &&
           buf_put(b, (struct slice){part, sizeof(part)});
}

/* Fields that carry what lets somebody in, either way. */
static bool is_secret(struct slice name)
{
    static const struct slice names[] = {SLICE("Authorization"),
                                         SLICE("Proxy-Authorization"), SLICE("Cookie"),
                                         SLICE("Set-Cookie")};

    for (size_t i = 0; i < COUNT(names); i++)
        if (slice_is_nocase(name, names[i]))
            return true;
    return false;
}

static struct slice told(struct slice name, struct slice value)
{
    return is_secret(name) ? SLICE("(redacted)") : value;
}

static bool put_fields(struct buf *b, const struct http_fields *f)
{
    bool ok = PUT(",\"fields\":[");

    for (uint32_t i = 0; ok && i < f->n; i++) {
        struct slice value = told(f->at[i].name, f->at[i].value);
        ok = (i == 0 ? PUT("[") : PUT(",[")) && json_put_octets(b, f->at[i].name) &&
             PUT(",") && json_put_octets(b, value) && PUT("]");
    }
    return ok && PUT("]");
}

/* The fields of a head that we wrote ourselves, line by line: what was sent, not what was
 * planned. */
static bool put_sent_fields(struct buf *b, struct slice head)
{
    bool ok = PUT(",\"fields\":["), first = true;

    slice_cut(&head, '\n'); /* the status line */
    while (ok && head.len > 0) {
        struct slice value = slice_trim(slice_cut(&head, '\n'), "\r");
        if (value.len == 0)
            break;
        struct slice name = slice_cut(&value, ':');
        ok = (first ? PUT("[") : PUT(",[")) && json_put_octets(b, name) && PUT(",") &&
             json_put_octets(b, told(name, slice_trim(value, " "))) && PUT("]");
        first = false;
    }
    return ok && PUT("]");
}

static bool put_request(struct buf *b, const struct entry *e)
{
    const struct http_request *r = e->request;
    char version[] = {(char)('0' + r->major % 10), '.', (char)('0' + r->minor % 10)};

    return PUT(",\"request\":{\"method\":") && json_put_octets(b, r->method_name) &&
           PUT(",\"target\":") && json_put_octets(b, r->raw_target) &&
           PUT(",\"version\":\"") && buf_put(b, (struct slice){version, sizeof(version)}) &&
           PUT("\"") && put_fields(b, &r->fields) && PUT(",\"body\":") &&
           put_number(b, e->request_body) && PUT("}");
}

static bool put_plan(struct buf *b, const struct plan *p)
{
    char text[320];
    bool ok = PUT(",\"rule\":") && json_put_octets(b, p->rule) && PUT(",\"plan\":[");

    for (const struct step *s = p->first; ok && s != NULL; s = s->next) {
        int n = step_print(s, text, sizeof(text));
        size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
        ok = (s == p->first || PUT(",")) && json_put_octets(b, (struct slice){text, len});
    }
    return ok && PUT("]");
}

static bool put_response(struct buf *b, const struct entry *e)
{
    bool ok = PUT(",\"response\":{\"status\":") &&
              (e->response == NULL ? PUT("null") : put_number(b, e->response->status)) &&
              PUT(",\"interim\":[");

    for (size_t i = 0; ok && i < e->n_interim; i++)
        ok = (i == 0 || PUT(",")) && put_number(b, e->interim[i]);
    ok = ok && PUT("]");
    if (ok && e->response != NULL)
        ok = put_sent_fields(b, e->head);
    return ok && PUT(",\"body\":") && put_number(b, e->response_body) && PUT("}");
}

static bool put_intents(struct buf *b, const struct entry *e)
{
    uint32_t n = 0;
    bool ok = PUT(",\"intents\":[");

    for (const struct step *s = e->plan->first; ok && s != NULL && n < e->n_raw;
         s = s->next) {
        if (s->kind != STEP_RAW)
            continue;
        ok = (n == 0 || PUT(",")) && PUT("{\"step\":") &&
             put_number(b, s->raw.intent.step) && PUT(",\"kind\":") &&
             json_put_octets(b, slice_of(s->raw.intent.kind)) && PUT(",\"why\":") &&
             json_put_octets(b, s->raw.intent.why) && PUT(",\"range\":[") &&
             put_number(b, e->raw[n].from) && PUT(",") && put_number(b, e->raw[n].to) &&
             PUT("]}");
        n++;
    }
    return ok && PUT("]");
}

static bool put_upstream(struct buf *b, const struct entry *e)
{
    return PUT(",\"upstream\":{\"address\":") && json_put_octets(b, e->upstream) &&
           (e->reused ? PUT(",\"reused\":true") : PUT(",\"reused\":false")) &&
           PUT(",\"attempts\":") && put_number(b, e->attempts) && PUT("}");
}

static bool put_sent(struct buf *b, const struct entry *e)
{
    return PUT(",\"sent\":[") && put_number(b, e->sent.from) && PUT(",") &&
           put_number(b, e->sent.to) && PUT("]");
}

static bool put_exchange(struct buf *b, const struct entry *e)
{
    bool ok = PUT(",\"exchange\":") && put_number(b, e->exchange);

    if (ok && e->request != NULL)
        ok = put_request(b, e);
    ok = ok && put_plan(b, e->plan) && put_response(b, e) && put_sent(b, e) &&
         put_intents(b, e);
    if (ok && e->upstream.len > 0)
        ok = put_upstream(b, e);
    return ok && PUT(",\"times\":{\"first_us\":") && put_number(b, e->first_us) &&
           PUT(",\"end_us\":") && put_number(b, e->end_us) && PUT("}");
}

static bool put_connection(struct buf *b, const struct entry *e)
{
    return PUT(",\"exchanges\":") && put_number(b, e->exchanges) && PUT(",\"sent\":") &&
           put_number(b, e->sent.to) && PUT(",\"received\":") && put_number(b, e->received);
}

bool json_put_entry(struct buf *b, const struct entry *e, struct json_clock *clock)
{
    bool ok = PUT("{");

    if (e->exchange > 0)
        ok = ok && PUT("\"seq\":") && put_number(b, e->seq) && PUT(",");
    ok = ok && PUT("\"time\":\"") && put_time(b, e->wall_us, clock) &&
         PUT("\",\"connection\":") && put_number(b, e->connection) && PUT(",\"client\":") &&
         json_put_octets(b, e->client);
    ok = ok && (e->exchange > 0 ? put_exchange(b, e) : put_connection(b, e));
    return ok && PUT(",\"ending\":") &&
           json_put_octets(b, slice_of(ending_row(e->ending)->name)) && PUT("}\n");
}
