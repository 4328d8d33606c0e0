/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A keyfile of anything: it becomes a dictionary or not, and that one a profile with what profiles
 * promise.
 */
#include "nm/keyfile.h"

#include <string.h>

#include "gre-value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_tunnel(const GreNative *tunnel)
{
    int family = gre_native_family(tunnel->mode);

    g_assert_cmpint(tunnel->remote.family, ==, family);
    g_assert_true(tunnel->local.family == AF_UNSPEC || tunnel->local.family == family);
    g_assert_true(!tunnel->ifname || gre_value_is_ifname(tunnel->ifname));
    g_assert_cmpint(tunnel->options.tos, >=, GRE_TOS_INHERIT);
    g_assert_cmpint(tunnel->options.tos, <=, 255);
    g_assert_cmpint(tunnel->options.encap_limit, >=, GRE_ENCAP_LIMIT_NONE);
    g_assert_cmpint(tunnel->options.encap_limit, <=, 255);
    g_assert_cmpint(tunnel->options.flow_label, <=, 0xfffff);
}

static void
check_profile(const GreKnownProfile *profile)
{
    g_assert_cmpstr(profile->id, !=, "");
    g_assert_cmpstr(profile->uuid, !=, "");
    g_assert_true(!profile->tunnel == (profile->kind != GRE_KNOWN_TUNNEL));
    g_assert_true(!profile->protects == (profile->kind != GRE_KNOWN_COMPANION));
    g_assert_true(!profile->refusal || gre_value_is_printable(profile->refusal));
    if (profile->tunnel)
        check_tunnel(profile->tunnel);
}

static void
count_pair(const GreKnownProfile *companion, const GreKnownProfile *tunnel, gpointer data)
{
    g_assert_cmpint(companion->kind, ==, GRE_KNOWN_COMPANION);
    g_assert_cmpint(tunnel->kind, ==, GRE_KNOWN_TUNNEL);
    (*(guint *) data)++;
}

/* Alone, it is in no pair. */
static void
check_pairs(GreKnownProfile *profile)
{
    g_autoptr(GreProfileSet) set = gre_profile_set_new();
    g_autoptr(GError) error = NULL;
    const GreKnownProfile *found;
    guint                  n = 0;

    gre_profile_set_put(set, profile);
    gre_profile_set_each_protected(set, count_pair, &n);
    g_assert_cmpuint(n, ==, 0);
    found = gre_profile_set_find_tunnel(set, profile->id, profile->uuid, profile->users, &error);
    g_assert_true(!found == !!error);
    g_assert_true(!error || gre_value_is_printable(error->message));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_malloc(size + 1);
    g_autoptr(GVariant) settings = NULL;
    g_autoptr(GreKnownProfile) profile = NULL;

    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    settings = gre_keyfile_parse(text, size, "/etc/a.nmconnection", "/etc/a.nmconnection");
    if (!settings)
        return 0;
    g_variant_ref_sink(settings);
    profile = gre_profile_set_known_new("a", settings);
    if (profile) {
        check_profile(profile);
        check_pairs(g_steal_pointer(&profile));
    }
    return 0;
}
