/* SPDX-License-Identifier: MIT */
/* A port and all that share it. */
#include <unistd.h>

#include "conn.h"

bool server_init(struct server *s, struct worker *w, const struct scenario *scenario,
                 uint64_t seed, const struct limits *limits, struct journal *journal,
                 struct resolver *resolver)
{
    *s = (struct server){.worker = w,
                         .limits = limits,
                         .journal = journal,
                         .began = w->now,
                         .listener = {.fd = -1}};
    s->scratch = mem_alloc(limits->fields * sizeof(*s->scratch));
    if (s->scratch == NULL || !run_init(&s->run, scenario, seed)) {
        mem_free(s->scratch);
        return false;
    }
    s->greets = scenario->greetings.n > 0;
    upstream_init(&s->upstream, w, limits, resolver);
    return true;
}

bool server_accept(struct server *s, const struct wire *wire, int fd, void *script,
                   const struct address *peer)
{
    struct conn *c = conn_open(s, wire, fd, script, peer);

    if (c == NULL) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (s->n_conns > s->limits->connections)
        conn_refuse(c, ENDING_TOO_MANY_CONNECTIONS);
    return true;
}

static void on_accepted(void *owner, int fd, const struct address *peer)
{
    struct server *s = owner;
    struct address from = *peer;

    address_unmap(&from);
    if (!server_accept(s, &wire_socket, fd, NULL, &from))
        fprintf(stderr, "naysay: out of memory: a connection was dropped\n");
}

static void on_starved(void *owner)
{
    (void)owner;
    fprintf(stderr,
            "naysay: out of file descriptors; open connections are served, new ones wait "
            "(raise `ulimit -n`)\n");
}

bool server_listen(struct server *s, const struct address *at, struct complaint *why)
{
    s->listener.accepted = on_accepted;
    s->listener.starved = on_starved;
    s->listener.owner = s;
    if (!listener_open(&s->listener, s->worker, at, why))
        return false;
    s->upstream.policy.own[s->upstream.policy.n_own++] = s->listener.address;
    address_unmap(&s->upstream.policy.own[s->upstream.policy.n_own - 1]);
    return true;
}

/* Ending one never ends another. */
static void end_all(struct server *s)
{
    struct conn *next;

    for (struct conn *c = s->conns; c != NULL; c = next) {
        next = c->next;
        conn_end(c, ENDING_SHUTTING_DOWN);
    }
}

static void drain_idle(struct server *s)
{
    struct conn *next;

    for (struct conn *c = s->conns; c != NULL; c = next) {
        next = c->next;
        if (conn_is_idle(c))
            conn_drain(c);
    }
}

static void on_patience_over(struct timer *t)
{
    server_abort(OWNER_OF(t, struct server, drain));
}

void server_drain(struct server *s)
{
    if (s->is_draining)
        return;
    s->is_draining = true;
    listener_close(&s->listener);
    s->drain.fire = on_patience_over;
    if (!timer_set(s->worker, &s->drain, s->worker->now + s->limits->drain_time))
        server_abort(s);
    if (s->n_conns == 0 && s->idle != NULL)
        s->idle(s->idle_arg);
    else
        drain_idle(s);
}

void server_abort(struct server *s)
{
    end_all(s);
}

void server_clear(struct server *s)
{
    listener_close(&s->listener);
    s->idle = NULL;
    end_all(s);
    timer_stop(s->worker, &s->drain);
    upstream_clear(&s->upstream);
    run_clear(&s->run);
    mem_free(s->scratch);
}
