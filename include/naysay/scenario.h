/* SPDX-License-Identifier: MIT */
/*
 * scenario - what shall happen: rules, and what the client should do about them, as data.
 *
 *   files ──book_load──▶ struct book ─▶ struct scenario ─▶ rules ─▶ conditions, replies
 *                             │                        └─▶ claims (claim.h)
 *                             └─▶ complaints, each with its place
 *
 * Immutable once loaded; everything lives in the book's arena. Every key that a file may
 * hold is a row of a table (keys_*.c), from which the loader, the schema and the reference
 * page come. Deciding by a scenario is decide.h.
 */
#ifndef NAYSAY_SCENARIO_H
#define NAYSAY_SCENARIO_H

#include "naysay/auth.h"
#include "naysay/claim.h"
#include "naysay/fault.h"
#include "naysay/persona.h"
#include "naysay/plan.h"
#include "naysay/text.h"

/* ---- answers: one thing to say, all of it known ---- */

struct answer {
    struct {
        uint16_t wire;
        const struct status *status; /* NULL when nobody registered it */
    } interim[8];                    /* 1xx sent before, in order */
    uint8_t n_interim;
    uint16_t wire;               /* status to send; 0: close without an octet */
    const struct status *status; /* its row, NULL when nobody registered the number */
    bool is_literal; /* asked by number: that number, whatever its vendor does */
    uint64_t delay_ns;
    struct http_fields fields; /* added, replacing those of the row with the same name */
    struct slice body;         /* .at NULL: a page of ours */
    struct slice
        raw; /* .at NULL: none; else these octets instead of everything, then close */

    /* What only scenario files say. */
    struct slice reason;      /* .at NULL: the registry's */
    struct http_fields added; /* beside those of the same name */
    struct slice *without;    /* fields that are not sent */
    uint32_t n_without;
    struct http_fields interim_fields[8]; /* beside those of the row */
    struct slice type;                    /* of `body`; .len 0: plain text */
    uint64_t fill; /* length of a body said over and over; 0: as it is */
    bool is_chunked;
    struct flow flow;
    struct http_fields trailers;
    bool has_end;
    enum step_end end;
};

/*
 * "522", "iis/440", "103,200", "nginx/444". A lone 1xx is followed by a 200
 * (101 is not). False: *why says what is wrong and what to say instead.
 */
bool answer_parse(struct slice query, struct answer *out,
                  struct complaint *why) WARN_UNUSED;

/*
 * The part after "?": delay=2s & header=Name:value & body=text & type=text/html &
 * raw=octets, percent-encoded. Texts are decoded into the arena. Bad values are complaints.
 */
bool answer_parse_options(struct slice query, struct arena *a, struct answer *out,
                          struct complaint *why) WARN_UNUSED;

/* ---- conditions: what a rule asks of a request ---- */

enum condition_kind {
    CONDITION_METHOD, /* one of `words` */
    CONDITION_PATH,   /* glob */
    CONDITION_SITE,   /* scheme, host and port of the target, or of Host */
    CONDITION_HEADER, /* name, pattern; any line of that name */
    CONDITION_QUERY,  /* the same of decoded parameters */
    CONDITION_COOKIE,
    CONDITION_FORM,
    CONDITION_JSON, /* name is a path: "items.0.id" */
    CONDITION_BODY,
    CONDITION_VERSION,       /* "1.0", "1.1" */
    CONDITION_CONNECTION,    /* flag: new, else reused */
    CONDITION_ON_CONNECTION, /* range: the nth request on it */
    CONDITION_CLIENT,        /* address */
    CONDITION_USER,          /* proxy user */
    CONDITION_REQUEST,       /* range: the nth of the run */
    CONDITION_SINCE,         /* range, ns since the run began */
    CONDITION_STATE,         /* one of `words` */
    CONDITION_SESSION,       /* choice: enum session_state */
    CONDITION_NOT,
    CONDITION_ANY,
    CONDITION_ALL,
    CONDITION_NTH, /* range: the nth time all the others held */
    CONDITION_CHANCE
};

enum session_state { SESSION_NONE, SESSION_OPEN, SESSION_EXPIRED };

struct site {
    struct slice scheme; /* .len 0: any */
    struct glob *host;   /* in lower case, "*" within it; NULL: any */
    uint16_t port;       /* 0: any */
};

struct condition {
    struct condition *next;
    enum condition_kind kind;
    const struct node *node; /* where it stands; NULL in rules of the command line */
    struct slice name;       /* header, parameter, cookie, JSON path */
    struct pattern *pattern;
    struct glob *path;
    struct site site;
    struct slice *words;
    uint32_t n_words;
    struct range range;
    double chance;
    uint8_t choice;
    struct condition *inner; /* NOT, ANY, ALL; within ANY each item is an ALL */
};

/* "header accept equal to \"a\"", for explain and the page of what no rule matched. */
size_t condition_print(const struct condition *c, char *out, size_t size);

/* ---- replies: what a rule says, with templates still to be filled ---- */

enum edit_kind { EDIT_SET, EDIT_ADD, EDIT_REMOVE };

struct field_edit {
    struct field_edit *next;
    enum edit_kind kind;
    struct slice name;
    struct template *value; /* REMOVE: NULL */
};

enum content_kind {
    CONTENT_DEFAULT, /* what goes with the status */
    CONTENT_TEXT,    /* template */
    CONTENT_OCTETS,
    CONTENT_FILL /* `length` octets, made of `octets` or of a pattern of ours */
};

enum coding { CODING_NONE, CODING_GZIP, CODING_DEFLATE };

struct content {
    enum content_kind kind;
    enum escape escape;
    struct template *text;
    struct slice octets;
    uint64_t length;
    struct slice type; /* the media type when no Content-Type is set; .len 0: text/plain */
};

/* How inserts in a text of this media type are escaped. */
enum escape content_escape(struct slice type);

struct interim_line {
    uint16_t wire;
    const struct status *status;
    struct field_edit *fields;
};

enum cue_kind {
    CUE_INTERIM,
    CUE_HEAD,
    CUE_BODY,
    CUE_RAW,
    CUE_WAIT,
    CUE_HOLD,
    CUE_READ,
    CUE_TUNNEL,
    CUE_END
};

/* One explicit step. */
struct cue {
    enum cue_kind kind;
    const struct node *node;
    struct interim_line interim;
    uint16_t wire; /* HEAD */
    const struct status *status;
    struct slice reason; /* .at NULL: the registry's */
    struct field_edit *fields;
    struct http_framing framing; /* HEAD; kind BODY_CLOSE: from the bodies that follow */
    bool is_framed;
    struct content content; /* BODY, RAW */
    struct field_edit *trailers;
    uint64_t rate, chunk; /* 0: as fast as it goes, as it comes */
    struct spread wait;
    uint64_t hold_ns;
    struct slice to; /* TUNNEL: "host:port", .len 0: where the client asks */
    enum step_end end;
};

enum reply_kind { REPLY_ANSWER, REPLY_PASS, REPLY_STEPS };
enum session_act { SESSION_ACT_NONE, SESSION_ACT_OPEN, SESSION_ACT_CLOSE };

struct assignment { /* set: {name: template}, or count: name */
    struct slice name;
    struct template *value; /* NULL: one more than it was */
};

#define SCENARIO_VARIABLES 256u /* that one may have */

struct pass {
    bool has_to; /* else where the client asks, or the upstream */
    struct origin to;
    struct slice path; /* put before every path */
    struct field_edit *request_fields;
    struct field_edit *response_fields;
    uint16_t response_status; /* 0: as it came */
    struct content response_content;
};

struct reply {
    enum reply_kind kind;
    const struct node *node;
    uint64_t weight;
    struct answer answer; /* ANSWER: status and interims, without fields and body */
    bool is_constant;     /* nothing of the below changes the answer */
    struct slice reason;  /* .at NULL: the registry's */
    struct many interims; /* struct interim_line, instead of the answer's */
    struct field_edit *fields, *trailers;
    struct content content;
    enum coding coding;
    uint64_t chunk; /* octets; 0: Content-Length unless trailers ask for chunks */
    uint64_t rate;
    bool has_end;
    enum step_end end;
    bool has_wait;
    struct spread wait;
    struct many faults; /* struct fault */
    struct many steps;  /* struct cue; STEPS */
    struct pass pass;   /* PASS */
    uint8_t session;    /* enum session_act */
    struct slice go_to; /* state; .len 0: stays */
    struct many set;    /* struct assignment */
};

/* ---- rules ---- */

enum then { THEN_REPEAT_LAST, THEN_CYCLE, THEN_FALL_THROUGH };

struct rule {
    struct slice name; /* given, or "rule-3" */
    bool is_named;
    uint32_t index; /* from 1, in the order in which they are tried */
    const struct node *node;
    struct slice text; /* "GET /pay", for people */
    struct slice about;
    struct condition *conditions; /* all must hold; the costly ones last */
    struct glob *path;            /* of the outermost conditions; NULL: any */
    struct reply *replies;
    uint32_t n_replies;
    bool is_choice; /* replies are drawn by weight */
    uint8_t then;   /* enum then */
    uint64_t times; /* 0: for ever */
    struct many faults;
};

/* ---- the scenario ---- */

/* What state hangs on. */
enum key_kind {
    KEY_OF_RUN,
    KEY_OF_CLIENT,
    KEY_OF_CONNECTION,
    KEY_OF_USER,
    KEY_OF_HEADER,
    KEY_OF_COOKIE
};

struct session {
    struct slice cookie; /* .len 0: no sessions */
    uint64_t requests;   /* it lasts; 0: any number */
    uint64_t lasts_ns;   /* 0: for ever */
    uint64_t idle_ns;    /* 0: for ever */
};

struct greeting {     /* what a connection meets before it has said anything */
    struct range nth; /* connection of the run */
    struct fault fault;
};

struct rule_index;

struct scenario {
    struct slice name; /* its title, as written after `scenario` */
    struct slice file; /* where it stands: "conf/x.yaml"; .len 0: the command line */
    struct slice about;
    const struct node *node;
    struct rule *rules;
    uint32_t n_rules;
    struct rule_index *index;
    struct claim *claims;
    uint32_t n_claims;
    struct reply *otherwise; /* NULL: a page that says which rule came nearest */
    struct many greetings;
    struct many faults; /* of every answer */
    struct auth auth;
    struct session session;
    const struct persona *persona; /* NULL: none */
    uint8_t key;                   /* enum key_kind */
    struct slice key_name;         /* of the header or cookie */
    struct slice first_state;      /* "start" unless said */
    struct origin upstream;        /* .host.len 0: none */
    struct slice upstream_path;
    uint64_t seed;
    bool has_seed;
    uint64_t time_limit; /* ns, 0: none */
    bool allow_no_requests;
    bool looks_at_body; /* some condition or template does: bodies are read first */
};

/* How files are come by; `from` is the file that names it. Texts go into the arena. */
struct files {
    bool (*read)(void *arg, struct slice from, struct slice name, struct arena *a,
                 struct source *out, struct complaint *why);
    void *arg;
    bool skips_shared; /* a document of shared rules alone is there to be included by others
                        */
};

struct book {
    struct arena arena;
    struct complaints why;
    struct scenario **scenarios;
    uint32_t n, cap;
};

void book_init(struct book *b);
/* All scenarios of one text. `files` NULL: it may name none. False: see b->why. */
bool book_load(struct book *b, const struct source *source, const struct files *files);
/* One that says these statuses in turn, the last one for ever; none: on demand. */
struct scenario *book_add_statuses(struct book *b, const char *const *statuses, size_t n,
                                   struct complaint *why);
void book_clear(struct book *b);

extern const struct shape shape_scenario; /* the top of the key table */

/* The names that templates know, with their help. */
extern const struct template_names scenario_names;

/* "+30s", "-1h": how far from now, as {{now}} takes it. False: it is none. */
bool now_offset(struct slice arg, int64_t *seconds);

enum insert_name {
    INSERT_REQUEST,
    INSERT_ATTEMPT,
    INSERT_NTH,
    INSERT_RULE,
    INSERT_SCENARIO,
    INSERT_SEED,
    INSERT_UUID,
    INSERT_NOW,
    INSERT_RANDOM,
    INSERT_PICK,
    INSERT_STATE,
    INSERT_VAR,
    INSERT_SESSION,
    INSERT_CLIENT,
    INSERT_CONNECTION
};

/* index.c: rules by path. Calls `visit` with candidates in the order of the file until it
 * returns true. */
struct rule_index *rule_index_new(struct arena *a, const struct rule *rules, uint32_t n);
const struct rule *rule_index_find(const struct rule_index *x, struct slice path,
                                   bool (*visit)(void *arg, const struct rule *r),
                                   void *arg);

#endif
