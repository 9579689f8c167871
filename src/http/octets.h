/* SPDX-License-Identifier: MIT */
/* octets - classes of octets that the grammars of HTTP and of URIs are made of. */
#ifndef HTTP_OCTETS_H
#define HTTP_OCTETS_H

#include "naysay/base.h"

enum octet_class {
    OCTET_TCHAR = 1,  /* of a token, RFC 9110 §5.6.2 */
    OCTET_NAME = 2,   /* of a reg-name, RFC 3986 §3.2.2, without the comma */
    OCTET_TARGET = 4, /* of a path or a query, and what clients send there besides */
    OCTET_SCHEME = 8, /* of a scheme behind its first letter, RFC 3986 §3.1 */
};

extern const uint8_t octet_classes[256];

/* Offset of the first octet that is not of this class, s.len when all are. */
static inline size_t octets_span(struct slice s, enum octet_class wanted)
{
    size_t i = 0;

    while (i < s.len && (octet_classes[(unsigned char)s.at[i]] & wanted) != 0)
        i++;
    return i;
}

#endif
