/* SPDX-License-Identifier: MIT */
/* Values of a journal's line, and those members that go straight into a record. */
#include "reader.h"

#include <time.h>

void reader_wrong(struct reader *in, const char *what)
{
    if (!in->is_wrong)
        complain(in->why, "%s:%llu: %s", in->name, (unsigned long long)in->line, what);
    in->is_wrong = true;
}

void reader_wrong_member(struct reader *in, const char *parent, const char *key,
                         const char *what)
{
    char text[160];

    snprintf(text, sizeof(text), "\"%s%s%s\" %s", parent, *parent == '\0' ? "" : ".", key,
             what);
    reader_wrong(in, text);
}

bool reader_no_memory(struct reader *in)
{
    reader_wrong(in, "out of memory");
    return false;
}

/* ---- values ---- */

/* Code points are octets: U+0000..U+00FF, as json_put_octets() writes them. */
bool reader_octets(struct reader *in, const json_t *value, struct slice *out)
{
    const unsigned char *text = (const unsigned char *)json_string_value(value);
    size_t len = json_string_length(value), n = 0;
    char *octets;

    if (text == NULL)
        return false;
    octets = arena_alloc(&in->arena, len);
    if (octets == NULL)
        return reader_no_memory(in);
    for (size_t i = 0; i < len; i++) {
        unsigned c = text[i];
        if (c >= 0xc4) /* beyond U+00FF; that it is UTF-8 jansson has seen */
            return false;
        if (c >= 0xc2)
            c = (c & 3) << 6 | (text[++i] & 0x3fu);
        octets[n++] = (char)c;
    }
    *out = (struct slice){octets, n};
    return true;
}

bool reader_number(const json_t *value, uint64_t most, uint64_t *out)
{
    json_int_t n = json_integer_value(value);

    if (!json_is_integer(value) || n < 0 || (uint64_t)n > most)
        return false;
    *out = (uint64_t)n;
    return true;
}

/* Sixteen digits, or fewer. */
bool reader_hex(struct slice text, uint64_t *out)
{
    uint64_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = memchr(digits, text.at[i], 16);
        if (at == NULL)
            return false;
        n = n << 4 | (uint64_t)(at - digits);
    }
    *out = n;
    return text.len > 0 && text.len <= 16;
}

/* "2026-11-21T08:00:00.123456Z" */
bool reader_time(struct slice text, int64_t *wall_us)
{
    static const char looks[] = "0000-00-00T00:00:00.000000Z";
    static const struct {
        uint8_t at, len;
        uint16_t least, most;
    } parts[] = {{0, 4, 1970, 9999}, {5, 2, 1, 12},  {8, 2, 1, 31},
                 {11, 2, 0, 23},     {14, 2, 0, 59}, {17, 2, 0, 60}};
    uint64_t n[COUNT(parts)], us;
    struct tm tm = {0};

    if (text.len != sizeof(looks) - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (looks[i] != '0' && text.at[i] != looks[i])
            return false;
    for (size_t i = 0; i < COUNT(parts); i++)
        if (!slice_to_u64((struct slice){text.at + parts[i].at, parts[i].len}, &n[i]) ||
            n[i] < parts[i].least || n[i] > parts[i].most)
            return false;
    if (!slice_to_u64((struct slice){text.at + 20, 6}, &us))
        return false;
    tm.tm_year = (int)n[0] - 1900;
    tm.tm_mon = (int)n[1] - 1;
    tm.tm_mday = (int)n[2];
    tm.tm_hour = (int)n[3];
    tm.tm_min = (int)n[4];
    tm.tm_sec = (int)n[5];
    *wall_us = (int64_t)timegm(&tm) * 1000000 + (int64_t)us;
    return true;
}

/* ---- members that go straight into the record ---- */

enum kind { OCTETS, YES_NO, U32, U64 };

/* clang-format off */
static const struct member {
    const char *parent, *key; /* parent "": of the line itself */
    enum kind kind;
    size_t offset;
} members[] = {
#define M(parent, key, kind, member) {parent, key, kind, offsetof(struct record, member)}
    M("",         "seq",        U64,    seq),
    M("",         "connection", U64,    connection),
    M("",         "client",     OCTETS, client),
    M("",         "run_us",     U64,    began_us),
    M("",         "exchange",   U32,    exchange),
    M("",         "inside",     OCTETS, inside),
    M("",         "trouble",    OCTETS, trouble),
    M("",         "came",       OCTETS, request_head),
    M("",         "rule",       OCTETS, rule_name),
    M("",         "rule_index", U32,    rule),
    M("",         "match",      U64,    match),
    M("",         "received",   U64,    received),
    M("request",  "method",     OCTETS, method),
    M("request",  "target",     OCTETS, target),
    M("request",  "body",       U64,    request_body),
    M("request",  "sample",     OCTETS, request_sample),
    M("response", "body",       U64,    response_body),
    M("response", "sample",     OCTETS, response_sample),
    M("upstream", "address",    OCTETS, upstream),
    M("upstream", "reused",     YES_NO, is_reused_upstream),
    M("times",    "first_us",   U64,    first_us),
    M("times",    "end_us",     U64,    end_us),
#undef M
};

static const struct {
    uint64_t most;
    const char *refusal;
} kinds[] = {
    [OCTETS] = {0,          "is not a string of octets"},
    [YES_NO] = {0,          "is neither true nor false"},
    [U32]    = {UINT32_MAX, "is not a number from 0 to 4294967295"},
    [U64]    = {INT64_MAX,  "is not a number from 0"},
};
/* clang-format on */

static bool read_value(struct reader *in, const json_t *value, enum kind kind, void *to)
{
    uint64_t n = 0;

    if (kind == OCTETS)
        return reader_octets(in, value, to);
    if (kind == YES_NO && !json_is_boolean(value))
        return false;
    if (kind == YES_NO)
        *(bool *)to = json_is_true(value);
    else if (!reader_number(value, kinds[kind].most, &n))
        return false;
    else if (kind == U32)
        *(uint32_t *)to = (uint32_t)n;
    else
        *(uint64_t *)to = n;
    return true;
}

static const json_t *child(const json_t *line, const char *parent)
{
    return *parent == '\0' ? line : json_object_get(line, parent);
}

void reader_members(struct reader *in, const json_t *line)
{
    for (size_t i = 0; i < COUNT(members); i++) {
        const struct member *m = &members[i];
        const json_t *value = json_object_get(child(line, m->parent), m->key);

        if (value != NULL &&
            !read_value(in, value, m->kind, (char *)&in->record + m->offset))
            reader_wrong_member(in, m->parent, m->key, kinds[m->kind].refusal);
    }
}

/* A text that may be missing; of a wrong kind it is a complaint. */
bool reader_text(struct reader *in, const json_t *object, const char *parent,
                 const char *key, struct slice *out)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL)
        return false;
    if (reader_octets(in, value, out))
        return true;
    reader_wrong_member(in, parent, key, kinds[OCTETS].refusal);
    return false;
}
