/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A connection's device: created from its profile, or, for the companion of a native tunnel, the
 * one that NetworkManager created. It also keeps the MTU in step with the SA and the route.
 */
#include "engine/connection-private.h"

#include "base/log.h"
#include "gre-error.h"
#include "gre-mtu.h"
#include "kernel/no-ends.h"

gboolean
gre_connection_device_is_native(const GreConnection *connection)
{
    return connection->profile->protects != NULL;
}

GreMode
gre_connection_device_mode(const GreConnection *connection, int family)
{
    return connection->if_id ? GRE_MODE_XFRM : gre_profile_family_mode(family);
}

/* ---- the device's parameters ---- */

/* While the peer's address is not known. */
#define UNKNOWN_UNDERLAY_MTU 1500

/* Borrowed from the connection. */
static GreDeviceSpec
spec(const GreConnection *connection)
{
    const GreProfile *profile = connection->profile;
    GreDeviceSpec     wanted = {
            .uuid = profile->uuid,
            /* One that takes another's place keeps its name. */
            .ifname = connection->device.ifname[0] ? connection->device.ifname : profile->ifname,
            .mode = connection->mode,
            .local = connection->underlay.source,
            .remote = connection->remote,
            .parent_ifindex = connection->parent,
            .mtu = connection->mtu,
            .options = &profile->tunnel,
            .if_id = connection->if_id,
    };

    if (connection->underlay.source.family != AF_UNSPEC)
        return wanted;
    wanted.mode =
        connection->has_device
            ? connection->device_mode
            : gre_connection_device_mode(connection, gre_connection_prepare_family(connection));
    if (wanted.mode != GRE_MODE_XFRM)
        gre_no_ends_set(&wanted);
    return wanted;
}

gboolean
gre_connection_device_check(GreConnection *connection, GError **error)
{
    GreDeviceSpec wanted = spec(connection);

    return gre_connection_device_is_native(connection) || connection->has_device ||
           gre_device_check(connection->engine->netlink, &wanted, error);
}

/* The running tunnel: its profile may have been edited since it was brought up. */
gboolean
gre_connection_device_find_native(GreConnection *connection, GError **error)
{
    const char *ifname = connection->profile->ifname;

    if (!ifname || !gre_links_find(connection->engine->netlink, ifname, &connection->native)) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_DEVICE_GONE,
                    "protects: the tunnel's device%s%s%s does not exist: activate the tunnel, "
                    "which then activates this connection",
                    ifname ? " \"" : "", ifname ? ifname : "", ifname ? "\"" : "");
        return FALSE;
    }
    if (!gre_address_is_any(&connection->native.remote)) {
        connection->device.ifindex = connection->native.ifindex;
        g_strlcpy(connection->device.ifname, ifname, sizeof connection->device.ifname);
        connection->has_device = TRUE;
        return TRUE;
    }
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                "protects: the tunnel's device \"%s\" has no remote address", ifname);
    return FALSE;
}

/* ---- the MTU ---- */

guint
gre_connection_device_fit_mtu(const GreConnection *connection, GreMtuParts *parts)
{
    gboolean                companion = gre_connection_device_is_native(connection);
    const GreProfile       *profile = connection->profile;
    const GreTunnelOptions *options = companion ? &connection->native.options : &profile->tunnel;
    const GrePeerUser      *peer = gre_protection_peer(connection->protection);
    const GreChildSa       *child = peer ? gre_peer_user_child(peer) : NULL;
    GreMtuInput             input = {
                    .underlay_mtu = connection->underlay.mtu ? connection->underlay.mtu : UNKNOWN_UNDERLAY_MTU,
                    /* The larger header, if it may be either. */
                    .family = connection->remote.family ? connection->remote.family : AF_INET6,
                    .ethernet = companion && connection->native.ethernet,
                    .xfrm = connection->if_id != 0,
                    .key = options->has_output_key,
                    .checksum = options->checksum,
                    .sequence = options->sequence,
                    .encap_limit =
                        connection->mode == GRE_MODE_IP6GRE && options->encap_limit != GRE_ENCAP_LIMIT_NONE,
                    .esp.tunnel_mode = profile->ipsec.mode == GRE_ESP_TUNNEL,
    };

    if (profile->ipsec.method != GRE_IPSEC_NO && !child)
        return gre_mtu_worst_case(&input, profile->ipsec.encap != GRE_ENCAP_NO);
    if (child)
        input.esp = (GreMtuEsp){
            .esp = TRUE,
            .encr_alg = child->encr_alg,
            .integ_alg = child->integ_alg,
            .tunnel_mode = child->tunnel_mode,
            .encap = child->encap,
        };
    return gre_mtu_compute(&input, parts);
}

/* An MTU set in the profile is kept, even if it is too large. */
static guint
wanted_mtu(const GreConnection *connection)
{
    return connection->profile->mtu != GRE_MTU_AUTO
               ? connection->profile->mtu
               : gre_connection_device_fit_mtu(connection, NULL);
}

void
gre_connection_device_follow_mtu(GreConnection *connection)
{
    g_autoptr(GError) error = NULL;
    guint mtu = wanted_mtu(connection);

    if (!connection->has_device || mtu == connection->mtu || connection->underlay.mtu == 0)
        return;
    gre_connection_log_kind(connection, GRE_MESSAGE_MTU, LOG_NOTICE,
                            "MTU changed from %u to %u bytes", connection->mtu, mtu);
    connection->mtu = mtu;
    if (!gre_device_set_mtu(connection->engine->netlink, connection->device.ifindex, mtu, &error))
        gre_connection_log_kind(connection, GRE_MESSAGE_MTU, LOG_WARNING, "%s", error->message);
}

/* NetworkManager sets the MTU from the first configuration later, perhaps after an SA has changed
 * it. Any other value was set by someone on purpose. */
static void
keep_mtu(GreConnection *connection, const GreDeviceInfo *info)
{
    g_autoptr(GError) error = NULL;

    if (connection->first_mtu == 0 || connection->first_mtu == connection->mtu ||
        info->mtu != connection->first_mtu)
        return;
    if (!gre_device_set_mtu(connection->engine->netlink, connection->device.ifindex,
                            connection->mtu, &error))
        gre_connection_log_kind(connection, GRE_MESSAGE_MTU, LOG_WARNING, "%s", error->message);
}

/* The kernel removes the routes of a device that is set down and, with IPv6, its addresses. Sending
 * the configuration again does not help: NetworkManager does not restore a route that another
 * program removed (nm-l3cfg.c). */
static void
keep_up(GreConnection *connection, gboolean up)
{
    connection->raised = connection->raised || up;
    if (!up && connection->raised && !connection->lowered) {
        g_autoptr(GError) error =
            g_error_new(GRE_ERROR, GRE_ERROR_KERNEL, "another program set the device \"%s\" down",
                        connection->device.ifname);

        connection->lowered = TRUE;
        gre_connection_note(connection, error);
    } else if (up && connection->lowered) {
        connection->lowered = FALSE;
        connection->funcs->stripped(connection->data);
    }
}

void
gre_connection_device_keep(GreConnection *connection)
{
    GreDeviceInfo info;

    if (!gre_device_info(connection->engine->netlink, connection->device.ifindex, NULL, &info))
        return;
    keep_mtu(connection, &info);
    if (gre_connection_fsm_is_up(connection->state) && !gre_connection_device_is_native(connection))
        keep_up(connection, info.up);
}

static void
warn_of_mtu(const GreConnection *connection)
{
    guint fits = gre_connection_device_fit_mtu(connection, NULL);

    if (connection->mtu > fits)
        gre_connection_log_kind(connection, GRE_MESSAGE_MTU, LOG_WARNING,
                                "the profile's MTU of %u bytes is too large: only %u fit; larger "
                                "packets are fragmented or lost",
                                connection->mtu, fits);
}

/* ---- creating or taking over the device ---- */

static gboolean
add_addresses(GreConnection *connection, const GrePrefix *prefixes, gsize n, GError **error)
{
    /* NetworkManager adds the first: its interface takes one address of each family. */
    for (gsize i = 1; i < n; i++)
        if (!gre_device_add_address(connection->engine->netlink, connection->device.ifindex,
                                    &prefixes[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
make(GreConnection *connection, GError **error)
{
    const GreProfile *profile = connection->profile;
    GreDeviceSpec     wanted;

    connection->mtu = connection->first_mtu = wanted_mtu(connection);
    connection->raised = connection->lowered = FALSE;
    wanted = spec(connection);
    connection->has_device =
        gre_device_create(connection->engine->netlink, &wanted, &connection->device, error);
    connection->device_mode = wanted.mode;
    return connection->has_device &&
           add_addresses(connection, profile->ip4, profile->n_ip4, error) &&
           add_addresses(connection, profile->ip6, profile->n_ip6, error);
}

static void
take_over(GreConnection *connection)
{
    connection->mtu = connection->native.mtu;
    gre_connection_device_follow_mtu(connection);
}

gboolean
gre_connection_device_find_own(GreConnection *connection, GError **error)
{
    const GreConnectionRemains *remains = connection->remains;
    GreLink                     link;
    GreDeviceInfo               info = { 0 };

    connection->has_device = remains->ifname[0] != '\0' &&
                             gre_links_find(connection->engine->netlink, remains->ifname, &link) &&
                             g_str_equal(link.uuid, connection->profile->uuid);
    if (!connection->has_device) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_DEVICE_GONE,
                    "another program removed the tunnel's device \"%s\"", remains->ifname);
        return FALSE;
    }
    connection->device.ifindex = link.ifindex;
    g_strlcpy(connection->device.ifname, link.ifname, sizeof connection->device.ifname);
    g_strlcpy(connection->device.uuid, link.uuid, sizeof connection->device.uuid);
    connection->device_mode = connection->mode = link.mode;
    connection->mtu = remains->mtu;
    connection->first_mtu = remains->first_mtu;
    gre_device_info(connection->engine->netlink, link.ifindex, NULL, &info);
    connection->raised = TRUE;
    connection->lowered = !info.up;
    return TRUE;
}

/* As it is, if its ends are still the right ones. */
static gboolean
take_again(GreConnection *connection, GError **error)
{
    g_autofree GreConnectionRemains *remains = g_steal_pointer(&connection->remains);

    if (gre_address_equal(&remains->local, &connection->underlay.source) &&
        gre_address_equal(&remains->remote, &connection->remote)) {
        gre_connection_device_follow_mtu(connection);
        return TRUE;
    }
    return gre_connection_device_move(connection, error);
}

/* ---- TCP's segment size ---- */

static void
clamp(GreConnection *connection)
{
    if (connection->profile->mss_clamp == GRE_MSS_CLAMP_OFF || connection->clamped)
        return;
    connection->clamped = g_strdup(connection->device.ifname);
    gre_engine_clamp_mss(connection->engine, connection->clamped);
}

static void
unclamp(GreConnection *connection)
{
    if (connection->clamped)
        gre_mss_clamp_remove(connection->engine->mss_clamp, connection->clamped);
    g_clear_pointer(&connection->clamped, g_free);
}

gboolean
gre_connection_device_take(GreConnection *connection, GError **error)
{
    if (gre_connection_device_is_native(connection))
        take_over(connection);
    else if (connection->has_device) {
        if (!take_again(connection, error))
            return FALSE;
    } else if (!make(connection, error))
        return FALSE;
    clamp(connection);
    gre_connection_log_kind(connection, GRE_MESSAGE_UP_DEVICE, LOG_NOTICE,
                            "device ready, MTU %u bytes", connection->mtu);
    if (connection->profile->mtu != GRE_MTU_AUTO)
        warn_of_mtu(connection);
    return TRUE;
}

/* The kernel can't make a gre device an ip6gre one. */
static gboolean
replace(GreConnection *connection, GError **error)
{
    connection->has_device = FALSE;
    return gre_device_delete(connection->engine->netlink, connection->device.ifindex, error) &&
           make(connection, error);
}

gboolean
gre_connection_device_move(GreConnection *connection, GError **error)
{
    GreDeviceSpec wanted;

    if (!connection->has_device || gre_connection_device_is_native(connection))
        return TRUE;
    if (connection->device_mode != connection->mode)
        return replace(connection, error);
    connection->mtu = connection->first_mtu = wanted_mtu(connection);
    wanted = spec(connection);
    return gre_device_move(connection->engine->netlink, connection->device.ifindex, &wanted, error);
}

void
gre_connection_device_drop(GreConnection *connection)
{
    g_autoptr(GError) error = NULL;

    unclamp(connection);
    if (connection->has_device && !gre_connection_device_is_native(connection) &&
        !gre_device_delete(connection->engine->netlink, connection->device.ifindex, &error))
        gre_connection_log_kind(connection, GRE_MESSAGE_DEVICE_FAILED, LOG_ERR, "%s",
                                error->message);
    connection->has_device = FALSE;
}
