/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

static const struct ending_row rows[ENDING_COUNT] = {
    [ENDING_NONE] = {"none", 0, "", "still going"},
#define X(id, text, code, error, sentence) [ENDING_##id] = {text, code, error, sentence},
    ENDINGS(X)
#undef X
};

const struct ending_row *ending_row(enum ending e)
{
    assert(e >= ENDING_NONE && e < ENDING_COUNT);
    return &rows[e];
}
