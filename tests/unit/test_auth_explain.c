/* SPDX-License-Identifier: MIT */
/* Clients that go wrong in the usual ways, and what is said of them. */
#include "auth_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define DIGEST LAB ", schemes: digest, digest: {algorithms: [%s], qop: [auth, auth-int]}"
#define USED   "response hash does not match: the client seems to have used "

struct way {
    const char *name;
    const char *algorithm, *method, *target;
    void (*spoil)(struct client *c);
    const char *why;
};

static void spoil_uri(struct client *c)
{
    c->uri = "http://h.test/x?q";
    c->hashed_uri = "/x?q";
}

static void spoil_uri_back(struct client *c)
{
    c->uri = "/x?q";
    c->hashed_uri = "http://h.test/x?q";
}

static void spoil_query(struct client *c)
{
    c->uri = "/x?q";
    c->hashed_uri = "/x";
}

static void spoil_authority(struct client *c)
{
    c->uri = "h.test:443";
    c->hashed_uri = "/";
}

static void spoil_method(struct client *c)
{
    c->uri = "h.test:443";
    c->hashed_method = "GET";
}

static void spoil_case(struct client *c)
{
    c->hashed_method = "get";
}

/* curl 7.88 answers SHA-512-256 with SHA-256. */
static void spoil_hash(struct client *c)
{
    c->hash = "SHA256";
}

static void spoil_sess(struct client *c)
{
    c->is_sess = false;
}

static void spoil_nc(struct client *c)
{
    c->hashed_nc = "1";
}

static void spoil_nothing_known(struct client *c)
{
    c->password = "babbage";
}

static void spoil_empty(struct client *c)
{
    c->password = "";
}

static void spoil_name(struct client *c)
{
    (void)c;
}

static const struct way ways[] = {
    {"the origin form hashed", "MD5", "GET", "http://h.test/x?q", spoil_uri,
     USED "uri=\"/x?q\" instead of \"http://h.test/x?q\""},
    {"the absolute form hashed", "MD5", "GET", "http://h.test/x?q", spoil_uri_back,
     USED "uri=\"http://h.test/x?q\" instead of \"/x?q\""},
    {"no query", "MD5", "GET", "/x?q", spoil_query, USED "uri=\"/x\" instead of \"/x?q\""},
    {"a path for CONNECT", "MD5", "CONNECT", "h.test:443", spoil_authority,
     USED "uri=\"/\" instead of \"h.test:443\""},
    {"the method inside of the tunnel", "MD5", "CONNECT", "h.test:443", spoil_method,
     USED "the method \"GET\""},
    {"a method in lower case", "MD5", "GET", "/x?q", spoil_case, USED "the method \"get\""},
    {"another hash", "SHA-512-256", "GET", "/x?q", spoil_hash, USED "SHA-256"},
    {"-sess forgotten", "MD5-sess", "GET", "/x?q", spoil_sess, USED "MD5 without -sess"},
    {"nc without zeros", "MD5", "GET", "/x?q", spoil_nc, USED "nc=1"},
    {"another password", "MD5", "GET", "/x?q", spoil_nothing_known,
     "response hash does not match: the password is another, most likely"},
    {"no password", "MD5", "GET", "/x?q", spoil_empty, USED "an empty password"},
    {"nothing wrong", "MD5", "GET", "/x?q", spoil_name, ""},
};

static void test_the_usual_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        char realm[256];
        struct lab l;
        struct client c = {.user = "ada",
                           .password = "lovelace",
                           .method = ways[i].method,
                           .uri = "/x?q",
                           .cnonce = "c0nce",
                           .nc = 1};

        snprintf(realm, sizeof(realm), DIGEST, ways[i].algorithm);
        lab_open(&l, realm);
        lab_judge(&l, ways[i].method, ways[i].target, NULL);
        client_hear(&c, lab_challenge(&l, 0));
        ways[i].spoil(&c);
        lab_judge(&l, ways[i].method, ways[i].target, client_say(&c));
        lab_must(&l, ways[i].why[0] == '\0' ? AUTH_OK : AUTH_WRONG, ways[i].why);
        lab_close(&l);
    }
}

/* Credentials made by replacing a piece of right ones. */
static const struct {
    const char *from, *to;
    enum auth_result want;
    const char *why;
} edits[] = {
    {"qop=auth", "qop=auth-int", AUTH_WRONG, USED "qop=auth"},
    {", qop=auth", "", AUTH_WRONG, "qop is missing, where auth was offered"},
    {"qop=auth", "qop=\"auth\"", AUTH_OK, "qop is quoted"},
    {"qop=auth", "qop=token", AUTH_WRONG, "qop token was not offered"},
    {"qop=auth", "QOP=auth", AUTH_OK, ""},
    {"nc=00000001", "nc=\"00000001\"", AUTH_OK, "nc is quoted"},
    {"nc=00000001", "nc=1", AUTH_MALFORMED, "nc is not 8"},
    {"nc=00000001", "nc=0000000g", AUTH_MALFORMED, "nc is not 8"},
    {"nc=00000001", "nc=00000002", AUTH_WRONG, USED "nc=00000001"},
    {", nc=00000001", "", AUTH_MALFORMED, "nc is missing"},
    {", cnonce=\"c0nce\"", "", AUTH_MALFORMED, "cnonce is missing"},
    {"username=", "user=", AUTH_MALFORMED, "username is missing"},
    {"realm=", "r=", AUTH_MALFORMED, "realm is missing"},
    {"nonce=\"", "x=\"", AUTH_MALFORMED, "nonce is missing"},
    {"uri=", "url=", AUTH_MALFORMED, "uri is missing"},
    {"response=", "request=", AUTH_MALFORMED, "response is missing"},
    {"response=\"", "response=\"0", AUTH_MALFORMED, "response is not 32 hexadecimal"},
    {"realm=\"lab\"", "realm=\"Lab\"", AUTH_WRONG, "realm is \"Lab\", the challenge said"},
    {"realm=\"lab\"", "realm=lab", AUTH_OK, "realm is not quoted"},
    {"username=\"ada\"", "username=\"a\\da\"", AUTH_OK, ""},
    {"username=\"ada\"", "username=\"bob\"", AUTH_WRONG, "no user is called \"bob\""},
    {"algorithm=MD5", "algorithm=md5", AUTH_OK, ""},
    {"algorithm=MD5", "algorithm=SHA-1", AUTH_WRONG, "algorithm SHA-1 was not offered"},
    {"algorithm=MD5", "algorithm=SHA-256", AUTH_WRONG, "algorithm SHA-256 was not offered"},
    {", algorithm=MD5", "", AUTH_OK, ""},
    {"algorithm=MD5", "algorithm=MD5, algorithm=MD5", AUTH_MALFORMED, "comes twice"},
    {"algorithm=MD5", "algorithm=MD5, unknown=x", AUTH_OK, ""},
    {"uri=\"/x\"", "uri=\"/y\"", AUTH_WRONG, USED "uri=\"/x\" instead of \"/y\""},
    {"Digest ", "dIGEST  ", AUTH_OK, ""},
    {"Digest ", "Digest", AUTH_MALFORMED, NULL},
    {"Digest ", "Digest\t", AUTH_MALFORMED, "tab"},
    {", ", ",", AUTH_OK, ""},
    {", ", " ", AUTH_MALFORMED, "commas"},
    {", ", ", , ,", AUTH_OK, ""},
};

static void test_credentials_that_differ_a_little(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(edits); i++) {
        char realm[256], text[2048];
        struct lab l;
        struct client c = {.user = "ada",
                           .password = "lovelace",
                           .method = "GET",
                           .uri = "/x",
                           .cnonce = "c0nce",
                           .nc = 1};

        snprintf(realm, sizeof(realm), DIGEST, "MD5");
        lab_open(&l, realm);
        lab_judge(&l, "GET", "/x", NULL);
        client_hear(&c, lab_challenge(&l, 0));
        const char *said = client_say(&c), *at = strstr(said, edits[i].from);
        assert_non_null(at);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - said), said, edits[i].to,
                 at + strlen(edits[i].from));
        lab_judge(&l, "GET", "/x", text);
        if (l.out.result != edits[i].want)
            print_message("with %s for %s\n", edits[i].to, edits[i].from);
        lab_must(&l, edits[i].want, edits[i].why);
        lab_close(&l);
    }
}

static void test_upper_case_is_odd(void **state)
{
    struct lab l;
    char realm[256], text[2048];
    struct client c = {.user = "ada", .password = "lovelace", .method = "GET", .uri = "/x"};

    (void)state;
    snprintf(realm, sizeof(realm), DIGEST, "MD5");
    c.cnonce = "c0nce";
    c.nc = 1;
    lab_open(&l, realm);
    lab_judge(&l, "GET", "/x", NULL);
    client_hear(&c, lab_challenge(&l, 0));
    snprintf(text, sizeof(text), "%s", client_say(&c));
    for (char *at = strstr(text, "response=\"") + 10; *at != '"'; at++)
        if (*at >= 'a')
            *at = (char)(*at - 0x20);
    lab_judge(&l, "GET", "/x", text);
    lab_must(&l, AUTH_OK, "upper case");
    lab_close(&l);
}

static void test_a_token68_is_no_digest(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB ", schemes: [digest, basic]");
    lab_judge(&l, "GET", "/x", "Digest YWRhOmxvdmVsYWNl");
    lab_must(&l, AUTH_MALFORMED, "not a token68");
    lab_judge(&l, "GET", "/x", "Digest");
    lab_must(&l, AUTH_MALFORMED, "username is missing");
    lab_judge(&l, "GET", "/x", "NTLM TlRMTVNTUAAB");
    lab_must(&l, AUTH_WRONG, "the scheme NTLM was not offered");
    assert_int_equal(l.out.scheme, AUTH_SCHEME_NONE);
    lab_close(&l);
}

/* No password, whatever else is said. */
static void test_no_sentence_holds_a_password(void **state)
{
    struct lab l;

    (void)state;
    lab_open(&l, LAB ", schemes: basic");
    lab_judge(&l, "GET", "/x", "Basic YWRhOmJhYmJhZ2U=");
    lab_must(&l, AUTH_WRONG, NULL);
    assert_null(memmem(l.out.why.at, l.out.why.len, "babbage", 7));
    assert_null(memmem(l.out.why.at, l.out.why.len, "lovelace", 8));
    lab_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_usual_mistakes),
        cmocka_unit_test(test_credentials_that_differ_a_little),
        cmocka_unit_test(test_upper_case_is_odd),
        cmocka_unit_test(test_a_token68_is_no_digest),
        cmocka_unit_test(test_no_sentence_holds_a_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
