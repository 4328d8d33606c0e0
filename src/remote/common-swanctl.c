/* SPDX-License-Identifier: GPL-2.0-or-later */
/* swanctl.conf(5) for the peer, for every format that leaves IPsec to strongSwan. */
#include "config.h"

#include "gre-strongswan.h"
#include "remote/common.h"

#include <string.h>

/* A string in double quotes. */
static char *
quote(const char *text)
{
    GString *out = g_string_new("\"");

    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

/* @files: the setting for the files, such as "certs", or NULL */
static void
write_round(const GreRemoteEnd *end,
            GString            *out,
            const char         *side,
            const char         *id,
            const char         *files,
            const char         *suffix)
{
    g_autofree char *quoted = quote(id);

    g_string_append_printf(out, "    %s {\n      auth = %s\n      id = %s\n", side,
                           files ? "pubkey" : "psk", quoted);
    if (files)
        g_string_append_printf(out, "      %s = %s%s.pem\n", files, end->name, suffix);
    g_string_append(out, "    }\n");
}

static void
write_rounds(const GreRemoteEnd *end, GString *out)
{
    const GreLocalKeys *keys = end->keys;
    g_autofree char    *local_id = gre_common_local_id(end);
    g_autofree char    *remote_id = gre_common_remote_id(end);
    const char         *local = NULL, *remote = NULL;

    if (keys) {
        local = keys->remote_pubkey ? "pubkeys" : "certs";
        remote = keys->pubkey ? "pubkeys" : keys->authority ? "cacerts" : "certs";
    }
    write_round(end, out, "local", local_id, local, "-own");
    write_round(end, out, "remote", remote_id, remote, "");
}

static void
write_value(const GreRemoteEnd *end, GString *out, const char *key, const char *property)
{
    g_autofree char *value = gre_remote_end_value(end, property);

    if (value)
        g_string_append_printf(out, "%s = %s\n", key, value);
}

/* In tunnel mode, the addresses may differ from IKE's. (transfer full) */
static char *
selector(const GreRemoteEnd *end, const GreAddress *address)
{
    g_autofree char *host = gre_common_host(address);

    if (end->profile->ipsec.mode == GRE_ESP_TRANSPORT)
        return g_strdup("dynamic[47]");
    return g_strconcat(host, "[47]", NULL);
}

/* "10.1.0.0/16, fd00:1::/48" (transfer full) */
static char *
networks(const GreRemoteEnd *end, const char *property)
{
    g_autofree char *value = gre_remote_end_value(end, property);
    g_auto(GStrv) items = value ? g_strsplit(value, " ", -1) : NULL;

    return items ? g_strjoinv(", ", items) : g_strdup("0.0.0.0/0, ::/0");
}

/* The trap encrypts from the first packet on. If the local side waits, the peer initiates; else the
 * local side does. */
static void
write_child(const GreRemoteEnd *end, GString *out, const GreSwanctlChild *more)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    const char            *usual = ipsec->start == GRE_START_RESPOND ? "trap|start" : "trap";
    gboolean               xfrm = end->mode == GRE_MODE_XFRM;
    g_autofree char *local = xfrm ? networks(end, "remote-networks") : selector(end, &end->local);
    g_autofree char *remote =
        xfrm ? networks(end, "local-networks") : selector(end, &end->gre_remote);

    g_string_append_printf(out,
                           "    children {\n      %s {\n        mode = %s\n"
                           "        local_ts = %s\n        remote_ts = %s\n",
                           xfrm ? "networks" : "gre", gre_common_esp_mode(end), local, remote);
    write_value(end, out, "        esp_proposals", "ipsec-esp-proposals");
    g_string_append_printf(out,
                           "        rekey_time = %us\n        replay_window = %u\n%s"
                           "        start_action = %s\n      }\n    }\n",
                           ipsec->esp_lifetime, ipsec->replay_window,
                           more && more->lines ? more->lines : "",
                           more && more->start ? more->start : usual);
}

static void
write_connection(const GreRemoteEnd *end, GString *out, const GreSwanctlChild *child)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    g_autofree char       *local = gre_common_address(&end->local);
    g_autofree char       *remote = gre_common_address(&end->remote);

    g_string_append_printf(out,
                           "connections {\n  %s {\n    version = %u\n    local_addrs = %s\n"
                           "    remote_addrs = %s\n",
                           end->name, ipsec->ike_version, local, remote);
    write_value(end, out, "    proposals", "ipsec-ike-proposals");
    write_value(end, out, "    encap", "ipsec-encap");
    g_string_append_printf(out, "    rekey_time = %us\n    dpd_delay = %us\n    mobike = no\n",
                           ipsec->ike_lifetime, ipsec->dpd_delay);
    write_rounds(end, out);
    write_child(end, out, child);
    g_string_append(out, "  }\n}\n");
}

static void
write_swanctl(const GreRemoteEnd *end, GString *out, const GreSwanctlChild *child)
{
    g_autofree char *remote_id = gre_common_remote_id(end);
    g_autofree char *quoted = quote(remote_id);

    write_connection(end, out, child);
    /* swanctl loads all key files; a password for the key would go here. */
    if (end->keys) {
        g_string_append_printf(out, "secrets {\n  private-%s {\n    file = %s-own.key\n  }\n}\n",
                               end->name, end->name);
        return;
    }
    g_string_append_printf(out, "secrets {\n  ike-%s {\n    id = %s\n    secret = \"%s\"\n  }\n}\n",
                           end->name, quoted, end->psk);
}

void
gre_common_swanctl(const GreRemoteEnd *end, GString *out)
{
    write_swanctl(end, out, NULL);
}

guint32
gre_common_number(const GreRemoteEnd *end)
{
    g_autofree char *local = gre_common_address(&end->local);
    g_autofree char *remote = gre_common_address(&end->remote);
    g_autofree char *pair = g_strconcat(local, " ", remote, NULL);

    return g_str_hash(pair) | 0x40000000;
}

/* swanctl's directories, below a variable of the script: the peer's distribution isn't known. */
#define DIR "$swanctl"

static const GreKeyPlaces places = {
    .private_key = DIR "/private",
    .local_cert = DIR "/x509",
    .local_pubkey = DIR "/pubkey",
    .authority = DIR "/x509ca",
    .cert = DIR "/x509",
    .pubkey = DIR "/pubkey",
};

void
gre_common_swanctl_file(const GreRemoteEnd *end, GString *out, const GreSwanctlChild *child)
{
    g_autofree char *path = g_strdup_printf(DIR "/conf.d/%s.conf", end->name);

    if (end->profile->ipsec.method == GRE_IPSEC_NO)
        return;
    gre_strongswan_write_swanctl_dir(out, "swanctl");
    if (end->keys)
        gre_common_keys_files(end, out, &places);
    gre_common_behind_nat(end, out, "local_addrs");
    gre_common_file_begin(out, path, TRUE);
    write_swanctl(end, out, child);
    gre_common_file_end(out);
    /* Loaded before the tunnel exists: without a trap its packets would leave in clear text. */
    g_string_append(out, "swanctl --load-all\n");
}
