/* SPDX-License-Identifier: MIT */
#include "naysay/http.h"

#define DAY         86400
#define LAST_MOMENT 253402300799 /* of the year 9999: the format has four digits */

struct civil {
    unsigned year, month, day; /* month 1..12 */
};

/*
 * Days since 1970 to a date of the Gregorian calendar. Years are counted from
 * March, so that the leap day comes last, in eras of 400 years, which are all alike.
 */
static struct civil civil_of(uint32_t days)
{
    uint32_t since_0000_03_01 = days + 719468;
    uint32_t era = since_0000_03_01 / 146097, day = since_0000_03_01 % 146097;
    uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint32_t month;

    day -= 365 * year + year / 4 - year / 100;
    month = (5 * day + 2) / 153; /* 0 is March */
    return (struct civil){
        .year = era * 400 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day - (153 * month + 2) / 5 + 1,
    };
}

static void put_2(char *out, unsigned n)
{
    out[0] = (char)('0' + n / 10 % 10);
    out[1] = (char)('0' + n % 10);
}

void http_put_date(int64_t unix_seconds, char out[HTTP_DATE_LEN])
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970 began on a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t at = unix_seconds < 0             ? 0
                 : unix_seconds > LAST_MOMENT ? LAST_MOMENT
                                              : unix_seconds;
    uint32_t day = (uint32_t)(at / DAY), second = (uint32_t)(at % DAY);
    struct civil c = civil_of(day);

    memcpy(out, "Thu, 01 Jan 1970 00:00:00 GMT", HTTP_DATE_LEN);
    memcpy(out, days + day % 7 * 3, 3);
    put_2(out + 5, c.day);
    memcpy(out + 8, months + (c.month - 1) * 3, 3);
    put_2(out + 12, c.year / 100);
    put_2(out + 14, c.year % 100);
    put_2(out + 17, second / 3600);
    put_2(out + 20, second / 60 % 60);
    put_2(out + 23, second % 60);
}

void http_put_iso_date(int64_t unix_seconds, char out[HTTP_ISO_DATE_LEN])
{
    int64_t at = unix_seconds < 0             ? 0
                 : unix_seconds > LAST_MOMENT ? LAST_MOMENT
                                              : unix_seconds;
    uint32_t second = (uint32_t)(at % DAY);
    struct civil c = civil_of((uint32_t)(at / DAY));

    memcpy(out, "1970-01-01T00:00:00Z", HTTP_ISO_DATE_LEN);
    put_2(out, c.year / 100);
    put_2(out + 2, c.year % 100);
    put_2(out + 5, c.month);
    put_2(out + 8, c.day);
    put_2(out + 11, second / 3600);
    put_2(out + 14, second / 60 % 60);
    put_2(out + 17, second % 60);
}
