/* SPDX-License-Identifier: MIT */
#include "naysay/plan.h"

void plan_init(struct plan *p, struct arena *arena)
{
    *p = (struct plan){.arena = arena, .ending = ENDING_BY_PLAN};
}

/* Appends an empty step, or marks the plan spent. */
static struct step *add(struct plan *p, enum step_kind kind)
{
    struct step *s = arena_zero(p->arena, sizeof(*s));

    if (s == NULL) {
        p->spent = true;
        return NULL;
    }
    s->kind = kind;
    s->index = p->n++;
    if (p->last == NULL)
        p->first = s;
    else
        p->last->next = s;
    p->last = s;
    return s;
}

static struct http_response *add_head(struct plan *p, enum step_kind kind, uint16_t status,
                                      struct slice phrase, uint32_t fields)
{
    struct step *s = add(p, kind);

    if (s == NULL)
        return NULL;
    struct http_response *r = &s->head.response;
    r->status = status;
    r->phrase = phrase;
    r->major = r->minor = 1;
    r->fields.cap = fields;
    r->fields.at = arena_alloc(p->arena, fields * sizeof(*r->fields.at));
    if (r->fields.at == NULL) {
        p->spent = true;
        return NULL;
    }
    return r;
}

struct http_response *plan_add_interim(struct plan *p, uint16_t status, struct slice phrase,
                                       uint32_t fields)
{
    assert(status >= 100 && status <= 199 && status != 101);
    return add_head(p, STEP_INTERIM, status, phrase, fields);
}

struct http_response *plan_add_head(struct plan *p, uint16_t status, struct slice phrase,
                                    uint32_t fields)
{
    return add_head(p, STEP_HEAD, status, phrase, fields);
}

void plan_set_upgrade(struct plan *p, struct slice protocol)
{
    if (p->spent)
        return;
    assert(p->last->kind == STEP_HEAD);
    p->last->head.upgrade = protocol;
}

void plan_add_field(struct plan *p, struct http_fields *f, struct slice name,
                    struct slice value)
{
    if (p->spent)
        return;
    if (name.at == NULL || value.at == NULL || !http_add(f, name, value))
        p->spent = true;
}

void plan_add_body(struct plan *p, struct slice octets)
{
    struct step *s = add(p, STEP_BODY);

    if (s != NULL) {
        s->body.octets = octets;
        s->body.length = octets.len;
    }
}

void plan_add_raw(struct plan *p, struct slice octets, struct slice why)
{
    struct step *s = add(p, STEP_RAW);

    if (s == NULL)
        return;
    s->raw.octets = octets;
    s->raw.intent = (struct intent){.kind = "raw", .why = why, .step = s->index};
}

void plan_add_wait(struct plan *p, uint64_t ns)
{
    struct step *s = add(p, STEP_WAIT);

    if (s != NULL)
        s->wait_ns = ns;
}

void plan_add_read(struct plan *p)
{
    add(p, STEP_READ);
}

struct relay *plan_add_relay(struct plan *p)
{
    struct step *s = add(p, STEP_RELAY);

    if (s == NULL)
        return NULL;
    s->relay = arena_zero(p->arena, sizeof(*s->relay));
    if (s->relay == NULL)
        p->spent = true;
    return s->relay;
}

void plan_add_dial(struct plan *p, struct origin to)
{
    struct step *s = add(p, STEP_DIAL);

    if (s != NULL)
        s->origin = to;
}

void plan_add_plain(struct plan *p, enum step_kind kind)
{
    assert(kind == STEP_AWAIT || kind == STEP_PIPE || kind == STEP_TUNNEL ||
           kind == STEP_ECHO);
    add(p, kind);
}

void plan_add_end(struct plan *p, enum step_end how)
{
    struct step *s = add(p, STEP_END);

    if (s != NULL)
        s->end = how;
}

void plan_cut(struct plan *p, struct step *last)
{
    last->next = NULL;
    p->last = last;
    p->n = (uint16_t)(last->index + 1);
}

static int print_origin(const char *verb, const struct origin *o, char *out, size_t size)
{
    return snprintf(out, size, o->is_ipv6 ? "%s [%.*s]:%u" : "%s %.*s:%u", verb,
                    SLICE_ARGS(o->host), o->port);
}

/* "head 522". The journal prints every step: printf is kept for the rare ones. */
static int print_number(const char *word, uint64_t n, char *out, size_t size)
{
    char digits[20], *at = digits + sizeof(digits);
    size_t len = strlen(word), count;

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    count = (size_t)(digits + sizeof(digits) - at);
    if (len + count + 1 > size)
        return snprintf(out, size, "%s%.*s", word, (int)count, at);
    memcpy(out, word, len);
    memcpy(out + len, at, count);
    out[len + count] = '\0';
    return (int)(len + count);
}

int step_print(const struct step *s, char *out, size_t size)
{
    static const char *const ends[] = {"end keep", "end close", "end reset", "end half",
                                       "end race"};

    switch (s->kind) {
    case STEP_INTERIM:
        return print_number("interim ", s->head.response.status, out, size);
    case STEP_HEAD:
        return print_number("head ", s->head.response.status, out, size);
    case STEP_BODY:
        return print_number("body ", s->body.length, out, size);
    case STEP_RAW:
        return print_number("raw ", s->raw.octets.len, out, size);
    case STEP_LAST:
        return snprintf(out, size, "last chunk");
    case STEP_HOLD:
        return snprintf(out, size, "hold %.3gms", (double)s->wait_ns / (double)NS_PER_MS);
    case STEP_WAIT:
        return snprintf(out, size, "wait %.3gms", (double)s->wait_ns / (double)NS_PER_MS);
    case STEP_READ:
        return snprintf(out, size, "read body");
    case STEP_RELAY:
        return print_origin("relay to", &s->relay->to, out, size);
    case STEP_AWAIT:
        return snprintf(out, size, "await head");
    case STEP_PIPE:
        return snprintf(out, size, "pipe body");
    case STEP_DIAL:
        return print_origin("dial", &s->origin, out, size);
    case STEP_TUNNEL:
        return snprintf(out, size, "tunnel");
    case STEP_ECHO:
        return snprintf(out, size, "echo");
    case STEP_END:
        return snprintf(out, size, "%s", ends[s->end]);
    }
    assert(!"every kind is printed above");
    return 0;
}
