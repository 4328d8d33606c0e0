/* SPDX-License-Identifier: GPL-2.0-or-later */
/* systemd's view counts: it includes drop-ins, links of enabled units and presets. Source:
 * org.freedesktop.systemd1(5). */
#include "config.h"

#include "client/boot-order.h"

#include "gre-i18n.h"

#define SYSTEMD    "org.freedesktop.systemd1"
#define UNIT       "nm-gre.service"
#define TIMEOUT_MS 3000

static GVariant *
call(GDBusConnection    *bus,
     const char         *path,
     const char         *interface,
     const char         *method,
     GVariant           *args,
     const GVariantType *type)
{
    return g_dbus_connection_call_sync(bus, SYSTEMD, path, interface, method, args, type,
                                       G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, NULL);
}

/* Loads a unit that nothing has started. (transfer full) NULL: no answer */
static GVariant *
property_of(GDBusConnection *bus, const char *unit, const char *property, const GVariantType *type)
{
    g_autoptr(GVariant) loaded =
        call(bus, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "LoadUnit",
             g_variant_new("(s)", unit), G_VARIANT_TYPE("(o)"));
    g_autoptr(GVariant) reply = NULL, value = NULL;
    const char *path;

    if (!loaded)
        return NULL;
    g_variant_get(loaded, "(&o)", &path);
    reply = call(bus, path, "org.freedesktop.DBus.Properties", "Get",
                 g_variant_new("(ss)", SYSTEMD ".Unit", property), G_VARIANT_TYPE("(v)"));
    if (reply)
        g_variant_get(reply, "(v)", &value);
    return value && g_variant_is_of_type(value, type) ? g_steal_pointer(&value) : NULL;
}

static GreBootOrder
order_of(const char *load_state, const char *const *wants)
{
    if (g_str_equal(load_state, "masked"))
        return GRE_BOOT_ORDER_MASKED;
    if (!g_str_equal(load_state, "loaded"))
        return GRE_BOOT_ORDER_MISSING;
    return g_strv_contains(wants, UNIT) ? GRE_BOOT_ORDER_FINE : GRE_BOOT_ORDER_DISABLED;
}

GreBootOrder
gre_boot_order_read(GDBusConnection *bus)
{
    g_autoptr(GVariant) state = property_of(bus, UNIT, "LoadState", G_VARIANT_TYPE_STRING);
    g_autoptr(GVariant) wants =
        state ? property_of(bus, "NetworkManager.service", "Wants", G_VARIANT_TYPE_STRING_ARRAY)
              : NULL;
    g_autofree const char **names = NULL;

    if (!wants)
        return GRE_BOOT_ORDER_UNKNOWN;
    names = g_variant_get_strv(wants, NULL);
    return order_of(g_variant_get_string(state, NULL), names);
}

const char *
gre_boot_order_text(GreBootOrder order)
{
    switch (order) {
    case GRE_BOOT_ORDER_UNKNOWN:
    case GRE_BOOT_ORDER_FINE:
        break;
    case GRE_BOOT_ORDER_MASKED:
        return N_("nm-gre.service is masked");
    case GRE_BOOT_ORDER_MISSING:
        return N_("systemd can't load nm-gre.service");
    case GRE_BOOT_ORDER_DISABLED:
        return N_("nm-gre.service is disabled, and NetworkManager.service doesn't want it");
    }
    return NULL;
}

const char *
gre_boot_order_fix(GreBootOrder order)
{
    switch (order) {
    case GRE_BOOT_ORDER_UNKNOWN:
    case GRE_BOOT_ORDER_FINE:
        break;
    case GRE_BOOT_ORDER_MASKED:
        return "systemctl unmask nm-gre.service && systemctl enable --now nm-gre.service";
    case GRE_BOOT_ORDER_MISSING:
    case GRE_BOOT_ORDER_DISABLED:
        return "systemctl daemon-reload && systemctl enable --now nm-gre.service";
    }
    return NULL;
}
