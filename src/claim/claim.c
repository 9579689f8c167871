/* SPDX-License-Identifier: MIT */
/*
 * One item of `expect`. Its first business is what kind of claim it is: one key says so, or
 * a key of the author's own, which is a reference. Other keys go with some kinds only.
 */
#include "parts.h"

#define KIND(k) (1u << CLAIM_##k)
#define NO_KIND CLAIM_KINDS

#define REFERENCE "the name of a rule, a status such as 407 or 4xx, NAME.2, or any"
#define RANGE     "a number, or a range: 1.., 1..3, at most 2"

/* clang-format off */
/*    name, kinds it goes with, kind it makes, taker, shape of its own, what is expected,
      what it says */
#define CLAIM_KEYS(X)                                                                        \
    X("order", KIND(ORDER), CLAIM_ORDER, take_order, NULL,                                   \
      "steps: login, call x3, a|b, ..., page x1..",                                          \
      "the whole story, step by step, with nothing between")                                 \
    X("count", KIND(COUNT), CLAIM_COUNT, take_count, NULL,                                   \
      RANGE ", or a map from names to them",                                                 \
      "how many requests come, in all or to each rule")                                      \
    X("never", KIND(NEVER), CLAIM_NEVER, take_never, NULL, "one or more of: " REFERENCE,     \
      "what never comes")                                                                    \
    X("connections", KIND(CONNECTIONS), CLAIM_CONNECTIONS, take_connections, NULL, RANGE,    \
      "how many connections the client's requests come on")                                  \
    X("same", KIND(SAME), CLAIM_SAME, take_same, NULL,                                       \
      "some of method, target, body, connection, header NAME",                               \
      "what each request has in common with the next one")                                   \
    X("in", KIND(SAME), NO_KIND, take_in, NULL, "names, in turn: [407, page]",               \
      "which requests `same` speaks of; without it, of all")                                 \
    X("repeat", KIND(REPEAT), CLAIM_REPEAT, take_repeat, NULL, REFERENCE,                    \
      "a request that was lost, and comes again, whole")                                     \
    X("as", KIND(REPEAT), NO_KIND, take_as, NULL, REFERENCE,                                 \
      "what the lost request comes again as")                                                \
    X("gap", KIND(GAP), CLAIM_GAP, take_gap, NULL, "FROM -> TO, or each NAME",               \
      "how long the client waits, from the end of an answer to a request")                   \
    X("is", KIND(GAP), NO_KIND, take_bounds, NULL,                                           \
      "0.5s..5s, at least 1.5 x previous, at least retry-after, at most 2s, about 1s",       \
      "what the wait is held to; a list: to all of them")                                    \
    X("grows", KIND(GAP), NO_KIND, take_grows, NULL, "true, or a factor: 1.5",               \
      "each wait is longer than the one before")                                             \
    X("jitter", KIND(GAP), NO_KIND, take_jitter, NULL, "present or tolerated",               \
      "whether waits are irregular, or may be while they grow")                              \
    X("after", KIND(REACTION), CLAIM_REACTION, take_after, NULL, REFERENCE ", or fault NAME", \
      "after what the client reacts")                                                        \
    X("client", KIND(REACTION), NO_KIND, take_reaction, NULL,                                \
      "sends NAME, does not send NAME, sends-nothing, closes, reuses-connection, "           \
      "new-connection",                                                                      \
      "what the client does then")                                                           \
    X("within", KIND(WITHIN) | KIND(REACTION), CLAIM_WITHIN, take_within, NULL,              \
      "a duration: 5s",                                                                      \
      "how soon")                                                                            \
    X("from", KIND(WITHIN), NO_KIND, take_from, NULL, REFERENCE,                             \
      "from the end of whose answer")                                                        \
    X("to", KIND(WITHIN), NO_KIND, take_to, NULL, REFERENCE,                                 \
      "to the beginning of which request")                                                   \
    X("storm", KIND(STORM), CLAIM_STORM, take_storm, &shape_storm,                           \
      "off, or {requests: 50, in: 1s}",                                                      \
      "when requests without an answer below 400 come too fast to be meant")                 \
    X("safe", KIND(SAFE), CLAIM_SAFE, take_safe, NULL,                                       \
      "some of no-unsafe-repeat, credentials, refused-connect, unasked",                     \
      "what the client had better not do")                                                   \
    X("no-unsafe-repeat", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                  \
      "a POST or PATCH is not sent again unless its answer says that it was not acted upon") \
    X("credentials-stay", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                  \
      "credentials never go to another authority than the one they were first sent to")      \
    X("refused-connect-is-final", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",          \
      "after a refused CONNECT nothing is sent as if there were a tunnel")                   \
    X("nothing-unasked", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                   \
      "a connection on which an answer too many came is not used again")                     \
    X("origin-never-sees", KIND(UNSEEN), CLAIM_UNSEEN, take_words, NULL, "names of fields",  \
      "fields that are for the proxy alone")                                                 \
    X("never-acts-on", KIND(INERT), CLAIM_INERT, take_words, NULL,                           \
      "words that an answer holds",                                                          \
      "what must not come back in a later request")                                          \
    X("exit", KIND(EXIT), CLAIM_EXIT, take_exit, NULL, RANGE ", not 0, or a list of these",  \
      "the exit status of the command")                                                      \
    X("output", KIND(OUTPUT), CLAIM_OUTPUT, take_output, &shape_pattern, "a pattern",        \
      "what the command prints on standard output")                                          \
    X("ends-within", KIND(ENDS_WITHIN), CLAIM_ENDS_WITHIN, take_ends_within, NULL,           \
      "a duration: 10s", "how soon the command ends")
/* clang-format on */

static const struct part {
    struct slice name;
    unsigned kinds;
    enum claim_kind makes;
    claim_taker *take;
} parts[] = {
#define X(name, kinds, makes, take, own, form, help) {SLICE(name), kinds, makes, take},
    CLAIM_KEYS(X)
#undef X
};

static const struct part *find_part(struct slice name)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (slice_is(name, parts[i].name))
            return &parts[i];
    return NULL;
}

/* Of two that could be it, the one that stands first in the table: `after` makes a reaction
 * of `within`. */
static const struct part *maker_of(const struct node *item)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].makes != NO_KIND && node_find(item, parts[i].name.at) != NULL)
            return &parts[i];
    return NULL;
}

static struct slice maker_name(unsigned kinds)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (parts[i].makes != NO_KIND && (kinds & (1u << parts[i].makes)) != 0)
            return parts[i].name;
    return SLICE("another claim");
}

/* ---- keys of the table ---- */

static bool complain_stray(struct loader *l, const struct node *value,
                           const struct part *part, const struct claim *c)
{
    struct slice is =
        c->kind == CLAIM_CONTENT ? c->content.ref.text : maker_name(1u << c->kind);

    if (c->kind == NO_KIND || part->makes == NO_KIND)
        return complain_at(l->why, value->key, "%.*s goes with %.*s, and here is none",
                           SLICE_ARGS(part->name), SLICE_ARGS(maker_name(part->kinds)));
    return complain_at(l->why, value->key,
                       "%.*s and %.*s are two expectations: each is an item of its own",
                       SLICE_ARGS(is), SLICE_ARGS(part->name));
}

static bool take_part(struct loader *l, const struct node *value, void *into)
{
    struct claim *c = into;
    const struct part *part = find_part(value->key->text);

    if (c->kind == NO_KIND || (part->kinds & (1u << c->kind)) == 0)
        return complain_stray(l, value, part, c);
    return part->take(l, value, c);
}

static const char *const levels[] = {"must", "should", "may", NULL};

static const struct key keys[] = {
#define X(word, kinds, makes, taker, own, words, text) \
    {.name = word,                                     \
     .type = KEY_OWN,                                  \
     .shape = own,                                     \
     .form = words,                                    \
     .help = text,                                     \
     .since = "0.2",                                   \
     .take = take_part},
    CLAIM_KEYS(X)
#undef X
        {.name = "level",
         .type = KEY_CHOICE,
         .choices = levels,
         .fallback = "must",
         .help = "what is broken fails the run, warns, or is told",
         .since = "0.2",
         .at = offsetof(struct claim, level)},
    {.name = "spec",
     .type = KEY_TEXT,
     .help = "where it is written that a client does this: RFC 9110 §15.5.8",
     .since = "0.2",
     .at = offsetof(struct claim, spec)},
    {.name = "because",
     .type = KEY_TEXT,
     .help = "why it matters, for the report",
     .since = "0.2",
     .at = offsetof(struct claim, because)},
};

/* ---- keys of the author's own ---- */

static bool is_key(struct slice name)
{
    for (size_t i = 0; i < COUNT(keys); i++)
        if (slice_is(name, slice_of(keys[i].name)))
            return true;
    return false;
}

static bool complain_unknown(struct loader *l, const struct node *value)
{
    const char *names[COUNT(keys)], *near;

    for (size_t i = 0; i < COUNT(keys); i++)
        names[i] = keys[i].name;
    near = word_nearest(value->key->text, names, COUNT(keys));
    if (near != NULL)
        return complain_at(l->why, value->key, "unknown key \"%.*s\"; did you mean \"%s\"?",
                           SLICE_ARGS(value->key->text), near);
    return complain_at(l->why, value->key,
                       "unknown key \"%.*s\"; a claim about requests is NAME: {has: …}",
                       SLICE_ARGS(value->key->text));
}

static bool take_free(struct loader *l, const struct node *value, void *into)
{
    struct claim *c = into;

    if (value->kind != NODE_MAP)
        return complain_unknown(l, value);
    if (c->kind != CLAIM_CONTENT)
        return complain_at(l->why, value->key,
                           "%.*s and %.*s are two expectations: each is an item of its own",
                           SLICE_ARGS(maker_name(1u << c->kind)),
                           SLICE_ARGS(value->key->text));
    if (c->content.ref.text.len > 0)
        return complain_at(l->why, value->key,
                           "%.*s and %.*s are two expectations: each is an item of its own",
                           SLICE_ARGS(c->content.ref.text), SLICE_ARGS(value->key->text));
    bool ok = parse_ref(l, value->key, value->key->text, &c->content.ref);
    return take_traits(l, value, c) && ok;
}

/* ---- the whole ---- */

static void find_kind(struct loader *l, const struct node *item, void *into)
{
    struct claim *c = into;
    const struct part *maker = item->kind == NODE_MAP ? maker_of(item) : NULL;

    (void)l;
    c->node = item;
    c->kind = maker != NULL ? (uint8_t)maker->makes : NO_KIND;
    for (const struct node *m = item->first; m != NULL && c->kind == NO_KIND; m = m->next)
        if (item->kind == NODE_MAP && !is_key(m->key->text))
            c->kind = CLAIM_CONTENT;
}

static bool needs(struct loader *l, const struct node *item, bool is_there,
                  const char *what)
{
    return is_there || complain_at(l->why, item, "this expectation needs %s", what);
}

static bool check_gap(struct loader *l, const struct node *item, const struct claim *c)
{
    bool is_irregular = c->gap.jitter == JITTER_PRESENT, ok;

    ok = needs(l, item, c->gap.n_is > 0 || c->gap.growth > 0 || is_irregular,
               "is: how long");
    if (!c->gap.is_each) {
        ok &= needs(l, item, c->gap.growth == 0,
                    "gap: each NAME, so that there is something to grow");
        ok &= needs(l, item, c->gap.jitter == JITTER_UNSAID,
                    "gap: each NAME, so that there is something irregular");
    }
    return ok;
}

static bool has_its_parts(struct loader *l, const struct node *item, const struct claim *c)
{
    bool ok;

    switch ((enum claim_kind)c->kind) {
    case CLAIM_REPEAT:
        return needs(l, item, node_find(item, "as") != NULL, "as: what comes again");
    case CLAIM_GAP:
        return check_gap(l, item, c);
    case CLAIM_WITHIN:
        ok = needs(l, item, node_find(item, "from") != NULL, "from: after whose answer");
        return needs(l, item, node_find(item, "to") != NULL, "to: which request") && ok;
    case CLAIM_REACTION:
        return needs(l, item, node_find(item, "client") != NULL, "client: what it does");
    default:
        return true;
    }
}

static bool check_claim(struct loader *l, const struct node *item, void *into)
{
    struct claim *c = into;

    if (c->kind == NO_KIND)
        return complain_at(l->why, item,
                           "nothing is expected here: it takes order, count, never, gap, "
                           "within, after, exit or another of the expectations");
    if (!has_its_parts(l, item, c))
        return false;
    c->text = claim_say(l->arena, c);
    return c->text.at != NULL || complain_memory(l, item);
}

const struct shape shape_claim = {
    .name = "expectation",
    .help = "what the client should do",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct claim),
    .prepare = find_kind,
    .check = check_claim,
    .take_other = take_free,
    .other = REFERENCE ": what is in those requests",
    .other_shape = &shape_content,
};
