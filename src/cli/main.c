/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli.h"

static const char usage[] =
    "naysay: the proxy that says no, on cue\n"
    "\n"
    "  naysay STATUS... [options] [-- CMD...]  answer with these in turn, the last one for "
    "ever;\n"
    "                                          with CMD, run it through the proxy\n"
    "  naysay serve [options] [-- CMD...]      answer on demand (GET /status/522) and "
    "relay the rest\n"
    "  naysay codes [QUERY] [--json]           search the statuses: by number, vendor, "
    "word\n"
    "  naysay --version | --help | COMMAND --help\n"
    "\n"
    "A STATUS is a number, sent as it is (522), an id, sent as its vendor would (iis/440,\n"
    "nginx/444), or interim ones before another (103,200).\n"
    "\n"
    "Options:\n";

static const char more[] = "\n"
                           "CMD finds http_proxy, https_proxy, all_proxy, NAYSAY_PROXY and "
                           "NAYSAY_URL set to this port;\n"
                           "{url} and {proxy} in its arguments are replaced by the same.\n"
                           "\n"
                           "Exit status: 0 good; 1 the client never came through here; 2 "
                           "bad usage; 3 CMD could not be\n"
                           "started; 124 the time limit ran out.\n"
                           "\n"
                           "Limits, for --limit NAME=VALUE:\n";

static int print_help(void)
{
    fputs(usage, stdout);
    options_help(stdout);
    fputs(more, stdout);
    limits_print(stdout);
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
    mem_free(o->statuses);
}

/* `serve`, or statuses: the rest is the same. */
static int run(int argc, char **argv)
{
    struct options o;
    struct complaint why;
    int status;

    if (!options_parse(&o, argc, argv, &why))
        status = complain_about(&why);
    else if (o.wants_help)
        status = print_help();
    else if (o.n_statuses > 0 && strcmp(o.statuses[0], "serve") == 0) {
        o.statuses++;
        if (--o.n_statuses > 0) {
            complain(&why,
                     "serve takes no status (\"%s\"); without `serve`, `naysay %s` answers "
                     "all traffic with it",
                     o.statuses[0], o.statuses[0]);
            status = complain_about(&why);
        } else
            status = serve(&o);
        o.statuses--;
    } else if (o.n_statuses == 0) {
        complain(&why,
                 "what shall I say? Try `naysay 503`, `naysay serve` or `naysay --help`");
        status = complain_about(&why);
    } else
        status = serve(&o);
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
        return print_help();
    return run(argc, argv);
}
