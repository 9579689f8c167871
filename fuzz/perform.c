/* SPDX-License-Identifier: MIT */
#include "perform.h"

#include "audit.h"
#include "fuzz.h"

#define SHOWN ((size_t)4096) /* octets of one step that are shown */
#define STEPS 20000u

struct stage {
    const struct plan *p;
    const struct facts *facts;
    struct buf *out;
    const struct step *head;
    uint64_t said;    /* content */
    bool is_meant;    /* an intent answers for what is wrong */
    bool is_bodyless; /* no content follows the head */
    bool is_foreign;  /* content of an upstream, a tunnel or an echo: not ours to count */
    bool has_last;
};

/* ---- showing ---- */

static void show(struct stage *g, struct slice s)
{
    if (s.len > SHOWN)
        s.len = SHOWN;
    if (!buf_put(g->out, s))
        fuzz_must("the fuzzer itself ran out of memory");
}

static void show_words(struct stage *g, const struct step *s)
{
    char words[256];
    int len = step_print(s, words, sizeof(words));

    if (len <= 0)
        fuzz_must("a step has no words");
    show(g, slice_of(words));
    show(g, SLICE("\n"));
}

/* ---- heads ---- */

static bool closes_after(const struct stage *g, const struct http_response *r)
{
    const struct step *last = g->p->last;

    return g->facts->request == NULL || !g->facts->request->keeps_alive ||
           last->end == END_CLOSE || last->end == END_HALF || r->framing.kind == BODY_CLOSE;
}

static enum http_method method_of(const struct facts *f)
{
    return f->request != NULL ? f->request->method : f->method;
}

static bool is_tunnel(const struct stage *g, unsigned status)
{
    return status == 101 ||
           (method_of(g->facts) == METHOD_CONNECT && status >= 200 && status <= 299);
}

static const char *put_head(struct stage *g, const struct step *s)
{
    const struct http_response *r = &s->head.response;
    struct h1_head_opts opts = {.method = method_of(g->facts), .upgrade = s->head.upgrade};
    struct buf head = {0};
    const char *wrong = NULL;

    if (s->kind == STEP_HEAD) {
        bool closes = closes_after(g, r), tunnels = is_tunnel(g, r->status);
        opts.close = closes && !tunnels;
        opts.keep_alive = !closes && !tunnels && g->facts->request->minor == 0;
        opts.date = SLICE("Sat, 21 Nov 2026 12:00:00 GMT");
    }
    if (h1_put_response(&head, r, &opts) != H1_EMIT_OK)
        wrong = "the strict emitter refuses a head that was asked for";
    else
        wrong = audit_head(buf_slice(&head));
    for (const struct twist *t = s->head.twists; wrong == NULL && t != NULL; t = t->next) {
        g->is_meant = true;
        if (t->intent.kind == NULL || !t->apply(t, &head))
            wrong = "a twist without an intent, or that fails";
    }
    if (wrong == NULL)
        show(g, buf_slice(&head));
    buf_clear(&head);
    return wrong;
}

static bool forbids_body(const struct stage *g, unsigned status)
{
    return method_of(g->facts) == METHOD_HEAD || status == 204 || status == 205 ||
           status == 304 || is_tunnel(g, status);
}

static const char *take_head(struct stage *g, const struct step *s)
{
    unsigned status = s->head.response.status;

    if (g->head != NULL)
        return "two final heads";
    if (status < 200 && status != 101)
        return "an interim status in a final head";
    g->head = s;
    g->is_bodyless = forbids_body(g, status);
    if (s->head.response.framing.kind == BODY_CHUNKED && g->facts->request != NULL &&
        g->facts->request->minor == 0)
        return "chunks for a client of HTTP/1.0";
    return put_head(g, s);
}

static const char *take_interim(struct stage *g, const struct step *s)
{
    unsigned status = s->head.response.status;

    if (g->head != NULL)
        return "an interim answer behind the final head";
    if (g->facts->request == NULL || g->facts->request->minor == 0)
        return "an interim answer for a client that knows none";
    if (status < 100 || status > 199 || status == 101)
        return "an interim answer of a final status";
    return put_head(g, s);
}

/* ---- content ---- */

static const char *judge_flow(struct stage *g, const struct flow *f)
{
    if (f->has_stop && f->intent.kind != NULL)
        g->is_meant = true;
    if (f->rate > 0 && (f->piece == 0 || f->pause_ns == 0))
        return "a rate that paces nothing";
    for (const struct chunk_twist *t = f->chunks; t != NULL; t = t->next) {
        g->is_meant = true;
        if (t->intent.kind == NULL)
            return "a chunk is made wrong without an intent";
    }
    return NULL;
}

static const char *take_body(struct stage *g, const struct step *s)
{
    const struct flow *f = &s->body.flow;
    uint64_t length = s->body.length;
    const char *wrong = judge_flow(g, f);

    if (wrong != NULL)
        return wrong;
    if (g->head == NULL)
        return "content without a head";
    if (g->has_last)
        return "content behind the last chunk";
    if (g->is_bodyless && length > 0)
        return "content where none may be";
    if (s->body.octets.len == 0 && length > 0)
        return "content made of nothing";
    if (f->has_stop && f->stop < length) {
        if (f->intent.kind == NULL)
            return "content stops short, and nothing answers for it";
        length = f->stop;
    }
    if (g->said + length < g->said)
        return "more content than can be counted";
    g->said += length;
    show(g, s->body.octets);
    return NULL;
}

static const char *take_last(struct stage *g, const struct step *s)
{
    struct buf last = {0};
    const char *wrong = NULL;

    if (g->head == NULL)
        return "a last chunk without a head";
    if (g->has_last)
        return "two last chunks";
    g->has_last = true;
    if (g->head->head.response.framing.kind != BODY_CHUNKED)
        return NULL; /* the player says nothing then */
    if (g->is_bodyless)
        return "a last chunk where no body may be";
    if (h1_put_last_chunk(&last, s->trailers.n > 0 ? &s->trailers : NULL) != H1_EMIT_OK)
        wrong = "the strict emitter refuses trailers";
    else
        show(g, buf_slice(&last));
    buf_clear(&last);
    return wrong;
}

static const char *take_raw(struct stage *g, const struct step *s)
{
    if (s->raw.intent.kind == NULL)
        return "raw octets without an intent";
    g->is_meant = true;
    show(g, slice_of(s->raw.intent.kind));
    show(g, s->raw.octets);
    return NULL;
}

/* ---- upstream ---- */

static const char *take_relay(struct stage *g, const struct relay *r)
{
    struct h1_head_opts opts = {.upgrade = r->upgrade};
    struct buf head = {0};
    const char *wrong = NULL;

    if (r->to.host.len == 0 || r->to.port == 0)
        return "a relay to nowhere";
    if (h1_put_request(&head, r->method, r->target, &r->fields, r->framing, &opts) !=
        H1_EMIT_OK)
        wrong = "the strict emitter refuses a request that is to be relayed";
    else
        wrong = audit_requests(buf_slice(&head));
    if (wrong == NULL)
        show(g, buf_slice(&head));
    buf_clear(&head);
    return wrong;
}

/* ---- steps ---- */

static const char *take(struct stage *g, const struct step *s)
{
    switch (s->kind) {
    case STEP_INTERIM:
        return take_interim(g, s);
    case STEP_HEAD:
        return take_head(g, s);
    case STEP_BODY:
        return take_body(g, s);
    case STEP_LAST:
        return take_last(g, s);
    case STEP_RAW:
        return take_raw(g, s);
    case STEP_RELAY:
        return take_relay(g, s->relay);
    case STEP_PIPE:
        g->is_foreign = true;
        return g->head == NULL ? "content without a head" : judge_flow(g, &s->flow);
    case STEP_TUNNEL:
    case STEP_ECHO:
        g->is_foreign = true;
        return NULL;
    case STEP_AWAIT:
    case STEP_DECIDE: /* once decided upon, what follows is what was decided */
        g->is_foreign = s->next != NULL && s->next->kind == STEP_END;
        return NULL;
    case STEP_DIAL:
        return s->origin.host.len == 0 || s->origin.port == 0 ? "a dial to nowhere" : NULL;
    case STEP_WAIT:
    case STEP_HOLD:
        return s->wait_ns > 366 * 86400 * NS_PER_S ? "a wait of more than a year" : NULL;
    case STEP_READ:
    case STEP_END:
        return NULL;
    }
    return "a step of no kind";
}

/* What was said is what the head promised. */
static const char *judge_framing(const struct stage *g)
{
    struct http_framing f;

    if (g->head == NULL || g->is_foreign)
        return NULL;
    f = g->head->head.response.framing;
    if (f.kind == BODY_LENGTH && g->said > f.length && !g->is_bodyless)
        return "more content than Content-Length says";
    if (g->is_meant || g->is_bodyless)
        return NULL;
    if (f.kind == BODY_LENGTH && g->said < f.length)
        return "less content than Content-Length says, and nothing answers for it";
    if (f.kind == BODY_NONE && g->said > 0)
        return "content behind a head that says there is none";
    if (f.kind == BODY_CHUNKED && !g->has_last)
        return "no last chunk, and nothing answers for it";
    return NULL;
}

const char *perform(const struct plan *p, const struct facts *facts, struct buf *out)
{
    struct stage g = {.p = p, .facts = facts, .out = out};
    const char *wrong = NULL;
    unsigned n = 0;

    if (p->spent)
        return "a plan is spent though there is memory";
    if (p->first == NULL)
        return "a plan without steps";
    show(&g, p->rule);
    show(&g, SLICE(":\n"));
    for (const struct step *s = p->first; wrong == NULL && s != NULL; s = s->next, n++) {
        if (s->index != n || n > STEPS)
            return "steps that do not count, or too many";
        if ((s->kind == STEP_END) != (s->next == NULL) ||
            (s->next == NULL) != (s == p->last))
            return "a plan that does not end with its end";
        show_words(&g, s);
        wrong = take(&g, s);
    }
    if (wrong == NULL && n != p->n)
        wrong = "a plan that does not know how long it is";
    return wrong != NULL ? wrong : judge_framing(&g);
}

/* With FUZZ_SHOW in the environment, what it was. */
void must_perform(const struct plan *p, const struct facts *facts, struct buf *out)
{
    const char *wrong = perform(p, facts, out);

    if (wrong != NULL && getenv("FUZZ_SHOW") != NULL)
        fprintf(stderr, "%.*s", SLICE_ARGS(buf_slice(out)));
    fuzz_must(wrong);
}

/* ---- as the player has it ---- */

static struct step *find_step(const struct plan *p, const struct step *behind,
                              enum step_kind kind)
{
    struct step *s = behind == NULL ? p->first : behind->next;

    while (s != NULL && s->kind != kind)
        s = s->next;
    return s;
}

/* Where something was waited for, the rest of the plan is decided anew. */
static struct step *go_on(struct run *run, struct facts *facts, struct plan *p,
                          struct step *behind, const struct http_response *response)
{
    struct step *at = find_step(p, behind, STEP_AWAIT);
    bool dials = at == NULL && response == NULL;

    if (dials)
        at = find_step(p, behind, STEP_DIAL);
    if (at == NULL)
        return NULL;
    plan_cut(p, at);
    facts->moment = response == NULL ? MOMENT_FAILURE : MOMENT_RESPONSE;
    facts->response = response;
    facts->failure = ENDING_UPSTREAM_REFUSED;
    decide(run, facts, p);
    return at;
}

void perform_request(struct run *run, struct facts *facts,
                     const struct http_response *response, struct buf *out)
{
    struct arena arena;
    struct plan plan;
    struct step *at = NULL;

    arena_init(&arena, NULL);
    plan_init(&plan, &arena);
    facts->moment = MOMENT_REQUEST;
    decide(run, facts, &plan);
    must_perform(&plan, facts, out);
    for (unsigned i = 0; i < 3 && (at = go_on(run, facts, &plan, at, response)) != NULL;
         i++)
        must_perform(&plan, facts, out);
    arena_clear(&arena);
}
