/* SPDX-License-Identifier: MIT */
/* Claims about which requests come, and what they have in common. */
#include "parts.h"

/* ---- how many ---- */

static bool take_tally(struct loader *l, const struct node *value, struct tally *into)
{
    bool ok = parse_ref(l, value->key, value->key->text, &into->ref);

    return take_range(l, value, &into->times) && ok;
}

bool take_count(struct loader *l, const struct node *value, struct claim *c)
{
    static const struct slice any = SLICE("any");
    bool ok = true;

    if (value->kind == NODE_LIST || (value->kind == NODE_MAP && value->n == 0))
        return complain_kind(l, value, "count", "a number or a map from names to numbers");
    c->count.at = room_for(l, value, sizeof(*c->count.at), &c->count.n);
    if (c->count.at == NULL)
        return false;
    c->count.at->ref =
        (struct ref){.kind = REF_ANY, .text = any, .name = any, .node = value};
    if (value->kind == NODE_SCALAR)
        return take_range(l, value, &c->count.at->times);
    c->count.n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_tally(l, m, &c->count.at[c->count.n++]);
    return ok;
}

bool take_never(struct loader *l, const struct node *value, struct claim *c)
{
    return take_refs(l, value, &c->never);
}

bool take_connections(struct loader *l, const struct node *value, struct claim *c)
{
    return take_range(l, value, &c->connections);
}

/* ---- what they have in common ---- */

static const char *const sameness_words[] = {"method", "target", "body", "connection"};

static bool take_sameness(struct loader *l, const struct node *value, struct sameness *into)
{
    struct slice name = value->text;
    const char *near;

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "same", "words");
    for (size_t i = 0; i < COUNT(sameness_words); i++)
        if (node_is(value, sameness_words[i])) {
            into->part = (enum sameness_part)i;
            return true;
        }
    into->part = SAME_FIELD;
    if (cut_word(&name, "header") || cut_word(&name, "field")) {
        into->name = name;
        return true;
    }
    near = word_nearest(value->text, sameness_words, COUNT(sameness_words));
    return complain_at(l->why, value,
                       "same takes method, target, body, connection or header NAME, not "
                       "\"%.*s\"%s%s%s",
                       SLICE_ARGS(value->text), near == NULL ? "" : "; did you mean \"",
                       near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

bool take_same(struct loader *l, const struct node *value, struct claim *c)
{
    bool ok = true;

    c->same.at = room_for(l, value, sizeof(*c->same.at), &c->same.n);
    if (c->same.at == NULL)
        return false;
    if (value->kind != NODE_LIST)
        return take_sameness(l, value, c->same.at);
    c->same.n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_sameness(l, m, &c->same.at[c->same.n++]);
    return c->same.n > 0 ? ok : complain_at(l->why, value, "this list is empty");
}

bool take_in(struct loader *l, const struct node *value, struct claim *c)
{
    return take_refs(l, value, &c->same.in);
}

bool take_repeat(struct loader *l, const struct node *value, struct claim *c)
{
    return take_ref(l, value, &c->repeat.lost);
}

bool take_as(struct loader *l, const struct node *value, struct claim *c)
{
    return take_ref(l, value, &c->repeat.again);
}
