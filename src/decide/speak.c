/* SPDX-License-Identifier: MIT */
/* Answers of ours: a status with its fields, its body, and what HTTP asks around them. */
#include "parts.h"

#include <openssl/evp.h>

static struct slice phrase_of(unsigned number)
{
    const struct status *row = status_by_number(number);

    return row == NULL ? SLICE("") : row->wire_phrase;
}

/* Decimal digits of n in the arena. */
static struct slice decimal(struct arena *a, uint64_t n)
{
    char digits[20], *at = digits + sizeof(digits);

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    return arena_copy(a, (struct slice){at, (size_t)(digits + sizeof(digits) - at)});
}

/* A row's value with {length} and {last} filled in. */
static struct slice fill_in(struct arena *a, struct slice value, uint64_t body_len)
{
    ssize_t open = slice_find(value, '{');

    if (open < 0)
        return value;
    struct buf b = {.shelf = a->shelf};
    struct slice rest = value, done = NO_SLICE;
    bool ok = true;
    while (ok && rest.len > 0) {
        ok = buf_put(&b, slice_cut(&rest, '{'));
        if (rest.at == NULL)
            break;
        struct slice name = slice_cut(&rest, '}');
        uint64_t n =
            slice_is(name, SLICE("last")) && body_len > 0 ? body_len - 1 : body_len;
        struct slice digits = decimal(a, n);
        ok = ok && digits.at != NULL && buf_put(&b, digits);
    }
    if (ok)
        done = arena_copy(a, buf_slice(&b));
    buf_clear(&b);
    return done;
}

/* Did somebody say that this field is not to be sent? */
static bool is_without(const struct answer *ans, struct slice name)
{
    for (uint32_t i = 0; i < ans->n_without; i++)
        if (slice_is_nocase(ans->without[i], name))
            return true;
    return false;
}

/* Said otherwise, or not to be said: then what we would say is left out. */
static bool is_settled(const struct answer *ans, struct slice name)
{
    return http_find_name(&ans->fields, name) != NULL || is_without(ans, name);
}

static void add_row_fields(struct plan *p, struct http_response *r,
                           const struct answer *ans, uint64_t body_len)
{
    const struct status *row = ans->status;

    /* A number is that number: the dress of the vendor who invented it comes with the id.
     */
    if (row == NULL || (ans->is_literal && !slice_is(row->vendor, SLICE("ietf"))))
        return;
    for (size_t i = 0; i < row->n_fields; i++) {
        struct slice name = row->fields[i].name;
        if (is_settled(ans, name) || http_field_id(name) == FIELD_UPGRADE)
            continue; /* asked for otherwise, or part of the framing */
        plan_add_field(p, &r->fields, name,
                       fill_in(p->arena, row->fields[i].value, body_len));
    }
}

/* ---- the page that goes with a status ---- */

static struct slice title_of(struct arena *a, unsigned number, struct slice phrase)
{
    char *at = arena_alloc(a, 4 + phrase.len);

    if (at == NULL)
        return SLICE("");
    at[0] = (char)('0' + number / 100);
    at[1] = (char)('0' + number / 10 % 10);
    at[2] = (char)('0' + number % 10);
    at[3] = ' ';
    memcpy(at + 4, phrase.at, phrase.len);
    return (struct slice){at, phrase.len == 0 ? 3 : 4 + phrase.len};
}

static struct slice body_of(struct plan *p, const struct facts *facts,
                            const struct answer *ans)
{
    const struct status *row = ans->status;
    struct slice phrase = row == NULL ? phrase_of(ans->wire) : row->phrase;
    struct page page = {.title = title_of(p->arena, ans->wire, phrase)};

    if (ans->body.at != NULL)
        return ans->body;
    if (row != NULL) {
        size_t n = 0;
        if (row->body_text.len > 0)
            page.lines[n++] = row->body_text;
        page.lines[n++] = row->summary;
        page.lines[n] = row->id;
    }
    return page_render(&page, facts->request, p->arena);
}

/* ---- preconditions (RFC 9110 §13), for the 200s we make ---- */

static bool etag_matches(const struct http_field *f, struct slice etag)
{
    struct slice rest = f->value, tag;

    if (slice_is(f->value, SLICE("*")))
        return true;
    while (http_next_element(&rest, &tag)) {
        if (slice_starts(tag, SLICE("W/"))) {
            if (f->id == FIELD_IF_MATCH)
                continue; /* strong comparison */
            tag = (struct slice){tag.at + 2, tag.len - 2};
        }
        if (slice_is(tag, etag))
            return true;
    }
    return false;
}

#define OUR_ETAG SLICE("\"naysay\"")

static bool has_own_content(const struct answer *ans)
{
    return ans->body.at != NULL || ans->fill > 0;
}

/* Of what somebody else said we know no validator: .at NULL, then no condition is judged.
 */
static struct slice etag_of(const struct answer *ans)
{
    const struct http_field *own = http_find_name(&ans->fields, SLICE("ETag"));

    return own != NULL ? own->value : has_own_content(ans) ? NO_SLICE : OUR_ETAG;
}

/* Lines of one field are one list (RFC 9110 §5.3). */
static bool any_matches(const struct http_fields *f, enum http_field_id id,
                        struct slice etag)
{
    for (uint32_t i = 0; i < f->n; i++)
        if (f->at[i].id == id && etag_matches(&f->at[i], etag))
            return true;
    return false;
}

/* The status that the request's conditions turn a 200 into: 200, 304 or 412. */
static unsigned judged(const struct http_request *req, struct slice etag)
{
    bool reads = req->method == METHOD_GET || req->method == METHOD_HEAD;

    if (etag.at == NULL)
        return 200;
    if (req->method == METHOD_CONNECT || req->method == METHOD_OPTIONS ||
        req->method == METHOD_TRACE)
        return 200;
    if (http_find(&req->fields, FIELD_IF_MATCH) != NULL &&
        !any_matches(&req->fields, FIELD_IF_MATCH, etag))
        return 412;
    if (any_matches(&req->fields, FIELD_IF_NONE_MATCH, etag))
        return reads ? 304 : 412;
    return 200;
}

/* ---- upgrades ---- */

/* base64(SHA-1(key GUID)), RFC 6455 §4.2.2; nothing when there is no key. */
static void add_websocket_accept(struct plan *p, struct http_response *r,
                                 const struct http_request *req)
{
    const struct http_field *key = http_find(&req->fields, FIELD_SEC_WEBSOCKET_KEY);
    struct slice text;
    unsigned char sha[EVP_MAX_MD_SIZE];
    char accept[64];
    unsigned len;

    if (key == NULL)
        return;
    text = arena_printf(p->arena, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                        SLICE_ARGS(key->value));
    if (text.at == NULL ||
        EVP_Digest(text.at, text.len, sha, &len, EVP_sha1(), NULL) != 1) {
        p->spent = true;
        return;
    }
    int n = EVP_EncodeBlock((unsigned char *)accept, sha, (int)len);
    plan_add_field(p, &r->fields, SLICE("Sec-WebSocket-Accept"),
                   arena_copy(p->arena, (struct slice){accept, (size_t)n}));
}

/* The first protocol on offer that an echo can stand in for: h2c is promised by no one
 * here. */
static struct slice offered(const struct http_request *req)
{
    const struct http_field *f = http_find(&req->fields, FIELD_UPGRADE);
    struct slice rest = f == NULL ? NO_SLICE : f->value, protocol;

    while (req->wants_upgrade && http_next_element(&rest, &protocol))
        if (!slice_is_nocase(protocol, SLICE("h2c")))
            return protocol;
    return NO_SLICE;
}

static void add_own_fields(struct plan *p, struct http_response *r,
                           const struct answer *ans)
{
    for (uint32_t i = 0; i < ans->fields.n; i++)
        plan_add_field(p, &r->fields, ans->fields.at[i].name, ans->fields.at[i].value);
    for (uint32_t i = 0; i < ans->added.n; i++)
        plan_add_field(p, &r->fields, ans->added.at[i].name, ans->added.at[i].value);
}

static void speak_upgrade(struct plan *p, const struct facts *facts,
                          const struct answer *ans)
{
    struct http_response *r =
        plan_add_head(p, 101, phrase_of(101), ans->fields.n + ans->added.n + 4);

    if (r == NULL)
        return;
    add_own_fields(p, r, ans);
    add_websocket_accept(p, r, facts->request);
    plan_set_upgrade(p, offered(facts->request));
    plan_add_plain(p, STEP_ECHO);
    plan_add_end(p, END_CLOSE);
}

/* ---- answers ---- */

static enum http_method method_of(const struct facts *facts)
{
    return facts->request != NULL ? facts->request->method : facts->method;
}

/* The framing of a body of ours, and whether its octets follow. */
static bool frame(struct http_response *r, enum http_method m, uint64_t body_len)
{
    r->framing = (struct http_framing){.kind = BODY_LENGTH, .length = body_len};
    if (r->status < 200 || r->status == 204 ||
        (m == METHOD_CONNECT && r->status >= 200 && r->status <= 299))
        r->framing.kind = BODY_NONE;
    else if (r->status == 205)
        r->framing.length = 0;
    else if (r->status == 304)
        r->framing.kind = BODY_NONE; /* we know no 200 whose length to state */
    return r->framing.kind == BODY_LENGTH && r->framing.length > 0 && m != METHOD_HEAD;
}

/* What a 426 names: the row's Upgrade, which the emitter writes. */
static struct slice upgrade_of(const struct status *row)
{
    for (size_t i = 0; row != NULL && i < row->n_fields; i++)
        if (http_field_id(row->fields[i].name) == FIELD_UPGRADE)
            return row->fields[i].value;
    return SLICE("websocket");
}

/* Content of a body of ours, in the flow and the framing that was asked for. */
static void put_body(struct plan *p, const struct answer *ans, struct slice body)
{
    if (ans->fill > 0)
        plan_add_fill(p, body, ans->fill);
    else
        plan_add_body(p, body);
    if (!p->spent)
        p->last->body.flow = ans->flow;
}

static void put_last(struct plan *p, const struct answer *ans)
{
    struct http_fields *trailers = plan_add_last(p, ans->trailers.n);

    for (uint32_t i = 0; trailers != NULL && i < ans->trailers.n; i++)
        plan_add_field(p, trailers, ans->trailers.at[i].name, ans->trailers.at[i].value);
}

static void add_our_fields(struct plan *p, struct http_response *r,
                           const struct facts *facts, const struct answer *ans)
{
    struct slice type = ans->type.len > 0      ? ans->type
                        : ans->body.at != NULL ? SLICE("text/plain; charset=utf-8")
                                               : page_type(facts->request);

    if (r->framing.kind == BODY_LENGTH && r->framing.length > 0 &&
        !is_settled(ans, SLICE("Content-Type")))
        plan_add_field(p, &r->fields, SLICE("Content-Type"), type);
    if (ans->wire == 200 && facts->request->method != METHOD_CONNECT &&
        !is_settled(ans, SLICE("ETag")) && !has_own_content(ans))
        plan_add_field(p, &r->fields, SLICE("ETag"), OUR_ETAG);
}

static void speak_final(struct plan *p, const struct facts *facts, const struct answer *ans)
{
    const struct status *row = ans->status;
    bool silent = !ans->is_literal && row != NULL && row->body != STATUS_BODY_YES;
    bool bodyless = http_is_bodyless(ans->wire) || (silent && ans->body.at == NULL);
    struct slice body = bodyless ? SLICE("") : body_of(p, facts, ans);
    uint64_t length = bodyless || ans->fill == 0 ? body.len : ans->fill;
    struct slice phrase = ans->reason.at != NULL ? ans->reason
                          : row == NULL          ? SLICE("")
                                                 : row->wire_phrase;
    uint32_t room = ans->fields.n + ans->added.n + (row == NULL ? 0 : row->n_fields) + 4u;
    struct http_response *r = plan_add_head(p, ans->wire, phrase, room);

    if (r == NULL)
        return;
    if (body.at == NULL)
        p->spent = true;
    bool has_body = frame(r, method_of(facts), length);
    add_row_fields(p, r, ans, length);
    add_our_fields(p, r, facts, ans);
    add_own_fields(p, r, ans);
    if (ans->is_chunked && r->framing.kind == BODY_LENGTH && facts->request->minor > 0)
        r->framing.kind = BODY_CHUNKED;
    if (ans->wire == 426)
        plan_set_upgrade(p, upgrade_of(row));
    if (has_body)
        put_body(p, ans, body);
    if (r->framing.kind == BODY_CHUNKED && facts->request->method != METHOD_HEAD)
        put_last(p, ans);
}

/* A 2xx or 3xx means to take the body; another final answer says that it is not wanted. */
static bool wants_body(unsigned wire)
{
    return wire >= 200 && wire <= 399;
}

static void speak_interims(struct plan *p, const struct answer *ans)
{
    for (size_t i = 0; i < ans->n_interim; i++) {
        const struct status *row = ans->interim[i].status;
        const struct http_fields *own = &ans->interim_fields[i];
        uint16_t n = row == NULL ? 0 : row->n_fields;
        struct http_response *r =
            plan_add_interim(p, ans->interim[i].wire,
                             row == NULL ? SLICE("") : row->wire_phrase, n + own->n);
        for (uint16_t k = 0; r != NULL && k < n; k++)
            if (http_find_name(own, row->fields[k].name) == NULL)
                plan_add_field(p, &r->fields, row->fields[k].name, row->fields[k].value);
        for (uint32_t k = 0; r != NULL && k < own->n; k++)
            plan_add_field(p, &r->fields, own->at[k].name, own->at[k].value);
    }
}

static bool has_interim(const struct answer *ans, unsigned status)
{
    for (size_t i = 0; i < ans->n_interim; i++)
        if (ans->interim[i].wire == status)
            return true;
    return false;
}

/* A condition of the request's has turned a 200 into something else. */
static void turn(struct answer *ans, unsigned wire)
{
    if (wire == 412) /* other words than the script's: nothing of it is left */
        *ans = (struct answer){.has_end = ans->has_end, .end = ans->end};
    else if (wire == 304)
        ans->reason = NO_SLICE;
    ans->wire = (uint16_t)wire;
}

void speak_answer(struct plan *p, const struct facts *facts, const struct answer *asked)
{
    const struct http_request *req = facts->request;
    struct answer ans = *asked;
    bool is_10 = req->minor == 0;

    if (ans.delay_ns > 0)
        plan_add_wait(p, ans.delay_ns);
    if (ans.raw.at != NULL) {
        plan_add_raw(p, ans.raw, SLICE("raw= in the query"));
        plan_add_end(p, END_CLOSE);
        return;
    }
    if (ans.wire == 0) {
        if (!is_10)
            speak_interims(p, &ans);
        plan_add_end(p, END_CLOSE);
        return;
    }
    if (ans.wire == 101 &&
        offered(req).len == 0) { /* nobody may be switched unasked (§7.8) */
        ans.wire = 426;
        ans.status = status_by_number(426);
    }
    if (ans.wire == 200)
        turn(&ans, judged(req, etag_of(&ans)));
    if (ans.wire != asked->wire && ans.wire != 426)
        ans.status = status_by_number(ans.wire);
    if (!is_10) /* RFC 9110 §15.2 */
        speak_interims(p, &ans);
    if (ans.wire == 101) {
        if (req->framing.kind != BODY_NONE) /* its octets are no part of the new protocol */
            plan_add_read(p);
        speak_upgrade(p, facts, &ans);
        return;
    }
    bool reads = wants_body(ans.wire);
    if (req->expects_100 && reads && !has_interim(&ans, 100))
        plan_add_read(p);
    speak_final(p, facts, &ans);
    bool closes = (ans.status != NULL && ans.status->end == STATUS_END_CLOSE) ||
                  (req->expects_100 && !reads);
    plan_add_end(p, ans.has_end ? ans.end : closes ? END_CLOSE : END_KEEP);
}

void speak_page(struct plan *p, const struct facts *facts, unsigned status,
                const struct page *page, const char *proxy_error, enum step_end end)
{
    struct http_response *r = plan_add_head(p, (uint16_t)status, phrase_of(status), 4);
    struct slice body = page_render(page, facts->request, p->arena);

    if (r == NULL)
        return;
    if (body.at == NULL)
        p->spent = true;
    bool has_body = frame(r, method_of(facts), body.len);
    plan_add_field(p, &r->fields, SLICE("Content-Type"), page_type(facts->request));
    if (proxy_error[0] != '\0') /* RFC 9209: this no is naysay's own, not the script's */
        plan_add_field(p, &r->fields, SLICE("Proxy-Status"),
                       arena_printf(p->arena, "naysay; error=%s", proxy_error));
    if (has_body)
        plan_add_body(p, body);
    plan_add_end(p, end);
}

/* ---- TRACE ---- */

/* RFC 9110 §9.3.8: no field that a client sends as a secret comes back. */
static bool is_secret(struct slice name)
{
    return slice_is_nocase(name, SLICE("Authorization")) ||
           slice_is_nocase(name, SLICE("Proxy-Authorization")) ||
           slice_is_nocase(name, SLICE("Cookie"));
}

static bool put_trace(struct buf *b, const struct http_request *req)
{
    bool ok = buf_put(b, req->method_name) && buf_put(b, SLICE(" ")) &&
              buf_put(b, req->raw_target) &&
              buf_put(b, req->minor == 0 ? SLICE(" HTTP/1.0\r\n") : SLICE(" HTTP/1.1\r\n"));

    for (uint32_t i = 0; ok && i < req->fields.n; i++) {
        const struct http_field *f = &req->fields.at[i];
        if (!is_secret(f->name))
            ok = buf_put(b, f->name) && buf_put(b, SLICE(": ")) && buf_put(b, f->value) &&
                 buf_put(b, SLICE("\r\n"));
    }
    return ok && buf_put(b, SLICE("\r\n"));
}

void speak_trace(struct plan *p, const struct facts *facts)
{
    struct buf b = {.shelf = p->arena->shelf};
    struct slice body = NO_SLICE;
    struct http_response *r = plan_add_head(p, 200, phrase_of(200), 1);

    if (r != NULL && put_trace(&b, facts->request))
        body = arena_copy(p->arena, buf_slice(&b));
    buf_clear(&b);
    if (r == NULL || body.at == NULL) {
        p->spent = true;
        return;
    }
    r->framing = (struct http_framing){.kind = BODY_LENGTH, .length = body.len};
    plan_add_field(p, &r->fields, SLICE("Content-Type"), SLICE("message/http"));
    plan_add_body(p, body);
    plan_add_end(p, END_KEEP);
}
