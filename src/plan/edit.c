/* SPDX-License-Identifier: MIT */
/* Edits of a plan that is made: steps between steps, and what is made wrong on purpose. */
#include "naysay/plan.h"

/* ---- steps between steps ---- */

struct flow *step_flow(struct step *s)
{
    return s->kind == STEP_BODY ? &s->body.flow : s->kind == STEP_PIPE ? &s->flow : NULL;
}

/* Intents know the step they came from by its number. */
static void number_intents(struct step *s)
{
    struct flow *flow = step_flow(s);

    if (s->kind == STEP_RAW)
        s->raw.intent.step = s->index;
    if (s->kind == STEP_HEAD || s->kind == STEP_INTERIM)
        for (struct twist *t = s->head.twists; t != NULL; t = t->next)
            t->intent.step = s->index;
    if (flow == NULL)
        return;
    flow->intent.step = s->index;
    for (struct chunk_twist *t = flow->chunks; t != NULL; t = t->next)
        t->intent.step = s->index;
}

static void number(struct plan *p)
{
    p->n = 0;
    p->last = NULL;
    for (struct step *s = p->first; s != NULL; s = s->next) {
        s->index = p->n++;
        number_intents(s);
        p->last = s;
    }
}

/* The link that leads to this step. */
static struct step **link_to(struct plan *p, const struct step *at)
{
    struct step **link = &p->first;

    while (*link != at) {
        assert(*link != NULL); /* it is none of this plan */
        link = &(*link)->next;
    }
    return link;
}

static struct step *insert(struct plan *p, struct step **link, enum step_kind kind)
{
    struct step *s = p->n < UINT16_MAX ? arena_zero(p->arena, sizeof(*s)) : NULL;

    if (s == NULL) {
        p->spent = true;
        return NULL;
    }
    s->kind = kind;
    s->next = *link;
    *link = s;
    number(p);
    return s;
}

struct step *plan_insert_after(struct plan *p, struct step *at, enum step_kind kind)
{
    return insert(p, &at->next, kind);
}

struct step *plan_insert_before(struct plan *p, struct step *at, enum step_kind kind)
{
    return insert(p, link_to(p, at), kind);
}

struct step *plan_insert_raw(struct plan *p, struct step *before, struct slice octets,
                             const char *kind, struct slice why)
{
    struct step *s = plan_insert_before(p, before, STEP_RAW);

    if (s == NULL)
        return NULL;
    s->raw.octets = octets;
    s->raw.intent = (struct intent){.kind = kind, .why = why, .step = s->index};
    return s;
}

void plan_remove(struct plan *p, struct step *at)
{
    *link_to(p, at) = at->next;
    number(p);
}

/* ---- what is made wrong ---- */

void plan_twist(struct plan *p, struct step *head, const char *kind, struct slice why,
                bool (*apply)(const struct twist *t, struct buf *head), const void *args)
{
    struct twist *t = arena_zero(p->arena, sizeof(*t)), **link = &head->head.twists;

    assert(head->kind == STEP_HEAD || head->kind == STEP_INTERIM);
    if (t == NULL) {
        p->spent = true;
        return;
    }
    t->intent = (struct intent){.kind = kind, .why = why, .step = head->index};
    t->apply = apply;
    t->args = args;
    while (*link != NULL)
        link = &(*link)->next;
    *link = t;
}

struct chunk_twist *plan_twist_chunk(struct plan *p, struct step *content, const char *kind,
                                     struct slice why)
{
    struct chunk_twist *t = arena_zero(p->arena, sizeof(*t));
    struct chunk_twist **link = &step_flow(content)->chunks;

    if (t == NULL) {
        p->spent = true;
        return NULL;
    }
    t->intent = (struct intent){.kind = kind, .why = why, .step = content->index};
    while (*link != NULL)
        link = &(*link)->next;
    *link = t;
    return t;
}

void plan_stop(struct step *content, uint64_t at, const char *kind, struct slice why)
{
    struct flow *f = step_flow(content);

    f->has_stop = true;
    f->stop = at;
    f->intent = (struct intent){.kind = kind, .why = why, .step = content->index};
}

/* ---- flow ---- */

#define PIECES_A_SECOND 20u

void flow_set_rate(struct flow *f, uint64_t rate)
{
    assert(rate > 0);
    f->rate = rate;
    f->piece = rate / PIECES_A_SECOND + (rate % PIECES_A_SECOND > 0);
    f->pause_ns = (uint64_t)((unsigned __int128)f->piece * NS_PER_S / rate);
}

void plan_note_fault(struct plan *p, const char *name)
{
    for (uint8_t i = 0; i < p->n_faults; i++)
        if (strcmp(p->faults[i], name) == 0)
            return;
    if (p->n_faults < PLAN_FAULTS)
        p->faults[p->n_faults++] = name;
}
