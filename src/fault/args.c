/* SPDX-License-Identifier: MIT */
/* Arguments that several faults take. */
#include <stdlib.h>

#include "parts.h"

/* "10%", "0.5%": a part of 1. */
static bool parse_share(const char *text, double *share)
{
    char *end;

    if (strspn(text, "0123456789.") == 0)
        return false; /* no sign, no "inf", no hexadecimal */
    *share = strtod(text, &end) / 100;
    return strcmp(end, "%") == 0 && *share >= 0 && *share <= 1;
}

bool take_position(struct loader *l, const struct node *value, struct position *into)
{
    *into = (struct position){0};
    if (value->kind != NODE_SCALAR)
        return complain_kind(l, value, "a place in the body",
                             "a size or a share, such as 64KiB or 10%");
    if (unit_size(value->text, &into->octets))
        return true;
    into->is_share = true;
    return parse_share(value->text.at, &into->share) ||
           complain_at(l->why, value,
                       "a place in the body is a size or a share, such as 64KiB or 10%%, "
                       "not \"%.*s\"",
                       SLICE_ARGS(value->text));
}

bool take_lasting(struct loader *l, const struct node *scalar, void *into)
{
    struct lasting *of = into;

    if (!take_scalar(l, KEY_DURATION, scalar, "how long", &of->ns))
        return false;
    return of->ns <= HOLD_MOST || complain_at(l->why, scalar, "24h is the most there is");
}
