/* SPDX-License-Identifier: MIT */
#include "remarks.h"

#include "fuzz.h"

/* ---- places ---- */

/* A second opinion on lines and columns, from octets alone. */
struct extent extent_of(struct slice text)
{
    const uint8_t *octets = (const uint8_t *)text.at;
    size_t len = text.len;
    struct extent e = {calloc(len + 2, sizeof(*e.columns)), 1};

    if (e.columns == NULL)
        abort();
    for (size_t i = 0; i < len; i++) {
        uint8_t c = octets[i], d = i + 1 < len ? octets[i + 1] : 0;
        bool is_nel = c == 0xc2 && d == 0x85;
        bool is_ls =
            c == 0xe2 && d == 0x80 && i + 2 < len && (octets[i + 2] & 0xfe) == 0xa8;
        if (c == '\n' || (c == '\r' && d != '\n') || is_nel || is_ls)
            e.lines++;
        else
            e.columns[e.lines] += c != '\r';
    }
    return e;
}

void extent_clear(struct extent *e)
{
    free(e->columns);
    *e = (struct extent){0};
}

/* Columns count code points, which are no more than octets; one behind the end is a place.
 */
void extent_judge(const struct extent *e, uint32_t line, uint32_t column, uint32_t width)
{
    if (line == 0 || column == 0 || width == 0)
        fuzz_must("a place that is none");
    if (line > e->lines)
        fuzz_must("a line behind the last");
    if (column > e->columns[line] + 1 || width > e->columns[line] + 1)
        fuzz_must("a column behind the end of its line");
    if (width > 1 && column + width > e->columns[line] + 1)
        fuzz_must("wider than its line");
}

/* ---- what is said ---- */

static void judge_print(const struct complaints *why)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    if (out == NULL)
        abort();
    complaints_print(why, out, false);
    fclose(out);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c != '\n' && (c < ' ' || c == 0x7f))
            fuzz_must("a control character is printed");
        if (c == 0xc2 && i + 1 < len && (uint8_t)text[i + 1] < 0xa0)
            fuzz_must("a C1 control character is printed");
    }
    free(text);
}

void remarks_judge(const struct complaints *why)
{
    const struct source *source = NULL;
    struct extent e = {0};
    uint32_t kept = 0;

    for (const struct remark *r = why->first; r != NULL; r = r->next, kept++) {
        if (r->source != NULL && r->source != source) {
            extent_clear(&e);
            source = r->source;
            e = extent_of(source->text);
        }
        if (r->source != NULL)
            extent_judge(&e, r->line, r->column, r->width);
        if (r->text.len == 0)
            fuzz_must("a complaint without a word");
    }
    if (kept > COMPLAINTS_KEPT || kept > why->errors + why->warnings)
        fuzz_must("complaints were miscounted");
    extent_clear(&e);
    judge_print(why);
}
