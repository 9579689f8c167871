/* SPDX-License-Identifier: MIT */
#include "naysay/net.h"

#include <arpa/inet.h>

bool address_from_ip(struct slice ip, uint16_t port, struct address *out)
{
    char text[INET6_ADDRSTRLEN];

    *out = (struct address){0};
    if (ip.len == 0 || ip.len >= sizeof(text))
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

size_t address_print_ip(const struct address *a, char out[ADDRESS_TEXT])
{
    const void *ip = a->any.sa_family == AF_INET6 ? (const void *)&a->v6.sin6_addr
                                                  : (const void *)&a->v4.sin_addr;

    out[0] = '\0';
    if (a->len > 0)
        inet_ntop(a->any.sa_family, ip, out, ADDRESS_TEXT);
    return strlen(out);
}

size_t address_print(const struct address *a, char out[ADDRESS_TEXT])
{
    char ip[ADDRESS_TEXT];
    int n;

    address_print_ip(a, ip);
    n = snprintf(out, ADDRESS_TEXT,
                 a->any.sa_family == AF_INET6 ? "[%.46s]:%u" : "%.46s:%u", ip,
                 address_port(a));
    return (size_t)n;
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
