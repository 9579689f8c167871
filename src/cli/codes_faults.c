/* SPDX-License-Identifier: MIT */
/* naysay codes --faults: every way for an answer to go wrong. */
#include "codes.h"

#include "naysay/fault.h"

#define PLAIN "\033[0m"
#define BOLD  "\033[1m"
#define DIM   "\033[2m"

static const struct stage {
    const char *name, *title;
} stages[] = {
    [STAGE_ACCEPT] = {"accept", "instead of reading a request, under `connections`"},
    [STAGE_HEAD] = {"head", "in the head of an answer"},
    [STAGE_BODY] = {"body", "in its body"},
    [STAGE_END] = {"end", "behind it"},
    [STAGE_ANSWER] = {"answer", "to the answer as a whole"},
};

static const struct {
    unsigned bit;
    const char *name;
} transports[] = {
    {ON_PLAIN, "plain"}, {ON_TLS, "tls"}, {ON_TUNNEL, "tunnel"}, {ON_H2, "h2"}};

static const char *const types[] = {
    [KEY_FLAG] = "flag", [KEY_COUNT] = "count", [KEY_DURATION] = "duration",
    [KEY_SIZE] = "size", [KEY_RATE] = "rate",   [KEY_CHANCE] = "chance",
    [KEY_TEXT] = "text", [KEY_CHOICE] = "word", [KEY_SHAPE] = "map",
    [KEY_LIST] = "list", [KEY_NAMED] = "map",   [KEY_OWN] = "own",
};

static size_t count_args(const struct fault_kind *f)
{
    return f->args == NULL ? 0 : f->args->n_keys;
}

static bool is_wanted(const struct fault_kind *f, struct slice words)
{
    while (words.at != NULL) {
        struct slice word = slice_cut(&words, ' ');
        if (!codes_holds(slice_of(f->name), word) &&
            !codes_holds(slice_of(f->help), word) &&
            (f->also == NULL || !codes_holds(slice_of(f->also), word)))
            return false;
    }
    return true;
}

/* ---- for people ---- */

static void put_color(FILE *out, struct look look, const char *color)
{
    if (look.color)
        fputs(color, out);
}

/* "after: 50%, then: close" */
static void put_args(FILE *out, const struct fault_kind *f)
{
    for (size_t i = 0; i < count_args(f); i++) {
        const struct key *k = &f->args->keys[i];
        fprintf(out, "%s%s: %s", i == 0 ? "" : ", ", k->name,
                k->fallback != NULL ? k->fallback : "…");
    }
    fputs(count_args(f) > 0 ? "; " : "", out);
}

static void put_transports(FILE *out, const struct fault_kind *f)
{
    const char *before = "on ";

    for (size_t i = 0; i < COUNT(transports); i++)
        if (f->transports & transports[i].bit) {
            fprintf(out, "%s%s", before, transports[i].name);
            before = ", ";
        }
    putc('\n', out);
}

#define NAME_WIDE 22

static void put_fault(FILE *out, const struct fault_kind *f, struct look look)
{
    put_color(out, look, BOLD);
    fprintf(out, "  %-*s", NAME_WIDE, f->name);
    put_color(out, look, PLAIN);
    fprintf(out, " %s%s%s%s\n", f->help,
            f->also == NULL ? "" : " (also: ", f->also == NULL ? "" : f->also,
            f->also == NULL ? "" : ")");
    put_color(out, look, DIM);
    fprintf(out, "%*s", NAME_WIDE + 3, "");
    put_args(out, f);
    put_transports(out, f);
    put_color(out, look, PLAIN);
}

static const char how[] =
    "\n"
    "Each is an item of `faults`: a name alone, reset, or a map, {cut: {after: 10%}, "
    "chance:\n"
    "0.05}. Arguments stand here with their defaults; naysay-scenario(5) tells more of "
    "them.\n"
    "Where a fault cannot be told truly, the run fails: it is never a quiet 200.\n";

static size_t print_text(FILE *out, struct slice words, struct look look)
{
    size_t n = 0;

    for (size_t s = 0; s < COUNT(stages); s++) {
        bool is_titled = false;
        for (size_t i = 0; i < fault_count(); i++) {
            const struct fault_kind *f = fault_at(i);
            if (f->stage != s || !is_wanted(f, words))
                continue;
            if (!is_titled)
                fprintf(out, "%s%s:\n", n == 0 ? "" : "\n", stages[s].title);
            is_titled = true;
            put_fault(out, f, look);
            n++;
        }
    }
    if (n > 0)
        fputs(how, out);
    return n;
}

/* ---- for programs ---- */

static void need(bool ok)
{
    mem_must(ok ? (void *)&ok : NULL);
}

static void put_member(struct buf *b, const char *name, const char *value)
{
    need(buf_printf(b, ", \"%s\": ", name));
    need(value == NULL ? buf_put(b, SLICE("null")) : json_put_text(b, slice_of(value)));
}

static void put_choices(struct buf *b, const struct key *k)
{
    if (k->type != KEY_CHOICE)
        return;
    need(buf_put(b, SLICE(", \"choices\": [")));
    for (size_t i = 0; k->choices[i] != NULL; i++)
        need(buf_put(b, i == 0 ? NO_SLICE : SLICE(", ")) &&
             json_put_text(b, slice_of(k->choices[i])));
    need(buf_put(b, SLICE("]")));
}

static void put_arg(struct buf *b, const struct key *k)
{
    need(buf_put(b, SLICE("{\"name\": ")) && json_put_text(b, slice_of(k->name)));
    put_member(b, "type", types[k->type]);
    put_member(b, "form", k->form);
    put_choices(b, k);
    put_member(b, "default", k->fallback);
    put_member(b, "help", k->help);
    need(buf_printf(b, ", \"needed\": %s}", k->is_needed ? "true" : "false"));
}

static void put_row(struct buf *b, const struct fault_kind *f)
{
    bool is_first = true;

    need(buf_put(b, SLICE("{\"name\": ")) && json_put_text(b, slice_of(f->name)));
    put_member(b, "also", f->also);
    put_member(b, "help", f->help);
    put_member(b, "stage", stages[f->stage].name);
    need(buf_put(b, SLICE(", \"transports\": [")));
    for (size_t i = 0; i < COUNT(transports); i++)
        if (f->transports & transports[i].bit) {
            need(buf_printf(b, "%s\"%s\"", is_first ? "" : ", ", transports[i].name));
            is_first = false;
        }
    need(buf_put(b, SLICE("]")));
    put_member(b, "short", f->args == NULL ? NULL : f->args->short_form);
    need(buf_put(b, SLICE(", \"arguments\": [")));
    for (size_t i = 0; i < count_args(f); i++) {
        need(buf_put(b, i == 0 ? NO_SLICE : SLICE(", ")));
        put_arg(b, &f->args->keys[i]);
    }
    need(buf_put(b, SLICE("]}")));
}

static size_t print_json(FILE *out, struct slice words)
{
    struct buf b = {0};
    size_t n = 0;

    need(buf_put(&b, SLICE("[")));
    for (size_t i = 0; i < fault_count(); i++)
        if (is_wanted(fault_at(i), words)) {
            need(buf_put(&b, n++ == 0 ? SLICE("\n") : SLICE(",\n")));
            put_row(&b, fault_at(i));
        }
    need(buf_put(&b, n == 0 ? SLICE("]\n") : SLICE("\n]\n")));
    fwrite(buf_head(&b), 1, buf_len(&b), out);
    buf_clear(&b);
    return n;
}

size_t codes_faults(FILE *out, struct slice words, bool json, struct look look)
{
    return json ? print_json(out, words) : print_text(out, words, look);
}
