/* SPDX-License-Identifier: MIT */
#include "naysay/text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { N_V, N_REQUEST, N_RANDOM, N_ALL };

static bool check_random(const struct insert *i, struct complaint *why)
{
    uint64_t n;

    return slice_to_u64(i->args[0], &n) ||
           complain(why, "{{random}} takes numbers, not \"%.*s\"", SLICE_ARGS(i->args[0]));
}

static const struct template_name names[] = {
    [N_V] = {"v", 0, 0, false, "a value", NULL},
    [N_REQUEST] = {"request", 0, 0, true, "of the request", NULL},
    [N_RANDOM] = {"random", 2, 2, false, "a number", check_random},
    [N_ALL] = {"all", 1, TEMPLATE_ARGS, false, "what it is given", NULL},
};

static const struct template_names known = {names, COUNT(names)};

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

static struct template *parse(const char *text)
{
    struct complaint why = {""};
    struct template *t = template_parse(&arena, slice_of(text), known, &why);

    if (t == NULL)
        fail_msg("'%s': %s", text, why.text);
    return t;
}

/* {{v}} is what `arg` points to; the others say what they were asked for. */
static bool say_value(void *arg, const struct insert *i, struct buf *out)
{
    bool ok;

    if (i->name == N_V)
        return buf_put(out, *(const struct slice *)arg);
    ok = buf_printf(out, "<%u %s", i->nth, names[i->name].name);
    if (i->rest.len > 0)
        ok = ok && buf_printf(out, " .%.*s", SLICE_ARGS(i->rest));
    for (unsigned n = 0; n < i->n_args; n++)
        ok = ok && buf_printf(out, " '%.*s'", SLICE_ARGS(i->args[n]));
    return ok && buf_put(out, SLICE(">"));
}

static void must_become(const struct template *t, enum escape escape, struct slice v,
                        struct slice want)
{
    struct buf out = {0};

    assert_true(template_put(t, escape, 1000, say_value, &v, &out));
    if (!slice_is(buf_slice(&out), want))
        fail_msg("'%.*s' became '%.*s'", SLICE_ARGS(template_text(t)),
                 SLICE_ARGS(buf_slice(&out)));
    buf_clear(&out);
}

static void test_what_becomes_of_text(void **state)
{
    static const struct {
        const char *text, *want;
        bool is_constant;
    } rows[] = {
        {"", "", true},
        {"plain } text {", "plain } text {", true},
        {"}} and }}}}", "}} and }}}}", true},
        {"{{{{", "{{", true},
        {"a {{{{b}} {{{{{{{{", "a {{b}} {{{{", true},
        {"{{{{{", "{{{", true},
        {"{{v}}", "X", false},
        {"a{{v}}b{{ v }}c", "aXbXc", false},
        {"{{v}}{{v}}", "XX", false},
        {"{{\n\tv\r\n}}", "X", false},
        {"{\"a\":{\"b\":{{v}}}}", "{\"a\":{\"b\":X}}", false},
        {"{\"a\":{{{v}}}", "{\"a\":{X}", false},
        {"{{{{v}}{{v}}", "{{v}}X", false},
        {"{{{{{{v}}", "{{X", false},
        {"{{{{{{{v}}", "{{{X", false},
        {"{{request}}", "<0 request>", false},
        {"{{request.path.id}}", "<0 request .path.id>", false},
        {"{{request.header.x-a }}!", "<0 request .header.x-a>!", false},
        {"{{v}}{{random 1 6}}{{random 7 9}}", "X<1 random '1' '6'><2 random '7' '9'>",
         false},
        {"{{all a b c d}}", "<0 all 'a' 'b' 'c' 'd'>", false},
        {"{{all \"a b\" \"\"}}", "<0 all 'a b' ''>", false},
        {"{{all \"}} \\\" \\\\ \\n\"}}", "<0 all '}} \" \\ \\n'>", false},
        {"{{all a\"b\"c}}", "<0 all 'a' 'b' 'c'>", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct template *t = parse(rows[i].text);
        must_become(t, ESCAPE_NONE, SLICE("X"), slice_of(rows[i].want));
        assert_int_equal(template_is_constant(t), rows[i].is_constant);
        assert_true(slice_is(template_text(t),
                             slice_of(rows[i].is_constant ? rows[i].want : rows[i].text)));
    }
}

#define OPEN(text) \
    "\"{{" text "\" is never closed: write \"}}\", or \"{{{{\" for two literal braces"

static void test_complaints(void **state)
{
    static const char *const rows[][2] = {
        {"{{", "an insert without a name: write {{name}}, or \"{{{{\" for two literal "
               "braces"},
        {"a {{}}", "an insert without a name: write {{name}}, or \"{{{{\" for two literal "
                   "braces"},
        {"{{.x}}", "an insert without a name: write {{name}}, or \"{{{{\" for two literal "
                   "braces"},
        {"{{v", OPEN("v")},
        {"{{ v }", OPEN(" v }")},
        {"a {{all b c", OPEN("all b c")},
        {"{{all \"b}}", "a quoted word in an insert is never closed: write \""},
        {"{{reqest.path}}", "unknown insert \"reqest\"; did you mean \"request\"?"},
        {"{{zzzzzz}}", "unknown insert \"zzzzzz\"; \"{{{{\" is two literal braces"},
        {"{{v.x}}", "{{v.x}}: nothing can follow this name but a blank"},
        {"{{request.}}", "{{request.}}: something must follow the dot"},
        {"{{v 1}}", "{{v}} takes 0 values, not 1"},
        {"{{random 1}}", "{{random}} takes 2 values, not 1"},
        {"{{random 1 2 3}}", "{{random}} takes 2 values, not 3"},
        {"{{all}}", "{{all}} takes at least 1 value, not 0"},
        {"{{all 1 2 3 4 5}}", "an insert of more than 4 values"},
        {"{{random a 1}}", "{{random}} takes numbers, not \"a\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct complaint why = {""};
        assert_null(template_parse(&arena, slice_of(rows[i][0]), known, &why));
        assert_string_equal(why.text, rows[i][1]);
    }
}

static void test_SCN_02_values_are_escaped_by_place(void **state)
{
    static const struct {
        enum escape escape;
        struct slice value, want;
    } rows[] = {
        {ESCAPE_NONE, SLICE("a\r\n\0\"<"), SLICE("a\r\n\0\"<")},
        {ESCAPE_HEADER, SLICE("a\r\nSet-Cookie: x"), SLICE("a  Set-Cookie: x")},
        {ESCAPE_HEADER, SLICE("\0\t\x7f\x1b[0m\x80\xff"), SLICE("    [0m\x80\xff")},
        {ESCAPE_HEADER, SLICE(""), SLICE("")},
        {ESCAPE_JSON, SLICE("say \"hi\"\\\n\0"), SLICE("say \\\"hi\\\"\\\\\\n\\u0000")},
        {ESCAPE_JSON, SLICE("\xc3\xa9\xff"), SLICE("\xc3\xa9\\u00ff")},
        {ESCAPE_JSON, SLICE(""), SLICE("")},
        {ESCAPE_HTML, SLICE("<a href='x'>\"&\""),
         SLICE("&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;")},
        {ESCAPE_URL, SLICE("a b/c?d=\xc3\xa9&~-._9"),
         SLICE("a%20b%2Fc%3Fd%3D%C3%A9%26~-._9")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        must_become(parse("{{v}}"), rows[i].escape, rows[i].value, rows[i].want);
}

/* But in headers, where nothing at all may split. */
static void test_the_authors_own_words_stand_as_they_are(void **state)
{
    static const struct {
        enum escape escape;
        const char *want;
    } rows[] = {
        {ESCAPE_NONE, "<\r\n\"\"&\r\n>"},   {ESCAPE_HEADER, "<  \"\"&  >"},
        {ESCAPE_JSON, "<\r\n\"\\\"&\r\n>"}, {ESCAPE_HTML, "<\r\n\"&quot;&\r\n>"},
        {ESCAPE_URL, "<\r\n\"%22&\r\n>"},
    };
    const struct template *t = parse("<\r\n\"{{v}}&\r\n>");

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        must_become(t, rows[i].escape, SLICE("\""), slice_of(rows[i].want));
}

static void test_most_is_the_most(void **state)
{
    static const struct {
        const char *text;
        enum escape escape;
        struct slice v;
        size_t len;
    } rows[] = {
        {"abc", ESCAPE_NONE, SLICE(""), 3},
        {"abc{{v}}de", ESCAPE_NONE, SLICE("12345"), 10},
        {"{{v}}", ESCAPE_HTML, SLICE("<<"), 8},
        {"{{v}}", ESCAPE_URL, SLICE("  "), 6},
        {"{{v}}", ESCAPE_JSON, SLICE("\0"), 6},
        {"", ESCAPE_NONE, SLICE(""), 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t most = 0; most <= 4 + rows[i].len; most++) {
            const struct template *t = parse(rows[i].text);
            struct buf out = {0};
            bool fits = most == 4 + rows[i].len;
            struct slice v = rows[i].v;

            assert_true(buf_put(&out, SLICE("head")));
            assert_int_equal(template_put(t, rows[i].escape, most, say_value, &v, &out),
                             fits);
            assert_int_equal(buf_len(&out), fits ? most : 4);
            assert_true(slice_starts(buf_slice(&out), SLICE("head")));
            buf_clear(&out);
        }
}

static bool refuse(void *arg, const struct insert *i, struct buf *out)
{
    (void)arg;
    return buf_put(out, SLICE("half a val")) && i->nth == 0;
}

static void test_a_value_that_cannot_be_said_leaves_nothing(void **state)
{
    struct buf out = {0};

    (void)state;
    assert_false(template_put(parse("a{{v}}b{{v}}"), ESCAPE_NONE, 100, refuse, NULL, &out));
    assert_int_equal(buf_len(&out), 0);
    buf_clear(&out);
}

static void test_the_text_may_go_once_it_is_parsed(void **state)
{
    char text[] = "a{{all b \"c\"}}d{{request.x}}";
    const struct template *t = parse(text);

    (void)state;
    memset(text, '!', sizeof(text));
    must_become(t, ESCAPE_NONE, SLICE(""), SLICE("a<0 all 'b' 'c'>d<1 request .x>"));
}

static void test_inserts_are_counted(void **state)
{
    struct complaint why = {""};
    struct buf text = {0};

    (void)state;
    for (unsigned i = 0; i < UINT16_MAX; i++)
        assert_true(buf_put(&text, SLICE("{{v}}")));
    assert_non_null(template_parse(&arena, buf_slice(&text), known, &why));
    assert_true(buf_put(&text, SLICE("{{v}}")));
    assert_null(template_parse(&arena, buf_slice(&text), known, &why));
    assert_string_equal(why.text, "more than 65535 inserts");
    buf_clear(&text);
}

static void test_MEM_04_no_memory_is_a_complaint_or_false(void **state)
{
    const struct template *t = parse("a{{v}}b");
    struct slice v = SLICE("<<<");
    bool done = false;

    (void)state;
    for (uint64_t nth = 1; !done; nth++) {
        struct complaint why = {""};
        struct arena small;
        arena_init(&small, NULL);
        mem_fail(nth, false);
        done = template_parse(&small, SLICE("a{{all b \"c\"}}"), known, &why) != NULL;
        mem_fail(0, false);
        assert_string_equal(why.text, done ? "" : "out of memory");
        arena_clear(&small);
    }
    done = false;
    for (uint64_t nth = 1; !done; nth++) {
        struct buf out = {0};
        mem_fail(nth, false);
        done = template_put(t, ESCAPE_HTML, 100, say_value, &v, &out);
        mem_fail(0, false);
        assert_int_equal(buf_len(&out), done ? 14 : 0);
        buf_clear(&out);
    }
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(test_what_becomes_of_text),
        EACH(test_complaints),
        EACH(test_SCN_02_values_are_escaped_by_place),
        EACH(test_the_authors_own_words_stand_as_they_are),
        EACH(test_most_is_the_most),
        EACH(test_a_value_that_cannot_be_said_leaves_nothing),
        EACH(test_the_text_may_go_once_it_is_parsed),
        EACH(test_inserts_are_counted),
        EACH(test_MEM_04_no_memory_is_a_complaint_or_false),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
