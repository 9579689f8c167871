/* SPDX-License-Identifier: MIT */
#include "h1_say.h"

const char *fault_name(enum h1_fault_id id)
{
    static const char *const names[] = {[H1_FAULT_NONE] = "no fault",
#define X(id, status, words) [H1_FAULT_##id] = #id,
                                        H1_FAULTS(X)
#undef X
    };

    return names[id];
}

void say_request(struct said *s, struct slice octets, const struct limits *limits,
                 unsigned lenient)
{
    memset(s, 0xa5, sizeof(*s)); /* what is not filled is seen */
    s->req.fields = (struct http_fields){s->room, 0, SAY_FIELDS_MOST};
    s->got =
        h1_parse_request(octets.at, octets.len, 0, limits, lenient, &s->req, &s->fault);
}

void say_response(struct said *s, struct slice octets, const struct limits *limits,
                  struct h1_asked asked)
{
    memset(s, 0xa5, sizeof(*s));
    s->res.fields = (struct http_fields){s->room, 0, SAY_FIELDS_MOST};
    s->got =
        h1_parse_response(octets.at, octets.len, 0, limits, 0, asked, &s->res, &s->fault);
}

const char *said_name(const struct said *s)
{
    if (s->got == H1_MORE)
        return "more";
    return s->got > 0 ? "accepted" : fault_name(s->fault.id);
}
