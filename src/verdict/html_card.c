/* SPDX-License-Identifier: MIT */
/* One scenario: the verdict, the observed order, what does not hold, and the run itself. */
#include "html.h"

#include <inttypes.h>

#define CHIPS 120u

/* ---- the order that was observed ---- */

static void put_chip(FILE *out, struct slice word, unsigned times)
{
    fputs("<li>", out);
    put_markup(out, word.len > 80 ? (struct slice){word.at, 80} : word);
    if (times > 1)
        fprintf(out, " <small>×%u</small>", times);
    fputs("</li>", out);
}

static void put_saw(FILE *out, const struct verdict *v)
{
    struct slice rest = v->saw, word = slice_cut(&rest, ' ');
    unsigned times = 1, chips = 0;

    fputs("<div class=\"saw\"><span>saw</span><ol>", out);
    if (word.len == 0)
        fputs("<li class=\"nothing\">nothing</li>", out);
    while (word.len > 0 && chips < CHIPS) {
        struct slice next = rest.at == NULL ? NO_SLICE : slice_cut(&rest, ' ');
        if (next.len > 0 && slice_is(word, next)) {
            times++;
            continue;
        }
        put_chip(out, word, times);
        word = next;
        times = 1;
        chips++;
    }
    fputs(word.len > 0 ? "<li>…</li></ol></div>\n" : "</ol></div>\n", out);
}

/* ---- findings ---- */

static const struct {
    const char *sign, *word;
} tones[] = {
    [TONE_HOLDS] = {"✔", "holds"},     [TONE_TOLD] = {"·", "told"},
    [TONE_KNOWN] = {"·", "known"},     [TONE_UNKNOWN] = {"?", "unknown"},
    [TONE_BLOCKED] = {"–", "blocked"}, [TONE_WARNS] = {"!", "warning"},
    [TONE_FAILS] = {"✘", "fails"},
};

static void put_term(FILE *out, const char *name, struct slice text)
{
    if (text.len == 0)
        return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    put_markup(out, text);
    fputs("</dd>", out);
}

static void put_place(FILE *out, const struct rows *rows, const struct finding *f,
                      unsigned card)
{
    const struct row *row = rows_find(rows, f->seq);
    char clock[32], lane[8];

    if (row == NULL)
        return;
    fprintf(out, "<dt>where</dt><dd><a href=\"#x%u-%zu\">", card, (size_t)(row - rows->at));
    put_markup(out, row->r->rule_name);
    fprintf(out, ".%" PRIu64 "</a>, at %s on connection %s</dd>", row->r->match,
            report_clock(row->r->began_us, clock), lane_name(row->lane, lane));
}

static void put_finding(FILE *out, const struct rows *rows, const struct finding *f,
                        unsigned card)
{
    enum finding_tone tone = finding_tone(f);

    fprintf(out, "<li class=\"%s\"><b title=\"%s\">%s</b><div><p>", tones[tone].word,
            tones[tone].word, tones[tone].sign);
    put_markup(out, f->text);
    if (tone != TONE_HOLDS && tone != TONE_FAILS)
        fprintf(out, " <small class=\"tag\">%s</small>", tones[tone].word);
    if (f->spec.len > 0) {
        fputs(" <small class=\"spec\">", out);
        put_markup(out, f->spec);
        fputs("</small>", out);
    }
    fputs("</p>", out);
    if (tone != TONE_HOLDS) {
        fputs("<dl>", out);
        put_term(out, "expected", f->expected);
        put_term(out, "seen", f->seen);
        put_place(out, rows, f, card);
        put_term(out, "because", f->because);
        fputs("</dl>", out);
    }
    fputs("</div></li>\n", out);
}

/* The gravest first; what holds stands together at the end. */
static void put_findings(FILE *out, const struct rows *rows, const struct verdict *v,
                         unsigned card)
{
    if (v->n_findings == 0)
        return;
    fputs("<ul class=\"findings\">\n", out);
    for (int tone = TONE_FAILS; tone >= TONE_HOLDS; tone--)
        for (uint32_t i = 0; i < v->n_findings; i++)
            if (finding_tone(&v->findings[i]) == (enum finding_tone)tone)
                put_finding(out, rows, &v->findings[i], card);
    fputs("</ul>\n", out);
}

/* ---- the command ---- */

static void put_ended(FILE *out, const struct ran *ran)
{
    char took[32];

    report_duration(ran->took_us, took);
    if (!ran->is_started)
        fputs("could not be started", out);
    else if (ran->is_timed_out || !ran->is_ended)
        fprintf(out, "did not end in %s", took);
    else if (ran->signal != 0)
        fprintf(out, "ended by signal %d after %s", ran->signal, took);
    else
        fprintf(out, "status %d after %s", ran->exit_status, took);
}

static void put_command(FILE *out, const struct ran *ran)
{
    const size_t most = 4096;

    if (ran == NULL || ran->argv == NULL)
        return;
    fputs("<div class=\"command\"><code>", out);
    for (char **word = ran->argv; *word != NULL; word++) {
        struct slice s = slice_of(*word);
        fputs(word == ran->argv ? "" : " ", out);
        put_markup(out, s.len > most ? (struct slice){s.at, most} : s);
    }
    fputs("</code><span>", out);
    put_ended(out, ran);
    fputs("</span></div>\n", out);
    if (ran->output.len == 0)
        return;
    fputs("<details class=\"output\"><summary>standard output</summary><pre>", out);
    for (struct slice rest = ran->output.len > most ? (struct slice){ran->output.at, most}
                                                    : ran->output;
         rest.len > 0;) {
        put_markup(out, slice_trim(slice_cut(&rest, '\n'), "\r"));
        fputc('\n', out);
    }
    fputs(ran->output.len > most ? "…</pre></details>\n" : "</pre></details>\n", out);
}

/* ---- a card ---- */

const char *html_card_class(const struct verdict *v)
{
    bool warns = report_score(v).warnings > 0;

    if (verdict_is_good(v))
        return warns ? "good warns" : "good";
    return warns ? "bad warns" : "bad";
}

static void put_meta(FILE *out, const struct verdict *v, const struct rows *rows)
{
    uint64_t requests = report_score(v).requests;
    char took[32];

    fputs("<p class=\"meta\">", out);
    if (report_file(v).len > 0) {
        fputs("<span>", out);
        put_markup(out, report_file(v));
        fputs("</span>", out);
    }
    fprintf(out, "<span>%" PRIu64 " request%s on %zu connection%s</span><span>%s</span>",
            requests, requests == 1 ? "" : "s", rows->n_lanes,
            rows->n_lanes == 1 ? "" : "s", report_duration(v->took_us, took));
    fprintf(out, "<span>seed %" PRIu64 "%s</span></p>\n", v->seed,
            v->is_seed_drawn ? ", drawn" : "");
}

static void put_causes(FILE *out)
{
    fputs(
        "<div class=\"causes\"><p>No request came through here. The usual causes:</p><ul>",
        out);
    for (size_t i = 0; never_came_causes[i] != NULL; i++)
        fprintf(out, "<li>%s</li>", never_came_causes[i]);
    fputs("</ul></div>\n", out);
}

void html_card(struct page *page, const struct verdict *v)
{
    FILE *out = page->out;
    bool is_good = verdict_is_good(v);
    struct rows rows;

    if (!rows_make(&rows, v))
        fputs("<p class=\"note\">There was no memory for the next timeline.</p>\n", out);
    fprintf(out,
            "<article id=\"s%u\" class=\"card %s\">\n<header><span class=\"badge\">%s "
            "%s</span><h2>",
            page->card, html_card_class(v), is_good ? "✔" : "✘", verdict_word(v->kind));
    put_markup(out, report_title(v));
    fputs("</h2>", out);
    put_meta(out, v, &rows);
    fputs("</header>\n", out);
    if (!is_good && v->summary.len > 0) {
        fputs("<p class=\"summary\">", out);
        put_markup(out, v->summary);
        fputs("</p>\n", out);
    }
    put_saw(out, v);
    if (v->kind == VERDICT_NEVER_CAME)
        put_causes(out);
    put_findings(out, &rows, v, page->card);
    put_command(out, v->ran);
    html_overview(out, &rows);
    if (rows.n > 0)
        html_timeline(page, &rows);
    fputs("</article>\n", out);
    rows_free(&rows);
}
