/* SPDX-License-Identifier: MIT */
#include "lay.h"

static void begin_line(struct lay *l)
{
    fprintf(l->out, "\n%*s", (int)(2 * l->depth), "");
}

void lay_open(struct lay *l, char bracket)
{
    fputc(bracket, l->out);
    l->depth++;
    l->is_filled = false;
}

void lay_close(struct lay *l, char bracket)
{
    l->depth--;
    if (l->is_filled)
        begin_line(l);
    fputc(bracket, l->out);
    l->is_filled = true; /* what is around it has this */
}

void lay_item(struct lay *l)
{
    if (l->is_filled)
        fputc(',', l->out);
    begin_line(l);
    l->is_filled = true;
}

void lay_name(struct lay *l, const char *name)
{
    lay_item(l);
    lay_string(l, name);
    fputs(": ", l->out);
}

void lay_string(struct lay *l, const char *text)
{
    struct buf b = {0};

    mem_must(json_put_text(&b, slice_of(text)) ? b.block : NULL);
    fwrite(buf_head(&b), 1, buf_len(&b), l->out);
    buf_clear(&b);
}

void lay_raw(struct lay *l, const char *json)
{
    fputs(json, l->out);
}

void lay_text(struct lay *l, const char *name, const char *text)
{
    if (text == NULL)
        return;
    lay_name(l, name);
    lay_string(l, text);
}

void lay_json(struct lay *l, const char *name, const char *json)
{
    lay_name(l, name);
    lay_raw(l, json);
}

void lay_number(struct lay *l, const char *name, uint64_t value)
{
    lay_name(l, name);
    fprintf(l->out, "%llu", (unsigned long long)value);
}
