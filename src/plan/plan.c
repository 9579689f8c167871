/* SPDX-License-Identifier: MIT */
#include "naysay/plan.h"

void plan_init(struct plan *p, struct arena *arena)
{
    *p = (struct plan){.arena = arena, .ending = ENDING_BY_PLAN};
}

/* Appends an empty step, or marks the plan spent. */
static struct step *add(struct plan *p, enum step_kind kind)
{
    struct step *s = p->n < UINT16_MAX ? arena_zero(p->arena, sizeof(*s)) : NULL;

    if (s == NULL) {
        p->spent = true;
        return NULL;
    }
    s->kind = kind;
    s->index = p->n++;
    if (p->last == NULL)
        p->first = s;
    else
        p->last->next = s;
    p->last = s;
    return s;
}

static struct http_response *add_head(struct plan *p, enum step_kind kind, uint16_t status,
                                      struct slice phrase, uint32_t fields)
{
    struct step *s = add(p, kind);

    if (s == NULL)
        return NULL;
    struct http_response *r = &s->head.response;
    r->status = status;
    r->phrase = phrase;
    r->major = r->minor = 1;
    r->fields.cap = fields;
    r->fields.at = arena_alloc(p->arena, fields * sizeof(*r->fields.at));
    if (r->fields.at == NULL) {
        p->spent = true;
        return NULL;
    }
    return r;
}

struct http_response *plan_add_interim(struct plan *p, uint16_t status, struct slice phrase,
                                       uint32_t fields)
{
    assert(status >= 100 && status <= 199 && status != 101);
    return add_head(p, STEP_INTERIM, status, phrase, fields);
}

struct http_response *plan_add_head(struct plan *p, uint16_t status, struct slice phrase,
                                    uint32_t fields)
{
    return add_head(p, STEP_HEAD, status, phrase, fields);
}

void plan_set_upgrade(struct plan *p, struct slice protocol)
{
    if (p->spent)
        return;
    assert(p->last->kind == STEP_HEAD);
    p->last->head.upgrade = protocol;
}

void plan_add_field(struct plan *p, struct http_fields *f, struct slice name,
                    struct slice value)
{
    if (p->spent)
        return;
    if (name.at == NULL || value.at == NULL || !http_add(f, name, value))
        p->spent = true;
}

void plan_add_body(struct plan *p, struct slice octets)
{
    struct step *s = add(p, STEP_BODY);

    if (s != NULL) {
        s->body.octets = octets;
        s->body.length = octets.len;
    }
}

struct step *plan_add_fill(struct plan *p, struct slice octets, uint64_t length)
{
    struct step *s = add(p, STEP_BODY);

    assert(octets.len > 0 || length == 0);
    if (s != NULL) {
        s->body.octets = octets;
        s->body.length = length;
    }
    return s;
}

struct http_fields *plan_add_last(struct plan *p, uint32_t trailers)
{
    struct step *s = add(p, STEP_LAST);

    if (s == NULL)
        return NULL;
    s->trailers.cap = trailers;
    s->trailers.at = arena_alloc(p->arena, trailers * sizeof(*s->trailers.at));
    if (s->trailers.at == NULL) {
        p->spent = true;
        return NULL;
    }
    return &s->trailers;
}

void plan_add_fault_raw(struct plan *p, struct slice octets, const char *kind,
                        struct slice why)
{
    struct step *s = add(p, STEP_RAW);

    if (s == NULL)
        return;
    s->raw.octets = octets;
    s->raw.intent = (struct intent){.kind = kind, .why = why, .step = s->index};
}

void plan_add_raw(struct plan *p, struct slice octets, struct slice why)
{
    plan_add_fault_raw(p, octets, "raw", why);
}

void plan_add_wait(struct plan *p, uint64_t ns)
{
    struct step *s = add(p, STEP_WAIT);

    if (s != NULL)
        s->wait_ns = ns;
}

void plan_add_hold(struct plan *p, uint64_t most_ns)
{
    struct step *s = add(p, STEP_HOLD);

    if (s != NULL)
        s->wait_ns = most_ns;
}

void plan_add_read(struct plan *p)
{
    add(p, STEP_READ);
}

struct relay *plan_add_relay(struct plan *p)
{
    struct step *s = add(p, STEP_RELAY);

    if (s == NULL)
        return NULL;
    s->relay = arena_zero(p->arena, sizeof(*s->relay));
    if (s->relay == NULL)
        p->spent = true;
    return s->relay;
}

void plan_add_dial(struct plan *p, struct origin to)
{
    struct step *s = add(p, STEP_DIAL);

    if (s != NULL)
        s->origin = to;
}

void plan_add_plain(struct plan *p, enum step_kind kind)
{
    assert(kind == STEP_DECIDE || kind == STEP_AWAIT || kind == STEP_PIPE ||
           kind == STEP_TUNNEL || kind == STEP_ECHO);
    add(p, kind);
}

void plan_add_end(struct plan *p, enum step_end how)
{
    struct step *s = add(p, STEP_END);

    if (s != NULL)
        s->end = how;
}

void plan_cut(struct plan *p, struct step *last)
{
    last->next = NULL;
    p->last = last;
    p->n = (uint16_t)(last->index + 1);
}

void plan_clear(struct plan *p)
{
    p->first = p->last = NULL;
    p->n = 0;
}
