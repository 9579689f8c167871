/* SPDX-License-Identifier: MIT */
/* The connection machine: states, one function each, and what a connection waits for
 * between them. */
#include "conn.h"

#include <unistd.h>

#define MAGIC    0xc0221u
#define B(state) (1u << CONN_##state)

static const struct {
    const char *words;
    unsigned next;
} states[] = {
#define X(id, words, next) [CONN_##id] = {words, next},
    CONN_STATES(X)
#undef X
};

static struct conn *conn_of(void *owner)
{
    struct conn *c = owner;

    assert(c->magic == MAGIC);
    return c;
}

/* The only writer of `state`. */
void conn_go(struct conn *c, enum conn_state next)
{
    assert(states[c->state].next & (1u << next));
    c->state = (uint8_t)next;
}

bool conn_is_full(const struct conn *c)
{
    return buf_len(&c->stream.out) >= c->server->limits->buffered;
}

bool conn_is_idle(const struct conn *c)
{
    return c->state == CONN_HEAD && buf_len(&c->stream.in) == 0 &&
           buf_len(&c->stream.out) == 0;
}

/* ---- ACTING ---- */

/* A CONNECT that was answered 2xx by us and not by a tunnel: the client is now inside. */
static bool enter(struct conn *c)
{
    struct exchange *x = c->x;
    unsigned status = x->head == NULL ? 0 : x->head->head.response.status;

    if (x->request.method != METHOD_CONNECT || status < 200 || status > 299 ||
        x->tunnel != NULL)
        return true;
    mem_free(c->inside);
    c->inside = mem_copy_text(x->request.raw_target);
    c->is_http = false; /* who knows what comes through here */
    return c->inside != NULL;
}

/* Octets after a refused CONNECT were for the tunnel: they are no request (RFC 9110
 * §9.3.6). */
static bool has_early_octets(const struct conn *c)
{
    const struct exchange *x = c->x;

    return x->request.method == METHOD_CONNECT && c->inside == NULL &&
           buf_len(&c->stream.in) > 0;
}

/* Who keeps a connection and then closes it waits for nobody: what comes now meets a RST.
 */
static bool is_race(const struct conn *c)
{
    return c->x->how == END_RACE && buf_len(&c->stream.in) == 0;
}

static void begin_linger(struct conn *c)
{
    c->is_half = c->x->how == END_HALF;
    c->is_polite = c->x->has_request && c->x->is_body_done &&
                   (!c->x->request.keeps_alive || is_race(c)) && !c->is_half;
    c->ending = (uint16_t)(c->x->plan.ending == ENDING_BY_PLAN ? ENDING_CLOSED_BY_PLAN
                                                               : c->x->plan.ending);
    if (c->server->is_draining && c->ending == ENDING_CLOSED_BY_PLAN)
        c->ending = ENDING_SHUTTING_DOWN;
    else if (c->ending == ENDING_CLOSED_BY_PLAN &&
             c->exchanges >= c->server->limits->requests)
        c->ending = ENDING_REQUESTS_SPENT;
    exchange_end(c->x, c->x->plan.ending);
    conn_go(c, CONN_LINGER);
}

/*
 * An exchange is over when its answer has left, or nearly: should the client
 * go away before, that is how the exchange ended. Small answers are not waited
 * for, so that those to pipelined requests leave together.
 */
static bool is_backed_up(struct conn *c)
{
    const size_t small = 16u << 10;

    return c->stream.error == 0 && c->x->tunnel == NULL &&
           buf_len(&c->stream.out) > small && stream_flush(&c->stream) == FLUSH_BLOCKED &&
           buf_len(&c->stream.out) > small;
}

/*
 * A RST makes our kernel forget what it has not sent, so it has to wait until the client's
 * kernel has said that it has everything. Linux lets a program read that first; other
 * systems drop what was not read by then, which nobody can help but a wait in the plan.
 */
static bool is_delivered(struct conn *c)
{
    struct exchange *x = c->x;
    uint64_t now = c->server->worker->now, waited;
    enum flush flushed = x->tunnel == NULL ? stream_flush(&c->stream) : FLUSH_FAILED;

    if (flushed == FLUSH_BLOCKED)
        return false;
    if (flushed == FLUSH_FAILED || stream_unheard(&c->stream) == 0)
        return true;
    if (x->progress.due == 0)
        x->progress.due = now;
    waited = now - x->progress.due;
    return waited >= c->server->limits->linger_time ||
           player_wait(x, now + NS_PER_MS + waited / 2) != STEP_WAITS;
}

static void reset_by_plan(struct conn *c)
{
    enum ending why = c->x->plan.ending;

    exchange_end(c->x, why);
    conn_reset(c, why == ENDING_BY_PLAN ? ENDING_RESET_BY_PLAN : why);
}

static bool step_acting(struct conn *c)
{
    struct exchange *x = c->x;

    if (player_run(x) == PLAYED_SO_FAR)
        return false;
    if (c->stream.eof && c->stream.error == 0 && x->tunnel == NULL &&
        (stream_flush(&c->stream) == FLUSH_FAILED || stream_peer_is_gone(&c->stream))) {
        conn_reset(c, ENDING_CLIENT_GONE); /* its FIN was a close, and not half of one */
        return false;
    }
    if (x->leg != NULL && x->tunnel == NULL)
        leg_end(x->leg); /* an answer without a body left it open; the request's may still
                            come */
    if (is_backed_up(c) || (x->will_reset && !is_delivered(c))) {
        if (x->tunnel == NULL)
            player_rest_leg(x);
        if (!exchange_keep(x))
            conn_end(c, ENDING_OUT_OF_MEMORY);
        return false;
    }
    if (x->has_request && (!enter(c) || has_early_octets(c)))
        x->will_close = true;
    if (x->will_reset) {
        reset_by_plan(c);
        return false;
    }
    if (x->will_close) {
        begin_linger(c);
        return true;
    }
    conn_go(c, CONN_DISCARD);
    return true;
}

/* ---- DISCARD ---- */

static bool step_discard(struct conn *c)
{
    struct exchange *x = c->x;
    struct slice span;
    enum h1_read what;

    do
        what = exchange_pull(x, &span);
    while (what == H1_READ_CONTENT);
    if (what == H1_READ_MORE) {
        if (exchange_keep(x))
            return false;
        what = H1_READ_BAD;
        x->failure = ENDING_OUT_OF_MEMORY;
    }
    if (what ==
        H1_READ_BAD) { /* the answer is out; where the next request begins nobody knows */
        x->plan.ending = (enum ending)x->failure;
        begin_linger(c);
        return true;
    }
    if (x->request.method == METHOD_CONNECT)
        c->is_http = false; /* refused, a client may talk on as if it were not */
    exchange_end(x, x->plan.ending);
    conn_go(c, CONN_HEAD);
    c->waits = WAIT_NOTHING;
    return buf_len(&c->stream.in) > 0 || c->stream.eof;
}

/* ---- LINGER ---- */

/*
 * A close while octets of the client are unread would become a reset, and the
 * reset could overtake our answer: so we say FIN, and read on for a moment.
 */
static void step_linger(struct conn *c)
{
    struct stream *s = &c->stream;

    c->lingered += (uint32_t)buf_len(&s->in);
    buf_clear(&s->in);
    if (stream_flush(s) == FLUSH_BLOCKED)
        return;
    if (s->error == 0 && buf_len(&s->out) == 0 && !c->is_polite && !s->eof)
        stream_shut(s);
    if (s->eof || s->error != 0 || c->is_polite ||
        (!c->is_half && c->lingered > c->server->limits->linger))
        conn_end(c, (enum ending)c->ending);
}

/* ---- stepping ---- */

/* True while the state changed and there may be more to do. */
static bool step_once(struct conn *c)
{
    switch ((enum conn_state)c->state) {
    case CONN_HEAD:
        return conn_step_head(c);
    case CONN_ACTING:
        return step_acting(c);
    case CONN_DISCARD:
        return step_discard(c);
    case CONN_LINGER:
        step_linger(c);
        return false;
    case CONN_ENDED:
        return false;
    }
    return false;
}

/* False: others shall have their turn first. */
static bool step_all(struct conn *c)
{
    uint32_t most = c->exchanges + (uint32_t)c->server->limits->pipeline;

    do
        c->is_stirred = false;
    while ((step_once(c) || c->is_stirred) && c->state != CONN_ENDED &&
           (c->state != CONN_HEAD || c->exchanges < most));
    return c->state != CONN_HEAD || c->exchanges < most ||
           (buf_len(&c->stream.in) == 0 && !c->stream.eof);
}

/* What was put goes out together; then the connection waits for what comes next. */
static void settle(struct conn *c, bool is_done)
{
    /* Whoever waits has its head in a block of its own: reading on may move the others. */
    assert(c->x == NULL || c->x->is_kept || !c->x->has_request);
    if (c->x != NULL &&
        c->x->tunnel != NULL) { /* it has its own interests and its own time-out */
        conn_set_wait(c, WAIT_NOTHING);
        return;
    }
    /* Blocked already? Then a wake-up is on order, and a flush that went well would cancel
     * it. */
    if (buf_len(&c->stream.out) > 0 && !(c->stream.wanted & WANT_WRITE) &&
        stream_flush(&c->stream) == FLUSH_FAILED) {
        conn_reset(c, ENDING_CLIENT_GONE);
        return;
    }
    if (c->server->is_draining && conn_is_idle(c)) {
        conn_end(c, ENDING_SHUTTING_DOWN);
        return;
    }
    if (buf_len(&c->stream.in) == 0)
        buf_rest(&c->stream.in);
    stream_want_read(&c->stream, is_done && conn_wants_read(c));
    if (c->stream.error !=
        0) /* the loop would not take it: it would be silent from here on */
        conn_reset(c, ENDING_OUT_OF_MEMORY);
    else
        conn_set_wait(c, is_done ? conn_wait_of(c) : WAIT_TURN);
}

void conn_step(struct conn *c)
{
    bool is_done;

    c->is_stirred = true;
    if (c->is_stepping || c->state == CONN_ENDED)
        return;
    c->is_stepping = true;
    is_done = step_all(c);
    if (c->state != CONN_ENDED)
        settle(c, is_done);
    c->is_stepping = false;
}

/* ---- events ---- */

static void on_stream(void *owner, enum stream_event what)
{
    struct conn *c = conn_of(owner);

    if (what == STREAM_WRITABLE) {
        if (c->waits == WAIT_WRITE)
            c->waits = WAIT_NOTHING; /* progress: the time-out begins anew */
    } else {
        switch (stream_read(&c->stream, 0)) {
        case STREAM_FAILED:
            conn_reset(c, ENDING_CLIENT_RESET);
            return;
        case STREAM_NO_MEMORY:
            conn_end(c, ENDING_OUT_OF_MEMORY);
            return;
        case STREAM_NOTHING:
            return;
        case STREAM_GOT:
            if (c->waits == WAIT_BODY || c->waits == WAIT_ECHO)
                c->waits = WAIT_NOTHING;
            c->heard_at = c->server->worker->now;
            break;
        case STREAM_EOF:
            c->left_at = c->server->worker->now;
            break;
        }
    }
    conn_step(c);
}

void conn_hear(struct conn *c)
{
    c->stream.tell = on_stream;
    c->stream.owner = c;
}

/* ---- life ---- */

struct conn *conn_open(struct server *s, const struct wire *wire, int fd, void *script,
                       const struct address *peer)
{
    struct conn *c = mem_alloc(sizeof(*c));

    if (c == NULL)
        return NULL;
    memset(c, 0, offsetof(struct conn, stream)); /* stream_open clears the rest */
    c->magic = MAGIC;
    c->server = s;
    c->id = ++s->last_conn;
    c->peer = *peer;
    c->timer.fire = conn_on_time;
    stream_open(&c->stream, s->worker, wire, fd, on_stream, c);
    if (wire != &wire_socket)
        c->stream.script = script;
    c->next = s->conns;
    c->at = &s->conns;
    if (c->next != NULL)
        c->next->at = &c->next;
    s->conns = c;
    s->n_conns++;
    stream_want_read(&c->stream, true);
    if (c->stream.error != 0)
        conn_reset(c, ENDING_OUT_OF_MEMORY);
    else if (s->greets && s->n_conns <= s->limits->connections)
        conn_greet(c);
    else
        conn_set_wait(c, WAIT_REQUEST);
    return c;
}

static bool says_nothing(const struct plan *p)
{
    return p->first == NULL || (p->first->kind == STEP_END && p->first->end == END_KEEP);
}

void conn_greet(struct conn *c)
{
    static const struct http_request none = {.major = 1, .minor = 1};
    struct exchange *x = exchange_begin(c, &none);

    if (x == NULL) {
        conn_end(c, ENDING_OUT_OF_MEMORY);
        return;
    }
    c->x = x;
    x->has_request = false;
    if (exchange_decide(x, MOMENT_ACCEPT) && says_nothing(&x->plan)) {
        exchange_forget(x);
        conn_set_wait(c, WAIT_REQUEST);
        return;
    }
    c->is_greeted = true;
    c->server->greetings++;
    x->at = x->has_failed ? NULL : x->plan.first;
    conn_go(c, CONN_ACTING);
    conn_step(c);
}

void conn_drain(struct conn *c)
{
    /* A request may have come that nobody has looked at yet. */
    if (stream_read(&c->stream, 0) == STREAM_GOT)
        conn_step(c);
    else
        conn_end(c, ENDING_SHUTTING_DOWN);
}

void conn_refuse(struct conn *c, enum ending why)
{
    struct http_request none = {0};

    if (c->state == CONN_ENDED)
        return;
    conn_begin_failed(c, &none, why, NULL);
    conn_step(c);
}

static void free_conn(struct grave *g)
{
    struct conn *c = OWNER_OF(g, struct conn, grave);

    mem_free(c->inside);
    mem_free(c);
}

static void write_entry(struct conn *c, enum ending why)
{
    char client[ADDRESS_TEXT];
    struct entry e = {
        .wall_us = c->server->worker->wall_us,
        .connection = c->id,
        .run_us = server_run_us(c->server, c->server->worker->now),
        .exchanges = c->exchanges,
        .sent = {0, c->stream.sent},
        .received = c->stream.received,
        .ending = why,
    };

    e.client = (struct slice){client, address_print(&c->peer, client)};
    journal_add(c->server->journal, &e);
}

static void end(struct conn *c, enum ending why, bool reset)
{
    struct server *s = c->server;

    if (c->state == CONN_ENDED)
        return;
    if (c->x != NULL) {
        bool answered = c->state == CONN_DISCARD && c->x->plan.ending != ENDING_BY_PLAN;
        exchange_end(c->x, answered ? c->x->plan.ending : why);
    }
    conn_go(c, CONN_ENDED);
    c->ending = (uint16_t)why;
    if (journal_wants(s->journal))
        write_entry(c, why);
    timer_stop(s->worker, &c->timer);
    stream_close(&c->stream, reset);
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    s->n_conns--;
    c->grave.free = free_conn;
    worker_bury(s->worker, &c->grave);
    if (s->is_draining && s->n_conns == 0 && s->idle != NULL)
        s->idle(s->idle_arg);
}

void conn_end(struct conn *c, enum ending why)
{
    end(c, why, false);
}

void conn_reset(struct conn *c, enum ending why)
{
    end(c, why, true);
}
