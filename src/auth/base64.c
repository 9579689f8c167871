/* SPDX-License-Identifier: MIT */
/* Strict base64: what EVP_DecodeBlock() would let pass, a judge must see. */
#include "naysay/auth.h"

/* The value of a digit of base64, or -1. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Digits without their padding. */
static const char *decode_digits(struct slice digits, char *to)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < digits.len; i++) {
        int value = digit(digits.at[i]);

        if (value < 0)
            return "the credentials hold an octet that is not of base64";
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 != 0)
            *to++ = (char)(bits >> (6 - 2 * (i % 4)));
    }
    if ((digits.len % 4 == 2 && (bits & 15) != 0) ||
        (digits.len % 4 == 3 && (bits & 3) != 0))
        return "the base64 ends in stray bits";
    return NULL;
}

const char *auth_decode64(struct slice text, struct arena *a, struct slice *out)
{
    struct slice digits = text;
    char *to;

    while (digits.len > 0 && digits.at[digits.len - 1] == '=')
        digits.len--;
    if (digits.len % 4 == 1)
        return "the base64 is cut short";
    if ((digits.len + 3) / 4 * 4 != text.len)
        return "the padding of the base64 is not right";
    to = arena_alloc(a, text.len + 1);
    if (to == NULL)
        return auth_no_memory;
    *out = (struct slice){to, digits.len * 3 / 4};
    return decode_digits(digits, to);
}
