/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the bus for the sender's user. */
#include "service/caller.h"

typedef struct {
    GDBusMethodInvocation *invocation;
    GreCallerFunc          func;
    gpointer               data;
} Question;

static void
answered(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autofree Question *question = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    guint32 uid = G_MAXUINT32;

    if (reply)
        g_variant_get(reply, "(u)", &uid);
    question->func(question->invocation, uid, error, question->data);
}

void
gre_caller_identify(GDBusMethodInvocation *invocation, GreCallerFunc func, gpointer user_data)
{
    Question *question = g_new0(Question, 1);

    *question = (Question){ .invocation = invocation, .func = func, .data = user_data };
    g_dbus_connection_call(
        g_dbus_method_invocation_get_connection(invocation), "org.freedesktop.DBus",
        "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
        g_variant_new("(s)", g_dbus_method_invocation_get_sender(invocation)),
        G_VARIANT_TYPE("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, answered, question);
}
