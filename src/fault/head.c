/* SPDX-License-Identifier: MIT */
/* Heads made wrong: the status line, line ends, fields. Each is a twist of the octets. */
#include "parts.h"

typedef bool (*twister)(const struct twist *t, struct buf *head);

static const char *twist(struct plan *p, const char *kind, struct slice why, twister apply,
                         const void *args)
{
    struct places at;
    const char *no = places_find(p, &at);

    if (no == NULL)
        plan_twist(p, at.head, kind, why, apply, args);
    return no;
}

/* ---- the status line: "HTTP/1.1 200 OK" ---- */

#define VERSION_LEN 8 /* "HTTP/1.1" */
#define CODE_AT     9 /* "200" */
#define CODE_END    12

enum line_form { LINE_VERSION, LINE_99, LINE_1000, LINE_NO_REASON, LINE_NO_SPACE };

struct status_line {
    uint8_t form;
    struct slice text; /* .at NULL: by form */
};

static const char *const line_forms[] = {"version",   "code-99",  "code-1000",
                                         "no-reason", "no-space", NULL};

/* The line ends before its CR, or before its LF where there is none. */
static size_t line_end(struct slice head)
{
    size_t n = (size_t)slice_find(head, '\n');

    return n > 0 && head.at[n - 1] == '\r' ? n - 1 : n;
}

static bool twist_status_line(const struct twist *t, struct buf *head)
{
    const struct status_line *of = t->args;
    size_t end = line_end(buf_slice(head));

    if (of->text.at != NULL)
        return octets_replace(head, 0, end, of->text);
    if (end < CODE_END) /* another twist has been here */
        return true;
    switch ((enum line_form)of->form) {
    case LINE_VERSION:
        return octets_replace(head, 0, VERSION_LEN, SLICE("HTTP/3.7"));
    case LINE_99:
        return octets_replace(head, CODE_AT, CODE_END, SLICE("99"));
    case LINE_1000:
        return octets_replace(head, CODE_AT, CODE_END, SLICE("1000"));
    case LINE_NO_REASON:
        return octets_replace(head, CODE_END, end, SLICE(""));
    case LINE_NO_SPACE:
        return octets_replace(head, CODE_END, end > CODE_END ? CODE_END + 1 : end,
                              SLICE(""));
    }
    return true;
}

const char *fault_status_line(struct plan *p, const void *of, struct slice why,
                              uint64_t drawn)
{
    (void)drawn;
    return twist(p, "status-line", why, twist_status_line, of);
}

static const struct key status_line_keys[] = {
    {.name = "form",
     .type = KEY_CHOICE,
     .choices = line_forms,
     .fallback = "version",
     .help = "what is wrong: HTTP/3.7, a code of two or four digits, no reason, or no "
             "space before it",
     .since = VERSION,
     .at = offsetof(struct status_line, form)},
    {.name = "text",
     .type = KEY_TEXT,
     .help = "a line of your own instead, without its end",
     .since = VERSION,
     .at = offsetof(struct status_line, text)},
};

static bool take_form(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &status_line_keys[0], scalar, into);
}

const struct shape shape_status_line = {
    .name = "status-line",
    .help = "what is wrong with the status line",
    .keys = status_line_keys,
    .n_keys = COUNT(status_line_keys),
    .size = sizeof(struct status_line),
    .short_form = "its form: version, code-99, code-1000, no-reason or no-space",
    .take_short = take_form,
};

/* ---- line ends ---- */

static bool twist_bare_lf(const struct twist *t, struct buf *head)
{
    char *at = buf_head(head), *to = at;
    size_t len = buf_len(head);

    (void)t;
    for (size_t i = 0; i < len; i++)
        if (at[i] != '\r' || i + 1 == len || at[i + 1] != '\n')
            *to++ = at[i];
    head->to = head->from + (uint32_t)(to - at);
    return true;
}

const char *fault_bare_lf(struct plan *p, const void *of, struct slice why, uint64_t drawn)
{
    (void)drawn;
    return twist(p, "bare-lf", why, twist_bare_lf, of);
}

/* ---- one field more, that is wrong ---- */

static bool twist_field(const struct twist *t, struct buf *head)
{
    const struct slice *line = t->args;

    return octets_add_line(head, *line);
}

#define ODD_FIELD(id, kind, line)                                            \
    const char *fault_##id(struct plan *p, const void *of, struct slice why, \
                           uint64_t drawn)                                   \
    {                                                                        \
        static const struct slice octets = SLICE(line);                      \
                                                                             \
        (void)of;                                                            \
        (void)drawn;                                                         \
        return twist(p, kind, why, twist_field, &octets);                    \
    }

ODD_FIELD(nul_in_field, "nul-in-field", "X-Naysay: a\0b\r\n")
ODD_FIELD(eight_bit_in_field, "eight-bit-in-field", "X-Naysay: caf\xe9\r\n")
ODD_FIELD(obs_fold, "obs-fold", "X-Naysay: one\r\n two\r\n")
ODD_FIELD(space_before_colon, "space-before-colon", "X-Naysay : one\r\n")

/* ---- too many, too long ---- */

struct amount {
    uint64_t n;
};

static bool twist_flood(const struct twist *t, struct buf *head)
{
    const struct amount *of = t->args;
    struct buf lines = {.shelf = head->shelf};
    bool ok = true;

    for (uint64_t i = 1; ok && i <= of->n; i++)
        ok = buf_printf(&lines, "X-Naysay-%llu: %llu\r\n", (unsigned long long)i,
                        (unsigned long long)i);
    ok = ok && octets_add_line(head, buf_slice(&lines));
    buf_clear(&lines);
    return ok;
}

const char *fault_header_flood(struct plan *p, const void *of, struct slice why,
                               uint64_t drawn)
{
    (void)drawn;
    return twist(p, "header-flood", why, twist_flood, of);
}

static bool twist_giant(const struct twist *t, struct buf *head)
{
    const struct amount *of = t->args;
    struct buf line = {.shelf = head->shelf};
    bool ok = buf_put(&line, SLICE("X-Naysay: ")) && buf_reserve(&line, of->n + 2);

    if (ok) {
        memset(line.block + line.to, 'x', (size_t)of->n);
        line.to += (uint32_t)of->n;
        ok = buf_put(&line, SLICE("\r\n")) && octets_add_line(head, buf_slice(&line));
    }
    buf_clear(&line);
    return ok;
}

const char *fault_giant_header(struct plan *p, const void *of, struct slice why,
                               uint64_t drawn)
{
    (void)drawn;
    return twist(p, "giant-header", why, twist_giant, of);
}

static const struct key flood_keys[] = {
    {.name = "count",
     .type = KEY_COUNT,
     .least = 1,
     .most = 100000,
     .fallback = "1000",
     .help = "how many more fields",
     .since = VERSION,
     .at = offsetof(struct amount, n)},
};

static const struct key giant_keys[] = {
    {.name = "octets",
     .type = KEY_SIZE,
     .least = 1,
     .most = 16 << 20,
     .fallback = "64KiB",
     .help = "how long the field's value is",
     .since = VERSION,
     .at = offsetof(struct amount, n)},
};

static void prepare_flood(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct amount *)into)->n = 1000;
}

static void prepare_giant(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct amount *)into)->n = 64 << 10;
}

static bool take_count(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &flood_keys[0], scalar, into);
}

static bool take_size(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &giant_keys[0], scalar, into);
}

const struct shape shape_header_flood = {
    .name = "header-flood",
    .help = "more fields than a client may be ready for",
    .keys = flood_keys,
    .n_keys = COUNT(flood_keys),
    .size = sizeof(struct amount),
    .short_form = "how many fields",
    .take_short = take_count,
    .prepare = prepare_flood,
};

const struct shape shape_giant_header = {
    .name = "giant-header",
    .help = "a field longer than a client may be ready for",
    .keys = giant_keys,
    .n_keys = COUNT(giant_keys),
    .size = sizeof(struct amount),
    .short_form = "how many octets, such as 64KiB",
    .take_short = take_size,
    .prepare = prepare_giant,
};
