/* SPDX-License-Identifier: MIT */
/* Lines become stanzas, and stanzas rows. */
#include "status_reader.h"

#include <errno.h>
#include <stdarg.h>

bool status_fail_at(struct status_reader *r, unsigned line, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return complain(r->why, "%s:%u: %s", r->file, line, text);
}

/* ---- stanzas ---- */

static void open_stanza(struct status_reader *r)
{
    r->began = 0;
    r->seen = 0;
    r->is_table = r->has_rows = false;
    r->row = (struct status){.phrase = SLICE(""),
                             .wire_phrase = SLICE(""),
                             .summary = SLICE(""),
                             .trigger = SLICE(""),
                             .retry = SLICE(""),
                             .note = SLICE(""),
                             .source = SLICE(""),
                             .provenance = SLICE("unverified"),
                             .kind = SLICE("vendor"),
                             .instead = SLICE(""),
                             .body_text = SLICE(""),
                             .number = -1};
}

static bool close_stanza(struct status_reader *r)
{
    bool ok = true;

    if (r->began != 0 && r->is_table)
        ok = r->has_rows || status_fail_at(r, r->began, "a table without a row");
    else if (r->began != 0 && r->row.id.at == NULL)
        ok = status_fail_at(r, r->began, "this stanza has no id");
    else if (r->began != 0) {
        r->line = r->id_line;
        ok = status_settle(r, r->row);
    }
    open_stanza(r);
    return ok;
}

/* ---- lines ---- */

static struct slice take_physical(struct status_reader *r)
{
    struct slice line = slice_cut(&r->rest, '\n');

    r->next++;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool goes_on(const struct status_reader *r)
{
    struct slice rest = r->rest, line = slice_cut(&rest, '\n');

    return line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t') &&
           slice_trim(line, " \t\r").len > 0;
}

/* A line with those that go on with it, one space between them. */
static struct slice take_logical(struct status_reader *r)
{
    struct slice line, whole;
    struct buf b = {0};
    bool ok = true;

    r->line = r->next;
    line = take_physical(r);
    if (line.len == 0 || line.at[0] == '#' || !goes_on(r))
        return line;
    while (ok && goes_on(r)) {
        ok = buf_put(&b, slice_trim(line, " \t")) && buf_put(&b, SLICE(" "));
        line = take_physical(r);
    }
    ok = ok && buf_put(&b, slice_trim(line, " \t"));
    whole = arena_copy(&r->out->arena, buf_slice(&b));
    buf_clear(&b);
    mem_must(ok ? (void *)whole.at : NULL);
    return whole;
}

static bool take_line(struct status_reader *r, struct slice line)
{
    struct slice value = line, name = slice_cut(&value, ':');

    if (value.at == NULL)
        return fail(r, "expected \"key: value\"");
    if (r->began == 0)
        r->began = r->line;
    return status_take_key(r, name, value);
}

static bool judge_line(struct status_reader *r, struct slice line)
{
    if (slice_trim(line, " \t").len == 0)
        return close_stanza(r);
    if (line.at[0] == '#')
        return true;
    if (line.at[0] == ' ' || line.at[0] == '\t')
        return fail(r, "an indented line goes on with the one above, but there is none");
    return take_line(r, line);
}

bool status_text_parse(struct status_rows *rows, struct slice text, const char *file,
                       struct complaint *why)
{
    struct status_reader r = {
        .out = rows, .first = rows->n, .file = file, .why = why, .next = 1, .line = 1};
    bool ok = true;

    if (text.len > STATUS_TEXT_MOST)
        return fail(&r, "more than %u octets", STATUS_TEXT_MOST);
    if (memchr(text.at == NULL ? "" : text.at, '\0', text.len) != NULL)
        return fail(&r, "this is not text: there is a NUL in it");
    r.rest = arena_copy(&rows->arena, text); /* what rows point into */
    mem_must((void *)r.rest.at);
    open_stanza(&r);
    while (ok && r.rest.at != NULL)
        ok = judge_line(&r, take_logical(&r));
    ok = ok && close_stanza(&r);
    if (!ok)
        rows->n = r.first;
    return ok;
}

bool status_text_read(struct status_rows *rows, const char *path, struct complaint *why)
{
    FILE *in = fopen(path, "r");
    char *text = mem_must(mem_alloc(STATUS_TEXT_MOST + 1));
    size_t n = 0;
    bool ok;

    if (in != NULL)
        n = fread(text, 1, STATUS_TEXT_MOST + 1, in);
    if (in == NULL || ferror(in))
        ok = complain(why, "%s: %s", path, strerror(errno));
    else
        ok = status_text_parse(rows, (struct slice){text, n}, path, why);
    if (in != NULL)
        fclose(in);
    mem_free(text);
    return ok;
}

void status_rows_init(struct status_rows *rows)
{
    *rows = (struct status_rows){0};
    arena_init(&rows->arena, NULL);
}

void status_rows_clear(struct status_rows *rows)
{
    arena_clear(&rows->arena);
    mem_free(rows->at);
    *rows = (struct status_rows){0};
}
