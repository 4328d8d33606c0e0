/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts NetworkManager's profiles to the model of the local side. */
#include "config.h"

#include "cli/local-end.h"
#include "client/companion.h"
#include "gre-native.h"
#include "import/ip-tunnel.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- inside the tunnel ---- */

static void
add_prefix(GArray *inside, const char *address, guint length)
{
    GrePrefix prefix = { .length = (guint8) length };

    if (gre_address_parse(address, &prefix.address))
        g_array_append_val(inside, prefix);
}

static void
add_hop(GArray *hops, const char *text)
{
    GreAddress hop;

    if (text && gre_address_parse(text, &hop))
        g_array_append_val(hops, hop);
}

static void
read_family(GreLocalProfile *local_profile, NMSettingIPConfig *ip)
{
    for (guint i = 0; ip && i < nm_setting_ip_config_get_num_addresses(ip); i++) {
        NMIPAddress *address = nm_setting_ip_config_get_address(ip, (int) i);

        add_prefix(local_profile->inside, nm_ip_address_get_address(address),
                   nm_ip_address_get_prefix(address));
    }
    for (guint i = 0; ip && i < nm_setting_ip_config_get_num_routes(ip); i++)
        add_hop(local_profile->hops,
                nm_ip_route_get_next_hop(nm_setting_ip_config_get_route(ip, (int) i)));
    if (ip)
        add_hop(local_profile->hops, nm_setting_ip_config_get_gateway(ip));
}

static void
read_inside(GreLocalProfile *local_profile, NMConnection *connection)
{
    read_family(local_profile, nm_connection_get_setting_ip4_config(connection));
    read_family(local_profile, nm_connection_get_setting_ip6_config(connection));
    g_array_append_vals(local_profile->inside, local_profile->profile->ip4,
                        (guint) local_profile->profile->n_ip4);
    g_array_append_vals(local_profile->inside, local_profile->profile->ip6,
                        (guint) local_profile->profile->n_ip6);
}

/* ---- the profile ---- */

static gboolean
read_native(NMConnection *tunnel, GreNative **native, GError **error)
{
    g_autoptr(GVariant) settings = NULL;

    *native = NULL;
    if (!tunnel)
        return TRUE;
    settings = g_variant_ref_sink(nm_connection_to_dbus(tunnel, NM_CONNECTION_SERIALIZE_ALL));
    *native = gre_native_new(settings, error);
    return *native != NULL;
}

static GreProfile *
read_profile(NMConnection *vpn, NMConnection *tunnel, GHashTable *secrets, GError **error)
{
    g_autoptr(GHashTable) data = gre_companion_get_data(vpn);
    g_autoptr(GreNative) native = NULL;
    GreProfileSource source = {
        .id = nm_connection_get_id(vpn),
        .uuid = nm_connection_get_uuid(vpn),
        .interface_name = nm_connection_get_interface_name(vpn),
        .data = data,
        .secrets = secrets,
    };

    if (!read_native(tunnel, &native, error))
        return NULL;
    source.tunnel = native;
    return gre_profile_new(&source, error);
}

/* An unprotected tunnel equals a VPN profile without IPsec. */
static GreProfile *
read_unprotected(NMConnection *tunnel, GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(NMConnection) vpn = gre_ip_tunnel_to_vpn(tunnel, notes, error);

    return vpn ? read_profile(vpn, NULL, NULL, error) : NULL;
}

GreLocalProfile *
gre_local_end_new(NMConnection *vpn, NMConnection *tunnel, GHashTable *secrets, GError **error)
{
    g_autoptr(GreLocalProfile) local_profile = g_new0(GreLocalProfile, 1);

    local_profile->inside = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    local_profile->hops = g_array_new(FALSE, FALSE, sizeof(GreAddress));
    local_profile->profile =
        vpn ? read_profile(vpn, tunnel, secrets, error) : read_unprotected(tunnel, error);
    if (!local_profile->profile)
        return NULL;
    read_inside(local_profile, tunnel ? tunnel : vpn);
    return g_steal_pointer(&local_profile);
}

void
gre_local_end_free(GreLocalProfile *local_profile)
{
    g_clear_pointer(&local_profile->profile, gre_profile_unref);
    g_array_unref(local_profile->inside);
    g_array_unref(local_profile->hops);
    g_free(local_profile);
}

void
gre_local_end_fill(const GreLocalProfile *local_profile, GreLocalEnd *end)
{
    end->profile = local_profile->profile;
    end->inside = (const GrePrefix *) (gpointer) local_profile->inside->data;
    end->n_inside = local_profile->inside->len;
    end->hops = (const GreAddress *) (gpointer) local_profile->hops->data;
    end->n_hops = local_profile->hops->len;
}

/* ---- the kernel's choice ---- */

static socklen_t
socket_address(const GreAddress *address, struct sockaddr_storage *out)
{
    struct sockaddr_in  *in4 = (gpointer) out;
    struct sockaddr_in6 *in6 = (gpointer) out;

    memset(out, 0, sizeof *out);
    out->ss_family = (sa_family_t) address->family;
    if (address->family == AF_INET) {
        in4->sin_addr = address->in4;
        in4->sin_port = htons(500);
        return sizeof *in4;
    }
    in6->sin6_addr = address->in6;
    in6->sin6_port = htons(500);
    return sizeof *in6;
}

/* A connected UDP socket has the address; no packet is sent. */
gboolean
gre_local_end_source(const GreAddress *remote, const char *parent, GreAddress *out)
{
    struct sockaddr_storage theirs, ours;
    socklen_t               len = socket_address(remote, &theirs), ours_len = sizeof ours;
    int                     fd = socket(remote->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean                found;

    if (fd < 0)
        return FALSE;
    found = !parent ||
            setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, parent, (socklen_t) strlen(parent)) == 0;
    found = found && connect(fd, (const struct sockaddr *) &theirs, len) == 0 &&
            getsockname(fd, (struct sockaddr *) &ours, &ours_len) == 0;
    close(fd);
    if (!found)
        return FALSE;
    memset(out, 0, sizeof *out);
    out->family = remote->family;
    if (remote->family == AF_INET)
        out->in4 = ((const struct sockaddr_in *) (gconstpointer) &ours)->sin_addr;
    else
        out->in6 = ((const struct sockaddr_in6 *) (gconstpointer) &ours)->sin6_addr;
    return TRUE;
}
