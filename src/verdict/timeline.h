/* SPDX-License-Identifier: MIT */
/* timeline - rows as lines of a terminal or a log: who said what, on which connection. */
#ifndef NAYSAY_VERDICT_TIMELINE_H
#define NAYSAY_VERDICT_TIMELINE_H

#include "report.h"

struct ink { /* escape sequences, or "" each */
    const char *good, *bad, *warn, *dim, *bold, *off;
    const char *status[10]; /* by the first digit; 0: no status */
};

struct pen {
    const struct ink *ink;
    bool is_terminal; /* box drawing, arrows */
    unsigned columns;
};

/* Not `is_whole`: a long run is told by its start, its end, and what findings speak of. */
void put_timeline(FILE *out, const struct pen *pen, const struct rows *rows, bool is_whole);

#endif
