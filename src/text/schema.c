/* SPDX-License-Identifier: MIT */
/*
 * The tables of keys as a JSON Schema, for editors that complete and check as one types.
 * It accepts whatever loads; what only a loader can tell (a duration's bounds, forms of
 * their own) stands in the descriptions.
 */
#include "lay.h"
#include "reach.h"
#include "scalar.h"

struct schema {
    struct lay json;
    struct reach reach;
};

static void put_ref(struct schema *w, const struct shape *s)
{
    lay_name(&w->json, "$ref");
    fprintf(w->json.out, "\"#/$defs/%s\"", reach_id(&w->reach, s).text);
}

/* An object that is a reference and nothing else, as an item of a list. */
static void put_ref_item(struct schema *w, const struct shape *s)
{
    lay_item(&w->json);
    lay_open(&w->json, '{');
    put_ref(w, s);
    lay_close(&w->json, '}');
}

/* ---- what a key is for, in words ---- */

static void say(struct buf *b, bool is_markdown, const char *before, const char *text,
                bool is_code)
{
    const char *tick = is_markdown && is_code ? "`" : "";

    if (text == NULL || text[0] == '\0')
        return;
    bool is_ended = tick[0] == '\0' && text[strlen(text) - 1] == '.'; /* a range: "2.." */
    mem_must(buf_printf(b, "%s%s%s%s%s", before, tick, text, tick, is_ended ? "" : ".")
                 ? b->block
                 : NULL);
}

static void put_words(struct schema *w, const struct key *k, bool is_markdown)
{
    const char *gap = is_markdown ? "\n\n" : " ";
    struct buf b = {0};
    char text[64];

    say(&b, is_markdown, "", k->help == NULL ? k->name : k->help, false);
    if (buf_head(&b)[0] >= 'a' && buf_head(&b)[0] <= 'z')
        buf_head(&b)[0] -= 'a' - 'A';
    snprintf(text, sizeof(text), "%sTakes ", gap);
    say(&b, is_markdown, text, k->form, false);
    snprintf(text, sizeof(text), "%sAllowed: ", gap);
    say(&b, is_markdown, text, shown_bounds(k).text, false);
    snprintf(text, sizeof(text), "%sDefault: ", gap);
    say(&b, is_markdown, text, k->fallback, true);
    snprintf(text, sizeof(text), "%sSince naysay ", gap);
    say(&b, is_markdown, text, k->since, false);
    mem_must(buf_put(&b, (struct slice){"", 1}) ? b.block : NULL);
    lay_text(&w->json, is_markdown ? "markdownDescription" : "description", buf_head(&b));
    buf_clear(&b);
}

/* ---- one key ---- */

/* As a text it fits the pattern; as a number, YAML's readers make it one. */
struct form {
    const char *types, *pattern;
};

#define DECIMAL "^[0-9]+(\\.[0-9]{1,9})?"
#define UNIT    "([kKmMgGtT][iI]?[bB]|[bB])?"

static const struct form forms[] = {
    [KEY_FLAG] = {"[\"boolean\"]", NULL},
    [KEY_COUNT] = {"[\"integer\", \"string\"]", "^[0-9]+$"},
    [KEY_DURATION] = {"[\"string\", \"integer\"]",
                      DECIMAL "([nN][sS]|[uU][sS]|[mM][sS]|[sSmMhHdD])$|^0$"},
    [KEY_SIZE] = {"[\"string\", \"integer\"]", DECIMAL UNIT "$"},
    [KEY_RATE] = {"[\"string\", \"integer\"]", DECIMAL UNIT "(/[sS])?$"},
    [KEY_CHANCE] = {"[\"number\", \"string\"]", "^([0-9]+\\.?[0-9]*|\\.[0-9]+)%?$"},
    [KEY_TEXT] = {"[\"string\", \"number\", \"boolean\"]", NULL},
};

static void put_bounds(struct schema *w, const struct key *k)
{
    if (k->type == KEY_DURATION || k->type == KEY_CHANCE) {
        lay_number(&w->json, "minimum", 0);
        lay_number(&w->json, "maximum",
                   k->type == KEY_CHANCE); /* without a unit there is 0 only */
    } else if (k->type == KEY_COUNT || k->type == KEY_SIZE || k->type == KEY_RATE) {
        lay_number(&w->json, "minimum",
                   k->type == KEY_RATE && k->least == 0 ? 1 : k->least);
        if (k->most > 0)
            lay_number(&w->json, "maximum", k->most);
    }
}

static void put_scalar(struct schema *w, const struct key *k)
{
    lay_json(&w->json, "type", forms[k->type].types);
    lay_text(&w->json, "pattern", forms[k->type].pattern);
    put_bounds(w, k);
}

static void put_choices(struct schema *w, const struct key *k)
{
    lay_name(&w->json, "enum");
    lay_open(&w->json, '[');
    for (size_t i = 0; k->choices[i] != NULL; i++) {
        lay_item(&w->json);
        lay_string(&w->json, k->choices[i]);
    }
    lay_close(&w->json, ']');
}

static void put_how_many(struct schema *w, const struct key *k, const char *least,
                         const char *most)
{
    if (k->least > 0)
        lay_number(&w->json, least, k->least);
    if (k->most > 0)
        lay_number(&w->json, most, k->most);
}

/* One alone, or a list: a list is never one alone that is a list. */
static void put_list(struct schema *w, const struct key *k)
{
    lay_name(&w->json, "anyOf");
    lay_open(&w->json, '[');
    lay_item(&w->json);
    lay_open(&w->json, '{');
    put_ref(w, k->shape);
    if (k->shape->take_list != NULL)
        lay_json(&w->json, "not", "{\"type\": \"array\"}");
    lay_close(&w->json, '}');
    lay_item(&w->json);
    lay_open(&w->json, '{');
    lay_json(&w->json, "type", "\"array\"");
    lay_name(&w->json, "items");
    lay_open(&w->json, '{');
    put_ref(w, k->shape);
    lay_close(&w->json, '}');
    put_how_many(w, k, "minItems", "maxItems");
    lay_close(&w->json, '}');
    lay_close(&w->json, ']');
}

static void put_map_of(struct schema *w, const struct key *k)
{
    lay_json(&w->json, "type", "\"object\"");
    lay_name(&w->json, "additionalProperties");
    lay_open(&w->json, '{');
    put_ref(w, k->shape);
    lay_close(&w->json, '}');
    put_how_many(w, k, "minProperties", "maxProperties");
}

/* Anything; an editor offers the keys of the shape all the same. */
static void put_own(struct schema *w, const struct shape *s)
{
    if (s == NULL)
        return;
    lay_name(&w->json, "anyOf");
    lay_open(&w->json, '[');
    put_ref_item(w, s);
    lay_item(&w->json);
    lay_raw(&w->json, "{}");
    lay_close(&w->json, ']');
}

static void put_value(struct schema *w, const struct key *k)
{
    switch (k->type) {
    case KEY_CHOICE:
        put_choices(w, k);
        break;
    case KEY_SHAPE:
        put_ref(w, k->shape);
        break;
    case KEY_LIST:
        put_list(w, k);
        break;
    case KEY_NAMED:
        put_map_of(w, k);
        break;
    case KEY_OWN:
        put_own(w, k->shape);
        break;
    default:
        put_scalar(w, k);
    }
}

static void put_default(struct schema *w, const struct key *k)
{
    uint64_t number;

    if (k->fallback == NULL)
        return;
    if (k->type == KEY_FLAG ||
        (k->type == KEY_COUNT && slice_to_u64(slice_of(k->fallback), &number)))
        lay_json(&w->json, "default", k->fallback);
    else
        lay_text(&w->json, "default", k->fallback);
}

static void put_key(struct schema *w, const struct key *k, const char *name)
{
    lay_name(&w->json, name);
    lay_open(&w->json, '{');
    put_words(w, k, false);
    put_words(w, k, true);
    put_default(w, k);
    put_value(w, k);
    lay_close(&w->json, '}');
}

/* ---- one shape ---- */

static void put_required(struct schema *w, const char *name, const char *other)
{
    lay_name(&w->json, "required");
    lay_open(&w->json, '[');
    lay_item(&w->json);
    lay_string(&w->json, name);
    if (other != NULL) {
        lay_item(&w->json);
        lay_string(&w->json, other);
    }
    lay_close(&w->json, ']');
}

static void put_required_item(struct schema *w, const char *name)
{
    lay_item(&w->json);
    lay_open(&w->json, '{');
    put_required(w, name, NULL);
    lay_close(&w->json, '}');
}

/* Of two spellings, one; and it must be there, or it need not. */
static void put_rule(struct schema *w, const struct key *k)
{
    lay_item(&w->json);
    lay_open(&w->json, '{');
    if (k->also == NULL)
        put_required(w, k->name, NULL);
    else if (k->is_needed) {
        lay_name(&w->json, "oneOf");
        lay_open(&w->json, '[');
        put_required_item(w, k->name);
        put_required_item(w, k->also);
        lay_close(&w->json, ']');
    } else {
        lay_name(&w->json, "not");
        lay_open(&w->json, '{');
        put_required(w, k->name, k->also);
        lay_close(&w->json, '}');
    }
    lay_close(&w->json, '}');
}

static void put_rules(struct schema *w, const struct shape *s)
{
    bool is_open = false;

    for (size_t i = 0; i < s->n_keys; i++) {
        if (s->keys[i].also == NULL && !s->keys[i].is_needed)
            continue;
        if (!is_open) {
            lay_name(&w->json, "allOf");
            lay_open(&w->json, '[');
            is_open = true;
        }
        put_rule(w, &s->keys[i]);
    }
    if (is_open)
        lay_close(&w->json, ']');
}

static void put_others(struct schema *w, const struct shape *s)
{
    if (s->take_other == NULL) {
        lay_json(&w->json, "additionalProperties", "false");
        return;
    }
    lay_name(&w->json, "additionalProperties");
    lay_open(&w->json, '{');
    lay_text(&w->json, "description", s->other == NULL ? "A name of your own." : s->other);
    put_own(w, s->other_shape);
    lay_close(&w->json, '}');
}

static void put_map(struct schema *w, const struct shape *s)
{
    lay_json(&w->json, "type", "\"object\"");
    lay_name(&w->json, "properties");
    lay_open(&w->json, '{');
    for (size_t i = 0; i < s->n_keys; i++) {
        put_key(w, &s->keys[i], s->keys[i].name);
        if (s->keys[i].also != NULL)
            put_key(w, &s->keys[i], s->keys[i].also);
    }
    lay_close(&w->json, '}');
    put_rules(w, s);
    put_others(w, s);
}

static bool has_map(const struct shape *s)
{
    return s->n_keys > 0 || s->take_other != NULL;
}

static void put_short(struct schema *w, const struct shape *s)
{
    lay_item(&w->json);
    lay_open(&w->json, '{');
    lay_json(&w->json, "type", forms[KEY_TEXT].types);
    lay_text(&w->json, "description", s->short_form == NULL ? s->help : s->short_form);
    lay_close(&w->json, '}');
}

/* A word or a line, a list, a map: what a value is tells which one is meant. */
static void put_forms(struct schema *w, const struct shape *s)
{
    lay_name(&w->json, "oneOf");
    lay_open(&w->json, '[');
    if (s->take_short != NULL)
        put_short(w, s);
    if (s->take_list != NULL) {
        lay_item(&w->json);
        lay_raw(&w->json, "{\"type\": \"array\"}");
    }
    if (has_map(s)) {
        lay_item(&w->json);
        lay_open(&w->json, '{');
        put_map(w, s);
        lay_close(&w->json, '}');
    }
    lay_close(&w->json, ']');
}

static void put_shape(struct schema *w, const struct shape *s)
{
    lay_name(&w->json, reach_id(&w->reach, s).text);
    lay_open(&w->json, '{');
    lay_text(&w->json, "title", s->name);
    lay_text(&w->json, "description", s->help);
    if (s->take_short == NULL && s->take_list == NULL && has_map(s))
        put_map(w, s);
    else
        put_forms(w, s);
    lay_close(&w->json, '}');
}

void schema_print(FILE *out, const struct shape *top, const char *title, const char *id)
{
    struct schema w = {.json = {.out = out}};

    reach_from(&w.reach, top);
    lay_open(&w.json, '{');
    lay_text(&w.json, "$schema", "https://json-schema.org/draft/2020-12/schema");
    lay_text(&w.json, "$id", id);
    lay_text(&w.json, "title", title);
    lay_text(&w.json, "description", top->help);
    put_ref(&w, top);
    lay_name(&w.json, "$defs");
    lay_open(&w.json, '{');
    for (size_t i = 0; i < w.reach.n; i++)
        put_shape(&w, w.reach.shapes[i]);
    lay_close(&w.json, '}');
    lay_close(&w.json, '}');
    fputc('\n', out);
}
