/* SPDX-License-Identifier: MIT */
/* What is passed on, edited both ways. */
#include "play.h"

static struct step *find_step(struct plan *p, enum step_kind kind)
{
    struct step *found = NULL;

    for (struct step *s = p->first; s != NULL; s = s->next)
        if (s->kind == kind)
            found = s; /* the last one: what was added just now */
    return found;
}

void pass_request(struct scene *sc, struct plan *p, const struct reply *r)
{
    struct step *relay;

    if (r->pass.has_to)
        decide_pass_to(p, sc->run, sc->facts, r->pass.to, r->pass.path);
    else
        decide_pass(p, sc->run, sc->facts);
    relay = p->spent ? NULL : find_step(p, STEP_RELAY);
    if (relay != NULL && r->pass.request_fields != NULL)
        fields_edit(sc, &relay->relay->fields, r->pass.request_fields);
}

/* The upstream's body is not read; these octets, if any, come in its place. */
static void set_octets(struct scene *sc, struct plan *p, struct step *head,
                       struct slice octets, uint64_t length)
{
    struct http_response *res = &head->head.response;

    plan_cut(p, head);
    res->framing = (struct http_framing){.kind = BODY_LENGTH, .length = length};
    if (res->status == 204 || res->status == 304)
        res->framing = (struct http_framing){.kind = BODY_NONE};
    if (sc->facts->request->method != METHOD_HEAD && length > 0)
        plan_add_fill(p, octets, length);
    plan_add_end(p, END_KEEP);
}

/* What the upstream said about a body that is not sent. */
static const struct slice not_so[] = {
    SLICE("Content-Encoding"), SLICE("Content-Range"), SLICE("Content-MD5"),
    SLICE("Content-Digest"),   SLICE("Repr-Digest"),   SLICE("Digest"),
    SLICE("Trailer"),          SLICE("ETag"),
};

static void set_type(struct plan *p, struct http_fields *f, struct slice type, bool is_json)
{
    struct http_field *own = NULL;

    for (uint32_t i = 0; own == NULL && i < f->n; i++)
        own = f->at[i].id == FIELD_CONTENT_TYPE ? &f->at[i] : NULL;
    if (own == NULL)
        plan_add_field(p, f, SLICE("Content-Type"), type);
    else if (is_json)
        own->value = type;
}

/* Another body than the upstream's, in its media type unless it is JSON. */
static void replace_content(struct scene *sc, struct plan *p, struct step *head,
                            const struct content *asked)
{
    struct http_response *res = &head->head.response;
    const struct http_field *type = http_find(&res->fields, FIELD_CONTENT_TYPE);
    struct content c = *asked;
    struct slice octets;
    uint64_t length;

    if (http_is_bodyless(res->status))
        return;
    if (type != NULL && c.type.len == 0 && c.escape == ESCAPE_NONE)
        c.escape = content_escape(type->value);
    octets = content_fill_in(sc, &c, &length);
    if (octets.at == NULL || !fields_room(sc, &res->fields, 1))
        return;
    for (size_t i = 0; i < COUNT(not_so); i++)
        fields_remove(&res->fields, not_so[i]);
    set_type(p, &res->fields, c.type.len > 0 ? c.type : SLICE("text/plain; charset=utf-8"),
             c.type.len > 0);
    set_octets(sc, p, head, octets, length);
}

/* With a status that has no body none follows; one that has gets an empty one. */
static void set_status(struct scene *sc, struct plan *p, struct step *head, unsigned status)
{
    struct http_response *res = &head->head.response;
    const struct status *row = status_by_number(status);
    bool had_none = http_is_bodyless(res->status);

    res->status = (uint16_t)status;
    res->phrase = row == NULL ? SLICE("") : row->wire_phrase;
    if (http_is_bodyless(status) || had_none)
        set_octets(sc, p, head, SLICE(""), 0);
}

void pass_response(struct scene *sc, struct plan *p, const struct reply *r)
{
    struct step *head = find_step(p, STEP_HEAD);

    if (head == NULL || sc->facts->response->status == 101)
        return;
    if (r->pass.response_status != 0)
        set_status(sc, p, head, r->pass.response_status);
    if (r->pass.response_content.kind != CONTENT_DEFAULT)
        replace_content(sc, p, head, &r->pass.response_content);
    if (r->pass.response_fields != NULL)
        fields_edit(sc, &head->head.response.fields, r->pass.response_fields);
}
