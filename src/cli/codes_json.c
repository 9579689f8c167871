/* SPDX-License-Identifier: MIT */
#include "codes.h"

/* Out of memory is not for a printer of tables to survive: it says so and ends. */
static void need(bool ok)
{
    mem_must(ok ? (void *)&ok : NULL);
}

static void put(struct buf *b, const char *text)
{
    need(buf_put(b, slice_of(text)));
}

static void put_member(struct buf *b, const char *name, struct slice value)
{
    need(buf_printf(b, ", \"%s\": ", name) && json_put_text(b, value));
}

static void put_wire(struct buf *b, const struct status *row)
{
    if (row->number < 0)
        put(b, ", \"number\": null");
    else
        need(buf_printf(b, ", \"number\": %d", row->number));
    if (row->wire > 0)
        need(buf_printf(b, ", \"wire\": %d", row->wire));
    else
        put(b, row->wire == 0 ? ", \"wire\": \"close\"" : ", \"wire\": \"none\"");
}

static void put_fields(struct buf *b, const struct status *row)
{
    put(b, ", \"needs\": [");
    for (size_t i = 0; i < row->n_fields; i++) {
        put(b, i == 0 ? "{\"name\": " : ", {\"name\": ");
        need(json_put_text(b, row->fields[i].name));
        put_member(b, "value", row->fields[i].value);
        put(b, "}");
    }
    put(b, "]");
}

static void put_duties(struct buf *b, const struct status *row)
{
    put(b, ", \"duties\": [");
    for (size_t i = 0; i < row->n_duties; i++) {
        put(b, i == 0 ? "{\"level\": " : ", {\"level\": ");
        need(json_put_text(b, row->duties[i].level));
        put_member(b, "text", row->duties[i].text);
        put_member(b, "source", row->duties[i].source);
        put(b, "}");
    }
    put(b, "]");
}

static void put_row(struct buf *b, const struct status *row)
{
    static const char *const bodies[] = {[STATUS_BODY_YES] = "yes",
                                         [STATUS_BODY_NEVER] = "never",
                                         [STATUS_BODY_EMPTY] = "empty"};
    const struct {
        const char *name;
        struct slice value;
    } texts[] = {
        {"vendor", row->vendor},
        {"code", row->code},
        {"phrase", row->phrase},
        {"wire_phrase", row->wire_phrase},
        {"body", slice_of(bodies[row->body])},
        {"end", row->end == STATUS_END_CLOSE ? SLICE("close") : SLICE("keep")},
        {"text", row->body_text},
        {"instead", row->instead},
        {"summary", row->summary},
        {"trigger", row->trigger},
        {"retry", row->retry},
        {"note", row->note},
        {"source", row->source},
        {"provenance", row->provenance},
        {"kind", row->kind},
    };

    put(b, "{\"id\": ");
    need(json_put_text(b, row->id));
    put_wire(b, row);
    for (size_t i = 0; i < COUNT(texts); i++)
        put_member(b, texts[i].name, texts[i].value);
    put_fields(b, row);
    put_duties(b, row);
    put(b, "}");
}

void codes_json(FILE *out, const struct found *rows)
{
    struct buf b = {0};

    put(&b, "[");
    for (size_t i = 0; i < rows->n; i++) {
        put(&b, i == 0 ? "\n" : ",\n");
        put_row(&b, rows->at[i]);
    }
    put(&b, rows->n == 0 ? "]\n" : "\n]\n");
    fwrite(buf_head(&b), 1, buf_len(&b), out);
    buf_clear(&b);
}
