/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognizes other files that a user may have picked, so that the error can name them. */
#include "config.h"

#include "import/unsupported.h"
#include "gre-i18n.h"

#include <string.h>

/* A typical line of each kind, in the order of the search; some kinds have several. */
static const struct {
    const char *line, *name;
} kinds[] = {
    { "[Interface]", N_("a WireGuard configuration") },
    { "[Match]", N_("a systemd .network file (the .netdev beside it has the tunnel)") },
    { "<?xml", N_("an XML file") },
    { "<plist", N_("an Apple configuration profile") },
    { "-----BEGIN", N_("a certificate or key") },
    { "client =", N_("a stunnel configuration") },
    { "client=", N_("a stunnel configuration") },
    { "client", N_("an OpenVPN configuration") },
    { "tls-client", N_("an OpenVPN configuration") },
    { "dev tun", N_("an OpenVPN configuration") },
    { "dev tap", N_("an OpenVPN configuration") },
    { "<ca>", N_("an OpenVPN configuration") },
    { "IPSec gateway", N_("a vpnc configuration") },
    { "[main]", N_("a Cisco VPN client profile") },
    { "tunnel-protocol", N_("the configuration of a Huawei router") },
    { "sysname ", N_("the configuration of a Huawei router") },
    { "/interface eoip", N_("a RouterOS export") },
    { "/ip ipsec", N_("a RouterOS export") },
    { "config system interface", N_("a FortiOS configuration") },
    { "config vpn ipsec", N_("a FortiOS configuration") },
    { "config interface", N_("an OpenWrt (UCI) configuration") },
    { "config remote", N_("an OpenWrt (UCI) configuration") },
    { "TUNTYPE=", N_("an interface of ALT Linux (etcnet)") },
    { "TYPE=iptun", N_("an interface of ALT Linux (etcnet)") },
    { "interface ", N_("a router's configuration without a Tunnel interface") },
    { "[vpn]", N_("the profile of another VPN") },
    { "{", N_("a JSON file") },
    { "include ", N_("a file that only includes others (one of those has the tunnel)") },
};

const char *
gre_unsupported_name(const GreFile *file)
{
    if (file->text[strspn(file->text, " \t\n")] == '\0')
        return N_("an empty file");
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (gre_file_has_line(file, kinds[i].line))
            return kinds[i].name;
    return NULL;
}
