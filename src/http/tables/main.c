/* SPDX-License-Identifier: MIT */
/*
 * naysay-tables OUT FILE... - a part of the build: reads the rows of data/status/ with
 * the reader that naysay has for a user's own, and writes them as constant tables of C.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "../status_text.h"

static const struct status_rows *sorted; /* for qsort(), which passes nothing on */

static int by_id(const void *a, const void *b)
{
    struct slice x = sorted->at[*(const uint16_t *)a].id;
    struct slice y = sorted->at[*(const uint16_t *)b].id;
    int order = strncasecmp(x.at, y.at, x.len < y.len ? x.len : y.len);

    return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

/* {"text", 4}; octets a string of C cannot hold as they are become octal. */
static void put_slice(FILE *out, struct slice s)
{
    fputs("{\"", out);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\' || c == '?' || c < ' ' || c >= 0x7f)
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fprintf(out, "\", %zu}", s.len);
}

static void put_fields(FILE *out, size_t i, const struct status *row)
{
    if (row->n_fields == 0)
        return;
    fprintf(out, "static const struct status_field fields_%zu[] = {\n", i);
    for (size_t k = 0; k < row->n_fields; k++) {
        fputs("    {", out);
        put_slice(out, row->fields[k].name);
        fputs(", ", out);
        put_slice(out, row->fields[k].value);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_duties(FILE *out, size_t i, const struct status *row)
{
    if (row->n_duties == 0)
        return;
    fprintf(out, "static const struct status_duty duties_%zu[] = {\n", i);
    for (size_t k = 0; k < row->n_duties; k++) {
        fputs("    {", out);
        put_slice(out, row->duties[k].level);
        fputs(", ", out);
        put_slice(out, row->duties[k].text);
        fputs(", ", out);
        put_slice(out, row->duties[k].source);
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

static void put_row(FILE *out, size_t i, const struct status *row)
{
    const struct {
        const char *name;
        struct slice value;
    } members[] = {
        {"id", row->id},
        {"vendor", row->vendor},
        {"code", row->code},
        {"phrase", row->phrase},
        {"wire_phrase", row->wire_phrase},
        {"summary", row->summary},
        {"trigger", row->trigger},
        {"retry", row->retry},
        {"note", row->note},
        {"source", row->source},
        {"provenance", row->provenance},
        {"kind", row->kind},
        {"instead", row->instead},
        {"body_text", row->body_text},
    };

    fprintf(out, "    {\n        .number = %d, .wire = %d, .body = %d, .end = %d,\n",
            row->number, row->wire, row->body, row->end);
    for (size_t k = 0; k < COUNT(members); k++) {
        fprintf(out, "        .%s = ", members[k].name);
        put_slice(out, members[k].value);
        fputs(",\n", out);
    }
    if (row->n_fields > 0)
        fprintf(out, "        .fields = fields_%zu, .n_fields = %u,\n", i, row->n_fields);
    if (row->n_duties > 0)
        fprintf(out, "        .duties = duties_%zu, .n_duties = %u,\n", i, row->n_duties);
    fputs("    },\n", out);
}

static void put_rows(FILE *out, const struct status_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        put_fields(out, i, &rows->at[i]);
        put_duties(out, i, &rows->at[i]);
    }
    fprintf(out, "\nconst size_t status_table_n = %zu;\n", rows->n);
    fputs("const struct status status_table[] = {\n", out);
    for (size_t i = 0; i < rows->n; i++)
        put_row(out, i, &rows->at[i]);
    fputs("};\n", out);
}

/* False: two rows have one id. */
static bool put_ids(FILE *out, const struct status_rows *rows)
{
    uint16_t *order = mem_must(mem_alloc((rows->n + 1) * sizeof(*order)));
    bool ok = true;

    for (size_t i = 0; i < rows->n; i++)
        order[i] = (uint16_t)i;
    sorted = rows;
    qsort(order, rows->n, sizeof(*order), by_id);
    for (size_t i = 1; i < rows->n; i++)
        if (by_id(&order[i - 1], &order[i]) == 0) {
            fprintf(stderr, "%.*s stands in two files\n",
                    SLICE_ARGS(rows->at[order[i]].id));
            ok = false;
        }
    fputs("\nconst uint16_t status_table_by_id[] = {", out);
    for (size_t i = 0; i < rows->n; i++)
        fprintf(out, "%s%u,", i % 16 == 0 ? "\n    " : " ", order[i]);
    fputs("\n};\n", out);
    mem_free(order);
    return ok;
}

/* The first row that a client can see under its own number speaks for the number. */
static void put_numbers(FILE *out, const struct status_rows *rows)
{
    fputs("\nconst int16_t status_table_by_number[STATUS_NUMBERS] = {", out);
    for (int number = 0; number < 1000; number++) {
        size_t i = 0;
        while (i < rows->n && (rows->at[i].number != number || rows->at[i].wire != number))
            i++;
        fprintf(out, "%s%d,", number % 16 == 0 ? "\n    " : " ",
                i == rows->n ? -1 : (int)i);
    }
    fputs("\n};\n", out);
}

static bool write_tables(const char *path, const struct status_rows *rows)
{
    FILE *out = fopen(path, "w");
    bool ok;

    if (out == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    fputs("/* Made from data/status/ by naysay-tables. */\n#include \"status_table.h\"\n\n",
          out);
    put_rows(out, rows);
    ok = put_ids(out, rows);
    put_numbers(out, rows);
    ok = ferror(out) == 0 && ok;
    ok = fclose(out) == 0 && ok;
    if (!ok)
        remove(path);
    return ok;
}

int main(int argc, char **argv)
{
    struct status_rows rows;
    struct complaint why;
    bool ok = true;

    if (argc < 3) {
        fputs("usage: naysay-tables OUT FILE...\n", stderr);
        return 2;
    }
    status_rows_init(&rows);
    for (int i = 2; i < argc && ok; i++)
        if (!status_text_read(&rows, argv[i], &why)) {
            fprintf(stderr, "%s\n", why.text);
            ok = false;
        }
    ok = ok && write_tables(argv[1], &rows);
    status_rows_clear(&rows);
    return ok ? 0 : 1;
}
