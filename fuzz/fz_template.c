/* SPDX-License-Identifier: MIT */
/*
 * A template, a NUL, and a value that its inserts get. Whatever the value is, it stays
 * where it was put: one header line, one JSON string, one piece of text in HTML, one part
 * of a URL.
 */
#include <jansson.h>

#include "fuzz.h"
#include "naysay/text.h"

static bool check_random(const struct insert *i, struct complaint *why)
{
    uint64_t n;

    return slice_to_u64(i->args[0], &n) || complain(why, "no number");
}

static const struct template_name names[] = {
    {"v", 0, 0, false, "the value", NULL},
    {"request", 0, 1, true, "the value", NULL},
    {"random", 1, 2, false, "the value", check_random},
    {"args", 0, TEMPLATE_ARGS, true, "what it was given, and the value", NULL},
};

static const struct template_names known = {names, COUNT(names)};

struct teller {
    struct slice value;
    unsigned told;
};

static bool tell(void *arg, const struct insert *i, struct buf *out)
{
    struct teller *t = arg;
    bool ok = true;

    if (i->name >= COUNT(names) || i->n_args < names[i->name].least_args ||
        i->n_args > names[i->name].most_args || i->nth != t->told++)
        fuzz_must("an insert that was not asked for");
    for (unsigned n = 0; n < i->n_args; n++)
        ok = ok && buf_put(out, i->args[n]);
    return ok && buf_put(out, i->rest) && buf_put(out, t->value);
}

static bool has_ctl(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
            return true;
    return false;
}

static bool has_any(struct slice s, const char *octets)
{
    for (; *octets != '\0'; octets++)
        if (slice_find(s, *octets) >= 0)
            return true;
    return false;
}

/* ---- one value alone, by place ---- */

/* A string, and of as many characters as JSON's reader finds. */
static void judge_json(struct slice said)
{
    struct buf text = {0};
    json_error_t error;
    json_t *j;

    if (!buf_put(&text, SLICE("[\"")) || !buf_put(&text, said) ||
        !buf_put(&text, SLICE("\"]")))
        fuzz_must("out of memory");
    j = json_loadb(buf_head(&text), buf_len(&text), JSON_ALLOW_NUL, &error);
    if (j == NULL || json_array_size(j) != 1 || !json_is_string(json_array_get(j, 0)))
        fuzz_must("a value left its JSON string");
    json_decref(j);
    buf_clear(&text);
}

static char hex(char c)
{
    return (char)(c >= 'A' ? c - 'A' + 10 : c - '0');
}

static void judge_url(struct slice said, struct slice value)
{
    size_t n = 0;

    for (size_t i = 0; i < said.len; i++, n++) {
        char c = said.at[i];
        if (c == '%') {
            if (said.len - i < 3)
                fuzz_must("half an octet in a URL");
            c = (char)(hex(said.at[i + 1]) * 16 + hex(said.at[i + 2]));
            i += 2;
        }
        if (n >= value.len || c != value.at[n])
            fuzz_must("another value in a URL");
    }
    if (n != value.len || has_any(said, " /?#&=:@+\"<>\\") || has_ctl(said))
        fuzz_must("a value left its part of a URL");
}

static void judge_value(enum escape escape, struct slice said, struct slice value)
{
    switch (escape) {
    case ESCAPE_NONE:
        if (!slice_is(said, value))
            fuzz_must("a plain value was changed");
        break;
    case ESCAPE_HEADER:
        if (said.len != value.len || has_ctl(said))
            fuzz_must("a value left its header line");
        break;
    case ESCAPE_JSON:
        judge_json(said);
        break;
    case ESCAPE_HTML:
        if (has_any(said, "<>\"'"))
            fuzz_must("a value left its place in HTML");
        break;
    case ESCAPE_URL:
        judge_url(said, value);
        break;
    }
}

/* ---- any template ---- */

/* The same again, with one octet less than it takes. */
static void judge_most(const struct template *t, enum escape escape, struct slice value,
                       size_t took)
{
    struct teller teller = {value, 0};
    struct buf out = {0};

    if (took > 0 && template_put(t, escape, took - 1, tell, &teller, &out))
        fuzz_must("more octets than the most");
    if (buf_len(&out) != 0)
        fuzz_must("half a template was left");
    teller.told = 0;
    if (!template_put(t, escape, took, tell, &teller, &out) || buf_len(&out) != took)
        fuzz_must("a template changes its mind");
    buf_clear(&out);
}

static void judge(const struct template *t, struct slice value, bool is_value_alone)
{
    for (int escape = ESCAPE_NONE; escape <= ESCAPE_URL; escape++) {
        struct teller teller = {value, 0};
        struct buf out = {0};

        if (!template_put(t, (enum escape)escape, 1 << 20, tell, &teller, &out))
            continue; /* an insert, many times, of a long value */
        if (template_is_constant(t) != (teller.told == 0))
            fuzz_must("a constant template asked, or another did not");
        if (teller.told == 0 && escape != ESCAPE_HEADER &&
            !slice_is(buf_slice(&out), template_text(t)))
            fuzz_must("a constant template is not its text");
        if (escape == ESCAPE_HEADER && has_ctl(buf_slice(&out)))
            fuzz_must("a template is more than a header line");
        if (is_value_alone)
            judge_value((enum escape)escape, buf_slice(&out), value);
        judge_most(t, (enum escape)escape, value, buf_len(&out));
        buf_clear(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct slice value = {(const char *)octets, len}, text;
    struct complaint why = {""};
    uint64_t live = mem_live();
    struct arena arena;
    struct template *t;

    if (len > 1 << 12)
        return 0;
    text = slice_cut(&value, '\0');
    if (value.at == NULL)
        value = SLICE("");
    arena_init(&arena, NULL);
    t = template_parse(&arena, text, known, &why);
    if ((t == NULL) != (why.text[0] != '\0'))
        fuzz_must("a refusal without words, or words without one");
    if (t != NULL)
        judge(t, value, false);
    judge(template_parse(&arena, SLICE("{{v}}"), known, &why), value, true);
    arena_clear(&arena);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
