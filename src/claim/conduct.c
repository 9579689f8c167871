/* SPDX-License-Identifier: MIT */
/* Claims about how the client behaves: how it reacts, and what it had better not do. */
#include "parts.h"

bool take_after(struct loader *l, const struct node *value, struct claim *c)
{
    return take_ref(l, value, &c->reaction.after);
}

static const struct {
    const char *words;
    uint8_t is;
} reactions[] = {
    {"sends-nothing", REACTION_SENDS_NOTHING},
    {"sends nothing", REACTION_SENDS_NOTHING},
    {"closes", REACTION_CLOSES},
    {"closes the connection", REACTION_CLOSES},
    {"reuses-connection", REACTION_REUSES},
    {"reuses the connection", REACTION_REUSES},
    {"new-connection", REACTION_RENEWS},
    {"opens a new connection", REACTION_RENEWS},
};

bool take_reaction(struct loader *l, const struct node *value, struct claim *c)
{
    struct slice text = value->text;

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "client", "what it does, in words");
    for (size_t i = 0; i < COUNT(reactions); i++)
        if (node_is(value, reactions[i].words)) {
            c->reaction.what = reactions[i].is;
            return true;
        }
    if (cut_word(&text, "sends"))
        c->reaction.what = REACTION_SENDS;
    else if (cut_word(&text, "does not send") || cut_word(&text, "never sends"))
        c->reaction.what = REACTION_SENDS_NOT;
    else
        return complain_at(l->why, value,
                           "client takes: sends NAME, does not send NAME, sends-nothing, "
                           "closes, reuses-connection or new-connection");
    return parse_ref(l, value, text, &c->reaction.sends);
}

/* ---- guards: what the client had better not do ---- */

static const char *const guard_words[] = {"no-unsafe-repeat", "credentials",
                                          "refused-connect", "unasked"};
static const char *const guard_keys[] = {"no-unsafe-repeat", "credentials-stay",
                                         "refused-connect-is-final", "nothing-unasked"};

static bool take_guard_word(struct loader *l, const struct node *value, struct claim *c)
{
    const char *near;

    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "safe", "words");
    for (size_t i = 0; i < COUNT(guard_words); i++)
        if (node_is(value, guard_words[i])) {
            c->guards |= 1u << i;
            return true;
        }
    near = word_nearest(value->text, guard_words, COUNT(guard_words));
    return complain_at(l->why, value,
                       "safe takes no-unsafe-repeat, credentials, refused-connect or "
                       "unasked, not \"%.*s\"%s%s%s",
                       SLICE_ARGS(value->text), near == NULL ? "" : "; did you mean \"",
                       near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

bool take_safe(struct loader *l, const struct node *value, struct claim *c)
{
    bool ok = true;

    if (value->kind != NODE_LIST)
        return take_guard_word(l, value, c);
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= take_guard_word(l, m, c);
    return value->n > 0 ? ok : complain_at(l->why, value, "this list is empty");
}

/* no-unsafe-repeat: true */
bool take_guard(struct loader *l, const struct node *value, struct claim *c)
{
    if (!node_is(value, "true"))
        return complain_at(l->why, value, "%s takes true: to say nothing, leave it out",
                           value->key->text.at);
    for (size_t i = 0; i < COUNT(guard_keys); i++)
        if (node_is(value->key, guard_keys[i]))
            c->guards |= 1u << i;
    return true;
}

/* ---- words that must not come by ---- */

static bool add_word(struct loader *l, const struct node *value, const char *what,
                     struct claim *c)
{
    struct slice word;

    if (!take_scalar(l, KEY_TEXT, value, what, &word))
        return false;
    if (word.len == 0)
        return complain_at(l->why, value, "an empty word is in everything");
    c->words.at[c->words.n++] = word;
    return true;
}

bool take_words(struct loader *l, const struct node *value, struct claim *c)
{
    const char *what = value->key->text.at;
    bool ok = true;

    if (value->kind == NODE_MAP)
        return complain_kind(l, value, what, "a word, or a list of them");
    c->words.at = room_for(l, value, sizeof(*c->words.at), &c->words.n);
    if (c->words.at == NULL)
        return false;
    c->words.n = 0;
    if (value->kind == NODE_SCALAR)
        return add_word(l, value, what, c);
    for (const struct node *m = value->first; m != NULL; m = m->next)
        ok &= add_word(l, m, what, c);
    return value->n > 0 ? ok : complain_at(l->why, value, "this list is empty");
}
