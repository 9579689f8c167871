/* SPDX-License-Identifier: MIT */
/*
 * pattern - a tree of tests, made by pattern_word.c and pattern_load.c, asked and said by
 * pattern.c.
 */
#ifndef TEXT_PATTERN_H
#define TEXT_PATTERN_H

#include "naysay/text.h"
#include "number.h"

enum pattern_kind {
    PATTERN_EQUAL,
    PATTERN_CONTAINS,
    PATTERN_GLOB,
    PATTERN_REGEX,
    PATTERN_LESS,
    PATTERN_MORE,
    PATTERN_AT_LEAST,
    PATTERN_AT_MOST,
    /* From here on also where there is no value. */
    PATTERN_PRESENT,
    PATTERN_ABSENT,
    PATTERN_NOT,
    PATTERN_ANY,
    PATTERN_ALL
};

struct pattern {
    enum pattern_kind kind;
    bool ignores_case; /* EQUAL, CONTAINS; of a map, what its members take over */
    struct slice text; /* what a value is compared with, as it is said */
    union {
        struct glob *glob;
        struct regex *regex;
        struct number number; /* slices of `text` */
    };
    struct pattern *first, *last; /* NOT: one; ANY, ALL: at least one */
    struct pattern *next;
};

/* NULL after a complaint about `at`; texts are copied. pattern_add() takes that NULL. */
struct pattern *pattern_new(struct loader *l, const struct node *at, enum pattern_kind kind,
                            struct slice text);
struct pattern *pattern_new_glob(struct loader *l, const struct node *at, struct slice text,
                                 bool ignores_case);
struct pattern *pattern_new_regex(struct loader *l, const struct node *at,
                                  struct slice text, const char *flags);
/* `text` is a number: see pattern_is_number(). */
struct pattern *pattern_new_comparison(struct loader *l, const struct node *at,
                                       enum pattern_kind kind, struct slice text);
bool pattern_add(struct pattern *group, struct pattern *member);

bool pattern_is_number(struct slice text);
bool pattern_is_slashed(struct slice text); /* "/expression/flags" */
bool pattern_take_word(struct loader *l, const struct node *n, void *into);

#endif
