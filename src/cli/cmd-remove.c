/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre remove: takes a tunnel down and deletes its profiles, with their secrets. */
#include "config.h"

#include "add/add-apply.h"
#include "cli/add-ask.h"
#include "cli/protect-report.h"
#include "client/command.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "gre-i18n.h"

#include <stdio.h>

static gboolean yes, dry_run;

static const GOptionEntry options[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Ask nothing"), NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, N_("Change nothing, show what would change"),
      NULL },
    { 0 },
};

/* The tunnel's own profile; @name may be its companion's. (transfer none) */
static NMRemoteConnection *
find(NMClient *client, const char *name, GError **error)
{
    NMRemoteConnection *companion = gre_companion_find(client, name);
    NMRemoteConnection *found = gre_companion_find_vpn(client, name, NULL);

    if (found)
        return found;
    if (!companion)
        found = gre_companion_find_tunnel(client, name, NULL);
    else
        found = gre_companion_tunnel_of(client, companion);
    if (found)
        return found;
    if (companion)
        gre_command_fail(error, GRE_EXIT_NOT_FOUND,
                         _("the tunnel that \"%s\" protects doesn't exist"), name);
    else
        gre_companion_find_vpn(client, name, error); /* fails again and sets the error */
    return NULL;
}

/* The names of the profiles, as sentences have them. */
static GPtrArray *
names_of(NMRemoteConnection *main, GPtrArray *companions)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(names, gre_protect_report_name(NM_CONNECTION(main)));
    for (guint i = 0; i < companions->len; i++)
        g_ptr_array_add(names, gre_protect_report_name(companions->pdata[i]));
    g_ptr_array_add(names, NULL);
    return names;
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(NMClient) client = gre_nm_sync_open(error);
    NMRemoteConnection *main = client ? find(client, arguments[0], error) : NULL;
    g_autoptr(GPtrArray) companions = main ? gre_companion_list(client, main) : NULL;
    g_autoptr(GPtrArray) names = main ? names_of(main, companions) : NULL;
    g_autofree char *all = main ? g_strjoinv(", ", (char **) names->pdata) : NULL;
    g_autofree char *question = NULL;

    if (!main)
        return FALSE;
    if (dry_run) {
        printf(_("These profiles would be deleted, with their secrets: %s\n"), all);
        return TRUE;
    }
    question = g_strdup_printf(_("Take %s down and delete the profiles: %s? [Y/n] "),
                               (const char *) names->pdata[0], all);
    if (!gre_add_ask_agreed(question, yes, error) ||
        !gre_add_apply_remove(client, main, companions, error))
        return FALSE;
    printf(_("Deleted, with their secrets: %s\n"), all);
    return TRUE;
}

const GreCommand gre_cmd_remove = {
    .name = "remove",
    .arguments = N_("CONNECTION"),
    .summary = N_("Undo add: take a tunnel down and delete its profiles and secrets"),
    .details = N_("CONNECTION is the name or UUID of a VPN profile of type gre, of an ip-tunnel "
                  "profile, or of its companion."),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
