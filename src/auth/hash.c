/* SPDX-License-Identifier: MIT */
/* Digests of joined texts, and the response that is made of them (RFC 7616 §3.4). */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "parts.h"

static const struct {
    const EVP_MD *(*md)(void);
    size_t octets;
} hashes[] = {
    [HASH_MD5] = {EVP_md5, 16},
    [HASH_SHA_256] = {EVP_sha256, 32},
    [HASH_SHA_512_256] = {EVP_sha512_256, 32},
    [HASH_SHA_512_CUT] = {EVP_sha512, 32},
};

size_t hash_digits(enum hash h)
{
    return hashes[h].octets * 2;
}

static bool update(EVP_MD_CTX *md, const struct slice *parts, size_t n)
{
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++)
        ok = (i == 0 || EVP_DigestUpdate(md, ":", 1) == 1) &&
             (parts[i].len == 0 || EVP_DigestUpdate(md, parts[i].at, parts[i].len) == 1);
    return ok;
}

static void put_hex(const unsigned char *octets, size_t n, struct hex *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        out->text[2 * i] = digits[octets[i] >> 4];
        out->text[2 * i + 1] = digits[octets[i] & 15];
    }
    out->text[2 * n] = '\0';
}

bool hash_joined(enum hash h, const struct slice *parts, size_t n, struct hex *out)
{
    unsigned char octets[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md != NULL && EVP_DigestInit_ex(md, hashes[h].md(), NULL) == 1 &&
              update(md, parts, n) && EVP_DigestFinal_ex(md, octets, NULL) == 1;

    EVP_MD_CTX_free(md);
    if (ok)
        put_hex(octets, hashes[h].octets, out);
    return ok;
}

static bool compute_a1(const struct digest_input *in, struct hex *out)
{
    const struct slice parts[] = {in->user, in->realm, in->password};
    struct hex plain;

    if (in->session.len > 0) {
        assert(in->session.len < sizeof(out->text));
        snprintf(out->text, sizeof(out->text), "%.*s", SLICE_ARGS(in->session));
        return true;
    }
    if (!in->is_sess)
        return hash_joined(in->hash, parts, COUNT(parts), out);
    if (!hash_joined(in->hash, parts, COUNT(parts), &plain))
        return false;
    const struct slice session[] = {HEX(plain), in->nonce, in->cnonce};
    return hash_joined(in->hash, session, COUNT(session), out);
}

static bool compute_a2(const struct digest_input *in, struct hex *out)
{
    struct hex body;

    if (in->covers_body) {
        if (!hash_joined(in->hash, &in->body, 1, &body))
            return false;
        const struct slice whole[] = {in->method, in->uri, HEX(body)};
        return hash_joined(in->hash, whole, COUNT(whole), out);
    }
    const struct slice parts[] = {in->method, in->uri};
    return hash_joined(in->hash, parts, COUNT(parts), out);
}

bool digest_compute(const struct digest_input *in, struct hex *response, struct hex *a1)
{
    struct hex user, a2;

    if (!compute_a1(in, &user) || !compute_a2(in, &a2))
        return false;
    if (a1 != NULL)
        *a1 = user;
    if (in->qop.len == 0) {
        const struct slice old[] = {HEX(user), in->nonce, HEX(a2)};
        return hash_joined(in->hash, old, COUNT(old), response);
    }
    const struct slice parts[] = {HEX(user),  in->nonce, in->nc,
                                  in->cnonce, in->qop,   HEX(a2)};
    return hash_joined(in->hash, parts, COUNT(parts), response);
}

bool is_same_secret(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0);
}
