/* SPDX-License-Identifier: MIT */
/* Explicit steps, made into a plan's. */
#include "play.h"

struct script {
    struct scene *sc;
    struct plan *p;
    const struct cue *cues;
    uint32_t n, at;
    uint64_t said;   /* octets of content so far */
    uint64_t length; /* that the head promised */
    bool has_head, is_measured, is_chunked, is_bodyless, is_ended, tunnels;
};

static uint64_t length_of(struct script *t, const struct cue *c)
{
    uint64_t length;

    content_fill_in(t->sc, &c->content, &length);
    return length;
}

/* What the bodies after this head come to. */
static uint64_t measure(struct script *t)
{
    uint64_t total = 0;

    for (uint32_t i = t->at + 1; i < t->n; i++)
        if (t->cues[i].kind == CUE_BODY)
            total += length_of(t, &t->cues[i]);
    return total;
}

static bool forbids_body(const struct script *t, unsigned status)
{
    enum http_method m = t->sc->facts->request->method;

    return m == METHOD_HEAD || status == 204 || status == 205 || status == 304 ||
           (m == METHOD_CONNECT && status >= 200 && status <= 299);
}

static struct http_framing framing_of(struct script *t, const struct cue *c)
{
    struct http_framing f = c->framing;
    enum http_method m = t->sc->facts->request->method;
    bool is_10 = t->sc->facts->request->minor == 0;

    if (c->wire == 204 || (m == METHOD_CONNECT && c->wire <= 299))
        return (struct http_framing){.kind = BODY_NONE};
    if (c->wire == 205)
        return (struct http_framing){.kind = BODY_LENGTH};
    if (!c->is_framed)
        f = (struct http_framing){.kind = BODY_LENGTH, .length = measure(t)};
    if (f.kind == BODY_CHUNKED && is_10)
        f.kind = BODY_CLOSE;
    return c->wire == 304 && !c->is_framed ? (struct http_framing){.kind = BODY_NONE} : f;
}

static void put_head(struct script *t, const struct cue *c)
{
    struct slice phrase = c->reason.at != NULL ? c->reason
                          : c->status == NULL  ? SLICE("")
                                               : c->status->wire_phrase;
    struct http_response *r = plan_add_head(t->p, c->wire, phrase, 4);

    if (r == NULL)
        return;
    r->framing = framing_of(t, c);
    fields_edit(t->sc, &r->fields, c->fields);
    t->has_head = true;
    t->is_bodyless = forbids_body(t, c->wire);
    t->is_chunked = r->framing.kind == BODY_CHUNKED;
    t->is_measured = r->framing.kind == BODY_LENGTH && !t->is_bodyless;
    t->length = r->framing.length;
    if (c->wire == 426)
        plan_set_upgrade(t->p, SLICE("websocket"));
}

static void put_interim(struct script *t, const struct cue *c)
{
    const struct status *row = c->interim.status;
    struct http_response *r;

    if (t->sc->facts->request->minor == 0) /* RFC 9110 §15.2 */
        return;
    r = plan_add_interim(t->p, c->interim.wire, row == NULL ? SLICE("") : row->wire_phrase,
                         4);
    if (r != NULL)
        fields_edit(t->sc, &r->fields, c->interim.fields);
}

/* Octets beyond what the head promised are no content: they go raw, with an intent. */
static void put_body(struct script *t, const struct cue *c)
{
    uint64_t length;
    struct slice octets = content_fill_in(t->sc, &c->content, &length);

    if (t->is_bodyless || octets.at == NULL || length == 0)
        return;
    if (t->is_measured && t->said + length > t->length) {
        uint64_t room = t->length - t->said;
        struct slice rest = {octets.at + (room < octets.len ? room : octets.len),
                             room < octets.len ? octets.len - room : 0};
        if (room > 0)
            plan_add_fill(t->p, octets, room);
        plan_add_fault_raw(t->p, rest, "excess-body",
                           SLICE("more than Content-Length says"));
        t->said = t->length;
        return;
    }
    plan_add_fill(t->p, octets, length);
    if (t->p->spent)
        return;
    t->p->last->body.flow = flow_at(c->rate);
    t->p->last->body.flow.chunk = c->chunk;
    t->said += length;
}

static void put_tunnel(struct script *t, const struct cue *c)
{
    struct slice host;
    struct origin to = {0};
    const struct http_target *target = &t->sc->facts->request->target;

    if (c->to.len > 0) {
        if (http_split_authority(c->to, &host, &to.port, &to.is_ipv6) != NULL)
            return;
        to.host = host;
    } else
        to = (struct origin){target->host, target->port, target->is_ipv6};
    t->tunnels = t->is_ended = true;
    if (to.host.len == 0 || to.port == 0) { /* only a CONNECT says where to */
        decide_fail(t->p, t->sc->facts, ENDING_NO_UPSTREAM);
        return;
    }
    if (!t->has_head) {
        decide_tunnel(t->p, to);
        return;
    }
    plan_add_dial(t->p, to);
    plan_add_plain(t->p, STEP_TUNNEL);
    plan_add_end(t->p, END_CLOSE);
}

static enum step_end default_end(const struct script *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->cues[i].kind == CUE_RAW)
            return END_CLOSE; /* who knows where those octets end */
    return t->has_head ? END_KEEP : END_CLOSE;
}

/* A body that stops short of its framing is meant to, and the journal says so. */
static void put_end(struct script *t, enum step_end how)
{
    bool keeps = how == END_KEEP || how == END_RACE;

    if (t->is_chunked && !t->is_bodyless && (keeps || how == END_CLOSE))
        (void)plan_add_last(t->p, 0);
    else if (t->is_chunked && !t->is_bodyless)
        plan_add_fault_raw(t->p, SLICE(""), "no-last-chunk",
                           SLICE("the steps end before it"));
    if (t->is_measured && t->said < t->length) {
        plan_add_fault_raw(t->p, SLICE(""), "short-body",
                           SLICE("the steps end before Content-Length is reached"));
        if (keeps)
            how = END_CLOSE;
    }
    plan_add_end(t->p, how);
    t->is_ended = true;
}

static void put_raw(struct script *t, const struct cue *c)
{
    uint64_t length;
    struct slice octets = content_fill_in(t->sc, &c->content, &length);

    if (octets.at != NULL)
        plan_add_raw(t->p, octets, SLICE("raw in the scenario"));
}

static void put_cue(struct script *t, const struct cue *c)
{
    switch (c->kind) {
    case CUE_INTERIM:
        put_interim(t, c);
        break;
    case CUE_HEAD:
        put_head(t, c);
        break;
    case CUE_BODY:
        put_body(t, c);
        break;
    case CUE_RAW:
        put_raw(t, c);
        break;
    case CUE_WAIT:
        plan_add_wait(t->p, spread_value(&c->wait, scene_draw(t->sc, DRAW_WAIT,
                                                              t->sc->attempt, t->at + 1)));
        break;
    case CUE_HOLD:
        plan_add_hold(t->p, c->hold_ns);
        break;
    case CUE_READ:
        plan_add_read(t->p);
        break;
    case CUE_TUNNEL:
        put_tunnel(t, c);
        break;
    case CUE_END:
        put_end(t, c->end);
        break;
    }
}

void cues_perform(struct scene *sc, struct plan *p, const struct reply *r)
{
    struct script t = {.sc = sc, .p = p, .cues = r->steps.at, .n = r->steps.n};

    for (; t.at < t.n && !t.is_ended && !sc->spent; t.at++)
        put_cue(&t, &t.cues[t.at]);
    if (!t.is_ended)
        put_end(&t, default_end(&t));
}
