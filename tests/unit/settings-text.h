/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's settings dictionaries in GVariant's text form, for unit tests.
 */
#ifndef GRE_SETTINGS_TEXT_H
#define GRE_SETTINGS_TEXT_H

#include <glib.h>

#define SETTINGS_UUID "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11"
#define SETTINGS_CON                                           \
    "'connection': {'id': <'tun2b'>, 'uuid': <'" SETTINGS_UUID \
    "'>, 'type': <'ip-tunnel'>, 'interface-name': <'tun2b'>}"

/* A whole dictionary, with its braces. */
static inline GVariant *
settings_parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    GVariant *variant = g_variant_parse(G_VARIANT_TYPE("a{sa{sv}}"), text, NULL, NULL, &error);

    g_assert_no_error(error);
    return variant;
}

/* An ip-tunnel profile with these properties. */
static inline GVariant *
settings_tunnel(const char *properties)
{
    g_autofree char *text =
        g_strdup_printf("{" SETTINGS_CON ", 'ip-tunnel': @a{sv} {%s}}", properties);

    return settings_parse(text);
}

#endif
