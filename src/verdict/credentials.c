/* SPDX-License-Identifier: MIT */
/* Where credentials go, and what the origin sees; words that must not come back. */
#include <stdlib.h>

#include "judge.h"

/* ---- whom a request is meant for ---- */

struct authority {
    struct slice host;
    uint16_t port;
};

static bool split(struct slice text, uint16_t fallback, struct authority *a)
{
    bool is_ipv6;

    if (http_split_authority(text, &a->host, &a->port, &is_ipv6) != NULL)
        return false;
    if (a->port == 0)
        a->port = fallback;
    return true;
}

/* The tunnel it came through, else the target's own, else the Host field. */
static bool authority_of(const struct record *r, struct authority *a)
{
    struct http_target t;

    if (r->inside.len > 0)
        return split(r->inside, 443, a);
    if (http_split_target(r->target, http_method_of(r->method), &t) == NULL &&
        t.host.len > 0) {
        a->host = t.host;
        a->port = t.port != 0 ? t.port : http_default_port(t.scheme);
        return true;
    }
    return split(record_field(r->request_head, SLICE("Host"), 0), 80, a);
}

/* ---- credentials stay with one of them ---- */

enum credential { AUTHORIZATION, COOKIE };

struct sent {
    enum credential kind;
    struct slice value;
    struct authority to;
    uint32_t i;
};

struct all_sent {
    struct sent *at; /* owned */
    uint64_t n, room;
    bool is_dark, is_spent;
};

static void note(struct all_sent *all, struct sent one)
{
    if (all->n == all->room) {
        uint64_t room = all->room * 2 + 64;
        struct sent *more = mem_resize(all->at, room * sizeof(*more));
        if (more == NULL) {
            all->is_spent = true;
            return;
        }
        all->at = more;
        all->room = room;
    }
    all->at[all->n++] = one;
}

static void note_cookies(struct all_sent *all, struct slice value, struct sent one)
{
    while (value.len > 0) {
        one.value = slice_trim(slice_cut(&value, ';'), " ");
        if (one.value.len > 0)
            note(all, one);
    }
}

static void note_request(struct all_sent *all, const struct record *r, uint32_t i)
{
    struct slice rest = r->request_head, name, value;
    struct sent one = {.i = i};

    if (!authority_of(r, &one.to))
        return;
    while (record_next_field(&rest, &name, &value)) {
        bool is_cookie = slice_is_nocase(name, SLICE("Cookie"));

        if (!is_cookie && !slice_is_nocase(name, SLICE("Authorization")))
            continue;
        all->is_dark |= is_taken_out(r, value);
        one.kind = is_cookie ? COOKIE : AUTHORIZATION;
        one.value = value;
        if (is_cookie)
            note_cookies(all, value, one);
        else
            note(all, one);
    }
}

static int by_value(const void *a, const void *b)
{
    const struct sent *x = a, *y = b;
    size_t len = x->value.len < y->value.len ? x->value.len : y->value.len;
    int order;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    order = memcmp(x->value.at, y->value.at, len);
    if (order != 0)
        return order;
    if (x->value.len != y->value.len)
        return x->value.len < y->value.len ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

/* Cookies do not know ports (RFC 6265 §8.5). */
static bool is_strange(const struct sent *a, const struct sent *b)
{
    return a->kind == b->kind && slice_is(a->value, b->value) &&
           (!slice_is_nocase(a->to.host, b->to.host) ||
            (a->kind == AUTHORIZATION && a->to.port != b->to.port));
}

static void say_strange(struct story *s, const struct sent *a, const struct sent *b,
                        struct finding *f)
{
    const char *what = a->kind == COOKIE ? "a cookie" : "Authorization";

    find_failure(f, s->at[b->i],
                 text_of(s, "%s stays with %.*s:%u", what,
                         SLICE_ARGS(quoted(s, a->to.host)), a->to.port),
                 text_of(s, "%.*s takes it to %.*s:%u", SLICE_ARGS(beat_label(s, b->i)),
                         SLICE_ARGS(quoted(s, b->to.host)), b->to.port));
}

bool guard_credentials(struct story *s, struct finding *f)
{
    struct all_sent all = {0};

    for (uint32_t i = 0; i < s->n; i++)
        note_request(&all, s->at[i], i);
    s->is_spent |= all.is_spent;
    if (all.n > 0)
        qsort(all.at, all.n, sizeof(*all.at), by_value);
    if (all.is_dark)
        find_unknown(f, SLICE("secrets were taken out of the journal"));
    for (uint64_t i = 1; i < all.n && f->result == FINDING_HOLDS; i++)
        if (is_strange(&all.at[i - 1], &all.at[i]))
            say_strange(s, &all.at[i - 1], &all.at[i], f);
    mem_free(all.at);
    return f->result == FINDING_HOLDS;
}

/* ---- what the origin sees ---- */

/* Was the request itself meant for an origin, through a tunnel or by its form? */
static bool is_for_origin(const struct record *r)
{
    return r->inside.len > 0 || (r->target.len > 0 && r->target.at[0] == '/');
}

void judge_unseen(struct story *s, const struct claim *c, struct finding *f)
{
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t j = 0; j < c->words.n; j++) {
            const struct record *r = s->at[i];
            bool is_relayed = record_field(r->relayed, c->words.at[j], 0).at != NULL;

            if (!is_relayed &&
                !(is_for_origin(r) &&
                  record_field(r->request_head, c->words.at[j], 0).at != NULL))
                continue;
            find_failure(
                f, r, text_of(s, "no %.*s", SLICE_ARGS(c->words.at[j])),
                text_of(s, "%.*s %s it", SLICE_ARGS(beat_label(s, i)),
                        is_relayed ? "was relayed with" : "went to the origin with"));
            return;
        }
}

/* ---- words that must not come back ---- */

static bool holds(struct slice text, struct slice word)
{
    return text.len >= word.len && memmem(text.at, text.len, word.at, word.len) != NULL;
}

/* What was not kept of a request may hold the word, too. */
static void find_dark(struct story *s, struct finding *f)
{
    for (uint32_t i = 0; i < s->n && f->result == FINDING_HOLDS; i++) {
        const struct record *r = s->at[i];

        if (r->is_redacted)
            find_unknown(f, text_of(s, "secrets of %.*s were taken out of the journal",
                                    SLICE_ARGS(beat_label(s, i))));
        else if (r->request_body > r->request_sample.len)
            find_unknown(f,
                         text_of(s, "the body of %.*s is longer than what was kept of it",
                                 SLICE_ARGS(beat_label(s, i))));
    }
}

void judge_inert(struct story *s, const struct claim *c, struct finding *f)
{
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t j = 0; j < c->words.n; j++) {
            const struct record *r = s->at[i];
            struct slice word = c->words.at[j];
            bool in_head = holds(r->request_head, word) || holds(r->target, word);

            if (!in_head && !holds(r->request_sample, word))
                continue;
            find_failure(f, r, text_of(s, "%.*s in no request", SLICE_ARGS(word)),
                         text_of(s, "the %s of %.*s has it", in_head ? "head" : "body",
                                 SLICE_ARGS(beat_label(s, i))));
            return;
        }
    find_dark(s, f);
}
