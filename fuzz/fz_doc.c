/* SPDX-License-Identifier: MIT */
/*
 * Documents: whatever octets come, the tree that is made of them is whole and within the
 * limits, every place lies inside of the text, no key comes twice without a complaint, what
 * is printed steers no terminal, and all memory comes back.
 */
#include "fuzz.h"
#include "text_say.h"

#define TEXT_MOST (256u << 10)

static struct text_said said;

/* ---- places ---- */

struct extent {
    uint32_t *columns; /* of each line: its code points, and octets that are none */
    uint32_t lines;
};

/* A second opinion on lines and columns, from octets alone. */
static struct extent measure(const uint8_t *octets, size_t len)
{
    struct extent e = {calloc(len + 2, sizeof(*e.columns)), 1};

    if (e.columns == NULL)
        abort();
    for (size_t i = 0; i < len; i++) {
        uint8_t c = octets[i], d = i + 1 < len ? octets[i + 1] : 0;
        bool is_nel = c == 0xc2 && d == 0x85;
        bool is_ls =
            c == 0xe2 && d == 0x80 && i + 2 < len && (octets[i + 2] & 0xfe) == 0xa8;
        if (c == '\n' || (c == '\r' && d != '\n') || is_nel || is_ls)
            e.lines++;
        else
            e.columns[e.lines] += c != '\r';
    }
    return e;
}

/* Columns count code points, which are no more than octets; one behind the end is a place.
 */
static void check_place(const struct extent *e, uint32_t line, uint32_t column,
                        uint32_t width)
{
    if (line == 0 || column == 0 || width == 0)
        fuzz_must("a place that is none");
    if (line > e->lines)
        fuzz_must("a line behind the last");
    if (column > e->columns[line] + 1 || width > e->columns[line] + 1)
        fuzz_must("a column behind the end of its line");
    if (width > 1 && column + width > e->columns[line] + 1)
        fuzz_must("wider than its line");
}

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
    check_place(e, n->line, n->column, n->width);
    if (n->kind == NODE_SCALAR)
        check_scalar(n);
    for (const struct node *m = n->first; m != NULL; m = m->next, members++) {
        if ((m->key != NULL) != (n->kind == NODE_MAP))
            fuzz_must("a key in a list, or none in a map");
        if (m->key != NULL) {
            check_place(e, m->key->line, m->key->column, m->key->width);
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

/* ---- what is said of it ---- */

static void check_print(const struct complaints *why)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        abort();
    complaints_print(why, out, false);
    fclose(out);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c != '\n' && (c < ' ' || c == 0x7f))
            fuzz_must("a control character is printed");
        if (c == 0xc2 && i + 1 < len && (uint8_t)text[i + 1] < 0xa0)
            fuzz_must("a C1 control character is printed");
    }
    free(text);
}

static void check_remarks(const struct extent *e)
{
    uint32_t kept = 0;

    for (const struct remark *r = said.why.first; r != NULL; r = r->next, kept++) {
        if (r->source != NULL)
            check_place(e, r->line, r->column, r->width);
        if (r->text.len == 0)
            fuzz_must("a complaint without a word");
    }
    if (kept > COMPLAINTS_KEPT || kept > said.why.errors + said.why.warnings)
        fuzz_must("complaints were miscounted");
    check_print(&said.why);
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
    e = measure(octets, len);
    text_say_load(&said, (struct slice){copy, len});
    if (said.top == NULL && said.why.errors == 0)
        fuzz_must("no tree and no complaint");
    if (said.top != NULL)
        check_node(&e, said.top, 0, &c);
    if (c.twice > said.why.errors)
        fuzz_must("a key came twice and nobody said so");
    if (said.is_loaded && said.why.errors > c.twice && !c.is_partial)
        fuzz_must("loaded, and complained of");
    check_remarks(&e);
    text_said_clear(&said);
    free(copy);
    free(e.columns);
    if (mem_live() != live)
        fuzz_must("memory was kept");
    return 0;
}
