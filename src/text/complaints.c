/* SPDX-License-Identifier: MIT */
/* What is wrong with a text, collected, and shown where it stands. */
#include <stdarg.h>
#include <stdlib.h>

#include "naysay/text.h"
#include "point.h"

void complaints_init(struct complaints *c, struct arena *a)
{
    *c = (struct complaints){.arena = a};
}

/* What did not fit is cut off between two code points. */
static struct slice cut(const char *text, size_t len, size_t room)
{
    if (len < room)
        return (struct slice){text, len};
    len = room - 1;
    while (len > 0 && ((unsigned char)text[len - 1] & 0xc0) == 0x80)
        len--;
    return (struct slice){text, len > 0 ? len - 1 : 0};
}

static void add(struct complaints *c, enum gravity gravity, const struct node *where,
                const char *format, va_list args)
{
    char text[1024];
    struct remark *r;
    int n = vsnprintf(text, sizeof(text), format, args);

    *(gravity == GRAVITY_ERROR ? &c->errors : &c->warnings) += 1;
    if (n < 0 || (uint64_t)c->errors + c->warnings > COMPLAINTS_KEPT)
        return;
    r = arena_zero(c->arena, sizeof(*r));
    if (r == NULL)
        return; /* counted, at least */
    r->gravity = gravity;
    r->text = arena_copy(c->arena, cut(text, (size_t)n, sizeof(text)));
    if (where != NULL) {
        r->source = where->source;
        r->line = where->line;
        r->column = where->column;
        r->width = where->width;
    }
    if (c->last == NULL)
        c->first = r;
    else
        c->last->next = r;
    c->last = r;
}

bool complain_at(struct complaints *c, const struct node *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(c, GRAVITY_ERROR, where, format, args);
    va_end(args);
    return false;
}

void warn_at(struct complaints *c, const struct node *where, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    add(c, GRAVITY_WARNING, where, format, args);
    va_end(args);
}

/* ---- showing them ---- */

struct paint {
    const char *error, *warning, *bold, *dim, *off;
};

static const struct paint plain = {"", "", "", "", ""};
static const struct paint colored = {"\033[1;31m", "\033[1;33m", "\033[1m", "\033[2m",
                                     "\033[0m"};

#define SHOWN 120u /* columns of a line */
#define AHEAD 40u  /* of these, before the place, where a line is long */

/* Returns the cells it takes. */
static uint32_t put_point(FILE *out, uint32_t point, const char *at, size_t n)
{
    bool is_shown = point_is_harmless(point);

    if (is_shown)
        fwrite(at, 1, n, out);
    else
        fputc(point == '\t' ? ' ' : '?', out);
    return is_shown ? point_cells(point) : 1;
}

static void put_safe(FILE *out, struct slice s)
{
    uint32_t point;

    for (size_t n, i = 0; i < s.len; i += n) {
        n = point_read(s.at + i, s.at + s.len, &point);
        put_point(out, point, s.at + i, n);
    }
}

/* ---- lines: places come in order, so a text is gone through once ---- */

struct cursor {
    const struct source *source;
    const char *at, *end;
    uint32_t line, column;
};

static void cursor_open(struct cursor *c, const struct source *source)
{
    struct slice text = point_skip_bom(source->text);

    *c = (struct cursor){source, text.at, text.at + text.len, 1, 1};
}

/* False: at the end of the line. */
static bool cursor_step(struct cursor *c)
{
    uint32_t point;

    if (c->at == c->end || point_break(c->at, c->end) > 0)
        return false;
    c->at += point_read(c->at, c->end, &point);
    c->column++;
    return true;
}

static bool cursor_next_line(struct cursor *c)
{
    while (cursor_step(c))
        continue;
    if (c->at == c->end)
        return false;
    c->at += point_break(c->at, c->end);
    c->line++;
    c->column = 1;
    return true;
}

/* False: the text has no such line. */
static bool cursor_seek(struct cursor *c, const struct source *source, uint32_t line,
                        uint32_t column)
{
    if (c->source != source || c->line > line || (c->line == line && c->column > column))
        cursor_open(c, source);
    while (c->line < line)
        if (!cursor_next_line(c))
            return false;
    while (c->column < column && cursor_step(c))
        continue;
    return true;
}

/* ---- one line, and a caret below the place ---- */

/* How many cells stand before the place, and how many it takes itself. */
struct caret {
    uint32_t before, under;
};

static struct caret put_text(FILE *out, struct cursor c, const struct remark *r)
{
    uint32_t from = c.column, point;
    bool is_cut = from > 1;
    struct caret caret = {0, 0};

    while (c.at < c.end && point_break(c.at, c.end) == 0) {
        size_t n = point_read(c.at, c.end, &point);
        bool is_last = c.column == from + SHOWN - 1 && c.at + n < c.end &&
                       point_break(c.at + n, c.end) == 0;
        uint32_t cells = 1;
        if (is_last || (is_cut && c.column == from))
            fputs("…", out);
        else
            cells = put_point(out, point, c.at, n);
        if (c.column < r->column)
            caret.before += cells;
        else if (c.column - r->column < r->width)
            caret.under += cells;
        if (c.column == from + SHOWN - 1)
            break;
        cursor_step(&c);
    }
    return caret;
}

static void put_line(FILE *out, struct cursor *c, const struct remark *r,
                     const struct paint *p)
{
    uint32_t from = r->column > SHOWN - 20 ? r->column - AHEAD : 1;
    struct caret caret;

    if (!cursor_seek(c, r->source, r->line, from))
        return;
    fprintf(out, "%s%6u |%s ", p->dim, r->line, p->off);
    caret = put_text(out, *c, r);
    fprintf(out, "\n%s       |%s %*s%s^", p->dim, p->off, (int)caret.before, "",
            r->gravity == GRAVITY_ERROR ? p->error : p->warning);
    for (uint32_t i = 1; i < caret.under; i++)
        fputc('~', out);
    fprintf(out, "%s\n", p->off);
}

static void put_remark(FILE *out, struct cursor *c, const struct remark *r,
                       const struct paint *p)
{
    bool is_error = r->gravity == GRAVITY_ERROR;

    fputs(p->bold, out);
    if (r->source != NULL) {
        put_safe(out, r->source->name);
        fprintf(out, ":%u:%u: ", r->line, r->column);
    } else
        fputs("naysay: ", out);
    fprintf(out, "%s%s%s: ", is_error ? p->error : p->warning,
            is_error ? "error" : "warning", p->off);
    put_safe(out, r->text);
    fputc('\n', out);
    if (r->source != NULL)
        put_line(out, c, r, p);
}

/* ---- all of them, in order ---- */

struct entry {
    const struct remark *remark;
    size_t nth;
};

static int by_source(const struct source *a, const struct source *b)
{
    size_t n;
    int order;

    if (a == b || a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    n = a->name.len < b->name.len ? a->name.len : b->name.len;
    order = n == 0 ? 0 : memcmp(a->name.at, b->name.at, n);
    if (order != 0)
        return order;
    if (a->name.len != b->name.len)
        return a->name.len < b->name.len ? -1 : 1;
    return (uintptr_t)a < (uintptr_t)b ? -1 : 1; /* two texts of one name stay apart */
}

static int by_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = by_source(x->remark->source, y->remark->source);

    if (order != 0)
        return order;
    if (x->remark->line != y->remark->line)
        return x->remark->line < y->remark->line ? -1 : 1;
    if (x->remark->column != y->remark->column)
        return x->remark->column < y->remark->column ? -1 : 1;
    return x->nth < y->nth ? -1 : x->nth > y->nth;
}

void complaints_print(const struct complaints *c, FILE *out, bool is_colored)
{
    const struct paint *p = is_colored ? &colored : &plain;
    struct entry *all = mem_must(mem_alloc(COMPLAINTS_KEPT * sizeof(*all)));
    struct cursor cursor = {0};
    size_t n = 0;

    for (const struct remark *r = c->first; r != NULL; r = r->next, n++)
        all[n] = (struct entry){r, n};
    qsort(all, n, sizeof(*all), by_place);
    for (size_t i = 0; i < n; i++)
        put_remark(out, &cursor, all[i].remark, p);
    if ((uint64_t)c->errors + c->warnings > n)
        fprintf(out, "naysay: and %zu more\n", (size_t)c->errors + c->warnings - n);
    mem_free(all);
}
