/* SPDX-License-Identifier: MIT */
/* One request and what became of it: its facts, its memory, its entry in the journal. */
#include "conn.h"

struct exchange *exchange_begin(struct conn *c, const struct http_request *req)
{
    struct arena arena;
    struct exchange *x;

    arena_init(&arena, &c->server->worker->shelf);
    x = arena_zero(&arena, sizeof(*x));
    if (x == NULL) {
        arena_clear(&arena);
        return NULL;
    }
    x->arena = arena;
    x->conn = c;
    x->server = c->server;
    x->request = *req;
    x->has_request = true;
    if (req->method == METHOD_CONNECT) /* what follows it is no body (RFC 9110 §9.3.6) */
        x->request.framing = (struct http_framing){.kind = BODY_NONE};
    h1_body_init(&x->body, x->request.framing);
    x->is_body_done = h1_body_is_done(&x->body);
    x->inside = arena_copy(&x->arena, slice_of(c->inside));
    x->is_watched = journal_wants_content(c->server->journal);
    x->began = c->server->worker->now;
    x->wall_us = c->server->worker->wall_us;
    x->sent_from = stream_position(&c->stream);
    plan_init(&x->plan, &x->arena);
    c->exchanges++;
    c->server->exchanges++;
    return x;
}

bool exchange_keep(struct exchange *x)
{
    struct http_fields *f = &x->request.fields;
    struct buf *in = &x->conn->stream.in;
    struct http_field *kept;
    struct slice rest;

    if (x->is_kept || !x->has_request)
        return true;
    kept = arena_alloc(&x->arena, f->n * sizeof(*kept));
    if (kept == NULL)
        return false;
    memcpy(kept, f->at, f->n * sizeof(*kept));
    f->at = kept;
    f->cap = f->n;
    x->head_octets = *in;
    rest = buf_slice(in);
    *in = (struct buf){.shelf = in->shelf};
    x->is_kept = true;
    return buf_put(in, rest);
}

/* ---- deciding ---- */

static struct slice body_of(const struct exchange *x)
{
    if (!x->is_whole)
        return NO_SLICE;
    return buf_len(&x->whole) == 0 ? SLICE("") : buf_slice(&x->whole);
}

bool exchange_decide(struct exchange *x, enum moment moment)
{
    struct server *s = x->server;
    struct conn *c = x->conn;
    char ip[ADDRESS_TEXT];
    struct facts facts = {
        .moment = moment,
        .unix_time = s->worker->wall_us / 1000000,
        .request = x->has_request ? &x->request : NULL,
        .method = x->request.method,
        .response = x->has_head ? &x->leg->response : NULL,
        .failure = (enum ending)x->failure,
        .fault = x->fault.id == H1_FAULT_NONE ? NULL : &x->fault,
        .inside = slice_of(c->inside),
        .nth = s->exchanges - s->greetings,
        .since_ns = s->worker->now - s->began,
        .connection = c->id,
        .nth_on_connection = c->exchanges - c->is_greeted,
        .body = body_of(x),
    };

    facts.client = (struct slice){ip, address_print_ip(&c->peer, ip)};
    decide(&s->run, &facts, &x->plan);
    if (x->plan.spent)
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return !x->plan.spent;
}

/* Its body first, then the decision. */
static bool read_first(struct exchange *x)
{
    x->wants_whole = true;
    x->whole.shelf = &x->server->worker->shelf;
    plan_add_read(&x->plan);
    plan_add_plain(&x->plan, STEP_DECIDE);
    plan_add_end(&x->plan, END_CLOSE); /* never reached: what is decided replaces it */
    if (x->plan.spent)
        exchange_fail(x, ENDING_OUT_OF_MEMORY);
    return !x->plan.spent;
}

bool exchange_start(struct exchange *x)
{
    if (!x->is_body_done && run_wants_body(&x->server->run))
        return read_first(x);
    x->is_whole = x->is_body_done;
    return exchange_decide(x, MOMENT_REQUEST) && (!x->plan.wants_body || read_first(x));
}

bool exchange_decide_whole(struct exchange *x)
{
    x->wants_whole = x->plan.wants_body = false;
    x->is_whole = true;
    return exchange_decide(x, MOMENT_REQUEST);
}

void exchange_fail(struct exchange *x, enum ending why)
{
    if (x->has_failed)
        return;
    x->failure = (uint16_t)why;
    x->has_failed = true;
}

/* ---- what is kept of bodies ---- */

static bool grow_sample(struct exchange *x, struct sample *s, size_t need)
{
    size_t most = (size_t)x->server->limits->sample;
    size_t cap = 2 * s->cap < most ? 2 * s->cap : most;
    char *at = arena_alloc(&x->arena, cap > need ? cap : need);

    if (at == NULL)
        return false;
    if (s->octets.len > 0)
        memcpy(at, s->octets.at, s->octets.len);
    s->octets.at = at;
    s->cap = cap > need ? cap : need;
    return true;
}

/* `stays`: the octets stay where they are, and need no copy. */
static void add_sample(struct exchange *x, struct sample *s, struct slice content,
                       bool stays)
{
    size_t room = (size_t)x->server->limits->sample - s->octets.len;
    size_t n = content.len < room ? content.len : room;

    if (n == 0 || s->is_over)
        return;
    if (stays && s->octets.len == 0)
        s->octets.at = content.at;
    else if (s->cap > 0 || !stays || content.at != s->octets.at + s->octets.len) {
        if (s->octets.len + n > s->cap && !grow_sample(x, s, s->octets.len + n)) {
            s->is_over = true;
            return;
        }
        memcpy((char *)s->octets.at + s->octets.len, content.at, n);
    }
    s->octets.len += n;
}

void exchange_sample(struct exchange *x, struct slice content)
{
    struct slice said = NO_SLICE;

    if (!x->is_watched || content.len == 0)
        return;
    if (x->at != NULL && x->at->kind == STEP_BODY)
        said = x->at->body.octets;
    add_sample(x, &x->response_sample, content,
               said.len > 0 && content.at >= said.at &&
                   content.at + content.len <= said.at + said.len);
}

/* ---- the request's body ---- */

static void lose_body(struct exchange *x, enum ending why)
{
    x->is_body_lost = true;
    exchange_fail(x, why);
}

bool exchange_keep_trailer(struct exchange *x, struct http_fields *to, struct slice line)
{
    struct slice value = arena_copy(&x->arena, line), name;

    if (to->at == NULL) {
        to->cap = (uint32_t)x->server->limits->trailers;
        to->at = arena_alloc(&x->arena, to->cap * sizeof(*to->at));
    }
    if (value.at == NULL || to->at == NULL)
        return false;
    name = slice_cut(&value, ':');
    return http_add(to, name, slice_trim(value, " \t"));
}

/* A body that was read before deciding is there for whoever relays it. */
static bool pull_whole(struct exchange *x, struct slice *span)
{
    struct slice whole = buf_slice(&x->whole);

    if (!x->is_whole || x->replayed >= whole.len)
        return false;
    *span = (struct slice){whole.at + x->replayed, whole.len - x->replayed};
    x->replayed = whole.len;
    return true;
}

/* False: it is longer than a rule may ask to see, or memory ran out. */
static bool keep_whole(struct exchange *x, struct slice span)
{
    bool is_long = buf_len(&x->whole) + span.len > x->server->limits->body;

    if (!is_long && buf_put(&x->whole, span))
        return true;
    lose_body(x, is_long ? ENDING_BODY_TOO_LARGE : ENDING_OUT_OF_MEMORY);
    return false;
}

enum h1_read exchange_pull(struct exchange *x, struct slice *span)
{
    struct stream *s = &x->conn->stream;
    enum h1_read what;
    size_t used;

    *span = NO_SLICE;
    if (pull_whole(x, span))
        return H1_READ_CONTENT;
    if (x->is_body_done)
        return H1_READ_DONE;
    if (x->is_body_lost)
        return H1_READ_BAD;
    do {
        what = h1_body_read(&x->body, buf_slice(&s->in).at, buf_len(&s->in),
                            x->server->limits, &used, span, &x->fault);
        s->in.from += (uint32_t)used; /* the span stays in place until more is read */
        if (what == H1_READ_TRAILER && !exchange_keep_trailer(x, &x->trailers, *span)) {
            lose_body(x, ENDING_OUT_OF_MEMORY);
            return H1_READ_BAD;
        }
    } while (what == H1_READ_TRAILER);
    if (what == H1_READ_CONTENT && x->is_watched) {
        x->request_digest = digest_add(x->request_digest, *span);
        add_sample(x, &x->request_sample, *span, false);
    }
    if (what == H1_READ_CONTENT && x->wants_whole && !keep_whole(x, *span))
        return H1_READ_BAD;
    if (what == H1_READ_DONE)
        x->is_body_done = true;
    else if (what == H1_READ_BAD)
        lose_body(x, ENDING_BAD_CHUNK);
    else if (what == H1_READ_MORE && s->eof) {
        lose_body(x, ENDING_CLIENT_CUT_BODY);
        what = H1_READ_BAD;
    }
    return what;
}

/* ---- its end ---- */

/* Fields as an upstream was sent them; without a link nothing was. */
static const struct http_fields *relayed_fields(const struct exchange *x)
{
    const struct leg *leg = x->leg;

    if (leg == NULL || (!leg->wants_head && leg->response.status == 0))
        return NULL;
    return &leg->relay->fields;
}

static void write_entry(struct exchange *x, enum ending why)
{
    struct conn *c = x->conn;
    struct worker *w = x->server->worker;

    worker_touch(w); /* what was done since the event has taken its time */
    char client[ADDRESS_TEXT], upstream[ADDRESS_TEXT];
    struct entry e = {
        .wall_us = x->wall_us,
        .connection = c->id,
        .exchange = c->exchanges,
        .request = x->has_request || x->request.method_name.len > 0 ? &x->request : NULL,
        .request_body = x->body.content,
        .request_head = x->request_head,
        .request_sample = x->request_sample.octets,
        .request_digest = x->request_digest,
        .response_sample = x->response_sample.octets,
        .relayed = relayed_fields(x),
        .inside = x->inside,
        .run_us = server_run_us(x->server, x->began),
        .plan = &x->plan,
        .response = x->head == NULL ? NULL : &x->head->head.response,
        .head = x->sent_head,
        .n_interim = x->n_interim,
        .response_body = x->body_sent,
        .sent = {x->sent_from, stream_position(&c->stream)},
        .told = x->told,
        .n_told = x->n_told,
        .reused = x->reused,
        .attempts = x->attempts,
        .first_us = x->first == 0 ? 0 : (x->first - x->began) / 1000,
        .end_us = (w->now - x->began) / 1000,
        .ending = why,
    };

    memcpy(e.interim, x->interim, sizeof(e.interim));
    e.faults = x->plan.faults;
    e.n_faults = x->plan.n_faults;
    e.client = (struct slice){client, address_print(&c->peer, client)};
    if (x->upstream.len > 0)
        e.upstream = (struct slice){upstream, address_print(&x->upstream, upstream)};
    journal_add(x->server->journal, &e);
}

static void let_go(struct exchange *x)
{
    struct worker *w = x->server->worker;

    tunnel_close(x->tunnel);
    conn_hear(x->conn);
    dial_cancel(x->dial);
    stream_close(&x->far, x->will_reset);
    if (x->leg != NULL)
        leg_end(x->leg);
    timer_stop(w, &x->timer);
    timer_stop(w, &x->inward_timer);
}

static void free_exchange(struct grave *g)
{
    struct exchange *x = OWNER_OF(g, struct exchange, grave);
    struct arena arena = x->arena; /* it holds the exchange itself */

    buf_clear(&x->head_octets);
    buf_clear(&x->whole);
    arena_clear(&arena);
}

void exchange_end(struct exchange *x, enum ending why)
{
    struct server *s = x->server;

    s->by_ending[why]++;
    if (x->head != NULL)
        s->by_status[x->head->head.response.status]++;
    if (journal_wants(s->journal))
        write_entry(x, why);
    let_go(x);
    x->conn->x = NULL;
    x->grave.free = free_exchange;
    if (x->is_kept)
        worker_bury(s->worker, &x->grave); /* something of its own may be on the stack */
    else
        free_exchange(&x->grave);
}

void exchange_forget(struct exchange *x)
{
    x->conn->exchanges--;
    x->server->exchanges--;
    x->conn->x = NULL;
    let_go(x);
    free_exchange(&x->grave);
}
