/* SPDX-License-Identifier: MIT */
/* What the tables of keys share. Private to this folder. */
#ifndef NAYSAY_SCENARIO_KEYS_H
#define NAYSAY_SCENARIO_KEYS_H

#include "naysay/scenario.h"

/* The owner of every loader here. */
struct loading {
    struct book *book;
    const struct files *files;  /* NULL: none may be named */
    struct scenario *scenario;  /* being loaded */
    struct slice including[16]; /* files that are open, to find circles */
    uint32_t n_including;
    uint32_t n_included; /* in all */
    bool has_claims;     /* they have all been loaded */
};

static inline struct loading *loading_of(struct loader *l)
{
    return l->owner;
}

/* A zeroed block of the book's arena, or NULL and a complaint. */
void *loader_new(struct loader *l, const struct node *n, size_t size);

/* values.c */
/* "3", "2..", "..5", "0.5s..5s"; type COUNT or DURATION. */
bool value_range(struct loader *l, const struct node *n, enum key_type type,
                 const char *what, struct range *out);
bool value_spread(struct loader *l, const struct node *n, struct spread *out);
bool value_status(struct loader *l, const struct node *n, struct answer *out);
bool value_template(struct loader *l, const struct node *n, const char *what,
                    struct template **out);
/* The same of a text that was made from this node. */
bool value_template_of(struct loader *l, const struct node *n, const char *what,
                       struct slice text, struct template **out);
/* "GET", "GET|POST", a list; `any` leaves none. */
bool value_words(struct loader *l, const struct node *n, const char *what,
                 struct slice **words, uint32_t *n_words);
extern const char *const end_words[]; /* in the order of enum step_end */
bool value_end(struct loader *l, const struct node *n, enum step_end *out);
/* "http://127.0.0.1:8080/base" */
bool value_origin(struct loader *l, const struct node *n, struct origin *to,
                  struct slice *path);
/* A file's octets, through the book's reader. */
bool value_file(struct loader *l, const struct node *n, struct slice *octets);
bool value_base64(struct loader *l, const struct node *n, struct slice *octets);
bool value_hex(struct loader *l, const struct node *n, struct slice *octets);

extern const struct shape shape_spread;

/* fields.c */
/* {name: value}, values templates or lists of them; appended to *edits. */
bool take_fields(struct loader *l, const struct node *n, enum edit_kind kind,
                 struct field_edit **edits);
/* One member of such a map. */
bool take_field(struct loader *l, const struct node *m, enum edit_kind kind,
                struct field_edit **edits);
bool take_names(struct loader *l, const struct node *n, struct field_edit **edits);
/* Framing has one author: complains of fields that nobody may set. */
bool check_fields(struct loader *l, const struct node *n, const struct field_edit *edits);
bool is_framing_field(struct slice name);

/* content.c */
bool content_text(struct loader *l, const struct node *n, struct content *out);
bool content_json(struct loader *l, const struct node *n, struct content *out);
bool content_file(struct loader *l, const struct node *n, struct content *out);
bool content_base64(struct loader *l, const struct node *n, struct content *out);
bool content_hex(struct loader *l, const struct node *n, struct content *out);
bool content_fill(struct loader *l, const struct node *n, struct content *out);
/* Values in a text are escaped as its media type asks, said with it or by its fields. */
void content_settle(struct content *c, const struct field_edit *fields);
uint64_t content_length(const struct content *c); /* UINT64_MAX: depends on the request */

/* keys_*.c, a table each */
extern const struct shape shape_match, shape_reply, shape_rule, shape_cue, shape_interim,
    shape_assignment, shape_greeting, shape_session, shape_request_edits,
    shape_response_edits;

/* keys_match.c */
/* Adds conditions to a chain, the costly ones last. */
void condition_add(struct condition **chain, struct condition *c);
/* One of the chain that `into` points to; NULL: a complaint. */
struct condition *condition_new(struct loader *l, const struct node *n, void *into,
                                enum condition_kind kind);

/* where.c: takers of `match` */
bool where_method(struct loader *l, const struct node *n, void *into);
bool where_path(struct loader *l, const struct node *n, void *into);
bool where_host(struct loader *l, const struct node *n, void *into);
bool where_url(struct loader *l, const struct node *n, void *into);
bool where_short(struct loader *l, const struct node *n, void *into);

/* cues_check.c */
bool cues_check(struct loader *l, struct cue *cues, uint32_t n);

/* keys_scenario.c: what an included file brings, into the scenario that includes it */
bool included_load(struct loader *l, const struct node *n, struct scenario *s);

/* check.c: what only shows when all rules are there */
void check_rules(struct loader *l, struct scenario *s);
/* Of these alone, where rules did not load: the names that they speak of are there. */
void check_claims(struct loader *l, const struct scenario *s);
/* reach.c: rules that never speak */
void check_reach(struct loader *l, const struct scenario *s);

#endif
