/* SPDX-License-Identifier: MIT */
/* Statuses for people: a list to look through, a card to read. */
#include "codes.h"

#define PLAIN  "\033[0m"
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define RED    "\033[31m"
#define YELLOW "\033[33m"
#define GREEN  "\033[32m"

#define CARD_MOST  100 /* lines longer than that are hard to read */
#define CARD_LEAST 40
#define INDENT     12 /* where a card's values begin */

/* By the class of what travels; 0 is for what is no class of HTTP's. */
static const char *const classes[] = {"\033[35m", "\033[94m", GREEN,
                                      "\033[36m", YELLOW,     RED};

static const char *color_of(const struct status *row)
{
    if (row->wire < 0)
        return DIM;
    return classes[row->wire >= 600 ? 0 : row->wire / 100];
}

static void put_color(FILE *out, struct look look, const char *color)
{
    if (look.color)
        fputs(color, out);
}

/* ---- columns: one for each character, all octets of which go together ---- */

static bool begins(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80; /* UTF-8: not the rest of a character */
}

static unsigned columns(struct slice s)
{
    unsigned n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += begins(s.at[i]);
    return n;
}

/* The first n characters. */
static struct slice front(struct slice s, unsigned n)
{
    size_t i = 0;

    for (; i < s.len && (n > 0 || !begins(s.at[i])); i++)
        n -= begins(s.at[i]);
    return (struct slice){s.at, i};
}

/* Octets that would steer the terminal do not reach it, whoever wrote the row. */
static void put_text(FILE *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        putc((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f ? '?' : s.at[i], out);
}

/* Cut to `width` columns with an ellipsis, filled up with spaces where `fill`. */
static void put_cell(FILE *out, struct slice s, unsigned width, bool fill)
{
    unsigned n = columns(s);

    if (n > width) {
        put_text(out, slice_trim(front(s, width - 1), " "));
        fputs("…", out);
        n = columns(slice_trim(front(s, width - 1), " ")) + 1;
    } else
        put_text(out, s);
    if (fill && n < width)
        fprintf(out, "%*s", (int)(width - n), "");
}

/* ---- the list ---- */

#define GAP          2
#define TRAVELS_WIDE 5
#define WIDE         110 /* from here on phrases get more room */

struct layout {
    unsigned id, phrase, summary; /* columns; summary 0: no room */
};

static struct layout lay_out(const struct found *rows, struct look look)
{
    struct layout l = {0};
    unsigned most = look.width == 0 ? 64 : look.width >= WIDE ? 36 : 28, taken;

    for (size_t i = 0; i < rows->n; i++) {
        unsigned id = columns(rows->at[i]->id), phrase = columns(rows->at[i]->phrase);
        l.id = id > l.id ? id : l.id;
        l.phrase = phrase > l.phrase ? phrase : l.phrase;
    }
    l.id = l.id > most ? most : l.id;
    l.phrase = l.phrase > most ? most : l.phrase;
    if (look.width == 0)
        l.summary = 1000;
    else {
        taken = l.id + GAP + TRAVELS_WIDE + GAP + l.phrase + GAP;
        l.summary = look.width >= taken + 12 ? look.width - taken : 0;
    }
    return l;
}

static void put_travels(FILE *out, const struct status *row)
{
    if (row->wire > 0)
        fprintf(out, "%-*d", TRAVELS_WIDE, row->wire);
    else
        fprintf(out, "%-*s", TRAVELS_WIDE, row->wire == 0 ? "close" : "log");
}

static void put_line(FILE *out, const struct status *row, const struct layout *l,
                     struct look look)
{
    static const char say[] = "instead: ";
    bool is_log = row->wire < 0;

    put_color(out, look, color_of(row));
    put_cell(out, row->id, l->id, true);
    fprintf(out, "%*s", GAP, "");
    put_travels(out, row);
    if (!is_log)
        put_color(out, look, PLAIN);
    fprintf(out, "%*s", GAP, "");
    put_cell(out, row->phrase, l->phrase, l->summary > 0);
    if (l->summary > 0) {
        unsigned used = is_log ? sizeof(say) - 1 : 0;
        fprintf(out, "%*s%s", GAP, "", is_log ? say : "");
        put_cell(out, is_log ? row->instead : row->summary,
                 l->summary > used ? l->summary - used : 1, false);
    }
    if (is_log)
        put_color(out, look, PLAIN);
    putc('\n', out);
}

/* Rows of the same vendor around i. */
static size_t neighbours(const struct found *rows, size_t i)
{
    size_t from = i, to = i;

    while (from > 0 && slice_is(rows->at[from - 1]->vendor, rows->at[i]->vendor))
        from--;
    while (to + 1 < rows->n && slice_is(rows->at[to + 1]->vendor, rows->at[i]->vendor))
        to++;
    return to - from + 1;
}

/* Vendors stand apart where one of them has enough rows to be a group. */
static bool starts_group(const struct found *rows, size_t i)
{
    return i > 0 && !slice_is(rows->at[i - 1]->vendor, rows->at[i]->vendor) &&
           (neighbours(rows, i - 1) > 3 || neighbours(rows, i) > 3);
}

void codes_list(FILE *out, const struct found *rows, struct look look)
{
    struct layout l = lay_out(rows, look);

    for (size_t i = 0; i < rows->n; i++) {
        if (starts_group(rows, i))
            putc('\n', out);
        put_line(out, rows->at[i], &l, look);
    }
}

/* ---- the card ---- */

static unsigned card_width(struct look look)
{
    if (look.width == 0)
        return 80;
    return look.width > CARD_MOST    ? CARD_MOST
           : look.width < CARD_LEAST ? CARD_LEAST
                                     : look.width;
}

/* Words, from column `indent` on. One that is longer than a line stands on its own. */
static void put_wrapped(FILE *out, struct slice text, unsigned indent, unsigned width)
{
    unsigned at = indent;

    while (text.at != NULL) {
        struct slice word = slice_cut(&text, ' ');
        unsigned n = columns(word);

        if (at > indent && at + 1 + n > width) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            putc(' ', out);
            at++;
        }
        put_text(out, word);
        at += n;
    }
    putc('\n', out);
}

static void put_label(FILE *out, const char *label, const char *color, struct look look)
{
    put_color(out, look, color);
    fprintf(out, "  %-*s", INDENT - 2, label);
    put_color(out, look, PLAIN);
}

static void put_entry(FILE *out, const char *label, struct slice text, struct look look)
{
    if (text.len == 0)
        return;
    put_label(out, label, DIM, look);
    put_wrapped(out, text, INDENT, card_width(look));
}

static void put_title(FILE *out, const struct status *row, struct look look)
{
    unsigned width = card_width(look),
             used = 2 + columns(row->code) + 1 + columns(row->phrase);
    unsigned id = columns(row->id);

    fputs("  ", out);
    put_color(out, look, BOLD);
    put_color(out, look, color_of(row));
    put_text(out, row->code);
    putc(' ', out);
    put_text(out, row->phrase);
    put_color(out, look, PLAIN);
    fprintf(out, "%*s", used + 2 + id <= width ? (int)(width - used - id) : 2, "");
    put_color(out, look, DIM);
    put_text(out, row->id);
    putc('\n', out);
    fputs("  ", out);
    for (unsigned i = 2; i < width; i++)
        fputs("─", out);
    put_color(out, look, PLAIN);
    putc('\n', out);
}

/* What a client reads of it: the status line and the fields. */
static void put_head(FILE *out, const struct status *row, struct look look)
{
    put_label(out, "travels", DIM, look);
    if (row->wire < 0)
        fputs("never: it stands in logs only\n", out);
    else if (row->wire == 0)
        fputs("as nothing: the connection closes without an octet\n", out);
    if (row->wire <= 0)
        return;
    put_color(out, look, color_of(row));
    fprintf(out, "HTTP/1.1 %d ", row->wire);
    put_text(out, row->wire_phrase);
    put_color(out, look, PLAIN);
    putc('\n', out);
    for (size_t i = 0; i < row->n_fields; i++) {
        fprintf(out, "%*s", INDENT, "");
        put_text(out, row->fields[i].name);
        fputs(": ", out);
        put_text(out, row->fields[i].value);
        putc('\n', out);
    }
}

static void put_framing(FILE *out, const struct status *row, struct look look)
{
    if (row->wire <= 0)
        return;
    if (row->body == STATUS_BODY_NEVER)
        put_entry(out, "body", SLICE("never: it ends with its head"), look);
    if (row->body == STATUS_BODY_EMPTY)
        put_entry(out, "body", SLICE("empty"), look);
    put_entry(out, "body", row->body_text, look);
    if (row->end == STATUS_END_CLOSE)
        put_entry(out, "end", SLICE("the connection closes after it"), look);
}

/* Two texts as one, cut where `out` ends. */
static struct slice joined(char *out, size_t size, struct slice a, const char *between,
                           struct slice b, const char *after)
{
    int n =
        snprintf(out, size, "%.*s%s%.*s%s", SLICE_ARGS(a), between, SLICE_ARGS(b), after);

    return (struct slice){out, n < (int)size ? (size_t)n : size - 1};
}

static const char *color_of_duty(struct slice level)
{
    if (slice_is(level, SLICE("must")))
        return RED;
    return slice_is(level, SLICE("should")) ? YELLOW : DIM;
}

static void put_duty(FILE *out, const struct status_duty *d, struct look look)
{
    char text[1200], label[INDENT];
    bool sourced = d->source.len > 0;

    snprintf(label, sizeof(label), "%.*s", SLICE_ARGS(d->level));
    put_label(out, label, color_of_duty(d->level), look);
    put_wrapped(out,
                joined(text, sizeof(text), d->text, sourced ? " [" : "", d->source,
                       sourced ? "]" : ""),
                INDENT, card_width(look));
}

void codes_card(FILE *out, const struct status *row, struct look look)
{
    char source[400], kind[80];

    put_title(out, row, look);
    if (row->summary.len > 0) {
        fputs("  ", out);
        put_wrapped(out, row->summary, 2, card_width(look));
        putc('\n', out);
    }
    put_head(out, row, look);
    put_framing(out, row, look);
    if (row->instead.len > 0) {
        put_label(out, "instead", GREEN, look);
        put_wrapped(out, row->instead, INDENT, card_width(look));
    }
    put_entry(out, "when", row->trigger, look);
    put_entry(out, "retry", row->retry, look);
    for (size_t i = 0; i < row->n_duties; i++)
        put_duty(out, &row->duties[i], look);
    put_entry(out, "note", row->note, look);
    put_entry(out, "source",
              joined(source, sizeof(source), row->source, row->source.len > 0 ? " · " : "",
                     joined(kind, sizeof(kind), row->kind, ", ", row->provenance, ""), ""),
              look);
}
