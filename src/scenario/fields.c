/* SPDX-License-Identifier: MIT */
/* Header fields, as replies and steps say them. */
#include "keys.h"

static struct field_edit **end_of(struct field_edit **edits)
{
    while (*edits != NULL)
        edits = &(*edits)->next;
    return edits;
}

static bool add_edit(struct loader *l, const struct node *at, enum edit_kind kind,
                     struct slice name, const struct node *value, struct field_edit **edits)
{
    struct field_edit *e = loader_new(l, at, sizeof(*e));

    if (e == NULL)
        return false;
    if (!http_is_token(name))
        return complain_at(l->why, at, "\"%.*s\" is no field name (RFC 9110 §5.1)",
                           SLICE_ARGS(name));
    e->kind = kind;
    e->name = name;
    *end_of(edits) = e;
    if (value == NULL)
        return true;
    if (!value_template(l, value, "a field's value", &e->value))
        return false;
    if (template_is_constant(e->value) && !http_is_field_value(template_text(e->value)))
        return complain_at(l->why, value,
                           "a field's value may hold no control character (RFC 9110 §5.5); "
                           "to send one, use `raw` or a fault");
    return true;
}

bool take_fields(struct loader *l, const struct node *n, enum edit_kind kind,
                 struct field_edit **edits)
{
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, "headers", "a map from names to values");
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        if (m->kind != NODE_LIST) {
            ok &= add_edit(l, m->key, kind, m->key->text, m, edits);
            continue;
        }
        enum edit_kind each =
            kind; /* several lines of one name: the first takes its place */
        for (const struct node *v = m->first; v != NULL; v = v->next, each = EDIT_ADD)
            ok &= add_edit(l, m->key, each, m->key->text, v, edits);
    }
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

bool check_fields(struct loader *l, const struct node *n, const struct field_edit *edits)
{
    bool ok = true;

    for (; edits != NULL; edits = edits->next) {
        enum http_field_id id = http_field_id(edits->name);
        if (id == FIELD_CONTENT_LENGTH || id == FIELD_TRANSFER_ENCODING ||
            id == FIELD_CONNECTION || id == FIELD_TRAILER)
            ok =
                complain_at(l->why, n,
                            "%.*s is part of the framing, which naysay writes; for a wrong "
                            "one use a fault (content-length), `steps`, or `raw`",
                            SLICE_ARGS(edits->name));
    }
    return ok;
}
