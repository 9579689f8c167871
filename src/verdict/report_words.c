/* SPDX-License-Identifier: MIT */
/* Words that every report says the same way. */
#include "report.h"

#include <inttypes.h>
#include <time.h>

const char *const never_came_causes[] = {
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one sentence */
    "the client does not read http_proxy, https_proxy or all_proxy (Java, Go with its own "
    "Transport, Node before NODE_USE_ENV_PROXY)",
    "no_proxy, or a list of exceptions of the client's own, names the host",
    "the client never sends localhost and 127.0.0.1 through a proxy: use {url}, or a name",
    "neither {url} nor {proxy} stands in the command",
    "an https URL comes as a CONNECT, and only the CONNECT is seen here",
    NULL};

struct slice report_title(const struct verdict *v)
{
    const struct scenario *s = v->scenario;

    if (s != NULL && s->name.len > 0)
        return s->name;
    return s != NULL && s->file.len > 0 ? s->file : SLICE("the command line's scenario");
}

struct slice report_file(const struct verdict *v)
{
    return v->scenario == NULL ? NO_SLICE : v->scenario->file;
}

/* ---- times ---- */

const char *report_duration(uint64_t us, char out[32])
{
    uint64_t s = us / 1000000;

    if (us < 10000)
        snprintf(out, 32, "%.1f ms", (double)us / 1e3);
    else if (us < 999500)
        snprintf(out, 32, "%.0f ms", (double)us / 1e3);
    else if (us < 59950000)
        snprintf(out, 32, us < 9995000 ? "%.2f s" : "%.1f s", (double)us / 1e6);
    else if (s < 3600)
        snprintf(out, 32, "%u min %02u s", (unsigned)(s / 60), (unsigned)(s % 60));
    else
        snprintf(out, 32, "%" PRIu64 " h %02u min", s / 3600, (unsigned)(s / 60 % 60));
    return out;
}

const char *report_clock(uint64_t us, char out[32])
{
    snprintf(out, 32, "%" PRIu64 ".%03u s", us / 1000000, (unsigned)(us / 1000 % 1000));
    return out;
}

const char *report_date(int64_t wall_us, char out[32])
{
    time_t second = (time_t)(wall_us / 1000000);
    char text[24];
    struct tm tm;

    if (wall_us < 0 || gmtime_r(&second, &tm) == NULL || tm.tm_year > 8099)
        return strcpy(out, "1970-01-01T00:00:00.000Z");
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out, 32, "%s.%03uZ", text, (unsigned)(wall_us / 1000 % 1000));
    return out;
}

/* ---- heads ---- */

struct slice report_phrase(struct slice head)
{
    struct slice rest = head, line = slice_trim(slice_cut(&rest, '\n'), "\r");

    slice_cut(&line, ' ');
    slice_cut(&line, ' ');
    return line.at == NULL ? SLICE("") : line;
}

/* Fields that carry what lets somebody in, either way: those that the journal takes out. */
static bool is_secret(struct slice name)
{
    static const struct slice names[] = {SLICE("Authorization"),
                                         SLICE("Proxy-Authorization"), SLICE("Cookie"),
                                         SLICE("Set-Cookie")};

    name = slice_trim(name, " \t\v\f");
    for (size_t i = 0; i < COUNT(names); i++)
        if (slice_is_nocase(name, names[i]))
            return true;
    return false;
}

/* Up to a line's end. A lone CR ends one, too: some client may think so. */
static struct slice cut_line(struct slice *rest, struct slice *end)
{
    struct slice line = *rest;
    size_t n = 0, ends = 0;

    while (n < line.len && line.at[n] != '\n' && line.at[n] != '\r')
        n++;
    if (n < line.len)
        ends = line.at[n] == '\r' && n + 1 < line.len && line.at[n + 1] == '\n' ? 2 : 1;
    *end = (struct slice){line.at + n, ends};
    *rest = (struct slice){line.at + n + ends, line.len - n - ends};
    return (struct slice){line.at, n};
}

bool head_next_line(struct slice *rest, struct head_line *line)
{
    bool was_secret = line->is_secret;
    ssize_t colon;

    if (rest->len == 0)
        return false;
    *line = (struct head_line){.told = cut_line(rest, &line->line_end),
                               .line_end = line->line_end};
    if (line->told.len > 0 && (line->told.at[0] == ' ' || line->told.at[0] == '\t')) {
        line->is_secret = was_secret; /* a folded line goes on with the value before it */
        if (was_secret)
            line->told.len = 1;
        return true;
    }
    colon = slice_find(line->told, ':');
    if (colon <= 0)
        return true;
    line->name = (struct slice){line->told.at, (size_t)colon};
    line->value = slice_trim(
        (struct slice){line->told.at + colon + 1, line->told.len - (size_t)colon - 1},
        " \t");
    line->is_secret = is_secret(line->name);
    if (line->is_secret)
        line->told.len = (size_t)colon + 1;
    return true;
}

struct slice report_field(struct slice head, struct slice name)
{
    struct head_line line = {.is_secret = false};

    for (bool is_start = true; head_next_line(&head, &line); is_start = false)
        if (!is_start && !line.is_secret && slice_is_nocase(line.name, name))
            return line.value;
    return SLICE("");
}

/* ---- what became of it ---- */

enum ending row_trouble(const struct row *row)
{
    enum ending own = row->r->ending;
    enum ending end = row->end == NULL ? ENDING_NONE : row->end->ending;

    if (row->r->exchange == 0)
        return own;
    if (own != ENDING_BY_PLAN && own != ENDING_KEPT && own != ENDING_NONE)
        return own;
    if (end == ENDING_RESET_BY_PLAN || end == ENDING_CLIENT_RESET ||
        end == ENDING_CLIENT_GONE)
        return end;
    return row->r->status == 0 && end == ENDING_CLOSED_BY_PLAN ? end : ENDING_NONE;
}

struct slice row_trouble_word(const struct row *row)
{
    enum ending trouble = row_trouble(row);

    return trouble == ENDING_NONE ? row->r->faults : slice_of(ending_row(trouble)->name);
}

bool row_is_short(const struct row *row)
{
    const struct record *r = row->r;
    struct slice field = record_field(r->response_head, SLICE("Content-Length"), 0);
    uint64_t length;

    return r->status >= 200 && r->status != 204 && r->status != 304 &&
           !slice_is(r->method, SLICE("HEAD")) && slice_to_u64(field, &length) &&
           length > r->response_body;
}

const char *row_unanswered(const struct row *row)
{
    const struct record *r = row->r;

    if (r->exchange == 0)
        return "no request";
    if (r->status != 0)
        return NULL;
    if (r->n_interim == 0 && r->sent.to > r->sent.from)
        return "raw octets";
    return r->n_interim > 0 ? "no final answer" : "no answer";
}

/* ---- findings ---- */

enum finding_tone finding_tone(const struct finding *f)
{
    switch (f->result) {
    case FINDING_HOLDS:
        return TONE_HOLDS;
    case FINDING_BLOCKED:
        return f->is_known ? TONE_KNOWN : TONE_BLOCKED;
    case FINDING_UNKNOWN:
        return TONE_UNKNOWN;
    case FINDING_FAILS:
        break;
    }
    if (f->level == CLAIM_MAY)
        return TONE_TOLD;
    if (f->is_known)
        return TONE_KNOWN;
    return f->level == CLAIM_SHOULD ? TONE_WARNS : TONE_FAILS;
}

struct score report_score(const struct verdict *v)
{
    struct score t = {0};

    for (uint32_t i = 0; i < v->n_findings; i++) {
        enum finding_tone tone = finding_tone(&v->findings[i]);
        t.holds += tone == TONE_HOLDS;
        t.fails += tone == TONE_FAILS;
        t.blocked += tone == TONE_BLOCKED;
        t.unknown += tone == TONE_UNKNOWN;
        t.warnings += tone == TONE_WARNS;
        t.known += tone == TONE_KNOWN;
    }
    if (v->records != NULL) {
        t.requests = v->records->exchanges;
        t.dropped = v->records->dropped;
    }
    return t;
}
