/* SPDX-License-Identifier: MIT */
/*
 * verdict - whether the client did its part: claims judged over the records of a run,
 * and the reports that tell people and machines.
 *
 *   records ─┐
 *   claims ──┼─verdict_judge─▶ struct verdict ──report_*──▶ terminal, JUnit, TAP, JSON,
 *   command ─┘                                              HAR, HTML
 *
 * Judging is pure: no clock, no I/O. A claim about a step that never came is blocked, not
 * failed.
 */
#ifndef NAYSAY_VERDICT_H
#define NAYSAY_VERDICT_H

#include "naysay/claim.h"
#include "naysay/journal.h"
#include "naysay/scenario.h"

enum finding_result {
    FINDING_HOLDS,
    FINDING_FAILS,
    FINDING_BLOCKED, /* it speaks of something that never came */
    FINDING_UNKNOWN /* the journal does not say: a secret was taken out, entries are gone */
};

/* One claim, judged. Texts live in the verdict's arena. */
struct finding {
    const struct claim *claim; /* NULL: one that every run makes, see `text` */
    enum claim_level level;
    enum finding_result result;
    bool is_known;         /* in the baseline: does not fail the run */
    struct slice text;     /* the claim, as a person reads it aloud */
    struct slice expected; /* .len 0 where it holds */
    struct slice seen;
    uint64_t seq;         /* of the record where it shows, 0: no one place */
    struct slice spec;    /* RFC section, or .len 0 */
    struct slice because; /* the author's reason, or .len 0 */
};

enum verdict_kind {
    VERDICT_GOOD,
    VERDICT_FAILED,    /* a claim of level must failed, was blocked, or cannot be judged
                          because the journal lacks what it takes */
    VERDICT_UNMATCHED, /* a request that no rule speaks of */
    VERDICT_NEVER_CAME,
    VERDICT_STORM,
    VERDICT_HANG,      /* the command did not end in time */
    VERDICT_NO_COMMAND /* could not be started */
};

/* What became of the command that played the client. */
struct ran {
    char **argv; /* NULL: there was none */
    bool is_started, is_ended;
    bool is_timed_out;
    int exit_status; /* -1 when a signal ended it */
    int signal;      /* 0: none */
    uint64_t took_us;
    struct slice output; /* standard output, its first 1 MiB; .at NULL: not kept */
};

struct verdict {
    struct arena *arena; /* borrowed */
    const struct scenario *scenario;
    const struct records *records;
    const struct ran *ran; /* NULL: no command */
    enum verdict_kind kind;
    struct finding *findings;
    uint32_t n_findings;
    uint32_t by_result[4]; /* enum finding_result; level must only */
    uint32_t warnings;     /* level should that fail */
    struct slice saw;      /* "login call call gone": rules in the order they spoke */
    struct slice summary;  /* one line: why it is what it is */
    uint64_t seed;
    uint64_t took_us;
    bool is_seed_drawn;
};

/* ---- storms: told while the run plays, so that it can end early ---- */

struct storm_watch {
    struct storm storm;
    uint64_t *began_us; /* owned; of the last ones without progress, a ring */
    uint64_t n;         /* ever since there was some */
};

/* False: out of memory. Of no storm (.requests 0) nothing is ever seen. */
bool storm_init(struct storm_watch *w, struct storm storm) WARN_UNUSED;
bool storm_see(struct storm_watch *w, const struct record *r); /* true: it is one */
void storm_clear(struct storm_watch *w);

/* ---- judging ---- */

/*
 * `ran` NULL: no command. Fills all but seed and is_seed_drawn, which whoever knows them
 * sets then. Findings stand in the order of the claims; what every run is held to follows
 * where it is broken: that the client comes, meets rules, is no storm, and ends. False: out
 * of memory.
 */
bool verdict_judge(struct verdict *v, struct arena *a, const struct scenario *s,
                   const struct records *r, const struct ran *ran);
bool verdict_is_good(const struct verdict *v);
const char *verdict_word(enum verdict_kind kind); /* "good", "failed", "never came" */

/*
 * Known failures, a line each: "SCENARIO: CLAIM". Those pass; what is new fails, and what
 * was mended fails as well, so that the line is taken out.
 */
struct baseline;
struct baseline *baseline_read(FILE *in, const char *name, struct complaint *why);
void baseline_apply(struct baseline *b, struct verdict *v);
void baseline_free(struct baseline *b); /* NULL is fine */

/* ---- reports: many verdicts, one file ---- */

enum report_color { REPORT_PLAIN, REPORT_COLORED };

struct report_style {
    enum report_color color;
    bool is_terminal; /* box drawing, widths */
    unsigned columns;
    bool is_quiet, is_verbose;
};

/* For people, on a terminal or in a log: the observed order, a timeline, the verdict. */
void report_text(FILE *out, const struct verdict *v, const struct report_style *style);
/* One line at the end of many. */
void report_total(FILE *out, const struct verdict *const *all, size_t n,
                  const struct report_style *style);
void report_junit(FILE *out, const struct verdict *const *all, size_t n);
void report_tap(FILE *out, const struct verdict *const *all, size_t n);
void report_json(FILE *out, const struct verdict *const *all, size_t n);
/* One verdict as JSON, without a newline: for the admin API. */
bool report_put_json(struct buf *out, const struct verdict *v) WARN_UNUSED;
void report_har(FILE *out, const struct verdict *const *all, size_t n);
void report_html(FILE *out, const struct verdict *const *all, size_t n);

#endif
