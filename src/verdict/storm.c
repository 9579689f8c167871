/* SPDX-License-Identifier: MIT */
/* Storms: more requests than can be meant, and none of them gets anywhere. */
#include "judge.h"

bool storm_init(struct storm_watch *w, struct storm storm)
{
    *w = (struct storm_watch){.storm = storm};
    if (storm.requests == 0)
        return true;
    w->began_us = mem_alloc(storm.requests * sizeof(*w->began_us));
    return w->began_us != NULL;
}

void storm_clear(struct storm_watch *w)
{
    mem_free(w->began_us);
    *w = (struct storm_watch){0};
}

bool storm_see(struct storm_watch *w, const struct record *r)
{
    uint64_t *oldest;
    bool is_storm;

    if (w->storm.requests == 0 || r->exchange == 0)
        return false;
    if (r->status > 0 && r->status < 400) {
        w->n = 0;
        return false;
    }
    oldest = &w->began_us[w->n % w->storm.requests];
    is_storm = w->n >= w->storm.requests &&
               r->began_us <= *oldest + w->storm.in_us; /* may be out of order */
    *oldest = r->began_us;
    w->n++;
    return is_storm;
}

const struct record *find_storm(struct story *s)
{
    const struct record *r = s->records->first;
    struct storm_watch w;

    if (!storm_init(&w, s->storm)) {
        s->is_spent = true;
        return NULL;
    }
    while (r != NULL && !storm_see(&w, r))
        r = r->next;
    storm_clear(&w);
    return r;
}

void judge_storm(struct story *s, const struct claim *c, struct finding *f)
{
    const struct record *r = find_storm(s);

    (void)c;
    if (r != NULL)
        find_failure(f, r,
                     text_of(s, "at most %llu requests in %.*s",
                             (unsigned long long)s->storm.requests,
                             SLICE_ARGS(span_text(s, s->storm.in_us))),
                     text_of(s, "more than that, and no answer below 400 among them"));
}
