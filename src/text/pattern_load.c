/* SPDX-License-Identifier: MIT */
/* Patterns as they are written: one word, a list of which one must fit, or a map. */
#include "pattern.h"

/* ---- groups ---- */

/* All of a list, or one alone. */
static bool add_each(struct loader *l, const struct node *n, struct pattern *group)
{
    const struct node *item = n->kind == NODE_LIST ? n->first : n;
    bool ok = true;

    if (item == NULL)
        return complain_at(l->why, n, "an empty list: nothing to compare with");
    for (; item != NULL; item = n->kind == NODE_LIST ? item->next : NULL) {
        struct pattern *p;
        ok &= shape_load(l, &shape_pattern, item, &p) && pattern_add(group, p);
    }
    return ok;
}

static struct pattern *unwrap(struct pattern *group)
{
    return group->first == group->last ? group->first : group;
}

static bool take_list(struct loader *l, const struct node *list, void *into)
{
    struct pattern **p = into;

    *p = pattern_new(l, list, PATTERN_ANY, SLICE(""));
    if (*p == NULL || !add_each(l, list, *p))
        return false;
    *p = unwrap(*p);
    return true;
}

/* ---- a map: all of its members ---- */

/* Whether case counts must be known before the rest is read. */
static void prepare(struct loader *l, const struct node *n, void *into)
{
    struct pattern **p = into;
    const struct node *letters;

    if (n->kind != NODE_MAP)
        return;
    *p = pattern_new(l, n, PATTERN_ALL, SLICE(""));
    letters = node_find(n, "case");
    if (*p != NULL && letters != NULL)
        (*p)->ignores_case = node_is(letters, "ignore");
}

/* Of EQUAL and CONTAINS. */
static bool take_text(struct loader *l, const struct node *value, const char *what,
                      enum pattern_kind kind, struct pattern *all)
{
    struct pattern *p;
    struct slice text;

    if (all == NULL || !take_scalar(l, KEY_TEXT, value, what, &text))
        return false;
    p = pattern_new(l, value, kind, text);
    if (p != NULL)
        p->ignores_case = all->ignores_case;
    return pattern_add(all, p);
}

static bool take_equals(struct loader *l, const struct node *value, void *into)
{
    return take_text(l, value, "equals", PATTERN_EQUAL, *(struct pattern **)into);
}

static bool take_contains(struct loader *l, const struct node *value, void *into)
{
    if (node_is(value, ""))
        return complain_at(l->why, value,
                           "contains: nothing is in every value; to ask "
                           "whether there is one, write present");
    return take_text(l, value, "contains", PATTERN_CONTAINS, *(struct pattern **)into);
}

static bool take_glob(struct loader *l, const struct node *value, void *into)
{
    struct pattern *all = *(struct pattern **)into;
    struct slice text;

    return all != NULL && take_scalar(l, KEY_TEXT, value, "glob", &text) &&
           pattern_add(all, pattern_new_glob(l, value, text, all->ignores_case));
}

static bool take_matches(struct loader *l, const struct node *value, void *into)
{
    struct pattern *all = *(struct pattern **)into;
    struct slice text;

    if (all == NULL || !take_scalar(l, KEY_TEXT, value, "matches", &text))
        return false;
    /* They would be part of the expression: who writes them means the other form. */
    if (pattern_is_slashed(text))
        return complain_at(l->why, value,
                           "matches takes an expression without slashes around it; a "
                           "literal one in front is \"[/]\"");
    return pattern_add(all,
                       pattern_new_regex(l, value, text, all->ignores_case ? "i" : ""));
}

static bool take_number(struct loader *l, const struct node *value, const char *what,
                        enum pattern_kind kind, struct pattern *all)
{
    if (value->kind != NODE_SCALAR || !pattern_is_number(value->text))
        return complain_at(l->why, value, "%s must be a number, such as 5 or 2.5", what);
    return pattern_add(all, pattern_new_comparison(l, value, kind, value->text));
}

static bool take_less(struct loader *l, const struct node *value, void *into)
{
    return take_number(l, value, "less-than", PATTERN_LESS, *(struct pattern **)into);
}

static bool take_more(struct loader *l, const struct node *value, void *into)
{
    return take_number(l, value, "more-than", PATTERN_MORE, *(struct pattern **)into);
}

static bool take_at_least(struct loader *l, const struct node *value, void *into)
{
    return take_number(l, value, "at-least", PATTERN_AT_LEAST, *(struct pattern **)into);
}

static bool take_at_most(struct loader *l, const struct node *value, void *into)
{
    return take_number(l, value, "at-most", PATTERN_AT_MOST, *(struct pattern **)into);
}

static bool take_not(struct loader *l, const struct node *value, void *into)
{
    struct pattern *p = pattern_new(l, value, PATTERN_NOT, SLICE("")), *member;

    return p != NULL && shape_load(l, &shape_pattern, value, &member) &&
           pattern_add(p, member) && pattern_add(*(struct pattern **)into, p);
}

static bool take_group(struct loader *l, const struct node *value, enum pattern_kind kind,
                       struct pattern *all)
{
    struct pattern *p = pattern_new(l, value, kind, SLICE(""));

    return p != NULL && add_each(l, value, p) && pattern_add(all, unwrap(p));
}

static bool take_any(struct loader *l, const struct node *value, void *into)
{
    return take_group(l, value, PATTERN_ANY, *(struct pattern **)into);
}

static bool take_all(struct loader *l, const struct node *value, void *into)
{
    return take_group(l, value, PATTERN_ALL, *(struct pattern **)into);
}

static const char *const cases[] = {"exact", "ignore", NULL};

static const struct key case_key = {
    .name = "case",
    .type = KEY_CHOICE,
    .choices = cases,
};

/* Taken by prepare(); whether it makes sense is seen here. */
static bool take_case(struct loader *l, const struct node *value, void *into)
{
    uint8_t which;

    (void)into;
    return key_load(l, &case_key, value, &which);
}

static bool compares_text(const struct pattern *all)
{
    for (const struct pattern *m = all->first; m != NULL; m = m->next)
        if (m->kind <= PATTERN_REGEX)
            return true;
    return false;
}

static bool check(struct loader *l, const struct node *n, void *into)
{
    struct pattern **p = into;

    if (n->kind != NODE_MAP)
        return true;
    if (node_find(n, "case") != NULL && !compares_text(*p))
        return complain_at(l->why, node_find(n, "case"),
                           "case goes beside equals, contains, glob or matches");
    if ((*p)->first == NULL)
        return complain_at(l->why, n, "an empty map: nothing to compare with");
    (*p)->ignores_case = false;
    *p = unwrap(*p);
    return true;
}

/* ---- the table ---- */

#define NUMBER "a number: 5, 2.5"

static const struct key keys[] = {
    {.name = "equals",
     .type = KEY_TEXT,
     .take = take_equals,
     .since = "0.2",
     .help = "the value is this text, octet by octet"},
    {.name = "contains",
     .type = KEY_TEXT,
     .take = take_contains,
     .since = "0.2",
     .help = "this text is somewhere in the value"},
    {.name = "glob",
     .type = KEY_TEXT,
     .take = take_glob,
     .since = "0.2",
     .help = "the value is like this: \"*\" stands for any octets, \"?\" for any one, "
             "\"\\\" makes the next one literal"},
    {.name = "matches",
     .type = KEY_TEXT,
     .take = take_matches,
     .since = "0.2",
     .help = "this regular expression (PCRE2) matches somewhere in the value"},
    {.name = "case",
     .type = KEY_CHOICE,
     .choices = cases,
     .fallback = "exact",
     .take = take_case,
     .since = "0.2",
     .help = "whether upper and lower case differ for the keys beside it"},
    {.name = "less-than",
     .type = KEY_OWN,
     .form = NUMBER,
     .take = take_less,
     .since = "0.2",
     .help = "the value is a number below this one"},
    {.name = "more-than",
     .type = KEY_OWN,
     .form = NUMBER,
     .take = take_more,
     .since = "0.2",
     .help = "the value is a number above this one"},
    {.name = "at-most",
     .type = KEY_OWN,
     .form = NUMBER,
     .take = take_at_most,
     .since = "0.2",
     .help = "the value is a number, this one or below"},
    {.name = "at-least",
     .type = KEY_OWN,
     .form = NUMBER,
     .take = take_at_least,
     .since = "0.2",
     .help = "the value is a number, this one or above"},
    {.name = "not",
     .type = KEY_SHAPE,
     .shape = &shape_pattern,
     .take = take_not,
     .since = "0.2",
     .help = "the value does not fit this, or there is none"},
    {.name = "any",
     .type = KEY_LIST,
     .shape = &shape_pattern,
     .take = take_any,
     .since = "0.2",
     .help = "one of these fits at least"},
    {.name = "all",
     .type = KEY_LIST,
     .shape = &shape_pattern,
     .take = take_all,
     .since = "0.2",
     .help = "all of these fit"},
};

const struct shape shape_pattern = {
    .name = "pattern",
    .help = "what a value is compared with; of a list one must fit, of a map all",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct pattern *),
    .short_form = "a text, a glob (*.png), a regular expression (/^Digest /), a comparison "
                  "(> 5), a range (5..10), present or absent",
    .take_short = pattern_take_word,
    .take_list = take_list,
    .prepare = prepare,
    .check = check,
};
