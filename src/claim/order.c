/* SPDX-License-Identifier: MIT */
/* order: the whole story, step by step. */
#include "parts.h"

#define MOST_ITEMS 1000u

/* "x3", "x1..", "x1..3", "x..3": how often a step comes. */
static bool parse_times(struct slice text, struct order_item *i)
{
    struct range r;

    if (text.len < 2 || text.at[0] != 'x' || strchr("0123456789.", text.at[1]) == NULL ||
        !range_parse((struct slice){text.at + 1, text.len - 1}, slice_to_u64, &r) ||
        r.is_not)
        return false;
    i->least = r.least;
    i->most = r.most;
    return true;
}

/* Cuts " x3" off the end of an item. False: it has something there that is no number. */
static bool take_times(struct loader *l, const struct node *where, struct slice *item,
                       struct order_item *i)
{
    const char *space = memrchr(item->at, ' ', item->len);
    struct slice front, last;

    i->least = i->most = 1;
    if (space == NULL)
        return true;
    front = (struct slice){item->at, (size_t)(space - item->at)};
    last = (struct slice){space + 1, item->len - front.len - 1};
    if (last.len < 2 || last.at[0] != 'x' || strchr("0123456789.", last.at[1]) == NULL)
        return true;
    if (!parse_times(last, i))
        return complain_at(
            l->why, where,
            "\"%.*s\" should be a number of times, such as x2, x1.. or x1..3",
            SLICE_ARGS(last));
    if (i->most == 0)
        return complain_at(l->why, where,
                           "\"%.*s\" can never come: x0 says so, and never: says it better",
                           SLICE_ARGS(*item));
    *item = slice_trim(front, " ");
    return true;
}

/* "any of (a|b)", "(a|b)", "a|b" */
static struct slice bare_choice(struct slice item)
{
    struct slice s = item;

    if (cut_word(&s, "any of"))
        item = s;
    if (item.len > 1 && item.at[0] == '(' && item.at[item.len - 1] == ')')
        item = (struct slice){item.at + 1, item.len - 2};
    return item;
}

static bool take_item(struct loader *l, const struct node *where, struct slice item,
                      struct order_item *into)
{
    item = slice_trim(item, " \t\n");
    if (slice_is(item, SLICE("...")) || slice_is(item, SLICE("\xe2\x80\xa6"))) {
        *into = (struct order_item){.least = 0, .most = NO_BOUND};
        return true;
    }
    return take_times(l, where, &item, into) &&
           parse_refs(l, where, bare_choice(item), '|', &into->any_of);
}

static uint32_t count_items(const struct node *value)
{
    uint32_t n = 0;

    if (value->kind == NODE_LIST)
        return value->n;
    for (size_t i = 0; i < value->text.len; i++)
        n += value->text.at[i] == ',';
    return n + 1;
}

bool take_order(struct loader *l, const struct node *value, struct claim *into)
{
    uint32_t n = count_items(value);
    struct slice rest = value->text;
    bool ok = true;

    if (value->kind == NODE_MAP)
        return complain_kind(l, value, "order", "steps, such as login, call x3, gone");
    if (n == 0 || n > MOST_ITEMS)
        return complain_at(l->why, value, "order takes 1 to %u steps, not %u", MOST_ITEMS,
                           n);
    into->order.at = arena_zero(l->arena, n * sizeof(*into->order.at));
    if (into->order.at == NULL)
        return complain_memory(l, value);
    into->order.n = n;
    if (value->kind == NODE_SCALAR) {
        for (uint32_t i = 0; i < n; i++)
            ok &= take_item(l, value, slice_cut(&rest, ','), &into->order.at[i]);
        return ok;
    }
    n = 0;
    for (const struct node *m = value->first; m != NULL; m = m->next, n++)
        ok &= m->kind == NODE_SCALAR ? take_item(l, m, m->text, &into->order.at[n])
                                     : complain_kind(l, m, "a step", "one word");
    return ok;
}
