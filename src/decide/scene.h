/* SPDX-License-Identifier: MIT */
/*
 * scene - everything that one decision looks at, made once and read by conditions,
 * templates and replies. Private to this folder.
 */
#ifndef NAYSAY_DECIDE_SCENE_H
#define NAYSAY_DECIDE_SCENE_H

#include "state.h"

struct scene {
    struct run *run;
    const struct facts *facts;
    struct arena *arena;
    struct slice key; /* what state hangs on here */
    uint64_t key_hash;
    struct keyed *keyed;     /* NULL: out of memory */
    struct visitor *visitor; /* NULL: no session */
    enum session_state session;
    struct slice user; /* given to the proxy; .len 0: none */
    bool has_looked_for_user;
    struct members *json; /* of the body; NULL: it is none */
    bool has_looked_for_json;
    const struct rule *rule; /* being tried, then the one that speaks */
    uint64_t attempt;        /* of it, this time included */
    struct capture captures[CAPTURES];
    uint32_t n_captures;
    uint32_t n_inserts; /* values that templates drew so far: each has chances of its own */
    bool spent;         /* memory ran out */
};

void scene_init(struct scene *sc, struct run *run, const struct facts *facts,
                struct arena *a);
void scene_clear(struct scene *sc);

/* What chance is counted from. */
enum purpose {
    DRAW_CONDITION,
    DRAW_CHOICE,
    DRAW_WAIT,
    DRAW_FAULT,
    DRAW_INSERT,
    DRAW_SESSION,
    DRAW_ACCEPT,
    DRAW_GUARD
};

/* A number of this rule's, this key's and this time's own. */
uint64_t scene_draw(const struct scene *sc, enum purpose what, uint64_t ordinal,
                    uint64_t nth);

/* ---- parts of a request ---- */

/* The path as it came: "" for CONNECT. */
struct slice request_path(const struct http_request *req);
/* The body where it is a form, else .at NULL. */
struct slice request_form(const struct facts *facts);
/* The next value of that name in name=value&name=value, decoded into the arena where it
 * has to be. False: there is none. */
bool pairs_next(struct slice *pairs, struct slice name, struct arena *a,
                struct slice *value);
struct slice request_cookie(const struct http_request *req, struct slice name);
/* A member of a JSON body by path, as text. */
struct slice request_json(struct scene *sc, struct slice path);
struct slice request_user(struct scene *sc);
/* Host and port the request is for: of the target, else of Host. */
struct slice request_authority(const struct http_request *req);

/* ---- look.c: does it hold? ---- */

bool condition_holds(struct scene *sc, const struct condition *c);
/*
 * All of a rule's conditions, and its `times`. *missed is the first that does not hold, or
 * NULL where only `times` is over. Counts a try when all but nth and chance hold.
 */
bool rule_holds(struct scene *sc, const struct rule *r, const struct condition **missed);

/* Of nth and chance, at this try of its rule; any other condition has no turns. */
bool turn_holds(const struct scene *sc, const struct condition *c, uint64_t tried);

/* ---- inserts.c: templates filled ---- */

/* .at NULL: out of memory, or too long; sc->spent says so. */
struct slice scene_fill(struct scene *sc, const struct template *t, enum escape escape);
/* Random bits as 36 octets of a UUID. */
void uuid_print(uint64_t high, uint64_t low, char out[36]);

#endif
