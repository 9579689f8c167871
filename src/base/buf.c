/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <stdarg.h>

#define MOST ((size_t)1 << 31)

static void move_to_front(struct buf *b)
{
    uint32_t len = b->to - b->from;

    if (len > 0)
        memmove(b->block, buf_head(b), len);
    b->from = 0;
    b->to = len;
}

static bool grow(struct buf *b, size_t need)
{
    size_t len = buf_len(b), want = (size_t)b->cap * 2, got;
    char *block;

    if (want > MOST)
        want = MOST;
    if (want < need)
        want = need;
    block = shelf_take(b->shelf, want, &got);
    if (block == NULL)
        return false;
    if (len > 0)
        memcpy(block, buf_head(b), len);
    shelf_give(b->shelf, b->block, b->cap);
    b->block = block;
    b->from = 0;
    b->to = (uint32_t)len;
    b->cap = (uint32_t)got;
    return true;
}

/*
 * Moving to the front pays only when enough was read there: a reader that takes
 * one octet at a time from a nearly full buffer must not make each one cost all.
 */
bool buf_reserve(struct buf *b, size_t n)
{
    size_t len = buf_len(b);

    if (buf_room(b) >= n)
        return true;
    if (n > MOST - len)
        return false;
    if (b->cap - len >= n && b->from >= b->cap / 4) {
        move_to_front(b);
        return true;
    }
    return grow(b, len + n);
}

bool buf_put_growing(struct buf *b, struct slice s)
{
    if (!buf_reserve(b, s.len))
        return false;
    if (s.len > 0)
        memcpy(b->block + b->to, s.at, s.len);
    b->to += (uint32_t)s.len;
    return true;
}

/* Prints into the room there is; how long it would have been, or below 0. */
static int print_into(struct buf *b, const char *format, va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(b->block + b->to, buf_room(b), format, again);
    va_end(again);
    return n;
}

bool buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    int n = -1;

    va_start(args, format);
    if (buf_reserve(b, 64))
        n = print_into(b, format, args);
    if (n >= 0 && (size_t)n >= buf_room(b)) /* the NUL wants room, too */
        n = buf_reserve(b, (size_t)n + 1) ? print_into(b, format, args) : -1;
    va_end(args);
    if (n < 0)
        return false;
    b->to += (uint32_t)n;
    return true;
}

void buf_skip(struct buf *b, size_t n)
{
    assert(n <= buf_len(b));
    b->from += (uint32_t)n;
    if (b->from == b->to)
        b->from = b->to = 0;
}

void buf_rest(struct buf *b)
{
    if (buf_len(b) == 0)
        buf_clear(b);
}

void buf_clear(struct buf *b)
{
    shelf_give(b->shelf, b->block, b->cap);
    b->block = NULL;
    b->from = b->to = b->cap = 0;
}
