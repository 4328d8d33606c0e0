/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MTU arithmetic. ESP pads to its block size, so the result is rounded down, not a simple sum.
 */
#include "gre-mtu.h"

#include <string.h>
#include <sys/socket.h>

enum {
    ESP_SPI_AND_SEQUENCE = 8,
    ESP_PAD_LENGTH_AND_NEXT_HEADER = 2,
    UDP_HEADER = 8,
    GRE_HEADER = 4,
    GRE_OPTION = 4,         /* each of key, checksum, sequence number */
    ETHERNET_HEADER = 14,   /* ETH_HLEN, without a VLAN tag */
    ENCAP_LIMIT_OPTION = 8, /* destination options header with the one option, padded */
};

/* Bytes of a cipher's IV and block. AEADs bring their own ICV. */
typedef struct {
    const char *name;
    guint8      iv, block, icv;
    gboolean    aead;
} Cipher;

static const Cipher ciphers[] = {
    { "AES_GCM_16", 8, 4, 16, TRUE },
    { "AES_GCM_12", 8, 4, 12, TRUE },
    { "AES_GCM_8", 8, 4, 8, TRUE },
    { "AES_CCM_16", 8, 4, 16, TRUE },
    { "AES_CCM_12", 8, 4, 12, TRUE },
    { "AES_CCM_8", 8, 4, 8, TRUE },
    { "CHACHA20_POLY1305", 8, 4, 16, TRUE },
    { "NULL_AES_GMAC", 8, 4, 16, TRUE },
    { "AES_CBC", 16, 16, 0, FALSE },
    { "CAMELLIA_CBC", 16, 16, 0, FALSE },
    { "AES_CTR", 8, 4, 0, FALSE },
    { "CAMELLIA_CTR", 8, 4, 0, FALSE },
    { "3DES_CBC", 8, 8, 0, FALSE },
    { "DES_CBC", 8, 8, 0, FALSE },
    { "BLOWFISH_CBC", 8, 8, 0, FALSE },
    { "CAST_CBC", 8, 8, 0, FALSE },
    { "NULL", 0, 4, 0, FALSE },
};

/* The largest value of all ciphers in each field. */
static const Cipher unknown_cipher = { NULL, 16, 16, 0, FALSE };

static const struct {
    const char *name;
    guint8      icv;
} integrities[] = {
    { "HMAC_MD5_96", 12 },       { "HMAC_MD5_128", 16 },      { "HMAC_SHA1_96", 12 },
    { "HMAC_SHA1_160", 20 },     { "HMAC_SHA2_256_96", 12 },  { "HMAC_SHA2_256_128", 16 },
    { "HMAC_SHA2_384_192", 24 }, { "HMAC_SHA2_512_256", 32 }, { "AES_XCBC_96", 12 },
    { "AES_CMAC_96", 12 },
};

enum { UNKNOWN_INTEGRITY_ICV = 32 };

static const Cipher *
find_cipher(const char *name)
{
    for (gsize i = 0; name && i < G_N_ELEMENTS(ciphers); i++)
        if (strcmp(ciphers[i].name, name) == 0)
            return &ciphers[i];
    return &unknown_cipher;
}

static guint
icv_size(const Cipher *cipher, const char *integ_alg)
{
    if (cipher->aead)
        return cipher->icv;
    for (gsize i = 0; integ_alg && i < G_N_ELEMENTS(integrities); i++)
        if (strcmp(integrities[i].name, integ_alg) == 0)
            return integrities[i].icv;
    return UNKNOWN_INTEGRITY_ICV;
}

static guint
ip_header(int family)
{
    return family == AF_INET6 ? 40 : 20;
}

/*
 * What remains of @mtu for the outer IP header and the rest of the packet: transport mode encrypts
 * from behind that header, tunnel mode puts another one in front of it.
 */
static gint64
esp_payload(const GreMtuInput *input, GreMtuParts *parts)
{
    const GreMtuEsp *esp = &input->esp;
    const Cipher    *cipher = find_cipher(esp->encr_alg);
    gint64           ip = ip_header(input->family), room, payload;

    parts->udp = esp->encap ? UDP_HEADER : 0;
    parts->esp_header = ESP_SPI_AND_SEQUENCE;
    parts->esp_iv = cipher->iv;
    parts->inner_ip = esp->tunnel_mode && !input->xfrm ? (guint) ip : 0;

    room = (gint64) input->underlay_mtu - parts->udp - parts->esp_header - parts->esp_iv - ip;
    payload = room - icv_size(cipher, esp->integ_alg);
    if (payload < cipher->block)
        return 0;
    payload -= payload % cipher->block;
    parts->esp_trailer_max = (guint) (room - payload + ESP_PAD_LENGTH_AND_NEXT_HEADER);
    payload -= ESP_PAD_LENGTH_AND_NEXT_HEADER;
    if (input->xfrm)
        return payload + ip; /* the second IP header is the packet's own */
    return esp->tunnel_mode ? payload : payload + ip;
}

static guint
gre_header(const GreMtuInput *input)
{
    return GRE_HEADER +
           GRE_OPTION * ((guint) !!input->key + !!input->checksum + !!input->sequence) +
           (input->encap_limit ? ENCAP_LIMIT_OPTION : 0);
}

guint
gre_mtu_compute(const GreMtuInput *input, GreMtuParts *parts)
{
    GreMtuParts sum = { .outer_ip = ip_header(input->family) };
    gint64      mtu;

    sum.gre = input->xfrm ? 0 : gre_header(input);
    sum.ethernet = input->ethernet ? ETHERNET_HEADER : 0;

    mtu = input->esp.esp ? esp_payload(input, &sum) : input->underlay_mtu;
    mtu -= ip_header(input->family) + (gint64) sum.gre + sum.ethernet;
    if (parts)
        *parts = sum;
    return mtu > 0 ? (guint) mtu : 0;
}

guint
gre_mtu_worst_case(const GreMtuInput *input, gboolean udp)
{
    GreMtuInput worst = *input;

    worst.esp.esp = TRUE;
    worst.esp.encr_alg = NULL;
    worst.esp.integ_alg = NULL;
    worst.esp.encap = udp;
    return gre_mtu_compute(&worst, NULL);
}
