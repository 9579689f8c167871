/* SPDX-License-Identifier: MIT */
/* The requests of a run, in the order they began, and who they are. */
#include <stdarg.h>
#include <stdlib.h>

#include "judge.h"

/* ---- making it ---- */

/*
 * Requests, and connections that a rule spoke to before there was one. A CONNECT that no
 * rule answered and that opened a tunnel is how a client gets to the play, not part of it.
 */
static bool is_part(const struct record *r)
{
    if (r->exchange == 0 || (r->method.len == 0 && r->rule == 0))
        return false;
    return r->rule > 0 || r->status / 100 != 2 || !slice_is(r->method, SLICE("CONNECT"));
}

static int by_beginning(const void *a, const void *b)
{
    const struct record *x = *(const struct record *const *)a,
                        *y = *(const struct record *const *)b;

    if (x->began_us != y->began_us)
        return x->began_us < y->began_us ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

bool story_make(struct story *s, struct arena *a, const struct records *r)
{
    uint64_t n = 0;

    *s = (struct story){.arena = a, .records = r, .storm = STORM_DEFAULT};
    for (const struct record *at = r->first; at != NULL; at = at->next)
        n += is_part(at);
    s->at = n < NO_BEAT ? arena_alloc(a, n * sizeof(*s->at)) : NULL;
    if (s->at == NULL)
        return false;
    for (const struct record *at = r->first; at != NULL; at = at->next)
        if (is_part(at))
            s->at[s->n++] = at;
    qsort(s->at, s->n, sizeof(*s->at), by_beginning);
    return true;
}

/* ---- names ---- */

struct slice text_of(struct story *s, const char *format, ...)
{
    char text[2048];
    struct slice made;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n >= (int)sizeof(text))
        n = (int)sizeof(text) - 1;
    made = arena_copy(s->arena, (struct slice){text, n < 0 ? 0 : (size_t)n});
    s->is_spent |= made.at == NULL;
    return made.at == NULL ? SLICE("") : made;
}

/* Its name where a rule spoke, or what stands for one. */
static bool is_named(const struct record *r)
{
    return (r->rule > 0 && r->rule_name.len > 0) ||
           slice_is(r->rule_name, SLICE("otherwise")) ||
           slice_is(r->rule_name, SLICE("unmatched"));
}

#define NAME_SIZE 8 /* of a status in digits */

static struct slice name_of(const struct record *r, char scratch[NAME_SIZE])
{
    if (is_named(r))
        return r->rule_name;
    if (r->status == 0)
        return slice_of(ending_row(r->ending)->name);
    return (struct slice){scratch, (size_t)snprintf(scratch, NAME_SIZE, "%u", r->status)};
}

struct slice beat_name(struct story *s, uint32_t i)
{
    char scratch[NAME_SIZE];

    return text_of(s, "%.*s", SLICE_ARGS(name_of(s->at[i], scratch)));
}

static bool is_same_name(const struct record *a, const struct record *b)
{
    if (is_named(a) || is_named(b))
        return is_named(a) && is_named(b) && slice_is(a->rule_name, b->rule_name);
    return a->status == b->status && (a->status > 0 || a->ending == b->ending);
}

struct slice beat_label(struct story *s, uint32_t i)
{
    char scratch[NAME_SIZE];
    struct slice name = name_of(s->at[i], scratch);
    uint64_t nth = s->at[i]->rule > 0 ? s->at[i]->match : 0;

    if (nth == 0)
        for (uint32_t j = 0; j <= i; j++)
            nth += is_same_name(s->at[i], s->at[j]);
    return text_of(s, "%.*s.%llu", SLICE_ARGS(name), (unsigned long long)nth);
}

/* One piece more of a text that is made bit by bit. */
static void put(struct story *s, struct buf *b, struct slice piece)
{
    if (!buf_put(b, piece))
        s->is_spent = true;
}

static struct slice keep(struct story *s, struct buf *b)
{
    struct slice kept = arena_copy(s->arena, buf_slice(b));

    s->is_spent |= kept.at == NULL;
    buf_clear(b);
    return kept.at == NULL ? SLICE("") : kept;
}

struct slice story_saw(struct story *s, uint32_t most)
{
    struct buf b = {0};
    char scratch[64];

    for (uint32_t i = 0; i < s->n && i < most; i++) {
        put(s, &b, i == 0 ? SLICE("") : SLICE(" "));
        put(s, &b, name_of(s->at[i], scratch));
    }
    if (s->n > most) {
        snprintf(scratch, sizeof(scratch), " \xe2\x80\xa6 (%u more)", s->n - most);
        put(s, &b, slice_of(scratch));
    }
    return keep(s, &b);
}

struct slice story_told(struct story *s, uint32_t most)
{
    struct buf b = {0};
    char scratch[64];
    uint32_t run, told = 0;

    for (uint32_t i = 0; i < s->n && told < most; i += run, told++) {
        put(s, &b, told == 0 ? SLICE("") : SLICE(", "));
        put(s, &b, name_of(s->at[i], scratch));
        for (run = 1; i + run < s->n && is_same_name(s->at[i], s->at[i + run]); run++)
            ;
        if (run > 1) {
            snprintf(scratch, sizeof(scratch), " x%u", run);
            put(s, &b, slice_of(scratch));
        }
        if (told + 1 == most && i + run < s->n)
            put(s, &b, SLICE(", ..."));
    }
    return keep(s, &b);
}

struct slice quoted(struct story *s, struct slice octets)
{
    char text[128];
    size_t n = 0;

    for (size_t i = 0; i < octets.len && n < sizeof(text) - 4; i++) {
        unsigned char c = (unsigned char)octets.at[i];
        text[n++] = c < ' ' || c >= 0x7f ? '?' : (char)c;
    }
    return text_of(s, "\"%.*s%s\"", (int)n, text, n < octets.len ? "\xe2\x80\xa6" : "");
}

/* ---- references ---- */

/* Names of faults stand with spaces between. */
static bool has_fault(struct slice faults, struct slice name)
{
    while (faults.len > 0)
        if (slice_is(slice_cut(&faults, ' '), name))
            return true;
    return false;
}

bool ref_speaks_of(const struct ref *ref, const struct record *r)
{
    switch (ref->kind) {
    case REF_ANY:
        return true;
    case REF_RULE:
        return slice_is(r->rule_name, ref->name) || slice_is(r->rule_name, ref->text);
    case REF_STATUS:
        return r->status == ref->status;
    case REF_CLASS:
        return r->status / 100 == ref->status;
    case REF_FAULT:
        return has_fault(r->faults, ref->name);
    }
    return false;
}

/* `counted`: those that it spoke of before this one, and this one. */
static bool is_the_nth(const struct ref *ref, const struct record *r, uint64_t counted)
{
    if (ref->nth == 0 || (ref->kind == REF_RULE && slice_is(r->rule_name, ref->text)))
        return true;
    if (ref->kind == REF_RULE && r->match > 0)
        return r->match == ref->nth;
    return counted == ref->nth;
}

uint32_t story_next(const struct story *s, const struct ref *ref, uint32_t from)
{
    uint64_t counted = 0;

    for (uint32_t i = ref->nth > 0 ? 0 : from; i < s->n; i++) {
        if (!ref_speaks_of(ref, s->at[i]))
            continue;
        counted++;
        if (i >= from && is_the_nth(ref, s->at[i], counted))
            return i;
    }
    return NO_BEAT;
}

void story_mark(const struct story *s, const struct ref *ref, bool *marks)
{
    uint64_t counted = 0;

    for (uint32_t i = 0; i < s->n; i++)
        if (ref_speaks_of(ref, s->at[i]))
            marks[i] |= is_the_nth(ref, s->at[i], ++counted);
}

/* ---- findings ---- */

void find_failure(struct finding *f, const struct record *record, struct slice expected,
                  struct slice seen)
{
    f->result = FINDING_FAILS;
    f->seq = record == NULL ? 0 : record->seq;
    f->expected = expected;
    f->seen = seen;
}

void find_blocked(struct story *s, struct finding *f, const struct ref *ref)
{
    f->result = FINDING_BLOCKED;
    f->seen = text_of(s, "`%.*s` never came", SLICE_ARGS(ref->text));
}

void find_unknown(struct finding *f, struct slice why)
{
    f->result = FINDING_UNKNOWN;
    f->expected = NO_SLICE;
    f->seen = why;
}

struct slice span_text(struct story *s, uint64_t us)
{
    char span[SPAN_SIZE];

    span_print(us, span);
    return text_of(s, "%s", span);
}

struct slice number_text(struct story *s, uint64_t n, const char *what)
{
    return text_of(s, "%llu %s%s", (unsigned long long)n, what, n == 1 ? "" : "s");
}
