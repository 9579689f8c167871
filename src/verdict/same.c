/* SPDX-License-Identifier: MIT */
/* What requests have in common, and whether a lost one comes again whole. */
#include "judge.h"

/* ---- one part of two requests ---- */

enum alike { ALIKE, UNLIKE, NOT_KNOWN };

/* The content that its head promised, or as much as came. */
uint64_t promised_body(const struct record *r, bool *is_whole)
{
    uint64_t length;

    *is_whole =
        !slice_to_u64(record_field(r->request_head, SLICE("Content-Length"), 0), &length) ||
        length == r->request_body;
    return *is_whole ? r->request_body : length;
}

/* Of a body that was not read to its end, or not sent, the length is what can be told. */
bool is_same_body(const struct record *a, const struct record *b)
{
    bool a_whole, b_whole;

    if (promised_body(a, &a_whole) != promised_body(b, &b_whole))
        return false;
    return !a_whole || !b_whole || a->request_digest == b->request_digest ||
           a->request_body == 0;
}

static enum alike compare_fields(const struct record *a, const struct record *b,
                                 struct slice name)
{
    for (uint32_t i = 0;; i++) {
        struct slice x = record_field(a->request_head, name, i),
                     y = record_field(b->request_head, name, i);

        if (x.at == NULL && y.at == NULL)
            return ALIKE;
        if (x.at == NULL || y.at == NULL || !slice_is(x, y))
            return UNLIKE;
        if (is_taken_out(a, x) || is_taken_out(b, y))
            return NOT_KNOWN;
    }
}

static enum alike compare(const struct record *a, const struct record *b,
                          const struct sameness *by)
{
    switch (by->part) {
    case SAME_METHOD:
        return slice_is(a->method, b->method) ? ALIKE : UNLIKE;
    case SAME_TARGET:
        return slice_is(a->target, b->target) ? ALIKE : UNLIKE;
    case SAME_BODY:
        return is_same_body(a, b) ? ALIKE : UNLIKE;
    case SAME_CONNECTION:
        return a->connection == b->connection ? ALIKE : UNLIKE;
    case SAME_FIELD:
        return compare_fields(a, b, by->name);
    }
    return NOT_KNOWN;
}

static struct slice part_of(struct story *s, uint32_t i, const struct sameness *by)
{
    const struct record *r = s->at[i];
    struct slice value;

    switch (by->part) {
    case SAME_METHOD:
        return quoted(s, r->method);
    case SAME_TARGET:
        return quoted(s, r->target);
    case SAME_BODY:
        return text_of(s, "%llu octets (digest %016llx)",
                       (unsigned long long)r->request_body,
                       (unsigned long long)r->request_digest);
    case SAME_CONNECTION:
        return text_of(s, "connection %llu", (unsigned long long)r->connection);
    case SAME_FIELD:
        break;
    }
    value = record_field(r->request_head, by->name, 0);
    return value.at == NULL ? SLICE("none") : field_told(s, by->name, value);
}

static struct slice part_name(const struct sameness *by)
{
    static const struct slice names[] = {SLICE("method"), SLICE("target"), SLICE("body"),
                                         SLICE("connection")};

    return by->part == SAME_FIELD ? by->name : names[by->part];
}

/* False: the finding is made. */
static bool are_alike(struct story *s, uint32_t a, uint32_t b, const struct sameness *by,
                      struct finding *f)
{
    enum alike alike = compare(s->at[a], s->at[b], by);

    if (alike == NOT_KNOWN)
        find_unknown(f, text_of(s, "secrets of %.*s were taken out of the journal",
                                SLICE_ARGS(beat_label(s, b))));
    else if (alike == UNLIKE)
        find_failure(f, s->at[b],
                     text_of(s, "%.*s of %.*s: %.*s", SLICE_ARGS(part_name(by)),
                             SLICE_ARGS(beat_label(s, a)), SLICE_ARGS(part_of(s, a, by))),
                     text_of(s, "%.*s of %.*s: %.*s", SLICE_ARGS(part_name(by)),
                             SLICE_ARGS(beat_label(s, b)), SLICE_ARGS(part_of(s, b, by))));
    return alike == ALIKE;
}

/* ---- same: each of one kind with the next of the other ---- */

static bool all_alike(struct story *s, uint32_t a, uint32_t b, const struct claim *c,
                      struct finding *f)
{
    for (uint32_t i = 0; i < c->same.n; i++)
        if (!are_alike(s, a, b, &c->same.at[i], f))
            return false;
    return true;
}

/* Every request of `from` with the first of `to` behind it. How many pairs there were. */
static uint64_t judge_pairs(struct story *s, const struct claim *c, const struct ref *from,
                            const struct ref *to, struct finding *f)
{
    uint32_t a = story_next(s, from, 0), b = 0;
    uint64_t pairs = 0;

    for (; a != NO_BEAT; a = story_next(s, from, a + 1)) {
        if (b <= a)
            b = story_next(s, to, a + 1);
        if (b == NO_BEAT)
            return pairs;
        pairs++;
        if (!all_alike(s, a, b, c, f))
            return pairs;
    }
    return pairs;
}

void judge_same(struct story *s, const struct claim *c, struct finding *f)
{
    static const struct ref any = {.kind = REF_ANY, .text = {"any", 3}, .name = {"any", 3}};
    const struct refs *in = &c->same.in;
    const struct ref *first = in->n == 0 ? &any : in->at;

    if (in->n < 2) {
        if (story_next(s, first, 0) == NO_BEAT)
            find_blocked(s, f, first);
        else
            judge_pairs(s, c, first, first, f);
        return;
    }
    for (uint32_t i = 0; i + 1 < in->n && f->result == FINDING_HOLDS; i++) {
        if (story_next(s, &in->at[i], 0) == NO_BEAT)
            find_blocked(s, f, &in->at[i]);
        else if (judge_pairs(s, c, &in->at[i], &in->at[i + 1], f) == 0)
            f->result = FINDING_BLOCKED,
            f->seen = text_of(s, "no %.*s came after %.*s", SLICE_ARGS(in->at[i + 1].text),
                              SLICE_ARGS(in->at[i].text));
    }
}

/* ---- repeat: the lost request comes again, whole ---- */

void judge_repeat(struct story *s, const struct claim *c, struct finding *f)
{
    static const struct sameness whole[] = {
        {.part = SAME_METHOD}, {.part = SAME_TARGET}, {.part = SAME_BODY}};
    uint32_t lost = story_next(s, &c->repeat.lost, 0),
             again = lost == NO_BEAT           ? NO_BEAT
                     : c->repeat.again.nth > 0 ? story_next(s, &c->repeat.again, 0)
                                               : story_next(s, &c->repeat.again, lost + 1);

    if (lost == NO_BEAT)
        find_blocked(s, f, &c->repeat.lost);
    else if (again == NO_BEAT)
        find_blocked(s, f, &c->repeat.again);
    else if (again <= lost)
        find_failure(f, s->at[again],
                     text_of(s, "%.*s after %.*s", SLICE_ARGS(c->repeat.again.text),
                             SLICE_ARGS(c->repeat.lost.text)),
                     text_of(s, "%.*s came before", SLICE_ARGS(c->repeat.again.text)));
    for (size_t i = 0; i < COUNT(whole) && f->result == FINDING_HOLDS; i++)
        are_alike(s, lost, again, &whole[i], f);
}
