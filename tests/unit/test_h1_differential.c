/* SPDX-License-Identifier: MIT */
/* The parser against the reader from the ABNF: hand-made heads, and a flood of mutants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "h1_oracle.h"

#define MUTANTS 100000

/* A head may lie in pieces here: every one is judged as it stands and mutated. */
static const char *const requests[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a?b=c&d[]=%20 HTTP/1.1\r\nHost: origin.test:80\r\nAccept: */*\r\nX-Y: a\tb "
    "\r\n\r\n",
    "\r\n\r\nPOST /f HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 12\r\nExpect: "
    "100-continue\r\n\r\n",
    "PUT http://o.test/x HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n",
    "CONNECT o.test:443 HTTP/1.1\r\nHost: o.test:443\r\nProxy-Connection: "
    "Keep-Alive\r\n\r\n",
    "CONNECT [2001:db8::1.2.3.4]:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.9\r\nHost: h\r\nConnection: close , x\r\nConnection:\tTE\r\n\r\n",
    "DELETE ftp://host/x?y HTTP/1.1\r\nhOST:h \r\n\r\n",
    "GET file:///etc HTTP/1.1\r\nHost: h:\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n",
    "M!#$%&'*+-.^_`|~9 /\"<>[]^`{|} HTTP/1.1\r\nHost: a.b_c~d!$&'()*+;=%zz\r\nA: "
    "\x80\xff\r\n\r\n",
};

static const char *const responses[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 503\r\n\r\n",
    "HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n",
    "HTTP/1.0 302 Moved\tHere \xe9\r\nLocation: /\r\nConnection: Keep-Alive\r\n\r\n",
    "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "HTTP/1.1 999 x\r\nA:b\r\nC:\r\nD: e f\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
};

static const char *const pieces[] = {
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "chunked",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "Connection: host\r\n",
    "HTTP/1.1",
    "HTTP/2.0",
    "http://",
    "[::]",
    "*",
    "@",
    "#",
    "/",
    "?",
    "%00",
    "0",
    "99999",
    "+",
    "-",
    "\x80",
    "\x7f",
    "close",
    "keep-alive",
    "CONNECT ",
    "OPTIONS ",
    "\r\n ",
    "\r\n\t",
    "Upgrade: a\r\n",
    "x",
    "::",
};

static uint64_t dice(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#define MUTANT_MOST 1024

/* Puts `s` in place of `gone` octets at `at`. */
static size_t splice_in(char *text, size_t len, size_t at, size_t gone, struct slice s)
{
    if (gone > len - at)
        gone = len - at;
    if (len - gone + s.len > MUTANT_MOST)
        return len;
    memmove(text + at + s.len, text + at + gone, len - at - gone);
    if (s.len > 0)
        memcpy(text + at, s.at, s.len);
    return len - gone + s.len;
}

static size_t mutate(char *text, size_t len, uint64_t *state)
{
    for (uint64_t n = 1 + dice(state) % 3; n > 0; n--) {
        const size_t at = dice(state) % (len + 1);
        const char octet = (char)dice(state);

        switch (dice(state) % 5) {
        case 0:
            len = splice_in(text, len, at, 1, (struct slice){&octet, 1});
            break;
        case 1:
            len = splice_in(text, len, at, 1 + dice(state) % 4, NO_SLICE);
            break;
        case 2:
            len = splice_in(text, len, at, 0, (struct slice){&octet, 1});
            break;
        default:
            len = splice_in(text, len, at, dice(state) % 2 * (dice(state) % 8),
                            slice_of(pieces[dice(state) % COUNT(pieces)]));
            break;
        }
    }
    return len;
}

static void must(const char *wrong, struct slice octets)
{
    if (wrong != NULL)
        fail_msg("%s: %.*s", wrong, SLICE_ARGS(octets));
}

static void judge_request(struct slice octets, size_t cut)
{
    must(oracle_request(octets), octets);
    must(oracle_request_again(octets), octets);
    must(oracle_request_cut(octets, cut, &oracle_wide_limits), octets);
    must(oracle_request_cut(octets, cut, &oracle_small_limits), octets);
}

static void judge_response(struct slice octets, size_t cut, struct h1_asked asked)
{
    must(oracle_response(octets, asked), octets);
    must(oracle_response_again(octets, asked), octets);
    must(oracle_response_cut(octets, cut, &oracle_wide_limits, asked), octets);
    must(oracle_response_cut(octets, cut, &oracle_small_limits, asked), octets);
}

static const struct h1_asked asked[] = {
    {METHOD_GET, false}, {METHOD_HEAD, false}, {METHOD_CONNECT, false}, {METHOD_GET, true}};

static void test_hand_made_requests_read_the_same_however_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        struct slice octets = slice_of(requests[i]);

        for (size_t cut = 0; cut <= octets.len; cut++)
            judge_request(octets, cut);
        must(oracle_request_by_octets(octets, &oracle_wide_limits), octets);
        must(oracle_request_by_octets(octets, &oracle_small_limits), octets);
    }
}

static void test_hand_made_responses_read_the_same_however_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(responses) * COUNT(asked); i++) {
        struct slice octets = slice_of(responses[i / COUNT(asked)]);
        struct h1_asked a = asked[i % COUNT(asked)];

        for (size_t cut = 0; cut <= octets.len; cut++)
            judge_response(octets, cut, a);
        must(oracle_response_by_octets(octets, &oracle_wide_limits, a), octets);
    }
}

static void test_mutants_of_requests_read_the_same(void **state)
{
    uint64_t seed = 20261121;

    (void)state;
    for (size_t i = 0; i < MUTANTS; i++) {
        char text[MUTANT_MOST];
        struct slice from = slice_of(requests[i % COUNT(requests)]);
        struct slice octets = {text, from.len};

        memcpy(text, from.at, from.len);
        octets.len = mutate(text, from.len, &seed);
        judge_request(octets, dice(&seed) % (octets.len + 1));
        if (i % 64 == 0)
            must(oracle_request_by_octets(octets, &oracle_small_limits), octets);
    }
}

static void test_mutants_of_responses_read_the_same(void **state)
{
    uint64_t seed = 20261122;

    (void)state;
    for (size_t i = 0; i < MUTANTS; i++) {
        char text[MUTANT_MOST];
        struct slice from = slice_of(responses[i % COUNT(responses)]);
        struct slice octets = {text, from.len};

        memcpy(text, from.at, from.len);
        octets.len = mutate(text, from.len, &seed);
        judge_response(octets, dice(&seed) % (octets.len + 1),
                       asked[dice(&seed) % COUNT(asked)]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hand_made_requests_read_the_same_however_cut),
        cmocka_unit_test(test_hand_made_responses_read_the_same_however_cut),
        cmocka_unit_test(test_mutants_of_requests_read_the_same),
        cmocka_unit_test(test_mutants_of_responses_read_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
