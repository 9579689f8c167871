/* SPDX-License-Identifier: MIT */
#include "reach.h"

/* What a shape needs comes right behind it. As deep as the tables are, which are ours. */
static void visit(struct reach *r, const struct shape *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < r->n; i++)
        if (r->shapes[i] == s)
            return;
    assert(r->n < MOST_SHAPES);
    r->shapes[r->n++] = s;
    for (size_t k = 0; k < s->n_keys; k++)
        visit(r, s->keys[k].shape);
    visit(r, s->other_shape);
}

void reach_from(struct reach *r, const struct shape *top)
{
    r->n = 0;
    visit(r, top);
}

struct shape_id reach_id(const struct reach *r, const struct shape *s)
{
    struct shape_id id;
    unsigned same = 1;
    size_t n = 0;

    for (size_t i = 0; i < r->n && r->shapes[i] != s; i++)
        same += strcmp(r->shapes[i]->name, s->name) == 0;
    for (const char *c = s->name; *c != '\0' && n < 64; c++)
        id.text[n++] = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ? *c : '-';
    id.text[n] = '\0';
    if (same > 1)
        snprintf(id.text + n, sizeof(id.text) - n, "-%u", same);
    return id;
}
