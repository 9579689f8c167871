/* SPDX-License-Identifier: MIT */
/* What is said at the end: a few lines, or reports. */
#include <errno.h>
#include <unistd.h>

#include "cli.h"

/* ---- without a scenario file: what was answered ---- */

static void print_statuses(const struct server *s)
{
    const char *between = ": ";

    for (unsigned i = 0; i < COUNT(s->by_status); i++) {
        if (s->by_status[i] == 0)
            continue;
        fprintf(stderr, "%s%u x%u", between, i, s->by_status[i]);
        between = ", ";
    }
}

static void print_unanswered(const struct server *s)
{
    uint64_t answered = 0;

    for (unsigned i = 0; i < COUNT(s->by_status); i++)
        answered += s->by_status[i];
    if (s->exchanges > answered)
        fprintf(stderr, "%s%llu without a status", answered > 0 ? ", " : ": ",
                (unsigned long long)(s->exchanges - answered));
}

static void print_endings(const struct server *s)
{
    for (int i = 0; i < ENDING_COUNT; i++)
        if (s->by_ending[i] > 0 && i != ENDING_BY_PLAN)
            fprintf(stderr, "naysay:   %s x%llu: %s\n", ending_row((enum ending)i)->name,
                    (unsigned long long)s->by_ending[i], ending_row((enum ending)i)->help);
}

static void print_lost(const struct act *a)
{
    if (a->stage.lost > 0)
        fprintf(stderr, "naysay: %llu journal lines were lost\n",
                (unsigned long long)a->stage.lost);
}

void told_summary(const struct act *a)
{
    const struct server *s = &a->stage.server;

    fprintf(stderr, "naysay: %llu exchange%s", (unsigned long long)s->exchanges,
            s->exchanges == 1 ? "" : "s");
    print_statuses(s);
    print_unanswered(s);
    fputc('\n', stderr);
    print_endings(s);
    print_lost(a);
    if (a->ran.argv != NULL) {
        char text[256];
        child_describe(&a->child, a->ran.argv[0], text, sizeof(text));
        fprintf(stderr, "naysay: %s\n", text);
    }
}

/* ---- many scenarios: a line that is written over ---- */

void told_over(struct show *s)
{
    if (!s->has_progress)
        return;
    fputs("\r\033[K", s->report);
    fflush(s->report);
    s->has_progress = false;
}

void told_progress(struct show *s)
{
    told_over(s);
    if (!s->style.is_terminal || s->n_acts < 2 || s->options->quiet || s->n_running == 0)
        return;
    fprintf(s->report, "%u of %u played, %u playing", s->n_done, s->n_acts, s->n_running);
    fflush(s->report);
    s->has_progress = true;
}

/* ---- reports ---- */

typedef void writer(FILE *out, const struct verdict *const *all, size_t n);

static bool write_report(const char *path, writer *write, const struct verdict *const *all,
                         size_t n)
{
    FILE *out = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    bool ok = out != NULL;

    if (ok)
        write(out, all, n);
    if (ok && out == stdout)
        ok = fflush(out) == 0;
    else if (ok)
        ok = fclose(out) == 0;
    if (!ok)
        fprintf(stderr, "naysay: cannot write %s: %s\n", path, strerror(errno));
    return ok;
}

bool told_reports(const struct options *o, const struct verdict *const *all, size_t n)
{
    const struct {
        const char *path;
        writer *write;
    } rows[] = {{o->junit, report_junit},
                {o->tap, report_tap},
                {o->html, report_html},
                {o->har, report_har},
                {o->json ? "-" : NULL, report_json}};
    bool ok = true;

    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].path != NULL)
            ok &= write_report(rows[i].path, rows[i].write, all, n);
    return ok;
}

unsigned told_on_output(const struct options *o)
{
    const char *const paths[] = {o->junit, o->tap, o->html, o->har, o->journal};
    unsigned n = o->json;

    for (size_t i = 0; i < COUNT(paths); i++)
        n += paths[i] != NULL && strcmp(paths[i], "-") == 0;
    return n;
}

/* ---- what is known to fail ---- */

bool told_known(const struct options *o, struct baseline **known)
{
    struct complaint why = {{0}};
    FILE *in = o->baseline == NULL ? NULL : fopen(o->baseline, "re");

    *known = NULL;
    if (o->baseline == NULL)
        return true;
    if (in == NULL)
        complain(&why, "cannot read --baseline %s: %s", o->baseline, strerror(errno));
    else
        *known = baseline_read(in, o->baseline, &why);
    if (in != NULL)
        fclose(in);
    if (*known == NULL)
        fprintf(stderr, "naysay: %s\n", why.text);
    return *known != NULL;
}
