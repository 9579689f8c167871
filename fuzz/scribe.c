/* SPDX-License-Identifier: MIT */
#include "scribe.h"

#include "fuzz.h"

/* ---- words ---- */

/* What may stand behind a key; what is not here is made by the key's type. */
struct words {
    const char *key;
    const char *values; /* parted by "|" where that is no part of a value: by a tab */
};

/* clang-format off */
static const struct words words[] = {
    {"scenario", "a\tb c"}, {"as", "nginx\tcloudflare\tiis\taws\tnone"},
    {"status", "200\t503\t204\t304\t205\t101\t103\t426\t407\tiis/440\tnginx/444\tcloudflare/522\t103,200\t100,102,503\t999\t99\tnginx/499"},
    {"interim", "103\t100\t{status: 103, headers: {link: a}}\t[102, 103]"},
    {"reason", "No\t\"\"\tnaïve"}, {"type", "text/html\tapplication/json"},
    {"headers", "{x: y}\t{x: \"{{request.header.x}}\", content-length: 5}\t{transfer-encoding: chunked}\t{set-cookie: [a=b, c=d]}\t{content-length: 1MiB}\t{date: now, etag: '\"x\"'}\t{retry-after: 1}\t{connection: close}"},
    {"add-headers", "{x: y}\t{x: [a, b]}"}, {"remove-headers", "date\t[x, etag, content-type]"},
    {"body", "hello\t\"{{request.body}}\"\t{fill: 64KiB}\t{text: abc, chunk: 2}\t\"*a*\"\t\"{{random 1 6}}{{uuid}}{{now}}\"\t\"\"\tpresent\t{contains: a}"},
    {"text", "hello\t\"HTTP/1.1 200 OK\\r\\n\\r\\n\"\t\"{{request.url}}\""},
    {"json", "{a: 1}\t{n: \"{{request.json.a}}\"}\t[1, null, true, x]\t{a.0: present}\t{a: \">= 2\"}\tnull"},
    {"file", "a\tb.txt\t../c"}, {"include", "a\t[a, b, c]\tb"}, {"base64", "aGVsbG8=\tAP8=\tx"}, {"hex", "00ff0d0a\tabc"},
    {"fill", "64KiB\t1\t0\t3MiB\t{octets: 10, of: ab}\t1TiB"}, {"trailers", "{x: \"{{uuid}}\"}\t{a: [b, c]}"},
    {"wait", "20ms\t1ms..30ms\t{normal: [80ms, 20ms]}\t{log-normal: [1ms, 0.5]}\t{pareto: [1ms, 1.5], most: 1s}\t{uniform: [0s, 1d]}"},
    {"uniform", "[1ms, 9ms]"}, {"normal", "[80ms, 20ms]"}, {"log-normal", "[80ms, 0.5]"}, {"pareto", "[80ms, 1.5]"},
    {"end", "keep\tclose\treset\thalf\trace"}, {"hold", "1s\t1h"}, {"tunnel", "true\t127.0.0.1:1\t\"[::1]:443\""},
    {"set", "{v: \"{{attempt}}\"}\t{v: a, w: \"{{var.v}}{{var.v}}\"}"}, {"count", "v\t[v, w]\t{down: 2, up: 1..}\t3"},
    {"pass", "true\thttp://127.0.0.1:8080\thttp://[::1]/x/"}, {"upstream", "http://127.0.0.1:3000/api\thttp://a.test"},
    {"name", "down\tup\tx-1\tlogin\tcall"}, {"goto", "start\tinside\tgone"}, {"state", "inside\t[start, gone]\tnowhere"},
    {"match", "any **\tGET /a\tGET|POST /x/*\t\"any /x/{id}/**\"\tCONNECT *:443\tPOST /b\t\"any http://*.test/**\"\t{method: GET, path: /a}"},
    {"when", "{header: {x: present}}\t{session: open}\t{not: {path: /a}}\t{any: [{path: /a}, {chance: 0.5}]}\t{nth: 2}\t{state: inside}\t{body: \"*a*\"}\t{form: {a: b}}\t{json: {a.0: 1}}\t{query: {x: \"/^1/\"}}\t{since: 1s..}\t{connection: new}"},
    {"method", "GET\tGET|POST\t[PUT, any]\tany"}, {"path", "/a\t/x/*\t/**\t\"/x/{id}\"\t\"*.js\"\t\"/{a}-{b}/**/c\""},
    {"url", "http://a.test:80/**\t*.test\t/a"}, {"host", "a.test\t*.test:80\t*"}, {"connection", "new\treused"},
    {"on-connection", "1\t2.."}, {"request", "1\t..10\t{headers: {x: y}}"}, {"since", "1s..\t0s..500ms"}, {"nth", "1\t2..\t..3"},
    {"key", "run\tclient\tconnection\tuser\theader x-key\tcookie sid"}, {"cookie", "sid\t{sid: present}"}, {"lasts", "3 requests\t10m\t[2 requests, 1s]"},
    {"seed", "1\t18446744073709551615"}, {"session", "open\texpired\tnone\tclose\t{cookie: sid, lasts: 2 requests}"},
    {"do", "503\tpass\tclose\treset\thold\t{body: hello}\t[503, 200]\t{steps: [{head: 200}, {body: abc}, {end: close}]}\t{steps: [{raw: x}, read, {hold: 1s}]}"},
    {"choose", "[503, 200]\t[{status: 200, weight: 3}, reset]"},
    {"faults", "[{cut: {after: 50%}}]\tdrip\t[garbage, close]\t{cut: {after: 3}, chance: 0.5}\t[status-line, obs-fold]\tbad-chunk-size\tno-last-chunk\ttwo-answers\tcontent-length\t[gzip-truncated, stall]"},
    {"after", "0\t1\t50%\t3\tdown\t503"}, {"schemes", "[basic, digest]\tbasic\tdigest"}, {"users", "{ada: lovelace}\t{a: {password: b}}"},
    {"algorithms", "[SHA-256, MD5]\tMD5-sess"}, {"qop", "[auth, auth-int]\tauth"},
    {"order", "down x2, up\tany x1..\tlogin, call x3, ..., up"}, {"gap", "down.1 -> down.2\teach down"}, {"is", "0.5s..5s\tat least 1.5 x previous\tat least retry-after"},
    {"never", "down\t[5xx, up.2]"}, {"within", "5s"}, {"from", "down"}, {"to", "up"}, {"same", "[method, target]\theader x"}, {"in", "[407, down]\t1s"},
    {"repeat", "down"}, {"storm", "off\t{requests: 9, in: 1s}"}, {"client", "closes\tsends up\tnew-connection\t127.0.0.1"}, {"safe", "[credentials]\ttrue"},
    {"exit", "0\tnot 0"}, {"output", "\"*a*\""}, {"connections", "1..2\t[{nth: 2, do: accept-reset}]\t{do: accept-silence}\t[{do: {slow-accept: 5ms}}]"},
    {"has", "[host]\t{x: y}"}, {"lacks", "x-id"}, {"matches", "\"^a(b|c)*$\"\t\"(a+)+$\""}, {"equals", "a"}, {"glob", "\"*.png\""}, {"contains", "a"},
    {"steps", "[{interim: 103}, {head: {status: 200, headers: {content-length: 9}}}, {body: abc}]\t[{head: 204}, {end: race}]\t[{head: {status: 200, headers: {transfer-encoding: chunked}}}, {body: {text: ab, chunk: 1}}, {end: half}]"},
};

/* Anywhere, whatever is expected there. */
static const char *const odd[] = {
    "null", "true", "0", "-1", "18446744073709551615", "1e999", "\"\"", "[]", "{}", "[[]]", "{a: {}}", "5..1", "1d", "16GiB", "100%", "0.5",
    "\"\\0\"", "\"{{\"", "\"{{nope}}\"", "\"{{request.path.id}}\"", "\"{{request.query.x}}\"", "\"{{var.v}}\"", "\"{{state}}\"", "\"{{session.id}}\"",
    "\"{{pick a b c}}\"", "\"\\r\\n\"", "é", "\"\\u0085\"", "\"/(/\"", "\"/x/i\"", "any", "GET", "down", "up", "503", "a", "x-key", "%n%s",
};
/* clang-format on */

/* ---- chance ---- */

struct scribe {
    uint64_t number, drawn;
    uint64_t points, chosen; /* places where something can be made different */
    uint64_t more;           /* how many such places have their turn, beside the chosen */
    char *out;
    size_t len, most;
    bool is_counting;
};

static uint64_t draw(struct scribe *s, uint64_t n)
{
    uint64_t word = s->drawn++;

    return n == 0 ? 0 : chance_of(s->number, &word, 1) % n;
}

/* ---- writing ---- */

static void put(struct scribe *s, struct slice text)
{
    if (s->is_counting)
        return;
    if (text.len > s->most - s->len) { /* too long: what is there is no document then */
        s->most = s->len;
        return;
    }
    if (text.len > 0)
        memcpy(s->out + s->len, text.at, text.len);
    s->len += text.len;
}

static bool is_plain(struct slice text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789/._+=~^$()<>|;*-";

    if (text.len == 0 || strchr("*-=<>|", text.at[0]) != NULL)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\0' || strchr(good, text.at[i]) == NULL)
            return false;
    return true;
}

static void put_scalar(struct scribe *s, struct slice text, bool is_quoted)
{
    if (!is_quoted && is_plain(text)) {
        put(s, text);
        return;
    }
    put(s, SLICE("\""));
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i], escaped[8];
        if (c == '"' || c == '\\')
            snprintf(escaped, sizeof(escaped), "\\%c", c);
        else if ((unsigned char)c < ' ')
            snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned)c);
        else
            snprintf(escaped, sizeof(escaped), "%c", c);
        put(s, slice_of(escaped));
    }
    put(s, SLICE("\""));
}

/* ---- new values ---- */

#define DEEPEST 4u

static void put_shape(struct scribe *s, const struct shape *shape, unsigned depth);

static const char *find_words(const char *key)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i].key, key) == 0)
            return words[i].values;
    return NULL;
}

static void put_one_of(struct scribe *s, const char *values)
{
    struct slice rest = slice_of(values), one = NO_SLICE;
    uint64_t n = 1;

    for (const char *c = values; *c != '\0'; c++)
        n += *c == '\t';
    for (n = draw(s, n) + 1; n > 0; n--)
        one = slice_cut(&rest, '\t');
    put(s, one);
}

static void put_choice(struct scribe *s, const struct key *k)
{
    uint64_t n = 0;

    while (k->choices[n] != NULL)
        n++;
    put(s, slice_of(k->choices[draw(s, n)]));
}

static void put_by_type(struct scribe *s, const struct key *k)
{
    static const char *const by_type[] = {
        [KEY_FLAG] = "true\tfalse",          [KEY_COUNT] = "1\t2\t3\t100000",
        [KEY_DURATION] = "1ms\t1s\t10m\t0",  [KEY_SIZE] = "1\t3\t64KiB\t1MiB",
        [KEY_RATE] = "1/s\t64KiB/s\t1GiB/s", [KEY_CHANCE] = "0\t1\t0.5\t5%",
        [KEY_TEXT] = "a\t\"a b\"\tinside",
    };

    if (k->type == KEY_CHOICE)
        put_choice(s, k);
    else
        put_one_of(s, k->type < COUNT(by_type) && by_type[k->type] != NULL
                          ? by_type[k->type]
                          : "a\t1\t[a]\t{a: b}");
}

/* What is written behind a key: mostly what belongs there. */
static void put_value(struct scribe *s, const struct key *k, unsigned depth)
{
    const char *known = find_words(k->name);

    if (draw(s, 12) == 0)
        put(s, slice_of(odd[draw(s, COUNT(odd))]));
    else if (k->shape != NULL && depth < DEEPEST && draw(s, known == NULL ? 1 : 2) == 0) {
        bool is_list = k->type == KEY_LIST && draw(s, 2) == 0;
        put(s, k->type == KEY_NAMED ? SLICE("{a: ") : is_list ? SLICE("[") : SLICE(""));
        put_shape(s, k->shape, depth + 1);
        if (is_list && draw(s, 2) == 0) {
            put(s, SLICE(", "));
            put_shape(s, k->shape, depth + 1);
        }
        put(s, k->type == KEY_NAMED ? SLICE("}") : is_list ? SLICE("]") : SLICE(""));
    } else if (known != NULL)
        put_one_of(s, known);
    else if (k->fallback != NULL && draw(s, 3) == 0)
        put_scalar(s, slice_of(k->fallback), false);
    else
        put_by_type(s, k);
}

static void put_member(struct scribe *s, const struct key *k, unsigned depth)
{
    put(s, slice_of(k->also != NULL && draw(s, 2) == 0 ? k->also : k->name));
    put(s, SLICE(": "));
    put_value(s, k, depth);
}

/* A map of a few of a shape's keys: those that it needs, and some. */
static void put_shape(struct scribe *s, const struct shape *shape, unsigned depth)
{
    size_t wanted = 1 + (size_t)draw(s, 3), at = (size_t)draw(s, shape->n_keys);
    bool any = false;

    if (shape->n_keys == 0) {
        put(s, SLICE("a"));
        return;
    }
    put(s, SLICE("{"));
    for (size_t i = 0; i < shape->n_keys; i++) {
        const struct key *k = &shape->keys[(at + i) % shape->n_keys];
        if (!k->is_needed && i >= wanted)
            continue;
        put(s, any ? SLICE(", ") : SLICE(""));
        put_member(s, k, depth);
        any = true;
    }
    put(s, SLICE("}"));
}

/* ---- a document, written once more with something different ---- */

/* Is it this place's turn? */
static bool is_turn(struct scribe *s)
{
    uint64_t at = s->points++;

    if (s->is_counting)
        return false;
    return at == s->chosen || (s->more > 0 && draw(s, s->points) == 0 && s->more-- > 0);
}

static const struct key *key_of(const struct shape *shape, const struct node *name)
{
    for (size_t i = 0; shape != NULL && i < shape->n_keys; i++)
        if (node_is(name, shape->keys[i].name) ||
            (shape->keys[i].also != NULL && node_is(name, shape->keys[i].also)))
            return &shape->keys[i];
    return NULL;
}

static void write_node(struct scribe *s, const struct node *n, const struct shape *shape,
                       const struct key *key);

/* A member as it is, without it, twice under another key, or with another value. */
static void write_member(struct scribe *s, const struct node *m, const struct shape *shape,
                         const struct key *named, bool *any)
{
    const struct key *k = key_of(shape, m->key);
    bool is_turned = is_turn(s);
    uint64_t how = is_turned ? draw(s, 4) : 0;

    if (is_turned && how == 0)
        return;
    put(s, *any ? SLICE(", ") : SLICE(""));
    *any = true;
    if (is_turned && how == 1 && shape != NULL && shape->n_keys > 0)
        put(s, slice_of(shape->keys[draw(s, shape->n_keys)].name));
    else
        put_scalar(s, m->key->text, m->key->is_quoted);
    put(s, SLICE(": "));
    if (is_turned && how >= 2 && k != NULL)
        put_value(s, k, 1);
    else if (k != NULL)
        write_node(s, m, k->shape, k);
    else
        write_node(s, m, named == NULL ? NULL : named->shape, NULL);
}

static void write_map(struct scribe *s, const struct node *n, const struct shape *shape,
                      const struct key *key)
{
    bool is_named = key != NULL && key->type == KEY_NAMED, any = false;

    put(s, SLICE("{"));
    for (const struct node *m = n->first; m != NULL; m = m->next)
        write_member(s, m, is_named ? NULL : shape, is_named ? key : NULL, &any);
    if (!is_named && shape != NULL && shape->n_keys > 0 && is_turn(s)) {
        put(s, any ? SLICE(", ") : SLICE(""));
        put_member(s, &shape->keys[draw(s, shape->n_keys)], 1);
    }
    put(s, SLICE("}\n"));
}

/* Items as they are, one taken away, one twice, one that is new. */
static void write_list(struct scribe *s, const struct node *n, const struct shape *shape)
{
    bool any = false;

    put(s, SLICE("["));
    for (const struct node *m = n->first; m != NULL; m = m->next) {
        uint64_t times = is_turn(s) ? draw(s, 3) * 2 : 1;
        for (; times > 0; times--) {
            put(s, any ? SLICE(", ") : SLICE(""));
            write_node(s, m, shape, NULL);
            any = true;
        }
    }
    if (shape != NULL && is_turn(s)) {
        put(s, any ? SLICE(", ") : SLICE(""));
        put_shape(s, shape, 1);
    }
    put(s, SLICE("]"));
}

static void write_node(struct scribe *s, const struct node *n, const struct shape *shape,
                       const struct key *key)
{
    if (n->kind == NODE_MAP)
        write_map(s, n, shape, key);
    else if (n->kind == NODE_LIST)
        write_list(s, n, shape);
    else if (!is_turn(s))
        put_scalar(s, n->text, n->is_quoted);
    else if (key != NULL && draw(s, 4) > 0)
        put_value(s, key, 1);
    else if (shape != NULL && draw(s, 4) > 0)
        put_shape(s, shape, 1);
    else
        put(s, slice_of(odd[draw(s, COUNT(odd))]));
}

/* The top is laid out in lines, as people do. */
static void write_top(struct scribe *s, const struct node *doc)
{
    bool any = false;

    if (doc->kind != NODE_MAP) {
        write_node(s, doc, &shape_scenario, NULL);
        return;
    }
    for (const struct node *m = doc->first; m != NULL; m = m->next) {
        any = false;
        write_member(s, m, &shape_scenario, NULL, &any);
        put(s, SLICE("\n"));
    }
    if (is_turn(s))
        put_member(s, &shape_scenario.keys[draw(s, shape_scenario.n_keys)], 1);
    put(s, SLICE("\n"));
}

static void write_all(struct scribe *s, const struct node *docs)
{
    s->points = 0;
    for (const struct node *doc = docs->first; doc != NULL; doc = doc->next) {
        put(s, doc == docs->first ? SLICE("") : SLICE("---\n"));
        write_top(s, doc);
    }
}

size_t scribe(struct slice text, uint64_t number, char *out, size_t most)
{
    struct scribe s = {.number = number, .out = out, .most = most, .is_counting = true};
    struct source source = {SLICE("scribe"), text};
    struct complaints why;
    struct arena arena;
    struct node *docs;

    arena_init(&arena, NULL);
    complaints_init(&why, &arena);
    docs = doc_parse(&arena, &source, &why);
    if (docs != NULL && docs->n > 0) {
        write_all(&s, docs);
        s.is_counting = false;
        s.more = draw(&s, 3);
        s.chosen = draw(&s, s.points);
        write_all(&s, docs);
    }
    arena_clear(&arena);
    return s.len;
}
