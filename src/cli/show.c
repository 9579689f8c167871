/* SPDX-License-Identifier: MIT */
/* The loop, and the acts that are played in it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"

/* ---- what is played ---- */

/* A word that is no status may have been meant for a command. */
static void suggest_command(const char *word, struct complaint *why)
{
    static const char *const commands[] = {"serve", "run",   "check", "explain",
                                           "judge", "codes", "help"};
    const char *near = word_nearest(slice_of(word), commands, COUNT(commands));

    if (near != NULL && strpbrk(word, "/0123456789") == NULL)
        complain(why,
                 "\"%s\" is neither a status nor a command; did you mean \"naysay %s\"?",
                 word, near);
}

static const char *bad_status(const struct options *o)
{
    struct answer a;
    struct complaint ignored;

    for (int i = 0; i < o->n_words; i++)
        if (!answer_parse(slice_of(o->words[i]), &a, &ignored))
            return o->words[i];
    return NULL;
}

static bool load_statuses(struct show *s)
{
    struct options *o = s->options;
    struct complaint why = {{0}};

    if (book_add_statuses(&s->book, (const char *const *)o->words, (size_t)o->n_words,
                          &why) != NULL)
        return true;
    suggest_command(bad_status(o), &why);
    fprintf(stderr, "naysay: %s\n", why.text);
    return false;
}

static bool load(struct show *s)
{
    struct options *o = s->options;
    bool ok = o->command == COMMAND_STATUS || o->n_words == 0
                  ? load_statuses(s)
                  : files_load(&s->book, o->words, o->n_words, o->color);

    for (uint32_t i = 0; ok && i < s->book.n && o->persona != NULL; i++)
        if (s->book.scenarios[i]->persona == NULL)
            s->book.scenarios[i]->persona = o->persona;
    return ok;
}

/* ---- saying where ---- */

static void put_ready(FILE *out, const struct show *s)
{
    const char *url = s->acts[0].stage.url;
    struct buf runs = {0};
    bool ok = true;

    for (uint32_t i = 0; ok && i < s->next; i++)
        ok = buf_put(&runs, i == 0 ? SLICE("{\"scenario\":") : SLICE(",{\"scenario\":")) &&
             json_put_text(&runs, s->acts[i].scenario->name) &&
             buf_printf(&runs, ",\"proxy\":\"%s\"}", s->acts[i].stage.url);
    mem_must(ok ? &runs : NULL);
    fprintf(out,
            "{\"proxy\":\"%s\",\"admin\":null,\"ca\":null,\"pid\":%d,\"runs\":[%.*s]}\n",
            url, (int)getpid(), SLICE_ARGS(buf_slice(&runs)));
    buf_clear(&runs);
}

static bool write_ready_file(const struct show *s, const char *path)
{
    char temporary[4096];
    int n = snprintf(temporary, sizeof(temporary), "%s.%d", path, (int)getpid());
    FILE *out = n < (int)sizeof(temporary) ? fopen(temporary, "we") : NULL;

    if (out != NULL) {
        put_ready(out, s);
        if (fclose(out) == 0 && rename(temporary, path) == 0)
            return true;
    }
    fprintf(stderr, "naysay: cannot write --ready-file %s: %s\n", path, strerror(errno));
    unlink(temporary);
    return false;
}

static void say_where(const struct act *a)
{
    const struct options *o = a->show->options;

    if (!address_is_loopback(&o->listen))
        fprintf(stderr, "naysay: warning: %s can be reached from other machines\n",
                a->stage.url);
    if (o->quiet || o->cmd != NULL)
        return;
    if (a->scenario->name.len > 0)
        fprintf(stderr, "naysay: listening on %s for \"%.*s\"\n", a->stage.url,
                SLICE_ARGS(a->scenario->name));
    else
        fprintf(stderr, "naysay: listening on %s (Ctrl-C ends)\n", a->stage.url);
}

/* ---- acts, one after the other or side by side ---- */

static bool open_acts(struct show *s)
{
    uint32_t first = s->next;

    while (s->interrupts == 0 && s->next < s->n_acts &&
           s->n_running + s->next - first < s->jobs) {
        struct act *a = &s->acts[s->next];
        if (!act_begin(a)) {
            fprintf(stderr, "naysay: %s\n", a->why.text);
            return false;
        }
        s->next++;
    }
    return first > 0 || s->options->ready_file == NULL ||
           write_ready_file(s, s->options->ready_file);
}

/* As many as may play at once. Where they listen is known before any command begins. */
static void begin_acts(struct show *s)
{
    uint32_t first = s->next;

    if (!open_acts(s)) {
        s->has_failed = true;
        return;
    }
    for (uint32_t i = first; i < s->next; i++) {
        say_where(&s->acts[i]);
        s->n_running++;
        act_start_command(&s->acts[i]);
    }
    told_progress(s);
}

static void show_output(const struct act *a)
{
    const struct buf *texts[] = {&a->out.text, &a->err.text};

    for (size_t i = 0; i < COUNT(texts); i++)
        if (buf_len(texts[i]) > 0)
            fwrite(buf_head(texts[i]), 1, buf_len(texts[i]), stderr);
}

static void report_act(struct act *a)
{
    struct show *s = a->show;
    bool is_good = a->is_judged && verdict_is_good(&a->verdict);

    if ((s->options->quiet && is_good) || (a->ran.argv != NULL && !a->ran.is_started))
        return;
    told_over(s);
    if (!a->is_judged) {
        if (!s->options->quiet)
            told_summary(a);
        return;
    }
    if (s->n_acts > 1 && (!is_good || s->style.is_verbose))
        show_output(a);
    report_text(s->report, &a->verdict, &s->style);
    fflush(s->report);
}

static struct baseline *known; /* of --baseline, NULL: none */

/* After a turn, with nothing on the stack: what came to its end is judged. */
static void finish_acts(struct show *s)
{
    for (uint32_t i = 0; i < s->next; i++) {
        struct act *a = &s->acts[i];
        if (a->is_stormy)
            act_end(a);
        if (a->is_done || !a->is_idle || (a->child.pid > 0 && s->interrupts < 2))
            continue;
        act_finish(a);
        if (known != NULL && a->is_judged)
            baseline_apply(known, &a->verdict);
        s->n_running--;
        s->n_done++;
        report_act(a);
    }
}

static void on_turn(void *arg)
{
    struct show *s = arg;
    uint32_t done = s->n_done;

    for (uint32_t i = 0; i < s->next; i++)
        if (s->acts[i].stage.journal != NULL && !s->acts[i].is_done)
            journal_flush(s->acts[i].stage.journal);
    finish_acts(s);
    if (s->n_done != done)
        begin_acts(s);
    if (s->n_running == 0 || s->has_failed)
        worker_stop(&s->worker);
}

/* ---- signals ---- */

static void interrupt(struct show *s, int number)
{
    int telling = number == SIGINT && child_shares_terminal() ? 0 : number;

    s->interrupts++;
    for (uint32_t i = 0; i < s->next; i++) {
        struct act *a = &s->acts[i];
        if (a->is_done)
            continue;
        if (s->interrupts == 1) {
            act_tell(a, telling);
            act_end(a);
        } else {
            act_abort(a);
            a->is_idle = true;
        }
    }
}

static void on_signal(evutil_socket_t number, short what, void *arg)
{
    struct show *s = arg;

    (void)what;
    worker_touch(&s->worker);
    if (number != SIGCHLD) {
        interrupt(s, (int)number);
        return;
    }
    for (uint32_t i = 0; i < s->next; i++)
        if (!s->acts[i].is_done)
            act_reap(&s->acts[i]);
}

static bool watch_signals(struct show *s)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGCHLD};

    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (event_assign(&s->signals[i], s->worker.base, numbers[i], EV_SIGNAL | EV_PERSIST,
                         on_signal, s) < 0 ||
            event_add(&s->signals[i], NULL) < 0)
            return false;
    return true;
}

/* ---- from start to end ---- */

/* As many descriptors as we may have, unless a command inherits the limit. */
static void raise_descriptors(const struct options *o)
{
    struct rlimit limit;

    if (o->cmd != NULL || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = limit.rlim_max < 262144 ? limit.rlim_max : 262144;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool passes_on(const struct scenario *s)
{
    for (uint32_t i = 0; i < s->n_rules; i++)
        for (uint32_t k = 0; k < s->rules[i].n_replies; k++)
            if (s->rules[i].replies[k].kind != REPLY_ANSWER)
                return true;
    return s->n_rules == 0 || (s->otherwise != NULL && s->otherwise->kind != REPLY_ANSWER);
}

/* Where nothing is relayed, nothing need be resolved. */
static bool open_resolver(struct show *s)
{
    const struct options *o = s->options;
    struct complaint why;
    bool wanted = false;

    for (uint32_t i = 0; i < s->book.n; i++)
        wanted |= passes_on(s->book.scenarios[i]);
    if (!wanted)
        return true;
    s->resolver = resolver_open(&s->worker, o->dns, &why);
    if (s->resolver == NULL)
        fprintf(stderr, "naysay: %s\n", why.text);
    for (const struct pinned *pin = o->pins; s->resolver != NULL && pin != NULL;
         pin = pin->next)
        resolver_pin(s->resolver, pin->name, pin->ip);
    return s->resolver != NULL;
}

static bool check_remote(const struct options *o)
{
    char at[ADDRESS_TEXT];

    if (address_is_loopback(&o->listen) || o->allow_remote)
        return true;
    address_print(&o->listen, at);
    fprintf(stderr,
            "naysay: --listen %s is not on loopback: others could reach it; say "
            "--allow-remote if that is meant\n",
            at);
    return false;
}

static void set_style(struct show *s)
{
    const struct options *o = s->options;
    struct winsize size;

    s->report = stderr;
    s->style = (struct report_style){
        .color = color_wanted(o->color, s->report) ? REPORT_COLORED : REPORT_PLAIN,
        .is_terminal = isatty(fileno(s->report)) == 1,
        .columns = 100,
        .is_quiet = o->quiet,
        .is_verbose = o->verbose,
    };
    if (s->style.is_terminal && ioctl(fileno(s->report), TIOCGWINSZ, &size) == 0 &&
        size.ws_col >= 40)
        s->style.columns = size.ws_col;
}

static bool open_show(struct show *s)
{
    struct options *o = s->options;

    book_init(&s->book);
    set_style(s);
    if (!load(s) || !check_remote(o) || !told_known(o, &known))
        return false;
    if (!worker_init(&s->worker) || !watch_signals(s)) {
        fprintf(stderr, "naysay: cannot start the loop: %s\n", strerror(errno));
        return false;
    }
    if (!open_resolver(s))
        return false;
    s->acts = mem_must(mem_zero((s->book.n + 1) * sizeof(*s->acts)));
    s->n_acts = s->book.n;
    for (uint32_t i = 0; i < s->n_acts; i++) {
        s->acts[i].show = s;
        s->acts[i].scenario = s->book.scenarios[i];
        s->acts[i].out.from = s->acts[i].out.to = -1;
        s->acts[i].err.from = s->acts[i].err.to = -1;
    }
    s->jobs = o->cmd == NULL ? s->n_acts : (uint32_t)o->jobs;
    s->worker.on_turn = on_turn;
    s->worker.on_turn_arg = s;
    return true;
}

static void close_act(struct act *a)
{
    if (!a->is_begun)
        return;
    child_signal(&a->child, SIGKILL);
    child_wait(&a->child);
    timer_stop(&a->show->worker, &a->limit);
    timer_stop(&a->show->worker, &a->grace);
    caught_clear(&a->out);
    caught_clear(&a->err);
    stage_close(&a->stage);
    arena_clear(&a->arena);
}

static void close_show(struct show *s)
{
    for (uint32_t i = 0; i < s->n_acts; i++)
        close_act(&s->acts[i]);
    if (s->worker.base != NULL)
        worker_turn(&s->worker);
    resolver_close(s->resolver);
    for (size_t i = 0; i < COUNT(s->signals); i++)
        if (event_initialized(&s->signals[i]))
            event_del(&s->signals[i]);
    if (s->worker.base != NULL)
        worker_clear(&s->worker);
    mem_free(s->acts);
    baseline_free(known);
    book_clear(&s->book);
}

/* The gravest of all. What was not played is not good. */
static int status_of(const struct show *s)
{
    static const int order[] = {EXIT_GOOD, EXIT_VERDICT, EXIT_TIME, EXIT_NO_COMMAND};
    size_t worst = s->options->command == COMMAND_RUN && s->n_done < s->n_acts;

    if (s->has_failed)
        return EXIT_USAGE;
    for (uint32_t i = 0; i < s->n_acts; i++)
        for (size_t k = worst + 1; s->acts[i].is_done && k < COUNT(order); k++)
            if (act_status(&s->acts[i]) == order[k])
                worst = k;
    return order[worst];
}

static bool report_all(struct show *s)
{
    const struct verdict **all = mem_must(mem_alloc((s->n_acts + 1) * sizeof(*all)));
    size_t n = 0;
    bool ok;

    for (uint32_t i = 0; i < s->n_acts; i++)
        if (s->acts[i].is_judged)
            all[n++] = &s->acts[i].verdict;
    ok = told_reports(s->options, all, n);
    if (n > 1 && !s->options->quiet)
        report_total(s->report, all, n, &s->style);
    if (s->n_done < s->n_acts && s->n_acts > 1)
        fprintf(stderr, "naysay: %u of %u scenarios were not played\n",
                s->n_acts - s->n_done, s->n_acts);
    mem_free(all);
    return ok;
}

static void explain_status(const struct show *s, int status)
{
    const struct act *a = &s->acts[0];

    if (a->is_judged)
        return;
    if (status == EXIT_TIME)
        fprintf(stderr, "naysay: the time limit ran out\n");
    else if (status == EXIT_VERDICT)
        fprintf(stderr,
                "naysay: the client never came through here; does it honour http_proxy and "
                "https_proxy, or use {url} or {proxy} in its arguments?\n");
}

static int play(struct show *s)
{
    int status;

    begin_acts(s);
    if (s->has_failed)
        return EXIT_USAGE;
    if (s->options->fail_alloc > 0)
        mem_fail(s->options->fail_alloc, true);
    if (s->n_running > 0)
        worker_run(&s->worker);
    mem_fail(0, false);
    finish_acts(s);
    if (!report_all(s))
        return EXIT_USAGE;
    status = status_of(s);
    explain_status(s, status);
    return status;
}

int show_main(struct options *o)
{
    struct show *s = mem_must(mem_zero(sizeof(*s)));
    int status = EXIT_USAGE;

    s->options = o;
    raise_descriptors(o);
    if (open_show(s))
        status = play(s);
    close_show(s);
    mem_free(s);
    return status;
}
