/* SPDX-License-Identifier: MIT */
#include "naysay/plan.h"

const char *origin_parse(struct slice url, struct origin *to, struct slice *path)
{
    struct http_target t;
    const char *fault = http_split_target(url, METHOD_GET, &t);

    if (fault != NULL)
        return fault;
    if (t.form != FORM_ABSOLUTE)
        return "it has no scheme and host";
    if (!slice_is_nocase(t.scheme, SLICE("http")))
        return "only http:// can be relayed to";
    if (t.query.at != NULL)
        return "it has a query";
    *to = (struct origin){t.host, t.port == 0 ? 80 : t.port, t.is_ipv6};
    *path = t.path;
    while (path->len > 0 && path->at[path->len - 1] == '/')
        path->len--;
    return NULL;
}
