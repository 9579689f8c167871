/* SPDX-License-Identifier: MIT */
/* Single values by type, and what a wrong one was probably meant to be. */
#include "scalar.h"

/* ---- reading ---- */

static bool parse_flag(struct slice text, bool *into)
{
    *into = slice_is(text, SLICE("true"));
    return *into || slice_is(text, SLICE("false"));
}

static bool parse_rate(struct slice text, uint64_t *into)
{
    if (text.len > 2 &&
        slice_is_nocase((struct slice){text.at + text.len - 2, 2}, SLICE("/s")))
        text.len -= 2;
    return unit_size(text, into) && *into > 0;
}

/* "0.05", "5%". No locale, no exponent, no "inf", no sign: strtod() would take them all. */
static bool parse_chance(struct slice text, double *into)
{
    double value = 0, worth = 1;
    size_t digits = 0;
    bool is_percent = text.len > 0 && text.at[text.len - 1] == '%';
    bool is_fraction = false;

    text.len -= is_percent;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '.' && !is_fraction)
            is_fraction = true;
        else if (c < '0' || c > '9')
            return false;
        else {
            worth *= is_fraction ? 10 : 1;
            value = value * 10 + (c - '0');
            digits++;
        }
    }
    *into = value / worth / (is_percent ? 100 : 1);
    return digits > 0 && digits < 18 && *into <= 1;
}

static bool parse_text(struct slice text, struct slice *into)
{
    *into = text;
    return true;
}

static bool parse_scalar(enum key_type type, struct slice text, void *into)
{
    switch (type) {
    case KEY_FLAG:
        return parse_flag(text, into);
    case KEY_COUNT:
        return slice_to_u64(text, into);
    case KEY_DURATION:
        return unit_duration(text, into);
    case KEY_SIZE:
        return unit_size(text, into);
    case KEY_RATE:
        return parse_rate(text, into);
    case KEY_CHANCE:
        return parse_chance(text, into);
    default:
        return parse_text(text, into);
    }
}

/* ---- what was probably meant ---- */

struct meaning {
    enum key_type type;
    const char *said, *meant;
};

/* clang-format off */
static const struct meaning meanings[] = {
    {KEY_FLAG, "yes", "true"}, {KEY_FLAG, "on", "true"}, {KEY_FLAG, "y", "true"},
    {KEY_FLAG, "1", "true"},   {KEY_FLAG, "true", "true"},
    {KEY_FLAG, "no", "false"}, {KEY_FLAG, "off", "false"}, {KEY_FLAG, "n", "false"},
    {KEY_FLAG, "0", "false"},  {KEY_FLAG, "false", "false"}, {KEY_FLAG, "never", "false"},
    /* behind a number */
    {KEY_DURATION, "", "s"},         {KEY_DURATION, "sec", "s"},     {KEY_DURATION, "secs", "s"},
    {KEY_DURATION, "second", "s"},   {KEY_DURATION, "seconds", "s"}, {KEY_DURATION, "msec", "ms"},
    {KEY_DURATION, "msecs", "ms"},   {KEY_DURATION, "millis", "ms"},
    {KEY_DURATION, "milliseconds", "ms"}, {KEY_DURATION, "min", "m"}, {KEY_DURATION, "mins", "m"},
    {KEY_DURATION, "minute", "m"},   {KEY_DURATION, "minutes", "m"}, {KEY_DURATION, "hr", "h"},
    {KEY_DURATION, "hour", "h"},     {KEY_DURATION, "hours", "h"},   {KEY_DURATION, "day", "d"},
    {KEY_DURATION, "days", "d"},
    {KEY_SIZE, "k", "KiB"}, {KEY_SIZE, "m", "MiB"}, {KEY_SIZE, "g", "GiB"}, {KEY_SIZE, "t", "TiB"},
    {KEY_SIZE, "ki", "KiB"}, {KEY_SIZE, "mi", "MiB"}, {KEY_SIZE, "gi", "GiB"},
    {KEY_SIZE, "byte", "B"}, {KEY_SIZE, "bytes", "B"}, {KEY_SIZE, "octets", "B"},
    {KEY_RATE, "k", "KiB/s"}, {KEY_RATE, "k/s", "KiB/s"}, {KEY_RATE, "m", "MiB/s"},
    {KEY_RATE, "m/s", "MiB/s"}, {KEY_RATE, "kbps", "KB/s"}, {KEY_RATE, "mbps", "MB/s"},
    {KEY_RATE, "kb/sec", "KB/s"}, {KEY_RATE, "mb/sec", "MB/s"}, {KEY_RATE, "kib/sec", "KiB/s"},
    {KEY_RATE, "mib/sec", "MiB/s"}, {KEY_RATE, "bytes/s", "B/s"},
    {KEY_CHANCE, "", "%"},
};
/* clang-format on */

static const char *meaning_of(enum key_type type, struct slice said)
{
    for (size_t i = 0; i < COUNT(meanings); i++)
        if (meanings[i].type == type && slice_is_nocase(said, slice_of(meanings[i].said)))
            return meanings[i].meant;
    return NULL;
}

/* A value of the type that `text` comes near to, or "". */
static struct shown suggest(enum key_type type, struct slice text)
{
    union {
        uint64_t number;
        double chance;
        bool flag;
        struct slice text;
    } value;
    struct slice number = slice_trim(text, " \t"), unit;
    struct shown s = {""};
    const char *meant;
    size_t n = 0;

    while (type != KEY_FLAG && n < number.len &&
           (number.at[n] == '.' || (number.at[n] >= '0' && number.at[n] <= '9')))
        n++;
    unit = slice_trim((struct slice){number.at + n, number.len - n}, " \t");
    number.len = n;
    meant = meaning_of(type, unit);
    if (number.len + unit.len < 20)
        snprintf(s.text, sizeof(s.text), "%.*s%.*s", SLICE_ARGS(number),
                 SLICE_ARGS(meant == NULL ? unit : slice_of(meant)));
    return parse_scalar(type, slice_of(s.text), &value) ? s : (struct shown){""};
}

static const char *const wanted[] = {
    [KEY_FLAG] = "true or false",
    [KEY_COUNT] = "a whole number, such as 0 or 12",
    [KEY_DURATION] = "a duration, such as 250ms, 2s or 1m",
    [KEY_SIZE] = "a size, such as 300, 64KiB or 1MB",
    [KEY_RATE] = "a rate above 0, such as 256KiB/s",
    [KEY_CHANCE] = "a chance from 0 to 1, such as 0.05 or 5%",
    [KEY_TEXT] = "a text",
};

/* What programs write for "nothing" is not the word. */
static bool is_null(const struct node *n)
{
    return !n->is_quoted && (node_is(n, "null") || node_is(n, "~"));
}

bool take_scalar(struct loader *l, enum key_type type, const struct node *value,
                 const char *what, void *into)
{
    struct shown near;

    assert(type <= KEY_TEXT);
    if (value->kind != NODE_SCALAR || (value->text.len == 0 && !value->is_quoted))
        return complain_kind(l, value, what, wanted[type]);
    if (type == KEY_TEXT && is_null(value))
        return complain_at(l->why, value,
                           "%s must be a text, not %s: leave the key out, or put the word "
                           "between quotes",
                           what, value->text.at);
    if (parse_scalar(type, value->text, into))
        return true;
    near = suggest(type, value->text);
    return complain_at(l->why, value, "%s must be %s, not \"%s\"%s%s%s", what, wanted[type],
                       shown_of(value->text).text,
                       near.text[0] == '\0' ? "" : "; did you mean \"", near.text,
                       near.text[0] == '\0' ? "" : "\"?");
}

/* ---- as complaints, schema and reference show them ---- */

#define DOTS "…"

struct shown shown_of(struct slice s)
{
    struct shown shown;
    const size_t room = sizeof(shown.text) - sizeof(DOTS);
    size_t n = s.len;

    if (n > room)
        for (n = room; n > 0 && ((unsigned char)s.at[n] & 0xc0) == 0x80;)
            n--;
    snprintf(shown.text, sizeof(shown.text), "%.*s%s", (int)n, s.at, n < s.len ? DOTS : "");
    return shown;
}

struct unit {
    enum key_type type;
    uint64_t worth;
    const char *name;
};

/* clang-format off */
static const struct unit units[] = { /* the largest first: the last one always divides */
    {KEY_DURATION, 86400 * NS_PER_S, "d"}, {KEY_DURATION, 3600 * NS_PER_S, "h"},
    {KEY_DURATION, 60 * NS_PER_S, "m"},    {KEY_DURATION, NS_PER_S, "s"},
    {KEY_DURATION, NS_PER_MS, "ms"},       {KEY_DURATION, 1000, "us"},
    {KEY_DURATION, 1, "ns"},
    {KEY_SIZE, 1ull << 40, "TiB"}, {KEY_SIZE, 1ull << 30, "GiB"}, {KEY_SIZE, 1ull << 20, "MiB"},
    {KEY_SIZE, 1ull << 10, "KiB"},
    {KEY_RATE, 1ull << 40, "TiB/s"}, {KEY_RATE, 1ull << 30, "GiB/s"},
    {KEY_RATE, 1ull << 20, "MiB/s"}, {KEY_RATE, 1ull << 10, "KiB/s"}, {KEY_RATE, 1, "/s"},
};
/* clang-format on */

struct shown shown_number(enum key_type type, uint64_t value)
{
    struct shown s;

    for (size_t i = 0; value > 0 && i < COUNT(units); i++)
        if (units[i].type == type && value % units[i].worth == 0) {
            snprintf(s.text, sizeof(s.text), "%llu%s",
                     (unsigned long long)(value / units[i].worth), units[i].name);
            return s;
        }
    snprintf(s.text, sizeof(s.text), "%llu", (unsigned long long)value);
    return s;
}

struct shown shown_bounds(const struct key *k)
{
    struct shown s = {""}, least = shown_number(k->type, k->least);
    bool is_number = k->type >= KEY_COUNT && k->type <= KEY_RATE;

    if (!is_number && k->type != KEY_LIST && k->type != KEY_NAMED)
        return s;
    if (k->type == KEY_DURATION && k->least == 1) /* a nanosecond: anything but 0 */
        snprintf(s.text, sizeof(s.text),
                 k->most == 0 ? "above 0" : "above 0, at most %.30s",
                 shown_number(k->type, k->most).text);
    else if (k->least > 0 && k->most == 0)
        snprintf(s.text, sizeof(s.text), "at least %.30s", least.text);
    else if (k->most > 0 && k->least == 0)
        snprintf(s.text, sizeof(s.text), "at most %.30s",
                 shown_number(k->type, k->most).text);
    else if (k->most > 0)
        snprintf(s.text, sizeof(s.text), "from %.30s to %.30s", least.text,
                 shown_number(k->type, k->most).text);
    return s;
}
