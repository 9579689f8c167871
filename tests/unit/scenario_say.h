/* SPDX-License-Identifier: MIT */
/*
 * scenario_say - scenarios as texts in, what was complained of as text out, for tables.
 * Files that a text names are read from a table of the test's own.
 */
#ifndef NAYSAY_SCENARIO_SAY_H
#define NAYSAY_SCENARIO_SAY_H

#include "decide_say.h"

struct paper { /* a file that is none */
    const char *name, *text;
};

struct scenario_said {
    struct book book;
    const struct paper *papers; /* ends with a NULL name; NULL: none may be named */
    bool skips_shared;
    char text[16384];
};

/* Loads into a fresh book; clear once at the end of each. True: nothing wrong. */
bool scenario_say(struct scenario_said *s, const char *text);
/* The scenario of these rules; the test fails when anything is wrong with them. */
const struct scenario *scenario_of_rules(struct scenario_said *s, const char *rules);
/* "3:9 text|4:1 warning text", as they were found; "x.yaml:3:9" in another file. */
const char *scenario_remarks(struct scenario_said *s);
void scenario_said_clear(struct scenario_said *s);

#endif
