/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

/* 0: stands for itself · a letter: \letter · HEX: \u00xx · HIGH: 0x80 and above */
#define HEX  'u'
#define HIGH 'H'

/* clang-format off */
static const char escapes[256] = {
    [0x00 ... 0x07] = HEX, ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [0x0b] = HEX,
    ['\f'] = 'f', ['\r'] = 'r', [0x0e ... 0x1f] = HEX,
    ['"'] = '"', ['\\'] = '\\', [0x7f] = HEX,
    [0x80 ... 0xff] = HIGH,
};
/* clang-format on */

#define EACH(octet) (UINT64_MAX / 255 * (octet))

/* Is one of eight octets 0? Octets behind the first that is may be misjudged. */
static uint64_t has_zero(uint64_t x)
{
    return (x - EACH(1)) & ~x & EACH(0x80);
}

/*
 * Do eight octets all stand for themselves? DEL and above it, below space, " and \ do not.
 */
static bool are_plain(const char *at)
{
    uint64_t x;

    memcpy(&x, at, sizeof(x));
    return ((x & EACH(0x80)) | ((x - EACH(0x20)) & ~x & EACH(0x80)) |
            has_zero(x ^ EACH('"')) | has_zero(x ^ EACH('\\')) |
            has_zero(x ^ EACH(0x7f))) == 0;
}

static char escape_of(char c)
{
    return escapes[(unsigned char)c];
}

static bool put_escape(struct buf *b, char c)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char o = (unsigned char)c;
    char kind = escape_of(c);
    char hex[6] = {'\\', 'u', '0', '0', digits[o >> 4], digits[o & 15]};

    if (kind == HEX || kind == HIGH)
        return buf_put(b, (struct slice){hex, sizeof(hex)});
    return buf_put(b, (struct slice){(char[]){'\\', kind}, 2});
}

static bool follows(struct slice s, size_t i)
{
    return i < s.len && ((unsigned char)s.at[i] & 0xc0) == 0x80;
}

/* Octets of the UTF-8 sequence at the front (RFC 3629 §4), 0 when there is none. */
static size_t utf8_len(struct slice s)
{
    unsigned char o = (unsigned char)s.at[0];
    unsigned char p = s.len > 1 ? (unsigned char)s.at[1] : 0;

    if (!follows(s, 1))
        return 0;
    if (o >= 0xc2 && o <= 0xdf)
        return 2;
    if ((o == 0xe0 && p < 0xa0) || (o == 0xed && p > 0x9f) || !follows(s, 2))
        return 0;
    if (o >= 0xe0 && o <= 0xef)
        return 3;
    if ((o == 0xf0 && p < 0x90) || (o == 0xf4 && p > 0x8f) || !follows(s, 3))
        return 0;
    return o >= 0xf0 && o <= 0xf4 ? 4 : 0;
}

/* Escaped as one \u00xx: U+0080..U+009F are control characters to a terminal. */
static bool is_c1(struct slice s)
{
    return s.len > 1 && (unsigned char)s.at[0] == 0xc2 &&
           ((unsigned char)s.at[1] & 0xe0) == 0x80;
}

/* How many octets at the front may be copied as they stand. */
static size_t plain_len(struct slice s, bool utf8)
{
    size_t i = 0, n;

    for (;;) {
        while (s.len - i >= 8 && are_plain(s.at + i))
            i += 8;
        while (i < s.len && escape_of(s.at[i]) == 0)
            i++;
        if (!utf8 || i == s.len || escape_of(s.at[i]) != HIGH)
            return i;
        struct slice rest = {s.at + i, s.len - i};

        n = is_c1(rest) ? 0 : utf8_len(rest);
        if (n == 0)
            return i;
        i += n;
    }
}

static bool put_quoted(struct buf *b, struct slice s, bool utf8)
{
    bool ok = buf_reserve(b, s.len + 2) && buf_put(b, SLICE("\""));

    while (ok && s.len > 0) {
        size_t n = plain_len(s, utf8);

        ok = buf_put(b, (struct slice){s.at, n});
        s = (struct slice){s.at + n, s.len - n};
        if (s.len == 0)
            break;
        n = utf8 && is_c1(s) ? 2 : 1; /* of the two octets the second is the code point */
        ok = ok && put_escape(b, s.at[n - 1]);
        s = (struct slice){s.at + n, s.len - n};
    }
    return ok && buf_put(b, SLICE("\""));
}

bool json_put_octets(struct buf *b, struct slice s)
{
    return put_quoted(b, s, false);
}

bool json_put_text(struct buf *b, struct slice s)
{
    return put_quoted(b, s, true);
}
