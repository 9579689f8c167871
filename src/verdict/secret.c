/* SPDX-License-Identifier: MIT */
/* Secrets: what was taken out of a journal, and what a finding does not tell. */
#include "judge.h"

#define MARK "(redacted)"

bool is_taken_out(const struct record *r, struct slice value)
{
    static const struct slice mark = SLICE(MARK);

    return r->is_redacted && value.len >= mark.len &&
           slice_is((struct slice){value.at + value.len - mark.len, mark.len}, mark);
}

struct slice field_told(struct story *s, struct slice name, struct slice value)
{
    static const struct slice secrets[] = {SLICE("Authorization"),
                                           SLICE("Proxy-Authorization"), SLICE("Cookie"),
                                           SLICE("Set-Cookie")};
    struct slice rest = value, scheme = slice_cut(&rest, ' ');

    for (size_t i = 0; i < COUNT(secrets); i++) {
        if (!slice_is_nocase(name, secrets[i]))
            continue;
        if (i < 2 && rest.at != NULL && scheme.len <= 24 && http_is_token(scheme))
            return text_of(s, "\"%.*s " MARK "\"", SLICE_ARGS(scheme));
        return SLICE("\"" MARK "\"");
    }
    return quoted(s, value);
}
