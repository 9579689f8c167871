/* SPDX-License-Identifier: MIT */
/*
 * May we connect there? The question is put with the very address that
 * connect(2) is given, after the name was resolved, so a name that changes its
 * mind between two look-ups gains nothing.
 */
#include "naysay/upstream.h"

#include <ifaddrs.h>

void policy_allow(struct policy *p, struct slice host, uint16_t port)
{
    struct allowed *a = mem_must(mem_zero(sizeof(*a)));

    a->host = mem_must(mem_copy_text(host));
    a->port = port;
    if (address_from_ip(host, port, &a->address))
        address_unmap(&a->address);
    a->next = p->allowed;
    p->allowed = a;
}

void policy_clear(struct policy *p)
{
    while (p->allowed != NULL) {
        struct allowed *a = p->allowed;
        p->allowed = a->next;
        mem_free(a->host);
        mem_free(a);
    }
}

/* ---- our own listeners ---- */

static bool is_unspecified(const struct address *a)
{
    if (a->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&a->v6.sin6_addr);
    return a->v4.sin_addr.s_addr == 0;
}

/* Does this machine answer at that address? */
static bool is_local(const struct address *a)
{
    struct ifaddrs *all, *i;
    bool found = address_is_loopback(a) || is_unspecified(a);

    if (found || getifaddrs(&all) < 0)
        return found;
    for (i = all; i != NULL && !found; i = i->ifa_next) {
        struct address own = {0};
        if (i->ifa_addr == NULL || i->ifa_addr->sa_family != a->any.sa_family)
            continue;
        own.len = a->len;
        memcpy(&own.any, i->ifa_addr, own.len);
        found = address_same_ip(&own, a);
    }
    freeifaddrs(all);
    return found;
}

static bool is_own(const struct policy *p, const struct address *at)
{
    for (size_t i = 0; i < p->n_own; i++) {
        const struct address *own = &p->own[i];
        if (address_port(own) != address_port(at))
            continue;
        /* 0.0.0.0 as a target is this machine; as a listener it is every address of it. */
        if (address_same_ip(own, at) || (is_unspecified(at) && is_local(own)) ||
            (is_unspecified(own) && is_local(at)))
            return true;
    }
    return false;
}

/* ---- addresses that no test should reach by accident ---- */

static bool is_special_v4(uint32_t ip)
{
    return ip >> 24 == 0 ||      /* this network */
           ip >> 16 == 0xa9fe || /* 169.254/16: link-local, cloud metadata */
           ip >> 28 == 0xe ||    /* multicast */
           ip == 0xffffffff ||   /* broadcast */
           ip == 0x646464c8;     /* 100.100.100.200: metadata of one cloud */
}

static bool is_special_v6(const struct in6_addr *ip)
{
    /* fd00:ec2::254: metadata over IPv6 */
    static const uint8_t metadata[16] = {0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0,    0,
                                         0,    0,    0,    0,    0, 0, 0x02, 0x54};

    return IN6_IS_ADDR_LINKLOCAL(ip) || IN6_IS_ADDR_MULTICAST(ip) ||
           IN6_IS_ADDR_UNSPECIFIED(ip) || memcmp(ip->s6_addr, metadata, 16) == 0;
}

static bool is_special(const struct address *a)
{
    if (a->any.sa_family == AF_INET6)
        return is_special_v6(&a->v6.sin6_addr);
    return is_special_v4(ntohl(a->v4.sin_addr.s_addr));
}

/* ---- the judgement ---- */

static bool allows_port(const struct allowed *a, const struct address *at)
{
    return a->port == 0 || a->port == address_port(at);
}

/* Is the address itself on the list, rather than a name that leads to it? */
static bool is_named(const struct policy *p, const struct address *at)
{
    for (const struct allowed *a = p->allowed; a != NULL; a = a->next)
        if (a->address.len > 0 && address_same_ip(&a->address, at) && allows_port(a, at))
            return true;
    return false;
}

/* Is the name on the list? On a port that others reach, a name may not lead back into this
 * machine. */
static bool is_listed(const struct policy *p, const struct origin *asked,
                      const struct address *at)
{
    bool inward = p->is_remote && address_is_loopback(at) &&
                  !slice_is_nocase(asked->host, SLICE("localhost"));

    for (const struct allowed *a = p->allowed; a != NULL; a = a->next)
        if (slice_is_nocase(slice_of(a->host), asked->host) && allows_port(a, at))
            return !inward;
    return false;
}

enum ending policy_judge(const struct policy *p, const struct origin *asked,
                         const struct address *at)
{
    if (is_own(p, at))
        return ENDING_RELAY_TO_SELF;
    if (is_named(p, at))
        return ENDING_NONE;
    if (is_special(at))
        return ENDING_RELAY_FORBIDDEN;
    if (p->is_open || is_listed(p, asked, at))
        return ENDING_NONE;
    return ENDING_RELAY_FORBIDDEN;
}
