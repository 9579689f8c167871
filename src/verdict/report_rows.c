/* SPDX-License-Identifier: MIT */
/* The run as rows, in the order of time, and its connections as lanes and rails. */
#include "report.h"

#include <stdlib.h>

static uint64_t end_of(const struct record *r)
{
    return r->end_us > r->began_us ? r->end_us : r->began_us;
}

/* A connection's exchanges in order, its end behind them. */
static int by_connection(const void *left, const void *right)
{
    const struct record *a = ((const struct row *)left)->r;
    const struct record *b = ((const struct row *)right)->r;
    uint32_t m = a->exchange - 1, n = b->exchange - 1; /* 0 becomes the greatest */

    if (a->connection != b->connection)
        return a->connection < b->connection ? -1 : 1;
    return m < n ? -1 : m > n;
}

static int by_time(const void *left, const void *right)
{
    const struct record *a = ((const struct row *)left)->r;
    const struct record *b = ((const struct row *)right)->r;

    if (a->began_us != b->began_us)
        return a->began_us < b->began_us ? -1 : 1;
    if (a->connection != b->connection)
        return a->connection < b->connection ? -1 : 1;
    return a->exchange < b->exchange ? -1 : a->exchange > b->exchange;
}

static int by_opening(const void *left, const void *right)
{
    const struct lane *a = left, *b = right;

    if (a->opened_us != b->opened_us)
        return a->opened_us < b->opened_us ? -1 : 1;
    return a->connection < b->connection ? -1 : a->connection > b->connection;
}

static bool take_records(struct rows *rows, const struct records *records)
{
    size_t most = 0;

    for (const struct record *r = records->first; r != NULL; r = r->next)
        most++;
    if (most == 0)
        return true;
    rows->at = mem_zero(most * sizeof(*rows->at));
    rows->lanes = mem_zero(most * sizeof(*rows->lanes));
    if (rows->at == NULL || rows->lanes == NULL) {
        rows_free(rows);
        return false;
    }
    for (const struct record *r = records->first; r != NULL; r = r->next)
        rows->at[rows->n++].r = r;
    return true;
}

/* Rows stand by connection: the ends are folded into the last exchange before them. */
static void fold_ends(struct rows *rows)
{
    size_t n = 0;

    for (size_t i = 0; i < rows->n; i++) {
        struct row *row = &rows->at[i];
        bool is_first = n == 0 || rows->at[n - 1].r->connection != row->r->connection;

        if (row->r->exchange == 0 && !is_first) {
            rows->at[n - 1].end = row->r;
            continue;
        }
        row->is_first = is_first;
        if (row->r->exchange == 0)
            row->end = row->r;
        rows->at[n++] = *row;
    }
    rows->n = n;
}

static void make_lanes(struct rows *rows)
{
    struct lane *lane = NULL;

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->at[i];
        if (row->is_first) {
            lane = &rows->lanes[rows->n_lanes++];
            *lane = (struct lane){.connection = row->r->connection,
                                  .opened_us = row->r->began_us,
                                  .closed_us = UINT64_MAX,
                                  .client = row->r->client};
        }
        assert(lane != NULL);
        lane->exchanges += row->r->exchange > 0;
        if (row->end != NULL) {
            lane->end = row->end;
            lane->closed_us =
                end_of(row->end) > end_of(row->r) ? end_of(row->end) : end_of(row->r);
        }
    }
    if (rows->n_lanes > 0)
        qsort(rows->lanes, rows->n_lanes, sizeof(*rows->lanes), by_opening);
}

static int lane_order(const void *left, const void *right)
{
    const struct lane *const *a = left, *const *b = right;

    return (*a)->connection < (*b)->connection ? -1 : (*a)->connection > (*b)->connection;
}

/* Rows still stand by connection: each learns the index of its lane. */
static bool number_lanes(struct rows *rows)
{
    const struct lane **sorted =
        mem_alloc((rows->n_lanes + 1) * sizeof(const struct lane *));
    size_t at = 0;

    if (sorted == NULL)
        return false;
    for (size_t i = 0; i < rows->n_lanes; i++)
        sorted[i] = &rows->lanes[i];
    qsort(sorted, rows->n_lanes, sizeof(const struct lane *), lane_order);
    for (size_t i = 0; i < rows->n; i++) {
        if (i > 0 && rows->at[i].is_first)
            at++;
        rows->at[i].lane = (uint32_t)(sorted[at] - rows->lanes);
    }
    mem_free(sorted);
    return true;
}

static void mark_ends_of_lanes(struct rows *rows)
{
    for (size_t i = rows->n; i-- > 0;)
        rows->lanes[rows->at[i].lane].first_row = i;
    for (size_t i = 0; i < rows->n; i++)
        rows->lanes[rows->at[i].lane].last_row = i;
}

/* How long nothing went on before each row; when it all began and ended. */
static void measure(struct rows *rows)
{
    uint64_t until = rows->n == 0 ? 0 : rows->at[0].r->began_us;

    rows->from_us = rows->to_us = until;
    for (size_t i = 0; i < rows->n; i++) {
        struct row *row = &rows->at[i];
        row->quiet_us = row->r->began_us > until ? row->r->began_us - until : 0;
        if (end_of(row->r) > until)
            until = end_of(row->r);
        if (row->end != NULL && end_of(row->end) > rows->to_us)
            rows->to_us = end_of(row->end);
    }
    if (until > rows->to_us)
        rows->to_us = until;
}

/* Is the connection that holds this rail done with it when `row` (the nth) begins? */
static bool is_rail_done(const struct rows *rows, const struct lane *lane, size_t nth)
{
    return lane->last_row < nth && lane->closed_us <= rows->at[nth].r->began_us;
}

static uint8_t take_rail(struct rows *rows, const struct lane *holds[RAILS],
                         const struct lane *lane)
{
    for (uint8_t i = 0; i < RAILS; i++)
        if (holds[i] == NULL) {
            holds[i] = lane;
            if (rows->rails <= i)
                rows->rails = (uint8_t)(i + 1);
            return i;
        }
    return NO_RAIL;
}

static uint8_t held(const struct lane *const holds[RAILS])
{
    uint8_t bits = 0;

    for (uint8_t i = 0; i < RAILS; i++)
        if (holds[i] != NULL)
            bits |= (uint8_t)(1u << i);
    return bits;
}

static void lay_rails(struct rows *rows)
{
    const struct lane *holds[RAILS] = {NULL};

    for (size_t i = 0; i < rows->n; i++) {
        struct row *row = &rows->at[i];
        const struct lane *lane = &rows->lanes[row->lane];

        for (uint8_t k = 0; k < RAILS; k++)
            if (holds[k] != NULL && is_rail_done(rows, holds[k], i))
                holds[k] = NULL;
        row->above = held(holds);
        row->rail = NO_RAIL;
        if (row->is_first)
            row->rail = take_rail(rows, holds, lane);
        for (uint8_t k = 0; k < RAILS; k++)
            if (holds[k] == lane)
                row->rail = k;
        row->below = held(holds);
        if (row->rail != NO_RAIL && lane->last_row == i && row->end != NULL)
            row->below &= (uint8_t) ~(1u << row->rail);
    }
    /* Below a row stands what stands above the next, but for a rail that begins there. */
    for (size_t i = 0; i + 1 < rows->n; i++)
        rows->at[i].below &= rows->at[i + 1].above;
    if (rows->n > 0)
        rows->at[rows->n - 1].below = 0;
}

static struct row *find_row(struct row *at, size_t n, uint64_t seq)
{
    for (size_t i = 0; seq > 0 && i < n; i++)
        if (at[i].r->seq == seq)
            return &at[i];
    return NULL;
}

const struct row *rows_find(const struct rows *rows, uint64_t seq)
{
    return find_row(rows->at, rows->n, seq);
}

#define MARKED_FINDINGS 1000u /* each looks through all rows */

static void mark_findings(struct rows *rows, const struct verdict *v)
{
    for (uint32_t i = 0; i < v->n_findings && i < MARKED_FINDINGS; i++) {
        enum finding_tone tone = finding_tone(&v->findings[i]);
        struct row *row = find_row(rows->at, rows->n, v->findings[i].seq);

        if (row == NULL || (tone != TONE_FAILS && tone != TONE_WARNS))
            continue;
        if (row->finding == 0 || (row->is_warning && tone == TONE_FAILS)) {
            row->finding = i + 1;
            row->is_warning = tone == TONE_WARNS;
        }
    }
}

bool rows_make(struct rows *rows, const struct verdict *v)
{
    *rows = (struct rows){.at = NULL};
    if (v->records == NULL || v->records->first == NULL)
        return true;
    if (!take_records(rows, v->records))
        return false;
    qsort(rows->at, rows->n, sizeof(*rows->at), by_connection);
    fold_ends(rows);
    make_lanes(rows);
    if (!number_lanes(rows)) {
        rows_free(rows);
        return false;
    }
    qsort(rows->at, rows->n, sizeof(*rows->at), by_time);
    mark_ends_of_lanes(rows);
    measure(rows);
    lay_rails(rows);
    mark_findings(rows, v);
    return true;
}

void rows_free(struct rows *rows)
{
    mem_free(rows->at);
    mem_free(rows->lanes);
    *rows = (struct rows){.at = NULL};
}

/* Bijective base 26. */
const char *lane_name(uint32_t lane, char out[8])
{
    char text[8];
    size_t n = 0;

    for (uint64_t x = (uint64_t)lane + 1; x > 0; x = (x - 1) / 26)
        text[n++] = (char)('A' + (x - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = text[n - 1 - i];
    out[n] = '\0';
    return out;
}
