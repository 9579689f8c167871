/* SPDX-License-Identifier: MIT */
#include "naysay/persona.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct arena arena;
static struct plan plan;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, NULL);
    plan_init(&plan, &arena);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static const char *const known[] = {
    "nginx",
    "cloudflare",
    "aws-alb",
    "aws-elb-classic",
    "aws-cloudfront",
    "iis",
    "exchange",
    "apache",
    "haproxy",
    "varnish",
    "squid",
    "traffic-server",
    "tinyproxy",
    "caddy",
    "lighttpd",
    "envoy",
    "traefik",
    "akamai",
    "fastly",
    "google",
    "heroku",
    "cloud-foundry",
    "azure-front-door",
    "github",
    "stripe",
    "shopify",
    "twitter",
    "esri",
    "laravel",
    "spring",
};

static void test_every_name_is_found(void **state)
{
    (void)state;
    assert_int_equal(persona_count(), COUNT(known));
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct persona *p = persona_find(slice_of(known[i]));

        if (p == NULL)
            fail_msg("%s is missing", known[i]);
        assert_string_equal(p->name, known[i]);
        assert_non_null(p->title);
        assert_non_null(p->source);
    }
    assert_non_null(persona_find(SLICE("NGINX")));
    assert_null(persona_find(SLICE("")));
    assert_null(persona_find(SLICE("ngin")));
}

static void test_rows_are_in_order_and_can_be_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < persona_count(); i++) {
        const struct persona *p = persona_at(i);

        assert_true(i == 0 || strcmp(persona_at(i - 1)->name, p->name) < 0);
        if (p->server != NULL)
            assert_true(p->server[0] != '\0' && http_is_field_value(slice_of(p->server)));
    }
}

static void test_the_nearest_name(void **state)
{
    (void)state;
    assert_string_equal(persona_nearest(SLICE("cloudfare")), "cloudflare");
    assert_string_equal(persona_nearest(SLICE("lightpd")), "lighttpd");
    assert_null(persona_nearest(SLICE("zzzzzz")));
}

static struct http_response *add_answer(uint16_t status)
{
    struct http_response *r = plan_add_head(&plan, status, SLICE("x"), 1);

    assert_non_null(r);
    plan_add_field(&plan, &r->fields, SLICE("Allow"), SLICE("GET"));
    return r;
}

static void dress(const char *name)
{
    persona_dress(persona_find(slice_of(name)), &plan, NULL);
}

static void must_have(const struct http_response *r, const char *want)
{
    char said[256] = "";
    size_t n = 0;

    for (uint32_t i = 0; i < r->fields.n; i++)
        n += (size_t)snprintf(said + n, sizeof(said) - n, "%.*s: %.*s; ",
                              SLICE_ARGS(r->fields.at[i].name),
                              SLICE_ARGS(r->fields.at[i].value));
    assert_string_equal(said, want);
}

static void test_an_answer_is_dressed(void **state)
{
    static const struct {
        const char *name, *want;
    } rows[] = {
        {"nginx", "Server: nginx/1.22.1; Allow: GET; "},
        {"lighttpd", "Allow: GET; Server: lighttpd/1.4.69; "},
        {"haproxy", "Allow: GET; "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        plan_init(&plan, &arena);
        struct http_response *r = add_answer(405);
        plan_add_end(&plan, END_KEEP);
        dress(rows[i].name);
        must_have(r, rows[i].want);
        dress(rows[i].name); /* once is enough */
        must_have(r, rows[i].want);
        assert_false(plan.spent);
    }
}

static void test_a_head_without_fields(void **state)
{
    (void)state;
    struct http_response *r = plan_add_head(&plan, 503, SLICE("x"), 0);
    plan_add_end(&plan, END_KEEP);
    dress("squid");
    must_have(r, "Server: squid/5.7; ");
}

static void test_what_the_author_said_stays(void **state)
{
    (void)state;
    struct http_response *r = plan_add_head(&plan, 503, SLICE("x"), 1);
    plan_add_field(&plan, &r->fields, SLICE("server"), SLICE("mine"));
    plan_add_end(&plan, END_KEEP);
    dress("nginx");
    must_have(r, "server: mine; ");
}

static void test_an_interim_head_stays(void **state)
{
    (void)state;
    struct http_response *interim = plan_add_interim(&plan, 103, SLICE("x"), 1);
    struct http_response *r = add_answer(200);
    plan_add_end(&plan, END_KEEP);
    dress("nginx");
    must_have(interim, "");
    must_have(r, "Server: nginx/1.22.1; Allow: GET; ");
}

static void test_what_is_not_ours_stays(void **state)
{
    static const enum step_kind kinds[] = {STEP_PIPE, STEP_TUNNEL, STEP_ECHO};

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        plan_init(&plan, &arena);
        struct http_response *r = add_answer(200);
        plan_add_plain(&plan, kinds[i]);
        plan_add_end(&plan, END_KEEP);
        dress("nginx");
        must_have(r, "Allow: GET; ");
    }
}

static void test_without_memory_the_plan_is_spent(void **state)
{
    (void)state;
    add_answer(200);
    while (arena.end - arena.at > 64) /* the next field needs another chunk */
        assert_non_null(arena_alloc(&arena, 16));
    mem_fail(1, false);
    dress("nginx");
    mem_fail(0, false);
    assert_true(plan.spent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_name_is_found, begin, end),
        cmocka_unit_test_setup_teardown(test_rows_are_in_order_and_can_be_sent, begin, end),
        cmocka_unit_test_setup_teardown(test_the_nearest_name, begin, end),
        cmocka_unit_test_setup_teardown(test_an_answer_is_dressed, begin, end),
        cmocka_unit_test_setup_teardown(test_a_head_without_fields, begin, end),
        cmocka_unit_test_setup_teardown(test_what_the_author_said_stays, begin, end),
        cmocka_unit_test_setup_teardown(test_an_interim_head_stays, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_not_ours_stays, begin, end),
        cmocka_unit_test_setup_teardown(test_without_memory_the_plan_is_spent, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
