/* SPDX-License-Identifier: MIT */
/* What would happen, told without a network. */
#include "play.h"

struct telling {
    struct scene *sc;
    FILE *out;
    const char *dim, *good, *off;
    uint32_t told;
};

static const char *word_of(const struct rule *r, const struct condition *missed)
{
    static char text[256];

    if (missed == NULL) {
        snprintf(text, sizeof(text), "has spoken %llu times, as often as it may",
                 (unsigned long long)r->times);
        return text;
    }
    condition_print(missed, text, sizeof(text));
    return text;
}

static void put_rule(struct telling *t, const struct rule *r, const char *mark,
                     const char *color)
{
    fprintf(t->out, "  %s%s %.*s%s", color, mark, SLICE_ARGS(r->name), t->off);
    if (r->node != NULL)
        fprintf(t->out, "%s  line %u%s", t->dim, r->node->line, t->off);
    if (r->text.len > 0)
        fprintf(t->out, "  %.*s", SLICE_ARGS(r->text));
}

static bool tell_rule(void *arg, const struct rule *r)
{
    struct telling *t = arg;
    const struct condition *missed;

    t->told++;
    if (rule_holds(t->sc, r, &missed)) {
        put_rule(t, r, "✔", t->good);
        fprintf(t->out, "  speaks\n");
        return true;
    }
    put_rule(t, r, "✘", t->dim);
    fprintf(t->out, "  %smisses:%s %s\n", t->dim, t->off, word_of(r, missed));
    return false;
}

static void tell_rules(struct telling *t)
{
    const struct scenario *s = t->sc->run->scenario;
    const struct http_request *req = t->sc->facts->request;
    const struct rule *spoke = rule_index_find(s->index, request_path(req), tell_rule, t);
    uint32_t before = spoke == NULL ? s->n_rules : spoke->index;

    if (before > t->told)
        fprintf(t->out, "  %s· %u more, whose paths do not fit%s\n", t->dim,
                before - t->told, t->off);
    if (spoke == NULL)
        fprintf(t->out, "  no rule matches%s\n",
                s->otherwise != NULL ? ": `otherwise` speaks" : "");
}

/* Without Date and Connection, which are said when it is sent. */
static void tell_head(FILE *out, const struct http_response *r)
{
    fprintf(out, "      HTTP/1.1 %u %.*s\n", r->status, SLICE_ARGS(r->phrase));
    for (uint32_t i = 0; i < r->fields.n; i++)
        fprintf(out, "      %.*s: %.*s\n", SLICE_ARGS(r->fields.at[i].name),
                SLICE_ARGS(r->fields.at[i].value));
    if (r->framing.kind == BODY_LENGTH)
        fprintf(out, "      Content-Length: %llu\n", (unsigned long long)r->framing.length);
    else if (r->framing.kind == BODY_CHUNKED)
        fputs("      Transfer-Encoding: chunked\n", out);
}

static void tell_plan(struct telling *t, const struct plan *p)
{
    char text[512];
    unsigned n = 1;

    fprintf(t->out, "\nplan%s (rule \"%.*s\")%s\n", t->dim, SLICE_ARGS(p->rule), t->off);
    for (const struct step *s = p->first; s != NULL; s = s->next, n++) {
        step_print(s, text, sizeof(text));
        fprintf(t->out, "  %2u  %s\n", n, text);
        if (s->kind == STEP_HEAD || s->kind == STEP_INTERIM)
            tell_head(t->out, &s->head.response);
    }
}

/* A run of its own: telling changes nothing. */
static bool begin(struct run *own, const struct run *run)
{
    if (!run_init(own, run->scenario, run->seed))
        return false;
    own->setting = run->setting;
    return true;
}

static bool explain_rules(struct telling *t, const struct run *run,
                          const struct facts *facts)
{
    struct scene sc;
    struct arena a;
    struct run own;
    bool ok;

    if (!begin(&own, run))
        return false;
    arena_init(&a, NULL);
    scene_init(&sc, &own, facts, &a);
    t->sc = &sc; /* cppcheck-suppress autoVariables */
    fputs("rules\n", t->out);
    if (!sc.spent)
        tell_rules(t);
    ok = !sc.spent;
    t->sc = NULL;
    scene_clear(&sc);
    arena_clear(&a);
    run_clear(&own);
    return ok;
}

static bool explain_plan(struct telling *t, const struct run *run,
                         const struct facts *facts)
{
    struct plan plan;
    struct arena a;
    struct run own;
    bool ok;

    if (!begin(&own, run))
        return false;
    arena_init(&a, NULL);
    plan_init(&plan, &a);
    decide(&own, facts, &plan);
    ok = !plan.spent;
    if (ok)
        tell_plan(t, &plan);
    arena_clear(&a);
    run_clear(&own);
    return ok;
}

void run_explain(struct run *run, const struct facts *facts, FILE *out, bool colored)
{
    struct telling t = {.out = out,
                        .dim = colored ? "\033[2m" : "",
                        .good = colored ? "\033[32m" : "",
                        .off = colored ? "\033[0m" : ""};
    bool ok = run->scenario->n_rules == 0 || explain_rules(&t, run, facts);

    if (!ok || !explain_plan(&t, run, facts))
        fputs("out of memory\n", out);
}
