/* SPDX-License-Identifier: MIT */
#include "text_say.h"

#include <stdlib.h>

/* ---- shapes with every type of key ---- */

static const char *const moods[] = {"merry", "grave", "wild", NULL};

static bool take_name(struct loader *l, const struct node *value, void *into)
{
    return take_scalar(l, KEY_TEXT, value, "part", &((struct part *)into)->name);
}

static bool take_parts(struct loader *l, const struct node *list, void *into)
{
    ((struct part *)into)->lines = list->n;
    return list->n < 10 || complain_at(l->why, list, "a part has at most 9 lines");
}

static void prepare_part(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct part *)into)->times = 1;
}

static bool check_part(struct loader *l, const struct node *n, void *into)
{
    struct part *p = into;

    if (p->times == 7)
        warn_at(l->why, n, "seven times is a long run");
    return p->times != 8 || complain_at(l->why, n, "a part is never played 8 times");
}

static bool take_own(struct loader *l, const struct node *value, void *into)
{
    return take_scalar(l, KEY_TEXT, value, "own", &((struct play *)into)->own);
}

static bool take_other(struct loader *l, const struct node *value, void *into)
{
    struct slice text;

    ((struct role *)into)->actor = value->key->text;
    return take_scalar(l, KEY_TEXT, value, "role", &text);
}

/* clang-format off */
static const struct key part_keys[] = {
    {.name = "name", .also = "called", .type = KEY_TEXT, .is_needed = true,
     .help = "who speaks, as \"others\" call him", .since = "0.2", .at = offsetof(struct part, name)},
    {.name = "repeat", .type = KEY_COUNT, .least = 1, .most = 10, .fallback = "1",
     .help = "how often it is played", .since = "0.2", .at = offsetof(struct part, times)},
    {.name = "inner", .type = KEY_LIST, .shape = &shape_part,
     .help = "parts within this one", .since = "0.2", .at = offsetof(struct part, inner)},
};

const struct shape shape_part = {
    .name = "part", .help = "What one person says", .keys = part_keys, .n_keys = COUNT(part_keys),
    .size = sizeof(struct part), .short_form = "a name", .take_short = take_name,
    .take_list = take_parts, .prepare = prepare_part, .check = check_part,
};

const struct shape shape_role = {
    .name = "role", .help = "Who plays it", .size = sizeof(struct role),
    .take_other = take_other, .other = "a day of the week: who plays then",
};

#define AT(member) .at = offsetof(struct play, member)
static const struct key play_keys[] = {
    {.name = "title", .type = KEY_TEXT, .help = "what it is called", .since = "0.1", AT(title)},
    {.name = "loud", .type = KEY_FLAG, .fallback = "false", .help = "whether it is loud", AT(is_loud)},
    {.name = "times", .type = KEY_COUNT, .least = 1, .fallback = "3", .help = "how often", AT(times)},
    {.name = "wait", .type = KEY_DURATION, .most = 3600 * NS_PER_S, .help = "before it begins", AT(wait)},
    {.name = "least-wait", .type = KEY_DURATION, .least = 500 * NS_PER_MS, .most = 2 * NS_PER_S,
     .help = "in between", AT(least_wait)},
    {.name = "size", .type = KEY_SIZE, .most = 1 << 20, .help = "of the hall\\stage", AT(size)},
    {.name = "rate", .type = KEY_RATE, .least = 1024, .help = "-how fast", AT(rate)},
    {.name = "chance", .type = KEY_CHANCE, .fallback = "100%", .help = "of rain", AT(chance)},
    {.name = "mood", .type = KEY_CHOICE, .choices = moods, .fallback = "merry", .help = "of it", AT(mood)},
    {.name = "lead", .type = KEY_SHAPE, .shape = &shape_part, .help = "the first part", AT(lead)},
    {.name = "parts", .type = KEY_LIST, .shape = &shape_part, .help = "all the others", AT(parts)},
    {.name = "cast", .type = KEY_NAMED, .shape = &shape_role, .least = 1, .most = 3, .help = "who plays whom", AT(cast)},
    {.name = "own", .type = KEY_OWN, .form = "anything at all", .take = take_own, .help = "its own"},
};
/* clang-format on */

const struct shape shape_play = {
    .name = "play",
    .help = "A play in one act",
    .keys = play_keys,
    .n_keys = COUNT(play_keys),
    .size = sizeof(struct play),
};

/* ---- in ---- */

void text_say_parse(struct text_said *s, struct slice text)
{
    text_said_clear(s);
    s->source = (struct source){SLICE("in.yaml"), text};
    complaints_init(&s->why, &s->arena);
    s->top = doc_parse(&s->arena, &s->source, &s->why);
}

void text_say_load(struct text_said *s, struct slice text)
{
    struct loader l = {.arena = &s->arena, .why = &s->why};

    text_say_parse(s, text);
    s->is_loaded = s->top != NULL && s->top->first != NULL &&
                   shape_load(&l, &shape_play, s->top->first, &s->play);
}

void text_said_clear(struct text_said *s)
{
    arena_clear(&s->arena);
    memset(s, 0, offsetof(struct text_said, text));
}

/* ---- out ---- */

static void put_node(FILE *out, const struct node *n)
{
    const char *quote = n->is_quoted ? "'" : "";

    if (n->kind == NODE_SCALAR) {
        fputs(quote, out);
        fwrite(n->text.at, 1, n->text.len, out);
        fputs(quote, out);
        return;
    }
    fputc(n->kind == NODE_MAP ? '{' : '[', out);
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        if (n->kind == NODE_MAP)
            fprintf(out, "%s: ", m->key->text.at);
        put_node(out, m);
        if (m->next != NULL)
            fputs(", ", out);
    }
    fputc(n->kind == NODE_MAP ? '}' : ']', out);
}

static FILE *open_text(struct text_said *s)
{
    s->text[0] = '\0';
    return fmemopen(s->text, sizeof(s->text), "w");
}

const char *text_said_tree(struct text_said *s)
{
    FILE *out = s->top == NULL ? NULL : open_text(s);

    if (out == NULL)
        return "-";
    for (const struct node *n = s->top->first; n != NULL; n = n->next) {
        put_node(out, n);
        if (n->next != NULL)
            fputs("; ", out);
    }
    fclose(out);
    return s->text;
}

const char *text_said_remarks(struct text_said *s)
{
    FILE *out = open_text(s);

    for (const struct remark *r = s->why.first; out != NULL && r != NULL; r = r->next)
        fprintf(out, "%s%u:%u+%u %s%.*s", r == s->why.first ? "" : "|", r->line, r->column,
                r->width, r->gravity == GRAVITY_WARNING ? "warning: " : "",
                SLICE_ARGS(r->text));
    if (out != NULL)
        fclose(out);
    return s->text;
}

const char *text_said_print(struct text_said *s, bool is_colored)
{
    FILE *out = open_text(s);

    if (out != NULL) {
        complaints_print(&s->why, out, is_colored);
        fclose(out);
    }
    return s->text;
}
