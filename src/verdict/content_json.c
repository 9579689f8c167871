/* SPDX-License-Identifier: MIT */
/* Values in JSON bodies, by path: "items.0.id". */
#include <jansson.h>

#include "content.h"

#define DEPTH_MOST 64u

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
        else if (!in_string && (c == '[' || c == '{') && ++depth > DEPTH_MOST)
            return false;
        else if (!in_string && (c == ']' || c == '}') && depth > 0)
            depth--;
    }
    return true;
}

static json_t *member(json_t *at, struct slice name)
{
    uint64_t index;
    char key[256];

    if (json_is_array(at))
        return slice_to_u64(name, &index) ? json_array_get(at, index) : NULL;
    if (!json_is_object(at) || name.len >= sizeof(key))
        return NULL;
    memcpy(key, name.at, name.len);
    key[name.len] = '\0';
    return json_object_get(at, key);
}

static json_t *descend(json_t *at, struct slice path)
{
    while (at != NULL && path.len > 0)
        at = member(at, slice_cut(&path, '.'));
    return at;
}

static bool as_text(json_t *value, struct arena *a, struct slice *out)
{
    char *text;

    if (json_is_string(value)) {
        *out = arena_copy(
            a, (struct slice){json_string_value(value), json_string_length(value)});
        return out->at != NULL;
    }
    text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        return false;
    *out = arena_copy(a, slice_of(text));
    free(text);
    return out->at != NULL;
}

bool json_value(struct slice text, struct slice path, struct arena *a, struct slice *value)
{
    json_t *root, *found;
    bool ok;

    if (text.len == 0 || !is_flat_enough(text))
        return false;
    root = json_loadb(text.at, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    found = root == NULL ? NULL : descend(root, path);
    ok = found != NULL && as_text(found, a, value);
    json_decref(root);
    return ok;
}
