/* SPDX-License-Identifier: MIT */
/* Claims about the command that played the client. */
#include "parts.h"

bool take_exit(struct loader *l, const struct node *value, struct claim *c)
{
    bool ok = true;

    c->exit.at = room_for(l, value, sizeof(*c->exit.at), &c->exit.n);
    if (c->exit.at == NULL)
        return false;
    if (value->kind != NODE_LIST)
        return take_range(l, value, c->exit.at);
    c->exit.n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_range(l, m, &c->exit.at[c->exit.n++]);
    return c->exit.n > 0 ? ok : complain_at(l->why, value, "this list is empty");
}

bool take_output(struct loader *l, const struct node *value, struct claim *c)
{
    struct pattern *p = NULL;
    bool ok = shape_load(l, &shape_pattern, value, &p);

    c->output = p;
    return ok;
}

bool take_ends_within(struct loader *l, const struct node *value, struct claim *c)
{
    return take_us(l, value, "ends-within", &c->ends_within_us);
}
