/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdlib.h>

static int by_place(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a,
                        *y = *(const struct record *const *)b;
    uint64_t i = x->exchange == 0 ? UINT64_MAX : x->exchange, /* the end comes last */
        j = y->exchange == 0 ? UINT64_MAX : y->exchange;

    if (x->connection != y->connection)
        return x->connection < y->connection ? -1 : 1;
    if (i != j)
        return i < j ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

bool lines_open(struct lines *l, struct story *s)
{
    size_t n = 0;

    *l = (struct lines){0};
    for (const struct record *r = s->records->first; r != NULL; r = r->next)
        n++;
    l->at = mem_alloc((n + 1) * sizeof(*l->at));
    if (l->at == NULL) {
        s->is_spent = true;
        return false;
    }
    for (const struct record *r = s->records->first; r != NULL; r = r->next)
        l->at[l->n++] = r;
    qsort(l->at, l->n, sizeof(*l->at), by_place);
    return true;
}

void lines_close(struct lines *l)
{
    mem_free(l->at);
    *l = (struct lines){0};
}

const struct record *lines_after(const struct lines *l, const struct record *r)
{
    const struct record **found = bsearch(&r, l->at, l->n, sizeof(*l->at), by_place);
    const struct record **end = l->at + l->n;

    if (found == NULL || found + 1 == end || found[1]->connection != r->connection)
        return NULL;
    return found[1];
}
