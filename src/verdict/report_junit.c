/* SPDX-License-Identifier: MIT */
/*
 * JUnit XML, in the dialect that Jenkins, GitLab and GitHub agree on: a testsuite per
 * scenario, a testcase per claim, and one more for the verdict as a whole, so that a run
 * whose claims could not even be judged is red as well.
 */
#include "report.h"

#include <inttypes.h>

static void put_attribute(FILE *out, const char *name, struct slice value)
{
    fprintf(out, " %s=\"", name);
    put_markup(out, value);
    fputc('"', out);
}

static void put_time(FILE *out, uint64_t us)
{
    fprintf(out, " time=\"%" PRIu64 ".%03u\"", us / 1000000, (unsigned)(us / 1000 % 1000));
}

struct counts {
    size_t tests, failures, skipped;
    uint64_t took_us;
};

static bool is_skipped(enum finding_tone tone)
{
    return tone == TONE_BLOCKED || tone == TONE_UNKNOWN || tone == TONE_KNOWN;
}

static struct counts count(const struct verdict *v)
{
    struct counts c = {.tests = (size_t)v->n_findings + 1, .took_us = v->took_us};

    for (uint32_t i = 0; i < v->n_findings; i++) {
        enum finding_tone tone = finding_tone(&v->findings[i]);
        c.failures += tone == TONE_FAILS;
        c.skipped += is_skipped(tone);
    }
    c.failures += !verdict_is_good(v);
    return c;
}

static void put_counts(FILE *out, const struct counts *c)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", c->tests,
            c->failures, c->skipped);
    put_time(out, c->took_us);
}

/* ---- one claim ---- */

static void put_line(FILE *out, const char *name, struct slice text)
{
    if (text.len == 0)
        return;
    fprintf(out, "%s: ", name);
    put_markup(out, text);
    fputc('\n', out);
}

static void put_finding(FILE *out, const struct verdict *v, const struct finding *f)
{
    put_line(out, "expected", f->expected);
    put_line(out, "seen", f->seen);
    if (f->seq > 0)
        fprintf(out, "where: journal entry %" PRIu64 "\n", f->seq);
    put_line(out, "because", f->because);
    put_line(out, "see", f->spec);
    put_line(out, "saw", v->saw);
}

static void put_outcome(FILE *out, const struct verdict *v, const struct finding *f)
{
    static const char *const words[] = {[TONE_KNOWN] = "known: ",
                                        [TONE_UNKNOWN] = "unknown: ",
                                        [TONE_BLOCKED] = "blocked: ",
                                        [TONE_WARNS] = "warning",
                                        [TONE_TOLD] = "note"};
    enum finding_tone tone = finding_tone(f);

    if (tone == TONE_FAILS) {
        fputs("      <failure type=\"must\"", out);
        put_attribute(out, "message", f->seen.len > 0 ? f->seen : f->text);
        fputc('>', out);
        put_finding(out, v, f);
        fputs("</failure>\n", out);
    } else if (is_skipped(tone)) {
        fprintf(out, "      <skipped message=\"%s", words[tone]);
        put_markup(out, f->seen.len > 0 ? f->seen : SLICE("what it speaks of never came"));
        fputs("\"/>\n", out);
    } else {
        fprintf(out, "      <system-out>%s\n", words[tone]);
        put_finding(out, v, f);
        fputs("</system-out>\n", out);
    }
}

static void put_case(FILE *out, const struct verdict *v, const struct finding *f)
{
    fputs("    <testcase", out);
    put_attribute(out, "name", f->text);
    put_attribute(out, "classname", report_title(v));
    if (report_file(v).len > 0)
        put_attribute(out, "file", report_file(v));
    if (finding_tone(f) == TONE_HOLDS) {
        fputs(" time=\"0.000\"/>\n", out);
        return;
    }
    fputs(" time=\"0.000\">\n", out);
    put_outcome(out, v, f);
    fputs("    </testcase>\n", out);
}

/* ---- one scenario ---- */

static void put_property(FILE *out, const char *name, struct slice value)
{
    fprintf(out, "      <property name=\"%s\"", name);
    put_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void put_properties(FILE *out, const struct verdict *v)
{
    char seed[24];
    int n = snprintf(seed, sizeof(seed), "%" PRIu64, v->seed);

    fputs("    <properties>\n", out);
    put_property(out, "verdict", slice_of(verdict_word(v->kind)));
    put_property(out, "saw", v->saw);
    put_property(out, "seed", (struct slice){seed, (size_t)n});
    fputs("    </properties>\n", out);
}

static void put_verdict_case(FILE *out, const struct verdict *v)
{
    fputs("    <testcase name=\"the verdict\"", out);
    put_attribute(out, "classname", report_title(v));
    put_time(out, v->took_us);
    if (verdict_is_good(v)) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n      <failure type=\"%s\"", verdict_word(v->kind));
    put_attribute(out, "message",
                  v->summary.len > 0 ? v->summary : slice_of(verdict_word(v->kind)));
    fputc('>', out);
    put_line(out, "verdict", slice_of(verdict_word(v->kind)));
    put_line(out, "saw", v->saw);
    if (v->kind == VERDICT_NEVER_CAME)
        for (size_t i = 0; never_came_causes[i] != NULL; i++)
            put_line(out, "usual cause", slice_of(never_came_causes[i]));
    fputs("</failure>\n    </testcase>\n", out);
}

static void put_suite(FILE *out, const struct verdict *v)
{
    struct counts c = count(v);
    char date[32];

    fputs("  <testsuite", out);
    put_attribute(out, "name", report_title(v));
    put_counts(out, &c);
    if (v->records != NULL)
        fprintf(out, " timestamp=\"%.19s\"", report_date(v->records->began_wall_us, date));
    fputs(">\n", out);
    put_properties(out, v);
    for (uint32_t i = 0; i < v->n_findings; i++)
        put_case(out, v, &v->findings[i]);
    put_verdict_case(out, v);
    fputs("    <system-out>", out);
    put_line(out, "saw", v->saw.len > 0 ? v->saw : SLICE("nothing"));
    put_line(out, "summary", v->summary);
    fputs("</system-out>\n  </testsuite>\n", out);
}

void report_junit(FILE *out, const struct verdict *const *all, size_t n)
{
    struct counts sum = {0};

    for (size_t i = 0; i < n; i++) {
        struct counts c = count(all[i]);
        sum.tests += c.tests;
        sum.failures += c.failures;
        sum.skipped += c.skipped;
        sum.took_us += c.took_us;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"naysay\"", out);
    put_counts(out, &sum);
    fputs(">\n", out);
    for (size_t i = 0; i < n; i++)
        put_suite(out, all[i]);
    fputs("</testsuites>\n", out);
}
