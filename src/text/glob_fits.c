/* SPDX-License-Identifier: MIT */
/*
 * Does a glob fit? Nothing is tried twice.
 *
 * A piece that crosses segments (DEEP, DIRS) makes the choices before it final: the
 * earliest place where they fit leaves the most to what follows. So there is one place to
 * come back to, the last such piece, and since then one more, the last STAR. Where a STAR
 * may not take more, at the end of its segment, all other beginnings would stop at the same
 * end that leave the first STAR in the segment where it is: they are passed over. So a path
 * of n octets takes no more than n steps for each octet of the glob.
 */
#include "glob.h"

struct place {
    uint32_t behind; /* the number of the piece that follows it; 0: there is no place */
    size_t to;       /* the piece took the octets before this one */
};

struct range {
    size_t from, to;
};

struct matcher {
    const struct glob *glob;
    struct slice path;
    uint32_t piece; /* the next one */
    size_t at;
    struct place deep, star;
    size_t first_star; /* where the first STAR since `deep` began, or NOWHERE */
    struct range captures[CAPTURES];
};

#define NOWHERE SIZE_MAX

static bool take_literal(struct matcher *m, struct slice text)
{
    struct slice here = {m->path.at + m->at, text.len};

    if (m->path.len - m->at < text.len ||
        !(m->glob->ignores_case ? slice_is_nocase(here, text) : slice_is(here, text)))
        return false;
    m->at += text.len;
    return true;
}

static bool take_octet(struct matcher *m, const struct piece *p)
{
    if (m->at == m->path.len || (p->kind == PIECE_ONE && m->path.at[m->at] == '/'))
        return false;
    if (p->capture > 0)
        m->captures[p->capture - 1].from = m->at;
    m->at++;
    return true;
}

static bool take_tail(struct matcher *m)
{
    if (m->at < m->path.len && m->path.at[m->at] != '/')
        return false;
    m->at = m->path.len;
    return true;
}

/* The last STAR took the octets before `to`. */
static void put_star(struct matcher *m, uint32_t behind, size_t to)
{
    uint32_t capture = m->glob->pieces[behind - 1].capture;

    m->star = (struct place){behind, to};
    if (m->first_star == NOWHERE)
        m->first_star = to;
    if (capture > 0)
        m->captures[capture - 1].to = to;
    m->piece = behind;
    m->at = to;
}

/* The last DEEP or DIRS took the octets before `to`. */
static void put_deep(struct matcher *m, uint32_t behind, size_t to)
{
    m->deep = (struct place){behind, to};
    m->star.behind = 0;
    m->first_star = NOWHERE;
    m->piece = behind;
    m->at = to;
}

/* The next piece takes the least it can; false when it can take nothing. */
static bool take_piece(struct matcher *m)
{
    const struct piece *p = &m->glob->pieces[m->piece++];

    switch (p->kind) {
    case PIECE_LITERAL:
        return take_literal(m, p->text);
    case PIECE_ONE:
    case PIECE_ANY:
        return take_octet(m, p);
    case PIECE_TAIL:
        return take_tail(m);
    case PIECE_STAR:
        put_star(m, m->piece, m->at);
        return true;
    case PIECE_DEEP: /* the last one takes all */
        put_deep(m, m->piece, m->piece == m->glob->n ? m->path.len : m->at);
        return true;
    case PIECE_DIRS:
        put_deep(m, m->piece, m->at);
        return true;
    }
    return false;
}

static bool extend_star(struct matcher *m)
{
    const struct place *s = &m->star;

    if (s->behind == 0 || s->to == m->path.len || m->path.at[s->to] == '/')
        return false;
    put_star(m, s->behind, s->to + 1);
    return true;
}

/* Behind the next "/" from octet `at` on; past the end of the path when there is none. */
static size_t next_segment(struct slice path, size_t at)
{
    ssize_t n = slice_find((struct slice){path.at + at, path.len - at}, '/');

    return n < 0 ? path.len + 1 : at + (size_t)n + 1;
}

static bool extend_deep(struct matcher *m)
{
    const struct place *d = &m->deep;
    size_t to = d->to + 1;

    if (d->behind == 0)
        return false;
    if (m->first_star != NOWHERE)
        to = d->to + next_segment(m->path, m->first_star) - m->first_star;
    if (to <= m->path.len && m->glob->pieces[d->behind - 1].kind == PIECE_DIRS)
        to = next_segment(m->path, to - 1);
    if (to > m->path.len)
        return false;
    put_deep(m, d->behind, to);
    return true;
}

static bool run(struct matcher *m)
{
    while (m->piece < m->glob->n || m->at < m->path.len)
        if ((m->piece == m->glob->n || !take_piece(m)) && !extend_star(m) &&
            !extend_deep(m))
            return false;
    return true;
}

static void report(const struct matcher *m, struct capture *captures, uint32_t *n_captures)
{
    const struct glob *g = m->glob;

    for (uint32_t i = 0; captures != NULL && i < g->n_names; i++) {
        const struct range *r = &m->captures[i];
        captures[i].name = g->names[i];
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): all are set */
        captures[i].value = (struct slice){m->path.at + r->from, r->to - r->from};
    }
    if (n_captures != NULL)
        *n_captures = g->n_names;
}

bool glob_fits(const struct glob *g, struct slice path, struct capture *captures,
               uint32_t *n_captures)
{
    struct matcher m; /* not zeroed: its captures are large, and few are read */

    m.glob = g;
    m.path = (struct slice){path.at == NULL ? "" : path.at, path.len};
    m.piece = 0;
    m.at = 0;
    m.deep = m.star = (struct place){0, 0};
    m.first_star = NOWHERE;
    if (!run(&m))
        return false;
    report(&m, captures, n_captures);
    return true;
}
