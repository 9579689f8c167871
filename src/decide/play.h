/* SPDX-License-Identifier: MIT */
/*
 * play - rules at work: which speaks, and its reply made into a plan. Private to this
 * folder.
 *
 *   guard.c   credentials first         rules.c   the first rule that matches
 *   reply.c   answers     cues.c  explicit steps     pass.c  what is passed on
 */
#ifndef NAYSAY_DECIDE_PLAY_H
#define NAYSAY_DECIDE_PLAY_H

#include "parts.h"
#include "scene.h"

/* True: the request is answered with a challenge, or its body is wanted first. */
bool guard_stops(struct plan *p, struct run *run, const struct facts *facts);
/* What the answer to good credentials carries, once there is an answer. */
void guard_credit(struct plan *p);

void play_accept(struct plan *p, struct run *run, const struct facts *facts);
void play_request(struct plan *p, struct run *run, const struct facts *facts);
void play_response(struct plan *p, struct run *run, const struct facts *facts);

/* The first rule that matches, or NULL. */
const struct rule *rules_find(struct scene *sc);

/* reply.c: state first, then what is said. */
void reply_perform(struct scene *sc, struct plan *p, const struct reply *r);
void cues_perform(struct scene *sc, struct plan *p, const struct reply *r);
void pass_request(struct scene *sc, struct plan *p, const struct reply *r);
void pass_response(struct scene *sc, struct plan *p, const struct reply *r);

/* Fields of a reply, filled: how a list of them is edited. Memory: sc->spent. */
void fields_edit(struct scene *sc, struct http_fields *f, const struct field_edit *edits);
void fields_remove(struct http_fields *f, struct slice name);
bool fields_room(struct scene *sc, struct http_fields *f, uint32_t more); /* false: spent */
/* Content, filled. `length` is more than the octets where they are said over and over. */
struct slice content_fill_in(struct scene *sc, const struct content *c, uint64_t *length);
struct flow flow_of(uint64_t rate, uint64_t chunk); /* 0: as fast as it goes, as it comes */

/* Faults of the reply, its rule and the scenario. What cannot be told truly of this plan
 * becomes a failure that says so, in place of all after `before` (NULL: of everything). */
void faults_apply(struct run *run, struct plan *p, const struct facts *facts,
                  const struct reply *r, struct step *before);

#endif
