/* SPDX-License-Identifier: MIT */
/* Texts into scenarios: documents, what they include, and what is checked at the end. */
#include "keys.h"

void book_init(struct book *b)
{
    *b = (struct book){0};
    arena_init(&b->arena, NULL);
    complaints_init(&b->why, &b->arena);
}

void book_clear(struct book *b)
{
    arena_clear(&b->arena);
    mem_free(b->scenarios);
    *b = (struct book){0};
}

static bool add(struct book *b, struct scenario *s)
{
    if (b->n == b->cap) {
        uint32_t cap = b->cap == 0 ? 16 : b->cap * 2;
        struct scenario **more = mem_resize(b->scenarios, cap * sizeof(*more));
        if (more == NULL)
            return complain_at(&b->why, NULL, "out of memory");
        b->scenarios = more;
        b->cap = cap;
    }
    b->scenarios[b->n++] = s;
    return true;
}

/* ---- include ---- */

static bool include_all(struct loader *l, const struct node *from);

static bool is_open(const struct loading *g, struct slice name)
{
    for (uint32_t i = 0; i < g->n_including; i++)
        if (slice_is(g->including[i], name))
            return true;
    return false;
}

static bool include_source(struct loader *l, const struct node *n,
                           const struct source *source)
{
    struct loading *g = loading_of(l);
    struct node *docs = doc_parse(l->arena, source, l->why);

    if (docs == NULL)
        return false;
    if (docs->n != 1)
        return complain_at(l->why, n, "%.*s must hold one document, not %u",
                           SLICE_ARGS(source->name), docs->n);
    return included_load(l, docs->first, g->scenario) && include_all(l, docs->first);
}

#define MOST_INCLUDED 1000u /* each may name many */

static bool include_one(struct loader *l, const struct node *n)
{
    struct loading *g = loading_of(l);
    struct source *source = loader_new(l, n, sizeof(*source));
    struct complaint why = {{0}};
    bool ok;

    if (source == NULL)
        return false;
    if (n->kind != NODE_SCALAR || n->text.len == 0)
        return complain_kind(l, n, "include", "a path or a list of paths");
    if (g->files == NULL)
        return complain_at(l->why, n,
                           "files cannot be named here; say the rules themselves");
    if (g->n_included == MOST_INCLUDED)
        return complain_at(l->why, n, "more than %u files are included", MOST_INCLUDED);
    g->n_included++;
    if (!g->files->read(g->files->arg, n->source->name, n->text, l->arena, source, &why))
        return complain_at(l->why, n, "%s", why.text);
    if (is_open(g, source->name))
        return complain_at(l->why, n, "%.*s includes itself in the end",
                           SLICE_ARGS(source->name));
    if (g->n_including == COUNT(g->including))
        return complain_at(l->why, n, "included %zu files deep: that is too deep",
                           COUNT(g->including));
    g->including[g->n_including++] = source->name;
    ok = include_source(l, n, source);
    g->n_including--;
    return ok;
}

/* The files that a document names. Depth is bounded by the list of open ones. */
static bool include_all(struct loader *l, const struct node *from)
{
    const struct node *n = node_find(from, "include");
    bool ok = true;

    if (n == NULL)
        return true;
    if (n->kind != NODE_LIST)
        return include_one(l, n);
    for (const struct node *m = n->first; m != NULL; m = m->next)
        ok &= include_one(l, m);
    return ok;
}

/* ---- scenarios ---- */

static bool settle(struct loader *l, struct scenario *s)
{
    for (uint32_t i = 0; i < s->n_rules; i++) {
        struct rule *r = &s->rules[i];
        r->index = i + 1;
        if (!r->is_named)
            r->name = arena_printf(l->arena, "rule-%u", r->index);
        if (r->name.at == NULL)
            return complain_at(l->why, r->node, "out of memory");
    }
    s->index = rule_index_new(l->arena, s->rules, s->n_rules);
    return s->index != NULL || complain_at(l->why, s->node, "out of memory");
}

static bool load_scenario(struct loader *l, const struct node *doc)
{
    struct loading *g = loading_of(l);
    struct scenario *s = loader_new(l, doc, sizeof(*s));
    bool ok;

    if (s == NULL)
        return false;
    g->n_including = g->n_included = 0;
    g->has_claims = false;
    g->including[g->n_including++] = doc->source->name;
    ok = shape_load(l, &shape_scenario, doc, s);
    if (doc->kind == NODE_MAP)
        ok &= include_all(l, doc);
    ok &= settle(l, s);
    if (ok)
        check_rules(l, s);
    else if (g->has_claims && s->n_rules > 0)
        check_claims(l, s);
    return ok && add(g->book, s);
}

/* There to be included by others: it has what those may have, and no title. */
static bool is_shared(const struct node *doc)
{
    if (doc->kind != NODE_MAP)
        return false;
    for (const struct node *m = doc->first; m != NULL; m = m->next)
        if (!node_is(m->key, "rules") && !node_is(m->key, "include") &&
            !node_is(m->key, "about"))
            return false;
    return true;
}

bool book_load(struct book *b, const struct source *source, const struct files *files)
{
    struct loading g = {.book = b, .files = files};
    struct loader l = {.arena = &b->arena, .why = &b->why, .owner = &g};
    uint32_t errors = b->why.errors;
    struct source *kept = arena_alloc(&b->arena, sizeof(*kept));
    struct node *docs;

    if (kept == NULL)
        return complain_at(&b->why, NULL, "out of memory");
    *kept = *source; /* places point to it */
    docs = doc_parse(&b->arena, kept, &b->why);
    if (docs != NULL && docs->n == 0)
        complain_at(&b->why, docs, "there is no scenario in it");
    for (const struct node *doc = docs == NULL ? NULL : docs->first; doc != NULL;
         doc = doc->next)
        if (files == NULL || !files->skips_shared || !is_shared(doc))
            load_scenario(&l, doc);
    return b->why.errors == errors;
}

/* ---- from the command line ---- */

struct scenario *book_add_statuses(struct book *b, const char *const *statuses, size_t n,
                                   struct complaint *why)
{
    struct scenario *s = mem_must(arena_zero(&b->arena, sizeof(*s)));
    struct rule *r = mem_must(arena_zero(&b->arena, sizeof(*r)));

    r->replies = mem_must(arena_zero(&b->arena, (n + 1) * sizeof(*r->replies)));
    for (size_t i = 0; i < n; i++) {
        if (!answer_parse(slice_of(statuses[i]), &r->replies[i].answer, why))
            return NULL;
        r->replies[i].is_constant = true;
        r->replies[i].weight = 1;
    }
    r->n_replies = (uint32_t)n;
    r->index = 1;
    r->name = SLICE("always");
    r->text = SLICE("any **");
    s->rules = r;
    s->n_rules = n > 0;
    s->first_state = SLICE("start");
    s->index = mem_must(rule_index_new(&b->arena, s->rules, s->n_rules));
    mem_must(add(b, s) ? s : NULL);
    return s;
}
