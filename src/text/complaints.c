/* SPDX-License-Identifier: MIT */
/* What is wrong with a text, collected, and shown where it stands. */
#include <stdarg.h>
#include <stdlib.h>

#include "naysay/text.h"

void complaints_init(struct complaints *c, struct arena *a)
{
    *c = (struct complaints){.arena = a};
}

static void add(struct complaints *c, enum gravity gravity, const struct node *where,
                const char *format, va_list args)
{
    char text[1024];
    struct remark *r;
    int n = vsnprintf(text, sizeof(text), format, args);

    *(gravity == GRAVITY_ERROR ? &c->errors : &c->warnings) += 1;
    if (c->errors + c->warnings > COMPLAINTS_KEPT)
        return;
    r = arena_zero(c->arena, sizeof(*r));
    if (r == NULL)
        return; /* counted, at least */
    r->gravity = gravity;
    r->text = arena_copy(c->arena, (struct slice){text, n < 0 ? 0 : strlen(text)});
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

/* One code point of UTF-8, or one octet where it is none. */
static size_t point_len(const char *at, const char *end)
{
    const unsigned char *u = (const unsigned char *)at;
    size_t n = u[0] < 0x80 ? 1 : u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : u[0] >= 0xc2 ? 2 : 1;

    if (n > (size_t)(end - at))
        return 1;
    for (size_t i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 1;
    return n;
}

/* What a terminal may be shown of it: no control characters, C1 ones included. */
static void put_point(FILE *out, const char *at, size_t n)
{
    unsigned char c = (unsigned char)at[0];
    bool steers =
        n == 1 ? c < 0x20 || c >= 0x7f : n == 2 && c == 0xc2 && (unsigned char)at[1] < 0xa0;

    if (c == '\t' || steers)
        fputc(c == '\t' ? ' ' : '?', out);
    else
        fwrite(at, 1, n, out);
}

static void put_safe(FILE *out, struct slice s)
{
    const char *end = s.at + s.len;

    for (const char *at = s.at; at < end;) {
        size_t n = point_len(at, end);
        put_point(out, at, n);
        at += n;
    }
}

static struct slice line_of(const struct source *source, uint32_t number)
{
    struct slice rest = source->text, line = NO_SLICE;

    for (uint32_t i = 0; i < number && rest.at != NULL; i++)
        line = slice_cut(&rest, '\n');
    return slice_trim(line, "\r");
}

/* The line, from `first` (0: its start) on, and a caret below the place. */
static void put_line(FILE *out, const struct remark *r, const struct paint *p)
{
    struct slice line = line_of(r->source, r->line);
    const char *at = line.at, *end = line.at + line.len;
    uint32_t column = 1, first = r->column > SHOWN - 20 ? r->column - 40 : 1;
    uint32_t width = r->width;

    if (line.at == NULL)
        return;
    fprintf(out, "%s%6u |%s ", p->dim, r->line, p->off);
    for (; at < end && column < first + SHOWN; column++) {
        size_t n = point_len(at, end);
        if (column >= first)
            put_point(out, at, n);
        at += n;
    }
    if (r->column + width > column + 1)
        width = column > r->column ? column - r->column : 1;
    fprintf(out, "\n%s       |%s %*s%s^", p->dim, p->off, (int)(r->column - first), "",
            r->gravity == GRAVITY_ERROR ? p->error : p->warning);
    for (uint32_t i = 1; i < width; i++)
        fputc('~', out);
    fprintf(out, "%s\n", p->off);
}

static void put_remark(FILE *out, const struct remark *r, const struct paint *p)
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
        put_line(out, r, p);
}

static int by_place(const void *a, const void *b)
{
    const struct remark *x = *(const struct remark *const *)a;
    const struct remark *y = *(const struct remark *const *)b;
    int names = x->source == y->source || x->source == NULL || y->source == NULL
                    ? (x->source != NULL) - (y->source != NULL)
                    : strcmp(x->source->name.at, y->source->name.at);

    if (names != 0)
        return names;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

void complaints_print(const struct complaints *c, FILE *out, bool is_colored)
{
    const struct paint *p = is_colored ? &colored : &plain;
    const struct remark **all = mem_must(mem_alloc((COMPLAINTS_KEPT + 1) * sizeof(*all)));
    size_t n = 0;

    for (const struct remark *r = c->first; r != NULL; r = r->next)
        all[n++] = r;
    qsort(all, n, sizeof(*all), by_place);
    for (size_t i = 0; i < n; i++)
        put_remark(out, all[i], p);
    if (c->errors + c->warnings > n)
        fprintf(out, "naysay: and %zu more\n", (size_t)(c->errors + c->warnings) - n);
    mem_free(all);
}
