/* SPDX-License-Identifier: MIT */
/*
 * text - what people write: documents whose every word has a place, tables of keys
 * that documents are loaded by, patterns and templates. No I/O, nothing about HTTP.
 *
 *   octets ──doc_parse──▶ node tree ──shape_load──▶ a struct
 *                             │           ▲
 *                             ▼           └─ tables of struct key: also the JSON Schema
 *                        complaints            and the reference page
 *
 * Everything made here lives in the arena it was given. Loading is start-up work, or
 * bounded by doc limits: what memory cannot hold is a complaint.
 */
#ifndef NAYSAY_TEXT_H
#define NAYSAY_TEXT_H

#include "naysay/base.h"

/* ---- documents: YAML, and so JSON, as trees that know where everything stands ---- */

struct source {
    struct slice name; /* as complaints call it: "conf/x.yaml" */
    struct slice text; /* all of it */
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool is_quoted;        /* SCALAR: between quotes, or a block */
    uint32_t line, column; /* from 1; a column counts code points */
    uint32_t width;        /* columns it takes on that line, at least 1 */
    const struct source *source;
    struct slice text;      /* SCALAR: valid UTF-8 without NUL, NUL-terminated */
    const struct node *key; /* of a map's member: its name, a scalar */
    struct node *first, *last, *next;
    uint32_t n; /* members */
};

/* A map's member, or NULL. */
const struct node *node_find(const struct node *map, const char *key);
bool node_is(const struct node *n, const char *text); /* a scalar of exactly that text */

#define DOC_OCTETS (16u << 20)
#define DOC_DEPTH  64u
#define DOC_NODES  2000000u

struct complaints;

/*
 * Every document of a stream ("---" parts them), as a NODE_LIST. Refused, with a
 * complaint each: anchors, aliases and tags, keys that are no scalars or come twice,
 * NUL, invalid UTF-8, and more octets, levels or nodes than the limits above. NULL when
 * there is no tree to go on with.
 */
struct node *doc_parse(struct arena *a, const struct source *source,
                       struct complaints *why);

/* ---- complaints: all that is wrong with a text, each with its place ---- */

enum gravity { GRAVITY_ERROR, GRAVITY_WARNING };

struct remark {
    struct remark *next;
    enum gravity gravity;
    const struct source *source; /* NULL: of no text in particular */
    uint32_t line, column, width;
    struct slice text;
};

struct complaints {
    struct arena *arena;
    struct remark *first, *last;
    uint32_t errors, warnings; /* counted beyond those that are kept */
};

#define COMPLAINTS_KEPT 1000u

void complaints_init(struct complaints *c, struct arena *a);
/* `where` NULL: no place. Returns false, so that a loader can say `return complain_at(…)`.
 */
bool complain_at(struct complaints *c, const struct node *where, const char *format, ...)
    PRINTF_LIKE(3, 4);
void warn_at(struct complaints *c, const struct node *where, const char *format, ...)
    PRINTF_LIKE(3, 4);
/*
 * conf/x.yaml:12:9: error: unknown key "statsu"; did you mean "status"?
 *    12 |   do: {statsu: 503}
 *       |        ^~~~~~
 * In the order of their places.
 */
void complaints_print(const struct complaints *c, FILE *out, bool colored);

/* ---- keys: what may stand in a document ---- */

enum key_type {
    KEY_FLAG,     /* true, false ─▶ bool */
    KEY_COUNT,    /* 12 ─▶ uint64_t */
    KEY_DURATION, /* 250ms ─▶ uint64_t, ns */
    KEY_SIZE,     /* 64KiB ─▶ uint64_t, octets */
    KEY_RATE,     /* 256KiB/s ─▶ uint64_t, octets a second */
    KEY_CHANCE,   /* 0.05, 5% ─▶ double, 0..1 */
    KEY_TEXT,     /* ─▶ struct slice */
    KEY_CHOICE,   /* one of `choices` ─▶ uint8_t, its index */
    KEY_SHAPE,    /* what `shape` says ─▶ its struct, embedded */
    KEY_LIST,     /* a list of `shape`, or one alone ─▶ struct many */
    KEY_NAMED,    /* a map from names to `shape` ─▶ struct many; each item begins with
                     a struct slice, its name */
    KEY_OWN       /* whatever `take` takes; `form` says it in words */
};

struct loader {
    struct arena *arena; /* of what is loaded */
    struct complaints *why;
    void *owner;                   /* whoever loads: takers know its type */
    const struct loading *loading; /* shape_load()'s own: the shapes around */
};

#define KEY_ITEMS 100000u

struct many {
    void *at; /* n structs of shape->size */
    uint32_t n;
};

struct shape;

struct key {
    const char *name; /* "times" */
    const char *also; /* another spelling, or NULL */
    enum key_type type;
    const struct shape *shape;  /* SHAPE, LIST, NAMED; OWN: what it takes among others */
    const char *const *choices; /* CHOICE: NULL-terminated */
    uint64_t least, most;       /* COUNT, DURATION, SIZE, RATE; most 0: no upper bound.
                                   LIST, NAMED: how many; most 0: KEY_ITEMS */
    const char *fallback;       /* the default, as it would be written; NULL: none */
    const char *form;           /* OWN: what is expected, "a status: 503, iis/440" */
    const char *help;           /* one sentence, no full stop */
    const char *since;          /* version: "0.2" */
    size_t at;                  /* offset in the struct, where `take` is NULL */
    /* NULL: by type. Complains and returns false when the value will not do. */
    bool (*take)(struct loader *l, const struct node *value, void *into);
    bool is_needed;
};

struct shape {
    const char *name; /* "rule": what complaints, schema and reference call it */
    const char *help;
    const struct key *keys;
    size_t n_keys;
    size_t size; /* of the struct */
    const char
        *short_form; /* what one word or line stands for; NULL: only the map will do */
    bool (*take_short)(struct loader *l, const struct node *scalar, void *into);
    bool (*take_list)(struct loader *l, const struct node *list, void *into); /* or NULL */
    void (*prepare)(struct loader *l, const struct node *n,
                    void *into); /* defaults; or NULL */
    bool (*check)(struct loader *l, const struct node *n,
                  void *into); /* all is there; or NULL */
    /* Keys that are not in the table: the author's own words. Or NULL. */
    bool (*take_other)(struct loader *l, const struct node *value, void *into);
    const char *other;               /* what these are, for schema and reference */
    const struct shape *other_shape; /* what may stand there, among others; or NULL */
};

/*
 * Loads one struct, zeroed and prepared here. Everything wrong is complained of, not
 * only the first; false when anything was. Unknown keys are complaints with the nearest.
 */
bool shape_load(struct loader *l, const struct shape *s, const struct node *n, void *into);
/* One value by its row, into the struct that holds it. */
bool key_load(struct loader *l, const struct key *k, const struct node *value, void *into);
/* Any scalar, by type, with a complaint that names `what`. */
bool take_scalar(struct loader *l, enum key_type type, const struct node *value,
                 const char *what, void *into);
/* "what must be a map, not a list". */
bool complain_kind(struct loader *l, const struct node *n, const char *what,
                   const char *wanted);

/* Each writes all that can be reached from `top`, every shape once. */
void schema_print(FILE *out, const struct shape *top, const char *title, const char *id);
/* In mdoc, a section for each shape: the body of a manual page. */
void reference_print(FILE *out, const struct shape *top);

/* ---- patterns: does a value fit? ---- */

/*
 * Written as one word:   exactly-this   *.png   "/^Digest /"   "/x/i"   present   absent
 *                        "> 5"   "<= 10"   5..10   5..
 * or as a map:           {equals: "a*b"}  {glob: "*.png"}  {matches: "^x"}  {contains: x}
 *                        {less-than: 5}  {more-than: 5}  {at-least: 5}  {at-most: 5}
 *                        {not: …}  {any: […]}  {all: […]}  {equals: x, case: ignore}
 * or as a list, of which one must fit. Of a map, all must.
 *
 * Text is compared octet by octet. Numbers are decimals of any length, compared exactly; a
 * value that is none is neither less nor more. "*" is any octets here, "?" any one octet.
 */
struct pattern;

extern const struct shape shape_pattern; /* loads a struct pattern * */

/* `is_there`: false, there is no value, which fits nothing but `absent` and `not`. */
bool pattern_fits(const struct pattern *p, struct slice value, bool is_there);
/* As a person says it: equal to "x", matching /^Digest /, at least 5 and at most 10. Cut
 * where `size` ends; how long it is altogether, as snprintf says. */
size_t pattern_print(const struct pattern *p, char *out, size_t size);
/* Literal text that the value must equal, or .at NULL. */
struct slice pattern_literal(const struct pattern *p);

/*
 * Globs over paths: "*" is octets within a segment, "**" octets across them, "{id}" octets
 * of a segment, at least one, with a name; all three may stand beside literal text, as in
 * *.js or v{major}.{minor}. "**" as the last segment fits also where it is missing with its
 * slash; between slashes it is any number of segments, none too. "\" makes the next octet
 * literal. Names take the least they can, the first one first. What a path can cost is
 * bounded by its octets times those of the glob.
 */
struct glob;

struct capture {
    struct slice name, value;
};

#define CAPTURES 16u

struct glob *glob_parse(struct arena *a, struct slice text, struct complaint *why);
/* captures: room for CAPTURES, or NULL: not wanted. Names belong to the glob, values to the
 * path. Neither array nor number is touched when it does not fit. */
bool glob_fits(const struct glob *g, struct slice path, struct capture *captures,
               uint32_t *n_captures);
bool glob_is_literal(const struct glob *g);   /* it fits its text, and nothing else */
struct slice glob_text(const struct glob *g); /* as written; of a literal glob, unescaped */
/* Does `a` fit everything that `b` fits? Only a sure yes is true. */
bool glob_covers(const struct glob *a, const struct glob *b);

/*
 * Regular expressions (PCRE2, JIT where there is one). Flags: any of "imsx", or NULL. They
 * are given back with their arena. A match that takes more steps than the value's length
 * entitles it to is no match: regex.c says how they are counted. Any number of threads
 * may use one at a time, and most matches allocate nothing.
 */
struct regex;

struct regex *regex_parse(struct arena *a, struct slice text, const char *flags,
                          struct complaint *why);
bool regex_fits(const struct regex *r, struct slice value);

/* ---- members: values in JSON texts that strangers sent ---- */

struct members;

#define MEMBERS_DEPTH 64u

/* NULL: it is no JSON, goes too deep, or memory ran out. */
struct members *members_read(struct slice text);
/* "items.0.id"; "" is all of it. A string is its text, anything else JSON; .at NULL: there
 * is none, or no memory. */
struct slice members_get(const struct members *m /* or NULL */, struct slice path,
                         struct arena *a);
void members_free(struct members *m); /* NULL is fine */

/*
 * ---- templates: "hello {{request.path.id}}" ----
 *
 * {{name.rest value "another value"}}, with blanks where you like; \" and \\ between
 * quotes. {{{{ is two literal braces; of three the first is literal, as JSON needs it.
 */

/* Where the text ends up, and so how values are escaped. */
enum escape {
    ESCAPE_NONE,   /* a body of plain text */
    ESCAPE_HEADER, /* CTL becomes spaces, also in the literal text */
    ESCAPE_JSON,   /* inside a JSON string */
    ESCAPE_HTML,
    ESCAPE_URL /* percent-encoded */
};

#define TEMPLATE_ARGS 4u

/* One {{name.rest arg arg}}. */
struct insert {
    uint16_t name;     /* index in the table of names */
    struct slice rest; /* "path.id" of {{request.path.id}}, or .len 0 */
    struct slice args[TEMPLATE_ARGS];
    uint8_t n_args;
    uint16_t nth; /* of the template's inserts, from 0: for chance */
};

struct template_name {
    const char *name;
    uint8_t least_args, most_args;
    bool takes_rest;
    const char *help;
    /* NULL, or says what is wrong with this insert: checked when it is parsed. */
    bool (*check)(const struct insert *i, struct complaint *why);
};

struct template_names {
    const struct template_name *at;
    size_t n;
};

void reference_print_names(FILE *out, struct template_names names); /* an mdoc list */

struct template;

/* NULL and a complaint: unknown names with the nearest, braces that do not close. */
struct template *template_parse(struct arena *a, struct slice text,
                                struct template_names known, struct complaint *why);
bool template_is_constant(const struct template *t);  /* no insert: its text is its value */
struct slice template_text(const struct template *t); /* of a constant: its value */
/*
 * Appends to `out`, which may not grow past `most` octets. `value` appends one insert's
 * value unescaped; the escaping is done here. False: out of memory, too long, or `value`
 * said so; then nothing was appended.
 */
bool template_put(const struct template *t, enum escape escape, size_t most,
                  bool (*value)(void *arg, const struct insert *i, struct buf *out),
                  void *arg, struct buf *out) WARN_UNUSED;

#endif
