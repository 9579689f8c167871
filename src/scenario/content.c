/* SPDX-License-Identifier: MIT */
/* Content, as replies and steps say it: a text, JSON, a file, octets, or so many of them.
 */
#include <stdlib.h>

#include "keys.h"

static bool take_kind(struct loader *l, const struct node *n, struct content *out,
                      enum content_kind kind)
{
    if (out->kind != CONTENT_DEFAULT)
        return complain_at(
            l->why, n->key == NULL ? n : n->key,
            "content is said twice: one of body, json, file, base64 and fill");
    out->kind = kind;
    return true;
}

bool content_text(struct loader *l, const struct node *n, struct content *out)
{
    out->escape = ESCAPE_NONE;
    return take_kind(l, n, out, CONTENT_TEXT) && value_template(l, n, "body", &out->text);
}

/* ---- JSON: a tree of the file's becomes JSON text, and that a template ---- */

static bool is_json_number(struct slice s)
{
    const char *at = s.at, *end = s.at + s.len;
    size_t digits = 0;

    if (at < end && *at == '-')
        at++;
    if (end - at > 1 && at[0] == '0' && at[1] >= '0' && at[1] <= '9')
        return false;
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        digits++;
    if (digits == 0)
        return false;
    if (at < end && *at == '.')
        for (at++, digits = 0; at < end && *at >= '0' && *at <= '9'; at++)
            digits++;
    if (digits > 0 && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        for (digits = 0; at < end && *at >= '0' && *at <= '9'; at++)
            digits++;
    }
    return at == end && digits > 0;
}

static bool is_literal(const struct node *n)
{
    return !n->is_quoted && (node_is(n, "true") || node_is(n, "false") ||
                             node_is(n, "null") || is_json_number(n->text));
}

/* As YAML writes it: null, ~ or nothing at all. */
static bool is_null(const struct node *n)
{
    return !n->is_quoted && (n->text.len == 0 || node_is(n, "~"));
}

/* Is the whole text one insert whose value is a number? Then it stands without quotes. */
static bool is_number_insert(struct slice s)
{
    static const char *const numbers[] = {
        "attempt", "nth", "random", "session.requests", "connection", "seed", "now unix"};

    if (s.len < 5 || !slice_starts(s, SLICE("{{")) ||
        memcmp(s.at + s.len - 2, "}}", 2) != 0)
        return false;
    struct slice inner = slice_trim((struct slice){s.at + 2, s.len - 4}, " ");
    if (memmem(inner.at, inner.len, "}}", 2) != NULL)
        return false;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct slice word = slice_of(numbers[i]);
        if (slice_starts(inner, word) &&
            (inner.len == word.len || inner.at[word.len] == ' '))
            return true;
    }
    return false;
}

static bool put_string(struct buf *b, struct slice s)
{
    bool ok = buf_put(b, SLICE("\""));

    /* Inserts stay as they are: their quotes are not the string's. */
    while (ok && s.len > 0) {
        const char *open = memmem(s.at, s.len, "{{", 2);
        const char *close =
            open == NULL ? NULL : memmem(open, (size_t)(s.at + s.len - open), "}}", 2);
        struct slice plain = {s.at, close == NULL ? s.len : (size_t)(open - s.at)};
        struct buf quoted = {0};
        ok = json_put_text(&quoted, plain) &&
             buf_put(b, (struct slice){buf_head(&quoted) + 1, buf_len(&quoted) - 2});
        buf_clear(&quoted);
        s = (struct slice){s.at + plain.len, s.len - plain.len};
        if (ok && close != NULL) {
            size_t n = (size_t)(close + 2 - open);
            ok = buf_put(b, (struct slice){open, n});
            s = (struct slice){s.at + n, s.len - n};
        }
    }
    return ok && buf_put(b, SLICE("\""));
}

static bool put_json(struct buf *b, const struct node *n)
{
    bool ok;

    if (n->kind == NODE_SCALAR)
        return is_literal(n) || is_number_insert(n->text) ? buf_put(b, n->text)
               : is_null(n)                               ? buf_put(b, SLICE("null"))
                                                          : put_string(b, n->text);
    ok = buf_put(b, n->kind == NODE_MAP ? SLICE("{") : SLICE("["));
    for (const struct node *m = n->first; ok && m != NULL; m = m->next) {
        ok = m == n->first || buf_put(b, SLICE(","));
        if (ok && n->kind == NODE_MAP)
            ok = put_string(b, m->key->text) && buf_put(b, SLICE(":"));
        ok = ok && put_json(b, m); /* a file has 64 levels at most */
    }
    return ok && buf_put(b, n->kind == NODE_MAP ? SLICE("}") : SLICE("]"));
}

bool content_json(struct loader *l, const struct node *n, struct content *out)
{
    struct buf b = {0};
    struct slice text = NO_SLICE;

    if (!take_kind(l, n, out, CONTENT_TEXT))
        return false;
    if (put_json(&b, n) && buf_put(&b, SLICE("\n")))
        text = arena_copy(l->arena, buf_slice(&b));
    buf_clear(&b);
    if (text.at == NULL)
        return complain_at(l->why, n, "out of memory");
    out->escape = ESCAPE_JSON;
    out->type = SLICE("application/json");
    return value_template_of(l, n, "json", text, &out->text);
}

/* ---- octets ---- */

bool content_file(struct loader *l, const struct node *n, struct content *out)
{
    out->type = SLICE("application/octet-stream");
    return take_kind(l, n, out, CONTENT_OCTETS) && value_file(l, n, &out->octets);
}

bool content_base64(struct loader *l, const struct node *n, struct content *out)
{
    out->type = SLICE("application/octet-stream");
    return take_kind(l, n, out, CONTENT_OCTETS) && value_base64(l, n, &out->octets);
}

bool content_hex(struct loader *l, const struct node *n, struct content *out)
{
    out->type = SLICE("application/octet-stream");
    return take_kind(l, n, out, CONTENT_OCTETS) && value_hex(l, n, &out->octets);
}

#define MOST_FILL (16ull << 30)

bool content_fill(struct loader *l, const struct node *n, struct content *out)
{
    out->type = SLICE("application/octet-stream");
    out->octets = SLICE("The quick brown fox says no.\n");
    return take_kind(l, n, out, CONTENT_FILL) &&
           take_scalar(l, KEY_SIZE, n, "fill", &out->length) &&
           (out->length <= MOST_FILL || complain_at(l->why, n, "fill is 16 GiB at most"));
}

/* ---- the place that a text's inserts stand in ---- */

static bool ends_with(struct slice s, struct slice end)
{
    return s.len >= end.len &&
           slice_is_nocase((struct slice){s.at + s.len - end.len, end.len}, end);
}

enum escape content_escape(struct slice type)
{
    struct slice kind = slice_trim(slice_cut(&type, ';'), " \t");

    if (ends_with(kind, SLICE("html")) || ends_with(kind, SLICE("xml")))
        return ESCAPE_HTML; /* XML names the same characters */
    if (ends_with(kind, SLICE("json")))
        return ESCAPE_JSON;
    return slice_is_nocase(kind, SLICE("application/x-www-form-urlencoded")) ? ESCAPE_URL
                                                                             : ESCAPE_NONE;
}

void content_settle(struct content *c, const struct field_edit *fields)
{
    struct slice type = c->type;

    for (; fields != NULL; fields = fields->next)
        if (fields->value != NULL && http_field_id(fields->name) == FIELD_CONTENT_TYPE)
            type = template_text(fields->value);
    if (c->kind == CONTENT_TEXT && c->escape == ESCAPE_NONE)
        c->escape = content_escape(type);
}

uint64_t content_length(const struct content *c)
{
    switch (c->kind) {
    case CONTENT_DEFAULT:
        return 0;
    case CONTENT_TEXT:
        return template_is_constant(c->text) ? template_text(c->text).len : UINT64_MAX;
    case CONTENT_OCTETS:
        return c->octets.len;
    case CONTENT_FILL:
        return c->length;
    }
    return 0;
}
