/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logind UID:NAME:LEADER…: stands in for systemd-logind on a host's system bus, where no systemd
 * runs: each user has one session, led by that process. It answers what the service asks, and no
 * more; polkit reads its own files under /run/systemd.
 */
#include "../unit/login-xml.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

#define LOGIN "org.freedesktop.login1"

typedef struct {
    guint32 uid, leader;
    char   *name, *path, *session;
} User;

static User *users;
static int   n_users;

static void
list_users(GDBusConnection       *bus,
           const char            *sender,
           const char            *path,
           const char            *interface,
           const char            *method,
           GVariant              *args,
           GDBusMethodInvocation *invocation,
           gpointer               data)
{
    GVariantBuilder list;

    g_variant_builder_init(&list, G_VARIANT_TYPE("a(uso)"));
    for (int i = 0; i < n_users; i++)
        g_variant_builder_add(&list, "(uso)", users[i].uid, users[i].name, users[i].path);
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(uso))", &list));
}

static GVariant *
get_display(GDBusConnection *bus,
            const char      *sender,
            const char      *path,
            const char      *interface,
            const char      *name,
            GError         **error,
            gpointer         data)
{
    const User      *user = data;
    g_autofree char *id = g_strdup_printf("%u", user->uid);

    return g_variant_new("(so)", id, user->session);
}

static GVariant *
get_leader(GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *name,
           GError         **error,
           gpointer         data)
{
    return g_variant_new_uint32(((const User *) data)->leader);
}

static void export(GDBusConnection            *bus,
                   const char                 *path,
                   const char                 *interface,
                   const GDBusInterfaceVTable *vtable,
                   gpointer                    data)
{
    GDBusNodeInfo *node = g_dbus_node_info_new_for_xml(login_xml, NULL);

    g_dbus_connection_register_object(bus, path, g_dbus_node_info_lookup_interface(node, interface),
                                      vtable, data, NULL, NULL);
    g_dbus_node_info_unref(node);
}

static void
acquired(GDBusConnection *bus, const char *name, gpointer data)
{
    static const GDBusInterfaceVTable manager = { list_users, NULL, NULL, { 0 } };
    static const GDBusInterfaceVTable user = { NULL, get_display, NULL, { 0 } };
    static const GDBusInterfaceVTable session = { NULL, get_leader, NULL, { 0 } };

    export(bus, "/org/freedesktop/login1", LOGIN ".Manager", &manager, NULL);
    for (int i = 0; i < n_users; i++) {
        export(bus, users[i].path, LOGIN ".User", &user, &users[i]);
        export(bus, users[i].session, LOGIN ".Session", &session, &users[i]);
    }
}

static void
lost(GDBusConnection *bus, const char *name, gpointer data)
{
    fprintf(stderr, "logind: can't own %s\n", name);
    exit(1);
}

int
main(int argc, char **argv)
{
    n_users = argc - 1;
    users = g_new0(User, (gsize) argc);
    for (int i = 0; i < n_users; i++) {
        g_auto(GStrv) parts = g_strsplit(argv[i + 1], ":", 3);

        if (g_strv_length(parts) != 3)
            return 2;
        users[i].uid = (guint32) g_ascii_strtoull(parts[0], NULL, 10);
        users[i].name = g_strdup(parts[1]);
        users[i].leader = (guint32) g_ascii_strtoull(parts[2], NULL, 10);
        users[i].path = g_strdup_printf("/org/freedesktop/login1/user/_%u", users[i].uid);
        users[i].session = g_strdup_printf("/org/freedesktop/login1/session/_%u", users[i].uid);
    }
    g_bus_own_name(G_BUS_TYPE_SYSTEM, LOGIN, G_BUS_NAME_OWNER_FLAGS_NONE, acquired, NULL, lost,
                   NULL, NULL);
    g_main_loop_run(g_main_loop_new(NULL, FALSE));
    return 0;
}
