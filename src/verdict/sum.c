/* SPDX-License-Identifier: MIT */
/* A verdict in one word, and in one line. */
#include "judge.h"

static const char *const words[] = {
    [VERDICT_GOOD] = "good",
    [VERDICT_FAILED] = "failed",
    [VERDICT_UNMATCHED] = "unmatched",
    [VERDICT_NEVER_CAME] = "never came",
    [VERDICT_STORM] = "storm",
    [VERDICT_HANG] = "hang",
    [VERDICT_NO_COMMAND] = "no command",
};

const char *verdict_word(enum verdict_kind kind)
{
    return words[kind];
}

bool verdict_is_good(const struct verdict *v)
{
    return v->kind == VERDICT_GOOD;
}

/* ---- one line ---- */

/* Why no request comes, with a command that naysay started and without one. */
static const char with_command[] =
    "does it take its proxy from http_proxy and https_proxy, or from its own settings? "
    "does "
    "it ask for a host that it never takes through a proxy, such as localhost?";
static const char without_command[] =
    "was the client told of this proxy? is the host in its no_proxy? is another naysay, or "
    "another port, where it went?";

/* What no claim speaks of, and yet it decides. */
static const struct finding *find_worst(const struct verdict *v)
{
    const struct finding *worst = NULL;

    for (uint32_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        if (f->claim == NULL && !f->is_known && f->result == FINDING_FAILS &&
            verdict_kind_of(f) == v->kind)
            worst = f;
    }
    return worst;
}

/* "2 of 5 expectations failed, 1 was blocked" */
static struct slice sum_failed(const struct verdict *v, const char *warned)
{
    uint32_t all = 0, failed = v->by_result[FINDING_FAILS],
             blocked = v->by_result[FINDING_BLOCKED],
             unknown = v->by_result[FINDING_UNKNOWN];
    char more[100] = "";
    int n = 0;

    for (size_t i = 0; i < COUNT(v->by_result); i++)
        all += v->by_result[i];
    if (blocked > 0)
        n = snprintf(more, sizeof(more), ", %u blocked", blocked);
    if (unknown > 0)
        snprintf(more + n, sizeof(more) - (size_t)n, ", %u could not be judged", unknown);
    return arena_printf(v->arena, "%u of %u expectations failed%s%s", failed, all, more,
                        warned);
}

static struct slice sum_good(const struct verdict *v, const char *warned)
{
    uint32_t hold = v->by_result[FINDING_HOLDS], unknown = v->by_result[FINDING_UNKNOWN],
             known = v->by_result[FINDING_FAILS] + v->by_result[FINDING_BLOCKED];
    char more[100] = "";
    int n = 0;

    if (known > 0)
        n = snprintf(more, sizeof(more), ", %u failed that are known to", known);
    if (unknown > 0)
        snprintf(more + n, sizeof(more) - (size_t)n, ", %u without a command to judge",
                 unknown);
    if (hold + known + unknown == 0)
        return arena_printf(v->arena, "nothing was expected; %llu %s came%s",
                            (unsigned long long)v->records->exchanges,
                            v->records->exchanges == 1 ? "request" : "requests", warned);
    return arena_printf(v->arena, "%u %s%s%s", hold,
                        hold == 1 ? "expectation holds" : "expectations hold", more,
                        warned);
}

struct slice verdict_sum_up(const struct verdict *v)
{
    const struct finding *worst = find_worst(v);
    bool has_command = v->ran != NULL && v->ran->argv != NULL;
    char warned[40] = "";

    if (v->warnings > 0)
        snprintf(warned, sizeof(warned), ", %u %s", v->warnings,
                 v->warnings == 1 ? "warning" : "warnings");
    if (v->kind == VERDICT_GOOD)
        return sum_good(v, warned);
    if (worst == NULL || (v->kind == VERDICT_FAILED && v->by_result[FINDING_FAILS] > 1))
        return sum_failed(v, warned);
    if (v->kind == VERDICT_NEVER_CAME)
        return arena_printf(v->arena, "the client never came through here (%.*s): %s",
                            SLICE_ARGS(worst->seen),
                            has_command ? with_command : without_command);
    return arena_printf(v->arena, "%.*s: %.*s", SLICE_ARGS(worst->text),
                        SLICE_ARGS(worst->seen));
}
