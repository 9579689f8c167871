/* SPDX-License-Identifier: MIT */
/* Globs: from text to pieces, and which glob covers which. */
#include "glob.h"

struct parser {
    struct slice rest;
    struct glob *glob;
    char *literal; /* where the next literal octet goes */
    struct complaint *why;
};

static char next_octet(struct parser *p)
{
    p->rest.len--;
    return *p->rest.at++;
}

/* ---- pieces ---- */

static struct piece *last_piece(const struct glob *g)
{
    return g->n == 0 ? NULL : &g->pieces[g->n - 1];
}

static struct piece *add_piece(struct glob *g, enum piece_kind kind, uint32_t capture)
{
    struct piece *piece = &g->pieces[g->n++];

    assert(g->pieces != NULL);
    *piece = (struct piece){.kind = kind, .capture = capture};
    return piece;
}

static bool add_octet(struct parser *p, char c)
{
    struct piece *last = last_piece(p->glob);

    if (last == NULL || last->kind != PIECE_LITERAL) {
        last = add_piece(p->glob, PIECE_LITERAL, 0);
        last->text.at = p->literal;
    }
    *p->literal++ = c;
    last->text.len++;
    return true;
}

static bool add_escaped(struct parser *p)
{
    if (p->rest.len == 0)
        return complain(p->why, "\"\\\" at the end escapes nothing: write \"\\\\\"");
    return add_octet(p, next_octet(p));
}

static bool begins_segment(const struct piece *last)
{
    return last != NULL &&
           (last->kind == PIECE_DIRS ||
            (last->kind == PIECE_LITERAL && last->text.at[last->text.len - 1] == '/'));
}

/* A slash and "**" at the end: they fit as well where neither is there. */
static void add_tail(struct glob *g)
{
    if (last_piece(g)->kind == PIECE_DIRS)
        g->n--; /* what it takes, the tail takes; before it is a slash */
    if (--last_piece(g)->text.len == 0)
        g->n--;
    add_piece(g, PIECE_TAIL, 0);
}

/* "**" between slashes, and the second slash. */
static void add_dirs(struct parser *p)
{
    next_octet(p);
    if (last_piece(p->glob)->kind != PIECE_DIRS)
        add_piece(p->glob, PIECE_DIRS, 0);
}

static void add_deep(struct parser *p)
{
    bool is_segment = begins_segment(last_piece(p->glob));

    if (is_segment && p->rest.len == 0)
        add_tail(p->glob);
    else if (is_segment && *p->rest.at == '/')
        add_dirs(p);
    else
        add_piece(p->glob, PIECE_DEEP, 0);
}

static bool add_stars(struct parser *p)
{
    size_t n = 1;

    for (; p->rest.len > 0 && *p->rest.at == '*'; n++)
        next_octet(p);
    if (n == 1)
        add_piece(p->glob, PIECE_STAR, 0);
    else
        add_deep(p);
    return true;
}

/* ---- names ---- */

static bool is_name_octet(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-';
}

static bool check_name(const struct glob *g, struct slice name, struct complaint *why)
{
    if (name.len == 0)
        return complain(why, "{} has no name: write {id}, or * for a segment without one");
    for (size_t i = 0; i < name.len; i++)
        if (!is_name_octet(name.at[i]))
            return complain(why,
                            "{%.*s}: a name has letters, digits, \"_\" and \"-\" only; a "
                            "literal brace is \"\\{\"",
                            SLICE_ARGS(name));
    for (uint32_t i = 0; i < g->n_names; i++)
        if (slice_is(g->names[i], name))
            return complain(why, "{%.*s} stands twice: each name once", SLICE_ARGS(name));
    return g->n_names < CAPTURES ||
           complain(why, "more than %u names: write * where none is needed", CAPTURES);
}

/* Behind the brace. A name takes one octet of its segment, and then any. */
static bool add_name(struct parser *p)
{
    struct slice name = {p->rest.at, 0};
    struct glob *g = p->glob;

    while (name.len < p->rest.len && name.at[name.len] != '}' && name.at[name.len] != '/')
        name.len++;
    if (name.len == p->rest.len || name.at[name.len] == '/')
        return complain(p->why,
                        "\"{%.*s\" is never closed: write {id}; a literal brace is \"\\{\"",
                        SLICE_ARGS(name));
    if (!check_name(g, name, p->why))
        return false;
    p->rest.at += name.len + 1;
    p->rest.len -= name.len + 1;
    g->names[g->n_names++] = name;
    add_piece(g, PIECE_ONE, g->n_names);
    add_piece(g, PIECE_STAR, g->n_names);
    return true;
}

/* ---- parsing ---- */

static bool add_of_path(struct parser *p, char c)
{
    switch (c) {
    case '*':
        return add_stars(p);
    case '{':
        return add_name(p);
    case '\\':
        return add_escaped(p);
    default:
        return add_octet(p, c);
    }
}

static bool add_of_value(struct parser *p, char c)
{
    const struct piece *last = last_piece(p->glob);

    if (c == '\\')
        return add_escaped(p);
    if (c == '?')
        add_piece(p->glob, PIECE_ANY, 0);
    else if (c != '*')
        add_octet(p, c);
    else if (last == NULL || last->kind != PIECE_DEEP)
        add_piece(p->glob, PIECE_DEEP, 0);
    return true;
}

/* Room for all that `text` can become: a special octet makes two pieces at most, and
 * parts two literals. */
static bool make_room(struct parser *p, struct arena *a, struct slice text)
{
    struct slice copy = arena_copy(a, text);
    size_t specials = 0, braces = 0;
    struct glob *g = arena_zero(a, sizeof(*g));

    for (size_t i = 0; i < text.len; i++) {
        specials += text.at[i] == '*' || text.at[i] == '?' || text.at[i] == '{';
        braces += text.at[i] == '{';
    }
    p->literal = arena_alloc(a, text.len);
    if (g == NULL || p->literal == NULL || copy.at == NULL)
        return complain(p->why, "out of memory");
    g->pieces = arena_alloc(a, (3 * specials + 1) * sizeof(*g->pieces));
    g->names = arena_alloc(a, (braces < CAPTURES ? braces : CAPTURES) * sizeof(*g->names));
    if (g->pieces == NULL || g->names == NULL)
        return complain(p->why, "out of memory");
    g->text = p->rest = copy;
    p->glob = g;
    return true;
}

static struct glob *parse(struct arena *a, struct slice text,
                          bool (*add)(struct parser *, char), struct complaint *why)
{
    struct parser p = {.why = why};
    struct glob *g;

    if (!make_room(&p, a, text))
        return NULL;
    while (p.rest.len > 0)
        if (!add(&p, next_octet(&p)))
            return NULL;
    g = p.glob;
    assert(g != NULL);
    g->is_literal = g->n == 0 || (g->n == 1 && g->pieces[0].kind == PIECE_LITERAL);
    if (g->is_literal && g->n == 1)
        g->text = g->pieces[0].text;
    return g;
}

struct glob *glob_parse(struct arena *a, struct slice text, struct complaint *why)
{
    return parse(a, text, add_of_path, why);
}

struct glob *glob_parse_value(struct arena *a, struct slice text, bool ignores_case,
                              struct complaint *why)
{
    struct glob *g = parse(a, text, add_of_value, why);

    if (g != NULL)
        g->ignores_case = ignores_case;
    return g;
}

bool glob_is_literal(const struct glob *g)
{
    return g->is_literal;
}

struct slice glob_text(const struct glob *g)
{
    return g->text;
}

/* ---- which covers which: by what is written, a segment at a time ---- */

static bool has(struct slice s, const char *word)
{
    return memmem(s.at, s.len, word, strlen(word)) != NULL;
}

/* A whole segment "*" or "{name}". */
static bool takes_segment(struct slice s)
{
    return slice_is(s, SLICE("*")) ||
           (s.len > 2 && s.at[0] == '{' && slice_find(s, '}') == (ssize_t)s.len - 1);
}

/* Does one segment of a glob fit all that another one fits? */
static bool covers_segment(struct slice a, struct slice b)
{
    if (slice_is(a, b))
        return true;
    if (!takes_segment(a) || has(b, "**") || has(b, "\\"))
        return false; /* what is escaped may be a slash */
    /* A name is of one octet at least: so is another one, and so is literal text. */
    return a.at[0] == '*' || has(b, "{") || (b.len > 0 && !has(b, "*"));
}

bool glob_covers(const struct glob *a, const struct glob *b)
{
    struct slice as = a->text, bs = b->text;

    if (b->is_literal)
        return glob_fits(a, b->text, NULL, NULL);
    if (a->is_literal)
        return false;
    while (as.at != NULL && bs.at != NULL) {
        if (slice_is(as, SLICE("**")))
            return true;
        if (!covers_segment(slice_cut(&as, '/'), slice_cut(&bs, '/')))
            return false;
    }
    /* "/a" and what is below is "/a", too. */
    return bs.at == NULL && (as.at == NULL || slice_is(as, SLICE("**")));
}
