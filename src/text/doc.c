/* SPDX-License-Identifier: MIT */
/* libyaml's events made into a tree, within limits and without anchors, aliases and tags.
 */
#include <stdlib.h>
#include <yaml.h>

#include "naysay/text.h"

struct builder {
    struct arena *arena;
    const struct source *source;
    struct complaints *why;
    struct node *open[DOC_DEPTH]; /* from the stream down to what is being filled */
    uint32_t depth;
    struct node *key; /* read, its value is next */
    uint32_t nodes;
};

const struct node *node_find(const struct node *map, const char *key)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    for (const struct node *n = map->first; n != NULL; n = n->next)
        if (strcmp(n->key->text.at, key) == 0)
            return n;
    return NULL;
}

bool node_is(const struct node *n, const char *text)
{
    return n != NULL && n->kind == NODE_SCALAR && strcmp(n->text.at, text) == 0;
}

static struct node place_of(const struct builder *b, const yaml_mark_t *from,
                            const yaml_mark_t *to)
{
    bool one_line = to->line == from->line && to->column > from->column;

    return (struct node){.source = b->source,
                         .line = (uint32_t)from->line + 1,
                         .column = (uint32_t)from->column + 1,
                         .width = one_line ? (uint32_t)(to->column - from->column) : 1};
}

static bool complain_here(struct builder *b, const yaml_event_t *e, const char *text)
{
    struct node here = place_of(b, &e->start_mark, &e->end_mark);

    return complain_at(b->why, &here, "%s", text);
}

/* ---- nodes ---- */

static struct node *new_node(struct builder *b, const yaml_event_t *e, enum node_kind kind)
{
    struct node *n = arena_alloc(b->arena, sizeof(*n));

    if (++b->nodes > DOC_NODES) {
        complain_here(b, e, "too many values: a file may hold 2,000,000");
        return NULL;
    }
    if (n == NULL) {
        complain_here(b, e, "out of memory");
        return NULL;
    }
    *n = place_of(b, &e->start_mark, &e->end_mark);
    n->kind = kind;
    return n;
}

/* Hangs a node below what is open: as a key, a member, an item. */
static bool attach(struct builder *b, struct node *n, const yaml_event_t *e)
{
    struct node *into = b->open[b->depth - 1];

    if (into->kind == NODE_MAP && b->key == NULL) {
        if (n->kind != NODE_SCALAR)
            return complain_here(b, e, "a key must be a word, not a list or a map");
        b->key = n;
        return true;
    }
    n->key = b->key;
    b->key = NULL;
    if (into->last == NULL)
        into->first = n;
    else
        into->last->next = n;
    into->last = n;
    into->n++;
    return true;
}

static bool open_node(struct builder *b, const yaml_event_t *e, enum node_kind kind)
{
    struct node *n;

    if (b->depth == DOC_DEPTH)
        return complain_here(b, e, "nested too deeply: a file may have 64 levels");
    n = new_node(b, e, kind);
    if (n == NULL || !attach(b, n, e))
        return false;
    b->open[b->depth++] = n;
    return true;
}

static bool add_scalar(struct builder *b, const yaml_event_t *e)
{
    const char *value = (const char *)e->data.scalar.value;
    size_t len = e->data.scalar.length;
    struct node *n = new_node(b, e, NODE_SCALAR);
    char *text = n == NULL ? NULL : arena_alloc(b->arena, len + 1);

    if (n == NULL)
        return false;
    if (text == NULL)
        return complain_here(b, e, "out of memory");
    if (memchr(value, '\0', len) != NULL)
        return complain_here(b, e, "NUL may not stand in a text; say octets as base64");
    memcpy(text, value, len);
    text[len] = '\0';
    n->text = (struct slice){text, len};
    n->is_quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return attach(b, n, e);
}

static int by_key(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a;
    const struct node *y = *(const struct node *const *)b;
    int order = strcmp(x->key->text.at, y->key->text.at);

    if (order != 0)
        return order;
    if (x->key->line != y->key->line)
        return x->key->line < y->key->line ? -1 : 1;
    return x->key->column < y->key->column ? -1 : 1;
}

/* Keys that come twice: YAML readers differ in which one they keep. */
static bool check_keys(struct builder *b, const struct node *map)
{
    const struct node **all = mem_alloc((map->n + 1u) * sizeof(*all));
    uint32_t n = 0;
    bool ok = true;

    if (all == NULL)
        return complain_at(b->why, map, "out of memory");
    for (const struct node *m = map->first; m != NULL; m = m->next)
        all[n++] = m;
    qsort(all, n, sizeof(*all), by_key);
    for (uint32_t i = 1; i < n; i++)
        if (strcmp(all[i - 1]->key->text.at, all[i]->key->text.at) == 0)
            ok = complain_at(b->why, all[i]->key,
                             "\"%.*s\" stands here twice, first on line %u",
                             SLICE_ARGS(all[i]->key->text), all[i - 1]->key->line);
    mem_free(all);
    return ok;
}

/* ---- events ---- */

static bool close_node(struct builder *b)
{
    struct node *n = b->open[--b->depth];

    if (n->kind == NODE_MAP)
        check_keys(b, n); /* complained of; the tree is whole all the same */
    return true;
}

static bool refuses(struct builder *b, const yaml_event_t *e, const yaml_char_t *anchor,
                    const yaml_char_t *tag)
{
    if (anchor != NULL)
        return !complain_here(b, e, "anchors are not read; `include` shares rules");
    if (tag != NULL)
        return !complain_here(b, e, "tags are not read; write the value as it is meant");
    return false;
}

/* False: no use to go on. */
static bool take_event(struct builder *b, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_ALIAS_EVENT:
        return complain_here(b, e, "aliases are not read; `include` shares rules");
    case YAML_SCALAR_EVENT:
        return !refuses(b, e, e->data.scalar.anchor, e->data.scalar.tag) &&
               add_scalar(b, e);
    case YAML_SEQUENCE_START_EVENT:
        return !refuses(b, e, e->data.sequence_start.anchor, e->data.sequence_start.tag) &&
               open_node(b, e, NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return !refuses(b, e, e->data.mapping_start.anchor, e->data.mapping_start.tag) &&
               open_node(b, e, NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_node(b);
    default:
        return true;
    }
}

static void place_of_offset(const struct builder *b, size_t offset, struct node *at)
{
    const char *text = b->source->text.at;

    *at = (struct node){.source = b->source, .line = 1, .column = 1, .width = 1};
    for (size_t i = 0; i < offset && i < b->source->text.len; i++) {
        if (text[i] == '\n') {
            at->line++;
            at->column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80)
            at->column++;
    }
}

static void complain_syntax(struct builder *b, const yaml_parser_t *p)
{
    struct node at;

    if (p->error == YAML_READER_ERROR)
        place_of_offset(b, p->problem_offset, &at);
    else
        at = place_of(b, &p->problem_mark, &p->problem_mark);
    complain_at(b->why, &at, "%s%s%s", p->problem == NULL ? "no YAML" : p->problem,
                p->context == NULL ? "" : " ", p->context == NULL ? "" : p->context);
}

static bool parse_all(struct builder *b, yaml_parser_t *p)
{
    yaml_event_t e;
    bool ok = true, is_over = false;

    while (ok && !is_over) {
        if (yaml_parser_parse(p, &e) == 0) {
            complain_syntax(b, p);
            return false;
        }
        ok = take_event(b, &e);
        is_over = e.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    return ok;
}

struct node *doc_parse(struct arena *a, const struct source *source, struct complaints *why)
{
    struct builder b = {.arena = a, .source = source, .why = why};
    struct node *top = arena_zero(a, sizeof(*top));
    yaml_parser_t parser;
    bool ok;

    if (top == NULL || yaml_parser_initialize(&parser) == 0) {
        complain_at(why, NULL, "out of memory");
        return NULL;
    }
    *top = (struct node){
        .kind = NODE_LIST, .source = source, .line = 1, .column = 1, .width = 1};
    b.open[b.depth++] = top;
    if (source->text.len > DOC_OCTETS)
        ok = complain_at(why, top, "larger than 16 MiB");
    else {
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser, (const unsigned char *)source->text.at,
                                     source->text.len);
        ok = parse_all(&b, &parser);
    }
    yaml_parser_delete(&parser);
    return ok ? top : NULL;
}
