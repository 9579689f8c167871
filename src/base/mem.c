/* SPDX-License-Identifier: MIT */
/*
 * Two counters tell everything: asks (also those that fail) and returns (also of
 * what failed, and of the old block of a resize). What lives is the difference.
 * Relaxed atomics keep them exact when several workers run.
 */
#include "naysay/base.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint_fast64_t asks, returns;
static atomic_bool fails; /* is any of the rest in use? */
static uint64_t fail_from, fail_nth;
static bool fail_each;

void mem_fail(uint64_t nth, bool each)
{
    fail_from = mem_count();
    fail_nth = nth;
    fail_each = each;
    atomic_store(&fails, nth != 0);
}

uint64_t mem_count(void)
{
    return atomic_load_explicit(&asks, memory_order_relaxed);
}

uint64_t mem_live(void)
{
    return mem_count() - atomic_load_explicit(&returns, memory_order_relaxed);
}

static void count_return(void)
{
    atomic_fetch_add_explicit(&returns, 1, memory_order_relaxed);
}

/* Counts the ask; true when it is one that shall fail. */
static inline bool count_ask(void)
{
    uint64_t n = atomic_fetch_add_explicit(&asks, 1, memory_order_relaxed) + 1;

    if (__builtin_expect(!atomic_load_explicit(&fails, memory_order_relaxed), 1))
        return false;
    n -= fail_from;
    return fail_each ? n % fail_nth == 0 : n == fail_nth;
}

static void *counted(void *p)
{
    if (p == NULL)
        count_return();
    return p;
}

/* malloc(0) may be NULL, which here means that memory ran out. */
static size_t at_least_one(size_t n)
{
    return n == 0 ? 1 : n;
}

void *mem_alloc(size_t n)
{
    return counted(count_ask() ? NULL : malloc(at_least_one(n)));
}

void *mem_zero(size_t n)
{
    return counted(count_ask() ? NULL : calloc(1, at_least_one(n)));
}

void *mem_resize(void *p, size_t n)
{
    void *moved = counted(count_ask() ? NULL : realloc(p, at_least_one(n)));

    if (moved != NULL && p != NULL)
        count_return(); /* the old block */
    return moved;
}

void mem_free(void *p)
{
    if (p == NULL)
        return;
    count_return();
    free(p);
}

char *mem_copy_text(struct slice s)
{
    char *text = s.len == SIZE_MAX ? NULL : mem_alloc(s.len + 1);

    if (text == NULL)
        return NULL;
    if (s.len > 0)
        memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    return text;
}

void *mem_must(void *p)
{
    if (p == NULL) {
        fputs("naysay: not enough memory to start\n", stderr);
        exit(2);
    }
    return p;
}
