/* SPDX-License-Identifier: MIT */
/* Steps in words: for explain, and for every line of the journal. */
#include <inttypes.h>
#include <stdarg.h>

#include "naysay/plan.h"

/* Text that is cut to the room there is, and counted as snprintf counts. */
struct words {
    char *out;
    size_t size, n;
};

PRINTF_LIKE(2, 3) static void say(struct words *w, const char *format, ...)
{
    bool fits = w->n < w->size;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(fits ? w->out + w->n : NULL, fits ? w->size - w->n : 0, format, args);
    va_end(args);
    if (n > 0)
        w->n += (size_t)n;
}

/* ---- numbers with units ---- */

struct unit {
    const char *name;
    uint64_t worth;
};

static void say_duration(struct words *w, uint64_t ns)
{
    static const struct unit units[] = {
        {"h", 3600 * NS_PER_S}, {"m", 60 * NS_PER_S}, {"s", NS_PER_S}};

    for (size_t i = 0; i < COUNT(units); i++)
        if (ns > 0 && ns % units[i].worth == 0) {
            say(w, "%" PRIu64 "%s", ns / units[i].worth, units[i].name);
            return;
        }
    if (ns >= NS_PER_S)
        say(w, "%.6gs", (double)ns / (double)NS_PER_S);
    else
        say(w, "%.6gms", (double)ns / (double)NS_PER_MS);
}

static const struct unit sizes[] = {
    {"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"", 1}};

/* The largest unit that tells it exactly. */
static struct unit unit_of(uint64_t octets)
{
    size_t i = 0;

    while (octets % sizes[i].worth > 0 || octets < sizes[i].worth)
        if (++i == COUNT(sizes) - 1)
            break;
    return sizes[i];
}

static void say_size(struct words *w, uint64_t octets)
{
    struct unit unit = unit_of(octets);

    say(w, "%" PRIu64 "%s", octets / unit.worth, unit.name);
}

/*
 * "head 522", "body 64KiB". The journal prints every step: printf is kept for the rare
 * ones.
 */
static void say_number(struct words *w, const char *word, uint64_t n, const char *unit)
{
    char digits[20], *at = digits + sizeof(digits);
    size_t len = strlen(word), unit_len = strlen(unit), count;

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    count = (size_t)(digits + sizeof(digits) - at);
    if (w->n + len + count + unit_len + 1 > w->size) {
        say(w, "%s%.*s%s", word, (int)count, at, unit);
        return;
    }
    memcpy(w->out + w->n, word, len);
    memcpy(w->out + w->n + len, at, count);
    memcpy(w->out + w->n + len + count, unit, unit_len + 1);
    w->n += len + count + unit_len;
}

/* ---- what goes wrong on purpose ---- */

static void say_twists(struct words *w, const struct twist *t)
{
    for (const char *before = " twisted: "; t != NULL; t = t->next, before = ", ")
        say(w, "%s%s", before, t->intent.kind);
}

static void say_pace(struct words *w, const struct flow *f)
{
    if (f->pause_ns == 0 || f->piece == 0)
        return;
    if (f->rate > 0) {
        say(w, " at ");
        say_size(w, f->rate);
        say(w, "/s");
        return;
    }
    say(w, ", ");
    say_size(w, f->piece);
    say(w, " every ");
    say_duration(w, f->pause_ns);
}

static void say_flow(struct words *w, const struct flow *f)
{
    say_pace(w, f);
    if (f->chunk > 0) {
        say(w, " in chunks of ");
        say_size(w, f->chunk);
    }
    if (f->stall_ns > 0) {
        say(w, ", stalls ");
        say_duration(w, f->stall_ns);
        say(w, " after ");
        say_size(w, f->stall_at);
    }
    if (f->has_stop) {
        say(w, ", stops after ");
        say_size(w, f->stop);
        say(w, ": %s", f->intent.kind == NULL ? "as planned" : f->intent.kind);
    }
    for (const struct chunk_twist *t = f->chunks; t != NULL; t = t->next) {
        say(w, ", %s", t->intent.kind);
        if (t->nth > 1)
            say(w, " at %" PRIu64, t->nth);
    }
}

/* ---- steps ---- */

static void say_raw(struct words *w, const struct step *s)
{
    const char *kind = s->raw.intent.kind;

    if (s->raw.octets.len == 0) {
        say(w, "nothing: %s", kind);
        return;
    }
    say_number(w, "raw ", s->raw.octets.len, "");
    if (strcmp(kind, "raw") != 0)
        say(w, ": %s", kind);
}

static void say_body(struct words *w, const struct step *s)
{
    struct unit unit = unit_of(s->body.length);

    say_number(w, "body ", s->body.length / unit.worth, unit.name);
    say_flow(w, &s->body.flow);
}

static void say_for(struct words *w, const char *verb, uint64_t ns)
{
    say(w, "%s", verb);
    say_duration(w, ns);
}

static void say_origin(struct words *w, const char *verb, const struct origin *o)
{
    say(w, o->is_ipv6 ? "%s [%.*s]:%u" : "%s %.*s:%u", verb, SLICE_ARGS(o->host), o->port);
}

static void say_last(struct words *w, const struct step *s)
{
    say(w, "last chunk");
    if (s->trailers.n > 0)
        say(w, ", %u %s", s->trailers.n, s->trailers.n == 1 ? "trailer" : "trailers");
}

static void say_step(struct words *w, const struct step *s)
{
    static const char *const ends[] = {"end keep", "end close", "end reset", "end half",
                                       "end race"};

    switch (s->kind) {
    case STEP_INTERIM:
        say_number(w, "interim ", s->head.response.status, "");
        say_twists(w, s->head.twists);
        return;
    case STEP_HEAD:
        say_number(w, "head ", s->head.response.status, "");
        say_twists(w, s->head.twists);
        return;
    case STEP_BODY:
        say_body(w, s);
        return;
    case STEP_RAW:
        say_raw(w, s);
        return;
    case STEP_LAST:
        say_last(w, s);
        return;
    case STEP_HOLD:
        say_for(w, "hold ", s->wait_ns);
        return;
    case STEP_WAIT:
        say_for(w, "wait ", s->wait_ns);
        return;
    case STEP_READ:
        say(w, "read body");
        return;
    case STEP_DECIDE:
        say(w, "decide");
        return;
    case STEP_RELAY:
        say_origin(w, "relay to", &s->relay->to);
        return;
    case STEP_AWAIT:
        say(w, "await head");
        return;
    case STEP_PIPE:
        say(w, "pipe body");
        say_flow(w, &s->flow);
        return;
    case STEP_DIAL:
        say_origin(w, "dial", &s->origin);
        return;
    case STEP_TUNNEL:
        say(w, "tunnel");
        return;
    case STEP_ECHO:
        say(w, "echo");
        return;
    case STEP_END:
        say(w, "%s", ends[s->end]);
        return;
    }
    assert(!"every kind is printed above");
}

int step_print(const struct step *s, char *out, size_t size)
{
    struct words w = {out, size, 0};

    say_step(&w, s);
    return (int)w.n;
}
