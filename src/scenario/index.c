/* SPDX-License-Identifier: MIT */
/*
 * Rules by path, so that ten thousand are found about as fast as ten.
 *
 *   a trie of segments; a whole segment "*" or "{name}" is a branch of its own, that every
 *   segment may take. A rule hangs where its path ends, or before its first segment that
 *   is neither that nor literal, for the glob to judge: "/api/{id}/x" hangs at "x",
 *   "/api/v*" at "api".
 *
 * A path collects the rules of every branch it passes, few as a rule; they are visited in
 * the order of the file by merging the branches' sorted lists.
 */
#include "naysay/scenario.h"

struct numbers { /* of rules, ascending */
    uint32_t *at;
    uint32_t n, cap;
};

struct branch {
    struct slice segment;
    struct branch **children; /* by hash of their segment, open addressing */
    uint32_t n_children, n_slots;
    struct branch *any;   /* where a segment is "*" or "{name}"; NULL: nowhere */
    struct numbers exact; /* rules whose path ends here */
    struct numbers below; /* those that go on in a way that only the glob knows */
};

struct rule_index {
    const struct rule *rules;
    uint32_t n;
    struct branch top;
};

#define DEEPEST 64u  /* segments that are looked at one by one */
#define LISTS   128u /* that are merged; where a path passes more, all rules are tried */

/* ---- branches ---- */

/* FNV-1a: the keys are the author's, a client's only look. */
static uint32_t hash_of(struct slice s)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.at[i]) * 16777619u;
    return h;
}

static struct branch **slot_of(const struct branch *b, struct slice segment)
{
    uint32_t i = hash_of(segment) & (b->n_slots - 1);

    while (b->children[i] != NULL && !slice_is(b->children[i]->segment, segment))
        i = (i + 1) & (b->n_slots - 1);
    return &b->children[i];
}

static const struct branch *child(const struct branch *b, struct slice segment)
{
    return b->n_slots == 0 ? NULL : *slot_of(b, segment);
}

static bool grow(struct arena *a, struct branch *b)
{
    struct branch was = *b;

    b->n_slots = was.n_slots == 0 ? 8 : was.n_slots * 2;
    b->children = arena_zero(a, b->n_slots * sizeof(*b->children));
    if (b->children == NULL)
        return false;
    for (uint32_t i = 0; i < was.n_slots; i++)
        if (was.children[i] != NULL)
            *slot_of(b, was.children[i]->segment) = was.children[i];
    return true;
}

static struct branch *make_child(struct arena *a, struct branch *b, struct slice segment)
{
    struct branch **slot;

    if (b->n_children * 2 >= b->n_slots && !grow(a, b))
        return NULL;
    slot = slot_of(b, segment);
    if (*slot != NULL)
        return *slot;
    *slot = arena_zero(a, sizeof(**slot));
    if (*slot == NULL)
        return NULL;
    (*slot)->segment = segment;
    b->n_children++;
    return *slot;
}

/* ---- building ---- */

static bool append(struct arena *a, struct numbers *to, uint32_t v)
{
    if (to->n == to->cap) {
        uint32_t more = to->cap == 0 ? 2 : to->cap * 2;
        uint32_t *grown = arena_alloc(a, more * sizeof(*grown));
        if (grown == NULL)
            return false;
        if (to->n > 0)
            memcpy(grown, to->at, to->n * sizeof(*grown));
        to->at = grown;
        to->cap = more;
    }
    to->at[to->n++] = v;
    return true;
}

static bool is_literal(struct slice segment)
{
    for (size_t i = 0; i < segment.len; i++)
        if (strchr("*{}\\", segment.at[i]) != NULL)
            return false;
    return true;
}

static bool is_any(struct slice segment)
{
    return slice_is(segment, SLICE("*")) ||
           (segment.len > 2 && segment.at[0] == '{' &&
            slice_find(segment, '}') == (ssize_t)segment.len - 1);
}

static struct branch *make_any(struct arena *a, struct branch *b)
{
    if (b->any == NULL)
        b->any = arena_zero(a, sizeof(*b->any));
    return b->any;
}

static bool add(struct arena *a, struct rule_index *x, uint32_t i)
{
    const struct rule *r = &x->rules[i];
    struct branch *b = &x->top;
    struct slice rest;

    if (r->path == NULL)
        return append(a, &b->below, i);
    rest = glob_text(r->path);
    slice_cut(&rest, '/'); /* every path begins with one */
    for (unsigned depth = 0; rest.at != NULL; depth++) {
        struct slice segment = slice_cut(&rest, '/');
        if (depth == DEEPEST || !(is_literal(segment) || is_any(segment)))
            return append(a, &b->below, i); /* the glob judges the rest */
        b = is_literal(segment) ? make_child(a, b, segment) : make_any(a, b);
        if (b == NULL)
            return false;
    }
    return append(a, &b->exact, i);
}

struct rule_index *rule_index_new(struct arena *a, const struct rule *rules, uint32_t n)
{
    struct rule_index *x = arena_zero(a, sizeof(*x));

    if (x == NULL)
        return NULL;
    x->rules = rules;
    x->n = n;
    for (uint32_t i = 0; i < n; i++)
        if (!add(a, x, i))
            return NULL;
    return x;
}

/* ---- finding ---- */

struct gathered {
    struct numbers lists[LISTS];
    uint32_t n;
    bool is_full;
};

static void gather(struct gathered *g, const struct numbers *list)
{
    if (list->n == 0)
        return;
    g->is_full |= g->n == LISTS;
    if (!g->is_full)
        g->lists[g->n++] = *list;
}

/* What hangs on the ways that the rest of a path may take. */
static void gather_from(const struct branch *b, struct slice rest, unsigned depth,
                        struct gathered *g)
{
    const struct branch *next;
    struct slice segment;

    gather(g, &b->below);
    if (rest.at == NULL) {
        gather(g, &b->exact);
        return;
    }
    if (depth == DEEPEST || g->is_full)
        return;
    segment = slice_cut(&rest, '/');
    next = child(b, segment);
    if (next != NULL)
        gather_from(next, rest, depth + 1, g);
    if (b->any != NULL)
        gather_from(b->any, rest, depth + 1, g);
}

/* CONNECT has no path: only rules without one can speak to it. */
static void gather_all(const struct rule_index *x, struct slice path, struct gathered *g)
{
    g->n = 0;
    g->is_full = false;
    if (path.len == 0 || path.at[0] != '/') {
        gather(g, &x->top.below);
        return;
    }
    slice_cut(&path, '/');
    gather_from(&x->top, path, 0, g);
}

static const struct rule *visit_each(const struct rule_index *x,
                                     bool (*visit)(void *arg, const struct rule *r),
                                     void *arg)
{
    for (uint32_t i = 0; i < x->n; i++)
        if (visit(arg, &x->rules[i]))
            return &x->rules[i];
    return NULL;
}

/* The list whose next rule comes first in the file, or NULL. */
static struct numbers *next_list(struct gathered *g)
{
    struct numbers *next = NULL;

    for (uint32_t i = 0; i < g->n; i++)
        if (g->lists[i].n > 0 && (next == NULL || *g->lists[i].at < *next->at))
            next = &g->lists[i];
    return next;
}

const struct rule *rule_index_find(const struct rule_index *x, struct slice path,
                                   bool (*visit)(void *arg, const struct rule *r),
                                   void *arg)
{
    struct gathered g; /* not zeroed: few of its lists are read */
    struct numbers *next;

    gather_all(x, path, &g);
    if (g.is_full)
        return visit_each(x, visit, arg);
    while ((next = next_list(&g)) != NULL) {
        const struct rule *r = &x->rules[*next->at++];
        next->n--;
        if (visit(arg, r))
            return r;
    }
    return NULL;
}
