/* SPDX-License-Identifier: MIT */
/*
 * Rules that an earlier one leaves nothing to. The index knows which those may be: what
 * covers a path stands on its way.
 */
#include "keys.h"

#define COVER_WORK \
    1000000u /* pairs: a huge file of wildcards is not compared all with all */

struct reach {
    struct loader *l;
    const struct rule *later;
    uint32_t work;
};

/* Asks a rule for method and path alone, and speaks for ever? */
static bool is_plain(const struct rule *r)
{
    uint32_t methods = 0;

    for (const struct condition *c = r->conditions; c != NULL; c = c->next) {
        methods += c->kind == CONDITION_METHOD;
        if (c->kind != CONDITION_METHOD &&
            (c->kind != CONDITION_PATH || c->path != r->path))
            return false;
    }
    return methods <= 1 && r->times == 0;
}

static const struct condition *methods_of(const struct rule *r)
{
    const struct condition *c = r->conditions;

    while (c != NULL && c->kind != CONDITION_METHOD)
        c = c->next;
    return c;
}

static bool has_word(const struct condition *c, struct slice word)
{
    for (uint32_t i = 0; i < c->n_words; i++)
        if (slice_is(c->words[i], word))
            return true;
    return false;
}

static bool covers_methods(const struct rule *early, const struct rule *later)
{
    const struct condition *a = methods_of(early), *b = methods_of(later);

    if (a == NULL || b == NULL)
        return a == NULL;
    for (uint32_t i = 0; i < b->n_words; i++)
        if (!has_word(a, b->words[i]))
            return false;
    return true;
}

static bool covers(const struct rule *early, const struct rule *later)
{
    return is_plain(early) && covers_methods(early, later) &&
           (early->path == NULL ||
            (later->path != NULL && glob_covers(early->path, later->path)));
}

static bool look_at(void *arg, const struct rule *early)
{
    struct reach *r = arg;

    if (early->index >= r->later->index || r->work++ == COVER_WORK)
        return true;
    if (!covers(early, r->later))
        return false;
    complain_at(r->l->why, r->later->node,
                "this rule never speaks: \"%.*s\" on line %u always does before it",
                SLICE_ARGS(early->name), early->node->line);
    return true;
}

void check_reach(struct loader *l, const struct scenario *s)
{
    struct reach r = {.l = l};

    for (uint32_t i = 0; i < s->n_rules && r.work < COVER_WORK; i++) {
        r.later = &s->rules[i];
        rule_index_find(s->index,
                        r.later->path == NULL ? SLICE("") : glob_text(r.later->path),
                        look_at, &r);
    }
}
