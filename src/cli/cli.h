/* SPDX-License-Identifier: MIT */
/*
 * cli - the command line: a contract that scripts depend on.
 *
 *   main.c     which command          options.c  what it was told, from one table
 *   serve.c    a port until it ends   child.c    a command run through the port
 *   codes.c    the registry, to read
 */
#ifndef NAYSAY_CLI_H
#define NAYSAY_CLI_H

#include "naysay/proxy.h"

enum exit_status {
    EXIT_GOOD = 0,
    EXIT_VERDICT = 1, /* an expectation failed, or the client never came */
    EXIT_USAGE = 2,
    EXIT_NO_COMMAND = 3, /* CMD could not be started */
    EXIT_TIME = 124
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct pinned { /* --resolve HOST=ADDR */
    struct pinned *next;
    struct slice name, ip;
};

/* Slices and strings point into argv. */
struct options {
    char **statuses; /* n_statuses of them */
    int n_statuses;
    char **cmd; /* after "--", NULL: none */
    struct address listen;
    bool is_listen_given;
    struct origin upstream; /* .host.len 0: none */
    struct slice upstream_path;
    struct policy policy; /* what --allow-upstream and --upstream name */
    bool allow_listed;
    bool allow_remote;
    bool allow_request_control;
    uint64_t time_limit; /* ns, 0: none */
    uint64_t seed;
    bool is_seeded;
    const char *ready_file;
    const char *journal;
    const char *dns;
    struct pinned *pins;
    struct limits limits;
    uint64_t fail_alloc; /* every nth allocation fails, 0: none */
    bool quiet, verbose;
    enum color color;
    bool wants_help;
};

/* False: *why says what is wrong, and the nearest right word. */
bool options_parse(struct options *o, int argc, char **argv, struct complaint *why);
void options_help(FILE *out); /* the table, as text */

bool color_wanted(enum color c, FILE *stream); /* NO_COLOR and terminals considered */

/* Serves until told to end; returns the exit status. */
int serve(struct options *o);

/* ---- child.c ---- */

struct child {
    pid_t pid;  /* 0: none, or it has been waited for */
    int status; /* as waitpid(2) */
};

/* `url` is put for {url} and {proxy} in every argument. False: errno says why. */
bool child_start(struct child *c, char **cmd, const char *url);
bool child_reap(struct child *c); /* true once it has ended */
void child_wait(struct child *c); /* after a SIGKILL */
void child_signal(struct child *c, int signal);
void child_describe(const struct child *c, const char *name, char *out, size_t size);

/* codes.c; argv[0] is "codes" */
int codes_main(int argc, char **argv);

#endif
