/* SPDX-License-Identifier: MIT */
#include "status_text.h"

#include <errno.h>
#include <stdarg.h>

#define FIELDS_MOST 16
#define DUTIES_MOST 16

struct reader {
    struct status_rows *out;
    size_t first; /* row of this text in out */
    struct slice rest;
    const char *file;
    struct complaint *why;
    unsigned next;  /* number of the line at the front of rest */
    unsigned line;  /* where the line being judged began */
    unsigned began; /* the stanza's first line, 0: between stanzas */
    unsigned id_line;
    uint64_t seen; /* keys of this stanza, one bit each */
    bool is_table, has_rows;
    struct status row; /* the stanza so far */
    struct status_field fields[FIELDS_MOST];
    struct status_duty duties[DUTIES_MOST];
};

static bool fail_at(struct reader *r, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool fail_at(struct reader *r, unsigned line, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return complain(r->why, "%s:%u: %s", r->file, line, text);
}

#define fail(r, ...) fail_at(r, (r)->line, __VA_ARGS__)

/* ---- words that a value may be ---- */

static const char *const kinds[] = {"registered", "reserved",  "obsolete", "vendor",
                                    "internal",   "substatus", "page",     "warning"};
static const char *const provenances[] = {"rfc-checked", "rfc-recalled", "documented",
                                          "source-code", "measured",     "recalled",
                                          "unverified"};
static const char *const bodies[] = {[STATUS_BODY_YES] = "yes",
                                     [STATUS_BODY_NEVER] = "never",
                                     [STATUS_BODY_EMPTY] = "empty"};
static const char *const ends[] = {
    [STATUS_END_KEEP] = "keep", [STATUS_END_CLOSE] = "close"};

/* Which of the words, or -1 and a complaint that lists them. */
static int word_of(struct reader *r, struct slice value, const char *const *words, size_t n)
{
    char list[200];
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        if (slice_is(value, slice_of(words[i])))
            return (int)i;
        at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
                               i == 0      ? ""
                               : i + 1 < n ? ", "
                                           : " or ",
                               words[i]);
        assert(at < sizeof(list));
    }
    fail(r, "\"%.*s\" is none of %s", SLICE_ARGS(value), list);
    return -1;
}

static bool is_all_of(struct slice s, const char *set)
{
    return s.len > 0 && slice_trim(s, set).len == 0;
}

#define DIGITS     "0123456789"
#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define UPPER      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NUMBER_MAX 999

static bool is_vendor(struct slice s)
{
    return is_all_of(s, LOWER DIGITS "-") && s.len <= 32;
}

/* Up to three digits are a number, anything else is not: -1. */
static int16_t number_of(struct slice code)
{
    uint64_t n;

    return code.len <= 3 && slice_to_u64(code, &n) ? (int16_t)n : -1;
}

/* ---- keys ---- */

static bool set_code(struct reader *r, struct status *row, struct slice code)
{
    if (!is_all_of(code, LOWER UPPER DIGITS "-.") || code.len > 32)
        return fail(r, "\"%.*s\" is no code: letters, digits, \"-\" and \".\" make one",
                    SLICE_ARGS(code));
    row->code = code;
    row->id = arena_printf(&r->out->arena, "%.*s/%.*s", SLICE_ARGS(row->vendor),
                           SLICE_ARGS(code));
    mem_must((void *)row->id.at);
    return true;
}

static bool take_vendor(struct reader *r, struct slice vendor)
{
    if (!is_vendor(vendor))
        return fail(r,
                    "\"%.*s\" is no vendor: lower-case letters, digits and \"-\" make one",
                    SLICE_ARGS(vendor));
    r->row.vendor = vendor;
    return true;
}

static bool take_id(struct reader *r, struct slice value)
{
    struct slice code = value, vendor = slice_cut(&code, '/');

    r->id_line = r->line;
    if (code.at == NULL)
        return fail(r, "\"%.*s\" is no id: it looks like vendor/code, such as iis/440",
                    SLICE_ARGS(value));
    return take_vendor(r, vendor) && set_code(r, &r->row, code);
}

static bool take_table(struct reader *r, struct slice value)
{
    r->is_table = true;
    return take_vendor(r, value);
}

static bool take_phrase(struct reader *r, struct slice value)
{
    r->row.phrase = value;
    return true;
}

static bool take_wire_phrase(struct reader *r, struct slice value)
{
    r->row.wire_phrase = value;
    return true;
}

static bool take_number(struct reader *r, struct slice value)
{
    uint64_t n;

    if (!slice_to_u64(value, &n) || n > NUMBER_MAX)
        return fail(r, "\"%.*s\" is not a number from 0 to 999", SLICE_ARGS(value));
    r->row.number = (int16_t)n;
    return true;
}

static bool take_wire(struct reader *r, struct slice value)
{
    uint64_t n;

    if (slice_is(value, SLICE("close")))
        r->row.wire = 0;
    else if (slice_is(value, SLICE("none")))
        r->row.wire = -1;
    else if (slice_to_u64(value, &n) && n >= 100 && n <= NUMBER_MAX)
        r->row.wire = (int16_t)n;
    else
        return fail(
            r, "\"%.*s\" cannot travel: wire is a number from 100 to 999, close or none",
            SLICE_ARGS(value));
    return true;
}

static bool take_body(struct reader *r, struct slice value)
{
    int which = word_of(r, value, bodies, COUNT(bodies));

    r->row.body = (enum status_body)which;
    return which >= 0;
}

static bool take_end(struct reader *r, struct slice value)
{
    int which = word_of(r, value, ends, COUNT(ends));

    r->row.end = (enum status_end)which;
    return which >= 0;
}

/* What every answer has of its own; a row that brought one would make it two. */
static const char *const ours[] = {"Connection", "Content-Length",   "Content-Type",
                                   "Date",       "Keep-Alive",       "Proxy-Connection",
                                   "Trailer",    "Transfer-Encoding"};

static bool take_needs(struct reader *r, struct slice value)
{
    struct slice rest = value, name = slice_cut(&rest, ':');

    if (rest.at == NULL || !http_is_token(name))
        return fail(r, "\"%.*s\" is no field: it looks like Retry-After: 1",
                    SLICE_ARGS(value));
    if (r->row.n_fields == FIELDS_MOST)
        return fail(r, "more than %d fields", FIELDS_MOST);
    for (size_t i = 0; i < COUNT(ours); i++)
        if (slice_is_nocase(name, slice_of(ours[i])))
            return fail(r, "%s comes with every answer as it must be; leave it out",
                        ours[i]);
    r->fields[r->row.n_fields++] = (struct status_field){name, slice_trim(rest, " \t")};
    return true;
}

/* "Do this. [RFC 9110 §15]": the source stands in brackets at the end. */
static bool take_duty(struct reader *r, const char *level, struct slice value)
{
    struct slice text = value, source = SLICE("");
    const char *open = value.len > 0 && value.at[value.len - 1] == ']'
                           ? memrchr(value.at, '[', value.len)
                           : NULL;

    if (r->row.n_duties == DUTIES_MOST)
        return fail(r, "more than %d duties", DUTIES_MOST);
    if (open != NULL) {
        size_t n = (size_t)(open - value.at);
        text = slice_trim((struct slice){value.at, n}, " \t");
        source = (struct slice){open + 1, value.len - n - 2};
    }
    if (text.len == 0)
        return fail(r, "what is it that a client %s do?", level);
    r->duties[r->row.n_duties++] = (struct status_duty){slice_of(level), text, source};
    return true;
}

static bool take_must(struct reader *r, struct slice value)
{
    return take_duty(r, "must", value);
}

static bool take_should(struct reader *r, struct slice value)
{
    return take_duty(r, "should", value);
}

static bool take_may(struct reader *r, struct slice value)
{
    return take_duty(r, "may", value);
}

static bool take_kind(struct reader *r, struct slice value)
{
    r->row.kind = value;
    return word_of(r, value, kinds, COUNT(kinds)) >= 0;
}

static bool take_provenance(struct reader *r, struct slice value)
{
    r->row.provenance = value;
    return word_of(r, value, provenances, COUNT(provenances)) >= 0;
}

#define TAKE_TEXT(member)                                           \
    static bool take_##member(struct reader *r, struct slice value) \
    {                                                               \
        r->row.member = value;                                      \
        return true;                                                \
    }
TAKE_TEXT(summary)
TAKE_TEXT(trigger)
TAKE_TEXT(retry)
TAKE_TEXT(note)
TAKE_TEXT(source)
TAKE_TEXT(instead)
TAKE_TEXT(body_text)

static bool take_row(struct reader *r, struct slice value);

enum { REPEATS = 1, NOT_IN_TABLE = 2 };

static const struct key {
    const char *name;
    bool (*take)(struct reader *r, struct slice value);
    unsigned flags;
} keys[] = {
    {"id", take_id, NOT_IN_TABLE},
    {"table", take_table, 0},
    {"row", take_row, REPEATS},
    {"phrase", take_phrase, NOT_IN_TABLE},
    {"wire", take_wire, 0},
    {"wire-phrase", take_wire_phrase, 0},
    {"number", take_number, 0},
    {"body", take_body, 0},
    {"end", take_end, 0},
    {"needs", take_needs, REPEATS},
    {"text", take_body_text, 0},
    {"instead", take_instead, 0},
    {"must", take_must, REPEATS},
    {"should", take_should, REPEATS},
    {"may", take_may, REPEATS},
    {"summary", take_summary, 0},
    {"trigger", take_trigger, 0},
    {"retry", take_retry, 0},
    {"note", take_note, 0},
    {"source", take_source, 0},
    {"provenance", take_provenance, 0},
    {"kind", take_kind, 0},
};

static bool complain_unknown(struct reader *r, struct slice name)
{
    const char *names[COUNT(keys)], *near;

    for (size_t i = 0; i < COUNT(keys); i++)
        names[i] = keys[i].name;
    near = word_nearest(name, names, COUNT(keys));
    return fail(r, "unknown key \"%.*s\"%s%s%s", SLICE_ARGS(name),
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static bool was_seen(const struct reader *r, const char *name)
{
    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcmp(keys[i].name, name) == 0)
            return (r->seen >> i & 1) != 0;
    assert(!"a key of ours");
    return false;
}

static bool take_key(struct reader *r, const struct key *key, struct slice value)
{
    uint64_t bit = (uint64_t)1 << (key - keys);

    if ((r->seen & bit) != 0 && (key->flags & REPEATS) == 0)
        return fail(r, "%s stands here twice", key->name);
    if (r->is_table && (key->flags & NOT_IN_TABLE) != 0)
        return fail(r, "%s belongs into the rows of a table", key->name);
    if (r->has_rows && key->take != take_row)
        return fail(r, "%s comes too late: what rows share stands above them", key->name);
    r->seen |= bit;
    return key->take(r, value);
}

static bool take_line(struct reader *r, struct slice line)
{
    struct slice value = line, name = slice_cut(&value, ':');

    if (value.at == NULL)
        return fail(r, "expected \"key: value\"");
    if (r->began == 0)
        r->began = r->line;
    for (size_t i = 0; i < COUNT(keys); i++)
        if (slice_is(name, slice_of(keys[i].name)))
            return take_key(r, &keys[i], slice_trim(value, " \t"));
    return complain_unknown(r, name);
}

/* ---- a row is complete ---- */

/* What the status line leaves no choice about (RFC 9110 §15, RFC 9112 §6.3). */
static enum status_body body_rule(int wire)
{
    if (wire < 200 || wire == 204 || wire == 304)
        return STATUS_BODY_NEVER;
    return wire == 205 ? STATUS_BODY_EMPTY : STATUS_BODY_YES;
}

static bool settle_body(struct reader *r, struct status *row)
{
    enum status_body rule = body_rule(row->wire);

    if (!was_seen(r, "body"))
        row->body = rule;
    if (rule != STATUS_BODY_YES && row->body != rule)
        return fail(r, "body is %s where wire is %d: leave it out", bodies[rule],
                    row->wire);
    return true;
}

static bool settle_wire(struct reader *r, struct status *row)
{
    if (!was_seen(r, "number"))
        row->number = number_of(row->code);
    if (!was_seen(r, "wire")) {
        if (row->number < 100)
            return fail(r, "%.*s needs a wire: a number from 100 to 999, close or none",
                        SLICE_ARGS(row->id));
        row->wire = row->number;
    }
    if (!was_seen(r, "wire-phrase"))
        row->wire_phrase = row->phrase;
    if (row->wire <= 0)
        row->wire_phrase = SLICE("");
    if (row->wire < 0 && row->instead.len == 0)
        return fail(r, "%.*s is never sent: `instead` has to tell what to say in its place",
                    SLICE_ARGS(row->id));
    if (row->wire <= 0 && row->n_fields > 0)
        return fail(r, "%.*s sends no head, so it needs no field", SLICE_ARGS(row->id));
    return true;
}

/* {code} and {phrase} filled in; other braces stay. */
static struct slice fill_in(struct reader *r, struct slice text, const struct status *row)
{
    static const struct slice words[] = {SLICE("{code}"), SLICE("{phrase}")};
    const struct slice values[] = {row->code, row->phrase};
    struct buf b = {0};
    struct slice out;
    bool ok = true;

    for (size_t i = 0, k; i < text.len && ok; i += k == COUNT(words) ? 1 : words[k].len) {
        struct slice rest = {text.at + i, text.len - i};

        for (k = 0; k < COUNT(words) && !slice_starts(rest, words[k]); k++)
            ;
        ok = buf_put(&b, k == COUNT(words) ? (struct slice){rest.at, 1} : values[k]);
    }
    out = arena_copy(&r->out->arena, buf_slice(&b));
    buf_clear(&b);
    mem_must(ok ? (void *)out.at : NULL);
    return out;
}

static bool settle_fields(struct reader *r, struct status *row)
{
    size_t size = row->n_fields * sizeof(r->fields[0]);
    struct status_field *fields = mem_must(arena_alloc(&r->out->arena, size + 1));

    for (size_t i = 0; i < row->n_fields; i++) {
        fields[i] = r->fields[i];
        fields[i].value = fill_in(r, fields[i].value, row);
        if (!http_is_field_value(fields[i].value))
            return fail(r, "%.*s has a value with a control character in it",
                        SLICE_ARGS(fields[i].name));
    }
    row->fields = fields;
    row->body_text = fill_in(r, row->body_text, row);
    return true;
}

static void settle_duties(struct reader *r, struct status *row)
{
    size_t size = row->n_duties * sizeof(r->duties[0]);
    struct status_duty *duties = mem_must(arena_alloc(&r->out->arena, size + 1));

    if (size > 0)
        memcpy(duties, r->duties, size);
    row->duties = duties;
}

static bool is_first(struct reader *r, const struct status *row)
{
    for (size_t i = r->first; i < r->out->n; i++)
        if (slice_is_nocase(r->out->at[i].id, row->id))
            return fail(r, "%.*s stands in this file twice", SLICE_ARGS(row->id));
    return true;
}

static void append(struct status_rows *rows, const struct status *row)
{
    if (rows->n == rows->cap) {
        rows->cap = rows->cap == 0 ? 64 : rows->cap * 2;
        rows->at = mem_must(mem_resize(rows->at, rows->cap * sizeof(*rows->at)));
    }
    rows->at[rows->n++] = *row;
}

static bool settle(struct reader *r, struct status row)
{
    if (r->out->n - r->first == STATUS_ROWS_MOST)
        return fail(r, "more than %u rows in one file", STATUS_ROWS_MOST);
    if (!is_first(r, &row) || !settle_wire(r, &row) || !settle_body(r, &row) ||
        !settle_fields(r, &row))
        return false;
    if (!http_is_field_value(row.phrase) || !http_is_field_value(row.wire_phrase))
        return fail(r, "a phrase has no control characters");
    settle_duties(r, &row);
    append(r->out, &row);
    return true;
}

/* code | phrase | summary | trigger | retry */
static bool take_row(struct reader *r, struct slice value)
{
    struct status row = r->row;
    struct slice *const columns[] = {&row.phrase, &row.summary, &row.trigger, &row.retry};
    struct slice code = slice_trim(slice_cut(&value, '|'), " \t");

    if (!r->is_table)
        return fail(r, "row belongs to a stanza that begins with \"table: vendor\"");
    r->has_rows = true;
    for (size_t i = 0; i < COUNT(columns) && value.at != NULL; i++) {
        struct slice text = slice_trim(slice_cut(&value, '|'), " \t");
        if (text.len > 0)
            *columns[i] = text;
    }
    if (value.at != NULL)
        return fail(r, "a row has five columns: code | phrase | summary | trigger | retry");
    return set_code(r, &row, code) && settle(r, row);
}

static void open_stanza(struct reader *r)
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

static bool close_stanza(struct reader *r)
{
    bool ok = true;

    if (r->began != 0 && r->is_table)
        ok = r->has_rows || fail_at(r, r->began, "a table without a row");
    else if (r->began != 0 && r->row.id.at == NULL)
        ok = fail_at(r, r->began, "this stanza has no id");
    else if (r->began != 0) {
        r->line = r->id_line;
        ok = settle(r, r->row);
    }
    open_stanza(r);
    return ok;
}

/* ---- lines ---- */

static struct slice take_physical(struct reader *r)
{
    struct slice line = slice_cut(&r->rest, '\n');

    r->next++;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool goes_on(const struct reader *r)
{
    struct slice rest = r->rest, line = slice_cut(&rest, '\n');

    return line.len > 0 && (line.at[0] == ' ' || line.at[0] == '\t') &&
           slice_trim(line, " \t\r").len > 0;
}

/* A line with those that go on with it, one space between them. */
static struct slice take_logical(struct reader *r)
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

static bool judge_line(struct reader *r, struct slice line)
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
    struct reader r = {
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
