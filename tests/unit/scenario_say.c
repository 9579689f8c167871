/* SPDX-License-Identifier: MIT */
#include "scenario_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static bool read_paper(void *arg, struct slice from, struct slice name, struct arena *a,
                       struct source *out, struct complaint *why)
{
    const struct scenario_said *s = arg;

    (void)from;
    for (const struct paper *p = s->papers; p->name != NULL; p++)
        if (slice_is(name, slice_of(p->name))) {
            out->name = arena_copy(a, slice_of(p->name));
            out->text = arena_copy(a, slice_of(p->text));
            return (out->name.at != NULL && out->text.at != NULL) ||
                   complain(why, "out of memory");
        }
    return complain(why, "there is no %.*s", SLICE_ARGS(name));
}

bool scenario_say(struct scenario_said *s, const char *text)
{
    struct source source = {.name = SLICE("t.yaml"), .text = slice_of(text)};
    struct files files = {.read = read_paper, .arg = s, .skips_shared = s->skips_shared};

    book_init(&s->book);
    return book_load(&s->book, &source, s->papers == NULL ? NULL : &files);
}

const struct scenario *scenario_of_rules(struct scenario_said *s, const char *rules)
{
    char text[16384];
    int n = snprintf(text, sizeof(text), "scenario: t\n%s", rules);

    assert_true(n > 0 && (size_t)n < sizeof(text));
    if (!scenario_say(s, text))
        fail_msg("%s\n  is wrong: %s", rules, scenario_remarks(s));
    assert_int_equal(s->book.n, 1);
    return s->book.scenarios[0];
}

const char *scenario_remarks(struct scenario_said *s)
{
    size_t n = 0;

    s->text[0] = '\0';
    for (const struct remark *r = s->book.why.first; r != NULL; r = r->next) {
        bool is_here = r->source == NULL || slice_is(r->source->name, SLICE("t.yaml"));
        n += (size_t)snprintf(
            s->text + n, sizeof(s->text) - n, "%s%.*s%s%u:%u %s%.*s", n == 0 ? "" : "|",
            is_here ? 0 : (int)r->source->name.len, is_here ? "" : r->source->name.at,
            is_here ? "" : ":", r->line, r->column,
            r->gravity == GRAVITY_WARNING ? "warning " : "", SLICE_ARGS(r->text));
        assert_true(n < sizeof(s->text));
    }
    return s->text;
}

void scenario_said_clear(struct scenario_said *s)
{
    book_clear(&s->book);
}
