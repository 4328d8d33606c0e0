/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Combines what profiles, connections, strongSwan, kernel and history know of each tunnel. */
#include "service/status.h"

#include "gre-permissions.h"
#include "gre-service-names.h"

#include <pwd.h>

typedef struct {
    GreEngine        *engine;
    const GreGuard   *guard;
    const GreHistory *history;
    const GreRestart *restart;
    uid_t             uid;
    const char       *user;    /* its name, NULL: it has none */
    GHashTable       *lists;   /* SAs; NULL: not known */
    GPtrArray        *tunnels; /* GVariant a{sv} */
} Request;

/* ---- helpers ---- */

static void
put_text(GVariantDict *dict, const char *key, const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    if (valid)
        g_variant_dict_insert(dict, key, "s", valid);
}

static void
put_address(GVariantDict *dict, const char *key, const GreAddress *address)
{
    char text[GRE_ADDRESS_STRLEN];

    if (!gre_address_is_any(address))
        put_text(dict, key, gre_address_to_string(address, text));
}

static void
put_bool(GVariantDict *dict, const char *key, gboolean value)
{
    g_variant_dict_insert(dict, key, "b", value);
}

static void
put_number(GVariantDict *dict, const char *key, guint32 number)
{
    g_variant_dict_insert(dict, key, "u", number);
}

static void
put_count(GVariantDict *dict, const char *key, guint64 count)
{
    g_variant_dict_insert(dict, key, "t", count);
}

static void
put_keys(GVariantDict *dict, const GreTunnelOptions *options)
{
    if (options->has_input_key)
        put_number(dict, "input-key", options->input_key);
    if (options->has_output_key)
        put_number(dict, "output-key", options->output_key);
}

/* ---- the tunnel ---- */

static void
put_mtu(GVariantDict *dict, const GreConnectionView *view)
{
    const GreMtuParts *parts = &view->parts;
    const struct {
        const char *name;
        guint       bytes;
    } rows[] = {
        { "outer IP", parts->outer_ip }, { "UDP", parts->udp },
        { "ESP", parts->esp_header },    { "IV", parts->esp_iv },
        { "inner IP", parts->inner_ip }, { "padding and ICV", parts->esp_trailer_max },
        { "GRE", parts->gre },           { "Ethernet", parts->ethernet },
    };
    GVariantBuilder builder;

    if (view->mtu == 0)
        return;
    put_number(dict, "mtu", view->mtu);
    put_bool(dict, "mtu-set", view->mtu_is_set);
    put_number(dict, "mtu-underlay", view->underlay->mtu);
    if (parts->outer_ip == 0)
        return; /* nothing negotiated yet */
    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(su)"));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].bytes > 0)
            g_variant_builder_add(&builder, "(su)", rows[i].name, rows[i].bytes);
    g_variant_dict_insert_value(dict, "mtu-parts", g_variant_builder_end(&builder));
}

static void
put_device(const Request *request, GVariantDict *dict, const char *ifname)
{
    GreDeviceInfo info;

    if (!gre_device_info(request->engine->netlink, 0, ifname, &info))
        return;
    put_text(dict, "device", info.ifname);
    put_count(dict, "rx-bytes", info.rx_bytes);
    put_count(dict, "rx-packets", info.rx_packets);
    put_count(dict, "tx-bytes", info.tx_bytes);
    put_count(dict, "tx-packets", info.tx_packets);
}

static void
put_barrier(GVariantDict *dict, const GreBarriersView *barrier)
{
    put_bool(dict, "barrier", barrier->stands);
    put_bool(dict, "barrier-table", barrier->in_table);
    if (barrier->restored == 0)
        return;
    put_number(dict, "barrier-restored", barrier->restored);
    g_variant_dict_insert(dict, "barrier-restored-time", "x", barrier->restored_at);
}

static void
put_connection(const Request *request, GVariantDict *dict, const GreConnectionView *view)
{
    put_text(dict, "mode", gre_profile_mode_name(view->mode, view->ethernet));
    put_address(dict, "local", &view->local);
    put_address(dict, "remote", &view->remote);
    put_text(dict, "underlay", view->underlay->ifname);
    put_keys(dict, view->options);
    put_mtu(dict, view);
    if (view->mode != GRE_MODE_XFRM)
        put_barrier(dict, &view->barrier);
}

/* ---- IPsec ---- */

static void
put_ike(GVariantDict *dict, const GreIkeSa *ike)
{
    put_number(dict, "ike-version", ike->version);
    put_text(dict, "local-id", ike->local_id);
    put_text(dict, "remote-id", ike->remote_id);
    put_text(dict, "ike-algorithms", ike->algorithms);
    put_count(dict, "ike-age", ike->age);
    put_number(dict, "ike-rekey", (guint32) ike->rekey);
    put_bool(dict, "nat-local", ike->nat_local);
    put_bool(dict, "nat-remote", ike->nat_remote);
}

static void
put_counters(const Request *request, GVariantDict *dict, const GreChildSa *child)
{
    static const char *const keys[] = {
        "spi-in", "spi-out", "sa-bytes-in", "sa-packets-in", "sa-bytes-out", "sa-packets-out", NULL
    };

    if (request->uid != 0) {
        g_variant_dict_insert(dict, "hidden", "^as", keys);
        return;
    }
    put_number(dict, "spi-in", child->spi_in);
    put_number(dict, "spi-out", child->spi_out);
    put_count(dict, "sa-bytes-in", child->bytes_in);
    put_count(dict, "sa-packets-in", child->packets_in);
    put_count(dict, "sa-bytes-out", child->bytes_out);
    put_count(dict, "sa-packets-out", child->packets_out);
}

static void
put_child(const Request *request, GVariantDict *dict, const GreChildSa *child)
{
    g_autofree char *size =
        child->encr_keysize ? g_strdup_printf("-%u", child->encr_keysize) : NULL;
    g_autofree char *algorithms =
        g_strconcat(child->encr_alg ? child->encr_alg : "?", size ? size : "",
                    child->integ_alg ? "/" : "", child->integ_alg, NULL);

    put_text(dict, "esp-algorithms", algorithms);
    put_text(dict, "esp-mode", child->tunnel_mode ? "tunnel" : "transport");
    put_bool(dict, "encap", child->encap);
    put_count(dict, "esp-age", child->age);
    put_number(dict, "esp-rekey", (guint32) child->rekey);
    put_counters(request, dict, child);
}

static const char *
sa_state(const Request *request, const GreSaList *list, const GreChildSa *child)
{
    if (!request->lists)
        return "unknown";
    if (child)
        return "established";
    return list && list->ike->len ? "connecting" : "none";
}

static void
put_sa(const Request *request, GVariantDict *dict, const char *peer)
{
    const GreSaList *list =
        peer && request->lists ? g_hash_table_lookup(request->lists, peer) : NULL;
    const GreChildSa *child = list ? gre_sa_list_child(list) : NULL;

    put_text(dict, "sa", sa_state(request, list, child));
    if (!child)
        return;
    put_ike(dict, gre_sa_list_ike_of(list, child));
    put_child(request, dict, child);
}

static void
put_counts(GVariantDict *dict, const GrePeerCounts *counts)
{
    put_count(dict, "ike-rekeyed", counts->ike_rekeyed);
    put_count(dict, "esp-rekeyed", counts->esp_rekeyed);
    put_count(dict, "rekeys-refused", counts->rekeys_refused);
}

static void
put_ipsec(const Request           *request,
          GVariantDict            *dict,
          const GreProfile        *profile,
          const GreConnectionView *view)
{
    static const char *const names[] = { "no", "psk", "pubkey" }; /* by GreIpsec */

    put_text(dict, "ipsec", names[profile->ipsec.method]);
    if (profile->ipsec.method == GRE_IPSEC_NO)
        return;
    put_sa(request, dict, view->peer);
    if (view->counts)
        put_counts(dict, view->counts);
}

/* ---- profiles ---- */

static void
put_history(const Request *request, GVariantDict *dict, const char *uuid, const char *state)
{
    const GreHistoryEntry *entry = gre_history_lookup(request->history, uuid);

    put_text(dict, "state", state);
    if (entry && g_strcmp0(entry->state, state) == 0)
        g_variant_dict_insert(dict, "since", "x", entry->since);
    if (!entry || !entry->failure)
        return;
    put_text(dict, "failure", entry->failure);
    put_text(dict, "failure-kind", entry->failure_kind);
    g_variant_dict_insert(dict, "failure-time", "x", entry->failure_time);
}

/* The newest connection of that profile, which is the one that NetworkManager knows. */
static const GreConnection *
find_connection(const Request *request, const char *uuid)
{
    const GreConnection *found = NULL;

    for (GList *l = request->engine->connections; l; l = l->next)
        if (g_strcmp0(gre_connection_profile(l->data)->uuid, uuid) == 0)
            found = l->data;
    return found;
}

static gboolean
may_see(const Request *request, const GreKnownProfile *profile)
{
    return request->uid == 0 || gre_permissions_include(profile->users, request->user);
}

static void
finish(Request *request, GVariantDict *dict)
{
    g_ptr_array_add(request->tunnels, g_variant_ref_sink(g_variant_dict_end(dict)));
}

static void
put_active(const Request *request, GVariantDict *dict, const GreConnection *connection)
{
    const GreProfile *profile = gre_connection_profile(connection);
    GreConnectionView view;

    gre_connection_view(connection, &view);
    put_bool(dict, "wanted", view.state != GRE_STATE_STOPPING);
    put_text(dict, "remote-name", profile->remote_name);
    if (view.prepared)
        put_connection(request, dict, &view);
    if (view.device)
        put_device(request, dict, view.device->ifname);
    put_ipsec(request, dict, profile, &view);
    put_text(dict, "warning", view.warning);
    put_history(request, dict, profile->uuid, gre_connection_fsm_state_name(view.state));
}

static void
put_down(const Request *request, GVariantDict *dict, const char *uuid)
{
    const char *problem;

    put_bool(dict, "wanted", gre_restart_wants(request->restart, uuid, &problem));
    put_history(request, dict, uuid, "down");
    put_text(dict, "warning", problem);
}

static void
put_profile(GVariantDict *dict, const GreKnownProfile *profile, const char *kind)
{
    put_number(dict, "version", GRE_STATUS_VERSION);
    put_text(dict, "id", profile->id);
    put_text(dict, "uuid", profile->uuid);
    put_text(dict, "kind", kind);
}

static void
add_vpn(const GreKnownProfile *profile, gpointer data)
{
    Request             *request = data;
    const GreConnection *connection;
    GVariantDict         dict;

    if (profile->kind != GRE_KNOWN_VPN || !may_see(request, profile))
        return;
    connection = find_connection(request, profile->uuid);
    g_variant_dict_init(&dict, NULL);
    put_profile(&dict, profile, "vpn");
    if (connection)
        put_active(request, &dict, connection);
    else
        put_down(request, &dict, profile->uuid);
    finish(request, &dict);
}

/* The profile's data of a tunnel that is not protected now. */
static void
put_native(const Request *request, GVariantDict *dict, const GreNative *native)
{
    put_text(dict, "mode", gre_native_mode_name(native->mode));
    put_address(dict, "local", &native->local);
    put_address(dict, "remote", &native->remote);
    put_keys(dict, &native->options);
    if (native->mtu) {
        put_number(dict, "mtu", native->mtu);
        put_bool(dict, "mtu-set", TRUE);
    }
    if (native->ifname)
        put_device(request, dict, native->ifname);
}

static void
add_native(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    Request             *request = data;
    const GreConnection *connection = find_connection(request, companion->uuid);
    const char          *path;
    GVariantDict         dict;

    if (!may_see(request, tunnel) || !may_see(request, companion))
        return;
    g_variant_dict_init(&dict, NULL);
    put_profile(&dict, tunnel, "native");
    put_text(&dict, "companion-id", companion->id);
    put_text(&dict, "companion-uuid", companion->uuid);
    if (connection)
        put_active(request, &dict, connection);
    else {
        GreBarriersView barrier;
        gboolean up = gre_nm_active_state(gre_guard_active(request->guard), tunnel->uuid, &path) ==
                      GRE_ACTIVE_ACTIVATED;

        put_bool(&dict, "wanted", up);
        put_native(request, &dict, tunnel->tunnel);
        gre_guard_view_barrier(request->guard, companion, tunnel, &barrier);
        put_barrier(&dict, &barrier);
        put_history(request, &dict, companion->uuid, up ? "failed" : "down");
    }
    finish(request, &dict);
}

static int
by_id(gconstpointer a, gconstpointer b)
{
    const char *first = "", *second = "";

    g_variant_lookup(*(GVariant *const *) a, "id", "&s", &first);
    g_variant_lookup(*(GVariant *const *) b, "id", "&s", &second);
    return g_strcmp0(first, second);
}

static void
unref(gpointer variant)
{
    g_variant_unref(variant);
}

GVariant *
gre_status_collect(GreEngine        *engine,
                   const GreGuard   *guard,
                   const GreHistory *history,
                   const GreRestart *restart,
                   uid_t             uid,
                   GHashTable       *lists)
{
    const struct passwd *entry = uid != 0 ? getpwuid(uid) : NULL;
    g_autofree char     *user = entry ? g_strdup(entry->pw_name) : NULL;
    g_autoptr(GPtrArray) tunnels = g_ptr_array_new_with_free_func(unref);
    const GreProfileSet *set = gre_guard_profiles(guard);
    Request              request = {
                     .engine = engine,
                     .guard = guard,
                     .history = history,
                     .restart = restart,
                     .uid = uid,
                     .user = user,
                     .lists = lists,
                     .tunnels = tunnels,
    };
    GVariantBuilder builder;

    gre_profile_set_each(set, add_vpn, &request);
    gre_profile_set_each_protected(set, add_native, &request);
    g_ptr_array_sort(tunnels, by_id);
    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < tunnels->len; i++)
        g_variant_builder_add_value(&builder, tunnels->pdata[i]);
    return g_variant_builder_end(&builder);
}
