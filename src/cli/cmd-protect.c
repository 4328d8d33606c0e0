/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nm-gre protect: creates, changes or links the companion of an ip-tunnel profile. Checks
 * everything first; changes the tunnel's profile last, and rolls the rest back if that fails.
 */
#include "config.h"

#include "client/boot-order.h"
#include "client/command.h"
#include "cli/protect-report.h"
#include "cli/secret-input.h"
#include "client/companion-data.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "gre-i18n.h"
#include "gre-secret.h"

#include <stdio.h>
#include <string.h>

static gboolean json, ask, up;
static char    *psk_file, *persistent, **settings;

static const GOptionEntry options[] = {
    { "psk-file", 'f', 0, G_OPTION_ARG_FILENAME, &psk_file,
      N_("Read the pre-shared key from FILE; \"-\" is standard input"), N_("FILE") },
    { "ask", 'a', 0, G_OPTION_ARG_NONE, &ask, N_("Ask for the pre-shared key on the terminal"),
      NULL },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &settings,
      N_("Set an IPsec property in the companion's vpn.data; \"PROPERTY=\" removes it"),
      N_("PROPERTY=VALUE") },
    { "persistent", 0, 0, G_OPTION_ARG_STRING, &persistent,
      N_("Retry indefinitely (yes, the default), or fail if the peer doesn't answer (no)"),
      "yes|no" },
    { "up", 'u', 0, G_OPTION_ARG_NONE, &up,
      N_("Bring the tunnel up; restart it if it is up unprotected"), NULL },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("Print the result as a JSON object"), NULL },
    { 0 },
};

typedef struct {
    NMClient           *client;
    NMRemoteConnection *tunnel;
    NMRemoteConnection *existing; /* the existing companion, or NULL */
    NMConnection       *before;   /* a copy of it with its secrets */
    NMConnection       *wanted;   /* the companion as it shall be, with its secrets */
    gboolean            differs;  /* whether wanted differs from existing */
    gboolean            is_linked;
    gboolean            was_active;
} Job;

static void
job_clear(Job *job)
{
    g_clear_object(&job->before);
    g_clear_object(&job->wanted);
    g_clear_object(&job->client);
}

/* ---- options ---- */

static gboolean
check_options(GError **error)
{
    g_autoptr(GHashTable) unused = gre_companion_data_new();

    if (ask && psk_file)
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("--ask and --psk-file are mutually exclusive"));
    if (persistent && strcmp(persistent, "yes") != 0 && strcmp(persistent, "no") != 0)
        return gre_command_fail(error, GRE_EXIT_USAGE, _("--persistent: expected yes or no"));
    return gre_companion_data_apply(unused, settings, error);
}

/* The given key, NULL without @error if none was given. */
static char *
read_psk(Job *job, GError **error)
{
    g_autofree char *name = gre_protect_report_name(NM_CONNECTION(job->tunnel));
    g_autofree char *prompt = g_strdup_printf(_("Pre-shared key for %s: "), name);

    if (psk_file)
        return gre_secret_input_read(psk_file, error);
    return ask ? gre_secret_input_ask(prompt, _("Repeat the key: "), error) : NULL;
}

/* ---- the companion: existing and wanted ---- */

/* The companion that is linked, else the only one. */
static gboolean
choose_companion(Job *job, GError **error)
{
    g_autoptr(GPtrArray) all = gre_companion_list(job->client, job->tunnel);
    g_autofree char *name = NULL;

    for (guint i = 0; i < all->len; i++) {
        if (!gre_companion_is_linked(job->tunnel, all->pdata[i]))
            continue;
        job->existing = all->pdata[i];
        job->is_linked = TRUE;
        return TRUE;
    }
    if (all->len > 1) {
        name = gre_protect_report_name(NM_CONNECTION(job->tunnel));
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                _("%u VPN profiles protect %s and none of them is linked to it: "
                                  "run nm-gre unprotect, or delete all but one"),
                                all->len, name);
    }
    job->existing = all->len == 1 ? all->pdata[0] : NULL;
    return TRUE;
}

static gboolean
find(Job *job, const char *name, GError **error)
{
    job->client = gre_nm_sync_open(error);
    job->tunnel = job->client ? gre_companion_find_tunnel(job->client, name, error) : NULL;
    if (!job->tunnel || !choose_companion(job, error))
        return FALSE;
    job->was_active = gre_nm_sync_is_active(job->client, job->tunnel);
    return TRUE;
}

/* libnm's own function is newer than 1.40. */
static gboolean
is_persistent(NMSettingVpn *vpn)
{
    gboolean persists;

    g_object_get(vpn, NM_SETTING_VPN_PERSISTENT, &persists, NULL);
    return persists;
}

/* Sets data, secrets and persistence of job->wanted. @psk: (nullable) */
static gboolean
compose(Job *job, GHashTable *data, GHashTable *secrets, const char *psk, GError **error)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(job->wanted);
    gboolean      persists = job->existing ? is_persistent(vpn) : TRUE;

    if (!gre_companion_data_apply(data, settings, error))
        return FALSE;
    if (!g_hash_table_contains(data, "ipsec"))
        g_hash_table_insert(data, g_strdup("ipsec"), g_strdup("psk"));
    gre_companion_data_drop_secrets(secrets, data);
    if (psk)
        g_hash_table_insert(secrets, g_strdup("ipsec-psk"), g_strdup(psk));
    if (!gre_companion_data_check(nm_connection_get_id(job->wanted),
                                  nm_connection_get_uuid(job->wanted), data, secrets, error))
        return FALSE;
    if (persistent)
        persists = strcmp(persistent, "yes") == 0;
    g_object_set(vpn, NM_SETTING_VPN_PERSISTENT, persists, NULL);
    gre_companion_set_data(job->wanted, data);
    gre_companion_set_secrets(job->wanted, secrets);
    return TRUE;
}

static gboolean
plan_new(Job *job, const char *psk, GError **error)
{
    g_autoptr(GHashTable) data = gre_companion_data_new(),
                          secrets = gre_companion_data_secrets_new();
    const char *tunnel = nm_connection_get_uuid(NM_CONNECTION(job->tunnel));

    job->wanted = gre_companion_new(job->client, job->tunnel);
    job->differs = TRUE;
    g_hash_table_insert(data, g_strdup("protects"), g_strdup(tunnel));
    return compose(job, data, secrets, psk, error);
}

static gboolean
plan_change(Job *job, const char *psk, GError **error)
{
    g_autoptr(GHashTable) data = gre_companion_get_data(NM_CONNECTION(job->existing));
    g_autoptr(GHashTable) old_data = gre_companion_get_data(NM_CONNECTION(job->existing));
    g_autoptr(GHashTable) secrets = gre_nm_sync_get_secrets(job->existing, error);
    g_autoptr(GHashTable) old_secrets = gre_companion_data_secrets_new();
    GHashTableIter iter;
    gpointer       key, value;

    if (!secrets)
        return FALSE;
    g_hash_table_iter_init(&iter, secrets);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(old_secrets, g_strdup(key), g_strdup(value));
    job->before = nm_simple_connection_new_clone(NM_CONNECTION(job->existing));
    gre_companion_set_secrets(job->before, old_secrets);
    job->wanted = nm_simple_connection_new_clone(NM_CONNECTION(job->existing));
    if (!compose(job, data, secrets, psk, error))
        return FALSE;
    job->differs = !gre_companion_data_equal(data, old_data) ||
                   !gre_companion_data_equal(secrets, old_secrets) ||
                   is_persistent(nm_connection_get_setting_vpn(job->before)) !=
                       is_persistent(nm_connection_get_setting_vpn(job->wanted));
    return TRUE;
}

static gboolean
plan(Job *job, GError **error)
{
    GError  *cause = NULL;
    char    *psk = read_psk(job, &cause);
    gboolean done = FALSE;

    if (cause)
        g_propagate_error(error, cause);
    else
        done = job->existing ? plan_change(job, psk, error) : plan_new(job, psk, error);
    gre_secret_free_text(psk);
    return done;
}

/* ---- changes ---- */

static gboolean
has_secrets(NMConnection *connection)
{
    return nm_setting_vpn_get_num_secrets(nm_connection_get_setting_vpn(connection)) > 0;
}

/* An update without secrets would keep the existing ones. */
static gboolean
change_to(Job *job, NMConnection *connection, NMConnection *from, GError **error)
{
    if (!has_secrets(connection) && has_secrets(from) &&
        !gre_nm_sync_clear_secrets(job->client, job->existing, error))
        return FALSE;
    return gre_nm_sync_update(job->existing, connection, error);
}

static gboolean
link_companion(Job *job, NMRemoteConnection *companion, GError **error)
{
    g_autoptr(NMConnection) changed = nm_simple_connection_new_clone(NM_CONNECTION(job->tunnel));

    nm_setting_connection_add_secondary(nm_connection_get_setting_connection(changed),
                                        nm_connection_get_uuid(NM_CONNECTION(companion)));
    return gre_nm_sync_update(job->tunnel, changed, error);
}

static void
take_back(Job *job, NMRemoteConnection *companion)
{
    g_autoptr(GError) error = NULL;
    gboolean done;

    if (!job->existing)
        done = gre_nm_sync_delete(companion, &error);
    else
        done = !job->differs || change_to(job, job->before, job->wanted, &error);
    if (!done)
        gre_command_complain(_("can't roll back: %s"), error->message);
}

static gboolean
apply(Job *job, NMRemoteConnection **companion, GError **error)
{
    gboolean in_memory = nm_remote_connection_get_unsaved(job->tunnel);

    *companion = job->existing;
    if (!job->existing)
        *companion = gre_nm_sync_add(job->client, job->wanted, in_memory, error);
    else if (job->differs && !change_to(job, job->wanted, job->before, error))
        return FALSE;
    if (!*companion)
        return FALSE;
    if (job->is_linked || link_companion(job, *companion, error))
        return TRUE;
    take_back(job, *companion);
    return FALSE;
}

/* ---- report ---- */

static void
warn_of_tunnel(Job *job)
{
    NMSettingIPTunnel *tunnel = nm_connection_get_setting_ip_tunnel(NM_CONNECTION(job->tunnel));
    NMIPTunnelMode     mode = nm_setting_ip_tunnel_get_mode(tunnel);

    if ((mode == NM_IP_TUNNEL_MODE_IP6GRE || mode == NM_IP_TUNNEL_MODE_IP6GRETAP) &&
        !nm_setting_ip_tunnel_get_local(tunnel))
        gre_command_complain(_("warning: NetworkManager can't create a tunnel over IPv6 without "
                               "ip-tunnel.local (it reports \"File exists\")"));
}

static void
warn_of_boot(Job *job)
{
    GreBootOrder order = gre_boot_order_read(nm_client_get_dbus_connection(job->client));
    const char  *text = gre_boot_order_text(order);

    if (text)
        gre_command_complain(_("warning: at boot, the tunnel can send packets in clear text until "
                               "the service starts: %s (%s)"),
                             _(text), gre_boot_order_fix(order));
}

/* Tells when the change takes effect. */
static void
print_next_step(Job *job)
{
    g_autofree char *word = gre_protect_report_word(NM_CONNECTION(job->tunnel));

    if (job->was_active && !job->is_linked)
        printf(_("The tunnel is up, but passes no traffic until its protection is up:\n"
                 "  nmcli connection up %s\n"),
               word);
    else if (job->was_active)
        printf(_("The tunnel is up; to apply the change, run\n"
                 "  nmcli connection up %s\n"),
               word);
    else if (!job->is_linked)
        printf(_("To bring it up, run\n  nmcli connection up %s\n"), word);
}

static void
report_result(Job *job, NMRemoteConnection *companion, const char *result)
{
    g_autofree char *tunnel = gre_protect_report_name(NM_CONNECTION(job->tunnel));
    g_autofree char *name = gre_protect_report_name(NM_CONNECTION(companion));
    const GreReport  report = { result, NM_CONNECTION(job->tunnel), NM_CONNECTION(companion),
                                job->was_active };

    if (json) {
        gre_protect_report_json(&report);
        return;
    }
    if (strcmp(result, "unchanged") == 0)
        printf(_("%s is already protected by %s.\n"), tunnel, name);
    else if (!job->existing)
        printf(_("%s is now protected by the new profile %s.\n"), tunnel, name);
    else if (!job->is_linked)
        printf(_("%s is now protected by the existing profile %s.\n"), tunnel, name);
    else
        printf(_("%s is protected by %s, which has been changed.\n"), tunnel, name);
    if (!up && strcmp(result, "unchanged") != 0)
        print_next_step(job);
}

static gboolean
run(char **arguments, GError **error)
{
    Job                 job = { 0 };
    NMRemoteConnection *companion;
    gboolean            done, changes;

    gre_secret_hide_process();
    done = check_options(error) && find(&job, arguments[0], error) && plan(&job, error);
    changes = done && (job.differs || !job.is_linked);
    done = done && apply(&job, &companion, error);
    if (done) {
        warn_of_tunnel(&job);
        warn_of_boot(&job);
        report_result(&job, companion,
                      !changes       ? "unchanged"
                      : job.existing ? "updated"
                                     : "created");
        fflush(stdout);
    }
    if (done && up && (changes || !job.was_active))
        done = gre_nm_sync_activate(job.client, job.tunnel, error);
    job_clear(&job);
    return done;
}

const GreCommand gre_cmd_protect = {
    .name = "protect",
    .arguments = N_("CONNECTION"),
    .summary = N_("Protect an ip-tunnel profile with IPsec, or change how"),
    .details = N_("CONNECTION is the name or UUID of an ip-tunnel profile of mode gre, ip6gre, "
                  "gretap or ip6gretap.\n"
                  "Its companion, a VPN profile, holds the IPsec properties and secrets; the "
                  "tunnel's profile names it.\n"
                  "Another run changes only what its options give."),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
