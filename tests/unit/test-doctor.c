/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor's findings: a tunnel that is well has none, each fault has its own and no other. What
 * the kernel and the tools really say with each fault is tests/vm/scenarios/31-doctor.sh.
 */
#include "doctor/doctor-modules.h"
#include "doctor/doctor-ports.h"
#include "doctor/doctor-probe.h"
#include "doctor/doctor-report.h"
#include "golden.h"
#include "strongswan/charon-log.h"

#include <string.h>

/* ---- a tunnel that is well ---- */

static void
add_tunnel(GreFacts *f, const char *ifname, const char *uuid, const char *local, guint32 key)
{
    GreLink tunnel = { .mode = f->ip6 ? GRE_MODE_IP6GRE : GRE_MODE_GRE, .remote = f->remote };

    g_strlcpy(tunnel.ifname, ifname, sizeof tunnel.ifname);
    g_strlcpy(tunnel.uuid, uuid, sizeof tunnel.uuid);
    tunnel.local.family = f->ip6 ? AF_INET6 : AF_INET;
    gre_address_parse(local, &tunnel.local);
    tunnel.options.has_input_key = tunnel.options.has_output_key = key != 0;
    tunnel.options.input_key = tunnel.options.output_key = key;
    g_array_append_val(f->tunnels, tunnel);
}

static void
add_module(GreFacts *f, const char *name, gboolean loaded, gboolean available, const char *blocked)
{
    GreModuleFact module = { g_strdup(name), loaded, available, g_strdup(blocked) };

    g_array_append_val(f->modules, module);
}

static void
make_healthy(GreFacts *f)
{
    static const char *const plugins[] = { "nonce",          "openssl", "kernel-netlink",
                                           "socket-default", "vici",    NULL };
    GreAddress               own;

    *f = (GreFacts){ .root = TRUE,
                     .id = g_strdup("site-b"),
                     .uuid = g_strdup("uuid-b"),
                     .state = g_strdup("active"),
                     .device = g_strdup("nmgre0"),
                     .underlay = g_strdup("eth0"),
                     .reverse = g_strdup("nmgre0"),
                     .reverse_outer = g_strdup("eth0"),
                     .release = g_strdup("6.1.0-56-amd64"),
                     .os = g_strdup("debian "),
                     .charon_unit = "strongswan.service",
                     .charon_dir = "/etc",
                     .ipsec = GRE_IPSEC_PSK,
                     .sa = TRUE,
                     .mtu = 1406,
                     .mtu_fits = 1406,
                     .forward4 = 1,
                     .forward6 = 1 };
    f->routes4 = g_strdup("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\t"
                          "Window\tIRTT\n"
                          "eth0\t00000000\tFE001FAC\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                          "nmgre0\t0014A8C0\t00000000\t0001\t0\t0\t0\tFCFFFFFF\t0\t0\t0\n");
    f->lans = g_new0(char *, 1);
    f->plugins = g_strdupv((char **) plugins);
    f->tunnels = g_array_new(FALSE, FALSE, sizeof(GreLink));
    f->modules = g_array_new(FALSE, FALSE, sizeof(GreModuleFact));
    f->addresses = g_array_new(FALSE, FALSE, sizeof(GreAddress));
    gre_address_parse("172.31.0.1", &f->local);
    gre_address_parse("172.31.0.2", &f->remote);
    gre_address_parse("192.168.20.2", &f->probe.target);
    gre_address_parse("192.168.20.1", &own);
    g_array_append_val(f->addresses, own);
    f->options.has_input_key = f->options.has_output_key = TRUE;
    f->options.input_key = f->options.output_key = 42;
    add_tunnel(f, "nmgre0", "uuid-b", "172.31.0.1", 42);
    add_module(f, "ip_gre", TRUE, TRUE, NULL);
    f->probe.made = TRUE;
    f->probe.inner_sent = f->probe.inner_answered = f->probe.outer_sent = 1;
    f->probe.gre_in = 2;
    f->probe.sa_in = f->probe.sa_out = 2;
    f->probe.mtu_tried = f->probe.mtu_passed = 1406;
}

static void
set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

/* ---- faults ---- */

static void
unanswered(GreFacts *f)
{
    f->probe.inner_sent = 3;
    f->probe.inner_answered = f->probe.gre_in = f->probe.mtu_tried = f->probe.mtu_passed = 0;
    f->probe.sa_in = 0;
}

static void
down(GreFacts *f, const char *failure)
{
    unanswered(f);
    f->probe.made = FALSE;
    f->probe.inner_sent = f->probe.outer_sent = 0;
    f->probe.sa_out = 0;
    f->sa = FALSE;
    g_clear_pointer(&f->device, g_free);
    g_array_set_size(f->tunnels, 0);
    set_text(&f->state, "down");
    set_text(&f->failure, failure);
}

static void
nothing(GreFacts *f)
{
}

static void
old_failure(GreFacts *f)
{
    down(f, NULL);
}

static void
ping_blocked(GreFacts *f)
{
    unanswered(f);
    f->probe.gre_in = f->probe.sa_in = 1; /* other traffic */
}

static void
no_root(GreFacts *f)
{
    f->root = FALSE;
    g_clear_pointer(&f->plugins, g_strfreev);
    f->probe = (GreProbe){ .target = f->probe.target };
}

static void
wrong_profile(GreFacts *f)
{
    down(f, NULL);
    set_text(&f->profile_error,
             "ttl: \"256\" is invalid: expected a number from 1 to 255, or \"inherit\"");
}

static void
no_module(GreFacts *f)
{
    down(f, NULL);
    add_module(f, "esp4", FALSE, FALSE, NULL);
}

static void
blocked_module(GreFacts *f)
{
    down(f, NULL);
    add_module(f, "esp4", FALSE, TRUE, "/etc/modprobe.d/x.conf: install esp4 /bin/false");
}

static void
modules_disabled(GreFacts *f)
{
    down(f, NULL);
    add_module(f, "esp4", FALSE, TRUE, NULL);
    f->modules_disabled = TRUE;
}

static void
loadable_module(GreFacts *f)
{
    down(f, NULL);
    add_module(f, "esp4", FALSE, TRUE, NULL);
}

static void
no_service(GreFacts *f)
{
    down(f, NULL);
    g_clear_pointer(&f->state, g_free);
    set_text(&f->service_error, "the service is not running");
}

static void
no_base(GreFacts *f)
{
    down(f, NULL);
    f->base = "lo";
}

static void
no_default_route(GreFacts *f)
{
    down(f, NULL);
    f->base = f->underlay;
}

static void
no_unit(GreFacts *f)
{
    f->native = TRUE;
    f->boot_order = GRE_BOOT_ORDER_DISABLED;
}

static void
masked_unit(GreFacts *f)
{
    f->native = TRUE;
    f->boot_order = GRE_BOOT_ORDER_MASKED;
}

static void
masked_unit_of_vpn(GreFacts *f)
{
    f->boot_order = GRE_BOOT_ORDER_MASKED;
}

static void
no_strongswan(GreFacts *f)
{
    down(f, "strongSwan is not installed (/run/charon.vici: …)");
    f->charon_missing = TRUE;
    set_text(&f->charon_error, f->failure);
}

static void
stopped_strongswan(GreFacts *f)
{
    down(f, "strongSwan is not running (/run/charon.vici: …)");
    set_text(&f->charon_error, f->failure);
}

static void
no_plugin(GreFacts *f)
{
    down(f, "no proposal found");
    g_clear_pointer(&f->failure, g_free);
    g_free(f->plugins[1]);
    f->plugins[1] = g_strdup("hmac");
}

/* A host with Fedora's layout. */
static void
be_fedora(GreFacts *f)
{
    set_text(&f->os, "rocky rhel centos fedora");
    f->charon_unit = "strongswan-starter.service";
    f->charon_dir = "/etc/strongswan";
}

static void
no_strongswan_fedora(GreFacts *f)
{
    no_strongswan(f);
    be_fedora(f);
}

static void
stopped_strongswan_fedora(GreFacts *f)
{
    stopped_strongswan(f);
    be_fedora(f);
}

static void
no_plugin_fedora(GreFacts *f)
{
    no_plugin(f);
    be_fedora(f);
}

static void
loop(GreFacts *f)
{
    unanswered(f);
    set_text(&f->underlay, "nmgre0");
}

static void
no_route(GreFacts *f)
{
    down(f, "the peer 172.31.0.2 can't be reached: no route to it");
    set_text(&f->route_error, f->failure);
    g_clear_pointer(&f->underlay, g_free);
}

static void
same_ends(GreFacts *f)
{
    down(f, "the tunnel \"by-hand\" has the same endpoints and key");
    add_tunnel(f, "by-hand", "", "172.31.0.1", 42);
    add_tunnel(f, "other", "", "172.31.0.1", 43);
    add_tunnel(f, "general", "", "0.0.0.0", 42);
}

static void
conntrack_old(GreFacts *f)
{
    set_text(&f->release, "4.18.0-553.el8.x86_64");
    f->ip6 = TRUE;
    gre_address_parse("fd31::1", &f->local);
    gre_address_parse("fd31::2", &f->remote);
    set_text(
        &f->nft,
        "{\"nftables\": [{\"table\": {\"family\": \"inet\", \"name\": \"f\"}}, {\"chain\": "
        "{\"family\": \"inet\", \"table\": \"f\", \"name\": \"in\", \"type\": \"filter\", "
        "\"hook\": \"input\", \"policy\": \"accept\"}}, {\"rule\": {\"family\": \"inet\", "
        "\"table\": \"f\", \"chain\": \"in\", \"expr\": [{\"match\": {\"op\": \"in\", \"left\": "
        "{\"ct\": {\"key\": \"state\"}}, \"right\": \"invalid\"}}, {\"drop\": null}]}}]}");
}

static void
conntrack_new(GreFacts *f)
{
    conntrack_old(f);
    set_text(&f->release, "5.14.0-503.el9.x86_64");
}

static void
conntrack_counted(GreFacts *f)
{
    conntrack_new(f);
    unanswered(f);
    f->probe.ct_invalid = 3;
}

static void
gre_dropped(GreFacts *f)
{
    unanswered(f);
    set_text(&f->iptables, "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p gre -j DROP\nCOMMIT\n");
}

static void
gre_begun_dropped(GreFacts *f) /* and what is begun here is answered */
{
    set_text(&f->iptables, "*filter\n:INPUT DROP [0:0]\n-A INPUT -m conntrack --ctstate "
                           "RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n");
}

static void
wrong_psk(GreFacts *f)
{
    down(f, "the peer refused our authentication: wrong pre-shared key or unexpected identities");
}

static void
wrong_identity(GreFacts *f)
{
    down(f, "the peer has a different identity: it says x");
}

static void
wrong_ike(GreFacts *f)
{
    down(f, "no IKE proposal in common with the peer");
}

static void
wrong_esp(GreFacts *f)
{
    down(f, "no ESP proposal in common with the peer");
}

static void
wrong_selector(GreFacts *f)
{
    down(f, "the peer refuses the traffic selector: it has no configuration for GRE between these "
            "two addresses");
}

static void
no_tunnel_mode(GreFacts *f)
{
    down(f, "no ESP proposal in common with the peer, or it accepts transport mode only (the "
            "profile has ipsec-mode=tunnel) (ours: aes256gcm16)");
}

static void
no_transport_mode(GreFacts *f)
{
    down(f, "the peer wants tunnel mode instead of transport mode");
}

/* While the tunnel is up and carries packets. */
static void
wrong_group(GreFacts *f)
{
    set_text(&f->failure,
             "a rekey was refused, traffic stops when the SA expires: the peer asks for the group "
             "ECP_384: no ESP proposal in common with the peer (the peer's: "
             "ESP:AES_GCM_16_256/ECP_384/NO_EXT_SEQ; ours: ESP:AES_GCM_16_256/NO_EXT_SEQ)");
}

static void
peer_refuses_rekey(GreFacts *f)
{
    set_text(&f->failure, "a rekey was refused, traffic stops when the SA expires: no ESP proposal "
                          "in common with the peer (ours: aes256-sha256)");
}

static void
use_port(GreFacts *f, guint port, guint inode, int pid, const char *program)
{
    GrePortFact fact = { .port = port, .inode = inode, .pid = pid };

    g_strlcpy(fact.program, program, sizeof fact.program);
    if (!f->ports)
        f->ports = g_array_new(FALSE, FALSE, sizeof(GrePortFact));
    g_array_append_val(f->ports, fact);
}

static void
no_ikev1(GreFacts *f)
{
    down(f, "strongSwan on this machine has no IKEv1: set ipsec-ike-version=2, on the peer too");
}

static void
no_socket(GreFacts *f)
{
    down(f, "strongSwan has no socket to send from: another program uses UDP port 500 or 4500, for "
            "example Libreswan");
}

static void
libreswan(GreFacts *f)
{
    no_socket(f);
    use_port(f, 500, 4711, 612, "pluto");
    use_port(f, 4500, 4712, 612, "pluto");
}

static void
wireguard(GreFacts *f) /* which nobody has missed yet */
{
    use_port(f, 4500, 0, 0, "");
}

static void
no_barrier(GreFacts *f)
{
    f->no_barrier = TRUE;
}

static void
flushed(GreFacts *f)
{
    f->restored = 2;
    f->restored_ago = 90;
}

static void
other_failure(GreFacts *f)
{
    down(f, "the moon is full");
}

static void
peers_key(GreFacts *f)
{
    unanswered(f);
    f->probe.gre_other = 3;
    f->probe.other_keyed = TRUE;
    f->probe.other_key = 43;
    f->probe.sa_in = 3;
}

static void
our_key(GreFacts *f)
{
    unanswered(f);
    f->probe.no_such_tunnel = 2;
}

static void
swallows(GreFacts *f)
{
    f->fallback_up = TRUE;
    f->fallback_rx = 7;
}

static void
harmless_gre0(GreFacts *f)
{
    f->fallback_up = TRUE;
}

static void
strict(GreFacts *f)
{
    unanswered(f);
    f->probe.gre_in = 3;
    f->rp_device = 1;
    set_text(&f->reverse, "eth0");
}

static void
strict_underlay(GreFacts *f)
{
    unanswered(f);
    f->rp_underlay = 1;
    f->probe.rp_filtered = 3;
}

static void
strict_harmless(GreFacts *f)
{
    f->rp_device = f->rp_underlay = 1;
}

static void
big(GreFacts *f)
{
    f->probe.mtu_passed = 1290;
}

static void
big_for_link(GreFacts *f)
{
    no_root(f);
    f->mtu = 1500;
}

static void
lan(GreFacts *f)
{
    static const char *const lans[] = { "eth1", NULL };

    g_strfreev(f->lans);
    f->lans = g_strdupv((char **) lans);
    f->forward4 = 0;
}

static void
no_forwarding(GreFacts *f)
{
    g_autofree char *routes = g_strconcat(
        f->routes4, "nmgre0\t0000010A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", NULL);

    lan(f);
    set_text(&f->routes4, routes);
}

static void
no_forwarding6(GreFacts *f)
{
    lan(f);
    f->forward6 = 0;
    set_text(&f->routes6,
             "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
             "00000000000000000000000000000000 00000100 00000001 00000000 00000001   nmgre0\n"
             "fd080000000000000000000000000000 30 00000000000000000000000000000000 00 "
             "00000000000000000000000000000000 00000400 00000001 00000000 00000001   nmgre0\n");
}

static void
no_forwarding_host(GreFacts *f) /* which nobody sends through */
{
    no_forwarding(f);
    g_clear_pointer(&f->lans[0], g_free);
}

static void
silent_ike(GreFacts *f)
{
    unanswered(f);
    f->sa = FALSE;
    f->probe.sa_out = 0;
    set_text(&f->state, "seeking");
    set_text(&f->failure, "no answer from the peer");
}

static void
silent_plain(GreFacts *f)
{
    unanswered(f);
    f->ipsec = GRE_IPSEC_NO;
    f->sa = FALSE;
}

static void
no_target(GreFacts *f)
{
    silent_plain(f);
    f->probe.target = (GreAddress){ 0 };
}

static void
no_esp(GreFacts *f)
{
    unanswered(f);
    f->probe.sa_out = 3;
}

static void
refused(GreFacts *f)
{
    silent_plain(f);
    f->probe.prohibited = 1;
    f->probe.prohibited_by = f->remote;
}

/* Before there is a profile. */
static void
planned(GreFacts *f)
{
    f->planned = TRUE;
    g_clear_pointer(&f->uuid, g_free);
    g_clear_pointer(&f->state, g_free);
    g_clear_pointer(&f->device, g_free);
    g_clear_pointer(&f->reverse, g_free);
    g_array_set_size(f->tunnels, 0);
    f->probe = (GreProbe){ 0 };
    f->sa = FALSE;
    f->mtu = f->mtu_fits = 0;
    f->base = "lo";
}

static void
planned_unit(GreFacts *f)
{
    planned(f);
    f->boot_order = GRE_BOOT_ORDER_DISABLED;
}

static void
planned_taken(GreFacts *f)
{
    planned(f);
    add_tunnel(f, "by-hand", "", "172.31.0.1", 42);
}

static void
planned_router(GreFacts *f)
{
    planned(f);
    lan(f);
    f->behind = g_strdup("192.168.20.0/24");
}

static void
planned_lan(GreFacts *f) /* with nothing known behind the peer */
{
    planned(f);
    lan(f);
}

static void
planned_router6(GreFacts *f)
{
    planned_router(f);
    f->forward4 = 1;
    f->forward6 = 0;
    set_text(&f->behind, "fd20::/64");
}

static const struct {
    const char *name;
    void (*make)(GreFacts *f);
    const char *findings;
    const char *fix; /* stands in the first one's command */
} rows[] = {
    { "healthy", nothing, "", NULL },
    { "down", old_failure, "", NULL },
    { "pings blocked", ping_blocked, "", NULL },
    { "not root", no_root, "", NULL },
    { "profile", wrong_profile, "profile", "nmcli connection edit site-b" },
    { "module", no_module, "module", "linux-image" },
    { "module blocked", blocked_module, "module", "modprobe --ignore-install esp4" },
    { "modules disabled", modules_disabled, "module", "/etc/modules-load.d/" },
    { "module not loaded yet", loadable_module, "", NULL },
    { "service", no_service, "service", "nm-gre.service" },
    { "uplink unmanaged", no_base, "no-base-connection", "nmcli connection up site-b ifname lo" },
    { "uplink without a default route", no_default_route, "no-base-connection",
      "nmcli connection up site-b ifname eth0" },
    { "unit disabled", no_unit, "unit-disabled",
      "systemctl daemon-reload && systemctl enable --now nm-gre.service" },
    { "unit masked", masked_unit, "unit-disabled", "systemctl unmask nm-gre.service" },
    { "unit masked, VPN profile", masked_unit_of_vpn, "", NULL },
    { "strongSwan missing", no_strongswan, "strongswan-missing", "apt install charon-systemd" },
    { "strongSwan stopped", stopped_strongswan, "strongswan-stopped", "enable --now strongswan" },
    { "strongSwan's plugin", no_plugin, "strongswan-plugin", "/openssl.conf" },
    { "strongSwan missing, EL", no_strongswan_fedora, "strongswan-missing",
      "dnf install epel-release && dnf install strongswan" },
    { "strongSwan stopped, starter", stopped_strongswan_fedora, "strongswan-stopped",
      "enable --now strongswan-starter.service" },
    { "strongSwan's plugin, Fedora", no_plugin_fedora, "strongswan-plugin",
      "/etc/strongswan/strongswan.d/charon/openssl.conf && systemctl restart strongswan-starter" },
    { "route loop", loop, "route-loop", "ip route add 172.31.0.2 via 172.31.0.254 dev eth0" },
    { "no route", no_route, "route", "nmcli device status" },
    { "same endpoints", same_ends, "same-endpoints", "nmcli device delete by-hand" },
    { "conntrack, old kernel", conntrack_old, "conntrack", "notrack" },
    { "conntrack, new kernel", conntrack_new, "", NULL },
    { "conntrack, counted", conntrack_counted, "conntrack", "notrack" },
    { "firewall", gre_dropped, "firewall", "iptables -I INPUT -s 172.31.0.2 -p gre -j ACCEPT" },
    { "firewall, what the peer begins", gre_begun_dropped, "firewall",
      "-p gre -j ACCEPT; iptables -I INPUT -s 172.31.0.2 -p esp -j ACCEPT; iptables -I INPUT -s "
      "172.31.0.2 -p udp --dport 500 -j ACCEPT; iptables" },
    { "pre-shared key", wrong_psk, "psk",
      "printf '%s\\n' 'set vpn.secrets ipsec-psk=KEY' 'save persistent' quit | nmcli connection "
      "edit" },
    { "identity", wrong_identity, "identity", "ipsec-remote-id=" },
    { "IKE proposal", wrong_ike, "proposal", "ipsec-ike-proposals=" },
    { "ESP proposal", wrong_esp, "proposal", "ipsec-esp-proposals=" },
    { "selector", wrong_selector, "selector", NULL },
    { "tunnel mode refused", no_tunnel_mode, "mode", "ipsec-mode=transport" },
    { "transport mode refused", no_transport_mode, "mode", "ipsec-mode=tunnel" },
    { "group of a rekey", wrong_group, "rekey", "ipsec-esp-proposals=aes256gcm16-ecp384" },
    { "rekey that the peer refuses", peer_refuses_rekey, "rekey", "ipsec-esp-proposals=" },
    { "IKEv1 is not there", no_ikev1, "ike-version", "+vpn.data ipsec-ike-version=2" },
    { "no socket", no_socket, "ike-ports", "systemctl restart strongswan.service" },
    { "Libreswan's sockets", libreswan, "ike-ports", "systemctl disable --now ipsec.service" },
    { "the kernel's sockets", wireguard, "ike-ports", "ss -lunp" },
    { "no barrier", no_barrier, "barrier", "restart nm-gre.service" },
    { "policies flushed", flushed, "flushed", "journalctl" },
    { "another failure", other_failure, "failure", "journalctl" },
    { "the peer's key", peers_key, "key", "+vpn.data key=43" },
    { "our key", our_key, "key", "key=KEY" },
    { "gre0", swallows, "gre0", "ip link set gre0 down" },
    { "gre0, up only", harmless_gre0, "", NULL },
    { "rp_filter", strict, "rp-filter", "net.ipv4.conf.nmgre0.rp_filter=2" },
    { "rp_filter of the underlay", strict_underlay, "rp-filter", "conf.eth0.rp_filter=2" },
    { "rp_filter without harm", strict_harmless, "", NULL },
    { "MTU", big, "mtu", "+vpn.data mtu=1290" },
    { "MTU of the link", big_for_link, "mtu", "mtu=1406" },
    { "a LAN, no routes", lan, "", NULL },
    { "forwarding", no_forwarding, "forwarding", "net.ipv4.ip_forward=1" },
    { "forwarding of IPv6", no_forwarding6, "forwarding", "net.ipv6.conf.all.forwarding=1" },
    { "no forwarding, no LAN", no_forwarding_host, "", NULL },
    { "silent, IKE", silent_ike, "peer-silent", "tcpdump -ni eth0 host 172.31.0.2" },
    { "silent, plain", silent_plain, "peer-silent", "tcpdump" },
    { "silent, nobody known to ask", no_target, "", NULL },
    { "no ESP", no_esp, "no-esp", "ipsec-encap=yes" },
    { "refused on the way", refused, "peer-firewall", "--add-service=gre" },
    { "no profile yet", planned, "", NULL },
    { "no profile yet, unit disabled", planned_unit, "unit-disabled", "enable --now nm-gre" },
    { "no profile yet, same endpoints", planned_taken, "same-endpoints", "device delete by-hand" },
    { "no profile yet, forwarding", planned_router, "forwarding", "net.ipv4.ip_forward=1" },
    { "no profile yet, forwarding of IPv6", planned_router6, "forwarding", "ipv6.conf.all" },
    { "no profile yet, a LAN", planned_lan, "", NULL },
};

static void
test_row(gconstpointer data)
{
    gsize    row = GPOINTER_TO_SIZE(data);
    GreFacts facts;
    g_autoptr(GreDiagnosis) diagnosis = NULL;
    g_autoptr(GString) ids = g_string_new(NULL);

    make_healthy(&facts);
    rows[row].make(&facts);
    diagnosis = gre_doctor_diagnose(&facts);
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const GreFinding *finding = diagnosis->findings->pdata[i];

        g_string_append_printf(ids, "%s%s", i > 0 ? " " : "", finding->id);
        g_assert_cmpuint(finding->evidence->len, >, 0);
        g_assert_true(finding->fix || rows[row].fix == NULL);
    }
    g_assert_cmpstr(ids->str, ==, rows[row].findings);
    if (rows[row].fix) {
        const GreFinding *finding = diagnosis->findings->pdata[0];

        if (!strstr(finding->fix, rows[row].fix))
            g_error("\"%s\" is not in \"%s\"", rows[row].fix, finding->fix);
    }
    gre_doctor_facts_clear(&facts);
}

/* Of a real table: this port alone counts, in any address. */
static void
test_ports(void)
{
    static const char table[] =
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout inode ref pointer drops\n"
        "  236: 01001FAC:01F4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        "
        "0 17181 2 00000000db1b3b0c 0\n"
        "  336: 00000000:1194 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        "
        "0 0 2 00000000ac1b3b0c 0\n"
        "  337: 00000000:1195 01001FAC:01F4 01 00000000:00000000 00:00000000 00000000  1000        "
        "0 17999 2 00000000ac1b3b0d 0\n";
    static const char table6[] =
        "  236: 000000000000000000000000000000FD:01F4 00000000000000000000000000000000:0000 07 "
        "00000000:00000000 00:00000000 00000000     0        0 17185 2 00000000db1b3b0c 0\n";
    g_autoptr(GArray) sockets = gre_doctor_ports_read(table);
    g_autoptr(GArray) sockets6 = gre_doctor_ports_read(table6);

    g_assert_cmpuint(sockets->len, ==, 2);
    g_assert_cmpuint(g_array_index(sockets, GrePortFact, 0).port, ==, 500);
    g_assert_cmpuint(g_array_index(sockets, GrePortFact, 0).inode, ==, 17181);
    g_assert_cmpuint(g_array_index(sockets, GrePortFact, 1).port, ==, 4500);
    g_assert_cmpuint(g_array_index(sockets, GrePortFact, 1).inode, ==, 0);
    g_assert_cmpuint(sockets6->len, ==, 1);
    g_assert_cmpuint(g_array_index(sockets6, GrePortFact, 0).inode, ==, 17185);
}

/* What can't be looked at is said. */
static void
test_skipped(void)
{
    GreFacts facts;
    g_autoptr(GreDiagnosis) diagnosis = NULL;

    make_healthy(&facts);
    no_root(&facts);
    diagnosis = gre_doctor_diagnose(&facts);
    g_assert_cmpuint(diagnosis->skipped->len, ==, 1);
    g_assert_nonnull(strstr(diagnosis->skipped->pdata[0], "need root"));
    gre_doctor_facts_clear(&facts);
}

/* The commands for an ip-tunnel profile, and a name that a shell would take apart. */
static void
test_native(void)
{
    static const struct {
        void (*make)(GreFacts *f);
        const char *fix;
    } native[] = {
        { big, "nmcli connection modify 'tun 2'\\''b' ip-tunnel.mtu 1290 && nmcli connection up "
               "'tun 2'\\''b'" },
        { no_esp, "nm-gre protect 'tun 2'\\''b' --set ipsec-encap=yes --up" },
        { wrong_psk, "nm-gre protect 'tun 2'\\''b' --ask --up" },
        { peers_key, "nmcli connection modify 'tun 2'\\''b' ip-tunnel.input-key '43' "
                     "ip-tunnel.output-key '43' && nmcli connection up 'tun 2'\\''b'" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(native); i++) {
        GreFacts facts;
        g_autoptr(GreDiagnosis) diagnosis = NULL;

        make_healthy(&facts);
        facts.native = TRUE;
        set_text(&facts.id, "tun 2'b");
        native[i].make(&facts);
        diagnosis = gre_doctor_diagnose(&facts);
        g_assert_cmpuint(diagnosis->findings->len, ==, 1);
        g_assert_cmpstr(((GreFinding *) diagnosis->findings->pdata[0])->fix, ==, native[i].fix);
        gre_doctor_facts_clear(&facts);
    }
}

/* What charon says, through what the service makes of it, to the finding; NULL: the line stands as
 * it is. */
static void
test_causes(void)
{
    static const struct {
        const char *line, *finding;
    } causes[] = {
        { "received AUTHENTICATION_FAILED notify error", "psk" },
        { "tried 1 shared key for '172.31.0.1' - '172.31.0.2', but MAC mismatched", "psk" },
        { "calculated HASH does not match HASH payload", "psk" },
        { "received PAYLOAD_MALFORMED error notify", "psk" },
        { "no shared key found for '172.31.0.1' - '172.31.0.2'", NULL },
        { "constraint check failed: identity '172.31.0.2' required ", "identity" },
        { "IDir 'x' does not match to 'y'", "identity" },
        { "received IDr x, but require y", "identity" },
        { "no matching peer config found", "identity" },
        { "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built", "proposal" },
        { "received NO_PROPOSAL_CHOSEN notify error", "proposal" },
        { "received NO_PROPOSAL_CHOSEN error notify", "proposal" },
        { "received proposals unacceptable", "proposal" },
        { "proposal selection invalid", "proposal" },
        { "received TS_UNACCEPTABLE notify, no CHILD_SA built", "selector" },
        { "received INVALID_ID_INFORMATION error notify", "selector" },
        { "no acceptable traffic selectors found", "selector" },
        { "TUNNEL mode requested by responder is unacceptable", "mode" },
        { "TRANSPORT mode requested by responder is unacceptable", "mode" },
        { "giving up after 5 retransmits", "peer-silent" },
        { "unable to get SPI", NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(causes); i++) {
        g_autoptr(GError) cause = NULL;
        guint number;

        g_assert_cmpint(gre_charon_log_cause(causes[i].line, &number, &cause), ==, GRE_LOG_CAUSE);
        g_assert_cmpstr(gre_doctor_failure_kind(cause->message), ==, causes[i].finding);
    }
}

/* ---- the report ---- */

static void
test_text(void)
{
    GreFacts facts;
    g_autoptr(GreDiagnosis) diagnosis = NULL;
    g_autofree char *text = NULL, *json = NULL, *file = NULL;

    make_healthy(&facts);
    no_forwarding(&facts);
    big(&facts);
    facts.probe.target.family = AF_UNSPEC;
    diagnosis = gre_doctor_diagnose(&facts);
    text = gre_doctor_report_text(&facts, diagnosis, 60, FALSE);
    g_assert_cmpstr(text, ==,
                    "site-b (active): 2 findings\n"
                    "\n"
                    "error: the tunnel's MTU is too big for the path to the peer\n"
                    "  evidence  pings of 1406 bytes get no reply, pings of 1290\n"
                    "            bytes do\n"
                    "  fix       nmcli connection modify site-b +vpn.data mtu=1290 && nmcli "
                    "connection up site-b\n"
                    "\n"
                    "warning: this machine doesn't forward other hosts' packets\n"
                    "         through the tunnel\n"
                    "  evidence  10.1.0.0/16 is routed through nmgre0, and\n"
                    "            another network is on eth1\n"
                    "            net.ipv4.conf.all.forwarding = 0\n"
                    "  fix       sysctl -w net.ipv4.ip_forward=1\n"
                    "\n"
                    "not checked: pings: the peer's address inside the tunnel is\n"
                    "             unknown\n");
    json = gre_doctor_report_json(&facts, diagnosis);
    file = g_test_build_filename(G_TEST_DIST, "doctor", "doctor.json", NULL);
    golden_check(file, json);
    gre_doctor_facts_clear(&facts);
}

/* ---- packets ---- */

static void
test_gre(void)
{
    static const guint8 right[] = { 0x20, 0, 8, 0, 0, 0, 0, 42 };
    static const guint8 summed[] = { 0xa0, 0, 8, 0, 1, 2, 0, 0, 0, 0, 0, 42 };
    static const guint8 wrong[] = { 0x20, 0, 8, 0, 0, 0, 0, 43 };
    static const guint8 none[] = { 0, 0, 8, 0, 0x45 };
    static const guint8 pptp[] = { 0x20, 1, 0x88, 0x0b, 0, 0, 0, 1 };
    GreFacts            f;

    make_healthy(&f);
    f.probe = (GreProbe){ 0 };
    gre_doctor_packets_read_gre(&f, right, sizeof right);
    gre_doctor_packets_read_gre(&f, summed, sizeof summed);
    gre_doctor_packets_read_gre(&f, pptp, sizeof pptp);
    gre_doctor_packets_read_gre(&f, right, 7); /* cut */
    gre_doctor_packets_read_gre(&f, right, 0);
    g_assert_cmpuint(f.probe.gre_in, ==, 2);
    g_assert_cmpuint(f.probe.gre_other, ==, 0);
    gre_doctor_packets_read_gre(&f, wrong, sizeof wrong);
    g_assert_cmpuint(f.probe.gre_other, ==, 1);
    g_assert_true(f.probe.other_keyed && f.probe.other_key == 43);
    gre_doctor_packets_read_gre(&f, none, sizeof none);
    g_assert_cmpuint(f.probe.gre_other, ==, 2);
    g_assert_false(f.probe.other_keyed);
    g_assert_cmpuint(f.probe.gre_in, ==, 2);
    gre_doctor_facts_clear(&f);
}

static void
test_icmp(void)
{
    /* Type and code, then the header of a GRE packet to 172.31.0.2. */
    guint8   four[28] = { 3, 3, [8] = 0x45, [17] = 47, [24] = 172, 31, 0, 2 };
    guint8   six[56] = { 1, 4, [8] = 0x60, [14] = 60, [32] = 0xfd, 0x31, [47] = 2, [48] = 47 };
    GreFacts f;

    make_healthy(&f);
    f.probe = (GreProbe){ 0 };
    gre_doctor_packets_read_icmp(&f, &f.remote, four, sizeof four);
    gre_doctor_packets_read_icmp(&f, &f.remote, four, 27); /* cut */
    gre_doctor_packets_read_icmp(&f, &f.remote, four, 4);
    four[1] = 2;
    gre_doctor_packets_read_icmp(&f, &f.remote, four, sizeof four);
    four[1] = 13;
    gre_doctor_packets_read_icmp(&f, &f.remote, four, sizeof four);
    four[27] = 3; /* about a packet to somebody else */
    gre_doctor_packets_read_icmp(&f, &f.remote, four, sizeof four);
    g_assert_cmpuint(f.probe.no_such_tunnel, ==, 1);
    g_assert_cmpuint(f.probe.no_gre, ==, 1);
    g_assert_cmpuint(f.probe.prohibited, ==, 1);

    f.ip6 = TRUE;
    gre_address_parse("fd31::2", &f.remote);
    gre_doctor_packets_read_icmp(&f, &f.remote, six, sizeof six);
    gre_doctor_packets_read_icmp(&f, &f.remote, six, 47);
    six[1] = 1;
    gre_doctor_packets_read_icmp(&f, &f.remote, six, sizeof six);
    g_assert_cmpuint(f.probe.no_such_tunnel, ==, 2);
    g_assert_cmpuint(f.probe.prohibited, ==, 2);
    gre_doctor_facts_clear(&f);
}

/* ---- modules ---- */

static void
test_modules(void)
{
    static const char dep[] = "kernel/net/ipv4/ip_gre.ko.xz: kernel/net/ipv4/gre.ko.xz\n"
                              "kernel/net/xfrm/xfrm_user.ko: kernel/net/ipv4/esp4.ko\n"
                              "kernel/crypto/seq-iv.ko:\n";
    static const char conf[] =
        "# blacklist ip_gre\nalias x ip_gre\n  install  esp4  /usr/bin/false\n"
        "install esp6 /sbin/modprobe --ignore-install esp6\n"
        "blacklist ip6-gre\n";
    static const char *const free_ones[] = { "ip_gre", "esp6", "x" };

    g_assert_true(gre_doctor_modules_is_listed(dep, "ip_gre"));
    g_assert_true(gre_doctor_modules_is_listed(dep, "seq_iv"));
    g_assert_false(gre_doctor_modules_is_listed(dep, "esp4"));
    g_assert_false(gre_doctor_modules_is_listed(dep, "gre"));
    g_assert_false(gre_doctor_modules_is_listed(NULL, "gre"));
    for (gsize i = 0; i < G_N_ELEMENTS(free_ones); i++)
        g_assert_null(gre_doctor_modules_blocked(conf, free_ones[i]));
    for (guint i = 0; i < 2; i++) {
        g_autofree char *line = gre_doctor_modules_blocked(conf, i ? "ip6_gre" : "esp4");

        g_assert_cmpstr(line, ==, i ? "blacklist ip6-gre" : "install  esp4  /usr/bin/false");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/doctor/%s", rows[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
    }
    g_test_add_func("/doctor/ports", test_ports);
    g_test_add_func("/doctor/skipped", test_skipped);
    g_test_add_func("/doctor/native", test_native);
    g_test_add_func("/doctor/causes", test_causes);
    g_test_add_func("/doctor/text", test_text);
    g_test_add_func("/doctor/gre", test_gre);
    g_test_add_func("/doctor/icmp", test_icmp);
    g_test_add_func("/doctor/modules", test_modules);
    return g_test_run();
}
