/* SPDX-License-Identifier: MIT */
/* The answer as a whole: octets that are none of it, a second one, one that comes early. */
#include "parts.h"

/* ---- garbage ---- */

enum where { BEFORE, AFTER, INSTEAD };

struct garbage {
    uint8_t where;
    uint64_t octets;
    struct slice text; /* .at NULL: so many octets, from the seed */
};

/* Octets of 0x80 and above: no first octet of HTTP, and no end of a line. */
static struct slice scatter(struct arena *a, uint64_t n, uint64_t drawn)
{
    char *at = arena_alloc(a, (size_t)n);

    for (uint64_t i = 0; at != NULL && i < n; i++)
        at[i] = (char)(chance_of(drawn, &i, 1) | 0x80);
    return (struct slice){at, (size_t)n};
}

static struct slice octets_of(struct plan *p, const struct garbage *of, uint64_t drawn)
{
    struct slice octets =
        of->text.at != NULL ? of->text : scatter(p->arena, of->octets, drawn);

    if (octets.at == NULL)
        p->spent = true;
    return octets;
}

static const char *judge_garbage(struct plan *p, struct places *at,
                                 const struct garbage *of)
{
    const char *no = places_find(p, at);

    if (no == NULL && of->where == AFTER &&
        at->head->head.response.framing.kind == BODY_CLOSE)
        return "the body ends with the connection: what comes behind it is more of it";
    return no;
}

const char *fault_garbage(struct plan *p, const void *args, struct slice why,
                          uint64_t drawn)
{
    const struct garbage *of = args;
    struct places at;
    const char *no = judge_garbage(p, &at, of);
    struct slice octets;

    if (no != NULL)
        return no;
    octets = octets_of(p, of, drawn);
    if (of->where == INSTEAD) {
        places_drop_answer(p, &at);
        at.end->end = END_CLOSE;
    }
    if (!p->spent)
        plan_insert_raw(p, of->where == BEFORE ? at.head : at.end, octets, "garbage", why);
    return NULL;
}

static const char *const wheres[] = {"before", "after", "instead", NULL};

static const struct key garbage_keys[] = {
    {.name = "where",
     .type = KEY_CHOICE,
     .choices = wheres,
     .fallback = "before",
     .help = "where it stands: before the status line, after the answer, or instead of it",
     .since = VERSION,
     .at = offsetof(struct garbage, where)},
    {.name = "octets",
     .type = KEY_SIZE,
     .least = 1,
     .most = 1 << 20,
     .fallback = "32",
     .help = "how many octets, drawn from the seed",
     .since = VERSION,
     .at = offsetof(struct garbage, octets)},
    {.name = "text",
     .type = KEY_TEXT,
     .help = "a text of your own, instead of octets that are drawn",
     .since = VERSION,
     .at = offsetof(struct garbage, text)},
};

static void prepare_garbage(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct garbage *)into)->octets = 32;
}

static bool take_where(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &garbage_keys[0], scalar, into);
}

const struct shape shape_garbage = {
    .name = "garbage",
    .help = "octets that are no HTTP",
    .keys = garbage_keys,
    .n_keys = COUNT(garbage_keys),
    .size = sizeof(struct garbage),
    .short_form = "where: before, after or instead",
    .take_short = take_where,
    .prepare = prepare_garbage,
};

/* ---- two answers ---- */

struct second {
    struct slice text;
};

const char *fault_two_answers(struct plan *p, const void *args, struct slice why,
                              uint64_t drawn)
{
    const struct second *of = args;
    struct places at;
    const char *no = places_find(p, &at);
    struct slice octets;

    (void)drawn;
    if (no == NULL && at.head->head.response.framing.kind == BODY_CLOSE)
        return "the body ends with the connection: a second answer would be more of it";
    if (no != NULL)
        return no;
    octets = arena_printf(p->arena,
                          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                          "Content-Length: %zu\r\n\r\n%.*s",
                          of->text.len, SLICE_ARGS(of->text));
    if (octets.at == NULL)
        p->spent = true;
    else
        plan_insert_raw(p, at.end, octets, "two-answers", why);
    return NULL;
}

static const struct key second_keys[] = {
    {.name = "text",
     .type = KEY_TEXT,
     .fallback = "nobody asked for this",
     .help = "the body of the second answer, which is a 200",
     .since = VERSION,
     .at = offsetof(struct second, text)},
};

static void prepare_second(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct second *)into)->text = SLICE("nobody asked for this");
}

static bool take_text(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &second_keys[0], scalar, into);
}

const struct shape shape_two_answers = {
    .name = "two-answers",
    .help = "an answer that nobody asked for",
    .keys = second_keys,
    .n_keys = COUNT(second_keys),
    .size = sizeof(struct second),
    .short_form = "the body of the second answer",
    .take_short = take_text,
    .prepare = prepare_second,
};

/* ---- an answer that does not wait for the request ---- */

struct early {
    uint8_t keeps;
};

static struct step *find_read(struct plan *p, const struct step *before)
{
    for (struct step *s = p->first; s != before; s = s->next)
        if (s->kind == STEP_READ)
            return s;
    return NULL;
}

const char *fault_answer_early(struct plan *p, const void *args, struct slice why,
                               uint64_t drawn)
{
    const struct early *of = args;
    struct places at;
    const char *no = plan_awaits(p) ? "an upstream's answer comes when the upstream says it"
                                    : places_find(p, &at);
    struct step *read;

    (void)why;
    (void)drawn;
    if (no == NULL)
        no = plan_was_read(p);
    if (no != NULL)
        return no;
    while ((read = find_read(p, at.head)) != NULL)
        plan_remove(p, read);
    if (at.head->head.response.framing.kind != BODY_CLOSE)
        at.end->end = of->keeps ? END_KEEP : END_CLOSE;
    return NULL;
}

static const char *const earlies[] = {"close", "keep", NULL};

static const struct key early_keys[] = {
    {.name = "then",
     .type = KEY_CHOICE,
     .choices = earlies,
     .fallback = "close",
     .help =
         "what becomes of the connection; where it is kept, the rest of the body is read",
     .since = VERSION,
     .at = offsetof(struct early, keeps)},
};

static bool take_then(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &early_keys[0], scalar, into);
}

const struct shape shape_answer_early = {
    .name = "answer-early",
    .help = "an answer before the request's body was read",
    .keys = early_keys,
    .n_keys = COUNT(early_keys),
    .size = sizeof(struct early),
    .short_form = "what then: close or keep",
    .take_short = take_then,
};
