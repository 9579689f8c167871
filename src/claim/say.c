/* SPDX-License-Identifier: MIT */
/* Claims in words: each is one line that a person can read aloud. */
#include <stdarg.h>

#include "parts.h"

/* ---- words ---- */

void say(struct words *w, const char *format, ...)
{
    char text[1024];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (n >= (int)sizeof(text)) { /* somebody's long name */
        n = (int)sizeof(text) - 1;
        memcpy(text + n - 3, "\xe2\x80\xa6", 3);
    }
    if (!buf_put(&w->text, (struct slice){text, (size_t)n}))
        w->is_spent = true;
}

struct slice words_take(struct words *w, struct arena *a)
{
    struct slice s = w->is_spent ? NO_SLICE : arena_copy(a, buf_slice(&w->text));

    buf_clear(&w->text);
    return s;
}

size_t span_print(uint64_t us, char out[SPAN_SIZE])
{
    static const struct {
        uint64_t from, worth;
        const char *unit;
    } rows[] = {
        {2 * 3600 * 1000000ull, 3600 * 1000000ull, "h"},
        {2 * 60 * 1000000ull, 60 * 1000000ull, "min"},
        {100000, 1000000, "s"},
        {0, 1000, "ms"},
    };
    size_t i = 0;

    while (us < rows[i].from || (i < 2 && us % rows[i].worth != 0))
        i++;
    return (size_t)snprintf(out, SPAN_SIZE, "%.*g %s", us < 1000000000 ? 4 : 12,
                            (double)us / (double)rows[i].worth, rows[i].unit);
}

size_t times_print(uint64_t least, uint64_t most, char out[TIMES_SIZE])
{
    static const char *const few[] = {"never", "once", "twice"};
    unsigned long long a = least, b = most;
    int n;

    if (least == most && least < COUNT(few))
        n = snprintf(out, TIMES_SIZE, "%s", few[least]);
    else if (least == most)
        n = snprintf(out, TIMES_SIZE, "%llu times", a);
    else if (most == NO_BOUND && least == 0)
        n = snprintf(out, TIMES_SIZE, "any number of times");
    else if (most == NO_BOUND && least < COUNT(few))
        n = snprintf(out, TIMES_SIZE, "%s or more", few[least]);
    else if (most == NO_BOUND)
        n = snprintf(out, TIMES_SIZE, "%llu times or more", a);
    else if (least == 0 && most < COUNT(few))
        n = snprintf(out, TIMES_SIZE, "at most %s", few[most]);
    else if (least == 0)
        n = snprintf(out, TIMES_SIZE, "at most %llu times", b);
    else
        n = snprintf(out, TIMES_SIZE, "%llu to %llu times", a, b);
    return (size_t)n;
}

static void say_times(struct words *w, const struct range *r)
{
    char times[TIMES_SIZE];

    times_print(r->least, r->most, times);
    say(w, "%s%s", r->is_not ? "not " : "", times);
}

/* "1", "1 to 3", "at most 3", "not 0" */
static void say_range(struct words *w, const struct range *r)
{
    unsigned long long least = r->least, most = r->most;

    if (r->is_not)
        say(w, "anything but ");
    if (least == most)
        say(w, "%llu", least);
    else if (r->most == NO_BOUND)
        say(w, "at least %llu", least);
    else if (least == 0)
        say(w, "at most %llu", most);
    else
        say(w, "%llu to %llu", least, most);
}

/* What stands before the nth of n: nothing, a comma, or the last word. */
static void say_between(struct words *w, uint32_t i, uint32_t n, const char *last)
{
    if (i > 0)
        say(w, "%s", i + 1 == n ? last : ", ");
}

/* Of all requests none has a name. */
static struct slice name_of(const struct ref *r)
{
    return r->kind == REF_ANY && r->nth == 0 ? SLICE("a request") : r->text;
}

static void say_refs(struct words *w, const struct refs *refs, const char *last)
{
    for (uint32_t i = 0; i < refs->n; i++) {
        say_between(w, i, refs->n, last);
        say(w, "%.*s", SLICE_ARGS(name_of(&refs->at[i])));
    }
}

/* ---- each kind ---- */

static void say_order(struct words *w, const struct claim *c)
{
    char times[TIMES_SIZE];

    for (uint32_t i = 0; i < c->order.n; i++) {
        const struct order_item *item = &c->order.at[i];
        say(w, "%s", i == 0 ? "" : ", then ");
        if (item->any_of.n == 0) {
            say(w, "anything");
            continue;
        }
        say_refs(w, &item->any_of, " or ");
        if (item->least == 1 && item->most == 1)
            continue;
        times_print(item->least, item->most, times);
        say(w, ", %s", times);
    }
}

static void say_count(struct words *w, const struct claim *c)
{
    const struct tally *t = c->count.at;

    if (c->count.n == 1 && t->ref.kind == REF_ANY) {
        say_range(w, &t->times);
        say(w, t->times.least == 1 && t->times.most == 1 ? " request comes"
                                                         : " requests come");
        return;
    }
    for (uint32_t i = 0; i < c->count.n; i++) {
        say_between(w, i, c->count.n, " and ");
        say(w, "%.*s comes ", SLICE_ARGS(name_of(&t[i].ref)));
        say_times(w, &t[i].times);
    }
}

static void say_never(struct words *w, const struct claim *c)
{
    say_refs(w, &c->never, " or ");
    say(w, " never comes");
}

static void say_connections(struct words *w, const struct claim *c)
{
    bool is_one = c->connections.least == 1 && c->connections.most == 1;

    say(w, "the client uses ");
    say_range(w, &c->connections);
    say(w, is_one ? " connection" : " connections");
}

static void say_content(struct words *w, const struct claim *c)
{
    static const char *const which[] = {"every ", "the first ", "the last "};

    if (c->content.ref.nth == 0)
        say(w, "%s", which[c->content.which]);
    if (c->content.ref.kind == REF_ANY && c->content.ref.nth == 0)
        say(w, "request ");
    else
        say(w, "%.*s ", SLICE_ARGS(c->content.ref.text));
    say_traits(w, c);
}

static void say_same(struct words *w, const struct claim *c)
{
    static const char *const words[] = {"method", "target", "body", "connection"};

    if (c->same.in.n == 0)
        say(w, "all requests");
    else if (c->same.in.n == 1)
        say(w, "all of %.*s", SLICE_ARGS(c->same.in.at->text));
    else
        say_refs(w, &c->same.in, " and ");
    say(w, " have the same ");
    for (uint32_t i = 0; i < c->same.n; i++) {
        say_between(w, i, c->same.n, " and ");
        if (c->same.at[i].part == SAME_FIELD)
            say(w, "%.*s", SLICE_ARGS(c->same.at[i].name));
        else
            say(w, "%s", words[c->same.at[i].part]);
    }
}

static void say_repeat(struct words *w, const struct claim *c)
{
    say(w, "%.*s comes again, whole, as %.*s", SLICE_ARGS(c->repeat.lost.text),
        SLICE_ARGS(c->repeat.again.text));
}

static void say_growth(struct words *w, uint32_t growth)
{
    if (growth == 1000)
        say(w, "longer each time");
    else
        say(w, "at least %g times as long each time", growth / 1000.0);
}

static void say_gap(struct words *w, const struct claim *c)
{
    say(w, "the client waits ");
    for (uint32_t i = 0; i < c->gap.n_is; i++) {
        say_between(w, i, c->gap.n_is, " and ");
        say(w, "%.*s", SLICE_ARGS(c->gap.is[i].text));
    }
    if (c->gap.growth > 0) {
        say(w, "%s", c->gap.n_is > 0 ? ", " : "");
        say_growth(w, c->gap.growth);
        if (c->gap.jitter == JITTER_TOLERATED)
            say(w, ", give or take half");
    }
    if (c->gap.jitter == JITTER_PRESENT)
        say(w, "%sirregularly", c->gap.n_is > 0 || c->gap.growth > 0 ? ", " : "");
    if (c->gap.is_each)
        say(w, " between one %.*s and the next", SLICE_ARGS(c->gap.from.text));
    else
        say(w, " between %.*s and %.*s", SLICE_ARGS(c->gap.from.text),
            SLICE_ARGS(c->gap.to.text));
}

static void say_within(struct words *w, const struct claim *c)
{
    char span[SPAN_SIZE];

    span_print(c->within.most_us, span);
    say(w, "%.*s comes within %s of %.*s", SLICE_ARGS(c->within.to.text), span,
        SLICE_ARGS(c->within.from.text));
}

static void say_storm(struct words *w, const struct claim *c)
{
    char span[SPAN_SIZE];

    span_print(c->storm.in_us, span);
    if (c->storm.requests == 0)
        say(w, "as many requests as the client likes");
    else
        say(w, "at most %llu requests in %s without an answer below 400",
            (unsigned long long)c->storm.requests, span);
}

static void say_reaction(struct words *w, const struct claim *c)
{
    static const char *const words[] = {
        [REACTION_SENDS] = "sends ",
        [REACTION_SENDS_NOT] = "does not send ",
        [REACTION_SENDS_NOTHING] = "sends nothing more",
        [REACTION_CLOSES] = "closes the connection",
        [REACTION_REUSES] = "uses the same connection again",
        [REACTION_RENEWS] = "opens a new connection",
    };
    char span[SPAN_SIZE];

    say(w, "after %.*s, the client %s", SLICE_ARGS(c->reaction.after.text),
        words[c->reaction.what]);
    if (c->reaction.what <= REACTION_SENDS_NOT)
        say(w, "%.*s", SLICE_ARGS(c->reaction.sends.text));
    if (c->reaction.within_us == 0)
        return;
    span_print(c->reaction.within_us, span);
    say(w, "%s %s",
        c->reaction.what == REACTION_SENDS_NOT || c->reaction.what == REACTION_SENDS_NOTHING
            ? " for"
            : " within",
        span);
}

static void say_safe(struct words *w, const struct claim *c)
{
    static const char *const words[] = {
        "no request that changes something is repeated on suspicion",
        "credentials stay with whom they were meant for",
        "a refused CONNECT is final",
        "nothing is sent where an answer too many came",
    };
    uint32_t i = 0, n = (uint32_t)__builtin_popcount(c->guards);

    for (uint32_t bit = 0; bit < COUNT(words); bit++)
        if ((c->guards & (1u << bit)) != 0) {
            say_between(w, i++, n, ", and ");
            say(w, "%s", words[bit]);
        }
}

static void say_words(struct words *w, const struct claim *c)
{
    for (uint32_t i = 0; i < c->words.n; i++) {
        say_between(w, i, c->words.n, " or ");
        say(w, "%.*s", SLICE_ARGS(c->words.at[i]));
    }
}

static void say_unseen(struct words *w, const struct claim *c)
{
    say(w, "the origin never sees ");
    say_words(w, c);
}

static void say_inert(struct words *w, const struct claim *c)
{
    say(w, "the client never acts on ");
    say_words(w, c);
}

static void say_exit(struct words *w, const struct claim *c)
{
    say(w, "the command exits with ");
    for (uint32_t i = 0; i < c->exit.n; i++) {
        say_between(w, i, c->exit.n, " or ");
        say_range(w, &c->exit.at[i]);
    }
}

static void say_output(struct words *w, const struct claim *c)
{
    char pattern[200] = "";

    pattern_print(c->output, pattern, sizeof(pattern));
    say(w, "the command prints text %s", pattern);
}

static void say_ends_within(struct words *w, const struct claim *c)
{
    char span[SPAN_SIZE];

    span_print(c->ends_within_us, span);
    say(w, "the command ends within %s", span);
}

static void (*const sayers[CLAIM_KINDS])(struct words *w, const struct claim *c) = {
    [CLAIM_ORDER] = say_order,
    [CLAIM_COUNT] = say_count,
    [CLAIM_NEVER] = say_never,
    [CLAIM_CONNECTIONS] = say_connections,
    [CLAIM_CONTENT] = say_content,
    [CLAIM_SAME] = say_same,
    [CLAIM_REPEAT] = say_repeat,
    [CLAIM_GAP] = say_gap,
    [CLAIM_WITHIN] = say_within,
    [CLAIM_STORM] = say_storm,
    [CLAIM_REACTION] = say_reaction,
    [CLAIM_SAFE] = say_safe,
    [CLAIM_UNSEEN] = say_unseen,
    [CLAIM_INERT] = say_inert,
    [CLAIM_EXIT] = say_exit,
    [CLAIM_OUTPUT] = say_output,
    [CLAIM_ENDS_WITHIN] = say_ends_within,
};

struct slice claim_say(struct arena *a, const struct claim *c)
{
    struct words w = {0};

    sayers[c->kind](&w, c);
    return words_take(&w, a);
}
