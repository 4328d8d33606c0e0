/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property values of a profile, checked against the property table.
 */
#include "config.h"

#include "gre-form.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "gre-words.h"

#include <string.h>

/* Both tables of a setting: name -> text. */
typedef struct {
    GHashTable *data, *secrets;
} Texts;

struct _GreForm {
    Texts       loaded, now;
    GHashTable *shown; /* names of all secrets that were ever here: a setting may have others */
};

/* Replaces what the host program has fields for. */
#define ANY_ID   "connection"
#define ANY_UUID "00000000-0000-0000-0000-000000000000"

static void
texts_init(Texts *texts)
{
    texts->data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    texts->secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) gre_secret_free_text);
}

static void
texts_clear(Texts *texts)
{
    g_clear_pointer(&texts->data, g_hash_table_unref);
    g_clear_pointer(&texts->secrets, g_hash_table_unref);
}

static GHashTable *
table_of(const Texts *texts, const GreProperty *property)
{
    return property->secret ? texts->secrets : texts->data;
}

static void
keep_in_both(const char *name, const char *text, GHashTable *loaded, GHashTable *now)
{
    g_hash_table_insert(loaded, g_strdup(name), g_strdup(text));
    g_hash_table_insert(now, g_strdup(name), g_strdup(text));
}

static void
load_data(const char *name, const char *text, gpointer data)
{
    GreForm *form = data;

    keep_in_both(name, text, form->loaded.data, form->now.data);
}

static void
load_secret(const char *name, const char *text, gpointer data)
{
    GreForm *form = data;

    keep_in_both(name, text, form->loaded.secrets, form->now.secrets);
    g_hash_table_add(form->shown, g_strdup(name));
}

GreForm *
gre_form_new(NMSettingVpn *vpn)
{
    GreForm *form = g_new0(GreForm, 1);

    texts_init(&form->loaded);
    texts_init(&form->now);
    form->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (vpn) {
        nm_setting_vpn_foreach_data_item(vpn, load_data, form);
        nm_setting_vpn_foreach_secret(vpn, load_secret, form);
    }
    return form;
}

void
gre_form_free(GreForm *form)
{
    texts_clear(&form->loaded);
    texts_clear(&form->now);
    g_hash_table_unref(form->shown);
    g_free(form);
}

const char *
gre_form_get(const GreForm *form, const GreProperty *property)
{
    return g_hash_table_lookup(table_of(&form->now, property), property->name);
}

const char *
gre_form_get_loaded(const GreForm *form, const GreProperty *property)
{
    return g_hash_table_lookup(table_of(&form->loaded, property), property->name);
}

gboolean
gre_form_set(GreForm *form, const GreProperty *property, const char *text)
{
    GHashTable *table = table_of(&form->now, property);

    if (text && !text[0] && g_strcmp0(gre_form_get_loaded(form, property), "") != 0)
        text = NULL;
    if (g_strcmp0(gre_form_get(form, property), text) == 0)
        return FALSE;
    if (text)
        g_hash_table_insert(table, g_strdup(property->name), g_strdup(text));
    else
        g_hash_table_remove(table, property->name);
    if (property->secret)
        g_hash_table_add(form->shown, g_strdup(property->name));
    return TRUE;
}

/* ---- dependencies between properties ---- */

static guint32
number_in(const Texts *texts, const char *name)
{
    const GreProperty *property = gre_property_find(name);
    const char        *text = g_hash_table_lookup(texts->data, name);
    g_auto(GreValue) value = { 0 };

    if ((!text || !gre_property_parse(property, text, &value, NULL)) && property->default_value)
        (void) gre_property_parse(property, property->default_value, &value, NULL);
    return value.number;
}

guint32
gre_form_get_number(const GreForm *form, const char *name)
{
    return number_in(&form->now, name);
}

static int
family_in(const Texts *texts)
{
    const char *remote = g_hash_table_lookup(texts->data, "remote");
    const char *local = g_hash_table_lookup(texts->data, "local");
    GreAddress  address;

    if (g_hash_table_contains(texts->data, "mode") && number_in(texts, "mode") != GRE_MODE_XFRM)
        return gre_profile_mode_family((GreMode) number_in(texts, "mode"));
    if ((remote && gre_address_parse(remote, &address)) ||
        (local && gre_address_parse(local, &address)))
        return address.family;
    return AF_UNSPEC;
}

int
gre_form_family(const GreForm *form)
{
    return family_in(&form->now);
}

static gboolean
is_met(const Texts *texts, GreNeed need)
{
    guint32 method = number_in(texts, "ipsec");

    switch (need) {
    case GRE_NEED_IPSEC:
        return method != GRE_IPSEC_NO;
    case GRE_NEED_PSK:
        return method == GRE_IPSEC_PSK;
    case GRE_NEED_PUBKEY:
        return method == GRE_IPSEC_PUBKEY;
    case GRE_NEED_MODE_GRE:
        return number_in(texts, "mode") != GRE_MODE_XFRM && family_in(texts) == AF_INET;
    case GRE_NEED_MODE_IP6GRE:
        return number_in(texts, "mode") != GRE_MODE_XFRM && family_in(texts) == AF_INET6;
    case GRE_NEED_FRAGMENTING:
        return !number_in(texts, "path-mtu-discovery");
    case GRE_NEED_ANY_GRE:
        return number_in(texts, "mode") != GRE_MODE_XFRM;
    case GRE_NEED_MODE_XFRM:
        return number_in(texts, "mode") == GRE_MODE_XFRM;
    case GRE_NEED_XFRM_IPSEC:
        return TRUE; /* shown, so that it can be changed; the profile's check names what is missing
                      */
    }
    return FALSE;
}

static gboolean
are_needs_met(const Texts *texts, const GreProperty *property)
{
    for (guint bit = 0; bit < GRE_NEEDS_MAX; bit++)
        if ((property->needs & 1u << bit) && !is_met(texts, (GreNeed) (1u << bit)))
            return FALSE;
    return TRUE;
}

gboolean
gre_form_is_usable(const GreForm *form, const GreProperty *property)
{
    for (gsize i = 0; property->excludes && property->excludes[i]; i++)
        if (gre_form_get(form, gre_property_find(property->excludes[i])))
            return FALSE;
    return are_needs_met(&form->now, property);
}

/* ---- saving ---- */

static gboolean
is_changed(const GreForm *form, const GreProperty *property)
{
    return g_strcmp0(gre_form_get(form, property), gre_form_get_loaded(form, property)) != 0;
}

/* A property without effect stays if it had none before and the user didn't touch it: that is an
 * error to show, not to hide. */
static gboolean
is_dropped(const GreForm *form, const GreProperty *property)
{
    return !are_needs_met(&form->now, property) &&
           (are_needs_met(&form->loaded, property) || is_changed(form, property));
}

/* Borrows the texts. */
static void
add_saved(const GreForm *form, GHashTable *from, gboolean secret, gboolean unknown, GHashTable *to)
{
    GHashTableIter iter;
    gpointer       name, text;

    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &name, &text)) {
        const GreProperty *property = gre_property_find(name);
        gboolean           known = property && !property->secret == !secret;

        if (known ? !is_dropped(form, property) : unknown)
            g_hash_table_insert(to, name, text);
    }
}

static void
saved_texts(const GreForm *form, gboolean unknown, Texts *out)
{
    out->data = g_hash_table_new(g_str_hash, g_str_equal);
    out->secrets = g_hash_table_new(g_str_hash, g_str_equal);
    add_saved(form, form->now.data, FALSE, unknown, out->data);
    add_saved(form, form->now.secrets, TRUE, unknown, out->secrets);
}

static void
add_name(const char *name, const char *text, gpointer names)
{
    g_ptr_array_add(names, g_strdup(name));
}

static void
write_data(NMSettingVpn *vpn, GHashTable *wanted)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer       name, text;

    nm_setting_vpn_foreach_data_item(vpn, add_name, names);
    for (guint i = 0; i < names->len; i++)
        if (!g_hash_table_contains(wanted, names->pdata[i]))
            nm_setting_vpn_remove_data_item(vpn, names->pdata[i]);
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &name, &text))
        if (g_strcmp0(nm_setting_vpn_get_data_item(vpn, name), text) != 0)
            nm_setting_vpn_add_data_item(vpn, name, text);
}

/* A program may get a secret later, or keep it from the editor. The user did not remove it, so it
 * stays as long as its method does. */
static gboolean
is_kept_from_us(const GreForm *form, const char *name)
{
    const GreProperty *property = gre_property_find(name);

    return !g_hash_table_contains(form->shown, name) &&
           (!property || !property->secret || are_needs_met(&form->now, property));
}

static void
write_secrets(const GreForm *form, NMSettingVpn *vpn, GHashTable *wanted)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer       name, text;

    nm_setting_vpn_foreach_secret(vpn, add_name, names);
    for (guint i = 0; i < names->len; i++)
        if (!g_hash_table_contains(wanted, names->pdata[i]) &&
            !is_kept_from_us(form, names->pdata[i]))
            nm_setting_vpn_remove_secret(vpn, names->pdata[i]);
    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &name, &text))
        if (g_strcmp0(nm_setting_vpn_get_secret(vpn, name), text) != 0)
            nm_setting_vpn_add_secret(vpn, name, text);
}

void
gre_form_write(const GreForm *form, NMSettingVpn *vpn)
{
    Texts saved;

    saved_texts(form, TRUE, &saved);
    write_data(vpn, saved.data);
    write_secrets(form, vpn, saved.secrets);
    texts_clear(&saved);
}

/* ---- validation ---- */

/* A pre-shared key that is stored must be given. One that was missing when the profile was opened
 * may only not have been shown to the editor. */
static gboolean
check_psk(const GreForm *form, const GreProfile *profile, GError **error)
{
    static const char *const names[] = { "ipsec", "ipsec-psk", "ipsec-psk-flags" };
    gboolean                 touched = FALSE;

    if (g_strcmp0(gre_profile_missing_secret(profile), "ipsec-psk") != 0 ||
        profile->ipsec.psk_flags != 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        touched = touched || is_changed(form, gre_property_find(names[i]));
    if (touched)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_SECRET, _("is missing"));
    return !touched;
}

/* The first of the three properties that can identify the peer is reported as missing. */
static const GreProperty *
name_missing_proof(const GreForm *form, const GreProperty *where, GError *error)
{
    static const char *const proofs[] = { "ipsec-ca", "ipsec-remote-cert", "ipsec-remote-pubkey" };

    if (where != gre_property_find("ipsec") ||
        gre_form_get_number(form, "ipsec") != GRE_IPSEC_PUBKEY)
        return where;
    for (gsize i = 0; i < G_N_ELEMENTS(proofs); i++)
        if (gre_form_get(form, gre_property_find(proofs[i])))
            return where;
    g_free(error->message);
    error->message = g_strdup(_("is missing, or the peer’s certificate or public key"));
    return gre_property_find("ipsec-ca");
}

gboolean
gre_form_check(const GreForm      *form,
               const char         *interface_name,
               const GreProperty **where,
               GError            **error)
{
    GreProfileSource source = { .id = ANY_ID, .uuid = ANY_UUID, .interface_name = interface_name };
    g_autoptr(GreProfile) profile = NULL;
    g_autoptr(GError) cause = NULL;
    Texts saved;

    *where = NULL;
    saved_texts(form, FALSE, &saved);
    source.data = saved.data;
    source.secrets = saved.secrets;
    profile = gre_profile_new(&source, &cause);
    texts_clear(&saved);
    if (!profile) {
        *where = name_missing_proof(form, gre_words_take_name(cause->message), cause);
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (check_psk(form, profile, error))
        return TRUE;
    *where = gre_property_find("ipsec-psk");
    return FALSE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

char *
gre_form_unknown(const GreForm *form)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer       name;

    g_hash_table_iter_init(&iter, form->loaded.data);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        if (!gre_property_find(name) || gre_property_find(name)->secret)
            g_ptr_array_add(names, name);
    if (names->len == 0)
        return NULL;
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return gre_words_join((char *const *) names->pdata);
}
