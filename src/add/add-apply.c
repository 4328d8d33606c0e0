/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds and removes profiles; what fails half-way is rolled back. */
#include "config.h"

#include "add/add-apply.h"

#include "client/command.h"
#include "client/nm-sync.h"
#include "client/status-client.h"
#include "gre-i18n.h"

#include <signal.h>

#define BARRIER_MS 10000
#define STEP_MS    100

/* ---- secondaries of other profiles ---- */

static gboolean
change_secondary(NMRemoteConnection *remote, const char *uuid, gboolean add, GError **error)
{
    g_autoptr(NMConnection) changed = nm_simple_connection_new_clone(NM_CONNECTION(remote));
    NMSettingConnection *setting = nm_connection_get_setting_connection(changed);
    gboolean             differs;

    differs = add ? nm_setting_connection_add_secondary(setting, uuid)
                  : nm_setting_connection_remove_secondary_by_value(setting, uuid);
    return !differs || gre_nm_sync_update(remote, changed, error);
}

static gboolean
forget(NMClient *client, const char *uuid, GError **error)
{
    const GPtrArray *all = nm_client_get_connections(client);

    for (guint i = 0; i < all->len; i++)
        if (!change_secondary(all->pdata[i], uuid, FALSE, error))
            return FALSE;
    return TRUE;
}

NMRemoteConnection *
gre_add_apply_base(NMClient *client, const char *ifname)
{
    NMDevice           *device = ifname ? nm_client_get_device_by_iface(client, ifname) : NULL;
    NMActiveConnection *active = device ? nm_device_get_active_connection(device) : NULL;
    NMRemoteConnection *base = active ? nm_active_connection_get_connection(active) : NULL;

    return base && !nm_remote_connection_get_unsaved(base) ? base : NULL;
}

/* ---- waiting ---- */

static gboolean
on_step(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Lets libnm hear the news. */
static void
pause_for(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, on_step, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

/* The service's status of the profile, NULL: none. (transfer full) */
static GVariant *
status_of(NMClient *client, NMConnection *connection)
{
    char *names[] = { (char *) nm_connection_get_uuid(connection), NULL };
    g_autoptr(GVariant) all =
        gre_status_client_fetch_sync(nm_client_get_dbus_connection(client), NULL);
    g_autoptr(GVariant) found = all ? gre_status_client_select(all, names) : NULL;

    return found && g_variant_n_children(found) == 1 ? g_variant_get_child_value(found, 0) : NULL;
}

static gboolean
is_blocked(NMClient *client, NMConnection *connection)
{
    g_autoptr(GVariant) status = status_of(client, connection);
    gboolean in_place = FALSE;

    return status && g_variant_lookup(status, "barrier", "b", &in_place) && in_place;
}

/* NetworkManager builds the device before the companion starts; by then GRE must be blocked. */
static gboolean
wait_for_barrier(NMClient *client, NMConnection *tunnel, GError **error)
{
    for (guint ms = 0; ms < BARRIER_MS; ms += STEP_MS) {
        if (is_blocked(client, tunnel))
            return TRUE;
        pause_for(STEP_MS);
    }
    return gre_command_fail(error, GRE_EXIT_FAILED,
                            _("the service doesn't block the new tunnel (see journalctl -b -t "
                              "nm-gre-service)"));
}

/* ---- adding ---- */

typedef struct {
    NMClient           *client;
    const GreAddPlan   *plan;
    NMRemoteConnection *base, *main, *companion;
} Job;

static void
take_back(Job *job)
{
    const char *uuid = nm_connection_get_uuid(job->plan->main);
    g_autoptr(GError) error = NULL;
    gboolean done = TRUE;

    if (job->base)
        done = change_secondary(job->base, uuid, FALSE, &error);
    if (job->main)
        done = gre_nm_sync_delete(job->main, done ? &error : NULL) && done;
    if (job->companion)
        done = gre_nm_sync_delete(job->companion, done ? &error : NULL) && done;
    if (!done)
        gre_command_complain(_("can't roll back: %s"), error->message);
}

static gboolean
add_profiles(Job *job, NMRemoteConnection *base, GError **error)
{
    if (job->plan->companion) {
        job->companion = gre_nm_sync_add(job->client, job->plan->companion, FALSE, error);
        if (!job->companion)
            return FALSE;
    }
    job->main = gre_nm_sync_add(job->client, job->plan->main, FALSE, error);
    if (!job->main)
        return FALSE;
    job->base = base;
    return !base || change_secondary(base, nm_connection_get_uuid(job->plan->main), TRUE, error);
}

/* With the cause as the service knows it. */
static gboolean
bring_up(Job *job, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GVariant) status = NULL;
    const char *failure;

    if (gre_nm_sync_activate(job->client, job->main, &cause))
        return TRUE;
    status = status_of(job->client, job->plan->main);
    if (status && g_variant_lookup(status, "failure", "&s", &failure))
        return gre_command_fail(error, gre_command_exit_of(cause), _("it did not come up: %s"),
                                failure);
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

/* ---- signals ---- */

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

/* From the first change to the last, so that Ctrl-C leaves nothing half-done. */
static void
ignore_signals(struct sigaction before[])
{
    const struct sigaction ignore = { .sa_handler = SIG_IGN };

    for (gsize i = 0; i < G_N_ELEMENTS(ending); i++)
        sigaction(ending[i], &ignore, &before[i]);
}

static void
heed_signals(const struct sigaction before[])
{
    for (gsize i = 0; i < G_N_ELEMENTS(ending); i++)
        sigaction(ending[i], &before[i], NULL);
}

/* ---- all together ---- */

gboolean
gre_add_apply(NMClient *client, const GreAddPlan *plan, NMRemoteConnection *base, GError **error)
{
    Job              job = { .client = client, .plan = plan };
    struct sigaction before[G_N_ELEMENTS(ending)];
    gboolean         done;

    ignore_signals(before);
    done = add_profiles(&job, base, error) &&
           (!plan->companion || wait_for_barrier(client, plan->main, error)) &&
           bring_up(&job, error);
    if (!done)
        take_back(&job);
    heed_signals(before);
    g_clear_object(&job.main);
    g_clear_object(&job.companion);
    return done;
}

/* ---- removing ---- */

gboolean
gre_add_apply_remove(NMClient           *client,
                     NMRemoteConnection *main,
                     GPtrArray          *companions,
                     GError            **error)
{
    g_autofree char *uuid = g_strdup(nm_connection_get_uuid(NM_CONNECTION(main)));

    /* The companion last: its barrier stands as long as the tunnel can send. */
    if (!forget(client, uuid, error) || !gre_nm_sync_deactivate(client, main, error) ||
        !gre_nm_sync_delete(main, error))
        return FALSE;
    for (guint i = 0; i < companions->len; i++)
        if (!gre_nm_sync_delete(companions->pdata[i], error))
            return FALSE;
    return TRUE;
}
