/* SPDX-License-Identifier: MIT */
/* Explicit steps, made into a plan's. */
#include "play.h"

struct filled { /* once: a second time would draw other numbers */
    bool is_done;
    struct slice octets;
    uint64_t length;
};

struct script {
    struct scene *sc;
    struct plan *p;
    const struct cue *cues;
    struct filled *filled; /* of each cue */
    uint32_t n, at;
    uint64_t said;   /* octets of content so far */
    uint64_t length; /* that the head promised */
    bool has_head, is_measured, is_chunked, is_bodyless, is_ended;
};

static const struct filled *fill(struct script *t, uint32_t i)
{
    struct filled *f = &t->filled[i];

    if (!f->is_done)
        f->octets = content_fill_in(t->sc, &t->cues[i].content, &f->length);
    f->is_done = true;
    return f;
}

/* What the bodies after this head come to. */
static uint64_t measure(struct script *t)
{
    uint64_t total = 0;

    for (uint32_t i = t->at + 1; i < t->n; i++)
        if (t->cues[i].kind == CUE_BODY)
            total += fill(t, i)->length;
    return total;
}

static bool forbids_body(const struct script *t, unsigned status)
{
    enum http_method m = t->sc->facts->request->method;

    return m == METHOD_HEAD || http_is_bodyless(status) ||
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
    if (c->wire == 304 && !c->is_framed)
        f = (struct http_framing){.kind = BODY_NONE};
    return f;
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

/* `n` octets of what is said over and over, from one of them on. */
static struct slice said_over(struct script *t, struct slice octets, uint64_t from,
                              size_t n)
{
    char *at;

    if (from + n <= octets.len)
        return (struct slice){octets.at + from, n};
    at = arena_alloc(t->p->arena, n); /* bounded when it was loaded */
    if (at == NULL) {
        t->sc->spent = true;
        return NO_SLICE;
    }
    for (size_t i = 0; i < n; i++)
        at[i] = octets.at[(from + i) % octets.len];
    return (struct slice){at, n};
}

/* Octets beyond what the head promised are no content: they go raw, with an intent. */
static void put_excess(struct script *t, const struct filled *f, uint64_t from)
{
    struct slice rest = said_over(t, f->octets, from, (size_t)(f->length - from));

    if (rest.at != NULL)
        plan_add_fault_raw(t->p, rest, "excess-body",
                           SLICE("more than Content-Length says"));
}

static void put_content(struct script *t, const struct cue *c, struct slice octets,
                        uint64_t length)
{
    if (length == 0)
        return;
    plan_add_fill(t->p, octets, length);
    if (!t->p->spent)
        t->p->last->body.flow = flow_of(c->rate, c->chunk);
    t->said += length;
}

static void put_body(struct script *t, const struct cue *c)
{
    const struct filled *f = fill(t, t->at);
    uint64_t room = t->is_measured ? t->length - t->said : UINT64_MAX;

    if (t->is_bodyless || f->octets.at == NULL)
        return;
    put_content(t, c, f->octets, f->length < room ? f->length : room);
    if (f->length > room)
        put_excess(t, f, room);
}

static void put_tunnel(struct script *t, const struct cue *c)
{
    struct slice host;
    struct origin to = {0};
    const struct http_target *target = &t->sc->facts->request->target;

    if (c->to.len == 0)
        to = (struct origin){target->host, target->port, target->is_ipv6};
    else if (http_split_authority(c->to, &host, &to.port, &to.is_ipv6) == NULL)
        to.host = host;
    t->is_ended = true;
    if (to.host.len == 0 || to.port == 0) { /* only a CONNECT says where to */
        plan_clear(t->p);
        decide_fail(t->p, t->sc->facts, ENDING_NO_UPSTREAM);
    } else if (!t->has_head) {
        decide_tunnel(t->p, to);
    } else {
        plan_add_dial(t->p, to);
        plan_add_plain(t->p, STEP_TUNNEL);
        plan_add_end(t->p, END_CLOSE);
    }
}

static enum step_end default_end(const struct script *t)
{
    for (uint32_t i = 0; i < t->n; i++)
        if (t->cues[i].kind == CUE_RAW)
            return END_CLOSE; /* who knows where those octets end */
    return t->has_head ? END_KEEP : END_CLOSE;
}

/* A body that stops short of its framing is meant to, and the journal says so. */
static enum step_end finish_content(struct script *t, enum step_end how)
{
    bool keeps = how == END_KEEP || how == END_RACE;

    if (t->is_bodyless)
        return how;
    if (t->is_chunked && how != END_RESET)
        (void)plan_add_last(t->p, 0);
    else if (t->is_chunked)
        plan_add_fault_raw(t->p, SLICE(""), "no-last-chunk",
                           SLICE("the steps end before it"));
    if (!t->is_measured || t->said == t->length)
        return how;
    plan_add_fault_raw(t->p, SLICE(""), "short-body",
                       SLICE("the steps end before Content-Length is reached"));
    return keeps ? END_CLOSE : how;
}

static void put_end(struct script *t, enum step_end how)
{
    how = finish_content(t, how);
    plan_add_end(t->p, how);
    t->is_ended = true;
}

static void put_raw(struct script *t)
{
    const struct filled *f = fill(t, t->at);

    if (f->octets.at != NULL)
        plan_add_raw(t->p, f->octets, SLICE("raw in the scenario"));
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
        put_raw(t);
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

    t.filled = arena_zero(sc->arena, t.n * sizeof(*t.filled));
    sc->spent |= t.filled == NULL;
    for (; t.at < t.n && !t.is_ended && !sc->spent; t.at++)
        put_cue(&t, &t.cues[t.at]);
    if (!t.is_ended && !sc->spent)
        put_end(&t, default_end(&t));
}
