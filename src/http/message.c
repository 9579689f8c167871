/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

const struct http_field *http_find(const struct http_fields *f, enum http_field_id id)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->at[i].id == id)
            return &f->at[i];
    return NULL;
}

const struct http_field *http_find_name(const struct http_fields *f, struct slice name)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (slice_is_nocase(f->at[i].name, name))
            return &f->at[i];
    return NULL;
}

bool http_add(struct http_fields *f, struct slice name, struct slice value)
{
    if (f->n == f->cap)
        return false;
    f->at[f->n++] = (struct http_field){name, value, http_field_id(name)};
    return true;
}

/* Octets up to the comma that ends the element at the front, or to the end. */
static size_t element_len(struct slice s)
{
    bool quoted = false;
    size_t i;

    for (i = 0; i < s.len; i++) {
        char c = s.at[i];

        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted && i + 1 < s.len)
            i++;
        else if (c == ',' && !quoted)
            break;
    }
    return i;
}

bool http_next_element(struct slice *rest, struct slice *element)
{
    while (rest->len > 0) {
        size_t n = element_len(*rest), gone = n < rest->len ? n + 1 : n;

        *element = slice_trim((struct slice){rest->at, n}, " \t");
        *rest = (struct slice){rest->at + gone, rest->len - gone};
        if (element->len > 0)
            return true;
    }
    return false;
}

bool http_lists(const struct http_fields *f, enum http_field_id id, struct slice token)
{
    struct slice rest, element;

    for (uint32_t i = 0; i < f->n; i++) {
        if (f->at[i].id != id)
            continue;
        rest = f->at[i].value;
        while (http_next_element(&rest, &element))
            if (slice_is_nocase(element, token))
                return true;
    }
    return false;
}
