/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* What has to be there, written down apart from data/status/. */
/* clang-format off */
static const char *const codes[] = {
    "haproxy/-1", "curl/000", "elb/000", "squid/000", "ietf/100", "ietf/101", "ietf/102",
    "ietf/103", "resumable/103", "ietf/104", "ietf/200", "grpc-http/200", "ietf/201",
    "ietf/202", "ietf/203", "ietf/204", "ietf/205", "ietf/206", "ietf/207", "ietf/208",
    "apache/218", "ietf/226", "ietf/300", "ietf/301", "ietf/302", "ietf/303", "ietf/304",
    "ietf/305", "ietf/306", "ietf/307", "ietf/308", "google/308", "ietf/400", "ietf/401",
    "ietf/402", "ietf/403", "ietf/404", "ietf/405", "ietf/406", "ietf/407", "ietf/408",
    "ietf/409", "ietf/410", "ietf/411", "ietf/412", "ietf/413", "ietf/414", "ietf/415",
    "ietf/416", "ietf/417", "ietf/418", "auth-timeout/419", "laravel/419", "shopify/420",
    "spring/420", "twitter/420", "ietf/421", "ietf/422", "ietf/423", "ietf/424",
    "ietf/425", "ietf/426", "ietf/428", "ietf/429", "shopify/430", "ietf/431", "iis/440",
    "nginx/444", "iis/449", "microsoft/450", "ietf/451", "iis/451", "elb/460",
    "alibaba/463", "elb/463", "elb/464", "nginx/494", "nginx/495", "nginx/496",
    "nginx/497", "esri/498", "nginx/498", "antivirus/499", "cloudfoundry/499", "esri/499",
    "google-rpc/499", "heroku/499-H27", "nginx/499", "traefik/499", "ietf/500",
    "ietf/501", "ietf/502", "ietf/503", "heroku/503-H12", "ietf/504", "ietf/505",
    "ietf/506", "ietf/507", "ietf/508", "cpanel/508", "apache/509", "ietf/510",
    "ietf/511", "cloudflare/520", "cloudflare/521", "cloudflare/522", "cloudflare/523",
    "cloudflare/524", "cloudflare/525", "cloudflare/526", "cloudfoundry/526",
    "cloudflare/527", "anthropic/529", "qualys/529", "cloudflare/530", "pantheon/530",
    "shopify/530", "shopify/540", "elb/561", "elb/562", "proxy/598", "proxy/599",
    "tornado/599", "squid/600", "squid/601", "varnish/synth", "shopify/783", "fastly/801",
    "linkedin/999"};

static const char *const iis_substatus[] = {
    "iis/400.1", "iis/400.2", "iis/400.3", "iis/400.4", "iis/400.5", "iis/400.6",
    "iis/400.7", "iis/400.8", "iis/400.9", "iis/400.10", "iis/400.11", "iis/400.601",
    "iis/400.602", "iis/400.603", "iis/400.604", "iis/400.605", "iis/400.606",
    "iis/401.1", "iis/401.2", "iis/401.3", "iis/401.4", "iis/401.5", "iis/401.501",
    "iis/401.502", "iis/401.503", "iis/401.504", "iis/403.1", "iis/403.2", "iis/403.3",
    "iis/403.4", "iis/403.5", "iis/403.6", "iis/403.7", "iis/403.8", "iis/403.9",
    "iis/403.10", "iis/403.11", "iis/403.12", "iis/403.13", "iis/403.14", "iis/403.15",
    "iis/403.16", "iis/403.17", "iis/403.18", "iis/403.19", "iis/403.20", "iis/403.21",
    "iis/403.22", "iis/403.501", "iis/403.502", "iis/403.503", "iis/403.504", "iis/404.0",
    "iis/404.1", "iis/404.2", "iis/404.3", "iis/404.4", "iis/404.5", "iis/404.6",
    "iis/404.7", "iis/404.8", "iis/404.9", "iis/404.10", "iis/404.11", "iis/404.12",
    "iis/404.13", "iis/404.14", "iis/404.15", "iis/404.16", "iis/404.17", "iis/404.18",
    "iis/404.19", "iis/404.20", "iis/404.501", "iis/404.502", "iis/404.503",
    "iis/404.504", "iis/405.0", "iis/406.0", "iis/412.0", "iis/413.0", "iis/500.0",
    "iis/500.11", "iis/500.12", "iis/500.13", "iis/500.15", "iis/500.19", "iis/500.21",
    "iis/500.22", "iis/500.23", "iis/500.24", "iis/500.50", "iis/500.51", "iis/500.52",
    "iis/500.53", "iis/500.100", "iis/502.1", "iis/502.2", "iis/502.3", "iis/502.4",
    "iis/502.5", "iis/502.6", "iis/502.7", "iis/503.0", "iis/503.2", "iis/503.3",
    "iis/503.4"};

static const char *const cloudflare_pages[] = {
    "cloudflare/1000", "cloudflare/1001", "cloudflare/1002", "cloudflare/1003",
    "cloudflare/1004", "cloudflare/1005", "cloudflare/1006", "cloudflare/1007",
    "cloudflare/1008", "cloudflare/1106", "cloudflare/1009", "cloudflare/1010",
    "cloudflare/1011", "cloudflare/1012", "cloudflare/1013", "cloudflare/1014",
    "cloudflare/1015", "cloudflare/1016", "cloudflare/1018", "cloudflare/1019",
    "cloudflare/1020", "cloudflare/1021", "cloudflare/1022", "cloudflare/1023",
    "cloudflare/1024", "cloudflare/1025", "cloudflare/1027", "cloudflare/1033",
    "cloudflare/1034", "cloudflare/1035", "cloudflare/1036", "cloudflare/1037",
    "cloudflare/1040", "cloudflare/1041", "cloudflare/1042", "cloudflare/1101",
    "cloudflare/1102", "cloudflare/1103", "cloudflare/1104", "cloudflare/1200"};

static const char *const heroku_codes[] = {
    "heroku/H10", "heroku/H11", "heroku/H12", "heroku/H13", "heroku/H14", "heroku/H15",
    "heroku/H16", "heroku/H17", "heroku/H18", "heroku/H19", "heroku/H20", "heroku/H21",
    "heroku/H22", "heroku/H23", "heroku/H24", "heroku/H25", "heroku/H26", "heroku/H27",
    "heroku/H28", "heroku/H31", "heroku/H80", "heroku/H81", "heroku/H82", "heroku/H99"};

static const char *const warn_codes[] = {
    "warn/110", "warn/111", "warn/112", "warn/113", "warn/199", "warn/214", "warn/299"};
/* clang-format on */

static void expect_ids(const char *const *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct status *row = status_find(slice_of(ids[i]));

        if (row == NULL)
            fail_msg("%s is missing", ids[i]);
        if (!slice_is(row->id, slice_of(ids[i])))
            fail_msg("%s is found as %.*s", ids[i], SLICE_ARGS(row->id));
    }
}

static void test_every_known_status_has_a_row(void **state)
{
    (void)state;
    expect_ids(codes, COUNT(codes));
    expect_ids(iis_substatus, COUNT(iis_substatus));
    expect_ids(cloudflare_pages, COUNT(cloudflare_pages));
    expect_ids(heroku_codes, COUNT(heroku_codes));
    expect_ids(warn_codes, COUNT(warn_codes));
    assert_int_equal(COUNT(codes), 129);
    assert_int_equal(COUNT(iis_substatus), 107);
    assert_int_equal(COUNT(cloudflare_pages), 40);
    assert_int_equal(COUNT(heroku_codes), 24);
    assert_int_equal(COUNT(warn_codes), 7);
}

/* ---- every row by itself ---- */

static bool is_listed(struct slice word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(word, slice_of(words[i])))
            return true;
    return false;
}

static void test_every_row_names_itself_and_its_source(void **state)
{
    static const char *const kinds[] = {"registered", "reserved",  "obsolete", "vendor",
                                        "internal",   "substatus", "page",     "warning"};
    static const char *const provenances[] = {"rfc-checked", "rfc-recalled", "documented",
                                              "source-code", "measured",     "recalled",
                                              "unverified"};

    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i);
        char id[100];

        snprintf(id, sizeof(id), "%.*s/%.*s", SLICE_ARGS(row->vendor),
                 SLICE_ARGS(row->code));
        if (!slice_is(row->id, slice_of(id)) || row->vendor.len == 0 || row->code.len == 0)
            fail_msg("%.*s is not %s", SLICE_ARGS(row->id), id);
        /* A sub-status is its own trigger. */
        if (row->summary.len == 0 || row->source.len == 0 || row->retry.len == 0 ||
            (row->trigger.len == 0 && !slice_is(row->kind, SLICE("substatus"))))
            fail_msg("%s does not say what, when, whether again or whence", id);
        if (!is_listed(row->kind, kinds, COUNT(kinds)) ||
            !is_listed(row->provenance, provenances, COUNT(provenances)))
            fail_msg("%s is of no kind, or of no provenance", id);
    }
}

static void test_what_travels_is_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i);

        if (row->wire > 999 || row->wire < -1 || (row->wire > 0 && row->wire < 100) ||
            row->number < -1 || row->number > 999)
            fail_msg("%.*s travels as %d", SLICE_ARGS(row->id), row->wire);
        if (!http_is_field_value(row->phrase) || !http_is_field_value(row->wire_phrase))
            fail_msg("%.*s has a phrase that is none", SLICE_ARGS(row->id));
        if (row->wire <= 0 && (row->wire_phrase.len > 0 || row->n_fields > 0))
            fail_msg("%.*s has a head and sends none", SLICE_ARGS(row->id));
    }
}

static void test_fields_are_valid_and_not_the_framing(void **state)
{
    static const char *const framing[] = {
        "connection", "content-length", "transfer-encoding", "content-type",
        "date",       "trailer",        "keep-alive"};

    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i);

        for (size_t k = 0; k < row->n_fields; k++) {
            const struct status_field *f = &row->fields[k];
            if (!http_is_token(f->name) || !http_is_field_value(f->value) ||
                f->value.len == 0)
                fail_msg("%.*s: %.*s", SLICE_ARGS(row->id), SLICE_ARGS(f->name));
            for (size_t n = 0; n < COUNT(framing); n++)
                if (slice_is_nocase(f->name, slice_of(framing[n])))
                    fail_msg("%.*s brings %s", SLICE_ARGS(row->id), framing[n]);
        }
    }
}

static void test_duties_have_a_level_and_a_source(void **state)
{
    static const char *const levels[] = {"must", "should", "may"};

    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i);

        for (size_t k = 0; k < row->n_duties; k++) {
            const struct status_duty *d = &row->duties[k];
            if (!is_listed(d->level, levels, COUNT(levels)) || d->text.len == 0 ||
                d->source.len == 0)
                fail_msg("%.*s: %.*s", SLICE_ARGS(row->id), SLICE_ARGS(d->text));
        }
    }
}

/* RFC 9110 §15, RFC 9112 §6.3. */
static void test_bodies_are_those_that_rfc_9112_allows(void **state)
{
    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i);
        bool never = row->wire < 200 || row->wire == 204 || row->wire == 304;
        enum status_body want = never              ? STATUS_BODY_NEVER
                                : row->wire == 205 ? STATUS_BODY_EMPTY
                                                   : STATUS_BODY_YES;

        if (row->body != want)
            fail_msg("%.*s has body %d", SLICE_ARGS(row->id), row->body);
        if (want != STATUS_BODY_YES && row->body_text.len > 0)
            fail_msg("%.*s has a text and no body", SLICE_ARGS(row->id));
    }
}

static void test_what_only_logs_say_names_something_that_can_be_said(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        const struct status *row = status_at(i), *other;
        uint64_t number;

        if (row->wire >= 0)
            continue;
        n++;
        if (slice_to_u64(row->instead, &number) && number >= 100 && number <= 999)
            continue;
        other = status_find(row->instead);
        if (other == NULL || other->wire < 0)
            fail_msg("%.*s: say %.*s?", SLICE_ARGS(row->id), SLICE_ARGS(row->instead));
    }
    assert_true(n >= 12);
}

/* ---- rows that clients rely on ---- */

static const struct status_field *field_of(const struct status *row, const char *name)
{
    for (size_t i = 0; i < row->n_fields; i++)
        if (slice_is_nocase(row->fields[i].name, slice_of(name)))
            return &row->fields[i];
    return NULL;
}

static void test_fields_that_a_status_cannot_do_without(void **state)
{
    static const struct {
        const char *id, *name, *value;
    } rows[] = {
        {"ietf/101", "Upgrade", "websocket"},
        {"ietf/103", "Link", "</style.css>; rel=preload; as=style"},
        {"ietf/201", "Location", "/status/200"},
        {"ietf/206", "Content-Range", "bytes 0-{last}/{length}"},
        {"ietf/301", "Location", "/status/200"},
        {"ietf/302", "Location", "/status/200"},
        {"ietf/303", "Location", "/status/200"},
        {"ietf/304", "ETag", "\"naysay\""},
        {"ietf/307", "Location", "/status/200"},
        {"ietf/308", "Location", "/status/200"},
        {"ietf/401", "WWW-Authenticate", "Basic realm=\"naysay\""},
        {"ietf/405", "Allow", "GET, HEAD"},
        {"ietf/407", "Proxy-Authenticate", "Basic realm=\"naysay\""},
        {"ietf/416", "Content-Range", "bytes */{length}"},
        {"ietf/426", "Upgrade", "websocket"},
        {"ietf/429", "Retry-After", "1"},
        {"ietf/503", "Retry-After", "1"},
        {"iis/401.1", "WWW-Authenticate", "Basic realm=\"naysay\""},
        {"iis/449", "Ms-Echo-Request", "naysay"},
        {"iis/451", "X-MS-Location",
         "https://mail2.example.test/Microsoft-Server-ActiveSync"},
        {"cloudflare/1015", "Retry-After", "1"},
        {"warn/110", "Warning", "110 - \"Response is Stale\""},
        {"warn/299", "Warning", "299 - \"Miscellaneous Persistent Warning\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct status_field *f =
            field_of(status_find(slice_of(rows[i].id)), rows[i].name);

        if (f == NULL || !slice_is(f->value, slice_of(rows[i].value)))
            fail_msg("%s: %s", rows[i].id, rows[i].name);
    }
}

static void test_how_rows_travel(void **state)
{
    static const struct {
        const char *id;
        int number, wire;
        const char *wire_phrase;
        enum status_end end;
        const char *text;
    } rows[] = {
        {"ietf/200", 200, 200, "OK", STATUS_END_KEEP, ""},
        {"ietf/408", 408, 408, "Request Timeout", STATUS_END_CLOSE, ""},
        {"ietf/418", 418, 418, "I'm a teapot", STATUS_END_KEEP, ""},
        {"iis/440", 440, 440, "Login Time-out", STATUS_END_KEEP, ""},
        {"iis/403.14", -1, 403, "Forbidden", STATUS_END_KEEP, "HTTP Error 403.14"},
        {"nginx/444", 444, 0, "", STATUS_END_KEEP, ""},
        {"nginx/494", 494, 400, "Bad Request", STATUS_END_CLOSE,
         "Request Header Or Cookie Too Large"},
        {"nginx/498", 498, 498, "", STATUS_END_KEEP, ""},
        {"nginx/499", 499, -1, "", STATUS_END_KEEP, ""},
        {"elb/460", 460, -1, "", STATUS_END_KEEP, ""},
        {"elb/463", 463, 463, "", STATUS_END_KEEP, ""},
        {"elb/000", 0, -1, "", STATUS_END_KEEP, ""},
        {"haproxy/-1", -1, -1, "", STATUS_END_KEEP, ""},
        {"cloudflare/1020", -1, 403, "Forbidden", STATUS_END_KEEP, "error code: 1020"},
        {"heroku/H12", -1, 503, "Service Unavailable", STATUS_END_KEEP, ""},
        {"heroku/499-H27", 499, -1, "", STATUS_END_KEEP, ""},
        {"squid/600", 600, 502, "Bad Gateway", STATUS_END_KEEP, ""},
        {"varnish/synth", 750, 750, "Unknown HTTP Status", STATUS_END_KEEP, ""},
        {"warn/110", 110, 200, "OK", STATUS_END_KEEP, ""},
        {"linkedin/999", 999, 999, "Request denied", STATUS_END_KEEP, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct status *row = status_find(slice_of(rows[i].id));

        assert_non_null(row);
        if (row->number != rows[i].number || row->wire != rows[i].wire ||
            row->end != rows[i].end ||
            !slice_is(row->wire_phrase, slice_of(rows[i].wire_phrase)) ||
            !slice_is(row->body_text, slice_of(rows[i].text)))
            fail_msg("%s: %d, %d, \"%.*s\", %d, \"%.*s\"", rows[i].id, row->number,
                     row->wire, SLICE_ARGS(row->wire_phrase), row->end,
                     SLICE_ARGS(row->body_text));
    }
}

/* ---- lookups ---- */

static void test_ids_are_found_in_any_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < status_count(); i++) {
        char id[100];
        int n = snprintf(id, sizeof(id), "%.*s", SLICE_ARGS(status_at(i)->id));

        for (int k = 0; k < n; k++)
            id[k] = (char)(k % 2 == 0 ? toupper(id[k]) : tolower(id[k]));
        if (status_find(slice_of(id)) != status_at(i))
            fail_msg("%s", id);
    }
}

static void test_what_is_no_id_is_not_found(void **state)
{
    static const char *const words[] = {"",          "407",       "ietf",      "ietf/",
                                        "ietf/40",   "ietf/4070", "/407",      "iis/441",
                                        "ietf/407 ", "zzz/999",   "ietf/\xff", "aaa"};

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++)
        if (status_find(slice_of(words[i])) != NULL)
            fail_msg("%s is found", words[i]);
    assert_null(status_find(NO_SLICE));
}

static void test_a_bare_number_means_the_registered_row(void **state)
{
    static const struct {
        unsigned number;
        const char *id; /* NULL: nobody's */
    } rows[] = {
        {100, "ietf/100"},
        {103, "ietf/103"},
        {200, "ietf/200"},
        {308, "ietf/308"},
        {407, "ietf/407"},
        {418, "ietf/418"},
        {451, "ietf/451"},
        {503, "ietf/503"},
        {508, "ietf/508"},
        {440, "iis/440"},
        {449, "iis/449"},
        {522, "cloudflare/522"},
        {526, "cloudflare/526"},
        {420, "twitter/420"},
        {999, "linkedin/999"},
        {599, "proxy/599"},
        {444, NULL},
        {460, NULL},
        {494, NULL},
        {110, NULL},
        {0, NULL},
        {99, NULL},
        {299, NULL},
        {600, NULL},
        {799, NULL},
        {1000, NULL},
        {1020, NULL},
        {4294967295u, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct status *row = status_by_number(rows[i].number);

        if ((row == NULL) != (rows[i].id == NULL) ||
            (row != NULL && !slice_is(row->id, slice_of(rows[i].id))))
            fail_msg("%u is %.*s", rows[i].number, row ? (int)row->id.len : 0,
                     row ? row->id.at : "");
    }
}

static void test_by_number_agrees_with_a_look_at_every_row(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 1000; n++) {
        const struct status *row = status_by_number(n);
        size_t i = 0;

        while (i < status_count() &&
               (status_at(i)->number != (int)n || status_at(i)->wire != (int)n))
            i++;
        assert_ptr_equal(row, i == status_count() ? NULL : status_at(i));
    }
}

static void test_the_nearest_id(void **state)
{
    static const struct {
        const char *word, *nearest; /* NULL: none is near */
    } rows[] = {
        {"iis/441", "iis/440"},
        {"iss/440", "iis/440"},
        {"cloudfare/522", "cloudflare/522"},
        {"IETF/40", "ietf/400"},
        {"nginx444", "nginx/444"},
        {"iis/403,14", "iis/403.14"},
        {"something else altogether", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *near = status_nearest(slice_of(rows[i].word));

        if (rows[i].nearest == NULL ? near != NULL
                                    : near == NULL || strcmp(near, rows[i].nearest) != 0)
            fail_msg("%s: %s", rows[i].word, near == NULL ? "none" : near);
    }
}

/* ---- a user's rows: last, because they stay ---- */

static bool load(const char *text, struct complaint *why)
{
    char path[] = "/tmp/naysay-test-XXXXXX";
    int fd = mkstemp(path);
    bool ok;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    ok = status_load(path, why);
    unlink(path);
    return ok;
}

static void test_a_users_rows_join_and_replace(void **state)
{
    struct complaint why = {""};
    size_t had = status_count();
    const struct status *ok = status_by_number(200), *row;

    (void)state;
    assert_true(load("id: shop/777\nphrase: Till Closed\nneeds: X-Till: shut\n\n"
                     "id: IETF/418\n",
                     &why) == false); /* vendors are lower-case */
    assert_non_null(strstr(why.text, ":5: "));
    assert_int_equal(status_count(), had);
    assert_null(status_find(SLICE("shop/777")));

    assert_true(load("id: shop/777\nphrase: Till Closed\nneeds: X-Till: shut\n\n"
                     "id: ietf/418\nphrase: Short And Stout\n",
                     &why));
    assert_int_equal(status_count(), had + 1);
    row = status_find(SLICE("SHOP/777"));
    assert_ptr_equal(row, status_by_number(777));
    assert_ptr_equal(row, status_at(had));
    assert_true(slice_is(row->fields[0].value, SLICE("shut")));
    assert_true(slice_is(status_by_number(418)->phrase, SLICE("Short And Stout")));
    assert_ptr_equal(status_find(SLICE("ietf/418")), status_by_number(418));
    assert_ptr_equal(status_by_number(200), ok);
    assert_string_equal(status_nearest(SLICE("shp/777")), "shop/777");
}

static void test_files_add_up_and_the_later_one_wins(void **state)
{
    struct complaint why = {""};
    size_t had = status_count();

    (void)state;
    assert_true(load("id: shop/777\nphrase: Till Open\n\nid: shop/778\n", &why));
    assert_int_equal(status_count(), had + 1);
    assert_true(slice_is(status_by_number(777)->phrase, SLICE("Till Open")));
    assert_non_null(status_find(SLICE("shop/778")));
    assert_true(load("", &why));
    assert_int_equal(status_count(), had + 1);
}

static void test_a_user_does_not_take_a_registered_number(void **state)
{
    struct complaint why = {""};

    (void)state;
    assert_true(load("id: shop/404\nphrase: Sold Out\n", &why));
    assert_true(slice_is(status_by_number(404)->id, SLICE("ietf/404")));
    assert_int_equal(status_find(SLICE("shop/404"))->wire, 404);
}

static void test_a_file_that_cannot_be_read_is_told_by_its_name(void **state)
{
    static const char *const paths[] = {"/no/such/file", "/tmp"};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct complaint why = {""};

        assert_false(status_load(paths[i], &why));
        assert_non_null(strstr(why.text, paths[i]));
    }
}

static void test_every_row_is_still_found_after_joining(void **state)
{
    test_ids_are_found_in_any_case(state);
    test_by_number_agrees_with_a_look_at_every_row(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_known_status_has_a_row),
        cmocka_unit_test(test_every_row_names_itself_and_its_source),
        cmocka_unit_test(test_what_travels_is_valid),
        cmocka_unit_test(test_fields_are_valid_and_not_the_framing),
        cmocka_unit_test(test_duties_have_a_level_and_a_source),
        cmocka_unit_test(test_bodies_are_those_that_rfc_9112_allows),
        cmocka_unit_test(test_what_only_logs_say_names_something_that_can_be_said),
        cmocka_unit_test(test_fields_that_a_status_cannot_do_without),
        cmocka_unit_test(test_how_rows_travel),
        cmocka_unit_test(test_ids_are_found_in_any_case),
        cmocka_unit_test(test_what_is_no_id_is_not_found),
        cmocka_unit_test(test_a_bare_number_means_the_registered_row),
        cmocka_unit_test(test_by_number_agrees_with_a_look_at_every_row),
        cmocka_unit_test(test_the_nearest_id),
        cmocka_unit_test(test_a_users_rows_join_and_replace),
        cmocka_unit_test(test_files_add_up_and_the_later_one_wins),
        cmocka_unit_test(test_a_user_does_not_take_a_registered_number),
        cmocka_unit_test(test_a_file_that_cannot_be_read_is_told_by_its_name),
        cmocka_unit_test(test_every_row_is_still_found_after_joining),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
