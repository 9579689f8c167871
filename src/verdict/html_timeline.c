/* SPDX-License-Identifier: MIT */
/*
 * Client on the left, naysay on the right, a row per exchange: what was asked goes right,
 * what was answered comes back, as far as it came. Before it the time and the connections
 * as rails; behind it the rule that spoke. A row unfolds into its octets.
 */
#include "html.h"

#include <inttypes.h>

#define QUIET_US 50000u /* a silence that is shown */

const char *html_tone(const struct row *row)
{
    static const char *const tones[] = {"none", "s1", "s2", "s3", "s4", "s5"};
    unsigned first = row->r->status / 100;

    return tones[first < COUNT(tones) ? first : 0];
}

/* ---- rails ---- */

#define PITCH(rails) ((rails) > 3 ? 13u : 18u)

static unsigned rails_width(const struct rows *rows)
{
    return rows->rails == 0 ? 18 : (rows->rails - 1u) * PITCH(rows->rails) + 18;
}

static unsigned rail_x(const struct rows *rows, uint8_t rail)
{
    return 9 + rail * PITCH(rows->rails);
}

/* Lines run out of the picture, which is as high as its row and cuts them. */
static void put_rails(FILE *out, const struct rows *rows, const struct row *row)
{
    unsigned x = row->rail == NO_RAIL ? 0 : rail_x(rows, row->rail);
    char name[8];

    lane_name(row->lane, name);
    fprintf(out,
            "<svg class=\"rails\" width=\"%u\" role=\"img\" aria-label=\"connection "
            "%s\"><path d=\"",
            rails_width(rows), name);
    for (uint8_t i = 0; i < rows->rails; i++) {
        bool above = row->above >> i & 1, below = row->below >> i & 1;
        if (above || below)
            fprintf(out, "M%u %sV%s", rail_x(rows, i), above ? "0" : "19",
                    below ? "400" : "19");
    }
    fputs("\"/>", out);
    if (row->rail != NO_RAIL)
        fprintf(
            out,
            "<circle cx=\"%u\" cy=\"19\" r=\"8\"/><text x=\"%u\" y=\"22.5\"%s>%s</text>", x,
            x, name[1] == '\0' ? "" : " class=\"long\"", name);
    fprintf(out, "</svg><span class=\"conn\">%s</span>", name);
}

static void put_quiet(FILE *out, const struct rows *rows, const struct row *row)
{
    unsigned height = 22;
    char text[32];

    for (uint64_t us = QUIET_US * 4; us < row->quiet_us && height < 58; us *= 2)
        height += 6;
    fprintf(out,
            "<div class=\"quiet\" style=\"min-height:%upx\"><span class=\"at\"></span>"
            "<svg class=\"rails\" width=\"%u\" aria-hidden=\"true\"><path d=\"",
            height, rails_width(rows));
    for (uint8_t i = 0; i < rows->rails; i++)
        if (row->above >> i & 1)
            fprintf(out, "M%u 0V400", rail_x(rows, i));
    fprintf(out,
            "\"/></svg><span class=\"conn\"></span><span "
            "class=\"wire\"><span>%s</span></span></div>\n",
            report_duration(row->quiet_us, text));
}

/* ---- what was said ---- */

static void put_arrow(FILE *out, const char *symbol)
{
    fprintf(out, "<svg class=\"arrow\" aria-hidden=\"true\"><use href=\"#%s\"/></svg>",
            symbol);
}

static void put_cut_octets(FILE *out, struct slice s, size_t most)
{
    put_markup_octets(out, s.len > most ? (struct slice){s.at, most} : s);
    if (s.len > most)
        fputs("…", out);
}

static void put_request(FILE *out, const struct record *r)
{
    fputs("<span class=\"q\"><span class=\"say\">", out);
    if (r->method.len == 0) {
        fprintf(out, "<em>%s</em>",
                r->exchange == 0 ? "connected, asked nothing" : "no readable request");
    } else {
        fputs("<b>", out);
        put_cut_octets(out, r->method, 24);
        fputs("</b> ", out);
        put_cut_octets(out, r->target, 160);
    }
    fputs("</span>", out);
    put_arrow(out, "a-q");
    fputs("</span>", out);
}

/* How far the answer came. */
static const char *answer_symbol(const struct row *row)
{
    enum ending trouble = row_trouble(row);
    bool has_sent = row->r->status > 0 || row->r->sent.to > row->r->sent.from;

    if (!has_sent)
        return "a-none";
    if (trouble == ENDING_CLIENT_GONE || trouble == ENDING_CLIENT_RESET)
        return "a-gone";
    if (trouble == ENDING_RESET_BY_PLAN || row_is_short(row))
        return "a-cut";
    return row->r->status > 0 ? "a-p" : "a-raw";
}

static void put_answer(FILE *out, const struct row *row)
{
    const struct record *r = row->r;
    enum ending trouble = row_trouble(row);

    fprintf(out, "<span class=\"p %s\">", html_tone(row));
    put_arrow(out, answer_symbol(row));
    fputs("<span class=\"say\">", out);
    if (row_unanswered(row) != NULL) {
        fprintf(out, "<b>%s</b>", r->exchange == 0 ? "no answer" : row_unanswered(row));
    } else {
        fprintf(out, "<b>%u</b> ", r->status);
        put_cut_octets(out, report_phrase(r->response_head), 80);
    }
    if (trouble != ENDING_NONE)
        fprintf(out, " <span class=\"ending\" title=\"%s\">%s</span>",
                ending_row(trouble)->help, ending_row(trouble)->name);
    else if (r->faults.len > 0) {
        fputs(" <span class=\"ending\" title=\"fault\">", out);
        put_markup(out, r->faults);
        fputs("</span>", out);
    }
    fputs("</span></span>", out);
}

static void put_interim(FILE *out, const struct record *r)
{
    if (r->n_interim == 0)
        return;
    fputs("<span class=\"p s1\">", out);
    put_arrow(out, "a-raw");
    fputs("<span class=\"say\">", out);
    for (size_t i = 0; i < r->n_interim; i++)
        fprintf(out, "%s<b>%u</b>", i == 0 ? "" : " ", r->interim[i]);
    fputs("</span></span>", out);
}

static void put_rule(FILE *out, const struct row *row)
{
    const struct record *r = row->r;
    char took[32];

    fputs("<span class=\"by\"><span class=\"rule\">", out);
    put_markup(out,
               r->rule_name.len > 60 ? (struct slice){r->rule_name.at, 60} : r->rule_name);
    if (r->rule > 0)
        fprintf(out, "<small>.%" PRIu64 "</small>", r->match);
    fputs("</span><span class=\"took\">", out);
    if (r->exchange > 0)
        fputs(report_duration(r->end_us > r->began_us ? r->end_us - r->began_us : 0, took),
              out);
    fputs("</span></span>", out);
}

static void put_at(FILE *out, const struct row *row)
{
    char text[32];

    fprintf(out, "<span class=\"at\">%s", report_clock(row->r->began_us, text));
    if (row->finding > 0)
        fputs(row->is_warning ? "<b class=\"warn\" title=\"a warning is about this\">!</b>"
                              : "<b title=\"a claim fails here\">✘</b>",
              out);
    fputs("</span>", out);
}

/* ---- rows ---- */

static void put_unfolding(struct page *page, const struct rows *rows, const struct row *row)
{
    FILE *out = page->out;
    size_t nth = (size_t)(row - rows->at);

    fprintf(out, "<details class=\"row%s\"><summary>",
            row->finding == 0 ? ""
            : row->is_warning ? " marked warn"
                              : " marked");
    put_at(out, row);
    put_rails(out, rows, row);
    fputs("<span class=\"wire\">", out);
    put_request(out, row->r);
    put_interim(out, row->r);
    put_answer(out, row);
    fputs("</span>", out);
    put_rule(out, row);
    fprintf(out, "</summary><div id=\"x%u-%zu\">", page->card, nth);
    html_octets(page, row);
    fputs("</div></details>\n", out);
}

static void put_plain(struct page *page, const struct row *row)
{
    FILE *out = page->out;
    char name[8], text[32];

    fprintf(out, "<li><span>%s</span> %s <b>", report_clock(row->r->began_us, text),
            lane_name(row->lane, name));
    put_cut_octets(out, row->r->method, 24);
    fputs("</b> ", out);
    put_cut_octets(out, row->r->target, 80);
    fprintf(out, " → <b class=\"%s\">", html_tone(row));
    if (row_unanswered(row) != NULL)
        fputs(row_unanswered(row), out);
    else
        fprintf(out, "%u", row->r->status);
    fputs("</b> ", out);
    put_markup(out, row->r->rule_name);
    fputs("</li>\n", out);
}

/* Findings point at their rows: those unfold however late they come. */
static bool takes_details(struct page *page, const struct row *row)
{
    if (row->finding > 0 && page->octets > 4096)
        return true;
    if (page->details == 0 || page->octets < 4096)
        return false;
    page->details--;
    return true;
}

static size_t put_plain_rows(struct page *page, const struct rows *rows, size_t from)
{
    size_t i = from;

    fputs("<ol class=\"plain\">\n", page->out);
    for (; i < rows->n && page->rows > 0 &&
           (rows->at[i].finding == 0 || page->octets <= 4096);
         i++, page->rows--)
        put_plain(page, &rows->at[i]);
    fputs("</ol>\n", page->out);
    return i;
}

static void put_lanes(FILE *out, const struct rows *rows)
{
    fprintf(out,
            "<div class=\"lanes\" aria-hidden=\"true\"><span class=\"at\"></span>"
            "<span style=\"width:%upx\" class=\"rails\"></span><span class=\"conn\"></span>"
            "<span class=\"wire\"><span>client</span><span>naysay</span></span></div>\n",
            rails_width(rows));
}

void html_timeline(struct page *page, const struct rows *rows)
{
    size_t unfolding = 0, i = 0;

    fputs("<div class=\"timeline\">\n", page->out);
    put_lanes(page->out, rows);
    while (i < rows->n) {
        const struct row *row = &rows->at[i];

        if (!takes_details(page, row)) {
            if (page->rows == 0)
                break;
            i = put_plain_rows(page, rows, i);
            continue;
        }
        if (i > 0 && row->quiet_us >= QUIET_US)
            put_quiet(page->out, rows, row);
        put_unfolding(page, rows, row);
        unfolding++;
        i++;
    }
    if (i < rows->n)
        fprintf(page->out, "<p class=\"note\">%zu more exchanges are in the journal.</p>\n",
                rows->n - i);
    fputs("</div>\n", page->out);
    if (unfolding < rows->n)
        fprintf(
            page->out,
            "<p class=\"note\">%zu of %zu exchanges show their octets: the first ones, and "
            "those that a claim speaks of. The journal has them all.</p>\n",
            unfolding, rows->n);
}
