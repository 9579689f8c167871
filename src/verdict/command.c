/* SPDX-License-Identifier: MIT */
/* The command that played the client: how it ended, what it printed, how long it took. */
#include "judge.h"

/* False: there is nothing to judge, and the finding says so. */
static bool has_ended(struct story *s, struct finding *f)
{
    if (s->ran == NULL || s->ran->argv == NULL)
        find_unknown(f, SLICE("no command was run"));
    else if (!s->ran->is_started) {
        f->result = FINDING_BLOCKED;
        f->seen = SLICE("the command did not start");
    }
    return f->result == FINDING_HOLDS;
}

static struct slice say_end(struct story *s)
{
    if (!s->ran->is_ended)
        return SLICE("it did not end");
    if (s->ran->signal != 0)
        return text_of(s, "signal %d ended it", s->ran->signal);
    return text_of(s, "%d", s->ran->exit_status);
}

void judge_exit(struct story *s, const struct claim *c, struct finding *f)
{
    bool has_status;

    if (!has_ended(s, f))
        return;
    has_status = s->ran->is_ended && s->ran->signal == 0 && s->ran->exit_status >= 0;
    for (uint32_t i = 0; has_status && i < c->exit.n; i++)
        if (range_holds(&c->exit.at[i], (uint64_t)s->ran->exit_status))
            return;
    find_failure(f, NULL, c->text, say_end(s));
}

void judge_output(struct story *s, const struct claim *c, struct finding *f)
{
    struct slice output;

    if (!has_ended(s, f))
        return;
    output = s->ran->output;
    if (output.at == NULL) {
        find_unknown(f, SLICE("the command's output was not kept"));
        return;
    }
    if (pattern_fits(c->output, output, true) ||
        pattern_fits(c->output, slice_trim(output, "\r\n"), true))
        return;
    find_failure(f, NULL, c->text,
                 output.len == 0 ? SLICE("it printed nothing") : quoted(s, output));
}

void judge_ends_within(struct story *s, const struct claim *c, struct finding *f)
{
    if (!has_ended(s, f))
        return;
    if (!s->ran->is_ended || s->ran->is_timed_out)
        find_failure(f, NULL, c->text, SLICE("it did not end"));
    else if (s->ran->took_us > c->ends_within_us)
        find_failure(f, NULL, c->text,
                     text_of(s, "it took %.*s", SLICE_ARGS(span_text(s, s->ran->took_us))));
}
