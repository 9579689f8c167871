/* SPDX-License-Identifier: MIT */
/* Chunks made wrong. A body with a length is sent in chunks for it. */
#include "parts.h"

/* ---- which chunk ---- */

struct chunk {
    uint64_t nth;
    struct slice text; /* instead of the size */
    uint64_t octets;   /* of an extension */
};

/* Octets to a chunk so that there is an nth; 0: they are so already. */
static const char *cut_up(const struct places *at, uint64_t nth, uint64_t *octets)
{
    const struct flow *f = step_flow(at->body);
    uint64_t length = at->body->body.length;
    uint64_t most = f->chunk;

    *octets = 0;
    if (nth == 1 || at->body->kind == STEP_PIPE)
        return NULL; /* how others cut their body up shows when it comes */
    if (f->pause_ns > 0 && f->piece > 0 && (most == 0 || f->piece < most))
        most = f->piece;
    if (most == 0)
        *octets = most = length / nth;
    return most == 0 || (length - 1) / most + 1 < nth ? "the body has not that many chunks"
                                                      : NULL;
}

static const char *find_chunk(struct plan *p, struct places *at, uint64_t nth,
                              uint64_t *octets)
{
    const char *no = places_find_body(p, at);

    if (no == NULL)
        no = places_can_chunk(at);
    return no == NULL ? cut_up(at, nth, octets) : no;
}

static const char *twist(struct plan *p, const char *kind, struct slice why,
                         const struct chunk *of, enum chunk_wrong what)
{
    struct places at;
    struct chunk_twist *t;
    uint64_t octets;
    const char *no = find_chunk(p, &at, of->nth, &octets);

    if (no != NULL)
        return no;
    if (octets > 0)
        step_flow(at.body)->chunk = octets;
    places_chunk(p, &at);
    t = plan_twist_chunk(p, at.body, kind, why);
    if (t == NULL)
        return NULL;
    t->what = what;
    t->nth = of->nth;
    t->text = of->text;
    t->octets = of->octets;
    return NULL;
}

const char *fault_bad_chunk_size(struct plan *p, const void *of, struct slice why,
                                 uint64_t drawn)
{
    (void)drawn;
    return twist(p, "bad-chunk-size", why, of, CHUNK_SIZE);
}

const char *fault_chunk_extension(struct plan *p, const void *of, struct slice why,
                                  uint64_t drawn)
{
    (void)drawn;
    return twist(p, "chunk-extension-flood", why, of, CHUNK_EXTENSION);
}

/* ---- the last one ---- */

/* Our own is a step; that of others is said where their body ends. */
static void leave_out_last(struct plan *p, const struct places *at, struct slice why)
{
    struct chunk_twist *t;

    for (struct step *s = at->last_body->next; s != NULL; s = s->next)
        if (s->kind == STEP_LAST) {
            plan_insert_raw(p, s, SLICE(""), "no-last-chunk", why);
            plan_remove(p, s);
            return;
        }
    t = plan_twist_chunk(p, at->last_body, "no-last-chunk", why);
    if (t != NULL)
        t->what = CHUNK_NO_LAST;
}

const char *fault_no_last_chunk(struct plan *p, const void *of, struct slice why,
                                uint64_t drawn)
{
    struct places at;
    uint64_t octets;
    const char *no = find_chunk(p, &at, 1, &octets);

    (void)of;
    (void)drawn;
    if (no != NULL)
        return no;
    places_chunk(p, &at);
    leave_out_last(p, &at, why);
    if (at.end->end == END_KEEP || at.end->end == END_CLOSE)
        at.end->end = END_RACE;
    return NULL;
}

/* ---- arguments ---- */

#define AT_KEY                                                                          \
    {                                                                                   \
        .name = "at", .type = KEY_COUNT, .least = 1, .most = 1u << 31, .fallback = "1", \
        .help = "which chunk, counted from 1", .since = VERSION,                        \
        .at = offsetof(struct chunk, nth)                                               \
    }

static const struct key size_keys[] = {
    AT_KEY,
    {.name = "text",
     .type = KEY_TEXT,
     .fallback = "zz",
     .help = "what stands where the size should",
     .since = VERSION,
     .at = offsetof(struct chunk, text)},
};

static const struct key extension_keys[] = {
    {.name = "octets",
     .type = KEY_SIZE,
     .least = 1,
     .most = 16 << 20,
     .fallback = "64KiB",
     .help = "how long the extension is",
     .since = VERSION,
     .at = offsetof(struct chunk, octets)},
    AT_KEY,
};

static void prepare(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    *(struct chunk *)into =
        (struct chunk){.nth = 1, .text = SLICE("zz"), .octets = 64 << 10};
}

static bool take_nth(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &size_keys[0], scalar, into);
}

static bool take_octets(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &extension_keys[0], scalar, into);
}

const struct shape shape_bad_chunk_size = {
    .name = "bad-chunk-size",
    .help = "a chunk whose size is no number",
    .keys = size_keys,
    .n_keys = COUNT(size_keys),
    .size = sizeof(struct chunk),
    .short_form = "which chunk, counted from 1",
    .take_short = take_nth,
    .prepare = prepare,
};

const struct shape shape_chunk_extension = {
    .name = "chunk-extension-flood",
    .help = "a chunk whose size has a long extension",
    .keys = extension_keys,
    .n_keys = COUNT(extension_keys),
    .size = sizeof(struct chunk),
    .short_form = "how many octets, such as 64KiB",
    .take_short = take_octets,
    .prepare = prepare,
};
