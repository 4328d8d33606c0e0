/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strongSwan's keywords by their kind, as proposal_create_from_string() of 5.9 and 6.0 takes them,
 * and which kinds a proposal needs. */
#include "config.h"

#include "gre-proposal.h"
#include "gre-i18n.h"
#include "gre-value.h"

#include <string.h>

typedef enum {
    KIND_UNKNOWN,
    KIND_CIPHER, /* an encryption that needs an integrity algorithm */
    KIND_AEAD,
    KIND_INTEGRITY,
    KIND_PRF,
    KIND_GROUP,
    KIND_NO_GROUP, /* "modpnone" */
    KIND_SEQUENCE, /* "esn" */
    KINDS,
} Kind;

static gboolean
is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

/* ---- kinds ---- */

/* Encryptions: the name, a key length, and a mode of operation: "aes256gcm16". */
static const struct {
    const char *name;
    gboolean    modes, gcm; /* whether counter and CCM exist; GCM and GMAC */
} ciphers[] = {
    { "aes", TRUE, TRUE },       { "camellia", TRUE, FALSE }, { "blowfish", FALSE, FALSE },
    { "serpent", FALSE, FALSE }, { "twofish", FALSE, FALSE },
};

static Kind
kind_of_mode(const char *mode, gboolean modes, gboolean gcm)
{
    static const char *const ccms[] = { "ccm",   "ccm8",  "ccm64",  "ccm12",
                                        "ccm96", "ccm16", "ccm128", NULL };
    static const char *const gcms[] = { "gcm",   "gcm8",   "gcm64", "gcm12", "gcm96",
                                        "gcm16", "gcm128", "gmac",  NULL };

    if (mode[0] == '\0' || (modes && strcmp(mode, "ctr") == 0))
        return KIND_CIPHER;
    if (modes && is_one_of(mode, ccms) && (gcm || mode[3]))
        return KIND_AEAD;
    return gcm && is_one_of(mode, gcms) ? KIND_AEAD : KIND_UNKNOWN;
}

static Kind
kind_of_cipher(const char *word)
{
    static const char *const lengths[] = { "128", "192", "256" };
    static const char *const others[] = { "3des", "des", "null", "cast128", NULL };

    if (is_one_of(word, others))
        return KIND_CIPHER;
    if (strcmp(word, "chacha20poly1305") == 0 || strcmp(word, "chacha20poly1305compat") == 0)
        return KIND_AEAD;
    for (gsize i = 0; i < G_N_ELEMENTS(ciphers); i++) {
        const char *rest = word + strlen(ciphers[i].name);

        if (!g_str_has_prefix(word, ciphers[i].name))
            continue;
        if (*rest == '\0')
            return KIND_CIPHER;
        for (gsize j = 0; j < G_N_ELEMENTS(lengths); j++)
            if (g_str_has_prefix(rest, lengths[j]))
                return kind_of_mode(rest + 3, ciphers[i].modes, ciphers[i].gcm);
    }
    return KIND_UNKNOWN;
}

/* Groups with numbers in their names, and the key exchanges that each version of strongSwan has
 * more of, also as additional ones: "ke1_mlkem768". */
static gboolean
is_group(const char *word)
{
    static const char *const groups[] = {
        "modp768",  "modp1024", "modp1536",     "modp2048",     "modp3072",     "modp4096",
        "modp6144", "modp8192", "modp1024s160", "modp2048s224", "modp2048s256", "modpnull",
        "ecp192",   "ecp224",   "ecp256",       "ecp384",       "ecp521",       "ecp224bp",
        "ecp256bp", "ecp384bp", "ecp512bp",     "curve25519",   "x25519",       "curve448",
        "x448",     NULL
    };
    static const char *const newer[] = { "ntru",  "newhope", "kyber", "saber", "bike",
                                         "frodo", "hqc",     "sike",  "mlkem" };

    if (strncmp(word, "ke", 2) == 0 && g_ascii_isdigit(word[2]) && word[3] == '_')
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(newer); i++)
        if (g_str_has_prefix(word, newer[i]))
            return TRUE;
    return is_one_of(word, groups);
}

static Kind
kind_of(const char *word)
{
    static const char *const integrity[] = { "sha",      "sha1",      "sha1_160",     "sha256",
                                             "sha2_256", "sha256_96", "sha2_256_96",  "sha384",
                                             "sha2_384", "sha512",    "sha2_512",     "md5",
                                             "md5_128",  "aesxcbc",   "camelliaxcbc", "aescmac",
                                             NULL };
    static const char *const prfs[] = { "prfsha1",         "prfsha256",  "prfsha384",
                                        "prfsha512",       "prfmd5",     "prfaesxcbc",
                                        "prfcamelliaxcbc", "prfaescmac", NULL };

    if (is_one_of(word, integrity))
        return KIND_INTEGRITY;
    if (is_one_of(word, prfs))
        return KIND_PRF;
    if (strcmp(word, "esn") == 0 || strcmp(word, "noesn") == 0)
        return KIND_SEQUENCE;
    if (strcmp(word, "none") == 0 || strcmp(word, "modpnone") == 0)
        return KIND_NO_GROUP;
    return is_group(word) ? KIND_GROUP : kind_of_cipher(word);
}

/* ---- proposals ---- */

/* Counts the kinds; the first unknown word, or NULL. (transfer full) */
static char *
count(const char *proposal, guint n[KINDS])
{
    g_auto(GStrv) words = g_strsplit(proposal, "-", -1);
    char *unknown = NULL;

    memset(n, 0, KINDS * sizeof *n);
    for (gsize i = 0; words[i]; i++) {
        Kind kind = kind_of(words[i]);

        n[kind]++;
        if (kind == KIND_UNKNOWN && !unknown)
            unknown = g_strdup(words[i]);
    }
    return unknown;
}

static const char *
missing(const guint n[KINDS], gboolean ike)
{
    if (n[KIND_CIPHER] + n[KIND_AEAD] == 0)
        return _("has no encryption algorithm: expected a proposal such as aes256-sha256-modp2048");
    if (n[KIND_CIPHER] > 0 && n[KIND_AEAD] > 0)
        return _("combines an AEAD algorithm with another encryption: put them into two proposals");
    if (ike && n[KIND_CIPHER] > 0 && n[KIND_INTEGRITY] == 0)
        return _("has no integrity algorithm: expected a proposal such as aes256-sha256-modp2048");
    if (ike && n[KIND_PRF] + n[KIND_INTEGRITY] == 0)
        return _("has no PRF: expected a proposal such as aes256gcm16-prfsha256-modp2048");
    if (ike && n[KIND_GROUP] == 0)
        return _("has no Diffie-Hellman group: expected a proposal such as "
                 "aes256-sha256-modp2048");
    return NULL;
}

char *
gre_proposal_check(const char *proposal, gboolean ike)
{
    guint            n[KINDS];
    g_autofree char *unknown = NULL;

    if (strcmp(proposal, "default") == 0)
        return NULL;
    unknown = count(proposal, n);
    if (unknown) {
        g_autofree char *shown = gre_value_quote(unknown);

        return g_strdup_printf(_("has %s, which strongSwan does not know"), shown);
    }
    return g_strdup(missing(n, ike));
}

gboolean
gre_proposal_has_group(const char *proposal)
{
    guint n[KINDS];

    g_free(count(proposal, n));
    return n[KIND_GROUP] > 0;
}
