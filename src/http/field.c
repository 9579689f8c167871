/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#include "octets.h"

static const struct slice names[FIELD_COUNT] = {
#define X(id, text) [FIELD_##id] = SLICE(text),
    HTTP_FIELDS(X)
#undef X
};

#define LONGEST 19

/*
 * Which names have this length: so few that looking at the first octets decides.
 * A name that is missing here is never recognised; the unit test looks for all.
 */
/* clang-format off */
static const uint8_t by_length[LONGEST + 1][4] = {
    [2] = {FIELD_TE},
    [3] = {FIELD_VIA},
    [4] = {FIELD_HOST, FIELD_DATE},
    [6] = {FIELD_ACCEPT, FIELD_SERVER, FIELD_EXPECT, FIELD_NAYSAY},
    [7] = {FIELD_UPGRADE, FIELD_TRAILER},
    [8] = {FIELD_IF_MATCH},
    [9] = {FIELD_FORWARDED},
    [10] = {FIELD_CONNECTION, FIELD_KEEP_ALIVE},
    [12] = {FIELD_CONTENT_TYPE, FIELD_MAX_FORWARDS},
    [13] = {FIELD_IF_NONE_MATCH},
    [14] = {FIELD_CONTENT_LENGTH, FIELD_HTTP2_SETTINGS},
    [15] = {FIELD_X_FORWARDED_FOR},
    [16] = {FIELD_PROXY_CONNECTION, FIELD_X_FORWARDED_HOST},
    [17] = {FIELD_TRANSFER_ENCODING, FIELD_IF_MODIFIED_SINCE, FIELD_SEC_WEBSOCKET_KEY,
            FIELD_X_FORWARDED_PROTO},
    [18] = {FIELD_PROXY_AUTHENTICATE},
    [19] = {FIELD_PROXY_AUTHORIZATION, FIELD_IF_UNMODIFIED_SINCE},
};
/* clang-format on */

enum http_field_id http_field_id(struct slice name)
{
    const uint8_t *candidates;

    if (name.len > LONGEST)
        return FIELD_OTHER;
    candidates = by_length[name.len];
    for (size_t i = 0; i < COUNT(by_length[0]) && candidates[i] != FIELD_OTHER; i++) {
        struct slice ours = names[candidates[i]];

        if (((name.at[0] ^ ours.at[0]) & ~0x20) == 0 && slice_is_nocase(name, ours))
            return candidates[i];
    }
    return FIELD_OTHER;
}

struct slice http_field_name(enum http_field_id id)
{
    assert(id > FIELD_OTHER && id < FIELD_COUNT);
    return names[id];
}

bool http_is_token(struct slice s)
{
    return s.len > 0 && octets_span(s, OCTET_TCHAR) == s.len;
}

#define EACH(octet) (UINT64_MAX / 255 * (octet))

/* Might one of eight octets be a control character? HTAB counts here, too. */
static bool may_hold_control(const char *at)
{
    uint64_t x, delete;

    memcpy(&x, at, sizeof(x));
    delete = x ^ EACH(0x7f); /* 0 where DEL stands */
    return ((((x - EACH(0x20)) & ~x) | ((delete - EACH(1)) & ~delete)) & EACH(0x80)) != 0;
}

static bool is_control(char c)
{
    return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

bool http_is_field_value(struct slice s)
{
    size_t i = 0;

    while (i < s.len) {
        size_t end = s.len - i < 8 ? s.len : i + 8;

        if (end - i == 8 && !may_hold_control(s.at + i))
            i = end;
        for (; i < end; i++)
            if (is_control(s.at[i]))
                return false;
    }
    return true;
}
