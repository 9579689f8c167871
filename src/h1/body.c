/* SPDX-License-Identifier: MIT */
/*
 * Bodies, read as they come (RFC 9112 §6, §7.1). The chunked coding is a machine
 * over octets:
 *
 *   SIZE ─▶ EXT ─▶ SIZE_LF ─▶ DATA ─▶ DATA_CR ─▶ DATA_LF ─▶ SIZE …
 *                         └─(size 0)─▶ TRAILER … ─▶ DONE
 *
 * Only DATA moves more than one octet at a time, because only there is more than
 * one to move. A trailer line is taken whole or not at all.
 */
#include "parse.h"

enum state {
    STATE_DATA, /* also the whole of a body with a length, or until the end */
    STATE_SIZE,
    STATE_EXT,
    STATE_SIZE_LF,
    STATE_DATA_CR,
    STATE_DATA_LF,
    STATE_TRAILER,
    STATE_DONE,
    STATE_BAD
};

#define SIZE_DIGITS_MOST 16

struct look {
    struct h1_body *b;
    struct h1_reader r;
    struct slice *out;
};

void h1_body_init(struct h1_body *b, struct http_framing framing)
{
    *b = (struct h1_body){.framing = framing};
    switch (framing.kind) {
    case BODY_NONE:
        b->state = STATE_DONE;
        break;
    case BODY_LENGTH:
        b->left = framing.length;
        b->state = framing.length == 0 ? STATE_DONE : STATE_DATA;
        break;
    case BODY_CHUNKED:
        b->state = STATE_SIZE;
        break;
    case BODY_CLOSE:
        b->left = UINT64_MAX;
        b->state = STATE_DATA;
        break;
    }
}

bool h1_body_is_done(const struct h1_body *b)
{
    return b->state == STATE_DONE;
}

static enum h1_read bad(struct look *l, enum h1_fault_id id)
{
    l->b->state = STATE_BAD;
    h1_bad(&l->r, id, l->r.data);
    return H1_READ_BAD;
}

/* ---- content ---- */

static enum h1_read read_content(struct look *l)
{
    struct h1_body *b = l->b;
    size_t n = (size_t)(l->r.end - l->r.at);

    if (n > b->left)
        n = (size_t)b->left;
    *l->out = (struct slice){l->r.at, n};
    l->r.at += n;
    b->content += n;
    if (b->framing.kind == BODY_CLOSE)
        return H1_READ_CONTENT;
    b->left -= n;
    if (b->left == 0)
        b->state = b->framing.kind == BODY_CHUNKED ? STATE_DATA_CR : STATE_DONE;
    return H1_READ_CONTENT;
}

/* ---- the line before a chunk ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* No sign, no white space, no prefix; 16 digits at most, leading zeros among them. */
static enum h1_read read_size(struct look *l, char c)
{
    struct h1_body *b = l->b;
    const int digit = hex_digit(c);

    if (digit >= 0) {
        if (b->digits == SIZE_DIGITS_MOST)
            return bad(l, H1_FAULT_CHUNK_SIZE);
        b->digits++;
        b->left = b->left << 4 | (uint64_t)digit;
        return H1_READ_MORE;
    }
    if (b->digits == 0 || (c != ';' && c != '\r'))
        return bad(l, H1_FAULT_CHUNK_SIZE);
    if (b->left > INT64_MAX - b->content)
        return bad(l, H1_FAULT_CHUNK_SIZE);
    if (c == '\r') {
        b->state = STATE_SIZE_LF;
        return H1_READ_MORE;
    }
    if (b->ext++ >= l->r.limits->chunk_ext)
        return bad(l, H1_FAULT_CHUNK_EXT);
    b->state = STATE_EXT;
    return H1_READ_MORE;
}

static enum h1_read read_ext(struct look *l, char c)
{
    struct h1_body *b = l->b;

    if (c == '\r') {
        b->state = STATE_SIZE_LF;
        return H1_READ_MORE;
    }
    if (!h1_is(c, H1_IS_VALUE) || b->ext >= l->r.limits->chunk_ext)
        return bad(l, H1_FAULT_CHUNK_EXT);
    b->ext++;
    return H1_READ_MORE;
}

static enum h1_read read_size_lf(struct look *l, char c)
{
    struct h1_body *b = l->b;

    if (c != '\n')
        return bad(l, H1_FAULT_BARE_CR);
    b->digits = 0;
    b->state = b->left == 0 ? STATE_TRAILER : STATE_DATA;
    return H1_READ_MORE;
}

static enum h1_read read_data_end(struct look *l, char c)
{
    struct h1_body *b = l->b;

    if (c != (b->state == STATE_DATA_CR ? '\r' : '\n'))
        return bad(l, H1_FAULT_CHUNK_END);
    b->state = b->state == STATE_DATA_CR ? STATE_DATA_LF : STATE_SIZE;
    return H1_READ_MORE;
}

/* ---- trailers ---- */

static enum h1_read judge_trailer(struct look *l, struct slice line)
{
    const size_t name = h1_scan->token(line.at, line.len);
    size_t value;

    if (name == 0 || name == line.len || line.at[name] != ':')
        return bad(l, H1_FAULT_TRAILER);
    value = line.len - name - 1;
    if (h1_scan->value(line.at + name + 1, value) != value)
        return bad(l, H1_FAULT_TRAILER);
    if (!h1_may_trail((struct slice){line.at, name}))
        return bad(l, H1_FAULT_TRAILER_FRAMING);
    *l->out = line;
    return H1_READ_TRAILER;
}

/* b->line octets of this line were searched before, and hold no LF. */
static enum h1_read read_trailer(struct look *l)
{
    const struct limits *most = l->r.limits;
    struct h1_body *b = l->b;
    const size_t len = (size_t)(l->r.end - l->r.at);
    const size_t seen = b->line < len ? b->line : len;
    const char *at = l->r.at;
    const char *lf = memchr(at + seen, '\n', len - seen);
    const size_t line = lf == NULL ? len : (size_t)(lf - at) + 1;
    const bool is_last =
        lf != NULL ? line == 2 && at[0] == '\r' : line == 1 && at[0] == '\r';

    b->line = 0;
    if (!is_last && b->trailers + line > most->trailer_octets)
        return bad(l, H1_FAULT_TRAILERS_MANY);
    if (lf == NULL) {
        b->line = (uint32_t)len;
        return H1_READ_MORE;
    }
    if (line < 2 || lf[-1] != '\r')
        return bad(l, H1_FAULT_TRAILER);
    l->r.at = lf + 1;
    if (is_last) {
        b->state = STATE_DONE;
        return H1_READ_DONE;
    }
    if (b->n_trailers == most->trailers)
        return bad(l, H1_FAULT_TRAILERS_MANY);
    b->n_trailers++;
    b->trailers += (uint32_t)line;
    return judge_trailer(l, (struct slice){at, line - 2});
}

/* ---- the machine ---- */

static enum h1_read step(struct look *l)
{
    switch ((enum state)l->b->state) {
    case STATE_DATA:
        return read_content(l);
    case STATE_SIZE:
        return read_size(l, *l->r.at++);
    case STATE_EXT:
        return read_ext(l, *l->r.at++);
    case STATE_SIZE_LF:
        return read_size_lf(l, *l->r.at++);
    case STATE_DATA_CR:
    case STATE_DATA_LF:
        return read_data_end(l, *l->r.at++);
    case STATE_TRAILER:
        return read_trailer(l);
    case STATE_DONE:
    case STATE_BAD:
        break;
    }
    return H1_READ_DONE;
}

enum h1_read h1_body_read(struct h1_body *b, const char *in, size_t len,
                          const struct limits *limits, size_t *used, struct slice *out,
                          struct h1_fault *fault)
{
    struct look l = {
        .b = b,
        .r = {.data = in, .at = in, .end = in + len, .limits = limits, .fault = fault},
        .out = out,
    };
    enum h1_read what = b->state == STATE_DONE ? H1_READ_DONE : H1_READ_MORE;

    assert(b->state != STATE_BAD); /* its octets have no meaning any more */
    *out = NO_SLICE;
    while (what == H1_READ_MORE && l.r.at < l.r.end) {
        what = step(&l);
        if (b->line > 0) /* an incomplete trailer line stays with the caller */
            break;
    }
    *used = (size_t)(l.r.at - in);
    return what;
}
