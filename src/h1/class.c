/* SPDX-License-Identifier: MIT */
/* Which octets may stand where: RFC 9110 §5.6.2 and §5.5, and what no target can do
 * without. */
#include "parse.h"

enum {
    T = H1_IS_TCHAR | H1_IS_TARGET | H1_IS_VALUE,
    G = H1_IS_TARGET | H1_IS_VALUE, /* graphic, no tchar */
    V = H1_IS_VALUE
};

// clang-format off
const uint8_t h1_class[256] = {
    ['\t'] = V, [' '] = V, [0x80 ... 0xff] = V,
    ['0' ... '9'] = T, ['A' ... 'Z'] = T, ['a' ... 'z'] = T,
    ['!'] = T, ['#'] = T, ['$'] = T, ['%'] = T, ['&'] = T, ['\''] = T, ['*'] = T, ['+'] = T,
    ['-'] = T, ['.'] = T, ['^'] = T, ['_'] = T, ['`'] = T, ['|'] = T, ['~'] = T,
    ['"'] = G, ['('] = G, [')'] = G, [','] = G, ['/'] = G, [':'] = G, [';'] = G, ['<'] = G,
    ['='] = G, ['>'] = G, ['?'] = G, ['@'] = G, ['['] = G, ['\\'] = G, [']'] = G, ['{'] = G,
    ['}'] = G,
};
// clang-format on
