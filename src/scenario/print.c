/* SPDX-License-Identifier: MIT */
/* Conditions in words. */
#include "naysay/scenario.h"

static size_t put(char *out, size_t size, size_t n, const char *text)
{
    int more = n < size ? snprintf(out + n, size - n, "%s", text) : 0;

    return n + (more < 0 ? 0 : (size_t)more);
}

static size_t print_words(const struct condition *c, const char *what, char *out,
                          size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s ", what);

    for (uint32_t i = 0; i < c->n_words; i++) {
        n = put(out, size, n, i == 0 ? "" : " or ");
        if (n < size)
            n += (size_t)snprintf(out + n, size - n, "%.*s", SLICE_ARGS(c->words[i]));
    }
    return n;
}

static size_t print_end(uint64_t v, bool is_time, char *out, size_t size)
{
    if (v == UINT64_MAX)
        return 0;
    return (size_t)(is_time ? snprintf(out, size, "%.4gs", (double)v / (double)NS_PER_S)
                            : snprintf(out, size, "%llu", (unsigned long long)v));
}

static size_t print_range(const struct condition *c, const char *what, bool is_time,
                          char *out, size_t size)
{
    char least[32] = "", most[32] = "";

    print_end(c->range.least, is_time, least, sizeof(least));
    print_end(c->range.most, is_time, most, sizeof(most));
    const char *no = c->range.is_not ? "not " : "";
    return (size_t)(c->range.least == c->range.most
                        ? snprintf(out, size, "%s %s%s", what, no, least)
                        : snprintf(out, size, "%s %s%s..%s", what, no, least, most));
}

static size_t print_pattern(const struct condition *c, const char *what, char *out,
                            size_t size)
{
    char pattern[256];

    pattern_print(c->pattern, pattern, sizeof(pattern));
    return (size_t)(c->name.len > 0 ? snprintf(out, size, "%s %.*s %s", what,
                                               SLICE_ARGS(c->name), pattern)
                                    : snprintf(out, size, "%s %s", what, pattern));
}

static size_t print_site(const struct site *s, char *out, size_t size)
{
    struct slice host = s->host == NULL ? SLICE("*") : glob_text(s->host);
    int n = snprintf(out, size, "host %.*s%s%.*s", SLICE_ARGS(s->scheme),
                     s->scheme.len > 0 ? "://" : "", SLICE_ARGS(host));

    if (s->port == http_default_port(s->scheme) || (size_t)n >= size)
        return (size_t)n;
    return (size_t)n + (size_t)snprintf(out + n, size - (size_t)n, ":%u", s->port);
}

static size_t print_inner(const struct condition *c, const char *what, const char *between,
                          char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "%s (", what);

    for (const struct condition *i = c->inner; i != NULL; i = i->next) {
        n = put(out, size, n, i == c->inner ? "" : between);
        if (n < size)
            n += condition_print(i, out + n, size - n);
    }
    return put(out, size, n, ")");
}

size_t condition_print(const struct condition *c, char *out, size_t size)
{
    static const char *const sessions[] = {"no session", "an open session",
                                           "an expired session"};

    switch (c->kind) {
    case CONDITION_METHOD:
        return print_words(c, "method", out, size);
    case CONDITION_PATH:
        return (size_t)snprintf(out, size, "path %.*s", SLICE_ARGS(glob_text(c->path)));
    case CONDITION_SITE:
        return print_site(&c->site, out, size);
    case CONDITION_HEADER:
        return print_pattern(c, "header", out, size);
    case CONDITION_QUERY:
        return print_pattern(c, "query", out, size);
    case CONDITION_COOKIE:
        return print_pattern(c, "cookie", out, size);
    case CONDITION_FORM:
        return print_pattern(c, "form", out, size);
    case CONDITION_JSON:
        return print_pattern(c, "json", out, size);
    case CONDITION_BODY:
        return print_pattern(c, "body", out, size);
    case CONDITION_VERSION:
        return print_pattern(c, "version", out, size);
    case CONDITION_CONNECTION:
        return (size_t)snprintf(out, size,
                                c->choice ? "a new connection" : "a reused connection");
    case CONDITION_ON_CONNECTION:
        return print_range(c, "request on its connection", false, out, size);
    case CONDITION_CLIENT:
        return print_pattern(c, "client", out, size);
    case CONDITION_USER:
        return print_pattern(c, "user", out, size);
    case CONDITION_REQUEST:
        return print_range(c, "request of the run", false, out, size);
    case CONDITION_SINCE:
        return print_range(c, "time since the run began", true, out, size);
    case CONDITION_STATE:
        return print_words(c, "state", out, size);
    case CONDITION_SESSION:
        return (size_t)snprintf(out, size, "%s", sessions[c->choice]);
    case CONDITION_NOT:
        return print_inner(c, "not", " and ", out, size);
    case CONDITION_ANY:
        return print_inner(c, "any of", " or ", out, size);
    case CONDITION_ALL:
        return print_inner(c, "all of", " and ", out, size);
    case CONDITION_NTH:
        return print_range(c, "nth time", false, out, size);
    case CONDITION_CHANCE:
        return (size_t)snprintf(out, size, "a chance of %g", c->chance);
    }
    return 0;
}
