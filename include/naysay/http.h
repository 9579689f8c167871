/* SPDX-License-Identifier: MIT */
/*
 * http - what HTTP means, whatever carries it: fields, messages, targets,
 * dates, and the registry of status codes. No bytes on a wire, no I/O.
 *
 * Lifetime: slices in a message point into somebody's buffer, see h1.h.
 */
#ifndef NAYSAY_HTTP_H
#define NAYSAY_HTTP_H

#include "naysay/base.h"

/* ---- field names we act on; any other is FIELD_OTHER ---- */

/* clang-format off */
#define HTTP_FIELDS(X)                                                                       \
    X(ACCEPT, "Accept")                                                                      \
    X(CONNECTION, "Connection")                                                              \
    X(CONTENT_LENGTH, "Content-Length")                                                      \
    X(CONTENT_TYPE, "Content-Type")                                                          \
    X(DATE, "Date")                                                                          \
    X(EXPECT, "Expect")                                                                      \
    X(FORWARDED, "Forwarded")                                                                \
    X(HOST, "Host")                                                                          \
    X(HTTP2_SETTINGS, "HTTP2-Settings")                                                      \
    X(IF_MATCH, "If-Match")                                                                  \
    X(IF_MODIFIED_SINCE, "If-Modified-Since")                                                \
    X(IF_NONE_MATCH, "If-None-Match")                                                        \
    X(IF_UNMODIFIED_SINCE, "If-Unmodified-Since")                                            \
    X(KEEP_ALIVE, "Keep-Alive")                                                              \
    X(MAX_FORWARDS, "Max-Forwards")                                                          \
    X(NAYSAY, "Naysay")                                                                      \
    X(PROXY_AUTHENTICATE, "Proxy-Authenticate")                                              \
    X(PROXY_AUTHORIZATION, "Proxy-Authorization")                                            \
    X(PROXY_CONNECTION, "Proxy-Connection")                                                  \
    X(SEC_WEBSOCKET_KEY, "Sec-WebSocket-Key")                                                \
    X(SERVER, "Server")                                                                      \
    X(TE, "TE")                                                                              \
    X(TRAILER, "Trailer")                                                                    \
    X(TRANSFER_ENCODING, "Transfer-Encoding")                                                \
    X(UPGRADE, "Upgrade")                                                                    \
    X(VIA, "Via")                                                                            \
    X(X_FORWARDED_FOR, "X-Forwarded-For")                                                    \
    X(X_FORWARDED_HOST, "X-Forwarded-Host")                                                  \
    X(X_FORWARDED_PROTO, "X-Forwarded-Proto")
/* clang-format on */

enum http_field_id {
    FIELD_OTHER,
#define X(id, text) FIELD_##id,
    HTTP_FIELDS(X)
#undef X
        FIELD_COUNT
};

/* FIELD_OTHER when it is none of ours. Names compare without case. */
enum http_field_id http_field_id(struct slice name);
struct slice http_field_name(enum http_field_id id); /* as spelled above */

struct http_field {
    struct slice name;
    struct slice value; /* without surrounding SP / HTAB */
    enum http_field_id id;
};

struct http_fields {
    struct http_field *at; /* room for `cap`, owned by whoever made the message */
    uint32_t n, cap;
};

/* The first field with this id, or NULL. */
const struct http_field *http_find(const struct http_fields *f, enum http_field_id id);
const struct http_field *http_find_name(const struct http_fields *f, struct slice name);
/* False when there is no room. The slices are borrowed. */
bool http_add(struct http_fields *f, struct slice name, struct slice value) WARN_UNUSED;
/* The next element of a #list (RFC 9110 §5.6.1), or false; *rest starts as the value.
 * Quoted strings hold. */
bool http_next_element(struct slice *rest, struct slice *element);
/* Does any field with this id list `token`, in any case? */
bool http_lists(const struct http_fields *f, enum http_field_id id, struct slice token);

bool http_is_token(struct slice s); /* RFC 9110 §5.6.2, at least one octet */
bool http_is_field_value(
    struct slice s); /* RFC 9110 §5.5: no CR, LF, NUL or other CTL but HTAB */

/* ---- methods ---- */

/* clang-format off */
#define HTTP_METHODS(X)                                                                      \
    /* name     safe  idempotent */                                                          \
    X(GET,      true,  true)                                                                 \
    X(HEAD,     true,  true)                                                                 \
    X(POST,     false, false)                                                                \
    X(PUT,      false, true)                                                                 \
    X(DELETE,   false, true)                                                                 \
    X(CONNECT,  false, false)                                                                \
    X(OPTIONS,  true,  true)                                                                 \
    X(TRACE,    true,  true)                                                                 \
    X(PATCH,    false, false)
/* clang-format on */

enum http_method {
    METHOD_OTHER,
#define X(name, safe, idempotent) METHOD_##name,
    HTTP_METHODS(X)
#undef X
};

enum http_method http_method_of(struct slice name); /* case-sensitive (RFC 9110 §9.1) */
/* 1xx, 204 and 304 end with their head, a 205 has an empty body (RFC 9110 §15, RFC 9112
 * §6.3). */
static inline bool http_is_bodyless(unsigned status)
{
    return (status >= 100 && status < 200) || status == 204 || status == 205 ||
           status == 304;
}
bool http_is_idempotent(enum http_method m); /* RFC 9110 §9.2.2 */

/* ---- targets (RFC 9112 §3.2) and URLs ---- */

enum http_form { FORM_ORIGIN, FORM_ABSOLUTE, FORM_AUTHORITY, FORM_ASTERISK };

struct http_target {
    enum http_form form;
    struct slice scheme;    /* absolute-form only, as written */
    struct slice authority; /* host[:port] as written; from the target, never from Host */
    struct slice host;      /* without brackets around IPv6 */
    struct slice path;  /* "/..." without the query; "/" when an absolute-form has none */
    struct slice query; /* without the "?"; .at NULL when there is none */
    struct slice
        origin_form; /* path and query as one slice, "/" when absent; of http://host?q
                        it is "?q", before which whoever sends it puts a "/" */
    uint16_t port;   /* 0 when none was given */
    bool is_ipv6;    /* host was in brackets */
};

/*
 * Split `raw` for this method: CONNECT takes authority-form and nothing else,
 * "*" goes with OPTIONS. NULL on success, else the rule broken, in words, as
 * a static string ("a CONNECT target needs a port").
 * Refuses userinfo, fragments, ports over 65535, empty hosts, octets that are
 * no URI characters (but takes those of "<>[]^`{|} and the double quote that
 * clients send raw). Does not decode anything. Slices point into raw, but a path
 * or origin_form that is not there is a static "/".
 */
const char *http_split_target(struct slice raw, enum http_method m,
                              struct http_target *out);

/* host[:port] of a Host field or an option (RFC 9110 §7.2). NULL on success, as above.
 * "host:" is port 0. */
const char *http_split_authority(struct slice raw, struct slice *host, uint16_t *port,
                                 bool *is_ipv6);

uint16_t http_default_port(struct slice scheme); /* 80, 443, else 0 */

/*
 * Percent-decoding for queries; '+' is a space when `plus`. False: bad escape or no memory.
 */
bool http_decode(struct slice s, bool plus, struct arena *a, struct slice *out) WARN_UNUSED;

/* ---- messages ---- */

enum http_body_kind {
    BODY_NONE,   /* framing forbids or lacks one */
    BODY_LENGTH, /* Content-Length */
    BODY_CHUNKED,
    BODY_CLOSE /* responses only: until the connection ends */
};

struct http_framing {
    enum http_body_kind kind;
    uint64_t length; /* BODY_LENGTH only */
};

struct http_request {
    enum http_method method;
    struct slice method_name;
    struct slice raw_target;
    struct http_target target;
    uint8_t major, minor;
    bool keeps_alive;   /* RFC 9112 §9.3, after version and Connection */
    bool expects_100;   /* RFC 9110 §10.1.1, HTTP/1.1 with a body to come */
    bool wants_upgrade; /* Connection: upgrade with an Upgrade field, HTTP/1.1 */
    struct slice host;  /* the Host field's value; .at NULL when there is none */
    struct http_framing framing;
    struct http_fields fields;
};

struct http_response {
    uint16_t status;
    struct slice phrase; /* may be empty */
    uint8_t major, minor;
    bool keeps_alive;
    struct http_framing framing;
    struct http_fields fields;
};

/* "Sat, 21 Nov 2026 08:00:00 GMT" (RFC 9110 §5.6.7) into 29 octets, no NUL. */
#define HTTP_DATE_LEN 29
void http_put_date(int64_t unix_seconds, char out[HTTP_DATE_LEN]);
/* "2026-11-21T08:00:00Z" (RFC 3339), 20 octets, no NUL. */
#define HTTP_ISO_DATE_LEN 20
void http_put_iso_date(int64_t unix_seconds, char out[HTTP_ISO_DATE_LEN]);

/* ---- endings: why an exchange or a connection stopped (data/endings.tsv) ---- */

#include "naysay/endings.gen.h" /* ENDINGS(X): X(ID, "name", status, "proxy-status", "help") */

enum ending {
    ENDING_NONE, /* still going */
#define X(id, name, status, proxy_status, help) ENDING_##id,
    ENDINGS(X)
#undef X
        ENDING_COUNT
};

struct ending_row {
    const char *name;         /* in journal and log: "upstream-refused" */
    uint16_t status;          /* what a client is answered when it can be; 0: nothing */
    const char *proxy_status; /* RFC 9209 error type for the answer, or "" */
    const char *help;         /* one sentence */
};

const struct ending_row *ending_row(enum ending e);

/* ---- the registry of status codes (data/status/, made into tables by the build) ---- */

enum status_body { STATUS_BODY_YES, STATUS_BODY_NEVER, STATUS_BODY_EMPTY };
enum status_end { STATUS_END_KEEP, STATUS_END_CLOSE };

struct status_field {
    struct slice name;
    struct slice
        value; /* may hold {length} (octets of the body) and {last} (that minus one) */
};

struct status_duty {
    struct slice level; /* "must", "should", "may" */
    struct slice text;
    struct slice source; /* RFC section, or "" */
};

/* One row. `wire` is the number a client reads; 0: the connection just closes; -1: nothing
 * at all is sent (logs only). */
struct status {
    struct slice id;     /* "ietf/407", "iis/403.14", "cloudflare/1020" */
    struct slice vendor; /* "ietf" */
    struct slice code;   /* "407", "403.14", "H12": what follows the slash */
    int16_t number;      /* 407; the row's own number, -1 when it has none in 0..999 */
    int16_t wire;
    struct slice phrase;      /* what it is called: "Proxy Authentication Required" */
    struct slice wire_phrase; /* what stands on the status line; may be empty */
    struct slice summary;     /* one sentence in our words */
    struct slice trigger;     /* when its sender sends it */
    struct slice retry;       /* what repeating the request is worth */
    struct slice note;        /* other phrases, oddities measured, or "" */
    struct slice source;
    struct slice provenance; /* rfc-checked, documented, source-code, measured, recalled,
                                unverified */
    struct slice
        kind; /* "registered", "vendor", "internal", "substatus", "page", "warning" ... */
    struct slice
        instead; /* log-only rows: what to say instead, "499" or "hold and close" */
    struct slice body_text; /* marker line its body must carry, or "" */
    enum status_body body;
    enum status_end end;
    const struct status_field
        *fields; /* those it cannot do without, with sensible values */
    uint16_t n_fields;
    const struct status_duty *duties; /* what a client is held to */
    uint16_t n_duties;
};

/* All rows: the built-in ones in file order, then a user's own. */
size_t status_count(void);
const struct status *status_at(size_t i);

/* By id, "iis/440" in any case. NULL when there is none. */
const struct status *status_find(struct slice id);
/* What a bare number means: the IANA row, else the first row a client can see with that
 * number, else NULL. */
const struct status *status_by_number(unsigned number);
/* The nearest id to a mistaken one, or NULL. */
const char *status_nearest(struct slice word);

/* Rows of a user's own, same format as data/status/. Complains as file:line: … */
bool status_load(const char *path, struct complaint *why) WARN_UNUSED;

#endif
