/* SPDX-License-Identifier: MIT */
/* What an entry says of its plan, as texts: for records, whose reader has no plan. */
#include "lines.h"

#define PUT(literal) buf_put(b, SLICE(literal))

bool words_put_plan(struct buf *b, const struct plan *p)
{
    bool ok = true;

    for (const struct step *s = p->first; ok && s != NULL; s = s->next) {
        ok = (s == p->first || PUT("; ")) && buf_reserve(b, STEP_WORDS);
        if (!ok)
            break;
        int n = step_print(s, b->block + b->to, STEP_WORDS);
        b->to += (uint32_t)(n < STEP_WORDS ? n : STEP_WORDS - 1);
    }
    return ok;
}

bool words_put_field(struct buf *b, struct slice name, struct slice value)
{
    return buf_put(b, name) && PUT(": ") && buf_put(b, value) && PUT("\r\n");
}

bool words_put_fields(struct buf *b, const struct http_fields *f)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < f->n; i++)
        ok = words_put_field(b, f->at[i].name, f->at[i].value);
    return ok;
}

bool words_put_faults(struct buf *b, const struct entry *e)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < e->n_faults; i++)
        ok = (i == 0 || PUT(" ")) && buf_put(b, slice_of(e->faults[i]));
    return ok;
}

/* The reason is somebody's text: control characters would break the line. */
bool words_put_intent(struct buf *b, bool is_first, struct slice kind, struct octets range,
                      struct slice why)
{
    bool ok = (is_first || PUT("\n")) && buf_put(b, kind) && PUT(" ") &&
              line_put_number(b, range.from) && PUT("-") && line_put_number(b, range.to) &&
              PUT(" ") && buf_reserve(b, why.len);

    for (size_t i = 0; ok && i < why.len; i++)
        b->block[b->to++] = (unsigned char)why.at[i] < ' ' ? ' ' : why.at[i];
    return ok;
}

bool words_put_intents(struct buf *b, const struct entry *e)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < e->n_told; i++)
        ok = words_put_intent(b, i == 0, slice_of(e->told[i].intent->kind),
                              e->told[i].range, e->told[i].intent->why);
    return ok;
}
