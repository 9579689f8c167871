/* SPDX-License-Identifier: MIT */
#include "play_say.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

void play_open(struct play *p, const char *rules)
{
    struct slice rest = slice_of(rules);

    memset(p, 0, sizeof(*p));
    arena_init(&p->arena, NULL);
    complaints_init(&p->why, &p->arena);
    p->loader = (struct loader){.arena = &p->arena, .why = &p->why};
    while (rest.len > 0 && p->n_rules < PLAY_RULES) {
        p->names[p->n_rules] = slice_cut(&rest, ' ');
        p->rules[p->n_rules].name = p->names[p->n_rules];
        p->n_rules++;
    }
    p->scenario.name = SLICE("play");
    p->scenario.rules = p->rules;
    p->scenario.n_rules = p->n_rules;
}

void play_close(struct play *p)
{
    for (struct record *r = p->records.first, *next; r != NULL; r = next) {
        next = r->next;
        free(r);
    }
    arena_clear(&p->arena);
}

/* ---- what is expected ---- */

bool play_expect(struct play *p, const char *yaml)
{
    const struct node *documents, *list;
    bool ok = true;

    p->source = (struct source){.name = SLICE("expect.yaml"), .text = slice_of(yaml)};
    documents = doc_parse(&p->arena, &p->source, &p->why);
    if (documents == NULL || documents->first == NULL)
        return false;
    list = documents->first;
    p->claims = mem_must(arena_zero(&p->arena, (list->n + 1) * sizeof(*p->claims)));
    for (const struct node *m = list->first; m != NULL; m = m->next)
        ok &= shape_load(&p->loader, &shape_claim, m, &p->claims[p->n_claims++]);
    ok = ok && claims_check(&p->why, p->claims, p->n_claims, p->names, p->n_rules);
    p->scenario.claims = p->claims;
    p->scenario.n_claims = p->n_claims;
    return ok;
}

const char *play_complaint(const struct play *p)
{
    static char text[1024];

    text[0] = '\0';
    if (p->why.first != NULL)
        snprintf(text, sizeof(text), "%.*s", SLICE_ARGS(p->why.first->text));
    return text;
}

/* ---- what happened ---- */

static _Noreturn void refuse(const char *line)
{
    fprintf(stderr, "this line of a play is not understood: %s\n", line);
    abort();
}

static struct slice keep(struct play *p, const char *text)
{
    return arena_copy(&p->arena, slice_of(text));
}

static enum ending ending_of(const char *name)
{
    for (int e = 1; e < ENDING_COUNT; e++)
        if (strcmp(name, ending_row((enum ending)e)->name) == 0)
            return (enum ending)e;
    refuse(name);
}

static struct record *new_record(struct play *p)
{
    struct record *r = calloc(1, sizeof(*r));

    if (r == NULL)
        abort();
    if (p->records.last == NULL)
        p->records.first = r;
    else
        p->records.last->next = r;
    p->records.last = r;
    r->seq = ++p->records.n;
    return r;
}

/* Milliseconds, in steps of microseconds. */
static uint64_t us_of(double ms)
{
    return (uint64_t)(ms * 1000 + 0.5);
}

static void number(struct play *p, struct record *r, const char *rule)
{
    r->rule_name = keep(p, rule);
    for (uint32_t i = 0; i < p->n_rules; i++)
        if (slice_is(p->names[i], r->rule_name))
            r->rule = i + 1;
    if (r->rule == 0 && strcmp(rule, "-") == 0)
        r->rule_name = SLICE("house");
    for (const struct record *at = p->records.first; r->rule > 0 && at != NULL;
         at = at->next)
        r->match += at->rule == r->rule;
}

static bool take_exchange(struct play *p, const char *line)
{
    char rule[40], method[20], target[200], status[10], head[300];
    double began, end;
    unsigned connection;
    struct record *r;

    if (sscanf(line, "%39s %9s %lf-%lf c%u %19s %199s", rule, status, &began, &end,
               &connection, method, target) != 7)
        return false;
    r = new_record(p);
    number(p, r, rule);
    r->status = (uint16_t)atoi(status);
    r->began_us = us_of(began);
    r->end_us = r->first_us = us_of(end);
    r->wall_us = 1795248000000000 + (int64_t)r->began_us;
    r->connection = connection;
    r->exchange = 1;
    for (const struct record *at = p->records.first; at != r; at = at->next)
        r->exchange += at->connection == connection && at->exchange > 0;
    r->method = keep(p, method);
    r->target = keep(p, target);
    r->ending = ENDING_KEPT;
    p->records.exchanges++;
    snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\n", method, target);
    r->request_head = keep(p, head);
    r->response_head = keep(p, "HTTP/1.1 200 OK\r\n");
    return true;
}

static bool take_mute(struct play *p, const char *line)
{
    char ending[40];
    double began, end;
    unsigned connection;
    struct record *r;

    if (sscanf(line, "mute %39s %lf-%lf c%u", ending, &began, &end, &connection) != 4)
        return false;
    r = new_record(p);
    r->began_us = us_of(began);
    r->end_us = us_of(end);
    r->connection = connection;
    r->exchange = 1;
    for (const struct record *at = p->records.first; at != r; at = at->next)
        r->exchange += at->connection == connection && at->exchange > 0;
    r->rule_name = SLICE("failure");
    r->ending = ending_of(ending);
    return true;
}

static bool take_end(struct play *p, const char *line)
{
    char ending[40];
    double at;
    unsigned connection;
    struct record *r;

    if (sscanf(line, "end %39s %lf c%u", ending, &at, &connection) != 3)
        return false;
    r = new_record(p);
    r->seq = 0;
    r->began_us = r->end_us = us_of(at);
    r->connection = connection;
    r->ending = ending_of(ending);
    return true;
}

static void add_field(struct play *p, struct slice *head, const char *field)
{
    *head = arena_printf(&p->arena, "%.*s%s\r\n", SLICE_ARGS(*head), field);
}

static void take_more(struct play *p, const char *line)
{
    struct record *r = p->records.last;

    if (r == NULL)
        refuse(line);
    if (strncmp(line, "> ", 2) == 0)
        add_field(p, &r->request_head, line + 2);
    else if (strncmp(line, "< ", 2) == 0)
        add_field(p, &r->response_head, line + 2);
    else if (strncmp(line, "^ ", 2) == 0)
        add_field(p, &r->relayed, line + 2);
    else if (strncmp(line, "body ", 5) == 0) {
        r->request_sample = keep(p, line + 5);
        r->request_body = r->request_sample.len;
        r->request_digest = 14695981039346656037u;
        for (size_t i = 0; i < r->request_sample.len; i++)
            r->request_digest =
                (r->request_digest ^ (uint8_t)r->request_sample.at[i]) * 1099511628211u;
    } else if (strncmp(line, "fault ", 6) == 0)
        r->faults = keep(p, line + 6);
    else if (strncmp(line, "intent ", 7) == 0)
        r->intents = keep(p, line + 7);
    else if (strncmp(line, "inside ", 7) == 0)
        r->inside = keep(p, line + 7);
    else if (strncmp(line, "ending ", 7) == 0)
        r->ending = ending_of(line + 7);
    else
        refuse(line);
}

void play_happens(struct play *p, const char *lines)
{
    struct slice rest = slice_of(lines);
    char line[600];

    while (rest.len > 0) {
        struct slice one = slice_trim(slice_cut(&rest, '\n'), " ");
        if (one.len == 0)
            continue;
        snprintf(line, sizeof(line), "%.*s", SLICE_ARGS(one));
        if (!take_mute(p, line) && !take_end(p, line) && !take_exchange(p, line))
            take_more(p, line);
    }
}

bool play_judge(struct play *p, const struct ran *ran)
{
    return verdict_judge(&p->verdict, &p->arena, &p->scenario, &p->records, ran);
}

/* ---- tables ---- */

static void check_row(const char *rules, const struct play_row *row)
{
    static const char *const words[] = {"holds", "fails", "blocked", "unknown"};
    const struct finding *f;
    struct play p;
    char yaml[1024], said[4096];

    snprintf(yaml, sizeof(yaml), "- %s\n", row->claim);
    play_open(&p, rules);
    if (!play_expect(&p, yaml))
        fail_msg("%s: %s", yaml, play_complaint(&p));
    play_happens(&p, row->lines);
    assert_true(play_judge(&p, NULL));
    f = &p.verdict.findings[p.n_claims - 1];
    snprintf(said, sizeof(said), "%.*s|%.*s", SLICE_ARGS(f->expected), SLICE_ARGS(f->seen));
    if (f->result != row->result)
        fail_msg("%s\n%s\n%s, not %s: %s", row->claim, row->lines, words[f->result],
                 words[row->result], said);
    if (row->says != NULL && strstr(said, row->says) == NULL)
        fail_msg("%s\n%s\nsays: %s\nnot:  %s", row->claim, row->lines, said, row->says);
    assert_true(f->result != FINDING_HOLDS || (f->expected.len == 0 && f->seen.len == 0));
    assert_true(f->result == FINDING_HOLDS || f->seen.len > 0);
    play_close(&p);
    assert_int_equal(mem_live(), 0);
}

void play_rows(const char *rules, const struct play_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_row(rules, &rows[i]);
}
