/* SPDX-License-Identifier: MIT */
/* What a rule says: the keys of `do`. */
#include "keys.h"

/* ---- status and head ---- */

static bool reply_status(struct loader *l, const struct node *n, void *into)
{
    return value_status(l, n, &((struct reply *)into)->answer);
}

static bool reply_reason(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;

    return take_scalar(l, KEY_TEXT, n, "reason", &r->reason) &&
           (http_is_field_value(r->reason) ||
            complain_at(l->why, n, "a reason may hold no control character"));
}

static bool reply_headers(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_SET, &((struct reply *)into)->fields);
}

static bool reply_add(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_ADD, &((struct reply *)into)->fields);
}

static bool reply_remove(struct loader *l, const struct node *n, void *into)
{
    return take_names(l, n, &((struct reply *)into)->fields);
}

static bool reply_trailers(struct loader *l, const struct node *n, void *into)
{
    return take_fields(l, n, EDIT_ADD, &((struct reply *)into)->trailers);
}

/* ---- content ---- */

static bool reply_body(struct loader *l, const struct node *n, void *into)
{
    return content_text(l, n, &((struct reply *)into)->content);
}

static bool reply_json(struct loader *l, const struct node *n, void *into)
{
    return content_json(l, n, &((struct reply *)into)->content);
}

static bool reply_file(struct loader *l, const struct node *n, void *into)
{
    return content_file(l, n, &((struct reply *)into)->content);
}

static bool reply_base64(struct loader *l, const struct node *n, void *into)
{
    return content_base64(l, n, &((struct reply *)into)->content);
}

static bool reply_fill(struct loader *l, const struct node *n, void *into)
{
    return content_fill(l, n, &((struct reply *)into)->content);
}

static bool reply_type(struct loader *l, const struct node *n, void *into)
{
    struct content *c = &((struct reply *)into)->content;
    struct slice type;

    if (!take_scalar(l, KEY_TEXT, n, "type", &type))
        return false;
    if (type.len == 0 || !http_is_field_value(type))
        return complain_at(l->why, n, "type is a media type, such as text/html");
    c->type = type;
    return true;
}

/* ---- time, end, state ---- */

static bool reply_wait(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;

    r->has_wait = true;
    return value_spread(l, n, &r->wait);
}

static bool reply_end(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;

    r->has_end = value_end(l, n, &r->end);
    return r->has_end;
}

static bool assign(struct loader *l, const struct node *n, void *into)
{
    return value_template(l, n, "a variable's value", &((struct assignment *)into)->value);
}

const struct shape shape_assignment = {
    .name = "set",
    .help = "the value of a variable",
    .size = sizeof(struct assignment),
    .short_form = "a template",
    .take_short = assign,
};

/* In the order in which they are written. */
static bool add_assignments(struct loader *l, const struct node *n, struct reply *r,
                            const struct many *more)
{
    struct assignment *all = loader_new(l, n, (r->set.n + more->n + 1) * sizeof(*all));

    if (all == NULL)
        return false;
    if (r->set.n > 0)
        memcpy(all, r->set.at, r->set.n * sizeof(*all));
    if (more->n > 0)
        memcpy(all + r->set.n, more->at, more->n * sizeof(*all));
    r->set = (struct many){all, r->set.n + more->n};
    return true;
}

static bool reply_set(struct loader *l, const struct node *n, void *into)
{
    struct key k = {.name = "set",
                    .type = KEY_NAMED,
                    .shape = &shape_assignment,
                    .most = SCENARIO_VARIABLES};
    struct many named = {0};

    return key_load(l, &k, n, &named) && add_assignments(l, n, into, &named);
}

/* `count: name` is a variable that goes up by one. */
static bool reply_count(struct loader *l, const struct node *n, void *into)
{
    struct slice *words;
    uint32_t n_words = 0;

    if (!value_words(l, n, "count", &words, &n_words))
        return false;
    struct assignment *all = loader_new(l, n, (n_words + 1) * sizeof(*all));
    if (all == NULL)
        return false;
    for (uint32_t i = 0; i < n_words; i++)
        all[i].name = words[i];
    return add_assignments(l, n, into, &(struct many){all, n_words});
}

/* ---- pass ---- */

static bool reply_pass(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;

    r->kind = REPLY_PASS;
    if (node_is(n, "true"))
        return true;
    r->pass.has_to = true;
    return value_origin(l, n, &r->pass.to, &r->pass.path);
}

#define SINCE .since = "0.2"

static bool reply_request(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    struct pass p;

    if (!shape_load(l, &shape_request_edits, n, &p))
        return false;
    r->pass.request_fields = p.request_fields;
    return true;
}

static bool reply_response(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    struct pass p;

    if (!shape_load(l, &shape_response_edits, n, &p))
        return false;
    r->pass.response_fields = p.response_fields;
    r->pass.response_status = p.response_status;
    r->pass.response_content = p.response_content;
    return true;
}

/* ---- steps ---- */

static bool reply_steps(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    struct key k = {.name = "steps",
                    .type = KEY_LIST,
                    .shape = &shape_cue,
                    .at = offsetof(struct reply, steps)};

    r->kind = REPLY_STEPS;
    if (n->kind != NODE_LIST || n->n == 0)
        return complain_kind(l, n, "steps", "a list of steps");
    return key_load(l, &k, n, r);
}

/* "pass", "close", "reset", a status */
static bool reply_short(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    struct cue *c;

    if (node_is(n, "pass")) {
        r->kind = REPLY_PASS;
        return true;
    }
    if (!node_is(n, "close") && !node_is(n, "reset") && !node_is(n, "hold"))
        return value_status(l, n, &r->answer);
    c = loader_new(l, n, 2 * sizeof(*c));
    if (c == NULL)
        return false;
    r->kind = REPLY_STEPS;
    r->steps = (struct many){c, 1};
    if (node_is(n, "hold")) {
        *c++ = (struct cue){.kind = CUE_HOLD, .node = n, .hold_ns = 3600 * NS_PER_S};
        r->steps.n = 2;
    }
    *c = (struct cue){
        .kind = CUE_END, .node = n, .end = node_is(n, "reset") ? END_RESET : END_CLOSE};
    return true;
}

static const char *const codings[] = {"none", "gzip", "deflate", NULL};
static const char *const session_acts[] = {"none", "open", "close", NULL};

/* clang-format off */
static const struct key keys[] = {
    {.name = "status", .type = KEY_OWN, .form = "a number, sent as it is: 522; an id, sent as its vendor would: iis/440; interim ones before another: 103,200", .fallback = "200", .help = "what to say", SINCE, .take = reply_status},
    {.name = "reason", .type = KEY_OWN, .form = "a text", .help = "the reason phrase, instead of the registry's", SINCE, .take = reply_reason},
    {.name = "headers", .type = KEY_OWN, .form = "a map from names to values, which are templates, or to lists of values", .help = "fields to set, in place of those that come with the status", SINCE, .take = reply_headers},
    {.name = "add-headers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to add beside others of the same name", SINCE, .take = reply_add},
    {.name = "remove-headers", .type = KEY_OWN, .form = "a name or a list of names", .help = "fields not to send", SINCE, .take = reply_remove},
    {.name = "body", .type = KEY_OWN, .form = "a template", .help = "the content as a text", SINCE, .take = reply_body},
    {.name = "json", .type = KEY_OWN, .form = "any value, with templates in its texts", .help = "the content as JSON", SINCE, .take = reply_json},
    {.name = "file", .type = KEY_OWN, .form = "a path, from this file's folder", .help = "the content of a file", SINCE, .take = reply_file},
    {.name = "base64", .type = KEY_OWN, .form = "base64", .help = "the content as octets", SINCE, .take = reply_base64},
    {.name = "fill", .type = KEY_OWN, .form = "a size: 64KiB", .help = "the content as so many octets, made as they go", SINCE, .take = reply_fill},
    {.name = "type", .type = KEY_OWN, .form = "a media type: text/html", .help = "what Content-Type says", SINCE, .take = reply_type},
    {.name = "interim", .type = KEY_LIST, .shape = &shape_interim, .most = COUNT(((struct answer *)NULL)->interim), .help = "1xx answers to send before this one", SINCE, .at = offsetof(struct reply, interims)},
    {.name = "trailers", .type = KEY_OWN, .form = "a map from names to values", .help = "fields to send after the content, which is chunked then", SINCE, .take = reply_trailers},
    {.name = "coding", .type = KEY_CHOICE, .choices = codings, .fallback = "none", .help = "how the content is compressed; Content-Encoding says so", SINCE, .at = offsetof(struct reply, coding)},
    {.name = "chunk", .type = KEY_SIZE, .least = 1, .most = 1u << 30, .help = "chunks of so many octets, instead of a length", SINCE, .at = offsetof(struct reply, chunk)},
    {.name = "rate", .type = KEY_RATE, .least = 1, .help = "how fast the content goes, at most", SINCE, .at = offsetof(struct reply, rate)},
    {.name = "wait", .type = KEY_SHAPE, .shape = &shape_spread, .help = "how long to wait before the answer", SINCE, .take = reply_wait},
    {.name = "end", .type = KEY_CHOICE, .choices = end_words, .help = "what becomes of the connection after it: half closes our side and reads on, race promises to keep it and closes it", SINCE, .take = reply_end},
    {.name = "faults", .type = KEY_LIST, .shape = &shape_fault, .help = "what goes wrong with this answer", SINCE, .at = offsetof(struct reply, faults)},
    {.name = "session", .type = KEY_CHOICE, .choices = session_acts, .fallback = "none", .help = "what becomes of a session: open begins one and sets its cookie, close ends the one that the cookie names", SINCE, .at = offsetof(struct reply, session)},
    {.name = "goto", .type = KEY_TEXT, .help = "the state that follows, for `state` in `match`", SINCE, .at = offsetof(struct reply, go_to)},
    {.name = "set", .type = KEY_NAMED, .shape = &shape_assignment, .help = "variables to set, for {{var.NAME}}", SINCE, .take = reply_set},
    {.name = "count", .type = KEY_OWN, .form = "a name or a list of names", .help = "variables to count up by one", SINCE, .take = reply_count},
    {.name = "weight", .type = KEY_COUNT, .least = 1, .most = 1000000, .fallback = "1", .help = "how likely this is among those of `choose`", SINCE, .at = offsetof(struct reply, weight)},
    {.name = "pass", .type = KEY_OWN, .form = "true, or a URL", .help = "relay the request: to where the client asks or the upstream, or to this URL", SINCE, .take = reply_pass},
    {.name = "request", .type = KEY_SHAPE, .shape = &shape_request_edits, .help = "edits of the request that is passed on", SINCE, .take = reply_request},
    {.name = "response", .type = KEY_SHAPE, .shape = &shape_response_edits, .help = "edits of the answer that comes back", SINCE, .take = reply_response},
    {.name = "steps", .type = KEY_LIST, .shape = &shape_cue, .help = "the answer step by step, instead of all else", SINCE, .take = reply_steps},
};
/* clang-format on */

static void prepare(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    struct complaint why;
    bool ok = answer_parse(SLICE("200"), &r->answer, &why);

    (void)l;
    assert(ok);
    r->node = n;
    r->weight = 1;
}

/* ---- what does not go together ---- */

/* Keys that go with one kind only; the others go with each. */
/* clang-format off */
static const struct {
    const char *name;
    enum reply_kind kind;
} belongings[] = {
    {"status", REPLY_ANSWER}, {"reason", REPLY_ANSWER}, {"headers", REPLY_ANSWER},
    {"add-headers", REPLY_ANSWER}, {"remove-headers", REPLY_ANSWER}, {"body", REPLY_ANSWER},
    {"json", REPLY_ANSWER}, {"file", REPLY_ANSWER}, {"base64", REPLY_ANSWER},
    {"fill", REPLY_ANSWER}, {"type", REPLY_ANSWER}, {"interim", REPLY_ANSWER},
    {"trailers", REPLY_ANSWER}, {"coding", REPLY_ANSWER}, {"chunk", REPLY_ANSWER},
    {"rate", REPLY_ANSWER}, {"end", REPLY_ANSWER}, {"session", REPLY_ANSWER},
    {"pass", REPLY_PASS}, {"request", REPLY_PASS}, {"response", REPLY_PASS},
    {"steps", REPLY_STEPS},
};
/* clang-format on */

static const struct node *misplaced(const struct reply *r, const struct node *map)
{
    for (size_t i = 0; i < COUNT(belongings); i++) {
        const struct node *n = node_find(map, belongings[i].name);
        if (n != NULL && belongings[i].kind != r->kind)
            return n;
    }
    return NULL;
}

static const char *const kind_words[] = {"an answer", "pass", "steps"};

/* A vendor's way to say nothing: then nothing else is said. */
static bool check_silence(struct loader *l, const struct node *n, const struct reply *r)
{
    static const char *const loud[] = {"reason", "trailers", "coding", "chunk",
                                       "rate",   "end",      "session"};
    bool says_more = r->content.kind != CONTENT_DEFAULT || r->fields != NULL;

    for (size_t i = 0; i < COUNT(loud); i++)
        says_more |= node_find(n, loud[i]) != NULL;
    return !says_more ||
           complain_at(l->why, n,
                       "%.*s closes without an octet: nothing else can be said with it",
                       SLICE_ARGS(r->answer.status->id));
}

static bool check_answer(struct loader *l, const struct node *n, struct reply *r)
{
    if (r->answer.wire == 0)
        return check_silence(l, n, r);
    if (http_is_bodyless(r->answer.wire) && content_length(&r->content) > 0)
        return complain_at(
            l->why, n,
            "no body may follow a %u; to send one all the same, use `raw` in "
            "`steps`",
            r->answer.wire);
    if (r->coding != CODING_NONE && r->content.kind == CONTENT_DEFAULT)
        return complain_at(l->why, n, "coding: say which content is compressed");
    if (r->coding != CODING_NONE && r->content.kind == CONTENT_FILL)
        return complain_at(l->why, n, "`fill` is not compressed: leave out coding");
    if (r->answer.n_interim > 0 && r->interims.n > 0)
        return complain_at(
            l->why, n, "interim answers are said in the status or under interim, not both");
    for (const struct field_edit *e = r->fields; e != NULL && r->coding != CODING_NONE;
         e = e->next)
        if (slice_is_nocase(e->name, SLICE("Content-Encoding")))
            return complain_at(l->why, n,
                               "coding says Content-Encoding itself: leave out the field");
    content_settle(&r->content, r->fields);
    bool ok = check_fields(l, n, r->fields);
    return check_fields(l, n, r->trailers) && ok;
}

static bool check(struct loader *l, const struct node *n, void *into)
{
    struct reply *r = into;
    const struct node *other = misplaced(r, n);

    if (other != NULL)
        return complain_at(l->why, other->key, "%.*s does not go with %s",
                           SLICE_ARGS(other->key->text), kind_words[r->kind]);
    r->is_constant = r->kind == REPLY_ANSWER && r->fields == NULL && r->trailers == NULL &&
                     r->interims.n == 0 && r->content.kind == CONTENT_DEFAULT &&
                     r->reason.at == NULL && r->coding == CODING_NONE && r->chunk == 0 &&
                     r->rate == 0 && !r->has_end && r->content.type.at == NULL;
    if (r->kind == REPLY_STEPS)
        return cues_check(l, r->steps.at, r->steps.n);
    return r->kind != REPLY_ANSWER || check_answer(l, n, r);
}

const struct shape shape_reply = {
    .name = "do",
    .help = "what to say: a status, pass, close, reset or hold, or a map of all that can "
            "be said",
    .keys = keys,
    .n_keys = COUNT(keys),
    .size = sizeof(struct reply),
    .short_form = "a status (503, iis/440, 103,200), pass, close, reset or hold",
    .take_short = reply_short,
    .prepare = prepare,
    .check = check,
};
