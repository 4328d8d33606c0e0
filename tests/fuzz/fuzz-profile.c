/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profile model, fed with anything: it makes a profile or says on one line why not, and the
 * same each time.
 */
#include "gre-error.h"
#include "../unit/profile-text.h"
#include "gre-profile.h"
#include "gre-property.h"
#include "gre-value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* What a profile promises to those who use it without checks of their own. */
static void
check_profile(const GreProfile *profile, const GreProfileSource *source)
{
    const GreIpsecOptions *ipsec = &profile->ipsec;
    gboolean               has_remote = profile->remote_name || profile->remote.family != AF_UNSPEC;

    g_assert_true(profile->protects ? !has_remote && ipsec->method != GRE_IPSEC_NO : has_remote);
    g_assert_true(ipsec->method != GRE_IPSEC_NO || g_hash_table_size(source->secrets) == 0);
    g_assert_true(ipsec->method != GRE_IPSEC_PUBKEY || ipsec->private_key);
    g_assert_cmpint(profile->remote.family == AF_UNSPEC || profile->local.family == AF_UNSPEC ||
                        profile->remote.family == profile->local.family,
                    ==, TRUE);
    g_assert_true(profile->mtu == GRE_MTU_AUTO || profile->mtu >= 68);
    g_assert_true(!profile->ifname || gre_value_is_new_ifname(profile->ifname));
    g_assert_cmpint(profile->tunnel.tos, >=, GRE_TOS_INHERIT);
    g_assert_cmpint(profile->tunnel.tos, <=, 255);
    g_assert_cmpint(profile->tunnel.flow_label, <=, 0xfffff);
    gre_profile_missing_secret(profile);
}

static void
check_error(const GError *error)
{
    g_assert_true(error->domain == GRE_ERROR);
    g_assert_true(error->code == GRE_ERROR_PROFILE || error->code == GRE_ERROR_ADDRESS ||
                  error->code == GRE_ERROR_SECRET);
    g_assert_cmpstr(error->message, !=, "");
    g_assert_true(gre_value_is_printable(error->message));
}

/* The same table again, its keys put in the other way round. */
static GHashTable *
reversed(GHashTable *table)
{
    GHashTable *copy = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GList) keys = g_list_reverse(g_hash_table_get_keys(table));

    for (GList *l = keys; l; l = l->next)
        g_hash_table_insert(copy, l->data, g_hash_table_lookup(table, l->data));
    return copy;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_auto(ProfileText) input = profile_text_parse(text);
    g_autoptr(GHashTable) again_data = reversed(input.source.data);
    g_autoptr(GHashTable) again_secrets = reversed(input.source.secrets);
    GreProfileSource again = input.source;
    g_autoptr(GError) error = NULL, error_again = NULL;
    g_autoptr(GreProfile) profile = gre_profile_new(&input.source, &error);
    g_autoptr(GreProfile) profile_again = NULL;

    again.data = again_data;
    again.secrets = again_secrets;
    profile_again = gre_profile_new(&again, &error_again);

    g_assert_true(!profile == !!error);
    g_assert_true(!profile_again == !profile);
    if (profile) {
        check_profile(profile, &input.source);
    } else {
        check_error(error);
        g_assert_cmpint(error->code, ==, error_again->code);
        g_assert_cmpstr(error->message, ==, error_again->message);
    }
    return 0;
}
