/* SPDX-License-Identifier: MIT */
/* What the client does after a status, a rule's answer, or a fault. */
#include "lines.h"

/* ---- what it sends ---- */

static bool is_soon(const struct claim *c, int64_t gap)
{
    return c->reaction.within_us == 0 || gap <= (int64_t)c->reaction.within_us;
}

static struct slice say_soon(struct story *s, const struct claim *c)
{
    if (c->reaction.within_us == 0)
        return SLICE("");
    return text_of(s, " within %.*s", SLICE_ARGS(span_text(s, c->reaction.within_us)));
}

static struct slice say_after(struct story *s, uint32_t what, uint32_t after)
{
    int64_t gap = gap_between(s->at[after], s->at[what]);

    return text_of(s, "%.*s, %.*s after %.*s", SLICE_ARGS(beat_label(s, what)),
                   SLICE_ARGS(span_text(s, gap < 0 ? 0 : (uint64_t)gap)),
                   SLICE_ARGS(beat_label(s, after)));
}

static void judge_sends(struct story *s, const struct claim *c, uint32_t i, uint32_t next,
                        struct finding *f)
{
    if (next != NO_BEAT && is_soon(c, gap_between(s->at[i], s->at[next])))
        return;
    find_failure(f, s->at[i],
                 text_of(s, "%.*s%.*s", SLICE_ARGS(c->reaction.sends.text),
                         SLICE_ARGS(say_soon(s, c))),
                 next != NO_BEAT
                     ? say_after(s, next, i)
                     : text_of(s, "none after %.*s", SLICE_ARGS(beat_label(s, i))));
}

/* `next`: what should not come, where it comes. */
static void judge_sends_not(struct story *s, const struct claim *c, uint32_t i,
                            uint32_t next, struct slice what, struct finding *f)
{
    if (next >= s->n || !is_soon(c, gap_between(s->at[i], s->at[next])))
        return;
    find_failure(f, s->at[next],
                 text_of(s, "%.*s%.*s", SLICE_ARGS(what), SLICE_ARGS(say_soon(s, c))),
                 say_after(s, next, i));
}

/* ---- what it does with the connection ---- */

static void judge_connection(struct story *s, const struct claim *c, uint32_t i,
                             struct finding *f)
{
    bool wants_same = c->reaction.what == REACTION_REUSES, is_same;
    int64_t gap;

    if (i + 1 >= s->n) {
        f->result = FINDING_BLOCKED;
        f->seen = text_of(s, "nothing came after %.*s", SLICE_ARGS(beat_label(s, i)));
        return;
    }
    is_same = s->at[i]->connection == s->at[i + 1]->connection;
    gap = gap_between(s->at[i], s->at[i + 1]);
    if (is_same == wants_same && is_soon(c, gap))
        return;
    find_failure(f, s->at[i + 1],
                 text_of(s, "%s%.*s",
                         wants_same ? "the same connection" : "another connection",
                         SLICE_ARGS(say_soon(s, c))),
                 text_of(s, "%.*s, on connection %llu after %llu",
                         SLICE_ARGS(say_after(s, i + 1, i)),
                         (unsigned long long)s->at[i + 1]->connection,
                         (unsigned long long)s->at[i]->connection));
}

static bool is_by_client(enum ending e)
{
    return e == ENDING_CLIENT_CLOSED || e == ENDING_CLIENT_GONE ||
           e == ENDING_CLIENT_RESET || e == ENDING_CLIENT_CUT_HEAD ||
           e == ENDING_CLIENT_CUT_BODY || e == ENDING_TUNNEL_CLOSED ||
           e == ENDING_TUNNEL_RESET;
}

static bool is_by_plan(enum ending e)
{
    return e == ENDING_BY_PLAN || e == ENDING_CLOSED_BY_PLAN || e == ENDING_RESET_BY_PLAN;
}

static void judge_closes(struct story *s, const struct claim *c, uint32_t i,
                         const struct lines *lines, struct finding *f)
{
    const struct record *r = s->at[i], *end = lines_after(lines, r);
    uint64_t at;

    if (end != NULL && end->exchange == 0 && is_by_plan(end->ending)) {
        f->result = FINDING_BLOCKED;
        f->seen = text_of(s, "the scenario closed the connection of %.*s first",
                          SLICE_ARGS(beat_label(s, i)));
        return;
    }
    if (end == NULL || end->exchange > 0 || !is_by_client(end->ending)) {
        find_failure(
            f, r, SLICE("the client closes the connection"),
            end != NULL && end->exchange > 0
                ? text_of(s, "it was used again after %.*s", SLICE_ARGS(beat_label(s, i)))
                : text_of(s, "it stayed open after %.*s", SLICE_ARGS(beat_label(s, i))));
        return;
    }
    at = end->began_us > end->end_us ? end->began_us : end->end_us;
    at = at > r->end_us ? at - r->end_us : 0;
    if (!is_soon(c, (int64_t)at))
        find_failure(f, r, text_of(s, "closed%.*s", SLICE_ARGS(say_soon(s, c))),
                     text_of(s, "closed %.*s after %.*s", SLICE_ARGS(span_text(s, at)),
                             SLICE_ARGS(beat_label(s, i))));
}

/* ---- after each ---- */

/* `next`: what it speaks of, behind i. */
static void judge_one(struct story *s, const struct claim *c, uint32_t i, uint32_t next,
                      const struct lines *lines, struct finding *f)
{
    switch ((enum reaction)c->reaction.what) {
    case REACTION_SENDS:
        judge_sends(s, c, i, next, f);
        return;
    case REACTION_SENDS_NOT:
        judge_sends_not(s, c, i, next,
                        text_of(s, "no %.*s", SLICE_ARGS(c->reaction.sends.text)), f);
        return;
    case REACTION_SENDS_NOTHING:
        judge_sends_not(s, c, i, i + 1, SLICE("nothing"), f);
        return;
    case REACTION_CLOSES:
        judge_closes(s, c, i, lines, f);
        return;
    case REACTION_REUSES:
    case REACTION_RENEWS:
        judge_connection(s, c, i, f);
        return;
    }
}

void judge_reaction(struct story *s, const struct claim *c, struct finding *f)
{
    const struct ref *after = &c->reaction.after;
    bool is_sending = c->reaction.what <= REACTION_SENDS_NOT;
    uint32_t i = story_next(s, after, 0), next = 0;
    struct lines lines;

    if (i == NO_BEAT) {
        find_blocked(s, f, after);
        return;
    }
    if (!lines_open(&lines, s))
        return;
    for (; i != NO_BEAT && f->result == FINDING_HOLDS; i = story_next(s, after, i + 1)) {
        if (is_sending && next <= i)
            next = story_next(s, &c->reaction.sends, i + 1);
        judge_one(s, c, i, next, &lines, f);
    }
    lines_close(&lines);
}
