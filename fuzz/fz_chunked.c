/* SPDX-License-Identifier: MIT */
/* Chunked bodies: whole, cut and octet by octet give the same; never more out than in. */
#include "fuzz.h"
#include "h1_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    const struct slice s = {(const char *)octets, len};

    fuzz_must(oracle_chunked(s, fuzz_number(octets, len) % (len + 1)));
    return 0;
}
