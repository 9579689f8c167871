/* SPDX-License-Identifier: MIT */
/* Field lines (RFC 9112 §5), and the notes taken of those that need action. */
#include "parse.h"

/* ---- lines ---- */

/* The name stops at `stop`, and not at a colon. */
static enum h1_part bad_name(struct h1_reader *r, const char *stop, bool is_first)
{
    const char *p = stop;

    if (stop == r->at && h1_is_blank(*stop))
        return h1_bad(r, is_first ? H1_FAULT_FIRST_SPACE : H1_FAULT_FOLD, stop);
    while (p < r->end && h1_is_blank(*p))
        p++;
    if (p == r->end)
        return H1_PART_SHORT;
    if (p > stop && *p == ':')
        return h1_bad(r, H1_FAULT_FIELD_SPACE, stop);
    return h1_bad_octet(r, H1_FAULT_FIELD_NAME, stop);
}

static inline enum h1_part read_field(struct h1_reader *r, struct http_fields *f,
                                      struct http_field *field)
{
    const char *const end = r->end;
    const char *const name = r->at;
    const char *p = name;
    const char *value, *stop;
    enum h1_part part;

    p += h1_scan->token(p, (size_t)(end - p));
    if (p == end)
        return H1_PART_SHORT;
    if (*p != ':' || p == name)
        return bad_name(r, p, f->n == 0);
    field->name = (struct slice){name, (size_t)(p - name)};

    for (p++; p < end && h1_is_blank(*p); p++)
        ;
    value = p;
    p += h1_scan->value(p, (size_t)(end - p));
    part = h1_read_eol(r, p, H1_FAULT_FIELD_VALUE);
    if (part != H1_PART_OK)
        return part;
    for (stop = p; stop > value && h1_is_blank(stop[-1]); stop--)
        ;
    field->value = (struct slice){value, (size_t)(stop - value)};
    if ((size_t)(p - name) > r->limits->field)
        return h1_bad(r, H1_FAULT_FIELD_LONG, name + r->limits->field);
    return H1_PART_OK;
}

enum h1_part h1_read_fields(struct h1_reader *r, struct http_fields *f, struct h1_notes *n)
{
    const uint64_t most = f->cap < r->limits->fields ? f->cap : r->limits->fields;

    f->n = 0;
    for (;;) {
        struct http_field field = {.name = NO_SLICE};
        enum h1_part part;

        if (r->at == r->end)
            return H1_PART_SHORT;
        if (*r->at == '\r' || *r->at == '\n')
            return h1_read_eol(r, r->at, H1_FAULT_FIELD_NAME);
        part = read_field(r, f, &field);
        if (part != H1_PART_OK)
            return part;
        if (f->n == most)
            return h1_bad(r, H1_FAULT_FIELDS_MANY, field.name.at);
        field.id = http_field_id(field.name);
        f->at[f->n++] = field;
        if (field.id != FIELD_OTHER)
            h1_note(n, &field);
    }
}

/* ---- notes ---- */

/* Connection may not take these from the next hop: they frame, route, describe or
 * authenticate. */
static bool may_be_hop_by_hop(struct slice name)
{
    static const struct slice never[] = {
        {"age", 3},
        {"authorization", 13},
        {"cache-control", 13},
        {"content-encoding", 16},
        {"content-length", 14},
        {"content-range", 13},
        {"content-type", 12},
        {"cookie", 6},
        {"date", 4},
        {"expect", 6},
        {"forwarded", 9},
        {"host", 4},
        {"location", 8},
        {"max-forwards", 12},
        {"proxy-authenticate", 18},
        {"proxy-authorization", 19},
        {"range", 5},
        {"set-cookie", 10},
        {"transfer-encoding", 17},
        {"via", 3},
        {"www-authenticate", 16},
        {"x-forwarded-for", 15},
        {"x-forwarded-host", 16},
        {"x-forwarded-proto", 17},
    };

    for (size_t i = 0; i < COUNT(never); i++)
        if (slice_is_nocase(name, never[i]))
            return false;
    return true;
}

/*
 * #connection-option: tokens between commas, so a comma in quotes is a comma all the same.
 */
static void note_connection(struct h1_notes *n, struct slice rest)
{
    while (rest.len > 0) {
        struct slice option = slice_trim(slice_cut(&rest, ','), " \t");

        if (slice_is_nocase(option, SLICE("close")))
            n->close = true;
        else if (slice_is_nocase(option, SLICE("keep-alive")))
            n->keep_alive = true;
        else if (slice_is_nocase(option, SLICE("upgrade")))
            n->upgrade = true;
        else if (n->misnamed == NULL && !may_be_hop_by_hop(option))
            n->misnamed = option.at;
    }
}

static void note_once(struct slice *first, const char **twice,
                      const struct http_field *field)
{
    if (first->at == NULL)
        *first = field->value;
    else if (*twice == NULL)
        *twice = field->name.at;
}

void h1_note(struct h1_notes *n, const struct http_field *field)
{
    switch (field->id) {
    case FIELD_HOST:
        note_once(&n->host, &n->host_twice, field);
        break;
    case FIELD_CONTENT_LENGTH:
        note_once(&n->length, &n->length_twice, field);
        break;
    case FIELD_TRANSFER_ENCODING:
        note_once(&n->coding, &n->coding_twice, field);
        break;
    case FIELD_EXPECT:
        note_once(&n->expect, &n->expect_twice, field);
        break;
    case FIELD_CONNECTION:
        note_connection(n, field->value);
        break;
    case FIELD_UPGRADE:
        n->has_upgrade = true;
        break;
    default:
        break;
    }
}
