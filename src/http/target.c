/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include <arpa/inet.h>

#include "octets.h"

/* The sentences are read by whoever wrote the client. */
#define NO_HOST   "an authority needs a host"
#define BAD_HOST  "a host has an octet that may not stand there"
#define BAD_PORT  "a port is a number from 1 to 65535"
#define BAD_IPV6  "what stands in brackets is no IPv6 address"
#define NO_USER   "a target carries no user name"
#define BAD_OCTET "a target has an octet that no URI has"

uint16_t http_default_port(struct slice scheme)
{
    if (slice_is_nocase(scheme, SLICE("http")))
        return 80;
    return slice_is_nocase(scheme, SLICE("https")) ? 443 : 0;
}

/* ---- authority ---- */

static bool is_ipv6_text(struct slice s)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (s.len >= sizeof(text) || slice_find(s, '\0') >= 0)
        return false;
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* Nothing behind the colon means the default (RFC 3986 §3.2.3): 0. */
static const char *read_port(struct slice digits, uint16_t *port)
{
    uint64_t n;

    *port = 0;
    if (digits.len == 0)
        return NULL;
    if (digits.len > 5 || !slice_to_u64(digits, &n) || n == 0 || n > UINT16_MAX)
        return BAD_PORT;
    *port = (uint16_t)n;
    return NULL;
}

/* "[::1]" at the front; *rest keeps what stands behind the bracket. */
static const char *take_ipv6(struct slice raw, struct slice *host, struct slice *rest)
{
    ssize_t close = slice_find(raw, ']');

    if (close < 0)
        return "an IPv6 address lacks its closing bracket";
    *host = (struct slice){raw.at + 1, (size_t)close - 1};
    *rest = (struct slice){raw.at + close + 1, raw.len - (size_t)close - 1};
    return is_ipv6_text(*host) ? NULL : BAD_IPV6;
}

static const char *take_name(struct slice raw, struct slice *host, struct slice *rest)
{
    size_t n = octets_span(raw, OCTET_NAME);

    *host = (struct slice){raw.at, n};
    *rest = (struct slice){raw.at + n, raw.len - n};
    return n == 0 && raw.at[0] == ':' ? NO_HOST : NULL;
}

const char *http_split_authority(struct slice raw, struct slice *host, uint16_t *port,
                                 bool *is_ipv6)
{
    struct slice rest;
    const char *broken;

    *host = NO_SLICE;
    *port = 0;
    *is_ipv6 = raw.len > 0 && raw.at[0] == '[';
    if (raw.len == 0)
        return NO_HOST;
    if (slice_find(raw, '@') >= 0)
        return NO_USER;
    broken = *is_ipv6 ? take_ipv6(raw, host, &rest) : take_name(raw, host, &rest);
    if (broken != NULL || rest.len == 0)
        return broken;
    if (rest.at[0] != ':')
        return BAD_HOST;
    return read_port((struct slice){rest.at + 1, rest.len - 1}, port);
}

static const char *split_authority_of(struct slice raw, struct http_target *out)
{
    out->authority = raw;
    return http_split_authority(raw, &out->host, &out->port, &out->is_ipv6);
}

/* ---- forms ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the scheme in front of "://", 0 when there is none. */
static size_t scheme_len(struct slice raw)
{
    size_t n = octets_span(raw, OCTET_SCHEME);
    struct slice behind = {raw.at + n, raw.len - n};

    return n > 0 && is_letter(raw.at[0]) && slice_starts(behind, SLICE("://")) ? n : 0;
}

static const char *split_connect(struct slice raw, struct http_target *out)
{
    const char *broken;

    out->form = FORM_AUTHORITY;
    if (raw.at[0] == '/' || scheme_len(raw) > 0)
        return "a CONNECT target is host:port and nothing else";
    broken = split_authority_of(raw, out);
    if (broken == NULL && out->port == 0)
        return "a CONNECT target needs a port";
    return broken;
}

/* Path and query; what an absolute-form lacks of a path is "/". */
static void split_path(struct slice raw, struct http_target *out)
{
    struct slice query = raw;

    out->path = slice_cut(&query, '?');
    out->query = query;
    if (out->path.len == 0)
        out->path = SLICE("/");
    out->origin_form = raw.len == 0 ? SLICE("/") : raw;
}

static size_t authority_len(struct slice s)
{
    size_t i = 0;

    while (i < s.len && s.at[i] != '/' && s.at[i] != '?')
        i++;
    return i;
}

/* `n` octets of scheme, then "://". */
static const char *split_absolute(struct slice raw, size_t n, struct http_target *out)
{
    struct slice rest = {raw.at + n + 3, raw.len - n - 3};
    size_t len = authority_len(rest);

    out->form = FORM_ABSOLUTE;
    out->scheme = (struct slice){raw.at, n};
    split_path((struct slice){rest.at + len, rest.len - len}, out);
    if (len == 0 && http_default_port(out->scheme) == 0)
        return NULL; /* file:///x and its like: whoever wants the scheme may judge */
    return split_authority_of((struct slice){rest.at, len}, out);
}

static const char *bad_octet(struct slice raw)
{
    size_t n = octets_span(raw, OCTET_TARGET);

    if (n == raw.len)
        return NULL;
    return raw.at[n] == '#' ? "a target carries no fragment" : BAD_OCTET;
}

const char *http_split_target(struct slice raw, enum http_method m, struct http_target *out)
{
    const char *broken = raw.len == 0 ? "a target is not empty" : bad_octet(raw);
    size_t scheme;

    *out = (struct http_target){.form = FORM_ORIGIN};
    if (broken != NULL)
        return broken;
    if (m == METHOD_CONNECT)
        return split_connect(raw, out);
    if (raw.at[0] == '/') {
        split_path(raw, out);
        return NULL;
    }
    if (slice_is(raw, SLICE("*"))) {
        out->form = FORM_ASTERISK;
        return m == METHOD_OPTIONS ? NULL : "the target * goes with OPTIONS only";
    }
    scheme = scheme_len(raw);
    if (scheme == 0)
        return "a target begins with / or with a scheme and ://";
    return split_absolute(raw, scheme, out);
}

/* ---- percent-decoding ---- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet behind a percent sign at s.at[i], or -1. */
static int escaped_octet(struct slice s, size_t i)
{
    int high, low;

    if (s.len - i < 3)
        return -1;
    high = hex_value(s.at[i + 1]);
    low = hex_value(s.at[i + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool http_decode(struct slice s, bool plus, struct arena *a, struct slice *out)
{
    char *text = arena_alloc(a, s.len);
    size_t n = 0;

    if (text == NULL)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int octet = s.at[i] == '%' ? escaped_octet(s, i) : s.at[i];

        if (s.at[i] == '%') {
            if (octet < 0)
                return false;
            i += 2;
        } else if (plus && octet == '+') {
            octet = ' ';
        }
        text[n++] = (char)octet;
    }
    *out = (struct slice){text, n};
    return true;
}
