/* SPDX-License-Identifier: MIT */
/*
 * Documents: whatever octets come, the tree that is made of them is whole and within the
 * limits, every place lies inside of the text, no key comes twice without a complaint, what
 * is printed steers no terminal, and all memory comes back.
 */
#include "fuzz.h"
#include "remarks.h"
#include "text_say.h"

#define TEXT_MOST (256u << 10)

static struct text_said said;

/* ---- the tree ---- */

struct counts {
    uint32_t nodes, twice;
    bool is_partial; /* some map was too large to compare every pair of keys */
};

static uint32_t count_twice(const struct node *map, struct counts *c)
{
    uint32_t n = 0;

    if (map->n > 500) {
        c->is_partial = true;
        return 0;
    }
    for (const struct node *a = map->first; a != NULL; a = a->next)
        for (const struct node *b = map->first; b != a; b = b->next)
            if (slice_is(a->key->text, b->key->text)) {
                n++;
                break;
            }
    return n;
}

static void check_scalar(const struct node *n)
{
    if (n->text.at == NULL || n->text.at[n->text.len] != '\0')
        fuzz_must("a text without an end");
    if (memchr(n->text.at, '\0', n->text.len) != NULL)
        fuzz_must("NUL in a text");
    if (n->first != NULL || n->n != 0)
        fuzz_must("a text with members");
}

static void check_node(const struct extent *e, const struct node *n, unsigned depth,
                       struct counts *c)
{
    uint32_t members = 0;

    if (depth > DOC_DEPTH + (n->kind == NODE_SCALAR) || ++c->nodes > DOC_NODES)
        fuzz_must("more than the limits allow");
    extent_judge(e, n->line, n->column, n->width);
    if (n->kind == NODE_SCALAR)
        check_scalar(n);
    for (const struct node *m = n->first; m != NULL; m = m->next, members++) {
        if ((m->key != NULL) != (n->kind == NODE_MAP))
            fuzz_must("a key in a list, or none in a map");
        if (m->key != NULL) {
            extent_judge(e, m->key->line, m->key->column, m->key->width);
            check_scalar(m->key);
        }
        if (m->next == NULL && n->last != m)
            fuzz_must("the last is not the last");
        check_node(e, m, depth + 1, c);
    }
    if (members != n->n)
        fuzz_must("members were miscounted");
    if (n->kind == NODE_MAP)
        c->twice += count_twice(n, c);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    uint64_t live = mem_live();
    struct extent e;
    struct counts c = {0};
    char *copy;

    if (len > TEXT_MOST)
        return 0;
    copy = malloc(len + (len == 0)); /* exactly, so that a step beyond it is seen */
    if (copy == NULL)
        return 0;
    memcpy(copy, octets, len);
    e = extent_of((struct slice){(const char *)octets, len});
    text_say_load(&said, (struct slice){copy, len});
    if (said.top == NULL && said.why.errors == 0)
        fuzz_must("no tree and no complaint");
    if (said.top != NULL)
        check_node(&e, said.top, 0, &c);
    if (c.twice > said.why.errors)
        fuzz_must("a key came twice and nobody said so");
    if (said.is_loaded && said.why.errors > c.twice && !c.is_partial)
        fuzz_must("loaded, and complained of");
    remarks_judge(&said.why);
    text_said_clear(&said);
    free(copy);
    extent_clear(&e);
    if (mem_live() != live)
        fuzz_must("memory was kept");
    return 0;
}
