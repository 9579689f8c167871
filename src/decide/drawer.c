/* SPDX-License-Identifier: MIT */
/* Things by name, with a bound. */
#include "state.h"

#define SLOTS 1024u

struct drawer *drawer_new(uint32_t most, size_t size, uint64_t seed,
                          void (*clear)(void *thing))
{
    struct drawer *d = mem_zero(sizeof(*d));

    if (d == NULL)
        return NULL;
    d->slots = mem_zero(SLOTS * sizeof(*d->slots));
    if (d->slots == NULL) {
        mem_free(d);
        return NULL;
    }
    d->n_slots = SLOTS;
    d->most = most;
    d->size = size;
    d->seed = seed;
    d->clear = clear;
    return d;
}

static struct thing **slot_of(struct drawer *d, uint64_t hash)
{
    return &d->slots[hash & (d->n_slots - 1)];
}

/* ---- by age ---- */

static void unlink_age(struct drawer *d, struct thing *t)
{
    *(t->newer == NULL ? &d->newest : &t->newer->older) = t->older;
    *(t->older == NULL ? &d->oldest : &t->older->newer) = t->newer;
    t->newer = t->older = NULL;
}

static void link_newest(struct drawer *d, struct thing *t)
{
    t->older = d->newest;
    *(d->newest == NULL ? &d->oldest : &d->newest->newer) = t;
    d->newest = t;
}

/* ---- by name ---- */

void *drawer_find(struct drawer *d, struct slice name)
{
    uint64_t hash = chance_of_text(d->seed, name);
    struct thing *t = *slot_of(d, hash);

    while (t != NULL && (t->hash != hash || !slice_is(t->name, name)))
        t = t->next_in_slot;
    if (t != NULL && d->newest != t) {
        unlink_age(d, t);
        link_newest(d, t);
    }
    return t;
}

void drawer_drop(struct drawer *d, void *thing)
{
    struct thing *t = thing, **at = slot_of(d, t->hash);

    while (*at != t)
        at = &(*at)->next_in_slot;
    *at = t->next_in_slot;
    unlink_age(d, t);
    d->n--;
    if (d->clear != NULL)
        d->clear(t);
    mem_free((void *)(uintptr_t)t->name.at);
    mem_free(t);
}

void *drawer_make(struct drawer *d, struct slice name)
{
    struct thing *t = drawer_find(d, name);
    char *copy;

    if (t != NULL)
        return t;
    if (d->n == d->most)
        drawer_drop(d, d->oldest);
    t = mem_zero(d->size);
    copy = mem_copy_text(name);
    if (t == NULL || copy == NULL) {
        mem_free(t);
        mem_free(copy);
        return NULL;
    }
    t->name = (struct slice){copy, name.len};
    t->hash = chance_of_text(d->seed, name);
    t->next_in_slot = *slot_of(d, t->hash);
    *slot_of(d, t->hash) = t;
    link_newest(d, t);
    d->n++;
    return t;
}

void drawer_free(struct drawer *d)
{
    if (d == NULL)
        return;
    while (d->oldest != NULL)
        drawer_drop(d, d->oldest);
    mem_free(d->slots);
    mem_free(d);
}
