/* SPDX-License-Identifier: MIT */
/* Content-Length that says something that is not so. */
#include <inttypes.h>

#include "parts.h"

enum length_form {
    LENGTH_SHORT,
    LENGTH_LONG,
    LENGTH_DUPLICATE,
    LENGTH_ABSENT,
    LENGTH_NEGATIVE,
    LENGTH_WORD
};

struct length {
    uint8_t form;
    uint64_t by;
};

static const char *const forms[] = {"short",    "long", "duplicate", "absent",
                                    "negative", "word", NULL};

/* ---- the twist ---- */

/* The length that the head says, and its line; 0 and the end of the fields where it says
 * none. */
static uint64_t find_length(const struct buf *head, size_t *from, size_t *to)
{
    struct slice value;
    uint64_t length;

    if (!octets_find_line(head, SLICE("Content-Length"), from, to)) {
        *from = *to = octets_fields_end(head);
        return 0;
    }
    value = (struct slice){buf_head(head) + *from, *to - *from};
    slice_cut(&value, ':');
    return slice_to_u64(slice_trim(value, " \r\n"), &length) ? length : 0;
}

static bool say_length(struct buf *head, size_t from, size_t to, const char *value)
{
    char line[64];
    int n = snprintf(line, sizeof(line), "Content-Length: %s\r\n", value);

    return octets_replace(head, from, to, (struct slice){line, (size_t)n});
}

static bool say_number(struct buf *head, size_t from, size_t to, uint64_t length)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRIu64, length);
    return say_length(head, from, to, digits);
}

static bool twist_length(const struct twist *t, struct buf *head)
{
    const struct length *of = t->args;
    size_t from, to;
    uint64_t length = find_length(head, &from, &to);

    switch ((enum length_form)of->form) {
    case LENGTH_SHORT:
        return say_number(head, from, to, length > of->by ? length - of->by : 0);
    case LENGTH_LONG:
        return say_number(head, from, to, length + of->by);
    case LENGTH_DUPLICATE:
        return say_number(head, to, to, length + of->by);
    case LENGTH_ABSENT:
        return octets_replace(head, from, to, SLICE(""));
    case LENGTH_NEGATIVE:
        return say_length(head, from, to, "-1");
    case LENGTH_WORD:
        return say_length(head, from, to, "many");
    }
    return true;
}

/* ---- can it be told? ---- */

static const char *judge(const struct places *at, const struct length *of)
{
    const struct http_framing framing = at->head->head.response.framing;
    bool has_body = at->body != NULL && framing.length > 0;

    if (framing.kind == BODY_CHUNKED)
        return "the body is sent in chunks: no Content-Length frames it";
    if (framing.kind == BODY_CLOSE)
        return "the body ends with the connection: no Content-Length frames it";
    if (of->form <= LENGTH_ABSENT && of->form != LENGTH_DUPLICATE && !has_body)
        return "the answer has no body whose length could be wrong";
    if (of->form == LENGTH_SHORT && framing.length < of->by)
        return "the body is shorter than Content-Length shall be short by";
    if (of->form == LENGTH_ABSENT && at->end->end != END_KEEP)
        return "without Content-Length a body may end with its connection, and this one "
               "closes";
    return NULL;
}

const char *fault_content_length(struct plan *p, const void *of, struct slice why,
                                 uint64_t drawn)
{
    struct places at;
    const char *no = places_find(p, &at);

    (void)drawn;
    if (no == NULL)
        no = judge(&at, of);
    if (no == NULL)
        plan_twist(p, at.head, "content-length", why, twist_length, of);
    return no;
}

/* ---- arguments ---- */

static const struct key keys[] = {
    {.name = "form",
     .type = KEY_CHOICE,
     .choices = forms,
     .fallback = "short",
     .help =
         "what it says: too little, too much, two different things, nothing, -1 or a word",
     .since = VERSION,
     .at = offsetof(struct length, form)},
    {.name = "by",
     .type = KEY_SIZE,
     .least = 1,
     .most = 1ull << 40,
     .fallback = "1",
     .help = "by how many octets it is short or long",
     .since = VERSION,
     .at = offsetof(struct length, by)},
};

static void prepare(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct length *)into)->by = 1;
}

static bool take_form(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &keys[0], scalar, into);
}

const struct shape shape_content_length = {
    .name = "content-length",
    .help = "what is wrong with Content-Length",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct length),
    .short_form = "its form: short, long, duplicate, absent, negative or word",
    .take_short = take_form,
    .prepare = prepare,
};
