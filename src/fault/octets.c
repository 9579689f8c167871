/* SPDX-License-Identifier: MIT */
/* Edits of the octets of a head that was emitted right. */
#include "parts.h"

bool octets_replace(struct buf *b, size_t from, size_t to, struct slice with)
{
    size_t len = buf_len(b), gone = to - from;
    char *at;

    assert(from <= to && to <= len);
    if (with.len > gone && !buf_reserve(b, with.len - gone))
        return false;
    at = buf_head(b);
    memmove(at + from + with.len, at + to, len - to);
    if (with.len > 0)
        memcpy(at + from, with.at, with.len);
    b->to = b->from + (uint32_t)(len - gone + with.len);
    return true;
}

/* The blank line is the last, CRLF or, where somebody took the CRs out, LF. */
size_t octets_fields_end(const struct buf *head)
{
    struct slice all = buf_slice(head);

    if (all.len >= 2 && all.at[all.len - 2] == '\r')
        return all.len - 2;
    return all.len > 0 ? all.len - 1 : 0;
}

bool octets_add_line(struct buf *head, struct slice line)
{
    size_t end = octets_fields_end(head);

    return octets_replace(head, end, end, line);
}

bool octets_find_line(const struct buf *head, struct slice name, size_t *from, size_t *to)
{
    struct slice all = buf_slice(head), rest = all, line;

    slice_cut(&rest, '\n');
    while (rest.at != NULL && rest.len > 0) {
        *from = (size_t)(rest.at - all.at);
        line = slice_cut(&rest, '\n');
        *to = *from + line.len + (rest.at != NULL);
        if (line.len > name.len && slice_starts_nocase(line, name) &&
            line.at[name.len] == ':')
            return true;
    }
    return false;
}
