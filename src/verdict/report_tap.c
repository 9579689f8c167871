/* SPDX-License-Identifier: MIT */
/*
 * TAP version 14: a subtest per scenario, a test point per claim and one for the verdict,
 * with YAML where something is not as it should be.
 */
#include "report.h"

#include <inttypes.h>

/* In a description "#" begins a directive and "\" escapes it. */
static void put_description(FILE *out, struct slice s)
{
    while (s.len > 0) {
        uint32_t point = 0;
        size_t n = utf8_next(s, &point);

        n = n == 0 ? 1 : n;
        if (s.at[0] == '#' || s.at[0] == '\\')
            fputc('\\', out);
        put_cell(out, (struct slice){s.at, n}, (struct cell){.is_text = true});
        s = (struct slice){s.at + n, s.len - n};
    }
}

static void put_yaml(FILE *out, const char *key, struct slice value)
{
    if (value.len == 0)
        return;
    fprintf(out, "      %s: ", key);
    put_json(out, value); /* a YAML double-quoted scalar, too */
    fputc('\n', out);
}

static void put_finding_yaml(FILE *out, const struct verdict *v, const struct finding *f)
{
    static const char *const levels[] = {"must", "should", "may"};

    fputs("      ---\n", out);
    put_yaml(out, "level", slice_of(levels[f->level]));
    put_yaml(out, "expected", f->expected);
    put_yaml(out, "seen", f->seen);
    if (f->seq > 0)
        fprintf(out, "      entry: %" PRIu64 "\n", f->seq);
    put_yaml(out, "because", f->because);
    put_yaml(out, "see", f->spec);
    put_yaml(out, "saw", v->saw);
    fputs("      ...\n", out);
}

static void put_finding(FILE *out, const struct verdict *v, const struct finding *f,
                        uint32_t nth)
{
    enum finding_tone tone = finding_tone(f);
    bool is_ok = tone != TONE_FAILS && tone != TONE_WARNS && tone != TONE_TOLD;
    static const char *const directives[] = {[TONE_HOLDS] = NULL,
                                             [TONE_TOLD] = " # TODO may",
                                             [TONE_KNOWN] = " # SKIP known: ",
                                             [TONE_UNKNOWN] = " # SKIP unknown: ",
                                             [TONE_BLOCKED] = " # SKIP blocked: ",
                                             [TONE_WARNS] = " # TODO should",
                                             [TONE_FAILS] = NULL};

    fprintf(out, "    %s %u - ", is_ok ? "ok" : "not ok", nth);
    put_description(out, f->text);
    if (directives[tone] != NULL)
        fputs(directives[tone], out);
    if (directives[tone] != NULL && is_ok)
        put_description(out, f->seen.len > 0 ? f->seen : SLICE("it never came"));
    fputc('\n', out);
    if (!is_ok)
        put_finding_yaml(out, v, f);
}

static void put_verdict(FILE *out, const struct verdict *v)
{
    bool is_good = verdict_is_good(v);

    fprintf(out, "    %s %u - the verdict: %s\n", is_good ? "ok" : "not ok",
            v->n_findings + 1, verdict_word(v->kind));
    fputs("      ---\n", out);
    put_yaml(out, "summary", v->summary);
    put_yaml(out, "saw", v->saw.len > 0 ? v->saw : SLICE("nothing"));
    fprintf(out, "      seed: %" PRIu64 "\n      duration_ms: %.3f\n      ...\n", v->seed,
            (double)v->took_us / 1e3);
}

void report_tap(FILE *out, const struct verdict *const *all, size_t n)
{
    fprintf(out, "TAP version 14\n1..%zu%s\n", n, n == 0 ? " # SKIP no scenario" : "");
    for (size_t i = 0; i < n; i++) {
        const struct verdict *v = all[i];

        fputs("# Subtest: ", out);
        put_description(out, report_title(v));
        fprintf(out, "\n    1..%u\n", v->n_findings + 1);
        for (uint32_t j = 0; j < v->n_findings; j++)
            put_finding(out, v, &v->findings[j], j + 1);
        put_verdict(out, v);
        fprintf(out, "%s %zu - ", verdict_is_good(v) ? "ok" : "not ok", i + 1);
        put_description(out, report_title(v));
        fputc('\n', out);
    }
}
