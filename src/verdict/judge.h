/* SPDX-License-Identifier: MIT */
/*
 * judge - one function for each kind of claim, over the story: the requests of a run in
 * the order they began.
 *
 *   records ──story_make──▶ struct story ──judge_<kind>(claim)──▶ struct finding
 *
 * A judge that says nothing has found that the claim holds.
 */
#ifndef VERDICT_JUDGE_H
#define VERDICT_JUDGE_H

#include "naysay/verdict.h"

/* ---- the story ---- */

struct story {
    struct arena *arena;
    const struct records *records;
    const struct ran *ran; /* NULL: no command */
    const struct record **at;
    uint32_t n;
    struct storm storm;  /* what is one */
    int64_t previous_us; /* the gap that was measured last */
    bool has_previous;
    bool is_spent; /* memory ran out */
};

bool story_make(struct story *s, struct arena *a, const struct records *r) WARN_UNUSED;
/* "login call call": the name of each; more than `most`: only so many. */
struct slice story_saw(struct story *s, uint32_t most);
/* The same as an order is written: "login, call x2". */
struct slice story_told(struct story *s, uint32_t most);
/* Its rule, else what was answered, else how it ended. */
struct slice beat_name(struct story *s, uint32_t i);
struct slice beat_label(struct story *s, uint32_t i); /* "call.2" */

#define NO_BEAT UINT32_MAX

bool ref_speaks_of(const struct ref *ref,
                   const struct record *r); /* its number left aside */
/* The first from `from` on that fits, number and all, or NO_BEAT. */
uint32_t story_next(const struct story *s, const struct ref *ref, uint32_t from);
/* Marks all that fit; the others stay as they are. */
void story_mark(const struct story *s, const struct ref *ref, bool *marks);

/* ---- findings ---- */

/* An arena text; out of memory is noted once and for all. */
struct slice text_of(struct story *s, const char *format, ...) PRINTF_LIKE(2, 3);
struct slice quoted(struct story *s, struct slice octets); /* somebody else's octets */
struct slice span_text(struct story *s, uint64_t us);
/* "1 request", "3 requests" */
struct slice number_text(struct story *s, uint64_t n, const char *what);
/* `record` NULL: no one place. */
void find_failure(struct finding *f, const struct record *record, struct slice expected,
                  struct slice seen);
/* "`gone` never came" */
void find_blocked(struct story *s, struct finding *f, const struct ref *ref);
void find_unknown(struct finding *f, struct slice why);

/* ---- judges ---- */

typedef void judge(struct story *s, const struct claim *c, struct finding *f);

judge judge_order;
judge judge_count, judge_never, judge_connections;
judge judge_content;
judge judge_same, judge_repeat;
judge judge_gap, judge_within, judge_storm;
judge judge_reaction;
judge judge_safe, judge_unseen, judge_inert;
judge judge_exit, judge_output, judge_ends_within;

/* Each guard by itself; false: the finding says what was done. */
typedef bool guard_judge(struct story *s, struct finding *f);
guard_judge guard_unsafe_repeat, guard_credentials, guard_refused_connect, guard_unasked;

/* ---- rules that rested ---- */

#define RESTED_MOST 20u /* findings */

/* Warns of rules that never had their turn, and of which no claim speaks. */
void find_rested(struct story *s, struct verdict *v);

/* ---- what comes of the findings ---- */

void verdict_settle(struct verdict *v); /* its kind, its counts, its summary */
enum verdict_kind verdict_kind_of(const struct finding *f); /* GOOD: it breaks nothing */
struct slice verdict_sum_up(const struct verdict *v);

/* ---- what several judges ask of records ---- */

/* From the end of one answer to the beginning of another request; below 0: before it. */
int64_t gap_between(const struct record *from, const struct record *to);
/* Was the secret in it taken out of the journal? */
bool is_taken_out(const struct record *r, struct slice value);
/* A field's value for a finding: secrets are not for the record. */
struct slice field_told(struct story *s, struct slice name, struct slice value);
bool is_same_body(const struct record *a, const struct record *b);
/* Octets of content that the head promised, or that came; did all of it come? */
uint64_t promised_body(const struct record *r, bool *is_whole);

/* The record that made it a storm, or NULL. */
const struct record *find_storm(struct story *s);

#endif
