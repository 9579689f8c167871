/* SPDX-License-Identifier: MIT */
/* Explicit steps: the keys of `steps`, and of interim answers. */
#include "keys.h"

/* ---- interim answers ---- */

static bool interim_status(struct loader *l, const struct node *n, void *into)
{
    struct interim_line *i = into;
    struct answer a;

    if (!value_status(l, n, &a))
        return false;
    if (a.n_interim != 1)
        return complain_at(l->why, n, "an interim status is a 1xx other than 101");
    i->wire = a.interim[0].wire;
    i->status = a.interim[0].status;
    return true;
}

static bool interim_headers(struct loader *l, const struct node *n, void *into)
{
    struct interim_line *i = into;

    return take_fields(l, n, EDIT_SET, &i->fields) && check_fields(l, n, i->fields);
}

#define SINCE .since = "0.2"

/* clang-format off */
static const struct key interim_keys[] = {
    {.name = "status", .type = KEY_OWN, .form = "a 1xx status other than 101: 103", .help = "what to say", SINCE, .take = interim_status, .is_needed = true},
    {.name = "headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to send with it", SINCE, .take = interim_headers},
};
/* clang-format on */

const struct shape shape_interim = {
    .name = "interim",
    .help = "a 1xx answer before the final one",
    .keys = interim_keys,
    .n_keys = COUNT(interim_keys),
    .size = sizeof(struct interim_line),
    .short_form = "a 1xx status: 103",
    .take_short = interim_status,
};

/* ---- a head ---- */

static bool head_status(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;
    struct answer a;

    if (!value_status(l, n, &a))
        return false;
    if (a.n_interim > 0 || a.wire < 200)
        return complain_at(l->why, n, "a head has one final status; `interim` says a 1xx");
    c->wire = a.wire;
    c->status = a.status;
    return true;
}

/* A length may be said as a size: 1MiB. */
static bool head_length(struct loader *l, const struct node *n, struct cue *c)
{
    c->framing.kind = BODY_LENGTH;
    return take_scalar(l, KEY_SIZE, n, "content-length", &c->framing.length);
}

static bool head_coding(struct loader *l, const struct node *n, struct cue *c)
{
    c->framing.kind = BODY_CHUNKED;
    return node_is(n, "chunked") ||
           complain_at(l->why, n,
                       "the only transfer coding is chunked; for another use raw");
}

/* Content-Length and Transfer-Encoding become the framing, the rest are fields. */
static bool head_field(struct loader *l, const struct node *m, struct cue *c)
{
    enum http_field_id id = http_field_id(m->key->text);

    if (id != FIELD_CONTENT_LENGTH && id != FIELD_TRANSFER_ENCODING)
        return take_field(l, m, EDIT_SET, &c->fields);
    if (c->is_framed)
        return complain_at(l->why, m->key,
                           "the framing is said twice: content-length or "
                           "transfer-encoding; to send both, use raw");
    c->is_framed = true;
    return id == FIELD_CONTENT_LENGTH ? head_length(l, m, c) : head_coding(l, m, c);
}

static bool head_headers(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;
    bool ok = true;

    if (n->kind != NODE_MAP)
        return complain_kind(l, n, "headers", "a map from names to values");
    for (const struct node *m = n->first; m != NULL; m = m->next)
        ok &= head_field(l, m, c);
    return ok && check_fields(l, n, c->fields);
}

static bool head_reason(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    return take_scalar(l, KEY_TEXT, n, "reason", &c->reason) &&
           (http_is_field_value(c->reason) ||
            complain_at(l->why, n, "a reason may hold no control character"));
}

/* clang-format off */
static const struct key head_keys[] = {
    {.name = "status", .type = KEY_OWN, .form = "a final status: 503, iis/440", .help = "what to say", SINCE, .take = head_status, .is_needed = true},
    {.name = "reason", .type = KEY_OWN, .form = "a text", .help = "the reason phrase, instead of the registry's", SINCE, .take = head_reason},
    {.name = "headers", .type = KEY_OWN, .form = "a map from names to values; content-length may be a size", .help = "fields to send; without content-length and transfer-encoding the length is that of the bodies that follow", SINCE, .take = head_headers},
};
/* clang-format on */

static const struct shape shape_head = {
    .name = "head",
    .help = "the final head",
    .keys = head_keys,
    .n_keys = COUNT(head_keys),
    .size = sizeof(struct cue),
    .short_form = "a final status: 503",
    .take_short = head_status,
};

/* ---- content ---- */

static bool body_text(struct loader *l, const struct node *n, void *into)
{
    return content_text(l, n, &((struct cue *)into)->content);
}

static bool body_json(struct loader *l, const struct node *n, void *into)
{
    return content_json(l, n, &((struct cue *)into)->content);
}

static bool body_file(struct loader *l, const struct node *n, void *into)
{
    return content_file(l, n, &((struct cue *)into)->content);
}

static bool body_base64(struct loader *l, const struct node *n, void *into)
{
    return content_base64(l, n, &((struct cue *)into)->content);
}

static bool body_fill(struct loader *l, const struct node *n, void *into)
{
    return content_fill(l, n, &((struct cue *)into)->content);
}

static bool raw_hex(struct loader *l, const struct node *n, void *into)
{
    return content_hex(l, n, &((struct cue *)into)->content);
}

static bool check_content(struct loader *l, const struct node *n, void *into)
{
    return ((struct cue *)into)->content.kind != CONTENT_DEFAULT ||
           complain_at(l->why, n, "there is nothing to send here");
}

/* clang-format off */
static const struct key body_keys[] = {
    {.name = "text", .type = KEY_OWN, .form = "a template", .help = "the content as a text", SINCE, .take = body_text},
    {.name = "json", .type = KEY_OWN, .form = "any value", .help = "the content as JSON", SINCE, .take = body_json},
    {.name = "file", .type = KEY_OWN, .form = "a path, from this file's folder", .help = "the content of a file", SINCE, .take = body_file},
    {.name = "base64", .type = KEY_OWN, .form = "base64", .help = "the content as octets", SINCE, .take = body_base64},
    {.name = "fill", .type = KEY_OWN, .form = "a size: 64KiB", .help = "the content as so many octets, made as they go", SINCE, .take = body_fill},
    {.name = "rate", .type = KEY_RATE, .least = 1, .help = "how fast it goes, at most", SINCE, .at = offsetof(struct cue, rate)},
    {.name = "chunk", .type = KEY_SIZE, .least = 1, .most = 1u << 30, .help = "how many octets make a chunk, where the head says chunked", SINCE, .at = offsetof(struct cue, chunk)},
};

static const struct key raw_keys[] = {
    {.name = "text", .type = KEY_OWN, .form = "a template", .help = "octets as a text; between double quotes \\r\\n ends a line as HTTP does", SINCE, .take = body_text},
    {.name = "base64", .type = KEY_OWN, .form = "base64", .help = "octets in base64", SINCE, .take = body_base64},
    {.name = "hex", .type = KEY_OWN, .form = "pairs of digits: 0d0a", .help = "octets in hexadecimal", SINCE, .take = raw_hex},
    {.name = "file", .type = KEY_OWN, .form = "a path, from this file's folder", .help = "the octets of a file", SINCE, .take = body_file},
};
/* clang-format on */

static const struct shape shape_body = {
    .name = "body",
    .help = "content, framed as the head says",
    .keys = body_keys,
    .n_keys = COUNT(body_keys),
    .size = sizeof(struct cue),
    .short_form = "a text",
    .take_short = body_text,
    .check = check_content,
};

static const struct shape shape_raw = {
    .name = "raw",
    .help = "octets as they are, declared in the journal",
    .keys = raw_keys,
    .n_keys = COUNT(raw_keys),
    .size = sizeof(struct cue),
    .short_form = "a text",
    .take_short = body_text,
    .check = check_content,
};

/* ---- one step ---- */

/* The parts load into a cue of their own, which then is the step. */
static bool load_part(struct loader *l, const struct shape *s, const struct node *n,
                      struct cue *c, enum cue_kind kind)
{
    bool ok = shape_load(l, s, n, c);

    c->kind = kind;
    c->node = n;
    return ok;
}

static bool cue_interim(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    c->kind = CUE_INTERIM;
    c->node = n;
    return shape_load(l, &shape_interim, n, &c->interim);
}

static bool cue_head(struct loader *l, const struct node *n, void *into)
{
    return load_part(l, &shape_head, n, into, CUE_HEAD);
}

static bool cue_body(struct loader *l, const struct node *n, void *into)
{
    return load_part(l, &shape_body, n, into, CUE_BODY);
}

static bool cue_raw(struct loader *l, const struct node *n, void *into)
{
    return load_part(l, &shape_raw, n, into, CUE_RAW);
}

static bool cue_wait(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    c->kind = CUE_WAIT;
    c->node = n;
    return value_spread(l, n, &c->wait);
}

#define LONGEST_HOLD (24 * 3600 * NS_PER_S)

static bool cue_hold(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    c->kind = CUE_HOLD;
    c->node = n;
    return take_scalar(l, KEY_DURATION, n, "hold", &c->hold_ns) &&
           (c->hold_ns <= LONGEST_HOLD ||
            complain_at(l->why, n, "hold is longer than a day"));
}

static bool cue_tunnel(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;
    struct slice host;
    uint16_t port;
    bool is_ipv6;
    const char *fault;

    c->kind = CUE_TUNNEL;
    c->node = n;
    if (node_is(n, "true"))
        return true;
    if (!take_scalar(l, KEY_TEXT, n, "tunnel", &c->to))
        return false;
    fault = http_split_authority(c->to, &host, &port, &is_ipv6);
    return (fault == NULL && port > 0) ||
           complain_at(l->why, n,
                       "tunnel leads to host:port, or is true for where the client "
                       "asks, not \"%.*s\"",
                       SLICE_ARGS(c->to));
}

static bool cue_end(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    c->kind = CUE_END;
    c->node = n;
    return value_end(l, n, &c->end);
}

static bool cue_short(struct loader *l, const struct node *n, void *into)
{
    struct cue *c = into;

    c->node = n;
    if (node_is(n, "read"))
        c->kind = CUE_READ;
    else if (node_is(n, "tunnel"))
        c->kind = CUE_TUNNEL;
    else
        return complain_at(l->why, n,
                           "a step is one of interim, head, body, raw, wait, hold, "
                           "tunnel and end, or the word read");
    return true;
}

static bool cue_check(struct loader *l, const struct node *n, void *into)
{
    (void)into;
    return n->kind != NODE_MAP || n->n == 1 ||
           complain_at(l->why, n, "a step is one key: begin the next with its own \"-\"");
}

/* clang-format off */
static const struct key cue_keys[] = {
    {.name = "interim", .type = KEY_SHAPE, .shape = &shape_interim, .help = "a 1xx answer before the final one", SINCE, .take = cue_interim},
    {.name = "head", .type = KEY_SHAPE, .shape = &shape_head, .help = "the final head", SINCE, .take = cue_head},
    {.name = "body", .type = KEY_SHAPE, .shape = &shape_body, .help = "some of the content", SINCE, .take = cue_body},
    {.name = "raw", .type = KEY_SHAPE, .shape = &shape_raw, .help = "octets as they are, whatever HTTP says", SINCE, .take = cue_raw},
    {.name = "wait", .type = KEY_SHAPE, .shape = &shape_spread, .help = "how long to do nothing", SINCE, .take = cue_wait},
    {.name = "hold", .type = KEY_DURATION, .help = "how long to say nothing, unless the client gives up before", SINCE, .take = cue_hold},
    {.name = "tunnel", .type = KEY_OWN, .form = "true, or host:port", .help = "a tunnel to where the client asks, or to host:port, until both sides are done", SINCE, .take = cue_tunnel},
    {.name = "end", .type = KEY_CHOICE, .choices = end_words, .help = "what becomes of the connection, as the last step: half closes our side and reads on, race promises to keep it and closes it", SINCE, .take = cue_end},
};
/* clang-format on */

const struct shape shape_cue = {
    .name = "step",
    .help = "one step of an answer, performed in order",
    .keys = cue_keys,
    .n_keys = COUNT(cue_keys),
    .size = sizeof(struct cue),
    .short_form = "`read`, which waits for the client's whole body, or `tunnel`",
    .take_short = cue_short,
    .check = cue_check,
};
