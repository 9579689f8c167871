/* SPDX-License-Identifier: MIT */
#include "jot.h"

#include <inttypes.h>

static void put(struct jot *j, bool ok)
{
    j->has_failed = j->has_failed || !ok;
}

static void begin(struct jot *j, const char *key)
{
    if (j->is_member)
        put(j, buf_put(j->out, SLICE(",")));
    j->is_member = true;
    if (key != NULL)
        put(j, buf_printf(j->out, "\"%s\":", key));
}

void jot_open(struct jot *j, const char *key, char bracket)
{
    begin(j, key);
    put(j, buf_put(j->out, (struct slice){&bracket, 1}));
    j->is_member = false;
}

void jot_close(struct jot *j, char bracket)
{
    put(j, buf_put(j->out, (struct slice){&bracket, 1}));
    j->is_member = true;
}

void jot_number(struct jot *j, const char *key, uint64_t n)
{
    begin(j, key);
    put(j, buf_printf(j->out, "%" PRIu64, n));
}

void jot_signed(struct jot *j, const char *key, int64_t n)
{
    begin(j, key);
    put(j, buf_printf(j->out, "%" PRId64, n));
}

void jot_ms(struct jot *j, const char *key, uint64_t us)
{
    begin(j, key);
    put(j, buf_printf(j->out, "%" PRIu64 ".%03u", us / 1000, (unsigned)(us % 1000)));
}

void jot_flag(struct jot *j, const char *key, bool is)
{
    jot_raw(j, key, is ? SLICE("true") : SLICE("false"));
}

void jot_null(struct jot *j, const char *key)
{
    jot_raw(j, key, SLICE("null"));
}

void jot_text(struct jot *j, const char *key, struct slice s)
{
    begin(j, key);
    put(j, json_put_text(j->out, s));
}

void jot_raw(struct jot *j, const char *key, struct slice s)
{
    begin(j, key);
    put(j, buf_put(j->out, s));
}
