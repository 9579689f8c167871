/* SPDX-License-Identifier: MIT */
#include "naysay/base.h"

#include <stdarg.h>

/* What the user wrote is quoted back to his terminal: on one line, without its escapes. */
static void flatten(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

bool complain(struct complaint *why, const char *format, ...)
{
    va_list args;

    if (why == NULL)
        return false;
    va_start(args, format);
    vsnprintf(why->text, sizeof(why->text), format, args);
    va_end(args);
    flatten(why->text);
    return false;
}
