/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the path to the peer, and what happened to the probe's packets on it. */
#include "config.h"

#include "doctor/doctor.h"
#include "gre-i18n.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- the route ---- */

/* Gateway and interface of the default route outside the tunnel, as `ip route` arguments. */
static char *
default_route(const GreFacts *f)
{
    g_auto(GStrv) lines = g_strsplit(!f->ip6 && f->routes4 ? f->routes4 : "", "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit_set(lines[i], "\t ", -1);
        struct in_addr gateway;
        char           text[INET_ADDRSTRLEN];

        if (g_strv_length(words) < 8 || g_strcmp0(words[0], f->device) == 0 ||
            !g_str_equal(words[1], "00000000") || !g_str_equal(words[7], "00000000"))
            continue;
        gateway.s_addr = (guint32) strtoul(words[2], NULL, 16);
        inet_ntop(AF_INET, &gateway, text, sizeof text);
        return gateway.s_addr == 0 ? g_strdup_printf("dev %s", words[0])
                                   : g_strdup_printf("via %s dev %s", text, words[0]);
    }
    return g_strdup("via GATEWAY dev INTERFACE");
}

static void
report_loop(const GreFacts *f, GreDiagnosis *out)
{
    char             remote[GRE_ADDRESS_STRLEN];
    g_autofree char *route = default_route(f);
    GreFinding      *finding =
        gre_doctor_add(out, "route-loop", GRE_SEVERITY_ERROR,
                       _("the route to the peer leads through the tunnel itself"));

    gre_address_to_string(&f->remote, remote);
    gre_doctor_evidence(finding, _("packets to %s leave by %s"), remote, f->device);
    gre_doctor_fix(finding, "ip route add %s %s", remote, route);
}

void
gre_doctor_check_route(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding;

    if (f->device && g_strcmp0(f->underlay, f->device) == 0)
        report_loop(f, out);
    else if (f->route_error) {
        finding =
            gre_doctor_add(out, "route", GRE_SEVERITY_ERROR, _("there is no route to the peer"));
        gre_doctor_evidence(finding, "%s", f->route_error);
        gre_doctor_fix(finding, "nmcli device status");
    }
}

void
gre_doctor_check_base(const GreFacts *f, GreDiagnosis *out)
{
    g_autofree char *name = gre_doctor_name(f);
    GreFinding      *finding;

    if (!f->base || f->planned) /* a native tunnel needs none */
        return;
    finding = gre_doctor_add(out, "no-base-connection", GRE_SEVERITY_ERROR,
                             _("NetworkManager has no base connection for the VPN profile"));
    if (!f->underlay)
        gre_doctor_evidence(finding, _("NetworkManager has no active connection with a default "
                                       "route"));
    else if (g_str_equal(f->base, f->underlay))
        gre_doctor_evidence(finding, _("the connection of %s has no default route"), f->underlay);
    else
        gre_doctor_evidence(finding, _("NetworkManager doesn't manage the uplink %s"), f->underlay);
    gre_doctor_fix(finding, "nmcli connection up %s ifname %s", name, f->base);
}

/* ---- keys ---- */

static char *
key_text(gboolean keyed, guint32 key)
{
    return keyed ? g_strdup_printf("%u (0x%x)", key, key) : g_strdup(_("no key"));
}

static gboolean
has_one_key(const GreTunnelOptions *options)
{
    return options->has_input_key == options->has_output_key &&
           (!options->has_input_key || options->input_key == options->output_key);
}

/* @key: NULL for none. One key for both directions stays one key. */
static void
fix_input_key(GreFinding *finding, const GreFacts *f, const char *key)
{
    g_autofree char *name = gre_doctor_name(f);
    const char      *which = has_one_key(&f->options) ? "key" : "input-key";

    if (!f->native && key)
        gre_doctor_fix_property(finding, f, which, "%s", key);
    else if (!f->native)
        gre_doctor_fix(finding, "nmcli connection modify %s -vpn.data %s && nmcli connection up %s",
                       name, which, name);
    else if (has_one_key(&f->options))
        gre_doctor_fix(finding,
                       "nmcli connection modify %s ip-tunnel.input-key '%s' "
                       "ip-tunnel.output-key '%s' && nmcli connection up %s",
                       name, key ? key : "", key ? key : "", name);
    else
        gre_doctor_fix_property(finding, f, which, "'%s'", key ? key : "");
}

/* The peer's packets match no local tunnel. */
static void
report_input_key(const GreFacts *f, GreDiagnosis *out)
{
    const GreProbe  *p = &f->probe;
    g_autofree char *theirs = key_text(p->other_keyed, p->other_key);
    g_autofree char *ours = key_text(f->options.has_input_key, f->options.input_key);
    g_autofree char *number = g_strdup_printf("%u", p->other_key);
    GreFinding      *finding =
        gre_doctor_add(out, "key", GRE_SEVERITY_ERROR, _("the two ends have different GRE keys"));

    gre_doctor_evidence(finding, _("in the peer's packets: %s"), theirs);
    gre_doctor_evidence(finding, _("expected here: %s"), ours);
    fix_input_key(finding, f, p->other_keyed ? number : NULL);
}

/* The peer reports that it has no tunnel for our packets. */
static void
report_output_key(const GreFacts *f, GreDiagnosis *out)
{
    char             remote[GRE_ADDRESS_STRLEN];
    g_autofree char *ours = key_text(f->options.has_output_key, f->options.output_key);
    GreFinding      *finding =
        gre_doctor_add(out, "key", GRE_SEVERITY_ERROR,
                       _("the peer has no tunnel with this GRE key between these two addresses"));

    gre_address_to_string(&f->remote, remote);
    gre_doctor_evidence(finding, _("%s answers GRE packets with ICMP \"port unreachable\""),
                        remote);
    gre_doctor_evidence(finding, _("sent from here: %s"), ours);
    gre_doctor_fix_property(finding, f,
                            has_one_key(&f->options) && !f->native ? "key" : "output-key", "KEY");
}

void
gre_doctor_check_key(const GreFacts *f, GreDiagnosis *out)
{
    const GreProbe *p = &f->probe;

    if (!p->made || p->inner_answered > 0)
        return;
    if (p->gre_other > 0 && p->gre_in == 0)
        report_input_key(f, out);
    else if (p->no_such_tunnel > 0)
        report_output_key(f, out);
}

/* ---- MTU ---- */

void
gre_doctor_check_mtu(const GreFacts *f, GreDiagnosis *out)
{
    const GreProbe *p = &f->probe;
    gboolean        probed = p->mtu_tried > 0 && p->mtu_passed < p->mtu_tried;
    guint           fits = probed ? p->mtu_passed : f->mtu_fits;
    GreFinding     *finding;

    if (!probed && (f->mtu_fits == 0 || f->mtu <= f->mtu_fits))
        return;
    finding = gre_doctor_add(out, "mtu", GRE_SEVERITY_ERROR,
                             _("the tunnel's MTU is too big for the path to the peer"));
    if (probed)
        gre_doctor_evidence(finding, _("pings of %u bytes get no reply, pings of %u bytes do"),
                            p->mtu_tried, p->mtu_passed);
    else
        gre_doctor_evidence(finding, _("the MTU is %u bytes, %u would fit"), f->mtu, f->mtu_fits);
    if (fits > 0)
        gre_doctor_fix_property(finding, f, "mtu", "%u", fits);
}

/* ---- no answer ---- */

static void
see_outer(const GreFacts *f, GreFinding *finding)
{
    char remote[GRE_ADDRESS_STRLEN];

    gre_address_to_string(&f->remote, remote);
    if (f->probe.outer_answered > 0)
        gre_doctor_evidence(finding, _("%s answers pings outside the tunnel"), remote);
    else if (f->probe.outer_sent > 0)
        gre_doctor_evidence(finding, _("%s doesn't answer pings outside the tunnel either"),
                            remote);
}

static void
report_prohibited(const GreFacts *f, GreDiagnosis *out)
{
    char        by[GRE_ADDRESS_STRLEN];
    GreFinding *finding =
        gre_doctor_add(out, "peer-firewall", GRE_SEVERITY_ERROR,
                       _("a firewall on the path or on the peer rejects the tunnel's packets"));

    gre_address_to_string(&f->probe.prohibited_by, by);
    gre_doctor_evidence(finding, _("%s answers with ICMP \"administratively prohibited\""), by);
    gre_doctor_fix(finding,
                   "firewall-cmd --permanent --add-service=gre%s && firewall-cmd "
                   "--reload   # %s",
                   f->ipsec != GRE_IPSEC_NO ? " --add-service=ipsec" : "", by);
}

static void
report_no_esp(const GreFacts *f, GreDiagnosis *out)
{
    GreFinding *finding = gre_doctor_add(out, "no-esp", GRE_SEVERITY_ERROR,
                                         _("the peer answers IKE, but sends no ESP"));

    gre_doctor_evidence(finding, _("the SA is established: %u packets sent, none received"),
                        (guint) f->probe.sa_out);
    see_outer(f, finding);
    if (!f->encap)
        gre_doctor_fix_property(finding, f, "ipsec-encap", "yes");
}

static void
report_silent(const GreFacts *f, GreDiagnosis *out)
{
    char        remote[GRE_ADDRESS_STRLEN];
    GreFinding *finding =
        gre_doctor_add(out, "peer-silent", GRE_SEVERITY_ERROR, _("the peer doesn't answer"));

    gre_address_to_string(&f->remote, remote);
    if (f->failure)
        gre_doctor_evidence(finding, "%s", f->failure);
    else
        gre_doctor_evidence(finding, _("%u pings sent through the tunnel, no GRE packet came back"),
                            f->probe.inner_sent);
    if (f->probe.no_gre > 0)
        gre_doctor_evidence(finding, _("%s reports that it doesn't support GRE"), remote);
    see_outer(f, finding);
    if (f->remote.family != AF_UNSPEC)
        gre_doctor_fix(finding, "tcpdump -ni %s host %s", f->underlay ? f->underlay : "any",
                       remote);
}

static gboolean
is_silent(const GreFacts *f)
{
    const char *kind = f->failure ? gre_doctor_failure_kind(f->failure) : NULL;

    if (g_strcmp0(kind, "peer-silent") == 0)
        return TRUE;
    return f->ipsec == GRE_IPSEC_NO && f->probe.inner_sent > 0 &&
           f->probe.target.family != AF_UNSPEC && f->probe.inner_answered == 0 &&
           f->probe.gre_in == 0;
}

void
gre_doctor_check_silent(const GreFacts *f, GreDiagnosis *out)
{
    const GreProbe *p = &f->probe;

    if (p->inner_answered > 0)
        return;
    if (p->prohibited > 0)
        report_prohibited(f, out);
    else if (f->ipsec != GRE_IPSEC_NO && f->sa && p->sa_out > 0 && p->sa_in == 0)
        report_no_esp(f, out);
    else if (is_silent(f))
        report_silent(f, out);
}
