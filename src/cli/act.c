/* SPDX-License-Identifier: MIT */
/* One scenario, and the command that plays the client. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

static bool is_from_file(const struct act *a)
{
    return a->scenario->file.len > 0;
}

/* ---- where its journal goes ---- */

static bool is_folder(const char *path)
{
    struct stat st;
    size_t n = strlen(path);

    return (n > 0 && path[n - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* "conf/a-b.yaml" → "a-b" */
static struct slice stem_of(struct slice file)
{
    size_t from = file.len;

    if (file.len == 0)
        return SLICE("run");
    while (from > 0 && file.at[from - 1] != '/')
        from--;
    file = (struct slice){file.at + from, file.len - from};
    for (size_t i = file.len; i > 1; i--)
        if (file.at[i - 1] == '.')
            return (struct slice){file.at, i - 1};
    return file;
}

/* A file for all that there is, or a file each in a folder. */
static bool name_journal(struct act *a)
{
    const char *path = a->show->options->journal;
    struct slice stem = stem_of(a->scenario->file);
    size_t n = path == NULL ? 0 : strlen(path);

    if (path == NULL || !is_folder(path)) {
        snprintf(a->journal, sizeof(a->journal), "%s", path == NULL ? "" : path);
        return path == NULL || a->show->n_acts == 1 ||
               complain(&a->why,
                        "--journal must name a folder (%s/) where several scenarios "
                        "are played",
                        path);
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return complain(&a->why, "cannot make the folder %s: %s", path, strerror(errno));
    snprintf(a->journal, sizeof(a->journal), "%s%s%.*s-%u.jsonl", path,
             path[n - 1] == '/' ? "" : "/", SLICE_ARGS(stem),
             (unsigned)(a - a->show->acts) + 1);
    return true;
}

/* ---- opening ---- */

static void on_idle(void *arg)
{
    ((struct act *)arg)->is_idle = true;
}

/* Its patience is at an end. */
static void on_grace(struct timer *t)
{
    child_signal(&OWNER_OF(t, struct act, grace)->child, SIGKILL);
}

/* The command may end well; if it does not, it is ended. */
void act_tell(struct act *a, int signal)
{
    struct worker *w = &a->show->worker;

    if (a->child.pid == 0)
        return;
    if (signal != 0)
        child_signal(&a->child, signal);
    a->grace.fire = on_grace;
    if (!timer_set(w, &a->grace, w->now + ACT_GRACE))
        child_signal(&a->child, SIGKILL);
}

/* No use to wait for a client that only hammers; act_end() comes when the turn is over. */
static void on_storm(void *arg)
{
    struct act *a = arg;

    if (a->show->options->command != COMMAND_RUN)
        return; /* whoever serves goes on; the verdict tells of it */
    a->is_stormy = true;
    act_tell(a, SIGTERM);
}

static void choose_seed(const struct act *a, struct stage_setup *how)
{
    const struct options *o = a->show->options;

    how->seed = o->is_seeded            ? o->seed
                : a->scenario->has_seed ? a->scenario->seed
                                        : stage_draw_seed();
    how->is_seed_drawn = !o->is_seeded && !a->scenario->has_seed && is_from_file(a);
}

static void copy_allowed(const struct options *o, struct stage_setup *how)
{
    struct policy p = {0};

    for (const struct allowed *one = o->policy.allowed; one != NULL; one = one->next)
        policy_allow(&p, slice_of(one->host), one->port);
    how->allowed = p.allowed;
}

static bool open_stage(struct act *a)
{
    struct options *o = a->show->options;
    struct stage_setup how = {
        .scenario = a->scenario,
        .listen = o->listen,
        .limits = &o->limits,
        .resolver = a->show->resolver,
        .upstream = o->upstream,
        .upstream_path = o->upstream_path,
        .allow_listed = o->allow_listed,
        .allow_request_control = o->allow_request_control,
        .tells_secrets = o->tells_secrets,
        .tells_bodies = o->tells_bodies,
        .talk = o->verbose && !is_from_file(a) ? stderr : NULL,
        .color = color_wanted(o->color, stderr) ? JOURNAL_COLORED : JOURNAL_PLAIN,
        .keeps_records = is_from_file(a),
    };

    if (!name_journal(a))
        return false;
    if (a->journal[0] != '\0')
        how.journal = a->journal;
    if (o->verbose && o->command == COMMAND_SERVE)
        how.talk = stderr;
    if (a != a->show->acts) /* the port that was asked for is taken */
        address_set_port(&how.listen, 0);
    choose_seed(a, &how);
    copy_allowed(o, &how);
    a->stage.idle = on_idle;
    a->stage.stormy = on_storm;
    a->stage.arg = a;
    return stage_open(&a->stage, &a->show->worker, &how, &a->why);
}

/* ---- the command ---- */

static bool wants_output(const struct scenario *s)
{
    for (uint32_t i = 0; i < s->n_claims; i++)
        if (s->claims[i].kind == CLAIM_OUTPUT)
            return true;
    return false;
}

/* Side by side, commands would write over one another: their words are kept. */
static bool open_captures(struct act *a)
{
    bool alone = a->show->n_acts == 1;
    FILE *ours = told_on_output(a->show->options) == 0 ? stdout : stderr;

    a->out.from = a->out.to = a->err.from = a->err.to = -1;
    if (alone && ours == stdout && !wants_output(a->scenario))
        return true;
    return caught_open(&a->out, &a->show->worker, alone ? ours : NULL) &&
           (alone || caught_open(&a->err, &a->show->worker, NULL));
}

static bool start_command(struct act *a)
{
    struct options *o = a->show->options;
    bool ok;

    a->ran.argv = o->cmd;
    ok = open_captures(a) &&
         child_start(&a->child, o->cmd, a->stage.url, a->out.to, a->err.to);
    if (!ok)
        fprintf(stderr, "naysay: cannot start %s: %s\n", o->cmd[0], strerror(errno));
    caught_hand_over(&a->out);
    caught_hand_over(&a->err);
    a->ran.is_started = ok;
    a->started = a->show->worker.now;
    return ok;
}

static void on_limit(struct timer *t)
{
    struct act *a = OWNER_OF(t, struct act, limit);

    a->is_out_of_time = true;
    a->ran.is_timed_out = true;
    child_signal(&a->child, SIGKILL);
    child_wait(&a->child);
    act_abort(a);
    a->is_idle = true;
}

static void set_limit(struct act *a)
{
    struct worker *w = &a->show->worker;
    uint64_t limit = a->show->options->time_limit;

    if (limit == 0 || (a->scenario->time_limit > 0 && a->scenario->time_limit < limit))
        limit = a->scenario->time_limit;
    a->limit.fire = on_limit;
    if (limit > 0)
        mem_must(timer_set(w, &a->limit, w->now + limit) ? a : NULL);
}

bool act_begin(struct act *a)
{
    arena_init(&a->arena, NULL);
    a->is_begun = true;
    worker_touch(&a->show->worker);
    if (!open_stage(a))
        return false;
    set_limit(a);
    return true;
}

/* Apart, because where it listens is said first. */
void act_start_command(struct act *a)
{
    if (a->show->options->cmd != NULL && !start_command(a))
        act_end(a);
}

void act_end(struct act *a)
{
    if (a->is_begun && a->stage.is_open && !a->stage.server.is_draining)
        stage_drain(&a->stage);
}

void act_abort(struct act *a)
{
    if (a->is_begun && a->stage.is_open)
        stage_abort(&a->stage);
}

bool act_reap(struct act *a)
{
    if (!child_reap(&a->child))
        return false;
    act_end(a);
    return true;
}

/* ---- the end ---- */

static void note_ran(struct act *a)
{
    struct ran *r = &a->ran;
    int status = a->child.status;

    r->is_ended = r->is_started && !a->is_out_of_time;
    r->took_us = (a->show->worker.now - a->started) / 1000;
    if (!r->is_started)
        return;
    r->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    caught_close(&a->out);
    caught_close(&a->err);
    r->output = buf_slice(&a->out.text);
}

void act_finish(struct act *a)
{
    timer_stop(&a->show->worker, &a->limit);
    timer_stop(&a->show->worker, &a->grace);
    if (a->child.pid > 0) { /* we are out of patience, too */
        child_signal(&a->child, SIGKILL);
        child_wait(&a->child);
    }
    note_ran(a);
    if (is_from_file(a)) {
        a->is_judged = stage_judge(&a->stage, &a->arena,
                                   a->ran.argv == NULL ? NULL : &a->ran, &a->verdict);
        mem_must(a->is_judged ? a : NULL);
    }
    stage_hush(&a->stage); /* its port and its files are for others now */
    a->is_done = true;
}

int act_status(const struct act *a)
{
    const struct server *s = &a->stage.server;

    if (a->ran.argv != NULL && !a->ran.is_started)
        return EXIT_NO_COMMAND;
    if (a->is_out_of_time)
        return EXIT_TIME;
    if (a->is_judged)
        return verdict_is_good(&a->verdict) ? EXIT_GOOD : EXIT_VERDICT;
    return a->ran.argv == NULL || s->exchanges > 0 ? EXIT_GOOD : EXIT_VERDICT;
}
