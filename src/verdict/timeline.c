/* SPDX-License-Identifier: MIT */
/*
 *    0.000 s  ●  A  GET /pay    → 522 Connection timed out    1.2 ms  down.1
 *             │     … 1.02 s
 *    1.021 s  ●  A  GET /pay    → 200 OK                      0.9 ms  up.1
 */
#include "timeline.h"

#include <inttypes.h>

#define QUIET_US 50000u /* a silence that is worth a line */
#define FIRST    30u    /* rows of a long run that are told in any case */
#define LAST     15u
#define AROUND   2u  /* and so many on either side of what a finding speaks of */
#define RULE     18u /* columns of a rule's name */

struct widths {
    unsigned rails, lane, request, answer, answer_least, rule;
};

/* ---- rails: a column for each open connection ---- */

static const char *rail_sign(const struct pen *pen, const struct row *row, uint8_t rail)
{
    bool above = row->above >> rail & 1, below = row->below >> rail & 1;

    if (row->rail == rail)
        return pen->is_terminal ? "●" : "*";
    if (above && below)
        return pen->is_terminal ? "│" : "|";
    if (above)
        return pen->is_terminal ? "╵" : "|";
    return " ";
}

static void put_rails(FILE *out, const struct pen *pen, const struct row *row,
                      const struct rows *rows)
{
    for (uint8_t i = 0; i < rows->rails; i++) {
        bool is_own = row->rail == i;
        fprintf(out, "%s%s%s", is_own ? pen->ink->bold : pen->ink->dim,
                rail_sign(pen, row, i), pen->ink->off);
    }
}

static void put_quiet(FILE *out, const struct pen *pen, const struct rows *rows,
                      const struct row *row, const struct widths *w)
{
    char text[32];

    fprintf(out, "%11s%s", "", pen->ink->dim);
    for (uint8_t i = 0; i < rows->rails; i++)
        fputs(row->above >> i & 1 ? pen->is_terminal ? "┆" : ":" : " ", out);
    fprintf(out, "%*s%s %s%s\n", (int)w->lane + 3, "", pen->is_terminal ? "…" : "...",
            report_duration(row->quiet_us, text), pen->ink->off);
}

/* ---- one exchange ---- */

static void pad(FILE *out, unsigned taken, unsigned width)
{
    if (taken < width)
        fprintf(out, "%*s", (int)(width - taken), "");
}

static struct cell cell_of(const struct pen *pen, unsigned taken, unsigned width)
{
    unsigned room = width > taken ? width - taken : 1;

    return (struct cell){.columns = room, .is_terminal = pen->is_terminal};
}

static void put_request(FILE *out, const struct pen *pen, const struct record *r,
                        unsigned width)
{
    unsigned taken;

    if (r->method.len == 0) {
        taken = put_cell(
            out, r->exchange == 0 ? SLICE("(no request)") : SLICE("(no readable request)"),
            cell_of(pen, 0, width));
        pad(out, taken, width);
        return;
    }
    fputs(pen->ink->bold, out);
    taken = put_cell(out, r->method, cell_of(pen, 0, 12));
    fprintf(out, "%s ", pen->ink->off);
    taken += 1 + put_cell(out, r->target, cell_of(pen, taken + 1, width));
    pad(out, taken, width);
}

static unsigned put_status(FILE *out, const struct pen *pen, const struct row *row,
                           unsigned width)
{
    const struct record *r = row->r;
    unsigned taken = 0;

    for (size_t i = 0; i < r->n_interim && i < 4; i++) {
        fprintf(out, "%s%u%s, ", pen->ink->status[1], r->interim[i], pen->ink->off);
        taken += 5;
    }
    if (row_unanswered(row) != NULL) {
        fprintf(out, "%s%s%s", pen->ink->status[0], row_unanswered(row), pen->ink->off);
        return taken + (unsigned)strlen(row_unanswered(row));
    }
    fprintf(out, "%s%s%u ", pen->ink->bold, pen->ink->status[r->status / 100 % 10],
            r->status);
    taken +=
        4 + put_cell(out, report_phrase(r->response_head), cell_of(pen, taken + 4, width));
    fputs(pen->ink->off, out);
    return taken;
}

/* With what stands before it; 0: there is none. */
static unsigned trouble_width(struct slice trouble)
{
    unsigned n = cell_width(trouble, true);

    return n == 0 ? 0 : 2 + (n < 40 ? n : 40);
}

static void put_answer(FILE *out, const struct pen *pen, const struct row *row,
                       unsigned width)
{
    struct slice trouble = row_trouble_word(row);
    unsigned room = width, need = trouble_width(trouble);

    if (need > 0)
        room = width > need + 3 ? width - need : 3;
    unsigned taken = put_status(out, pen, row, room);

    if (need > 0) {
        fprintf(out, ", %s", pen->ink->warn);
        put_cell(out, trouble, (struct cell){.columns = need - 2, .is_text = true});
        fputs(pen->ink->off, out);
    }
    taken += need;
    pad(out, taken, width);
}

static void put_rule(FILE *out, const struct pen *pen, const struct record *r,
                     unsigned width)
{
    struct cell cell = cell_of(pen, 0, width);

    cell.is_text = true;
    if (r->rule_name.len == 0)
        return;
    fputs("  ", out);
    put_cell(out, r->rule_name, cell);
    if (r->rule > 0)
        fprintf(out, "%s.%" PRIu64 "%s", pen->ink->dim, r->match, pen->ink->off);
}

static void put_row(FILE *out, const struct pen *pen, const struct rows *rows,
                    const struct row *row, const struct widths *w)
{
    const struct record *r = row->r;
    char text[32], lane[8];
    uint64_t took = r->end_us > r->began_us ? r->end_us - r->began_us : 0;

    fprintf(out, "%s%9s%s  ", pen->ink->dim, report_clock(r->began_us, text),
            pen->ink->off);
    put_rails(out, pen, row, rows);
    fprintf(out, " %s%-*s%s  ", row->is_first ? pen->ink->bold : "", (int)w->lane,
            lane_name(row->lane, lane), pen->ink->off);
    put_request(out, pen, r, w->request);
    fprintf(out, " %s ", pen->is_terminal ? "→" : "->");
    put_answer(out, pen, row, w->answer);
    fprintf(out, " %s%8s%s", pen->ink->dim,
            r->exchange == 0 ? "" : report_duration(took, text), pen->ink->off);
    put_rule(out, pen, r, w->rule);
    if (row->finding > 0)
        fprintf(out, "  %s%s%s", row->is_warning ? pen->ink->warn : pen->ink->bad,
                pen->is_terminal ? "◀" : "<--", pen->ink->off);
    fputc('\n', out);
}

/* ---- widths: what the texts need, cut down to what there is ---- */

static unsigned at_most(unsigned n, unsigned most)
{
    return n < most ? n : most;
}

static unsigned request_width(const struct record *r)
{
    return r->method.len == 0 ? 21
                              : at_most(cell_width(r->method, false), 12) + 1 +
                                    at_most(cell_width(r->target, false), 200);
}

/* Without the phrase, which may be cut. */
static unsigned answer_least(const struct row *row)
{
    const char *none = row_unanswered(row);
    unsigned n = at_most(row->r->n_interim, 4) * 5;

    n += none != NULL ? (unsigned)strlen(none) : 4;
    return n + trouble_width(row_trouble_word(row));
}

static unsigned answer_width(const struct row *row)
{
    unsigned phrase = at_most(cell_width(report_phrase(row->r->response_head), false), 60);

    return answer_least(row) + (row_unanswered(row) == NULL ? phrase : 0);
}

static unsigned share(unsigned room, unsigned want, unsigned other)
{
    if (want + other <= room || want <= room / 2)
        return want;
    return other <= room / 2 ? room - other : room / 2;
}

static struct widths measure(const struct pen *pen, const struct rows *rows)
{
    struct widths w = {.rails = rows->rails, .lane = 1};
    char name[8];

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->at[i];
        unsigned request = request_width(row->r), answer = answer_width(row);
        unsigned least = answer_least(row);
        unsigned rule = at_most(cell_width(row->r->rule_name, true), RULE);
        w.request = request > w.request ? request : w.request;
        w.answer = answer > w.answer ? answer : w.answer;
        w.answer_least = least > w.answer_least ? least : w.answer_least;
        w.rule = rule > w.rule ? rule : w.rule;
    }
    if (rows->n_lanes > 0)
        w.lane = (unsigned)strlen(lane_name((uint32_t)rows->n_lanes - 1, name));
    unsigned fixed = 11 + w.rails + 1 + w.lane + 2 + 4 + 9 + 2 + w.rule + 5;
    unsigned room = pen->columns > fixed + 30 ? pen->columns - fixed : 30;
    unsigned request = share(room, w.request, w.answer);

    w.answer = share(room, w.answer, w.request);
    if (w.answer < w.answer_least) /* a phrase may be cut, what went wrong may not */
        w.answer = at_most(w.answer_least, room - 12);
    w.request = at_most(request, room - w.answer);
    return w;
}

/* ---- all of it ---- */

static bool is_near_finding(const struct rows *rows, size_t i)
{
    size_t from = i < AROUND ? 0 : i - AROUND, to = i + AROUND;

    for (size_t j = from; j <= to && j < rows->n; j++)
        if (rows->at[j].finding > 0)
            return true;
    return false;
}

static bool is_told(const struct rows *rows, size_t i, bool is_whole)
{
    return is_whole || rows->n <= FIRST + LAST + 5 || i < FIRST || i + LAST >= rows->n ||
           is_near_finding(rows, i);
}

void put_timeline(FILE *out, const struct pen *pen, const struct rows *rows, bool is_whole)
{
    struct widths w = measure(pen, rows);
    size_t hidden = 0;

    fputc('\n', out);
    for (size_t i = 0; i < rows->n; i++) {
        if (!is_told(rows, i, is_whole)) {
            hidden++;
            continue;
        }
        if (hidden > 0)
            fprintf(out, "%11s%s(%zu more here; -v tells all)%s\n", "", pen->ink->dim,
                    hidden, pen->ink->off);
        if (hidden == 0 && i > 0 && rows->at[i].quiet_us >= QUIET_US)
            put_quiet(out, pen, rows, &rows->at[i], &w);
        hidden = 0;
        put_row(out, pen, rows, &rows->at[i], &w);
    }
    fputc('\n', out);
}
