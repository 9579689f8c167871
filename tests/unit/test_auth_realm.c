/* SPDX-License-Identifier: MIT */
/* The key `auth` of a scenario: what loads, and what is complained of. */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_the_example_of_the_design(void **state)
{
    struct lab l;

    (void)state;
    assert_true(lab_load(&l, "proxy: {schemes: [basic, digest], realm: lab, users: {ada: "
                             "lovelace}, digest: {algorithms: [SHA-256, MD5], stale-after: "
                             "2}}"));
    const struct auth_realm *r = l.auth.proxy;
    assert_non_null(r);
    assert_null(l.auth.origin);
    assert_int_equal(r->n_schemes, 2);
    assert_int_equal(r->schemes[0], AUTH_SCHEME_BASIC);
    assert_int_equal(r->schemes[1], AUTH_SCHEME_DIGEST);
    assert_true(slice_is(r->name, SLICE("lab")));
    assert_int_equal(r->users.n, 1);
    const struct auth_user *ada = r->users.at;
    assert_true(slice_is(ada->name, SLICE("ada")));
    assert_true(slice_is(ada->password, SLICE("lovelace")));
    assert_int_equal(r->digest.n_algorithms, 2);
    assert_int_equal(r->digest.algorithms[0], AUTH_SHA_256);
    assert_int_equal(r->digest.algorithms[1], AUTH_MD5);
    assert_int_equal(r->digest.stale_after, 2);
    assert_int_equal(r->digest.n_qop, 1);
    assert_int_equal(r->digest.qop[0], AUTH_QOP_AUTH);
    assert_true(r->digest.info);
    assert_int_equal(l.why.errors + l.why.warnings, 0);
    lab_close(&l);
}

static void test_every_key_is_taken(void **state)
{
    struct lab l;

    (void)state;
    assert_true(lab_load(
        &l,
        "{origin: {schemes: digest, realm: 'a \"b\"', charset: UTF-8, users: {ada: "
        "{password: x}}, digest: {algorithms: MD5-sess, qop: [auth-int, auth], "
        "without-qop: accept, stale-after: 3, nonce-lasts: 2s, next-nonce: always, "
        "counts: rising, strict-uri: exact, info: false, userhash: true, domain: /a /b, "
        "opaque: o}}}"));
    const struct auth_digest *d = &l.auth.origin->digest;
    assert_int_equal(d->n_qop, 2);
    assert_int_equal(d->qop[0], AUTH_QOP_INT);
    assert_int_equal(d->qop[1], AUTH_QOP_AUTH);
    assert_true(d->without_qop);
    assert_int_equal(d->nonce_lasts, 2 * NS_PER_S);
    assert_int_equal(d->next_nonce, AUTH_NEXT_ALWAYS);
    assert_int_equal(d->counts, AUTH_COUNTS_RISING);
    assert_int_equal(d->strict_uri, AUTH_EXACT);
    assert_false(d->info);

    l.r = (struct auth_request){
        .side = AUTH_ORIGIN, .request = &l.request, .scheme = SLICE("http"), .seed = 1};
    l.realm = l.auth.origin;
    lab_judge(&l, "GET", "/", NULL);
    struct slice said = lab_challenge(&l, 0);
    struct auth_words w;
    const char *wrong;
    assert_true(auth_next_challenge(&said, &l.arena, &w, &wrong));
    static const struct {
        const char *name, *value;
        bool is_quoted;
    } want[] = {{"realm", "a \"b\"", true},      {"domain", "/a /b", true},
                {"qop", "auth-int, auth", true}, {"algorithm", "MD5-sess", false},
                {"nonce", NULL, true},           {"opaque", "o", true},
                {"charset", "UTF-8", false},     {"userhash", "true", false}};
    assert_int_equal(w.n, COUNT(want));
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_true(slice_is(w.params[i].name, slice_of(want[i].name)));
        assert_int_equal(w.params[i].is_quoted, want[i].is_quoted);
        if (want[i].value != NULL)
            assert_true(slice_is(w.params[i].value, slice_of(want[i].value)));
    }
    lab_close(&l);
}

static void test_defaults(void **state)
{
    struct lab l;

    (void)state;
    assert_true(lab_load(&l, "{proxy: {users: {}}}"));
    assert_int_equal(l.auth.proxy->n_schemes, 1);
    assert_int_equal(l.auth.proxy->schemes[0], AUTH_SCHEME_BASIC);
    assert_true(slice_is(l.auth.proxy->name, SLICE("naysay")));
    lab_close(&l);
    assert_true(lab_load(&l, "{}"));
    assert_null(l.auth.proxy);
    assert_null(l.auth.origin);
    lab_close(&l);
}

static void test_complaints(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"{proxi: {}}", "did you mean \"proxy\"?"},
        {"{proxy: lab}", "proxy must be a map of keys"},
        {"{proxy: {scheme: basic}}", "did you mean \"schemes\"?"},
        {"{proxy: {schemes: [basic, digets]}}", "did you mean \"digest\"?"},
        {"{proxy: {schemes: [basic, basic]}}", "schemes names basic twice"},
        {"{proxy: {schemes: []}}", "schemes needs at least one"},
        {"{proxy: {schemes: {basic: 1}}}", "schemes must be one word"},
        {"{proxy: {schemes: [[basic]]}}", "schemes must be one word"},
        {"{proxy: {charset: latin1}}", "charset must be none or UTF-8"},
        {"{proxy: {users: ada}}", "users must be a map"},
        {"{proxy: {users: {ada: [x]}}}", "ada must be a password"},
        {"{proxy: {users: {ada: {}}}}", "user needs \"password\""},
        {"{proxy: {users: {\"a:b\": c}}}", "has a colon, which Basic cannot carry"},
        {"{proxy: {users: {\"a\\nb\": c}}}", "no control characters"},
        {"{proxy: {users: {ada: \"c\\td\"}}}", "no control characters"},
        {"{proxy: {realm: \"a\\r\\nb\"}}", "realm may hold no control characters"},
        {"{proxy: {digest: {algorithms: SHA-1}}}", "algorithms must be MD5, MD5-sess,"},
        {"{proxy: {digest: {algorithms: [MD5, MD5]}}}", "algorithms names MD5 twice"},
        {"{proxy: {digest: {algorithms: []}}}", "algorithms needs at least one"},
        {"{proxy: {digest: {qop: int}}}", "qop must be auth or auth-int"},
        {"{proxy: {digest: {qop: [], algorithms: MD5-sess}}}", "MD5-sess needs a qop"},
        {"{proxy: {digest: {opaque: \"a\\nb\"}}}", "no control characters"},
        {"{proxy: {digest: {stale-after: -1}}}", "stale-after must be a whole number"},
        {"{proxy: {digest: {strict-uri: yes}}}", "strict-uri must be tolerate or exact"},
        {"{origin: {digest: {stale: 2}}}", "unknown key \"stale\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct lab l;

        if (lab_load(&l, rows[i].text))
            fail_msg("loads: %s", rows[i].text);
        assert_true(l.why.errors > 0);
        assert_non_null(l.why.first);
        if (memmem(l.why.first->text.at, l.why.first->text.len, rows[i].why,
                   strlen(rows[i].why)) == NULL)
            fail_msg("%s: %.*s", rows[i].text, SLICE_ARGS(l.why.first->text));
        lab_close(&l);
    }
}

static void test_a_domain_at_a_proxy_is_a_warning(void **state)
{
    struct lab l;

    (void)state;
    assert_true(lab_load(&l, "{proxy: {digest: {domain: /}}}"));
    assert_int_equal(l.why.warnings, 1);
    lab_close(&l);
    assert_true(lab_load(&l, "{origin: {digest: {domain: /}}}"));
    assert_int_equal(l.why.warnings, 0);
    lab_close(&l);
}

static void test_a_colon_is_no_trouble_to_digest(void **state)
{
    struct lab l;

    (void)state;
    assert_true(lab_load(&l, "{proxy: {schemes: digest, users: {\"a:b\": c}}}"));
    lab_close(&l);
}

static void check_keys(const struct shape *s, unsigned depth)
{
    assert_true(depth < 8);
    assert_non_null(s->help);
    for (size_t i = 0; i < s->n_keys; i++) {
        const struct key *k = &s->keys[i];

        if (k->help == NULL || k->since == NULL || k->help[strlen(k->help) - 1] == '.')
            fail_msg("%s.%s wants help or since", s->name, k->name);
        if (k->type == KEY_OWN)
            assert_non_null(k->form);
        if (k->shape != NULL)
            check_keys(k->shape, depth + 1);
    }
}

static void test_every_key_has_its_help(void **state)
{
    (void)state;
    check_keys(&shape_auth, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_example_of_the_design),
        cmocka_unit_test(test_every_key_is_taken),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_complaints),
        cmocka_unit_test(test_a_domain_at_a_proxy_is_a_warning),
        cmocka_unit_test(test_a_colon_is_no_trouble_to_digest),
        cmocka_unit_test(test_every_key_has_its_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
