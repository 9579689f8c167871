/* SPDX-License-Identifier: MIT */
/* The keys of a stanza, and what their values may be. */
#include "status_reader.h"

/* ---- words that a value may be ---- */

static const char *const kinds[] = {"registered", "reserved",  "obsolete", "vendor",
                                    "internal",   "substatus", "page",     "warning"};
static const char *const provenances[] = {"rfc-checked", "rfc-recalled", "documented",
                                          "source-code", "measured",     "recalled",
                                          "unverified"};
const char *const status_body_words[3] = {[STATUS_BODY_YES] = "yes",
                                          [STATUS_BODY_NEVER] = "never",
                                          [STATUS_BODY_EMPTY] = "empty"};
static const char *const ends[] = {
    [STATUS_END_KEEP] = "keep", [STATUS_END_CLOSE] = "close"};

/* Which of the words, or -1 and a complaint that lists them. */
static int word_of(struct status_reader *r, struct slice value, const char *const *words,
                   size_t n)
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

/* ---- keys ---- */

static bool set_code(struct status_reader *r, struct status *row, struct slice code)
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

static bool take_vendor(struct status_reader *r, struct slice vendor)
{
    if (!is_vendor(vendor))
        return fail(r,
                    "\"%.*s\" is no vendor: lower-case letters, digits and \"-\" make one",
                    SLICE_ARGS(vendor));
    r->row.vendor = vendor;
    return true;
}

static bool take_id(struct status_reader *r, struct slice value)
{
    struct slice code = value, vendor = slice_cut(&code, '/');

    r->id_line = r->line;
    if (code.at == NULL)
        return fail(r, "\"%.*s\" is no id: it looks like vendor/code, such as iis/440",
                    SLICE_ARGS(value));
    return take_vendor(r, vendor) && set_code(r, &r->row, code);
}

static bool take_table(struct status_reader *r, struct slice value)
{
    if ((r->seen & (r->seen - 1)) != 0) /* more than this key */
        return fail(r, "table stands first in its stanza");
    r->is_table = true;
    return take_vendor(r, value);
}

static bool take_phrase(struct status_reader *r, struct slice value)
{
    r->row.phrase = value;
    return true;
}

static bool take_wire_phrase(struct status_reader *r, struct slice value)
{
    r->row.wire_phrase = value;
    return true;
}

static bool take_number(struct status_reader *r, struct slice value)
{
    uint64_t n;

    if (!slice_to_u64(value, &n) || n > NUMBER_MAX)
        return fail(r, "\"%.*s\" is not a number from 0 to 999", SLICE_ARGS(value));
    r->row.number = (int16_t)n;
    return true;
}

static bool take_wire(struct status_reader *r, struct slice value)
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

static bool take_body(struct status_reader *r, struct slice value)
{
    int which = word_of(r, value, status_body_words, COUNT(status_body_words));

    r->row.body = (enum status_body)which;
    return which >= 0;
}

static bool take_end(struct status_reader *r, struct slice value)
{
    int which = word_of(r, value, ends, COUNT(ends));

    r->row.end = (enum status_end)which;
    return which >= 0;
}

/* What every answer has of its own; a row that brought one would make it two. */
static const char *const ours[] = {"Connection", "Content-Length",   "Content-Type",
                                   "Date",       "Keep-Alive",       "Proxy-Connection",
                                   "Trailer",    "Transfer-Encoding"};

static bool take_needs(struct status_reader *r, struct slice value)
{
    struct slice rest = value, name = slice_cut(&rest, ':');

    if (rest.at == NULL || !http_is_token(name))
        return fail(r, "\"%.*s\" is no field: it looks like Retry-After: 1",
                    SLICE_ARGS(value));
    if (r->row.n_fields == STATUS_FIELDS_MOST)
        return fail(r, "more than %d fields", STATUS_FIELDS_MOST);
    for (size_t i = 0; i < COUNT(ours); i++)
        if (slice_is_nocase(name, slice_of(ours[i])))
            return fail(r, "%s comes with every answer as it must be; leave it out",
                        ours[i]);
    r->fields[r->row.n_fields++] = (struct status_field){name, slice_trim(rest, " \t")};
    return true;
}

/* "Do this. [RFC 9110 §15]": the source stands in brackets at the end. */
static bool take_duty(struct status_reader *r, const char *level, struct slice value)
{
    struct slice text = value, source = SLICE("");
    const char *open = value.len > 0 && value.at[value.len - 1] == ']'
                           ? memrchr(value.at, '[', value.len)
                           : NULL;

    if (r->row.n_duties == STATUS_DUTIES_MOST)
        return fail(r, "more than %d duties", STATUS_DUTIES_MOST);
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

static bool take_must(struct status_reader *r, struct slice value)
{
    return take_duty(r, "must", value);
}

static bool take_should(struct status_reader *r, struct slice value)
{
    return take_duty(r, "should", value);
}

static bool take_may(struct status_reader *r, struct slice value)
{
    return take_duty(r, "may", value);
}

static bool take_kind(struct status_reader *r, struct slice value)
{
    r->row.kind = value;
    return word_of(r, value, kinds, COUNT(kinds)) >= 0;
}

static bool take_provenance(struct status_reader *r, struct slice value)
{
    r->row.provenance = value;
    return word_of(r, value, provenances, COUNT(provenances)) >= 0;
}

#define TAKE_TEXT(member)                                                  \
    static bool take_##member(struct status_reader *r, struct slice value) \
    {                                                                      \
        r->row.member = value;                                             \
        return true;                                                       \
    }
TAKE_TEXT(summary)
TAKE_TEXT(trigger)
TAKE_TEXT(retry)
TAKE_TEXT(note)
TAKE_TEXT(source)
TAKE_TEXT(instead)
TAKE_TEXT(body_text)

/* code | phrase | summary | trigger | retry */
static bool take_row(struct status_reader *r, struct slice value)
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
    return set_code(r, &row, code) && status_settle(r, row);
}

enum { REPEATS = 1, NOT_IN_TABLE = 2 };

static const struct key {
    const char *name;
    bool (*take)(struct status_reader *r, struct slice value);
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

static bool complain_unknown(struct status_reader *r, struct slice name)
{
    const char *names[COUNT(keys)], *near;

    for (size_t i = 0; i < COUNT(keys); i++)
        names[i] = keys[i].name;
    near = word_nearest(name, names, COUNT(keys));
    return fail(r, "unknown key \"%.*s\"%s%s%s", SLICE_ARGS(name),
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

bool status_was_seen(const struct status_reader *r, const char *name)
{
    for (size_t i = 0; i < COUNT(keys); i++)
        if (strcmp(keys[i].name, name) == 0)
            return (r->seen >> i & 1) != 0;
    assert(!"a key of ours");
    return false;
}

static bool take(struct status_reader *r, const struct key *key, struct slice value)
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

bool status_take_key(struct status_reader *r, struct slice name, struct slice value)
{
    for (size_t i = 0; i < COUNT(keys); i++)
        if (slice_is(name, slice_of(keys[i].name)))
            return take(r, &keys[i], slice_trim(value, " \t"));
    return complain_unknown(r, name);
}
