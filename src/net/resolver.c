/* SPDX-License-Identifier: MIT */
/* Names through c-ares on our loop. Answers are always told from the loop, never from
 * inside asking. */
#include "naysay/net.h"

#include <ares.h>

#define ADDRESSES 8
#define SOCKETS   16
#define TRIES_MS  1500

struct pin {
    struct pin *next;
    struct address address;
    char name[];
};

struct socket_watch {
    struct event event;
    struct resolver *resolver;
    ares_socket_t fd;
    bool is_used;
};

struct resolver {
    struct worker *worker;
    ares_channel channel;
    struct timer timer; /* when c-ares wants a turn of its own */
    struct pin *pins;
    struct socket_watch sockets[SOCKETS];
};

struct resolve_query {
    struct grave grave;
    struct resolver *resolver;
    struct timer timer; /* the time-out, then the telling */
    void (*done)(void *owner, enum resolve_result what, const struct address *found,
                 size_t n);
    void *owner;
    enum resolve_result result;
    struct address found[ADDRESSES];
    size_t n;
    bool is_asked;     /* c-ares still holds it */
    bool is_cancelled; /* or told: nobody waits for it any more */
};

/* ---- c-ares on the loop ---- */

static void set_timer(struct resolver *r)
{
    struct timeval most = {.tv_sec = 5}, tv;
    struct timeval *next = ares_timeout(r->channel, &most, &tv);
    uint64_t ns = (uint64_t)next->tv_sec * NS_PER_S + (uint64_t)next->tv_usec * 1000;

    if (!timer_set(r->worker, &r->timer, r->worker->now + ns))
        ares_cancel(r->channel); /* without a timer it might wait for ever */
}

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
    struct socket_watch *watch = arg;
    struct resolver *r = watch->resolver;

    worker_touch(r->worker);
    ares_process_fd(r->channel, what & EV_READ ? fd : ARES_SOCKET_BAD,
                    what & EV_WRITE ? fd : ARES_SOCKET_BAD);
    set_timer(r);
}

static void on_ares_timer(struct timer *t)
{
    struct resolver *r = OWNER_OF(t, struct resolver, timer);

    ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    set_timer(r);
}

static struct socket_watch *watch_of(struct resolver *r, ares_socket_t fd)
{
    struct socket_watch *vacant = NULL;

    for (size_t i = 0; i < SOCKETS; i++) {
        if (r->sockets[i].is_used && r->sockets[i].fd == fd)
            return &r->sockets[i];
        if (!r->sockets[i].is_used)
            vacant = &r->sockets[i];
    }
    return vacant;
}

/* c-ares says what it wants to know of a socket; nothing means that it closes it. */
static void on_interest(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct resolver *r = arg;
    struct socket_watch *watch = watch_of(r, fd);
    short what = (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));

    if (watch == NULL)
        return; /* its queries run into their time-out */
    if (watch->is_used)
        event_del(&watch->event);
    watch->is_used = what != 0;
    watch->fd = fd;
    watch->resolver = r;
    if (what != 0 && (event_assign(&watch->event, r->worker->base, fd, what | EV_PERSIST,
                                   on_socket, watch) < 0 ||
                      event_add(&watch->event, NULL) < 0))
        watch->is_used = false;
}

/* ---- life ---- */

struct resolver *resolver_open(struct worker *w, const char *server, struct complaint *why)
{
    struct resolver *r = mem_must(mem_zero(sizeof(*r)));
    struct ares_options options = {.timeout = TRIES_MS,
                                   .tries = 3,
                                   .sock_state_cb = on_interest,
                                   .sock_state_cb_data = r};
    int error;

    r->worker = w;
    r->timer.fire = on_ares_timer;
    error = ares_library_init_mem(ARES_LIB_INIT_ALL, mem_alloc, mem_free, mem_resize);
    if (error == ARES_SUCCESS)
        error =
            ares_init_options(&r->channel, &options,
                              ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (error == ARES_SUCCESS && server != NULL)
        error = ares_set_servers_ports_csv(r->channel, server);
    if (error == ARES_SUCCESS)
        return r;
    complain(why,
             server == NULL ? "cannot start the resolver: %s"
                            : "--dns wants ADDR:PORT of a name server: %s",
             ares_strerror(error));
    if (r->channel != NULL)
        ares_destroy(r->channel);
    mem_free(r);
    return NULL;
}

void resolver_close(struct resolver *r)
{
    if (r == NULL)
        return;
    ares_destroy(r->channel);
    ares_library_cleanup();
    timer_stop(r->worker, &r->timer);
    while (r->pins != NULL) {
        struct pin *p = r->pins;
        r->pins = p->next;
        mem_free(p);
    }
    mem_free(r);
}

bool resolver_pin(struct resolver *r, struct slice name, struct slice ip)
{
    struct pin *p = mem_must(mem_zero(sizeof(*p) + name.len + 1));

    if (name.len == 0 || !address_from_ip(ip, 0, &p->address)) {
        mem_free(p);
        return false;
    }
    memcpy(p->name, name.at, name.len);
    p->next = r->pins;
    r->pins = p;
    return true;
}

/* ---- queries ---- */

static void free_query(struct grave *g)
{
    mem_free(OWNER_OF(g, struct resolve_query, grave));
}

/* Freed when neither the owner nor c-ares holds it any longer. */
static void let_go(struct resolve_query *q)
{
    if (q->is_asked || !q->is_cancelled)
        return;
    timer_stop(q->resolver->worker, &q->timer);
    q->grave.free = free_query;
    worker_bury(q->resolver->worker, &q->grave);
}

static void tell(struct timer *t)
{
    struct resolve_query *q = OWNER_OF(t, struct resolve_query, timer);

    if (q->is_asked)
        q->result = RESOLVE_TIMEOUT;
    q->is_cancelled = true;
    q->done(q->owner, q->result, q->found, q->n);
    let_go(q);
}

static void conclude(struct resolve_query *q, enum resolve_result result)
{
    q->result = result;
    if (!timer_set(q->resolver->worker, &q->timer, q->resolver->worker->now))
        assert(!"a timer that is set can be moved");
}

static void take_address(struct resolve_query *q, const struct ares_addrinfo_node *node)
{
    struct address *a = &q->found[q->n];

    if (q->n == ADDRESSES || (node->ai_family != AF_INET && node->ai_family != AF_INET6))
        return;
    *a =
        (struct address){.len = node->ai_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6)};
    memcpy(&a->any, node->ai_addr, a->len);
    q->n++;
}

static void on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
    struct resolve_query *q = arg;

    (void)timeouts;
    q->is_asked = false;
    if (!q->is_cancelled && status == ARES_SUCCESS)
        for (struct ares_addrinfo_node *n = found->nodes; n != NULL; n = n->ai_next)
            take_address(q, n);
    ares_freeaddrinfo(found);
    if (q->is_cancelled)
        let_go(q);
    else
        conclude(q, q->n > 0                  ? RESOLVE_OK
                    : status == ARES_ETIMEOUT ? RESOLVE_TIMEOUT
                                              : RESOLVE_NO_NAME);
}

static bool look_among_pins(struct resolve_query *q, struct slice name)
{
    for (struct pin *p = q->resolver->pins; p != NULL; p = p->next) {
        if (!slice_is_nocase(slice_of(p->name), name))
            continue;
        q->found[0] = p->address;
        q->n = 1;
        return true;
    }
    return false;
}

struct resolve_query *resolver_ask(struct resolver *r, struct slice name,
                                   uint64_t timeout_ns,
                                   void (*done)(void *owner, enum resolve_result what,
                                                const struct address *found, size_t n),
                                   void *owner)
{
    struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct resolve_query *q = mem_zero(sizeof(*q));
    char *text = mem_copy_text(name);

    if (q == NULL || text == NULL ||
        !timer_set(r->worker, &q->timer, r->worker->now + timeout_ns)) {
        mem_free(q);
        mem_free(text);
        return NULL;
    }
    q->timer.fire = tell;
    q->resolver = r;
    q->done = done;
    q->owner = owner;
    if (look_among_pins(q, name))
        conclude(q, RESOLVE_OK);
    else {
        q->is_asked = true;
        ares_getaddrinfo(r->channel, text, NULL, &hints, on_answer, q);
        if (q->is_asked)
            set_timer(r);
    }
    mem_free(text);
    return q;
}

void resolver_cancel(struct resolve_query *q)
{
    if (q == NULL)
        return;
    q->is_cancelled = true;
    timer_hush(&q->timer);
    let_go(q);
}
