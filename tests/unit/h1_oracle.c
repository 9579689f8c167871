/* SPDX-License-Identifier: MIT */
#include "h1_oracle.h"

#include <stdlib.h>

#include "abnf_reader.h"

const struct limits oracle_small_limits = {.head = 200,
                                           .target = 24,
                                           .fields = 6,
                                           .field = 60,
                                           .trailers = 3,
                                           .trailer_octets = 40,
                                           .chunk_ext = 12};
const struct limits oracle_wide_limits = {.head = 1 << 20,
                                          .target = 1 << 20,
                                          .fields = ABNF_FIELDS_MOST,
                                          .field = 1 << 20,
                                          .trailers = 256,
                                          .trailer_octets = 64 << 10,
                                          .chunk_ext = 16 << 10};

/* ---- one reading, of a request or of a response ---- */

struct reading {
    const struct h1_asked *asked; /* NULL: a request */
    const struct limits *limits;
    struct http_request req;
    struct http_response res;
    struct http_field room[ABNF_FIELDS_MOST];
    struct h1_fault fault;
    ssize_t got;
};

static void read_once(struct reading *r, struct slice octets, size_t seen)
{
    const struct http_fields fields = {r->room, 0, ABNF_FIELDS_MOST};

    if (r->asked == NULL) {
        r->req.fields = fields;
        r->got =
            h1_parse_request(octets.at, octets.len, seen, r->limits, 0, &r->req, &r->fault);
    } else {
        r->res.fields = fields;
        r->got = h1_parse_response(octets.at, octets.len, seen, r->limits, 0, *r->asked,
                                   &r->res, &r->fault);
    }
}

/* Exactly these octets on the heap, so that a sanitizer sees a step beyond them. */
static struct slice own(struct slice s)
{
    char *copy = malloc(s.len == 0 ? 1 : s.len);

    assert(copy != NULL);
    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    return (struct slice){copy, s.len};
}

static void drop(struct slice s)
{
    free((char *)(uintptr_t)s.at);
}

static bool same_fields(const struct http_fields *a, const struct http_fields *b)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (!slice_is(a->at[i].name, b->at[i].name) ||
            !slice_is(a->at[i].value, b->at[i].value) || a->at[i].id != b->at[i].id)
            return false;
    return true;
}

static bool same_framing(struct http_framing a, struct http_framing b)
{
    return a.kind == b.kind && (a.kind != BODY_LENGTH || a.length == b.length);
}

static bool same_request(const struct http_request *a, const struct http_request *b)
{
    return a->method == b->method && slice_is(a->method_name, b->method_name) &&
           slice_is(a->raw_target, b->raw_target) && a->minor == b->minor &&
           a->keeps_alive == b->keeps_alive && a->expects_100 == b->expects_100 &&
           a->wants_upgrade == b->wants_upgrade && slice_is(a->host, b->host) &&
           same_framing(a->framing, b->framing) && a->fields.n == b->fields.n &&
           same_fields(&a->fields, &b->fields);
}

static bool same_response(const struct http_response *a, const struct http_response *b)
{
    return a->status == b->status && slice_is(a->phrase, b->phrase) &&
           a->minor == b->minor && a->keeps_alive == b->keeps_alive &&
           same_framing(a->framing, b->framing) && a->fields.n == b->fields.n &&
           same_fields(&a->fields, &b->fields);
}

static const char *same_reading(const struct reading *a, const struct reading *b)
{
    if (a->got != b->got)
        return "another verdict when cut";
    if (a->got == H1_BAD)
        return a->fault.id == b->fault.id && a->fault.offset == b->fault.offset &&
                       a->fault.status == b->fault.status
                   ? NULL
                   : "another fault when cut";
    if (a->got == H1_MORE)
        return NULL;
    if (a->asked == NULL ? !same_request(&a->req, &b->req)
                         : !same_response(&a->res, &b->res))
        return "another message when cut";
    return NULL;
}

/* ---- cuts ---- */

static const char *by_octets(struct slice octets, size_t from, size_t step,
                             const struct limits *limits, const struct h1_asked *asked)
{
    static struct reading whole, pieces;
    struct slice at_once = own(octets), piece = own(NO_SLICE);
    const char *wrong;
    size_t seen = 0;

    whole.asked = pieces.asked = asked;
    whole.limits = pieces.limits = limits;
    pieces.got = H1_MORE;
    read_once(&whole, at_once, 0);
    for (size_t n = from; pieces.got == H1_MORE;
         n = n + step < octets.len ? n + step : octets.len) {
        drop(piece);
        piece = own((struct slice){octets.at, n});
        read_once(&pieces, piece, seen);
        seen = n;
        if (n == octets.len)
            break;
    }
    wrong = same_reading(&whole, &pieces);
    drop(piece);
    drop(at_once);
    return wrong;
}

static size_t at_most(size_t cut, struct slice octets)
{
    return cut < octets.len ? cut : octets.len;
}

const char *oracle_request_cut(struct slice octets, size_t cut, const struct limits *limits)
{
    return by_octets(octets, at_most(cut, octets), octets.len, limits, NULL);
}

const char *oracle_response_cut(struct slice octets, size_t cut,
                                const struct limits *limits, struct h1_asked asked)
{
    return by_octets(octets, at_most(cut, octets), octets.len, limits, &asked);
}

const char *oracle_request_by_octets(struct slice octets, const struct limits *limits)
{
    return by_octets(octets, 0, 1, limits, NULL);
}

const char *oracle_response_by_octets(struct slice octets, const struct limits *limits,
                                      struct h1_asked asked)
{
    return by_octets(octets, 0, 1, limits, &asked);
}

/* ---- the second opinion ---- */

static const char *compare(enum abnf_verdict theirs, const struct abnf_head *head,
                           const struct reading *ours, const struct http_fields *fields,
                           struct http_framing framing, bool keeps_alive)
{
    if (theirs == ABNF_MORE)
        return ours->got > 0 ? "accepted a head without an end" : NULL;
    if (theirs == ABNF_REFUSED && ours->got > 0)
        return "accepted what the ABNF refuses";
    if (theirs == ABNF_ACCEPTED && ours->got == H1_BAD)
        return "refused what the ABNF accepts";
    if (ours->got == H1_MORE)
        return "waits for more than the ABNF";
    if (theirs == ABNF_REFUSED)
        return NULL;
    if ((size_t)ours->got != head->octets)
        return "the head ends elsewhere";
    if (framing.kind != head->kind ||
        (framing.kind == BODY_LENGTH && framing.length != head->length))
        return "another framing";
    if (keeps_alive != head->persists)
        return "another persistence";
    if (fields->n != head->n)
        return "another number of fields";
    for (size_t i = 0; i < head->n; i++)
        if (!slice_is(fields->at[i].name, head->names[i]) ||
            !slice_is(fields->at[i].value, head->values[i]))
            return "another field";
    return NULL;
}

const char *oracle_request(struct slice octets)
{
    static struct reading ours;
    static struct abnf_head head;
    struct slice copy = own(octets);
    const enum abnf_verdict theirs = abnf_read_request(copy, &head);
    const char *wrong;

    ours.asked = NULL;
    ours.limits = &oracle_wide_limits;
    read_once(&ours, copy, 0);
    wrong = compare(theirs, &head, &ours, &ours.req.fields, ours.req.framing,
                    ours.req.keeps_alive);
    if (wrong == NULL && ours.got > 0) {
        if (!slice_is(ours.req.method_name, head.method))
            wrong = "another method";
        else if (!slice_is(ours.req.raw_target, head.target))
            wrong = "another target";
        else if (ours.req.minor != head.minor)
            wrong = "another version";
    }
    drop(copy);
    return wrong;
}

static struct slice asked_name(struct h1_asked asked)
{
    if (asked.method == METHOD_HEAD)
        return SLICE("HEAD");
    return asked.method == METHOD_CONNECT ? SLICE("CONNECT") : SLICE("GET");
}

const char *oracle_response(struct slice octets, struct h1_asked asked)
{
    static struct reading ours;
    static struct abnf_head head;
    struct slice copy = own(octets);
    const enum abnf_verdict theirs =
        abnf_read_response(copy, asked_name(asked), asked.upgrade, &head);
    const char *wrong;

    ours.asked = &asked;
    ours.limits = &oracle_wide_limits;
    read_once(&ours, copy, 0);
    wrong = compare(theirs, &head, &ours, &ours.res.fields, ours.res.framing,
                    ours.res.keeps_alive);
    if (wrong == NULL && ours.got > 0) {
        if (ours.res.status != head.status)
            wrong = "another status";
        else if (!slice_is(ours.res.phrase, head.phrase))
            wrong = "another phrase";
    }
    if (ours.got == H1_BAD && ours.fault.status != 502)
        wrong = "a response's fault that is no 502";
    drop(copy);
    return wrong;
}

/* ---- there and back ---- */

/* The emitter writes these itself. */
static void drop_framing(struct http_fields *f)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < f->n; i++)
        if (f->at[i].id != FIELD_CONNECTION && f->at[i].id != FIELD_CONTENT_LENGTH &&
            f->at[i].id != FIELD_TRANSFER_ENCODING)
            f->at[kept++] = f->at[i];
    f->n = kept;
}

const char *oracle_request_again(struct slice octets)
{
    static struct reading first, second;
    const struct http_request *a = &first.req, *b = &second.req;
    struct buf out = {.block = NULL};
    const char *wrong = NULL;

    first.asked = second.asked = NULL;
    first.limits = second.limits = &oracle_wide_limits;
    read_once(&first, octets, 0);
    if (first.got <= 0 || a->host.at == NULL)
        return NULL;
    drop_framing(&first.req.fields);
    if (h1_put_request(&out, a->method_name, a->raw_target, &a->fields, a->framing,
                       &(struct h1_head_opts){.close = !a->keeps_alive}) != H1_EMIT_OK)
        return "a request that parses cannot be emitted";
    read_once(&second, buf_slice(&out), 0);
    if (second.got != (ssize_t)buf_len(&out))
        wrong = "an emitted request does not parse";
    else if (!slice_is(a->method_name, b->method_name) ||
             !slice_is(a->raw_target, b->raw_target) ||
             !same_framing(a->framing, b->framing) || a->keeps_alive != b->keeps_alive ||
             !same_fields(&a->fields, &b->fields))
        wrong = "an emitted request parses to another";
    buf_clear(&out);
    return wrong;
}

const char *oracle_response_again(struct slice octets, struct h1_asked asked)
{
    static struct reading first, second;
    const struct http_response *a = &first.res, *b = &second.res;
    struct h1_head_opts opts = {.method = asked.method};
    struct buf out = {.block = NULL};
    const char *wrong = NULL;

    first.asked = second.asked = &asked;
    first.limits = second.limits = &oracle_wide_limits;
    read_once(&first, octets, 0);
    if (first.got <= 0)
        return NULL;
    if (a->status == 205 && (a->framing.kind != BODY_LENGTH || a->framing.length > 0))
        return NULL; /* read, but never written */
    drop_framing(&first.res.fields);
    opts.close = !a->keeps_alive;
    if (a->status == 101)
        opts.upgrade = SLICE("oracle");
    if (h1_put_response(&out, a, &opts) != H1_EMIT_OK)
        return "a response that parses cannot be emitted";
    read_once(&second, buf_slice(&out), 0);
    if (second.got != (ssize_t)buf_len(&out))
        wrong = "an emitted response does not parse";
    else if (a->status != b->status || !slice_is(a->phrase, b->phrase) ||
             !same_framing(a->framing, b->framing) || !same_fields(&a->fields, &b->fields))
        wrong = "an emitted response parses to another";
    buf_clear(&out);
    return wrong;
}

/* ---- bodies ---- */

struct chunked {
    struct slice content, trailers; /* owned; trailers with an LF after each */
    size_t used;
    enum h1_read last;
    enum h1_fault_id fault;
};

static void append(struct slice *to, struct slice s)
{
    if (s.len > 0)
        memcpy((char *)(uintptr_t)to->at + to->len, s.at, s.len);
    to->len += s.len;
}

/* Octets come `step` at a time, the first `from` at once; what is not used comes again. */
static void read_chunked(struct chunked *c, struct slice octets, size_t from, size_t step,
                         const struct limits *limits)
{
    struct h1_body body;
    size_t n = from;

    h1_body_init(&body, (struct http_framing){BODY_CHUNKED, 0});
    *c = (struct chunked){.last = H1_READ_MORE};
    c->content = own(octets);
    c->trailers = own((struct slice){octets.at, octets.len});
    c->content.len = c->trailers.len = 0;
    for (;;) {
        struct slice piece = own((struct slice){octets.at + c->used, n - c->used});
        struct h1_fault fault;
        struct slice out;
        size_t used;

        c->last = h1_body_read(&body, piece.at, piece.len, limits, &used, &out, &fault);
        assert(used <= piece.len);
        c->used += used;
        if (c->last == H1_READ_CONTENT)
            append(&c->content, out);
        else if (c->last == H1_READ_TRAILER)
            append(&c->trailers, out), append(&c->trailers, SLICE("\n"));
        else if (c->last == H1_READ_BAD)
            c->fault = fault.id;
        drop(piece);
        if (c->last == H1_READ_BAD || c->last == H1_READ_DONE)
            break;
        if (c->last != H1_READ_MORE)
            continue;
        if (n == octets.len)
            break;
        n = n + step < octets.len ? n + step : octets.len;
    }
    assert((c->last == H1_READ_DONE) == h1_body_is_done(&body));
    assert(body.content == c->content.len);
}

static const char *same_chunked(const struct chunked *a, const struct chunked *b)
{
    if (a->last != b->last)
        return "a chunked body has another verdict when cut";
    if (a->fault != b->fault)
        return "a chunked body has another fault when cut";
    if (!slice_is(a->content, b->content) || !slice_is(a->trailers, b->trailers))
        return "a chunked body has another content when cut";
    return a->last == H1_READ_DONE && a->used != b->used ? "a chunked body ends elsewhere"
                                                         : NULL;
}

static const char *compare_chunked(struct slice octets, size_t from, size_t step,
                                   const struct limits *limits)
{
    struct chunked whole, pieces;
    const char *wrong;

    read_chunked(&whole, octets, octets.len, 1, limits);
    read_chunked(&pieces, octets, from, step, limits);
    wrong = same_chunked(&whole, &pieces);
    if (wrong == NULL && whole.content.len + whole.trailers.len > octets.len)
        wrong = "more came out than went in";
    drop(whole.content);
    drop(whole.trailers);
    drop(pieces.content);
    drop(pieces.trailers);
    return wrong;
}

const char *oracle_chunked(struct slice octets, size_t cut)
{
    static const struct limits *const each[] = {&oracle_wide_limits, &oracle_small_limits};

    for (size_t i = 0; i < COUNT(each); i++) {
        const char *wrong =
            compare_chunked(octets, at_most(cut, octets), octets.len, each[i]);

        if (wrong == NULL)
            wrong = compare_chunked(octets, 0, 1, each[i]);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}
