/* SPDX-License-Identifier: MIT */
/* A row is complete: what it leaves open is filled in, what cannot be is refused. */
#include "status_reader.h"

/* Up to three digits are a number, anything else is not: -1. */
static int16_t number_of(struct slice code)
{
    uint64_t n;

    return code.len <= 3 && slice_to_u64(code, &n) ? (int16_t)n : -1;
}

/* What the status line leaves no choice about (RFC 9110 §15, RFC 9112 §6.3). */
static enum status_body body_rule(int wire)
{
    if (wire < 200 || wire == 204 || wire == 304)
        return STATUS_BODY_NEVER;
    return wire == 205 ? STATUS_BODY_EMPTY : STATUS_BODY_YES;
}

static bool settle_body(struct status_reader *r, struct status *row)
{
    enum status_body rule = body_rule(row->wire);

    if (!status_was_seen(r, "body"))
        row->body = rule;
    if (rule != STATUS_BODY_YES && row->body != rule)
        return fail(r, "body is %s where wire is %d: leave it out", status_body_words[rule],
                    row->wire);
    return true;
}

static bool settle_wire(struct status_reader *r, struct status *row)
{
    if (!status_was_seen(r, "number"))
        row->number = number_of(row->code);
    if (!status_was_seen(r, "wire")) {
        if (row->number < 100)
            return fail(r, "%.*s needs a wire: a number from 100 to 999, close or none",
                        SLICE_ARGS(row->id));
        row->wire = row->number;
    }
    if (!status_was_seen(r, "wire-phrase"))
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
static struct slice fill_in(struct status_reader *r, struct slice text,
                            const struct status *row)
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

static bool settle_fields(struct status_reader *r, struct status *row)
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

static void settle_duties(struct status_reader *r, struct status *row)
{
    size_t size = row->n_duties * sizeof(r->duties[0]);
    struct status_duty *duties = mem_must(arena_alloc(&r->out->arena, size + 1));

    if (size > 0)
        memcpy(duties, r->duties, size);
    row->duties = duties;
}

static bool is_first(struct status_reader *r, const struct status *row)
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

bool status_settle(struct status_reader *r, struct status row)
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
