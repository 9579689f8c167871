/* SPDX-License-Identifier: MIT */
/* One request to an upstream and its answer. It tells its owner what came; the owner
 * decides. */
#include "link.h"

#include <errno.h>

#define READ_PIECE (32u << 10)

static void on_stream(void *owner, enum stream_event what);
static void on_time(struct timer *t);

/* ---- time ---- */

/* Every wait for the upstream has an end; which one depends on what is waited for. */
static bool wait_for_upstream(struct leg *leg)
{
    const struct limits *limits = leg->upstream->limits;
    struct worker *w = leg->upstream->worker;
    bool is_stuck = !leg->wants_head || buf_len(&leg->link->stream.out) > 0;

    leg->sent_seen = leg->link->stream.sent;
    return timer_set(w, &leg->link->timer,
                     w->now + (is_stuck ? limits->stall_time : limits->answer_time));
}

static void fail(struct leg *leg, enum ending why)
{
    leg->why = why;
    if (leg->link != NULL) {
        timer_hush(&leg->link->timer);
        stream_want_read(&leg->link->stream, false);
    }
    leg->tell(leg->owner, LEG_FAILED);
}

/* ---- the request, going out ---- */

static bool put_head(struct leg *leg)
{
    const struct relay *r = leg->relay;
    struct h1_head_opts opts = {.method = leg->method, .upgrade = r->upgrade};
    enum h1_refusal refusal = h1_put_request(&leg->link->stream.out, r->method, r->target,
                                             &r->fields, r->framing, &opts);

    leg->why = refusal == H1_EMIT_OK       ? ENDING_NONE
               : refusal == H1_EMIT_MEMORY ? ENDING_OUT_OF_MEMORY
                                           : ENDING_REFUSED_TO_EMIT;
    leg->left = r->framing.kind == BODY_LENGTH ? r->framing.length : 0;
    leg->is_put = r->framing.kind == BODY_NONE ||
                  (r->framing.kind == BODY_LENGTH && r->framing.length == 0);
    return refusal == H1_EMIT_OK;
}

/* On a link, at last. False: leg->why says what went wrong, nothing was told. */
static bool board(struct leg *leg, struct link *l)
{
    leg->link = l;
    l->leg = leg;
    leg->address = l->address;
    l->stream.tell = on_stream;
    l->stream.owner = leg;
    l->timer.fire = on_time;
    leg->wants_head = true;
    leg->seen = 0;
    leg->why = ENDING_OUT_OF_MEMORY;
    if (!wait_for_upstream(leg) || !put_head(leg))
        return false;
    stream_want_read(&l->stream, true);
    return l->stream.error == 0;
}

static void on_dialled(void *owner, const struct dialled *d)
{
    struct leg *leg = owner;
    struct link *l;

    leg->dial = NULL;
    leg->address = d->address;
    if (d->why != ENDING_NONE) {
        fail(leg, d->why);
        return;
    }
    l = link_open(leg->upstream, &leg->relay->to, d);
    if (l == NULL)
        fail(leg, ENDING_OUT_OF_MEMORY);
    else if (board(leg, l))
        leg->tell(leg->owner, LEG_READY);
    else
        fail(leg, leg->why);
}

static bool dial(struct leg *leg)
{
    leg->attempts++;
    leg->reused = false;
    leg->dial = dial_start(leg->upstream, &leg->relay->to, on_dialled, leg);
    return leg->dial != NULL;
}

bool leg_start(struct leg *leg, struct upstream *u, struct arena *arena,
               const struct relay *relay, enum http_method method,
               void (*tell)(void *owner, enum leg_event what), void *owner)
{
    struct link *l = NULL;

    *leg = (struct leg){.upstream = u,
                        .arena = arena,
                        .relay = relay,
                        .tell = tell,
                        .owner = owner,
                        .method = method};
    /*
     * A kept connection may turn out to be closed. Only what may be repeated then
     * goes over one, so that nobody's POST fails for a reason that is ours.
     */
    if (relay->idempotent && relay->framing.kind == BODY_NONE)
        l = link_take(u, &relay->to);
    if (l == NULL)
        return dial(leg);
    leg->attempts = 1;
    leg->reused = true;
    return board(leg, l);
}

bool leg_put(struct leg *leg, struct slice content)
{
    struct buf *out = &leg->link->stream.out;

    leg->has_put = true;
    if (leg->is_broken)
        return true; /* the answer may still come; the rest of the body goes nowhere */
    if (leg->relay->framing.kind == BODY_CHUNKED)
        return h1_put_chunk(out, content) == H1_EMIT_OK;
    assert(content.len <= leg->left);
    leg->left -= content.len;
    return buf_put(out, content);
}

bool leg_put_end(struct leg *leg, const struct http_fields *trailers)
{
    leg->is_put = true;
    if (leg->is_broken || leg->relay->framing.kind != BODY_CHUNKED)
        return true;
    return h1_put_last_chunk(&leg->link->stream.out, trailers) == H1_EMIT_OK;
}

bool leg_is_full(const struct leg *leg)
{
    return leg->link == NULL ||
           buf_len(&leg->link->stream.out) >= leg->upstream->limits->buffered;
}

void leg_flush(struct leg *leg)
{
    struct stream *s;
    uint64_t before;

    if (leg->link == NULL || leg->is_broken)
        return;
    s = &leg->link->stream;
    before = s->sent;
    if (stream_flush(s) == FLUSH_FAILED) {
        leg->is_broken = true;
        buf_clear(&s->out);
    }
    /* Only progress begins the time-out anew. */
    if (leg->wants_head && s->sent != before && !wait_for_upstream(leg))
        fail(leg, ENDING_OUT_OF_MEMORY);
}

/* ---- the answer, coming in ---- */

static enum ending ending_of_fault(const struct h1_fault *fault)
{
    switch (fault->id) {
    case H1_FAULT_HEAD_LONG:
    case H1_FAULT_FIELDS_MANY:
    case H1_FAULT_FIELD_LONG:
        return ENDING_UPSTREAM_HEAD_TOO_LARGE;
    default:
        return ENDING_UPSTREAM_GARBAGE;
    }
}

/* The head's octets move to the arena, so that a plan can take its time over them. */
static bool keep_head(struct leg *leg, struct http_response *parsed, size_t len)
{
    struct buf *in = &leg->link->stream.in;
    struct slice head = arena_copy(leg->arena, (struct slice){buf_head(in), len});
    size_t size = parsed->fields.n * sizeof(struct http_field);
    struct http_field *fields = arena_alloc(leg->arena, size);

    if (head.at == NULL || fields == NULL)
        return false;
    leg->response = *parsed;
    memcpy(fields, parsed->fields.at, size);
    leg->response.fields.at = fields;
    leg->response.fields.cap = parsed->fields.n;
    h1_move_response(&leg->response, buf_head(in), head.at);
    buf_skip(in, len);
    return true;
}

static void take_head(struct leg *leg, struct http_response *parsed, size_t len)
{
    if (!keep_head(leg, parsed, len)) {
        fail(leg, ENDING_OUT_OF_MEMORY);
        return;
    }
    leg->seen = 0;
    leg->wants_head = false;
    if (leg->response.status < 200 && leg->response.status != 101) {
        if (++leg->interims > leg->upstream->limits->interim) {
            fail(leg, ENDING_UPSTREAM_INTERIM_FLOOD);
            return;
        }
    } else
        h1_body_init(&leg->body, leg->response.framing);
    if (wait_for_upstream(leg))
        leg->tell(leg->owner, LEG_HEAD);
    else
        fail(leg, ENDING_OUT_OF_MEMORY);
}

/* True while more octets would help. */
static bool parse_head(struct leg *leg)
{
    struct buf *in = &leg->link->stream.in;
    struct http_response res = {.fields = {.at = leg->upstream->scratch,
                                           .cap = (uint32_t)leg->upstream->limits->fields}};
    struct h1_asked asked = {leg->method, leg->relay->upgrade.len > 0};
    ssize_t n;

    if (buf_len(in) == 0)
        return true;
    leg->is_answered = true;
    n = h1_parse_response(buf_head(in), buf_len(in), leg->seen, leg->upstream->limits, 0,
                          asked, &res, &leg->fault);
    if (n == H1_MORE) {
        leg->seen = buf_len(in);
        return true;
    }
    if (n == H1_BAD)
        fail(leg, ending_of_fault(&leg->fault));
    else
        take_head(leg, &res, (size_t)n);
    return false;
}

/* What came and ended early may never have been a head of HTTP. */
static void head_ended(struct leg *leg, bool reset)
{
    struct slice came = buf_slice(&leg->link->stream.in), http = SLICE("HTTP/");
    size_t n = came.len < http.len ? came.len : http.len;

    if (n > 0 && memcmp(came.at, http.at, n) != 0)
        fail(leg, ENDING_UPSTREAM_GARBAGE);
    else
        fail(leg, reset ? ENDING_UPSTREAM_RESET : ENDING_UPSTREAM_CLOSED);
}

static void read_head(struct leg *leg)
{
    switch (stream_read(&leg->link->stream, 0)) {
    case STREAM_GOT:
        parse_head(leg);
        break;
    case STREAM_NOTHING:
        break;
    case STREAM_EOF:
        head_ended(leg, false);
        break;
    case STREAM_FAILED:
        head_ended(leg, true);
        break;
    case STREAM_NO_MEMORY:
        fail(leg, ENDING_OUT_OF_MEMORY);
        break;
    }
}

void leg_await(struct leg *leg)
{
    leg->wants_head = true;
    if (!wait_for_upstream(leg)) {
        fail(leg, ENDING_OUT_OF_MEMORY);
        return;
    }
    if (parse_head(leg))
        stream_want_read(&leg->link->stream, true);
}

/* The body's end is the connection's: clean only where nothing else said how long it is. */
static enum ending ending_of_eof(const struct leg *leg, enum stream_result how)
{
    if (how == STREAM_FAILED)
        return ENDING_UPSTREAM_RESET;
    return leg->body.framing.kind == BODY_CLOSE ? ENDING_NONE : ENDING_UPSTREAM_TRUNCATED;
}

enum h1_read leg_read(struct leg *leg, struct slice *span, struct h1_fault *fault)
{
    struct stream *s = &leg->link->stream;
    enum stream_result got;
    enum h1_read what;
    size_t used;

    *span = NO_SLICE;
    for (;;) {
        what = h1_body_read(&leg->body, buf_slice(&s->in).at, buf_len(&s->in),
                            leg->upstream->limits, &used, span, fault);
        s->in.from += (uint32_t)used; /* *span stays where it is until the next call */
        if (what == H1_READ_BAD)
            leg->why = ENDING_UPSTREAM_BAD_CHUNK;
        if (what != H1_READ_MORE)
            return what;
        got = stream_read(s, READ_PIECE);
        if (got == STREAM_GOT) {
            if (wait_for_upstream(leg))
                continue;
            got = STREAM_NO_MEMORY;
        }
        if (got == STREAM_NOTHING) {
            buf_rest(&s->in);
            return H1_READ_MORE;
        }
        leg->why = got == STREAM_NO_MEMORY ? ENDING_OUT_OF_MEMORY : ending_of_eof(leg, got);
        return leg->why == ENDING_NONE ? H1_READ_DONE : H1_READ_BAD;
    }
}

void leg_pause(struct leg *leg, bool yes)
{
    if (leg->link == NULL || !stream_is_open(&leg->link->stream))
        return;
    leg->is_paused = yes;
    if (yes)
        timer_hush(&leg->link->timer); /* the client's own time-out has the word */
    else if (!wait_for_upstream(leg)) {
        fail(leg, ENDING_OUT_OF_MEMORY);
        return;
    }
    stream_want_read(&leg->link->stream, !yes);
}

/* ---- events ---- */

static void on_stream(void *owner, enum stream_event what)
{
    struct leg *leg = owner;

    if (what == STREAM_WRITABLE) {
        leg_flush(leg); /* a write that failed shows here */
        if (!wait_for_upstream(leg)) {
            fail(leg, ENDING_OUT_OF_MEMORY);
            return;
        }
        leg->tell(leg->owner, LEG_ROOM);
    } else if (leg->wants_head)
        read_head(leg);
    else
        leg->tell(leg->owner, LEG_BODY);
}

static void on_time(struct timer *t)
{
    struct link *l = OWNER_OF(t, struct link, timer);
    struct leg *leg = l->leg;

    if (leg == NULL)
        return;
    if (l->stream.sent != leg->sent_seen && buf_len(&l->stream.out) > 0 &&
        wait_for_upstream(leg))
        return; /* slow, but it reads */
    if (leg->wants_head)
        fail(leg, buf_len(&l->stream.out) > 0 ? ENDING_UPSTREAM_WRITE_TIMEOUT
                                              : ENDING_UPSTREAM_TIMEOUT);
    else
        fail(leg, ENDING_UPSTREAM_STALLED);
}

/* ---- its end ---- */

struct stream *leg_stream(struct leg *leg)
{
    if (leg->link == NULL)
        return NULL;
    timer_hush(&leg->link->timer); /* the tunnel has its own */
    leg->link->leg = NULL;
    return &leg->link->stream;
}

static bool is_whole(const struct leg *leg)
{
    const struct stream *s = &leg->link->stream;

    return stream_is_open(s) && leg->why == ENDING_NONE && leg->is_put && !leg->is_broken &&
           !leg->wants_head && leg->response.status >= 200 && leg->response.keeps_alive &&
           leg->response.framing.kind != BODY_CLOSE && h1_body_is_done(&leg->body) &&
           buf_len(&s->out) == 0 && buf_len(&s->in) == 0 && !s->eof && s->error == 0;
}

void leg_end(struct leg *leg)
{
    dial_cancel(leg->dial);
    leg->dial = NULL;
    if (leg->link == NULL)
        return;
    leg->link->leg = NULL;
    if (is_whole(leg))
        link_give(leg->link);
    else
        link_close(leg->link, false);
    leg->link = NULL;
}

bool leg_may_repeat(const struct leg *leg)
{
    bool went_stale =
        leg->why == ENDING_UPSTREAM_CLOSED || leg->why == ENDING_UPSTREAM_RESET;

    return leg->reused && leg->attempts == 1 && went_stale && !leg->is_answered &&
           leg->relay->idempotent && !leg->has_put;
}

bool leg_repeat(struct leg *leg)
{
    leg_end(leg);
    leg->why = ENDING_NONE;
    leg->is_broken = leg->is_put = false;
    return dial(leg);
}
