/* SPDX-License-Identifier: MIT */
/* References: which requests a claim speaks of. */
#include "naysay/http.h"
#include "parts.h"

static bool is_number(struct slice s)
{
    uint64_t n;

    return slice_to_u64(s, &n);
}

/* "4xx" */
static bool is_class(struct slice s)
{
    return s.len == 3 && s.at[0] >= '1' && s.at[0] <= '9' &&
           slice_is_nocase((struct slice){s.at + 1, 2}, SLICE("xx"));
}

static bool take_number(struct loader *l, const struct node *where, struct ref *r)
{
    uint64_t n;

    if (!slice_to_u64(r->name, &n) || n < 100 || n > 999)
        return complain_at(l->why, where, "%.*s is no status: they go from 100 to 999",
                           SLICE_ARGS(r->name));
    r->kind = REF_STATUS;
    r->status = (uint16_t)n;
    return true;
}

/* "iis/440": what a client sees of it is a number. */
static bool take_status_id(struct loader *l, const struct node *where,
                           const struct status *s, struct ref *r)
{
    if (s->wire < 100)
        return complain_at(l->why, where, "%.*s sends no status that a client could see",
                           SLICE_ARGS(r->name));
    r->kind = REF_STATUS;
    r->status = (uint16_t)s->wire;
    return true;
}

static bool take_name(struct loader *l, const struct node *where, struct ref *r)
{
    const struct status *s = slice_find(r->name, '/') > 0 ? status_find(r->name) : NULL;
    struct slice fault = r->name;

    if (slice_is(r->name, SLICE("any")))
        r->kind = REF_ANY;
    else if (cut_word(&fault, "fault")) {
        r->kind = REF_FAULT;
        r->name = fault;
    } else if (is_number(r->name))
        return take_number(l, where, r);
    else if (is_class(r->name)) {
        r->kind = REF_CLASS;
        r->status = (uint16_t)(r->name.at[0] - '0');
    } else if (s != NULL)
        return take_status_id(l, where, s, r);
    else
        r->kind = REF_RULE;
    return true;
}

/* "down.2" is the second `down`; "iis/403.14" is a status of that name. */
static bool take_nth(struct loader *l, const struct node *where, struct ref *r)
{
    const char *dot = memrchr(r->name.at, '.', r->name.len);
    struct slice front, digits;

    if (dot == NULL || dot == r->name.at || status_find(r->name) != NULL)
        return true;
    front = (struct slice){r->name.at, (size_t)(dot - r->name.at)};
    digits = (struct slice){dot + 1, r->name.len - front.len - 1};
    if (!slice_to_u64(digits, &r->nth))
        return true;
    if (r->nth == 0)
        return complain_at(l->why, where, "%.*s: they are counted from 1",
                           SLICE_ARGS(r->text));
    r->name = front;
    return true;
}

bool parse_ref(struct loader *l, const struct node *where, struct slice text,
               struct ref *into)
{
    text = slice_trim(text, " ");
    *into = (struct ref){.text = text, .name = text, .node = where};
    if (text.len == 0)
        return complain_at(l->why, where,
                           "here should stand the name of a rule, a status or \"any\"");
    return take_nth(l, where, into) && take_name(l, where, into);
}

bool take_ref(struct loader *l, const struct node *value, struct ref *into)
{
    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "what a claim speaks of",
                             "the name of a rule or a status");
    return parse_ref(l, value, value->text, into);
}

static uint32_t count_parts(struct slice text, char between)
{
    uint32_t n = 1;

    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == between;
    return n;
}

bool parse_refs(struct loader *l, const struct node *where, struct slice text, char between,
                struct refs *into)
{
    uint32_t n = count_parts(text, between);
    bool ok = true;

    into->at = arena_zero(l->arena, n * sizeof(*into->at));
    if (into->at == NULL)
        return complain_memory(l, where);
    for (into->n = 0; into->n < n; into->n++)
        ok &= parse_ref(l, where, slice_cut(&text, between), &into->at[into->n]);
    return ok;
}

bool take_refs(struct loader *l, const struct node *value, struct refs *into)
{
    bool ok = true;

    if (value->kind == NODE_MAP)
        return complain_kind(l, value, "what a claim speaks of",
                             "names of rules or statuses");
    if (value->kind == NODE_SCALAR)
        return parse_refs(l, value, value->text, ',', into);
    into->at = room_for(l, value, sizeof(*into->at), &into->n);
    if (into->at == NULL)
        return false;
    into->n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_ref(l, m, &into->at[into->n++]);
    if (into->n == 0)
        return complain_at(l->why, value, "this list is empty");
    return ok;
}
