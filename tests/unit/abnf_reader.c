/* SPDX-License-Identifier: MIT */
#include "abnf_reader.h"

#include <stdlib.h>
#include <strings.h>

/* ---- RFC 5234 B.1, RFC 9110 §5.6.2, RFC 3986 §2 ---- */

static bool in(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool digit(char c)
{
    return in("0123456789", c);
}

static bool hexdig(char c)
{
    return in("0123456789abcdefABCDEF", c);
}

static bool alpha(char c)
{
    return in("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", c);
}

static bool tchar(char c)
{
    return alpha(c) || digit(c) || in("!#$%&'*+-.^_`|~", c);
}

static bool vchar_or_obs_text(char c)
{
    const unsigned char u = (unsigned char)c;

    return (u >= 0x21 && u <= 0x7e) || u >= 0x80;
}

static bool field_octet(char c)
{
    return vchar_or_obs_text(c) || c == ' ' || c == '\t';
}

static bool unreserved(char c)
{
    return alpha(c) || digit(c) || in("-._~", c);
}

/* sub-delims without the comma, which no host name has */
static bool reg_name_octet(char c)
{
    return unreserved(c) || c == '%' || in("!$&'()*+;=", c);
}

/* pchar / "/" / "?", and what clients send raw besides */
static bool path_or_query_octet(char c)
{
    return reg_name_octet(c) || in(",:@/?", c) || in("\"<>[]^`{|}", c);
}

static bool all(struct slice s, bool (*rule)(char))
{
    for (size_t i = 0; i < s.len; i++)
        if (!rule(s.at[i]))
            return false;
    return true;
}

static bool some(struct slice s, bool (*rule)(char))
{
    return s.len > 0 && all(s, rule);
}

static bool same(struct slice s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.at, word, s.len) == 0;
}

static struct slice part(struct slice s, size_t from, size_t to)
{
    return (struct slice){s.at + from, to - from};
}

/* Offset of `c`, or s.len. */
static size_t find(struct slice s, char c)
{
    size_t i = 0;

    while (i < s.len && s.at[i] != c)
        i++;
    return i;
}

static struct slice trimmed(struct slice s) /* OWS */
{
    size_t from = 0, to = s.len;

    while (from < to && in(" \t", s.at[from]))
        from++;
    while (to > from && in(" \t", s.at[to - 1]))
        to--;
    return part(s, from, to);
}

/* ---- RFC 3986 §3.2.2: IPv6address ---- */

static bool dec_octet(struct slice s)
{
    unsigned n = 0;

    if (!some(s, digit) || s.len > 3 || (s.len > 1 && s.at[0] == '0'))
        return false;
    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (unsigned)(s.at[i] - '0');
    return n <= 255;
}

static bool ipv4_address(struct slice s)
{
    for (int i = 0; i < 3; i++) {
        const size_t dot = find(s, '.');

        if (dot == s.len || !dec_octet(part(s, 0, dot)))
            return false;
        s = part(s, dot + 1, s.len);
    }
    return dec_octet(s);
}

/* How many 16-bit groups h16 *(":" h16) is, an IPv4 at the end being two; -1: it is none.
 */
static int groups(struct slice s, bool may_end_in_ipv4)
{
    int n = 0;

    if (s.len == 0)
        return 0;
    for (;;) {
        const size_t colon = find(s, ':');
        const struct slice group = part(s, 0, colon);

        if (colon == s.len && may_end_in_ipv4 && ipv4_address(group))
            return n + 2;
        if (!some(group, hexdig) || group.len > 4)
            return -1;
        n++;
        if (colon == s.len)
            return n;
        s = part(s, colon + 1, s.len);
    }
}

static bool ipv6_address(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        int before, after;

        if (s.at[i] != ':' || s.at[i + 1] != ':')
            continue;
        before = groups(part(s, 0, i), false);
        after = groups(part(s, i + 2, s.len), true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }
    return groups(s, true) == 8;
}

/* ---- authority without userinfo: host [ ":" port ] ---- */

static bool port_number(struct slice s)
{
    unsigned n = 0;

    if (!some(s, digit) || s.len > 5)
        return false;
    for (size_t i = 0; i < s.len; i++)
        n = n * 10 + (unsigned)(s.at[i] - '0');
    return n >= 1 && n <= 65535;
}

static bool authority(struct slice s, bool needs_port)
{
    size_t host;

    if (s.len > 0 && s.at[0] == '[') {
        host = find(s, ']');
        if (host == s.len || !ipv6_address(part(s, 1, host)))
            return false;
        host++;
    } else {
        host = find(s, ':');
        if (!some(part(s, 0, host), reg_name_octet))
            return false;
    }
    if (host == s.len)
        return !needs_port;
    if (s.at[host] != ':')
        return false;
    if (host + 1 == s.len)
        return !needs_port;
    return port_number(part(s, host + 1, s.len));
}

/* ---- RFC 9112 §3.2: request-target ---- */

static bool scheme_octet(char c)
{
    return alpha(c) || digit(c) || in("+-.", c);
}

/* scheme "://" authority path-abempty [ "?" query ] */
static bool absolute_form(struct slice s)
{
    const size_t colon = find(s, ':');
    const struct slice scheme = part(s, 0, colon);
    size_t from = colon + 3, to;

    if (!some(scheme, scheme_octet) || !alpha(scheme.at[0]))
        return false;
    if (s.len < from || memcmp(s.at + colon, "://", 3) != 0)
        return false;
    for (to = from; to < s.len && !in("/?", s.at[to]); to++)
        ;
    if (from == to && !same(scheme, "http") && !same(scheme, "https"))
        return true;
    return authority(part(s, from, to), false);
}

static bool request_target(struct slice s, struct slice method)
{
    if (!some(s, path_or_query_octet))
        return false;
    if (slice_is(method, SLICE("CONNECT")))
        return authority(s, true);
    if (s.at[0] == '/')
        return true;
    if (slice_is(s, SLICE("*")))
        return slice_is(method, SLICE("OPTIONS"));
    return absolute_form(s);
}

/* ---- lines ---- */

/* "HTTP" "/" "1" "." DIGIT */
static bool http_version(struct slice s, struct abnf_head *head)
{
    if (s.len != 8 || memcmp(s.at, "HTTP/1.", 7) != 0 || !digit(s.at[7]))
        return false;
    head->minor = s.at[7] == '0' ? 0 : 1;
    return true;
}

static bool request_line(struct slice line, struct abnf_head *head)
{
    const size_t one = find(line, ' ');
    size_t two;

    if (one == line.len)
        return false;
    two = one + 1 + find(part(line, one + 1, line.len), ' ');
    if (two == line.len)
        return false;
    head->method = part(line, 0, one);
    head->target = part(line, one + 1, two);
    return some(head->method, tchar) && request_target(head->target, head->method) &&
           http_version(part(line, two + 1, line.len), head);
}

static bool status_line(struct slice line, struct abnf_head *head)
{
    if (line.len < 12 || !http_version(part(line, 0, 8), head) || line.at[8] != ' ')
        return false;
    if (!all(part(line, 9, 12), digit) || line.at[9] == '0')
        return false;
    head->status = (unsigned)atoi((char[4]){line.at[9], line.at[10], line.at[11], '\0'});
    head->phrase = part(line, 12, 12);
    if (line.len == 12)
        return true;
    head->phrase = part(line, 13, line.len);
    return line.at[12] == ' ' && all(head->phrase, field_octet);
}

static bool field_line(struct slice line, struct abnf_head *head)
{
    const size_t colon = find(line, ':');

    if (colon == line.len || !some(part(line, 0, colon), tchar) ||
        !all(part(line, colon + 1, line.len), field_octet))
        return false;
    assert(head->n < ABNF_FIELDS_MOST);
    head->names[head->n] = part(line, 0, colon);
    head->values[head->n++] = trimmed(part(line, colon + 1, line.len));
    return true;
}

/* ---- what the fields say together ---- */

static size_t count(const struct abnf_head *head, const char *name, struct slice *value)
{
    size_t n = 0;

    for (size_t i = 0; i < head->n; i++)
        if (same(head->names[i], name)) {
            *value = head->values[i];
            n++;
        }
    return n;
}

/* 1*DIGIT below 2^63 */
static bool length_value(struct slice s, uint64_t *length)
{
    *length = 0;
    if (!some(s, digit))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (*length > (INT64_MAX - (uint64_t)(s.at[i] - '0')) / 10)
            return false;
        *length = *length * 10 + (uint64_t)(s.at[i] - '0');
    }
    return true;
}

static bool framing(struct abnf_head *head)
{
    struct slice value = NO_SLICE;
    const size_t codings = count(head, "Transfer-Encoding", &value);
    const size_t lengths = count(head, "Content-Length", &value);

    head->kind = BODY_NONE;
    head->length = 0;
    if (codings + lengths > 1)
        return false;
    if (codings == 1) {
        head->kind = BODY_CHUNKED;
        return head->minor == 1 && same(value, "chunked");
    }
    if (lengths == 1) {
        head->kind = BODY_LENGTH;
        return length_value(value, &head->length);
    }
    return true;
}

static bool may_be_named(struct slice option)
{
    static const char *const never[] = {"Content-Length",
                                        "Transfer-Encoding",
                                        "Host",
                                        "Authorization",
                                        "Cookie",
                                        "Set-Cookie",
                                        "Proxy-Authorization",
                                        "Proxy-Authenticate",
                                        "WWW-Authenticate",
                                        "Content-Type",
                                        "Content-Encoding",
                                        "Content-Range",
                                        "Range",
                                        "Cache-Control",
                                        "Expect",
                                        "Forwarded",
                                        "Location",
                                        "Max-Forwards",
                                        "Via",
                                        "X-Forwarded-For",
                                        "X-Forwarded-Host",
                                        "X-Forwarded-Proto",
                                        "Age",
                                        "Date"};

    for (size_t i = 0; i < COUNT(never); i++)
        if (same(option, never[i]))
            return false;
    return true;
}

static bool connection(struct abnf_head *head)
{
    bool close = false, keep_alive = false;

    for (size_t i = 0; i < head->n; i++) {
        struct slice rest = head->values[i];

        if (!same(head->names[i], "Connection"))
            continue;
        for (size_t from = 0; from <= rest.len;) {
            const size_t comma = from + find(part(rest, from, rest.len), ',');
            const struct slice option = trimmed(part(rest, from, comma));

            close = close || same(option, "close");
            keep_alive = keep_alive || same(option, "keep-alive");
            if (!may_be_named(option))
                return false;
            from = comma + 1;
        }
    }
    head->persists = !close && (head->minor == 1 || keep_alive);
    return true;
}

static bool host(const struct abnf_head *head)
{
    struct slice value = NO_SLICE;
    const size_t n = count(head, "Host", &value);

    return n == 0 ? head->minor == 0 : n == 1 && authority(value, false);
}

/* ---- heads ---- */

/* start-line CRLF *( field-line CRLF ) CRLF; every CR and LF is part of a CRLF. */
static bool lines(struct slice octets, bool (*start_line)(struct slice, struct abnf_head *),
                  struct abnf_head *head)
{
    for (size_t n = 0;; n++) {
        const size_t lf = find(octets, '\n');
        struct slice line;

        if (lf == octets.len || lf == 0 || octets.at[lf - 1] != '\r')
            return false;
        line = part(octets, 0, lf - 1);
        octets = part(octets, lf + 1, octets.len);
        if (find(line, '\r') != line.len)
            return false;
        if (n == 0 ? !start_line(line, head) : line.len > 0 && !field_line(line, head))
            return false;
        if (n > 0 && line.len == 0)
            return octets.len == 0;
    }
}

/* Octets up to and with the first blank line after some line, or 0. */
static size_t to_blank(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.at[i] == '\n' && s.at[i + 1] == '\n')
            return i + 2;
        if (i + 2 < s.len && memcmp(s.at + i, "\n\r\n", 3) == 0)
            return i + 3;
    }
    return 0;
}

enum abnf_verdict abnf_read_request(struct slice octets, struct abnf_head *head)
{
    size_t skip = 0, n;

    memset(head, 0, offsetof(struct abnf_head, names));
    head->n = 0;
    while (octets.len >= skip + 2 && memcmp(octets.at + skip, "\r\n", 2) == 0)
        skip += 2;
    octets = part(octets, skip, octets.len);
    if (skip > 16 || (octets.len > 0 && octets.at[0] == '\n') ||
        (octets.len > 1 && octets.at[0] == '\r') ||
        (skip == 16 && octets.len > 0 && octets.at[0] == '\r'))
        return ABNF_REFUSED;
    n = to_blank(octets);
    if (n == 0)
        return ABNF_MORE;
    head->octets = skip + n;
    return lines(part(octets, 0, n), request_line, head) && framing(head) && host(head) &&
                   connection(head)
               ? ABNF_ACCEPTED
               : ABNF_REFUSED;
}

enum abnf_verdict abnf_read_response(struct slice octets, struct slice asked_method,
                                     bool asked_upgrade, struct abnf_head *head)
{
    const bool is_head = slice_is(asked_method, SLICE("HEAD"));
    const bool is_connect = slice_is(asked_method, SLICE("CONNECT"));
    const size_t n = to_blank(octets);
    struct slice protocol;

    memset(head, 0, offsetof(struct abnf_head, names));
    head->n = 0;
    if (n == 0)
        return ABNF_MORE;
    head->octets = n;
    if (!lines(part(octets, 0, n), status_line, head))
        return ABNF_REFUSED;
    if (head->status == 101 && (!asked_upgrade || count(head, "Upgrade", &protocol) == 0))
        return ABNF_REFUSED;
    if (!(is_connect && head->status / 100 == 2) && !framing(head))
        return ABNF_REFUSED;
    if (!connection(head))
        return ABNF_REFUSED;
    if (is_head || head->status / 100 == 1 || head->status == 204 || head->status == 304 ||
        (is_connect && head->status / 100 == 2))
        head->kind = BODY_NONE;
    else if (head->kind == BODY_NONE)
        head->kind = BODY_CLOSE;
    if (head->kind == BODY_NONE)
        head->length = 0;
    if (head->kind == BODY_CLOSE)
        head->persists = false;
    return ABNF_ACCEPTED;
}
