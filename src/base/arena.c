/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <stdarg.h>

#include "poison.h"

#define ALIGN       16u
#define CHUNK       SHELF_SMALLEST
#define LARGE       (CHUNK / 4) /* such an ask that does not fit gets a chunk of its own */
#define ROUND_UP(n) (((n) + ALIGN - 1) & ~(size_t)(ALIGN - 1))

struct arena_chunk {
    struct arena_chunk *next;
    size_t got;
};

struct arena_ending {
    struct arena_ending *next;
    void (*give_back)(void *owner);
    void *owner;
};

_Static_assert(sizeof(struct arena_chunk) % ALIGN == 0, "what follows a chunk is aligned");

void arena_init(struct arena *a, struct shelf *shelf)
{
    *a = (struct arena){.shelf = shelf};
}

/* A chunk with room for n octets; what stands behind its head is nobody's yet. */
static char *add_chunk(struct arena *a, size_t n)
{
    size_t got;
    struct arena_chunk *c;

    if (n > SIZE_MAX - sizeof(*c))
        return NULL;
    c = shelf_take(a->shelf, sizeof(*c) + n, &got);
    if (c == NULL)
        return NULL;
    c->next = a->chunks;
    c->got = got;
    a->chunks = c;
    poison(c + 1, got - sizeof(*c));
    return (char *)(c + 1);
}

static void *alloc_from_new(struct arena *a, size_t n)
{
    char *p = add_chunk(a, n > LARGE ? n : CHUNK - sizeof(struct arena_chunk));

    if (p == NULL)
        return NULL;
    unpoison(p, n);
    if (n <= LARGE) {
        a->at = p + ROUND_UP(n);
        a->end = p + CHUNK - sizeof(struct arena_chunk);
    }
    return p;
}

/* The room is a multiple of ALIGN, so what fits also fits rounded up. */
void *arena_alloc(struct arena *a, size_t n)
{
    char *p = a->at;

    n += n == 0;
    if (n > (size_t)(a->end - p))
        return alloc_from_new(a, n);
    a->at = p + ROUND_UP(n);
    unpoison(p, n);
    return p;
}

void *arena_zero(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);

    return p == NULL ? NULL : memset(p, 0, n);
}

struct slice arena_copy(struct arena *a, struct slice s)
{
    char *p;

    if (s.len == 0)
        return SLICE("");
    p = arena_alloc(a, s.len);
    if (p == NULL)
        return NO_SLICE;
    memcpy(p, s.at, s.len);
    return (struct slice){p, s.len};
}

/* Prints into `text`; when that was too short, once more into the arena. */
static struct slice print(struct arena *a, char *text, size_t room, const char *format,
                          va_list args)
{
    va_list again;
    char *p;
    int n;

    va_copy(again, args);
    n = vsnprintf(text, room, format, again);
    va_end(again);
    if (n < 0)
        return NO_SLICE;
    if ((size_t)n < room)
        return arena_copy(a, (struct slice){text, (size_t)n});
    p = arena_alloc(a, (size_t)n + 1);
    if (p == NULL)
        return NO_SLICE;
    vsnprintf(p, (size_t)n + 1, format, args);
    return (struct slice){p, (size_t)n};
}

struct slice arena_printf(struct arena *a, const char *format, ...)
{
    char text[256];
    struct slice s;
    va_list args;

    va_start(args, format);
    s = print(a, text, sizeof(text), format, args);
    va_end(args);
    return s;
}

bool arena_at_clear(struct arena *a, void (*give_back)(void *owner), void *owner)
{
    struct arena_ending *e = arena_alloc(a, sizeof(*e));

    if (e == NULL)
        return false;
    *e = (struct arena_ending){a->endings, give_back, owner};
    a->endings = e;
    return true;
}

void arena_clear(struct arena *a)
{
    struct arena_chunk *c, *next;

    for (struct arena_ending *e = a->endings; e != NULL; e = e->next)
        e->give_back(e->owner);
    for (c = a->chunks; c != NULL; c = next) {
        next = c->next;
        unpoison(c, c->got);
        shelf_give(a->shelf, c, c->got);
    }
    arena_init(a, a->shelf);
}
