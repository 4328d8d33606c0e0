/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes `nm-gre add` with a file of answers, for a machine with this plugin: it checks the machine
 * first, and chooses the kind of profile that fits it. */
#include "config.h"

#include "remote/common.h"
#include "remote/remote-formats.h"

#include <string.h>

static void
add(GString *out, const char *name, const char *value)
{
    if (value[0])
        g_string_append_printf(out, "%s=%s\n", name, value);
}

static void
add_address(GString *out, const char *name, const GreAddress *address)
{
    g_autofree char *text = gre_common_address(address);

    add(out, name, text);
}

/* Both families. */
static void
add_inside(GString *out, const GreRemoteEnd *end)
{
    static const int families[] = { AF_INET, AF_INET6 };

    for (gsize i = 0; i < G_N_ELEMENTS(families); i++) {
        g_autofree char *addresses = gre_common_prefixes(end->inside, families[i], " ");
        g_autofree char *networks = gre_common_networks(end->behind, families[i], " ");

        add(out, "address", addresses);
        add(out, "route", networks);
    }
}

static void
add_key(GString *out, const GreTunnelOptions *tunnel)
{
    g_autofree char *key = gre_common_key(tunnel->has_input_key, tunnel->input_key);

    add(out, "key", key);
}

static void
add_alike(GString *out, const GreRemoteEnd *end)
{
    static const char *const names[] = {
        "ipsec-ike-version",  "ipsec-ike-proposals", "ipsec-esp-proposals",
        "ipsec-ike-lifetime", "ipsec-esp-lifetime",  "ipsec-dpd-delay",
        "ipsec-mode",         "ipsec-encap",         "ipsec-replay-window",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *value = gre_remote_end_value(end, names[i]);

        add(out, names[i], value ? value : "");
    }
    add(out, "ipsec-local-id", end->local_id ? end->local_id : "");
    add(out, "ipsec-remote-id", end->remote_id ? end->remote_id : "");
    if (end->profile->ipsec.start == GRE_START_TRAP)
        add(out, "ipsec-start", "trap");
}

/* A file of answers joins lines at a "\" and strips blanks. */
static void
add_psk(GString *out, const char *psk)
{
    gsize    len = strlen(psk);
    gboolean plain = len > 0 && psk[len - 1] != '\\' && psk[len - 1] != ' ' && psk[0] != ' ';
    g_autofree char *coded = plain ? NULL : g_base64_encode((const guchar *) psk, len);

    g_string_append_printf(out, "psk=%s%s\n", plain ? "" : "0s", plain ? psk : coded);
}

/* ---- keys and certificates ---- */

#define KEYS "/etc/nm-gre"

static const GreKeyPlaces places = {
    .private_key = KEYS,
    .local_cert = KEYS,
    .authority = KEYS,
    .cert = KEYS,
};

static void
add_public_keys(GString *out, const GreRemoteEnd *end)
{
    const GreLocalKeys *keys = end->keys;
    g_autofree char    *other = g_strdup_printf(KEYS "/%s.pem", end->name);
    g_autofree char    *key = g_strdup_printf(KEYS "/%s-own.key", end->name);
    g_autofree char    *cert = g_strdup_printf(KEYS "/%s-own.pem", end->name);

    add(out, "ipsec", keys->pubkey ? "pubkey" : "cert");
    add(out, "ipsec-private-key", key);
    if (keys->pubkey) {
        g_autofree char *line = g_strdelimit(g_strdup(keys->pubkey), "\n", ' ');

        add(out, "ipsec-remote-pubkey", g_strstrip(line));
    } else {
        add(out, "ipsec-cert", cert);
        add(out, keys->authority ? "ipsec-ca" : "ipsec-remote-cert", other);
    }
}

static void
add_ipsec(GString *out, const GreRemoteEnd *end)
{
    if (end->profile->ipsec.method == GRE_IPSEC_NO) {
        add(out, "ipsec", "no");
        return;
    }
    if (end->keys)
        add_public_keys(out, end);
    else
        add_psk(out, end->psk);
    add_alike(out, end);
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (end->keys) {
        g_string_append(out, "mkdir -p " KEYS "\n");
        gre_common_keys_files(end, out, &places);
    }
    gre_common_unknown(end, out, "#");
    g_string_append(out, "nm-gre add --yes --file - <<'END'\n[tunnel]\n");
    add(out, "name", end->name);
    add_address(out, "remote", &end->remote);
    add_address(out, "local", &end->local);
    add_inside(out, end);
    add_key(out, &end->tunnel);
    add_ipsec(out, end);
    g_string_append(out, "END\n");
    return TRUE;
}

const GreRemoteFormat gre_write_nm_gre = {
    .name = "nm-gre",
    .vendor = "NetworkManager-gre",
    .comment = "#",
    .lacks = GRE_USES_ETHERNET | GRE_USES_TWO_KEYS | GRE_USES_CHECKSUM | GRE_USES_SEQUENCE |
             GRE_USES_MIXED_KEYS | GRE_USES_TUNNEL_NAT | GRE_USES_PER_SIDE,
    .script = TRUE,
    .write = write_all,
};
