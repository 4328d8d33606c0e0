/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the service, strongSwan, and the peer's IKE answers as the service's last failure reports
 * them. */
#include "config.h"

#include "client/text.h"
#include "doctor/doctor.h"
#include "gre-i18n.h"
#include "gre-strongswan.h"
#include "gre-transform.h"

#include <string.h>

/* ---- profile and service ---- */

void
gre_doctor_check_profile(const GreFacts *f, GreDiagnosis *out)
{
    g_autofree char *name = gre_doctor_name(f);
    GreFinding      *finding;

    if (!f->profile_error)
        return;
    finding = gre_doctor_add(out, "profile", GRE_SEVERITY_ERROR,
                             _("the profile is invalid and can't come up"));
    gre_doctor_evidence(finding, "%s", f->profile_error);
    gre_doctor_fix(finding, "nmcli connection edit %s", name);
}

void
gre_doctor_check_service(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding;

    if (!f->service_error || (f->native && f->ipsec == GRE_IPSEC_NO))
        return;
    finding = gre_doctor_add(out, "service", GRE_SEVERITY_ERROR, _("the service doesn't answer"));
    gre_doctor_evidence(finding, "%s", f->service_error);
    gre_doctor_fix(finding, "systemctl restart nm-gre.service");
}

/* A VPN's device is the service's own: it can't be there before the service. */
void
gre_doctor_check_boot_order(const GreFacts *f, GreDiagnosis *out)
{
    const char *text = gre_boot_order_text(f->boot_order);
    GreFinding *finding;

    if ((!f->native && !f->planned) || f->ipsec == GRE_IPSEC_NO || !text)
        return;
    finding = gre_doctor_add(out, "unit-disabled", GRE_SEVERITY_WARNING,
                             _("at boot, the tunnel can send packets in clear text until the "
                               "service starts"));
    gre_doctor_evidence(finding, "%s", _(text));
    gre_doctor_fix(finding, "%s", gre_boot_order_fix(f->boot_order));
}

/* ---- strongSwan ---- */

void
gre_doctor_check_daemon(const GreFacts *f, GreDiagnosis *out)
{
    const GreStrongswanSystem *system = gre_strongswan_system(f->os);
    GreFinding                *finding;

    /* With an SA, the service has found a daemon in a place that only its own options name. */
    if (f->ipsec == GRE_IPSEC_NO || !f->charon_error || f->sa)
        return;
    finding = gre_doctor_add(
        out, f->charon_missing ? "strongswan-missing" : "strongswan-stopped", GRE_SEVERITY_ERROR,
        f->charon_missing ? _("strongSwan is not installed") : _("strongSwan is not running"));
    gre_doctor_evidence(finding, "%s", f->charon_error);
    if (!f->charon_missing)
        gre_doctor_fix(finding, "systemctl enable --now %s", f->charon_unit);
    else if (system->install)
        gre_doctor_fix(finding, "%s", system->install);
}

/* Features that charon needs, and the strongSwan 5.9 and 6.0 plugins that provide them. */
static const struct {
    GreIpsec    least; /* the first method that needs it */
    const char *plugins;
} needed[] = {
    { GRE_IPSEC_PSK, "kernel-netlink" },
    { GRE_IPSEC_PSK, "socket-default socket-dynamic" },
    { GRE_IPSEC_PSK, "nonce" },
    { GRE_IPSEC_PSK, "openssl curve25519 gmp gcrypt botan wolfssl" },
    { GRE_IPSEC_PSK, "openssl hmac gcrypt botan wolfssl" },
    { GRE_IPSEC_PUBKEY, "openssl gmp gcrypt botan wolfssl" },
    { GRE_IPSEC_PUBKEY, "pem" },
    { GRE_IPSEC_PUBKEY, "pkcs1 pkcs8 openssl botan wolfssl" },
};

static gboolean
has_one_of(const GreFacts *f, const char *plugins)
{
    g_auto(GStrv) names = g_strsplit(plugins, " ", -1);

    for (guint i = 0; names[i]; i++)
        if (g_strv_contains((const char *const *) f->plugins, names[i]))
            return TRUE;
    return FALSE;
}

void
gre_doctor_check_plugins(const GreFacts *f, GreDiagnosis *out)
{
    g_autofree char *there = f->plugins ? g_strjoinv(" ", f->plugins) : NULL;
    GreFinding      *finding;

    for (gsize i = 0; there && f->ipsec != GRE_IPSEC_NO && i < G_N_ELEMENTS(needed); i++) {
        g_auto(GStrv) names = g_strsplit(needed[i].plugins, " ", -1);

        if (f->ipsec < needed[i].least || has_one_of(f, needed[i].plugins))
            continue;
        finding = gre_doctor_add(out, "strongswan-plugin", GRE_SEVERITY_ERROR,
                                 names[1] ? _("strongSwan lacks a plugin, one of: %s")
                                          : _("strongSwan lacks the plugin %s"),
                                 needed[i].plugins);
        gre_doctor_evidence(finding, _("loaded plugins: %s"), there);
        gre_doctor_fix(finding,
                       "sed -i 's/load = no/load = yes/' %s/strongswan.d/charon/%s.conf && "
                       "systemctl restart %s",
                       f->charon_dir, names[0], f->charon_unit);
        return; /* covers other missing plugins */
    }
}

/* ---- the barrier ---- */

void
gre_doctor_check_barrier(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding;

    if (f->no_barrier) {
        finding = gre_doctor_add(out, "barrier", GRE_SEVERITY_ERROR,
                                 _("the barrier is not in place: GRE can pass outside ESP"));
        gre_doctor_evidence(finding, _("the service says so; its journal has the cause"));
        gre_doctor_fix(finding, "systemctl restart nm-gre.service");
    }
    if (f->restored > 0) {
        g_autofree char *ago = gre_text_duration(f->restored_ago);

        finding = gre_doctor_add(out, "flushed", GRE_SEVERITY_WARNING,
                                 _("another program removes IPsec policies from the kernel that "
                                   "are not its own"));
        /* Translators: the number, then a duration like "3 min 5 s". */
        gre_doctor_evidence(finding,
                            _("the service had to install the barrier again: %u×, last %s ago"),
                            f->restored, ago);
        gre_doctor_fix(finding, "journalctl -b -t nm-gre-service | grep 'another program'");
    }
}

/* ---- the peer's answer ---- */

/* Maps texts of charon-log.c and of the engine to finding ids. The first match counts. "": another
 * check finds the cause itself. */
static const struct {
    const char *text, *kind;
} kinds[] = {
    { "a rekey was refused", "rekey" },
    { "has no IKEv1", "ike-version" },
    { "no socket to send from", "" },
    { "no answer from the peer", "peer-silent" },
    { "the peer refused our authentication", "psk" },
    { "wrong pre-shared key", "psk" },
    { "traffic selector", "selector" },
    { "identity", "identity" },
    { "has no configuration for us yet", "proposal" },
    { "transport mode only", "mode" },
    { "mode instead of", "mode" },
    { "proposal", "proposal" },
    { "strongSwan is not", "" },
    { "can't be reached", "" },
    { "same endpoints", "" },
};

const char *
gre_doctor_failure_kind(const char *failure)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strstr(failure, kinds[i].text))
            return kinds[i].kind;
    return NULL;
}

static void
see_identities(const GreFacts *f, GreFinding *finding)
{
    char local[GRE_ADDRESS_STRLEN], remote[GRE_ADDRESS_STRLEN];

    gre_doctor_evidence(finding, _("local identity \"%s\", expected remote identity \"%s\""),
                        f->local_id ? f->local_id : gre_address_to_string(&f->local, local),
                        f->remote_id ? f->remote_id : gre_address_to_string(&f->remote, remote));
}

static void
report_psk(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding =
        gre_doctor_add(out, "psk", GRE_SEVERITY_ERROR,
                       _("the two ends have different pre-shared keys (or identities)"));
    g_autofree char *name = gre_doctor_name(f);

    gre_doctor_evidence(finding, "%s", f->failure);
    see_identities(f, finding);
    if (f->native)
        gre_doctor_fix(finding, "nm-gre protect %s --ask --up", name);
    else
        gre_doctor_fix(finding,
                       /* Without the key as an argument, which everyone could see. NetworkManager
                        * neither asks for a key that it has, nor forgets it by "modify
                        * -vpn.secrets". */
                       "printf '%%s\\n' 'set vpn.secrets ipsec-psk=KEY' 'save persistent' quit | "
                       "nmcli connection edit %s && nmcli connection up %s",
                       name, name);
}

static void
report_identity(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding = gre_doctor_add(out, "identity", GRE_SEVERITY_ERROR,
                                         _("the peer's identity is not the expected one"));

    gre_doctor_evidence(finding, "%s", f->failure);
    see_identities(f, finding);
    gre_doctor_fix_property(finding, f, "ipsec-remote-id", "IDENTITY");
}

static void
report_proposal(const GreFacts *f, GreDiagnosis *out)
{
    gboolean    esp = strstr(f->failure, "ESP") != NULL;
    GreFinding *finding =
        gre_doctor_add(out, "proposal", GRE_SEVERITY_ERROR,
                       esp ? _("local host and peer have no ESP algorithms in common")
                           : _("local host and peer have no IKE algorithms in common, or the peer "
                               "has no configuration for this host"));

    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix_property(finding, f, esp ? "ipsec-esp-proposals" : "ipsec-ike-proposals",
                            "aes256-sha256-modp2048");
}

/* The peer's proposals in "… (the peer's: …; ours: …)", as a profile has them; NULL: unknown. */
static char *
peers_proposal(const char *failure)
{
    static const char start[] = "(the peer's: ";
    const char       *theirs = strstr(failure, start), *end;
    g_autofree char  *text = NULL;

    end = theirs ? strstr(theirs, "; ours: ") : NULL;
    if (!end)
        return NULL;
    theirs += strlen(start);
    text = g_strndup(theirs, (gsize) (end - theirs));
    return gre_transform_keywords(text);
}

static void
report_rekey(const GreFacts *f, GreDiagnosis *out)
{
    gboolean         esp = strstr(f->failure, "ESP") != NULL;
    g_autofree char *theirs = peers_proposal(f->failure);
    GreFinding      *finding =
        gre_doctor_add(out, "rekey", GRE_SEVERITY_WARNING,
                       _("local host and peer can't renew the SA: traffic stops when it expires"));

    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix_property(finding, f, esp ? "ipsec-esp-proposals" : "ipsec-ike-proposals", "%s",
                            theirs ? theirs : "aes256-sha256-modp2048");
}

static void
report_selector(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding = gre_doctor_add(
        out, "selector", GRE_SEVERITY_ERROR,
        _("the peer's traffic selectors don't match GRE between these two addresses"));
    g_autofree char *name = gre_doctor_name(f);

    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix(finding, "nm-gre status %s", name);
}

static void
report_version(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding = gre_doctor_add(out, "ike-version", GRE_SEVERITY_ERROR,
                                         _("strongSwan on this machine has no IKEv1"));

    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix_property(finding, f, "ipsec-ike-version", "2");
}

/* Of a peer that wants the other mode, or may want it. */
static void
report_mode(const GreFacts *f, GreDiagnosis *out)
{
    gboolean    tunnel = strstr(f->failure, "tunnel mode instead of transport mode") != NULL;
    GreFinding *finding =
        gre_doctor_add(out, "mode", GRE_SEVERITY_ERROR,
                       tunnel ? _("the peer refuses ESP in transport mode")
                              : _("the peer refuses ESP in tunnel mode, or has no ESP algorithm in "
                                  "common with the local host"));

    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix_property(finding, f, "ipsec-mode", "%s", tunnel ? "tunnel" : "transport");
}

void
gre_doctor_check_authentication(const GreFacts *f, GreDiagnosis *out)
{
    static const struct {
        const char *kind;
        void (*report)(const GreFacts *f, GreDiagnosis *out);
    } reports[] = {
        { "psk", report_psk },           { "identity", report_identity },
        { "proposal", report_proposal }, { "rekey", report_rekey },
        { "selector", report_selector }, { "ike-version", report_version },
        { "mode", report_mode },
    };
    const char *kind = f->failure ? gre_doctor_failure_kind(f->failure) : NULL;

    for (gsize i = 0; kind && i < G_N_ELEMENTS(reports); i++)
        if (g_str_equal(reports[i].kind, kind))
            reports[i].report(f, out);
}

void
gre_doctor_check_failure(const GreFacts *f, GreDiagnosis *out)
{
    g_autofree char *name = gre_doctor_name(f);
    GreFinding      *finding;

    if (!f->failure || gre_doctor_failure_kind(f->failure))
        return;
    finding = gre_doctor_add(out, "failure", GRE_SEVERITY_ERROR,
                             _("the tunnel failed for another reason"));
    gre_doctor_evidence(finding, "%s", f->failure);
    gre_doctor_fix(finding, "journalctl -b -t nm-gre-service | grep -F %s", name);
}
