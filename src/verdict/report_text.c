/* SPDX-License-Identifier: MIT */
/*
 * For people: the observed order, what happened when it matters, what does not hold, and
 * the verdict in one line.
 */
#include "timeline.h"

#include <inttypes.h>

static const struct ink plain = {.good = "",
                                 .bad = "",
                                 .warn = "",
                                 .dim = "",
                                 .bold = "",
                                 .off = "",
                                 .status = {"", "", "", "", "", "", "", "", "", ""}};
static const struct ink colored = {
    .good = "\033[32m",
    .bad = "\033[31m",
    .warn = "\033[33m",
    .dim = "\033[2m",
    .bold = "\033[1m",
    .off = "\033[0m",
    .status = {"\033[35m", "\033[34m", "\033[32m", "\033[36m", "\033[33m", "\033[31m",
               "\033[35m", "\033[35m", "\033[35m", "\033[35m"}};

/* A mark on a terminal, and a word of plain ASCII elsewhere. */
struct mark {
    const char *sign, *word;
    size_t ink; /* offset in struct ink */
};

static const struct mark marks[] = {
    [TONE_HOLDS] = {"✔", "ok", offsetof(struct ink, good)},
    [TONE_TOLD] = {"·", "note", offsetof(struct ink, dim)},
    [TONE_KNOWN] = {"·", "known", offsetof(struct ink, dim)},
    [TONE_UNKNOWN] = {"?", "unknown", offsetof(struct ink, warn)},
    [TONE_BLOCKED] = {"–", "blocked", offsetof(struct ink, warn)},
    [TONE_WARNS] = {"!", "warning", offsetof(struct ink, warn)},
    [TONE_FAILS] = {"✘", "FAILED", offsetof(struct ink, bad)},
};

static void put_mark(FILE *out, const struct pen *pen, enum finding_tone tone)
{
    const struct mark *m = &marks[tone];
    const char *ink = *(const char *const *)((const char *)pen->ink + m->ink);

    fprintf(out, "%s%s%s", ink, pen->is_terminal ? m->sign : m->word, pen->ink->off);
}

static struct pen pen_of(const struct report_style *style)
{
    unsigned columns = style->columns == 0 ? 100 : style->columns;

    return (struct pen){.ink = style->color == REPORT_COLORED ? &colored : &plain,
                        .is_terminal = style->is_terminal,
                        .columns = columns < 40    ? 40
                                   : columns > 200 ? 200
                                                   : columns};
}

/* ---- long texts, laid out by words ---- */

#define WRAPPED_LINES 8u

/* One word at the end of a line that has `at` columns. Returns how many it has then. */
static unsigned put_word(FILE *out, const struct pen *pen, struct slice word, unsigned at,
                         unsigned indent, unsigned *lines)
{
    struct cell measure = {.is_text = true, .is_terminal = pen->is_terminal};
    unsigned width = cell_width(word, true), room = pen->columns - indent;

    if (at > indent && at + 1 + width > pen->columns) {
        fprintf(out, "\n%*s", (int)indent, "");
        at = indent;
        ++*lines;
    } else if (at > indent) {
        fputc(' ', out);
        at++;
    }
    measure.columns = width > room ? room : 0;
    return at + put_cell(out, word, measure);
}

/* The first line has been begun and stands at `indent`, as all others will. */
static void put_wrapped(FILE *out, const struct pen *pen, struct slice text,
                        unsigned indent, bool is_whole)
{
    unsigned at = indent, lines = 1;

    while (text.len > 0) {
        struct slice word = slice_cut(&text, ' ');
        if (lines >= WRAPPED_LINES && !is_whole && at + 40 > pen->columns) {
            fprintf(out, " %s", pen->is_terminal ? "…" : "...");
            break;
        }
        if (word.len > 0)
            at = put_word(out, pen, word, at, indent, &lines);
    }
    fputc('\n', out);
}

static void put_saw(FILE *out, const struct pen *pen, const struct verdict *v,
                    bool is_whole)
{
    fprintf(out, "%ssaw:%s ", pen->ink->bold, pen->ink->off);
    if (v->saw.len == 0)
        fprintf(out, "%snothing%s\n", pen->ink->dim, pen->ink->off);
    else
        put_wrapped(out, pen, v->saw, 5, is_whole);
}

/* ---- findings ---- */

static void put_detail(FILE *out, const struct pen *pen, const char *name,
                       struct slice text)
{
    if (text.len == 0)
        return;
    fprintf(out, "    %s%-9s%s ", pen->ink->dim, name, pen->ink->off);
    put_wrapped(out, pen, text, 14, false);
}

static void put_place(FILE *out, const struct pen *pen, const struct rows *rows,
                      uint64_t seq)
{
    const struct row *row = rows_find(rows, seq);
    char lane[8], clock[32];

    if (row == NULL)
        return;
    fprintf(out, "    %s%-9s%s ", pen->ink->dim, "where", pen->ink->off);
    put_cell(out, row->r->rule_name, (struct cell){.columns = 40, .is_text = true});
    fprintf(out, ".%" PRIu64 " at %s on connection %s\n", row->r->match,
            report_clock(row->r->began_us, clock), lane_name(row->lane, lane));
}

static void put_finding(FILE *out, const struct pen *pen, const struct rows *rows,
                        const struct finding *f)
{
    unsigned indent = 2;

    put_mark(out, pen, finding_tone(f));
    fputc(' ', out);
    if (!pen->is_terminal)
        indent = (unsigned)strlen(marks[finding_tone(f)].word) + 1;
    put_wrapped(out, pen, f->text, indent, true);
    put_detail(out, pen, "expected", f->expected);
    put_detail(out, pen, "seen", f->seen);
    put_place(out, pen, rows, f->seq);
    put_detail(out, pen, "because", f->because);
    put_detail(out, pen, "see", f->spec);
}

static void put_findings(FILE *out, const struct pen *pen, const struct rows *rows,
                         const struct verdict *v, enum finding_tone from)
{
    for (uint32_t i = 0; i < v->n_findings; i++) {
        enum finding_tone tone = finding_tone(&v->findings[i]);
        if (tone >= from)
            put_finding(out, pen, rows, &v->findings[i]);
    }
}

/* ---- what else there is to say ---- */

static void put_causes(FILE *out, const struct pen *pen)
{
    fputs("No request came through here. The usual causes:\n", out);
    for (size_t i = 0; never_came_causes[i] != NULL; i++) {
        fprintf(out, "  %s ", pen->is_terminal ? "•" : "-");
        put_wrapped(out, pen, slice_of(never_came_causes[i]), 4, true);
    }
}

/* How the command ended, where that may explain something. */
static void put_command(FILE *out, const struct pen *pen, const struct ran *ran)
{
    char took[32];

    if (ran == NULL || ran->argv == NULL)
        return;
    fprintf(out, "%scommand%s ", pen->ink->dim, pen->ink->off);
    put_cell(out, slice_of(ran->argv[0]), (struct cell){.columns = 30, .is_text = true});
    if (!ran->is_started)
        fputs(" could not be started\n", out);
    else if (ran->is_timed_out || !ran->is_ended)
        fprintf(out, " did not end in %s\n", report_duration(ran->took_us, took));
    else if (ran->signal != 0)
        fprintf(out, " was ended by signal %d after %s\n", ran->signal,
                report_duration(ran->took_us, took));
    else
        fprintf(out, " ended with status %d after %s\n", ran->exit_status,
                report_duration(ran->took_us, took));
}

static void put_dropped(FILE *out, const struct pen *pen, const struct score *t)
{
    if (t->dropped > 0)
        fprintf(out,
                "%s%" PRIu64 " journal entries are gone: what they say was not judged%s\n",
                pen->ink->warn, t->dropped, pen->ink->off);
}

static void put_seed(FILE *out, const struct verdict *v)
{
    if (v->is_seed_drawn)
        fprintf(out, "seed %" PRIu64 " (drawn; --seed %" PRIu64 " plays it again)\n",
                v->seed, v->seed);
}

/* "3 requests, 2 claims hold, 1.5 s", or "1 of 5 claims holds" where some do not. */
static unsigned print_counts(const struct verdict *v, char *out, size_t size)
{
    struct score t = report_score(v);
    bool is_some = t.holds < v->n_findings;
    const char *plural = v->n_findings == 1 && !is_some ? "" : "s";
    char took[32], of[24] = "", warnings[32] = "";

    if (is_some)
        snprintf(of, sizeof(of), " of %u", v->n_findings);
    if (t.warnings > 0)
        snprintf(warnings, sizeof(warnings), ", %u warning%s", t.warnings,
                 t.warnings == 1 ? "" : "s");
    return (unsigned)snprintf(out, size, "%" PRIu64 " request%s, %u%s claim%s hold%s%s, %s",
                              t.requests, t.requests == 1 ? "" : "s", t.holds, of, plural,
                              t.holds == 1 ? "s" : "", warnings,
                              report_duration(v->took_us, took));
}

/* ✔ 522 twice, then 200; the client backs off  3 requests, 2 claims hold, 1.5 s */
static void put_verdict(FILE *out, const struct pen *pen, const struct verdict *v)
{
    bool is_good = verdict_is_good(v);
    char counts[160];
    unsigned room = pen->columns, width = print_counts(v, counts, sizeof(counts)) + 4;
    struct cell cell = {.is_text = true, .is_terminal = pen->is_terminal};

    put_mark(out, pen, is_good ? TONE_HOLDS : TONE_FAILS);
    if (!is_good)
        width += (unsigned)strlen(verdict_word(v->kind)) + 2;
    cell.columns = !pen->is_terminal ? 0 : room > width + 14 ? room - width : 14;
    fprintf(out, " %s", pen->ink->bold);
    put_cell(out, report_title(v), cell);
    fputs(pen->ink->off, out);
    if (!is_good)
        fprintf(out, "%s  %s%s", pen->ink->bad, verdict_word(v->kind), pen->ink->off);
    fprintf(out, "  %s%s%s\n", pen->ink->dim, counts, pen->ink->off);
}

static void put_summary(FILE *out, const struct pen *pen, const struct verdict *v)
{
    /* Of what never came, and of a finding that failed, everything has been said. */
    if (v->summary.len > 0 && !verdict_is_good(v) && v->kind != VERDICT_NEVER_CAME &&
        v->kind != VERDICT_STORM && v->kind != VERDICT_UNMATCHED)
        put_wrapped(out, pen, v->summary, 0, true);
}

void report_text(FILE *out, const struct verdict *v, const struct report_style *style)
{
    struct pen pen = pen_of(style);
    bool is_good = verdict_is_good(v);
    struct score score = report_score(v);
    struct rows rows;

    if (style->is_quiet && is_good)
        return;
    if (!rows_make(&rows, v))
        fputs("(no memory for a timeline)\n", out);
    put_saw(out, &pen, v, style->is_verbose);
    if (rows.n > 0 && (style->is_verbose || (!is_good && !style->is_quiet)))
        put_timeline(out, &pen, &rows, style->is_verbose);
    put_findings(out, &pen, &rows, v,
                 style->is_verbose ? TONE_HOLDS
                 : is_good         ? TONE_WARNS
                                   : TONE_KNOWN);
    if (v->kind == VERDICT_NEVER_CAME)
        put_causes(out, &pen);
    if (style->is_verbose || !is_good)
        put_command(out, &pen, v->ran);
    put_dropped(out, &pen, &score);
    put_seed(out, v);
    put_summary(out, &pen, v);
    put_verdict(out, &pen, v);
    rows_free(&rows);
}

void report_total(FILE *out, const struct verdict *const *all, size_t n,
                  const struct report_style *style)
{
    struct pen pen = pen_of(style);
    uint64_t requests = 0, warnings = 0;
    size_t good = 0;

    for (size_t i = 0; i < n; i++) {
        struct score t = report_score(all[i]);
        requests += t.requests;
        warnings += t.warnings;
        good += verdict_is_good(all[i]);
    }
    put_mark(out, &pen, good == n ? TONE_HOLDS : TONE_FAILS);
    fprintf(out, " %zu scenario%s, %zu good, %zu not", n, n == 1 ? "" : "s", good,
            n - good);
    if (warnings > 0)
        fprintf(out, ", %" PRIu64 " warning%s", warnings, warnings == 1 ? "" : "s");
    fprintf(out, "  %s%" PRIu64 " request%s%s\n", pen.ink->dim, requests,
            requests == 1 ? "" : "s", pen.ink->off);
}
