/* SPDX-License-Identifier: MIT */
/*
 * base - what every other folder stands on: slices, memory, buffers, units,
 * limits, complaints, JSON text. No I/O, no clock, nothing about HTTP.
 *
 *   slice    borrowed bytes                  shelf   recycled blocks
 *   buf      growing bytes, read from front  arena   bytes freed all at once
 *
 * Memory. Everything a peer can make us allocate goes through mem_alloc() and
 * friends, may fail, and is handled by the caller: a NULL ends one exchange or
 * one connection, never the process. Start-up code uses mem_must().
 */
#ifndef NAYSAY_BASE_H
#define NAYSAY_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#ifdef NDEBUG
#error "assertions are part of the product: build without NDEBUG"
#endif

#define WARN_UNUSED                 __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a)           __attribute__((format(printf, f, a)))
#define COUNT(array)                (sizeof(array) / sizeof((array)[0]))
#define OWNER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* ---- slices: bytes that belong to somebody else ---- */

struct slice {
    const char *at;
    size_t len;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
#define NO_SLICE       ((struct slice){NULL, 0})
#define SLICE_ARGS(s)  (int)(s).len, (s).at /* for "%.*s" */

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text == NULL ? 0 : strlen(text)};
}

static inline bool slice_is(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool slice_is_nocase(struct slice a, struct slice b); /* ASCII case only */
static inline char octet_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_nocase(struct slice s, struct slice prefix);
/* Offset of the first `c`, or -1. */
ssize_t slice_find(struct slice s, char c);
/* Cut off and return what stands before the first `c`; *rest keeps what follows it (.at
 * NULL: no `c`). */
struct slice slice_cut(struct slice *rest, char c);
struct slice slice_trim(struct slice s, const char *set);
/* 1*DIGIT with nothing around it. False on anything else and on overflow. */
bool slice_to_u64(struct slice s, uint64_t *value);

/* ---- memory, with a seam where it can be made to fail ---- */

void *mem_alloc(size_t n) WARN_UNUSED; /* uninitialised; NULL when there is none */
void *mem_zero(size_t n) WARN_UNUSED;
void *mem_resize(void *p, size_t n) WARN_UNUSED; /* on NULL, p is untouched */
void mem_free(void *p);
char *mem_copy_text(struct slice s) WARN_UNUSED; /* NUL-terminated */
void *mem_must(void *p); /* start-up only: p, or a message and exit 2 */

/*
 * Fault injection. The `nth` allocation from now fails (1 is the next); with
 * `each`, every nth does. 0 turns it off. mem_count() counts since start.
 */
void mem_fail(uint64_t nth, bool each);
uint64_t mem_count(void);
uint64_t mem_live(void); /* blocks handed out and not yet given back */

/* ---- shelf: blocks of 2^n bytes, kept for the next taker ---- */

#define SHELF_SMALLEST 4096u
#define SHELF_CLASSES  9 /* 4 KiB .. 1 MiB */

struct shelf {
    void *top[SHELF_CLASSES];
    uint32_t kept[SHELF_CLASSES];
};

/* At least `want` bytes, *got of them, or NULL. Over the largest class: plain memory. */
void *shelf_take(struct shelf *s, size_t want, size_t *got) WARN_UNUSED;
void shelf_give(struct shelf *s, void *block, size_t got); /* NULL is fine */
void shelf_clear(struct shelf *s);

/* ---- buf: bytes are appended at the end and read from the front ---- */

struct buf {
    char *block; /* owned; NULL while empty-handed */
    uint32_t from, to, cap;
    struct shelf *shelf; /* NULL: plain memory */
};

static inline size_t buf_len(const struct buf *b)
{
    return b->to - b->from;
}
static inline char *buf_head(const struct buf *b)
{
    return b->block + b->from;
}
static inline size_t buf_room(const struct buf *b)
{
    return b->cap - b->to;
}
static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->block == NULL ? "" : buf_head(b), buf_len(b)};
}

/* Room for `n` more bytes at the end; bytes may move. False: out of memory. */
bool buf_reserve(struct buf *b, size_t n) WARN_UNUSED;
bool buf_put_growing(struct buf *b,
                     struct slice s) WARN_UNUSED; /* what buf_put() does without room */
static inline bool WARN_UNUSED buf_put(struct buf *b, struct slice s)
{
    if (s.len == 0)
        return true;
    if (buf_room(b) < s.len)
        return buf_put_growing(b, s);
    assert(b->block != NULL);
    memcpy(b->block + b->to, s.at, s.len);
    b->to += (uint32_t)s.len;
    return true;
}
bool buf_printf(struct buf *b, const char *format, ...) WARN_UNUSED PRINTF_LIKE(2, 3);
void buf_skip(struct buf *b, size_t n); /* n bytes from the front are done with */
void buf_rest(struct buf *b);           /* empty? then the block goes back to the shelf */
void buf_clear(struct buf *b);          /* all bytes gone, block given back */

/* ---- arena: many small things with one lifetime ---- */

struct arena {
    struct arena_chunk *chunks;
    char *at, *end;
    struct shelf *shelf;          /* NULL: plain memory */
    struct arena_ending *endings; /* in the arena itself */
};

void arena_init(struct arena *a, struct shelf *shelf);
void *arena_alloc(struct arena *a,
                  size_t n) WARN_UNUSED; /* aligned to 16; NULL: none left */
void *arena_zero(struct arena *a, size_t n) WARN_UNUSED;
/* A copy of s; .at is NULL when memory ran out (an empty slice copies to ""). */
struct slice arena_copy(struct arena *a, struct slice s) WARN_UNUSED;
struct slice arena_printf(struct arena *a, const char *format, ...) WARN_UNUSED
    PRINTF_LIKE(2, 3);
/* For what lives in an arena and owns something that does not: give_back(owner) is called
 * when the arena is cleared, the latest first. False: out of memory, never called. */
bool arena_at_clear(struct arena *a, void (*give_back)(void *owner),
                    void *owner) WARN_UNUSED;
void arena_clear(struct arena *a);

/* ---- units, as people write them ---- */

#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

/* "250ms", "0.5s", "2s", "1m", "1h", "1d"; "0". Nanoseconds. */
bool unit_duration(struct slice s, uint64_t *ns);
/* "64KiB", "1.5MB", "300", "1GiB", in any case. Octets. */
bool unit_size(struct slice s, uint64_t *octets);

/* ---- words: what did the user mean? ---- */

/* The candidate nearest to `word`, or NULL when none is near enough. */
const char *word_nearest(struct slice word, const char *const *candidates, size_t n);
/* Edit distance with transpositions, case not counting, at most `cap` (else cap + 1). */
unsigned word_distance(struct slice a, struct slice b, unsigned cap);

/* ---- complaint: the user's mistake, in one line that says what to do ---- */

struct complaint {
    char text[512]; /* "" while there is nothing to complain about */
};

/* Returns false, so that a loader can say `return complain(...)`. */
bool complain(struct complaint *why, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- chance: counted, not drawn ---- */

/*
 * A number that is a pure function of its words (SipHash-2-4 keyed by the seed): the same
 * seed tells the same story whatever happens in between.
 */
uint64_t chance_of(uint64_t seed, const uint64_t *words, size_t n);
uint64_t chance_of_text(uint64_t seed, struct slice text);
bool chance_is(uint64_t drawn, double likely); /* likely 0: never, 1: always */
/* Both included; least <= most. */
uint64_t chance_between(uint64_t drawn, uint64_t least, uint64_t most);

/* How long, or how much: a distribution, and one value of it for one drawn number. */
enum spread_kind {
    SPREAD_FIXED,
    SPREAD_UNIFORM,
    SPREAD_NORMAL,
    SPREAD_LOGNORMAL,
    SPREAD_PARETO
};

struct spread {
    enum spread_kind kind;
    uint64_t a; /* FIXED the value, UNIFORM the least, NORMAL the mean, LOGNORMAL the
                   median, PARETO the least */
    uint64_t b; /* UNIFORM the most, NORMAL the deviation; LOGNORMAL sigma and PARETO alpha
                   in thousandths */
    uint64_t most; /* never more than this; 0: 1 h */
};
uint64_t spread_value(const struct spread *s, uint64_t drawn);

/* ---- JSON text: written, never parsed, here ---- */

/*
 * A quoted string. json_put_octets() makes octets of 0x80 and above \u0080..\u00ff,
 * so arbitrary octets survive (decode as Latin-1) and a line stays one line.
 * json_put_text() passes valid UTF-8 through as it stands, but for U+0080..U+009F,
 * which steer terminals and are escaped; what is not UTF-8 goes octet by octet.
 */
bool json_put_octets(struct buf *b, struct slice s) WARN_UNUSED;
bool json_put_text(struct buf *b, struct slice s) WARN_UNUSED;

/* ---- limits: each has a name, a default, and a clear refusal ---- */

/* clang-format off */
/*    member            name               unit    default      most          what it bounds */
#define LIMITS(X)                                                                            \
    X(head,             "head",            SIZE,   64 << 10,    1 << 20,      "octets of a request or response head") \
    X(target,           "target",          SIZE,   32 << 10,    1 << 20,      "octets of a request target") \
    X(body,             "body",            SIZE,   1 << 20,     64 << 20,     "octets of a request body that a rule looks at") \
    X(fields,           "fields",          COUNT_, 256,         10000,        "header fields of a message") \
    X(field,            "field",           SIZE,   64 << 10,    1 << 20,      "octets of one header field") \
    X(trailers,         "trailers",        COUNT_, 16,          256,          "trailer fields of a message") \
    X(trailer_octets,   "trailer-octets",  SIZE,   4 << 10,     64 << 10,     "octets of a trailer section") \
    X(chunk_ext,        "chunk-ext",       SIZE,   4 << 10,     16 << 10,     "octets of chunk extensions in one message") \
    X(interim,          "interim",         COUNT_, 16,          1000,         "interim responses to one request") \
    X(requests,         "requests",        COUNT_, 10000,       UINT32_MAX,   "requests on one connection") \
    X(pipeline,         "pipeline",        COUNT_, 1000,        100000,       "requests answered in one go before others get a turn") \
    X(connections,      "connections",     COUNT_, 4096,        65536,        "client connections") \
    X(buffered,         "buffered",        SIZE,   256 << 10,   4 << 20,      "octets waiting in one direction of a connection") \
    X(pool,             "pool",            COUNT_, 64,          4096,         "idle upstream connections per origin") \
    X(sample,           "sample",          SIZE,   4 << 10,     1 << 20,      "octets of a content kept in memory, for claims and reports") \
    X(linger,           "linger",          SIZE,   64 << 10,    1 << 20,      "octets read and dropped after a last answer") \
    X(head_time,        "head-time",       TIME,   10 * NS_PER_S, 86400 * NS_PER_S, "from the first octet of a head to its last") \
    X(idle_time,        "idle-time",       TIME,   60 * NS_PER_S, 86400 * NS_PER_S, "without a request on a kept connection") \
    X(stall_time,       "stall-time",      TIME,   30 * NS_PER_S, 86400 * NS_PER_S, "without progress in a body, either way") \
    X(linger_time,      "linger-time",     TIME,   1 * NS_PER_S,  86400 * NS_PER_S, "for a client to close after a last answer") \
    X(resolve_time,     "resolve-time",    TIME,   5 * NS_PER_S,  86400 * NS_PER_S, "to resolve a name") \
    X(connect_time,     "connect-time",    TIME,   5 * NS_PER_S,  86400 * NS_PER_S, "to connect to an upstream") \
    X(answer_time,      "answer-time",     TIME,   60 * NS_PER_S, 86400 * NS_PER_S, "for an upstream's response head") \
    X(tunnel_time,      "tunnel-time",     TIME,   600 * NS_PER_S, 86400 * NS_PER_S, "without an octet either way in a tunnel") \
    X(pool_time,        "pool-time",       TIME,   30 * NS_PER_S, 86400 * NS_PER_S, "an idle upstream connection is kept") \
    X(drain_time,       "drain-time",      TIME,   10 * NS_PER_S, 86400 * NS_PER_S, "for open exchanges to finish on SIGTERM")
/* clang-format on */

struct limits {
#define X(member, name, unit, def, most, help) uint64_t member;
    LIMITS(X)
#undef X
};

extern const struct limits limits_default;

/* "head=32KiB": sets one limit, or complains with the nearest name. */
bool limits_set(struct limits *l, struct slice assignment, struct complaint *why);
void limits_print(FILE *out); /* the table, for --help limits */

#endif
