/* SPDX-License-Identifier: MIT */
/* lay - JSON laid out for people: a member a line, two columns a level. */
#ifndef NAYSAY_TEXT_LAY_H
#define NAYSAY_TEXT_LAY_H

#include "naysay/base.h"

struct lay {
    FILE *out;
    unsigned depth;
    bool is_filled; /* what is open has a member */
};

void lay_open(struct lay *l, char bracket);
void lay_close(struct lay *l, char bracket);
void lay_item(struct lay *l);                   /* a value follows, in a list */
void lay_name(struct lay *l, const char *name); /* a value follows, in an object */
/* Values. */
void lay_string(struct lay *l, const char *text);
void lay_raw(struct lay *l, const char *json); /* as it stands */
/* Members. */
void lay_text(struct lay *l, const char *name, const char *text); /* text NULL: none */
void lay_json(struct lay *l, const char *name, const char *json);
void lay_number(struct lay *l, const char *name, uint64_t value);

#endif
