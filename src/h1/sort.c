/* SPDX-License-Identifier: MIT */
/* What kind of client is this? The first octets tell. */
#include "naysay/h1.h"

enum h1_sort h1_sort(struct slice data)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"; /* RFC 9113 §3.4 */
    const size_t whole = sizeof(preface) - 1;
    const size_t n = data.len < whole ? data.len : whole;

    if (n == 0)
        return H1_SORT_MORE;
    if (data.at[0] == 0x16) { /* handshake, then the major version (RFC 8446 §5.1) */
        if (n == 1)
            return H1_SORT_MORE;
        return data.at[1] == 0x03 ? H1_SORT_TLS : H1_SORT_JUNK;
    }
    /* Such clients wait for an answer without ever sending an LF: this is all there is to
     * judge. */
    if (data.at[0] != '\r' && data.at[0] != '\n' && h1_scan->token(data.at, 1) == 0)
        return H1_SORT_JUNK;
    if (memcmp(data.at, preface, n) != 0)
        return H1_SORT_HTTP;
    return n == whole ? H1_SORT_H2_PREFACE : H1_SORT_MORE;
}
