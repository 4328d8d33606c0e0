/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes the dictionary of Connect, which has what a user put into a profile, in GVariant's text
 * form: any types, any values.
 */
#include "nm/profile-set.h"
#include "nm/settings.h"

#include <string.h>

#include "gre-error.h"
#include "gre-value.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_read(GVariant *settings, const GreNative *tunnel)
{
    GreSettings read = { 0 };
    g_autoptr(GError) error = NULL;
    GreAddress address;

    if (!gre_settings_read(settings, tunnel, &read, &error)) {
        g_assert_nonnull(error);
        g_assert_true(gre_value_is_printable(error->message));
        return;
    }
    g_assert_no_error(error);
    g_assert_nonnull(read.profile);
    g_assert_true(gre_address_parse("192.0.2.1", &address));
    gre_settings_covers(&read, &address);
    gre_settings_clear(&read);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *) data, size), *uuid = NULL;
    g_autoptr(GVariant) settings = NULL;
    g_autoptr(GreKnownProfile) known = NULL;

    if (!g_utf8_validate(text, -1, NULL))
        return 0;
    settings = g_variant_parse(G_VARIANT_TYPE("a{sa{sv}}"), text, NULL, NULL, NULL);
    if (!settings)
        return 0;
    uuid = gre_settings_uuid(settings);
    known = gre_profile_set_known_new("a", settings);
    g_assert_true(!known || known->kind != GRE_KNOWN_TUNNEL || known->tunnel);
    check_read(settings, NULL);
    if (known && known->tunnel)
        check_read(settings, known->tunnel);
    return 0;
}
