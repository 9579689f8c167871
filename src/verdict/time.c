/* SPDX-License-Identifier: MIT */
/* How long the client waits: between bounds, by Retry-After, longer each time. */
#include <time.h>

#include "judge.h"

/* A client's timer may fire a tick early, and its clock starts when it has read. */
#define SLACK_US 2000

/* Beyond, a time is nonsense from a file, and sums of two still fit. */
#define MOST_US (INT64_MAX / 4)

int64_t gap_between(const struct record *from, const struct record *to)
{
    uint64_t a = from->end_us, b = to->began_us, apart = a < b ? b - a : a - b;
    int64_t gap = apart > MOST_US ? MOST_US : (int64_t)apart;

    return a <= b ? gap : -gap;
}

static struct slice say_gap(struct story *s, int64_t gap)
{
    if (gap < 0)
        return text_of(s, "came %.*s before that answer had ended",
                       SLICE_ARGS(span_text(s, (uint64_t)-gap)));
    return text_of(s, "waited %.*s", SLICE_ARGS(span_text(s, (uint64_t)gap)));
}

/* ---- Retry-After: seconds, or a date (RFC 9110 §10.2.3) ---- */

static bool parse_date(struct slice text, int64_t *unix_seconds)
{
    static const char *const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
    char copy[64];

    if (text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct tm tm = {0};
        const char *end = strptime(copy, forms[i], &tm);

        if (end != NULL && *end == '\0') {
            *unix_seconds = timegm(&tm);
            return true;
        }
    }
    return false;
}

/* What is left to wait when the answer has ended, in microseconds. */
static bool retry_after(const struct record *r, uint64_t *us)
{
    struct slice value = record_field(r->response_head, SLICE("Retry-After"), 0);
    uint64_t seconds;
    int64_t date, now;

    if (value.at == NULL ||
        __builtin_add_overflow(r->wall_us, r->end_us - r->began_us, &now))
        return false;
    if (slice_to_u64(value, &seconds)) {
        *us = seconds < UINT32_MAX ? seconds * 1000000 : UINT32_MAX * 1000000ull;
        return true;
    }
    if (!parse_date(value, &date) || date < 0 || date > INT64_MAX / 1000000)
        return false;
    *us = date * 1000000 > now ? (uint64_t)(date * 1000000 - now) : 0;
    return true;
}

/* ---- bounds ---- */

static uint64_t times_of(uint64_t us, uint64_t thousandths)
{
    unsigned __int128 product = (unsigned __int128)us * thousandths / 1000;

    if (thousandths == NO_BOUND || product > INT64_MAX)
        return NO_BOUND;
    return (uint64_t)product;
}

/* Bounds in microseconds. False: the finding says why there are none. */
static bool bounds_of(struct story *s, const struct bound *b, const struct record *from,
                      uint64_t *least, uint64_t *most, struct finding *f)
{
    uint64_t unit = 1000;

    if (b->of == BOUND_RETRY_AFTER && !retry_after(from, &unit)) {
        f->result = FINDING_BLOCKED;
        f->seen = SLICE("that answer has no Retry-After that can be read");
        return false;
    }
    if (b->of == BOUND_PREVIOUS && !s->has_previous) {
        f->result = FINDING_BLOCKED;
        f->seen = SLICE("the gap before never came");
        return false;
    }
    if (b->of == BOUND_PREVIOUS)
        unit = s->previous_us < 0 ? 0 : (uint64_t)s->previous_us;
    *least = b->of == BOUND_TIME ? b->least : times_of(unit, b->least);
    *most = b->of == BOUND_TIME ? b->most : times_of(unit, b->most);
    return true;
}

static struct slice say_bounds(struct story *s, uint64_t least, uint64_t most)
{
    if (most == NO_BOUND)
        return text_of(s, "at least %.*s", SLICE_ARGS(span_text(s, least)));
    if (least == 0)
        return text_of(s, "at most %.*s", SLICE_ARGS(span_text(s, most)));
    return text_of(s, "%.*s to %.*s", SLICE_ARGS(span_text(s, least)),
                   SLICE_ARGS(span_text(s, most)));
}

static struct slice say_wait(struct story *s, int64_t gap)
{
    return span_text(s, gap < 0 ? 0 : (uint64_t)gap);
}

/* False: the finding is made. */
static bool is_within(struct story *s, const struct bound *b, uint32_t from, uint32_t to,
                      struct finding *f)
{
    int64_t gap = gap_between(s->at[from], s->at[to]);
    uint64_t least, most;

    if (!bounds_of(s, b, s->at[from], &least, &most, f))
        return false;
    if (gap >= 0 && (uint64_t)gap + SLACK_US >= least && (uint64_t)gap <= most)
        return true;
    if (gap < 0 && least == 0)
        return true;
    find_failure(f, s->at[to], say_bounds(s, least, most),
                 text_of(s, "%.*s %.*s after %.*s", SLICE_ARGS(beat_label(s, to)),
                         SLICE_ARGS(say_gap(s, gap)), SLICE_ARGS(beat_label(s, from))));
    return false;
}

static void hold_to_bounds(struct story *s, const struct claim *c, uint32_t from,
                           uint32_t to, bool is_first, struct finding *f)
{
    for (uint32_t i = 0; i < c->gap.n_is && f->result == FINDING_HOLDS; i++)
        if (!(is_first && c->gap.is_each && c->gap.is[i].of == BOUND_PREVIOUS))
            is_within(s, &c->gap.is[i], from, to, f);
    s->previous_us = gap_between(s->at[from], s->at[to]);
    s->has_previous = true;
}

/* ---- growth and jitter, of all gaps between one and the next ---- */

struct gaps {
    int64_t *us;
    uint32_t *from; /* index of the answer on the left */
    uint32_t n;
};

static bool grows_at(const struct claim *c, int64_t before, int64_t now)
{
    uint64_t times = times_of(before < 0 ? 0 : (uint64_t)before, c->gap.growth);
    int64_t least = times > MOST_US ? MOST_US : (int64_t)times;

    if (c->gap.jitter == JITTER_TOLERATED)
        return now + SLACK_US >= least / 2;
    return c->gap.growth == 1000 ? now > before : now + SLACK_US >= least;
}

static void judge_growth(struct story *s, const struct claim *c, const struct gaps *g,
                         struct finding *f)
{
    for (uint32_t i = 1; i < g->n && f->result == FINDING_HOLDS; i++) {
        if (grows_at(c, g->us[i - 1], g->us[i]))
            continue;
        find_failure(f, s->at[story_next(s, &c->gap.from, g->from[i] + 1)],
                     text_of(s, "longer than %.*s, by as much as was said",
                             SLICE_ARGS(say_wait(s, g->us[i - 1]))),
                     text_of(s, "%.*s after %.*s", SLICE_ARGS(say_gap(s, g->us[i])),
                             SLICE_ARGS(beat_label(s, g->from[i]))));
    }
}

/* Within 2 %, or the noise of a timer. */
static bool is_near(double a, double b)
{
    double apart = a < b ? b - a : a - b, noise = (a < b ? b : a) * 0.02;

    return apart <= (noise > 3000 ? noise : 3000);
}

/* Alike, each a step longer, or each so many times as long: a machine does that. */
static bool is_regular(const struct gaps *g)
{
    bool adds = true, multiplies = true, stays = true;

    for (uint32_t i = 1; i < g->n; i++) {
        double a = (double)g->us[i - 1], b = (double)g->us[i], first = (double)g->us[0],
               second = (double)g->us[1];

        stays &= is_near(a, b);
        adds &= is_near(a + (second - first), b);
        multiplies &= first > 0 && is_near(a * (second / first), b);
    }
    return stays || (g->n > 2 && (adds || multiplies));
}

static void judge_jitter(struct story *s, const struct gaps *g, struct finding *f)
{
    if (g->n < 2 || !is_regular(g))
        return;
    find_failure(f, s->at[g->from[0]], SLICE("waits that are not alike"),
                 text_of(s, "%u waits in step, the first %.*s, the last %.*s", g->n,
                         SLICE_ARGS(say_wait(s, g->us[0])),
                         SLICE_ARGS(say_wait(s, g->us[g->n - 1]))));
}

static bool collect(struct story *s, const struct claim *c, struct gaps *g,
                    struct arena *scratch, struct finding *f)
{
    uint32_t at = story_next(s, &c->gap.from, 0), next;

    g->n = 0;
    g->us = arena_alloc(scratch, (s->n + 1) * sizeof(*g->us));
    g->from = arena_alloc(scratch, (s->n + 1) * sizeof(*g->from));
    if (g->us == NULL || g->from == NULL) {
        s->is_spent = true;
        return false;
    }
    for (; at != NO_BEAT; at = next) {
        next = story_next(s, &c->gap.from, at + 1);
        if (next == NO_BEAT)
            break;
        hold_to_bounds(s, c, at, next, g->n == 0, f);
        g->from[g->n] = at;
        g->us[g->n++] = gap_between(s->at[at], s->at[next]);
    }
    return true;
}

static void judge_each(struct story *s, const struct claim *c, struct finding *f)
{
    bool is_relative = c->gap.growth > 0 || c->gap.jitter == JITTER_PRESENT;
    struct arena scratch;
    struct gaps g;

    s->has_previous = false;
    arena_init(&scratch, NULL);
    if (collect(s, c, &g, &scratch, f) && f->result == FINDING_HOLDS) {
        if (story_next(s, &c->gap.from, 0) == NO_BEAT)
            find_blocked(s, f, &c->gap.from);
        else if (g.n == 0 || (is_relative && g.n < 2)) {
            f->result = FINDING_BLOCKED;
            f->seen = text_of(s, "%.*s left %s", SLICE_ARGS(c->gap.from.text),
                              g.n == 0 ? "no gap" : "one gap alone");
        }
        if (c->gap.growth > 0 && f->result == FINDING_HOLDS)
            judge_growth(s, c, &g, f);
        if (c->gap.jitter == JITTER_PRESENT && f->result == FINDING_HOLDS)
            judge_jitter(s, &g, f);
    }
    arena_clear(&scratch);
}

/* ---- one gap ---- */

/* The last `from` before `to`, where neither has a number; else what the numbers say. */
static bool find_ends(struct story *s, const struct ref *from, const struct ref *to,
                      uint32_t *a, uint32_t *b, struct finding *f)
{
    uint32_t later;

    *a = story_next(s, from, 0);
    if (*a == NO_BEAT) {
        find_blocked(s, f, from);
        return false;
    }
    *b = story_next(s, to, to->nth > 0 ? 0 : *a + 1);
    if (*b == NO_BEAT) {
        find_blocked(s, f, to);
        return false;
    }
    while ((later = story_next(s, from, *a + 1)) < *b)
        *a = later;
    return true;
}

void judge_gap(struct story *s, const struct claim *c, struct finding *f)
{
    uint32_t from, to;

    if (c->gap.is_each) {
        judge_each(s, c, f);
        return;
    }
    if (!find_ends(s, &c->gap.from, &c->gap.to, &from, &to, f)) {
        s->has_previous = false;
        return;
    }
    if (to < from)
        find_failure(f, s->at[to],
                     text_of(s, "%.*s after %.*s", SLICE_ARGS(c->gap.to.text),
                             SLICE_ARGS(c->gap.from.text)),
                     text_of(s, "%.*s came before", SLICE_ARGS(c->gap.to.text)));
    else
        hold_to_bounds(s, c, from, to, false, f);
}

/* ---- within: from the first `from` to the next `to` ---- */

void judge_within(struct story *s, const struct claim *c, struct finding *f)
{
    uint32_t from = story_next(s, &c->within.from, 0), to;
    int64_t gap;

    if (from == NO_BEAT) {
        find_blocked(s, f, &c->within.from);
        return;
    }
    to = story_next(s, &c->within.to, from + 1);
    if (to == NO_BEAT) {
        f->result = FINDING_BLOCKED;
        f->seen = text_of(s, "`%.*s` never came after `%.*s`",
                          SLICE_ARGS(c->within.to.text), SLICE_ARGS(c->within.from.text));
        return;
    }
    gap = gap_between(s->at[from], s->at[to]);
    if (gap > 0 && (uint64_t)gap > c->within.most_us)
        find_failure(f, s->at[to],
                     text_of(s, "within %.*s", SLICE_ARGS(span_text(s, c->within.most_us))),
                     text_of(s, "%.*s came after %.*s", SLICE_ARGS(beat_label(s, to)),
                             SLICE_ARGS(span_text(s, (uint64_t)gap))));
}
