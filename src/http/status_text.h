/* SPDX-License-Identifier: MIT */
/*
 * status_text - rows of the registry as people write them (data/status/, --codes FILE).
 *
 * Stanzas stand between blank lines, `#` begins a comment line, an indented line goes
 * on with the one above. One reader serves the build and the user: a row is judged the
 * same way wherever it comes from.
 *
 *   id: iis/440                    vendor/code; a code of up to three digits is the number
 *   phrase: Login Time-out         what it is called
 *   wire: 440                      what a client reads; close: nothing, the connection
 *                                  ends; none: it lives in logs only. The number when
 * absent wire-phrase: Bad Request       on the status line, where that is not the phrase
 *   needs: Retry-After: 1          a field it cannot do without; may be repeated
 *   must: / should: / may: ...     what a client is held to, its source in [brackets]
 *
 * A stanza that begins with `table: iis` holds what its `row:` lines share; those give
 * code | phrase | summary | trigger | retry, as many columns as differ. In `text` and
 * `needs`, {code} and {phrase} stand for those of the row; in `needs`, {length} and
 * {last} are left to whoever writes the answer.
 *
 * For start-up and the build: running out of memory ends the process.
 */
#ifndef NAYSAY_HTTP_STATUS_TEXT_H
#define NAYSAY_HTTP_STATUS_TEXT_H

#include "naysay/http.h"

#define STATUS_TEXT_MOST (1u << 20) /* octets of one file */
#define STATUS_ROWS_MOST 4096u      /* rows of one file */

struct status_rows {
    struct status *at; /* owned; moves while rows are added */
    size_t n, cap;
    struct arena arena; /* every slice of every row */
};

void status_rows_init(struct status_rows *rows);
void status_rows_clear(struct status_rows *rows);

/*
 * Adds the rows of `text`, which need not live on. `file` is for complaints, which
 * begin "file:line: ". Two rows of one text with the same id are a complaint; what
 * other files said before is not looked at.
 */
bool status_text_parse(struct status_rows *rows, struct slice text, const char *file,
                       struct complaint *why) WARN_UNUSED;
bool status_text_read(struct status_rows *rows, const char *path,
                      struct complaint *why) WARN_UNUSED;

#endif
