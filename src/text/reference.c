/* SPDX-License-Identifier: MIT */
/* The tables of keys and of templates' names as sections of a manual page, in mdoc. */
#include "reach.h"
#include "scalar.h"

/* ---- troff ---- */

/* Hyphens and quotes are those of keyboards, so that what is copied out of a page works. */
static const char *const escapes[128] = {
    ['\\'] = "\\e",  ['-'] = "\\-",   ['"'] = "\\(dq", ['\''] = "\\(aq",
    ['`'] = "\\(ga", ['^'] = "\\(ha", ['~'] = "\\(ti", ['\n'] = " ",
};

/* What stands between backticks is a word of the language, in bold as all of them are. */
static void put(FILE *out, const char *text)
{
    bool is_bold = false;

    for (const char *c = text; *c != '\0'; c++) {
        const char *escape = (unsigned char)*c < 128 ? escapes[(unsigned char)*c] : NULL;
        if (*c == '`' && (is_bold || strchr(c + 1, '`') != NULL)) {
            is_bold = !is_bold;
            fputs(is_bold ? "\\fB" : "\\fR", out);
        } else if (escape != NULL)
            fputs(escape, out);
        else
            fputc(*c, out);
    }
}

static bool ends_with_dot(const char *text)
{
    return text[0] != '\0' && text[strlen(text) - 1] == '.';
}

/* A whole line of text, which begins a sentence. A point would make it a request. One at
 * its end ("2..") does for the full stop. */
static void put_sentence(FILE *out, const char *before, const char *text)
{
    bool is_ended = ends_with_dot(text);

    put(out, before);
    if (before[0] == '\0' && text[0] >= 'a' && text[0] <= 'z')
        fputc(*text++ - 'a' + 'A', out);
    else if (before[0] == '\0' && text[0] == '.')
        fputs("\\&", out);
    put(out, text);
    fputs(is_ended ? "\n" : ".\n", out);
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
    fputs("One of\n", out);
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
                        const char *before)
{
    fprintf(out, "%s\n.Sx ", before);
    put_word(out, title_of(r, s).text);
    fputs(" .\n", out);
}

static void put_type(FILE *out, const struct reach *r, const struct key *k)
{
    if (k->type == KEY_CHOICE)
        put_choices(out, k);
    else if (k->type == KEY_OWN && k->form != NULL)
        put_sentence(out, "Takes ", k->form);
    if (k->type == KEY_LIST)
        put_section(out, r, k->shape, "One, or a list: see");
    else if (k->type == KEY_NAMED)
        put_section(out, r, k->shape, "A map from names: see");
    else if (k->shape != NULL)
        put_section(out, r, k->shape, "See");
}

/* Of most keys nothing needs to be said of their age. */
#define FIRST_VERSION "0.2"

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
        put_literal(out, k->fallback, ends_with_dot(k->fallback) ? "" : " .");
    }
    if (k->since != NULL && strcmp(k->since, FIRST_VERSION) != 0)
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
        put_section(out, r, s->other_shape, "See");
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

/* ---- the sections ---- */

void reference_print(FILE *out, const struct shape *top)
{
    struct reach r;

    reach_from(&r, top);
    for (size_t i = 0; i < r.n; i++)
        put_shape(out, &r, r.shapes[i]);
}

void reference_print_names(FILE *out, struct template_names names)
{
    fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < names.n; i++) {
        fputs(".It Ic ", out);
        put_word(out, names.at[i].name);
        fputc('\n', out);
        put_sentence(out, "", names.at[i].help);
    }
    fputs(".El\n", out);
}
