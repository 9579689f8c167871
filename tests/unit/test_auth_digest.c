/* SPDX-License-Identifier: MIT */
/*
 * What a digest is right for. A nonce of an RFC's example was not given out here, so that a
 * right digest is stale, and any other is wrong.
 */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- vectors ---- */

#define MUFASA                                                                         \
    "realm: http-auth@example.org, schemes: digest, users: {Mufasa: Circle of Life}, " \
    "digest: {algorithms: [SHA-256, MD5, SHA-256-sess, MD5-sess], qop: [auth, auth-int]}"
#define NONCE  "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

#define SAYS(algorithm, qop, nc, response)                                               \
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "                      \
    "uri=\"/dir/index.html\", algorithm=" algorithm ", nonce=\"" NONCE "\", nc=" nc ", " \
    "cnonce=\"" CNONCE "\", qop=" qop ", response=\"" response "\", "                    \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""

/* RFC 7616 §3.9.1; those that the RFC does not print were computed elsewhere. */
static void test_the_vectors_of_rfc_7616(void **state)
{
    static const struct {
        const char *method, *body, *says;
    } rows[] = {
        {"GET", "", SAYS("MD5", "auth", "00000001", "8ca523f5e9506fed4657c9700eebdbec")},
        {"GET", "",
         SAYS("SHA-256", "auth", "00000001",
              "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")},
        {"GET", "", SAYS("MD5", "auth", "00000002", "4b5d595ecf2db9df612ea5b45cd97101")},
        {"GET", "",
         SAYS("MD5-sess", "auth", "00000001", "e783283f46242139c486a698fec7211d")},
        {"GET", "",
         SAYS("SHA-256-sess", "auth", "00000001",
              "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7")},
        {"GET", "",
         SAYS("MD5", "auth-int", "00000001", "8804a53d3640a40a4f73cea12c5ba451")},
        {"GET", "",
         SAYS("SHA-256", "auth-int", "00000001",
              "8bdf6f15638e260831e905028de5450562816d093c9bfc5c13d3a46adcdde940")},
        {"POST", "hello",
         SAYS("MD5", "auth-int", "00000001", "23fef4d928a3e9fa6e0b0de51288c997")},
    };
    struct lab l;

    (void)state;
    lab_open(&l, MUFASA);
    for (size_t i = 0; i < COUNT(rows); i++) {
        l.r.body = slice_of(rows[i].body);
        lab_judge(&l, rows[i].method, "/dir/index.html", rows[i].says);
        lab_must(&l, AUTH_STALE, "not given out here");
        assert_true(slice_is(l.out.user, SLICE("Mufasa")));
        assert_int_equal(l.out.digest.uri_form, AUTH_URI_SENT);
    }
    lab_judge(&l, "GET", "/dir/index.html",
              SAYS("MD5", "auth", "00000001", "8ca523f5e9506fed4657c9700eebdbed"));
    lab_must(&l, AUTH_WRONG, "response hash does not match: the password is another");
    lab_close(&l);
}

/* RFC 7616 §3.9.2 is printed with SHA-512 cut short: either will do, and is told apart. */
#define JASON                                                     \
    "realm: api@example.org, schemes: digest, charset: UTF-8, "   \
    "users: {\"J\xc3\xa4s\xc3\xb8n Doe\": \"Secret, or not?\"}, " \
    "digest: {algorithms: [SHA-512-256], userhash: true}"
#define JASON_SAYS(name, response)                                                     \
    "Digest username=\"" name "\", realm=\"api@example.org\", uri=\"/doe.json\", "     \
    "algorithm=SHA-512-256, nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "  \
    "nc=00000001, cnonce=\"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v\", qop=auth, " \
    "response=\"" response "\", "                                                      \
    "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", userhash=true"

static void test_both_hashes_called_sha_512_256(void **state)
{
    static const char cut[] =
        JASON_SAYS("488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec",
                   "ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd");
    static const char real[] =
        JASON_SAYS("793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
                   "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
    struct lab l;

    (void)state;
    lab_open(&l, JASON);
    lab_judge(&l, "GET", "/doe.json", cut);
    lab_must(&l, AUTH_STALE, NULL);
    assert_true(l.out.digest.is_cut);
    assert_true(slice_is(l.out.user, SLICE("J\xc3\xa4s\xc3\xb8n Doe")));
    lab_judge(&l, "GET", "/doe.json", real);
    lab_must(&l, AUTH_STALE, NULL);
    assert_false(l.out.digest.is_cut);
    lab_close(&l);
}

/* RFC 2617 §3.5, and the same as RFC 2069 has it. */
static void test_the_example_of_rfc_2617(void **state)
{
#define OLD(more)                                                \
    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", " \
    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", " more
    static const char realm[] =
        "realm: testrealm@host.com, schemes: digest, users: {Mufasa: Circle Of Life}, "
        "digest: {algorithms: MD5, without-qop: accept, "
        "opaque: 5ccc069c403ebaf9f0171e9517f40e41}";
    struct lab l;

    (void)state;
    lab_open(&l, realm);
    lab_judge(&l, "GET", "/dir/index.html",
              OLD("qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
                  "response=\"6629fae49393a05397450978507c4ef1\", "
                  "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""));
    lab_must(&l, AUTH_STALE, NULL);
    lab_judge(&l, "GET", "/dir/index.html",
              OLD("response=\"670fd8c2df070c60b045671b8b24ff02\", "
                  "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""));
    lab_must(&l, AUTH_STALE, NULL);
    lab_judge(&l, "GET", "/dir/index.html",
              OLD("response=\"670fd8c2df070c60b045671b8b24ff02\", opaque=\"5\""));
    lab_must(&l, AUTH_WRONG, "opaque was not returned as it was");
    lab_judge(&l, "GET", "/dir/index.html",
              OLD("response=\"670fd8c2df070c60b045671b8b24ff02\""));
    lab_must(&l, AUTH_WRONG, "opaque was not returned");
    lab_close(&l);
}

/* The three spellings of a target at a proxy, in each algorithm. */
static void test_vectors_of_a_proxy(void **state)
{
    static const struct {
        const char *algorithm, *connect, *absolute, *origin;
    } rows[] = {
        {"MD5", "a24ef3e001a2b9da9d2e7b34e7f3ef61", "07a1f6bd124cfecbde2836e525ec11ba",
         "2467aa83c9209e2b2f79a78ad74162a2"},
        {"MD5-sess", "9901b512042d9ed41e174ab1d837d84d", "ad5641a099fd758dd188aac732a23ecb",
         "61e9341abb0c6356759b07e3b9d9332f"},
        {"SHA-256", "f5de9cb3c9e21c06e46a03c54cf0cb9bddb17bc569c32063707997c7cce37084",
         "5e1e43c29da16e766b6704745481d10cd7a125955208cae50d2a0700c68648ab",
         "b80c4a055b84969b67661ac057fc5a1c5a5ba81d5a331c01f9d2b8e87bfdf269"},
        {"SHA-512-256", "f4eeffa0574ce876ee397eb4af4c10f16fc78e7d2f6ed9799ccfeee05b893ac4",
         "4c17e07dca8a503a9ce1aefa050c29e924bc0fcd0fa8c1b9e182356c89b7b7d9",
         "ae9b258ac4a80683b80e47a2b609a48ad36ec87603700da77a32d7fd45de2581"},
    };
    static const char realm[] =
        "realm: proxy, schemes: digest, users: {user: pass}, digest: {algorithms: "
        "[SHA-512-256, SHA-256, MD5-sess, MD5]}";
    struct lab l;

    (void)state;
    lab_open(&l, realm);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct {
            const char *method, *target, *uri, *response;
            enum auth_uri form;
        } ways[] = {
            {"CONNECT", "example.org:443", "example.org:443", rows[i].connect,
             AUTH_URI_SENT},
            {"GET", "http://example.org/x", "http://example.org/x", rows[i].absolute,
             AUTH_URI_SENT},
            {"GET", "http://example.org/x", "/x", rows[i].origin, AUTH_URI_ORIGIN},
        };
        for (size_t k = 0; k < COUNT(ways); k++) {
            char text[512];

            snprintf(text, sizeof(text),
                     "Digest username=\"user\", realm=\"proxy\", nonce=\"n0nce\", "
                     "uri=\"%s\", response=\"%s\", algorithm=%s, qop=auth, nc=00000001, "
                     "cnonce=\"c0nce\"",
                     ways[k].uri, ways[k].response, rows[i].algorithm);
            lab_judge(&l, ways[k].method, ways[k].target, text);
            lab_must(&l, AUTH_STALE, NULL);
            assert_int_equal(l.out.digest.uri_form, ways[k].form);
        }
    }
    lab_close(&l);
}

/* ---- with nonces of ours ---- */

#define DIGEST(more) LAB ", schemes: digest, digest: {algorithms: MD5, " more "}"

static const struct client ada = {.user = "ada",
                                  .password = "lovelace",
                                  .method = "GET",
                                  .uri = "/x",
                                  .cnonce = "c0nce",
                                  .nc = 1};

/* A client that has heard the nth challenge. */
static struct client hear(struct lab *l, uint32_t nth)
{
    struct client c = ada;

    lab_judge(l, "GET", "/x", NULL);
    client_hear(&c, lab_challenge(l, nth));
    return c;
}

static void test_every_algorithm_and_qop_lets_in(void **state)
{
    static const char *const names[] = {"MD5",          "MD5-sess",    "SHA-256",
                                        "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"};
    static const char *const qops[] = {"auth", "auth-int"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t k = 0; k < COUNT(qops); k++) {
            char realm[256];
            struct lab l;

            snprintf(realm, sizeof(realm),
                     LAB ", schemes: digest, digest: {algorithms: %s, qop: %s}", names[i],
                     qops[k]);
            lab_open(&l, realm);
            struct client c = hear(&l, 0);
            assert_string_equal(c.algorithm, names[i]);
            assert_string_equal(c.qop, qops[k]);
            for (c.nc = 1; c.nc <= 3; c.nc++) {
                lab_judge(&l, "GET", "/x", client_say(&c));
                lab_must(&l, AUTH_OK, "");
            }
            c.password = "babbage";
            lab_judge(&l, "GET", "/x", client_say(&c));
            lab_must(&l, AUTH_WRONG, "password is another");
            lab_close(&l);
        }
}

static void test_without_qop(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: []"));
    struct client c = hear(&l, 0);
    assert_null(c.qop);
    assert_null(c.algorithm);
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_OK, "");
    assert_int_equal(l.out.digest.qop, AUTH_QOP_NONE);
    c.qop = "auth";
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_WRONG, "qop auth was not offered");
    lab_close(&l);

    lab_open(&l, DIGEST("qop: auth-int"));
    c = hear(&l, 0);
    c.qop = NULL; /* as Chromium answers auth-int */
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_WRONG, "qop is missing, where auth-int was offered");
    lab_close(&l);
}

static void test_the_body_is_covered(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("qop: auth-int"));
    struct client c = hear(&l, 0);
    c.method = "POST";
    c.body = "hello";
    lab_ask(&l, "POST", "/x", client_say(&c));
    l.request.framing = (struct http_framing){BODY_LENGTH, 5};
    auth_judge(l.realm, &l.state, &l.r, &l.arena, &l.out);
    lab_must(&l, AUTH_NEEDS_BODY, NULL);
    l.r.body = SLICE("hullo");
    auth_judge(l.realm, &l.state, &l.r, &l.arena, &l.out);
    lab_must(&l, AUTH_WRONG, NULL);
    l.r.body = SLICE("hello");
    auth_judge(l.realm, &l.state, &l.r, &l.arena, &l.out);
    lab_must(&l, AUTH_OK, "");
    lab_close(&l);
}

static void test_spellings_of_the_uri(void **state)
{
    static const struct {
        const char *method, *target, *uri;
        enum auth_uri form;
    } rows[] = {
        {"GET", "/x?q", "/x?q", AUTH_URI_SENT},
        {"GET", "/x?q", "http://h.test/x?q", AUTH_URI_ABSOLUTE},
        {"GET", "/x", "http://h.test:80/x", AUTH_URI_ABSOLUTE},
        {"GET", "/%7Ex", "/~x", AUTH_URI_SAME},
        {"GET", "/%2fx", "/%2Fx", AUTH_URI_SAME},
        {"GET", "/%2fx", "//x", AUTH_URI_OTHER},
        {"GET", "/x", "http://g.test/x", AUTH_URI_OTHER},
        {"GET", "/x", "https://h.test/x", AUTH_URI_OTHER},
        {"GET", "/x", "http://h.test:81/x", AUTH_URI_OTHER},
        {"GET", "/x?q", "/x", AUTH_URI_OTHER},
        {"GET", "/x", "/x?", AUTH_URI_OTHER},
        {"GET", "/x", "/X", AUTH_URI_OTHER},
        {"GET", "/x", "", AUTH_URI_OTHER},
        {"GET", "/x", "*", AUTH_URI_OTHER},
        {"GET", "/x", "h.test:80", AUTH_URI_OTHER},
        {"GET", "http://h.test/x", "http://h.test/x", AUTH_URI_SENT},
        {"GET", "http://h.test/x", "/x", AUTH_URI_ORIGIN},
        {"GET", "http://h.test", "/", AUTH_URI_ORIGIN},
        {"GET", "http://h.test?q", "/?q", AUTH_URI_SAME},
        {"GET", "http://H.test:80/x", "HTTP://h.test/x", AUTH_URI_SAME},
        {"GET", "http://h.test/x", "http://g.test/x", AUTH_URI_OTHER},
        {"CONNECT", "h.test:443", "h.test:443", AUTH_URI_SENT},
        {"CONNECT", "h.test:443", "H.TEST:443", AUTH_URI_SAME},
        {"CONNECT", "h.test:443", "h.test:80", AUTH_URI_OTHER},
        {"CONNECT", "h.test:443", "/", AUTH_URI_OTHER},
        {"OPTIONS", "*", "*", AUTH_URI_SENT},
        {"OPTIONS", "*", "/", AUTH_URI_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int strict = 0; strict <= 1; strict++) {
            bool ok = rows[i].form != AUTH_URI_OTHER &&
                      (strict == 0 || rows[i].form == AUTH_URI_SENT);
            struct lab l;

            lab_open(&l, strict == 1 ? DIGEST("strict-uri: exact") : DIGEST("qop: auth"));
            struct client c = hear(&l, 0);
            c.method = rows[i].method;
            c.uri = rows[i].uri;
            lab_judge(&l, rows[i].method, rows[i].target, client_say(&c));
            if (l.out.digest.uri_form != rows[i].form)
                fail_msg("%s %s for %s: %s", rows[i].method, rows[i].uri, rows[i].target,
                         auth_uri_name(l.out.digest.uri_form));
            lab_must(&l, ok ? AUTH_OK : AUTH_WRONG,
                     rows[i].form == AUTH_URI_SENT ? "" : "uri is ");
            lab_close(&l);
        }
}

/* ---- names ---- */

static void test_names_beyond_ascii(void **state)
{
#define JAS "J\xc3\xa4s\xc3\xb8n"
    static const char realm[] = "schemes: digest, realm: lab, charset: UTF-8, "
                                "users: {" JAS ": \"\xc3\xa4\"}, digest: {algorithms: MD5}";
    static const struct {
        const char *from, *to;
        enum auth_result want;
        const char *why;
    } rows[] = {
        {"username=\"" JAS "\"", "username*=UTF-8''J%C3%A4s%C3%B8n", AUTH_OK, ""},
        {"username=\"" JAS "\"", "username*=utf-8'de'J%c3%a4s%c3%b8n", AUTH_OK, ""},
        {"username=\"" JAS "\"", "username*=ISO-8859-1''J%E4s%F8n", AUTH_MALFORMED,
         "UTF-8"},
        {"username=\"" JAS "\"", "username*=UTF-8'J%C3%A4s", AUTH_MALFORMED, "UTF-8"},
        {"username=\"" JAS "\"", "username*=UTF-8''J%C3%A", AUTH_MALFORMED, "percent"},
        {"username=\"" JAS "\"", "username*=UTF-8''J%0A", AUTH_MALFORMED, "control"},
        {"username=\"" JAS "\"", "username*=UTF-8''J", AUTH_WRONG,
         "no user is called \"J\""},
        {"realm=", "username*=UTF-8''J%C3%A4s%C3%B8n, realm=", AUTH_MALFORMED, "together"},
        {"realm=", "userhash=true, realm=", AUTH_WRONG, "userhash=true, which was not"},
        {"realm=", "userhash=false, realm=", AUTH_OK, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[2048];
        struct lab l;

        lab_open(&l, realm);
        struct client c = hear(&l, 0);
        c.user = JAS;
        c.password = "\xc3\xa4";
        const char *said = client_say(&c), *at = strstr(said, rows[i].from);
        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - said), said, rows[i].to,
                 at + strlen(rows[i].from));
        lab_judge(&l, "GET", "/x", text);
        lab_must(&l, rows[i].want, rows[i].why);
        lab_close(&l);
    }
}

static void test_iso_8859_1_where_no_charset_was_announced(void **state)
{
    struct lab l;

    (void)state;
    for (int announced = 0; announced <= 1; announced++) {
        lab_open(&l, announced == 1
                         ? "schemes: digest, charset: UTF-8, users: {ada: \"\xc3\xa4\"}"
                         : "schemes: digest, users: {ada: \"\xc3\xa4\"}");
        struct client c = hear(&l, 0);
        c.password = "\xe4";
        lab_judge(&l, "GET", "/x", client_say(&c));
        lab_must(&l, announced == 1 ? AUTH_WRONG : AUTH_OK, "password");
        c.password = "\xc3\xa4";
        lab_judge(&l, "GET", "/x", client_say(&c));
        lab_must(&l, announced == 1 ? AUTH_OK : AUTH_REPLAY, NULL);
        lab_close(&l);
    }
}

static void test_hashed_names(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, DIGEST("userhash: true"));
    struct client c = hear(&l, 0);
    c.hashes_name = true;
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_OK, "");
    assert_true(slice_is(l.out.user, SLICE("ada")));
    c.user = "bob";
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_WRONG, "no user has the hashed name");
    lab_close(&l);
}

/* ---- -sess ---- */

/* RFC 7616 §3.4.2: the key is made once. Many clients make it anew each time. */
static void test_both_readings_of_sess(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB ", schemes: digest, digest: {algorithms: MD5-sess}");
    struct client c = hear(&l, 0);
    c.cnonce = "first";
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_OK, "");
    c.cnonce = "second";
    c.nc = 2;
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_OK, "");
    c.cnonce = "third";
    c.session_cnonce = "first";
    c.nc = 3;
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_OK, "");
    c.session_cnonce = "second";
    c.nc = 4;
    lab_judge(&l, "GET", "/x", client_say(&c));
    lab_must(&l, AUTH_WRONG, NULL);
    lab_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_vectors_of_rfc_7616),
        cmocka_unit_test(test_both_hashes_called_sha_512_256),
        cmocka_unit_test(test_the_example_of_rfc_2617),
        cmocka_unit_test(test_vectors_of_a_proxy),
        cmocka_unit_test(test_every_algorithm_and_qop_lets_in),
        cmocka_unit_test(test_without_qop),
        cmocka_unit_test(test_the_body_is_covered),
        cmocka_unit_test(test_spellings_of_the_uri),
        cmocka_unit_test(test_names_beyond_ascii),
        cmocka_unit_test(test_iso_8859_1_where_no_charset_was_announced),
        cmocka_unit_test(test_hashed_names),
        cmocka_unit_test(test_both_readings_of_sess),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
