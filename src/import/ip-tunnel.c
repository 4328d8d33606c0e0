/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uses the native model for the meaning of the profile and translates it to our property names. */
#include "config.h"

#include "import/ip-tunnel.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-native.h"
#include "import/profile-builder.h"

static gboolean
set_address(GreProfileBuilder *builder, const char *name, const GreAddress *address, GError **error)
{
    char text[GRE_ADDRESS_STRLEN];

    gre_address_to_string(address, text);
    return address->family == AF_UNSPEC ||
           gre_profile_builder_set(builder, "ip-tunnel", name, text, error);
}

static gboolean
set_number(GreProfileBuilder *builder, const char *name, guint number, GError **error)
{
    g_autofree char *text = g_strdup_printf("%u", number);

    return gre_profile_builder_set(builder, "ip-tunnel", name, text, error);
}

/* The parent may be the UUID of a profile, which does not name an interface. */
static gboolean
set_parent(GreProfileBuilder *builder, const char *parent, GError **error)
{
    if (!parent)
        return TRUE;
    if (g_uuid_string_is_valid(parent)) {
        gre_profile_builder_note(
            builder, _("ip-tunnel.parent: the parent must be an interface, not a profile's UUID"));
        return TRUE;
    }
    return gre_profile_builder_set(builder, "ip-tunnel", "parent", parent, error);
}

static gboolean
set_keys(GreProfileBuilder *builder, const GreTunnelOptions *options, GError **error)
{
    g_autofree char *in = g_strdup_printf("%u", options->input_key);
    g_autofree char *out = g_strdup_printf("%u", options->output_key);

    return (!options->has_input_key ||
            gre_profile_builder_take_key(builder, "ip-tunnel.input-key", TRUE, FALSE, in, error)) &&
           (!options->has_output_key ||
            gre_profile_builder_take_key(builder, "ip-tunnel.output-key", FALSE, TRUE, out, error));
}

/* 0 is NetworkManager's default. */
static gboolean
set_options(GreProfileBuilder *builder, const GreNative *native, GError **error)
{
    const GreTunnelOptions *options = &native->options;

    if (options->ttl > 0 && !set_number(builder, "ttl", options->ttl, error))
        return FALSE;
    if (options->tos > 0 && !set_number(builder, "tos", (guint) options->tos, error))
        return FALSE;
    if (options->encap_limit > 0 &&
        !set_number(builder, "encapsulation-limit", (guint) options->encap_limit, error))
        return FALSE;
    if (options->flow_label > 0 &&
        !set_number(builder, "flow-label", (guint) options->flow_label, error))
        return FALSE;
    if (options->flow_label == GRE_FLOW_LABEL_INHERIT &&
        !gre_profile_builder_set(builder, "ip-tunnel", "flow-label", "inherit", error))
        return FALSE;
    if (!options->path_mtu_discovery &&
        !gre_profile_builder_set(builder, "ip-tunnel", "path-mtu-discovery", "no", error))
        return FALSE;
    return native->mtu == GRE_MTU_AUTO || set_number(builder, "mtu", native->mtu, error);
}

static gboolean
set_tunnel(GreProfileBuilder *builder, const GreNative *native, GError **error)
{
    if (gre_native_is_ethernet(native->mode))
        return gre_error_fail(
            error,
            _("ip-tunnel.mode: \"%s\" carries Ethernet frames, a VPN profile of type gre only IP "
              "packets; to add IPsec, keep the profile and use nm-gre protect"),
            gre_native_mode_name(native->mode));
    return gre_profile_builder_set(builder, "ip-tunnel", "mode", gre_native_mode_name(native->mode),
                                   error) &&
           set_address(builder, "remote", &native->remote, error) &&
           set_address(builder, "local", &native->local, error) &&
           set_parent(builder, native->parent, error) &&
           (!native->ifname ||
            gre_profile_builder_set(builder, "connection", "ifname", native->ifname, error)) &&
           set_keys(builder, &native->options, error) && set_options(builder, native, error);
}

static void
note_flags(GreProfileBuilder *builder, NMConnection *tunnel)
{
    const guint known = NM_IP_TUNNEL_FLAG_IP6_IGN_ENCAP_LIMIT |
                        NM_IP_TUNNEL_FLAG_IP6_USE_ORIG_TCLASS |
                        NM_IP_TUNNEL_FLAG_IP6_USE_ORIG_FLOWLABEL;
    guint flags = nm_setting_ip_tunnel_get_flags(nm_connection_get_setting_ip_tunnel(tunnel));

    if (flags & ~known)
        gre_profile_builder_note(builder, _("ip-tunnel.flags: 0x%x has no counterpart"),
                                 flags & ~known);
}

/* DHCP and router advertisements don't work in such a tunnel. */
static void
copy_ip(NMConnection *from, NMConnection *to, GType type, GreProfileBuilder *builder)
{
    NMSetting  *setting = nm_connection_get_setting(from, type);
    NMSetting  *copy = setting ? nm_setting_duplicate(setting) : g_object_new(type, NULL);
    const char *method = nm_setting_ip_config_get_method(NM_SETTING_IP_CONFIG(copy));
    const char *name = nm_setting_get_name(copy);

    if (g_strcmp0(method, "manual") != 0 && g_strcmp0(method, "disabled") != 0) {
        if (setting && method && g_strcmp0(method, "ignore") != 0)
            gre_profile_builder_note(
                builder, _("%s.method: \"%s\" is not possible inside a tunnel: disabled"), name,
                method);
        g_object_unref(copy);
        copy = g_object_new(type, NM_SETTING_IP_CONFIG_METHOD, "disabled", NULL);
    }
    nm_connection_add_setting(to, copy);
}

static void
note_settings(NMConnection *tunnel, GreProfileBuilder *builder)
{
    static const char *const carried[] = { "connection", "ip-tunnel", "ipv4", "ipv6",
                                           "proxy",      "user",      NULL };
    guint                    n = 0;
    g_autofree NMSetting   **settings = nm_connection_get_settings(tunnel, &n);

    for (guint i = 0; i < n; i++)
        if (!g_strv_contains(carried, nm_setting_get_name(settings[i])))
            gre_profile_builder_note(builder, _("[%s]: a VPN profile has no such setting"),
                                     nm_setting_get_name(settings[i]));
}

static void
note_connection(NMSettingConnection *setting, GreProfileBuilder *builder)
{
    if (nm_setting_connection_get_autoconnect(setting))
        gre_profile_builder_note(
            builder,
            _("connection.autoconnect: NetworkManager brings up no VPN by itself: name this one in "
              "connection.secondaries of the connection that leads to the peer"));
    if (nm_setting_connection_get_master(setting))
        gre_profile_builder_note(
            builder, _("connection.master: a VPN can't be a port of another interface"));
}

/* Keeps the general connection properties, except those that apply only to a device. */
static void
copy_connection(NMConnection *from, NMConnection *to)
{
    NMSetting *copy = nm_setting_duplicate(NM_SETTING(nm_connection_get_setting_connection(from)));
    g_autofree char *uuid = nm_utils_uuid_generate();

    while (nm_setting_connection_get_num_secondaries(NM_SETTING_CONNECTION(copy)) > 0)
        nm_setting_connection_remove_secondary(NM_SETTING_CONNECTION(copy), 0);
    g_object_set(copy, NM_SETTING_CONNECTION_UUID, uuid, NM_SETTING_CONNECTION_TYPE,
                 NM_SETTING_VPN_SETTING_NAME, NM_SETTING_CONNECTION_INTERFACE_NAME, NULL,
                 NM_SETTING_CONNECTION_MASTER, NULL, NM_SETTING_CONNECTION_SLAVE_TYPE, NULL, NULL);
    nm_connection_add_setting(to, copy);
}

static void
copy_setting(NMConnection *from, NMConnection *to, GType type)
{
    NMSetting *setting = nm_connection_get_setting(from, type);

    if (setting)
        nm_connection_add_setting(to, nm_setting_duplicate(setting));
}

static NMConnection *
make_vpn(NMConnection *tunnel, GreProfileBuilder *builder, GError **error)
{
    g_autoptr(NMConnection) bare = gre_profile_builder_finish(builder, error);
    NMConnection *connection;

    if (!bare)
        return NULL;
    connection = nm_simple_connection_new();
    copy_connection(tunnel, connection);
    copy_setting(bare, connection, NM_TYPE_SETTING_VPN);
    copy_ip(tunnel, connection, NM_TYPE_SETTING_IP4_CONFIG, builder);
    copy_ip(tunnel, connection, NM_TYPE_SETTING_IP6_CONFIG, builder);
    copy_setting(tunnel, connection, NM_TYPE_SETTING_PROXY);
    copy_setting(tunnel, connection, NM_TYPE_SETTING_USER);
    note_connection(nm_connection_get_setting_connection(tunnel), builder);
    note_settings(tunnel, builder);
    note_flags(builder, tunnel);
    return connection;
}

NMConnection *
gre_ip_tunnel_to_vpn(NMConnection *tunnel, GPtrArray *notes, GError **error)
{
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    g_autoptr(GVariant) settings = NULL;
    g_autoptr(GreNative) native = NULL;
    g_autoptr(NMConnection) connection = NULL;

    settings = g_variant_ref_sink(nm_connection_to_dbus(tunnel, NM_CONNECTION_SERIALIZE_ALL));
    native = gre_native_new(settings, error);
    if (!native || !set_tunnel(builder, native, error))
        return NULL;
    connection = make_vpn(tunnel, builder, error);
    if (!connection || !gre_profile_builder_verify(connection, error))
        return NULL;
    gre_profile_builder_give_notes(builder, notes);
    return g_steal_pointer(&connection);
}

/* NetworkManager starts such a VPN with the tunnel, as a companion needs it. */
NMConnection *
gre_ip_tunnel_import(NMConnection *tunnel, GPtrArray *notes, GError **error)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(tunnel);

    if (nm_setting_connection_get_num_secondaries(setting) == 0)
        return gre_ip_tunnel_to_vpn(tunnel, notes, error);
    gre_error_fail(error,
                   _("connection.secondaries: the VPN %s may encrypt this tunnel, and the imported "
                     "profile would have no IPsec: keep both profiles, or remove the property if "
                     "that VPN doesn't protect the tunnel"),
                   nm_setting_connection_get_secondary(setting, 0));
    return NULL;
}
