/* SPDX-License-Identifier: MIT */
/* Request heads: against the ABNF, cut anywhere, emitted and read again. */
#include "fuzz.h"
#include "h1_oracle.h"

#define SHORT 300 /* octet by octet is quadratic here, since each prefix is a copy */

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    const struct slice s = {(const char *)octets, len};
    const size_t cut = fuzz_number(octets, len) % (len + 1);

    fuzz_must(oracle_request(s));
    fuzz_must(oracle_request_again(s));
    fuzz_must(oracle_request_cut(s, cut, &oracle_wide_limits));
    fuzz_must(oracle_request_cut(s, cut, &oracle_small_limits));
    if (len <= SHORT) {
        fuzz_must(oracle_request_by_octets(s, &oracle_wide_limits));
        fuzz_must(oracle_request_by_octets(s, &oracle_small_limits));
    }
    (void)h1_sort(s);
    return 0;
}
