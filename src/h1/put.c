/* SPDX-License-Identifier: MIT */
/*
 * The strict emitter: judge everything and count, reserve once, then copy. A
 * message that was refused has left no octet behind.
 */
#include "parse.h"

#define CRLF_LEN      2
#define LENGTH_DIGITS 20

/* What a head says besides the fields it was given: framing and Connection, in the end. */
struct tail {
    struct slice date;
    struct slice upgrade;
    struct slice connection; /* options, or .len 0 */
    bool has_length, has_coding;
    char digits[LENGTH_DIGITS];
    uint8_t n_digits;
};

/* ---- judging ---- */

static bool is_run(size_t (*scan)(const char *, size_t), struct slice s)
{
    return s.len == 0 || scan(s.at, s.len) == s.len;
}

/* RFC 9110 §5.5: white space around a value is none of it. */
static bool is_value(struct slice s)
{
    return s.len == 0 || (is_run(h1_scan->value, s) && !h1_is_blank(s.at[0]) &&
                          !h1_is_blank(s.at[s.len - 1]));
}

static bool is_name(struct slice s)
{
    return s.len > 0 && is_run(h1_scan->token, s);
}

/* Names are looked at, not ids: whoever made the field may have left its id out. */
static bool is_framing(struct slice name)
{
    switch (name.len) {
    case 10:
        return slice_is_nocase(name, SLICE("connection"));
    case 14:
        return slice_is_nocase(name, SLICE("content-length"));
    case 17:
        return slice_is_nocase(name, SLICE("transfer-encoding"));
    default:
        return false;
    }
}

struct census {
    size_t octets; /* of all field lines */
    unsigned hosts, dates;
};

static enum h1_refusal judge_fields(const struct http_fields *f, struct census *c)
{
    *c = (struct census){0};
    for (uint32_t i = 0; i < f->n; i++) {
        const struct http_field *field = &f->at[i];

        if (!is_name(field->name))
            return H1_EMIT_NAME;
        if (!is_value(field->value))
            return H1_EMIT_VALUE;
        if (is_framing(field->name))
            return H1_EMIT_FRAMING;
        if (field->name.len == 4) {
            c->hosts += slice_is_nocase(field->name, SLICE("host"));
            c->dates += slice_is_nocase(field->name, SLICE("date"));
        }
        c->octets += field->name.len + 2 + field->value.len + CRLF_LEN;
    }
    return H1_EMIT_OK;
}

/* ---- what stands in the tail ---- */

static uint8_t put_digits(char *out, uint64_t value)
{
    char reversed[LENGTH_DIGITS];
    uint8_t n = 0;

    do {
        reversed[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (uint8_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    return n;
}

static void say_length(struct tail *t, uint64_t length)
{
    t->has_length = true;
    t->n_digits = put_digits(t->digits, length);
}

/* [upgrade] [close wins over keep-alive] */
static struct slice connection_options(const struct h1_head_opts *o)
{
    const bool upgrades = o->upgrade.len > 0;

    if (o->close)
        return upgrades ? SLICE("upgrade, close") : SLICE("close");
    if (o->keep_alive)
        return upgrades ? SLICE("upgrade, keep-alive") : SLICE("keep-alive");
    return upgrades ? SLICE("upgrade") : NO_SLICE;
}

static enum h1_refusal begin_tail(struct tail *t, const struct h1_head_opts *o,
                                  bool has_date)
{
    t->has_length = t->has_coding = false;
    t->n_digits = 0;
    t->date = has_date ? NO_SLICE : o->date;
    t->upgrade = o->upgrade;
    t->connection = connection_options(o);
    return is_value(t->date) && is_value(t->upgrade) ? H1_EMIT_OK : H1_EMIT_VALUE;
}

static size_t tail_octets(const struct tail *t)
{
    size_t n = CRLF_LEN;

    if (t->date.len > 0)
        n += sizeof("Date: ") - 1 + t->date.len + CRLF_LEN;
    if (t->upgrade.len > 0)
        n += sizeof("Upgrade: ") - 1 + t->upgrade.len + CRLF_LEN;
    if (t->connection.len > 0)
        n += sizeof("Connection: ") - 1 + t->connection.len + CRLF_LEN;
    if (t->has_length)
        n += sizeof("Content-Length: ") - 1 + t->n_digits + CRLF_LEN;
    if (t->has_coding)
        n += sizeof("Transfer-Encoding: chunked\r\n") - 1;
    return n;
}

/* What the framing of a response says on the wire, if it may (RFC 9112 §6.1, §6.2). */
static enum h1_refusal frame_response(struct tail *t, const struct http_response *res,
                                      const struct h1_head_opts *o)
{
    const struct http_framing f = res->framing;
    const bool is_unread = o->method == METHOD_HEAD || res->status == 304;

    if (res->status == 101 && o->upgrade.len == 0)
        return H1_EMIT_FRAMING;
    if (res->status < 200 || res->status == 204)
        return f.kind == BODY_NONE ? H1_EMIT_OK : H1_EMIT_FRAMING;
    if (o->method == METHOD_CONNECT && res->status < 300)
        return H1_EMIT_OK;
    if (res->status == 205 && f.kind != BODY_NONE &&
        (f.kind != BODY_LENGTH || f.length != 0))
        return H1_EMIT_FRAMING;
    switch (f.kind) {
    case BODY_NONE: /* where a body could be, its absence must be said */
        if (!is_unread)
            say_length(t, 0);
        return H1_EMIT_OK;
    case BODY_LENGTH:
        say_length(t, f.length);
        return H1_EMIT_OK;
    case BODY_CHUNKED:
        t->has_coding = true;
        return H1_EMIT_OK;
    case BODY_CLOSE:
        return o->close ? H1_EMIT_OK : H1_EMIT_FRAMING;
    }
    return H1_EMIT_FRAMING;
}

static enum h1_refusal frame_request(struct tail *t, struct http_framing f)
{
    if (f.kind == BODY_CLOSE)
        return H1_EMIT_FRAMING;
    if (f.kind == BODY_LENGTH)
        say_length(t, f.length);
    t->has_coding = f.kind == BODY_CHUNKED;
    return H1_EMIT_OK;
}

/* ---- copying ---- */

static char *copy(char *to, struct slice s)
{
    if (s.len > 0)
        memcpy(to, s.at, s.len);
    return to + s.len;
}

static char *copy_line(char *to, struct slice name, struct slice value)
{
    to = copy(to, name);
    *to++ = ':';
    *to++ = ' ';
    to = copy(to, value);
    *to++ = '\r';
    *to++ = '\n';
    return to;
}

static char *copy_fields(char *to, const struct http_fields *f)
{
    for (uint32_t i = 0; i < f->n; i++)
        to = copy_line(to, f->at[i].name, f->at[i].value);
    return to;
}

static char *copy_tail(char *to, const struct tail *t)
{
    if (t->date.len > 0)
        to = copy_line(to, SLICE("Date"), t->date);
    if (t->has_length)
        to = copy_line(to, SLICE("Content-Length"), (struct slice){t->digits, t->n_digits});
    if (t->has_coding)
        to = copy_line(to, SLICE("Transfer-Encoding"), SLICE("chunked"));
    if (t->upgrade.len > 0)
        to = copy_line(to, SLICE("Upgrade"), t->upgrade);
    if (t->connection.len > 0)
        to = copy_line(to, SLICE("Connection"), t->connection);
    return copy(to, SLICE("\r\n"));
}

/* Room for `n` octets, or NULL; settle() takes those that were written. */
static char *claim(struct buf *out, size_t n)
{
    return buf_reserve(out, n) ? out->block + out->to : NULL;
}

static void settle(struct buf *out, const char *end, size_t n)
{
    assert((size_t)(end - (out->block + out->to)) == n); /* what was counted was written */
    out->to += (uint32_t)n;
}

/* ---- heads ---- */

static enum h1_refusal write_head(struct buf *out, const struct slice line[3],
                                  const struct http_fields *fields, size_t field_octets,
                                  const struct tail *tail)
{
    const size_t n = line[0].len + 1 + line[1].len + 1 + line[2].len + CRLF_LEN +
                     field_octets + tail_octets(tail);
    char *to = claim(out, n);

    if (to == NULL)
        return H1_EMIT_MEMORY;
    to = copy(to, line[0]);
    *to++ = ' ';
    to = copy(to, line[1]);
    *to++ = ' ';
    to = copy(to, line[2]);
    to = copy(to, SLICE("\r\n"));
    to = copy_fields(to, fields);
    to = copy_tail(to, tail);
    settle(out, to, n);
    return H1_EMIT_OK;
}

enum h1_refusal h1_put_response(struct buf *out, const struct http_response *res,
                                const struct h1_head_opts *opts)
{
    const unsigned s = res->status;
    char code[3];
    struct tail tail;
    struct census census;
    enum h1_refusal no;

    if (s < 100 || s > 999)
        return H1_EMIT_STATUS;
    if (!is_run(h1_scan->value, res->phrase))
        return H1_EMIT_PHRASE;
    no = judge_fields(&res->fields, &census);
    if (no == H1_EMIT_OK)
        no = begin_tail(&tail, opts, census.dates > 0);
    if (no == H1_EMIT_OK)
        no = frame_response(&tail, res, opts);
    if (no != H1_EMIT_OK)
        return no;

    code[0] = (char)('0' + s / 100);
    code[1] = (char)('0' + s / 10 % 10);
    code[2] = (char)('0' + s % 10);
    return write_head(out,
                      (const struct slice[3]){SLICE("HTTP/1.1"), {code, 3}, res->phrase},
                      &res->fields, census.octets, &tail);
}

enum h1_refusal h1_put_request(struct buf *out, struct slice method, struct slice target,
                               const struct http_fields *fields,
                               struct http_framing framing, const struct h1_head_opts *opts)
{
    struct http_target parts;
    struct tail tail;
    struct census census;
    enum h1_refusal no;

    if (!is_name(method))
        return H1_EMIT_METHOD;
    if (target.len == 0 || !is_run(h1_scan->target, target) ||
        http_split_target(target, http_method_of(method), &parts) != NULL)
        return H1_EMIT_TARGET;
    no = judge_fields(fields, &census);
    if (no == H1_EMIT_OK && census.hosts != 1)
        no = H1_EMIT_HOST;
    if (no == H1_EMIT_OK)
        no = begin_tail(&tail, opts, census.dates > 0);
    if (no == H1_EMIT_OK)
        no = frame_request(&tail, framing);
    if (no != H1_EMIT_OK)
        return no;
    return write_head(out, (const struct slice[3]){method, target, SLICE("HTTP/1.1")},
                      fields, census.octets, &tail);
}

/* ---- bodies ---- */

#define SIZE_DIGITS 16

static unsigned hex_digits(uint64_t n)
{
    unsigned digits = 1;

    while (digits < SIZE_DIGITS && n >> (4 * digits) > 0)
        digits++;
    return digits;
}

static char *copy_size(char *to, uint64_t n)
{
    static const char hex[] = "0123456789abcdef";

    for (unsigned i = hex_digits(n); i > 0; i--)
        *to++ = hex[n >> (4 * (i - 1)) & 0xf];
    return copy(to, SLICE("\r\n"));
}

enum h1_refusal h1_put_chunk(struct buf *out, struct slice content)
{
    size_t n = hex_digits(content.len) + CRLF_LEN + content.len + CRLF_LEN;
    char *to;

    if (content.len == 0) /* it would end the body */
        return H1_EMIT_FRAMING;
    to = claim(out, n);
    if (to == NULL)
        return H1_EMIT_MEMORY;
    to = copy_size(to, content.len);
    to = copy(to, content);
    to = copy(to, SLICE("\r\n"));
    settle(out, to, n);
    return H1_EMIT_OK;
}

enum h1_refusal h1_put_chunk_size(struct buf *out, uint64_t n)
{
    size_t len = hex_digits(n) + CRLF_LEN;
    char *to;

    if (n == 0)
        return H1_EMIT_FRAMING;
    to = claim(out, len);
    if (to == NULL)
        return H1_EMIT_MEMORY;
    settle(out, copy_size(to, n), len);
    return H1_EMIT_OK;
}

enum h1_refusal h1_put_chunk_end(struct buf *out)
{
    return buf_put(out, SLICE("\r\n")) ? H1_EMIT_OK : H1_EMIT_MEMORY;
}

enum h1_refusal h1_put_last_chunk(struct buf *out, const struct http_fields *trailers)
{
    static const struct http_fields none;
    struct census census;
    enum h1_refusal no;
    size_t n;
    char *to;

    if (trailers == NULL)
        trailers = &none;
    no = judge_fields(trailers, &census);
    if (no != H1_EMIT_OK)
        return no;
    for (uint32_t i = 0; i < trailers->n; i++)
        if (!h1_may_trail(trailers->at[i].name))
            return H1_EMIT_FRAMING;
    n = sizeof("0\r\n\r\n") - 1 + census.octets;
    to = claim(out, n);
    if (to == NULL)
        return H1_EMIT_MEMORY;
    to = copy(to, SLICE("0\r\n"));
    to = copy_fields(to, trailers);
    to = copy(to, SLICE("\r\n"));
    settle(out, to, n);
    return H1_EMIT_OK;
}

bool h1_put_raw(struct buf *out, const struct intent *why, struct slice octets)
{
    assert(why != NULL); /* malformed octets that nobody answers for are a bug */
    return buf_put(out, octets);
}
