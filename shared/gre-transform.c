/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source of the names: strongSwan, src/libstrongswan/crypto: crypters/crypter.c, signers/signer.c,
 * prfs/prf.c, key_exchange.c; proposal/proposal_keywords_static.txt. */
#include "gre-transform.h"

#include <string.h>

/* A name begins with @text; the rest of it is the middle of the keyword. "": there is no keyword,
 * and none is needed. */
static const struct {
    const char *text, *before, *after;
} transforms[] = {
    { "AES_CBC_", "aes", "" },
    { "AES_CTR_", "aes", "ctr" },
    { "AES_GCM_16_", "aes", "gcm16" },
    { "AES_GCM_12_", "aes", "gcm12" },
    { "AES_GCM_8_", "aes", "gcm8" },
    { "AES_CCM_16_", "aes", "ccm16" },
    { "CAMELLIA_CBC_", "camellia", "" },
    { "3DES_CBC", "3des", "" },
    { "CHACHA20_POLY1305", "chacha20poly1305", "" },
    { "NULL", "null", "" },
    { "HMAC_MD5_96", "md5", "" },
    { "HMAC_SHA1_96", "sha1", "" },
    { "HMAC_SHA2_256_128", "sha256", "" },
    { "HMAC_SHA2_384_192", "sha384", "" },
    { "HMAC_SHA2_512_256", "sha512", "" },
    { "AES_XCBC_96", "aesxcbc", "" },
    { "AES_CMAC_96", "aescmac", "" },
    { "PRF_HMAC_MD5", "prfmd5", "" },
    { "PRF_HMAC_SHA1", "prfsha1", "" },
    { "PRF_HMAC_SHA2_256", "prfsha256", "" },
    { "PRF_HMAC_SHA2_384", "prfsha384", "" },
    { "PRF_HMAC_SHA2_512", "prfsha512", "" },
    { "MODP_1024_160", "modp1024s160", "" },
    { "MODP_2048_224", "modp2048s224", "" },
    { "MODP_2048_256", "modp2048s256", "" },
    { "MODP_", "modp", "" },
    { "ECP_224_BP", "ecp224bp", "" },
    { "ECP_256_BP", "ecp256bp", "" },
    { "ECP_384_BP", "ecp384bp", "" },
    { "ECP_512_BP", "ecp512bp", "" },
    { "ECP_", "ecp", "" },
    { "CURVE_25519", "curve25519", "" },
    { "CURVE_448", "curve448", "" },
    { "EXT_SEQ", "esn", "" },
    { "NO_EXT_SEQ", "", "" },
};

static gboolean
is_group(const char *transform)
{
    return g_str_has_prefix(transform, "MODP_") || g_str_has_prefix(transform, "ECP_") ||
           g_str_has_prefix(transform, "CURVE_");
}

/* "ESP:" and what follows, without it. */
static const char *
without_protocol(const char *proposal)
{
    const char *colon = strchr(proposal, ':');

    return colon ? colon + 1 : proposal;
}

char *
gre_transform_groups(const char *proposals)
{
    g_auto(GStrv) list = g_strsplit(proposals ? proposals : "", ", ", -1);
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; list[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(without_protocol(list[i]), "/", -1);

        for (guint k = 0; parts[k]; k++)
            if (is_group(parts[k]) &&
                !g_ptr_array_find_with_equal_func(groups, parts[k], g_str_equal, NULL))
                g_ptr_array_add(groups, g_strdup(parts[k]));
    }
    if (groups->len == 0)
        return NULL;
    g_ptr_array_add(groups, NULL);
    return g_strjoinv(", ", (char **) groups->pdata);
}

/* NULL: it has none. */
static char *
keyword(const char *transform)
{
    for (gsize i = 0; i < G_N_ELEMENTS(transforms); i++) {
        const char *rest = transform + strlen(transforms[i].text);

        if (!g_str_has_prefix(transform, transforms[i].text))
            continue;
        /* Only the name of a family, which ends with an underscore, has a number behind it. */
        if (rest[strspn(rest, "0123456789")] == '\0' && (rest[-1] == '_' ? *rest : !*rest))
            return g_strconcat(transforms[i].before, rest, transforms[i].after, NULL);
    }
    return NULL;
}

char *
gre_transform_keywords(const char *proposals)
{
    g_auto(GStrv) list = g_strsplit(proposals, ", ", 2);
    g_auto(GStrv) parts = g_strsplit(without_protocol(list[0] ? list[0] : ""), "/", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; parts[i]; i++) {
        g_autofree char *word = keyword(parts[i]);

        if (!word)
            return NULL;
        if (*word)
            g_string_append_printf(out, "%s%s", out->len ? "-" : "", word);
    }
    return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
