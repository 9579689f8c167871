/* SPDX-License-Identifier: MIT */
/* The nonces a run has given out: a ring of bounded size, found by chains. */
#include "parts.h"

#define FIRST_ROOM 16u
#define NONCE_TAG  0x6e6f6e6365u /* "nonce": no other chance has these words */

void auth_state_init(struct auth_state *s)
{
    *s = (struct auth_state){0};
}

void auth_state_clear(struct auth_state *s)
{
    mem_free(s->at);
    mem_free(s->chains);
    auth_state_init(s);
}

/* FNV-1a: only nonces of ours are ever put into a chain, so nobody can choose its length.
 */
static uint32_t *chain_of(const struct auth_state *s, struct slice text)
{
    uint32_t h = 0x811c9dc5u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 0x01000193u;
    return &s->chains[h % s->cap];
}

static void chain_in(struct auth_state *s, uint32_t i)
{
    uint32_t *chain = chain_of(s, slice_of(s->at[i].text));

    s->at[i].next = *chain;
    *chain = i + 1;
}

static void chain_out(struct auth_state *s, uint32_t i)
{
    uint32_t *at = chain_of(s, slice_of(s->at[i].text));

    while (*at != i + 1)
        at = &s->at[*at - 1].next;
    *at = s->at[i].next;
}

/* Room for twice as many, up to the most there may be. */
static bool grow(struct auth_state *s)
{
    uint32_t cap = s->cap == 0 ? FIRST_ROOM : s->cap * 2;

    if (cap > AUTH_NONCES)
        cap = AUTH_NONCES;
    struct auth_nonce *at = mem_resize(s->at, cap * sizeof(*at));
    if (at == NULL)
        return false;
    s->at = at;
    uint32_t *chains = mem_zero(cap * sizeof(*chains));
    if (chains == NULL)
        return false;
    mem_free(s->chains);
    s->chains = chains;
    s->cap = cap;
    for (uint32_t i = 0; i < s->n; i++)
        chain_in(s, i);
    return true;
}

struct auth_nonce *nonce_find(const struct auth_state *s, enum auth_side side,
                              struct slice text)
{
    if (text.len != NONCE_DIGITS || s->cap == 0)
        return NULL;
    for (uint32_t i = *chain_of(s, text); i != 0; i = s->at[i - 1].next)
        if (s->at[i - 1].side == side && slice_is(text, slice_of(s->at[i - 1].text)))
            return &s->at[i - 1];
    return NULL;
}

/* The place of a new nonce: behind the others, or where the oldest was. */
static uint32_t make_place(struct auth_state *s)
{
    if (s->n < s->cap)
        return s->n++;
    uint32_t place = s->oldest;
    chain_out(s, place);
    s->oldest = (place + 1) % s->n;
    return place;
}

/* A pure function of the seed and of who asks, so that a run can be told again. */
static void write_text(struct auth_nonce *nonce, const struct auth_request *r,
                       enum nonce_kind kind)
{
    uint64_t words[] = {NONCE_TAG, r->side, kind, r->ordinal, 0};
    uint64_t high = chance_of(r->seed, words, COUNT(words));

    words[4] = 1;
    snprintf(nonce->text, sizeof(nonce->text), "%016llx%016llx", (unsigned long long)high,
             (unsigned long long)chance_of(r->seed, words, COUNT(words)));
}

struct auth_nonce *nonce_give(struct auth_state *s, const struct auth_request *r,
                              enum nonce_kind kind)
{
    struct auth_nonce nonce = {.side = (uint8_t)r->side, .born_ns = r->now_ns}, *known;
    uint32_t place;

    write_text(&nonce, r, kind);
    known = nonce_find(s, r->side, slice_of(nonce.text));
    if (known != NULL)
        return known;
    if (s->n == s->cap && s->cap < AUTH_NONCES && !grow(s))
        return NULL;
    place = make_place(s);
    s->at[place] = nonce;
    chain_in(s, place);
    return &s->at[place];
}
