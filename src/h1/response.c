/* SPDX-License-Identifier: MIT */
/* Response heads: the status line (RFC 9112 §4), then what the fields say together. */
#include "parse.h"

struct answer {
    struct h1_asked asked;
    struct http_response *res;
};

/* ---- the status line ---- */

static enum h1_part read_status(struct h1_reader *r, struct http_response *res)
{
    const char *const at = r->at;
    unsigned status = 0;

    for (int i = 0; i < 4; i++) { /* SP, three digits */
        if (at + i == r->end)
            return H1_PART_SHORT;
        if (i == 0 ? at[i] != ' ' : !h1_is_digit(at[i]))
            return h1_bad_octet(r, H1_FAULT_STATUS_LINE, at + i);
        if (i > 0)
            status = status * 10 + (unsigned)(at[i] - '0');
    }
    if (status < 100)
        return h1_bad(r, H1_FAULT_STATUS_LINE, at + 1);
    res->status = (uint16_t)status;
    r->at = at + 4;
    return H1_PART_OK;
}

/*
 * SP phrase. RFC 9112 §4 wants the SP even before an empty phrase, but many servers
 * leave both away and nobody can misread that.
 */
static enum h1_part read_phrase(struct h1_reader *r, struct http_response *res)
{
    const char *at = r->at;
    const char *stop;

    res->phrase = (struct slice){at, 0};
    if (at == r->end)
        return H1_PART_SHORT;
    if (*at != ' ')
        return h1_read_eol(r, at, H1_FAULT_STATUS_LINE);
    at++;
    stop = at + h1_scan->value(at, (size_t)(r->end - at));
    res->phrase = (struct slice){at, (size_t)(stop - at)};
    return h1_read_eol(r, stop, H1_FAULT_PHRASE);
}

static enum h1_part read_line(struct h1_reader *r, void *message)
{
    struct http_response *res = ((struct answer *)message)->res;
    const char *const at = r->at;
    enum h1_part part = h1_read_version(r, &res->major, &res->minor);

    if (part == H1_PART_BAD)
        return h1_bad(r, H1_FAULT_STATUS_LINE, at);
    if (part == H1_PART_OK)
        part = read_status(r, res);
    if (part == H1_PART_OK)
        part = read_phrase(r, res);
    if (part == H1_PART_OK)
        part = h1_judge_version(r, at, res->major, &res->minor);
    return part;
}

/* ---- the whole ---- */

/* Nothing follows these, whatever their fields say (RFC 9112 §6.3, 1 and 2). */
static bool ends_with_head(unsigned status, enum http_method asked)
{
    return asked == METHOD_HEAD || status < 200 || status == 204 || status == 304 ||
           (asked == METHOD_CONNECT && status < 300);
}

/* RFC 9110 §9.3.6: in the 2xx to a CONNECT they mean nothing, so they cannot be wrong. */
static void forget_framing(struct h1_notes *n)
{
    n->length = n->coding = NO_SLICE;
    n->length_twice = n->coding_twice = NULL;
}

static enum h1_part read_whole(struct h1_reader *r, void *message)
{
    const struct answer *a = message;
    struct http_response *res = a->res;
    struct h1_notes n = {.host = NO_SLICE};
    const char *const start = r->at;
    enum h1_part part = read_line(r, message);

    if (part == H1_PART_OK)
        part = h1_read_fields(r, &res->fields, &n);
    if (part != H1_PART_OK)
        return part;
    if (res->status == 101 &&
        (!a->asked.upgrade || http_find(&res->fields, FIELD_UPGRADE) == NULL))
        return h1_bad(r, H1_FAULT_UPGRADE_UNASKED, start);
    if (a->asked.method == METHOD_CONNECT && res->status / 100 == 2)
        forget_framing(&n);
    part = h1_judge_framing(r, &n, res->minor, &res->framing);
    if (part == H1_PART_OK)
        part = h1_judge_connection(r, &n);
    if (part != H1_PART_OK)
        return part;

    if (ends_with_head(res->status, a->asked.method))
        res->framing = (struct http_framing){BODY_NONE, 0};
    else if (res->framing.kind == BODY_NONE)
        res->framing.kind = BODY_CLOSE;
    res->keeps_alive = h1_persists(&n, res->minor) && res->framing.kind != BODY_CLOSE;
    return H1_PART_OK;
}

ssize_t h1_parse_response(const char *data, size_t len, size_t seen,
                          const struct limits *limits, unsigned lenient,
                          struct h1_asked asked, struct http_response *res,
                          struct h1_fault *fault)
{
    static const struct h1_kind response = {
        .read_start = read_line,
        .read_whole = read_whole,
    };
    struct answer answer = {asked, res};
    struct h1_reader r = {.data = data,
                          .limits = limits,
                          .lenient = lenient,
                          .is_response = true,
                          .fault = fault};

    return h1_read_head(&r, len, seen, &response, &answer);
}
