/* SPDX-License-Identifier: MIT */
/*
 * cli - the command line: a contract that scripts depend on.
 *
 *   main.c      which command            options.c  what it was told, from one table
 *   show.c      the loop: acts in turn   act.c      one scenario and its command
 *   child.c     a command run through    caught.c  what it printed
 *               a port
 *   files.c     scenario files           told.c     a few lines at the end, reports
 *   check.c     check, explain, judge    codes.c    the registry, to read
 *   manual.c    naysay-scenario(5)
 */
#ifndef NAYSAY_CLI_H
#define NAYSAY_CLI_H

#include "naysay/stage.h"

enum exit_status {
    EXIT_GOOD = 0,
    EXIT_VERDICT = 1, /* an expectation failed, or the client never came */
    EXIT_USAGE = 2,
    EXIT_NO_COMMAND = 3, /* CMD could not be started */
    EXIT_TIME = 124
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* A bit each: an option says which commands it goes with. */
enum command {
    COMMAND_STATUS = 1, /* no command's name: statuses */
    COMMAND_SERVE = 2,
    COMMAND_RUN = 4,
    COMMAND_CHECK = 8,
    COMMAND_EXPLAIN = 16,
    COMMAND_JUDGE = 32
};

struct pinned { /* --resolve HOST=ADDR */
    struct pinned *next;
    struct slice name, ip;
};

struct header { /* -H 'Name: value', for explain */
    struct header *next;
    struct slice name, value;
};

/* Slices and strings point into argv. */
struct options {
    enum command command;
    char **words; /* n_words of them: statuses, scenarios */
    int n_words;
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
    uint64_t jobs;
    const struct persona *persona;
    const char *ready_file;
    const char *journal;
    bool tells_secrets, tells_bodies;
    const char *junit, *tap, *html, *har, *baseline;
    bool json, schema, manual;
    const char *dns;
    struct pinned *pins;
    struct header *headers, **last_header;
    struct slice data; /* -d, .at NULL: none */
    struct limits limits;
    uint64_t fail_alloc; /* every nth allocation fails, 0: none */
    bool quiet, verbose;
    enum color color;
    bool wants_help;
};

/* False: *why says what is wrong, and the nearest right word. */
bool options_parse(struct options *o, int argc, char **argv, struct complaint *why);
void options_help(FILE *out, unsigned commands); /* the table, as text; 0: all of it */
/* The command that is called so; 0: none. */
enum command command_find(const char *word);

bool color_wanted(enum color c, FILE *stream); /* NO_COLOR and terminals considered */

/* Until it is told to end, or all is played; returns the exit status. */
int show_main(struct options *o);

/* ---- files.c ---- */

/*
 * Loads what the words name: files, folders of *.yaml, *.yml and *.json, "-" for standard
 * input. False: complaints have been printed.
 */
bool files_load(struct book *b, char **words, int n, enum color color);

/* ---- child.c ---- */

struct child {
    pid_t pid;     /* 0: none, or it has been waited for */
    int status;    /* as waitpid(2) */
    bool is_group; /* it leads a group of its own, and signals go to all of it */
};

/*
 * `url` is put for {url} and {proxy} in every argument. `out`, `err`: where its standard
 * output and error lead, -1: where ours do. False: errno says why.
 */
bool child_start(struct child *c, char **cmd, const char *url, int out, int err);
/* A terminal tells its whole foreground, the commands included, of a SIGINT. */
bool child_shares_terminal(void);
bool child_reap(struct child *c); /* true once it has ended */
void child_wait(struct child *c); /* after a SIGKILL */
void child_signal(struct child *c, int signal);
void child_describe(const struct child *c, const char *name, char *out, size_t size);

/* ---- caught.c: what a command printed ---- */

struct caught {
    int from, to; /* ends of a pipe; -1: none */
    struct event event;
    struct buf text; /* its first octets */
    uint64_t lost;   /* octets beyond */
    FILE *pass;      /* where it is shown as it comes; NULL: nowhere */
};

bool caught_open(struct caught *c, struct worker *w, FILE *pass); /* false: errno */
void caught_hand_over(struct caught *c); /* the command has its end now */
void caught_close(struct caught *c);     /* what is there is taken; the text stays */
void caught_clear(struct caught *c);

/* ---- act.c ---- */

struct show;

struct act {
    struct show *show;
    const struct scenario *scenario;
    struct stage stage;
    struct child child;
    struct caught out, err;
    struct ran ran;
    struct timer limit, grace;
    struct arena arena; /* the verdict's */
    struct verdict verdict;
    struct complaint why; /* it did not open */
    char journal[4096];
    uint64_t started; /* the command, monotonic ns */
    bool is_begun, is_idle, is_done, is_judged;
    bool is_out_of_time, is_stormy;
};

#define ACT_GRACE (5 * NS_PER_S) /* between telling a command to end and ending it */

bool act_begin(struct act *a); /* false: a->why */
void act_start_command(struct act *a);
void act_end(struct act *a); /* no more requests; then is_idle */
void act_abort(struct act *a);
void act_tell(struct act *a, int signal); /* its command, to end; 0: it was told */
bool act_reap(struct act *a);             /* its command has ended just now */
void act_finish(struct act *a);           /* judged and closed; with nothing on the stack */
int act_status(const struct act *a);

/* ---- show.c ---- */

struct show {
    struct options *options;
    struct worker worker;
    struct book book;
    struct resolver *resolver;
    struct act *acts;
    uint32_t n_acts, next, n_running, n_done;
    uint32_t jobs;
    struct event signals[3];
    int interrupts;
    bool has_failed;   /* one could not be opened: no more are */
    bool has_progress; /* a line of progress stands on the terminal */
    FILE *report;      /* where people read */
    struct report_style style;
};

/* ---- told.c ---- */

void told_summary(const struct act *a); /* without a scenario file: counts, endings */
void told_progress(struct show *s);     /* a line that is written over, */
void told_over(struct show *s);         /* and taken away */
/* Each to the file that was asked for; false: one could not be written. */
bool told_reports(const struct options *o, const struct verdict *const *all, size_t n);
/* How many have standard output to themselves: with one, nothing else goes there. */
unsigned told_on_output(const struct options *o);
/* --baseline, read; NULL where there is none. False: it has been complained of. */
bool told_known(const struct options *o, struct baseline **known);

/* ---- check.c ---- */

int check_main(struct options *o);
int explain_main(struct options *o);
int judge_main(struct options *o);

/* ---- manual.c ---- */

void manual_print(FILE *out); /* naysay-scenario(5) */

/* codes.c; argv[0] is "codes" */
int codes_main(int argc, char **argv);

#endif
