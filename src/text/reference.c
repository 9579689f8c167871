/* SPDX-License-Identifier: MIT */
/* The tables of keys as naysay-scenario(5), in mdoc as naysay(1) is. */
#include "reach.h"
#include "scalar.h"

/* ---- troff ---- */

/* Hyphens and quotes are those of keyboards, so that what is copied out of a page works. */
static const char *const escapes[128] = {
    ['\\'] = "\\e",  ['-'] = "\\-",   ['"'] = "\\(dq", ['\''] = "\\(aq",
    ['`'] = "\\(ga", ['^'] = "\\(ha", ['~'] = "\\(ti", ['\n'] = " ",
};

static void put(FILE *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = (unsigned char)*c < 128 ? escapes[(unsigned char)*c] : NULL;
        if (escape != NULL)
            fputs(escape, out);
        else
            fputc(*c, out);
    }
}

/* A whole line of text, which begins a sentence. A point would make it a request. */
static void put_sentence(FILE *out, const char *before, const char *text)
{
    put(out, before);
    if (before[0] == '\0' && text[0] >= 'a' && text[0] <= 'z')
        fputc(*text++ - 'a' + 'A', out);
    else if (before[0] == '\0' && text[0] == '.')
        fputs("\\&", out);
    put(out, text);
    fputs(".\n", out);
}

/*
 * An argument of a macro, spaces included. mdoc takes single punctuation for a delimiter,
 * and its own names ("No", "D1") for macros: \& hides what might be either.
 */
static void put_word(FILE *out, const char *text)
{
    bool is_upper = text[0] >= 'A' && text[0] <= 'Z';
    bool is_word = is_upper || (text[0] >= 'a' && text[0] <= 'z') ||
                   (text[0] >= '0' && text[0] <= '9');

    fputs(is_word && strlen(text) > (is_upper ? 3 : 1) ? "\"" : "\"\\&", out);
    put(out, text);
    fputc('"', out);
}

/* ---- one key ---- */

static const char *const types[] = {
    [KEY_FLAG] = "flag", [KEY_COUNT] = "count", [KEY_DURATION] = "duration",
    [KEY_SIZE] = "size", [KEY_RATE] = "rate",   [KEY_CHANCE] = "chance",
    [KEY_TEXT] = "text",
};

/* "times count", "name or called text" */
static void put_head(FILE *out, const struct key *k)
{
    fputs(".It Ic ", out);
    put_word(out, k->name);
    if (k->also != NULL) {
        fputs(" No or Ic ", out);
        put_word(out, k->also);
    }
    if (k->type <= KEY_TEXT)
        fprintf(out, " Ar %s", types[k->type]);
    fputc('\n', out);
}

static void put_literal(FILE *out, const char *text, const char *after)
{
    fputs(".Li ", out);
    put_word(out, text);
    fprintf(out, "%s\n", after);
}

/* merry, grave or wild. */
static void put_choices(FILE *out, const struct key *k)
{
    for (size_t i = 0; k->choices[i] != NULL; i++) {
        bool is_last = k->choices[i + 1] == NULL;
        bool is_last_but_one = !is_last && k->choices[i + 2] == NULL;
        put_literal(out, k->choices[i], is_last ? " ." : is_last_but_one ? "" : " ,");
        if (is_last_but_one)
            fputs("or\n", out);
    }
}

static struct shape_id title_of(const struct reach *r, const struct shape *s)
{
    struct shape_id id = reach_id(r, s);

    for (char *c = id.text; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return id;
}

static void put_section(FILE *out, const struct reach *r, const struct shape *s,
                        const char *before, const char *after)
{
    fprintf(out, "%s\n.Sx ", before);
    put_word(out, title_of(r, s).text);
    fprintf(out, " %s\n", after);
}

static void put_type(FILE *out, const struct reach *r, const struct key *k)
{
    if (k->type == KEY_CHOICE)
        put_choices(out, k);
    else if (k->type == KEY_OWN && k->form != NULL)
        put_sentence(out, "", k->form);
    if (k->type == KEY_SHAPE)
        put_section(out, r, k->shape, "A", ".");
    else if (k->type == KEY_LIST)
        put_section(out, r, k->shape, "A list, each a", ",\nor one alone.");
    else if (k->type == KEY_NAMED)
        put_section(out, r, k->shape, "A map from names, each to a", ".");
    else if (k->shape != NULL)
        put_section(out, r, k->shape, "See", ".");
}

static void put_key(FILE *out, const struct reach *r, const struct key *k)
{
    struct shown bounds = shown_bounds(k);

    put_head(out, k);
    put_sentence(out, "", k->help == NULL ? k->name : k->help);
    put_type(out, r, k);
    if (bounds.text[0] != '\0')
        put_sentence(out, "", bounds.text);
    if (k->is_needed)
        fputs("It must be there.\n", out);
    if (k->fallback != NULL) {
        fputs("The default is\n", out);
        put_literal(out, k->fallback, " .");
    }
    if (k->since != NULL)
        put_sentence(out, "Since naysay ", k->since);
}

/* ---- one shape ---- */

static void put_keys(FILE *out, const struct reach *r, const struct shape *s)
{
    if (s->n_keys == 0)
        return;
    fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < s->n_keys; i++)
        put_key(out, r, &s->keys[i]);
    fputs(".El\n", out);
}

static void put_others(FILE *out, const struct reach *r, const struct shape *s)
{
    if (s->take_other == NULL)
        return;
    fputs(".Pp\n", out);
    put_sentence(out, s->n_keys > 0 ? "Any other key: " : "Any key: ",
                 s->other == NULL ? "a name of your own" : s->other);
    if (s->other_shape != NULL)
        put_section(out, r, s->other_shape, "See", ".");
}

static void put_shape(FILE *out, const struct reach *r, const struct shape *s)
{
    fputs(".Sh ", out);
    put_word(out, title_of(r, s).text);
    fputc('\n', out);
    if (s->help != NULL)
        put_sentence(out, "", s->help);
    if (s->take_short != NULL && s->short_form != NULL)
        put_sentence(out, "Or, in short: ", s->short_form);
    if (s->take_list != NULL)
        fputs("It may be a list, too.\n", out);
    put_keys(out, r, s);
    put_others(out, r, s);
}

/* ---- the page ---- */

/* clang-format off */
static const char head[] =
    ".\\\" SPDX-License-Identifier: MIT\n"
    ".\\\" Made from the tables of keys: do not edit.\n"
    ".Dd November 21, 2026\n"
    ".Dt NAYSAY-SCENARIO 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm naysay-scenario\n"
    ".Nd what may stand in a scenario file\n"
    ".Sh DESCRIPTION\n"
    "A scenario file is YAML, and so may be JSON: UTF\\-8, at most 16 MiB, at most\n"
    "64 levels deep.\n"
    "It holds one scenario or, parted by lines of\n"
    ".Li \\-\\-\\- ,\n"
    "several.\n"
    "Words are taken as they are written: neither\n"
    ".Li on\n"
    "nor\n"
    ".Li 1:30\n"
    "is anything but a text.\n"
    "Anchors, aliases and tags are refused, and so is a key that comes twice or that\n"
    "nobody knows.\n"
    ".Pp\n"
    "Values are of these types.\n"
    ".Bl -tag -width duration\n"
    ".It Ar flag\n"
    ".Li true\n"
    "or\n"
    ".Li false .\n"
    ".It Ar count\n"
    "A whole number.\n"
    ".It Ar duration\n"
    "A number and a unit, from\n"
    ".Li ns , us , ms , s , m , h\n"
    "and\n"
    ".Li d :\n"
    ".Li 250ms , 0.5s .\n"
    "Nothing is\n"
    ".Li 0 .\n"
    ".It Ar size\n"
    "Octets, or a number and a unit, such as\n"
    ".Li 64KiB\n"
    "(65,536) or\n"
    ".Li 64KB\n"
    "(64,000).\n"
    ".It Ar rate\n"
    "A size per second:\n"
    ".Li 256KiB/s .\n"
    ".It Ar chance\n"
    "From 0 to 1, or in percent:\n"
    ".Li 0.05 , 5% .\n"
    ".It Ar text\n"
    "Any text, between quotes or not.\n"
    ".El\n";
/* clang-format on */

void reference_print(FILE *out, const struct shape *top)
{
    struct reach r;

    reach_from(&r, top);
    fputs(head, out);
    for (size_t i = 0; i < r.n; i++)
        put_shape(out, &r, r.shapes[i]);
    fputs(".Sh SEE ALSO\n.Xr naysay 1\n", out);
}
