/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the service for its tunnels. */
#include "config.h"

#include "client/status-client.h"
#include "client/command.h"
#include "gre-i18n.h"
#include "gre-service-names.h"

#include <string.h>

#define TIMEOUT_MS 10000

/* Turns a D-Bus error into a message that tells the user what to do. */
static void
explain(GError *cause, GError **error)
{
    g_dbus_error_strip_remote_error(cause);
    switch (gre_command_exit_of(cause)) {
    case GRE_EXIT_NOT_RUNNING:
        gre_command_fail(error, GRE_EXIT_NOT_RUNNING,
                         _("the service is not running (systemctl start nm-gre.service)"));
        break;
    case GRE_EXIT_NOT_PERMITTED:
        gre_command_fail(error, GRE_EXIT_NOT_PERMITTED,
                         _("the bus policy doesn't let you read the service's status"));
        break;
    case GRE_EXIT_OK:
    case GRE_EXIT_FAILED:
    case GRE_EXIT_USAGE:
    case GRE_EXIT_NOT_FOUND:
    case GRE_EXIT_FINDINGS:
    case GRE_EXIT_N:
        gre_command_fail(error, GRE_EXIT_FAILED, _("can't read the service's status: %s"),
                         cause->message);
        break;
    }
    g_error_free(cause);
}

static GVariant *
unpack(GVariant *answer, GError *cause, GError **error)
{
    GVariant *tunnels;

    if (!answer) {
        explain(cause, error);
        return NULL;
    }
    tunnels = g_variant_get_child_value(answer, 0);
    g_variant_unref(answer);
    return tunnels;
}

void
gre_status_client_fetch(GDBusConnection    *bus,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            data)
{
    g_dbus_connection_call(bus, GRE_SERVICE_NAME, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE,
                           "GetStatus", NULL, G_VARIANT_TYPE("(aa{sv})"),
                           G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, cancellable, callback,
                           data);
}

GVariant *
gre_status_client_fetch_finish(GDBusConnection *bus, GAsyncResult *result, GError **error)
{
    GError   *cause = NULL;
    GVariant *answer = g_dbus_connection_call_finish(bus, result, &cause);

    return unpack(answer, cause, error);
}

GVariant *
gre_status_client_fetch_sync(GDBusConnection *bus, GError **error)
{
    GError   *cause = NULL;
    GVariant *answer = g_dbus_connection_call_sync(
        bus, GRE_SERVICE_NAME, GRE_SERVICE_PATH, GRE_SERVICE_INTERFACE, "GetStatus", NULL,
        G_VARIANT_TYPE("(aa{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, &cause);

    return unpack(answer, cause, error);
}

gboolean
gre_status_client_is_named(GVariant *tunnel, const char *name)
{
    static const char *const keys[] = { "id", "uuid", "companion-id", "companion-uuid" };
    const char              *value;

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        if (g_variant_lookup(tunnel, keys[i], "&s", &value) && strcmp(value, name) == 0)
            return TRUE;
    return FALSE;
}

gboolean
gre_status_client_is_wanted(GVariant *tunnel, char **names)
{
    if (!names[0])
        return TRUE;
    for (gsize i = 0; names[i]; i++)
        if (gre_status_client_is_named(tunnel, names[i]))
            return TRUE;
    return FALSE;
}

GVariant *
gre_status_client_select(GVariant *tunnels, char **names)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("aa{sv}"));
    for (gsize i = 0; i < g_variant_n_children(tunnels); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);

        if (gre_status_client_is_wanted(tunnel, names))
            g_variant_builder_add_value(&builder, tunnel);
    }
    return g_variant_ref_sink(g_variant_builder_end(&builder));
}

gboolean
gre_status_client_check_names(GVariant *tunnels, char **names, GError **error)
{
    for (gsize i = 0; names[i]; i++) {
        char *alone[] = { names[i], NULL };
        g_autoptr(GVariant) found = gre_status_client_select(tunnels, alone);

        if (g_variant_n_children(found) == 0)
            return gre_command_fail(
                error, GRE_EXIT_NOT_FOUND,
                _("\"%s\" is neither a VPN profile of type gre nor a protected ip-tunnel"),
                names[i]);
    }
    return TRUE;
}
