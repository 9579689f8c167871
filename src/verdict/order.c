/* SPDX-License-Identifier: MIT */
/*
 * order: the whole story, step by step.
 *
 * reach[k] says whether the steps so far can account for the first k requests; each step
 * makes a new row of it, so that nothing is guessed and nothing is tried twice.
 */
#include "judge.h"

#define DUE_MOST 6u

struct follow {
    struct story *story;
    struct arena scratch;
    bool *marks;        /* which requests fit the step */
    bool *reach, *next; /* n + 1 of each */
    uint32_t *before;   /* how many of reach[0..k), n + 2 of them */
    uint32_t furthest;  /* requests that some beginning of the order accounts for */
    const struct order_item *due[DUE_MOST]; /* steps that could have come then */
    uint32_t n_due;
    bool may_end; /* or nothing more */
};

static bool open_follow(struct follow *f, struct story *s)
{
    size_t n = s->n;

    *f = (struct follow){.story = s};
    arena_init(&f->scratch, NULL);
    f->marks = arena_alloc(&f->scratch, n);
    f->reach = arena_zero(&f->scratch, n + 1);
    f->next = arena_alloc(&f->scratch, n + 1);
    f->before = arena_alloc(&f->scratch, (n + 2) * sizeof(*f->before));
    if (f->marks == NULL || f->reach == NULL || f->next == NULL || f->before == NULL)
        return false;
    f->reach[0] = true;
    return true;
}

static void mark(struct follow *f, const struct order_item *item)
{
    memset(f->marks, item->any_of.n == 0, f->story->n);
    for (uint32_t i = 0; i < item->any_of.n; i++)
        story_mark(f->story, &item->any_of.at[i], f->marks);
}

/* Is there a place in [from, to] from which the step could have begun? */
static bool begins_in(const struct follow *f, uint64_t from, uint64_t to)
{
    return from <= to && f->before[to + 1] > f->before[from];
}

static void note_due(struct follow *f, const struct order_item *item, uint32_t at,
                     bool takes_more)
{
    if (at < f->furthest)
        return;
    if (at > f->furthest) {
        f->furthest = at;
        f->n_due = 0;
    }
    if (takes_more && f->n_due < DUE_MOST && item->any_of.n > 0)
        f->due[f->n_due++] = item;
}

/* One row. `run` requests up to k fit the step, and so it began at most so many before. */
static void step(struct follow *f, const struct order_item *item)
{
    uint32_t n = f->story->n, run = 0, best = 0;
    bool takes_more = false, *old = f->reach;

    mark(f, item);
    f->before[0] = 0;
    for (uint32_t k = 0; k <= n; k++)
        f->before[k + 1] = f->before[k] + f->reach[k];
    for (uint32_t k = 0; k <= n; k++) {
        uint64_t first, most = item->most;

        run = k > 0 && f->marks[k - 1] ? run + 1 : 0;
        first = run < most ? k - run : k - most;
        f->next[k] = k >= item->least && begins_in(f, first, k - item->least);
        if (!begins_in(f, first, k))
            continue;
        best = k;
        takes_more = begins_in(f, run < most ? k - run : k - most + 1, k);
    }
    note_due(f, item, best, takes_more);
    f->reach = f->next;
    f->next = old;
}

static struct slice say_due(struct follow *f)
{
    struct story *s = f->story;
    struct slice all = NO_SLICE;

    for (uint32_t i = 0; i < f->n_due; i++)
        for (uint32_t j = 0; j < f->due[i]->any_of.n; j++) {
            struct slice one = f->due[i]->any_of.at[j].text;
            all = all.at == NULL
                      ? one
                      : text_of(s, "%.*s or %.*s", SLICE_ARGS(all), SLICE_ARGS(one));
        }
    if (all.at == NULL)
        return SLICE("nothing more");
    if (f->may_end)
        return text_of(s, "%.*s or nothing more", SLICE_ARGS(all));
    return all;
}

static void say_wrong(struct follow *f, struct finding *finding)
{
    struct story *s = f->story;
    struct slice due = say_due(f), told = story_told(s, 24);
    uint32_t at = f->furthest;

    if (at < s->n)
        find_failure(finding, s->at[at],
                     text_of(s, "as request %u: %.*s", at + 1, SLICE_ARGS(due)),
                     text_of(s, "as request %u: %.*s (%.*s)", at + 1,
                             SLICE_ARGS(beat_name(s, at)), SLICE_ARGS(told)));
    else
        find_failure(finding, s->at[s->n - 1],
                     text_of(s, "as request %u: %.*s", at + 1, SLICE_ARGS(due)),
                     text_of(s, "nothing after request %u (%.*s)", at, SLICE_ARGS(told)));
}

/* Nothing came at all: what the order begins with. */
static void say_nothing_came(struct story *s, const struct claim *c, struct finding *f)
{
    for (uint32_t i = 0; i < c->order.n; i++)
        if (c->order.at[i].least > 0 && c->order.at[i].any_of.n > 0) {
            find_blocked(s, f, c->order.at[i].any_of.at);
            return;
        }
}

void judge_order(struct story *s, const struct claim *c, struct finding *f)
{
    struct follow w;

    if (s->n == 0) {
        say_nothing_came(s, c, f);
        return;
    }
    if (!open_follow(&w, s)) {
        s->is_spent = true;
        arena_clear(&w.scratch);
        return;
    }
    for (uint32_t i = 0; i < c->order.n; i++)
        step(&w, &c->order.at[i]);
    w.may_end = w.reach[w.furthest];
    if (!w.reach[s->n])
        say_wrong(&w, f);
    arena_clear(&w.scratch);
}
