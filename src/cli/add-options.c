/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the command line and the file of `nm-gre add` into answers. */
#include "config.h"

#include "cli/add-options.h"

#include "cli/peer-output.h"
#include "cli/secret-input.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "gre-secret.h"

#include <string.h>

static char  *remote, *local, *key, *proof, *psk_file, *kind, *ifname, *format, *file;
static char **addresses, **routes, **networks, **settings;

GreAddOptions gre_add_options;

const GOptionEntry gre_add_options_table[] = {
    { "remote", 'r', 0, G_OPTION_ARG_STRING, &remote, N_("The peer's address or DNS name"),
      N_("ADDRESS") },
    { "address", 'a', 0, G_OPTION_ARG_STRING_ARRAY, &addresses,
      N_("This machine's address in the tunnel"), N_("ADDRESS/LENGTH") },
    { "route", 0, 0, G_OPTION_ARG_STRING_ARRAY, &routes, N_("Network behind the peer"),
      N_("NETWORK/LENGTH") },
    { "network", 0, 0, G_OPTION_ARG_STRING_ARRAY, &networks,
      N_("Local network that the peer gets a route to"), N_("NETWORK/LENGTH") },
    { "local", 0, 0, G_OPTION_ARG_STRING, &local,
      N_("Local outer address (default: the kernel chooses)"), N_("ADDRESS") },
    { "key", 0, 0, G_OPTION_ARG_STRING, &key, N_("GRE key"), N_("KEY") },
    { "ipsec", 0, 0, G_OPTION_ARG_STRING, &proof,
      N_("Authentication: a pre-shared key (the default), certificates, raw public keys, or none"),
      "psk|cert|pubkey|no" },
    { "psk-file", 0, 0, G_OPTION_ARG_FILENAME, &psk_file,
      N_("Read the pre-shared key from FILE (default: make a new one); \"-\" is standard input"),
      N_("FILE") },
    { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &settings, N_("Set an IPsec property"),
      N_("PROPERTY=VALUE") },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind,
      N_("Native tunnel or VPN profile (default: what fits this machine)"), "auto|native|vpn" },
    { "ifname", 0, 0, G_OPTION_ARG_STRING, &ifname, N_("Name of the tunnel's interface"),
      N_("NAME") },
    { "peer", 'p', 0, G_OPTION_ARG_STRING, &format,
      N_("Print the peer's configuration in this format, see nm-gre peer"), N_("FORMAT") },
    { "show-secrets", 0, 0, G_OPTION_ARG_NONE, &gre_add_options.show_secrets,
      N_("Print the pre-shared key, not a placeholder"), NULL },
    { "file", 'f', 0, G_OPTION_ARG_FILENAME, &file,
      N_("Read the answers from FILE; \"-\" is standard input"), N_("FILE") },
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &gre_add_options.yes, N_("Ask nothing"), NULL },
    { "fix", 0, 0, G_OPTION_ARG_NONE, &gre_add_options.fix,
      N_("Run doctor's commands for what is missing on this machine"), NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &gre_add_options.dry_run,
      N_("Change nothing, show what would change"), NULL },
    { 0 },
};

/* ---- answers ---- */

static gboolean
take_file(GreAddAnswers *answers, GError **error)
{
    char    *text = gre_secret_input_read(file, error);
    GError  *cause = NULL;
    gboolean valid = text && gre_add_answers_read(answers, text, &cause);

    gre_secret_free_text(text);
    if (cause)
        g_propagate_prefixed_error(error, cause, "%s: ", file);
    return valid;
}

static gboolean
take_option(GreAddAnswers *answers, const char *name, const char *value, GError **error)
{
    GError *cause = NULL;

    if (!value || gre_add_answers_set(answers, name, value, &cause))
        return TRUE;
    g_propagate_prefixed_error(error, cause, "--");
    return FALSE;
}

static gboolean
take_settings(GreAddAnswers *answers, GError **error)
{
    for (gsize i = 0; settings && settings[i]; i++) {
        const char      *equals = strchr(settings[i], '=');
        g_autofree char *name =
            equals ? g_strndup(settings[i], (gsize) (equals - settings[i])) : NULL;

        if (!equals || !g_str_has_prefix(name, "ipsec-"))
            return gre_command_fail(error, GRE_EXIT_USAGE,
                                    _("--set takes an IPsec property: ipsec-…=VALUE"));
        if (!gre_add_answers_set(answers, name, equals + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_lists(GreAddAnswers *answers, GError **error)
{
    const struct {
        const char *name;
        char      **values;
    } lists[] = { { "address", addresses }, { "route", routes }, { "network", networks } };

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        for (gsize k = 0; lists[i].values && lists[i].values[k]; k++)
            if (!take_option(answers, lists[i].name, lists[i].values[k], error))
                return FALSE;
    return TRUE;
}

static gboolean
take_options(GreAddAnswers *answers, GError **error)
{
    const struct {
        const char *name, *value;
    } single[] = {
        { "remote", remote },     { "local", local }, { "key", key },       { "ipsec", proof },
        { "psk-file", psk_file }, { "kind", kind },   { "ifname", ifname }, { "peer", format },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (!take_option(answers, single[i].name, single[i].value, error))
            return FALSE;
    return take_lists(answers, error) && take_settings(answers, error);
}

/* An address where the peer's format is expected is a likely mistake. */
gboolean
gre_add_options_check_format(const GreAddAnswers *answers, GError **error)
{
    const char *given = answers->format;
    GreAddress  address;

    if (given && gre_address_parse(given, &address))
        return gre_command_fail(error, GRE_EXIT_USAGE,
                                _("--peer takes a format; the peer's address is --remote %s"),
                                given);
    return !given || gre_peer_output_find_format(given, "--peer", error);
}

gboolean
gre_add_options_collect(GreAddAnswers *answers, const char *name, GError **error)
{
    return (!file || take_file(answers, error)) && take_options(answers, error) &&
           (!name || gre_add_answers_set(answers, "name", name, error)) &&
           gre_add_options_check_format(answers, error);
}
