/* SPDX-License-Identifier: MIT */
/*
 * report_say - verdicts made by hand, for the tests of reports, and reports caught as text.
 */
#ifndef NAYSAY_REPORT_SAY_H
#define NAYSAY_REPORT_SAY_H

#include "naysay/verdict.h"

struct told_run {
    struct arena arena;
    struct scenario scenario;
    struct records records;
    struct finding findings[16];
    struct ran ran;
    struct verdict v;
};

enum told_kind {
    TOLD_GOOD,    /* 522 twice, then 200, with a back-off; one connection */
    TOLD_FAILING, /* hammering on three connections; a claim fails, one is blocked */
    TOLD_NEVER_CAME,
    TOLD_RICH,    /* interim answers, a reset without an answer, raw octets, a cut body,
                     bodies, a proxy's challenge, a warning */
    TOLD_HOSTILE, /* octets that want to get out of every format */
    TOLD_KINDS
};

void tell(struct told_run *t, enum told_kind kind);
void tell_many(struct told_run *t, unsigned exchanges); /* on forty connections */
void told_clear(struct told_run *t);

/* What `report` writes of one verdict, NUL-terminated; free() it. */
char *say_report(const struct verdict *v,
                 void (*report)(FILE *, const struct verdict *const *, size_t),
                 size_t *len);
char *say_text(const struct verdict *v, const struct report_style *style);

/* `main` of a report's test: with the argument DIR, writes the reports of every kind
 * into DIR for other readers and ends. */
int report_main(int argc, char **argv, const char *ending,
                void (*report)(FILE *, const struct verdict *const *, size_t));

/* All that hostile octets are made of. */
extern const char hostile_markup[];

#endif
