/* SPDX-License-Identifier: MIT */
/*
 * glob - text in pieces, made by glob.c, matched by glob_fits.c. Besides globs over
 * paths there are globs over values: "*" is any octets, "?" any one octet, slash or not,
 * and braces are literal. All functions of struct glob but glob_covers() take both.
 */
#ifndef TEXT_GLOB_H
#define TEXT_GLOB_H

#include "naysay/text.h"

enum piece_kind {
    PIECE_LITERAL,
    PIECE_ONE,  /* an octet but "/" */
    PIECE_ANY,  /* an octet */
    PIECE_STAR, /* octets but "/" */
    PIECE_DEEP, /* octets */
    PIECE_DIRS, /* nothing, or octets up to and with a "/" */
    PIECE_TAIL  /* the end, or "/" and octets: always the last piece */
};

struct piece {
    enum piece_kind kind;
    uint32_t capture;  /* ONE, and the STAR behind it, of a {name}: from 1; else 0 */
    struct slice text; /* LITERAL: not empty */
};

struct glob {
    struct slice text; /* as written; of a literal glob, what it fits */
    bool is_literal, ignores_case;
    uint32_t n, n_names;
    struct slice *names;
    struct piece *pieces;
};

struct glob *glob_parse_value(struct arena *a, struct slice text, bool ignores_case,
                              struct complaint *why);

#endif
