/* SPDX-License-Identifier: MIT */
/* Response heads: against the ABNF, cut anywhere, emitted and read again, whoever asked. */
#include "fuzz.h"
#include "h1_oracle.h"

#define SHORT 300

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
    static const struct h1_asked asked[] = {{METHOD_GET, false},
                                            {METHOD_GET, true},
                                            {METHOD_HEAD, false},
                                            {METHOD_CONNECT, false}};
    const struct slice s = {(const char *)octets, len};
    const size_t cut = fuzz_number(octets, len) % (len + 1);

    for (size_t i = 0; i < COUNT(asked); i++) {
        fuzz_must(oracle_response(s, asked[i]));
        fuzz_must(oracle_response_again(s, asked[i]));
        fuzz_must(oracle_response_cut(s, cut, &oracle_wide_limits, asked[i]));
        fuzz_must(oracle_response_cut(s, cut, &oracle_small_limits, asked[i]));
    }
    if (len <= SHORT) {
        fuzz_must(oracle_response_by_octets(s, &oracle_wide_limits, asked[0]));
        fuzz_must(oracle_response_by_octets(s, &oracle_small_limits, asked[1]));
    }
    return 0;
}
