/* SPDX-License-Identifier: MIT */
/*
 * Heads, read again: as octets that came or went out, perhaps malformed on purpose. What is
 * no field line is stepped over; whatever stands there, nothing outside of it is looked at.
 */
#include "lines.h"

#define SCHEME_MOST 24 /* octets; of those registered the longest has 13 */

/* ---- lines ---- */

/* The next line with what is folded onto it, CR LF and all. */
static struct slice take_line(struct slice *rest)
{
    struct slice all = *rest;
    size_t n = 0;

    do {
        ssize_t lf = slice_find((struct slice){all.at + n, all.len - n}, '\n');
        n = lf < 0 ? all.len : n + (size_t)lf + 1;
    } while (n < all.len && (all.at[n] == ' ' || all.at[n] == '\t'));
    *rest = (struct slice){all.at + n, all.len - n};
    return (struct slice){all.at, n};
}

static bool begins_blank(struct slice s)
{
    return slice_starts(s, SLICE("\r\n")) || slice_starts(s, SLICE("\n"));
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * "name: value", whatever the name is made of. An empty value stands behind the colon.
 * False: there is no colon.
 */
static bool split(struct slice line, struct slice *name, struct slice *value)
{
    ssize_t colon = slice_find(line, ':');

    if (colon < 0)
        return false;
    *name = (struct slice){line.at, (size_t)colon};
    *value = (struct slice){line.at + colon + 1, line.len - (size_t)colon - 1};
    while (value->len > 0 && is_space(value->at[value->len - 1]))
        value->len--;
    while (value->len > 0 && is_space(value->at[0]))
        *value = (struct slice){value->at + 1, value->len - 1};
    return true;
}

/* A first line has a space before any colon, and a name has none: it is no field. */
bool record_next_field(struct slice *rest, struct slice *name, struct slice *value)
{
    while (rest->len > 0 && !begins_blank(*rest))
        if (split(take_line(rest), name, value) && http_is_token(*name))
            return true;
    *rest = NO_SLICE;
    return false;
}

struct slice record_field(struct slice head, struct slice name, uint32_t nth)
{
    struct slice found, value;

    while (record_next_field(&head, &found, &value))
        if (slice_is_nocase(found, name) && nth-- == 0)
            return value;
    return NO_SLICE;
}

/* ---- secrets ---- */

struct secret {
    struct slice name;
    bool has_scheme; /* before the secret, which is worth telling */
};

static const struct secret *find_secret(struct slice name)
{
    static const struct secret secrets[] = {{SLICE("Authorization"), true},
                                            {SLICE("Proxy-Authorization"), true},
                                            {SLICE("Cookie"), false},
                                            {SLICE("Set-Cookie"), false}};

    for (size_t i = 0; i < COUNT(secrets); i++)
        if (slice_is_nocase(name, secrets[i].name))
            return &secrets[i];
    return NULL;
}

/* "Basic" of "Basic YTpi", or .len 0. */
static struct slice scheme_of(struct slice value)
{
    ssize_t space = slice_find(value, ' ');
    struct slice scheme = {value.at, space < 0 ? 0 : (size_t)space};

    return scheme.len <= SCHEME_MOST && http_is_token(scheme) ? scheme : NO_SLICE;
}

struct slice head_told(struct slice name, struct slice value, char scratch[HEAD_TOLD])
{
    static const struct slice redacted = SLICE(" " HEAD_REDACTED);
    const struct secret *secret = find_secret(name);
    struct slice scheme;

    if (secret == NULL)
        return value;
    scheme = secret->has_scheme ? scheme_of(value) : NO_SLICE;
    if (scheme.len == 0)
        return SLICE(HEAD_REDACTED);
    memcpy(scratch, scheme.at, scheme.len);
    memcpy(scratch + scheme.len, redacted.at, redacted.len);
    return (struct slice){scratch, scheme.len + redacted.len};
}

bool head_is_redacted(struct slice name, struct slice value)
{
    const struct slice mark = SLICE(HEAD_REDACTED);

    return value.len >= mark.len && find_secret(name) != NULL &&
           slice_is((struct slice){value.at + value.len - mark.len, mark.len}, mark);
}

/* To the last octet, and "Set-Cookie : a" is a secret, too: somebody may read it so. */
bool head_put_told(struct buf *out, struct slice head)
{
    struct slice rest = head, name, value;
    char scratch[HEAD_TOLD];
    const char *done = head.at;
    bool ok = true;

    while (ok && rest.len > 0) {
        if (!split(take_line(&rest), &name, &value))
            continue;
        ok = buf_put(out, (struct slice){done, (size_t)(value.at - done)}) &&
             buf_put(out, head_told(slice_trim(name, " \t\r\n"), value, scratch));
        done = value.at + value.len;
    }
    return ok && buf_put(out, (struct slice){done, (size_t)(head.at + head.len - done)});
}

/* ---- is it as we would write it? ---- */

/* "name: value CR LF", with nothing more and nothing less between them. */
bool head_is_plain_field(struct slice head, struct slice name, struct slice value)
{
    const char *at = name.at + name.len, *end = head.at + head.len;

    return name.at >= head.at && at < end && (size_t)(end - at) >= value.len + 4 &&
           memcmp(at, ": ", 2) == 0 &&
           (value.len == 0 || memcmp(at + 2, value.at, value.len) == 0) &&
           memcmp(at + 2 + value.len, "\r\n", 2) == 0;
}

bool head_has_plain_ends(struct slice head)
{
    size_t first = head_status_line(head).len;
    const struct slice end = SLICE("\r\n\r\n");

    return first > 0 && head.len >= first + end.len && head.at[first] == '\r' &&
           memcmp(head.at + head.len - end.len, end.at, end.len) == 0;
}

struct slice head_status_line(struct slice head)
{
    struct slice line = slice_trim(slice_cut(&head, '\n'), "\r");

    return slice_starts(line, SLICE("HTTP/")) ? line : SLICE("");
}
