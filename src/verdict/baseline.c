/* SPDX-License-Identifier: MIT */
/* Known failures. They pass, new ones fail, and what was mended is to be taken out. */
#include <stdlib.h>

#include "judge.h"

#define LINES_MOST 100000u

struct line {
    struct slice text; /* "SCENARIO: CLAIM" */
    uint32_t number;
};

struct baseline {
    struct arena arena;
    struct slice name;
    struct line *at;
    uint32_t n, room;
};

void baseline_free(struct baseline *b)
{
    if (b == NULL)
        return;
    arena_clear(&b->arena);
    mem_free(b->at);
    mem_free(b);
}

static void add_line(struct baseline *b, struct slice text, uint32_t number)
{
    if (b->n == b->room) {
        b->room = b->room * 2 + 16;
        b->at = mem_must(mem_resize(b->at, b->room * sizeof(*b->at)));
    }
    b->at[b->n++] = (struct line){arena_copy(&b->arena, text), number};
    mem_must((void *)(uintptr_t)b->at[b->n - 1].text.at);
}

static bool take_line(struct baseline *b, struct slice text, uint32_t number,
                      struct complaint *why)
{
    text = slice_trim(text, " \t\r\n");
    if (text.len == 0 || text.at[0] == '#')
        return true;
    if (memmem(text.at, text.len, ": ", 2) == NULL)
        return complain(why, "%.*s:%u: a line of a baseline is SCENARIO: EXPECTATION",
                        SLICE_ARGS(b->name), number);
    if (b->n == LINES_MOST)
        return complain(why, "%.*s:%u: more than %u lines", SLICE_ARGS(b->name), number,
                        LINES_MOST);
    add_line(b, text, number);
    return true;
}

struct baseline *baseline_read(FILE *in, const char *name, struct complaint *why)
{
    struct baseline *b = mem_must(mem_zero(sizeof(*b)));
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    bool ok = true;

    arena_init(&b->arena, NULL);
    b->name = arena_copy(&b->arena, slice_of(name));
    for (uint32_t number = 1; ok && (len = getline(&text, &room, in)) >= 0; number++)
        ok = take_line(b, (struct slice){text, (size_t)len}, number, why);
    free(text);
    if (ok && ferror(in))
        ok = complain(why, "%s cannot be read", name);
    if (ok)
        return b;
    baseline_free(b);
    return NULL;
}

/* ---- against a verdict ---- */

/* The claim that a line names, where it is of this scenario; .at NULL where it is not. */
static struct slice claim_in(struct slice line, struct slice scenario)
{
    size_t len = scenario.len;

    if (line.len < len + 2 || !slice_starts(line, scenario) || line.at[len] != ':' ||
        line.at[len + 1] != ' ')
        return NO_SLICE;
    return slice_trim((struct slice){line.at + len + 2, line.len - len - 2}, " ");
}

/* Marks what the line knows. How many findings there are of that text at all. */
static uint32_t excuse(struct verdict *v, struct slice text, uint32_t n, bool *fails)
{
    uint32_t found = 0;

    *fails = false;
    for (uint32_t i = 0; i < n; i++) {
        struct finding *f = &v->findings[i];
        if (!slice_is(f->text, text))
            continue;
        found++;
        if (f->result == FINDING_FAILS || f->result == FINDING_BLOCKED)
            f->is_known = true;
        *fails |= f->result != FINDING_HOLDS;
    }
    return found;
}

static void add_mended(struct baseline *b, struct verdict *v, const struct line *line,
                       struct slice text, bool is_there)
{
    struct finding *f = &v->findings[v->n_findings++];

    *f = (struct finding){
        .level = CLAIM_MUST,
        .result = FINDING_FAILS,
        .text = arena_printf(v->arena, "it is still true that this fails: %.*s",
                             SLICE_ARGS(text)),
        .expected = SLICE("it fails, as the baseline says"),
        .seen = arena_printf(v->arena, "%s: take line %u out of %.*s",
                             is_there ? "it holds" : "nothing of that name is expected",
                             line->number, SLICE_ARGS(b->name))};
}

/* Room for one more finding of each line. */
static bool make_room(struct baseline *b, struct verdict *v)
{
    struct finding *more =
        arena_alloc(v->arena, (v->n_findings + b->n) * sizeof(*v->findings));

    if (more == NULL)
        return false;
    if (v->n_findings > 0)
        memcpy(more, v->findings, v->n_findings * sizeof(*more));
    v->findings = more;
    return true;
}

void baseline_apply(struct baseline *b, struct verdict *v)
{
    uint32_t judged = v->n_findings;
    bool fails;

    if (!make_room(b, v))
        return;
    for (uint32_t i = 0; i < b->n; i++) {
        struct slice text = claim_in(b->at[i].text, v->scenario->name);
        uint32_t found = text.at == NULL ? 0 : excuse(v, text, judged, &fails);

        if (text.at != NULL && !(found > 0 && fails))
            add_mended(b, v, &b->at[i], text, found > 0);
    }
    verdict_settle(v);
}
