/* SPDX-License-Identifier: MIT */
/*
 * One item of `expect`. Its first business is what kind of claim it is: one key says so, or
 * a key of the author's own, which is a reference. Other keys go with some kinds only.
 */
#include "parts.h"

#define KIND(k) (1u << CLAIM_##k)
#define NO_KIND CLAIM_KINDS

#define REFERENCE "a reference: down, down.2, 407, 4xx, any"
#define RANGE     "a number or a range: 2, 1..3, 1.., at most 2"

/* clang-format off */
/*    name, kinds it goes with, kind it makes, taker, shape of its own, what is expected,
      what it says */
#define CLAIM_KEYS(X)                                                                        \
    X("order", KIND(ORDER), CLAIM_ORDER, take_order, NULL,                                   \
      "references in turn, in a line or a list: login, call x3, a|b, ..., page x1.., done",                                          \
      "the whole story, request by request; `...` is anything, or nothing")                                 \
    X("count", KIND(COUNT), CLAIM_COUNT, take_count, NULL,                                   \
      RANGE "; or a map from references to these",                                                 \
      "how many requests come, in all or of each reference")                                      \
    X("never", KIND(NEVER), CLAIM_NEVER, take_never, NULL, REFERENCE "; or a list of them",     \
      "requests that never come")                                                                    \
    X("connections", KIND(CONNECTIONS), CLAIM_CONNECTIONS, take_connections, NULL, RANGE,    \
      "how many connections the client's requests come on")                                  \
    X("same", KIND(SAME), CLAIM_SAME, take_same, NULL,                                       \
      "one or a list of method, target, body, connection, header NAME",                               \
      "what each request has in common with the next one")                                   \
    X("in", KIND(SAME), NO_KIND, take_in, NULL, "a reference, or a list of them in turn: [407, page]",               \
      "with `same`: of which requests; without it, of all")                                 \
    X("repeat", KIND(REPEAT), CLAIM_REPEAT, take_repeat, NULL, REFERENCE,                    \
      "a request that gets lost, and comes again with the same method, target and body")                                     \
    X("as", KIND(REPEAT), NO_KIND, take_as, NULL, REFERENCE,                                 \
      "with `repeat`: what the lost request comes again as")                                                \
    X("gap", KIND(GAP), CLAIM_GAP, take_gap, NULL, "two references: down.1 -> down.2; or each and one: each down",               \
      "how long the client waits, from the end of an answer to the next request")                   \
    X("is", KIND(GAP), NO_KIND, take_bounds, NULL,                                           \
      "a duration or a range: 0.5s..5s, at most 2s, about 1s, at least 1.5 x previous, at least retry-after; or a list of these",       \
      "with `gap`: what the wait is held to, all of it")                                    \
    X("grows", KIND(GAP), NO_KIND, take_grows, NULL, "true, or a factor: 1.5",               \
      "with `gap: each`: each wait is longer than the one before, or by that factor")                                             \
    X("jitter", KIND(GAP), NO_KIND, take_jitter, NULL, "present or tolerated",               \
      "with `gap: each`: whether waits must be irregular, or may be so while they grow")                              \
    X("after", KIND(REACTION), CLAIM_REACTION, take_after, NULL, "a reference: down, 503, fault cut", \
      "what the client reacts to")                                                        \
    X("client", KIND(REACTION), NO_KIND, take_reaction, NULL,                                \
      "sends down, does not send down, sends-nothing, closes, reuses-connection or "           \
      "new-connection",                                                                      \
      "with `after`: what the client does then")                                                           \
    X("within", KIND(WITHIN) | KIND(REACTION), CLAIM_WITHIN, take_within, NULL,              \
      "a duration: 5s",                                                                      \
      "how soon the client goes on; with `from` and `to`, or with `after`")                                                                            \
    X("from", KIND(WITHIN), NO_KIND, take_from, NULL, REFERENCE,                             \
      "with `within`: the request from the end of whose answer time is taken")                                                        \
    X("to", KIND(WITHIN), NO_KIND, take_to, NULL, REFERENCE,                                 \
      "with `within`: the request that comes in that time")                                                   \
    X("storm", KIND(STORM), CLAIM_STORM, take_storm, &shape_storm,                           \
      "off, or {requests: 50, in: 1s}",                                                      \
      "when requests without an answer below 400 come too fast to be meant")                 \
    X("safe", KIND(SAFE), CLAIM_SAFE, take_safe, NULL,                                       \
      "one or a list of no-unsafe-repeat, credentials, refused-connect, unasked",                     \
      "what the client keeps to: the four below, in one line")                                                   \
    X("no-unsafe-repeat", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                  \
      "a POST or PATCH is not sent again unless its answer says that it was not acted upon") \
    X("credentials-stay", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                  \
      "credentials never go to another authority than the one they were first sent to")      \
    X("refused-connect-is-final", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",          \
      "after a refused CONNECT nothing is sent as if there were a tunnel")                   \
    X("nothing-unasked", KIND(SAFE), CLAIM_SAFE, take_guard, NULL, "true",                   \
      "a connection on which an answer too many came is not used again")                     \
    X("origin-never-sees", KIND(UNSEEN), CLAIM_UNSEEN, take_words, NULL, "a name or a list of names",  \
      "fields that are for the proxy, and that no upstream gets")                                                 \
    X("never-acts-on", KIND(INERT), CLAIM_INERT, take_words, NULL,                           \
      "a text or a list of texts",                                                          \
      "what an answer holds and must not come back in a later request")                                          \
    X("exit", KIND(EXIT), CLAIM_EXIT, take_exit, NULL, RANGE ", not 0; or a list of these",  \
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
         .help = "whether it fails the run, warns, or is only told when it is broken",
         .since = "0.2",
         .at = offsetof(struct claim, level)},
    {.name = "spec",
     .type = KEY_TEXT,
     .help = "where it is written, for the report: RFC 9110 §15.5.8",
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
    .other = "a reference such as down, down.2 or 407, to requests that are looked into",
    .other_shape = &shape_content,
};
