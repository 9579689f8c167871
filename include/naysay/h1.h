/* SPDX-License-Identifier: MIT */
/*
 * h1 - HTTP/1.x heads and framing, both directions, no I/O.
 *
 *   octets ──h1_parse_request───▶ struct http_request    RFC 9112 §3, §5, §6
 *   octets ──h1_parse_response──▶ struct http_response   RFC 9112 §4, §5, §6
 *   octets ──h1_body_read───────▶ spans of content       RFC 9112 §6, §7
 *   octets ◀─h1_put_*────────────                        RFC 9112 §4, §7.1
 *
 * Strict by default; every leniency has a name in enum h1_lenient and is off.
 * Lifetime: slices in a parsed message point into the caller's buffer and are
 * good until those octets move; h1_move_request() follows a move.
 */
#ifndef NAYSAY_H1_H
#define NAYSAY_H1_H

#include "naysay/base.h"
#include "naysay/http.h"

/* ---- what is on this connection? ---- */

enum h1_sort { H1_SORT_MORE, H1_SORT_HTTP, H1_SORT_TLS, H1_SORT_H2_PREFACE, H1_SORT_JUNK };

/*
 * By the first octets: a TLS record (0x16 0x03), the HTTP/2 preface, an octet no request
 * can begin with (SOCKS, other binary protocols), or anything else.
 */
enum h1_sort h1_sort(struct slice data);

/* ---- faults: the rule broken, and where ---- */

// clang-format off
/*   id               status  in words */
#define H1_FAULTS(X)                                                                       \
    X(REQUEST_LINE,     400, "request line is not method SP target SP version")            \
    X(METHOD,           400, "method is not a token")                                      \
    X(TARGET,           400, "request target has an octet that may not stand there")       \
    X(TARGET_LONG,      414, "request target is longer than the limit")                    \
    X(VERSION,          400, "version is not HTTP/digit.digit")                            \
    X(VERSION_UNKNOWN,  505, "major version is not 1")                                     \
    X(STATUS_LINE,      400, "status line is not version SP three digits SP phrase")       \
    X(PHRASE,           400, "reason phrase has an octet that may not stand there")        \
    X(BARE_LF,          400, "line ends in LF without CR")                                 \
    X(BARE_CR,          400, "CR without LF")                                              \
    X(NUL,              400, "NUL in the head")                                            \
    X(FIELD_NAME,       400, "field name is not a token followed by a colon")              \
    X(FIELD_SPACE,      400, "white space between field name and colon")                   \
    X(FIELD_VALUE,      400, "control character in a field value")                         \
    X(FOLD,             400, "folded field line (obs-fold)")                               \
    X(FIRST_SPACE,      400, "white space before the first field")                         \
    X(FIELD_LONG,       431, "one field is longer than the limit")                         \
    X(FIELDS_MANY,      431, "more fields than the limit")                                 \
    X(HEAD_LONG,        431, "head is longer than the limit")                              \
    X(LENGTH,           400, "Content-Length is not one decimal number")                   \
    X(LENGTH_TWICE,     400, "more than one Content-Length")                               \
    X(LENGTH_AND_CODING, 400, "Content-Length together with Transfer-Encoding")            \
    X(CODING,           400, "Transfer-Encoding does not end in exactly one chunked")      \
    X(CODING_UNKNOWN,   501, "transfer coding other than chunked")                         \
    X(CODING_OLD,       400, "Transfer-Encoding in HTTP/1.0")                              \
    X(HOST_MISSING,     400, "HTTP/1.1 request without Host")                              \
    X(HOST_TWICE,       400, "more than one Host")                                         \
    X(HOST,             400, "Host is not host or host:port")                              \
    X(CONNECTION_NAMES, 400, "Connection names a field that may not be hop-by-hop")        \
    X(UPGRADE_UNASKED,  502, "101 without an upgrade that was asked for, or without Upgrade")                  \
    X(CHUNK_SIZE,       400, "chunk size is not 1*HEXDIG, or too large")                   \
    X(CHUNK_EXT,        400, "chunk extension has a forbidden octet, or is over the limit")\
    X(CHUNK_END,        400, "chunk data is not followed by CRLF")                         \
    X(TRAILER,          400, "malformed trailer field")                                    \
    X(TRAILER_FRAMING,  400, "a trailer field that frames or routes the message")          \
    X(TRAILERS_MANY,    431, "more trailer fields or octets than the limit")               \
    X(TRUNCATED,        400, "message ends before its framing says so")
// clang-format on

enum h1_fault_id {
    H1_FAULT_NONE,
#define X(id, status, words) H1_FAULT_##id,
    H1_FAULTS(X)
#undef X
};

struct h1_fault {
    enum h1_fault_id id;
    uint16_t status;   /* what a client is told; for a response it is always 502 */
    const char *words; /* static; http_split_target's sentence where that is nearer */
    uint32_t offset;   /* octet of the head where the rule broke */
};

/* ---- leniencies, all off unless a scenario names them ---- */

/* No obs-fold: a value is a slice of the head, and must never hold a CR or LF. */
enum h1_lenient {
    H1_LENIENT_BARE_LF = 1 << 0 /* "lenient.bare-lf": LF ends a line of a head */
};

/* ---- heads ---- */

#define H1_MORE 0
#define H1_BAD  (-1)

/*
 * Parse one request head from data[0..len).
 *
 * `seen` is `len` of the previous H1_MORE call on the same octets, 0 the first
 * time: the search for the end resumes there, so a peer sending single octets
 * costs O(n). The verdict never depends on how octets were cut up: the request
 * line is judged once its LF has come, the fields (their number and length too)
 * once the blank line has, even one made of bare LFs. A head over the limit is
 * refused at the octet that passes it, a target over the limit before the line's
 * other faults and without waiting for its end.
 * Empty lines before the request line are skipped (RFC 9112 §2.2), at most 8.
 *
 *   > 0      octets consumed, blank line included; *req is filled, its fields
 *            in the array that req->fields brought (fields.at, fields.cap)
 *   H1_MORE  not complete yet
 *   H1_BAD   *fault names the rule broken and the octet where
 *
 * Filled means: target split, framing decided (RFC 9112 §6.3), Host checked
 * (§3.2), persistence, expectation and upgrade read. The request line's
 * method_name and raw_target are set even on H1_BAD when they were readable.
 */
ssize_t h1_parse_request(const char *data, size_t len, size_t seen,
                         const struct limits *limits, unsigned lenient,
                         struct http_request *req, struct h1_fault *fault);

/*
 * The same for a response head. `asked` is the request it answers: its method
 * decides the framing (HEAD, CONNECT), its upgrade whether a 101 is in order.
 */
struct h1_asked {
    enum http_method method;
    bool upgrade;
};
ssize_t h1_parse_response(const char *data, size_t len, size_t seen,
                          const struct limits *limits, unsigned lenient,
                          struct h1_asked asked, struct http_response *res,
                          struct h1_fault *fault);

/*
 * The head's octets went from `was` to `now`: let every slice follow, before any
 * field is added.
 */
void h1_move_request(struct http_request *req, const char *was, const char *now);
void h1_move_response(struct http_response *res, const char *was, const char *now);

/* ---- bodies, read ---- */

struct h1_body {
    struct http_framing framing;
    uint64_t left;     /* octets of content left in the body or chunk */
    uint64_t content;  /* octets of content so far */
    uint32_t ext;      /* chunk-extension octets so far */
    uint32_t line;     /* octets of the line being read */
    uint32_t trailers; /* trailer octets so far */
    uint16_t n_trailers;
    uint8_t state; /* private to body.c */
    uint8_t digits;
};

void h1_body_init(struct h1_body *b, struct http_framing framing);
bool h1_body_is_done(const struct h1_body *b);

/* A fault in a body has no offset: 0. BAD and DONE are final. */
enum h1_read { H1_READ_MORE, H1_READ_CONTENT, H1_READ_TRAILER, H1_READ_DONE, H1_READ_BAD };

/*
 * Look at in[0..len): *used octets are consumed; on H1_READ_CONTENT *out is a
 * span of content inside them, on H1_READ_TRAILER one whole trailer field line
 * without its CRLF (validated; fields that frame or route are refused). Call
 * again with the rest until MORE (all was used, or a trailer line is incomplete), DONE or
 * BAD. BODY_CLOSE is never DONE here; the caller ends it with the connection. No recursion,
 * no allocation; octets may come one by one.
 */
enum h1_read h1_body_read(struct h1_body *b, const char *in, size_t len,
                          const struct limits *limits, size_t *used, struct slice *out,
                          struct h1_fault *fault);

/* ---- the strict emitter: the only way for ordinary output ---- */

/*
 * Each function appends to `out` or refuses: false when memory ran out or when
 * what it was given would not be valid HTTP: a bug of the caller's, named by the answer.
 * Nothing is appended when it refuses.
 */
enum h1_refusal {
    H1_EMIT_OK,
    H1_EMIT_MEMORY,
    H1_EMIT_STATUS,
    H1_EMIT_PHRASE,
    H1_EMIT_NAME,
    H1_EMIT_VALUE,
    H1_EMIT_FRAMING,
    H1_EMIT_METHOD,
    H1_EMIT_TARGET,
    H1_EMIT_HOST
};

struct h1_head_opts {
    struct slice date;       /* 29 octets, or .len 0 for no Date field of ours */
    enum http_method method; /* asked: HEAD keeps Content-Length, CONNECT 2xx drops it */
    bool close;              /* say Connection: close */
    bool keep_alive;         /* say Connection: keep-alive (HTTP/1.0 clients) */
    struct slice upgrade;    /* say Connection: upgrade and this Upgrade; 101 and 426 */
};

/*
 * A status line HTTP/1.1, the fields in their order, then Date, framing and
 * Connection made from res->framing and opts. Content-Length, Transfer-Encoding and
 * Connection in res->fields are refused: framing has one author. Exception: where no
 * body follows by rule (HEAD, 304) BODY_LENGTH states the length it would have.
 * 1xx and 204 take no framing, 205 only length 0. BODY_CLOSE demands opts->close.
 * BODY_NONE where a body could follow says Content-Length: 0. A 101 demands opts->upgrade.
 * opts->date gives way to a Date among the fields. close wins over keep_alive.
 */
enum h1_refusal h1_put_response(struct buf *out, const struct http_response *res,
                                const struct h1_head_opts *opts) WARN_UNUSED;
/*
 * The same for a request line and fields; `target` as it shall stand, framing as in
 * req->framing (BODY_NONE says nothing). Exactly one Host must be among the fields.
 */
enum h1_refusal h1_put_request(struct buf *out, struct slice method, struct slice target,
                               const struct http_fields *fields,
                               struct http_framing framing,
                               const struct h1_head_opts *opts) WARN_UNUSED;
/* `content` is not empty: an empty chunk would end the body. */
enum h1_refusal h1_put_chunk(struct buf *out, struct slice content) WARN_UNUSED;
/* The same in parts: the size line, `n` octets of content put by the caller, the end. */
enum h1_refusal h1_put_chunk_size(struct buf *out, uint64_t n) WARN_UNUSED;
enum h1_refusal h1_put_chunk_end(struct buf *out) WARN_UNUSED;
/* 0 CRLF trailers CRLF; trailers as name: value lines already validated, NULL for none. */
enum h1_refusal h1_put_last_chunk(struct buf *out,
                                  const struct http_fields *trailers) WARN_UNUSED;

/*
 * The other emitter: any octets, for which somebody must answer. An intent
 * comes from a plan's step and from nowhere else (plan.h).
 */
struct intent;
bool h1_put_raw(struct buf *out, const struct intent *why, struct slice octets) WARN_UNUSED;

/* ---- scanners, chosen once by what the CPU has ---- */

/* Each returns how many octets from the start are of its set. */
struct h1_scan {
    const char *name;                             /* "portable", "sse4.2", "avx2" */
    size_t (*token)(const char *at, size_t len);  /* tchar */
    size_t (*target)(const char *at, size_t len); /* 0x21..0x7E */
    size_t (*value)(const char *at, size_t len);  /* HTAB, 0x20..0x7E, 0x80..0xFF */
};

extern const struct h1_scan *h1_scan; /* in use */
/* What this CPU does best; all that it can run, portable first. */
const struct h1_scan *h1_scan_best(void);
const struct h1_scan *const *h1_scan_all(size_t *n);

#endif
