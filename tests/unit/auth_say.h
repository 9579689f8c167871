/* SPDX-License-Identifier: MIT */
/*
 * auth_say - a realm, requests to it, and a client of our own that answers challenges: it
 * shares no line with src/auth/hash.c.
 */
#ifndef AUTH_SAY_H
#define AUTH_SAY_H

#include "naysay/auth.h"

struct lab {
    struct arena arena;
    struct complaints why;
    struct auth auth;
    struct auth_state state;
    const struct auth_realm *realm;
    struct http_field fields[4];
    struct http_request request;
    struct auth_request r;
    struct auth_outcome out;
    struct auth_challenges challenges;
};

#define LAB "realm: lab, users: {ada: lovelace}"

/* `realm` is a map in YAML's flow style without its braces; it must load. */
void lab_open(struct lab *l, const char *realm);
void lab_close(struct lab *l); /* nothing may be left in memory */
/* Loads; false when it complains. `auth` is the whole value of the key. */
bool lab_load(struct lab *l, const char *auth);

/* The request to be judged; credentials NULL: none. Each has the next ordinal. */
void lab_ask(struct lab *l, const char *method, const char *target,
             const char *credentials);
enum auth_result lab_judge(struct lab *l, const char *method, const char *target,
                           const char *credentials);
/* The result, and what `why` holds; a NULL is not looked at. */
void lab_must(struct lab *l, enum auth_result want, const char *why);
/* Challenges after what was judged last; the nth of them. */
struct slice lab_challenge(struct lab *l, uint32_t nth);

struct client {
    const char *user, *password, *realm, *method, *uri;
    const char *algorithm; /* NULL: is not said, MD5 */
    const char *qop;       /* NULL: none */
    const char *nonce, *cnonce, *opaque, *body, *extra;
    const char *hash; /* NULL: that of the algorithm; else EVP's name, cut to 64 digits */
    unsigned nc;
    bool is_sess;
    bool hashes_name;
    const char *session_cnonce;                         /* of A1; NULL: cnonce */
    const char *hashed_uri, *hashed_method, *hashed_nc; /* NULL: what is said */
};

/* Takes nonce, realm, algorithm and the first qop from a challenge. */
void client_hear(struct client *c, struct slice challenge);
/* The credentials; good until the next call. */
const char *client_say(const struct client *c);
/* The response alone; good until the next call. */
const char *client_response(const struct client *c, const char *method);

#endif
