/* SPDX-License-Identifier: MIT */
/*
 * Which fields may come after the content (RFC 9110 §6.5.1)? Any that is too late to obey.
 */
#include "parse.h"

// clang-format off
static const struct slice too_late[] = {
    /* framing and the connection */
    {"connection", 10}, {"content-length", 14}, {"http2-settings", 14}, {"keep-alive", 10},
    {"proxy-connection", 16}, {"te", 2}, {"trailer", 7}, {"transfer-encoding", 17},
    {"upgrade", 7},
    /* routing */
    {"forwarded", 9}, {"host", 4}, {"location", 8}, {"max-forwards", 12}, {"via", 3},
    {"x-forwarded-for", 15}, {"x-forwarded-host", 16}, {"x-forwarded-proto", 17},
    /* who is asking */
    {"authorization", 13}, {"cookie", 6}, {"proxy-authenticate", 18},
    {"proxy-authorization", 19}, {"set-cookie", 10}, {"www-authenticate", 16},
    /* what is asked, and on which condition */
    {"cache-control", 13}, {"expect", 6}, {"if-match", 8}, {"if-modified-since", 17},
    {"if-none-match", 13}, {"if-range", 8}, {"if-unmodified-since", 19}, {"naysay", 6},
    {"pragma", 6}, {"range", 5},
    /* how the content is to be read */
    {"content-encoding", 16}, {"content-range", 13}, {"content-type", 12},
    /* what a response means */
    {"age", 3}, {"date", 4}, {"expires", 7}, {"retry-after", 11}, {"vary", 4},
};
// clang-format on

bool h1_may_trail(struct slice name)
{
    for (size_t i = 0; i < COUNT(too_late); i++)
        if (slice_is_nocase(name, too_late[i]))
            return false;
    return true;
}
