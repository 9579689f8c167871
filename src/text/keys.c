/* SPDX-License-Identifier: MIT */
/* Documents into structs, by tables of keys. */
#include <math.h>
#include <stdlib.h>

#include "naysay/text.h"

static const char *const kinds[] = {"a word", "a list", "a map"};

bool complain_kind(struct loader *l, const struct node *n, const char *what,
                   const char *wanted)
{
    bool is_empty = n->kind == NODE_SCALAR && n->text.len == 0 && !n->is_quoted;

    return complain_at(l->why, n, "%s must be %s, %s %s", what, wanted,
                       is_empty ? "and here is" : "not",
                       is_empty ? "nothing" : kinds[n->kind]);
}

/* ---- scalars ---- */

static bool parse_flag(const char *text, void *into)
{
    *(bool *)into = strcmp(text, "true") == 0;
    return *(bool *)into || strcmp(text, "false") == 0;
}

static bool parse_count(struct slice text, void *into)
{
    return slice_to_u64(text, into);
}

static bool parse_rate(struct slice text, void *into)
{
    if (text.len > 2 && text.at[text.len - 2] == '/' && text.at[text.len - 1] == 's')
        text.len -= 2;
    return unit_size(text, into) && *(uint64_t *)into > 0;
}

static bool parse_chance(const char *text, void *into)
{
    char *end;
    double value;

    if (strspn(text, "0123456789.") == 0)
        return false; /* no sign, no "inf", no hexadecimal */
    value = strtod(text, &end);
    if (strcmp(end, "%") == 0)
        value /= 100;
    else if (*end != '\0')
        return false;
    *(double *)into = value;
    return isfinite(value) && value >= 0 && value <= 1;
}

static bool parse_text(struct slice text, void *into)
{
    *(struct slice *)into = text;
    return true;
}

static bool parse_scalar(enum key_type type, struct slice text, void *into)
{
    switch (type) {
    case KEY_FLAG:
        return parse_flag(text.at, into);
    case KEY_COUNT:
        return parse_count(text, into);
    case KEY_DURATION:
        return unit_duration(text, into);
    case KEY_SIZE:
        return unit_size(text, into);
    case KEY_RATE:
        return parse_rate(text, into);
    case KEY_CHANCE:
        return parse_chance(text.at, into);
    default:
        return parse_text(text, into);
    }
}

static const char *const wanted[] = {
    [KEY_FLAG] = "true or false",
    [KEY_COUNT] = "a whole number",
    [KEY_DURATION] = "a duration, such as 250ms, 2s or 1m",
    [KEY_SIZE] = "a size, such as 300, 64KiB or 1MB",
    [KEY_RATE] = "a rate above 0, such as 256KiB/s",
    [KEY_CHANCE] = "a chance from 0 to 1, such as 0.05 or 5%",
    [KEY_TEXT] = "a text",
};

bool take_scalar(struct loader *l, enum key_type type, const struct node *value,
                 const char *what, void *into)
{
    assert(type <= KEY_TEXT);
    if (value->kind != NODE_SCALAR ||
        (value->text.len == 0 && !value->is_quoted && type == KEY_TEXT))
        return complain_kind(l, value, what, wanted[type]);
    if (!parse_scalar(type, value->text, into))
        return complain_at(l->why, value, "%s must be %s, not \"%.*s\"", what, wanted[type],
                           SLICE_ARGS(value->text));
    return true;
}

/* ---- one key ---- */

static void print_bound(enum key_type type, uint64_t v, char *out, size_t size)
{
    unsigned long long n = v;

    if (type == KEY_DURATION && v % NS_PER_S == 0)
        snprintf(out, size, "%llus", n / NS_PER_S);
    else if (type == KEY_DURATION)
        snprintf(out, size, "%.6gms", (double)v / (double)NS_PER_MS);
    else
        snprintf(out, size, "%llu", n);
}

static bool in_bounds(struct loader *l, const struct key *k, const struct node *value,
                      uint64_t v)
{
    char least[32], most[32];

    if (k->most == 0 || (v >= k->least && v <= k->most))
        return true;
    print_bound(k->type, k->least, least, sizeof(least));
    print_bound(k->type, k->most, most, sizeof(most));
    return complain_at(l->why, value, "%s must be from %s to %s, not %.*s", k->name, least,
                       most, SLICE_ARGS(value->text));
}

static bool load_number(struct loader *l, const struct key *k, const struct node *value,
                        void *into)
{
    return take_scalar(l, k->type, value, k->name, into) &&
           in_bounds(l, k, value, *(uint64_t *)into);
}

static bool load_choice(struct loader *l, const struct key *k, const struct node *value,
                        uint8_t *into)
{
    const char *near;
    size_t n = 0;

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, k->name, "one word");
    for (; k->choices[n] != NULL; n++)
        if (node_is(value, k->choices[n])) {
            *into = (uint8_t)n;
            return true;
        }
    near = word_nearest(value->text, k->choices, n);
    struct buf all = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = buf_put(&all, i == 0      ? SLICE("")
                           : i + 1 < n ? SLICE(", ")
                                       : SLICE(" or ")) &&
             buf_put(&all, slice_of(k->choices[i]));
    complain_at(l->why, value, "%s must be %.*s, not \"%.*s\"%s%s%s", k->name,
                SLICE_ARGS(buf_slice(&all)), SLICE_ARGS(value->text),
                near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                near == NULL ? "" : "\"?");
    buf_clear(&all);
    return false;
}

static bool load_named(struct loader *l, const struct shape *s, const struct node *n,
                       struct slice name, void *into);

/* A list of structs, or one alone; with names, the members of a map. */
static bool load_many(struct loader *l, const struct key *k, const struct node *value,
                      struct many *into)
{
    bool is_named = k->type == KEY_NAMED, ok = true;
    bool is_alone = !is_named && value->kind != NODE_LIST;
    char *at;

    if (is_named && value->kind != NODE_MAP)
        return complain_kind(l, value, k->name, "a map from names to values");
    into->n = is_alone ? 1 : value->n;
    into->at = at = arena_alloc(l->arena, into->n * k->shape->size + 1);
    if (at == NULL)
        return complain_at(l->why, value, "out of memory");
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
        return load_number(l, k, value, at);
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

static bool complain_unknown(struct loader *l, const struct shape *s,
                             const struct node *name)
{
    const char *names[MOST_KEYS], *near;
    size_t n = s->n_keys < MOST_KEYS ? s->n_keys : MOST_KEYS;

    for (size_t i = 0; i < n; i++)
        names[i] = s->keys[i].name;
    near = word_nearest(name->text, names, n);
    if (near != NULL)
        return complain_at(l->why, name, "unknown key \"%.*s\"; did you mean \"%s\"?",
                           SLICE_ARGS(name->text), near);
    struct buf all = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < n && buf_len(&all) < 400; i++)
        ok = buf_put(&all, i == 0 ? SLICE("") : SLICE(", ")) &&
             buf_put(&all, slice_of(names[i]));
    complain_at(l->why, name, "unknown key \"%.*s\"; %s takes %.*s", SLICE_ARGS(name->text),
                s->name, SLICE_ARGS(buf_slice(&all)));
    buf_clear(&all);
    return false;
}

/* Both spellings of one key are that key twice. */
static bool check_twice(struct loader *l, const struct key *k, const struct node *value)
{
    return complain_at(l->why, value->key, "%s and %s are the same key: say one of them",
                       k->name, k->also);
}

static bool load_map(struct loader *l, const struct shape *s, const struct node *map,
                     void *into)
{
    bool seen[MOST_KEYS] = {false}, ok = true;

    assert(s->n_keys <= MOST_KEYS);
    for (const struct node *m = map->first; m != NULL; m = m->next) {
        const struct key *k = find_key(s, m->key);
        if (k == NULL && s->take_other != NULL)
            ok &= s->take_other(l, m, into);
        else if (k == NULL)
            ok &= complain_unknown(l, s, m->key);
        else if (seen[k - s->keys])
            ok &= check_twice(l, k, m);
        else {
            seen[k - s->keys] = true;
            ok &= key_load(l, k, m, into);
        }
    }
    for (size_t i = 0; i < s->n_keys; i++)
        if (s->keys[i].is_needed && !seen[i])
            ok &= complain_at(l->why, map, "%s needs %s: %s", s->name, s->keys[i].name,
                              s->keys[i].help);
    return ok;
}

static bool load_whole(struct loader *l, const struct shape *s, const struct node *n,
                       void *into)
{
    if (n->kind == NODE_MAP && (s->n_keys > 0 || s->take_other != NULL))
        return load_map(l, s, n, into);
    if (n->kind == NODE_LIST && s->take_list != NULL)
        return s->take_list(l, n, into);
    if (n->kind == NODE_SCALAR && s->take_short != NULL &&
        (n->text.len > 0 || n->is_quoted))
        return s->take_short(l, n, into);
    return complain_kind(l, n, s->name,
                         s->short_form == NULL ? "a map of keys" : s->short_form);
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
