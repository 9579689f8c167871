/* SPDX-License-Identifier: MIT */
/* Rules: conditions, and what to say when they hold. */
#include "keys.h"

static bool rule_match(struct loader *l, const struct node *n, void *into)
{
    struct rule *r = into;
    struct condition *chain = NULL;

    if (n->kind == NODE_SCALAR)
        r->text = n->text;
    if (!shape_load(l, &shape_match, n, &chain))
        return false;
    while (chain != NULL) { /* beside those of `when` */
        struct condition *next = chain->next;
        condition_add(&r->conditions, chain);
        chain = next;
    }
    return true;
}

static bool rule_do(struct loader *l, const struct node *n, void *into)
{
    struct rule *r = into;
    struct key k = {.name = "do", .type = KEY_LIST, .shape = &shape_reply};
    struct many replies = {0};
    bool ok;

    if (r->replies != NULL)
        return complain_at(l->why, n->key, "a rule says `do` or `choose`, not both");
    ok = key_load(l, &k, n, &replies);
    r->replies = replies.at;
    r->n_replies = replies.n;
    return ok && (replies.n > 0 || complain_at(l->why, n, "there is nothing to do here"));
}

static bool rule_choose(struct loader *l, const struct node *n, void *into)
{
    struct rule *r = into;

    r->is_choice = true;
    if (n->kind != NODE_LIST || n->n < 2)
        return complain_kind(l, n, "choose", "a list of two or more answers");
    return rule_do(l, n, into);
}

static bool is_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return s.len > 0 && !(s.at[0] >= '0' && s.at[0] <= '9');
}

static bool rule_name(struct loader *l, const struct node *n, void *into)
{
    struct rule *r = into;

    if (!take_scalar(l, KEY_TEXT, n, "name", &r->name))
        return false;
    r->is_named = true;
    return is_name(r->name) ||
           complain_at(
               l->why, n,
               "a rule's name is made of letters, digits, - and _, and begins with a "
               "letter: expectations speak of it");
}

static const char *const thens[] = {"repeat-last", "cycle", "fall-through", NULL};

#define SINCE .since = "0.2"

/* clang-format off */
static const struct key keys[] = {
    {.name = "name", .type = KEY_OWN, .form = "letters, digits, - and _", .help = "what expectations and reports call it", SINCE, .take = rule_name},
    {.name = "match", .also = "on", .type = KEY_SHAPE, .shape = &shape_match, .help = "which requests it speaks to", SINCE, .take = rule_match},
    {.name = "when", .type = KEY_SHAPE, .shape = &shape_match, .help = "more conditions, beside those of `match`", SINCE, .take = rule_match},
    {.name = "do", .type = KEY_LIST, .shape = &shape_reply, .help = "what to say; of a list the first the first time, the second the second time, and so on", SINCE, .take = rule_do},
    {.name = "choose", .type = KEY_LIST, .shape = &shape_reply, .help = "one of these, drawn by their weights from the seed", SINCE, .take = rule_choose},
    {.name = "then", .type = KEY_CHOICE, .choices = thens, .fallback = "repeat-last", .help = "what follows at the end of the list of `do`: its last, its first, or later rules", SINCE, .at = offsetof(struct rule, then)},
    {.name = "times", .type = KEY_COUNT, .least = 1, .most = 1000000000, .help = "how often it speaks; then later rules do", SINCE, .at = offsetof(struct rule, times)},
    {.name = "faults", .type = KEY_LIST, .shape = &shape_fault, .help = "what goes wrong with each of its answers", SINCE, .at = offsetof(struct rule, faults)},
    {.name = "about", .type = KEY_TEXT, .help = "a remark for the reader", SINCE, .at = offsetof(struct rule, about)},
};
/* clang-format on */

static void prepare(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    ((struct rule *)into)->node = n;
}

/* Keys that say nothing beside the others. */
static bool check_turns(struct loader *l, const struct node *n, const struct rule *r)
{
    if (r->is_choice && node_find(n, "then") != NULL)
        return complain_at(
            l->why, node_find(n, "then")->key,
            "then goes with a list of `do`: of `choose` one is drawn each time");
    for (uint32_t i = 0; !r->is_choice && i < r->n_replies; i++) {
        const struct node *weight = node_find(r->replies[i].node, "weight");
        if (weight != NULL)
            return complain_at(l->why, weight->key,
                               "weight goes with `choose`; those of `do` "
                               "come in turn");
    }
    if (!r->is_choice && r->times > 0 && r->times < r->n_replies)
        return complain_at(
            l->why, n,
            "the rule speaks %llu times and has %u answers: the last are never "
            "reached",
            (unsigned long long)r->times, r->n_replies);
    return true;
}

static bool check(struct loader *l, const struct node *n, void *into)
{
    struct rule *r = into;

    if (n->kind == NODE_MAP && node_find(n, "match") == NULL &&
        node_find(n, "on") == NULL && node_find(n, "when") == NULL)
        return complain_at(
            l->why, n, "a rule needs match: which requests? (\"any **\" is all of them)");
    if (r->replies == NULL)
        return complain_at(l->why, n, "a rule needs do: what shall it say?");
    if (r->then == THEN_FALL_THROUGH && r->times == 0)
        r->times = r->n_replies;
    for (const struct condition *c = r->conditions; c != NULL; c = c->next)
        if (c->kind == CONDITION_PATH && r->path == NULL)
            r->path = c->path;
    return check_turns(l, n, r);
}

const struct shape shape_rule = {
    .name = "rule",
    .help =
        "conditions, and what to say when they hold; the first rule that matches speaks",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct rule),
    .prepare = prepare,
    .check = check,
};
