/* SPDX-License-Identifier: MIT */
/* One page that needs nothing else: no script, no font, no picture from elsewhere. */
#include "html.h"

#include <inttypes.h>

#include "report_css.gen.h"

#define DETAILS 300u
#define ROWS    1000u
#define OCTETS  (400u << 10)

/* ---- the page ---- */

struct sums {
    size_t n, good, warned;
    uint64_t requests, holds, fails, blocked, warnings, took_us;
};

static struct sums sum_up(const struct verdict *const *all, size_t n)
{
    struct sums s = {.n = n};

    for (size_t i = 0; i < n; i++) {
        struct score t = report_score(all[i]);
        s.good += verdict_is_good(all[i]);
        s.warned += t.warnings > 0;
        s.requests += t.requests;
        s.holds += t.holds;
        s.fails += t.fails;
        s.blocked += t.blocked;
        s.warnings += t.warnings;
        s.took_us += all[i]->took_us;
    }
    return s;
}

/* Arrows, once for the whole page; they stretch with the room they are given. */
static const char arrows[] =
    "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">"
    "<symbol id=\"a-q\" overflow=\"visible\"><line x1=\"0\" y1=\"6\" x2=\"100%\" y2=\"6\"/>"
    "<svg x=\"100%\" overflow=\"visible\"><path d=\"M-7 2L0 6L-7 10\"/></svg></symbol>"
    "<symbol id=\"a-p\" overflow=\"visible\"><line x1=\"0\" y1=\"6\" x2=\"100%\" y2=\"6\"/>"
    "<path d=\"M7 2L0 6L7 10\"/></symbol>"
    "<symbol id=\"a-raw\" overflow=\"visible\"><line class=\"dash\" x1=\"0\" y1=\"6\" "
    "x2=\"100%\" "
    "y2=\"6\"/><path d=\"M7 2L0 6L7 10\"/></symbol>"
    "<symbol id=\"a-cut\" overflow=\"visible\"><line class=\"faint\" x1=\"0\" y1=\"6\" "
    "x2=\"44%\" "
    "y2=\"6\"/><line x1=\"50%\" y1=\"6\" x2=\"100%\" y2=\"6\"/><svg x=\"47%\" "
    "overflow=\"visible\"><path d=\"M-4 2l8 8m0-8l-8 8\"/></svg></symbol>"
    "<symbol id=\"a-gone\" overflow=\"visible\"><line x1=\"12\" y1=\"6\" x2=\"100%\" "
    "y2=\"6\"/>"
    "<path d=\"M1 2l8 8m0-8l-8 8\"/></symbol>"
    "<symbol id=\"a-none\" overflow=\"visible\"><line class=\"faint\" x1=\"0\" y1=\"6\" "
    "x2=\"100%\" y2=\"6\"/><svg x=\"100%\" overflow=\"visible\"><path d=\"M-9 2l8 8m0-8l-8 "
    "8\"/>"
    "</svg></symbol></svg>\n";

static void put_beginning(FILE *out, const struct sums *s)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'\"/>\n",
          out);
    fprintf(out, "<title>naysay: %zu of %zu good</title>\n<style>\n", s->good, s->n);
    fwrite(report_css, 1, sizeof(report_css), out);
    fputs("</style>\n</head>\n<body>\n", out);
    fputs(arrows, out);
}

static void put_figure(FILE *out, uint64_t n, const char *one, const char *many,
                       const char *class)
{
    if (n > 0)
        fprintf(out, "<li class=\"%s\"><b>%" PRIu64 "</b> %s</li>", class, n,
                n == 1 ? one : many);
}

static void put_headline(FILE *out, const struct sums *s, const struct verdict *const *all)
{
    if (s->n == 0)
        fputs("No scenario was played", out);
    else if (s->n == 1 && s->good == 1)
        fputs("The client did its part", out);
    else if (s->n == 1)
        fprintf(out, "The verdict: %s", verdict_word(all[0]->kind));
    else if (s->good == s->n)
        fprintf(out, "All %zu scenarios are good", s->n);
    else
        fprintf(out, "%zu of %zu scenarios %s not good", s->n - s->good, s->n,
                s->n - s->good == 1 ? "is" : "are");
}

static void put_top(FILE *out, const struct sums *s, const struct verdict *const *all)
{
    char date[32] = "", took[32];

    if (s->n > 0 && all[0]->records != NULL && all[0]->records->began_wall_us > 0)
        report_date(all[0]->records->began_wall_us, date);
    fprintf(out, "<header class=\"top %s\">\n<p class=\"mark\"><b>naysay</b> %s <span>",
            s->good == s->n ? "good" : "bad", NAYSAY_VERSION);
    if (date[0] != '\0')
        fprintf(out, "<time datetime=\"%s\">%.10s %.8s UTC</time>", date, date, date + 11);
    fputs("</span></p>\n<h1>", out);
    put_headline(out, s, all);
    fputs("</h1>\n<ul class=\"figures\">", out);
    put_figure(out, s->requests, "request", "requests", "");
    put_figure(out, s->holds, "claim holds", "claims hold", "good");
    put_figure(out, s->fails, "fails", "fail", "bad");
    put_figure(out, s->blocked, "is blocked", "are blocked", "warn");
    put_figure(out, s->warnings, "warning", "warnings", "warn");
    fprintf(out, "<li><b>%s</b></li></ul>\n</header>\n", report_duration(s->took_us, took));
}

/* Radio buttons and sibling selectors: filters that need no script. */
static void put_filters(FILE *out, const struct sums *s)
{
    if (s->n < 2)
        return;
    fprintf(
        out,
        "<input type=\"radio\" name=\"show\" id=\"f-all\" checked=\"checked\"/>"
        "<input type=\"radio\" name=\"show\" id=\"f-bad\"/>"
        "<input type=\"radio\" name=\"show\" id=\"f-warn\"/>\n"
        "<div class=\"filters\" role=\"group\" aria-label=\"which scenarios are shown\">"
        "<label for=\"f-all\">All <small>%zu</small></label>"
        "<label for=\"f-bad\">Not good <small>%zu</small></label>"
        "<label for=\"f-warn\">Warnings <small>%zu</small></label></div>\n",
        s->n, s->n - s->good, s->warned);
}

static void put_index(FILE *out, const struct sums *s, const struct verdict *const *all)
{
    char took[32];

    if (s->n < 2)
        return;
    fputs("<ol class=\"index\">\n", out);
    for (size_t i = 0; i < s->n; i++) {
        bool is_good = verdict_is_good(all[i]);
        fprintf(out, "<li class=\"card %s\"><a href=\"#s%zu\"><b>%s</b><span>",
                html_card_class(all[i]), i + 1, is_good ? "✔" : "✘");
        put_markup(out, report_title(all[i]));
        fprintf(out, "</span><small>%s</small><small>%s</small></a></li>\n",
                is_good && report_score(all[i]).warnings > 0 ? "good, with a warning"
                                                             : verdict_word(all[i]->kind),
                report_duration(all[i]->took_us, took));
    }
    fputs("</ol>\n", out);
}

/* Runs that are not good do not go short because of good ones. */
static void put_cards(FILE *out, const struct verdict *const *all, size_t n)
{
    const struct page whole = {
        .out = out, .details = DETAILS, .rows = ROWS, .octets = OCTETS};
    struct page pages[2] = {whole, whole};

    for (size_t i = 0; i < n; i++) {
        struct page *page = &pages[verdict_is_good(all[i])];
        page->card = (unsigned)i + 1;
        html_card(page, all[i]);
    }
}

void report_html(FILE *out, const struct verdict *const *all, size_t n)
{
    struct sums s = sum_up(all, n);

    put_beginning(out, &s);
    put_top(out, &s, all);
    put_filters(out, &s);
    fputs("<main>\n", out);
    put_index(out, &s, all);
    put_cards(out, all, n);
    if (n > 1 && s.good == n)
        fputs("<p class=\"empty for-bad\">Every scenario is good.</p>\n", out);
    if (n > 1 && s.warned == 0)
        fputs("<p class=\"empty for-warn\">There are no warnings.</p>\n", out);
    fputs("</main>\n</body>\n</html>\n", out);
}
