/* SPDX-License-Identifier: MIT */
/* What somebody asked for, from words: "103,200", "iis/440", "delay=2s&header=…". */
#include "keys.h"

static bool is_number(struct slice s)
{
    uint64_t v;

    return slice_to_u64(s, &v);
}

static bool take_number(struct slice word, struct answer *out, struct complaint *why)
{
    uint64_t n;

    if (!slice_to_u64(word, &n) || n < 100 || n > 999)
        return complain(why, "status %.*s is not a number from 100 to 999",
                        SLICE_ARGS(word));
    out->wire = (uint16_t)n;
    out->status = status_by_number((unsigned)n);
    out->is_literal = true;
    return true;
}

static bool take_row(struct slice word, struct answer *out, struct complaint *why)
{
    const struct status *row = status_find(word);

    if (row == NULL) {
        const char *near = status_nearest(word);
        return complain(why, "unknown status \"%.*s\"%s%s%s; `naysay codes` lists them",
                        SLICE_ARGS(word), near ? "; did you mean \"" : "", near ? near : "",
                        near ? "\"?" : "");
    }
    if (row->wire < 0)
        return complain(why, "%.*s never reaches a client: %.*s; say %.*s instead",
                        SLICE_ARGS(row->id), SLICE_ARGS(slice_trim(row->summary, ".")),
                        SLICE_ARGS(row->instead));
    out->status = row;
    out->wire = (uint16_t)row->wire;
    out->is_literal = false;
    return true;
}

static bool take_word(struct slice word, struct answer *out, struct complaint *why)
{
    if (word.len == 0)
        return complain(why, "a status is missing; say a number (522) or an id (iis/440)");
    return is_number(word) ? take_number(word, out, why) : take_row(word, out, why);
}

static bool is_interim(unsigned wire)
{
    return wire >= 100 && wire <= 199 && wire != 101;
}

/* What was just taken goes before the final answer. */
static bool make_interim(struct answer *out, struct complaint *why)
{
    if (out->n_interim == COUNT(out->interim))
        return complain(why, "more than %zu interim statuses", COUNT(out->interim));
    out->interim[out->n_interim].wire = out->wire;
    out->interim[out->n_interim++].status = out->status;
    return true;
}

bool answer_parse(struct slice query, struct answer *out, struct complaint *why)
{
    *out = (struct answer){0};
    for (;;) {
        struct slice word = slice_trim(slice_cut(&query, ','), " \t");

        if (!take_word(word, out, why))
            return false;
        if (query.at == NULL)
            break;
        if (!is_interim(out->wire))
            return complain(why,
                            "%.*s cannot stand before another status: only a 1xx other "
                            "than 101 is followed by one",
                            SLICE_ARGS(word));
        if (!make_interim(out, why))
            return false;
    }
    if (is_interim(out->wire)) {
        if (!make_interim(out, why))
            return false;
        out->wire = 200;
        out->status = status_by_number(200);
        out->is_literal = true;
    }
    return true;
}

/* Fields of which a response has one (RFC 9110 §5.3, §8.3, §8.8). */
static bool is_single(struct slice name)
{
    return slice_is_nocase(name, SLICE("Content-Type")) ||
           slice_is_nocase(name, SLICE("ETag")) || slice_is_nocase(name, SLICE("Date")) ||
           slice_is_nocase(name, SLICE("Location"));
}

static bool option_header(struct slice value, struct answer *out, struct complaint *why)
{
    ssize_t colon = slice_find(value, ':');
    struct slice name = {value.at, colon < 0 ? 0 : (size_t)colon};

    if (colon < 0)
        return complain(why, "header= wants Name:value");
    struct slice text =
        slice_trim((struct slice){value.at + colon + 1, value.len - name.len - 1}, " \t");
    if (!http_is_token(name))
        return complain(why, "header= has a name that is no token (RFC 9110 §5.1)");
    if (!http_is_field_value(text))
        return complain(
            why, "header= has a value with a control character; to send it, use raw=");
    if (is_framing_field(name))
        return complain(why, "%.*s is part of the framing; to send a wrong one, use raw=",
                        SLICE_ARGS(name));
    if (is_single(name) && http_find_name(&out->fields, name) != NULL)
        return complain(why, "%.*s is given twice", SLICE_ARGS(name));
    if (!http_add(&out->fields, name, text))
        return complain(why, "more than %u header= options", out->fields.cap);
    return true;
}

static bool option_delay(struct slice value, struct answer *out, struct complaint *why)
{
    if (!unit_duration(value, &out->delay_ns) || out->delay_ns > 3600 * NS_PER_S)
        return complain(why, "delay= wants a duration up to 1h, such as 250ms or 2s");
    return true;
}

static bool option_body(struct slice value, struct answer *out, struct complaint *why)
{
    (void)why;
    out->body = value;
    return true;
}

static bool option_type(struct slice value, struct answer *out, struct complaint *why)
{
    value = slice_trim(value, " \t");
    if (http_find_name(&out->fields, SLICE("Content-Type")) != NULL)
        return complain(why, "Content-Type is given twice");
    if (!http_is_field_value(value) || value.len == 0)
        return complain(why, "type= wants a media type, such as text/html");
    if (!http_add(&out->fields, SLICE("Content-Type"), value))
        return complain(why, "more than %u header= options", out->fields.cap);
    return true;
}

static bool option_raw(struct slice value, struct answer *out, struct complaint *why)
{
    (void)why;
    out->raw = value;
    return true;
}

static const struct option {
    const char *name;
    bool (*take)(struct slice value, struct answer *out, struct complaint *why);
} options[] = {
    {"delay", option_delay}, {"header", option_header}, {"body", option_body},
    {"type", option_type},   {"raw", option_raw},
};

static bool take_option(struct slice name, struct slice value, struct answer *out,
                        struct complaint *why)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if (slice_is(name, slice_of(options[i].name)))
            return options[i].take(value, out, why);
    return complain(why,
                    "unknown option \"%.*s\"; there are delay, header, body, type and raw",
                    SLICE_ARGS(name));
}

/*
 * A body where none may follow would break the framing: say so, rather than send it or not.
 */
static bool fits(const struct answer *out, struct complaint *why)
{
    bool bodyless = http_is_bodyless(out->wire);

    if (out->wire == 0 && (out->body.at != NULL || out->fields.n > 0))
        return complain(
            why, "%.*s closes without an octet: no body and no header can go with it",
            SLICE_ARGS(out->status->id));
    if (out->body.at != NULL && out->body.len > 0 && bodyless && out->raw.at == NULL)
        return complain(
            why, "no body may follow a %u; to send one all the same, use raw=", out->wire);
    if (out->wire == 206 && out->body.at != NULL && out->body.len == 0 &&
        out->raw.at == NULL)
        return complain(why,
                        "a 206 needs a body: Content-Range cannot name an empty range");
    return true;
}

bool answer_parse_options(struct slice query, struct arena *a, struct answer *out,
                          struct complaint *why)
{
    out->fields.cap = 16;
    out->fields.n = 0;
    out->fields.at = arena_alloc(a, out->fields.cap * sizeof(*out->fields.at));
    if (out->fields.at == NULL)
        return complain(why, "out of memory");

    while (query.len > 0) {
        struct slice pair = slice_cut(&query, '&'), name, value;
        if (pair.len == 0)
            continue;
        name = slice_cut(&pair, '=');
        bool plus = !slice_is(name, SLICE("raw"));
        if (!http_decode(pair, plus, a, &value))
            return complain(why, "%.*s= has a percent sign without two hex digits",
                            SLICE_ARGS(name));
        if (!take_option(name, value, out, why))
            return false;
    }
    return fits(out, why);
}
