/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli.h"

/* clang-format off */
static const char usage[] =
    "naysay: the proxy that says no, on cue\n"
    "\n"
    "  naysay STATUS... [options] [-- CMD...]     answer with these in turn, the last one for ever;\n"
    "                                             with CMD, run it through the proxy\n"
    "  naysay serve [SCENARIO...] [options]       keep serving until SIGINT or SIGTERM; without a\n"
    "                                             scenario, answer on demand (GET /status/522) and\n"
    "                                             relay the rest\n"
    "  naysay run SCENARIO... [options] [-- CMD...]\n"
    "                                             play each scenario against CMD, judge and report\n"
    "  naysay check SCENARIO...                   say all that is wrong with scenario files\n"
    "  naysay explain SCENARIO METHOD URL         which rule would speak, and what it would say\n"
    "  naysay judge JOURNAL SCENARIO              judge a finished journal again\n"
    "  naysay codes [QUERY] [--json]              search the statuses: by number, vendor, word\n"
    "  naysay codes --faults [QUERY]              or the faults, which are other ways to go wrong\n"
    "  naysay --version | --help | COMMAND --help\n";

static const char words[] =
    "\n"
    "A STATUS is a number, sent as it is (522), an id, sent as its vendor would (iis/440,\n"
    "nginx/444), or interim ones before another (103,200). A SCENARIO is a file, a folder of\n"
    "*.yaml and *.json, or \"-\"; `naysay check --manual | man -l -` says what may stand in one.\n";

static const char more[] =
    "\n"
    "CMD finds http_proxy, https_proxy, all_proxy, NAYSAY_PROXY and NAYSAY_URL set to its port;\n"
    "{url} and {proxy} in its arguments are replaced by the same.\n"
    "\n"
    "Exit status: 0 good; 1 an expectation failed, or the client never came through here; 2 bad\n"
    "usage, or a scenario that does not load; 3 CMD could not be started; 124 the time limit ran\n"
    "out.\n";

/* What a command is for, in its own help. */
static const struct {
    enum command command;
    const char *text;
} commands[] = {
    {COMMAND_SERVE,
     "naysay serve [SCENARIO...] [options] [-- CMD...]\n"
     "\n"
     "Keeps serving until SIGINT or SIGTERM, then judges what scenarios expect. Each scenario\n"
     "has a port of its own; the first is the one that --listen names.\n"},
    {COMMAND_RUN,
     "naysay run SCENARIO... [options] [-- CMD...]\n"
     "\n"
     "Plays each scenario on a port of its own, runs CMD against it, judges and reports. Without\n"
     "CMD it serves until SIGINT or SIGTERM, or until --time-limit.\n"},
    {COMMAND_CHECK,
     "naysay check SCENARIO...\n"
     "\n"
     "Reads scenario files and says all that is wrong with them: file:line:column, what was\n"
     "expected, the nearest valid word.\n"},
    {COMMAND_EXPLAIN,
     "naysay explain SCENARIO METHOD URL [-H FIELD]... [-d CONTENT]\n"
     "\n"
     "Says which rule would speak to this request, why those above it would not, and the steps\n"
     "of its answer. Nothing is sent.\n"},
    {COMMAND_JUDGE,
     "naysay judge JOURNAL SCENARIO [options]\n"
     "\n"
     "Judges the lines that --journal wrote, as if the run had just ended.\n"},
};
/* clang-format on */

static int print_help(enum command c)
{
    const char *text = NULL;

    for (size_t i = 0; i < COUNT(commands); i++)
        if (commands[i].command == c)
            text = commands[i].text;
    fputs(text == NULL ? usage : text, stdout);
    if (text == NULL)
        fputs(words, stdout);
    fputs("\nOptions:\n", stdout);
    options_help(stdout, text == NULL ? 0 : c);
    if (c & (COMMAND_STATUS | COMMAND_SERVE | COMMAND_RUN)) {
        fputs(more, stdout);
        fputs("\nLimits, for --limit NAME=VALUE:\n", stdout);
        limits_print(stdout);
    }
    return EXIT_GOOD;
}

static int complain_about(const struct complaint *why)
{
    fprintf(stderr, "naysay: %s\n", why->text);
    return EXIT_USAGE;
}

static void free_options(struct options *o)
{
    policy_clear(&o->policy);
    while (o->pins != NULL) {
        struct pinned *p = o->pins;
        o->pins = p->next;
        mem_free(p);
    }
    while (o->headers != NULL) {
        struct header *h = o->headers;
        o->headers = h->next;
        mem_free(h);
    }
    mem_free(o->words);
}

/* Words that a command cannot do with or without. */
static bool words_fit(const struct options *o, struct complaint *why)
{
    struct answer ignored;
    struct complaint no;

    if (told_on_output(o) > 1)
        return complain(why,
                        "standard output takes one report, or the journal: name files for "
                        "the others");
    if (o->command == COMMAND_STATUS && o->n_words == 0)
        return complain(
            why, "what shall I say? Try `naysay 503`, `naysay serve` or `naysay --help`");
    if ((o->command == COMMAND_RUN ||
         (o->command == COMMAND_CHECK && !o->schema && !o->manual)) &&
        o->n_words == 0)
        return complain(why,
                        "which scenario? Name a file, a folder, or - for standard input");
    if (o->command == COMMAND_EXPLAIN && o->n_words != 3)
        return complain(why, "explain wants SCENARIO METHOD URL, such as `naysay explain "
                             "x.yaml GET http://api.test/pay`");
    if (o->command == COMMAND_JUDGE && o->n_words != 2)
        return complain(why,
                        "judge wants JOURNAL SCENARIO, such as `naysay judge run.jsonl "
                        "x.yaml`");
    if (o->command == COMMAND_SERVE && o->n_words > 0 &&
        answer_parse(slice_of(o->words[0]), &ignored, &no))
        return complain(
            why,
            "serve takes no status (\"%s\"); without `serve`, `naysay %s` answers "
            "all traffic with it",
            o->words[0], o->words[0]);
    return true;
}

static int go(struct options *o)
{
    switch (o->command) {
    case COMMAND_CHECK:
        return check_main(o);
    case COMMAND_EXPLAIN:
        return explain_main(o);
    case COMMAND_JUDGE:
        return judge_main(o);
    case COMMAND_STATUS:
    case COMMAND_SERVE:
    case COMMAND_RUN:
        break;
    }
    return show_main(o);
}

static int run(int argc, char **argv)
{
    struct options o;
    struct complaint why;
    int status;

    if (!options_parse(&o, argc, argv, &why))
        status = complain_about(&why);
    else if (o.wants_help)
        status = print_help(o.command);
    else if (!words_fit(&o, &why))
        status = complain_about(&why);
    else
        status = go(&o);
    free_options(&o);
    return status;
}

int main(int argc, char **argv)
{
    h1_scan = h1_scan_best();
    if (argc > 1 && strcmp(argv[1], "codes") == 0)
        return codes_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("naysay " NAYSAY_VERSION);
        return EXIT_GOOD;
    }
    if (argc > 1 && strcmp(argv[1], "help") == 0)
        return print_help(COMMAND_STATUS);
    return run(argc, argv);
}
