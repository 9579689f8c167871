/* SPDX-License-Identifier: MIT */
/*
 * abnf_reader - a second reader of HTTP/1.1 heads, for tests: slow, and written
 * rule by rule from the ABNF of RFC 9112, RFC 9110 and RFC 3986. It knows no
 * limits and no leniency, shares nothing with src/h1 but the words of http.h, and
 * tells only yes or no: where the two disagree, one of them is wrong.
 *
 * Stricter than the ABNF where h1.h says so; wider in the octets of a path or
 * query, as http.h says.
 */
#ifndef NAYSAY_ABNF_READER_H
#define NAYSAY_ABNF_READER_H

#include "naysay/http.h"

#define ABNF_FIELDS_MOST 2048

enum abnf_verdict { ABNF_MORE, ABNF_REFUSED, ABNF_ACCEPTED };

struct abnf_head {
    size_t octets; /* with the blank line */
    struct slice method, target, phrase;
    unsigned status;
    unsigned minor; /* 0 or 1 */
    struct slice names[ABNF_FIELDS_MOST], values[ABNF_FIELDS_MOST];
    size_t n;
    enum http_body_kind kind;
    uint64_t length;
    bool persists;
};

/* MORE when there is no blank line yet (then nothing else is judged). */
enum abnf_verdict abnf_read_request(struct slice octets, struct abnf_head *head);
enum abnf_verdict abnf_read_response(struct slice octets, struct slice asked_method,
                                     bool asked_upgrade, struct abnf_head *head);

#endif
