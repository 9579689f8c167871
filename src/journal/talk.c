/* SPDX-License-Identifier: MIT */
/* One entry as one line for a person:  14:03:07  GET /status/522 → 522 Connection Timed Out
 * 1.2 ms */
#include "lines.h"

#include <inttypes.h>
#include <time.h>

struct paint {
    const char *dim, *bold, *off;
    const char *status[10]; /* by the first digit */
};

static const struct paint plain = {"", "", "", {"", "", "", "", "", "", "", "", "", ""}};
static const struct paint colored = {"\033[2m",
                                     "\033[1m",
                                     "\033[0m",
                                     {"", "\033[34m", "\033[32m", "\033[36m", "\033[33m",
                                      "\033[31m", "\033[35m", "\033[35m", "\033[35m",
                                      "\033[35m"}};

/* A peer's octets never reach the terminal as control characters. */
static void put_safe(FILE *out, struct slice s, size_t most)
{
    for (size_t i = 0; i < s.len && i < most; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c < 0x7f)
            fputc(c, out);
        else
            fprintf(out, "\\x%02x", c);
    }
    if (s.len > most)
        fputs("…", out);
}

static void put_clock(FILE *out, const struct paint *c, int64_t wall_us)
{
    time_t s = (time_t)(wall_us / 1000000);
    struct tm tm;
    char text[16];

    localtime_r(&s, &tm);
    strftime(text, sizeof(text), "%H:%M:%S", &tm);
    fprintf(out, "%s%s.%03d%s  ", c->dim, text, (int)(wall_us / 1000 % 1000), c->off);
}

static void put_request(FILE *out, const struct paint *c, const struct http_request *r)
{
    if (r == NULL) {
        fprintf(out, "%s(no readable request)%s", c->dim, c->off);
        return;
    }
    fputs(c->bold, out);
    put_safe(out, r->method_name, 20);
    fputs(c->off, out);
    fputc(' ', out);
    put_safe(out, r->raw_target, 100);
}

/* Octets that no response accounts for. */
static bool has_raw_octets(const struct entry *e)
{
    for (uint32_t i = 0; i < e->n_told; i++)
        if (e->told[i].range.to > e->told[i].range.from)
            return true;
    return false;
}

static void put_response(FILE *out, const struct paint *c, const struct entry *e)
{
    for (size_t i = 0; i < e->n_interim; i++)
        fprintf(out, "%s%u%s, ", c->status[1], e->interim[i], c->off);
    if (e->response == NULL && has_raw_octets(e)) {
        fprintf(out, "%sraw octets%s", c->status[6], c->off);
        return;
    }
    if (e->response == NULL) {
        fprintf(out, "%sno answer%s", c->status[5], c->off);
        return;
    }
    fprintf(out, "%s%s%u", c->bold, c->status[e->response->status / 100],
            e->response->status);
    if (e->response->phrase.len > 0) {
        fputc(' ', out);
        put_safe(out, e->response->phrase, 60);
    }
    fputs(c->off, out);
}

void talk_entry(FILE *out, enum journal_color color, const struct entry *e)
{
    const struct paint *c = color == JOURNAL_COLORED ? &colored : &plain;

    put_clock(out, c, e->wall_us);
    put_request(out, c, e->request);
    fputs(" → ", out);
    put_response(out, c, e);
    fprintf(out, "%s  %.1f ms, %" PRIu64 " B", c->dim, (double)e->end_us / 1000,
            has_raw_octets(e) ? e->sent.to - e->sent.from : e->response_body);
    if (e->upstream.len > 0)
        fprintf(out, ", via %.*s%s", SLICE_ARGS(e->upstream), e->reused ? " (kept)" : "");
    for (uint32_t i = 0; i < e->n_faults; i++)
        fprintf(out, "%s%s", i == 0 ? ", fault " : " ", e->faults[i]);
    fputs(c->off, out);
    if (e->ending != ENDING_BY_PLAN)
        fprintf(out, "  %s%s%s", c->status[4], ending_row(e->ending)->name, c->off);
    fputc('\n', out);
    fflush(out);
}
