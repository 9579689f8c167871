/* SPDX-License-Identifier: MIT */
/* Commands that need no network: check, explain, judge. */
#include <errno.h>
#include <unistd.h>

#include "cli.h"

/* ---- check ---- */

/* What a file may hold: for editors, or for people. */
static int print_keys(const struct options *o)
{
    if (o->schema)
        schema_print(stdout, &shape_scenario, "A scenario of naysay",
                     "https://naysay.invalid/scenario.schema.json");
    else
        manual_print(stdout);
    return fflush(stdout) == 0 ? EXIT_GOOD : EXIT_USAGE;
}

int check_main(struct options *o)
{
    struct book b;
    bool ok;

    if (o->schema || o->manual)
        return print_keys(o);
    book_init(&b);
    ok = files_load(&b, o->words, o->n_words, o->color);
    if (ok && !o->quiet)
        printf("%u scenario%s, nothing wrong%s\n", b.n, b.n == 1 ? "" : "s",
               b.why.warnings > 0 ? " but what is said above" : "");
    book_clear(&b);
    return ok ? EXIT_GOOD : EXIT_USAGE;
}

/* ---- explain ---- */

static bool one_scenario(struct book *b, struct options *o, char **word)
{
    if (!files_load(b, word, 1, o->color))
        return false;
    if (b->n == 1)
        return true;
    fprintf(stderr, "naysay: %s holds %u scenarios; one is wanted here\n", *word, b->n);
    return false;
}

/* The head that a client would send, so that the parser of heads is asked. */
static bool put_head(struct buf *b, const struct options *o)
{
    const char *method = o->words[1], *url = o->words[2];
    bool ok = buf_printf(b, "%s %s HTTP/1.1\r\n", method, url), has_host = false;

    for (const struct header *h = o->headers; ok && h != NULL; h = h->next) {
        has_host |= slice_is_nocase(h->name, SLICE("Host"));
        ok = buf_printf(b, "%.*s: %.*s\r\n", SLICE_ARGS(h->name), SLICE_ARGS(h->value));
    }
    if (ok && o->data.at != NULL)
        ok = buf_printf(b, "Content-Length: %zu\r\n", o->data.len);
    if (ok && !has_host) {
        struct http_target t = {0};
        const char *wrong =
            http_split_target(slice_of(url), http_method_of(slice_of(method)), &t);
        struct slice host =
            wrong == NULL && t.authority.len > 0 ? t.authority : SLICE("naysay.test");
        ok = buf_printf(b, "Host: %.*s\r\n", SLICE_ARGS(host));
    }
    return ok && buf_put(b, SLICE("\r\n"));
}

static int explain_one(struct options *o, const struct scenario *s, struct slice head)
{
    struct http_field fields[256];
    struct http_request req = {.fields = {.at = fields, .cap = COUNT(fields)}};
    struct h1_fault fault;
    struct run run;

    if (h1_parse_request(head.at, head.len, 0, &o->limits, 0, &req, &fault) <= 0) {
        fprintf(stderr, "naysay: that is no request: %s\n", fault.words);
        return EXIT_USAGE;
    }
    struct facts facts = {.moment = MOMENT_REQUEST,
                          .request = &req,
                          .method = req.method,
                          .client = SLICE("127.0.0.1"),
                          .nth = 1,
                          .connection = 1,
                          .nth_on_connection = 1,
                          .body = o->data.at == NULL ? SLICE("") : o->data};
    mem_must(run_init(&run, s, o->is_seeded ? o->seed : s->seed) ? &run : NULL);
    run.setting = (struct setting){.upstream = o->upstream,
                                   .upstream_path = o->upstream_path,
                                   .from_loopback = true,
                                   .pseudonym = SLICE("naysay")};
    run_explain(&run, &facts, stdout, color_wanted(o->color, stdout));
    run_clear(&run);
    return EXIT_GOOD;
}

int explain_main(struct options *o)
{
    struct book b;
    struct buf head = {0};
    int status = EXIT_USAGE;

    book_init(&b);
    if (one_scenario(&b, o, &o->words[0])) {
        if (o->persona != NULL)
            b.scenarios[0]->persona = o->persona;
        mem_must(put_head(&head, o) ? o : NULL);
        status = explain_one(o, b.scenarios[0], buf_slice(&head));
    }
    buf_clear(&head);
    book_clear(&b);
    return status;
}

/* ---- judge ---- */

static bool read_journal(const char *path, struct records *r)
{
    struct complaint why = {{0}};
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    bool ok = in != NULL;

    if (ok)
        ok = records_read(r, in, path, &why);
    else
        complain(&why, "cannot read %s: %s", path, strerror(errno));
    if (!ok)
        fprintf(stderr, "naysay: %s\n", why.text);
    if (in != NULL && in != stdin)
        fclose(in);
    return ok;
}

static int judge(struct options *o, const struct scenario *s, const struct records *r,
                 struct baseline *known)
{
    FILE *text = told_on_output(o) > 0 ? stderr : stdout;
    struct report_style style = {.color = color_wanted(o->color, text) ? REPORT_COLORED
                                                                       : REPORT_PLAIN,
                                 .is_terminal = isatty(fileno(text)) == 1,
                                 .columns = 100,
                                 .is_quiet = o->quiet,
                                 .is_verbose = o->verbose};
    const struct verdict *all[1];
    struct arena a;
    struct verdict v;
    bool ok;

    arena_init(&a, NULL);
    mem_must(verdict_judge(&v, &a, s, r, NULL) ? &v : NULL);
    if (known != NULL)
        baseline_apply(known, &v);
    report_text(text, &v, &style);
    all[0] = &v;
    ok = told_reports(o, all, 1);
    int status = !ok ? EXIT_USAGE : verdict_is_good(&v) ? EXIT_GOOD : EXIT_VERDICT;
    arena_clear(&a);
    return status;
}

int judge_main(struct options *o)
{
    struct baseline *known = NULL;
    struct records r;
    struct book b;
    int status = EXIT_USAGE;

    book_init(&b);
    records_init(&r, UINT64_MAX);
    if (one_scenario(&b, o, &o->words[1]) && told_known(o, &known) &&
        read_journal(o->words[0], &r))
        status = judge(o, b.scenarios[0], &r, known);
    baseline_free(known);
    records_clear(&r);
    book_clear(&b);
    return status;
}
