/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre peer: prints the configuration for the peer of a tunnel, in the dialect of its vendor. */
#include "config.h"

#include "cli/peer-output.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"

static char    *format_name, *local, *name, **addresses, **networks;
static gboolean show_secrets;

static const GOptionEntry options[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &format_name, N_("Format of the peer's configuration"),
      N_("FORMAT") },
    { "local", 0, 0, G_OPTION_ARG_STRING, &local,
      N_("Local outer address as the peer sees it; behind a NAT, the public address"),
      N_("ADDRESS") },
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &addresses,
      N_("The peer's address in the tunnel, if the profile doesn't imply it"),
      N_("ADDRESS/LENGTH") },
    { "network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &networks,
      N_("Local network that the peer gets a route to"), N_("NETWORK/LENGTH") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name,
      N_("Name of the tunnel on the peer (default: the name of this machine)"), N_("NAME") },
    { "show-secrets", 0, 0, G_OPTION_ARG_NONE, &show_secrets,
      N_("Print the pre-shared key, not a placeholder"), NULL },
    { 0 },
};

/* @out: (transfer full) of GrePrefix, also if it fails */
static gboolean
parse_prefixes(char **texts, const char *option, GArray **out, GError **error)
{
    GrePrefix prefix;

    *out = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    for (gsize i = 0; texts && texts[i]; i++) {
        if (!gre_address_prefix_parse(texts[i], &prefix))
            return gre_command_fail(
                error, GRE_EXIT_USAGE,
                _("%s: expected an address and prefix length such as 10.0.0.2/30"), option);
        g_array_append_val(*out, prefix);
    }
    return TRUE;
}

static gboolean
parse_local(GreAddress *out, GError **error)
{
    if (!local || gre_value_unicast(local, out))
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_USAGE, _("--local: expected a unicast IP address"));
}

static gboolean
run(char **arguments, GError **error)
{
    g_autoptr(GArray) inside = NULL;
    g_autoptr(GArray) behind = NULL;
    GrePeerOutput wish = { .name = name, .show_secrets = show_secrets };

    gre_secret_hide_process();
    wish.format = gre_peer_output_find_format(format_name, "--format", error);
    if (!wish.format || !parse_prefixes(addresses, "--address", &inside, error) ||
        !parse_prefixes(networks, "--network", &behind, error) || !parse_local(&wish.local, error))
        return FALSE;
    wish.addresses = inside;
    wish.networks = behind;
    return gre_peer_output_print(arguments[0], &wish, error);
}

const GreCommand gre_cmd_peer = {
    .name = "peer",
    .arguments = N_("CONNECTION"),
    .summary = N_("Print the configuration for the peer of a tunnel"),
    .details = N_(
        "CONNECTION is the name or UUID of a VPN profile of type gre, or of an ip-tunnel profile.\n"
        "nm-gre(1) describes the formats; without --format the command lists them. A setting that "
        "the\n"
        "format cannot express is an error if both ends need it."),
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
