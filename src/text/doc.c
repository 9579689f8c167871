/* SPDX-License-Identifier: MIT */
/* libyaml's events made into a tree, within limits and without anchors, aliases and tags.
 */
#include <stdlib.h>

#include "reading.h"

struct builder {
    struct arena *arena;
    struct reading reading;
    struct complaints *why;
    struct node *open[1 + DOC_DEPTH]; /* from the stream down to what is being filled */
    uint32_t depth;
    struct node *key; /* read, its value is next */
    uint32_t nodes;
    bool has_refused; /* something that a tree cannot show: there will be none */
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

static bool complain_here(struct builder *b, const yaml_event_t *e, const char *text)
{
    struct node here = reading_place(&b->reading, &e->start_mark, &e->end_mark);

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
    *n = reading_place(&b->reading, &e->start_mark, &e->end_mark);
    n->kind = kind;
    return n;
}

/* {{…}} without quotes is a map in a map to YAML. */
static bool complain_key(struct builder *b, const struct node *outer, const yaml_event_t *e)
{
    bool is_template = outer->kind == NODE_MAP && e->type == YAML_MAPPING_START_EVENT &&
                       e->start_mark.line + 1 == outer->line &&
                       e->start_mark.column == outer->column; /* one behind the other */

    return complain_here(
        b, e,
        is_template ? "a key must be a word, not a map; a text with {{ }} must stand "
                      "between quotes"
                    : "a key must be a word, not a list or a map");
}

/* Hangs a node below what is open: as a key, a member, an item. */
static bool attach(struct builder *b, struct node *n, const yaml_event_t *e)
{
    struct node *into = b->open[b->depth - 1];

    if (into->kind == NODE_MAP && b->key == NULL) {
        if (n->kind != NODE_SCALAR)
            return complain_key(b, into, e);
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

    if (b->depth > DOC_DEPTH)
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
        return complain_here(b, e, NO_NUL);
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
static void check_keys(struct builder *b, const struct node *map)
{
    const struct node **all = mem_alloc((map->n + 1u) * sizeof(*all));
    const struct node *first = NULL;
    uint32_t n = 0;

    if (all == NULL) {
        b->has_refused = true;
        complain_at(b->why, map, "out of memory");
        return;
    }
    for (const struct node *m = map->first; m != NULL; m = m->next)
        all[n++] = m;
    qsort(all, n, sizeof(*all), by_key);
    for (uint32_t i = 0; i < n; i++) {
        if (first == NULL || strcmp(first->key->text.at, all[i]->key->text.at) != 0)
            first = all[i];
        else
            complain_at(b->why, all[i]->key, "\"%.*s\" stands here twice, first on line %u",
                        SLICE_ARGS(all[i]->key->text), first->key->line);
    }
    mem_free(all);
}

/* ---- events ---- */

static void close_node(struct builder *b, const yaml_event_t *e)
{
    struct node *n = b->open[--b->depth];
    struct node end = reading_place(&b->reading, &e->end_mark, &e->end_mark);

    if (end.line == n->line && end.column > n->column)
        n->width = end.column - n->column;
    if (n->kind == NODE_MAP)
        check_keys(b, n); /* complained of; the tree is whole all the same */
}

static void refuse(struct builder *b, const yaml_event_t *e, const char *text)
{
    b->has_refused = true;
    complain_here(b, e, text);
}

static void check_marks(struct builder *b, const yaml_event_t *e, const yaml_char_t *anchor,
                        const yaml_char_t *tag)
{
    if (anchor != NULL)
        refuse(
            b, e,
            "anchors are not read: `include` shares rules; a text that begins with \"&\" "
            "must stand between quotes");
    if (tag != NULL)
        refuse(
            b, e,
            "tags are not read; a text that begins with \"!\" must stand between quotes");
}

static bool add_alias(struct builder *b, const yaml_event_t *e)
{
    struct node *n = new_node(b, e, NODE_SCALAR);

    refuse(b, e,
           "aliases are not read: `include` shares rules; a text that begins with \"*\" "
           "must stand between quotes");
    if (n == NULL)
        return false;
    n->text = SLICE("");
    return attach(b, n, e);
}

/* False: no use to go on. */
static bool take_event(struct builder *b, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_ALIAS_EVENT:
        return add_alias(b, e);
    case YAML_SCALAR_EVENT:
        check_marks(b, e, e->data.scalar.anchor, e->data.scalar.tag);
        return add_scalar(b, e);
    case YAML_SEQUENCE_START_EVENT:
        check_marks(b, e, e->data.sequence_start.anchor, e->data.sequence_start.tag);
        return open_node(b, e, NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        check_marks(b, e, e->data.mapping_start.anchor, e->data.mapping_start.tag);
        return open_node(b, e, NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        close_node(b, e);
        return true;
    default:
        return true;
    }
}

static bool parse_all(struct builder *b, yaml_parser_t *p)
{
    yaml_event_t e;
    bool ok = true, is_over = false;

    while (ok && !is_over) {
        if (yaml_parser_parse(p, &e) == 0) {
            reading_complain(&b->reading, p, b->why);
            return false;
        }
        ok = take_event(b, &e);
        is_over = e.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    return ok && !b->has_refused;
}

static bool parse(struct builder *b)
{
    struct slice text = b->reading.text;
    yaml_parser_t parser;
    bool ok;

    if (yaml_parser_initialize(&parser) == 0)
        return complain_at(b->why, NULL, "out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.len);
    ok = parse_all(b, &parser);
    yaml_parser_delete(&parser);
    return ok;
}

struct node *doc_parse(struct arena *a, const struct source *source, struct complaints *why)
{
    struct builder b = {.arena = a, .why = why};
    struct node *top = arena_alloc(a, sizeof(*top));

    if (top == NULL) {
        complain_at(why, NULL, "out of memory");
        return NULL;
    }
    *top = (struct node){
        .kind = NODE_LIST, .source = source, .line = 1, .column = 1, .width = 1};
    b.open[b.depth++] = top;
    if (source->text.len > DOC_OCTETS) {
        complain_at(why, top, "a file may have 16 MiB, not %zu octets", source->text.len);
        return NULL;
    }
    if (!reading_init(&b.reading, a, source)) {
        complain_at(why, top, "out of memory");
        return NULL;
    }
    return parse(&b) ? top : NULL;
}
