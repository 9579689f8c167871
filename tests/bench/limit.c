/* SPDX-License-Identifier: MIT */
/*
 * limit - the least that a machine can do for each kind of work: what a bare
 * epoll loop spends, with no parsing, no choice and no memory of what happened.
 *
 *   limit PORT answer STATUS OCTETS   each head gets the same answer; kept
 *   limit PORT close STATUS OCTETS    the same, one answer per connection
 *   limit PORT relay TO               octets to 127.0.0.1:TO and back, read and written
 *   limit PORT tunnel                 CONNECT to 127.0.0.1, then splice(2) both ways
 *   limit PORT source                 CONNECT is granted; "GET /N" gets N octets, then the
 * end
 *
 * Listens on 127.0.0.1:PORT (0: the kernel picks), prints the port, then works until
 * killed. `answer` and `source` are also the origins behind whoever is measured.
 * It trusts its load: heads are small and sane, and a client that does not read
 * its answers holds up everybody else.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 16 << 10, COPIES = 256, MOVE = 1 << 20 };

/* One socket. What two ends of a relay or a tunnel need besides stays zero for the others.
 */
struct end {
    int fd;
    uint32_t events;   /* as epoll knows them */
    struct end *other; /* whom octets go to; NULL: answered here */
    int pipe[2];       /* tunnel: octets read here, on their way to `other` */
    size_t in_pipe;
    size_t owed;  /* source: octets still to send */
    size_t held;  /* octets of an unfinished head */
    bool is_dead; /* freed after this round of events, which may still name it */
    struct end *next_dead;
    char *head; /* ROOM octets, lent while a head is unfinished */
};

struct mode {
    const char *name;
    int n_args;
    void (*on_new)(struct end *e);
    void (*on_event)(struct end *e, uint32_t events);
};

static int loop;
static const struct mode *mode;
static struct end *dead;
static uint16_t relay_port;
static char *answers; /* the answer COPIES times, so that one write serves a pipeline */
static size_t answer_len;
static char room[MOVE];

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    perror(what);
    exit(1);
}

/* ---- ends ---- */

static struct end *end_new(int fd, uint32_t events)
{
    struct end *e = calloc(1, sizeof(*e));
    int on = 1;

    must(e != NULL, "calloc");
    *e = (struct end){.fd = fd, .events = events, .pipe = {-1, -1}};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    must(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &(struct epoll_event){events, {.ptr = e}}) == 0,
         "epoll_ctl");
    return e;
}

static void end_want(struct end *e, uint32_t events)
{
    if (e->events == events)
        return;
    e->events = events;
    must(epoll_ctl(loop, EPOLL_CTL_MOD, e->fd, &(struct epoll_event){events, {.ptr = e}}) ==
             0,
         "epoll_ctl");
}

/* Closes an end, and the one that it feeds. */
static void end_close(struct end *e)
{
    if (e == NULL || e->is_dead)
        return;
    e->is_dead = true;
    close(e->fd);
    if (e->pipe[0] >= 0) {
        close(e->pipe[0]);
        close(e->pipe[1]);
    }
    e->next_dead = dead;
    dead = e;
    end_close(e->other);
}

static void free_dead(void)
{
    while (dead != NULL) {
        struct end *e = dead;

        dead = e->next_dead;
        free(e->head);
        free(e);
    }
}

/* True when data[0..len) is out; waits for a reader that is behind. */
static bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n > 0) {
            data += n;
            len -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
        } else {
            return false;
        }
    }
    return true;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(fd >= 0, "socket");
    must(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "connect");
    must(fcntl(fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
    return fd;
}

/* ---- answer, close ---- */

/*
 * How many heads end in what has come; the start of an unfinished one is held.
 * 0: none yet, or the end of the connection (then the end is closed).
 */
static size_t read_heads(struct end *e)
{
    size_t heads = 0, len = e->held;
    char *data = e->head != NULL ? e->head : room, *from = data, *blank;
    ssize_t n = read(e->fd, data + len, ROOM - len);

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            end_close(e);
        return 0;
    }
    len += (size_t)n;
    while ((blank = memmem(from, len, "\r\n\r\n", 4)) != NULL) {
        heads++;
        len -= (size_t)(blank + 4 - from);
        from = blank + 4;
    }
    if (len > 0 && e->head == NULL) {
        e->head = malloc(ROOM);
        must(e->head != NULL, "malloc");
    }
    if (len > 0)
        memmove(e->head, from, len);
    e->held = len;
    return heads;
}

static void on_answer(struct end *e, uint32_t events)
{
    size_t heads = read_heads(e);

    (void)events;
    while (heads > 0) {
        size_t now = heads < COPIES ? heads : COPIES;

        if (!write_all(e->fd, answers, now * answer_len)) {
            end_close(e);
            return;
        }
        heads -= now;
    }
}

static void on_answer_close(struct end *e, uint32_t events)
{
    (void)events;
    if (read_heads(e) > 0) {
        write_all(e->fd, answers, answer_len);
        end_close(e);
    }
}

static void make_answers(unsigned status, size_t octets, bool kept)
{
    int head;

    answers = malloc(COPIES * (octets + 256));
    must(answers != NULL, "malloc");
    head = sprintf(answers,
                   "HTTP/1.1 %u Because\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n"
                   "Content-Type: text/plain\r\nContent-Length: %zu\r\n%s\r\n",
                   status, octets, kept ? "" : "Connection: close\r\n");
    memset(answers + head, 'n', octets);
    answer_len = (size_t)head + octets;
    for (size_t i = 1; i < COPIES; i++)
        memcpy(answers + i * answer_len, answers, answer_len);
}

/* ---- relay ---- */

static void on_relay_new(struct end *e)
{
    struct end *up = end_new(connect_to(relay_port), EPOLLIN);

    e->other = up;
    up->other = e;
}

static void on_relay(struct end *e, uint32_t events)
{
    ssize_t n = read(e->fd, room, ROOM);

    (void)events;
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || !write_all(e->other->fd, room, (size_t)n))
        end_close(e);
}

/* ---- tunnel ---- */

static void end_give_pipe(struct end *e, struct end *other)
{
    must(pipe2(e->pipe, O_NONBLOCK) == 0, "pipe2");
    (void)fcntl(e->pipe[0], F_SETPIPE_SZ, MOVE); /* less is only slower */
    e->other = other;
}

static void open_tunnel(struct end *e, const char *head)
{
    static const char granted[] = "HTTP/1.1 200 Granted\r\n\r\n";
    const char *colon = strchr(head, ':');
    struct end *up = end_new(connect_to((uint16_t)atoi(colon ? colon + 1 : "0")), EPOLLIN);

    end_give_pipe(e, up);
    end_give_pipe(up, e);
    write_all(e->fd, granted, sizeof(granted) - 1);
}

/* Moves what `e` has to its other end; false at the end of either. */
static bool pump(struct end *e)
{
    ssize_t n;

    if (e->in_pipe == 0) {
        n = splice(e->fd, NULL, e->pipe[1], NULL, MOVE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n <= 0)
            return n < 0 && errno == EAGAIN;
        e->in_pipe = (size_t)n;
    }
    n = splice(e->pipe[0], NULL, e->other->fd, NULL, e->in_pipe,
               SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n <= 0)
        return n < 0 && errno == EAGAIN;
    e->in_pipe -= (size_t)n;
    return true;
}

/* An end is read while nothing of it waits, and written while something waits for it. */
static uint32_t tunnel_events(const struct end *e)
{
    return (e->in_pipe == 0 ? (uint32_t)EPOLLIN : 0) |
           (e->other->in_pipe > 0 ? (uint32_t)EPOLLOUT : 0);
}

static void on_tunnel(struct end *e, uint32_t events)
{
    if (e->other == NULL) {
        ssize_t n = read(e->fd, room, ROOM - 1);

        room[n > 0 ? n : 0] = '\0';
        if (n <= 0)
            end_close(e);
        else
            open_tunnel(e, room);
        return;
    }
    if (((events & ~(uint32_t)EPOLLOUT) && !pump(e)) ||
        ((events & EPOLLOUT) && e->other->in_pipe > 0 && !pump(e->other))) {
        end_close(e);
        return;
    }
    end_want(e, tunnel_events(e));
    end_want(e->other, tunnel_events(e->other));
}

/* ---- source ---- */

static void take_order(struct end *e)
{
    static const char granted[] = "HTTP/1.1 200 Granted\r\n\r\n";
    ssize_t n = read(e->fd, room, ROOM - 1);

    room[n > 0 ? n : 0] = '\0';
    if (n <= 0)
        end_close(e);
    else if (strncmp(room, "CONNECT ", 8) == 0)
        write_all(e->fd, granted, sizeof(granted) - 1);
    else
        e->owed = strtoull(room + strlen("GET /"), NULL, 10);
}

static void on_source(struct end *e, uint32_t events)
{
    if (events & EPOLLIN)
        take_order(e);
    if (e->is_dead || e->owed == 0)
        return;
    ssize_t n = write(e->fd, room, e->owed < MOVE ? e->owed : MOVE);
    if (n > 0)
        e->owed -= (size_t)n;
    if (e->owed == 0 || (n < 0 && errno != EAGAIN))
        end_close(e);
    else
        end_want(e, EPOLLIN | EPOLLOUT);
}

/* ---- the loop ---- */

static const struct mode modes[] = {
    {"answer", 2, NULL, on_answer},       {"close", 2, NULL, on_answer_close},
    {"relay", 1, on_relay_new, on_relay}, {"tunnel", 0, NULL, on_tunnel},
    {"source", 0, NULL, on_source},
};

static const struct mode *mode_find(const char *name, int n_args)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i].name, name) == 0 && modes[i].n_args == n_args)
            return &modes[i];
    return NULL;
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0, "bind");
    must(listen(fd, 4096) == 0, "listen");
    must(getsockname(fd, (struct sockaddr *)&at, &len) == 0, "getsockname");
    printf("%u\n", ntohs(at.sin_port));
    fflush(stdout);
    return fd;
}

static void accept_all(int listener)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct end *e = end_new(fd, EPOLLIN);

        if (mode->on_new != NULL)
            mode->on_new(e);
    }
}

static void loop_forever(struct end *listener)
{
    struct epoll_event ready[256];

    for (;;) {
        int n = epoll_wait(loop, ready, 256, -1);

        for (int i = 0; i < n; i++) {
            struct end *e = ready[i].data.ptr;

            if (e == listener)
                accept_all(listener->fd);
            else if (!e->is_dead)
                mode->on_event(e, ready[i].events);
        }
        free_dead();
    }
}

static void usage(void)
{
    fputs("usage: limit PORT answer|close STATUS OCTETS\n"
          "       limit PORT relay TO\n"
          "       limit PORT tunnel|source\n",
          stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    struct end listener = {0};

    mode = argc > 2 ? mode_find(argv[2], argc - 3) : NULL;
    if (mode == NULL)
        usage();
    if (mode->n_args == 2)
        make_answers((unsigned)atoi(argv[3]), strtoul(argv[4], NULL, 10),
                     mode->on_event == on_answer);
    else if (mode->n_args == 1)
        relay_port = (uint16_t)atoi(argv[3]);
    signal(SIGPIPE, SIG_IGN);
    loop = epoll_create1(0);
    listener.fd = listen_on((uint16_t)atoi(argv[1]));
    must(epoll_ctl(loop, EPOLL_CTL_ADD, listener.fd,
                   &(struct epoll_event){EPOLLIN, {.ptr = &listener}}) == 0,
         "epoll_ctl");
    loop_forever(&listener);
}
