/* SPDX-License-Identifier: MIT */
/* template - text and inserts in turn, made by template.c, written by template_put.c. */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include "naysay/text.h"

struct part {
    struct part *next;
    struct slice literal; /* before the insert */
    struct insert insert;
};

struct template
{
    struct slice text; /* as written; of a constant template, its value */
    struct part *first;
    struct slice tail; /* behind the last insert */
    uint16_t n_inserts;
};

#endif
