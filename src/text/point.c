/* SPDX-License-Identifier: MIT */
#include "point.h"

struct range {
    uint32_t least, most;
};

static bool is_within(uint32_t point, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (point >= ranges[i].least && point <= ranges[i].most)
            return true;
    return false;
}

static bool is_utf8(uint32_t point, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

    return point >= least[len] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

size_t point_read(const char *at, const char *end, uint32_t *point)
{
    const unsigned char *u = (const unsigned char *)at;
    size_t len = u[0] < 0x80    ? 1
                 : u[0] >= 0xf0 ? 4
                 : u[0] >= 0xe0 ? 3
                 : u[0] >= 0xc0 ? 2
                                : 0;
    uint32_t code = len == 1 ? u[0] : u[0] & (0x7fu >> len);

    *point = NO_POINT;
    if (len == 0 || u[0] >= 0xf8 || len > (size_t)(end - at))
        return 1;
    for (size_t i = 1; i < len; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 1;
        code = code << 6 | (u[i] & 0x3fu);
    }
    if (!is_utf8(code, len))
        return 1;
    *point = code;
    return len;
}

size_t point_break(const char *at, const char *end)
{
    struct slice rest = {at, (size_t)(end - at)};

    if (*at == '\n')
        return 1;
    if (*at == '\r')
        return slice_starts(rest, SLICE("\r\n")) ? 2 : 1;
    if (slice_starts(rest, SLICE("\xc2\x85")))
        return 2;
    return slice_starts(rest, SLICE("\xe2\x80\xa8")) ||
                   slice_starts(rest, SLICE("\xe2\x80\xa9"))
               ? 3
               : 0;
}

bool point_is_harmless(uint32_t point)
{
    static const struct range steer[] = {
        {0, 0x1f},          {0x7f, 0x9f},         {0x061c, 0x061c}, {0x200e, 0x200f},
        {0x2028, 0x202e},   {0x2066, 0x2069},     {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
        {0xe0000, 0xe007f}, {NO_POINT, NO_POINT},
    };

    return !is_within(point, steer, COUNT(steer));
}

uint32_t point_cells(uint32_t point)
{
    static const struct range none[] = {
        {0x0300, 0x036f},
        {0x200b, 0x200d},
        {0x20d0, 0x20ff},
        {0xfe00, 0xfe0f},
    };
    static const struct range two[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };

    if (point < 0x300)
        return 1;
    if (is_within(point, none, COUNT(none)))
        return 0;
    return is_within(point, two, COUNT(two)) ? 2 : 1;
}

struct slice point_skip_bom(struct slice text)
{
    return slice_starts(text, SLICE("\xef\xbb\xbf"))
               ? (struct slice){text.at + 3, text.len - 3}
               : text;
}
