/* SPDX-License-Identifier: MIT */
/* What the sources of this folder share. */
#ifndef CLAIM_PARTS_H
#define CLAIM_PARTS_H

#include "naysay/claim.h"

/* ---- reading: each complains at `value` and returns false when it will not do ---- */

bool take_ref(struct loader *l, const struct node *value, struct ref *into);
bool take_refs(struct loader *l, const struct node *value, struct refs *into); /* or one */
/* A text that stands within that of `where`. */
bool parse_ref(struct loader *l, const struct node *where, struct slice text,
               struct ref *into);
bool parse_refs(struct loader *l, const struct node *where, struct slice text, char between,
                struct refs *into);
bool take_range(struct loader *l, const struct node *value, struct range *into);
bool take_us(struct loader *l, const struct node *value, const char *what, uint64_t *us);

/* Each takes the value of one key into its claim, whose kind is known. */
typedef bool claim_taker(struct loader *l, const struct node *value, struct claim *c);
claim_taker take_order, take_count, take_never, take_connections;
claim_taker take_traits;
claim_taker take_same, take_in, take_repeat, take_as;
claim_taker take_gap, take_bounds, take_grows, take_jitter;
claim_taker take_within, take_from, take_to, take_storm;
claim_taker take_after, take_reaction;
claim_taker take_safe, take_guard, take_words;
claim_taker take_exit, take_output, take_ends_within;

extern const struct shape shape_content; /* what is said of NAME */
extern const struct shape shape_storm;

/* "3", "1..", "..3", "1..3", "at least 2", "<= 2", "not 0". */

/* An array for all of a node's members, or for the node itself. NULL: complained. */
void *room_for(struct loader *l, const struct node *value, size_t size, uint32_t *n);
bool complain_memory(struct loader *l, const struct node *at);

/* ---- amounts, taken apart but not read ---- */

struct amount {
    struct slice least, most; /* .at NULL: without bound */
    bool is_beyond;           /* the bound itself does not count */
    bool is_about, is_not;
};

struct amount amount_split(struct slice text);
/* Does the text begin with this word and a space? Then both are taken off. */
bool cut_word(struct slice *text, const char *word);

/* ---- saying ---- */

struct words {
    struct buf text;
    bool is_spent;
};

void say(struct words *w, const char *format, ...) PRINTF_LIKE(2, 3);
/* Copied to the arena; .at NULL: out of memory. */
struct slice words_take(struct words *w, struct arena *a);
/* The claim, as a person reads it aloud. */
struct slice claim_say(struct arena *a, const struct claim *c);
void say_traits(struct words *w, const struct claim *c);

#endif
