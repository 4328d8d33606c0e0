/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the doctor, and decides what his answers mean for a new tunnel. */
#include "config.h"

#include "add/add-checks.h"

#include <string.h>
#include <sys/socket.h>

static GreIpsec
method_of(GreAddProof proof)
{
    switch (proof) {
    case GRE_ADD_PROOF_PSK:
        return GRE_IPSEC_PSK;
    case GRE_ADD_PROOF_CERT:
    case GRE_ADD_PROOF_PUBKEY:
        return GRE_IPSEC_PUBKEY;
    case GRE_ADD_PROOF_NONE:
        break;
    }
    return GRE_IPSEC_NO;
}

/* (transfer full) NULL: there is none */
static char *
first_route(const GreAddAnswers *answers)
{
    return answers->routes->len > 0
               ? gre_address_prefix_to_string(&g_array_index(answers->routes, GrePrefix, 0))
               : NULL;
}

gboolean
gre_add_checks_gather(NMClient            *client,
                      const GreAddAnswers *answers,
                      const char          *device,
                      GreFacts            *facts,
                      GError             **error)
{
    g_autofree char    *behind = first_route(answers);
    const GreDoctorPeer peer = {
        .remote = answers->remote,
        .local = answers->local,
        .options = { .has_input_key = answers->has_key,
                     .has_output_key = answers->has_key,
                     .input_key = answers->key,
                     .output_key = answers->key },
        .ipsec = method_of(answers->proof),
        .behind = behind,
        .device = device,
    };

    return gre_doctor_gather_peer(client, &peer, facts, error);
}

/* An alias that every display manager's unit has once it is enabled. */
gboolean
gre_add_checks_is_desktop(void)
{
    return g_file_test("/etc/systemd/system/display-manager.service",
                       G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
}

GreAddKind
gre_add_checks_kind(const GreAddAnswers *answers, const GreFacts *facts, gboolean desktop)
{
    if (answers->kind != GRE_ADD_KIND_AUTO)
        return answers->kind;
    if (facts->base) /* a VPN profile would find no connection to come up on */
        return GRE_ADD_KIND_NATIVE;
    return desktop || facts->remote_name ? GRE_ADD_KIND_VPN : GRE_ADD_KIND_NATIVE;
}

gboolean
gre_add_checks_may_fix(const GreFinding *finding)
{
    static const char *const may[] = {
        "service",
        "unit-disabled",
        "strongswan-missing",
        "strongswan-stopped",
        "strongswan-plugin",
        "firewall",
        "conntrack",
        "forwarding",
        "gre0",
        "rp-filter",
        NULL,
    };

    return finding->fix && g_strv_contains(may, finding->id) && !strstr(finding->fix, "reboot");
}

guint
gre_add_checks_errors(const GreDiagnosis *diagnosis)
{
    guint n = 0;

    for (guint i = 0; i < diagnosis->findings->len; i++)
        n += ((const GreFinding *) diagnosis->findings->pdata[i])->severity == GRE_SEVERITY_ERROR;
    return n;
}
