/* SPDX-License-Identifier: MIT */
/*
 * auth - challenges, and whether the answer to one is right. No I/O, no clock.
 *
 *                       struct auth_realm   who may come in, and how: from a scenario
 *                       struct auth_state   nonces given out: one per run
 *                               │
 *   request ──auth_judge──▶ struct auth_outcome          who it is, or what is wrong
 *           ──auth_challenge──▶ field values             for a 401 or a 407
 *           ──auth_info──▶ a field value                 for the answer that lets in
 *
 * Schemes are rows of a table (src/auth/schemes.c): Basic (RFC 7617) and Digest (RFC 7616,
 * with what RFC 2069 clients send). The framework is RFC 9110 §11.
 *
 * What happens to a request, by whoever plays it:
 *
 *   AUTH_OK           go on; auth_info() says what to add to the answer
 *   AUTH_NEEDS_BODY   read the body, judge again: nothing was counted
 *   AUTH_NO_MEMORY    end the exchange
 *   anything else     401 or 407 with what auth_challenge() says
 *
 * Chance is counted: a nonce is a function of seed, side and the exchange's ordinal.
 *
 * Lifetime: an outcome, challenges and infos point into the request, the realm and the
 * arena that was given, the exchange's. No text made here holds a password.
 *
 * Errors: the peer's are outcomes whose `why` is one sentence; the author's are complaints
 * of the loader. Memory that runs out is AUTH_NO_MEMORY or false.
 */
#ifndef NAYSAY_AUTH_H
#define NAYSAY_AUTH_H

#include "naysay/base.h"
#include "naysay/http.h"
#include "naysay/text.h"

/* ---- the grammar: credentials and challenges (RFC 9110 §11.2 - §11.4) ---- */

/* More parameters than this are refused; Digest has eleven. */
#define AUTH_PARAMS 32u

struct auth_param {
    struct slice name;
    struct slice value; /* without its quotes and backslashes */
    bool is_quoted;
};

/* scheme [ 1*SP ( token68 / #auth-param ) ]: of a challenge, and of credentials. */
struct auth_words {
    struct slice scheme;
    struct slice token68; /* .at NULL: none */
    struct auth_param params[AUTH_PARAMS];
    uint32_t n;
};

extern const char auth_no_memory[]; /* the "rule broken" when memory ran out */

/*
 * One whole field value of credentials. NULL, or the rule broken, in words. Names compare
 * without case and come once (RFC 9110 §11.2). Backslashes cost a copy in the arena.
 */
const char *auth_read_credentials(struct slice value, struct arena *a,
                                  struct auth_words *out);
/*
 * The next challenge of a list: *rest starts as the field value, and is where to go on.
 * False: no more (*wrong is NULL), or the rule broken.
 */
bool auth_next_challenge(struct slice *rest, struct arena *a, struct auth_words *out,
                         const char **wrong);
/* The parameter of that name, in any case, or NULL. */
const struct auth_param *auth_find(const struct auth_words *w, const char *name);

/*
 * Strict base64 (RFC 4648 §4): whole quartets, padding, no stray bits, no white space. The
 * octets go into the arena. NULL, or the rule broken.
 */
const char *auth_decode64(struct slice text, struct arena *a, struct slice *out);

/* ---- the realm ---- */

enum auth_scheme { AUTH_SCHEME_NONE, AUTH_SCHEME_BASIC, AUTH_SCHEME_DIGEST };
#define AUTH_SCHEMES 8u /* of one realm */

// clang-format off
/*    id                name in a field */
#define AUTH_ALGORITHMS(X)              \
    X(MD5,              "MD5")              \
    X(MD5_SESS,         "MD5-sess")         \
    X(SHA_256,          "SHA-256")          \
    X(SHA_256_SESS,     "SHA-256-sess")     \
    X(SHA_512_256,      "SHA-512-256")      \
    X(SHA_512_256_SESS, "SHA-512-256-sess")
// clang-format on

enum auth_algorithm {
#define X(id, name) AUTH_##id,
    AUTH_ALGORITHMS(X)
#undef X
        AUTH_ALGORITHM_COUNT
};

enum auth_qop { AUTH_QOP_NONE, AUTH_QOP_AUTH, AUTH_QOP_INT };

/* The orders are those of the words in the scenario. */
enum auth_strictness { AUTH_TOLERATE, AUTH_EXACT };
enum auth_counts { AUTH_COUNTS_ONCE, AUTH_COUNTS_RISING, AUTH_COUNTS_IGNORED };
enum auth_next_nonce { AUTH_NEXT_NEVER, AUTH_NEXT_LAST, AUTH_NEXT_ALWAYS };

struct auth_user {
    struct slice name; /* UTF-8 */
    struct slice password;
};

struct auth_digest {
    uint8_t algorithms[AUTH_ALGORITHM_COUNT]; /* most preferred first */
    uint8_t n_algorithms;
    uint8_t qop[2]; /* as offered, in order */
    uint8_t n_qop;  /* 0: none is offered, as in RFC 2069 */
    uint8_t strict_uri, counts, next_nonce;
    bool userhash;
    bool without_qop; /* a response without qop will do where one was offered */
    bool info;        /* answers carry (Proxy-)Authentication-Info */
    struct slice domain, opaque;
    uint64_t stale_after; /* uses of a nonce; 0: no end */
    uint64_t nonce_lasts; /* ns; 0: no end */
};

struct auth_realm {
    uint8_t schemes[AUTH_SCHEMES]; /* enum auth_scheme, in the order of their challenges */
    uint8_t n_schemes;
    uint8_t charset; /* 1: the challenge says charset="UTF-8", and means it */
    struct slice name;
    struct many users; /* struct auth_user */
    struct auth_digest digest;
};

/* The key `auth` of a scenario. */
struct auth {
    struct auth_realm *proxy, *origin; /* NULL: not said */
};

extern const struct shape shape_auth;

/* Which of them speaks: the proxy (407) or the origin (401). */
enum auth_side { AUTH_ORIGIN, AUTH_PROXY };

/* The names of its three fields. */
struct auth_fields {
    struct slice challenge, credentials, info;
};
const struct auth_fields *auth_fields(enum auth_side side);

/* ---- state: what was given out ---- */

#define AUTH_NONCES 10000u /* are remembered; then the oldest go, and are stale */

struct auth_nonce;

struct auth_state {
    struct auth_nonce *at; /* owned, room for `cap`; a ring once it is full */
    uint32_t *chains;      /* owned: the first nonce of each chain, from 1 */
    uint32_t n, cap;
    uint32_t oldest; /* where the next one goes when the ring is full */
};

void auth_state_init(struct auth_state *s);
void auth_state_clear(struct auth_state *s);

/* ---- judging ---- */

struct auth_request {
    enum auth_side side;
    const struct http_request *request;
    struct slice scheme; /* of the effective URI: "http", or "https" inside TLS */
    struct slice body;   /* .at NULL: not read, or not all of it */
    uint64_t now_ns;     /* since any beginning, the run's */
    uint64_t seed;
    uint64_t ordinal; /* of the exchange in its run: no two have the same */
};

// clang-format off
#define AUTH_RESULTS(X)                                                                    \
    X(NONE,       "none",       "no credentials")                                          \
    X(OK,         "ok",         "the credentials are right")                               \
    X(WRONG,      "wrong",      "the credentials are not right")                           \
    X(STALE,      "stale",      "the digest is right, its nonce is past use")              \
    X(REPLAY,     "replay",     "the digest is right, its nonce count was used before")    \
    X(MALFORMED,  "malformed",  "the field is not what its grammar says")                  \
    X(NEEDS_BODY, "needs-body", "the digest covers the body, which has not been read")     \
    X(NO_MEMORY,  "no-memory",  "memory ran out")
// clang-format on

enum auth_result {
#define X(id, name, help) AUTH_##id,
    AUTH_RESULTS(X)
#undef X
};

const char *auth_result_name(enum auth_result r);

// clang-format off
/* How the `uri` of a digest relates to the request target. */
#define AUTH_URIS(X)                                                                       \
    X(NONE,     "none",     "")                                                            \
    X(SENT,     "sent",     "octet for octet the request target")                          \
    X(ORIGIN,   "origin",   "path and query of an absolute target (curl, Chromium)")       \
    X(ABSOLUTE, "absolute", "the absolute form of an origin-form target")                  \
    X(SAME,     "same",     "another spelling of the same URI")                            \
    X(OTHER,    "other",    "another URI")
// clang-format on

enum auth_uri {
#define X(id, name, help) AUTH_URI_##id,
    AUTH_URIS(X)
#undef X
};

const char *auth_uri_name(enum auth_uri u);

struct auth_outcome {
    enum auth_result result;
    enum auth_scheme scheme; /* that the client used; NONE: none that we know */
    struct slice user;       /* as it named itself, decoded; .at NULL: it did not */
    /*
     * One sentence without full stop: what is wrong, or, with AUTH_OK, what was odd. .len
     * 0: nothing to say.
     */
    struct slice why;
    const struct auth_user *known; /* AUTH_OK: who it is */
    struct {
        enum auth_algorithm algorithm;
        enum auth_qop qop;
        enum auth_uri uri_form;
        bool is_cut;  /* SHA-512 cut to 256 bits instead of SHA-512/256, as in the examples
                         of RFC 7616 §3.9.2 */
        bool is_last; /* this use was the nonce's last */
        struct slice nonce, cnonce, nc, uri;
        struct slice a1; /* AUTH_OK: H(A1), as good as a password: to be shown nowhere */
    } digest;            /* where scheme is DIGEST */
};

/*
 * Is this request let in? Credentials are counted (uses of a nonce, nonce counts) when the
 * result is OK. Secrets are compared in constant time. Returns out->result.
 */
enum auth_result auth_judge(const struct auth_realm *realm, struct auth_state *state,
                            const struct auth_request *r, struct arena *a,
                            struct auth_outcome *out);

/* ---- answering ---- */

/* One field value per challenge; each algorithm of Digest is one (RFC 7616 §3.7). */
struct auth_challenges {
    struct slice at[AUTH_SCHEMES + AUTH_ALGORITHM_COUNT];
    uint32_t n;
};

/*
 * In the realm's order; at most one nonce is given out, which the Digest challenges share.
 * `outcome` is what was judged, or NULL: after AUTH_STALE the Digest challenges say so, and
 * a client that honours them does not ask its user again. False: out of memory.
 */
bool auth_challenge(const struct auth_realm *realm, struct auth_state *state,
                    const struct auth_request *r, const struct auth_outcome *outcome,
                    struct arena *a, struct auth_challenges *out) WARN_UNUSED;

/*
 * The value of (Proxy-)Authentication-Info for an outcome that was OK (RFC 7616 §3.5): .len
 * 0 when there is none to send. `body` is the answer's: with qop auth-int and .at NULL
 * there is no rspauth. False: out of memory.
 */
bool auth_info(const struct auth_realm *realm, struct auth_state *state,
               const struct auth_request *r, const struct auth_outcome *outcome,
               struct slice body, struct arena *a, struct slice *value) WARN_UNUSED;

#endif
