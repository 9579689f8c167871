/* SPDX-License-Identifier: MIT */
/*
 * peer - the other end of a stream, played from a script: a wire without a
 * socket. Octets are given to it beforehand and read when the stream wants them;
 * what is written is kept. A peer can stop reading, say FIN, or reset.
 */
#ifndef NAYSAY_FUZZ_PEER_H
#define NAYSAY_FUZZ_PEER_H

#include "naysay/net.h"

struct text { /* grows; outside of naysay's own memory, which may be made to fail */
    char *at;
    size_t len, cap;
};

struct peer {
    struct stream *stream; /* NULL before it opens and after it was closed */
    struct text says;
    size_t said; /* octets of it that were read */
    struct text hears;
    size_t room;     /* octets that it still takes; SIZE_MAX: any number */
    size_t grain;    /* octets that one read yields at most */
    uint64_t id;     /* the connection's, clients only */
    bool fin, reset; /* after what it says */
    bool was_opened, is_tunnel;
    bool heard_fin, heard_reset;
};

extern const struct wire wire_peer;

void peer_init(struct peer *p);
void peer_clear(struct peer *p);
void peer_say(struct peer *p, const uint8_t *octets, size_t len);
/* What a loop does when descriptors are ready. True when something was told. */
bool peer_poke(struct peer *p);

#endif
