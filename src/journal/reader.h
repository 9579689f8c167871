/* SPDX-License-Identifier: MIT */
/* One journal file being read back. Private to read.c and read_value.c. */
#ifndef NAYSAY_JOURNAL_READER_H
#define NAYSAY_JOURNAL_READER_H

#include "lines.h"

#include <jansson.h>

struct reader {
    struct records *records;
    struct complaint *why;
    const char *name;     /* of the file */
    uint64_t line;        /* from 1 */
    bool is_wrong;        /* this line is, and the complaint is made */
    struct arena arena;   /* of this line */
    struct buf text;      /* of one head, or list */
    struct record record; /* being made */
};

/* Complaints, of which the first counts. */
void reader_wrong(struct reader *in, const char *what);
/* `parent` "": a member of the line itself. */
void reader_wrong_member(struct reader *in, const char *parent, const char *key,
                         const char *what);
bool reader_no_memory(struct reader *in); /* false */

/* Values; false when they are none of that kind. The octets live as long as the line. */
bool reader_octets(struct reader *in, const json_t *value, struct slice *out);
bool reader_number(const json_t *value, uint64_t most, uint64_t *out);
bool reader_hex(struct slice text, uint64_t *out);
bool reader_time(struct slice text, int64_t *wall_us);
/* A text that may be missing; of a wrong kind it is a complaint. */
bool reader_text(struct reader *in, const json_t *object, const char *parent,
                 const char *key, struct slice *out);
/* All that need no second thought. */
void reader_members(struct reader *in, const json_t *line);

#endif
