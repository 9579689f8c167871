/* SPDX-License-Identifier: MIT */
/* Request heads: the request line (RFC 9112 §3), then what the fields say together. */
#include "parse.h"

/* ---- the request line ---- */

/* What stands at `stop` ends a part of the line too early, or has no place in it. */
static enum h1_part bad_line(struct h1_reader *r, enum h1_fault_id id, const char *stop)
{
    if (h1_is_blank(*stop) || *stop == '\r' || *stop == '\n')
        id = H1_FAULT_REQUEST_LINE;
    return h1_bad_octet(r, id, stop);
}

/* No version where one should be: a further part of the line, or no version at all? */
static enum h1_part bad_version(struct h1_reader *r)
{
    const char *at = r->at;
    const char *stop = at + h1_scan->target(at, (size_t)(r->end - at));

    if (stop == r->end)
        return H1_PART_SHORT;
    if (h1_is_blank(*stop))
        return h1_bad(r, H1_FAULT_REQUEST_LINE, stop);
    return h1_bad_octet(r, H1_FAULT_VERSION, *stop == '\0' || *stop == '\r' ? stop : at);
}

static enum h1_part read_method(struct h1_reader *r, struct http_request *req)
{
    const char *const end = r->end;
    const char *p = r->at;

    while (p < end && h1_is(*p, H1_IS_TCHAR))
        p++;
    if (p == end)
        return H1_PART_SHORT;
    if (*p != ' ' || p == r->at)
        return bad_line(r, H1_FAULT_METHOD, p);
    req->method_name = (struct slice){r->at, (size_t)(p - r->at)};
    req->method = http_method_of(req->method_name);
    r->at = p + 1;
    return H1_PART_OK;
}

static enum h1_part read_target(struct h1_reader *r, struct http_request *req)
{
    const char *const at = r->at;
    const char *const stop = at + h1_scan->target(at, (size_t)(r->end - at));

    if (stop == r->end)
        return H1_PART_SHORT;
    if (*stop != ' ' || stop == at)
        return bad_line(r, H1_FAULT_TARGET, stop);
    req->raw_target = (struct slice){at, (size_t)(stop - at)};
    if (req->raw_target.len > r->limits->target)
        return h1_bad(r, H1_FAULT_TARGET_LONG, at + r->limits->target);
    r->at = stop + 1;
    return H1_PART_OK;
}

static enum h1_part read_version(struct h1_reader *r, struct http_request *req)
{
    const char *const at = r->at;
    enum h1_part part = h1_read_version(r, &req->major, &req->minor);

    if (part == H1_PART_BAD)
        return bad_version(r);
    if (part == H1_PART_OK)
        part = h1_read_eol(r, r->at, H1_FAULT_VERSION);
    if (part == H1_PART_OK)
        part = h1_judge_version(r, at, req->major, &req->minor);
    return part;
}

static enum h1_part read_line(struct h1_reader *r, void *message)
{
    struct http_request *req = message;
    enum h1_part part;
    const char *words;

    req->method_name = req->raw_target = NO_SLICE;
    part = read_method(r, req);
    if (part == H1_PART_OK)
        part = read_target(r, req);
    if (part == H1_PART_OK)
        part = read_version(r, req);
    if (part != H1_PART_OK)
        return part;

    words = http_split_target(req->raw_target, req->method, &req->target);
    if (words == NULL)
        return H1_PART_OK;
    h1_bad(r, H1_FAULT_TARGET, req->raw_target.at);
    r->fault->words = words;
    return H1_PART_BAD;
}

/* The target so far, be the rest of the line as it may: too long is too long. */
static enum h1_part measure_line(struct h1_reader *r, void *message)
{
    const uint64_t most = r->limits->target;
    struct http_request *req = message;
    const char *const at = r->at;
    const char *p = memchr(at, ' ', (size_t)(r->end - at));
    const char *target;

    if (p == NULL)
        return H1_PART_OK;
    target = p + 1;
    for (p = target; p < r->end && (uint64_t)(p - target) <= most; p++)
        if (*p == ' ' || *p == '\r' || *p == '\n')
            return H1_PART_OK;
    if ((uint64_t)(p - target) <= most)
        return H1_PART_OK;
    req->method_name = (struct slice){at, (size_t)(target - 1 - at)};
    req->raw_target = (struct slice){target, (size_t)most};
    return h1_bad(r, H1_FAULT_TARGET_LONG, target + most);
}

/* ---- the whole ---- */

/* RFC 9112 §3.2, and stricter: a Host without a host is none. */
static enum h1_part judge_host(struct h1_reader *r, const struct h1_notes *n,
                               const struct http_request *req)
{
    struct slice host;
    uint16_t port;
    bool is_ipv6;

    if (n->host.at == NULL)
        return req->minor == 0 ? H1_PART_OK : h1_bad(r, H1_FAULT_HOST_MISSING, r->at - 1);
    if (n->host_twice != NULL)
        return h1_bad(r, H1_FAULT_HOST_TWICE, n->host_twice);
    if (n->host.len == 0 || http_split_authority(n->host, &host, &port, &is_ipv6) != NULL)
        return h1_bad(r, H1_FAULT_HOST, n->host.at);
    return H1_PART_OK;
}

static bool has_body(struct http_framing f)
{
    return f.kind == BODY_CHUNKED || (f.kind == BODY_LENGTH && f.length > 0);
}

static enum h1_part read_whole(struct h1_reader *r, void *message)
{
    struct http_request *req = message;
    struct h1_notes n = {.host = NO_SLICE};
    enum h1_part part = read_line(r, req);

    if (part == H1_PART_OK)
        part = h1_read_fields(r, &req->fields, &n);
    if (part == H1_PART_OK)
        part = h1_judge_framing(r, &n, req->minor, &req->framing);
    if (part == H1_PART_OK)
        part = judge_host(r, &n, req);
    if (part == H1_PART_OK)
        part = h1_judge_connection(r, &n);
    if (part != H1_PART_OK)
        return part;

    req->host = n.host;
    req->keeps_alive = h1_persists(&n, req->minor);
    req->wants_upgrade = n.upgrade && n.has_upgrade && req->minor >= 1;
    req->expects_100 = n.expect.at != NULL && n.expect_twice == NULL && req->minor >= 1 &&
                       has_body(req->framing) &&
                       slice_is_nocase(n.expect, SLICE("100-continue"));
    return H1_PART_OK;
}

ssize_t h1_parse_request(const char *data, size_t len, size_t seen,
                         const struct limits *limits, unsigned lenient,
                         struct http_request *req, struct h1_fault *fault)
{
    static const struct h1_kind request = {
        .skips_empty = true,
        .measure = measure_line,
        .read_start = read_line,
        .read_whole = read_whole,
    };
    struct h1_reader r = {
        .data = data, .limits = limits, .lenient = lenient, .fault = fault};

    return h1_read_head(&r, len, seen, &request, req);
}
