/* SPDX-License-Identifier: MIT */
/* Where the answer stands in a plan, and its parts. */
#include "parts.h"

bool plan_awaits(const struct plan *p)
{
    bool awaits = false;

    for (const struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == STEP_AWAIT)
            awaits = true;
        else if (s->kind == STEP_HEAD)
            awaits = false;
    return awaits;
}

const char *plan_was_read(const struct plan *p)
{
    for (const struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == STEP_DECIDE)
            return "the scenario looks at bodies: the request's was read before its rule";
    return NULL;
}

/* Content of this step, as far as it goes; false: nobody knows before it has come. */
static bool length_of(const struct places *at, struct step *s, uint64_t *length)
{
    const struct flow *f = step_flow(s);
    const struct http_framing framing = at->head->head.response.framing;

    *length = s->kind == STEP_BODY ? s->body.length : framing.length;
    if (s->kind == STEP_PIPE && framing.kind != BODY_LENGTH)
        return false;
    if (f->has_stop && f->stop < *length)
        *length = f->stop;
    return true;
}

static void note_body(struct places *at, struct step *s)
{
    uint64_t length;

    if (at->body == NULL)
        at->body = s;
    at->last_body = s;
    at->is_known = length_of(at, s, &length) && at->is_known;
    at->length += length;
}

const char *places_find(struct plan *p, struct places *at)
{
    *at = (struct places){.is_known = true};
    for (struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == STEP_HEAD)
            *at = (struct places){.head = s, .is_known = true};
        else if (step_flow(s) != NULL && at->head != NULL)
            note_body(at, s);
    if (at->head == NULL || p->last->kind != STEP_END)
        return "there is no answer to make wrong";
    at->end = p->last;
    at->is_old = p->is_old;
    return NULL;
}

const char *places_find_body(struct plan *p, struct places *at)
{
    const char *no = places_find(p, at);

    if (no != NULL)
        return no;
    return at->body == NULL || (at->is_known && at->length == 0)
               ? "the answer has no body to make wrong"
               : NULL;
}

const char *places_resolve(const struct places *at, const struct position *pos,
                           uint64_t *octets)
{
    if (pos->is_share && !at->is_known)
        return "a share of a body cannot be told before all of it has come: say octets";
    *octets = pos->is_share ? (uint64_t)(pos->share * (double)at->length) : pos->octets;
    if (at->is_known && *octets >= at->length)
        return "the body ends before that";
    return NULL;
}

struct step *places_step(const struct places *at, uint64_t offset, uint64_t *within)
{
    uint64_t length;

    for (struct step *s = at->body; s != at->last_body->next; s = s->next) {
        if (step_flow(s) == NULL)
            continue;
        *within = offset;
        if (!length_of(at, s, &length) || offset < length || s == at->last_body)
            return s;
        offset -= length;
    }
    return at->last_body;
}

void places_drop_behind(struct plan *p, struct step *step, const struct step *end)
{
    while (step->next != end)
        plan_remove(p, step->next);
}

void places_drop_answer(struct plan *p, const struct places *at)
{
    places_drop_behind(p, at->head, at->end);
    plan_remove(p, at->head);
}

const char *places_can_chunk(const struct places *at)
{
    if (at->is_old)
        return "the client speaks HTTP/1.0, which has no chunks";
    return at->head->head.response.framing.kind == BODY_CLOSE
               ? "the body ends with the connection: it has no chunks"
               : NULL;
}

void places_chunk(struct plan *p, const struct places *at)
{
    struct http_framing *framing = &at->head->head.response.framing;

    if (framing->kind == BODY_CHUNKED)
        return;
    *framing = (struct http_framing){.kind = BODY_CHUNKED};
    if (at->last_body->kind == STEP_BODY)
        plan_insert_after(p, at->last_body, STEP_LAST);
}
