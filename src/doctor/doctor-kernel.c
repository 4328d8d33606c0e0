/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks kernel features and how the kernel treats the tunnel's packets: modules, devices,
 * forwarding, rp_filter. */
#include "config.h"

#include "doctor/doctor.h"
#include "gre-i18n.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* ---- modules ---- */

static void
fix_missing(const GreFacts *f, GreFinding *finding)
{
    if (gre_doctor_is_os(f, "debian"))
        gre_doctor_fix(finding, "apt install linux-image-$(dpkg --print-architecture) && reboot");
    else if (gre_doctor_is_os(f, "fedora") || gre_doctor_is_os(f, "rhel"))
        gre_doctor_fix(finding, "dnf install kernel-modules-extra-%s", f->release);
}

void
gre_doctor_check_modules(const GreFacts *f, GreDiagnosis *out)
{
    for (guint i = 0; i < f->modules->len; i++) {
        const GreModuleFact *module = &g_array_index(f->modules, GreModuleFact, i);
        GreFinding          *finding;

        if (module->loaded || (module->available && !module->blocked && !f->modules_disabled))
            continue;
        finding = gre_doctor_add(out, "module", GRE_SEVERITY_ERROR,
                                 module->available ? _("the kernel module %s is blocked")
                                                   : _("the kernel module %s is missing"),
                                 module->name);
        if (!module->available) {
            gre_doctor_evidence(finding, _("not found in /lib/modules/%s"), f->release);
            fix_missing(f, finding);
        } else if (module->blocked) {
            gre_doctor_evidence(finding, "%s", module->blocked);
            gre_doctor_fix(finding, "modprobe --ignore-install %s", module->name);
        } else {
            gre_doctor_evidence(finding, "kernel.modules_disabled = 1");
            gre_doctor_fix(finding, "echo %s >/etc/modules-load.d/nm-gre.conf && reboot",
                           module->name);
        }
    }
}

/* ---- devices ---- */

static gboolean
same_input_key(const GreTunnelOptions *a, const GreTunnelOptions *b)
{
    return a->has_input_key == b->has_input_key &&
           (!a->has_input_key || a->input_key == b->input_key);
}

/* Whether the kernel delivers the tunnel's packets to @other. */
static gboolean
takes_our_packets(const GreFacts *f, const GreLink *other)
{
    if (g_strcmp0(other->ifname, f->device) == 0 || (f->uuid && g_str_equal(other->uuid, f->uuid)))
        return FALSE;
    return !f->xfrm && (other->mode == GRE_MODE_IP6GRE) == f->ip6 &&
           other->ethernet == f->ethernet && gre_address_equal(&other->remote, &f->remote) &&
           same_input_key(&other->options, &f->options) && !gre_address_is_any(&other->remote) &&
           (gre_address_equal(&other->local, &f->local) ||
            (gre_address_is_any(&f->local) && !gre_address_is_any(&other->local)));
}

void
gre_doctor_check_same_ends(const GreFacts *f, GreDiagnosis *out)
{
    for (guint i = 0; i < f->tunnels->len; i++) {
        const GreLink *other = &g_array_index(f->tunnels, GreLink, i);
        char           local[GRE_ADDRESS_STRLEN], remote[GRE_ADDRESS_STRLEN];
        GreFinding    *finding;

        if (!takes_our_packets(f, other))
            continue;
        finding =
            gre_doctor_add(out, "same-endpoints", GRE_SEVERITY_ERROR,
                           _("the tunnel \"%s\" has the same endpoints and key"), other->ifname);
        gre_doctor_evidence(finding, _("%s: local %s, remote %s"), other->ifname,
                            gre_address_to_string(&other->local, local),
                            gre_address_to_string(&other->remote, remote));
        if (other->options.has_input_key)
            gre_doctor_evidence(finding, _("its key is %u"), other->options.input_key);
        if (other->uuid[0])
            gre_doctor_fix(finding, "nmcli connection down uuid %s", other->uuid);
        else
            gre_doctor_fix(finding, "nmcli device delete %s", other->ifname);
    }
}

void
gre_doctor_check_fallback(const GreFacts *f, GreDiagnosis *out)
{
    const char      *name = f->ip6 ? "ip6gre0" : "gre0";
    GreFinding      *finding;
    g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, f->fallback_rx);

    if (f->xfrm || !f->fallback_up || f->fallback_rx == 0)
        return;
    finding = gre_doctor_add(out, "gre0", GRE_SEVERITY_ERROR,
                             _("%s is up and accepts GRE packets that belong to no tunnel"), name);
    gre_doctor_evidence(finding, _("it received %s packets; this hides a GRE key mismatch"), count);
    gre_doctor_fix(finding, "ip link set %s down", name);
}

/* ---- rp_filter ---- */

static void
report_filter(const GreFacts *f, GreDiagnosis *out, const char *device, const char *by)
{
    GreFinding *finding =
        gre_doctor_add(out, "rp-filter", GRE_SEVERITY_ERROR,
                       _("the reverse path filter drops packets that arrive on %s"), device);

    gre_doctor_evidence(finding, "net.ipv4.conf.%s.rp_filter = 1", device);
    if (by)
        gre_doctor_evidence(finding, _("replies would leave by %s"), by);
    if (f->probe.rp_filtered > 0)
        gre_doctor_evidence(finding, _("it dropped some during the probe (IPReversePathFilter)"));
    gre_doctor_fix(finding, "sysctl -w net.ipv4.conf.%s.rp_filter=2", device);
}

void
gre_doctor_check_rp_filter(const GreFacts *f, GreDiagnosis *out)
{
    gboolean inner = f->device && f->rp_device == 1, outer = f->underlay && f->rp_underlay == 1;
    gboolean counted = f->probe.rp_filtered > 0 && f->probe.inner_answered == 0;

    if (inner && f->reverse && g_strcmp0(f->reverse, f->device) != 0)
        report_filter(f, out, f->device, f->reverse);
    else if (outer && !f->ip6 && f->reverse_outer && g_strcmp0(f->reverse_outer, f->underlay) != 0)
        report_filter(f, out, f->underlay, f->reverse_outer);
    else if (counted && (inner || outer))
        report_filter(f, out, inner ? f->device : f->underlay, NULL);
}

/* ---- forwarding ---- */

/* A line of /proc/net/route: a route through @device to a network behind the peer. */
static char *
route4_through(const char *line, const char *device)
{
    g_auto(GStrv) words = g_strsplit_set(line, "\t ", -1);
    guint32        to, mask;
    struct in_addr address;
    char           text[INET_ADDRSTRLEN];

    if (g_strv_length(words) < 8 || !g_str_equal(words[0], device))
        return NULL;
    to = (guint32) strtoul(words[1], NULL, 16);
    mask = (guint32) strtoul(words[7], NULL, 16);
    address.s_addr = to; /* in memory order */
    return g_strdup_printf("%s/%d", inet_ntop(AF_INET, &address, text, sizeof text),
                           __builtin_popcount(mask));
}

/* Whether it is the network of the tunnel itself. */
static gboolean
is_own_network(const GreFacts *f, const GrePrefix *prefix)
{
    for (guint i = 0; prefix->length > 0 && i < f->addresses->len; i++)
        if (gre_address_prefix_contains(prefix, &g_array_index(f->addresses, GreAddress, i)))
            return TRUE;
    return prefix->length > 0 && gre_address_prefix_contains(prefix, &f->probe.target);
}

/* The first route through the tunnel to more than the peer itself, or NULL. */
static char *
find_route4(const GreFacts *f)
{
    g_auto(GStrv) lines = g_strsplit(f->routes4 ? f->routes4 : "", "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        char     *route = route4_through(lines[i], f->device);
        GrePrefix prefix;

        if (route && gre_address_prefix_parse(route, &prefix) && !is_own_network(f, &prefix))
            return route;
        g_free(route);
    }
    return NULL;
}

static gboolean
parse_hex6(const char *text, GreAddress *out)
{
    *out = (GreAddress){ .family = AF_INET6 };
    if (strlen(text) != 32)
        return FALSE;
    for (gsize i = 0; i < 16; i++)
        out->bytes[i] = (guint8) (g_ascii_xdigit_value(text[2 * i]) << 4 |
                                  g_ascii_xdigit_value(text[2 * i + 1]));
    return TRUE;
}

/* The same for /proc/net/ipv6_route; every device has link-local and multicast routes. */
static char *
find_route6(const GreFacts *f)
{
    g_auto(GStrv) lines = g_strsplit(f->routes6 ? f->routes6 : "", "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = NULL;
        GrePrefix prefix;
        char     *line = g_strstrip(lines[i]);
        gboolean  ours = g_str_has_suffix(line, f->device) &&
                        g_ascii_isspace(line[strlen(line) - strlen(f->device) - 1]);

        words = g_strsplit(line, " ", 3);
        if (!ours || !words[0] || !words[1] || !parse_hex6(words[0], &prefix.address))
            continue;
        prefix.length = (guint8) strtoul(words[1], NULL, 16);
        if (prefix.address.bytes[0] >= 0xfe || is_own_network(f, &prefix))
            continue;
        return gre_address_prefix_to_string(&prefix);
    }
    return NULL;
}

static void
report_forwarding(const GreFacts *f, GreDiagnosis *out, const char *route, gboolean six)
{
    GreFinding *finding =
        gre_doctor_add(out, "forwarding", GRE_SEVERITY_WARNING,
                       _("this machine doesn't forward other hosts' packets through the tunnel"));
    g_autofree char *lans = g_strjoinv(", ", f->lans);

    if (f->planned)
        gre_doctor_evidence(finding, _("%s is behind the peer, and another network is on %s"),
                            route, lans);
    else
        gre_doctor_evidence(finding, _("%s is routed through %s, and another network is on %s"),
                            route, f->device, lans);
    gre_doctor_evidence(finding, "net.%s.forwarding = 0", six ? "ipv6.conf.all" : "ipv4.conf.all");
    gre_doctor_fix(finding, "sysctl -w %s=1",
                   six ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward");
}

static void
check_planned(const GreFacts *f, GreDiagnosis *out)
{
    gboolean six = f->behind && strchr(f->behind, ':');

    if (f->behind && f->lans && f->lans[0] && (six ? f->forward6 : f->forward4) == 0)
        report_forwarding(f, out, f->behind, six);
}

void
gre_doctor_check_forwarding(const GreFacts *f, GreDiagnosis *out)
{
    g_autofree char *four = NULL, *six = NULL;

    if (f->planned) {
        check_planned(f, out);
        return;
    }
    if (!f->device || !f->lans || !f->lans[0])
        return; /* no other hosts send through this machine */
    four = f->forward4 == 0 ? find_route4(f) : NULL;
    six = f->forward6 == 0 ? find_route6(f) : NULL;
    if (four || six)
        report_forwarding(f, out, four ? four : six, !four);
}
