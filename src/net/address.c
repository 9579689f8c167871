/* SPDX-License-Identifier: MIT */
#include "naysay/net.h"

#include <arpa/inet.h>

bool address_from_ip(struct slice ip, uint16_t port, struct address *out)
{
    char text[INET6_ADDRSTRLEN];

    *out = (struct address){0};
    if (ip.len == 0 || ip.len >= sizeof(text) || memchr(ip.at, '\0', ip.len) != NULL)
        return false;
    memcpy(text, ip.at, ip.len);
    text[ip.len] = '\0';
    if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->len = sizeof(out->v4);
    } else if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->len = sizeof(out->v6);
    } else
        return false;
    address_set_port(out, port);
    return true;
}

bool address_parse(struct slice text, struct address *out)
{
    struct slice host;
    uint64_t port;
    ssize_t colon = -1;

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ':')
            colon = (ssize_t)i;
    if (colon < 0 ||
        !slice_to_u64((struct slice){text.at + colon + 1, text.len - (size_t)colon - 1},
                      &port) ||
        port > UINT16_MAX)
        return false;
    host = (struct slice){text.at, (size_t)colon};
    if (host.len >= 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
        host = (struct slice){host.at + 1, host.len - 2};
    else if (slice_find(host, ':') >= 0)
        return false;
    return address_from_ip(host, (uint16_t)port, out);
}

/* Decimal, and how many digits. */
static size_t put_decimal(unsigned n, char *out)
{
    char digits[5], *at = digits + sizeof(digits);
    size_t len;

    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    len = (size_t)(digits + sizeof(digits) - at);
    memcpy(out, at, len);
    return len;
}

/* Each entry of the journal has one: printf would be a good part of its cost. */
static size_t print_v4(const struct address *a, char *out)
{
    uint32_t ip = ntohl(a->v4.sin_addr.s_addr);
    size_t n = 0;

    for (int shift = 24; shift >= 0; shift -= 8) {
        n += put_decimal(ip >> shift & 0xff, out + n);
        out[n++] = '.';
    }
    out[n - 1] = '\0';
    return n - 1;
}

size_t address_print_ip(const struct address *a, char out[ADDRESS_TEXT])
{
    out[0] = '\0';
    if (a->len > 0 && a->any.sa_family == AF_INET)
        return print_v4(a, out);
    if (a->len > 0)
        inet_ntop(AF_INET6, &a->v6.sin6_addr, out, ADDRESS_TEXT);
    return strlen(out);
}

size_t address_print(const struct address *a, char out[ADDRESS_TEXT])
{
    bool is_v6 = a->any.sa_family == AF_INET6;
    size_t n = is_v6;

    out[0] = '[';
    n += address_print_ip(a, out + n);
    if (is_v6)
        out[n++] = ']';
    out[n++] = ':';
    n += put_decimal(address_port(a), out + n);
    out[n] = '\0';
    return n;
}

uint16_t address_port(const struct address *a)
{
    return ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port);
}

void address_set_port(struct address *a, uint16_t port)
{
    if (a->any.sa_family == AF_INET6)
        a->v6.sin6_port = htons(port);
    else
        a->v4.sin_port = htons(port);
}

bool address_is_loopback(const struct address *a)
{
    if (a->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
    return ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
}

void address_unmap(struct address *a)
{
    struct in_addr v4;
    uint16_t port;

    if (a->any.sa_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&a->v6.sin6_addr))
        return;
    port = a->v6.sin6_port;
    memcpy(&v4, a->v6.sin6_addr.s6_addr + 12, sizeof(v4));
    *a = (struct address){.len = sizeof(a->v4)};
    a->v4.sin_family = AF_INET;
    a->v4.sin_addr = v4;
    a->v4.sin_port = port;
}

bool address_same_ip(const struct address *a, const struct address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET6)
        return IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &b->v6.sin6_addr);
    return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}
