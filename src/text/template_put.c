/* SPDX-License-Identifier: MIT */
/* Templates put together: values come from outside, and are escaped by place. */
#include "template.h"

/* ---- escaping ---- */

/* CTL to spaces, HTAB too: what is left no field value ends at (RFC 9110 §5.5). */
static bool put_header(struct buf *out, struct slice s)
{
    char *at;

    if (s.len == 0)
        return true;
    if (!buf_put(out, s))
        return false;
    at = buf_head(out) + buf_len(out) - s.len;
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)at[i] < ' ' || at[i] == 0x7f)
            at[i] = ' ';
    return true;
}

/* As it stands between the quotes of a JSON string. */
static bool put_json(struct buf *out, struct slice s)
{
    size_t before = buf_len(out), n;
    char *at;

    if (!json_put_text(out, s))
        return false;
    n = buf_len(out) - before - 2;
    at = buf_head(out) + before;
    memmove(at, at + 1, n);
    out->to -= 2;
    return true;
}

static struct slice html_of(char c)
{
    switch (c) {
    case '&':
        return SLICE("&amp;");
    case '<':
        return SLICE("&lt;");
    case '>':
        return SLICE("&gt;");
    case '"':
        return SLICE("&quot;");
    case '\'':
        return SLICE("&#39;");
    default:
        return NO_SLICE;
    }
}

static bool put_html(struct buf *out, struct slice s)
{
    bool ok = true;

    for (size_t i = 0; ok && i < s.len; i++) {
        struct slice name = html_of(s.at[i]);
        ok = buf_put(out, name.at == NULL ? (struct slice){s.at + i, 1} : name);
    }
    return ok;
}

/* RFC 3986 §2.3 */
static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

static bool put_url(struct buf *out, struct slice s)
{
    static const char digits[] = "0123456789ABCDEF";
    bool ok = true;

    for (size_t i = 0; ok && i < s.len; i++) {
        unsigned char o = (unsigned char)s.at[i];
        char coded[3] = {'%', digits[o >> 4], digits[o & 15]};

        if (is_unreserved(s.at[i]))
            ok = buf_put(out, (struct slice){s.at + i, 1});
        else
            ok = buf_put(out, (struct slice){coded, sizeof(coded)});
    }
    return ok;
}

static bool (*const puts_as[])(struct buf *, struct slice) = {
    [ESCAPE_NONE] = buf_put,  [ESCAPE_HEADER] = put_header, [ESCAPE_JSON] = put_json,
    [ESCAPE_HTML] = put_html, [ESCAPE_URL] = put_url,
};

/* ---- putting together ---- */

struct writer {
    enum escape escape;
    size_t most;
    bool (*value)(void *arg, const struct insert *i, struct buf *out);
    void *arg;
    struct buf scratch; /* one value, unescaped */
    struct buf *out;
};

static bool has_room(const struct writer *w, size_t n)
{
    return buf_len(w->out) <= w->most && n <= w->most - buf_len(w->out);
}

/* The author's own words, escaped in headers only: there nothing at all may split. */
static bool put_literal(struct writer *w, struct slice s)
{
    return has_room(w, s.len) &&
           (w->escape == ESCAPE_HEADER ? put_header : buf_put)(w->out, s);
}

/* No escape makes a value shorter: what is too long already is not escaped first. */
static bool put_insert(struct writer *w, const struct insert *i)
{
    struct slice value;

    buf_skip(&w->scratch, buf_len(&w->scratch));
    if (!w->value(w->arg, i, &w->scratch))
        return false;
    value = buf_slice(&w->scratch);
    return has_room(w, value.len) && puts_as[w->escape](w->out, value) && has_room(w, 0);
}

static bool put_all(struct writer *w, const struct template *t)
{
    for (const struct part *p = t->first; p != NULL; p = p->next)
        if (!put_literal(w, p->literal) || !put_insert(w, &p->insert))
            return false;
    return put_literal(w, t->tail);
}

bool template_put(const struct template *t, enum escape escape, size_t most,
                  bool (*value)(void *arg, const struct insert *i, struct buf *out),
                  void *arg, struct buf *out)
{
    struct writer w = {escape, most, value, arg, {0}, out};
    size_t before = buf_len(out);
    bool ok = put_all(&w, t);

    buf_clear(&w.scratch);
    if (!ok && out->block != NULL)
        out->to = out->from + (uint32_t)before; /* nothing half said */
    return ok;
}
