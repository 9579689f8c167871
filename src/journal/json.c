/* SPDX-License-Identifier: MIT */
/* One entry as one line of JSON. Octets of peers become Latin-1 code points, see
 * json_put_octets(). */
#include "lines.h"

#include <inttypes.h>
#include <time.h>

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

/* A number of 64 bits as it is compared: sixteen digits. */
static bool put_hex(struct buf *b, uint64_t n)
{
    static const char digits[] = "0123456789abcdef";
    char text[16];

    for (size_t i = sizeof(text); i-- > 0; n >>= 4)
        text[i] = digits[n & 15];
    return PUT("\"") && buf_put(b, (struct slice){text, sizeof(text)}) && PUT("\"");
}

/* ---- heads ---- */

static bool put_field(struct buf *b, bool is_first, struct slice name, struct slice value,
                      const struct json_style *style)
{
    char scratch[HEAD_TOLD];

    return (is_first ? PUT("[") : PUT(",[")) && json_put_octets(b, name) && PUT(",") &&
           json_put_octets(b, style->secrets ? value : head_told(name, value, scratch)) &&
           PUT("]");
}

static bool put_fields(struct buf *b, const struct http_fields *f,
                       const struct json_style *style)
{
    bool ok = PUT("[");

    for (uint32_t i = 0; ok && i < f->n; i++)
        ok = put_field(b, i == 0, f->at[i].name, f->at[i].value, style);
    return ok && PUT("]");
}

/* A head that its first line and its fields do not tell to the octet. */
static bool put_octets(struct buf *b, struct slice head, const struct json_style *style)
{
    struct buf told = {0};
    bool ok;

    if (style->secrets)
        return json_put_octets(b, head);
    ok = head_put_told(&told, head) && json_put_octets(b, buf_slice(&told));
    buf_clear(&told);
    return ok;
}

/* Would it be the same, written anew from what was read? */
static bool is_plain_request(struct slice head, const struct http_request *r)
{
    size_t version = r->method_name.len + r->raw_target.len + strlen("  HTTP/");
    size_t len = version + strlen("1.1\r\n\r\n");

    for (uint32_t i = 0; i < r->fields.n; i++) {
        const struct http_field *f = &r->fields.at[i];
        if (!head_is_plain_field(head, f->name, f->value))
            return false;
        len += f->name.len + f->value.len + strlen(": \r\n");
    }
    return len == head.len && head.at[version] == '0' + r->major &&
           head.at[version + 2] == '0' + r->minor; /* 1.2 is read as 1.1 */
}

/* What was sent, line by line, not what was planned. */
static bool put_sent_head(struct buf *b, struct slice head, const struct json_style *style)
{
    struct slice rest = head, name, value, first = head_status_line(head);
    size_t len = first.len + strlen("\r\n\r\n");
    bool ok = PUT(",\"line\":") && json_put_octets(b, first) && PUT(",\"fields\":[");
    bool is_plain = head_has_plain_ends(head), is_first = true;

    while (ok && record_next_field(&rest, &name, &value)) {
        ok = put_field(b, is_first, name, value, style);
        is_plain = is_plain && head_is_plain_field(head, name, value);
        len += name.len + value.len + strlen(": \r\n");
        is_first = false;
    }
    ok = ok && PUT("]");
    if (ok && head.len > 0 && !(is_plain && len == head.len))
        ok = PUT(",\"head\":") && put_octets(b, head, style);
    return ok;
}

/* ---- an exchange ---- */

static bool put_sample(struct buf *b, struct slice sample, const struct json_style *style)
{
    return !style->bodies || sample.len == 0 ||
           (PUT(",\"sample\":") && json_put_octets(b, sample));
}

static bool put_request(struct buf *b, const struct entry *e,
                        const struct json_style *style)
{
    const struct http_request *r = e->request;
    struct slice head = e->request_head;
    char version[] = {(char)('0' + r->major % 10), '.', (char)('0' + r->minor % 10)};
    bool ok = PUT(",\"request\":{\"method\":") && json_put_octets(b, r->method_name) &&
              PUT(",\"target\":") && json_put_octets(b, r->raw_target) &&
              PUT(",\"version\":\"") &&
              buf_put(b, (struct slice){version, sizeof(version)}) &&
              PUT("\",\"fields\":") && put_fields(b, &r->fields, style) &&
              PUT(",\"body\":") && line_put_number(b, e->request_body);

    if (ok && e->request_digest != 0)
        ok = PUT(",\"digest\":") && put_hex(b, e->request_digest);
    ok = ok && put_sample(b, e->request_sample, style);
    /* What could not be read (version 0) may hide secrets anywhere. */
    if (ok && head.len > 0 && (r->major > 0 ? !is_plain_request(head, r) : style->secrets))
        ok = PUT(",\"head\":") && put_octets(b, head, style);
    return ok && PUT("}");
}

static bool put_plan(struct buf *b, const struct plan *p)
{
    char text[STEP_WORDS];
    bool ok = PUT(",\"rule\":") && json_put_octets(b, p->rule);

    if (ok && p->rule_index > 0)
        ok = PUT(",\"rule_index\":") && line_put_number(b, p->rule_index) &&
             PUT(",\"match\":") && line_put_number(b, p->match);
    ok = ok && PUT(",\"plan\":[");
    for (const struct step *s = p->first; ok && s != NULL; s = s->next) {
        int n = step_print(s, text, sizeof(text));
        size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
        ok = (s == p->first || PUT(",")) && json_put_octets(b, (struct slice){text, len});
    }
    return ok && PUT("]");
}

static bool put_faults(struct buf *b, const struct entry *e)
{
    bool ok = e->n_faults == 0 || PUT(",\"faults\":[");

    for (uint32_t i = 0; ok && i < e->n_faults; i++)
        ok = (i == 0 || PUT(",")) && json_put_octets(b, slice_of(e->faults[i]));
    return ok && (e->n_faults == 0 || PUT("]"));
}

static bool put_trouble(struct buf *b, const struct plan *p)
{
    return p->trouble.len == 0 || (PUT(",\"trouble\":") && json_put_octets(b, p->trouble));
}

static bool put_response(struct buf *b, const struct entry *e,
                         const struct json_style *style)
{
    bool ok =
        PUT(",\"response\":{\"status\":") &&
        (e->response == NULL ? PUT("null") : line_put_number(b, e->response->status)) &&
        PUT(",\"interim\":[");

    for (size_t i = 0; ok && i < e->n_interim; i++)
        ok = (i == 0 || PUT(",")) && line_put_number(b, e->interim[i]);
    ok = ok && PUT("]");
    if (ok && e->response != NULL)
        ok = put_sent_head(b, e->head, style);
    return ok && PUT(",\"body\":") && line_put_number(b, e->response_body) &&
           put_sample(b, e->response_sample, style) && PUT("}");
}

static bool put_intent(struct buf *b, const struct told *t)
{
    return PUT("{\"step\":") && line_put_number(b, t->intent->step) && PUT(",\"kind\":") &&
           json_put_octets(b, slice_of(t->intent->kind)) && PUT(",\"why\":") &&
           json_put_octets(b, t->intent->why) && PUT(",\"range\":[") &&
           line_put_number(b, t->range.from) && PUT(",") &&
           line_put_number(b, t->range.to) && PUT("]}");
}

static bool put_intents(struct buf *b, const struct entry *e)
{
    bool ok = PUT(",\"intents\":[");

    for (uint32_t i = 0; ok && i < e->n_told; i++)
        ok = (i == 0 || PUT(",")) && put_intent(b, &e->told[i]);
    return ok && PUT("]");
}

static bool put_upstream(struct buf *b, const struct entry *e)
{
    return PUT(",\"upstream\":{\"address\":") && json_put_octets(b, e->upstream) &&
           (e->reused ? PUT(",\"reused\":true") : PUT(",\"reused\":false")) &&
           PUT(",\"attempts\":") && line_put_number(b, e->attempts) && PUT("}");
}

static bool put_sent(struct buf *b, const struct entry *e)
{
    return PUT(",\"sent\":[") && line_put_number(b, e->sent.from) && PUT(",") &&
           line_put_number(b, e->sent.to) && PUT("]");
}

static bool put_exchange(struct buf *b, const struct entry *e,
                         const struct json_style *style)
{
    bool ok = PUT(",\"exchange\":") && line_put_number(b, e->exchange);

    if (ok && e->inside.len > 0)
        ok = PUT(",\"inside\":") && json_put_octets(b, e->inside);
    if (ok && e->request != NULL)
        ok = put_request(b, e, style);
    else if (ok && e->request_head.len > 0 && style->secrets)
        ok = PUT(",\"came\":") && json_put_octets(b, e->request_head);
    ok = ok && put_plan(b, e->plan) && put_faults(b, e) && put_trouble(b, e->plan) &&
         put_response(b, e, style) && put_sent(b, e) && put_intents(b, e);
    if (ok && e->upstream.len > 0)
        ok = put_upstream(b, e);
    if (ok && e->relayed != NULL)
        ok = PUT(",\"relayed\":") && put_fields(b, e->relayed, style);
    return ok && PUT(",\"times\":{\"first_us\":") && line_put_number(b, e->first_us) &&
           PUT(",\"end_us\":") && line_put_number(b, e->end_us) && PUT("}");
}

static bool put_connection(struct buf *b, const struct entry *e)
{
    return PUT(",\"exchanges\":") && line_put_number(b, e->exchanges) &&
           PUT(",\"sent\":") && line_put_number(b, e->sent.to) && PUT(",\"received\":") &&
           line_put_number(b, e->received);
}

bool json_put_entry(struct buf *b, const struct entry *e, struct json_style *style)
{
    bool ok = PUT("{");

    if (e->exchange > 0)
        ok = ok && PUT("\"seq\":") && line_put_number(b, e->seq) && PUT(",");
    ok = ok && PUT("\"time\":\"") && put_time(b, e->wall_us, &style->clock) &&
         PUT("\",\"connection\":") && line_put_number(b, e->connection) &&
         PUT(",\"client\":") && json_put_octets(b, e->client) && PUT(",\"run_us\":") &&
         line_put_number(b, e->run_us);
    ok = ok && (e->exchange > 0 ? put_exchange(b, e, style) : put_connection(b, e));
    return ok && PUT(",\"ending\":") &&
           json_put_octets(b, slice_of(ending_row(e->ending)->name)) && PUT("}\n");
}
