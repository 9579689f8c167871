/* SPDX-License-Identifier: MIT */
/* How many: requests, of each kind, and connections. */
#include <stdlib.h>

#include "judge.h"

static uint64_t count_all(const struct story *s, const struct ref *ref, uint32_t *first)
{
    uint64_t n = 0;

    *first = NO_BEAT;
    for (uint32_t i = story_next(s, ref, 0); i != NO_BEAT;
         i = ref->nth > 0 ? NO_BEAT : story_next(s, ref, i + 1)) {
        *first = n++ == 0 ? i : *first;
    }
    return n;
}

/* Of too many, the first too many. */
static const struct record *one_too_many(const struct story *s, const struct tally *t)
{
    uint32_t at = NO_BEAT;

    if (t->times.is_not || t->times.most >= s->n)
        return NULL;
    for (uint64_t i = 0; i <= t->times.most; i++) {
        at = story_next(s, &t->ref, at == NO_BEAT ? 0 : at + 1);
        if (at == NO_BEAT)
            return NULL;
    }
    return s->at[at];
}

static struct slice say_range(struct story *s, const struct range *r)
{
    char times[TIMES_SIZE];

    times_print(r->least, r->most, times);
    return text_of(s, "%s%s", r->is_not ? "not " : "", times);
}

void judge_count(struct story *s, const struct claim *c, struct finding *f)
{
    uint32_t first;

    for (uint32_t i = 0; i < c->count.n; i++) {
        const struct tally *t = &c->count.at[i];
        uint64_t n = count_all(s, &t->ref, &first);
        char times[TIMES_SIZE];

        if (range_holds(&t->times, n))
            continue;
        times_print(n, n, times);
        find_failure(f, one_too_many(s, t),
                     text_of(s, "%.*s %.*s", SLICE_ARGS(t->ref.text),
                             SLICE_ARGS(say_range(s, &t->times))),
                     text_of(s, "%.*s %s", SLICE_ARGS(t->ref.text), times));
        return;
    }
}

void judge_never(struct story *s, const struct claim *c, struct finding *f)
{
    uint32_t first;

    for (uint32_t i = 0; i < c->never.n; i++) {
        uint64_t n = count_all(s, &c->never.at[i], &first);
        char times[TIMES_SIZE];

        if (n == 0)
            continue;
        times_print(n, n, times);
        find_failure(f, s->at[first],
                     text_of(s, "no %.*s", SLICE_ARGS(c->never.at[i].text)),
                     text_of(s, "it came %s, first as request %u", times, first + 1));
        return;
    }
}

/* ---- connections ---- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* Those that carried a request. */
static uint64_t count_connections(struct story *s)
{
    uint64_t *numbers = mem_alloc((s->n + 1) * sizeof(*numbers)), n = 0;

    if (numbers == NULL) {
        s->is_spent = true;
        return 0;
    }
    for (uint32_t i = 0; i < s->n; i++)
        numbers[i] = s->at[i]->connection;
    qsort(numbers, s->n, sizeof(*numbers), by_number);
    for (uint32_t i = 0; i < s->n; i++)
        n += i == 0 || numbers[i] != numbers[i - 1];
    mem_free(numbers);
    return n;
}

void judge_connections(struct story *s, const struct claim *c, struct finding *f)
{
    uint64_t n = count_connections(s);
    struct range r = c->connections;

    if (range_holds(&r, n))
        return;
    if (r.is_not || r.least == r.most)
        find_failure(
            f, NULL,
            text_of(s, "%s%llu", r.is_not ? "not " : "", (unsigned long long)r.least),
            text_of(s, "%llu", (unsigned long long)n));
    else if (r.most == NO_BOUND)
        find_failure(f, NULL, text_of(s, "at least %llu", (unsigned long long)r.least),
                     text_of(s, "%llu", (unsigned long long)n));
    else
        find_failure(f, NULL,
                     text_of(s, "%llu to %llu", (unsigned long long)r.least,
                             (unsigned long long)r.most),
                     text_of(s, "%llu", (unsigned long long)n));
    f->seen = text_of(s, "%.*s for %.*s", SLICE_ARGS(f->seen),
                      SLICE_ARGS(number_text(s, s->n, "request")));
}
