/* SPDX-License-Identifier: MIT */
/* The grammar that challenges and credentials share (RFC 9110 §11.2 - §11.4, §5.6). */
#include "naysay/auth.h"

const char auth_no_memory[] = "out of memory";

struct cursor {
    const char *at, *end;
};

static bool is_over(const struct cursor *c)
{
    return c->at == c->end;
}

static bool is_at(const struct cursor *c, char wanted)
{
    return c->at < c->end && *c->at == wanted;
}

static void skip(struct cursor *c, const char *set)
{
    while (c->at < c->end && *c->at != '\0' && strchr(set, *c->at) != NULL)
        c->at++;
}

static bool is_token68(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~+/", c) != NULL);
}

static struct slice read_token(struct cursor *c)
{
    const char *from = c->at;

    while (c->at < c->end && http_is_token((struct slice){c->at, 1}))
        c->at++;
    return (struct slice){from, (size_t)(c->at - from)};
}

/*
 * A token68 is what fills the place up to the comma or the end: `a=` is one, `a="b"` is the
 * beginning of a parameter. Else the cursor stays.
 */
static bool read_token68(struct cursor *c, struct slice *out)
{
    struct cursor t = *c;

    while (t.at < t.end && is_token68(*t.at))
        t.at++;
    if (t.at == c->at)
        return false;
    skip(&t, "=");
    struct slice all = {c->at, (size_t)(t.at - c->at)};
    skip(&t, " \t");
    if (!is_over(&t) && !is_at(&t, ','))
        return false;
    *out = all;
    *c = t;
    return true;
}

static bool may_be_quoted(char c)
{
    return http_is_field_value((struct slice){&c, 1});
}

/* Without its backslashes; what has none needs no copy. */
static const char *unescape(struct slice raw, struct arena *a, struct slice *out)
{
    char *to;
    size_t n = 0;

    *out = raw;
    if (slice_find(raw, '\\') < 0)
        return NULL;
    to = arena_alloc(a, raw.len);
    if (to == NULL)
        return auth_no_memory;
    for (size_t i = 0; i < raw.len; i++) {
        i += raw.at[i] == '\\';
        to[n++] = raw.at[i];
    }
    *out = (struct slice){to, n};
    return NULL;
}

/* The cursor stands on the opening quote. */
static const char *read_quoted(struct cursor *c, struct arena *a, struct slice *out)
{
    const char *from = ++c->at;

    for (; !is_at(c, '"'); c->at++) {
        if (is_at(c, '\\'))
            c->at++;
        if (is_over(c))
            return "a quoted string does not end";
        if (!may_be_quoted(*c->at))
            return "a quoted string holds a control character";
    }
    c->at++;
    return unescape((struct slice){from, (size_t)(c->at - 1 - from)}, a, out);
}

/* What follows the "=". */
static const char *read_value(struct cursor *c, struct arena *a, struct auth_param *p)
{
    skip(c, " \t");
    p->is_quoted = is_at(c, '"');
    if (p->is_quoted)
        return read_quoted(c, a, &p->value);
    p->value = read_token(c);
    return p->value.len > 0 ? NULL
                            : "a parameter's value is neither a token nor a quoted string";
}

static const char *add_param(struct auth_words *w, const struct auth_param *p)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (slice_is_nocase(w->params[i].name, p->name))
            return "a parameter comes twice";
    if (w->n == AUTH_PARAMS)
        return "more than 32 parameters";
    w->params[w->n++] = *p;
    return NULL;
}

/*
 * Parameters, parted by commas; empty elements are skipped (RFC 9110 §5.6.1). A name
 * without
 * "=" begins the next challenge: there the cursor is left.
 */
static const char *read_params(struct cursor *c, struct arena *a, struct auth_words *w)
{
    for (;;) {
        struct auth_param p = {0};
        struct cursor begin;
        const char *wrong;

        skip(c, " \t,");
        if (is_over(c))
            return NULL;
        begin = *c;
        p.name = read_token(c);
        if (p.name.len == 0)
            return "a parameter's name is not a token";
        skip(c, " \t");
        if (!is_at(c, '=')) {
            *c = begin;
            return NULL;
        }
        c->at++;
        wrong = read_value(c, a, &p);
        if (wrong == NULL)
            wrong = add_param(w, &p);
        if (wrong != NULL)
            return wrong;
        skip(c, " \t");
        if (!is_over(c) && !is_at(c, ','))
            return "parameters are not parted by commas";
    }
}

/* One scheme with what belongs to it; the cursor is left behind it. */
static const char *read_one(struct cursor *c, struct arena *a, struct auth_words *w)
{
    *w = (struct auth_words){.token68 = NO_SLICE};
    w->scheme = read_token(c);
    if (w->scheme.len == 0)
        return "the scheme is not a token";
    if (is_over(c) || is_at(c, ','))
        return NULL;
    if (is_at(c, '\t'))
        return "a tab follows the scheme where a space is due";
    if (!is_at(c, ' '))
        return "no space follows the scheme";
    skip(c, " ");
    if (read_token68(c, &w->token68))
        return NULL;
    return read_params(c, a, w);
}

const char *auth_read_credentials(struct slice value, struct arena *a,
                                  struct auth_words *out)
{
    struct cursor c = {value.at, value.at + value.len};
    const char *wrong;

    if (value.len == 0)
        return "the field is empty";
    wrong = read_one(&c, a, out);
    if (wrong != NULL || is_over(&c))
        return wrong;
    if (is_at(&c, ','))
        return "a comma follows where credentials are one";
    return "a name without \"=\" stands among the parameters";
}

bool auth_next_challenge(struct slice *rest, struct arena *a, struct auth_words *out,
                         const char **wrong)
{
    struct cursor c = {rest->at, rest->at + rest->len};

    *wrong = NULL;
    skip(&c, " \t,");
    bool is_there = !is_over(&c);
    if (is_there)
        *wrong = read_one(&c, a, out);
    *rest = (struct slice){c.at, (size_t)(c.end - c.at)};
    return is_there && *wrong == NULL;
}

const struct auth_param *auth_find(const struct auth_words *w, const char *name)
{
    for (uint32_t i = 0; i < w->n; i++)
        if (slice_is_nocase(w->params[i].name, slice_of(name)))
            return &w->params[i];
    return NULL;
}
