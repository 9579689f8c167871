/* SPDX-License-Identifier: MIT */
/*
 * HAR 1.2, as developer tools of browsers import it: a page per scenario, an entry per
 * exchange. What HTTP Archive has no word for stands under names with an underscore.
 */
#include "jot.h"
#include "report.h"

/* ---- URLs: a target is only part of one ---- */

static bool is_url_octet(char c)
{
    return c > 0x20 && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
}

static void add_url(struct jot *j, struct buf *url, struct slice part)
{
    bool ok = true;

    for (size_t i = 0; ok && i < part.len; i++)
        ok = is_url_octet(part.at[i])
                 ? buf_put(url, (struct slice){part.at + i, 1})
                 : buf_printf(url, "%%%02X", (unsigned)(unsigned char)part.at[i]);
    j->has_failed = j->has_failed || !ok;
}

static bool ends_in_443(struct slice authority)
{
    return authority.len > 4 &&
           slice_is((struct slice){authority.at + authority.len - 4, 4}, SLICE(":443"));
}

static void put_url(struct jot *j, const struct record *r)
{
    bool is_connect = slice_is(r->method, SLICE("CONNECT"));
    bool is_origin = r->target.len > 0 && r->target.at[0] == '/';
    struct slice authority = is_connect ? r->target : r->inside;
    struct buf url = {0};

    if (is_connect || is_origin || slice_is(r->target, SLICE("*")) || r->target.len == 0) {
        if (authority.len == 0)
            authority = report_field(r->request_head, SLICE("Host"));
        add_url(j, &url, ends_in_443(authority) ? SLICE("https://") : SLICE("http://"));
        add_url(j, &url, authority.len > 0 ? authority : SLICE("naysay.invalid"));
    }
    if (!is_connect)
        add_url(j, &url, is_origin || url.to == 0 ? r->target : SLICE("/"));
    else
        add_url(j, &url, SLICE("/"));
    jot_text(j, "url", buf_slice(&url));
    buf_clear(&url);
}

/* ---- heads and bodies ---- */

static void put_version(struct jot *j, const struct record *r)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "HTTP/%u.%u", r->major, r->minor);

    jot_text(j, "httpVersion", (struct slice){text, (size_t)n});
}

static void put_headers(struct jot *j, struct slice head)
{
    struct head_line line = {.is_secret = false};

    jot_open(j, "cookies", '[');
    jot_close(j, ']');
    jot_open(j, "headers", '[');
    for (bool is_start = true; head_next_line(&head, &line); is_start = false) {
        if (is_start || line.name.len == 0)
            continue;
        jot_open(j, NULL, '{');
        jot_text(j, "name", line.name);
        jot_text(j, "value", line.is_secret ? SLICE("(redacted)") : line.value);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void put_query(struct jot *j, struct slice target)
{
    struct slice rest = target;

    jot_open(j, "queryString", '[');
    slice_cut(&rest, '?');
    while (rest.at != NULL && rest.len > 0) {
        struct slice value = slice_cut(&rest, '&'), name = slice_cut(&value, '=');
        jot_open(j, NULL, '{');
        jot_text(j, "name", name);
        jot_text(j, "value", value.at == NULL ? SLICE("") : value);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void put_sample(struct jot *j, struct slice sample, uint64_t all,
                       const char *encoding)
{
    struct buf coded = {0};

    if (sample.len > 0 && is_utf8_text(sample)) {
        jot_text(j, "text", sample);
    } else if (sample.len > 0) {
        j->has_failed = !put_base64(&coded, sample) || j->has_failed;
        jot_text(j, "text", buf_slice(&coded));
        jot_text(j, encoding, SLICE("base64"));
        buf_clear(&coded);
    }
    if (sample.len < all)
        jot_text(j, "comment", SLICE("only the first octets were kept"));
}

static struct slice media_type(struct slice head)
{
    struct slice type = report_field(head, SLICE("Content-Type"));

    return type.len > 0 ? type : SLICE("x-unknown");
}

static void put_request(struct jot *j, const struct record *r)
{
    jot_open(j, "request", '{');
    jot_text(j, "method", r->method.len > 0 ? r->method : SLICE("(unreadable)"));
    put_url(j, r);
    put_version(j, r);
    put_headers(j, r->request_head);
    put_query(j, r->target);
    jot_number(j, "headersSize", r->request_head.len);
    jot_number(j, "bodySize", r->request_body);
    if (r->request_body > 0) {
        jot_open(j, "postData", '{');
        jot_text(j, "mimeType", media_type(r->request_head));
        jot_open(j, "params", '[');
        jot_close(j, ']');
        put_sample(j, r->request_sample, r->request_body, "_encoding");
        jot_close(j, '}');
    }
    jot_close(j, '}');
}

/* As a browser would name what the client met. */
static struct slice error_of(const struct row *row)
{
    switch (row_trouble(row)) {
    case ENDING_RESET_BY_PLAN:
    case ENDING_CLIENT_RESET:
        return SLICE("net::ERR_CONNECTION_RESET");
    case ENDING_CLIENT_GONE:
        return SLICE("net::ERR_ABORTED");
    case ENDING_NONE:
        if (row_is_short(row))
            return SLICE("net::ERR_CONTENT_LENGTH_MISMATCH");
        return row->r->status > 0 ? SLICE("") : SLICE("net::ERR_EMPTY_RESPONSE");
    default:
        break;
    }
    if (row->r->status > 0)
        return SLICE("net::ERR_FAILED");
    return row->r->sent.to > row->r->sent.from ? SLICE("net::ERR_INVALID_HTTP_RESPONSE")
                                               : SLICE("net::ERR_EMPTY_RESPONSE");
}

static void put_response(struct jot *j, const struct row *row)
{
    const struct record *r = row->r;
    struct slice error = error_of(row);
    bool is_raw = r->status == 0 && r->sent.to > r->sent.from;

    jot_open(j, "response", '{');
    jot_number(j, "status", r->status);
    jot_text(j, "statusText", report_phrase(r->response_head));
    jot_text(j, "httpVersion", r->status > 0 ? SLICE("HTTP/1.1") : SLICE(""));
    put_headers(j, r->response_head);
    jot_open(j, "content", '{');
    jot_number(j, "size", r->response_body);
    jot_text(j, "mimeType", media_type(r->response_head));
    put_sample(j, r->response_sample, r->response_body, "encoding");
    jot_close(j, '}');
    jot_text(j, "redirectURL", report_field(r->response_head, SLICE("Location")));
    jot_number(j, "headersSize", r->response_head.len);
    jot_number(j, "bodySize", r->response_body);
    jot_number(j, "_transferSize",
               r->sent.to > r->sent.from ? r->sent.to - r->sent.from : 0);
    if (is_raw)
        jot_flag(j, "_raw", true);
    if (error.len > 0)
        jot_text(j, "_error", error);
    jot_close(j, '}');
}

/* ---- entries ---- */

/* send + wait + receive is time, to the microsecond. */
static void put_timings(struct jot *j, const struct record *r)
{
    uint64_t end = r->end_us > r->began_us ? r->end_us : r->began_us, first = r->first_us;

    if (first < r->began_us || first > end)
        first = end;
    jot_ms(j, "time", end - r->began_us);
    jot_open(j, "timings", '{');
    jot_signed(j, "blocked", -1);
    jot_signed(j, "dns", -1);
    jot_signed(j, "connect", -1);
    jot_signed(j, "ssl", -1);
    jot_ms(j, "send", 0);
    jot_ms(j, "wait", first - r->began_us);
    jot_ms(j, "receive", end - first);
    jot_close(j, '}');
}

static struct slice address_of(struct slice upstream)
{
    size_t n = upstream.len;

    while (n > 0 && upstream.at[n - 1] != ':')
        n--;
    return n == 0 ? SLICE("127.0.0.1")
                  : slice_trim((struct slice){upstream.at, n - 1}, "[]");
}

static void put_entry(struct jot *j, const struct row *row, size_t page)
{
    const struct record *r = row->r;
    char text[32], lane[8];
    int n = snprintf(text, sizeof(text), "page_%zu", page);

    jot_open(j, NULL, '{');
    jot_text(j, "pageref", (struct slice){text, (size_t)n});
    jot_text(j, "startedDateTime", slice_of(report_date(r->wall_us, text)));
    put_timings(j, r);
    put_request(j, r);
    put_response(j, row);
    jot_open(j, "cache", '{');
    jot_close(j, '}');
    jot_text(j, "serverIPAddress", address_of(r->upstream));
    jot_text(j, "connection", slice_of(lane_name(row->lane, lane)));
    jot_open(j, "_interim", '[');
    for (size_t i = 0; i < r->n_interim; i++)
        jot_number(j, NULL, r->interim[i]);
    jot_close(j, ']');
    jot_text(j, "_rule", r->rule_name);
    jot_number(j, "_match", r->match);
    jot_text(j, "_plan", r->plan);
    jot_text(j, "_faults", r->faults);
    jot_text(j, "_ending", slice_of(ending_row(r->ending)->name));
    if (row->end != NULL)
        jot_text(j, "_connectionEnding", slice_of(ending_row(row->end->ending)->name));
    jot_close(j, '}');
}

static void put_page(struct jot *j, const struct verdict *v, size_t page)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "page_%zu", page);

    jot_open(j, NULL, '{');
    jot_text(j, "id", (struct slice){text, (size_t)n});
    jot_text(j, "title", report_title(v));
    jot_text(
        j, "startedDateTime",
        slice_of(report_date(v->records == NULL ? 0 : v->records->began_wall_us, text)));
    jot_open(j, "pageTimings", '{');
    jot_signed(j, "onContentLoad", -1);
    jot_ms(j, "onLoad", v->took_us);
    jot_close(j, '}');
    jot_text(j, "_verdict", slice_of(verdict_word(v->kind)));
    jot_text(j, "_saw", v->saw);
    jot_close(j, '}');
}

/* Writes what is collected; what memory did not suffice for is left out, whole. */
static void flush(FILE *out, struct jot *j, size_t *written)
{
    if (!j->has_failed && buf_len(j->out) > 0) {
        fputs(*written > 0 ? ",\n" : "\n", out);
        fwrite(buf_head(j->out), 1, buf_len(j->out), out);
        ++*written;
    }
    buf_clear(j->out);
    *j = (struct jot){.out = j->out};
}

static void put_entries(FILE *out, const struct verdict *v, size_t page, size_t *written)
{
    struct buf b = {0};
    struct jot j = {.out = &b};
    struct rows rows;

    if (!rows_make(&rows, v))
        return;
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].r->exchange > 0) {
            put_entry(&j, &rows.at[i], page);
            flush(out, &j, written);
        }
    rows_free(&rows);
}

void report_har(FILE *out, const struct verdict *const *all, size_t n)
{
    struct buf b = {0};
    struct jot j = {.out = &b};
    size_t pages = 0, entries = 0;

    fprintf(out,
            "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"naysay\",\"version\":"
            "\"%s\"},\"pages\":[",
            NAYSAY_VERSION);
    for (size_t i = 0; i < n; i++) {
        put_page(&j, all[i], i + 1);
        flush(out, &j, &pages);
    }
    fputs("],\"entries\":[", out);
    for (size_t i = 0; i < n; i++)
        put_entries(out, all[i], i + 1, &entries);
    fputs("\n]}}\n", out);
}
