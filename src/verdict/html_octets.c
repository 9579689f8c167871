/* SPDX-License-Identifier: MIT */
/* What went over the wire: line ends are shown, and every octet that has no shape. */
#include "html.h"

#include <inttypes.h>

#define HEAD_MOST   8192u
#define SAMPLE_MOST 2048u

/* "\r\n" and "\x00" stand in <i>, so that they are told from a backslash that was sent. */
static size_t put_octet(FILE *out, unsigned char o)
{
    if (o >= 0x20 && o < 0x7f) {
        put_markup_octets(out, (struct slice){(const char *)&o, 1});
        return 1;
    }
    if (o == '\r')
        fputs("<i>\\r</i>", out);
    else if (o == '\n')
        fputs("<i>\\n</i>\n", out);
    else if (o == '\t')
        fputs("<i>\\t</i>\t", out);
    else
        fprintf(out, "<i>\\x%02x</i>", o);
    return 11;
}

/* At most `most` octets, and no more than the page has room for. Returns how many. */
static size_t put_octets(struct page *page, struct slice s, size_t most)
{
    size_t n = 0;

    for (; n < s.len && n < most && page->octets > 11; n++)
        page->octets -= put_octet(page->out, (unsigned char)s.at[n]);
    return n;
}

static void put_label(FILE *out, const char *what, uint64_t octets)
{
    fprintf(out, "<figcaption>%s <span>%" PRIu64 " octet%s</span></figcaption><pre>", what,
            octets, octets == 1 ? "" : "s");
}

static void put_more(FILE *out, uint64_t more)
{
    if (more > 0)
        fprintf(out, "<b>… %" PRIu64 " more</b>", more);
}

static void put_head(struct page *page, const char *what, struct slice head)
{
    struct head_line line = {.is_secret = false};
    struct slice rest = head;
    size_t left = HEAD_MOST;

    fputs("<figure>", page->out);
    put_label(page->out, what, head.len);
    while (left > 0 && page->octets > 11 && head_next_line(&rest, &line)) {
        left -= put_octets(page, line.told, left);
        if (line.is_secret)
            fputs(" <em>(redacted)</em>", page->out);
        put_octets(page, line.line_end, 2);
    }
    put_more(page->out, rest.len);
    fputs("</pre></figure>", page->out);
}

static void put_body(struct page *page, const char *what, struct slice sample, uint64_t all)
{
    if (all == 0 && sample.len == 0)
        return;
    fputs("<figure>", page->out);
    put_label(page->out, what, all);
    size_t told = put_octets(page, sample, SAMPLE_MOST);

    put_more(page->out, all > told ? all - told : 0);
    fputs("</pre></figure>", page->out);
}

static void put_fact(FILE *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    put_markup_octets(out, value.len > 1000 ? (struct slice){value.at, 1000} : value);
    fputs("</dd>", out);
}

static void put_ending(FILE *out, const char *name, enum ending e)
{
    fprintf(out, "<dt>%s</dt><dd>%s: %s</dd>", name, ending_row(e)->name,
            ending_row(e)->help);
}

static void put_intents(FILE *out, struct slice intents)
{
    while (intents.len > 0) {
        struct slice line = slice_cut(&intents, '\n');
        put_fact(out, "on purpose", line);
    }
}

static void put_facts(FILE *out, const struct row *row)
{
    const struct record *r = row->r;
    char first[32], all[32];

    fputs("<dl>", out);
    put_fact(out, "plan", r->plan);
    put_fact(out, "faults", r->faults);
    put_intents(out, r->intents);
    if (r->first_us > r->began_us && r->end_us >= r->first_us)
        fprintf(out, "<dt>times</dt><dd>first octet after %s, all after %s</dd>",
                report_duration(r->first_us - r->began_us, first),
                report_duration(r->end_us - r->began_us, all));
    put_fact(out, "client", r->client);
    put_fact(out, "inside of", r->inside);
    put_fact(out, "upstream", r->upstream);
    if (r->exchange > 0 && r->ending != ENDING_BY_PLAN)
        put_ending(out, "ending", r->ending);
    if (row->end != NULL)
        put_ending(out, "connection", row->end->ending);
    fputs("</dl>", out);
}

void html_octets(struct page *page, const struct row *row)
{
    const struct record *r = row->r;

    fputs("<div class=\"octets\">", page->out);
    put_facts(page->out, row);
    fputs("<div><div>", page->out);
    if (r->request_head.len > 0)
        put_head(page, "request head", r->request_head);
    put_body(page, "request body", r->request_sample, r->request_body);
    fputs("</div><div>", page->out);
    if (r->response_head.len > 0)
        put_head(page, "response head", r->response_head);
    put_body(page, r->status > 0 ? "response body" : "octets sent", r->response_sample,
             r->response_body);
    fputs("</div></div></div>", page->out);
}
