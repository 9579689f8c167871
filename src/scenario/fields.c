/* SPDX-License-Identifier: MIT */
/* Header fields, as replies and steps say them. */
#include "keys.h"

#define MOST_EDITS 256u

/* The end of the list, or NULL and a complaint: it is long enough. */
static struct field_edit **end_of(struct loader *l, const struct node *at,
                                  struct field_edit **edits)
{
    uint32_t n = 0;

    for (; *edits != NULL; edits = &(*edits)->next)
        n++;
    if (n < MOST_EDITS)
        return edits;
    complain_at(l->why, at, "more than %u fields", MOST_EDITS);
    return NULL;
}

static bool add_edit(struct loader *l, const struct node *at, enum edit_kind kind,
                     struct slice name, const struct node *value, struct field_edit **edits)
{
    struct field_edit **end = end_of(l, at, edits);
    struct field_edit *e = end == NULL ? NULL : loader_new(l, at, sizeof(*e));

    if (e == NULL)
        return false;
    if (!http_is_token(name))
        return complain_at(l->why, at, "\"%.*s\" is no field name (RFC 9110 §5.1)",
                           SLICE_ARGS(name));
    e->kind = kind;
    e->name = name;
    if (value != NULL && !value_template(l, value, "a field's value", &e->value))
        return false;
    *end = e;
    return value == NULL || !template_is_constant(e->value) ||
           http_is_field_value(template_text(e->value)) ||
           complain_at(l->why, value,
                       "a field's value may hold no control character (RFC 9110 §5.5); to "
                       "send one, use `raw` or a fault");
}

/* Several lines of one name: the first takes its place. */
bool take_field(struct loader *l, const struct node *m, enum edit_kind kind,
                struct field_edit **edits)
{
    if (m->kind != NODE_LIST)
        return add_edit(l, m->key, kind, m->key->text, m, edits);
    for (const struct node *v = m->first; v != NULL; v = v->next, kind = EDIT_ADD)
        if (!add_edit(l, m->key, kind, m->key->text, v, edits))
            return false;
    return true;
}

bool take_fields(struct loader *l, const struct node *n, enum edit_kind kind,
                 struct field_edit **edits)
{
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, "headers", "a map from names to values");
    if (n->n > MOST_EDITS)
        return complain_at(l->why, n, "more than %u fields", MOST_EDITS);
    for (const struct node *m = n->first; m != NULL; m = m->next)
        ok &= take_field(l, m, kind, edits);
    return ok;
}

bool take_names(struct loader *l, const struct node *n, struct field_edit **edits)
{
    struct slice *words;
    uint32_t n_words = 0;
    bool ok = value_words(l, n, "remove-headers", &words, &n_words);

    for (uint32_t i = 0; ok && i < n_words; i++)
        ok &= add_edit(l, n, EDIT_REMOVE, words[i], NULL, edits);
    return ok;
}

bool is_framing_field(struct slice name)
{
    switch (http_field_id(name)) {
    case FIELD_CONTENT_LENGTH:
    case FIELD_TRANSFER_ENCODING:
    case FIELD_CONNECTION:
    case FIELD_UPGRADE:
    case FIELD_TRAILER:
        return true;
    default:
        return false;
    }
}

bool check_fields(struct loader *l, const struct node *n, const struct field_edit *edits)
{
    bool ok = true;

    for (; edits != NULL; edits = edits->next)
        if (is_framing_field(edits->name))
            ok =
                complain_at(l->why, n,
                            "%.*s is part of the framing, which naysay writes; for a wrong "
                            "one use a fault (content-length), `steps`, or `raw`",
                            SLICE_ARGS(edits->name));
    return ok;
}
