/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions, where the expression is the author's and the value a stranger's.
 *
 * PCRE2's own match limit counts anew from each octet a match may begin at, so it bounds
 * nothing but one of them. Here a callout stands before each item of the expression and
 * counts, over all beginnings, the items tried and the octets gone over between them; a
 * match that took more steps than the value's length entitles it to is called off.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdalign.h>

#include "naysay/text.h"

#define LONGEST         (64u << 10) /* octets of an expression */
#define NESTED          100u        /* brackets */
#define STEPS           100000u
#define STEPS_PER_OCTET 32u
#define BACKTRACKS      10000000u   /* from one beginning; the steps end sooner */
#define DEPTH           250000u     /* of these, one in another */
#define HEAP_KIB        (32u << 10) /* they may take, where there is no JIT */

struct regex {
    pcre2_general_context *memory;
    pcre2_code *code;
};

/* ---- loading ---- */

static void *take(size_t n, void *arg)
{
    (void)arg;
    return mem_alloc(n);
}

static void give(void *p, void *arg)
{
    (void)arg;
    mem_free(p);
}

static void give_back(void *owner)
{
    struct regex *r = owner;

    pcre2_code_free(r->code);
    pcre2_general_context_free(r->memory);
}

static const struct {
    char letter;
    uint32_t option;
} letters[] = {
    {'i', PCRE2_CASELESS},
    {'m', PCRE2_MULTILINE},
    {'s', PCRE2_DOTALL},
    {'x', PCRE2_EXTENDED},
};

static bool read_flags(const char *flags, uint32_t *options, struct complaint *why)
{
    size_t i;

    for (; flags != NULL && *flags != '\0'; flags++) {
        for (i = 0; i < COUNT(letters) && letters[i].letter != *flags; i++)
            ;
        if (i == COUNT(letters))
            return complain(
                why, "a regular expression has no flag \"%c\"; i, m, s and x are", *flags);
        *options |= letters[i].option;
    }
    return true;
}

/* Beyond ASCII an expression is text, and what of a value is not UTF-8 fits nothing. */
static uint32_t utf_options(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    return PCRE2_NEVER_UTF;
}

static bool complain_compile(struct complaint *why, struct slice text, int error, size_t at)
{
    PCRE2_UCHAR words[128];
    size_t shown = at < text.len ? at : text.len;

    if (pcre2_get_error_message(error, words, sizeof(words)) <= 0)
        snprintf((char *)words, sizeof(words), "error %d", error);
    if (shown > 200) /* complaints are one line */
        return complain(why, "no regular expression: %s (at octet %zu)", words, at + 1);
    return complain(why, "no regular expression: %s (behind \"%.*s\")", words, (int)shown,
                    text.at);
}

static pcre2_code *compile(pcre2_general_context *memory, struct slice text,
                           uint32_t options, struct complaint *why)
{
    pcre2_compile_context *rules = pcre2_compile_context_create(memory);
    pcre2_code *code;
    size_t at = 0;
    int error = 0;

    if (rules == NULL) {
        complain(why, "out of memory");
        return NULL;
    }
    pcre2_set_parens_nest_limit(rules, NESTED);
    pcre2_set_max_pattern_length(rules, LONGEST);
    code = pcre2_compile((PCRE2_SPTR)text.at, text.len, options, &error, &at, rules);
    pcre2_compile_context_free(rules);
    if (code == NULL)
        complain_compile(why, text, error, at);
    return code;
}

struct regex *regex_parse(struct arena *a, struct slice text, const char *flags,
                          struct complaint *why)
{
    uint32_t options = PCRE2_AUTO_CALLOUT | PCRE2_NEVER_BACKSLASH_C | utf_options(text);
    struct regex *r;

    if (!read_flags(flags, &options, why))
        return NULL;
    r = arena_zero(a, sizeof(*r));
    if (r == NULL || !arena_at_clear(a, give_back, r) ||
        (r->memory = pcre2_general_context_create(take, give, NULL)) == NULL) {
        complain(why, "out of memory");
        return NULL;
    }
    r->code = compile(r->memory, text, options, why);
    if (r->code == NULL)
        return NULL;
    /* Where memory may not become code there is no JIT, and PCRE2 interprets. */
    pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    return r;
}

/* ---- matching ---- */

/* What one match works with: from the stack, so that most matches allocate nothing. */
struct bench {
    alignas(16) char room[512];
    size_t used;
    uint64_t steps, most;
    size_t at; /* where in the value the last item was tried */
};

static void *bench_take(size_t n, void *arg)
{
    struct bench *b = arg;
    void *p = b->room + b->used;

    if (n > sizeof(b->room) - b->used)
        return mem_alloc(n);
    b->used += (n + 15) & ~(size_t)15;
    if (b->used > sizeof(b->room))
        b->used = sizeof(b->room);
    return p;
}

static void bench_give(void *p, void *arg)
{
    struct bench *b = arg;

    if ((char *)p < b->room || (char *)p >= b->room + sizeof(b->room))
        mem_free(p);
}

static int count_step(pcre2_callout_block *here, void *arg)
{
    struct bench *b = arg;
    size_t at = here->current_position;

    b->steps += 1 + (at > b->at ? at - b->at : b->at - at);
    b->at = at;
    return b->steps > b->most ? PCRE2_ERROR_CALLOUT : 0;
}

static int match(const struct regex *r, struct slice value, pcre2_match_data *found,
                 pcre2_match_context *rules, struct bench *b)
{
    PCRE2_SPTR at = (PCRE2_SPTR)(value.at == NULL ? "" : value.at);
    int rc;

    pcre2_set_callout(rules, count_step, b);
    pcre2_set_match_limit(rules, BACKTRACKS);
    pcre2_set_depth_limit(rules, DEPTH);
    pcre2_set_heap_limit(rules, HEAP_KIB);
    rc = pcre2_match(r->code, at, value.len, 0, 0, found, rules);
    /* The JIT has but 32 KiB of stack; the interpreter has the heap. */
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
        rc = pcre2_match(r->code, at, value.len, 0, PCRE2_NO_JIT, found, rules);
    return rc;
}

bool regex_fits(const struct regex *r, struct slice value)
{
    struct bench b; /* its room is not zeroed */
    pcre2_general_context *memory;
    pcre2_match_data *found = NULL;
    pcre2_match_context *rules = NULL;
    int rc = PCRE2_ERROR_NOMEMORY;

    b.used = b.at = 0;
    b.steps = 0;
    b.most = STEPS + (uint64_t)STEPS_PER_OCTET * value.len;
    memory = pcre2_general_context_create(bench_take, bench_give, &b);
    if (memory != NULL) {
        found = pcre2_match_data_create(1, memory);
        rules = pcre2_match_context_create(memory);
    }
    if (found != NULL && rules != NULL)
        rc = match(r, value, found, rules, &b);
    pcre2_match_context_free(rules);
    pcre2_match_data_free(found);
    pcre2_general_context_free(memory);
    return rc >= 0;
}
