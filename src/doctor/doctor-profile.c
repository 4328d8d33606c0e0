/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the profile, and reads it and the service's status of it. */
#include "config.h"

#include "doctor/doctor-gather.h"

#include "client/command.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "client/status-client.h"
#include "gre-i18n.h"
#include "gre-service-names.h"
#include "nm/settings.h"

#define ABOUT_THEN_S 10 /* a failure this long before the current state is its cause */

/* ---- profiles ---- */

static GVariant *
settings_of(NMRemoteConnection *remote)
{
    return g_variant_ref_sink(
        nm_connection_to_dbus(NM_CONNECTION(remote), NM_CONNECTION_SERIALIZE_ALL));
}

static gboolean
is_ours(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);

    return vpn && g_strcmp0(nm_setting_vpn_get_service_type(vpn), GRE_SERVICE_NAME) == 0 &&
           !nm_setting_vpn_get_data_item(vpn, "protects");
}

static NMRemoteConnection *
find_vpn(NMClient *client, const char *name)
{
    NMRemoteConnection *found = nm_client_get_connection_by_uuid(client, name);

    if (!found)
        found = nm_client_get_connection_by_id(client, name);
    return found && is_ours(NM_CONNECTION(found)) ? found : NULL;
}

static void
fill_ipsec(GreFacts *f, const GreIpsecOptions *ipsec)
{
    f->ipsec = ipsec->method;
    f->encap = ipsec->encap == GRE_ENCAP_YES;
    f->local_id = g_strdup(ipsec->local_id);
    f->remote_id = g_strdup(ipsec->remote_id);
}

static void
read_vpn(NMRemoteConnection *remote, GreFacts *f)
{
    g_autoptr(GVariant) dict = settings_of(remote);
    g_autoptr(GError) error = NULL;
    GreSettings       settings;
    const GreProfile *profile;

    if (!gre_settings_read(dict, NULL, &settings, &error)) {
        f->profile_error = g_strdup(error->message);
        return;
    }
    profile = settings.profile;
    f->xfrm = profile->mode == GRE_MODE_XFRM;
    f->ip6 = profile->mode == GRE_MODE_IP6GRE || (f->xfrm && profile->remote.family == AF_INET6);
    f->local = profile->local;
    f->remote = profile->remote;
    f->remote_name = g_strdup(profile->remote_name);
    f->options = profile->tunnel;
    f->mtu_set = profile->mtu;
    fill_ipsec(f, &profile->ipsec);
    gre_settings_clear(&settings);
}

static void
read_companion(NMRemoteConnection *remote, const GreNative *native, GreFacts *f)
{
    g_autoptr(GVariant) dict = settings_of(remote);
    g_autoptr(GError) error = NULL;
    GreSettings settings;

    if (!gre_settings_read(dict, native, &settings, &error)) {
        f->profile_error = g_strdup(error->message);
        return;
    }
    fill_ipsec(f, &settings.profile->ipsec);
    gre_settings_clear(&settings);
}

static void
read_native(NMClient *client, NMRemoteConnection *remote, GreFacts *f)
{
    g_autoptr(GVariant) dict = settings_of(remote);
    g_autoptr(GError) error = NULL;
    g_autoptr(GreNative) native = gre_native_new(dict, &error);
    NMRemoteConnection *companion = gre_companion_of(client, remote);

    f->native = TRUE;
    if (!native) {
        f->profile_error = g_strdup(error->message);
        return;
    }
    f->ip6 = gre_native_family(native->mode) == AF_INET6;
    f->ethernet = gre_native_is_ethernet(native->mode);
    f->local = native->local;
    f->remote = native->remote;
    f->options = native->options;
    f->mtu_set = native->mtu;
    f->device = g_strdup(native->ifname); /* if it is there */
    if (companion)
        read_companion(companion, native, f);
}

gboolean
gre_doctor_gather_profile(NMClient *client, const char *name, GreFacts *f, GError **error)
{
    NMRemoteConnection *companion = gre_companion_find(client, name);
    NMRemoteConnection *vpn = companion ? NULL : find_vpn(client, name);
    NMRemoteConnection *tunnel = NULL;

    if (companion)
        tunnel = gre_companion_tunnel_of(client, companion);
    else if (!vpn)
        tunnel = gre_companion_find_tunnel(client, name, error);
    if (companion && !tunnel)
        gre_command_fail(error, GRE_EXIT_NOT_FOUND,
                         _("the tunnel that \"%s\" protects doesn't exist"), name);
    if (!vpn && !tunnel)
        return FALSE;
    f->id = g_strdup(nm_connection_get_id(NM_CONNECTION(vpn ? vpn : tunnel)));
    f->uuid = g_strdup(nm_connection_get_uuid(NM_CONNECTION(vpn ? vpn : tunnel)));
    if (vpn)
        read_vpn(vpn, f);
    else
        read_native(client, tunnel, f);
    return TRUE;
}

/* ---- the base connection ----
 *
 * NetworkManager activates a VPN profile on top of another connection, its base: the one that is
 * named, else the primary one. On a host whose uplink it doesn't manage there is none but that of
 * the loopback interface. Source: NetworkManager, src/core/nm-manager.c, _new_active_connection().
 */

/* Whether a VPN can be based on the interface. On an external one, NetworkManager would add routes
 * beside the administrator's. */
static gboolean
can_be_base(NMClient *client, const char *ifname)
{
    NMDevice           *device = ifname ? nm_client_get_device_by_iface(client, ifname) : NULL;
    NMActiveConnection *active = device ? nm_device_get_active_connection(device) : NULL;

    return active &&
           nm_active_connection_get_state(active) == NM_ACTIVE_CONNECTION_STATE_ACTIVATED &&
           !(nm_active_connection_get_state_flags(active) & NM_ACTIVATION_STATE_FLAG_EXTERNAL);
}

void
gre_doctor_gather_base(NMClient *client, GreFacts *f)
{
    NMRemoteConnection *remote =
        f->planned ? NULL : nm_client_get_connection_by_uuid(client, f->uuid);

    if (f->planned) {
        f->base = can_be_base(client, f->underlay) ? NULL : "lo";
        return;
    }
    if (f->native || !remote || nm_client_get_primary_connection(client) ||
        gre_nm_sync_is_active(client, remote))
        return;
    f->base = can_be_base(client, f->underlay) ? f->underlay : "lo";
}

/* ---- status ---- */

static guint32
number_of(GVariant *tunnel, const char *key)
{
    guint32 number = 0;

    g_variant_lookup(tunnel, key, "u", &number);
    return number;
}

static void
read_address(GVariant *tunnel, const char *key, GreAddress *out)
{
    const char *text;

    if (g_variant_lookup(tunnel, key, "&s", &text))
        gre_address_parse(text, out);
}

/* The MTU that would fit the underlay's; 0 if unknown. */
static guint
read_fits(GVariant *tunnel)
{
    guint32       rest = number_of(tunnel, "mtu-underlay"), bytes;
    GVariantIter *parts;

    if (!g_variant_lookup(tunnel, "mtu-parts", "a(su)", &parts))
        return 0;
    while (g_variant_iter_next(parts, "(&su)", NULL, &bytes))
        rest -= MIN(rest, bytes);
    g_variant_iter_free(parts);
    return rest;
}

static gboolean
is_about_now(GVariant *tunnel, const char *state)
{
    gint64 since = 0, when = 0;

    if (g_str_equal(state, "active"))
        return FALSE;
    g_variant_lookup(tunnel, "since", "x", &since);
    g_variant_lookup(tunnel, "failure-time", "x", &when);
    return when + ABOUT_THEN_S >= since;
}

static void
read_barrier(GVariant *tunnel, GreFacts *f)
{
    gboolean in_place = TRUE;
    gint64   when = 0;

    g_variant_lookup(tunnel, "barrier", "b", &in_place);
    f->no_barrier =
        !in_place && f->ipsec != GRE_IPSEC_NO && (f->native || g_strcmp0(f->state, "active") == 0);
    f->restored = number_of(tunnel, "barrier-restored");
    if (g_variant_lookup(tunnel, "barrier-restored-time", "x", &when))
        f->restored_ago = (guint64) MAX(g_get_real_time() / G_USEC_PER_SEC - when, 0);
}

static void
read_status(GVariant *tunnel, GreFacts *f)
{
    const char *text;
    guint64     sa_in = 0, sa_out = 0;

    g_clear_pointer(&f->state, g_free);
    g_clear_pointer(&f->failure, g_free);
    g_variant_lookup(tunnel, "state", "s", &f->state);
    if (f->state && g_variant_lookup(tunnel, "failure", "&s", &text) &&
        is_about_now(tunnel, f->state))
        f->failure = g_strdup(text);
    if (g_variant_lookup(tunnel, "warning", "&s", &text)) {
        g_free(f->failure);
        f->failure = g_strdup(text);
    }
    if (!f->native && g_variant_lookup(tunnel, "device", "&s", &text)) {
        g_free(f->device);
        f->device = g_strdup(text);
    }
    read_address(tunnel, "local", &f->local);
    read_address(tunnel, "remote", &f->remote);
    f->sa = g_variant_lookup(tunnel, "sa", "&s", &text) && g_str_equal(text, "established");
    if (f->sa)
        g_variant_lookup(tunnel, "encap", "b", &f->encap);
    read_barrier(tunnel, f);
    f->mtu = number_of(tunnel, "mtu");
    f->mtu_fits = read_fits(tunnel);
    /* Called twice: leaves the difference; unsigned arithmetic makes this work. */
    g_variant_lookup(tunnel, "sa-packets-in", "t", &sa_in);
    g_variant_lookup(tunnel, "sa-packets-out", "t", &sa_out);
    f->probe.sa_in = sa_in - f->probe.sa_in;
    f->probe.sa_out = sa_out - f->probe.sa_out;
}

void
gre_doctor_gather_status(GDBusConnection *bus, GreFacts *f)
{
    char *names[] = { f->uuid, NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) all = gre_status_client_fetch_sync(bus, &error);
    g_autoptr(GVariant) found = all && f->uuid ? gre_status_client_select(all, names) : NULL;

    if (!all && !f->service_error)
        f->service_error = g_strdup(error->message);
    if (found && g_variant_n_children(found) == 1) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(found, 0);

        read_status(tunnel, f);
    }
}
