/* SPDX-License-Identifier: MIT */
/* What a client had better not do: repeat what changes things, talk where nobody asked. */
#include <stdlib.h>

#include "lines.h"

/* ---- a request that changes something is not repeated on suspicion ---- */

static bool is_unsafe(const struct record *r)
{
    return slice_is(r->method, SLICE("POST")) || slice_is(r->method, SLICE("PATCH"));
}

/* Statuses that say that the request was not acted upon, or where to send it. */
static const uint16_t excuses[] = {
    307, 308, /* the answer asks for it (RFC 9110 §15.4.8) */
    401, 407, /* credentials were missing */
    408,      /* it did not arrive (RFC 9110 §15.5.9) */
    417,      /* once more without Expect (RFC 9110 §10.1.1) */
    421,      /* another connection is wanted (RFC 9110 §15.5.20) */
    425,      /* too early (RFC 8470 §5.2) */
    429,      /* too many (RFC 6585 §4) */
    440       /* the session was over */
};

static bool is_excused(const struct record *r)
{
    for (size_t i = 0; i < COUNT(excuses); i++)
        if (r->status == excuses[i])
            return true;
    return r->status == 503 &&
           record_field(r->response_head, SLICE("Retry-After"), 0).at != NULL;
}

/* An answer that came whole settles the matter: the same again is a new request. */
static bool is_settled(const struct record *r)
{
    uint64_t length;
    struct slice field = record_field(r->response_head, SLICE("Content-Length"), 0);

    if (r->status < 200 || r->status >= 400 || r->faults.len > 0 || r->intents.len > 0)
        return false;
    if (slice_to_u64(field, &length) && length != r->response_body)
        return false;
    return r->ending == ENDING_KEPT || r->ending == ENDING_BY_PLAN ||
           r->ending == ENDING_CLOSED_BY_PLAN;
}

/* The client gave it a name by which it can be told from another (RFC 9110 §9.2.2). */
static bool is_keyed(const struct record *a, const struct record *b)
{
    struct slice x = record_field(a->request_head, SLICE("Idempotency-Key"), 0),
                 y = record_field(b->request_head, SLICE("Idempotency-Key"), 0);

    return x.at != NULL && y.at != NULL && slice_is(x, y);
}

static int by_octets(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.at, b.at, a.len);
}

static int by_head(const struct record *x, const struct record *y)
{
    int order = by_octets(x->target, y->target);

    return order != 0 ? order : by_octets(x->method, y->method);
}

static int by_request(const struct record *x, const struct record *y)
{
    if (x->request_digest != y->request_digest)
        return x->request_digest < y->request_digest ? -1 : 1;
    if (x->request_body != y->request_body)
        return x->request_body < y->request_body ? -1 : 1;
    return by_head(x, y);
}

/* Of a body that did not all come, its promised length is what can be compared. */
static int by_promise(const struct record *x, const struct record *y)
{
    bool ignored;
    uint64_t a = promised_body(x, &ignored), b = promised_body(y, &ignored);

    if (a != b)
        return a < b ? -1 : 1;
    return by_head(x, y);
}

struct numbered {
    const struct record *record;
    uint32_t i;
};

static int in_turn(const struct numbered *x, const struct numbered *y)
{
    return x->i < y->i ? -1 : x->i > y->i;
}

static int by_request_in_turn(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    int order = by_request(x->record, y->record);

    return order != 0 ? order : in_turn(x, y);
}

static int by_promise_in_turn(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    int order = by_promise(x->record, y->record);

    return order != 0 ? order : in_turn(x, y);
}

static void say_repeated(struct story *s, uint32_t first, uint32_t again, struct finding *f)
{
    const struct record *a = s->at[first];
    int64_t gap = gap_between(a, s->at[again]);
    struct slice was = a->status == 0 ? SLICE("no answer") : text_of(s, "%u", a->status);

    find_failure(f, s->at[again],
                 text_of(s, "%.*s %.*s once", SLICE_ARGS(quoted(s, a->method)),
                         SLICE_ARGS(quoted(s, a->target))),
                 text_of(s, "%.*s came again as %.*s, %.*s after %.*s",
                         SLICE_ARGS(beat_label(s, first)), SLICE_ARGS(beat_label(s, again)),
                         SLICE_ARGS(span_text(s, gap < 0 ? 0 : (uint64_t)gap)),
                         SLICE_ARGS(was)));
}

static bool is_repeat(const struct record *a, const struct record *b)
{
    return !is_excused(a) && !is_settled(a) && !is_keyed(a, b);
}

/* The same octets twice. */
static void find_repeat(struct story *s, struct numbered *all, uint32_t n,
                        struct finding *f)
{
    qsort(all, n, sizeof(*all), by_request_in_turn);
    for (uint32_t i = 1; i < n && f->result == FINDING_HOLDS; i++)
        if (by_request(all[i - 1].record, all[i].record) == 0 &&
            is_repeat(all[i - 1].record, all[i].record))
            say_repeated(s, all[i - 1].i, all[i].i, f);
}

/* One of which not all came, because the answer did not wait for it. */
static void find_cut_repeat(struct story *s, struct numbered *all, uint32_t n,
                            struct finding *f)
{
    bool a_whole, b_whole;

    qsort(all, n, sizeof(*all), by_promise_in_turn);
    for (uint32_t i = 1; i < n && f->result == FINDING_HOLDS; i++) {
        const struct record *a = all[i - 1].record, *b = all[i].record;

        promised_body(a, &a_whole);
        promised_body(b, &b_whole);
        if ((!a_whole || !b_whole) && by_promise(a, b) == 0 && is_repeat(a, b))
            say_repeated(s, all[i - 1].i, all[i].i, f);
    }
}

bool guard_unsafe_repeat(struct story *s, struct finding *f)
{
    struct numbered *all = mem_alloc((s->n + 1) * sizeof(*all));
    uint32_t n = 0;

    if (all == NULL) {
        s->is_spent = true;
        return true;
    }
    for (uint32_t i = 0; i < s->n; i++)
        if (is_unsafe(s->at[i]))
            all[n++] = (struct numbered){s->at[i], i};
    find_repeat(s, all, n, f);
    find_cut_repeat(s, all, n, f);
    mem_free(all);
    return f->result == FINDING_HOLDS;
}

/* ---- after a refused CONNECT there is no tunnel ---- */

bool guard_refused_connect(struct story *s, struct finding *f)
{
    struct lines lines;

    if (!lines_open(&lines, s))
        return true;
    for (size_t i = 0; i < lines.n && f->result == FINDING_HOLDS; i++) {
        const struct record *r = lines.at[i], *next;

        if (!slice_is(r->method, SLICE("CONNECT")) || r->status / 100 == 2)
            continue;
        next = lines_after(&lines, r);
        if (next == NULL || next->exchange == 0 || next->method.len > 0)
            continue; /* closed, or another request */
        find_failure(f, next, SLICE("another request, or nothing"),
                     text_of(s,
                             "octets that are no request came after CONNECT was "
                             "refused with %u (%s)",
                             r->status, ending_row(next->ending)->name));
    }
    lines_close(&lines);
    return f->result == FINDING_HOLDS;
}

/* ---- where an answer too many came, nothing can be trusted ---- */

/* A line "garbage 120-140 why" of octets that came behind the answer's head. */
static bool is_behind(struct slice line, const struct record *r)
{
    struct slice range = line;
    uint64_t from;

    slice_cut(&range, ' ');
    return slice_is(slice_cut(&line, ' '), SLICE("garbage")) && r->status > 0 &&
           slice_to_u64(slice_cut(&range, '-'), &from) &&
           from >= r->sent.from + r->response_head.len;
}

/* More was said than was asked for. */
static bool has_surplus(const struct record *r)
{
    struct slice faults = r->faults, intents = r->intents;

    while (faults.len > 0)
        if (slice_is(slice_cut(&faults, ' '), SLICE("two-answers")))
            return true;
    while (intents.len > 0)
        if (is_behind(slice_cut(&intents, '\n'), r))
            return true;
    return false;
}

bool guard_unasked(struct story *s, struct finding *f)
{
    struct lines lines;

    if (!lines_open(&lines, s))
        return true;
    for (size_t i = 0; i < lines.n && f->result == FINDING_HOLDS; i++) {
        const struct record *next =
            has_surplus(lines.at[i]) ? lines_after(&lines, lines.at[i]) : NULL;

        if (next != NULL && next->exchange > 0)
            find_failure(f, next, SLICE("nothing more on that connection"),
                         text_of(s,
                                 "a request on connection %llu, where more had been "
                                 "answered than was asked",
                                 (unsigned long long)next->connection));
    }
    lines_close(&lines);
    return f->result == FINDING_HOLDS;
}

/* ---- all guards of a claim ---- */

void judge_safe(struct story *s, const struct claim *c, struct finding *f)
{
    static const struct {
        enum guard guard;
        guard_judge *judge;
    } rows[] = {
        {GUARD_UNSAFE_REPEAT, guard_unsafe_repeat},
        {GUARD_CREDENTIALS, guard_credentials},
        {GUARD_REFUSED_CONNECT, guard_refused_connect},
        {GUARD_UNASKED, guard_unasked},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if ((c->guards & rows[i].guard) != 0 && !rows[i].judge(s, f))
            return;
}
