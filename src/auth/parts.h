/* SPDX-License-Identifier: MIT */
/* parts - what the files of auth share: a judging in progress, hashes, nonces, URIs. */
#ifndef AUTH_PARTS_H
#define AUTH_PARTS_H

#include "naysay/auth.h"

/* ---- one judging ---- */

struct judging {
    const struct auth_realm *realm;
    struct auth_state *state;
    const struct auth_request *r;
    struct arena *a;
    struct auth_outcome *out;
};

/* Sets the sentence, and returns `result` (or AUTH_NO_MEMORY). */
enum auth_result rule(struct judging *j, enum auth_result result, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* What is odd but will do: the first remark is kept, for want of anything worse. */
void remark(struct judging *j, const char *format, ...) PRINTF_LIKE(2, 3);
/* The rule broken, as a result. */
enum auth_result malformed(struct judging *j, const char *wrong);

/* What a client said, for a sentence: never all 64 KiB of it. */
#define BRIEF(s) (int)((s).len < 120 ? (s).len : 120), (s).at

/* ---- schemes: each is a row ---- */

struct scheme {
    enum auth_scheme id;
    const char *name; /* in a field: "Digest" */
    const char *word; /* in a scenario: "digest" */
    enum auth_result (*judge)(struct judging *j, const struct auth_words *w);
    /* Adds its challenges. False: out of memory. */
    bool (*challenge)(const struct judging *j, bool stale, struct auth_challenges *out);
    /* For auth_info(); NULL: has nothing to say. */
    bool (*info)(const struct judging *j, struct slice body, struct slice *value);
};

extern const struct scheme auth_schemes[];
extern const size_t auth_n_schemes;

const struct scheme *scheme_find(enum auth_scheme id);

enum auth_result basic_judge(struct judging *j, const struct auth_words *w);
bool basic_challenge(const struct judging *j, bool stale, struct auth_challenges *out);
enum auth_result digest_judge(struct judging *j, const struct auth_words *w);
bool digest_challenge(const struct judging *j, bool stale, struct auth_challenges *out);
bool digest_info(const struct judging *j, struct slice body, struct slice *value);

/* `realm="…"`, with backslashes where they are due; .at NULL: out of memory. */
struct slice put_quoted(struct arena *a, const char *before, struct slice value);

/* ---- users ---- */

/* Constant time for texts of equal length: the length of a secret is no secret here. */
bool is_same_secret(struct slice a, struct slice b);
/* ISO-8859-1 for UTF-8. .at NULL: out of memory; *differs false: it cannot be, or is the
 * same octets. */
struct slice latin1_of(struct slice utf8, struct arena *a, bool *differs);
/* By the octets of a name in UTF-8 or, where the realm announces no charset, ISO-8859-1. */
const struct auth_user *find_user(const struct judging *j, struct slice name);

/* ---- hashes ---- */

enum hash { HASH_MD5, HASH_SHA_256, HASH_SHA_512_256, HASH_SHA_512_CUT };

struct hex {
    char text[65];
};

#define HEX(h) slice_of((h).text)

size_t hash_digits(enum hash h);
/* H(part ":" part ":" …), in lower-case hex. False: out of memory. */
bool hash_joined(enum hash h, const struct slice *parts, size_t n,
                 struct hex *out) WARN_UNUSED;

/* All that a response is made of (RFC 7616 §3.4.1 - §3.4.3). */
struct digest_input {
    enum hash hash;
    bool is_sess;
    struct slice user, realm, password;
    struct slice session; /* H(A1), where it is known; .len 0: to be computed */
    struct slice nonce, nc, cnonce;
    struct slice qop; /* .len 0: as in RFC 2069 */
    bool covers_body; /* qop is auth-int */
    struct slice method, uri, body;
};

/* The response; `a1` gets H(A1) where it is not NULL. */
bool digest_compute(const struct digest_input *in, struct hex *response,
                    struct hex *a1) WARN_UNUSED;

/* What the client said, by parameter; .at NULL: it did not say. */
struct digest_said {
    struct slice username, username_ext, realm, nonce, uri, response, algorithm, qop, nc,
        cnonce, opaque, userhash;
};

/* Sorts it out, and checks all that is not the response. Sets what it can of j->out. */
enum auth_result said_take(struct judging *j, const struct auth_words *w,
                           struct digest_said *said);
enum auth_result take_user(struct judging *j, const struct digest_said *said);
bool is_hex(struct slice s);

/* Why a response is not what it should be: the guess that explains it, or the plain fact.
 */
enum auth_result explain(struct judging *j, const struct digest_said *said,
                         const struct digest_input *in);

extern const char *const algorithm_names[];
enum hash algorithm_hash(enum auth_algorithm a);
bool algorithm_is_sess(enum auth_algorithm a);
extern const char *const qop_names[]; /* by enum auth_qop */

/* ---- nonces ---- */

#define NONCE_DIGITS 32

struct auth_nonce {
    char text[NONCE_DIGITS + 1];
    uint8_t side;
    uint32_t next; /* in its chain, from 1; 0: the last */
    uint64_t born_ns, uses;
    uint64_t seen;    /* bit i: the count highest - i was used */
    uint32_t highest; /* count used */
    /* H(A1) of the first use with a -sess algorithm, and whose it was (RFC 7616 §3.4.2) */
    struct hex session;
    const struct auth_user *session_user;
};

enum nonce_kind { NONCE_CHALLENGE, NONCE_NEXT };

struct auth_nonce *nonce_find(const struct auth_state *s, enum auth_side side,
                              struct slice text);
/* A new one, or that which this exchange got already. NULL: out of memory. */
struct auth_nonce *nonce_give(struct auth_state *s, const struct auth_request *r,
                              enum nonce_kind kind);

/* ---- URIs ---- */

enum auth_uri uri_relate(struct slice uri, const struct auth_request *r);
/* The nth way to write the request's URI; .at NULL: there is none, or memory ran out. The
 * first is the request target. */
#define URI_SPELLINGS 6u
struct slice uri_spelling(const struct auth_request *r, unsigned nth, struct arena *a);

#endif
