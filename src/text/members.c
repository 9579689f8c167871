/* SPDX-License-Identifier: MIT */
/* Values in JSON texts, by path. */
#include <jansson.h>

#include "naysay/text.h"

/* The parser descends by recursion: how deep is known before. */
static bool is_flat_enough(struct slice text)
{
    size_t depth = 0;
    bool in_string = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '[' || c == '{') && ++depth > MEMBERS_DEPTH)
            return false;
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return true;
}

struct members *members_read(struct slice text)
{
    if (text.len == 0 || !is_flat_enough(text))
        return NULL;
    return (struct members *)(void *)json_loadb(text.at, text.len,
                                                JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

void members_free(struct members *m)
{
    json_decref((json_t *)(void *)m);
}

static const json_t *member(const json_t *at, struct slice name)
{
    uint64_t index;

    if (json_is_array(at))
        return slice_to_u64(name, &index) ? json_array_get(at, index) : NULL;
    return json_is_object(at) ? json_object_getn(at, name.at, name.len) : NULL;
}

/* 17 digits would make 1.1 a 1.1000000000000001. */
#define DIGITS 15

static struct slice as_text(const json_t *value, struct arena *a)
{
    struct slice copy;
    char *text;

    if (json_is_string(value))
        return arena_copy(
            a, (struct slice){json_string_value(value), json_string_length(value)});
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS));
    copy = text == NULL ? NO_SLICE : arena_copy(a, slice_of(text));
    free(text);
    return copy;
}

struct slice members_get(const struct members *m, struct slice path, struct arena *a)
{
    const json_t *at = (const json_t *)(const void *)m;

    while (at != NULL && path.len > 0)
        at = member(at, slice_cut(&path, '.'));
    return at == NULL ? NO_SLICE : as_text(at, a);
}
