/* SPDX-License-Identifier: MIT */
/*
 * parse - what the files of this folder share while they read a head.
 *
 *   start line ──▶ fields, noted in passing ──▶ judged: framing, Host, Connection
 *
 * A reader walks over octets in place. Every step answers OK, SHORT (the window
 * ended first) or BAD (the fault is written down). head.c turns those into the
 * verdicts of h1.h, which do not depend on how the octets were cut up.
 */
#ifndef NAYSAY_H1_PARSE_H
#define NAYSAY_H1_PARSE_H

#include "naysay/h1.h"

/* ---- octet classes ---- */

enum { H1_IS_TCHAR = 1, H1_IS_TARGET = 2, H1_IS_VALUE = 4 };

extern const uint8_t h1_class[256];

static inline bool h1_is(char c, uint8_t what)
{
    return (h1_class[(uint8_t)c] & what) != 0;
}

static inline bool h1_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool h1_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- the reader ---- */

enum h1_part { H1_PART_OK, H1_PART_SHORT, H1_PART_BAD };

struct h1_reader {
    const char *data; /* the first octet given: offsets count from here */
    const char *at;   /* what is read next */
    const char *end;  /* the window: nothing at or after it is looked at */
    const struct limits *limits;
    unsigned lenient;
    bool is_response; /* then every fault is a 502 */
    struct h1_fault *fault;
};

/* Writes the fault down; `at` is the octet where the rule broke. Always BAD. */
enum h1_part h1_bad(struct h1_reader *r, enum h1_fault_id id, const char *at);
/* `at` ends no line: a NUL is called so wherever it stands, anything else is `id`. */
enum h1_part h1_bad_octet(struct h1_reader *r, enum h1_fault_id id, const char *at);

/* The line shall end at `p`; if another octet stands there, that is `otherwise`. */
static inline enum h1_part h1_read_eol(struct h1_reader *r, const char *p,
                                       enum h1_fault_id otherwise)
{
    if (p == r->end)
        return H1_PART_SHORT;
    if (*p == '\r') {
        if (p + 1 == r->end)
            return H1_PART_SHORT;
        if (p[1] != '\n')
            return h1_bad(r, H1_FAULT_BARE_CR, p);
        r->at = p + 2;
        return H1_PART_OK;
    }
    if (*p == '\n') {
        if ((r->lenient & H1_LENIENT_BARE_LF) == 0)
            return h1_bad(r, H1_FAULT_BARE_LF, p);
        r->at = p + 1;
        return H1_PART_OK;
    }
    return h1_bad_octet(r, otherwise, p);
}

/*
 * HTTP/digit.digit at r->at, which it passes; the octet after it is the caller's to judge.
 */
enum h1_part h1_read_version(struct h1_reader *r, uint8_t *major, uint8_t *minor);
/*
 * Major version 1, and a minor one that we know: what is newer speaks 1.1 (RFC 9110 §2.5).
 */
enum h1_part h1_judge_version(struct h1_reader *r, const char *at, uint8_t major,
                              uint8_t *minor);

/* ---- notes: the fields that need action, taken while they pass ---- */

struct h1_notes {
    struct slice host, length, coding, expect; /* the first of each; .at NULL: none */
    const char *host_twice, *length_twice, *coding_twice, *expect_twice;
    const char *misnamed;            /* in Connection: a field that may not be hop-by-hop */
    bool close, keep_alive, upgrade; /* Connection lists it */
    bool has_upgrade;                /* an Upgrade field is there */
};

/* Every field up to and with the blank line. */
enum h1_part h1_read_fields(struct h1_reader *r, struct http_fields *f, struct h1_notes *n);

void h1_note(struct h1_notes *n, const struct http_field *field);

/*
 * What Content-Length and Transfer-Encoding say together (RFC 9112 §6.3):
 * BODY_LENGTH, BODY_CHUNKED, or BODY_NONE when neither is there.
 */
enum h1_part h1_judge_framing(struct h1_reader *r, const struct h1_notes *n, uint8_t minor,
                              struct http_framing *framing);
enum h1_part h1_judge_connection(struct h1_reader *r, const struct h1_notes *n);

static inline bool h1_persists(const struct h1_notes *n, uint8_t minor)
{
    return !n->close && (minor >= 1 || n->keep_alive); /* RFC 9112 §9.3 */
}

/* Fields that frame, route or authenticate may not come late (RFC 9110 §6.5.1). */
bool h1_may_trail(struct slice name);

/* ---- the incremental contract, the same for both directions ---- */

struct h1_kind {
    bool skips_empty; /* empty lines before the start line (RFC 9112 §2.2) */
    /* Is what is there of the start line too long already? NULL: it has no limit. */
    enum h1_part (*measure)(struct h1_reader *r, void *message);
    enum h1_part (*read_start)(struct h1_reader *r, void *message);
    enum h1_part (*read_whole)(struct h1_reader *r, void *message);
};

ssize_t h1_read_head(struct h1_reader *r, size_t len, size_t seen,
                     const struct h1_kind *kind, void *message);

#endif
