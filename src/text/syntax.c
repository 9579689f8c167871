/* SPDX-License-Identifier: MIT */
/* libyaml's complaints, said so that the writer of a scenario knows what to do. */
#include "point.h"
#include "reading.h"

enum spot {
    AT_PROBLEM, /* where libyaml gave up */
    AT_CONTEXT  /* where what it was reading began */
};

struct saying {
    const char *problem; /* as libyaml has it */
    const char *context; /* as libyaml has it; NULL: any */
    enum spot spot;
    const char *words;
};

/* clang-format off */
static const struct saying sayings[] = {
    {"mapping values are not allowed in this context", NULL, AT_PROBLEM,
     "a \":\" is not expected here: a text with \": \" in it must stand between quotes, and keys of one map in one column"},
    {"block sequence entries are not allowed in this context", NULL, AT_PROBLEM,
     "a list may not begin here: put its first \"- \" on a line of its own"},
    {"mapping keys are not allowed in this context", NULL, AT_PROBLEM,
     "a key may not stand here: put it on a line of its own"},
    {"could not find expected ':'", NULL, AT_CONTEXT,
     "no \": \" follows this, and a key is expected here"},
    {"did not find expected key", NULL, AT_PROBLEM,
     "a key is expected here, in the column of those above it"},
    {"did not find expected '-' indicator", NULL, AT_PROBLEM,
     "a \"- \" is expected here, in the column of those above it"},
    {"did not find expected ',' or ']'", NULL, AT_PROBLEM,
     "\",\" or \"]\" is expected here; a text with any of , [ ] { } in it must stand between quotes"},
    {"did not find expected ',' or '}'", NULL, AT_PROBLEM,
     "\",\" or \"}\" is expected here; a text with any of , [ ] { } in it must stand between quotes"},
    {"did not find expected node content", NULL, AT_PROBLEM,
     "a value is expected here"},
    {"did not find expected <document start>", NULL, AT_PROBLEM,
     "the document ended before this; a line of \"---\" begins another"},
    {"found unexpected end of stream", "while scanning a quoted scalar", AT_CONTEXT,
     "this quote is never closed"},
    {"found unexpected document indicator", "while scanning a quoted scalar", AT_CONTEXT,
     "this quote is not closed before the end of the document"},
    {"did not find expected alphabetic or numeric character", "while scanning an alias", AT_CONTEXT,
     "a text that begins with \"*\" must stand between quotes"},
    {"did not find expected alphabetic or numeric character", "while scanning an anchor", AT_CONTEXT,
     "a text that begins with \"&\" must stand between quotes"},
    {"found unknown escape character", NULL, AT_PROBLEM,
     "there is no such escape: write \"\\\\\" for a backslash, or put the text between single quotes"},
    {"did not find expected hexdecimal number", NULL, AT_PROBLEM,
     "\\x, \\u and \\U want 2, 4 and 8 hexadecimal digits"},
    {"found invalid Unicode character escape code", NULL, AT_PROBLEM,
     "this escape is no character; write those beyond U+FFFF as they are, or as \\U0001F600"},
    {"found a tab character where an indentation space is expected", NULL, AT_PROBLEM,
     "a tab may not indent: use spaces"},
    {"found a tab character that violates indentation", NULL, AT_PROBLEM,
     "a tab may not indent: use spaces"},
    {"found an indentation indicator equal to 0", NULL, AT_PROBLEM,
     "a block of text is indented by 1 to 9 columns, not 0"},
    {"found incompatible YAML document", NULL, AT_PROBLEM,
     "this version of YAML is not read; leave the line out"},
    {"found undefined tag handle", NULL, AT_PROBLEM,
     "tags are not read; a text that begins with \"!\" must stand between quotes"},
};
/* clang-format on */

static const struct saying *find_saying(const yaml_parser_t *p)
{
    for (size_t i = 0; i < COUNT(sayings); i++) {
        const struct saying *s = &sayings[i];
        if (strcmp(s->problem, p->problem) == 0 &&
            (s->context == NULL ||
             (p->context != NULL && strcmp(s->context, p->context) == 0)))
            return s;
    }
    return NULL;
}

/* ---- what is no text at all ---- */

static void complain_control(const struct node *at, unsigned point, struct complaints *why)
{
    if (point == 0)
        complain_at(why, at, NO_NUL);
    else
        complain_at(why, at,
                    "U+%04X may not stand here; between double quotes, \\%c%0*x says it",
                    point, point > 0xff ? 'u' : 'x', point > 0xff ? 4 : 2, point);
}

static void complain_reader(struct reading *r, const yaml_parser_t *p,
                            struct complaints *why)
{
    bool is_utf16 = slice_starts(r->text, SLICE("\xff\xfe")) ||
                    slice_starts(r->text, SLICE("\xfe\xff"));
    yaml_mark_t mark = reading_mark(r, p->problem_offset);
    struct node at = reading_place(r, &mark, &mark);

    if (strcmp(p->problem, "control characters are not allowed") == 0)
        complain_control(&at, (unsigned)p->problem_value, why);
    else
        complain_at(why, &at, "%s: save the file as UTF-8",
                    is_utf16 ? "this is UTF-16" : "this is not UTF-8");
}

/* ---- what does not parse ---- */

static char octet_at(const struct reading *r, const yaml_mark_t *m)
{
    const char *at = r->text.at, *end = at + r->text.len;

    for (size_t i = 0; i < m->index && at < end; i++)
        do
            at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80);
    return at < end ? *at : '\0';
}

/* Between brackets or braces: on the next line, most often they were not closed. */
static bool is_in_flow(const yaml_parser_t *p)
{
    return p->context != NULL && (strcmp(p->context, "while parsing a flow mapping") == 0 ||
                                  strcmp(p->context, "while parsing a flow sequence") == 0);
}

static void complain_flow(struct reading *r, const yaml_parser_t *p, const struct saying *s,
                          struct complaints *why)
{
    bool is_over = octet_at(r, &p->problem_mark) == '\0';
    const yaml_mark_t *mark = is_over ? &p->context_mark : &p->problem_mark;
    struct node at = reading_place(r, mark, mark);
    char opening = octet_at(r, &p->context_mark);

    if (is_over)
        complain_at(why, &at, "this \"%c\" is never closed", opening);
    else if (p->context_mark.line == p->problem_mark.line)
        complain_at(why, &at, "%s", s->words);
    else
        complain_at(why, &at, "%s; or the \"%c\" of line %zu was to be closed above",
                    s->words, opening, p->context_mark.line + 1);
}

static void complain_start(const struct node *at, char c, struct complaints *why)
{
    if (c == '\t')
        complain_at(why, at, "a tab may not indent: use spaces");
    else
        complain_at(why, at, "a text that begins with \"%c\" must stand between quotes", c);
}

void reading_complain(struct reading *r, const yaml_parser_t *p, struct complaints *why)
{
    const struct saying *s = p->problem == NULL ? NULL : find_saying(p);
    const yaml_mark_t *mark =
        s != NULL && s->spot == AT_CONTEXT ? &p->context_mark : &p->problem_mark;
    struct node at = reading_place(r, mark, mark);

    if (p->error == YAML_MEMORY_ERROR || p->problem == NULL)
        complain_at(why, NULL, "out of memory");
    else if (p->error == YAML_READER_ERROR)
        complain_reader(r, p, why);
    else if (strcmp(p->problem, "found character that cannot start any token") == 0)
        complain_start(&at, octet_at(r, mark), why);
    else if (s != NULL && is_in_flow(p))
        complain_flow(r, p, s, why);
    else if (s != NULL)
        complain_at(why, &at, "%s", s->words);
    else
        complain_at(why, &at, "%s%s%s", p->problem, p->context == NULL ? "" : " ",
                    p->context == NULL ? "" : p->context);
}
