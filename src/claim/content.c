/* SPDX-License-Identifier: MIT */
/* NAME: {has: …, lacks: …}: what is in a request. */
#include "parts.h"

struct traits {
    struct trait *at;
    uint32_t n;
    uint8_t which;
};

static bool add(struct loader *l, struct traits *t, enum trait_part part, struct slice name,
                const struct node *value, bool lacks)
{
    struct trait *new = t->at == NULL ? NULL : &t->at[t->n++];
    struct pattern *p = NULL;

    if (new == NULL) /* complained of when room was made */
        return false;
    *new = (struct trait){.part = part, .name = name, .lacks = lacks};
    if (value == NULL || node_is(value, "present"))
        return true;
    if (node_is(value, "absent")) {
        new->lacks = !lacks;
        return true;
    }
    if (!shape_load(l, &shape_pattern, value, &p))
        return false;
    new->value = p;
    return true;
}

/* Names alone, or names and what their values are. */
static bool take_names(struct loader *l, const struct node *value, enum trait_part part,
                       bool lacks, struct traits *t)
{
    bool ok = true;

    if (value->kind == NODE_SCALAR && value->text.len > 0)
        return add(l, t, part, value->text, NULL, lacks);
    if (value->n == 0)
        return complain_kind(l, value, value->key->text.at,
                             "a name, a list of names, or a map from names to values");
    for (const struct node *m = value->first; m != NULL; m = m->next)
        if (value->kind == NODE_MAP)
            ok &= add(l, t, part, m->key->text, m, lacks);
        else if (m->kind == NODE_SCALAR)
            ok &= add(l, t, part, m->text, NULL, lacks);
        else
            ok &= complain_kind(l, m, value->key->text.at, "names");
    return ok;
}

static bool take_has(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_FIELD, false, into);
}

static bool take_lacks(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_FIELD, true, into);
}

static bool take_query(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_QUERY, false, into);
}

static bool take_cookie(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_COOKIE, false, into);
}

static bool take_form(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_FORM, false, into);
}

static bool take_json(struct loader *l, const struct node *value, void *into)
{
    return take_names(l, value, TRAIT_JSON, false, into);
}

static bool take_body(struct loader *l, const struct node *value, void *into)
{
    return add(l, into, TRAIT_BODY, NO_SLICE, value, false);
}

static bool take_method(struct loader *l, const struct node *value, void *into)
{
    return add(l, into, TRAIT_METHOD, NO_SLICE, value, false);
}

static bool take_target(struct loader *l, const struct node *value, void *into)
{
    return add(l, into, TRAIT_TARGET, NO_SLICE, value, false);
}

static bool take_path(struct loader *l, const struct node *value, void *into)
{
    return add(l, into, TRAIT_PATH, NO_SLICE, value, false);
}

/* One for each name that stands there, so that none needs room of its own. */
static void make_room(struct loader *l, const struct node *n, void *into)
{
    struct traits *t = into;
    size_t room = 1;

    for (const struct node *m = n->first; m != NULL; m = m->next)
        room += m->n + 1;
    t->at = arena_alloc(l->arena, room * sizeof(*t->at));
    if (t->at == NULL)
        complain_memory(l, n);
}

static bool check_traits(struct loader *l, const struct node *n, void *into)
{
    const struct traits *t = into;

    return t->n > 0 ||
           complain_at(l->why, n, "here should stand what the request has or lacks");
}

static const char *const which[] = {"every", "first", "last", NULL};

#define PART(word, own, shape_, words, function, text)                           \
    {                                                                            \
        .name = word, .type = own, .shape = shape_, .form = words, .help = text, \
        .since = "0.2", .take = function                                         \
    }

#define NAMES "a name, a list of names, or a map from names to patterns"

static const struct key keys[] = {
    PART("has", KEY_OWN, NULL, NAMES, take_has,
         "fields that the request has, and what they hold"),
    PART("lacks", KEY_OWN, NULL, NAMES, take_lacks,
         "fields that the request does not have, or not with these values"),
    PART("query", KEY_OWN, NULL, NAMES, take_query, "parameters of the target's query"),
    PART("cookie", KEY_OWN, NULL, NAMES, take_cookie, "cookies that the request brings"),
    PART("form", KEY_OWN, NULL, NAMES, take_form, "fields of a form in the body"),
    PART("json", KEY_OWN, NULL, NAMES, take_json,
         "members of a JSON body, by path: items.0.id"),
    PART("body", KEY_SHAPE, &shape_pattern, NULL, take_body, "the body as a text"),
    PART("method", KEY_SHAPE, &shape_pattern, NULL, take_method, "the method"),
    PART("target", KEY_SHAPE, &shape_pattern, NULL, take_target,
         "the target, as it came or its path and query alone"),
    PART("path", KEY_SHAPE, &shape_pattern, NULL, take_path,
         "the path of the target, without its query"),
    {.name = "of",
     .type = KEY_CHOICE,
     .choices = which,
     .fallback = "every",
     .help = "which of these requests it is said of; NAME.2 picks one by its number",
     .since = "0.2",
     .at = offsetof(struct traits, which)},
};

const struct shape shape_content = {
    .name = "request-content",
    .help = "what is in the requests that a rule answered",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct traits),
    .prepare = make_room,
    .check = check_traits,
};

bool take_traits(struct loader *l, const struct node *value, struct claim *into)
{
    struct traits t;
    bool ok = shape_load(l, &shape_content, value, &t);

    into->content.at = t.at;
    into->content.n = t.n;
    into->content.which = t.which;
    return ok;
}

/* ---- and in words ---- */

/* "proxy-authorization", "the parameter page", "the body" */
static void say_trait_name(struct words *w, const struct trait *t)
{
    static const char *const words[] = {
        [TRAIT_FIELD] = "",
        [TRAIT_QUERY] = "the parameter ",
        [TRAIT_COOKIE] = "the cookie ",
        [TRAIT_FORM] = "the form field ",
        [TRAIT_JSON] = "JSON ",
        [TRAIT_BODY] = "a body",
        [TRAIT_METHOD] = "a method",
        [TRAIT_TARGET] = "a target",
        [TRAIT_PATH] = "a path",
    };

    say(w, "%s%.*s", words[t->part], SLICE_ARGS(t->name));
}

void say_traits(struct words *w, const struct claim *c)
{
    char pattern[200];

    for (uint32_t i = 0; i < c->content.n; i++) {
        const struct trait *t = &c->content.at[i];

        if (i > 0)
            say(w, i + 1 == c->content.n ? " and " : ", ");
        say(w, t->lacks ? "lacks " : "has ");
        say_trait_name(w, t);
        if (t->value == NULL)
            continue;
        pattern[0] = '\0';
        pattern_print(t->value, pattern, sizeof(pattern));
        say(w, " %s", pattern);
    }
}
