/* SPDX-License-Identifier: MIT */
/*
 * claim - what the client should do, as it is written under `expect`. Data and its loading
 * only; judging is far to the right, in verdict.
 *
 *   node ──shape_claim──▶ struct claim ──claims_check──▶ can they hold at all?
 *
 * A claim speaks of requests by a reference: the name of the rule that answered them
 * (`down`), the nth of them (`down.2`), a status (`407`, `4xx`, `iis/440`), a fault
 * (`fault cut`), or all of them (`any`). A number is a status, whatever rules are called.
 *
 * Lifetime: everything lives in the loader's arena. Members called `node` are places for
 * complaints, good until claims_check() has been called and the document goes.
 */
#ifndef NAYSAY_CLAIM_H
#define NAYSAY_CLAIM_H

#include "naysay/text.h"

enum claim_level { CLAIM_MUST, CLAIM_SHOULD, CLAIM_MAY };

enum claim_kind {
    CLAIM_ORDER,       /* order: login, call x3, gone */
    CLAIM_COUNT,       /* count: {down: 2} */
    CLAIM_NEVER,       /* never: stray */
    CLAIM_CONNECTIONS, /* connections: 1..2 */
    CLAIM_CONTENT,     /* page: {has: …, lacks: …} */
    CLAIM_SAME,        /* same: [method, target], in: [407, page] */
    CLAIM_REPEAT,      /* repeat: gone, as: call.4 */
    CLAIM_GAP,         /* gap: down.1 -> down.2, is: 0.5s..5s */
    CLAIM_WITHIN,      /* within: 5s, from: gone, to: login */
    CLAIM_STORM,       /* storm: {requests: 50, in: 1s} */
    CLAIM_REACTION,    /* after: 503, client: reuses-connection */
    CLAIM_SAFE,        /* safe: [no-unsafe-repeat, credentials] */
    CLAIM_UNSEEN,      /* origin-never-sees: proxy-authorization */
    CLAIM_INERT,       /* never-acts-on: a-token */
    CLAIM_EXIT,        /* exit: 0 */
    CLAIM_OUTPUT,      /* output: "*done*" */
    CLAIM_ENDS_WITHIN, /* ends-within: 10s */
    CLAIM_KINDS
};

/* ---- references ---- */

enum ref_kind { REF_ANY, REF_RULE, REF_STATUS, REF_CLASS, REF_FAULT };

struct ref {
    enum ref_kind kind;
    struct slice text; /* as written: "down.2" */
    struct slice name; /* RULE, FAULT: "down" */
    uint16_t status;   /* STATUS: as sent; CLASS: 4 of 4xx */
    uint64_t nth;      /* which of them, from 1; 0: not said */
    const struct node *node;
};

struct refs {
    struct ref *at;
    uint32_t n;
};

/* ---- amounts ---- */

#define NO_BOUND UINT64_MAX

struct range {            /* both ends included */
    uint64_t least, most; /* most NO_BOUND: without end */
    bool is_not;          /* anything else: "not 0" */
};

bool range_holds(const struct range *r, uint64_t value);
/* "3", "2..", "..5", "1..3", "at most 2", "not 0"; `number` reads one: slice_to_u64,
 * unit_duration. */
bool range_parse(struct slice text, bool (*number)(struct slice s, uint64_t *value),
                 struct range *out);

/* What a wait is held to: a time, or a multiple of something known only then. */
enum bound_of { BOUND_TIME, BOUND_PREVIOUS, BOUND_RETRY_AFTER };

struct bound {
    enum bound_of of;
    uint64_t least,
        most;          /* TIME: microseconds; else thousandths of it. NO_BOUND as above */
    struct slice text; /* as said: "0.5 s to 5 s", "at least 1.5 times as long as before" */
};

/* More than `requests` in a time without an answer below 400. */
struct storm {
    uint64_t requests; /* 0: there is no such thing as a storm */
    uint64_t in_us;
};

#define STORM_DEFAULT ((struct storm){50, 1000000})

/* ---- parts of claims ---- */

struct order_item {
    struct refs any_of; /* .n 0: anything, or nothing: "..." */
    uint64_t least, most;
};

struct tally {
    struct ref ref;
    struct range times;
};

enum trait_part {
    TRAIT_FIELD,
    TRAIT_QUERY, /* a parameter of the target's query */
    TRAIT_COOKIE,
    TRAIT_FORM, /* a field of a form in the body */
    TRAIT_JSON, /* a value in the body, by path: "items.0.id" */
    TRAIT_BODY,
    TRAIT_METHOD,
    TRAIT_TARGET, /* as it came, or its path and query alone */
    TRAIT_PATH
};

struct trait {
    enum trait_part part;
    bool lacks;
    struct slice name;           /* of the field, parameter, cookie; the path */
    const struct pattern *value; /* NULL: whatever its value */
};

enum claim_which { WHICH_EVERY, WHICH_FIRST, WHICH_LAST };

enum sameness_part {
    SAME_METHOD,
    SAME_TARGET,
    SAME_BODY, /* length and digest */
    SAME_CONNECTION,
    SAME_FIELD
};

struct sameness {
    enum sameness_part part;
    struct slice name; /* FIELD */
};

enum jitter { JITTER_UNSAID, JITTER_TOLERATED, JITTER_PRESENT };

enum reaction {
    REACTION_SENDS,
    REACTION_SENDS_NOT,
    REACTION_SENDS_NOTHING,
    REACTION_CLOSES,
    REACTION_REUSES, /* the connection */
    REACTION_RENEWS  /* opens another */
};

enum guard {
    GUARD_UNSAFE_REPEAT = 1,   /* POST and PATCH are not sent again on suspicion */
    GUARD_CREDENTIALS = 2,     /* stay with the authority they were meant for */
    GUARD_REFUSED_CONNECT = 4, /* no tunnel data after a refused CONNECT */
    GUARD_UNASKED = 8          /* a connection with an answer too many is done with */
};

/* ---- a claim ---- */

struct claim {
    uint8_t kind;         /* enum claim_kind */
    uint8_t level;        /* enum claim_level */
    struct slice spec;    /* "RFC 9110 §15.5.8", or .len 0 */
    struct slice because; /* the author's reason, or .len 0 */
    struct slice text;    /* as a person reads it aloud */
    const struct node *node;
    union {
        struct {
            struct order_item *at;
            uint32_t n;
        } order;
        struct {
            struct tally *at;
            uint32_t n;
        } count;
        struct refs never;
        struct range connections;
        struct {
            struct ref ref;
            struct trait *at;
            uint32_t n;
            uint8_t which; /* enum claim_which, where the reference does not say it */
        } content;
        struct {
            struct sameness *at;
            uint32_t n;
            struct refs in; /* one: with its successors; more: each with what follows it */
        } same;
        struct {
            struct ref lost, again;
        } repeat;
        struct {
            struct ref from, to; /* is_each: both the same */
            struct bound *is;
            uint32_t n_is;
            uint32_t growth; /* thousandths each is of the one before, at least; 0: unsaid,
                                1000: more than it */
            uint8_t jitter;  /* enum jitter */
            bool is_each;    /* between one and the next, all of them */
        } gap;
        struct {
            struct ref from, to;
            uint64_t most_us;
        } within;
        struct storm storm;
        struct {
            struct ref after, sends;
            uint64_t within_us; /* 0: whenever */
            uint8_t what;       /* enum reaction */
        } reaction;
        unsigned guards; /* of SAFE: bits of enum guard */
        struct {
            struct slice *at;
            uint32_t n;
        } words; /* UNSEEN: field names; INERT: tokens */
        struct {
            struct range *at;
            uint32_t n;
        } exit; /* any of them */
        const struct pattern *output;
        uint64_t ends_within_us;
    };
};

/* Loads one item of `expect`, a struct claim. */
extern const struct shape shape_claim;

/*
 * Can they hold at all? Complains of references to rules that are not there, and of claims
 * that contradict each other. Rules are named in their order.
 */
bool claims_check(struct complaints *why, const struct claim *claims, uint32_t n,
                  const struct slice *rule_names, uint32_t n_rules);

/* Calls `visit` with every reference of a claim. */
void claim_visit(const struct claim *c, void (*visit)(void *arg, const struct ref *r),
                 void *arg);

/* What is a storm to these claims. */
struct storm claims_storm(const struct claim *claims, uint32_t n);

/* ---- words, for findings ---- */

/* "3 ms", "0.5 s", "2 min". Returns its length. */
#define SPAN_SIZE 32
size_t span_print(uint64_t us, char out[SPAN_SIZE]);

/* "once", "twice", "3 times", "once or more", "2 to 5 times", "never". */
#define TIMES_SIZE 64
size_t times_print(uint64_t least, uint64_t most, char out[TIMES_SIZE]);

#endif
