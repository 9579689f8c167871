/* SPDX-License-Identifier: MIT */
/*
 * Expectations over journals, both of them arbitrary: a text as it stands under `expect`,
 * a line "===", and octets that records are made of, eight to each. What loads is judged,
 * and the verdict is held to what verdicts promise.
 */
#include "fuzz.h"
#include "naysay/verdict.h"

#define INPUT_MOST   20000
#define RECORDS_MOST 400

static const struct slice rule_names[] = {SLICE("down"), SLICE("up"),   SLICE("login"),
                                          SLICE("call"), SLICE("gone"), SLICE("page")};
static struct rule rules[COUNT(rule_names)];

/* ---- records of octets ---- */

static const struct slice methods[] = {SLICE("GET"), SLICE("POST"), SLICE("CONNECT"),
                                       SLICE("")};
static const struct slice targets[] = {SLICE("/"), SLICE("http://a.test/p?x=1&y=%20"),
                                       SLICE("a.test:443"), SLICE("*\xff?=&%")};
static const struct slice heads[] = {
    SLICE("GET / HTTP/1.1\r\nHost: a.test\r\nCookie: a=b; c\r\n\r\n"),
    SLICE("POST / HTTP/1.1\r\nhost: b:1\r\nAuthorization: Basic (redacted)\r\n"
          "Content-Length: 7\r\n\r\n"),
    SLICE("X\r\nProxy-Authorization: Digest x\r\n folded\r\nCookie: =;;\r\nX-Id: 5"),
    SLICE("")};
static const struct slice answers[] = {
    SLICE("HTTP/1.1 503 x\r\nRetry-After: 2\r\n\r\n"),
    SLICE("HTTP/1.1 503 x\r\nRetry-After: Sat, 21 Nov 2026 08:00:03 GMT\r\n\r\n"),
    SLICE("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nRetry-After: -1\r\n\r\n"), SLICE("")};
static const struct slice bodies[] = {SLICE("{\"a\":{\"b\":[1,2.50,\"x\"]}}"),
                                      SLICE("a=b&c=%2"), SLICE("[[[["), SLICE("")};
static const uint16_t statuses[] = {0, 103, 200, 302, 401, 407, 440, 503};

static void take_names(struct record *r, const uint8_t *o)
{
    r->rule = o[0] % (COUNT(rule_names) + 1);
    r->rule_name = r->rule > 0          ? rule_names[r->rule - 1]
                   : (o[0] & 0x80) != 0 ? SLICE("unmatched")
                                        : SLICE("otherwise");
    r->status = statuses[o[1] % COUNT(statuses)];
    r->method = methods[o[4] & 3];
    r->target = targets[o[4] >> 2 & 3];
    r->request_head = heads[o[4] >> 4 & 3];
    r->response_head = answers[o[4] >> 6 & 3];
    r->request_sample = bodies[o[5] & 3];
    r->relayed = heads[o[5] >> 2 & 3];
    r->inside = (o[5] & 16) != 0 ? SLICE("a.test:443") : SLICE("");
    r->faults = (o[5] & 32) != 0 ? SLICE("drip two-answers") : SLICE("");
    r->intents = (o[5] & 64) != 0 ? SLICE("garbage 99-120 x\nraw") : SLICE("");
    r->is_redacted = (o[5] & 128) != 0;
}

static void take_record(struct record *r, const uint8_t *o, struct record *before)
{
    uint64_t step = (uint64_t)o[2] << (o[3] & 31) << (o[3] & 32);

    *r = (struct record){.connection = o[6] & 7, .exchange = o[6] >> 3};
    take_names(r, o);
    r->began_us = before->end_us + step - (o[7] & 15);
    r->end_us = r->began_us + (o[7] >> 4);
    r->wall_us = 1795248000000000 + (int64_t)(step & 0xffffff);
    r->request_body = r->request_sample.len + (o[7] & 1);
    r->request_digest = r->request_sample.len;
    r->ending = (enum ending)(1 + o[7] % (ENDING_COUNT - 1));
}

static void take_records(struct records *all, struct record *room, const uint8_t *octets,
                         size_t len)
{
    struct record none = {0};
    size_t n = len / 8 < RECORDS_MOST ? len / 8 : RECORDS_MOST;

    for (size_t i = 0; i < n; i++) {
        struct record *r = &room[i], *before = i == 0 ? &none : r - 1;

        take_record(r, octets + 8 * i, before);
        r->seq = r->exchange == 0 ? 0 : i + 1;
        for (size_t j = 0; j < i; j++)
            r->match += room[j].rule == r->rule;
        r->match = r->rule == 0 ? 0 : r->match + 1;
        all->exchanges += r->exchange > 0 && r->method.len > 0;
        all->n++;
        if (i > 0)
            before->next = r;
    }
    all->first = n > 0 ? room : NULL;
    all->last = n > 0 ? room + n - 1 : NULL;
    all->dropped = len % 8 == 7; /* once in a while */
}

/* ---- what verdicts promise ---- */

static bool is_same(struct slice a, struct slice b)
{
    return slice_is(a, b);
}

static void must_agree(const struct verdict *a, const struct verdict *b)
{
    if (a->kind != b->kind || a->n_findings != b->n_findings || !is_same(a->saw, b->saw) ||
        !is_same(a->summary, b->summary))
        fuzz_must("judged again, it is another verdict");
    for (uint32_t i = 0; i < a->n_findings; i++)
        if (a->findings[i].result != b->findings[i].result ||
            !is_same(a->findings[i].seen, b->findings[i].seen))
            fuzz_must("judged again, it is another finding");
}

static void must_be_told(const struct verdict *v)
{
    uint32_t broken = 0;

    for (uint32_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];

        if (f->text.len == 0)
            fuzz_must("a finding that nobody can read aloud");
        if (f->result != FINDING_HOLDS && f->seen.len == 0)
            fuzz_must("a finding does not say what was seen");
        if (f->result == FINDING_FAILS && f->expected.len == 0)
            fuzz_must("a finding does not say what was expected");
        if (f->result == FINDING_HOLDS && (f->seen.len > 0 || f->expected.len > 0))
            fuzz_must("a claim holds and is complained of");
        broken += f->level == CLAIM_MUST &&
                  (f->result == FINDING_FAILS || f->result == FINDING_BLOCKED);
    }
    if (broken > 0 && verdict_is_good(v))
        fuzz_must("a claim is broken and the verdict is good");
    if (v->summary.len == 0)
        fuzz_must("no summary");
}

static char *argv[] = {(char *)(uintptr_t) "client", NULL};

static void judge(struct arena *a, const struct scenario *s, const struct records *r,
                  const uint8_t *octets, size_t len)
{
    uint64_t number = fuzz_number(octets, len);
    struct ran ran = {.argv = argv,
                      .is_started = number % 16 != 0,
                      .is_ended = number % 8 != 0,
                      .exit_status = (int)(number >> 8 & 3),
                      .output = SLICE("done\n"),
                      .took_us = number >> 16 & 0xffffff};
    struct verdict once, again;

    if (!verdict_judge(&once, a, s, r, number % 3 == 0 ? NULL : &ran) ||
        !verdict_judge(&again, a, s, r, number % 3 == 0 ? NULL : &ran))
        fuzz_must("out of memory");
    must_be_told(&once);
    must_agree(&once, &again);
}

/* ---- the claims ---- */

static bool load(struct loader *l, const struct source *source, struct claim **claims,
                 uint32_t *n)
{
    struct node *all = doc_parse(l->arena, source, l->why);
    const struct node *list = all == NULL ? NULL : all->first;
    bool ok = true;

    *n = 0;
    if (list == NULL || list->kind != NODE_LIST || l->why->errors > 0)
        return false;
    *claims = arena_zero(l->arena, (list->n + 1) * sizeof(**claims));
    for (const struct node *m = list->first; m != NULL; m = m->next)
        ok &= shape_load(l, &shape_claim, m, &(*claims)[(*n)++]);
    if (!ok && l->why->errors == 0)
        fuzz_must("refused without a word");
    if (ok && l->why->errors > 0)
        fuzz_must("taken, with a complaint");
    return ok && claims_check(l->why, *claims, *n, rule_names, COUNT(rule_names));
}

static void play(struct slice text, const uint8_t *octets, size_t len)
{
    static struct record room[RECORDS_MOST];
    struct source source = {.name = SLICE("expect"), .text = text};
    struct scenario s = {.name = SLICE("fuzz"), .rules = rules, .n_rules = COUNT(rules)};
    struct records records = {0};
    struct complaints why;
    struct arena a;
    struct loader l = {.arena = &a, .why = &why};

    arena_init(&a, NULL);
    complaints_init(&why, &a);
    if (load(&l, &source, &s.claims, &s.n_claims)) {
        take_records(&records, room, octets, len);
        judge(&a, &s, &records, octets, len);
    }
    arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const char parting[] = "\n===\n";
    const uint8_t *parted;
    size_t claims;
    char *copy;

    if (len == 0 || len > INPUT_MOST)
        return 0;
    for (size_t i = 0; i < COUNT(rules); i++)
        rules[i].name = rule_names[i];
    parted = memmem(octets, len, parting, strlen(parting));
    claims = parted == NULL ? len : (size_t)(parted - octets) + 1;
    copy = malloc(claims + 1); /* exactly, so that a step beyond it is seen */
    if (copy == NULL)
        return 0;
    memcpy(copy, octets, claims);
    if (parted == NULL)
        play((struct slice){copy, claims}, octets, 0);
    else
        play((struct slice){copy, claims}, parted + strlen(parting),
             len - claims + 1 - strlen(parting));
    free(copy);
    return 0;
}
