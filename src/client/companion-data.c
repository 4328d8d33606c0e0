/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vpn.data and vpn.secrets of a companion profile. */
#include "config.h"

#include "client/companion-data.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-profile.h"
#include "gre-value.h"

#include <string.h>

static void
free_secret(gpointer text)
{
    gre_secret_free_text(text);
}

GHashTable *
gre_companion_data_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

GHashTable *
gre_companion_data_secrets_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_secret);
}

gboolean
gre_companion_data_may_set(const GreProperty *property, GError **error)
{
    const char *why = NULL;

    if (property->secret)
        why =
            _("is a secret: give a pre-shared key with --psk-file or --ask, set others with nmcli");
    else if (!gre_property_is_companions(property))
        why = _("comes from the ip-tunnel profile: use nmcli connection modify");
    else if (strcmp(property->name, "protects") == 0)
        why = _("is set by the protected tunnel");
    if (why)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, "%s %s", property->name, why);
    return !why;
}

static gboolean
fail_unknown(const char *name, GError **error)
{
    const GreProperty *guess = gre_property_guess(name);
    g_autofree char   *shown = gre_value_quote(name);

    if (guess)
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    _("%s: unknown property; did you mean \"%s\"?"), shown, guess->name);
    else
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, _("%s: unknown property"), shown);
    return FALSE;
}

static gboolean
check_value(const GreProperty *property, const char *value, GError **error)
{
    if (!gre_companion_data_may_set(property, error))
        return FALSE;
    if (strcmp(property->name, "ipsec") == 0 && strcmp(value, "no") == 0) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    _("ipsec: \"no\" would protect nothing: use nm-gre unprotect"));
        return FALSE;
    }
    return value[0] == '\0' || gre_property_check(property, value, error);
}

/* Never quotes the value of an unknown property: it may be a secret. */
static gboolean
apply_one(GHashTable *data, const char *setting, GError **error)
{
    const char        *equals = strchr(setting, '=');
    g_autofree char   *name = equals ? g_strndup(setting, (gsize) (equals - setting)) : NULL;
    const GreProperty *property = name ? gre_property_find(name) : NULL;

    if (!equals) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE, _("--set needs PROPERTY=VALUE"));
        return FALSE;
    }
    if (!property)
        return fail_unknown(name, error);
    if (!check_value(property, equals + 1, error))
        return FALSE;
    if (equals[1] == '\0')
        g_hash_table_remove(data, name);
    else
        g_hash_table_insert(data, g_strdup(name), g_strdup(equals + 1));
    return TRUE;
}

static void
copy_table(GHashTable *from, GHashTable *to)
{
    GHashTableIter iter;
    gpointer       key, value;

    g_hash_table_remove_all(to);
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_insert(to, g_strdup(key), g_strdup(value));
}

gboolean
gre_companion_data_apply(GHashTable *data, char **settings, GError **error)
{
    g_autoptr(GHashTable) changed = gre_companion_data_new();

    copy_table(data, changed);
    for (gsize i = 0; settings && settings[i]; i++)
        if (!apply_one(changed, settings[i], error))
            return FALSE;
    copy_table(changed, data);
    return TRUE;
}

void
gre_companion_data_drop_secrets(GHashTable *secrets, GHashTable *data)
{
    const char *method = g_hash_table_lookup(data, "ipsec");

    if (g_strcmp0(method, "psk") != 0)
        g_hash_table_remove(secrets, "ipsec-psk");
    if (g_strcmp0(method, "pubkey") != 0)
        g_hash_table_remove(secrets, "ipsec-private-key-password");
}

gboolean
gre_companion_data_equal(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer       key, value;

    if (g_hash_table_size(a) != g_hash_table_size(b))
        return FALSE;
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (g_strcmp0(value, g_hash_table_lookup(b, key)) != 0)
            return FALSE;
    return TRUE;
}

/* NetworkManager doesn't store agent-owned secrets, nor those that it always asks for. */
static gboolean
check_keeper(const GreIpsecOptions *ipsec, GHashTable *secrets, GError **error)
{
    guint elsewhere = GRE_SECRET_AGENT_OWNED | GRE_SECRET_NOT_SAVED;

    if (!(ipsec->psk_flags & elsewhere) || !g_hash_table_contains(secrets, "ipsec-psk"))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                _("ipsec-psk-flags=%u: NetworkManager would not store the key, so don't give one"),
                ipsec->psk_flags);
    return FALSE;
}

static gboolean
check_there(const GreProfile *profile, GError **error)
{
    const GreIpsecOptions *ipsec = &profile->ipsec;

    if (ipsec->method != GRE_IPSEC_PSK || ipsec->psk_flags != 0 ||
        !gre_profile_missing_secret(profile))
        return TRUE;
    g_set_error(error, GRE_ERROR, GRE_ERROR_SECRET,
                _("a pre-shared key is missing: use --psk-file FILE or --ask"));
    return FALSE;
}

gboolean
gre_companion_data_check(
    const char *id, const char *uuid, GHashTable *data, GHashTable *secrets, GError **error)
{
    const GreProfileSource source = { .id = id, .uuid = uuid, .data = data, .secrets = secrets };
    g_autoptr(GreProfile) profile = gre_profile_new(&source, error);

    return profile && check_keeper(&profile->ipsec, secrets, error) && check_there(profile, error);
}
