/* SPDX-License-Identifier: MIT */
#include "number.h"

/* 1*DIGIT from the front; .len 0: none are there. */
static struct slice take_digits(struct slice *rest)
{
    struct slice digits = {rest->at, 0};

    while (rest->len > 0 && *rest->at >= '0' && *rest->at <= '9') {
        rest->at++;
        rest->len--;
        digits.len++;
    }
    return digits;
}

bool number_read(struct slice text, struct number *n)
{
    bool is_negative = text.len > 0 && *text.at == '-';
    struct slice whole, fraction = SLICE("");

    if (is_negative)
        text = (struct slice){text.at + 1, text.len - 1};
    whole = take_digits(&text);
    if (whole.len == 0)
        return false;
    if (text.len > 0 && *text.at == '.') {
        text = (struct slice){text.at + 1, text.len - 1};
        fraction = take_digits(&text);
        if (fraction.len == 0)
            return false;
    }
    while (whole.len > 0 && *whole.at == '0')
        whole = (struct slice){whole.at + 1, whole.len - 1};
    while (fraction.len > 0 && fraction.at[fraction.len - 1] == '0')
        fraction.len--;
    n->is_negative = is_negative && whole.len + fraction.len > 0;
    n->whole = whole;
    n->fraction = fraction;
    return text.len == 0;
}

static int compare_lengths(struct slice a, struct slice b)
{
    return (a.len > b.len) - (a.len < b.len);
}

static int compare_digits(struct slice a, struct slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;

    return n == 0 ? 0 : memcmp(a.at, b.at, n);
}

static int compare_sizes(const struct number *a, const struct number *b)
{
    int order = compare_lengths(a->whole, b->whole);

    if (order == 0)
        order = compare_digits(a->whole, b->whole);
    if (order == 0)
        order = compare_digits(a->fraction, b->fraction);
    return order != 0 ? order : compare_lengths(a->fraction, b->fraction);
}

int number_compare(const struct number *a, const struct number *b)
{
    if (a->is_negative != b->is_negative)
        return a->is_negative ? -1 : 1;
    return a->is_negative ? compare_sizes(b, a) : compare_sizes(a, b);
}
