/* SPDX-License-Identifier: MIT */
#include "octets.h"

#define T OCTET_TCHAR
#define N OCTET_NAME
#define P OCTET_TARGET
#define S OCTET_SCHEME

/* clang-format off */
const uint8_t octet_classes[256] = {
    ['0' ... '9'] = T | N | P | S,
    ['A' ... 'Z'] = T | N | P | S,
    ['a' ... 'z'] = T | N | P | S,
    ['+'] = T | N | P | S, ['-'] = T | N | P | S, ['.'] = T | N | P | S,
    ['!'] = T | N | P, ['$'] = T | N | P, ['%'] = T | N | P, ['&'] = T | N | P,
    ['\''] = T | N | P, ['*'] = T | N | P, ['_'] = T | N | P, ['~'] = T | N | P,
    ['('] = N | P, [')'] = N | P, [';'] = N | P, ['='] = N | P,
    [','] = P, [':'] = P, ['@'] = P, ['/'] = P, ['?'] = P,
    /* No URI has these raw, but browsers and curl send them so. */
    ['^'] = T | P, ['`'] = T | P, ['|'] = T | P,
    ['"'] = P, ['<'] = P, ['>'] = P, ['{'] = P, ['}'] = P, ['['] = P, [']'] = P,
    ['#'] = T,
};
/* clang-format on */
