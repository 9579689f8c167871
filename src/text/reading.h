/* SPDX-License-Identifier: MIT */
/*
 * reading - a source as libyaml is given it, and where its marks stand in the source.
 * The byte order mark is gone, and JSON's surrogate pairs are YAML's \U escapes, which
 * are shorter by two columns.
 */
#ifndef NAYSAY_TEXT_READING_H
#define NAYSAY_TEXT_READING_H

#include <yaml.h>

#include "naysay/text.h"

#define NO_NUL "a text has no NUL; say octets as base64"

struct reading {
    const struct source *source;
    struct slice text;
    uint32_t
        *pairs; /* the place in the text, in code points, of every escape made of a pair */
    uint32_t n_pairs;
    yaml_mark_t end; /* of the text, once has_end */
    bool has_end;
};

/* False: out of memory. */
bool reading_init(struct reading *r, struct arena *a, const struct source *source);
/* The mark of an octet of the text, or of the first before it that is no UTF-8. */
yaml_mark_t reading_mark(const struct reading *r, size_t offset);
/* A node of that place, and nothing else. */
struct node reading_place(struct reading *r, const yaml_mark_t *from,
                          const yaml_mark_t *to);
/* What stopped libyaml, in words for a person who wrote a scenario. */
void reading_complain(struct reading *r, const yaml_parser_t *p, struct complaints *why);

#endif
