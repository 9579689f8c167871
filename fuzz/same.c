/* SPDX-License-Identifier: MIT */
#include "same.h"

/* clang-format off */
static const struct {
    const char *wrong;
    size_t offset;
} texts[] = {
#define X(member) {#member " came back as another", offsetof(struct record, member)}
    X(rule_name), X(client), X(method), X(target), X(request_head), X(request_sample),
    X(response_head), X(response_sample), X(relayed), X(upstream), X(inside), X(plan),
    X(faults), X(intents),
#undef X
};
/* clang-format on */

static struct slice text_at(const struct record *r, size_t offset)
{
    struct slice text;

    memcpy(&text, (const char *)r + offset, sizeof(text));
    return text;
}

static bool are_numbers_same(const struct record *a, const struct record *b)
{
    return a->seq == b->seq && a->connection == b->connection &&
           a->exchange == b->exchange && a->rule == b->rule && a->match == b->match &&
           a->wall_us == b->wall_us && a->began_us == b->began_us &&
           a->first_us == b->first_us && a->end_us == b->end_us && a->major == b->major &&
           a->minor == b->minor && a->request_body == b->request_body &&
           a->request_digest == b->request_digest && a->status == b->status &&
           a->n_interim == b->n_interim && a->response_body == b->response_body &&
           a->sent.from == b->sent.from && a->sent.to == b->sent.to &&
           a->received == b->received && a->ending == b->ending &&
           a->is_reused_upstream == b->is_reused_upstream &&
           memcmp(a->interim, b->interim, sizeof(a->interim)) == 0;
}

const char *records_differ(const struct record *a, const struct record *b)
{
    for (size_t i = 0; i < COUNT(texts); i++)
        if (!slice_is(text_at(a, texts[i].offset), text_at(b, texts[i].offset)))
            return texts[i].wrong;
    return are_numbers_same(a, b) ? NULL : "a number came back as another";
}
