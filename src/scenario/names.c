/* SPDX-License-Identifier: MIT */
/* What templates may speak of. */
#include "naysay/scenario.h"

static bool check_request(const struct insert *i, struct complaint *why)
{
    static const char *const parts[] = {"method", "target", "path", "query",
                                        "header", "cookie", "form", "json",
                                        "body",   "host",   "url",  "version"};
    struct slice rest = i->rest, part = slice_cut(&rest, '.');
    const char *near;
    bool wants_more = slice_is(part, SLICE("header")) || slice_is(part, SLICE("cookie")) ||
                      slice_is(part, SLICE("form")) || slice_is(part, SLICE("json"));

    for (size_t k = 0; k < COUNT(parts); k++)
        if (slice_is(part, slice_of(parts[k]))) {
            if (wants_more && rest.len == 0)
                return complain(why, "request.%s wants a name: request.%s.NAME", parts[k],
                                parts[k]);
            return true;
        }
    near = word_nearest(part, parts, COUNT(parts));
    return complain(why, "a request has no \"%.*s\"%s%s%s", SLICE_ARGS(part),
                    near == NULL ? "; it has method, target, path, query, header, …"
                                 : "; did you mean \"",
                    near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static bool check_random(const struct insert *i, struct complaint *why)
{
    uint64_t least, most;

    return (slice_to_u64(i->args[0], &least) && slice_to_u64(i->args[1], &most) &&
            least <= most) ||
           complain(why, "random wants two numbers, the smaller first: {{random 1 6}}");
}

bool now_offset(struct slice arg, int64_t *seconds)
{
    uint64_t ns;

    if (arg.len < 2 || (arg.at[0] != '+' && arg.at[0] != '-') ||
        !unit_duration((struct slice){arg.at + 1, arg.len - 1}, &ns))
        return false;
    *seconds = (int64_t)(ns / NS_PER_S) * (arg.at[0] == '-' ? -1 : 1);
    return true;
}

static bool check_now(const struct insert *i, struct complaint *why)
{
    static const char *const forms[] = {"http", "iso", "unix"};
    bool has_form = false;
    int64_t seconds;
    uint8_t last;

    for (size_t k = 0; i->n_args > 0 && k < COUNT(forms); k++)
        has_form |= slice_is(i->args[0], slice_of(forms[k]));
    last = has_form ? 1 : 0;
    return i->n_args == last ||
           (i->n_args == last + 1 && now_offset(i->args[last], &seconds)) ||
           complain(why,
                    "now takes http, iso or unix, and how far from now: {{now http +5s}}; "
                    "not \"%.*s\"",
                    SLICE_ARGS(i->args[last]));
}

static bool check_session(const struct insert *i, struct complaint *why)
{
    return slice_is(i->rest, SLICE("requests")) || slice_is(i->rest, SLICE("id")) ||
           complain(why, "a session has `requests` and `id`");
}

static bool check_var(const struct insert *i, struct complaint *why)
{
    return i->rest.len > 0 || complain(why, "var wants a name: {{var.NAME}}");
}

/* clang-format off */
static const struct template_name names[] = {
    [INSERT_REQUEST]    = {"request", 0, 0, true, "the request: request.method, .target, .path, .path.NAME (a capture), .query, .query.NAME, .header.NAME, .cookie.NAME, .form.NAME, .json.PATH, .body, .host, .url, .version", check_request},
    [INSERT_ATTEMPT]    = {"attempt", 0, 0, false, "how often the rule has spoken, this time included", NULL},
    [INSERT_NTH]        = {"nth", 0, 0, false, "which request of the run this is, counted from 1", NULL},
    [INSERT_RULE]       = {"rule", 0, 0, false, "the rule's name", NULL},
    [INSERT_SCENARIO]   = {"scenario", 0, 0, false, "the scenario's title", NULL},
    [INSERT_SEED]       = {"seed", 0, 0, false, "the run's seed", NULL},
    [INSERT_UUID]       = {"uuid", 0, 0, false, "a UUID (version 4), from the seed", NULL},
    [INSERT_NOW]        = {"now", 0, 2, false, "the time: {{now}} as in Date, {{now iso}}, {{now unix}}, {{now +30s}}, {{now iso -1h}}", check_now},
    [INSERT_RANDOM]     = {"random", 2, 2, false, "a whole number between two, from the seed: {{random 1 6}}", check_random},
    [INSERT_PICK]       = {"pick", 1, TEMPLATE_ARGS, false, "one of these words, from the seed: {{pick red green blue}}", NULL},
    [INSERT_STATE]      = {"state", 0, 0, false, "the state's name", NULL},
    [INSERT_VAR]        = {"var", 0, 0, true, "a variable that `set` or `count` made: {{var.NAME}}", check_var},
    [INSERT_SESSION]    = {"session", 0, 0, true, "the session of the request's cookie: session.requests, session.id", check_session},
    [INSERT_CLIENT]     = {"client", 0, 0, false, "the client's address", NULL},
    [INSERT_CONNECTION] = {"connection", 0, 0, false, "the connection's number in the run", NULL},
};
/* clang-format on */

const struct template_names scenario_names = {names, COUNT(names)};
