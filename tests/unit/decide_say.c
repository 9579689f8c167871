/* SPDX-License-Identifier: MIT */
#include "decide_say.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROOM(s, n) ((n) < sizeof((s)->text) ? sizeof((s)->text) - (n) : 0)

void said_play(struct said *s, const struct scenario *scenario, uint64_t seed)
{
    assert_true(run_init(&s->run, scenario, seed));
    s->has_run = true;
}

static void begin(struct said *s)
{
    if (s->plan.arena == NULL)
        arena_init(&s->arena, NULL);
    plan_init(&s->plan, &s->arena);
}

static void decide_now(struct said *s, const struct setting *setting)
{
    if (!s->has_run)
        said_play(s, &s->none, 1);
    s->run.setting = *setting;
    decide(&s->run, &s->facts, &s->plan);
    assert_false(s->plan.spent);
}

void decide_say_request(struct said *s, const struct setting *setting, const char *head)
{
    struct h1_fault fault = {0};

    begin(s);
    s->request = (struct http_request){
        .fields = {.at = s->request_fields, .cap = COUNT(s->request_fields)}};
    if (h1_parse_request(head, strlen(head), 0, &limits_default, 0, &s->request, &fault) <=
        0)
        fail_msg("not a request (%s): %s", fault.words, head);
    s->facts.moment = MOMENT_REQUEST;
    s->facts.unix_time = 1795248000;
    s->facts.request = &s->request;
    s->facts.method = s->request.method;
    s->facts.client = SLICE("192.0.2.7");
    s->facts.nth++;
    decide_now(s, setting);
}

void decide_say_response(struct said *s, const struct setting *setting, const char *head)
{
    struct h1_asked asked = {s->request.method, s->request.wants_upgrade};
    struct h1_fault fault = {0};

    begin(s);
    s->response = (struct http_response){
        .fields = {.at = s->response_fields, .cap = COUNT(s->response_fields)}};
    if (h1_parse_response(head, strlen(head), 0, &limits_default, 0, asked, &s->response,
                          &fault) <= 0)
        fail_msg("not a response (%s): %s", fault.words, head);
    s->facts.moment = MOMENT_RESPONSE;
    s->facts.response = &s->response;
    decide_now(s, setting);
}

void say_failure(struct said *s, const struct setting *setting, enum ending why)
{
    begin(s);
    s->facts.moment = MOMENT_FAILURE;
    s->facts.failure = why;
    decide_now(s, setting);
}

void said_clear(struct said *s)
{
    arena_clear(&s->arena);
    if (s->has_run)
        run_clear(&s->run);
    *s = (struct said){0};
}

const char *said_plan(struct said *s)
{
    size_t n =
        (size_t)snprintf(s->text, sizeof(s->text), "%.*s:", SLICE_ARGS(s->plan.rule));

    for (const struct step *at = s->plan.first; at != NULL; at = at->next) {
        char words[128];

        assert_true(step_print(at, words, sizeof(words)) < (int)sizeof(words));
        if (at->kind == STEP_BODY)
            strcpy(words, "body");
        n += (size_t)snprintf(s->text + n, ROOM(s, n), "%s%s",
                              at == s->plan.first ? " " : "; ", words);
    }
    assert_true(n < sizeof(s->text));
    return s->text;
}

const struct step *said_step(const struct said *s, enum step_kind kind)
{
    const struct step *at = s->plan.first;

    while (at != NULL && at->kind != kind)
        at = at->next;
    return at;
}

const char *said_fields(struct said *s)
{
    const struct step *relay = said_step(s, STEP_RELAY), *head = said_step(s, STEP_HEAD);
    const struct http_fields none = {0};
    const struct http_fields *f = relay != NULL  ? &relay->relay->fields
                                  : head != NULL ? &head->head.response.fields
                                                 : &none;
    size_t n = 0;

    s->text[0] = '\0';
    for (uint32_t i = 0; i < f->n; i++)
        n += (size_t)snprintf(s->text + n, ROOM(s, n), "%s%.*s: %.*s", i == 0 ? "" : "|",
                              SLICE_ARGS(f->at[i].name), SLICE_ARGS(f->at[i].value));
    assert_true(n < sizeof(s->text));
    return s->text;
}

struct slice said_body(const struct said *s)
{
    const struct step *body = said_step(s, STEP_BODY);

    return body == NULL ? SLICE("") : body->body.octets;
}
