/* SPDX-License-Identifier: MIT */
/*
 * Where does the message end (RFC 9112 §6)? Whatever two readers could answer in
 * two ways is refused, even where one answer is the likely one.
 */
#include "parse.h"

/* A value's first octet; an empty one still has a place. */
static enum h1_part bad_value(struct h1_reader *r, enum h1_fault_id id, struct slice value)
{
    return h1_bad(r, id, value.at);
}

/*
 * Not the one word "chunked". A list of well-formed codings that ends in chunked, or
 * names none at all, only asks for something we do not have; anything else is an
 * attempt at being read in two ways.
 */
static enum h1_fault_id blame_coding(struct slice value)
{
    struct slice rest = value;
    bool unknown = false, chunked = false;

    do {
        struct slice coding = slice_trim(slice_cut(&rest, ','), " \t");
        struct slice parameters = coding;
        struct slice name = slice_trim(slice_cut(&parameters, ';'), " \t");

        if (chunked || !http_is_token(name))
            return H1_FAULT_CODING;
        if (!slice_is_nocase(name, SLICE("chunked")))
            unknown = true;
        else if (name.len == coding.len)
            chunked = true;
        else
            return H1_FAULT_CODING;
    } while (rest.len > 0);
    if (value.at[value.len - 1] == ',')
        return H1_FAULT_CODING;
    return unknown ? H1_FAULT_CODING_UNKNOWN : H1_FAULT_CODING;
}

/* Content-Length fits in 63 bits, so that sums of a few of them fit in 64. */
static bool read_length(struct slice value, uint64_t *length)
{
    return slice_to_u64(value, length) && *length <= INT64_MAX;
}

enum h1_part h1_judge_framing(struct h1_reader *r, const struct h1_notes *n, uint8_t minor,
                              struct http_framing *framing)
{
    *framing = (struct http_framing){BODY_NONE, 0};
    if (n->length.at == NULL && n->coding.at == NULL)
        return H1_PART_OK;
    if (n->length_twice != NULL)
        return h1_bad(r, H1_FAULT_LENGTH_TWICE, n->length_twice);
    if (n->length.at != NULL && n->coding.at != NULL)
        return bad_value(r, H1_FAULT_LENGTH_AND_CODING, n->coding);
    if (n->length.at != NULL) {
        framing->kind = BODY_LENGTH;
        if (!read_length(n->length, &framing->length))
            return bad_value(r, H1_FAULT_LENGTH, n->length);
        return H1_PART_OK;
    }
    if (minor == 0)
        return bad_value(r, H1_FAULT_CODING_OLD, n->coding);
    if (n->coding_twice != NULL)
        return h1_bad(r, H1_FAULT_CODING, n->coding_twice);
    framing->kind = BODY_CHUNKED;
    if (slice_is_nocase(n->coding, SLICE("chunked")))
        return H1_PART_OK;
    return bad_value(r, n->coding.len == 0 ? H1_FAULT_CODING : blame_coding(n->coding),
                     n->coding);
}

enum h1_part h1_judge_connection(struct h1_reader *r, const struct h1_notes *n)
{
    if (n->misnamed != NULL)
        return h1_bad(r, H1_FAULT_CONNECTION_NAMES, n->misnamed);
    return H1_PART_OK;
}
