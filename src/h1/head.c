/* SPDX-License-Identifier: MIT */
/*
 * The incremental contract. A whole head that is in order is read straight away;
 * everything else comes here, where the verdict is a function of the octets alone:
 *
 *   start line   judged when its LF has come, its length first
 *   fields       judged when the blank line has come
 *   head         too long once it has passed the limit without either
 *
 * Only new octets are searched, so a peer that sends single octets costs O(n).
 */
#include "parse.h"

#define EMPTY_LINES_MOST 8

/* A start line without an end is measured each time that many octets are full. */
#define MEASURE_EACH ((size_t)4096)

enum h1_part h1_bad(struct h1_reader *r, enum h1_fault_id id, const char *at)
{
    static const struct {
        uint16_t status;
        const char *words;
    } rows[] = {[H1_FAULT_NONE] = {0, ""},
#define X(id, status, words) [H1_FAULT_##id] = {status, words},
                H1_FAULTS(X)
#undef X
    };

    *r->fault = (struct h1_fault){.id = id,
                                  .status = r->is_response ? 502 : rows[id].status,
                                  .words = rows[id].words,
                                  .offset = (uint32_t)(at - r->data)};
    return H1_PART_BAD;
}

enum h1_part h1_bad_octet(struct h1_reader *r, enum h1_fault_id id, const char *at)
{
    if (*at == '\0')
        return h1_bad(r, H1_FAULT_NUL, at);
    if (*at == '\r') {
        if (at + 1 == r->end)
            return H1_PART_SHORT;
        if (at[1] != '\n')
            return h1_bad(r, H1_FAULT_BARE_CR, at);
    }
    return h1_bad(r, id, at);
}

/* ---- the version, which both start lines have ---- */

#define VERSION_LEN 8

enum h1_part h1_read_version(struct h1_reader *r, uint8_t *major, uint8_t *minor)
{
    const char *at = r->at;

    if (r->end - at < VERSION_LEN && memchr(at, '\n', (size_t)(r->end - at)) == NULL)
        return H1_PART_SHORT;
    if (r->end - at < VERSION_LEN || memcmp(at, "HTTP/", 5) != 0 || !h1_is_digit(at[5]) ||
        at[6] != '.' || !h1_is_digit(at[7]))
        return h1_bad(r, H1_FAULT_VERSION, at);
    *major = (uint8_t)(at[5] - '0');
    *minor = (uint8_t)(at[7] - '0');
    r->at = at + VERSION_LEN;
    return H1_PART_OK;
}

enum h1_part h1_judge_version(struct h1_reader *r, const char *at, uint8_t major,
                              uint8_t *minor)
{
    if (major != 1)
        return h1_bad(r, H1_FAULT_VERSION_UNKNOWN, at);
    if (*minor > 1)
        *minor = 1;
    return H1_PART_OK;
}

/* ---- judging ---- */

static enum h1_part skip_empty_lines(struct h1_reader *r)
{
    for (unsigned n = 0;; n++) {
        const char *at = r->at;
        enum h1_part part;

        if (at == r->end)
            return H1_PART_SHORT;
        if (*at != '\r' && *at != '\n')
            return H1_PART_OK;
        if (n == EMPTY_LINES_MOST)
            return h1_bad(r, H1_FAULT_REQUEST_LINE, at);
        part = h1_read_eol(r, at, H1_FAULT_REQUEST_LINE);
        if (part != H1_PART_OK)
            return part;
    }
}

/* Where the first blank line ends, or NULL: LF, then LF or CR LF. */
static const char *find_blank(const char *at, const char *end)
{
    for (;;) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at == NULL)
            return NULL;
        at++;
        if (at < end && *at == '\n')
            return at + 1;
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
            return at + 2;
    }
}

/* No start line yet. Its measure is taken at lengths that do not depend on the cuts. */
static ssize_t await_start(struct h1_reader *r, size_t len, size_t seen,
                           const struct h1_kind *kind, void *message)
{
    const size_t most = r->limits->head;
    const size_t full = len > most ? most : len / MEASURE_EACH * MEASURE_EACH;
    const bool fresh = len > most || full > seen || seen == 0;

    if (kind->measure != NULL && fresh && full > (size_t)(r->at - r->data)) {
        r->end = r->data + full;
        if (kind->measure(r, message) == H1_PART_BAD)
            return H1_BAD;
    }
    if (len <= most)
        return H1_MORE;
    h1_bad(r, H1_FAULT_HEAD_LONG, r->data + most);
    return H1_BAD;
}

/* The start line has come, up to and with the LF before `end`. */
static enum h1_part judge_start(struct h1_reader *r, const char *end,
                                const struct h1_kind *kind, void *message)
{
    enum h1_part part = H1_PART_OK;

    r->end = end;
    if (kind->measure != NULL)
        part = kind->measure(r, message);
    if (part == H1_PART_OK)
        part = kind->read_start(r, message);
    assert(part != H1_PART_SHORT);
    return part;
}

static ssize_t await_blank(struct h1_reader *r, const char *from, size_t len,
                           const struct h1_kind *kind, void *message)
{
    const size_t most = r->limits->head;
    const char *end = find_blank(from, r->data + (len < most ? len : most));
    enum h1_part part;

    if (end == NULL) {
        if (len <= most)
            return H1_MORE;
        h1_bad(r, H1_FAULT_HEAD_LONG, r->data + most);
        return H1_BAD;
    }
    r->end = end;
    part = kind->read_whole(r, message);
    assert(part != H1_PART_SHORT);
    return part == H1_PART_OK ? r->at - r->data : H1_BAD;
}

/* r->at stands on the first octet of the start line. */
static ssize_t judge(struct h1_reader *r, size_t len, size_t seen,
                     const struct h1_kind *kind, void *message)
{
    const char *start = r->at;
    const char *end = r->end;
    const char *fresh = r->data + seen > start ? r->data + seen : start;
    const char *lf = memchr(fresh, '\n', (size_t)(end - fresh));
    const char *from = fresh;

    if (lf == NULL && len <= r->limits->head && seen / MEASURE_EACH == len / MEASURE_EACH)
        return H1_MORE;
    if (memrchr(start, '\n', (size_t)(fresh - start)) == NULL) {
        if (lf == NULL)
            return await_start(r, len, seen, kind, message);
        if (judge_start(r, lf + 1, kind, message) == H1_PART_BAD)
            return H1_BAD;
        r->at = start;
    }
    if (from - start > 2)
        from -= 2; /* LF CR, and the LF is new */
    else
        from = start;
    return await_blank(r, from, len, kind, message);
}

ssize_t h1_read_head(struct h1_reader *r, size_t len, size_t seen,
                     const struct h1_kind *kind, void *message)
{
    const size_t most = r->limits->head;
    const char *window, *start;
    enum h1_part part = H1_PART_OK;

    assert(seen <= len);
    if (len == 0)
        return H1_MORE; /* and data may be NULL */
    window = r->data + (len < most ? len : most);
    r->at = r->data;
    r->end = window;
    if (kind->skips_empty && len > 0 && r->data[0] < ' ')
        part = skip_empty_lines(r);
    if (part == H1_PART_BAD)
        return H1_BAD;
    start = r->at;
    if (seen == 0 && part == H1_PART_OK) {
        if (kind->read_whole(r, message) == H1_PART_OK)
            return r->at - r->data;
        r->at = start;
        r->end = window;
    }
    return judge(r, len, seen, kind, message);
}
