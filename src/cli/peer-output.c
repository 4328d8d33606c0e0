/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects both sides of a tunnel and writes the peer's in a format. */
#include "config.h"

#include "cli/peer-output.h"

#include "cli/local-end.h"
#include "client/command.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "client/status-client.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "keys/keys-client.h"
#include "keys/public-keys.h"
#include "remote/remote-formats.h"

#include <stdio.h>

typedef struct {
    const GrePeerOutput *wish;
    NMClient            *client;
    NMRemoteConnection  *vpn;    /* NULL: the tunnel isn't protected */
    NMRemoteConnection  *tunnel; /* NULL: a VPN profile with a tunnel of its own */
    GreLocalProfile     *local_profile;
    GreLocalKeys        *keys; /* NULL: not ipsec=pubkey */
    GreLocalEnd          end;
} Job;

static void
job_clear(Job *job)
{
    g_clear_object(&job->client);
    g_clear_pointer(&job->local_profile, gre_local_end_free);
    g_clear_pointer(&job->keys, gre_local_keys_free);
}

/* ---- what is wished ---- */

const GreRemoteFormat *
gre_peer_output_find_format(const char *name, const char *option, GError **error)
{
    const GreRemoteFormat *found = name ? gre_remote_formats_find(name) : NULL;
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *all = NULL;

    if (found)
        return found;
    names = g_ptr_array_new();
    for (gsize i = 0; gre_remote_formats_table[i]; i++)
        g_ptr_array_add(names, (gpointer) gre_remote_formats_table[i]->name);
    g_ptr_array_add(names, NULL);
    all = g_strjoinv(", ", (char **) names->pdata);
    gre_command_fail(error, GRE_EXIT_USAGE, _("%s: expected one of %s"), option, all);
    return NULL;
}

static const GrePrefix *
prefixes_of(const GArray *array, gsize *n)
{
    *n = array ? array->len : 0;
    return array ? (const GrePrefix *) (gpointer) array->data : NULL;
}

static void
take_wish(Job *job)
{
    const GrePeerOutput *wish = job->wish;

    job->end.local = wish->local;
    job->end.given = prefixes_of(wish->addresses, &job->end.n_given);
    job->end.behind = prefixes_of(wish->networks, &job->end.n_behind);
    job->end.show_secrets = wish->show_secrets;
}

/* ---- the profiles ---- */

static gboolean
find_profiles(Job *job, const char *wanted, GError **error)
{
    job->client = gre_nm_sync_open(error);
    if (!job->client)
        return FALSE;
    job->vpn = gre_companion_find_vpn(job->client, wanted, NULL);
    if (job->vpn)
        return TRUE;
    job->vpn = gre_companion_find(job->client, wanted);
    if (job->vpn) {
        job->tunnel = gre_companion_tunnel_of(job->client, job->vpn);
        return job->tunnel ||
               gre_command_fail(error, GRE_EXIT_NOT_FOUND,
                                _("the tunnel that the profile protects doesn't exist"));
    }
    job->tunnel = gre_companion_find_tunnel(job->client, wanted, NULL);
    if (job->tunnel) {
        job->vpn = gre_companion_of(job->client, job->tunnel);
        return TRUE;
    }
    gre_companion_find_vpn(job->client, wanted, error); /* fails again and sets the error */
    return FALSE;
}

/* A raw public key, or a certificate in one file with its key, may need the key's password. */
static gboolean
is_in_key_file(NMRemoteConnection *vpn)
{
    g_autoptr(GHashTable) data = gre_companion_get_data((NMConnection *) vpn);

    return g_hash_table_contains(data, "ipsec-private-key") &&
           !g_hash_table_contains(data, "ipsec-cert");
}

static gboolean
read_profiles(Job *job, GError **error)
{
    g_autoptr(GHashTable) secrets = NULL;

    if (job->wish->show_secrets && job->vpn) {
        secrets = gre_nm_sync_get_secrets(job->vpn, error);
        if (!secrets)
            return FALSE;
    } else if (job->vpn && is_in_key_file(job->vpn)) {
        secrets = gre_nm_sync_get_secrets(job->vpn, NULL); /* the file may need no password */
    }
    job->local_profile =
        gre_local_end_new((NMConnection *) job->vpn, (NMConnection *) job->tunnel, secrets, error);
    if (!job->local_profile)
        return FALSE;
    gre_local_end_fill(job->local_profile, &job->end);
    return TRUE;
}

/* ---- what only the running system knows ---- */

/* From the service's status if the tunnel is up. */
static void
ask_service(Job *job, GreAddress *actual)
{
    NMConnection *main = (NMConnection *) (job->tunnel ? job->tunnel : job->vpn);
    g_autoptr(GVariant) all =
        gre_status_client_fetch_sync(nm_client_get_dbus_connection(job->client), NULL);

    for (gsize i = 0; all && i < g_variant_n_children(all); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(all, i);
        const char *text, *state = "";

        if (!gre_status_client_is_named(tunnel, nm_connection_get_uuid(main)))
            continue;
        if (g_variant_lookup(tunnel, "local", "&s", &text))
            gre_address_parse(text, actual);
        if (g_variant_lookup(tunnel, "remote", "&s", &text))
            gre_address_parse(text, &job->end.remote);
        /* Until there is an SA the MTU is the worst case. */
        g_variant_lookup(tunnel, "state", "&s", &state);
        if (g_str_equal(state, "active"))
            g_variant_lookup(tunnel, "mtu", "u", &job->end.mtu);
    }
}

static void
resolve(Job *job)
{
    const GreProfile *profile = job->local_profile->profile;
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    GList *found = g_resolver_lookup_by_name(resolver, profile->remote_name, NULL, NULL);
    int    family = AF_UNSPEC; /* either */

    if (profile->mode_is_set)
        family = profile->mode == GRE_MODE_XFRM ? profile->local.family
                                                : gre_profile_mode_family(profile->mode);
    for (GList *i = found; i && job->end.remote.family == AF_UNSPEC; i = i->next) {
        g_autofree char *text = g_inet_address_to_string(i->data);
        GreAddress       address;

        if (gre_address_parse(text, &address) && (family == AF_UNSPEC || address.family == family))
            job->end.remote = address;
    }
    g_resolver_free_addresses(found);
}

static void
complete(Job *job)
{
    const GreProfile *profile = job->local_profile->profile;
    GreAddress        actual = { .family = AF_UNSPEC };

    ask_service(job, &actual);
    if (profile->remote_name && job->end.remote.family == AF_UNSPEC)
        resolve(job);
    if (profile->local.family != AF_UNSPEC)
        actual = profile->local;
    if (actual.family == AF_UNSPEC)
        gre_local_end_source(profile->remote_name ? &job->end.remote : &profile->remote,
                             profile->parent, &actual);
    job->end.actual = actual;
    if (job->wish->local.family == AF_UNSPEC)
        job->end.local = actual;
    job->end.name = job->wish->name ? job->wish->name : g_get_host_name();
}

/* Read with the rights of the caller; secrets are not passed on from here. */
static gboolean
read_keys(Job *job, GError **error)
{
    const GreProfile *profile = job->local_profile->profile;
    const GreAddress *actual =
        job->end.actual.family != AF_UNSPEC ? &job->end.actual : &job->end.local;
    const GreAddress *remote = profile->remote_name ? &job->end.remote : &profile->remote;
    g_autoptr(GreKeyRequest) request = NULL;

    /* A missing address is the first error to report. */
    if (profile->ipsec.method != GRE_IPSEC_PUBKEY || actual->family == AF_UNSPEC ||
        remote->family == AF_UNSPEC)
        return TRUE;
    request = gre_keys_client_request(&profile->ipsec, actual, remote, NULL);
    job->end.keys = job->keys = gre_public_keys_read(request, error);
    return job->keys != NULL;
}

/* ---- all together ---- */

static gboolean
print(Job *job, GError **error)
{
    g_autoptr(GreRemoteEnd) end = gre_remote_end_new(&job->end, error);
    char *text = end ? gre_remote_formats_write(job->wish->format, end, error) : NULL;

    if (text)
        fputs(text, stdout);
    gre_secret_free_text(text);
    return text != NULL;
}

gboolean
gre_peer_output_print(const char *connection, const GrePeerOutput *wish, GError **error)
{
    Job      job = { .wish = wish };
    gboolean done;

    take_wish(&job);
    done = find_profiles(&job, connection, error) && read_profiles(&job, error);
    if (done) {
        complete(&job);
        done = read_keys(&job, error) && print(&job, error);
    }
    job_clear(&job);
    return done;
}
