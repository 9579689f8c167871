/* SPDX-License-Identifier: MIT */
/*
 * h1_oracle - what must hold for the parser and the emitter whatever the octets
 * are. Unit tests feed it tables and mutants, fuzzers the rest.
 *
 * Each returns NULL when all is well, else what is not, as a static string.
 */
#ifndef NAYSAY_H1_ORACLE_H
#define NAYSAY_H1_ORACLE_H

#include "naysay/h1.h"

/* The parser and the reader from the ABNF say the same, and read the same. */
const char *oracle_request(struct slice octets);
const char *oracle_response(struct slice octets, struct h1_asked asked);

/* A verdict on the whole is the verdict on the whole after its first `cut` octets. */
const char *oracle_request_cut(struct slice octets, size_t cut,
                               const struct limits *limits);
const char *oracle_response_cut(struct slice octets, size_t cut,
                                const struct limits *limits, struct h1_asked asked);
/* The same with every octet on its own. */
const char *oracle_request_by_octets(struct slice octets, const struct limits *limits);
const char *oracle_response_by_octets(struct slice octets, const struct limits *limits,
                                      struct h1_asked asked);

/* What parses can be emitted, and then parses to the same. */
const char *oracle_request_again(struct slice octets);
const char *oracle_response_again(struct slice octets, struct h1_asked asked);

/* A chunked body comes out the same whole, cut once, and by single octets. */
const char *oracle_chunked(struct slice octets, size_t cut);

/* Limits small enough for small inputs to pass them. */
extern const struct limits oracle_small_limits;
extern const struct limits oracle_wide_limits;

#endif
