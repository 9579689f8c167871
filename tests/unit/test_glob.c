/* SPDX-License-Identifier: MIT */
#include "naysay/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static uint64_t live;

static int begin(void **state)
{
    (void)state;
    live = mem_live();
    arena_init(&arena, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    assert_int_equal(mem_live(), live);
    return 0;
}

static struct glob *parse(const char *text)
{
    struct complaint why = {""};
    struct glob *g = glob_parse(&arena, slice_of(text), &why);

    if (g == NULL)
        fail_msg("'%s': %s", text, why.text);
    return g;
}

static void test_what_fits(void **state)
{
    static const struct {
        const char *glob, *path;
        bool fits;
    } rows[] = {
        {"/a", "/a", true},
        {"/a", "/ab", false},
        {"/a", "/A", false},
        {"", "", true},
        {"", "/", false},
        /* within a segment */
        {"/*", "/", true},
        {"/*", "/a", true},
        {"/*", "/a/", false},
        {"/*", "/a/b", false},
        {"/*/b", "/a/b", true},
        {"/*/b", "/a/c/b", false},
        {"/*.js", "/x.js", true},
        {"/*.js", "/.js", true},
        {"/*.js", "/x.js.js", true},
        {"/*.js", "/x/y.js", false},
        {"/*.js", "/x.jsx", false},
        {"/v*/x", "/v12/x", true},
        {"/v*/x", "/v/x", true},
        {"/v*/x", "/w1/x", false},
        {"/a*b*c", "/abbcbc", true},
        {"/a*b*c", "/abb/c", false},
        {"*", "abc", true},
        {"*", "a/c", false},
        {"*:443", "o.test:443", true},
        /* across them */
        {"**", "", true},
        {"**", "/a/b", true},
        {"/**", "/", true},
        {"/**", "/a/b/", true},
        {"/**", "*", false},
        {"/api/**", "/api", true},
        {"/api/**", "/api/", true},
        {"/api/**", "/api/a/b", true},
        {"/api/**", "/apis", false},
        {"/api/**", "/", false},
        {"/api**", "/apis/x", true},
        {"/*/**", "/a", true},
        {"/*/**", "/a/b/c", true},
        {"/**.js", "/a/b.js", true},
        {"/**.js", "/a/b.js/", false},
        {"/a/**/b", "/a/b", true},
        {"/a/**/b", "/a/x/b", true},
        {"/a/**/b", "/a/x/y/b", true},
        {"/a/**/b", "/a/xb", false},
        {"/a/**/b", "/ab", false},
        {"/a/**/b", "/a/x/b/", false},
        {"/**/x/*/y", "/x/x/a/y", true},
        {"/**/x/*/y", "/x/a/b/x/c/y", true},
        {"/**/*.js", "/a/b.js", true},
        {"/**/*.js", "/b.js", true},
        {"/**/", "/", true},
        {"/**/", "/a/b/", true},
        {"/**/", "/a/b", false},
        {"/**/**", "/a/b", true},
        {"/a/**/**/b", "/a/b", true},
        {"/a/**/**/b", "/a/x/b", true},
        {"/a/**/**", "/a", true},
        {"/a/**/**", "/ab", false},
        {"***", "/a/b", true},
        {"**a*b", "/xa/yaxb", true},
        {"**a*b", "/xa/yb", false},
        {"**/a*/b*c", "/q/ax/bc/ay/bxc", true},
        {"**/a*/b*c**/d*", "/ax/b/ax/bc/q/dd", true},
        /* names */
        {"/u/{id}", "/u/7", true},
        {"/u/{id}", "/u/", false},
        {"/u/{id}", "/u/7/", false},
        {"/u/{id}/**", "/u/7", true},
        {"/{a}{b}", "/x", false},
        {"/{a}{b}", "/xy", true},
        /* literal after all */
        {"/a\\*", "/a*", true},
        {"/a\\*", "/ab", false},
        {"/\\{id\\}", "/{id}", true},
        {"/a\\\\", "/a\\", true},
        {"/a\\b", "/ab", true},
        {"/a?", "/a?", true},
        {"/a?", "/ab", false},
        {"/a}", "/a}", true},
        {"/%2F/\xc3\xa9*", "/%2F/\xc3\xa9t\xc3\xa9", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (glob_fits(parse(rows[i].glob), slice_of(rows[i].path), NULL, NULL) !=
            rows[i].fits)
            fail_msg("'%s' and '%s'", rows[i].glob, rows[i].path);
}

static void print_captures(const struct capture *c, uint32_t n, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (uint32_t i = 0; i < n; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%.*s=%.*s", i == 0 ? "" : " ",
                               SLICE_ARGS(c[i].name), SLICE_ARGS(c[i].value));
}

static void test_names_and_their_values(void **state)
{
    static const struct {
        const char *glob, *path, *want;
    } rows[] = {
        {"/u/{id}", "/u/7", "id=7"},
        {"/u/{id}.json", "/u/7.json", "id=7"},
        {"/u/{id}.json", "/u/a.json.json", "id=a.json"},
        {"/{a}/{b}", "/x/yz", "a=x b=yz"},
        {"/{a}-{b}", "/x-y-z", "a=x b=y-z"},
        {"/{a}{b}", "/xyz", "a=x b=yz"},
        {"/*{a}", "/xyz", "a=xyz"},
        {"/v{major}.{minor}/**", "/v1.2.3/x", "major=1 minor=2.3"},
        {"/**/{file}", "/a/b/c", "file=c"},
        {"/**/x{n}/y", "/x1/z/x22/y", "n=22"},
        {"/**/{a}/y/{b}", "/p/y/q/y/r", "a=q b=r"},
        {"/{a}/**/{b}.js", "/p/q/r.js", "a=p b=r"},
        {"/{id}", "/%2e%2e", "id=%2e%2e"},
        {"/{A-b_1}", "/x", "A-b_1=x"},
        {"/plain", "/plain", ""},
        {"/*", "/x", ""},
    };
    struct capture captures[CAPTURES];
    char said[200];
    uint32_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct glob *g = parse(rows[i].glob);
        if (!glob_fits(g, slice_of(rows[i].path), captures, &n))
            fail_msg("'%s' does not fit '%s'", rows[i].glob, rows[i].path);
        print_captures(captures, n, said, sizeof(said));
        assert_string_equal(said, rows[i].want);
    }
}

static void test_sixteen_names_are_the_most(void **state)
{
    struct capture captures[CAPTURES];
    struct complaint why = {""};
    char text[200] = "", path[200] = "";
    uint32_t n = 0;

    (void)state;
    for (unsigned i = 0; i < CAPTURES; i++) {
        snprintf(text + strlen(text), 10, "/{n%u}", i);
        snprintf(path + strlen(path), 10, "/%u", i);
    }
    assert_true(glob_fits(parse(text), slice_of(path), captures, &n));
    assert_int_equal(n, CAPTURES);
    assert_true(slice_is(captures[15].value, SLICE("15")));
    strcat(text, "/{one-more}");
    assert_null(glob_parse(&arena, slice_of(text), &why));
    assert_string_equal(why.text, "more than 16 names: write * where none is needed");
}

static void test_complaints(void **state)
{
    static const char *const rows[][2] = {
        {"/{", "\"{\" is never closed: write {id}; a literal brace is \"\\{\""},
        {"/{id", "\"{id\" is never closed: write {id}; a literal brace is \"\\{\""},
        {"/{id/x}", "\"{id\" is never closed: write {id}; a literal brace is \"\\{\""},
        {"/{}", "{} has no name: write {id}, or * for a segment without one"},
        {"/{a}/{b}/{a}", "{a} stands twice: each name once"},
        {"/{a b}", "{a b}: a name has letters, digits, \"_\" and \"-\" only; a literal "
                   "brace is \"\\{\""},
        {"/{js,css}", "{js,css}: a name has letters, digits, \"_\" and \"-\" only; a "
                      "literal brace is \"\\{\""},
        {"/a\\", "\"\\\" at the end escapes nothing: write \"\\\\\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaint why = {""};
        assert_null(glob_parse(&arena, slice_of(rows[i][0]), &why));
        assert_string_equal(why.text, rows[i][1]);
    }
}

static void test_literal_globs_know_what_they_fit(void **state)
{
    static const struct {
        const char *glob, *text;
        bool is_literal;
    } rows[] = {
        {"/a/b", "/a/b", true},    {"", "", true},          {"/a\\*\\\\", "/a*\\", true},
        {"/a*", "/a*", false},     {"/{x}", "/{x}", false}, {"/**", "/**", false},
        {"/\\**", "/\\**", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct glob *g = parse(rows[i].glob);
        assert_int_equal(glob_is_literal(g), rows[i].is_literal);
        assert_true(slice_is(glob_text(g), slice_of(rows[i].text)));
    }
}

static void test_what_covers_what(void **state)
{
    static const struct {
        const char *a, *b;
        bool covers;
    } rows[] = {
        {"/a", "/a", true},
        {"/a", "/b", false},
        {"/a*", "/a*", true},
        {"/a", "/\\a", true},
        {"**", "/x/*", true},
        {"**", "", true},
        {"/**", "/x/*", true},
        {"/**", "**", false},
        {"/api/**", "/api", true},
        {"/api/**", "/api/x", true},
        {"/api/**", "/api/*/y", true},
        {"/api/**", "/api/**", true},
        {"/api/**", "/api/**/z", true},
        {"/api/**", "/api*", false},
        {"/api/**", "/*", false},
        {"/*", "/a", true},
        {"/*", "/{id}", true},
        {"/*", "/*.js", true},
        {"/*", "/**", false},
        {"/*", "/a/*", false},
        {"/*", "/\\/*", false},
        {"/{id}", "/a", true},
        {"/{id}", "/*", false},
        {"/{id}", "/{other}", true},
        {"/{id}", "/x{other}", true},
        {"/{id}", "/", false},
        {"/{id}/*", "//*", false},
        {"/{id}/*", "/x/*", true},
        {"/{id}/x*", "/\\/x*", false}, /* "//x" has an empty segment */
        {"/u/{id}", "/u/{id}", true},
        {"/u/*/**", "/u/x/*", true},
        {"/*.js", "/x.js", true},
        {"/*.js", "/x*.js", false}, /* it does; that is not seen */
        {"/a/**/b", "/a/**/b", true},
        {"/a/**/b", "/a/x/b", true},
        {"/a", "/*", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (glob_covers(parse(rows[i].a), parse(rows[i].b)) != rows[i].covers)
            fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
}

/* n times `with`, then `last`. */
static struct slice path_of(const char *with, size_t n, const char *last)
{
    size_t each = strlen(with), len = n * each + strlen(last);
    char *text = arena_alloc(&arena, len + 1);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * each, with, each);
    memcpy(text + n * each, last, strlen(last));
    return (struct slice){text, len};
}

/* With one way tried twice these would take hours. */
static void test_SCN_03_hostile_paths_are_quick(void **state)
{
    static const char *const globs[] = {
        "/**a**a**a**a**b",  "/**a*a*a*a*a*b",   "**a*a*b",         "/**/a*a*a*/b",
        "/**/{a}/{b}/{c}/x", "/*a*a*a*a*a*a*b",  "/**a*a*/**a*a*b", "**aaaaaaaaaaaaaaab",
        "/{a}a{b}a{c}a{d}b", "/**/*/**/*/**/*b",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(globs); i++) {
        const struct glob *g = parse(globs[i]);
        assert_false(glob_fits(g, path_of("a", 32768, ""), NULL, NULL));
        assert_false(glob_fits(g, path_of("/a", 16384, ""), NULL, NULL));
        assert_false(glob_fits(g, path_of("/aaaaaaaaaaaaaaa", 2048, "c"), NULL, NULL));
        glob_fits(g, path_of("/aaaaaaaaaaaaaaa", 2048, "b"), NULL, NULL);
    }
}

static void test_MEM_04_no_memory_is_a_complaint(void **state)
{
    bool made = false;

    (void)state;
    for (uint64_t nth = 1; !made; nth++) {
        struct complaint why = {""};
        struct arena small;
        arena_init(&small, NULL);
        mem_fail(nth, false);
        made = glob_parse(&small, SLICE("/{a}*"), &why) != NULL;
        mem_fail(0, false);
        assert_string_equal(why.text, made ? "" : "out of memory");
        arena_clear(&small);
    }
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_what_fits),
        EACH(test_names_and_their_values),
        EACH(test_sixteen_names_are_the_most),
        EACH(test_complaints),
        EACH(test_literal_globs_know_what_they_fit),
        EACH(test_what_covers_what),
        EACH(test_SCN_03_hostile_paths_are_quick),
        EACH(test_MEM_04_no_memory_is_a_complaint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
