/* SPDX-License-Identifier: MIT */
/*
 * Two patterns, a line each, and a value. Globs agree with a table of all ways, names tell
 * what was there, a glob that covers another fits what that one fits; expressions
 * end in time, and twice the same way.
 */
#include "fuzz.h"
#include "naysay/text.h"

#define TEXT_MOST  64u /* octets that the table has room for */
#define VALUE_MOST 128u

/* ---- the second opinion: fits[i][j], does text from i on fit the value from j on? ---- */

struct table {
    struct slice text, value;
    bool is_path;
    bool fits[TEXT_MOST + 1][VALUE_MOST + 1];
};

static char text_at(const struct table *t, size_t i)
{
    return i < t->text.len ? t->text.at[i] : '\0';
}

static size_t count_stars(const struct table *t, size_t i)
{
    size_t n = 0;

    while (i + n < t->text.len && t->text.at[i + n] == '*')
        n++;
    return n;
}

/* From behind a slash: nothing but segments "**" to the end. */
static bool is_tail(const struct table *t, size_t i)
{
    for (;; i++) {
        size_t n = count_stars(t, i);
        if (n < 2)
            return false;
        i += n;
        if (i == t->text.len)
            return true;
        if (text_at(t, i) != '/')
            return false;
    }
}

/* Does some run of octets from j on do, after which text from i on fits? */
static bool any_run(const struct table *t, size_t i, size_t j, bool crosses,
                    bool behind_slash)
{
    for (size_t e = j;; e++) {
        if (t->fits[i][e] && (!behind_slash || e == j || t->value.at[e - 1] == '/'))
            return true;
        if (e == t->value.len || (!crosses && t->value.at[e] == '/'))
            return false;
    }
}

static bool fits_stars(const struct table *t, size_t i, size_t j)
{
    size_t n = count_stars(t, i);

    if (!t->is_path)
        return any_run(t, i + n, j, true, false);
    if (n == 1)
        return any_run(t, i + 1, j, false, false);
    if (i > 0 && text_at(t, i - 1) == '/' && text_at(t, i + n) == '/')
        return any_run(t, i + n + 1, j, true, true);
    return any_run(t, i + n, j, true, false);
}

static bool fits_octet(const struct table *t, size_t i, size_t j)
{
    if (t->is_path && t->text.at[i] == '/' && is_tail(t, i + 1) &&
        (j == t->value.len || t->value.at[j] == '/'))
        return true;
    return j < t->value.len && t->value.at[j] == t->text.at[i] && t->fits[i + 1][j + 1];
}

static bool fits_here(const struct table *t, size_t i, size_t j)
{
    char c = text_at(t, i);
    size_t end = i;

    if (i == t->text.len)
        return j == t->value.len;
    if (c == '*')
        return fits_stars(t, i, j);
    if (c == '?' && !t->is_path)
        return j < t->value.len && t->fits[i + 1][j + 1];
    if (c == '\\')
        return i + 1 < t->text.len && fits_octet(t, i + 1, j);
    if (c != '{' || !t->is_path)
        return fits_octet(t, i, j);
    while (end < t->text.len && t->text.at[end] != '}')
        end++;
    return end < t->text.len && j < t->value.len && t->value.at[j] != '/' &&
           any_run(t, end + 1, j + 1, false, false);
}

static bool fits_by_table(struct slice text, struct slice value, bool is_path)
{
    static struct table t;

    t.text = text;
    t.value = value;
    t.is_path = is_path;
    for (size_t i = text.len + 1; i-- > 0;)
        for (size_t j = value.len + 1; j-- > 0;)
            t.fits[i][j] = fits_here(&t, i, j);
    return t.fits[0][0];
}

static bool has_room(struct slice text, struct slice value)
{
    return text.len <= TEXT_MOST && value.len <= VALUE_MOST;
}

/* ---- globs over paths ---- */

static void judge_captures(const struct capture *c, uint32_t n, struct slice path)
{
    if (n > CAPTURES)
        fuzz_must("too many captures");
    for (uint32_t i = 0; i < n; i++) {
        if (c[i].name.len == 0 || c[i].value.len == 0 || slice_find(c[i].value, '/') >= 0)
            fuzz_must("a capture that is no part of a segment");
        if (c[i].value.at < path.at || c[i].value.at + c[i].value.len > path.at + path.len)
            fuzz_must("a capture from somewhere else");
    }
}

static void put_escaped(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!buf_put(out, SLICE("\\")) || !buf_put(out, (struct slice){s.at + i, 1}))
            fuzz_must("out of memory");
}

/* The glob with the values in place of the names, which must fit as well. */
static void judge_values(struct arena *a, struct slice text, const struct capture *c,
                         struct slice path)
{
    struct buf filled = {0};
    struct glob *g;
    bool ok = true;

    for (size_t i = 0; ok && i < text.len; i++) {
        size_t n = text.at[i] == '\\' ? 2 : 1;
        if (text.at[i] == '{') {
            put_escaped(&filled, c++->value);
            i += (size_t)slice_find((struct slice){text.at + i, text.len - i}, '}');
        } else {
            ok = buf_put(&filled, (struct slice){text.at + i, n});
            i += n - 1;
        }
    }
    g = glob_parse(a, buf_slice(&filled), NULL);
    if (g == NULL || !glob_fits(g, path, NULL, NULL))
        fuzz_must("the values are not what was there");
    buf_clear(&filled);
}

static struct glob *judge_glob(struct arena *a, struct slice text, struct slice path)
{
    struct complaint why = {""};
    struct capture captures[CAPTURES];
    struct glob *g = glob_parse(a, text, &why);
    uint32_t n = 0;
    bool fits;

    if ((g == NULL) != (why.text[0] != '\0'))
        fuzz_must("a refusal without words, or words without one");
    if (g == NULL)
        return NULL;
    fits = glob_fits(g, path, captures, &n);
    if (has_room(text, path) && fits != fits_by_table(text, path, true))
        fuzz_must("a glob and its table disagree");
    if (fits) {
        judge_captures(captures, n, path);
        judge_values(a, text, captures, path);
    }
    if (glob_is_literal(g) && fits != slice_is(glob_text(g), path))
        fuzz_must("a literal glob that does not fit its text");
    if (!glob_covers(g, g))
        fuzz_must("a glob does not cover itself");
    return g;
}

/* ---- patterns ---- */

static void judge_words(const struct pattern *p)
{
    char said[64];
    size_t n = pattern_print(p, said, sizeof(said));

    if (n == 0 || strlen(said) != (n < sizeof(said) ? n : sizeof(said) - 1))
        fuzz_must("a pattern is said wrong");
    for (size_t i = 0; said[i] != '\0'; i++)
        if ((unsigned char)said[i] < ' ' || said[i] == 0x7f)
            fuzz_must("a pattern is said on more than one line");
}

/* Is the word nothing but a glob? */
static bool is_glob(struct slice text)
{
    return (slice_find(text, '*') >= 0 || slice_find(text, '?') >= 0) &&
           slice_find(text, '/') < 0 && slice_find(text, '<') < 0 &&
           slice_find(text, '>') < 0;
}

static void judge_word(struct arena *a, struct slice text, struct slice value)
{
    struct complaints why;
    struct loader l = {.arena = a, .why = &why};
    struct node word = {.kind = NODE_SCALAR, .line = 1, .column = 1, .width = 1};
    struct pattern *p = NULL;
    bool fits;

    if (slice_find(text, '\0') >= 0) /* what documents never hold */
        return;
    word.text.at = mem_must(mem_copy_text(text));
    word.text.len = text.len;
    complaints_init(&why, a);
    if (shape_pattern.take_short(&l, &word, &p) != (why.errors == 0) ||
        (p == NULL) != (why.errors > 0))
        fuzz_must("a word is neither taken nor refused");
    mem_free((char *)word.text.at); /* the pattern has its own */
    if (p == NULL)
        return;
    judge_words(p);
    fits = pattern_fits(p, value, true);
    if (fits != pattern_fits(p, value, true))
        fuzz_must("a pattern changes its mind");
    if (pattern_literal(p).at != NULL && fits != slice_is(pattern_literal(p), value))
        fuzz_must("a literal pattern that does not fit its text");
    if (is_glob(text) && has_room(text, value) && fits != fits_by_table(text, value, false))
        fuzz_must("a glob over values and its table disagree");
}

static void judge_regex(struct arena *a, struct slice text, struct slice value)
{
    static const char *const flags[] = {"", "i", "m", "s", "x", "imsx"};
    struct complaint why = {""};
    uint64_t n = fuzz_number((const uint8_t *)text.at, text.len);
    struct regex *r = regex_parse(a, text, flags[n % COUNT(flags)], &why);

    if ((r == NULL) != (why.text[0] != '\0'))
        fuzz_must("a refusal without words, or words without one");
    if (r != NULL && regex_fits(r, value) != regex_fits(r, value))
        fuzz_must("an expression changes its mind");
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    struct slice value = {(const char *)octets, len}, one, two;
    uint64_t live = mem_live();
    struct arena arena;
    struct glob *a, *b;

    if (len > 1 << 14)
        return 0;
    one = slice_cut(&value, '\n');
    two = slice_cut(&value, '\n');
    if (value.at == NULL)
        return 0;
    arena_init(&arena, NULL);
    a = judge_glob(&arena, one, value);
    b = judge_glob(&arena, two, value);
    if (a != NULL && b != NULL && glob_covers(a, b) && glob_fits(b, value, NULL, NULL) &&
        !glob_fits(a, value, NULL, NULL))
        fuzz_must("a glob does not fit what it covers");
    judge_word(&arena, one, value);
    judge_word(&arena, two, value);
    judge_regex(&arena, one, value);
    arena_clear(&arena);
    if (mem_live() != live)
        fuzz_must("memory is left over");
    return 0;
}
