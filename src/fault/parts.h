/* SPDX-License-Identifier: MIT */
/*
 * The parts of faults, private to this folder: the list of all of them, and what several
 * need: where things stand in a plan, and edits of a head's octets.
 */
#ifndef NAYSAY_FAULT_PARTS_H
#define NAYSAY_FAULT_PARTS_H

#include "naysay/fault.h"

/* clang-format off */
#define ON_1   (ON_PLAIN | ON_TLS | ON_TUNNEL)  /* what it breaks is HTTP/1.1, or the connection */
#define ON_ANY (ON_1 | ON_H2)
#define ON_OWN (ON_PLAIN | ON_TLS)              /* inside a tunnel nothing is accepted */

/*    id                  name                     also        stage   where   loads  arguments               early  help */
#define FAULTS(X) \
    X(cut,                "cut",                   NULL,       BODY,   ON_1,   SHAPE, &shape_cut,             false, "the connection dies in the middle of the body") \
    X(content_length,     "content-length",        NULL,       HEAD,   ON_1,   SHAPE, &shape_content_length,  false, "Content-Length says something that is not so") \
    X(no_last_chunk,      "no-last-chunk",         NULL,       BODY,   ON_1,   OWN,   NULL,                   false, "the last chunk does not come, and the connection closes") \
    X(bad_chunk_size,     "bad-chunk-size",        NULL,       BODY,   ON_1,   SHAPE, &shape_bad_chunk_size,  false, "the size of a chunk is no number") \
    X(chunk_extension,    "chunk-extension-flood", NULL,       BODY,   ON_1,   SHAPE, &shape_chunk_extension, false, "a chunk's size has a very long extension") \
    X(garbage,            "garbage",               NULL,       ANSWER, ON_1,   SHAPE, &shape_garbage,         false, "octets that are no HTTP come before, after or instead of the answer") \
    X(status_line,        "status-line",           NULL,       HEAD,   ON_1,   SHAPE, &shape_status_line,     false, "the status line breaks a rule") \
    X(bare_lf,            "bare-lf",               NULL,       HEAD,   ON_1,   OWN,   NULL,                   false, "the head's lines end in LF without CR") \
    X(nul_in_field,       "nul-in-field",          NULL,       HEAD,   ON_1,   OWN,   NULL,                   false, "a field's value has a NUL in it") \
    X(eight_bit_in_field, "eight-bit-in-field",    NULL,       HEAD,   ON_1,   OWN,   NULL,                   false, "a field's value has an octet above 0x7f in it") \
    X(obs_fold,           "obs-fold",              NULL,       HEAD,   ON_1,   OWN,   NULL,                   false, "a field's value goes on on the next line") \
    X(space_before_colon, "space-before-colon",    NULL,       HEAD,   ON_1,   OWN,   NULL,                   false, "a space stands between a field's name and its colon") \
    X(header_flood,       "header-flood",          NULL,       HEAD,   ON_ANY, SHAPE, &shape_header_flood,    false, "the head has many more fields") \
    X(giant_header,       "giant-header",          NULL,       HEAD,   ON_ANY, SHAPE, &shape_giant_header,    false, "the head has one more field, a very long one") \
    X(wrong_coding,       "wrong-coding",          NULL,       HEAD,   ON_ANY, SHAPE, &shape_wrong_coding,    false, "Content-Encoding says a coding that the body does not have") \
    X(truncated_gzip,     "truncated-gzip",        NULL,       BODY,   ON_ANY, SHAPE, &shape_truncated_gzip,  false, "the body is gzip and ends too early, though the message is whole") \
    X(drip,               "drip",                  NULL,       BODY,   ON_ANY, SHAPE, &shape_drip,            false, "the body comes a few octets at a time") \
    X(stall,              "stall",                 NULL,       BODY,   ON_ANY, SHAPE, &shape_stall,           false, "the body stops coming for a while") \
    X(throttle,           "throttle",              NULL,       BODY,   ON_ANY, SHAPE, &shape_throttle,        true,  "bodies go slowly, out, in or both") \
    X(delay,              "delay",                 NULL,       ANSWER, ON_ANY, SHAPE, &shape_delay,           false, "the answer comes late") \
    X(hold,               "hold",                  NULL,       ANSWER, ON_ANY, SHAPE, &shape_hold,            false, "no answer comes; the connection stays open until the client gives up") \
    X(close,              "close",                 NULL,       ANSWER, ON_1,   OWN,   NULL,                   false, "the connection closes instead of an answer") \
    X(reset,              "reset",                 NULL,       ANSWER, ON_1,   OWN,   NULL,                   false, "the connection is reset instead of an answer") \
    X(half_close,         "half-close",            NULL,       END,    ON_1,   OWN,   NULL,                   false, "after the answer our side closes, and theirs is read on") \
    X(race,               "race",                  NULL,       END,    ON_1,   OWN,   NULL,                   false, "the head promises to keep the connection, which then closes") \
    X(two_answers,        "two-answers",           NULL,       ANSWER, ON_1,   SHAPE, &shape_two_answers,     false, "a second answer, which nobody asked for, comes behind the first") \
    X(answer_early,       "answer-early",          NULL,       ANSWER, ON_1,   SHAPE, &shape_answer_early,    true,  "the answer does not wait for the request's body") \
    X(slow_accept,        "slow-accept",           NULL,       ACCEPT, ON_OWN, SHAPE, &shape_slow_accept,     false, "a new connection is read from only after a while") \
    X(accept_close,       "accept-close",          NULL,       ACCEPT, ON_OWN, OWN,   NULL,                   false, "a new connection is closed at once") \
    X(accept_reset,       "accept-reset",          "refuse",   ACCEPT, ON_OWN, OWN,   NULL,                   false, "a new connection is reset at once") \
    X(accept_silence,     "accept-silence",        NULL,       ACCEPT, ON_OWN, SHAPE, &shape_accept_silence,  false, "a new connection is accepted, and then nothing is ever said")
/* clang-format on */

#define X(id, name, also, stage, where, loads, args, early, help)            \
    const char *fault_##id(struct plan *p, const void *of, struct slice why, \
                           uint64_t drawn);
FAULTS(X)
#undef X

extern const struct shape shape_cut, shape_content_length, shape_bad_chunk_size,
    shape_chunk_extension, shape_garbage, shape_status_line, shape_header_flood,
    shape_giant_header, shape_wrong_coding, shape_truncated_gzip, shape_drip, shape_stall,
    shape_throttle, shape_delay, shape_hold, shape_two_answers, shape_answer_early,
    shape_slow_accept, shape_accept_silence;

/* ---- args.c: arguments that several take ---- */

/* "64KiB" or "10%": where in the content. */
struct position {
    bool is_share;
    double share; /* 0..1 */
    uint64_t octets;
};

/* A key named `after`, a struct position at that offset, for key tables and short forms. */
bool take_position(struct loader *l, const struct node *value, struct position *into);

struct lasting { /* what has nothing but a `for` */
    uint64_t ns;
};

bool take_lasting(struct loader *l, const struct node *scalar, void *into);

#define HOLD_MOST (24 * 3600 * NS_PER_S)
#define VERSION   "0.2" /* that brought faults */

/* ---- places.c: where things stand in a plan ---- */

/* The final answer of a plan. */
struct places {
    struct step *head, *end;
    struct step *body, *last_body; /* BODY or PIPE behind the head; NULL: none */
    bool is_known;                 /* how long the content is */
    bool is_old;                   /* the client knows no chunks */
    uint64_t length;
};

/* NULL, or why there is none. */
const char *places_find(struct plan *p, struct places *at);
/* The same, and there has to be content. */
const char *places_find_body(struct plan *p, struct places *at);
/* A position in octets of content; NULL, or why it is nowhere in the body. */
const char *places_resolve(const struct places *at, const struct position *pos,
                           uint64_t *octets);
/* The step that says the octet at `offset`, and how far into it that is. */
struct step *places_step(const struct places *at, uint64_t offset, uint64_t *within);
/* All between this step and the end is left out; with `head`, the head too. */
void places_drop_behind(struct plan *p, struct step *step, const struct step *end);
void places_drop_answer(struct plan *p, const struct places *at);
/* Does the plan wait for an upstream's head still? */
bool plan_awaits(const struct plan *p);
/* NULL, or that the request's body was read before there was anything to decide. */
const char *plan_was_read(const struct plan *p);
/* The answer goes out in chunks from here on; NULL, or why that cannot be. */
const char *places_can_chunk(const struct places *at);
void places_chunk(struct plan *p, const struct places *at);

/* ---- octets.c: edits of a head's octets ---- */

/* [from, to) becomes `with`. False: out of memory. */
bool octets_replace(struct buf *b, size_t from, size_t to, struct slice with) WARN_UNUSED;
/* One more field line, which brings its CRLF, behind the others. */
bool octets_add_line(struct buf *head, struct slice line) WARN_UNUSED;
/* Where the blank line begins. */
size_t octets_fields_end(const struct buf *head);
/* The first line of that name, its end included. */
bool octets_find_line(const struct buf *head, struct slice name, size_t *from, size_t *to);

#endif
