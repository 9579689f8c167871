/* SPDX-License-Identifier: MIT */
/* Lookups in the registry: the built-in tables until a user's rows join them. */
#include "naysay/http.h"

#include <stdlib.h>
#include <strings.h>

#include "status_table.h"
#include "status_text.h"

/* All rows once a file was loaded, with indices of their own; `at` is NULL before. */
static struct {
    const struct status **at; /* owned, the rows are not */
    const struct status **by_id;
    const struct status *by_number[STATUS_NUMBERS];
    size_t n;
} joined;

size_t status_count(void)
{
    return joined.at == NULL ? status_table_n : joined.n;
}

const struct status *status_at(size_t i)
{
    assert(i < status_count());
    return joined.at == NULL ? &status_table[i] : joined.at[i];
}

static const struct status *in_order(size_t i)
{
    return joined.at == NULL ? &status_table[status_table_by_id[i]] : joined.by_id[i];
}

static int compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : strncasecmp(a.at, b.at, shorter);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

const struct status *status_find(struct slice id)
{
    size_t low = 0, high = status_count();

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct status *row = in_order(middle);
        int order = compare(id, row->id);

        if (order == 0)
            return row;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct status *status_by_number(unsigned number)
{
    int16_t i;

    if (number >= STATUS_NUMBERS)
        return NULL;
    if (joined.at != NULL)
        return joined.by_number[number];
    i = status_table_by_number[number];
    return i < 0 ? NULL : &status_table[i];
}

/* Ids are asked for when one was mistaken: not often enough to keep a list of them. */
const char *status_nearest(struct slice word)
{
    static char nearest[80];
    const struct status *best = NULL;
    unsigned least = (unsigned)(word.len < 60 ? word.len : 60) / 3 + 2;

    for (size_t i = 0; i < status_count() && least > 0; i++) {
        const struct status *row = in_order(i);
        unsigned d = word_distance(word, row->id, least - 1);

        if (d < least) {
            best = row;
            least = d;
        }
    }
    if (best == NULL)
        return NULL;
    snprintf(nearest, sizeof(nearest), "%.*s", SLICE_ARGS(best->id));
    return nearest;
}

/* ---- a user's rows ---- */

static int by_id(const void *a, const void *b)
{
    const struct status *const *x = a, *const *y = b;

    return compare((*x)->id, (*y)->id);
}

static void put(const struct status *row)
{
    for (size_t i = 0; i < joined.n; i++)
        if (slice_is_nocase(joined.at[i]->id, row->id)) {
            joined.at[i] = row;
            return;
        }
    joined.at[joined.n++] = row;
}

static void index_rows(void)
{
    memcpy(joined.by_id, joined.at, joined.n * sizeof(*joined.at));
    qsort(joined.by_id, joined.n, sizeof(*joined.by_id), by_id);
    memset(joined.by_number, 0, sizeof(joined.by_number));
    for (size_t i = joined.n; i > 0; i--) { /* backwards: the first row has the last word */
        const struct status *row = joined.at[i - 1];
        if (row->number >= 0 && row->number == row->wire)
            joined.by_number[row->number] = row;
    }
}

static void join(const struct status_rows *rows)
{
    size_t had = status_count(), size = (had + rows->n) * sizeof(*joined.at);
    const struct status **at = mem_must(mem_alloc(size));

    for (size_t i = 0; i < had; i++)
        at[i] = status_at(i);
    mem_free(joined.at);
    mem_free(joined.by_id);
    joined.at = at;
    joined.by_id = mem_must(mem_alloc(size));
    joined.n = had;
    for (size_t i = 0; i < rows->n; i++)
        put(&rows->at[i]);
    index_rows();
}

/* Files stay until the process ends: answers may point at any row of theirs. */
static struct file {
    struct file *next;
    struct status_rows rows;
} * files;

bool status_load(const char *path, struct complaint *why)
{
    struct file *file = mem_must(mem_alloc(sizeof(*file)));

    status_rows_init(&file->rows);
    if (!status_text_read(&file->rows, path, why)) {
        status_rows_clear(&file->rows);
        mem_free(file);
        return false;
    }
    file->next = files;
    files = file;
    join(&file->rows);
    return true;
}
