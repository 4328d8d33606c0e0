/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether the local firewall drops what the tunnel needs: GRE, and with IPsec ESP and
 * IKE. */
#include "config.h"

#include "doctor/doctor.h"
#include "gre-i18n.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    guint8      protocol;
    guint16     port;
    const char *name;    /* for the user; not translated, like the names of the protocols */
    const char *service; /* of firewalld */
    const char *nft;     /* the match that accepts it */
    const char *iptables;
} Kind;

static const Kind kinds[] = {
    { IPPROTO_GRE, 0, "GRE (IP protocol 47)", "gre", "meta l4proto gre", "-p gre" },
    { IPPROTO_ESP, 0, "ESP (IP protocol 50)", "ipsec", "meta l4proto esp", "-p esp" },
    { IPPROTO_UDP, 500, "IKE (UDP port 500)", "ipsec", "udp dport 500", "-p udp --dport 500" },
    { IPPROTO_UDP, 4500, "IKE (UDP port 4500)", "ipsec", "udp dport 4500", "-p udp --dport 4500" },
};

static gboolean
is_needed(const GreFacts *f, const Kind *kind)
{
    if (kind->protocol == IPPROTO_GRE)
        return !f->xfrm;
    return f->ipsec != GRE_IPSEC_NO && !(kind->protocol == IPPROTO_ESP && f->encap);
}

static GrePacket
packet_of(const GreFacts *f, const Kind *kind, gboolean out, const char *state)
{
    return (GrePacket){ .out = out,
                        .interface = f->underlay,
                        .source = out ? f->local : f->remote,
                        .destination = out ? f->remote : f->local,
                        .protocol = kind->protocol,
                        .sport = kind->port,
                        .dport = kind->port,
                        .ipsec = kind->protocol == IPPROTO_GRE && f->ipsec != GRE_IPSEC_NO,
                        .state = state };
}

/* iptables first: nft can't show everything that iptables-nft created. */
static gboolean
is_dropped(const GreFacts *f, const GrePacket *packet, GreDrop *drop)
{
    const char *const saved[] = { f->ip6 ? f->ip6tables : f->iptables,
                                  f->ip6 ? f->legacy6 : f->legacy };

    for (gsize i = 0; i < G_N_ELEMENTS(saved); i++)
        if (saved[i] && gre_firewall_iptables(saved[i], packet, drop))
            return TRUE;
    return f->nft && gre_firewall_nft(f->nft, packet, drop);
}

/* ---- one finding for all drops in a direction ---- */

typedef struct {
    const GreFacts *facts;
    gboolean        out;
    GreFinding     *finding;
    GString        *names, *fix;
    gboolean        always; /* also drops packets of connections that conntrack knows */
} Report;

static void
add_command(Report *r, const Kind *kind, const GreDrop *drop)
{
    char             text[GRE_ADDRESS_STRLEN];
    const char      *remote = gre_address_to_string(&r->facts->remote, text);
    g_autofree char *service = g_strdup_printf(" --add-service=%s", kind->service);

    if (drop->zone && !r->out) {
        if (r->fix->len == 0)
            g_string_append_printf(r->fix, "firewall-cmd --permanent --zone=%s", drop->zone);
        if (!strstr(r->fix->str, service))
            g_string_append(r->fix, service);
        return;
    }
    g_string_append(r->fix, r->fix->len > 0 ? "; " : "");
    if (drop->iptables)
        g_string_append_printf(r->fix, "%s -I %s -%c %s %s -j ACCEPT",
                               r->facts->ip6 ? "ip6tables" : "iptables", drop->chain,
                               r->out ? 'd' : 's', remote, kind->iptables);
    else
        g_string_append_printf(r->fix, "nft insert rule %s %s %s %s %s %s accept", drop->table,
                               drop->chain, r->facts->ip6 ? "ip6" : "ip",
                               r->out ? "daddr" : "saddr", remote, kind->nft);
}

static void
add_kind(Report *r, const Kind *kind, GreDiagnosis *out)
{
    GrePacket fresh = packet_of(r->facts, kind, r->out, "new");
    GrePacket known = packet_of(r->facts, kind, r->out, "established");
    GreDrop   drop = { 0 }, other = { 0 };

    if (!is_needed(r->facts, kind) || !is_dropped(r->facts, &fresh, &drop))
        return;
    if (is_dropped(r->facts, &known, &other))
        r->always = TRUE;
    if (!r->finding)
        r->finding = gre_doctor_add(out, "firewall", GRE_SEVERITY_WARNING, "%s", "");
    g_string_append_printf(r->names, "%s%s", r->names->len > 0 ? ", " : "", kind->name);
    gre_doctor_evidence(r->finding, _("%s: %s table %s, chain %s: %s"), kind->name,
                        drop.iptables ? "iptables" : "nftables", drop.table, drop.chain, drop.rule);
    add_command(r, kind, &drop);
    gre_firewall_drop_clear(&drop);
    gre_firewall_drop_clear(&other);
}

static void
finish(Report *r)
{
    GreFinding *finding = r->finding;

    if (!finding)
        return;
    if (r->always)
        finding->severity = GRE_SEVERITY_ERROR;
    g_free(finding->what);
    if (r->out)
        finding->what =
            g_strdup_printf(_("the local firewall drops traffic to the peer: %s"), r->names->str);
    else if (r->always)
        finding->what =
            g_strdup_printf(_("the local firewall drops traffic from the peer: %s"), r->names->str);
    else
        finding->what = g_strdup_printf(
            _("the local firewall lets the peer answer, but not initiate: %s"), r->names->str);
    if (g_str_has_prefix(r->fix->str, "firewall-cmd"))
        g_string_append(r->fix, " && firewall-cmd --reload");
    gre_doctor_fix(finding, "%s", r->fix->str);
}

static void
check_direction(const GreFacts *f, gboolean out, GreDiagnosis *diagnosis)
{
    Report r = { .facts = f, .out = out, .names = g_string_new(NULL), .fix = g_string_new(NULL) };

    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        add_kind(&r, &kinds[i], diagnosis);
    finish(&r);
    g_string_free(r.names, TRUE);
    g_string_free(r.fix, TRUE);
}

void
gre_doctor_check_firewall(const GreFacts *f, GreDiagnosis *out)
{
    if (f->remote.family == AF_UNSPEC)
        return;
    check_direction(f, FALSE, out);
    check_direction(f, TRUE, out);
}

/* ---- conntrack ---- */

/* Up to 5.0, GRE needed a conntrack module of its own: without it GRE was invalid, in IPv6 always
 * (net/netfilter/nf_conntrack_proto_gre.c; built in for both families since 5.1). */
static gboolean
is_old_kernel(const GreFacts *f)
{
    unsigned long major = 0, minor = 0;
    char         *end;

    if (!f->release)
        return FALSE;
    major = strtoul(f->release, &end, 10);
    minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return major < 5 || (major == 5 && minor < 1);
}

void
gre_doctor_check_invalid(const GreFacts *f, GreDiagnosis *out)
{
    GrePacket   packet = packet_of(f, &kinds[0], FALSE, "invalid");
    GrePacket   known = packet_of(f, &kinds[0], FALSE, "established");
    GreDrop     drop = { 0 }, other = { 0 };
    GreFinding *finding;
    gboolean    counted = f->probe.ct_invalid > 0 && f->probe.gre_in == 0;

    if (f->remote.family == AF_UNSPEC || !((f->ip6 && is_old_kernel(f)) || counted) ||
        is_dropped(f, &known, &other) || !is_dropped(f, &packet, &drop)) {
        gre_firewall_drop_clear(&other);
        return;
    }
    finding = gre_doctor_add(
        out, "conntrack", GRE_SEVERITY_ERROR,
        _("conntrack marks the peer's GRE packets as invalid, and the local firewall drops those"));
    gre_doctor_evidence(finding, _("%s: %s table %s, chain %s: %s"), "ct state invalid",
                        drop.iptables ? "iptables" : "nftables", drop.table, drop.chain, drop.rule);
    gre_doctor_evidence(finding, _("kernel %s"), f->release);
    if (counted)
        gre_doctor_evidence(finding, _("it marked some as invalid during the probe"));
    gre_doctor_fix(finding, "nft 'table inet gre_notrack { chain in { type filter hook "
                            "prerouting priority raw; meta l4proto gre notrack; }; }'");
    gre_firewall_drop_clear(&drop);
}
