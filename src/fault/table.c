/* SPDX-License-Identifier: MIT */
/* Every fault as a row: to be found, loaded, listed and applied. */
#include "parts.h"

static const struct fault_kind kinds[] = {
#define X(id, name_, also_, stage_, where, loads, args_, early, help_) \
    {.name = name_,                                                    \
     .also = also_,                                                    \
     .help = help_,                                                    \
     .stage = STAGE_##stage_,                                          \
     .transports = where,                                              \
     .args = args_,                                                    \
     .apply = fault_##id,                                              \
     .is_early = early},
    FAULTS(X)
#undef X
};

size_t fault_count(void)
{
    return COUNT(kinds);
}

const struct fault_kind *fault_at(size_t i)
{
    return i < COUNT(kinds) ? &kinds[i] : NULL;
}

const struct fault_kind *fault_find(struct slice name)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (slice_is(name, slice_of(kinds[i].name)) ||
            (kinds[i].also != NULL && slice_is(name, slice_of(kinds[i].also))))
            return &kinds[i];
    return NULL;
}

const char *fault_apply(struct plan *p, const struct fault *f, uint64_t drawn)
{
    const struct fault_kind *kind = f->kind;
    const char *why;

    if (p->spent || !chance_is(drawn, f->chance))
        return NULL;
    if (plan_awaits(p) && !kind->is_early && kind->stage != STAGE_ACCEPT)
        return NULL;
    why = kind->apply(p, f->args, f->text, drawn);
    if (why == NULL)
        plan_note_fault(p, kind->name);
    return why;
}

/* ---- loading ---- */

/* As written, for the journal. A document has at most DOC_DEPTH levels. */
static bool put_node(struct buf *b, const struct node *n)
{
    bool is_map = n->kind == NODE_MAP, ok;

    if (n->kind == NODE_SCALAR)
        return buf_put(b, n->text);
    ok = buf_put(b, is_map ? SLICE("{") : SLICE("["));
    for (const struct node *m = n->first; ok && m != NULL; m = m->next) {
        ok = m == n->first || buf_put(b, SLICE(", "));
        if (ok && is_map)
            ok = buf_put(b, m->key->text) && buf_put(b, SLICE(": "));
        ok = ok && put_node(b, m);
    }
    return ok && buf_put(b, is_map ? SLICE("}") : SLICE("]"));
}

static bool is_nothing(const struct node *n)
{
    return n->kind == NODE_MAP ? n->first == NULL
                               : n->kind == NODE_SCALAR && !n->is_quoted &&
                                     (n->text.len == 0 || node_is(n, "true"));
}

/* What a fault takes when nothing is said of it. */
static bool load_defaults(struct loader *l, const struct node *n, struct fault *f)
{
    struct node nothing = *n;

    if (f->kind->args == NULL)
        return true;
    nothing.kind = NODE_MAP;
    nothing.first = nothing.last = NULL;
    nothing.n = 0;
    return shape_load(l, f->kind->args, &nothing, (void *)f->args);
}

static bool set_kind(struct loader *l, const struct node *n, struct fault *f,
                     const struct fault_kind *kind)
{
    f->kind = kind;
    f->args = kind->args == NULL ? NULL : arena_zero(l->arena, kind->args->size);
    return kind->args == NULL || f->args != NULL || complain_at(l->why, n, "out of memory");
}

/* One member of the map: the fault's name, and what it takes. */
static bool take_fault(struct loader *l, const struct node *value, void *into)
{
    struct fault *f = into;
    const struct fault_kind *kind = fault_find(value->key->text);
    struct buf text = {0};
    bool ok;

    if (f->kind != NULL)
        return complain_at(l->why, value->key,
                           "%s and %s stand in one map: each fault is an item of its own",
                           f->kind->name, kind->name);
    if (!set_kind(l, value, f, kind))
        return false;
    ok = buf_put(&text, value->key->text) &&
         (is_nothing(value) || (buf_put(&text, SLICE(": ")) && put_node(&text, value)));
    f->text = ok ? arena_copy(l->arena, buf_slice(&text)) : NO_SLICE;
    buf_clear(&text);
    if (f->text.at == NULL)
        return complain_at(l->why, value, "out of memory");
    if (is_nothing(value))
        return load_defaults(l, value, f);
    if (kind->args == NULL)
        return complain_at(l->why, value, "%s takes no arguments", kind->name);
    return shape_load(l, kind->args, value, (void *)f->args);
}

static bool take_name(struct loader *l, const struct node *scalar, void *into)
{
    const struct fault_kind *kind = fault_find(scalar->text);
    const char *names[COUNT(kinds)], *near;
    struct fault *f = into;

    if (kind != NULL) {
        f->text = scalar->text;
        return set_kind(l, scalar, f, kind) && load_defaults(l, scalar, f);
    }
    for (size_t i = 0; i < COUNT(kinds); i++)
        names[i] = kinds[i].name;
    near = word_nearest(scalar->text, names, COUNT(names));
    if (near == NULL)
        return complain_at(l->why, scalar,
                           "there is no fault \"%.*s\": see naysay codes --faults",
                           SLICE_ARGS(scalar->text));
    return complain_at(l->why, scalar, "there is no fault \"%.*s\"; did you mean \"%s\"?",
                       SLICE_ARGS(scalar->text), near);
}

static void prepare(struct loader *l, const struct node *n, void *into)
{
    struct fault *f = into;

    (void)l;
    (void)n;
    f->chance = 1;
}

static bool check(struct loader *l, const struct node *n, void *into)
{
    const struct fault *f = into;

    return f->kind != NULL ||
           complain_at(l->why, n,
                       "which fault? such as {cut: {after: 10%%}, chance: 0.05}");
}

static const struct key keys[] = {
#define X(id, name_, also_, stage, where, loads, args, early, help_) \
    {.name = name_,                                                  \
     .also = also_,                                                  \
     .type = KEY_##loads,                                            \
     .shape = args,                                                  \
     .form = "nothing",                                              \
     .help = help_,                                                  \
     .since = VERSION,                                               \
     .take = take_fault},
    FAULTS(X)
#undef X
        {.name = "chance",
         .type = KEY_CHANCE,
         .fallback = "1",
         .help = "how likely it is each time",
         .since = VERSION,
         .at = offsetof(struct fault, chance)},
};

const struct shape shape_fault = {
    .name = "fault",
    .help = "an edit of an answer that makes it go wrong: {cut: 10%, chance: 0.05}",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct fault),
    .short_form = "the name of a fault, such as reset",
    .take_short = take_name,
    .prepare = prepare,
    .check = check,
};
