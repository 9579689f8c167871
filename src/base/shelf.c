/* SPDX-License-Identifier: MIT */
/* Kept blocks form one chain per class, last in first out: the warmest goes first. */
#include "naysay/base.h"

#include "poison.h"

#define LARGEST ((size_t)SHELF_SMALLEST << (SHELF_CLASSES - 1))
#define KEPT_PER_CLASS                                                 \
    ((size_t)4 << 20) /* octets; a burst's memory is not kept for ever \
                       */

struct kept {
    struct kept *next;
};

/* The smallest class that holds `want`, which is not over LARGEST. */
static unsigned class_of(size_t want)
{
    if (want <= SHELF_SMALLEST)
        return 0;
    return (unsigned)(64 - __builtin_clzll((want - 1) / SHELF_SMALLEST));
}

static size_t class_size(unsigned k)
{
    return (size_t)SHELF_SMALLEST << k;
}

static void *take_kept(struct shelf *s, unsigned k)
{
    struct kept *top = s->top[k];

    unpoison(top, class_size(k));
    s->top[k] = top->next;
    s->kept[k]--;
    return top;
}

void *shelf_take(struct shelf *s, size_t want, size_t *got)
{
    unsigned k;

    if (want > LARGEST) {
        *got = want;
        return mem_alloc(want);
    }
    k = class_of(want);
    *got = class_size(k);
    return s != NULL && s->kept[k] > 0 ? take_kept(s, k) : mem_alloc(*got);
}

void shelf_give(struct shelf *s, void *block, size_t got)
{
    struct kept *top = block;
    unsigned k;

    if (block == NULL)
        return;
    if (s == NULL || got > LARGEST) {
        mem_free(block);
        return;
    }
    k = class_of(got);
    assert(got == class_size(k));
    if (s->kept[k] >= KEPT_PER_CLASS / got) {
        mem_free(block);
        return;
    }
    top->next = s->top[k];
    s->top[k] = top;
    s->kept[k]++;
    poison(top, got);
}

void shelf_clear(struct shelf *s)
{
    for (unsigned k = 0; k < SHELF_CLASSES; k++)
        while (s->kept[k] > 0)
            mem_free(take_kept(s, k));
}
