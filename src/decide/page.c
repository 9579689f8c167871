/* SPDX-License-Identifier: MIT */
/*
 * Bodies of ours: the same few lines as text, HTML or JSON, whichever the client prefers.
 */
#include "parts.h"

enum type { TYPE_TEXT, TYPE_HTML, TYPE_JSON };

/* The first of ours that Accept names; a browser asks for HTML, nearly everything else for
 * anything. */
static enum type preferred(const struct http_request *req)
{
    const struct http_field *f = req == NULL ? NULL : http_find(&req->fields, FIELD_ACCEPT);
    struct slice rest, range;

    if (f == NULL)
        return TYPE_TEXT;
    rest = f->value;
    while (http_next_element(&rest, &range)) {
        struct slice type = slice_trim(slice_cut(&range, ';'), " \t");
        if (slice_is_nocase(type, SLICE("text/html")))
            return TYPE_HTML;
        if (slice_is_nocase(type, SLICE("application/json")))
            return TYPE_JSON;
        if (slice_is_nocase(type, SLICE("text/plain")))
            return TYPE_TEXT;
    }
    return TYPE_TEXT;
}

struct slice page_type(const struct http_request *req)
{
    static const struct slice types[] = {
        SLICE("text/plain; charset=utf-8"),
        SLICE("text/html; charset=utf-8"),
        SLICE("application/json"),
    };
    return types[preferred(req)];
}

static bool put_html(struct buf *b, struct slice s)
{
    bool ok = true;

    for (size_t i = 0; ok && i < s.len; i++) {
        switch (s.at[i]) {
        case '&':
            ok = buf_put(b, SLICE("&amp;"));
            break;
        case '<':
            ok = buf_put(b, SLICE("&lt;"));
            break;
        case '>':
            ok = buf_put(b, SLICE("&gt;"));
            break;
        case '"':
            ok = buf_put(b, SLICE("&quot;"));
            break;
        default:
            ok = buf_put(b, (struct slice){s.at + i, 1});
        }
    }
    return ok;
}

static bool render_html(struct buf *b, const struct page *page)
{
    bool ok = buf_put(b, SLICE("<!doctype html>\n<meta charset=\"utf-8\">\n<title>")) &&
              put_html(b, page->title) &&
              buf_put(b, SLICE("</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;"
                               "max-width:42rem;margin:12vh auto;padding:0 1rem}"
                               "p{white-space:pre-line}</style>\n<h1>")) &&
              put_html(b, page->title) && buf_put(b, SLICE("</h1>\n"));

    for (size_t i = 0; ok && i < COUNT(page->lines) && page->lines[i].len > 0; i++)
        ok = buf_put(b, SLICE("<p>")) && put_html(b, page->lines[i]) &&
             buf_put(b, SLICE("</p>\n"));
    return ok;
}

static bool render_json(struct buf *b, const struct page *page)
{
    bool ok = buf_put(b, SLICE("{\"title\":")) && json_put_text(b, page->title) &&
              buf_put(b, SLICE(",\"detail\":["));

    for (size_t i = 0; ok && i < COUNT(page->lines) && page->lines[i].len > 0; i++)
        ok = (i == 0 || buf_put(b, SLICE(","))) && json_put_text(b, page->lines[i]);
    return ok && buf_put(b, SLICE("]}\n"));
}

static char *append(char *at, struct slice s)
{
    return s.len == 0 ? at : (char *)mempcpy(at, s.at, s.len);
}

/* The common case and the quick one: straight into the arena, in one piece. */
static struct slice render_text(const struct page *page, struct arena *a)
{
    size_t len = page->title.len + 1;
    for (size_t i = 0; i < COUNT(page->lines) && page->lines[i].len > 0; i++)
        len += page->lines[i].len + 1;

    char *text = arena_alloc(a, len), *at = text;
    if (text == NULL)
        return NO_SLICE;
    at = append(at, page->title);
    *at++ = '\n';
    for (size_t i = 0; i < COUNT(page->lines) && page->lines[i].len > 0; i++) {
        at = append(at, page->lines[i]);
        *at++ = '\n';
    }
    return (struct slice){text, len};
}

struct slice page_render(const struct page *page, const struct http_request *req,
                         struct arena *a)
{
    enum type type = preferred(req);
    struct buf b = {.shelf = a->shelf};
    struct slice text = NO_SLICE;

    if (type == TYPE_TEXT)
        return render_text(page, a);
    if (type == TYPE_HTML ? render_html(&b, page) : render_json(&b, page))
        text = arena_copy(a, buf_slice(&b));
    buf_clear(&b);
    return text;
}

const struct page page_landing = {
    .title = SLICE("naysay: the proxy that says no, on cue"),
    .lines =
        {
            SLICE("Ask this port for any status: /status/522, /status/iis/440, "
                  "/status/103,200, "
                  "/status/nginx/444; with ?delay=2s, ?header=Name:value, ?body=text or "
                  "?raw=octets."),
            SLICE("Through the proxy, http://status.test/522 and CONNECT status.test:407 "
                  "do the "
                  "same; every other http:// URL and CONNECT is relayed."),
            SLICE("`naysay codes` lists the statuses, `naysay --help` the rest."),
        },
};
