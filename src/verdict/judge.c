/* SPDX-License-Identifier: MIT */
/* The verdict: every claim judged, and what every run is held to without saying. */
#include "judge.h"

/* ---- the scenario, looked at from here ---- */

static const struct claim *claims_of(const struct scenario *s)
{
    return s->claims;
}

static uint32_t n_claims_of(const struct scenario *s)
{
    return s->n_claims;
}

/* ---- what is judged how ---- */

static const struct {
    judge *judge;
    /* Where entries of the journal are gone: does it still stand that it failed, or held?
     */
    bool failing_stands, holding_stands;
    bool is_of_command;
} kinds[CLAIM_KINDS] = {
    [CLAIM_ORDER] = {judge_order, false, false, false},
    [CLAIM_COUNT] = {judge_count, false, false, false},
    [CLAIM_NEVER] = {judge_never, true, false, false},
    [CLAIM_CONNECTIONS] = {judge_connections, false, false, false},
    [CLAIM_CONTENT] = {judge_content, true, false, false},
    [CLAIM_SAME] = {judge_same, false, false, false},
    [CLAIM_REPEAT] = {judge_repeat, false, false, false},
    [CLAIM_GAP] = {judge_gap, false, false, false},
    [CLAIM_WITHIN] = {judge_within, false, false, false},
    [CLAIM_STORM] = {judge_storm, true, false, false},
    [CLAIM_REACTION] = {judge_reaction, false, false, false},
    [CLAIM_SAFE] = {judge_safe, true, false, false},
    [CLAIM_UNSEEN] = {judge_unseen, true, false, false},
    [CLAIM_INERT] = {judge_inert, true, false, false},
    [CLAIM_EXIT] = {judge_exit, true, true, true},
    [CLAIM_OUTPUT] = {judge_output, true, true, true},
    [CLAIM_ENDS_WITHIN] = {judge_ends_within, true, true, true},
};

static void mind_the_gone(struct story *s, const struct claim *c, struct finding *f)
{
    bool stands = f->result == FINDING_FAILS   ? kinds[c->kind].failing_stands
                  : f->result == FINDING_HOLDS ? kinds[c->kind].holding_stands
                                               : kinds[c->kind].is_of_command;

    if (s->records->dropped > 0 && !stands)
        find_unknown(f, text_of(s, "%.*s of the journal are gone",
                                SLICE_ARGS(number_text(s, s->records->dropped, "line"))));
}

static void judge_claim(struct story *s, const struct claim *c, struct finding *f)
{
    *f = (struct finding){.claim = c,
                          .level = (enum claim_level)c->level,
                          .text = c->text,
                          .spec = c->spec,
                          .because = c->because};
    kinds[c->kind].judge(s, c, f);
    mind_the_gone(s, c, f);
}

/* ---- what every run is held to ---- */

enum house {
    COMES_THROUGH,
    MEETS_A_RULE,
    REACHES_A_RULE,
    NO_STORM,
    TELLS_TRULY,
    ENDS,
    STARTS,
    HOUSE
};

static const struct {
    struct slice text;
    enum verdict_kind kind;
} house[HOUSE] = {
    [COMES_THROUGH] = {SLICE("the client comes through here"), VERDICT_NEVER_CAME},
    [MEETS_A_RULE] = {SLICE("every request meets a rule"), VERDICT_UNMATCHED},
    [REACHES_A_RULE] = {SLICE("some rule of the scenario is reached"), VERDICT_FAILED},
    [NO_STORM] = {SLICE("requests do not come as a storm"), VERDICT_STORM},
    [TELLS_TRULY] = {SLICE("every answer goes out as the scenario wants it"),
                     VERDICT_FAILED},
    [ENDS] = {SLICE("the command ends in time"), VERDICT_HANG},
    [STARTS] = {SLICE("the command can be started"), VERDICT_NO_COMMAND},
};

/* Adds a finding that fails. */
static void find_house(struct verdict *v, enum house which, const struct record *r,
                       struct slice expected, struct slice seen)
{
    struct finding *f = &v->findings[v->n_findings++];

    *f = (struct finding){.level = CLAIM_MUST, .text = house[which].text};
    find_failure(f, r, expected, seen);
}

/* Did the author say that nothing may come? */
static bool allows_nothing(const struct scenario *s)
{
    if (s->allow_no_requests)
        return true;
    for (uint32_t i = 0; i < n_claims_of(s); i++) {
        const struct claim *c = &claims_of(s)[i];
        bool is_all =
            c->kind == CLAIM_COUNT && c->count.n == 1 && c->count.at->ref.kind == REF_ANY;

        if ((is_all && range_holds(&c->count.at->times, 0)) ||
            (c->kind == CLAIM_CONNECTIONS && range_holds(&c->connections, 0)) ||
            (c->kind == CLAIM_NEVER && c->never.at->kind == REF_ANY))
            return true;
    }
    return false;
}

/* Connections that were closed, or broke, before a request could be read. */
static const struct record *find_mute(const struct records *records, uint64_t *n)
{
    const struct record *first = NULL;

    *n = 0;
    for (const struct record *r = records->first; r != NULL; r = r->next)
        if (r->exchange > 0 && r->method.len == 0) {
            first = first == NULL ? r : first;
            (*n)++;
        }
    return first;
}

static uint64_t count_connections(const struct records *records)
{
    uint64_t n = 0;

    for (const struct record *r = records->first; r != NULL; r = r->next)
        n += r->exchange == 0;
    return n;
}

static void hold_to_coming(struct story *s, struct verdict *v)
{
    const struct record *mute;
    uint64_t n, connections = count_connections(s->records);
    struct slice seen = SLICE("no connection, and no request");

    if (s->records->exchanges > 0 || s->n > 0 || s->records->dropped > 0 ||
        allows_nothing(v->scenario))
        return;
    mute = find_mute(s->records, &n);
    if (mute != NULL)
        seen = text_of(s, "%.*s that began with no request: %s",
                       SLICE_ARGS(number_text(s, n, "exchange")),
                       ending_row(mute->ending)->help);
    else if (connections > 0)
        seen = text_of(s, "%.*s, and no request",
                       SLICE_ARGS(number_text(s, connections, "connection")));
    find_house(v, COMES_THROUGH, mute, SLICE("at least one request"), seen);
}

static void hold_to_rules(struct story *s, struct verdict *v)
{
    uint64_t n = 0, reached = 0;
    uint32_t first = 0;

    for (uint32_t i = s->n; i-- > 0;) {
        reached += s->at[i]->rule > 0;
        if (s->at[i]->rule == 0 && slice_is(s->at[i]->rule_name, SLICE("unmatched"))) {
            first = i;
            n++;
        }
    }
    if (n > 0)
        find_house(v, MEETS_A_RULE, s->at[first], SLICE("a rule for each request"),
                   text_of(s, "%llu that no rule speaks of, the first %.*s %.*s",
                           (unsigned long long)n,
                           SLICE_ARGS(quoted(s, s->at[first]->method)),
                           SLICE_ARGS(quoted(s, s->at[first]->target))));
    else if (s->n > 0 && reached == 0 && v->scenario->n_rules > 0 &&
             s->records->dropped == 0)
        find_house(v, REACHES_A_RULE, s->at[0], SLICE("a request that a rule answers"),
                   text_of(s, "%.*s, and no rule had its turn",
                           SLICE_ARGS(number_text(s, s->n, "request"))));
}

/* No quiet 200: an answer that naysay could not give as it should is a failure of the run.
 */
static void hold_to_truth(struct story *s, struct verdict *v)
{
    uint64_t n = 0;
    uint32_t first = 0;

    for (uint32_t i = s->n; i-- > 0;)
        if (s->at[i]->ending == ENDING_FAULT_UNTOLD ||
            s->at[i]->ending == ENDING_REFUSED_TO_EMIT) {
            first = i;
            n++;
        }
    if (n == 0)
        return;
    const struct record *r = s->at[first];
    struct slice help = slice_of(ending_row(r->ending)->help);
    find_house(v, TELLS_TRULY, r, SLICE("an answer as the scenario wants it"),
               text_of(s, "%.*s was told %u instead: %.*s%s%.*s%.*s",
                       SLICE_ARGS(beat_label(s, first)), r->status, SLICE_ARGS(help),
                       r->trouble.len > 0 ? ": " : "", SLICE_ARGS(r->trouble),
                       SLICE_ARGS(n == 1 ? SLICE("")
                                         : text_of(s, " (%llu times in all)",
                                                   (unsigned long long)n))));
}

/* Where the author told the whole story and it came true, rules may rest. */
static bool is_told(const struct verdict *v)
{
    for (uint32_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        if (f->claim != NULL && f->result == FINDING_HOLDS &&
            (f->claim->kind == CLAIM_ORDER || f->claim->kind == CLAIM_COUNT ||
             f->claim->kind == CLAIM_NEVER))
            return true;
    }
    return false;
}

static bool speaks_of_storms(const struct scenario *s)
{
    for (uint32_t i = 0; i < n_claims_of(s); i++)
        if (claims_of(s)[i].kind == CLAIM_STORM)
            return true;
    return false;
}

static void hold_to_calm(struct story *s, struct verdict *v)
{
    const struct record *r = speaks_of_storms(v->scenario) ? NULL : find_storm(s);

    if (r != NULL)
        find_house(v, NO_STORM, r,
                   text_of(s, "at most %llu requests in %.*s without an answer below 400",
                           (unsigned long long)s->storm.requests,
                           SLICE_ARGS(span_text(s, s->storm.in_us))),
                   SLICE("more than that"));
}

static void hold_to_command(struct story *s, struct verdict *v)
{
    const struct ran *ran = s->ran;

    if (ran == NULL || ran->argv == NULL)
        return;
    if (!ran->is_started)
        find_house(v, STARTS, NULL, SLICE("the command starts"),
                   text_of(s, "%s could not be started", ran->argv[0]));
    else if (ran->is_timed_out)
        find_house(
            v, ENDS, NULL, SLICE("the command ends"),
            text_of(s, "it still ran after %.*s", SLICE_ARGS(span_text(s, ran->took_us))));
}

static void hold_to_house(struct story *s, struct verdict *v)
{
    uint32_t before = v->n_findings;
    bool told = is_told(v);

    hold_to_command(s, v);
    hold_to_coming(s, v);
    hold_to_calm(s, v);
    hold_to_truth(s, v);
    hold_to_rules(s, v);
    if (told && v->n_findings > before &&
        slice_is(v->findings[v->n_findings - 1].text, house[REACHES_A_RULE].text))
        v->n_findings--;
}

/* ---- what comes of it ---- */

/* The author said that nothing need come, and nothing came. */
static bool may_rest(const struct verdict *v)
{
    return v->scenario->allow_no_requests && v->records->exchanges == 0 &&
           v->records->dropped == 0;
}

/* The worst kind of all; the order of enum verdict_kind is that of their weight, but a
 * storm explains why a command hangs. */
enum verdict_kind verdict_kind_of(const struct finding *f)
{
    if (f->level != CLAIM_MUST || f->is_known || f->result == FINDING_HOLDS)
        return VERDICT_GOOD;
    if (f->claim == NULL) {
        for (size_t i = 0; i < COUNT(house); i++)
            if (slice_is(f->text, house[i].text))
                return house[i].kind;
        return VERDICT_FAILED;
    }
    if (f->result == FINDING_UNKNOWN && kinds[f->claim->kind].is_of_command)
        return VERDICT_GOOD; /* there was none: nothing to be held to */
    return f->claim->kind == CLAIM_STORM && f->result == FINDING_FAILS ? VERDICT_STORM
                                                                       : VERDICT_FAILED;
}

/* Of several, the one that explains the others: a storm, why a command hangs. */
static unsigned weight_of(enum verdict_kind kind)
{
    static const uint8_t weights[] = {
        [VERDICT_GOOD] = 0,       [VERDICT_FAILED] = 1, [VERDICT_UNMATCHED] = 2,
        [VERDICT_NEVER_CAME] = 3, [VERDICT_HANG] = 4,   [VERDICT_STORM] = 5,
        [VERDICT_NO_COMMAND] = 6,
    };

    return weights[kind];
}

void verdict_settle(struct verdict *v)
{
    v->kind = VERDICT_GOOD;
    v->warnings = 0;
    memset(v->by_result, 0, sizeof(v->by_result));
    for (uint32_t i = 0; i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        bool rests = f->result == FINDING_BLOCKED && may_rest(v);
        enum verdict_kind kind = rests ? VERDICT_GOOD : verdict_kind_of(f);

        if (f->level == CLAIM_MUST && !rests)
            v->by_result[f->result]++;
        v->warnings +=
            f->level == CLAIM_SHOULD && f->result == FINDING_FAILS && !f->is_known;
        if (weight_of(kind) > weight_of(v->kind))
            v->kind = kind;
    }
    v->summary = verdict_sum_up(v);
}

/* ---- the whole ---- */

static uint64_t end_of(const struct records *records)
{
    uint64_t end = 0;

    for (const struct record *r = records->first; r != NULL; r = r->next)
        end = r->end_us > end ? r->end_us : end;
    return end;
}

bool verdict_judge(struct verdict *v, struct arena *a, const struct scenario *sc,
                   const struct records *r, const struct ran *ran)
{
    uint32_t n = n_claims_of(sc);
    struct story s;

    *v = (struct verdict){.arena = a, .scenario = sc, .records = r, .ran = ran};
    v->findings = arena_zero(a, (n + HOUSE + RESTED_MOST) * sizeof(*v->findings));
    if (v->findings == NULL || !story_make(&s, a, r))
        return false;
    s.ran = ran;
    s.storm = claims_storm(claims_of(sc), n);
    for (uint32_t i = 0; i < n; i++)
        judge_claim(&s, &claims_of(sc)[i], &v->findings[v->n_findings++]);
    hold_to_house(&s, v);
    find_rested(&s, v);
    v->took_us = ran != NULL && ran->took_us > 0 ? ran->took_us : end_of(r);
    v->saw = story_saw(&s, 500);
    verdict_settle(v);
    return !s.is_spent && v->summary.at != NULL;
}
