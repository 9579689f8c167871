/* SPDX-License-Identifier: MIT */
/* Content codings that are not what they say. */
#include <zlib.h>

#include "parts.h"

static const struct slice coding_field = SLICE("Content-Encoding");

/* ---- said, but not so ---- */

struct coding {
    uint8_t which;
};

static const char *const codings[] = {"gzip", "deflate", "br", "zstd", NULL};

static bool twist_coding(const struct twist *t, struct buf *head)
{
    const struct coding *of = t->args;
    size_t from, to;
    char line[48];
    int n;

    while (octets_find_line(head, coding_field, &from, &to))
        if (!octets_replace(head, from, to, SLICE("")))
            return false;
    n = snprintf(line, sizeof(line), "Content-Encoding: %s\r\n", codings[of->which]);
    return octets_add_line(head, (struct slice){line, (size_t)n});
}

static bool has_coding(const struct places *at, struct slice coding)
{
    const struct http_field *f =
        http_find_name(&at->head->head.response.fields, coding_field);

    return f != NULL && slice_is_nocase(f->value, coding);
}

const char *fault_wrong_coding(struct plan *p, const void *of, struct slice why,
                               uint64_t drawn)
{
    struct places at;
    const char *no = places_find_body(p, &at);

    (void)drawn;
    if (no == NULL &&
        has_coding(&at, slice_of(codings[((const struct coding *)of)->which])))
        return "the body really has that coding: say another";
    if (no == NULL)
        plan_twist(p, at.head, "wrong-coding", why, twist_coding, of);
    return no;
}

static const struct key coding_keys[] = {
    {.name = "coding",
     .type = KEY_CHOICE,
     .choices = codings,
     .fallback = "gzip",
     .help = "what Content-Encoding says",
     .since = VERSION,
     .at = offsetof(struct coding, which)},
};

static bool take_coding(struct loader *l, const struct node *scalar, void *into)
{
    return key_load(l, &coding_keys[0], scalar, into);
}

const struct shape shape_wrong_coding = {
    .name = "wrong-coding",
    .help = "a coding that the body does not have",
    .keys = coding_keys,
    .n_keys = COUNT(coding_keys),
    .size = sizeof(struct coding),
    .short_form = "what Content-Encoding says: gzip, deflate, br or zstd",
    .take_short = take_coding,
};

/* ---- gzip that ends too early, in a message that is whole ---- */

#define CODED_MOST (1u << 20) /* octets of content that are coded for it */

struct truncated {
    struct position after;
};

static void *zip_alloc(void *arena, unsigned n, unsigned size)
{
    return arena_alloc(arena, (size_t)n * size);
}

static void zip_free(void *arena, void *at)
{
    (void)arena;
    (void)at; /* goes with the arena */
}

static bool feed(z_stream *z, const struct step *body)
{
    struct slice octets = body->body.octets;
    uint64_t left = body->body.length, n;

    for (; left > 0; left -= n) {
        n = octets.len < left ? octets.len : left;
        z->next_in = (Bytef *)(uintptr_t)octets.at; /* it is only read */
        z->avail_in = (uInt)n;
        if (deflate(z, Z_NO_FLUSH) != Z_OK || z->avail_in > 0)
            return false;
    }
    return deflate(z, Z_FINISH) == Z_STREAM_END;
}

/* The body in gzip; .at NULL: out of memory. The same octets each time. */
static struct slice zip(struct arena *a, const struct step *body)
{
    struct arena scratch;
    z_stream z = {.zalloc = zip_alloc, .zfree = zip_free, .opaque = &scratch};
    struct slice out = NO_SLICE;
    size_t room;

    arena_init(&scratch, a->shelf);
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK) {
        room = deflateBound(&z, (uLong)body->body.length);
        z.next_out = arena_alloc(a, room);
        z.avail_out = (uInt)room;
        const char *at = (const char *)z.next_out;
        if (at != NULL && feed(&z, body))
            out = (struct slice){at, room - z.avail_out};
    }
    arena_clear(&scratch);
    return out;
}

/* A head's fields, in an array with room for one more. */
static void add_field(struct plan *p, struct http_fields *f, struct slice name,
                      struct slice value)
{
    struct http_field *at = arena_alloc(p->arena, (f->n + 1) * sizeof(*at));

    if (at == NULL) {
        p->spent = true;
        return;
    }
    if (f->n > 0)
        memcpy(at, f->at, f->n * sizeof(*at));
    f->at = at;
    f->cap = f->n + 1;
    plan_add_field(p, f, name, value);
}

static void set_length(const struct places *at, uint64_t length)
{
    struct http_framing *framing = &at->head->head.response.framing;

    if (framing->kind == BODY_LENGTH)
        framing->length = length;
}

/* Our own body: coded, unless it is, and then less of it. */
static const char *truncate_own(struct plan *p, struct places *at,
                                const struct position *after, struct slice why)
{
    struct step *body = at->body;
    bool is_coded = has_coding(at, SLICE("gzip"));
    struct slice coded = is_coded ? body->body.octets : zip(p->arena, body);
    struct places half = {.is_known = true};
    uint64_t keep;
    const char *no;

    if (coded.at == NULL) {
        p->spent = true;
        return NULL;
    }
    half.length = is_coded ? body->body.length : coded.len;
    no = places_resolve(&half, after, &keep);
    if (no != NULL)
        return no;
    if (!is_coded)
        add_field(p, &at->head->head.response.fields, coding_field, SLICE("gzip"));
    body->body.octets = coded;
    body->body.length = keep;
    set_length(at, keep);
    plan_insert_raw(p, body->next, SLICE(""), "truncated-gzip", why);
    return NULL;
}

/* That of others: less of what comes, and then a last chunk of ours. */
static const char *truncate_piped(struct plan *p, struct places *at,
                                  const struct position *after, struct slice why)
{
    uint64_t keep;
    const char *no = has_coding(at, SLICE("gzip")) ? places_resolve(at, after, &keep)
                                                   : "the upstream's body is not gzip";

    if (no != NULL)
        return no;
    plan_stop(at->body, keep, "truncated-gzip", why);
    set_length(at, keep);
    if (at->head->head.response.framing.kind == BODY_CHUNKED)
        plan_insert_after(p, at->body, STEP_LAST);
    return NULL;
}

static const char *judge(const struct places *at)
{
    if (at->body != at->last_body)
        return "the body is said in several steps: say all of it in one";
    if (at->body->kind == STEP_BODY && at->body->body.length > CODED_MOST)
        return "the body is too long to be coded: 1MiB is the most";
    if (step_flow(at->body)->has_stop)
        return "the body stops short already";
    return NULL;
}

const char *fault_truncated_gzip(struct plan *p, const void *of, struct slice why,
                                 uint64_t drawn)
{
    const struct position *after = &((const struct truncated *)of)->after;
    struct places at;
    const char *no = places_find_body(p, &at);

    (void)drawn;
    if (no == NULL)
        no = judge(&at);
    if (no != NULL)
        return no;
    return at.body->kind == STEP_BODY ? truncate_own(p, &at, after, why)
                                      : truncate_piped(p, &at, after, why);
}

static bool take_after(struct loader *l, const struct node *value, void *into)
{
    return take_position(l, value, &((struct truncated *)into)->after);
}

static const struct key truncated_keys[] = {
    {.name = "after",
     .type = KEY_OWN,
     .form = "a size or a share of the coded body, such as 20 or 10%",
     .fallback = "50%",
     .help = "how much of the coded body still comes",
     .since = VERSION,
     .take = take_after},
};

static void prepare_truncated(struct loader *l, const struct node *n, void *into)
{
    (void)l;
    (void)n;
    ((struct truncated *)into)->after = (struct position){.is_share = true, .share = 0.5};
}

const struct shape shape_truncated_gzip = {
    .name = "truncated-gzip",
    .help = "where a body in gzip ends",
    .keys = truncated_keys,
    .n_keys = COUNT(truncated_keys),
    .size = sizeof(struct truncated),
    .short_form = "how much of the coded body still comes, such as 20 or 10%",
    .take_short = take_after,
    .prepare = prepare_truncated,
};
