/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes nmcli(1) commands for a NetworkManager with this plugin, for the same kind of profile. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

#include <string.h>

/* ---- vpn.data ---- */

/* nmcli accepts several pairs separated by commas; "\" escapes a comma in a value. */
static void
add_pair(GString *out, const char *key, const char *value)
{
    g_string_append_printf(out, "%s%s=", out->len > 0 ? ", " : "", key);
    for (const char *p = value; *p; p++) {
        if (*p == ',' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
}

static void
add_address(GString *out, const char *key, const GreAddress *address)
{
    g_autofree char *text = gre_common_address(address);

    add_pair(out, key, text);
}

static void
add_keys(GString *out, const GreTunnelOptions *tunnel)
{
    g_autofree char *input = gre_common_key(tunnel->has_input_key, tunnel->input_key);
    g_autofree char *output = gre_common_key(tunnel->has_output_key, tunnel->output_key);

    if (input[0] && strcmp(input, output) == 0) {
        add_pair(out, "key", input);
        return;
    }
    if (input[0])
        add_pair(out, "input-key", input);
    if (output[0])
        add_pair(out, "output-key", output);
}

static void
add_alike(const GreRemoteEnd *end, GString *out, const char *const *keys)
{
    for (; *keys; keys++) {
        g_autofree char *value = gre_remote_end_value(end, *keys);

        if (value)
            add_pair(out, *keys, value);
    }
}

/* The profile contains file names. What isn't secret is written, except for a raw public key. */
#define KEYS "/etc/nm-gre"

static const GreKeyPlaces places = {
    .private_key = KEYS,
    .local_cert = KEYS,
    .authority = KEYS,
    .cert = KEYS,
};

static void
add_keys_of_ike(const GreRemoteEnd *end, GString *out)
{
    const GreLocalKeys *keys = end->keys;
    g_autofree char    *other = g_strdup_printf(KEYS "/%s.pem", end->name);
    g_autofree char    *key = g_strdup_printf(KEYS "/%s-own.key", end->name);
    g_autofree char    *cert = g_strdup_printf(KEYS "/%s-own.pem", end->name);

    if (keys->pubkey) {
        g_autofree char *line = g_strdelimit(g_strdup(keys->pubkey), "\n", ' ');

        add_pair(out, "ipsec-remote-pubkey", g_strstrip(line));
    } else {
        add_pair(out, keys->authority ? "ipsec-ca" : "ipsec-remote-cert", other);
    }
    add_pair(out, "ipsec-private-key", key);
    if (!keys->remote_pubkey)
        add_pair(out, "ipsec-cert", cert);
}

/* The peer's networks are ours for it. */
static void
add_networks(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *local = gre_remote_end_value(end, "remote-networks");
    g_autofree char *remote = gre_remote_end_value(end, "local-networks");

    add_pair(out, "mode", "xfrm");
    if (local)
        add_pair(out, "local-networks", local);
    if (remote)
        add_pair(out, "remote-networks", remote);
}

static void
add_mode(const GreRemoteEnd *end, GString *out)
{
    static const char *const mode[] = { "ipsec-mode", NULL };

    if (end->mode == GRE_MODE_XFRM)
        add_networks(end, out);
    else
        add_alike(end, out, mode);
}

static void
add_ipsec(const GreRemoteEnd *end, GString *out)
{
    static const char *const alike[] = {
        "ipsec",
        "ipsec-ike-version",
        "ipsec-ike-proposals",
        "ipsec-esp-proposals",
        "ipsec-ike-lifetime",
        "ipsec-esp-lifetime",
        "ipsec-dpd-delay",
        "ipsec-encap",
        "ipsec-replay-window",
        NULL,
    };

    add_alike(end, out, alike);
    add_mode(end, out);
    if (end->keys)
        add_keys_of_ike(end, out);
    if (end->local_id)
        add_pair(out, "ipsec-local-id", end->local_id);
    if (end->remote_id)
        add_pair(out, "ipsec-remote-id", end->remote_id);
    if (end->profile->ipsec.start == GRE_START_TRAP)
        add_pair(out, "ipsec-start", "trap");
}

/* (transfer full) */
static char *
make_data(const GreRemoteEnd *end)
{
    static const char *const any[] = { "ttl",      "tos",      "path-mtu-discovery",
                                       "checksum", "sequence", NULL };
    static const char *const ip4[] = { "ignore-df", NULL };
    static const char *const ip6[] = { "encapsulation-limit", "flow-label", NULL };
    GString                 *out = g_string_new(NULL);

    add_address(out, "remote", &end->remote);
    add_address(out, "local", &end->local);
    add_keys(out, &end->tunnel);
    add_alike(end, out, any);
    add_alike(end, out, end->mode == GRE_MODE_IP6GRE ? ip6 : ip4);
    if (end->profile->mtu != GRE_MTU_AUTO) {
        g_autofree char *mtu = g_strdup_printf("%u", end->mtu);

        add_pair(out, "mtu", mtu);
    }
    if (end->profile->ipsec.method != GRE_IPSEC_NO)
        add_ipsec(end, out);
    return g_string_free(out, FALSE);
}

/* ---- commands ---- */

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *data = make_data(end);
    g_autofree char *quoted = g_shell_quote(data);

    if (end->keys) {
        g_string_append(out, "mkdir -p " KEYS "\n");
        gre_common_keys_files(end, out, &places);
    }
    g_string_append_printf(
        out, "nmcli connection add type vpn vpn-type gre ifname '*' con-name %s vpn.data %s\n",
        end->name, quoted);
    if (end->profile->ipsec.method == GRE_IPSEC_PSK)
        /* On a command line everyone could see it. */
        g_string_append_printf(out,
                               "nmcli connection edit %s <<'END' >/dev/null\n"
                               "set vpn.secrets ipsec-psk=%s\nsave persistent\nquit\nEND\n",
                               end->name, end->psk);
    g_string_append_printf(out, "nmcli connection modify %s", end->name);
    gre_common_nmcli_inside(end, out);
    g_string_append_c(out, '\n');
    gre_common_unknown(end, out, "#");
    g_string_append_printf(out, "nmcli connection up %s\n", end->name);
    return TRUE;
}

const GreRemoteFormat gre_write_nmcli = {
    .name = "nmcli",
    .vendor = "NetworkManager with NetworkManager-gre",
    .comment = "#",
    .lacks = GRE_USES_ETHERNET | GRE_USES_TUNNEL_NAT,
    .script = TRUE,
    .carries = GRE_CARRIES_BOTH,
    .write = write_all,
};
