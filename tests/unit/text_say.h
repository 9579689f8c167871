/* SPDX-License-Identifier: MIT */
/*
 * text_say - texts in, what was read and complained of out as text, for tables and
 * fuzzing. The shape `play` has every type of key.
 */
#ifndef NAYSAY_TEXT_SAY_H
#define NAYSAY_TEXT_SAY_H

#include "naysay/text.h"

struct part {
    struct slice name;
    uint64_t times;
    uint64_t lines;
    struct many inner;
};

struct play {
    struct slice title;
    bool is_loud;
    uint64_t times, wait, least_wait, size, rate;
    double chance;
    uint8_t mood;
    struct part lead;
    struct many parts; /* of struct part */
    struct many cast;  /* of struct role */
    struct slice own;
    uint32_t n_others;
};

struct role {
    struct slice name;
    struct slice actor;
};

extern const struct shape shape_play, shape_part, shape_role;

struct text_said {
    struct arena arena;
    struct source source;
    struct complaints why;
    struct node *top;
    struct play play;
    bool is_loaded; /* the first document, as a play */
    char text[16384];
};

/* Each begins anew; clear once at the end. */
void text_say_parse(struct text_said *s, struct slice text);
void text_say_load(struct text_said *s, struct slice text);
void text_said_clear(struct text_said *s);

/* "{a: [b, 'c']}; d": documents, quoted texts between ' '. "-" where there is no tree. */
const char *text_said_tree(struct text_said *s);
/* "1:4 anchors are not read; …|2:1 …": errors, then warnings marked by "warning". */
const char *text_said_remarks(struct text_said *s);
/* As complaints_print() has it. */
const char *text_said_print(struct text_said *s, bool is_colored);

#endif
