/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Derives the headers from the form.
 */
#include "gre-packet.h"
#include "gre-i18n.h"
#include "gre-mtu.h"
#include "gre-value.h"

#include <string.h>

/* strongSwan's keywords, the longest first if one is a prefix of another; the names are VICI's. */
typedef struct {
    const char *keyword, *name;
} Algorithm;

static const Algorithm ciphers[] = {
    { "chacha20poly1305", "CHACHA20_POLY1305" },
    { "3des", "3DES_CBC" },
    { "null", "NULL" },
    { "camellia", "CAMELLIA_CBC" },
    { "aes", "AES_CBC" },
};

static const Algorithm integrities[] = {
    { "sha1", "HMAC_SHA1_96" },
    { "sha256_96", "HMAC_SHA2_256_96" },
    { "sha2_256", "HMAC_SHA2_256_128" },
    { "sha256", "HMAC_SHA2_256_128" },
    { "sha2_384", "HMAC_SHA2_384_192" },
    { "sha384", "HMAC_SHA2_384_192" },
    { "sha2_512", "HMAC_SHA2_512_256" },
    { "sha512", "HMAC_SHA2_512_256" },
    { "md5", "HMAC_MD5_96" },
    { "aesxcbc", "AES_XCBC_96" },
    { "aescmac", "AES_CMAC_96" },
};

static const char *
find_algorithm(const Algorithm *algorithms, gsize n, const char *keyword)
{
    for (gsize i = 0; i < n; i++)
        if (g_str_has_prefix(keyword, algorithms[i].keyword))
            return algorithms[i].name;
    return NULL;
}

/* The AEAD mode follows the key length: "aes256gcm16", "aes128ccm64" (octets or bits). */
static const char *
find_aead(const char *keyword)
{
    static const Algorithm sizes[] = {
        { "gcm12", "AES_GCM_12" }, { "gcm96", "AES_GCM_12" },   { "gcm8", "AES_GCM_8" },
        { "gcm64", "AES_GCM_8" },  { "gcm", "AES_GCM_16" },     { "ccm12", "AES_CCM_12" },
        { "ccm96", "AES_CCM_12" }, { "ccm8", "AES_CCM_8" },     { "ccm64", "AES_CCM_8" },
        { "ccm", "AES_CCM_16" },   { "gmac", "NULL_AES_GMAC" }, { "ctr", "AES_CTR" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (g_str_has_prefix(keyword, "aes") && strstr(keyword, sizes[i].keyword))
            return sizes[i].name;
    return NULL;
}

static void
read_proposal(const char *proposal, GreMtuEsp *esp)
{
    g_auto(GStrv) words = g_strsplit(proposal, "-", -1);

    esp->encr_alg = find_aead(words[0]);
    if (!esp->encr_alg)
        esp->encr_alg = find_algorithm(ciphers, G_N_ELEMENTS(ciphers), words[0]);
    for (gsize i = 1; words[0] && words[i] && !esp->integ_alg; i++)
        esp->integ_alg = find_algorithm(integrities, G_N_ELEMENTS(integrities), words[i]);
}

/* Without proposals strongSwan offers AES-GCM first. */
static void
read_esp(const GreForm *form, GreMtuEsp *esp)
{
    const GreProperty *property = gre_property_find("ipsec-esp-proposals");
    const char        *text = gre_form_get(form, property);
    g_auto(GStrv) proposals = text ? gre_value_proposals(text) : NULL;

    esp->esp = gre_form_get_number(form, "ipsec") != GRE_IPSEC_NO;
    esp->encap = gre_form_get_number(form, "ipsec-encap") == GRE_ENCAP_YES;
    esp->tunnel_mode = gre_form_get_number(form, "ipsec-mode") == GRE_ESP_TUNNEL ||
                       gre_form_get_number(form, "mode") == GRE_MODE_XFRM;
    if (proposals && proposals[0] && strcmp(proposals[0], "default") != 0)
        read_proposal(proposals[0], esp);
    else
        esp->encr_alg = "AES_GCM_16";
}

static void
add(GrePacket *packet, const char *name, guint bytes, gboolean encrypted)
{
    if (bytes > 0)
        packet->parts[packet->n++] = (GrePacketPart){ name, bytes, encrypted, FALSE };
}

static gboolean
is_given(const GreForm *form, const char *name)
{
    return gre_form_get(form, gre_property_find(name)) != NULL;
}

void
gre_packet_compute(const GreForm *form, GrePacket *out)
{
    GreMtuInput input = { .underlay_mtu = GRE_PACKET_LINK_MTU };
    GreMtuParts parts;
    const char *ip;
    gboolean    esp;

    memset(out, 0, sizeof(*out));
    input.family = gre_form_family(form) == AF_INET6 ? AF_INET6 : AF_INET;
    input.key = is_given(form, "key") || is_given(form, "output-key");
    input.checksum = gre_form_get_number(form, "checksum") != 0;
    input.sequence = gre_form_get_number(form, "sequence") != 0;
    input.encap_limit =
        input.family == AF_INET6 && (int) gre_form_get_number(form, "encapsulation-limit") >= 0;
    input.xfrm = gre_form_get_number(form, "mode") == GRE_MODE_XFRM;
    read_esp(form, &input.esp);
    esp = input.esp.esp;
    out->mtu = gre_mtu_compute(&input, &parts);
    out->chosen = gre_form_get_number(form, "mtu");

    ip = input.family == AF_INET6 ? N_("IPv6") : N_("IPv4");
    add(out, ip, parts.outer_ip, FALSE);
    add(out, N_("UDP"), parts.udp, FALSE);
    add(out, N_("ESP"), parts.esp_header, FALSE);
    add(out, N_("IV"), parts.esp_iv, FALSE);
    add(out, ip, parts.inner_ip, esp);
    add(out, N_("GRE"), parts.gre, esp);
    add(out, N_("packet"), out->mtu, esp);
    out->parts[out->n - 1].payload = TRUE;
    add(out, N_("ESP trailer"), parts.esp_trailer_max, esp);
}
