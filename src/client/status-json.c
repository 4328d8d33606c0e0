/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GetStatus as JSON: the service's dictionaries, with some values in a clearer form. */
#include "client/json.h"
#include "client/status-text.h"

/* (name, bytes) of each header -> objects. */
static GVariant *
parts_value(GVariant *parts)
{
    GVariantBuilder builder;
    GVariantIter    iter;
    const char     *name;
    guint32         bytes;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    g_variant_iter_init(&iter, parts);
    while (g_variant_iter_next(&iter, "(&su)", &name, &bytes)) {
        g_variant_builder_open(&builder, G_VARIANT_TYPE_VARDICT);
        g_variant_builder_add(&builder, "{sv}", "name", g_variant_new_string(name));
        g_variant_builder_add(&builder, "{sv}", "bytes", g_variant_new_uint32(bytes));
        g_variant_builder_close(&builder);
    }
    return g_variant_builder_end(&builder);
}

/* Returns: (transfer floating) (nullable): the value to write in JSON, if it differs from
 * @value. */
static GVariant *
converted(const char *key, GVariant *value)
{
    if (g_variant_is_of_type(value, G_VARIANT_TYPE_UINT64)) /* json-glib has no larger numbers */
        return g_variant_new_int64((gint64) MIN(g_variant_get_uint64(value), G_MAXINT64));
    if (g_str_has_prefix(key, "spi-") && g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32))
        return g_variant_new_take_string(g_strdup_printf("0x%08x", g_variant_get_uint32(value)));
    if (g_str_equal(key, "mtu-parts") && g_variant_is_of_type(value, G_VARIANT_TYPE("a(su)")))
        return parts_value(value);
    return NULL;
}

static GVariant *
tunnel_for_json(GVariant *tunnel)
{
    GVariantBuilder builder;
    GVariantIter    iter;
    const char     *key;
    GVariant       *value;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_iter_init(&iter, tunnel);
    while (g_variant_iter_next(&iter, "{&sv}", &key, &value)) {
        GVariant *other = converted(key, value);

        g_variant_builder_add(&builder, "{sv}", key, other ? other : value);
        g_variant_unref(value);
    }
    return g_variant_builder_end(&builder);
}

char *
gre_status_json(GVariant *tunnels)
{
    g_autofree char *text = NULL;
    GVariantBuilder  builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (gsize i = 0; i < g_variant_n_children(tunnels); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);

        g_variant_builder_add_value(&builder, tunnel_for_json(tunnel));
    }
    text = gre_json_format(g_variant_builder_end(&builder), TRUE);
    return g_strconcat(text, "\n", NULL);
}
