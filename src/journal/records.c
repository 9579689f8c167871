/* SPDX-License-Identifier: MIT */
/*
 * Entries that are kept: each in one block, its octets behind it. Every exchange passes
 * here, so nothing is printed but the words of its plan, and the oldest block serves the
 * newest.
 */
#include "lines.h"

#define OCTETS_MOST (UINT64_C(256) << 20)
#define ROUND       64u /* block sizes are multiples of it, so that they fit one another */

struct block {
    size_t room; /* octets that fit behind the record */
    struct record record;
};

static struct block *block_of(struct record *record)
{
    return OWNER_OF(record, struct block, record);
}

static uint64_t cost_of(const struct block *block)
{
    return sizeof(*block) + block->room;
}

void records_init(struct records *r, uint64_t most)
{
    *r = (struct records){.most = most, .most_octets = OCTETS_MOST};
}

void records_clear(struct records *r)
{
    struct record *next;

    for (struct record *at = r->first; at != NULL; at = next) {
        next = at->next;
        mem_free(block_of(at));
    }
    buf_clear(&r->words);
    records_init(r, r->most);
}

/* ---- blocks ---- */

static struct block *take_oldest(struct records *r)
{
    struct record *oldest = r->first;

    r->first = oldest->next;
    if (r->first == NULL)
        r->last = NULL;
    r->n--;
    r->dropped++;
    r->octets -= cost_of(block_of(oldest));
    return block_of(oldest);
}

/* A block for that many octets; when there are too many, the oldest record's. */
static struct block *take_block(struct records *r, size_t octets)
{
    size_t room = (octets + ROUND - 1) / ROUND * ROUND;
    struct block *block = NULL;

    while (r->n > 0 &&
           (r->n >= r->most || r->octets + sizeof(*block) + room > r->most_octets)) {
        mem_free(block);
        block = take_oldest(r);
    }
    if (block != NULL && block->room >= room && block->room <= 2 * room)
        return block;
    mem_free(block);
    block = mem_alloc(sizeof(*block) + room);
    if (block != NULL)
        block->room = room;
    return block;
}

static void append(struct records *r, struct block *block)
{
    struct record *record = &block->record;

    record->next = NULL;
    if (r->last == NULL)
        r->first = record;
    else
        r->last->next = record;
    r->last = record;
    r->n++;
    r->octets += cost_of(block);
}

/* ---- octets ---- */

/* Those of a record that are copied behind it; method and target mostly are in the head. */
static const size_t slices[] = {
    offsetof(struct record, request_head),  offsetof(struct record, method),
    offsetof(struct record, target),        offsetof(struct record, rule_name),
    offsetof(struct record, client),        offsetof(struct record, request_sample),
    offsetof(struct record, response_head), offsetof(struct record, response_sample),
    offsetof(struct record, relayed),       offsetof(struct record, upstream),
    offsetof(struct record, inside),        offsetof(struct record, plan),
    offsetof(struct record, faults),        offsetof(struct record, intents),
    offsetof(struct record, trouble),
};

static struct slice *slice_at(const struct record *record, size_t i)
{
    return (struct slice *)(void *)((char *)record + slices[i]);
}

static bool is_within(struct slice part, struct slice whole)
{
    return part.len > 0 && whole.len > 0 && part.at >= whole.at &&
           part.at + part.len <= whole.at + whole.len;
}

static size_t octets_of(const struct record *made)
{
    size_t n = made->request_head.len;

    for (size_t i = 1; i < COUNT(slices); i++) {
        struct slice s = *slice_at(made, i);
        n += is_within(s, made->request_head) ? 0 : s.len;
    }
    return n;
}

static void copy_octets(struct record *kept, const struct record *made, char *to)
{
    for (size_t i = 0; i < COUNT(slices); i++) {
        struct slice *s = slice_at(kept, i);

        if (s->len == 0) {
            *s = SLICE("");
        } else if (i > 0 && is_within(*s, made->request_head)) {
            s->at = kept->request_head.at + (s->at - made->request_head.at);
        } else {
            memcpy(to, s->at, s->len);
            s->at = to;
            to += s->len;
        }
    }
}

bool records_keep(struct records *r, const struct record *made)
{
    struct block *block = r->most == 0 ? NULL : take_block(r, octets_of(made));

    r->exchanges += made->exchange > 0 && made->method.len > 0;
    if (block == NULL) {
        r->dropped++;
        return false;
    }
    block->record = *made;
    copy_octets(&block->record, made, (char *)(block + 1));
    append(r, block);
    return true;
}

/* ---- from entries ---- */

uint64_t record_first_us(uint64_t began_us, uint64_t first_us, struct octets sent)
{
    uint64_t at = began_us + first_us;

    if (sent.from == sent.to)
        return 0;
    return at == 0 ? 1 : at; /* at once, and still it was sent */
}

static void take_request(struct record *to, const struct entry *e)
{
    to->request_head = e->request_head;
    to->request_sample = e->request_sample;
    to->request_body = e->request_body;
    to->request_digest = e->request_digest;
    if (e->request == NULL)
        return;
    to->method = e->request->method_name;
    to->target = e->request->raw_target;
    to->major = e->request->major;
    to->minor = e->request->minor;
}

static void take_response(struct record *to, const struct entry *e)
{
    if (e->response != NULL) {
        to->status = e->response->status;
        to->response_head = e->head;
    }
    memcpy(to->interim, e->interim, sizeof(to->interim));
    to->n_interim = e->n_interim;
    to->response_sample = e->response_sample;
    to->response_body = e->response_body;
}

/* What has to be put in words; it stands in r->words, one text after the other. */
static bool take_words(struct records *r, struct record *to, const struct entry *e)
{
    struct buf *b = &r->words;
    uint32_t plan, relayed, faults;

    b->from = b->to = 0;
    if (!buf_reserve(b, STEP_WORDS) || !words_put_plan(b, e->plan))
        return false;
    plan = b->to;
    if (e->relayed != NULL && !words_put_fields(b, e->relayed))
        return false;
    relayed = b->to;
    if (!words_put_faults(b, e))
        return false;
    faults = b->to;
    if (!words_put_intents(b, e))
        return false;
    to->plan = (struct slice){b->block, plan};
    to->relayed = (struct slice){b->block + plan, relayed - plan};
    to->faults = (struct slice){b->block + relayed, faults - relayed};
    to->intents = (struct slice){b->block + faults, b->to - faults};
    to->trouble = e->plan->trouble;
    to->rule_name = e->plan->rule;
    to->rule = e->plan->rule_index;
    to->match = e->plan->match;
    return true;
}

void records_add(struct records *r, const struct entry *e)
{
    struct record made = {.seq = e->exchange > 0 ? e->seq : 0,
                          .connection = e->connection,
                          .exchange = e->exchange,
                          .wall_us = e->wall_us,
                          .began_us = e->run_us,
                          .first_us = record_first_us(e->run_us, e->first_us, e->sent),
                          .end_us = e->run_us + e->end_us,
                          .client = e->client,
                          .sent = e->sent,
                          .received = e->received,
                          .upstream = e->upstream,
                          .inside = e->inside,
                          .ending = e->ending,
                          .is_reused_upstream = e->reused};

    if (r->began_wall_us == 0)
        r->began_wall_us = e->wall_us - (int64_t)e->run_us;
    if (e->exchange == 0) {
        made.first_us = 0;
        made.end_us = made.began_us;
        (void)records_keep(r, &made);
        return;
    }
    take_request(&made, e);
    take_response(&made, e);
    if (take_words(r, &made, e))
        (void)records_keep(r, &made);
    else
        r->dropped++;
}
