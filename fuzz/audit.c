/* SPDX-License-Identifier: MIT */
#include "audit.h"

#include <stdlib.h>

/* ---- lines and heads, by the letter of RFC 9112 ---- */

enum took { TOOK_IT, TOOK_CUT, TOOK_WRONG };

static bool is_tchar(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* One line up to its CRLF; there is no other CR, LF or NUL in it. */
static enum took take_line(struct slice *rest, struct slice *line)
{
    ssize_t lf = slice_find(*rest, '\n');

    if (lf < 0)
        return TOOK_CUT;
    if (lf == 0 || rest->at[lf - 1] != '\r')
        return TOOK_WRONG;
    *line = (struct slice){rest->at, (size_t)lf - 1};
    *rest = (struct slice){rest->at + lf + 1, rest->len - (size_t)lf - 1};
    for (size_t i = 0; i < line->len; i++)
        if (is_control(line->at[i]) && line->at[i] != '\t')
            return TOOK_WRONG;
    return TOOK_IT;
}

struct head {
    struct slice first; /* the start line */
    unsigned hosts, lengths, codings;
    uint64_t length;
    bool closes, upgrades;
};

static bool note_field(struct head *h, struct slice name, struct slice value)
{
    if (slice_is_nocase(name, SLICE("host")))
        h->hosts++;
    if (slice_is_nocase(name, SLICE("content-length"))) {
        h->lengths++;
        return slice_to_u64(value, &h->length);
    }
    if (slice_is_nocase(name, SLICE("transfer-encoding"))) {
        h->codings++;
        return slice_is(value, SLICE("chunked"));
    }
    if (slice_is_nocase(name, SLICE("connection"))) {
        h->closes |=
            slice_is(value, SLICE("close")) || slice_is(value, SLICE("upgrade, close"));
        h->upgrades |= slice_starts(value, SLICE("upgrade"));
    }
    return true;
}

static bool take_field(struct head *h, struct slice line)
{
    struct slice value = line, name = slice_cut(&value, ':');

    if (value.at == NULL || name.len == 0)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_tchar(name.at[i]))
            return false;
    return note_field(h, name, slice_trim(value, " \t"));
}

static enum took take_fields(struct slice *rest, struct head *h)
{
    for (;;) {
        struct slice line;
        enum took took = take_line(rest, &line);

        if (took != TOOK_IT || line.len == 0)
            return took;
        if (!take_field(h, line))
            return TOOK_WRONG;
    }
}

/* The start line and the fields; never two fields that frame. */
static enum took take_head(struct slice *rest, struct head *h)
{
    enum took took;

    *h = (struct head){0};
    took = take_line(rest, &h->first);
    if (took == TOOK_IT)
        took = take_fields(rest, h);
    return h->lengths + h->codings > 1 ? TOOK_WRONG : took;
}

/* ---- bodies ---- */

static enum took take_octets(struct slice *rest, uint64_t n)
{
    if (n > rest->len)
        return TOOK_CUT;
    *rest = (struct slice){rest->at + n, rest->len - (size_t)n};
    return TOOK_IT;
}

/* 1*HEXDIG: ours has no extension, no leading zero and no end that overflows. */
static bool read_size(struct slice line, uint64_t *size)
{
    *size = 0;
    if (line.len == 0 || line.len > 8 || (line.len > 1 && line.at[0] == '0'))
        return false;
    for (size_t i = 0; i < line.len; i++) {
        const char *digits = "0123456789abcdef", *at = strchr(digits, line.at[i] | 0x20);
        if (at == NULL || line.at[i] == '\0')
            return false;
        *size = *size * 16 + (uint64_t)(at - digits);
    }
    return true;
}

static enum took take_chunks(struct slice *rest)
{
    for (;;) {
        struct head trailers = {0};
        struct slice line;
        uint64_t size;
        enum took took = take_line(rest, &line);

        if (took != TOOK_IT)
            return took;
        if (!read_size(line, &size))
            return TOOK_WRONG;
        if (size == 0) {
            took = take_fields(rest, &trailers);
            return trailers.hosts + trailers.lengths + trailers.codings > 0 ? TOOK_WRONG
                                                                            : took;
        }
        took = take_octets(rest, size);
        if (took == TOOK_IT)
            took = take_line(rest, &line);
        if (took != TOOK_IT)
            return took;
        if (line.len > 0)
            return TOOK_WRONG;
    }
}

static enum took take_body(struct slice *rest, const struct head *h)
{
    return h->codings > 0 ? take_chunks(rest) : take_octets(rest, h->length);
}

/* ---- requests of ours ---- */

static bool is_request_line(struct slice line)
{
    struct slice rest = line, method = slice_cut(&rest, ' '),
                 target = slice_cut(&rest, ' ');

    for (size_t i = 0; i < method.len; i++)
        if (!is_tchar(method.at[i]))
            return false;
    for (size_t i = 0; i < target.len; i++)
        if (is_control(target.at[i]) || (unsigned char)target.at[i] >= 0x80)
            return false;
    return method.len > 0 && target.len > 0 && slice_is(rest, SLICE("HTTP/1.1")) &&
           !slice_is(method, SLICE("CONNECT")) &&
           (target.at[0] == '/' || slice_is(target, SLICE("*")));
}

const char *audit_requests(struct slice sent)
{
    while (sent.len > 0) {
        struct head h;
        enum took took = take_head(&sent, &h);

        if (took == TOOK_CUT)
            return NULL;
        if (took == TOOK_WRONG)
            return "a request head sent upstream is malformed";
        if (!is_request_line(h.first))
            return "a request line sent upstream is malformed";
        if (h.hosts != 1)
            return "a request sent upstream has not one Host";
        took = take_body(&sent, &h);
        if (took == TOOK_WRONG)
            return "a request body sent upstream is malformed";
        if (took == TOOK_CUT || h.upgrades)
            return NULL; /* after an upgrade another protocol may be spoken */
    }
    return NULL;
}

/* ---- answers of ours, beside their entries ---- */

struct claim {
    uint64_t from, to, raw_from, raw_to, status; /* status 0: none */
    bool is_raw, by_plan, is_old, is_head, is_connect;
};

/* The text after `key`, which stands as it is only where we wrote it: quotes of peers are
 * escaped. */
static const char *after(struct slice line, const char *key)
{
    const char *at = memmem(line.at, line.len, key, strlen(key));

    return at == NULL ? NULL : at + strlen(key);
}

static bool has(struct slice line, const char *words)
{
    return after(line, words) != NULL;
}

static bool read_range(const char *at, uint64_t *from, uint64_t *to)
{
    char *end;

    if (at == NULL)
        return false;
    *from = strtoull(at, &end, 10);
    *to = strtoull(end + 1, NULL, 10);
    return *from <= *to;
}

static bool read_claim(struct slice line, struct claim *c)
{
    const char *status = after(line, ",\"response\":{\"status\":");

    *c = (struct claim){.by_plan = has(line, ",\"ending\":\"by-plan\"}"),
                        .is_old = has(line, ",\"version\":\"1.0\""),
                        .is_head = has(line, ",\"request\":{\"method\":\"HEAD\","),
                        .is_connect = has(line, ",\"request\":{\"method\":\"CONNECT\","),
                        .is_raw = has(line, ",\"intents\":[{")};
    if (status == NULL || !read_range(after(line, ",\"sent\":["), &c->from, &c->to))
        return false;
    c->status = strtoull(status, NULL, 10);
    return !c->is_raw || read_range(after(line, ",\"range\":["), &c->raw_from, &c->raw_to);
}

static bool read_status(struct slice first, unsigned *status)
{
    uint64_t n;

    if (first.len < 13 || !slice_starts(first, SLICE("HTTP/1.1 ")) || first.at[12] != ' ' ||
        !slice_to_u64((struct slice){first.at + 9, 3}, &n) || n < 100)
        return false;
    *status = (unsigned)n;
    return true;
}

const char *audit_head(struct slice head)
{
    struct head h;
    unsigned status;

    if (take_head(&head, &h) != TOOK_IT || head.len > 0)
        return "a head is malformed";
    return read_status(h.first, &status) ? NULL : "a status line is malformed";
}

/* The final answer's body, after its head; a tunnel's octets are anybody's. */
static const char *judge_body(struct slice rest, const struct claim *c,
                              const struct head *h, unsigned status, bool is_whole)
{
    bool bodyless = c->is_head || status == 204 || status == 304;
    bool framed = h->lengths + h->codings > 0;

    if (status == 101 || (c->is_connect && status >= 200 && status < 300 && !framed))
        return NULL;
    if (status == 204 && framed)
        return "a 204 that says how long its body is";
    if (c->is_old && h->codings > 0)
        return "chunks for a client of HTTP/1.0";
    if (!bodyless && !framed)
        return h->closes ? NULL : "a body that nothing frames";
    if (!bodyless) {
        enum took took = take_body(&rest, h);
        if (took == TOOK_WRONG)
            return "a body is malformed";
        if (took == TOOK_CUT)
            return is_whole && c->by_plan ? "a body is cut short, and that by plan" : NULL;
    }
    return rest.len > 0 ? "octets follow a whole answer" : NULL;
}

static const char *judge_answer(struct slice rest, const struct claim *c, bool is_whole)
{
    struct head h;
    unsigned status;

    for (;;) {
        if (rest.len == 0)
            return is_whole && c->status != 0 ? "an answer is missing" : NULL;
        switch (take_head(&rest, &h)) {
        case TOOK_CUT:
            return is_whole ? "a head is cut short" : NULL;
        case TOOK_WRONG:
            return "a head is malformed";
        case TOOK_IT:
            break;
        }
        if (!read_status(h.first, &status))
            return "a status line is malformed";
        if (status >= 200 || status == 101)
            break;
        if (c->is_old)
            return "an interim answer for a client of HTTP/1.0";
        if (h.lengths + h.codings > 0)
            return "an interim answer with framing";
    }
    if (status != c->status)
        return "another status than the journal's";
    return judge_body(rest, c, &h, status, is_whole);
}

static const char *judge_claim(struct slice sent, const struct claim *c)
{
    bool is_whole = c->to <= sent.len;
    uint64_t to = is_whole ? c->to : sent.len;

    if (c->is_raw) /* what was wrong on purpose may show anywhere behind it */
        return c->raw_from < c->from || c->raw_to > c->to ? "an intent out of range" : NULL;
    if (c->from >= to)
        return NULL;
    return judge_answer((struct slice){sent.at + c->from, (size_t)(to - c->from)}, c,
                        is_whole);
}

const char *audit_answers(struct slice sent, uint64_t connection, struct slice journal)
{
    char mine[64];
    uint64_t at = 0;
    const char *wrong;

    snprintf(mine, sizeof(mine),
             "\",\"connection\":%llu,\"client\":", (unsigned long long)connection);
    while (journal.len > 0) {
        struct slice line = slice_cut(&journal, '\n');
        struct claim c;

        if (!has(line, mine) || !has(line, ",\"exchange\":"))
            continue;
        if (!read_claim(line, &c))
            return "an entry of the journal is not readable";
        if (c.from != at)
            return "the journal's ranges leave a gap";
        at = c.to;
        wrong = judge_claim(sent, &c);
        if (wrong != NULL)
            return wrong;
    }
    return sent.len > at ? "octets that no entry answers for" : NULL;
}
