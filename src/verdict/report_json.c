/* SPDX-License-Identifier: MIT */
/*
 * {"naysay": version, "good": bool, "scenarios": [{"scenario", "file", "good", "verdict",
 * "summary", "saw", "seed", "counts", "command", "findings", "timeline"}, ...]}
 */
#include "jot.h"
#include "report.h"

#define TIMELINE_MOST 10000u /* rows; the journal has them all */

static void put_counts(struct jot *j, const struct verdict *v, const struct rows *rows)
{
    struct score t = report_score(v);

    jot_open(j, "counts", '{');
    jot_number(j, "requests", t.requests);
    jot_number(j, "connections", rows->n_lanes);
    jot_number(j, "hold", t.holds);
    jot_number(j, "fail", t.fails);
    jot_number(j, "blocked", t.blocked);
    jot_number(j, "unknown", t.unknown);
    jot_number(j, "warnings", t.warnings);
    jot_number(j, "known", t.known);
    jot_number(j, "dropped", t.dropped);
    jot_close(j, '}');
}

static void put_command(struct jot *j, const struct ran *ran)
{
    if (ran == NULL || ran->argv == NULL) {
        jot_null(j, "command");
        return;
    }
    jot_open(j, "command", '{');
    jot_open(j, "argv", '[');
    for (char **word = ran->argv; *word != NULL; word++)
        jot_text(j, NULL, slice_of(*word));
    jot_close(j, ']');
    jot_flag(j, "started", ran->is_started);
    jot_flag(j, "ended", ran->is_ended);
    jot_flag(j, "timed_out", ran->is_timed_out);
    if (ran->is_ended && ran->signal == 0)
        jot_signed(j, "exit_status", ran->exit_status);
    else
        jot_null(j, "exit_status");
    jot_signed(j, "signal", ran->signal);
    jot_number(j, "took_us", ran->took_us);
    if (ran->output.at != NULL)
        jot_text(j, "output", ran->output);
    jot_close(j, '}');
}

static void put_text_or_null(struct jot *j, const char *key, struct slice s)
{
    if (s.len > 0)
        jot_text(j, key, s);
    else
        jot_null(j, key);
}

static void put_finding(struct jot *j, const struct finding *f)
{
    static const char *const levels[] = {"must", "should", "may"};
    static const char *const results[] = {"holds", "fails", "blocked", "unknown"};

    jot_open(j, NULL, '{');
    jot_text(j, "claim", f->text);
    jot_text(j, "level", slice_of(levels[f->level]));
    jot_text(j, "result", slice_of(results[f->result]));
    jot_flag(j, "known", f->is_known);
    put_text_or_null(j, "expected", f->expected);
    put_text_or_null(j, "seen", f->seen);
    if (f->seq > 0)
        jot_number(j, "seq", f->seq);
    else
        jot_null(j, "seq");
    put_text_or_null(j, "spec", f->spec);
    put_text_or_null(j, "because", f->because);
    jot_close(j, '}');
}

static void put_row(struct jot *j, const struct row *row)
{
    const struct record *r = row->r;
    char lane[8];

    jot_open(j, NULL, '{');
    jot_number(j, "seq", r->seq);
    jot_text(j, "connection", slice_of(lane_name(row->lane, lane)));
    jot_text(j, "rule", r->rule_name);
    jot_number(j, "match", r->match);
    jot_text(j, "method", r->method);
    jot_text(j, "target", r->target);
    jot_number(j, "status", r->status);
    jot_open(j, "interim", '[');
    for (size_t i = 0; i < r->n_interim; i++)
        jot_number(j, NULL, r->interim[i]);
    jot_close(j, ']');
    jot_number(j, "began_us", r->began_us);
    jot_number(j, "first_us", r->first_us);
    jot_number(j, "end_us", r->end_us);
    put_text_or_null(j, "faults", r->faults);
    jot_text(j, "ending", slice_of(ending_row(r->ending)->name));
    if (row->end != NULL)
        jot_text(j, "connection_ending", slice_of(ending_row(row->end->ending)->name));
    jot_close(j, '}');
}

static void put_verdict(struct jot *j, const struct verdict *v, const struct rows *rows)
{
    jot_open(j, NULL, '{');
    jot_text(j, "scenario", report_title(v));
    put_text_or_null(j, "file", report_file(v));
    jot_flag(j, "good", verdict_is_good(v));
    jot_text(j, "verdict", slice_of(verdict_word(v->kind)));
    jot_text(j, "summary", v->summary);
    jot_text(j, "saw", v->saw);
    jot_number(j, "seed", v->seed);
    jot_flag(j, "seed_drawn", v->is_seed_drawn);
    jot_number(j, "took_us", v->took_us);
    put_counts(j, v, rows);
    put_command(j, v->ran);
    jot_open(j, "findings", '[');
    for (uint32_t i = 0; i < v->n_findings; i++)
        put_finding(j, &v->findings[i]);
    jot_close(j, ']');
    jot_open(j, "timeline", '[');
    for (size_t i = 0; i < rows->n && i < TIMELINE_MOST; i++)
        put_row(j, &rows->at[i]);
    jot_close(j, ']');
    jot_close(j, '}');
}

bool report_put_json(struct buf *out, const struct verdict *v)
{
    struct jot j = {.out = out};
    size_t was = buf_len(out);
    struct rows rows;

    if (!rows_make(&rows, v))
        return false;
    put_verdict(&j, v, &rows);
    rows_free(&rows);
    if (j.has_failed && buf_len(out) > was) /* half an object is worse than none */
        out->to = out->from + (uint32_t)was;
    return !j.has_failed;
}

void report_json(FILE *out, const struct verdict *const *all, size_t n)
{
    bool is_good = true;

    for (size_t i = 0; i < n; i++)
        is_good = is_good && verdict_is_good(all[i]);
    fprintf(out, "{\"naysay\":\"%s\",\"good\":%s,\"scenarios\":[", NAYSAY_VERSION,
            is_good ? "true" : "false");
    for (size_t i = 0; i < n; i++) {
        struct buf b = {0};

        fputs(i == 0 ? "\n" : ",\n", out);
        if (report_put_json(&b, all[i]))
            fwrite(buf_head(&b), 1, buf_len(&b), out);
        else
            fputs("null", out);
        buf_clear(&b);
    }
    fputs("\n]}\n", out);
}
