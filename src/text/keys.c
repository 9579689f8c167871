/* SPDX-License-Identifier: MIT */
/* Documents into structs, by tables of keys. */
#include "scalar.h"

static const char *const kinds[] = {"a word", "a list", "a map"};

static bool is_nothing(const struct node *n)
{
    return n->kind == NODE_SCALAR && n->text.len == 0 && !n->is_quoted;
}

bool complain_kind(struct loader *l, const struct node *n, const char *what,
                   const char *wanted)
{
    if (is_nothing(n))
        return complain_at(l->why, n, "%s must be %s; nothing stands here", what, wanted);
    return complain_at(l->why, n, "%s must be %s, not %s", what, wanted, kinds[n->kind]);
}

/* ---- one key ---- */

static bool load_number(struct loader *l, const struct key *k, const struct node *value,
                        uint64_t *into)
{
    if (!take_scalar(l, k->type, value, k->name, into))
        return false;
    if (*into >= k->least && (k->most == 0 || *into <= k->most))
        return true;
    return complain_at(l->why, value, "%s must be %s, not %s", k->name,
                       shown_bounds(k).text, shown_of(value->text).text);
}

/* "a, b or c", as far as a line holds them; lives in `b`. */
static const char *say_choices(struct buf *b, const char *const *words, size_t n,
                               const char *last)
{
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++) {
        const char *between = i == 0 ? "" : i + 1 < n ? ", " : last;
        if (buf_len(b) > 600) {
            ok = buf_put(b, SLICE(" …"));
            break;
        }
        ok = buf_put(b, slice_of(between)) && buf_put(b, slice_of(words[i]));
    }
    ok = ok && buf_put(b, (struct slice){"", 1});
    return ok ? buf_head(b) : "something else";
}

static bool complain_choice(struct loader *l, const struct key *k, const struct node *value,
                            size_t n)
{
    const char *near = word_nearest(value->text, k->choices, n);
    struct buf all = {0};

    complain_at(l->why, value, "%s must be %s, not \"%s\"%s%s%s", k->name,
                say_choices(&all, k->choices, n, " or "), shown_of(value->text).text,
                near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                near == NULL ? "" : "\"?");
    buf_clear(&all);
    return false;
}

static bool load_choice(struct loader *l, const struct key *k, const struct node *value,
                        uint8_t *into)
{
    size_t n = 0;

    if (value->kind != NODE_SCALAR || is_nothing(value))
        return complain_kind(l, value, k->name, "one word");
    for (; k->choices[n] != NULL; n++)
        if (node_is(value, k->choices[n])) {
            *into = (uint8_t)n;
            return true;
        }
    return complain_choice(l, k, value, n);
}

static bool load_named(struct loader *l, const struct shape *s, const struct node *n,
                       struct slice name, void *into);

static bool check_items(struct loader *l, const struct key *k, const struct node *value,
                        uint32_t n)
{
    struct key bounded = *k;

    if (bounded.most == 0)
        bounded.most = KEY_ITEMS;
    if (n >= bounded.least && n <= bounded.most)
        return true;
    return complain_at(l->why, value, "%s must have %s %s, not %u", k->name,
                       shown_bounds(&bounded).text, k->type == KEY_LIST ? "items" : "names",
                       n);
}

/* A list of structs, or one alone; with names, the members of a map. */
static bool load_many(struct loader *l, const struct key *k, const struct node *value,
                      struct many *into)
{
    bool is_named = k->type == KEY_NAMED, ok = true;
    bool is_alone = !is_named && value->kind != NODE_LIST;
    uint32_t n = is_alone ? 1 : value->n;
    char *at;

    if (is_named && value->kind != NODE_MAP)
        return complain_kind(l, value, k->name, "a map from names to values");
    if (!check_items(l, k, value, n))
        return false;
    at = arena_alloc(l->arena, n * k->shape->size);
    if (at == NULL)
        return complain_at(l->why, value, "out of memory");
    *into = (struct many){at, n};
    if (is_alone)
        return shape_load(l, k->shape, value, at);
    for (const struct node *item = value->first; item != NULL; item = item->next) {
        ok &= load_named(l, k->shape, item, is_named ? item->key->text : NO_SLICE, at);
        at += k->shape->size;
    }
    return ok;
}

bool key_load(struct loader *l, const struct key *k, const struct node *value, void *into)
{
    char *at = (char *)into + k->at;

    if (k->take != NULL)
        return k->take(l, value, into);
    switch (k->type) {
    case KEY_COUNT:
    case KEY_DURATION:
    case KEY_SIZE:
    case KEY_RATE:
        return load_number(l, k, value, (uint64_t *)(void *)at);
    case KEY_FLAG:
    case KEY_CHANCE:
    case KEY_TEXT:
        return take_scalar(l, k->type, value, k->name, at);
    case KEY_CHOICE:
        return load_choice(l, k, value, (uint8_t *)at);
    case KEY_SHAPE:
        return shape_load(l, k->shape, value, at);
    case KEY_LIST:
    case KEY_NAMED:
        return load_many(l, k, value, (struct many *)(void *)at);
    case KEY_OWN:
        break;
    }
    assert(!"a key of its own form has a taker");
    return false;
}

/* ---- a whole shape ---- */

static const struct key *find_key(const struct shape *s, const struct node *name)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (node_is(name, s->keys[i].name) ||
            (s->keys[i].also != NULL && node_is(name, s->keys[i].also)))
            return &s->keys[i];
    return NULL;
}

#define MOST_KEYS 128u

/* The shapes around the one that is loaded, from the inmost out. */
struct loading {
    const struct shape *shape;
    const struct loading *outer;
};

static const struct key *find_below(const struct shape *s, const struct node *name)
{
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].shape != NULL && s->keys[i].type != KEY_NAMED &&
            find_key(s->keys[i].shape, name) != NULL)
            return &s->keys[i];
    return NULL;
}

static const struct shape *find_around(const struct loader *l, const struct shape *s,
                                       const struct node *name)
{
    for (const struct loading *g = l->loading; g != NULL; g = g->outer)
        if (g->shape != s && find_key(g->shape, name) != NULL)
            return g->shape;
    return NULL;
}

/* Every spelling of every key. */
static size_t spellings(const struct shape *s, const char **names)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n_keys; i++)
        names[n++] = s->keys[i].name;
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].also != NULL)
            names[n++] = s->keys[i].also;
    return n;
}

/*
 * A slip of a finger, a key at the wrong depth, a word of some likeness; or else all that
 * there is.
 */
static bool complain_unknown(struct loader *l, const struct shape *s,
                             const struct node *name)
{
    const char *names[2 * MOST_KEYS];
    size_t n = spellings(s, names);
    const char *near = word_nearest(name->text, names, n);
    struct shown word = shown_of(name->text);
    const struct key *below = find_below(s, name);
    const struct shape *around = find_around(l, s, name);
    struct buf all = {0};

    if (near != NULL && ((below == NULL && around == NULL) ||
                         word_distance(name->text, slice_of(near), 1) <= 1))
        return complain_at(l->why, name, "unknown key \"%s\"; did you mean \"%s\"?",
                           word.text, near);
    if (below != NULL)
        return complain_at(l->why, name, "\"%s\" is no key of %s: it goes below \"%s\"",
                           word.text, s->name, below->name);
    if (around != NULL)
        return complain_at(l->why, name,
                           "\"%s\" is a key of %s, not of %s: mind the indentation",
                           word.text, around->name, s->name);
    complain_at(l->why, name, "unknown key \"%s\"; %s takes %s", word.text, s->name,
                say_choices(&all, names, s->n_keys, " and "));
    buf_clear(&all);
    return false;
}

static bool complain_twice(struct loader *l, const struct key *k, const struct node *first,
                           const struct node *value)
{
    if (slice_is(first->key->text, value->key->text))
        return false; /* complained of when the document was read */
    return complain_at(l->why, value->key,
                       "\"%s\" and \"%s\" are the same key, and line %u has it already",
                       k->name, k->also, first->key->line);
}

static bool check_needed(struct loader *l, const struct shape *s, const struct node *map,
                         const struct node *const *seen)
{
    bool ok = true;

    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].is_needed && seen[i] == NULL)
            ok = complain_at(l->why, map, "%s needs \"%s\": %s", s->name, s->keys[i].name,
                             s->keys[i].help);
    return ok;
}

static bool load_map(struct loader *l, const struct shape *s, const struct node *map,
                     void *into)
{
    const struct node *seen[MOST_KEYS] = {NULL};
    struct loading here = {s, l->loading};
    bool ok = true;

    assert(s->n_keys <= MOST_KEYS);
    l->loading = &here;
    for (const struct node *m = map->first; m != NULL; m = m->next) {
        const struct key *k = find_key(s, m->key);
        if (k == NULL && s->take_other != NULL)
            ok &= s->take_other(l, m, into);
        else if (k == NULL)
            ok &= complain_unknown(l, s, m->key);
        else if (seen[k - s->keys] != NULL)
            ok &= complain_twice(l, k, seen[k - s->keys], m);
        else {
            seen[k - s->keys] = m;
            ok &= key_load(l, k, m, into);
        }
    }
    l->loading = here.outer;
    return check_needed(l, s, map, seen) && ok;
}

/* What it is called is what the writer sees: the key before it. */
static bool complain_form(struct loader *l, const struct shape *s, const struct node *n)
{
    bool has_map = s->n_keys > 0 || s->take_other != NULL;
    const char *forms[3], *wanted;
    struct buf all = {0};
    size_t n_forms = 0;

    if (s->take_short != NULL && s->short_form != NULL)
        forms[n_forms++] = s->short_form;
    if (has_map)
        forms[n_forms++] = "a map of keys";
    if (s->take_list != NULL)
        forms[n_forms++] = "a list";
    wanted = say_choices(&all, forms, n_forms, " or ");
    complain_kind(l, n, n->key == NULL ? s->name : shown_of(n->key->text).text, wanted);
    buf_clear(&all);
    return false;
}

static bool load_whole(struct loader *l, const struct shape *s, const struct node *n,
                       void *into)
{
    if (n->kind == NODE_MAP && (s->n_keys > 0 || s->take_other != NULL))
        return load_map(l, s, n, into);
    if (n->kind == NODE_LIST && s->take_list != NULL)
        return s->take_list(l, n, into);
    if (n->kind == NODE_SCALAR && s->take_short != NULL && !is_nothing(n))
        return s->take_short(l, n, into);
    return complain_form(l, s, n);
}

static bool load_named(struct loader *l, const struct shape *s, const struct node *n,
                       struct slice name, void *into)
{
    bool ok;

    memset(into, 0, s->size);
    if (name.at != NULL)
        *(struct slice *)into = name;
    if (s->prepare != NULL)
        s->prepare(l, n, into);
    ok = load_whole(l, s, n, into);
    if (ok && s->check != NULL)
        ok = s->check(l, n, into);
    return ok;
}

bool shape_load(struct loader *l, const struct shape *s, const struct node *n, void *into)
{
    return load_named(l, s, n, NO_SLICE, into);
}
