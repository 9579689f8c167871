/* SPDX-License-Identifier: MIT */
/* Octets of others, made harmless for the place they go to. */
#include "report.h"

static bool follows(struct slice s, size_t i)
{
    return i < s.len && ((unsigned char)s.at[i] & 0xc0) == 0x80;
}

/* RFC 3629 §4: the shortest form only, no surrogates, nothing above U+10FFFF. */
size_t utf8_next(struct slice s, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char o = s.len == 0 ? 0 : (unsigned char)s.at[0];
    size_t n = o < 0x80 ? 1 : o < 0xc0 ? 0 : o < 0xe0 ? 2 : o < 0xf0 ? 3 : o < 0xf8 ? 4 : 0;

    if (s.len == 0 || n == 0)
        return 0;
    *point = n == 1 ? o : o & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (!follows(s, i))
            return 0;
        *point = *point << 6 | ((unsigned char)s.at[i] & 0x3f);
    }
    if (*point < least[n] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
        return 0;
    return n;
}

bool point_is_plain(uint32_t p)
{
    return p >= 0x20 && (p < 0x7f || p > 0x9f) && p != 0x61c &&
           (p < 0x200b || p > 0x200f) && /* marks and joints without width */
           (p < 0x2028 || p > 0x202e) && /* line ends, embeddings, overrides */
           (p < 0x2060 || p > 0x206f) && p != 0xfeff && p < 0xe0000 &&
           (p & 0xffff) < 0xfffe;
}

/* ---- terminals and logs ---- */

/* One unit of text that is written or left out as a whole. */
struct glyph {
    char at[8];
    unsigned len, columns;
    size_t used; /* octets of the source */
};

static struct glyph glyph_of(struct slice s, bool is_text)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char o = (unsigned char)s.at[0];
    struct glyph g = {.used = 1, .columns = 1, .len = 1};
    uint32_t point = 0;
    size_t n = is_text ? utf8_next(s, &point) : (o >= 0x20 && o < 0x7f);

    if (n > 0 && (!is_text || point_is_plain(point))) {
        memcpy(g.at, s.at, n);
        g.used = g.len = (unsigned)n;
    } else {
        memcpy(g.at, (char[]){'\\', 'x', digits[o >> 4], digits[o & 15]}, 4);
        g.len = g.columns = 4;
    }
    return g;
}

/* Octets from the front that fit into so many columns. */
static size_t fitting(struct slice s, bool is_text, unsigned columns)
{
    size_t at = 0;

    for (unsigned taken = 0; at < s.len;) {
        struct glyph g = glyph_of((struct slice){s.at + at, s.len - at}, is_text);
        taken += g.columns;
        if (taken > columns)
            break;
        at += g.used;
    }
    return at;
}

static unsigned put_glyphs(FILE *out, struct slice s, bool is_text)
{
    unsigned columns = 0;

    while (s.len > 0) {
        struct glyph g = glyph_of(s, is_text);
        fwrite(g.at, 1, g.len, out);
        columns += g.columns;
        s = (struct slice){s.at + g.used, s.len - g.used};
    }
    return columns;
}

unsigned cell_width(struct slice s, bool is_text)
{
    unsigned columns = 0;

    while (s.len > 0 && columns < CELL_MOST) {
        struct glyph g = glyph_of(s, is_text);
        columns += g.columns;
        s = (struct slice){s.at + g.used, s.len - g.used};
    }
    return columns;
}

unsigned put_cell(FILE *out, struct slice s, struct cell cell)
{
    struct slice dots = cell.is_terminal ? SLICE("…") : SLICE("...");
    unsigned dots_width = cell.is_terminal ? 1 : 3;

    if (cell.columns == 0 || fitting(s, cell.is_text, cell.columns) == s.len)
        return put_glyphs(out, s, cell.is_text);
    if (cell.columns <= dots_width)
        return 0;
    s.len = fitting(s, cell.is_text, cell.columns - dots_width);
    unsigned taken = put_glyphs(out, s, cell.is_text);

    fwrite(dots.at, 1, dots.len, out);
    return taken + dots_width;
}

/* ---- markup ---- */

static const char *entity(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "&#10;";
    case '\t':
        return "&#9;";
    default:
        return NULL;
    }
}

void put_markup(FILE *out, struct slice s)
{
    while (s.len > 0) {
        uint32_t point = 0;
        size_t n = utf8_next(s, &point);
        const char *as = n > 0 ? entity(point) : NULL;

        if (as != NULL)
            fputs(as, out);
        else if (n > 0 && point_is_plain(point))
            fwrite(s.at, 1, n, out);
        else
            fputs("\xef\xbf\xbd", out); /* U+FFFD */
        n = n == 0 ? 1 : n;
        s = (struct slice){s.at + n, s.len - n};
    }
}

void put_markup_octets(FILE *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char o = (unsigned char)s.at[i];
        const char *as = entity(o);

        if (o < 0x20 || o >= 0x7f)
            fprintf(out, "\\x%02x", o);
        else if (as != NULL)
            fputs(as, out);
        else
            fputc(o, out);
    }
}

/* ---- JSON ---- */

void put_json(FILE *out, struct slice s)
{
    struct buf b = {0};

    if (json_put_text(&b, s))
        fwrite(buf_head(&b), 1, buf_len(&b), out);
    else
        fputs("\"\"", out);
    buf_clear(&b);
}

bool is_utf8_text(struct slice s)
{
    while (s.len > 0) {
        uint32_t point = 0;
        size_t n = utf8_next(s, &point);

        if (n == 0 || (point < 0x20 && point != '\t' && point != '\n' && point != '\r') ||
            point == 0x7f)
            return false;
        s = (struct slice){s.at + n, s.len - n};
    }
    return true;
}

bool put_base64(struct buf *b, struct slice s)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bool ok = buf_reserve(b, (s.len + 2) / 3 * 4);

    for (size_t i = 0; ok && i < s.len; i += 3) {
        size_t n = s.len - i < 3 ? s.len - i : 3;
        uint32_t x = 0;
        char out[4];

        for (size_t j = 0; j < 3; j++)
            x = x << 8 | (j < n ? (unsigned char)s.at[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            out[j] = j <= n ? digits[x >> (18 - 6 * j) & 63] : '=';
        ok = buf_put(b, (struct slice){out, 4});
    }
    return ok;
}
