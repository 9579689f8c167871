/* SPDX-License-Identifier: MIT */
/* What is in a request: fields, parameters, cookies, its body. */
#include "content.h"

/* ---- trouble, and what was found ---- */

static void look_at(struct look *k, struct slice value)
{
    k->n++;
    if (k->first.at == NULL)
        k->first = value.at == NULL ? SLICE("") : value;
    if (k->trait->value == NULL || pattern_fits(k->trait->value, value, true))
        k->fits = true;
    else if (is_taken_out(k->record, value))
        k->is_dark = true;
}

/* ---- names and values between separators: queries, cookies, forms ---- */

static struct slice decoded(struct look *k, struct slice s)
{
    struct slice plain;

    return http_decode(s, true, k->scratch, &plain) ? plain : s;
}

static void look_in_pairs(struct look *k, struct slice pairs, char between, bool is_coded)
{
    while (pairs.len > 0) {
        struct slice value = slice_trim(slice_cut(&pairs, between), " ");
        struct slice name = slice_cut(&value, '=');

        if (is_coded) {
            name = decoded(k, name);
            value = value.at == NULL ? SLICE("") : decoded(k, value);
        }
        if (name.len > 0 && slice_is(name, k->trait->name))
            look_at(k, value);
    }
}

static struct slice query_of(const struct record *r)
{
    struct slice target = r->target;

    slice_cut(&target, '?');
    return target;
}

/* ---- bodies: the first octets of them are at hand ---- */

static bool is_cut_short(const struct record *r)
{
    return r->request_body > r->request_sample.len;
}

static void look_at_body(struct look *k)
{
    struct slice sample = k->record->request_sample;

    if (k->record->request_body > 0)
        look_at(k, sample.at == NULL ? SLICE("") : sample);
    k->is_dark |= !k->fits && is_cut_short(k->record);
}

static void look_in_form(struct look *k)
{
    look_in_pairs(k, k->record->request_sample, '&', true);
    k->is_dark |= !k->fits && is_cut_short(k->record);
}

static void look_in_json(struct look *k)
{
    struct members *body;
    struct slice value;

    if (is_cut_short(k->record)) {
        k->is_dark = true;
        return;
    }
    body = members_read(k->record->request_sample);
    value = members_get(body, k->trait->name, k->scratch);
    members_free(body);
    if (value.at != NULL)
        look_at(k, value);
}

/* ---- heads ---- */

static void look_in_fields(struct look *k)
{
    struct slice rest = k->record->request_head, name, value;

    while (record_next_field(&rest, &name, &value))
        if (slice_is_nocase(name, k->trait->name))
            look_at(k, value);
}

static void look_in_cookies(struct look *k)
{
    struct slice rest = k->record->request_head, name, value;

    while (record_next_field(&rest, &name, &value)) {
        if (!slice_is_nocase(name, SLICE("Cookie")))
            continue;
        if (is_taken_out(k->record, value))
            k->is_dark = true;
        else
            look_in_pairs(k, value, ';', false);
    }
}

/* As it came; and where that is an absolute-form, its path and query alone. */
static void look_at_target(struct look *k, bool is_path)
{
    struct http_target t;
    const struct record *r = k->record;
    bool is_split = http_split_target(r->target, http_method_of(r->method), &t) == NULL &&
                    (t.form == FORM_ABSOLUTE || t.form == FORM_ORIGIN);

    if (is_path)
        look_at(k, is_split ? t.path : r->target);
    else
        look_at(k, r->target);
    if (!is_path && !k->fits && is_split)
        look_at(k, t.origin_form);
}

static void look_where(struct look *k)
{
    switch (k->trait->part) {
    case TRAIT_FIELD:
        look_in_fields(k);
        return;
    case TRAIT_QUERY:
        look_in_pairs(k, query_of(k->record), '&', true);
        return;
    case TRAIT_COOKIE:
        look_in_cookies(k);
        return;
    case TRAIT_FORM:
        look_in_form(k);
        return;
    case TRAIT_JSON:
        look_in_json(k);
        return;
    case TRAIT_BODY:
        look_at_body(k);
        return;
    case TRAIT_METHOD:
        look_at(k, k->record->method);
        return;
    case TRAIT_TARGET:
    case TRAIT_PATH:
        look_at_target(k, k->trait->part == TRAIT_PATH);
        return;
    }
}

/* What is not there may be what was asked for: {not: x}. */
static void look(struct look *k)
{
    look_where(k);
    if (k->n == 0 && !k->is_dark && k->trait->value != NULL)
        k->fits = pattern_fits(k->trait->value, NO_SLICE, false);
}

/* ---- what is said about it ---- */

static const char *const part_words[] = {
    [TRAIT_FIELD] = "",
    [TRAIT_QUERY] = "the parameter ",
    [TRAIT_COOKIE] = "the cookie ",
    [TRAIT_FORM] = "the form field ",
    [TRAIT_JSON] = "JSON ",
    [TRAIT_BODY] = "body",
    [TRAIT_METHOD] = "method",
    [TRAIT_TARGET] = "target",
    [TRAIT_PATH] = "path",
};

static struct slice say_expected(struct story *s, const struct trait *t)
{
    char pattern[200] = "";

    if (t->value != NULL)
        pattern_print(t->value, pattern, sizeof(pattern));
    return text_of(s, "%s%s%.*s%s%s", t->lacks ? "no " : "", part_words[t->part],
                   SLICE_ARGS(t->name), t->value == NULL ? "" : " ", pattern);
}

static struct slice say_value(struct story *s, const struct look *k)
{
    if (k->trait->part == TRAIT_FIELD)
        return field_told(s, k->trait->name, k->first);
    if (k->trait->part == TRAIT_COOKIE)
        return SLICE("another value");
    return quoted(s, k->first);
}

static struct slice say_seen(struct story *s, const struct look *k, uint32_t i)
{
    struct slice label = beat_label(s, i);

    if (k->n == 0)
        return text_of(s, "%.*s has no %s%.*s", SLICE_ARGS(label),
                       part_words[k->trait->part], SLICE_ARGS(k->trait->name));
    return text_of(s, "%.*s has %s%.*s: %.*s", SLICE_ARGS(label),
                   part_words[k->trait->part], SLICE_ARGS(k->trait->name),
                   SLICE_ARGS(say_value(s, k)));
}

static struct slice say_dark(struct story *s, const struct look *k, uint32_t i)
{
    bool is_body = k->trait->part == TRAIT_BODY || k->trait->part == TRAIT_FORM ||
                   k->trait->part == TRAIT_JSON;

    return text_of(s,
                   is_body ? "the body of %.*s is longer than what was kept of it"
                           : "secrets of %.*s were taken out of the journal",
                   SLICE_ARGS(beat_label(s, i)));
}

/* False: the finding is made. */
static bool holds_for(struct story *s, const struct claim *c, uint32_t i, struct finding *f)
{
    struct arena scratch;

    arena_init(&scratch, NULL);
    for (uint32_t j = 0; j < c->content.n && f->result == FINDING_HOLDS; j++) {
        const struct trait *t = &c->content.at[j];
        struct look k = {.trait = t, .record = s->at[i], .scratch = &scratch};

        look(&k);
        if (!k.fits && k.is_dark)
            find_unknown(f, say_dark(s, &k, i));
        else if (k.fits == t->lacks)
            find_failure(f, s->at[i], say_expected(s, t), say_seen(s, &k, i));
    }
    arena_clear(&scratch);
    return f->result == FINDING_HOLDS;
}

void judge_content(struct story *s, const struct claim *c, struct finding *f)
{
    const struct ref *ref = &c->content.ref;
    uint32_t at = story_next(s, ref, 0), last = at;

    if (at == NO_BEAT) {
        find_blocked(s, f, ref);
        return;
    }
    if (ref->nth > 0 || c->content.which == WHICH_FIRST) {
        holds_for(s, c, at, f);
        return;
    }
    for (; at != NO_BEAT; at = story_next(s, ref, at + 1)) {
        last = at;
        if (c->content.which == WHICH_EVERY && !holds_for(s, c, at, f))
            return;
    }
    if (c->content.which == WHICH_LAST)
        holds_for(s, c, last, f);
}
