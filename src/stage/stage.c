/* SPDX-License-Identifier: MIT */
#include "naysay/stage.h"

#include <sys/random.h>
#include <time.h>

uint64_t stage_draw_seed(void)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
        seed = (uint64_t)time(NULL);
    return seed % 1000000000; /* short enough to be typed again */
}

/* ---- where it plays ---- */

static void set_policy(struct stage *st, const struct stage_setup *how)
{
    struct policy *p = &st->server.upstream.policy;
    bool on_loopback = address_is_loopback(&how->listen);

    p->allowed = how->allowed;
    p->is_open = on_loopback && !how->allow_listed;
    p->is_remote = !on_loopback;
}

static void allow(struct stage *st, const struct origin *to)
{
    if (to->host.len > 0)
        policy_allow(&st->server.upstream.policy, to->host, to->port);
}

/* Where a rule says that a request is passed to, it may be passed to. */
static void allow_reply(struct stage *st, const struct reply *r)
{
    const struct cue *cues = r->steps.at;

    if (r->pass.has_to)
        allow(st, &r->pass.to);
    for (uint32_t i = 0; i < r->steps.n; i++) {
        struct origin to = {0};
        if (cues[i].kind == CUE_TUNNEL && cues[i].to.len > 0 &&
            http_split_authority(cues[i].to, &to.host, &to.port, &to.is_ipv6) == NULL)
            allow(st, &to);
    }
}

static void allow_scenario(struct stage *st, const struct scenario *s)
{
    allow(st, &s->upstream);
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_replies; k++)
            allow_reply(st, &s->rules[i].replies[k]);
    if (s->otherwise != NULL)
        allow_reply(st, s->otherwise);
}

static void set_setting(struct stage *st, const struct stage_setup *how)
{
    struct setting *at = &st->server.run.setting;

    snprintf(st->pseudonym, sizeof(st->pseudonym), "naysay-%08x",
             (unsigned)(how->seed ^ how->seed >> 32));
    at->pseudonym = slice_of(st->pseudonym);
    at->upstream = how->upstream;
    at->upstream_path = how->upstream_path;
    at->allow_request_control = how->allow_request_control;
    at->from_loopback = address_is_loopback(&how->listen);
    at->allow_listed = how->allow_listed;
}

/* Asked for in absolute-form, the port is itself. */
static void set_self(struct stage *st)
{
    struct setting *at = &st->server.run.setting;
    const struct address *a = &st->server.listener.address;
    char text[ADDRESS_TEXT];

    address_print(a, text);
    snprintf(st->url, sizeof(st->url), "http://%s", text);
    size_t n = address_print_ip(a, st->self);
    at->self.host = (struct slice){st->self, n};
    at->self.port = address_port(a);
    at->self.is_ipv6 = a->any.sa_family == AF_INET6;
}

/* ---- what it tells ---- */

static void on_idle(void *arg)
{
    struct stage *st = arg;

    if (st->idle != NULL)
        st->idle(st->arg);
}

static void on_exchange(void *arg)
{
    struct stage *st = arg;

    if (st->has_storm || st->records.last == NULL ||
        !storm_see(&st->storm, st->records.last))
        return;
    st->has_storm = true;
    if (st->stormy != NULL)
        st->stormy(st->arg);
}

static bool open_journal(struct stage *st, const struct stage_setup *how,
                         struct complaint *why)
{
    if (how->journal == NULL && how->talk == NULL && !how->keeps_records)
        return true;
    st->journal = journal_open(how->journal, how->talk, how->color, why);
    if (st->journal == NULL)
        return false;
    journal_tell_secrets(st->journal, how->tells_secrets);
    journal_tell_bodies(st->journal, how->tells_bodies);
    if (how->keeps_records)
        journal_keep(st->journal, &st->records);
    return true;
}

static bool open_server(struct stage *st, const struct stage_setup *how,
                        struct complaint *why)
{
    return server_init(&st->server, st->worker, how->scenario, how->seed, how->limits,
                       st->journal, how->resolver) ||
           complain(why, "out of memory");
}

static bool open_stage(struct stage *st, const struct stage_setup *how,
                       struct complaint *why)
{
    records_init(&st->records, STAGE_RECORDS);
    if (!storm_init(&st->storm,
                    claims_storm(how->scenario->claims, how->scenario->n_claims)))
        return complain(why, "out of memory");
    if (open_journal(st, how, why) && open_server(st, how, why))
        return true;
    journal_close(st->journal);
    st->journal = NULL;
    storm_clear(&st->storm);
    return false;
}

bool stage_open(struct stage *st, struct worker *w, const struct stage_setup *how,
                struct complaint *why)
{
    st->worker = w;
    st->scenario = how->scenario;
    st->seed = how->seed;
    st->is_seed_drawn = how->is_seed_drawn;
    st->keeps_records = how->keeps_records;
    if (!open_stage(st, how, why)) {
        policy_clear(&(struct policy){.allowed = how->allowed});
        return false;
    }
    st->is_open = true;
    st->records.began_wall_us = w->wall_us;
    set_policy(st, how);
    set_setting(st, how);
    allow_scenario(st, how->scenario);
    st->server.idle = on_idle;
    st->server.idle_arg = st;
    if (how->keeps_records) {
        st->server.on_exchange = on_exchange;
        st->server.on_exchange_arg = st;
    }
    if (!server_listen(&st->server, &how->listen, why)) {
        stage_close(st);
        return false;
    }
    set_self(st);
    return true;
}

/* ---- its end ---- */

static void note_end(struct stage *st)
{
    if (st->ended == 0)
        st->ended = st->worker->now;
}

void stage_drain(struct stage *st)
{
    note_end(st);
    server_drain(&st->server);
}

void stage_abort(struct stage *st)
{
    note_end(st);
    server_abort(&st->server);
}

bool stage_judge(struct stage *st, struct arena *a, const struct ran *ran,
                 struct verdict *v)
{
    uint64_t until = st->ended == 0 ? st->worker->now : st->ended;

    if (!verdict_judge(v, a, st->scenario, &st->records, ran))
        return false;
    v->seed = st->seed;
    v->is_seed_drawn = st->is_seed_drawn;
    v->took_us = (until - st->server.began) / 1000;
    return true;
}

void stage_hush(struct stage *st)
{
    if (!st->is_open)
        return;
    st->is_open = false;
    note_end(st);
    st->server.on_exchange = NULL;
    server_clear(&st->server);
    st->lost = st->journal == NULL ? 0 : journal_lost(st->journal);
    journal_close(st->journal);
    st->journal = NULL;
    storm_clear(&st->storm);
}

void stage_close(struct stage *st)
{
    stage_hush(st);
    records_clear(&st->records);
}
