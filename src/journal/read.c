/* SPDX-License-Identifier: MIT */
/*
 * A journal's lines, read back into records. The first thing that is wrong in a line is the
 * complaint; members that nobody knows are passed over, so that later journals can be read.
 */
#include "reader.h"

#define LINE_MOST  (4u << 20) /* octets */
#define LINES_MOST 1000000u
#define PIECE      (64u << 10)

/* ---- heads ---- */

static struct slice finish_text(struct reader *in)
{
    struct slice text = arena_copy(&in->arena, buf_slice(&in->text));

    if (text.at == NULL)
        reader_no_memory(in);
    in->text.from = in->text.to = 0;
    return text;
}

/* [["Host", "a"], ...] as lines of a head, behind what in->text holds. */
static void read_fields(struct reader *in, const json_t *object, const char *parent,
                        const char *key)
{
    const json_t *list = json_object_get(object, key), *field;
    struct slice name, value;
    size_t i;

    if (list != NULL && !json_is_array(list))
        reader_wrong_member(in, parent, key, "is not a list");
    json_array_foreach(list, i, field)
    {
        if (json_array_size(field) != 2 ||
            !reader_octets(in, json_array_get(field, 0), &name) ||
            !reader_octets(in, json_array_get(field, 1), &value)) {
            reader_wrong_member(in, parent, key, "is not a list of names with values");
            return;
        }
        in->record.is_redacted |= head_is_redacted(name, value);
        if (!words_put_field(&in->text, name, value))
            reader_no_memory(in);
    }
}

/* The octets as they were where they are told, else made from the first line and fields. */
static struct slice read_head(struct reader *in, const json_t *message, const char *parent,
                              struct slice first)
{
    const struct slice mark = SLICE(HEAD_REDACTED);
    struct slice head;

    if (reader_text(in, message, parent, "head", &head)) {
        in->record.is_redacted |= memmem(head.at, head.len, mark.at, mark.len) != NULL;
        return head;
    }
    if (first.len == 0)
        return NO_SLICE;
    if (!buf_put(&in->text, first) || !buf_put(&in->text, SLICE("\r\n")))
        reader_no_memory(in);
    read_fields(in, message, parent, "fields");
    if (!buf_put(&in->text, SLICE("\r\n")))
        reader_no_memory(in);
    return finish_text(in);
}

static void read_version(struct reader *in, const json_t *request)
{
    struct record *r = &in->record;
    struct slice text;
    unsigned major, minor;

    if (!reader_text(in, request, "request", "version", &text))
        return;
    major = text.len == 3 ? (unsigned char)text.at[0] - (unsigned)'0' : 10;
    minor = text.len == 3 ? (unsigned char)text.at[2] - (unsigned)'0' : 10;
    if (major > 9 || minor > 9 || text.at[1] != '.')
        reader_wrong_member(in, "request", "version", "is not digit.digit");
    r->major = (uint8_t)major;
    r->minor = (uint8_t)minor;
}

/* "GET / HTTP/1.1"; version 0: no head could be read. */
static struct slice request_line(struct reader *in)
{
    const struct record *r = &in->record;
    struct buf *b = &in->text;
    char version[] = {(char)('0' + r->major), '.', (char)('0' + r->minor)};

    if (r->major == 0)
        return NO_SLICE;
    if (!buf_put(b, r->method) || !buf_put(b, SLICE(" ")) || !buf_put(b, r->target) ||
        !buf_put(b, SLICE(" HTTP/")) ||
        !buf_put(b, (struct slice){version, sizeof(version)}))
        reader_no_memory(in);
    return finish_text(in);
}

static void read_request(struct reader *in, const json_t *line)
{
    const json_t *request = json_object_get(line, "request");
    struct record *r = &in->record;
    struct slice text;

    if (request == NULL)
        return;
    if (reader_text(in, request, "request", "digest", &text) &&
        !reader_hex(text, &r->request_digest))
        reader_wrong_member(in, "request", "digest", "is not a number of 64 bits");
    read_version(in, request);
    r->request_head = read_head(in, request, "request", request_line(in));
    r->is_redacted |= r->request_head.len == 0; /* what is no request is kept back, too */
}

static void read_statuses(struct reader *in, const json_t *response)
{
    const json_t *status = json_object_get(response, "status"), *interim;
    const json_t *list = json_object_get(response, "interim");
    struct record *r = &in->record;
    uint64_t n = 0;
    size_t i;

    if (status != NULL && !json_is_null(status) && !reader_number(status, 999, &n))
        reader_wrong_member(in, "response", "status", "is neither null nor a status");
    r->status = (uint16_t)n;
    if (json_array_size(list) > COUNT(r->interim))
        reader_wrong_member(in, "response", "interim", "is longer than 16");
    json_array_foreach(list, i, interim)
    {
        if (i == COUNT(r->interim))
            return;
        if (!reader_number(interim, 999, &n))
            reader_wrong_member(in, "response", "interim", "is not a list of statuses");
        r->interim[r->n_interim++] = (uint16_t)n;
    }
}

static void read_response(struct reader *in, const json_t *line)
{
    const json_t *response = json_object_get(line, "response");
    struct slice first = NO_SLICE;

    read_statuses(in, response);
    reader_text(in, response, "response", "line", &first);
    in->record.response_head = read_head(in, response, "response", first);
}

/* ---- the other parts ---- */

/* A list of texts as one. */
static struct slice read_list(struct reader *in, const json_t *line, const char *key,
                              struct slice between)
{
    const json_t *list = json_object_get(line, key), *item;
    struct slice text;
    size_t i;

    if (list != NULL && !json_is_array(list))
        reader_wrong_member(in, "", key, "is not a list");
    json_array_foreach(list, i, item)
    {
        if (!reader_octets(in, item, &text))
            reader_wrong_member(in, "", key, "is not a list of texts");
        else if ((i > 0 && !buf_put(&in->text, between)) || !buf_put(&in->text, text))
            reader_no_memory(in);
    }
    return finish_text(in);
}

static bool read_range(const json_t *pair, struct octets *range)
{
    return json_array_size(pair) == 2 &&
           reader_number(json_array_get(pair, 0), INT64_MAX, &range->from) &&
           reader_number(json_array_get(pair, 1), INT64_MAX, &range->to) &&
           range->from <= range->to;
}

static struct slice read_intents(struct reader *in, const json_t *line)
{
    const json_t *list = json_object_get(line, "intents"), *item;
    struct slice kind, why;
    struct octets range;
    size_t i;

    json_array_foreach(list, i, item)
    {
        if (!reader_octets(in, json_object_get(item, "kind"), &kind) ||
            !reader_octets(in, json_object_get(item, "why"), &why) ||
            !read_range(json_object_get(item, "range"), &range))
            reader_wrong_member(in, "", "intents", "is not a list of kind, why and range");
        else if (!words_put_intent(&in->text, i == 0, kind, range, why))
            reader_no_memory(in);
    }
    return finish_text(in);
}

/* A range, or at the end of a connection how many in all. */
static void read_sent(struct reader *in, const json_t *line)
{
    const json_t *sent = json_object_get(line, "sent");
    struct octets *to = &in->record.sent;

    if (sent != NULL && !reader_number(sent, INT64_MAX, &to->to) && !read_range(sent, to))
        reader_wrong_member(in, "", "sent", "is neither a number nor a range of octets");
}

static void read_ending(struct reader *in, const json_t *line)
{
    const char *name = json_string_value(json_object_get(line, "ending"));

    for (int e = ENDING_NONE + 1; name != NULL && e < ENDING_COUNT; e++)
        if (strcmp(name, ending_row((enum ending)e)->name) == 0) {
            in->record.ending = (enum ending)e;
            return;
        }
    reader_wrong_member(in, "", "ending",
                        name == NULL ? "is missing" : "is none that we know");
}

/* Moments since the run began, where the line tells of them since the exchange did. */
static void settle_times(struct reader *in, const json_t *line)
{
    struct records *kept = in->records;
    struct record *r = &in->record;
    struct slice time = NO_SLICE;

    reader_text(in, line, "", "time", &time);
    if (!reader_time(time, &r->wall_us))
        reader_wrong_member(in, "", "time", "is not like 2026-11-21T08:00:00.123456Z");
    if (kept->began_wall_us == 0)
        kept->began_wall_us = r->wall_us - (int64_t)r->began_us;
    if (json_object_get(line, "run_us") == NULL && r->wall_us > kept->began_wall_us)
        r->began_us = (uint64_t)(r->wall_us - kept->began_wall_us);
    r->end_us = r->exchange == 0 ? r->began_us : r->began_us + r->end_us;
    r->first_us = r->exchange == 0 ? 0 : record_first_us(r->began_us, r->first_us, r->sent);
}

static void read_entry(struct reader *in, const json_t *line)
{
    struct record *r = &in->record;

    *r = (struct record){0};
    if (!json_is_integer(json_object_get(line, "connection"))) {
        reader_wrong(in,
                     "no line of a journal: it is no object with a number \"connection\"");
        return;
    }
    reader_members(in, line);
    read_sent(in, line);
    read_ending(in, line);
    settle_times(in, line);
    if (r->exchange > 0) {
        read_request(in, line);
        read_response(in, line);
        read_fields(in, line, "", "relayed");
        r->relayed = finish_text(in);
        r->plan = read_list(in, line, "plan", SLICE("; "));
        r->faults = read_list(in, line, "faults", SLICE(" "));
        r->intents = read_intents(in, line);
    } else {
        r->seq = 0;
    }
    if (!in->is_wrong && !records_keep(in->records, r) && in->records->most > 0)
        reader_no_memory(in);
}

/* ---- lines ---- */

/* A line that ends too early was cut: the disk was full, or its writer was stopped. */
static bool is_torn(const json_error_t *error, bool is_ended)
{
    return !is_ended || json_error_code(error) == json_error_premature_end_of_input;
}

static void refuse(struct reader *in, const json_error_t *error)
{
    char what[64];

    snprintf(what, sizeof(what), "not JSON from octet %d on", error->position);
    if (json_error_code(error) == json_error_out_of_memory)
        reader_no_memory(in);
    else
        reader_wrong(in, what);
}

/* `is_ended`: an LF stood behind it. */
static void read_line(struct reader *in, struct slice text, bool is_ended)
{
    json_error_t error;
    json_t *line;

    if (text.len == 0)
        return;
    line = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (line == NULL && is_torn(&error, is_ended)) {
        in->records->dropped++;
        return;
    }
    if (line == NULL) {
        refuse(in, &error);
        return;
    }
    arena_init(&in->arena, NULL);
    in->text.from = in->text.to = 0;
    read_entry(in, line);
    arena_clear(&in->arena);
    json_decref(line);
}

/* The next line out of `ahead`, which is filled from the file. False: there is none. */
static bool next_line(struct reader *in, FILE *file, struct buf *ahead, struct slice *line,
                      bool *is_ended)
{
    size_t seen = 0, got = 1;

    for (;;) {
        struct slice rest = buf_slice(ahead);
        ssize_t lf = slice_find((struct slice){rest.at + seen, rest.len - seen}, '\n');
        *is_ended = lf >= 0;
        *line = (struct slice){rest.at, lf < 0 ? rest.len : seen + (size_t)lf};
        if (line->len > LINE_MOST)
            reader_wrong(in, "longer than 4 MiB");
        if (*is_ended || got == 0 || in->is_wrong)
            return rest.len > 0;
        seen = rest.len;
        if (!buf_reserve(ahead, PIECE)) {
            reader_no_memory(in);
            return true;
        }
        got = fread(ahead->block + ahead->to, 1, PIECE, file);
        ahead->to += (uint32_t)got;
    }
}

static void read_lines(struct reader *in, FILE *file)
{
    struct buf ahead = {0};
    struct slice line;
    bool is_ended = true;

    while (next_line(in, file, &ahead, &line, &is_ended) && !in->is_wrong) {
        if (in->line > LINES_MOST)
            reader_wrong(in, "more than 1000000 lines");
        else
            read_line(in, line, is_ended);
        buf_skip(&ahead, line.len + is_ended);
        in->line++;
    }
    if (ferror(file))
        reader_wrong(in, "cannot be read");
    buf_clear(&ahead);
}

bool records_read(struct records *r, FILE *file, const char *name, struct complaint *why)
{
    struct reader in = {.records = r, .why = why, .name = name, .line = 1};

    read_lines(&in, file);
    buf_clear(&in.text);
    return !in.is_wrong;
}
