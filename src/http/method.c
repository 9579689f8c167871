/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

/* A chain of comparisons with constants; GET stands first. */
enum http_method http_method_of(struct slice name)
{
#define X(method, safe, idempotent)     \
    if (slice_is(name, SLICE(#method))) \
        return METHOD_##method;
    HTTP_METHODS(X)
#undef X
    return METHOD_OTHER;
}

bool http_is_idempotent(enum http_method m)
{
    static const bool rows[] = {
#define X(method, safe, idempotent) [METHOD_##method] = idempotent,
        HTTP_METHODS(X)
#undef X
    };

    assert((size_t)m < COUNT(rows));
    return rows[m];
}
