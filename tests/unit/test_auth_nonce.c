/* SPDX-License-Identifier: MIT */
/* The life of a nonce: given out, used, counted, stale, forgotten. */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DIGEST(more) LAB ", schemes: digest, digest: {algorithms: MD5, " more "}"

static struct client hear(struct lab *l)
{
    struct client c = {.user = "ada",
                       .password = "lovelace",
                       .method = "GET",
                       .uri = "/x",
                       .cnonce = "c0nce",
                       .nc = 1};

    lab_judge(l, "GET", "/x", NULL);
    client_hear(&c, lab_challenge(l, 0));
    return c;
}

static void use(struct lab *l, struct client *c, unsigned nc, enum auth_result want)
{
    c->nc = nc;
    lab_judge(l, "GET", "/x", client_say(c));
    lab_must(l, want, NULL);
}

static void test_a_nonce_is_stale_after_so_many_uses(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("stale-after: 2"));
    struct client c = hear(&l);
    use(&l, &c, 1, AUTH_OK);
    assert_false(l.out.digest.is_last);
    use(&l, &c, 2, AUTH_OK);
    assert_true(l.out.digest.is_last);
    use(&l, &c, 3, AUTH_STALE);
    lab_must(&l, AUTH_STALE, "has been used 2 times");
    client_hear(&c, lab_challenge(&l, 0));
    assert_true(slice_find(l.challenges.at[0], 's') >= 0);
    assert_non_null(
        memmem(l.challenges.at[0].at, l.challenges.at[0].len, ", stale=true", 12));
    use(&l, &c, 1, AUTH_OK);
    lab_close(&l);
}

/* stale=true would tell a client with a wrong password to try again without asking. */
static void test_a_wrong_password_is_never_stale(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("stale-after: 1"));
    struct client c = hear(&l);
    use(&l, &c, 1, AUTH_OK);
    c.password = "babbage";
    use(&l, &c, 2, AUTH_WRONG);
    c.nonce = "0123456789abcdef0123456789abcdef";
    use(&l, &c, 2, AUTH_WRONG);
    c.password = "lovelace";
    use(&l, &c, 2, AUTH_STALE);
    lab_close(&l);
}

static void test_a_nonce_has_its_time(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("nonce-lasts: 2s"));
    l.r.now_ns = 5 * NS_PER_S;
    struct client c = hear(&l);
    l.r.now_ns = 7 * NS_PER_S;
    use(&l, &c, 1, AUTH_OK);
    l.r.now_ns++;
    use(&l, &c, 2, AUTH_STALE);
    lab_must(&l, AUTH_STALE, "past its time");
    lab_close(&l);
}

static void test_wrong_answers_use_nothing_up(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("stale-after: 1"));
    struct client c = hear(&l);
    c.password = "babbage";
    use(&l, &c, 1, AUTH_WRONG);
    c.password = "lovelace";
    use(&l, &c, 1, AUTH_OK);
    lab_close(&l);
}

struct count {
    unsigned nc;
    enum auth_result want;
};

static void play_counts(const char *realm, const struct count *counts, size_t n)
{
    struct lab l;

    lab_open(&l, realm);
    struct client c = hear(&l);
    for (size_t i = 0; i < n; i++) {
        c.nc = counts[i].nc;
        lab_judge(&l, "GET", "/x", client_say(&c));
        if (l.out.result != counts[i].want)
            fail_msg("%s: use %zu, nc=%u: %s", realm, i + 1, counts[i].nc,
                     auth_result_name(l.out.result));
    }
    lab_close(&l);
}

static void test_a_count_is_used_once(void **state)
{
    static const struct count rows[] = {
        {1, AUTH_OK},          {1, AUTH_REPLAY},
        {3, AUTH_OK}, /* connections in parallel: 2 is still under way */
        {2, AUTH_OK},          {2, AUTH_REPLAY},
        {3, AUTH_REPLAY},      {66, AUTH_OK},
        {3, AUTH_REPLAY},                        /* 63 behind: still remembered */
        {4, AUTH_OK},          {2, AUTH_REPLAY}, /* 64 behind: nobody remembers */
        {130, AUTH_OK},        {129, AUTH_OK},
        {66, AUTH_REPLAY},     {67, AUTH_OK},
        {0xffffffff, AUTH_OK}, {0xffffffff, AUTH_REPLAY},
        {0xfffffffe, AUTH_OK}, {1, AUTH_REPLAY},
        {0, AUTH_MALFORMED},
    };

    (void)state;
    play_counts(DIGEST("counts: once"), rows, COUNT(rows));
}

static void test_other_rules_for_counts(void **state)
{
    static const struct count rising[] = {
        {1, AUTH_OK}, {3, AUTH_OK}, {2, AUTH_REPLAY}, {3, AUTH_REPLAY}, {4, AUTH_OK}};
    static const struct count ignored[] = {
        {1, AUTH_OK}, {1, AUTH_OK}, {3, AUTH_OK}, {2, AUTH_OK}, {0, AUTH_MALFORMED}};

    (void)state;
    play_counts(DIGEST("counts: rising"), rising, COUNT(rising));
    play_counts(DIGEST("counts: ignored"), ignored, COUNT(ignored));
}

static void test_a_replay_is_explained(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("counts: rising"));
    struct client c = hear(&l);
    use(&l, &c, 7, AUTH_OK);
    use(&l, &c, 5, AUTH_REPLAY);
    lab_must(&l, AUTH_REPLAY, "nc=00000005 does not rise: the highest so far is 00000007");
    lab_close(&l);
}

static void test_nonces_of_one_side_are_unknown_to_the_other(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: auth"));
    struct client c = hear(&l);
    l.r.side = AUTH_ORIGIN;
    use(&l, &c, 1, AUTH_STALE);
    l.r.side = AUTH_PROXY;
    use(&l, &c, 1, AUTH_OK);
    lab_close(&l);
}

static void test_the_same_seed_tells_the_same_story(void **state)
{
    char first[33], again[33], other[33];
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: auth"));
    snprintf(first, sizeof(first), "%s", hear(&l).nonce);
    lab_close(&l);
    lab_open(&l, DIGEST("qop: auth"));
    snprintf(again, sizeof(again), "%s", hear(&l).nonce);
    lab_close(&l);
    lab_open(&l, DIGEST("qop: auth"));
    l.r.seed = 2;
    snprintf(other, sizeof(other), "%s", hear(&l).nonce);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_string_not_equal(other, hear(&l).nonce);
    lab_close(&l);
}

static void test_the_oldest_are_forgotten(void **state)
{
    struct lab l;
    struct arena each;

    (void)state;
    lab_open(&l, DIGEST("qop: auth"));
    struct client oldest = hear(&l), second = hear(&l);
    arena_init(&each, NULL);
    for (unsigned i = 0; i < AUTH_NONCES - 1; i++) {
        l.r.ordinal++;
        assert_true(auth_challenge(l.realm, &l.state, &l.r, NULL, &each, &l.challenges));
        arena_clear(&each);
    }
    use(&l, &oldest, 1, AUTH_STALE);
    lab_must(&l, AUTH_STALE, "forgotten");
    use(&l, &second, 1, AUTH_OK);
    struct client newest = hear(&l);
    use(&l, &newest, 1, AUTH_OK);
    use(&l, &second, 2, AUTH_STALE);
    lab_close(&l);
}

static void test_one_exchange_gets_one_nonce(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB ", schemes: digest");
    lab_judge(&l, "GET", "/x", NULL);
    struct client a = {0}, b = {0};
    client_hear(&a, lab_challenge(&l, 0));
    client_hear(&b, lab_challenge(&l, 1));
    assert_string_equal(a.algorithm, "SHA-256");
    assert_string_equal(b.algorithm, "MD5");
    assert_string_equal(a.nonce, b.nonce);
    assert_int_equal(l.state.n, 1);
    lab_close(&l);
}

/* ---- (Proxy-)Authentication-Info ---- */

static const char *info(struct lab *l, struct slice body)
{
    static char text[512];
    struct slice value;

    assert_true(auth_info(l->realm, &l->state, &l->r, &l->out, body, &l->arena, &value));
    assert_true(http_is_field_value(value));
    snprintf(text, sizeof(text), "%.*s", SLICE_ARGS(value));
    return text;
}

static void test_an_answer_proves_itself(void **state)
{
    static const char *const qops[] = {"auth", "auth-int"};
    static const char *const algorithms[] = {"MD5", "SHA-256-sess"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        char realm[256], want[256];
        struct lab l;

        snprintf(realm, sizeof(realm),
                 LAB ", schemes: digest, digest: {algorithms: %s, qop: %s}",
                 algorithms[i / 2], qops[i % 2]);
        lab_open(&l, realm);
        struct client c = hear(&l);
        use(&l, &c, 1, AUTH_OK);
        c.body = "page"; /* the answer's */
        snprintf(want, sizeof(want),
                 "qop=%s, rspauth=\"%s\", cnonce=\"c0nce\", nc=00000001", qops[i % 2],
                 client_response(&c, ""));
        assert_string_equal(info(&l, SLICE("page")), want);
        lab_close(&l);
    }
}

static void test_without_the_answers_body(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: auth-int"));
    struct client c = hear(&l);
    use(&l, &c, 1, AUTH_OK);
    assert_string_equal(info(&l, NO_SLICE), "qop=auth-int, cnonce=\"c0nce\", nc=00000001");
    lab_close(&l);
    lab_open(&l, DIGEST("info: false"));
    c = hear(&l);
    use(&l, &c, 1, AUTH_OK);
    assert_string_equal(info(&l, NO_SLICE), "");
    lab_close(&l);
}

/* RFC 7616 §3.9.1 with A2 = ":" uri, computed elsewhere. */
static void test_a_vector_of_rspauth(void **state)
{
    struct auth_outcome ok;
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: auth"));
    lab_ask(&l, "GET", "/dir/index.html", NULL);
    ok = (struct auth_outcome){
        .result = AUTH_OK, .scheme = AUTH_SCHEME_DIGEST, .known = l.realm->users.at};
    ok.digest.qop = AUTH_QOP_AUTH;
    ok.digest.algorithm = AUTH_MD5;
    ok.digest.a1 = SLICE("3d78807defe7de2157e2b0b6573a855f");
    ok.digest.nonce = SLICE("7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v");
    ok.digest.cnonce = SLICE("f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
    ok.digest.nc = SLICE("00000001");
    ok.digest.uri = SLICE("/dir/index.html");
    l.out = ok;
    assert_non_null(
        strstr(info(&l, NO_SLICE), "rspauth=\"9b712497bc9f91499fbcca1dfc5f09a5\""));
    lab_close(&l);
}

static void take_next(struct client *c, const char *said)
{
    static char nonce[33];
    const char *at = strstr(said, "nextnonce=\"");

    assert_non_null(at);
    snprintf(nonce, sizeof(nonce), "%s", at + strlen("nextnonce=\""));
    c->nonce = nonce;
}

static void test_the_next_nonce_is_good(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB ", schemes: digest, digest: {algorithms: MD5-sess, stale-after: 2, "
                     "next-nonce: last}");
    struct client c = hear(&l);
    use(&l, &c, 1, AUTH_OK);
    assert_null(strstr(info(&l, NO_SLICE), "nextnonce"));
    use(&l, &c, 2, AUTH_OK);
    c.session_cnonce = "c0nce";
    take_next(&c, info(&l, NO_SLICE));
    c.cnonce = "other";
    c.session_cnonce = NULL; /* a session made anew */
    use(&l, &c, 1, AUTH_OK);
    lab_close(&l);

    lab_open(&l, DIGEST("qop: [], next-nonce: always"));
    c = hear(&l);
    use(&l, &c, 0, AUTH_OK);
    const char *said = info(&l, NO_SLICE);
    assert_true(strncmp(said, "rspauth=\"", 9) == 0);
    take_next(&c, said);
    use(&l, &c, 0, AUTH_OK);
    lab_close(&l);
}

/* ---- when memory runs out ---- */

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    for (unsigned nth = 1;; nth++) {
        struct lab l;
        struct slice value;
        struct auth_challenges out;

        lab_open(&l,
                 LAB ", charset: UTF-8, schemes: [digest, basic], digest: {opaque: 'a', "
                     "algorithms: MD5-sess, next-nonce: always}");
        struct client c = hear(&l);
        const char *says = client_say(&c);
        lab_ask(&l, "GET", "http://h.test/x", says);
        struct arena fresh;
        arena_init(&fresh, NULL);
        mem_fail(nth, false);
        uint64_t before = mem_count();
        enum auth_result result = auth_judge(l.realm, &l.state, &l.r, &fresh, &l.out);
        bool ok = auth_challenge(l.realm, &l.state, &l.r, &l.out, &fresh, &out);
        if (result == AUTH_OK)
            ok &= auth_info(l.realm, &l.state, &l.r, &l.out, NO_SLICE, &fresh, &value);
        bool failed = mem_count() - before >= nth;
        mem_fail(0, false);
        assert_true(result == AUTH_WRONG || result == AUTH_OK || result == AUTH_NO_MEMORY);
        if (!failed)
            assert_true(ok);
        arena_clear(&fresh);
        lab_close(&l);
        if (!failed)
            return;
    }
}

static void test_no_room_for_nonces(void **state)
{
    struct lab l;

    (void)state;
    for (unsigned nth = 1; nth <= 2; nth++) {
        lab_open(&l, DIGEST("qop: auth"));
        lab_judge(&l, "GET", "/x", NULL);
        mem_fail(nth, false);
        assert_false(
            auth_challenge(l.realm, &l.state, &l.r, NULL, &l.arena, &l.challenges));
        mem_fail(0, false);
        struct client c = hear(&l);
        use(&l, &c, 1, AUTH_OK);
        lab_close(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_nonce_is_stale_after_so_many_uses),
        cmocka_unit_test(test_a_wrong_password_is_never_stale),
        cmocka_unit_test(test_a_nonce_has_its_time),
        cmocka_unit_test(test_wrong_answers_use_nothing_up),
        cmocka_unit_test(test_a_count_is_used_once),
        cmocka_unit_test(test_other_rules_for_counts),
        cmocka_unit_test(test_a_replay_is_explained),
        cmocka_unit_test(test_nonces_of_one_side_are_unknown_to_the_other),
        cmocka_unit_test(test_the_same_seed_tells_the_same_story),
        cmocka_unit_test(test_the_oldest_are_forgotten),
        cmocka_unit_test(test_one_exchange_gets_one_nonce),
        cmocka_unit_test(test_an_answer_proves_itself),
        cmocka_unit_test(test_without_the_answers_body),
        cmocka_unit_test(test_a_vector_of_rspauth),
        cmocka_unit_test(test_the_next_nonce_is_good),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_no_room_for_nonces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
