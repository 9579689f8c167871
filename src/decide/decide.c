/* SPDX-License-Identifier: MIT */
/* The one function that decides. Each static below is one way a request can go. */
#include "play.h"

/* ---- asked for by name ---- */

static void refuse_query(struct plan *p, const struct facts *facts,
                         const struct complaint *why)
{
    struct page page = {.title = SLICE("400 this cannot be sent"),
                        .lines = {arena_copy(p->arena, slice_of(why->text))}};

    speak_page(p, facts, 400, &page, "", END_KEEP);
}

/* `what` is "522" or "103,200"; `options` the query, .at NULL for none. */
static void speak_query(struct plan *p, const struct facts *facts, struct slice what,
                        struct slice options)
{
    struct answer ans;
    struct complaint why;
    struct slice decoded;

    if (!http_decode(what, false, p->arena, &decoded))
        decoded = what; /* then it is no status either, and is shown as it came */
    if (answer_parse(decoded, &ans, &why) &&
        answer_parse_options(options, p->arena, &ans, &why))
        speak_answer(p, facts, &ans);
    else
        refuse_query(p, facts, &why);
}

/* "/status/522" → "522". */
static bool is_status_path(struct slice path, struct slice *what)
{
    struct slice prefix = SLICE("/status/");

    if (!slice_starts(path, prefix))
        return false;
    *what = (struct slice){path.at + prefix.len, path.len - prefix.len};
    return true;
}

static bool is_status_host(struct slice host)
{
    return slice_is_nocase(host, SLICE("status.test"));
}

/* http://status.test/522, and with /status/ before it too. */
static void speak_status_host(struct plan *p, const struct facts *facts)
{
    const struct http_target *t = &facts->request->target;
    struct slice what = {t->path.at + 1, t->path.len - 1};

    is_status_path(t->path, &what);
    if (what.len == 0)
        speak_page(p, facts, 200, &page_landing, "", END_KEEP);
    else
        speak_query(p, facts, what, t->query);
}

/* ---- the port as an origin ---- */

static void speak_no_upstream(struct plan *p, const struct facts *facts)
{
    const struct http_request *req = facts->request;
    struct page page = {
        .title = SLICE("404 nothing is served here"),
        .lines = {
            arena_printf(p->arena, "No upstream is set, so naysay has nothing for %.*s.",
                         SLICE_ARGS(req->raw_target)),
            SLICE(
                "Ask for a status (/status/522), or start with --upstream URL to relay.")}};

    p->ending = ENDING_NO_UPSTREAM;
    speak_page(p, facts, 404, &page, "", END_KEEP);
}

static void speak_options(struct plan *p, const struct facts *facts)
{
    const struct status *row = status_by_number(204);
    struct http_response *r =
        plan_add_head(p, 204, row == NULL ? SLICE("") : row->wire_phrase, 1);

    (void)facts;
    if (r == NULL)
        return;
    plan_add_field(p, &r->fields, SLICE("Allow"),
                   SLICE("GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH"));
    plan_add_end(p, END_KEEP);
}

static void serve_here(struct plan *p, const struct facts *facts)
{
    const struct http_request *req = facts->request;
    struct slice what;

    p->rule = SLICE("on-demand");
    if (is_status_path(req->target.path, &what))
        speak_query(p, facts, what, req->target.query);
    else if (req->target.form == FORM_ASTERISK)
        speak_options(p, facts);
    else if (req->method == METHOD_TRACE)
        speak_trace(p, facts);
    else if (slice_is(req->target.path, SLICE("/")))
        speak_page(p, facts, 200, &page_landing, "", END_KEEP);
    else
        speak_no_upstream(p, facts);
}

/* ---- failures: everything that goes wrong, on either side ---- */

void decide_failure(struct plan *p, const struct facts *facts)
{
    const struct ending_row *row = ending_row(facts->failure);
    const struct status *status = status_by_number(row->status);
    struct page page = {.lines = {slice_of(row->help)}};

    if (p->reply == NULL) /* else it is that rule whose request failed */
        p->rule = SLICE("failure");
    p->ending = facts->failure;
    if (row->status == 0) {
        plan_add_end(p, END_CLOSE);
        return;
    }
    page.title = arena_printf(p->arena, "%u %.*s", row->status,
                              status == NULL ? 0 : (int)status->phrase.len,
                              status == NULL ? "" : status->phrase.at);
    if (facts->fault != NULL && facts->fault->words != NULL && facts->fault->offset == 0)
        page.lines[1] = slice_of(facts->fault->words);
    else if (facts->fault != NULL && facts->fault->words != NULL)
        page.lines[1] = arena_printf(p->arena, "%s (octet %u)", facts->fault->words,
                                     facts->fault->offset);
    page.lines[facts->fault == NULL ? 1 : 2] =
        arena_printf(p->arena, "naysay calls this ending \"%s\".", row->name);
    /*
     * Where the request's end is known the connection can go on; a head that broke lost it.
     */
    bool framed = facts->request != NULL && !facts->request->expects_100;
    speak_page(p, facts, row->status, &page, row->proxy_status,
               framed ? END_KEEP : END_CLOSE);
}

void decide_fail(struct plan *p, const struct facts *facts, enum ending why)
{
    struct facts failed = *facts;

    failed.moment = MOMENT_FAILURE;
    failed.failure = why;
    decide_failure(p, &failed);
}

/* ---- relaying ---- */

/* Have we seen this request before? (RFC 9110 §7.6.3) */
static bool is_looping(const struct setting *s, const struct http_request *req)
{
    struct slice rest, hop;

    for (uint32_t i = 0; i < req->fields.n; i++) {
        if (req->fields.at[i].id != FIELD_VIA)
            continue;
        rest = req->fields.at[i].value;
        while (http_next_element(&rest, &hop)) {
            slice_cut(&hop, ' ');
            hop = slice_trim(hop, " \t"); /* and perhaps a comment */
            if (slice_is(slice_cut(&hop, ' '), s->pseudonym))
                return true;
        }
    }
    return false;
}

static bool is_last_hop(const struct http_request *req)
{
    const struct http_field *f = http_find(&req->fields, FIELD_MAX_FORWARDS);
    uint64_t hops;

    return f != NULL && (req->method == METHOD_TRACE || req->method == METHOD_OPTIONS) &&
           slice_to_u64(f->value, &hops) && hops == 0;
}

static bool expects_unknown(const struct http_request *req)
{
    const struct http_field *f = http_find(&req->fields, FIELD_EXPECT);

    return f != NULL && !slice_is_nocase(f->value, SLICE("100-continue"));
}

static void relay(struct plan *p, const struct setting *s, const struct facts *facts,
                  struct origin to, struct slice prefix, bool reverse)
{
    const struct http_request *req = facts->request;

    p->rule = SLICE("relay");
    if (is_looping(s, req))
        decide_fail(p, facts, ENDING_LOOP_DETECTED);
    else if (expects_unknown(req))
        decide_fail(p, facts, ENDING_EXPECTATION_UNKNOWN);
    else if (is_last_hop(req) && req->method == METHOD_TRACE)
        speak_trace(p, facts);
    else if (is_last_hop(req))
        speak_options(p, facts);
    else
        forward_request(p, s, facts, to, prefix, reverse);
}

static bool may_relay(const struct setting *s)
{
    return s->from_loopback || s->allow_listed;
}

static struct origin origin_of(const struct http_target *t)
{
    uint16_t port = t->port != 0 ? t->port : http_default_port(t->scheme);

    return (struct origin){.host = t->host, .port = port, .is_ipv6 = t->is_ipv6};
}

static void decide_origin(struct plan *p, const struct run *run, const struct facts *facts);

/*
 * A client told to use us as its proxy asks for our own pages in absolute-form:
 * every origin has to understand that (RFC 9112 §3.2.2), and nothing is relayed.
 */
static bool is_self(const struct setting *s, const struct http_target *t)
{
    uint16_t port = t->port == 0 ? 80 : t->port;

    return s->self.port == port &&
           (slice_is_nocase(t->host, s->self.host) ||
            (s->from_loopback && slice_is_nocase(t->host, SLICE("localhost"))));
}

static void decide_absolute(struct plan *p, const struct run *run,
                            const struct facts *facts)
{
    const struct setting *s = &run->setting;
    const struct http_target *t = &facts->request->target;

    if (slice_is_nocase(t->scheme, SLICE("https")))
        decide_fail(p, facts, ENDING_HTTPS_NEEDS_CONNECT);
    else if (!slice_is_nocase(t->scheme, SLICE("http")))
        decide_fail(p, facts, ENDING_SCHEME_UNKNOWN);
    else if (is_status_host(t->host)) {
        p->rule = SLICE("on-demand");
        speak_status_host(p, facts);
    } else if (is_self(s, t))
        decide_origin(p, run, facts);
    else if (!may_relay(s))
        decide_fail(p, facts, ENDING_RELAY_FORBIDDEN);
    else
        relay(p, s, facts, origin_of(t), SLICE(""), false);
}

void decide_tunnel(struct plan *p, struct origin to)
{
    struct http_response *r;

    plan_add_dial(p, to);
    r = plan_add_head(p, 200, SLICE("Connection established"), 0);
    if (r == NULL)
        return;
    r->framing.kind = BODY_NONE;
    plan_add_plain(p, STEP_TUNNEL);
    plan_add_end(p, END_CLOSE);
}

static void decide_connect(struct plan *p, const struct setting *s,
                           const struct facts *facts)
{
    const struct http_target *t = &facts->request->target;

    if (is_status_host(t->host)) {
        bool web = t->port == 80 || t->port == 443; /* a client on its way to the pages */
        p->rule = SLICE("on-demand");
        speak_query(p, facts, web ? SLICE("200") : arena_printf(p->arena, "%u", t->port),
                    NO_SLICE);
    } else if (!may_relay(s))
        decide_fail(p, facts, ENDING_RELAY_FORBIDDEN);
    else {
        p->rule = SLICE("tunnel");
        decide_tunnel(p, origin_of(t));
    }
}

/* Does a scenario say what is to be answered? Else it is asked for. */
static bool has_script(const struct run *run)
{
    return run->scenario->n_rules > 0 || run->scenario->otherwise != NULL;
}

/* The upstream of the command line, else the scenario's own. */
static bool find_upstream(const struct run *run, struct origin *to, struct slice *prefix)
{
    bool is_set = run->setting.upstream.host.len > 0;

    *to = is_set ? run->setting.upstream : run->scenario->upstream;
    *prefix = is_set ? run->setting.upstream_path : run->scenario->upstream_path;
    return to->host.len > 0;
}

static void decide_origin(struct plan *p, const struct run *run, const struct facts *facts)
{
    struct origin upstream;
    struct slice prefix;
    const struct http_request *req = facts->request;
    struct slice host = req->host, name = slice_cut(&host, ':');

    if (is_status_host(name) && req->target.form == FORM_ORIGIN) {
        p->rule = SLICE("on-demand");
        speak_status_host(p, facts);
    } else if (facts->inside.len == 0 && find_upstream(run, &upstream, &prefix))
        relay(p, &run->setting, facts, upstream, prefix, true);
    else if (has_script(run)) /* a rule said pass: our own pages are no answer to that */
        decide_fail(p, facts, ENDING_NO_UPSTREAM);
    else
        serve_here(p, facts);
}

/* ---- by the target ---- */

void decide_pass(struct plan *p, struct run *run, const struct facts *facts)
{
    assert(facts->request != NULL);
    switch (facts->request->target.form) {
    case FORM_ABSOLUTE:
        decide_absolute(p, run, facts);
        break;
    case FORM_AUTHORITY:
        decide_connect(p, &run->setting, facts);
        break;
    case FORM_ORIGIN:
    case FORM_ASTERISK:
        decide_origin(p, run, facts);
        break;
    }
}

void decide_pass_to(struct plan *p, struct run *run, const struct facts *facts,
                    struct origin to, struct slice prefix)
{
    if (facts->request->target.form == FORM_AUTHORITY)
        decide_tunnel(p, to);
    else
        relay(p, &run->setting, facts, to, prefix, true);
}

/* ---- the moments ---- */

static void decide_request(struct plan *p, struct run *run, const struct facts *facts)
{
    const struct http_request *req = facts->request;
    const struct http_field *control =
        run->setting.allow_request_control ? http_find(&req->fields, FIELD_NAYSAY) : NULL;

    if (control != NULL) {
        struct slice options = control->value, what = slice_cut(&options, '?');
        p->rule = SLICE("request-control");
        speak_query(p, facts, what, options);
        return;
    }
    decide_pass(p, run, facts);
}

void decide(struct run *run, const struct facts *facts, struct plan *plan)
{
    const struct step *before = plan->last;

    plan->is_old = facts->request != NULL && facts->request->minor == 0;
    switch (facts->moment) {
    case MOMENT_ACCEPT:
        play_accept(plan, run, facts);
        break;
    case MOMENT_REQUEST:
        if (guard_stops(plan, run, facts))
            break;
        if (has_script(run))
            play_request(plan, run, facts);
        else
            decide_request(plan, run, facts);
        break;
    case MOMENT_RESPONSE:
        play_response(plan, run, facts);
        break;
    case MOMENT_FAILURE:
        decide_failure(plan, facts);
        break;
    }
    guard_credit(plan);
    /* All that is our own, failures of an upstream too, and nothing that was relayed. */
    if (run->scenario->persona != NULL && facts->moment != MOMENT_RESPONSE)
        persona_dress(run->scenario->persona, plan, before);
}
