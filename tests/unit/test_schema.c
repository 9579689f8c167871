/* SPDX-License-Identifier: MIT */
#include "text_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

static char *printed(void (*print)(FILE *out))
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    print(out);
    fclose(out);
    return text;
}

static void print_schema(FILE *out)
{
    schema_print(out, &shape_play, "A play", "https://play.test/schema.json");
}

static void print_reference(FILE *out)
{
    reference_print(out, &shape_play);
}

static int begin(void **state)
{
    char *text = printed(print_schema);
    json_error_t wrong;

    *state = json_loads(text, JSON_REJECT_DUPLICATES, &wrong);
    free(text);
    assert_non_null(*state);
    return 0;
}

static int end(void **state)
{
    json_decref(*state);
    assert_int_equal(mem_live(), 0);
    return 0;
}

/* "$defs.part.oneOf.2": names of members, places in lists. */
static json_t *at(json_t *from, const char *path)
{
    char text[200], *rest = text;

    snprintf(text, sizeof(text), "%s", path);
    for (char *name; (name = strsep(&rest, ".")) != NULL;)
        from = json_is_array(from) ? json_array_get(from, (size_t)atoi(name))
                                   : json_object_get(from, name);
    return from;
}

static void must_be(json_t *schema, const char *path, const char *json)
{
    json_t *value = at(schema, path);
    char *text =
        value == NULL
            ? NULL
            : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_PRESERVE_ORDER);

    assert_string_equal(text == NULL ? path : text, json);
    free(text);
}

#define PLAY "$defs.play.properties."
#define PART "$defs.part.oneOf.2."

struct row {
    const char *path, *json;
};

/* clang-format off */
static const struct row rows[] = {
    {"$schema", "\"https://json-schema.org/draft/2020-12/schema\""},
    {"$id", "\"https://play.test/schema.json\""},
    {"title", "\"A play\""},
    {"$ref", "\"#/$defs/play\""},
    {"$defs.play.additionalProperties", "false"},
    {PLAY "title.type", "[\"string\",\"number\",\"boolean\"]"},
    {PLAY "title.description", "\"What it is called. Since naysay 0.1.\""},
    {PLAY "title.markdownDescription", "\"What it is called.\\n\\nSince naysay 0.1.\""},
    {PLAY "loud.default", "false"},
    {PLAY "times.minimum", "1"},
    {PLAY "times.default", "3"},
    {PLAY "wait.description", "\"Before it begins. Allowed: at most 1h.\""},
    {PLAY "size.maximum", "1048576"},
    {PLAY "size.description", "\"Of the hall\\\\stage. Allowed: at most 1MiB.\""},
    {PLAY "mood.enum", "[\"merry\",\"grave\",\"wild\"]"},
    {PLAY "mood.default", "\"merry\""},
    {PLAY "lead.$ref", "\"#/$defs/part\""},
    {PLAY "parts.anyOf", "[{\"$ref\":\"#/$defs/part\",\"not\":{\"type\":\"array\"}},{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/part\"}}]"},
    {PLAY "cast.additionalProperties", "{\"$ref\":\"#/$defs/role\"}"},
    {PLAY "cast.maxProperties", "3"},
    {PLAY "cast.description", "\"Who plays whom. Allowed: from 1 to 3.\""},
    {PLAY "own.description", "\"Its own. Takes anything at all.\""},
    {"$defs.part.oneOf.0.description", "\"a name\""},
    {"$defs.part.oneOf.1", "{\"type\":\"array\"}"},
    {PART "properties.called.description", "\"Who speaks, as \\\"others\\\" call him. Since naysay 0.2.\""},
    {PART "allOf", "[{\"oneOf\":[{\"required\":[\"name\"]},{\"required\":[\"called\"]}]}]"},
    {"$defs.role.additionalProperties.description", "\"a day of the week: who plays then\""},
};
/* clang-format on */

static void test_rows_are_told(void **state)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        must_be(*state, rows[i].path, rows[i].json);
}

static void test_every_key_is_there_and_no_more(void **state)
{
    size_t n = 0;

    for (size_t i = 0; i < shape_play.n_keys; i++) {
        assert_non_null(
            json_object_get(at(*state, "$defs.play.properties"), shape_play.keys[i].name));
        n++;
    }
    assert_int_equal(json_object_size(at(*state, "$defs.play.properties")), n);
    assert_int_equal(json_object_size(at(*state, "$defs")), 3);
}

static void check_refs(json_t *schema, json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    json_object_foreach(value, name, member)
    {
        if (strcmp(name, "$ref") == 0)
            assert_non_null(json_object_get(at(schema, "$defs"), json_string_value(member) +
                                                                     strlen("#/$defs/")));
        check_refs(schema, member);
    }
    json_array_foreach(value, i, member) check_refs(schema, member);
}

static void test_references_lead_somewhere(void **state)
{
    check_refs(*state, *state);
}

static void test_it_is_the_same_each_time(void **state)
{
    char *once = printed(print_schema), *twice = printed(print_schema);

    (void)state;
    assert_string_equal(once, twice);
    free(once);
    free(twice);
}

/* ---- two shapes of one name, and words for a stranger's tools ---- */

static bool take_any(struct loader *l, const struct node *value, void *into)
{
    (void)l;
    (void)value;
    (void)into;
    return true;
}

static const struct shape shape_b1 = {.name = "Two words", .take_other = take_any};
static const struct shape shape_b2 = {
    .name = "Two words", .take_other = take_any, .other_shape = &shape_part};
static const struct key odd_keys[] = {
    {.name = "a", .type = KEY_SHAPE, .shape = &shape_b1},
    {.name = "b", .also = ".b", .type = KEY_OWN, .shape = &shape_b2, .help = ".Sh \"\\(x"},
};
static const struct shape shape_odd = {
    .name = "odd", .keys = odd_keys, .n_keys = COUNT(odd_keys)};

static void print_odd_schema(FILE *out)
{
    schema_print(out, &shape_odd, "odd", NULL);
}

static void print_odd_reference(FILE *out)
{
    reference_print(out, &shape_odd);
}

static void test_odd_names(void **state)
{
    char *text = printed(print_odd_schema);
    json_t *schema = json_loads(text, 0, NULL);

    (void)state;
    assert_non_null(schema);
    assert_null(at(schema, "$id"));
    must_be(schema, "$defs.odd.properties.a.$ref", "\"#/$defs/-wo-words\"");
    must_be(schema, "$defs.odd.properties.b.anyOf",
            "[{\"$ref\":\"#/$defs/-wo-words-2\"},{}]");
    must_be(schema, "$defs.odd.allOf", "[{\"not\":{\"required\":[\"b\",\".b\"]}}]");
    must_be(schema, "$defs.-wo-words-2.additionalProperties.anyOf",
            "[{\"$ref\":\"#/$defs/part\"},{}]");
    check_refs(schema, schema);
    json_decref(schema);
    free(text);
}

/* ---- the manual page ---- */

static void must_hold(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in %s", part, text);
}

static void test_the_page_has_every_row(void **state)
{
    char *text = printed(print_reference);

    (void)state;
    must_hold(text, ".Sh \"PLAY\"\nA play in one act.\n");
    must_hold(text, ".It Ic \"times\" Ar count\nHow often.\nAt least 1.\nThe default "
                    "is\n.Li \"\\&3\" .\n");
    must_hold(text,
              ".It Ic \"least\\-wait\" Ar duration\nIn between.\nFrom 500ms to 2s.\n");
    must_hold(text, ".It Ic \"size\" Ar size\nOf the hall\\estage.\nAt most 1MiB.\n");
    must_hold(text, "\n\\-how fast.\n");
    must_hold(text, "What it is called.\nSince naysay 0.1.\n");
    must_hold(text, "One of\n.Li \"merry\" ,\n.Li \"grave\"\nor\n.Li \"wild\" .\n");
    must_hold(text, "One, or a list: see\n.Sx \"PART\" .\n");
    must_hold(text, ".It Ic \"name\" No or Ic \"called\" Ar text\nWho speaks, as "
                    "\\(dqothers\\(dq call him.\nIt must be there.\n");
    must_hold(text, "Or, in short: a name.\nIt may be a list, too.\n");
    must_hold(text, ".Sh \"ROLE\"\nWho plays it.\n.Pp\n"
                    "Any key: a day of the week: who plays then.\n");
    free(text);
}

static void test_nothing_of_a_row_is_a_macro(void **state)
{
    char *text = printed(print_odd_reference);

    (void)state;
    must_hold(text, ".It Ic \"\\&b\" No or Ic \"\\&.b\"\n");
    must_hold(text, "\\&.Sh \\(dq\\e(x.\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_are_told, begin, end),
        cmocka_unit_test_setup_teardown(test_every_key_is_there_and_no_more, begin, end),
        cmocka_unit_test_setup_teardown(test_references_lead_somewhere, begin, end),
        cmocka_unit_test(test_it_is_the_same_each_time),
        cmocka_unit_test(test_odd_names),
        cmocka_unit_test(test_the_page_has_every_row),
        cmocka_unit_test(test_nothing_of_a_row_is_a_macro),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
