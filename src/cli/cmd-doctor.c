/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre doctor: finds why a tunnel doesn't pass traffic. */
#include "config.h"

#include "client/command.h"
#include "client/nm-sync.h"
#include "doctor/doctor-gather.h"
#include "doctor/doctor-report.h"
#include "gre-i18n.h"

#include <stdio.h>

static gboolean json;
static char    *peer;

static const GOptionEntry options[] = {
    { "peer", 0, 0, G_OPTION_ARG_STRING, &peer,
      N_("Check this machine for a tunnel to a peer, before there is a profile"), N_("ADDRESS") },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &json, N_("Print the findings as a JSON object"), NULL },
    { 0 },
};

/* Returns: whether there are no findings. */
static gboolean
report(const GreFacts *facts, GError **error)
{
    g_autoptr(GreDiagnosis) diagnosis = gre_doctor_diagnose(facts);
    guint            n = diagnosis->findings->len;
    g_autofree char *text =
        json ? gre_doctor_report_json(facts, diagnosis)
             : gre_doctor_report_text(facts, diagnosis, gre_command_width(), gre_command_colour());

    fputs(text, stdout);
    if (n == 0)
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_FINDINGS,
                            N_PLURAL("%u problem with \"%s\"", "%u problems with \"%s\"", n), n,
                            facts->id);
}

static gboolean
gather(NMClient *client, const char *name, GreFacts *facts, GError **error)
{
    const GreDoctorPeer wish = { .remote = peer, .ipsec = GRE_IPSEC_PSK };

    return peer ? gre_doctor_gather_peer(client, &wish, facts, error)
                : gre_doctor_gather(client, name, facts, error);
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(NMClient) client = NULL;
    GreFacts facts = { 0 };
    gboolean good;

    if (!arguments[0] == !peer)
        return gre_command_fail(error, GRE_EXIT_USAGE, _("doctor needs a CONNECTION or --peer"));
    client = gre_nm_sync_open(error);
    good = client && gather(client, arguments[0], &facts, error) && report(&facts, error);
    gre_doctor_facts_clear(&facts);
    return good;
}

const GreCommand gre_cmd_doctor = {
    .name = "doctor",
    .arguments = N_("[CONNECTION]"),
    .summary = N_("Find out why a tunnel doesn't pass traffic"),
    .details = N_("CONNECTION is the name or UUID of a VPN profile of type gre, of an ip-tunnel "
                  "profile, or of its companion. The command changes nothing and sends a few "
                  "pings. Some checks need root."),
    .options = options,
    .most = 1,
    .run = run,
};
