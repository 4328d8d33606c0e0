/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds the VICI messages that describe a peer; keys: swanctl.conf(5), vici README. */
#include "strongswan/peer-config.h"

#include "vici/vici-message.h"

#include <string.h>

static void
append_address(GString *out, const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    for (const char *p = gre_address_to_string(address, buf); *p; p++)
        g_string_append_c(out, *p == '.' || *p == ':' ? '-' : *p);
}

char *
gre_peer_config_name(const GreAddress *local, const GreAddress *remote)
{
    GString *name = g_string_new(GRE_PEER_NAME_PREFIX);

    append_address(name, local);
    g_string_append_c(name, '_');
    append_address(name, remote);
    return g_string_free(name, FALSE);
}

/* The identity: from the profile, else the address. */
static const char *
identity(const char *id, const GreAddress *address, char buf[GRE_ADDRESS_STRLEN])
{
    return id ? id : gre_address_to_string(address, buf);
}

const char *
gre_peer_config_remote_id(const GreIpsecOptions *options,
                          const GreAddress      *remote,
                          char                   buf[GRE_ADDRESS_STRLEN])
{
    return identity(options->remote_id, remote, buf);
}

GBytes *
gre_peer_config_secret(const char            *name,
                       const GreIpsecOptions *options,
                       const GreAddress      *remote,
                       GError               **error)
{
    ViciBuilder  *builder = vici_builder_new();
    char          buf[GRE_ADDRESS_STRLEN];
    gsize         len;
    const guint8 *data = gre_secret_data(options->psk, &len);

    vici_builder_string(builder, "id", name);
    vici_builder_string(builder, "type", "IKE");
    vici_builder_data(builder, "data", data, len);
    /* Only the remote identity: a key that also names ours would be tried for other peers. */
    vici_builder_begin_list(builder, "owners");
    vici_builder_item(builder, gre_peer_config_remote_id(options, remote, buf));
    vici_builder_end_list(builder);
    return vici_builder_finish(builder, error);
}

/* Common to both kinds: strongSwan detects a key's type itself. */
GBytes *
gre_peer_config_key(const GreCredentials *credentials, GError **error)
{
    ViciBuilder    *builder = vici_builder_new();
    const GreToken *token = credentials->token;
    const guint8   *data;
    gsize           len;

    if (!token) {
        data = gre_secret_data(credentials->key, &len);
        vici_builder_string(builder, "type", "any");
        vici_builder_data(builder, "data", data, len);
        return vici_builder_finish(builder, error);
    }
    vici_builder_string(builder, "handle", token->handle);
    if (token->slot)
        vici_builder_string(builder, "slot", token->slot);
    if (token->module)
        vici_builder_string(builder, "module", token->module);
    if (credentials->pin) {
        data = gre_secret_data(credentials->pin, &len);
        vici_builder_data(builder, "pin", data, len);
    }
    return vici_builder_finish(builder, error);
}

char *
gre_peer_config_authority_name(const char *name, guint index)
{
    return g_strdup_printf("%s/%u", name, index);
}

GBytes *
gre_peer_config_authority(const char           *name,
                          const GreCredentials *credentials,
                          guint                 index,
                          GError              **error)
{
    ViciBuilder     *builder = vici_builder_new();
    g_autofree char *own_name = gre_peer_config_authority_name(name, index);
    gsize            len;
    gconstpointer    data = g_bytes_get_data(credentials->authorities->pdata[index], &len);

    vici_builder_begin(builder, own_name);
    vici_builder_data(builder, "cacert", data, len);
    vici_builder_end(builder);
    return vici_builder_finish(builder, error);
}

static void
add_local_pubkey(ViciBuilder *builder, const GreCredentials *credentials)
{
    gsize         len;
    gconstpointer data;

    vici_builder_begin(builder, "local");
    vici_builder_string(builder, "auth", "pubkey");
    vici_builder_string(builder, "id", credentials->local_id);
    if (credentials->cert) {
        data = g_bytes_get_data(credentials->cert, &len);
        vici_builder_begin_list(builder, "certs");
        vici_builder_item_data(builder, data, len);
        vici_builder_end_list(builder);
    }
    vici_builder_end(builder);
}

/* An authority is referenced by the digest of its certificate, or by its key id: so it can be
 * unloaded later, unlike one given here as `cacerts`. */
static void
add_remote_pubkey(ViciBuilder *builder, const GreCredentials *credentials)
{
    vici_builder_begin(builder, "remote");
    vici_builder_string(builder, "auth", "pubkey");
    vici_builder_string(builder, "id", credentials->remote_id);
    for (char **anchor = credentials->anchors; *anchor; anchor++)
        vici_builder_format(builder, "ca_id", "keyid:#%s", *anchor);
    vici_builder_end(builder);
}

static void
add_auth(ViciBuilder *builder, const char *section, const char *id, const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    vici_builder_begin(builder, section);
    vici_builder_string(builder, "auth", "psk");
    vici_builder_string(builder, "id", identity(id, address, buf));
    vici_builder_end(builder);
}

static void
add_networks(ViciBuilder *builder, const char *key, const GArray *networks)
{
    vici_builder_begin_list(builder, key);
    for (guint i = 0; networks && i < networks->len; i++) {
        g_autofree char *text =
            gre_address_prefix_to_string(&g_array_index(networks, GrePrefix, i));

        vici_builder_item(builder, text);
    }
    if (!networks) {
        vici_builder_item(builder, "0.0.0.0/0");
        vici_builder_item(builder, "::/0");
    }
    vici_builder_end_list(builder);
}

/* With an if_id, strongSwan adds no routes, and the policies catch only what goes through the
 * interface. One CHILD_SA has all networks: the peer may narrow them. */
static void
add_interface(ViciBuilder *builder, const GreProfile *profile, guint32 if_id)
{
    add_networks(builder, "local_ts", profile->local_networks);
    add_networks(builder, "remote_ts", profile->remote_networks);
    vici_builder_format(builder, "if_id_in", "%u", if_id);
    vici_builder_format(builder, "if_id_out", "%u", if_id);
}

static void
add_child(ViciBuilder *builder, const GreProfile *profile, guint32 if_id)
{
    const GreIpsecOptions   *options = &profile->ipsec;
    static const char *const gre_only[] = { "dynamic[47]", NULL };
    static const char *const hw_offload[] = {
        [GRE_HW_OFFLOAD_NO] = "no",
        [GRE_HW_OFFLOAD_AUTO] = "auto",
        [GRE_HW_OFFLOAD_CRYPTO] = "crypto",
        [GRE_HW_OFFLOAD_PACKET] = "packet",
    };

    vici_builder_begin(builder, "children");
    vici_builder_begin(builder, GRE_PEER_CHILD);
    vici_builder_string(builder, "mode", options->mode == GRE_ESP_TUNNEL ? "tunnel" : "transport");
    if (profile->mode == GRE_MODE_XFRM)
        add_interface(builder, profile, if_id);
    else {
        vici_builder_list(builder, "local_ts", gre_only);
        vici_builder_list(builder, "remote_ts", gre_only);
    }
    if (options->esp_proposals)
        vici_builder_list(builder, "esp_proposals", (const char *const *) options->esp_proposals);
    vici_builder_format(builder, "rekey_time", "%us", options->esp_lifetime);
    vici_builder_format(builder, "replay_window", "%u", options->replay_window);
    if (options->hw_offload != GRE_HW_OFFLOAD_NO)
        vici_builder_string(builder, "hw_offload", hw_offload[options->hw_offload]);
    /* The trap is installed by an explicit `install`, which survives `swanctl --load-all`. */
    vici_builder_string(builder, "start_action", "none");
    vici_builder_string(builder, "close_action", "none");
    vici_builder_string(builder, "dpd_action", "clear");
    vici_builder_end(builder);
    vici_builder_end(builder);
}

static void
add_address_list(ViciBuilder *builder, const char *key, const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    vici_builder_begin_list(builder, key);
    vici_builder_item(builder, gre_address_to_string(address, buf));
    vici_builder_end_list(builder);
}

GBytes *
gre_peer_config_connection(const char           *name,
                           const GreProfile     *profile,
                           guint32               if_id,
                           const GreCredentials *credentials,
                           const GreAddress     *local,
                           const GreAddress     *remote,
                           GError              **error)
{
    const GreIpsecOptions *options = &profile->ipsec;
    ViciBuilder           *builder = vici_builder_new();

    vici_builder_begin(builder, name);
    vici_builder_format(builder, "version", "%u", options->ike_version);
    add_address_list(builder, "local_addrs", local);
    add_address_list(builder, "remote_addrs", remote);
    if (options->ike_proposals)
        vici_builder_list(builder, "proposals", (const char *const *) options->ike_proposals);
    /* Rekeying keeps the SA; reauthentication would delete it first. */
    vici_builder_format(builder, "rekey_time", "%us", options->ike_lifetime);
    vici_builder_string(builder, "reauth_time", "0s");
    /* strongSwan adds a CHILD_SA to any IKE_SA with equal settings, whatever its name: an unusual
     * value keeps an administrator's IKE_SA with this peer separate from ours. */
    vici_builder_format(builder, "over_time", "%us", options->ike_lifetime / 10 + 7);
    vici_builder_format(builder, "dpd_delay", "%us", options->dpd_delay);
    vici_builder_string(builder, "mobike", "no");
    vici_builder_string(builder, "encap", options->encap == GRE_ENCAP_YES ? "yes" : "no");
    if (credentials) {
        /* The certificate of a raw public key is for strongSwan only. */
        vici_builder_string(builder, "send_cert", credentials->cert ? "always" : "never");
        add_local_pubkey(builder, credentials);
        add_remote_pubkey(builder, credentials);
    } else {
        add_auth(builder, "local", options->local_id, local);
        add_auth(builder, "remote", options->remote_id, remote);
    }
    add_child(builder, profile, if_id);
    vici_builder_end(builder);
    return vici_builder_finish(builder, error);
}

GBytes *
gre_peer_config_trap(const char *name)
{
    ViciBuilder *builder = vici_builder_new();

    vici_builder_string(builder, "child", GRE_PEER_CHILD);
    vici_builder_string(builder, "ike", name);
    return vici_builder_finish(builder, NULL);
}

static gboolean
lists_equal(char **a, char **b)
{
    if (!a || !b)
        return a == b;
    return g_strv_equal((const char *const *) a, (const char *const *) b);
}

const char *
gre_peer_config_conflict(const GreIpsecOptions *a, const GreIpsecOptions *b)
{
    const struct {
        gboolean    equal;
        const char *key;
    } checks[] = {
        { a->method == b->method, "ipsec" },
        { gre_secret_equal(a->psk, b->psk), "ipsec-psk" },
        { g_strcmp0(a->local_id, b->local_id) == 0, "ipsec-local-id" },
        { g_strcmp0(a->remote_id, b->remote_id) == 0, "ipsec-remote-id" },
        { a->ike_version == b->ike_version, "ipsec-ike-version" },
        { lists_equal(a->ike_proposals, b->ike_proposals), "ipsec-ike-proposals" },
        { lists_equal(a->esp_proposals, b->esp_proposals), "ipsec-esp-proposals" },
        { a->ike_lifetime == b->ike_lifetime, "ipsec-ike-lifetime" },
        { a->esp_lifetime == b->esp_lifetime, "ipsec-esp-lifetime" },
        { a->dpd_delay == b->dpd_delay, "ipsec-dpd-delay" },
        { a->mode == b->mode, "ipsec-mode" },
        { a->encap == b->encap, "ipsec-encap" },
        { a->replay_window == b->replay_window, "ipsec-replay-window" },
        { a->hw_offload == b->hw_offload, "ipsec-hw-offload" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
        if (!checks[i].equal)
            return checks[i].key;
    return NULL;
}
