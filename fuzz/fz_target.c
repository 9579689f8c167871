/* SPDX-License-Identifier: MIT */
/*
 * Targets and authorities: what http_split_target() accepts is what the ABNF accepts,
 * and every part it hands out is a part of the whole.
 */
#include "abnf_reader.h"
#include "fuzz.h"

#define TARGET_MOST 2000

static void must_be_within(struct slice part, struct slice whole)
{
    if (part.len == 0 || slice_is(part, SLICE("/")))
        return;
    if (part.at < whole.at || part.at + part.len > whole.at + whole.len)
        fuzz_must("a part of a target lies outside of it");
}

/* The reader from the ABNF reads whole heads: here is one around the target. */
static bool abnf_accepts(struct slice target, const char *method)
{
    static struct abnf_head head;
    static char text[TARGET_MOST + 100];
    const int n = snprintf(text, sizeof(text), "%s %.*s HTTP/1.1\r\nHost: a\r\n\r\n",
                           method, SLICE_ARGS(target));

    return abnf_read_request((struct slice){text, (size_t)n}, &head) == ABNF_ACCEPTED;
}

static void split(struct slice raw, const char *method)
{
    struct http_target t;
    const char *broken = http_split_target(raw, http_method_of(slice_of(method)), &t);

    if (memchr(raw.at, '\n', raw.len) !=
        NULL) { /* would end the line of the head around it */
        if (broken == NULL)
            fuzz_must("a target with an end of line");
    } else if (memchr(raw.at, '\0', raw.len) == NULL &&
               (broken == NULL) != abnf_accepts(raw, method))
        fuzz_must(broken == NULL ? "a target the ABNF refuses"
                                 : "a target the ABNF accepts");
    if (broken != NULL)
        return;
    must_be_within(t.scheme, raw);
    must_be_within(t.authority, raw);
    must_be_within(t.host, raw);
    must_be_within(t.path, raw);
    must_be_within(t.query, raw);
    must_be_within(t.origin_form, raw);
    if (t.form == FORM_AUTHORITY && t.port == 0)
        fuzz_must("a CONNECT without a port");
    if (t.path.len + t.query.len > t.origin_form.len)
        fuzz_must("path and query are more than both together");
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const char *const methods[] = {"GET", "CONNECT", "OPTIONS"};
    char *copy;

    if (len == 0 || len > TARGET_MOST)
        return 0;
    copy = malloc(len); /* exactly, so that a step beyond it is seen */
    if (copy == NULL)
        return 0;
    memcpy(copy, octets, len);
    for (size_t i = 0; i < COUNT(methods); i++)
        split((struct slice){copy, len}, methods[i]);
    free(copy);
    return 0;
}
