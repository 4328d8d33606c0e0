/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of answers, and what each may be. */
#include "config.h"

#include "add/add-answers.h"

#include "client/companion-data.h"
#include "gre-error.h"
#include "gre-guess.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"
#include "import/unit-file.h"
#include "remote/remote-end.h"

#include <string.h>

#define SECTION "tunnel"

GreAddAnswers *
gre_add_answers_new(void)
{
    GreAddAnswers *answers = g_new0(GreAddAnswers, 1);

    answers->inside = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    answers->routes = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    answers->networks = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    answers->ipsec = gre_companion_data_new();
    return answers;
}

void
gre_add_answers_free(GreAddAnswers *answers)
{
    g_free(answers->name);
    g_free(answers->remote);
    g_free(answers->ifname);
    g_free(answers->format);
    g_free(answers->psk_file);
    gre_secret_free_text(answers->psk);
    g_array_unref(answers->inside);
    g_array_unref(answers->routes);
    g_array_unref(answers->networks);
    g_hash_table_unref(answers->ipsec);
    g_free(answers);
}

/* ---- single values ---- */

static gboolean
set_text(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
    return TRUE;
}

static gboolean
set_name(GreAddAnswers *answers, const char *value)
{
    return value[0] && gre_value_is_text(value) && set_text(&answers->name, value);
}

static gboolean
set_remote(GreAddAnswers *answers, const char *value)
{
    GreAddress address;

    return (gre_value_unicast(value, &address) || gre_value_is_host_name(value)) &&
           set_text(&answers->remote, value);
}

static gboolean
set_local(GreAddAnswers *answers, const char *value)
{
    return gre_value_unicast(value, &answers->local);
}

static gboolean
set_key(GreAddAnswers *answers, const char *value)
{
    answers->has_key = gre_value_key(value, &answers->key);
    return answers->has_key;
}

static gboolean
set_ifname(GreAddAnswers *answers, const char *value)
{
    return gre_value_is_new_ifname(value) && set_text(&answers->ifname, value);
}

static gboolean
set_format(GreAddAnswers *answers, const char *value)
{
    return value[0] && set_text(&answers->format, value);
}

static gboolean
set_psk_file(GreAddAnswers *answers, const char *value)
{
    return value[0] && set_text(&answers->psk_file, value);
}

static gboolean
set_psk(GreAddAnswers *answers, const char *value)
{
    gre_secret_free_text(answers->psk);
    answers->psk = g_strdup(value);
    return value[0] != '\0' && strcmp(value, GRE_REMOTE_END_PLACEHOLDER) != 0;
}

/* ---- words ---- */

static int
find_word(const char *const *words, const char *value)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], value) == 0)
            return i;
    return -1;
}

static gboolean
set_proof(GreAddAnswers *answers, const char *value)
{
    static const char *const words[] = { "psk", "cert", "pubkey", "no", NULL };
    int                      found = find_word(words, value);

    answers->has_proof = found >= 0;
    answers->proof = found >= 0 ? (GreAddProof) found : GRE_ADD_PROOF_PSK;
    return found >= 0;
}

static gboolean
set_kind(GreAddAnswers *answers, const char *value)
{
    static const char *const words[] = { "auto", "native", "vpn", NULL };
    int                      found = find_word(words, value);

    answers->kind = found >= 0 ? (GreAddKind) found : GRE_ADD_KIND_AUTO;
    return found >= 0;
}

/* ---- lists ---- */

static void
clear_host_bits(GrePrefix *prefix)
{
    for (gsize i = 0; i < gre_address_size(prefix->address.family); i++) {
        guint left = prefix->length > i * 8 ? prefix->length - (guint) i * 8 : 0;

        if (left < 8)
            prefix->address.bytes[i] &= (guint8) (0xff00 >> left);
    }
}

/* @networks: as written, or with their host bits cleared */
static gboolean
add_prefixes(GArray *list, const char *value, gboolean networks)
{
    g_auto(GStrv) words = g_strsplit_set(value, " \t,;", -1);
    gboolean any = FALSE;

    for (gsize i = 0; words[i]; i++) {
        GrePrefix prefix;

        if (!words[i][0])
            continue;
        if (!gre_address_prefix_parse(words[i], &prefix))
            return FALSE;
        if (networks)
            clear_host_bits(&prefix);
        g_array_append_val(list, prefix);
        any = TRUE;
    }
    return any;
}

/* Some address that an interface can have. */
static gboolean
set_inside(GreAddAnswers *answers, const char *value)
{
    guint before = answers->inside->len;

    if (!add_prefixes(answers->inside, value, FALSE))
        return FALSE;
    for (guint i = before; i < answers->inside->len; i++) {
        const GrePrefix *prefix = &g_array_index(answers->inside, GrePrefix, i);

        if (gre_address_is_any(&prefix->address) || gre_address_is_multicast(&prefix->address) ||
            prefix->length == 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
set_route(GreAddAnswers *answers, const char *value)
{
    return add_prefixes(answers->routes, value, TRUE);
}

static gboolean
set_network(GreAddAnswers *answers, const char *value)
{
    return add_prefixes(answers->networks, value, TRUE);
}

/* ---- the table ---- */

static const struct {
    const char *name;
    gboolean (*set)(GreAddAnswers *answers, const char *value);
    const char *expected; /* untranslated */
} rows[] = {
    { "name", set_name, N_("the profile's name") },
    { "remote", set_remote, N_("the peer's address or DNS name") },
    { "local", set_local, N_("a unicast IP address") },
    { "address", set_inside, N_("an address and prefix length such as 10.0.0.1/30") },
    { "route", set_route, N_("a network and prefix length such as 192.168.20.0/24") },
    { "network", set_network, N_("a network and prefix length such as 192.168.20.0/24") },
    { "key", set_key, N_("a GRE key: a number or a dotted quad") },
    { "ipsec", set_proof, N_("psk, cert, pubkey or no") },
    { "kind", set_kind, N_("auto, native or vpn") },
    { "ifname", set_ifname, N_("the name of an interface to create") },
    { "peer", set_format, N_("a format of nm-gre peer") },
    { "psk-file", set_psk_file, N_("a file") },
    { "psk", set_psk, N_("a pre-shared key") },
};

/* Not an answer of its own: an IPsec property of vpn.data. */
static gboolean
set_property(GreAddAnswers *answers, const char *name, const char *value, GError **error)
{
    g_autofree char *setting = g_strdup_printf("%s=%s", name, value);
    char            *settings[] = { setting, NULL };

    return gre_companion_data_apply(answers->ipsec, settings, error);
}

static gboolean
fail_unknown(const char *name, GError **error)
{
    g_autofree char *shown = gre_value_quote(name);
    GreGuess         guess = { .typed = name };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        gre_guess_show(&guess, rows[i].name);
    if (guess.best)
        return gre_error_fail(error, _("%s: unknown; did you mean \"%s\"?"), shown, guess.best);
    return gre_error_fail(error, _("%s: unknown (see nm-gre add --help)"), shown);
}

gboolean
gre_add_answers_set(GreAddAnswers *answers, const char *name, const char *value, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = gre_value_quote(value);

        if (strcmp(rows[i].name, name) != 0)
            continue;
        if (rows[i].set(answers, value))
            return TRUE;
        if (g_str_has_prefix(name, "psk"))
            return gre_error_fail(error, _("%s: expected %s"), name, _(rows[i].expected));
        return gre_error_fail(error, _("%s: expected %s, not %s"), name, _(rows[i].expected),
                              shown);
    }
    if (g_str_has_prefix(name, "ipsec-") && strcmp(name, "ipsec-psk") != 0)
        return set_property(answers, name, value, error);
    return fail_unknown(name, error);
}

/* ---- a file ---- */

static gboolean
take_entry(GreAddAnswers *answers, const GreUnitEntry *entry, GError **error)
{
    g_autofree char *shown = gre_value_quote(entry->section);
    GError          *cause = NULL;

    if (strcmp(entry->section, SECTION) != 0)
        return gre_error_fail(error, _("line %u: expected the section [%s], not %s"), entry->line,
                              SECTION, shown);
    if (gre_add_answers_set(answers, entry->key, entry->value, &cause))
        return TRUE;
    g_propagate_prefixed_error(error, cause, _("line %u: "), entry->line);
    return FALSE;
}

/* Copies of the secret are in the entry's value alone. */
static void
wipe_secrets(GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        const GreUnitEntry *entry = entries->pdata[i];

        if (strcmp(entry->key, "psk") == 0)
            explicit_bzero(entry->value, strlen(entry->value));
    }
}

gboolean
gre_add_answers_read(GreAddAnswers *answers, const char *text, GError **error)
{
    g_autoptr(GPtrArray) entries = gre_unit_file_parse(text, error);
    gboolean valid = entries != NULL;

    for (guint i = 0; valid && i < entries->len; i++)
        valid = take_entry(answers, entries->pdata[i], error);
    if (entries)
        wipe_secrets(entries);
    return valid;
}

/* ---- all together ---- */

/* A route needs an address of its family in the tunnel: NetworkManager sets none without. */
static gboolean
check_inside(const GreAddAnswers *answers, GError **error)
{
    for (guint i = 0; i < answers->routes->len; i++) {
        const GrePrefix *route = &g_array_index(answers->routes, GrePrefix, i);
        char             text[GRE_ADDRESS_STRLEN];

        if (!gre_address_prefixes_have(answers->inside, route->address.family))
            return gre_error_fail(error,
                                  _("route: %s/%u needs an address of its family in the tunnel"),
                                  gre_address_to_string(&route->address, text), route->length);
    }
    return TRUE;
}

static gboolean
need_property(const GreAddAnswers *answers, const char *word, const char *name, GError **error)
{
    return g_hash_table_contains(answers->ipsec, name) ||
           gre_error_fail(error, _("ipsec=%s needs %s"), word, name);
}

static gboolean
check_proof(const GreAddAnswers *answers, GError **error)
{
    if (answers->proof != GRE_ADD_PROOF_PSK && (answers->psk || answers->psk_file))
        return gre_error_fail(error, _("a pre-shared key is given, but ipsec isn't psk"));
    switch (answers->proof) {
    case GRE_ADD_PROOF_PSK:
        return !(answers->psk && answers->psk_file) ||
               gre_error_fail(error, _("psk and psk-file are mutually exclusive"));
    case GRE_ADD_PROOF_CERT:
        return need_property(answers, "cert", "ipsec-cert", error) &&
               need_property(answers, "cert", "ipsec-private-key", error);
    case GRE_ADD_PROOF_PUBKEY:
        return need_property(answers, "pubkey", "ipsec-private-key", error) &&
               need_property(answers, "pubkey", "ipsec-remote-pubkey", error);
    case GRE_ADD_PROOF_NONE:
        return g_hash_table_size(answers->ipsec) == 0 ||
               gre_error_fail(error, _("IPsec properties are given, but ipsec is no"));
    }
    return FALSE;
}

gboolean
gre_add_answers_complete(GreAddAnswers *answers, GError **error)
{
    if (!answers->remote)
        return gre_error_fail(error, _("the peer's address is missing: use --remote ADDRESS"));
    if (answers->inside->len == 0)
        return gre_error_fail(error, _("this machine's address in the tunnel is missing: use "
                                       "--address ADDRESS/LENGTH"));
    if (!answers->name)
        answers->name = g_strdup_printf("gre-%s", answers->remote);
    return check_inside(answers, error) && check_proof(answers, error);
}
