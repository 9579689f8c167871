/* SPDX-License-Identifier: MIT */
#include "report_say.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

static json_t *log_of(const struct verdict *v)
{
    size_t len;
    json_error_t why;
    char *text = say_report(v, report_har, &len);
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

    if (root == NULL)
        fail_msg("%s at %d:\n%s", why.text, why.position, text);
    free(text);
    json_t *log = json_incref(json_object_get(root, "log"));

    json_decref(root);
    return log;
}

/* "request.url" of an object. */
static json_t *at(json_t *o, const char *path)
{
    char word[64];
    size_t n;

    for (; o != NULL; path += n + 1) {
        n = strcspn(path, ".");
        assert_true(n < sizeof(word));
        memcpy(word, path, n);
        word[n] = '\0';
        o = json_object_get(o, word);
        if (path[n] == '\0')
            break;
    }
    return o;
}

static const struct {
    enum told_kind kind;
    size_t entry;
    const char *path, *want; /* numbers are compared as text */
} rows[] = {
    {TOLD_GOOD, 0, "request.url", "http://shop.test/pay"},
    {TOLD_GOOD, 0, "response.status", "522"},
    {TOLD_GOOD, 0, "response.statusText", "Connection timed out"},
    {TOLD_GOOD, 0, "response.content.mimeType", "text/html; charset=UTF-8"},
    {TOLD_GOOD, 0, "startedDateTime", "2026-11-21T08:00:00.012Z"},
    {TOLD_GOOD, 0, "pageref", "page_1"},
    {TOLD_GOOD, 2, "response.content.text", "{\"paid\": true}"},
    {TOLD_GOOD, 2, "_rule", "up"},
    {TOLD_FAILING, 0, "request.url", "http://shop.test/orders?draft=1"},
    {TOLD_FAILING, 0, "request.postData.text", "{\"item\": 17, \"count\": 2}\n"},
    {TOLD_FAILING, 1, "connection", "B"},
    {TOLD_RICH, 0, "request.url", "https://shop.test:443/"},
    {TOLD_RICH, 1, "response.redirectURL", "/style"},
    {TOLD_RICH, 2, "response._error", "net::ERR_CONNECTION_RESET"},
    {TOLD_RICH, 2, "response.content.size", "16384"},
    {TOLD_RICH, 3, "response.status", "0"},
    {TOLD_RICH, 3, "request.postData.text", "iVBORw0KGgo="},
    {TOLD_RICH, 3, "request.postData._encoding", "base64"},
    {TOLD_RICH, 4, "response._error", "net::ERR_INVALID_HTTP_RESPONSE"},
    {TOLD_RICH, 4, "response.content.encoding", "base64"},
    {TOLD_RICH, 5, "response._error", "net::ERR_ABORTED"},
    {TOLD_RICH, 5, "_ending", "client-gone"},
};

static void test_entries(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct told_run t;

        tell(&t, rows[i].kind);
        json_t *log = log_of(&t.v);
        json_t *entry = json_array_get(json_object_get(log, "entries"), rows[i].entry);
        json_t *value = at(entry, rows[i].path);
        char number[32];

        snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(value));
        const char *got = json_is_string(value) ? json_string_value(value) : number;

        if (value == NULL || strcmp(got, rows[i].want) != 0)
            fail_msg("row %zu: %s is %s", i, rows[i].path, got);
        json_decref(log);
        told_clear(&t);
    }
}

static void test_times_add_up(void **state)
{
    static const char *const parts[] = {"timings.send", "timings.wait", "timings.receive"};

    (void)state;
    for (int kind = 0; kind < TOLD_KINDS; kind++) {
        struct told_run t;
        json_t *entry;
        size_t i;

        tell(&t, (enum told_kind)kind);
        json_t *log = log_of(&t.v);

        json_array_foreach(json_object_get(log, "entries"), i, entry)
        {
            double sum = 0;
            for (size_t j = 0; j < COUNT(parts); j++)
                sum += json_number_value(at(entry, parts[j]));
            assert_true(fabs(sum - json_number_value(at(entry, "time"))) < 1e-6);
        }
        json_decref(log);
        told_clear(&t);
    }
}

/* FWD-07 */
static void test_FWD_07_secrets_are_redacted(void **state)
{
    (void)state;
    for (int kind = 0; kind < TOLD_KINDS; kind++) {
        struct told_run t;

        tell(&t, (enum told_kind)kind);
        char *text = say_report(&t.v, report_har, NULL);

        assert_null(strstr(text, "s3cr3t"));
        assert_null(strstr(text, "YWRhOmxvdmVsYWNl"));
        assert_null(strstr(text, "hunter2"));
        assert_null(strstr(text, "sid=secret"));
        free(text);
        told_clear(&t);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_times_add_up),
        cmocka_unit_test(test_FWD_07_secrets_are_redacted),
    };

    if (argc > 1)
        return report_main(argc, argv, "har", report_har);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
