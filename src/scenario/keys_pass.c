/* SPDX-License-Identifier: MIT */
/* What is edited on the way through: the keys of `request` and `response`. */
#include "keys.h"

static bool pass_set(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_SET, &((struct pass *)into)->request_fields);
}

static bool pass_add(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_ADD, &((struct pass *)into)->request_fields);
}

static bool pass_remove(struct loader *l, const struct node *n, void *into)
{
    return take_names(l, n, &((struct pass *)into)->request_fields);
}

static bool back_set(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_SET, &((struct pass *)into)->response_fields);
}

static bool back_add(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_ADD, &((struct pass *)into)->response_fields);
}

static bool back_remove(struct loader *l, const struct node *n, void *into)
{
    return take_names(l, n, &((struct pass *)into)->response_fields);
}

static bool back_status(struct loader *l, const struct node *n, void *into)
{
    struct pass *p = into;
    struct answer a;

    if (!value_status(l, n, &a))
        return false;
    if (a.n_interim > 0 || a.wire < 200)
        return complain_at(l->why, n, "the status of a response is a final one");
    p->response_status = a.wire;
    return true;
}

static bool back_body(struct loader *l, const struct node *n, void *into)
{
    return content_text(l, n, &((struct pass *)into)->response_content);
}

static bool back_json(struct loader *l, const struct node *n, void *into)
{
    return content_json(l, n, &((struct pass *)into)->response_content);
}

static bool check_request(struct loader *l, const struct node *n, void *into)
{
    return check_fields(l, n, ((struct pass *)into)->request_fields);
}

static bool check_response(struct loader *l, const struct node *n, void *into)
{
    struct pass *p = into;

    if (http_is_bodyless(p->response_status) && content_length(&p->response_content) > 0)
        return complain_at(l->why, n, "no body may follow a %u", p->response_status);
    content_settle(&p->response_content, p->response_fields);
    return check_fields(l, n, p->response_fields);
}

#define SINCE .since = "0.2"

/* clang-format off */
static const struct key request_keys[] = {
    {.name = "headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to set", SINCE, .take = pass_set},
    {.name = "add-headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to add", SINCE, .take = pass_add},
    {.name = "remove-headers", .type = KEY_OWN, .form = "a name or a list of names", .help = "fields to take out", SINCE, .take = pass_remove},
};

static const struct key response_keys[] = {
    {.name = "status", .type = KEY_OWN, .form = "a final status", .help = "another status than the upstream's", SINCE, .take = back_status},
    {.name = "headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to set", SINCE, .take = back_set},
    {.name = "add-headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to add", SINCE, .take = back_add},
    {.name = "remove-headers", .type = KEY_OWN, .form = "a name or a list of names", .help = "fields to take out", SINCE, .take = back_remove},
    {.name = "body", .type = KEY_OWN, .form = "a template", .help = "another body than the upstream's", SINCE, .take = back_body},
    {.name = "json", .type = KEY_OWN, .form = "any value", .help = "another body, as JSON", SINCE, .take = back_json},
};
/* clang-format on */

const struct shape shape_request_edits = {
    .name = "request",
    .help = "edits of a request that is passed on",
    .keys = request_keys,
    .n_keys = COUNT(request_keys),
    .size = sizeof(struct pass),
    .check = check_request,
};

const struct shape shape_response_edits = {
    .name = "response",
    .help = "edits of the answer that comes back",
    .keys = response_keys,
    .n_keys = COUNT(response_keys),
    .size = sizeof(struct pass),
    .check = check_response,
};
