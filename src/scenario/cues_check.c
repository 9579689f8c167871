/* SPDX-License-Identifier: MIT */
/* Explicit steps in an order that can be performed. */
#include "keys.h"

struct script {
    struct loader *l;
    const struct cue *head; /* so far; NULL: none */
    uint64_t said;          /* octets of content, as far as they are known */
};

static bool check_head(struct script *s, const struct cue *c)
{
    if (s->head != NULL)
        return complain_at(s->l->why, c->node,
                           "one answer has one head; the fault two-answers sends a second");
    s->head = c;
    return true;
}

/* What a head's length leaves no room for goes out in one piece. */
#define MOST_EXCESS (1u << 20)

static bool check_length(struct script *s, const struct cue *c)
{
    uint64_t length = content_length(&c->content);
    uint64_t promised = s->head->framing.length;

    if (!s->head->is_framed || s->head->framing.kind != BODY_LENGTH || length == UINT64_MAX)
        return true;
    s->said += length;
    return s->said <= promised || s->said - promised <= MOST_EXCESS ||
           complain_at(s->l->why, c->node,
                       "this goes beyond Content-Length by more than 1 MiB");
}

static bool check_body(struct script *s, struct cue *c)
{
    if (s->head == NULL)
        return complain_at(s->l->why, c->node,
                           "a body needs a head before it; `raw` does not");
    if (http_is_bodyless(s->head->wire) && content_length(&c->content) > 0)
        return complain_at(s->l->why, c->node,
                           "no body may follow a %u; to send one all the same, use `raw`",
                           s->head->wire);
    content_settle(&c->content, s->head->fields);
    return check_length(s, c);
}

static bool check_cue(struct script *s, struct cue *c)
{
    switch (c->kind) {
    case CUE_INTERIM:
        return s->head == NULL ||
               complain_at(s->l->why, c->node,
                           "an interim answer comes before the final head");
    case CUE_HEAD:
        return check_head(s, c);
    case CUE_BODY:
        return check_body(s, c);
    default:
        return true;
    }
}

bool cues_check(struct loader *l, struct cue *cues, uint32_t n)
{
    struct script s = {.l = l};

    for (uint32_t i = 0; i < n; i++) {
        struct cue *c = &cues[i];
        bool is_last = c->kind == CUE_END || c->kind == CUE_TUNNEL;

        if (is_last && i + 1 < n)
            return complain_at(l->why, c->node,
                               "`%s` is the last step: what follows is never reached",
                               c->kind == CUE_END ? "end" : "tunnel");
        if (!check_cue(&s, c))
            return false;
    }
    return true;
}
