/* SPDX-License-Identifier: MIT */
/* A reply's templates filled, and made into an answer. */
#include <zlib.h>

#include "play.h"

/* ---- fields ---- */

void fields_remove(struct http_fields *f, struct slice name)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < f->n; i++)
        if (!slice_is_nocase(f->at[i].name, name))
            f->at[kept++] = f->at[i];
    f->n = kept;
}

static uint32_t count_edits(const struct field_edit *e)
{
    uint32_t n = 0;

    for (; e != NULL; e = e->next)
        n++;
    return n;
}

bool fields_room(struct scene *sc, struct http_fields *f, uint32_t more)
{
    struct http_field *at;

    if (f->cap - f->n >= more)
        return true;
    at = arena_alloc(sc->arena, (f->n + more) * sizeof(*at));
    if (at == NULL) {
        sc->spent = true;
        return false;
    }
    if (f->n > 0)
        memcpy(at, f->at, f->n * sizeof(*at));
    f->at = at;
    f->cap = f->n + more;
    return true;
}

static void add_field(struct scene *sc, struct http_fields *f, const struct field_edit *e)
{
    struct slice value = scene_fill(sc, e->value, ESCAPE_HEADER);

    if (value.at != NULL && !http_add(f, e->name, slice_trim(value, " \t")))
        sc->spent = true;
}

void fields_edit(struct scene *sc, struct http_fields *f, const struct field_edit *edits)
{
    if (!fields_room(sc, f, count_edits(edits)))
        return;
    for (; edits != NULL && !sc->spent; edits = edits->next) {
        if (edits->kind != EDIT_ADD)
            fields_remove(f, edits->name);
        if (edits->kind != EDIT_REMOVE)
            add_field(sc, f, edits);
    }
}

/* Set ones take the place of ours, added ones stand beside them, others are left out. */
static void fill_fields(struct scene *sc, const struct reply *r, struct answer *ans)
{
    uint32_t n = count_edits(r->fields);

    if (n == 0)
        return;
    ans->without = arena_alloc(sc->arena, n * sizeof(*ans->without));
    if (ans->without == NULL || !fields_room(sc, &ans->fields, n) ||
        !fields_room(sc, &ans->added, n)) {
        sc->spent = true;
        return;
    }
    for (const struct field_edit *e = r->fields; e != NULL && !sc->spent; e = e->next) {
        if (e->kind == EDIT_REMOVE)
            ans->without[ans->n_without++] = e->name;
        else
            add_field(sc, e->kind == EDIT_SET ? &ans->fields : &ans->added, e);
    }
}

/* ---- content ---- */

struct slice content_fill_in(struct scene *sc, const struct content *c, uint64_t *length)
{
    struct slice s = NO_SLICE; /* NOLINT(clang-analyzer-deadcode.DeadStores) */

    switch (c->kind) {
    case CONTENT_DEFAULT:
        s = SLICE("");
        break;
    case CONTENT_TEXT:
        s = scene_fill(sc, c->text, c->escape);
        break;
    case CONTENT_OCTETS:
    case CONTENT_FILL:
        s = c->octets;
        break;
    }
    *length = c->kind == CONTENT_FILL ? c->length : s.len;
    return s;
}

/* Into the arena, in one piece; .at NULL: out of memory. */
static struct slice compress_octets(struct scene *sc, struct slice in, enum coding coding)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)in.at,
                  .avail_in = (unsigned)in.len};
    int bits =
        coding == CODING_GZIP ? MAX_WBITS + 16 : MAX_WBITS; /* "deflate" is zlib's form */
    struct slice out = NO_SLICE;

    if (in.len > UINT32_MAX / 2 || deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits,
                                                8, Z_DEFAULT_STRATEGY) != Z_OK)
        return out;
    size_t most = deflateBound(&z, (unsigned long)in.len);
    char *at = arena_alloc(sc->arena, most);
    if (at != NULL) {
        z.next_out = (unsigned char *)at;
        z.avail_out = (unsigned)most;
        if (deflate(&z, Z_FINISH) == Z_STREAM_END)
            out = (struct slice){at, (size_t)z.total_out};
    }
    deflateEnd(&z);
    return out;
}

struct flow flow_of(uint64_t rate, uint64_t chunk)
{
    struct flow f = {.chunk = chunk};

    if (rate > 0)
        flow_set_rate(&f, rate);
    return f;
}

static void code_content(struct scene *sc, const struct reply *r, struct answer *ans)
{
    static const struct slice names[] = {SLICE(""), SLICE("gzip"), SLICE("deflate")};

    if (r->coding == CODING_NONE || ans->body.at == NULL)
        return;
    ans->body = compress_octets(sc, ans->body, r->coding);
    if (ans->body.at == NULL || !fields_room(sc, &ans->fields, 1) ||
        !http_add(&ans->fields, SLICE("Content-Encoding"), names[r->coding]))
        sc->spent = true;
}

static void fill_content(struct scene *sc, const struct reply *r, struct answer *ans)
{
    uint64_t length;

    ans->type = r->content.type;
    if (r->content.kind == CONTENT_DEFAULT)
        return;
    ans->body = content_fill_in(sc, &r->content, &length);
    if (r->content.kind == CONTENT_FILL && length > 0)
        ans->fill = length;
    if (r->content.kind == CONTENT_FILL && length == 0)
        ans->body = SLICE("");
    code_content(sc, r, ans);
}

/* ---- interim answers and trailers ---- */

static void fill_interims(struct scene *sc, const struct reply *r, struct answer *ans)
{
    const struct interim_line *lines = r->interims.at;

    if (r->interims.n > 0)
        ans->n_interim = 0;
    for (uint32_t i = 0; i < r->interims.n && ans->n_interim < COUNT(ans->interim); i++) {
        struct http_fields *f = &ans->interim_fields[ans->n_interim];
        ans->interim[ans->n_interim].wire = lines[i].wire;
        ans->interim[ans->n_interim++].status = lines[i].status;
        fields_edit(sc, f, lines[i].fields);
    }
}

static void fill_framing(struct scene *sc, const struct reply *r, struct answer *ans)
{
    fields_edit(sc, &ans->trailers, r->trailers);
    ans->is_chunked = r->chunk > 0 || r->trailers != NULL;
    ans->flow = flow_of(r->rate, r->chunk);
    ans->reason = r->reason;
    ans->has_end = r->has_end;
    ans->end = r->end;
}

/* ---- state ---- */

/* A number in a variable, one more. */
static bool count_up(struct scene *sc, struct slice name)
{
    struct slice was = keyed_get(sc->keyed, name);
    uint64_t n = 0;
    char text[24];

    slice_to_u64(was, &n);
    snprintf(text, sizeof(text), "%llu", (unsigned long long)n + 1);
    return keyed_set(sc->keyed, name, slice_of(text));
}

static void change_state(struct scene *sc, const struct reply *r)
{
    const struct assignment *all = r->set.at;

    for (uint32_t i = 0; i < r->set.n && !sc->spent; i++) {
        if (all[i].value == NULL) {
            sc->spent |= !count_up(sc, all[i].name);
            continue;
        }
        struct slice value = scene_fill(sc, all[i].value, ESCAPE_NONE);
        sc->spent |= value.at == NULL || !keyed_set(sc->keyed, all[i].name, value);
    }
    if (r->go_to.len > 0)
        sc->keyed->state = r->go_to;
}

static void open_session(struct scene *sc, struct answer *ans)
{
    const struct session *s = &sc->run->scenario->session;
    char id[36];

    uuid_print(scene_draw(sc, DRAW_SESSION, sc->attempt, 0),
               scene_draw(sc, DRAW_SESSION, sc->attempt, 1), id);
    sc->visitor = drawer_make(sc->run->sessions, (struct slice){id, sizeof(id)});
    if (sc->visitor == NULL || !fields_room(sc, &ans->added, 1)) {
        sc->spent = true;
        return;
    }
    sc->visitor->opened_ns = sc->visitor->last_ns = sc->facts->since_ns;
    sc->visitor->requests = 0;
    sc->session = SESSION_OPEN;
    struct slice value = arena_printf(
        sc->arena, "%.*s=%.36s; Path=/; HttpOnly; SameSite=Lax", SLICE_ARGS(s->cookie), id);
    if (value.at == NULL || !http_add(&ans->added, SLICE("Set-Cookie"), value))
        sc->spent = true;
}

static void close_session(struct scene *sc, struct answer *ans)
{
    const struct session *s = &sc->run->scenario->session;
    struct slice value =
        arena_printf(sc->arena, "%.*s=; Path=/; Max-Age=0", SLICE_ARGS(s->cookie));

    if (sc->visitor != NULL)
        drawer_drop(sc->run->sessions, sc->visitor);
    sc->visitor = NULL;
    sc->session = SESSION_NONE;
    if (value.at == NULL || !fields_room(sc, &ans->added, 1) ||
        !http_add(&ans->added, SLICE("Set-Cookie"), value))
        sc->spent = true;
}

/* ---- an answer ---- */

static void perform_answer(struct scene *sc, struct plan *p, const struct reply *r)
{
    struct answer ans = r->answer;

    if (r->session == SESSION_ACT_OPEN) /* then templates know it */
        open_session(sc, &ans);
    else if (r->session == SESSION_ACT_CLOSE)
        close_session(sc, &ans);
    if (!r->is_constant && !sc->spent) {
        fill_fields(sc, r, &ans);
        fill_interims(sc, r, &ans);
        fill_content(sc, r, &ans);
        fill_framing(sc, r, &ans);
    }
    if (!sc->spent)
        speak_answer(p, sc->facts, &ans);
}

void reply_perform(struct scene *sc, struct plan *p, const struct reply *r)
{
    change_state(sc, r);
    if (r->has_wait)
        plan_add_wait(p, spread_value(&r->wait, scene_draw(sc, DRAW_WAIT, sc->attempt, 0)));
    switch (r->kind) {
    case REPLY_ANSWER:
        perform_answer(sc, p, r);
        break;
    case REPLY_PASS:
        pass_request(sc, p, r);
        break;
    case REPLY_STEPS:
        cues_perform(sc, p, r);
        break;
    }
    p->spent |= sc->spent;
}

/* ---- faults ---- */

static const char *apply_all(struct plan *p, const struct many *faults, uint64_t *n)
{
    const struct fault *all = faults->at;

    for (uint32_t i = 0; i < faults->n; i++) {
        uint64_t words[] = {p->drawn, DRAW_FAULT, ++*n};
        const char *why = fault_apply(p, &all[i], chance_of(p->drawn, words, COUNT(words)));
        if (why != NULL)
            return why;
    }
    return NULL;
}

/* No quiet 200: whoever asked for a fault that cannot be told is told so. */
static void speak_untold(struct plan *p, const struct facts *facts, const char *why,
                         struct step *before)
{
    struct page page = {.title = SLICE("500 a fault cannot be told truly here"),
                        .lines = {slice_of(why)}};

    if (before == NULL)
        plan_clear(p);
    else
        plan_cut(p, before);
    p->ending = ENDING_FAULT_UNTOLD;
    p->trouble = slice_of(why);
    p->n_faults = 0; /* what they edited is gone */
    speak_page(p, facts, 500, &page, "proxy_internal_error", END_CLOSE);
}

void faults_apply(struct run *run, struct plan *p, const struct facts *facts,
                  const struct reply *r, struct step *before)
{
    const struct rule *rule =
        p->rule_index == 0 ? NULL : &run->scenario->rules[p->rule_index - 1];
    uint64_t n = 0;
    const char *why = NULL;

    if (p->spent)
        return;
    if (r != NULL)
        why = apply_all(p, &r->faults, &n);
    if (why == NULL && rule != NULL)
        why = apply_all(p, &rule->faults, &n);
    if (why == NULL)
        why = apply_all(p, &run->scenario->faults, &n);
    if (why != NULL)
        speak_untold(p, facts, why, before);
}
