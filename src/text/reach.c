/* SPDX-License-Identifier: MIT */
#include "reach.h"

static void add(struct reach *r, const struct shape *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < r->n; i++)
        if (r->shapes[i] == s)
            return;
    assert(r->n < MOST_SHAPES);
    r->shapes[r->n++] = s;
}

void reach_from(struct reach *r, const struct shape *top)
{
    r->n = 0;
    add(r, top);
    for (size_t i = 0; i < r->n; i++) {
        for (size_t k = 0; k < r->shapes[i]->n_keys; k++)
            add(r, r->shapes[i]->keys[k].shape);
        add(r, r->shapes[i]->other_shape);
    }
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
