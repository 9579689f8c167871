/* SPDX-License-Identifier: MIT */
/* Upstream connections, and the pool where they wait between requests. */
#include "link.h"

#include <unistd.h>

void upstream_init(struct upstream *u, struct worker *w, const struct limits *limits,
                   struct resolver *resolver)
{
    *u = (struct upstream){.worker = w, .limits = limits, .resolver = resolver};
    u->scratch = mem_must(mem_alloc(limits->fields * sizeof(*u->scratch)));
}

void upstream_clear(struct upstream *u)
{
    for (size_t i = 0; i < POOL_BUCKETS; i++)
        while (u->idle[i] != NULL)
            link_close(u->idle[i], false);
    policy_clear(&u->policy);
    mem_free(u->scratch);
    u->scratch = NULL;
}

/* ---- the pool ---- */

static struct link **bucket_of(struct upstream *u, struct slice host, uint16_t port)
{
    uint32_t hash =
        2166136261u ^ port; /* FNV-1a; origins are the user's, not an attacker's */

    for (size_t i = 0; i < host.len; i++)
        hash = (hash ^ (uint8_t)host.at[i]) * 16777619u;
    return &u->idle[(hash ^ hash >> 16) % POOL_BUCKETS];
}

static bool leads_to(const struct link *l, struct slice host, uint16_t port)
{
    return l->port == port && slice_is_nocase((struct slice){l->host, l->host_len}, host);
}

static void take_out(struct link *l)
{
    if (l->at == NULL)
        return;
    *l->at = l->next;
    if (l->next != NULL)
        l->next->at = l->at;
    l->at = NULL;
    timer_hush(&l->timer);
}

/* An idle upstream has nothing to say: whatever it does, it is of no more use. */
static void on_idle_stream(void *owner, enum stream_event what)
{
    (void)what;
    link_close(owner, false);
}

static void on_idle_too_long(struct timer *t)
{
    link_close(OWNER_OF(t, struct link, timer), false);
}

struct link *link_take(struct upstream *u, const struct origin *to)
{
    struct link *l = *bucket_of(u, to->host, to->port);

    while (l != NULL && !leads_to(l, to->host, to->port))
        l = l->next;
    if (l != NULL)
        take_out(l);
    return l;
}

void link_give(struct link *l)
{
    struct upstream *u = l->upstream;
    struct slice host = {l->host, l->host_len};
    struct link **bucket = bucket_of(u, host, l->port);
    uint64_t kept = 0;

    for (const struct link *i = *bucket; i != NULL; i = i->next)
        kept += leads_to(i, host, l->port);
    l->timer.fire = on_idle_too_long;
    if (kept >= u->limits->pool || u->worker->is_stopping ||
        !timer_set(u->worker, &l->timer, u->worker->now + u->limits->pool_time)) {
        link_close(l, false);
        return;
    }
    l->stream.tell = on_idle_stream;
    l->stream.owner = l;
    l->next = *bucket;
    if (l->next != NULL)
        l->next->at = &l->next;
    l->at = bucket;
    *bucket = l;
    buf_rest(&l->stream.in);
    stream_want_read(&l->stream, true);
}

/* ---- connections ---- */

static bool carry(struct upstream *u, struct link *l, const struct dialled *d)
{
    if (u->connect != NULL)
        return u->connect(u->connect_arg, &d->address, &l->stream, u->worker) == 0;
    stream_open(&l->stream, u->worker, &wire_socket, d->fd, on_idle_stream, l);
    return true;
}

struct link *link_open(struct upstream *u, const struct origin *to, const struct dialled *d)
{
    struct link *l = mem_zero(sizeof(*l) + to->host.len);

    if (l != NULL && carry(u, l, d)) {
        l->upstream = u;
        l->address = d->address;
        l->port = to->port;
        l->host_len = (uint16_t)to->host.len;
        memcpy(l->host, to->host.at, to->host.len);
        return l;
    }
    mem_free(l);
    if (u->connect == NULL)
        close(d->fd);
    return NULL;
}

static void free_link(struct grave *g)
{
    mem_free(OWNER_OF(g, struct link, grave));
}

void link_close(struct link *l, bool reset)
{
    take_out(l);
    timer_stop(l->upstream->worker, &l->timer);
    stream_close(&l->stream, reset);
    l->grave.free = free_link;
    worker_bury(l->upstream->worker, &l->grave);
}
