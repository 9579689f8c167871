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

/* What the upstream says behind its head is not read. */
static void put_content(struct plan *p, struct step *head, enum http_method m,
                        struct slice octets, uint64_t length)
{
    plan_cut(p, head);
    head->head.response.framing =
        (struct http_framing){.kind = BODY_LENGTH, .length = length};
    if (m != METHOD_HEAD && length > 0)
        plan_add_fill(p, octets, length);
    plan_add_end(p, END_KEEP);
}

/* Another body than the upstream's. */
static void replace_content(struct scene *sc, struct plan *p, struct step *head,
                            const struct content *c)
{
    static const struct field_edit no_coding = {.kind = EDIT_REMOVE,
                                                .name = SLICE("Content-Encoding")};
    uint64_t length;
    struct slice octets = content_fill_in(sc, c, &length);

    fields_edit(sc, &head->head.response.fields, &no_coding);
    if (octets.at != NULL)
        put_content(p, head, sc->facts->request->method, octets, length);
}

/* Whatever frames it and whatever the upstream says (RFC 9112 §6.3). */
static bool is_bodyless(unsigned status)
{
    return status == 204 || status == 205 || status == 304;
}

/* With a body or without, as the status has it. */
static void set_status(struct plan *p, struct step *head, unsigned status)
{
    struct http_response *res = &head->head.response;
    const struct status *row = status_by_number(status);
    bool had_none = is_bodyless(res->status);

    res->status = (uint16_t)status;
    res->phrase = row == NULL ? SLICE("") : row->wire_phrase;
    if (had_none || is_bodyless(status))
        put_content(p, head, METHOD_HEAD, SLICE(""), 0);
    if (status == 204 || status == 304)
        res->framing.kind = BODY_NONE;
}

void pass_response(struct scene *sc, struct plan *p, const struct reply *r)
{
    struct step *head = find_step(p, STEP_HEAD);

    if (head == NULL || sc->facts->response->status == 101)
        return;
    if (r->pass.response_status != 0)
        set_status(p, head, r->pass.response_status);
    if (r->pass.response_content.kind != CONTENT_DEFAULT &&
        !is_bodyless(head->head.response.status))
        replace_content(sc, p, head, &r->pass.response_content);
    if (r->pass.response_fields != NULL)
        fields_edit(sc, &head->head.response.fields, r->pass.response_fields);
}
