/* SPDX-License-Identifier: MIT */
/* A command run through the port: its environment sends it there, its end is ours. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

extern char **environ;

/* Names that clients look for; NULL stands for the proxy's URL. */
static const struct {
    const char *name, *value;
} variables[] = {
    {"http_proxy", NULL},
    {"HTTP_PROXY", NULL},
    {"https_proxy", NULL},
    {"HTTPS_PROXY", NULL},
    {"all_proxy", NULL},
    {"ALL_PROXY", NULL},
    {"no_proxy", ""},
    {"NO_PROXY", ""},
    {"NAYSAY_PROXY", NULL},
    {"NAYSAY_URL", NULL},
    {"NODE_USE_ENV_PROXY", "1"},
};

static bool is_replaced(const char *entry)
{
    for (size_t i = 0; i < COUNT(variables); i++) {
        size_t n = strlen(variables[i].name);
        if (strncmp(entry, variables[i].name, n) == 0 && entry[n] == '=')
            return true;
    }
    return false;
}

static char **make_environment(struct arena *a, const char *url)
{
    size_t n = 0, k = 0;

    while (environ[n] != NULL)
        n++;
    char **env = mem_must(arena_alloc(a, (n + COUNT(variables) + 1) * sizeof(*env)));
    for (size_t i = 0; i < n; i++)
        if (!is_replaced(environ[i]))
            env[k++] = environ[i];
    for (size_t i = 0; i < COUNT(variables); i++) {
        const char *value = variables[i].value == NULL ? url : variables[i].value;
        struct slice entry = arena_printf(a, "%s=%s%c", variables[i].name, value, '\0');
        env[k++] = mem_must((void *)(uintptr_t)entry.at);
    }
    env[k] = NULL;
    return env;
}

/* "{url}/x" → "http://127.0.0.1:4070/x" */
static char *fill_in(struct arena *a, const char *arg, const char *url)
{
    static const char *const names[] = {"{url}", "{proxy}"};
    struct buf b = {0};

    while (*arg != '\0') {
        size_t skip = 0;
        for (size_t i = 0; i < COUNT(names); i++)
            if (strncmp(arg, names[i], strlen(names[i])) == 0)
                skip = strlen(names[i]);
        bool ok =
            skip > 0 ? buf_put(&b, slice_of(url)) : buf_put(&b, (struct slice){arg, 1});
        mem_must(ok ? &b : NULL);
        arg += skip > 0 ? skip : 1;
    }
    mem_must(buf_put(&b, (struct slice){"", 1}) ? &b : NULL);
    char *text = mem_must((void *)(uintptr_t)arena_copy(a, buf_slice(&b)).at);
    buf_clear(&b);
    return text;
}

static char **make_arguments(struct arena *a, char **cmd, const char *url)
{
    size_t n = 0;

    while (cmd[n] != NULL)
        n++;
    char **args = mem_must(arena_alloc(a, (n + 1) * sizeof(*args)));
    for (size_t i = 0; i < n; i++)
        args[i] = fill_in(a, cmd[i], url);
    args[n] = NULL;
    return args;
}

/* Its descriptors: ours, but for those that lead elsewhere. */
static void lead(posix_spawn_file_actions_t *actions, int from, int to)
{
    if (to >= 0)
        mem_must(posix_spawn_file_actions_adddup2(actions, to, from) == 0 ? actions : NULL);
}

bool child_shares_terminal(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (tcgetpgrp(fd) == getpgrp())
            return true;
    return false;
}

bool child_start(struct child *c, char **cmd, const char *url, int out, int err)
{
    struct arena a;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t defaults;
    int error;

    assert(cmd[0] != NULL);
    arena_init(&a, NULL);
    char **args = make_arguments(&a, cmd, url), **env = make_environment(&a, url);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* we ignore it, the command need not */
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    /* What a shell starts ends with it; but a terminal's foreground is one group. */
    c->is_group = !child_shares_terminal();
    posix_spawnattr_setpgroup(&attr, 0);
    posix_spawnattr_setflags(
        &attr, (short)(POSIX_SPAWN_SETSIGDEF | (c->is_group ? POSIX_SPAWN_SETPGROUP : 0)));
    posix_spawn_file_actions_init(&actions);
    lead(&actions, 1, out);
    lead(&actions, 2, err);
    error = posix_spawnp(&c->pid, args[0], &actions, &attr, args, env);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    arena_clear(&a);
    if (error != 0)
        c->pid = 0;
    errno = error;
    return error == 0;
}

bool child_reap(struct child *c)
{
    if (c->pid == 0 || waitpid(c->pid, &c->status, WNOHANG) != c->pid)
        return false;
    c->pid = 0;
    return true;
}

void child_wait(struct child *c)
{
    while (c->pid > 0 && waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
        continue;
    c->pid = 0;
}

void child_signal(struct child *c, int signal)
{
    if (c->pid > 0)
        kill(c->is_group ? -c->pid : c->pid, signal);
}

void child_describe(const struct child *c, const char *name, char *out, size_t size)
{
    if (c->pid != 0)
        snprintf(out, size, "%s is still running", name);
    else if (WIFSIGNALED(c->status))
        snprintf(out, size, "%s was ended by signal %d (%s)", name, WTERMSIG(c->status),
                 strsignal(WTERMSIG(c->status)));
    else
        snprintf(out, size, "%s exited %d", name, WEXITSTATUS(c->status));
}
