/* SPDX-License-Identifier: MIT */
/*
 * report - what the reports share: the run as rows in the order of time, words for what
 * became of an exchange, and octets of others made harmless for the place they go to.
 *
 *   struct records ──rows_make──▶ rows: exchanges by when they began, each with the letter
 *                                 and the rail of its connection
 *
 * Nothing that a peer sent reaches a file but through one of the writers below.
 */
#ifndef NAYSAY_VERDICT_REPORT_H
#define NAYSAY_VERDICT_REPORT_H

#include "naysay/verdict.h"

struct slice report_title(const struct verdict *v); /* of the scenario, never empty */
struct slice report_file(const struct verdict *v);

/* ---- rows ---- */

#define RAILS   8u
#define NO_RAIL 0xff

struct row {
    const struct record *r;   /* an exchange, or the end of a connection that had none */
    const struct record *end; /* of its connection, when this was the last on it; or NULL */
    uint32_t lane;            /* index of its connection */
    uint8_t rail;             /* the column its connection is drawn in, or NO_RAIL */
    uint8_t above, below;     /* bit per rail: a connection is open before it, after it */
    bool is_first;            /* on its connection */
    uint32_t finding;         /* the gravest that does not hold and shows here, from 1 */
    bool is_warning;          /* it only warns */
    uint64_t quiet_us;        /* nothing went on before it for so long */
};

struct lane {
    uint64_t connection;
    uint64_t opened_us, closed_us; /* UINT64_MAX: it was open at the end */
    const struct record *end;      /* NULL: none was kept */
    struct slice client;
    size_t first_row, last_row;
    uint32_t exchanges;
};

struct rows {
    struct row *at;
    size_t n;
    struct lane *lanes; /* in the order they were opened */
    size_t n_lanes;
    uint8_t rails;           /* how many are used at once, at most RAILS */
    uint64_t from_us, to_us; /* the first that began, the last that ended */
};

/* False: out of memory; there are no rows then. */
bool rows_make(struct rows *rows, const struct verdict *v) WARN_UNUSED;
void rows_free(struct rows *rows);
const struct row *rows_find(const struct rows *rows, uint64_t seq); /* or NULL */

/* "A" .. "Z", "AA" ..: what a connection is called, into out. Returns out. */
const char *lane_name(uint32_t lane, char out[8]);

/* ---- words ---- */

/* "0.4 ms", "340 ms", "1.02 s", "2 min 05 s", into out. Returns out. */
const char *report_duration(uint64_t us, char out[32]);
const char *report_clock(uint64_t us, char out[32]); /* "1.021 s", always in seconds */
/* "2026-11-21T08:00:00.123Z" */
const char *report_date(int64_t wall_us, char out[32]);

/* What stands behind the status on a response head's first line. */
struct slice report_phrase(struct slice head);
/* The value of the first field of that name, or .len 0. */
struct slice report_field(struct slice head, struct slice name);

/*
 * One line of a head, without its end, which stands in `line_end`: CR LF, LF, a lone CR, or
 * nothing where the octets ran out. A line that carries a secret, or goes on with one, has
 * `is_secret` and only the octets that may be told in `told`. *rest starts as the head,
 * *line zeroed. False: no more.
 */
struct head_line {
    struct slice told;        /* up to the secret, or all of it */
    struct slice name, value; /* of a field line; .len 0: it is none */
    struct slice line_end;
    bool is_secret;
};
bool head_next_line(struct slice *rest, struct head_line *line);

/* The ending worth telling of an exchange, its own or its connection's; ENDING_NONE: all
 * went as it should. */
enum ending row_trouble(const struct row *row);
/* Its name, or those of the faults where all else went as it should; .len 0: none. */
struct slice row_trouble_word(const struct row *row);
/* Less content came than the head had promised. */
bool row_is_short(const struct row *row);
/* What a client got that is no status: "raw octets", "no answer"; NULL: it got one. */
const char *row_unanswered(const struct row *row);

/* In order of gravity. */
enum finding_tone {
    TONE_HOLDS,
    TONE_TOLD,
    TONE_KNOWN,
    TONE_UNKNOWN,
    TONE_BLOCKED,
    TONE_WARNS,
    TONE_FAILS
};
enum finding_tone finding_tone(const struct finding *f);

struct score {
    uint64_t requests, dropped;
    uint32_t holds, fails, blocked, unknown, warnings, known;
};
struct score report_score(const struct verdict *v);

/* The usual reasons why no request came, NULL-terminated. */
extern const char *const never_came_causes[];

/* ---- octets made harmless ---- */

/* Octets of the UTF-8 sequence at the front and its code point; 0: there is none. */
size_t utf8_next(struct slice s, uint32_t *point);
/* May it stand in a text as it is? No control character, nothing that turns text round. */
bool point_is_plain(uint32_t point);

/*
 * To a terminal or a log, in at most `columns` columns, with "..." or "…" where it was cut;
 * 0: all of it. `is_text`: valid UTF-8 passes; else all but printable ASCII becomes \xNN.
 * Returns the columns that were taken.
 */
struct cell {
    unsigned columns;
    bool is_text, is_terminal;
};
unsigned put_cell(FILE *out, struct slice s, struct cell cell);
#define CELL_MOST 10000u
unsigned cell_width(struct slice s,
                    bool is_text); /* columns; counts to CELL_MOST at least */

/* XML and HTML, text and attribute values alike: valid UTF-8; what may not stand there is
 * U+FFFD. */
void put_markup(FILE *out, struct slice s);
/* The same for octets of peers: all but printable ASCII becomes \xNN. */
void put_markup_octets(FILE *out, struct slice s);
/* A JSON string; false: out of memory, and nothing but "" was written. */
void put_json(FILE *out, struct slice s);
bool is_utf8_text(struct slice s); /* valid, and without control characters but CR LF HT */
bool put_base64(struct buf *b, struct slice s) WARN_UNUSED;

#endif
