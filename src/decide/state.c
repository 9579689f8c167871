/* SPDX-License-Identifier: MIT */
/* What a run remembers: counts, named states, variables. */
#include "state.h"

struct tally_of *keyed_tally(struct keyed *k, uint32_t rule)
{
    uint32_t low = 0, high = k->n_tallies;

    while (low < high) { /* sorted by rule */
        uint32_t middle = (low + high) / 2;
        if (k->tallies[middle].rule < rule)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < k->n_tallies && k->tallies[low].rule == rule)
        return &k->tallies[low];
    if (k->n_tallies == k->cap_tallies) {
        uint32_t cap = k->cap_tallies == 0 ? 4 : k->cap_tallies * 2;
        struct tally_of *more = mem_resize(k->tallies, cap * sizeof(*more));
        if (more == NULL)
            return NULL;
        k->tallies = more;
        k->cap_tallies = cap;
    }
    memmove(&k->tallies[low + 1], &k->tallies[low],
            (k->n_tallies - low) * sizeof(*k->tallies));
    k->tallies[low] = (struct tally_of){.rule = rule};
    k->n_tallies++;
    return &k->tallies[low];
}

static struct variable *find_variable(const struct keyed *k, struct slice name)
{
    struct variable *v = k->variables;

    while (v != NULL && !slice_is(slice_of(v->name), name))
        v = v->next;
    return v;
}

struct slice keyed_get(const struct keyed *k, struct slice name)
{
    const struct variable *v = find_variable(k, name);

    return v == NULL ? NO_SLICE : slice_of(v->value);
}

bool keyed_set(struct keyed *k, struct slice name, struct slice value)
{
    struct variable *v = find_variable(k, name);
    char *copy;

    if (value.len > MOST_VALUE)
        value.len = MOST_VALUE;
    copy = mem_copy_text(value);

    if (copy == NULL)
        return false;
    if (v == NULL) {
        v = k->n_variables == MOST_VARIABLES ? NULL : mem_zero(sizeof(*v));
        char *own_name = v == NULL ? NULL : mem_copy_text(name);
        if (own_name == NULL) {
            mem_free(v);
            mem_free(copy);
            return false;
        }
        v->name = own_name;
        v->next = k->variables;
        k->variables = v;
        k->n_variables++;
    }
    mem_free(v->value);
    v->value = copy;
    return true;
}

static void clear_keyed(void *thing)
{
    struct keyed *k = thing;

    while (k->variables != NULL) {
        struct variable *v = k->variables;
        k->variables = v->next;
        mem_free(v->name);
        mem_free(v->value);
        mem_free(v);
    }
    mem_free(k->tallies);
}

/* ---- runs ---- */

bool run_init(struct run *r, const struct scenario *s, uint64_t seed)
{
    *r = (struct run){.scenario = s, .seed = seed};
    r->root = chance_of_text(seed, s->name);
    auth_state_init(&r->auth);
    r->matches = mem_zero((s->n_rules + 1u) * sizeof(*r->matches));
    r->keyed = drawer_new(RUN_KEYS, sizeof(struct keyed), r->root, clear_keyed);
    if (s->session.cookie.len > 0)
        r->sessions = drawer_new(RUN_SESSIONS, sizeof(struct visitor), r->root, NULL);
    if (r->matches != NULL && r->keyed != NULL &&
        (r->sessions != NULL || s->session.cookie.len == 0))
        return true;
    run_clear(r);
    return false;
}

void run_clear(struct run *r)
{
    mem_free(r->matches);
    drawer_free(r->keyed);
    drawer_free(r->sessions);
    auth_state_clear(&r->auth);
    *r = (struct run){0};
}
