/* SPDX-License-Identifier: MIT */
/* True to time: a lane per connection, a bar per exchange. No viewBox: across, everything
 * is in percent, so that letters keep their size however narrow the page is. */
#include "html.h"

#include <inttypes.h>

#define LABELLED 12u   /* so many connections have a lane and a letter each */
#define LANES    64u   /* more of them share lanes, and those beyond are not drawn */
#define BARS     3000u /* about so many are drawn at most */
#define NO_LANE  UINT32_MAX

struct view {
    FILE *out;
    const struct rows *rows;
    uint64_t from, span; /* us */
    uint32_t *lane_of;   /* of each connection */
    uint64_t until[LANES];
    uint32_t lanes, undrawn;
    bool is_labelled;
    unsigned height; /* of a lane */
    uint8_t *drawn;  /* per lane and place: a bar stands there */
    unsigned places;
};

static double percent(const struct view *v, uint64_t us)
{
    uint64_t at = us < v->from ? 0 : us - v->from;

    if (at > v->span)
        at = v->span;
    return 4.0 + 92.0 * (double)at / (double)v->span;
}

/* ---- which lane a connection is drawn in ---- */

static uint32_t take_lane(struct view *v, const struct lane *lane)
{
    for (uint32_t i = 0; i < LANES; i++)
        if (i >= v->lanes || (!v->is_labelled && v->until[i] < lane->opened_us)) {
            v->lanes = i >= v->lanes ? i + 1 : v->lanes;
            v->until[i] = lane->closed_us;
            return i;
        }
    v->undrawn++;
    return NO_LANE;
}

static bool lay_lanes(struct view *v)
{
    const struct rows *rows = v->rows;

    v->lane_of = mem_alloc(rows->n_lanes * sizeof(*v->lane_of));
    if (v->lane_of == NULL)
        return false;
    v->is_labelled = rows->n_lanes <= LABELLED;
    for (size_t i = 0; i < rows->n_lanes; i++)
        v->lane_of[i] = take_lane(v, &rows->lanes[i]);
    if (v->lanes == 0)
        v->lanes = 1; /* nothing came: an empty lane */
    v->height = v->lanes <= 4 ? 34 : v->lanes <= LABELLED ? 26 : v->lanes <= 24 ? 12 : 7;
    v->places = BARS / v->lanes < 1000 ? BARS / v->lanes : 1000;
    v->drawn = mem_zero((size_t)v->lanes * (v->places + 1));
    return v->drawn != NULL;
}

static unsigned lane_y(const struct view *v, uint32_t lane)
{
    return lane * v->height + (v->height > 20 ? v->height - 10 : v->height / 2);
}

static void put_track(struct view *v, uint32_t nth)
{
    const struct lane *lane = &v->rows->lanes[nth];
    uint64_t to = lane->closed_us == UINT64_MAX ? v->rows->to_us : lane->closed_us;
    unsigned y = lane_y(v, v->lane_of[nth]);
    char name[8];

    if (v->is_labelled)
        fprintf(v->out, "<text class=\"lane\" x=\"0\" y=\"%u\">%s</text>", y + 4,
                lane_name(nth, name));
    fprintf(v->out,
            "<line class=\"track\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%u\" y2=\"%u\"/>",
            percent(v, lane->opened_us), percent(v, to), y, y);
}

/* ---- bars ---- */

/* Many bars in one place are one bar. */
static bool is_drawn(struct view *v, uint32_t lane, double x)
{
    size_t place = (size_t)(x / 100 * v->places);
    uint8_t *at = &v->drawn[lane * (v->places + 1) + place];
    bool was = *at != 0;

    *at = 1;
    return was;
}

/* Is there room for a label before the next bar of that lane? */
static bool has_room(const struct view *v, size_t nth, double x)
{
    if (!v->is_labelled || v->height < 26)
        return false;
    for (size_t i = nth + 1; i < v->rows->n && i < nth + 200; i++)
        if (v->rows->at[i].lane == v->rows->at[nth].lane)
            return percent(v, v->rows->at[i].r->began_us) - x > 4.5;
    return x < 96;
}

static void put_bar(struct view *v, size_t nth)
{
    const struct row *row = &v->rows->at[nth];
    const struct record *r = row->r;
    uint32_t lane = v->lane_of[row->lane];
    double x = percent(v, r->began_us);
    uint64_t end = r->end_us > r->began_us ? r->end_us : r->began_us;

    if (lane == NO_LANE || (is_drawn(v, lane, x) && row->finding == 0))
        return;
    unsigned y = lane_y(v, lane), thick = v->height > 20 ? 10 : v->height / 3;
    double to = percent(v, end);

    if (r->exchange > 0)
        fprintf(v->out,
                "<rect class=\"%s\" x=\"%.2f%%\" y=\"%u\" width=\"%.2f%%\" height=\"%u\" "
                "rx=\"2\"/>",
                html_tone(row), x, y - thick / 2, to - x, thick);
    if (row_trouble(row) != ENDING_NONE && v->is_labelled)
        fprintf(v->out,
                "<svg class=\"fault\" x=\"%.2f%%\" y=\"%u\"><path d=\"M2-4l8 8m0-8l-8 "
                "8\"/></svg>",
                to, y);
    if (row->finding > 0)
        fprintf(
            v->out,
            "<svg class=\"flag%s\" x=\"%.2f%%\" y=\"%u\"><path d=\"M0 8l-4 7h8z\"/></svg>",
            row->is_warning ? " warn" : "", x, y);
    if (has_room(v, nth, x) && r->status > 0)
        fprintf(v->out, "<text class=\"%s\" x=\"%.2f%%\" y=\"%u\">%u</text>",
                html_tone(row), x, y - 9, r->status);
}

/* ---- the axis ---- */

/* 1, 2 or 5 times a power of ten, so that there are at most six steps. */
static uint64_t step_of(uint64_t span)
{
    static const unsigned factors[] = {1, 2, 5};

    for (uint64_t ten = 1;; ten *= 10)
        for (size_t i = 0; i < COUNT(factors); i++)
            if (span / (ten * factors[i]) <= 6)
                return ten * factors[i];
}

static void put_tick(const struct view *v, uint64_t us, uint64_t step, unsigned y)
{
    char text[32];

    if (v->span >= 1000000)
        snprintf(text, sizeof(text), step >= 1000000 ? "%.0f s" : "%.1f s",
                 (double)us / 1e6);
    else
        snprintf(text, sizeof(text), step >= 1000 ? "%.0f ms" : "%.2f ms",
                 (double)us / 1e3);
    fprintf(v->out,
            "<line class=\"tick\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"%u\"/>"
            "<text class=\"time\" x=\"%.2f%%\" y=\"%u\">%s</text>",
            percent(v, us), percent(v, us), y, percent(v, us), y + 15, text);
}

static void put_axis(const struct view *v, unsigned y)
{
    uint64_t step = step_of(v->span), to = v->from + v->span;

    for (uint64_t us = (v->from + step - 1) / step * step; us <= to; us += step)
        put_tick(v, us, step, y);
}

static void put_view(struct view *v)
{
    unsigned y = v->lanes * v->height + 8;

    fprintf(v->out,
            "<figure class=\"overview\"><svg width=\"100%%\" height=\"%u\" role=\"img\" "
            "aria-label=\"exchanges over time, a lane per connection\">",
            y + 20);
    put_axis(v, y);
    for (uint32_t i = 0; i < v->rows->n_lanes; i++)
        if (v->lane_of[i] != NO_LANE)
            put_track(v, i);
    for (size_t i = 0; i < v->rows->n; i++)
        put_bar(v, i);
    fputs("</svg>", v->out);
    if (v->undrawn > 0)
        fprintf(v->out, "<figcaption>%u more connections are not drawn</figcaption>",
                v->undrawn);
    fputs("</figure>\n", v->out);
}

void html_overview(FILE *out, const struct rows *rows)
{
    struct view v = {.out = out, .rows = rows};

    if (rows->n < 2)
        return;
    v.span = rows->to_us - rows->from_us;
    v.from = rows->from_us < v.span ? 0 : rows->from_us; /* from when the run began */
    v.span = rows->to_us - v.from;
    v.span = v.span == 0 ? 1 : v.span;
    if (lay_lanes(&v))
        put_view(&v);
    mem_free(v.lane_of);
    mem_free(v.drawn);
}
