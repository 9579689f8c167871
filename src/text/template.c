/* SPDX-License-Identifier: MIT */
/* Templates: text with {{inserts}}, taken apart once, put together for each answer. */
#include "template.h"

struct parser {
    struct arena *arena;
    struct slice rest;
    struct template_names known;
    struct template *template;
    struct part **end; /* where the next part hangs */
    char *literal;     /* where the next literal octet goes */
    size_t pending;    /* literal octets since the last insert */
    struct complaint *why;
};

#define MOST_INSERTS UINT16_MAX
#define MOST_NAMES   64u /* that are looked through for the nearest */
#define SHOWN        60u /* octets of an insert, in complaints */

static struct slice take(struct slice *rest, size_t n)
{
    struct slice front = {rest->at, n};

    rest->at += n;
    rest->len -= n;
    return front;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct slice *s)
{
    while (s->len > 0 && is_blank(*s->at))
        take(s, 1);
}

static bool ends_insert(struct slice s)
{
    return slice_starts(s, SLICE("}}"));
}

/* ---- literal text ---- */

static void put_literal(struct parser *p, size_t n)
{
    memcpy(p->literal + p->pending, take(&p->rest, n).at, n);
    p->pending += n;
}

static struct slice end_literal(struct parser *p)
{
    struct slice s = {p->literal, p->pending};

    p->literal += p->pending;
    p->pending = 0;
    return s;
}

/* ---- the words of an insert ---- */

static bool complain_open(struct parser *p, struct slice insert)
{
    size_t shown = insert.len < SHOWN ? insert.len : SHOWN;

    return complain(p->why,
                    "\"{{%.*s\" is never closed: write \"}}\", or \"{{{{\" for two literal "
                    "braces",
                    (int)shown, insert.at);
}

/* Up to a blank, `stop` or the closing braces. */
static struct slice take_word(struct slice *rest, char stop)
{
    size_t n = 0;

    while (n < rest->len && !is_blank(rest->at[n]) && rest->at[n] != stop &&
           !ends_insert((struct slice){rest->at + n, rest->len - n}))
        n++;
    return take(rest, n);
}

static bool is_escape(struct slice s)
{
    return s.len > 1 && s.at[0] == '\\' && (s.at[1] == '"' || s.at[1] == '\\');
}

/* How many octets stand before the quote that ends a word; all, when none does. */
static size_t quoted_len(struct slice s)
{
    struct slice rest = s;

    while (rest.len > 0 && *rest.at != '"')
        take(&rest, is_escape(rest) ? 2 : 1);
    return s.len - rest.len;
}

/* A word between quotes, where \" and \\ stand for " and \. */
static bool take_quoted(struct parser *p, struct slice *word)
{
    struct slice inner;
    char *to;

    take(&p->rest, 1);
    inner = take(&p->rest, quoted_len(p->rest));
    if (p->rest.len == 0)
        return complain(p->why, "a quoted word in an insert is never closed: write \"");
    take(&p->rest, 1);
    to = arena_alloc(p->arena, inner.len);
    if (to == NULL)
        return complain(p->why, "out of memory");
    *word = (struct slice){to, 0};
    while (inner.len > 0) {
        if (is_escape(inner))
            take(&inner, 1);
        to[word->len++] = *take(&inner, 1).at;
    }
    return true;
}

/* A slice of what the caller's text says, which may not outlive us. */
static bool keep(struct parser *p, struct slice *s)
{
    *s = arena_copy(p->arena, *s);
    return s->at != NULL || complain(p->why, "out of memory");
}

static bool take_arg(struct parser *p, struct insert *i)
{
    struct slice *arg = &i->args[i->n_args++];

    if (*p->rest.at == '"')
        return take_quoted(p, arg);
    *arg = take_word(&p->rest, '"');
    return keep(p, arg);
}

/* ---- which insert it is, and whether it is right ---- */

static bool complain_unknown(struct parser *p, struct slice name)
{
    const char *names[MOST_NAMES], *near;
    size_t n = p->known.n < MOST_NAMES ? p->known.n : MOST_NAMES;

    for (size_t i = 0; i < n; i++)
        names[i] = p->known.at[i].name;
    near = word_nearest(name, names, n);
    if (name.len == 0)
        return complain(p->why, "an insert without a name: write {{name}}, or \"{{{{\" for "
                                "two literal braces");
    return complain(p->why, "unknown insert \"%.*s\"%s%s%s", SLICE_ARGS(name),
                    near == NULL ? "; \"{{{{\" is two literal braces" : "; did you mean \"",
                    near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static bool take_name(struct parser *p, struct insert *i)
{
    struct slice name = take_word(&p->rest, '.');

    for (i->name = 0; i->name < p->known.n; i->name++)
        if (slice_is(name, slice_of(p->known.at[i->name].name)))
            break;
    if (i->name == p->known.n)
        return complain_unknown(p, name);
    if (p->rest.len == 0 || *p->rest.at != '.')
        return true;
    take(&p->rest, 1);
    i->rest = take_word(&p->rest, '"');
    if (i->rest.len == 0 || !p->known.at[i->name].takes_rest)
        return complain(p->why, "{{%.*s.%.*s}}: %s", SLICE_ARGS(name), SLICE_ARGS(i->rest),
                        i->rest.len == 0 ? "something must follow the dot"
                                         : "nothing can follow this name but a blank");
    return keep(p, &i->rest);
}

static bool check_args(struct parser *p, const struct insert *i)
{
    const struct template_name *name = &p->known.at[i->name];
    unsigned least = name->least_args, most = name->most_args;

    if (i->n_args < least || i->n_args > most)
        return complain(p->why, "{{%s}} takes %s%u value%s, not %u", name->name,
                        least == most       ? ""
                        : i->n_args < least ? "at least "
                                            : "at most ",
                        i->n_args < least ? least : most,
                        (i->n_args < least ? least : most) == 1 ? "" : "s", i->n_args);
    return name->check == NULL || name->check(i, p->why);
}

static bool parse_insert(struct parser *p, struct insert *i)
{
    struct slice all = p->rest;

    skip_blanks(&p->rest);
    if (!take_name(p, i))
        return false;
    for (skip_blanks(&p->rest); p->rest.len > 0 && !ends_insert(p->rest);
         skip_blanks(&p->rest)) {
        if (i->n_args == TEMPLATE_ARGS)
            return complain(p->why, "an insert of more than %u values", TEMPLATE_ARGS);
        if (!take_arg(p, i))
            return false;
    }
    if (p->rest.len == 0)
        return complain_open(p, all);
    take(&p->rest, 2);
    return check_args(p, i);
}

static bool add_insert(struct parser *p)
{
    struct template *t = p->template;
    struct part *part = arena_zero(p->arena, sizeof(*part));

    if (t->n_inserts == MOST_INSERTS)
        return complain(p->why, "more than %u inserts", MOST_INSERTS);
    if (part == NULL)
        return complain(p->why, "out of memory");
    part->literal = end_literal(p);
    part->insert.nth = t->n_inserts++;
    *p->end = part;
    p->end = &part->next;
    return parse_insert(p, &part->insert);
}

/* ---- the whole ---- */

/* Four braces are two, two begin an insert, and of three the first is literal. */
static bool parse_braces(struct parser *p)
{
    if (slice_starts(p->rest, SLICE("{{{{"))) {
        put_literal(p, 2);
        take(&p->rest, 2);
        return true;
    }
    if (slice_starts(p->rest, SLICE("{{{")))
        put_literal(p, 1);
    take(&p->rest, 2);
    return add_insert(p);
}

static bool parse(struct parser *p)
{
    const char *at;

    while ((at = memmem(p->rest.at, p->rest.len, "{{", 2)) != NULL) {
        put_literal(p, (size_t)(at - p->rest.at));
        if (!parse_braces(p))
            return false;
    }
    put_literal(p, p->rest.len);
    p->template->tail = end_literal(p);
    return true;
}

struct template *template_parse(struct arena *a, struct slice text,
                                struct template_names known, struct complaint *why)
{
    struct template *t = arena_zero(a, sizeof(*t));
    struct parser p = {.arena = a, .rest = text, .known = known, .template = t, .why = why};

    if (text.at == NULL)
        p.rest = SLICE("");
    p.literal = arena_alloc(a, text.len);
    if (t == NULL || p.literal == NULL) {
        complain(why, "out of memory");
        return NULL;
    }
    p.end = &t->first;
    if (!parse(&p))
        return NULL;
    t->text = t->n_inserts == 0 ? t->tail : text;
    return t->n_inserts == 0 || keep(&p, &t->text) ? t : NULL;
}

bool template_is_constant(const struct template *t)
{
    return t->n_inserts == 0;
}

struct slice template_text(const struct template *t)
{
    return t->text;
}
