/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the service starts before NetworkManager, with a systemd that is played here, over a bus
 * of the test's own. It answers from a thread, as the calls block.
 */
#include "client/boot-order.h"

#include "fake-bus.h"

#include <string.h>

static const char manager_xml[] =
    "<node><interface name='org.freedesktop.systemd1.Manager'>"
    "<method name='LoadUnit'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    "</interface></node>";

static const char unit_xml[] = "<node><interface name='org.freedesktop.systemd1.Unit'>"
                               "<property name='LoadState' type='s' access='read'/>"
                               "<property name='Wants' type='as' access='read'/>"
                               "</interface></node>";

typedef struct {
    const char   *load_state, *wants;
    GMainContext *context;
    GMainLoop    *loop;
    GMutex        lock;
    GCond         ready;
    gboolean      running;
} Systemd;

static void
on_load(GDBusConnection       *bus,
        const char            *sender,
        const char            *path,
        const char            *interface,
        const char            *method,
        GVariant              *args,
        GDBusMethodInvocation *invocation,
        gpointer               data)
{
    const char *unit;

    g_variant_get(args, "(&s)", &unit);
    g_dbus_method_invocation_return_value(
        invocation, g_variant_new("(o)", strcmp(unit, "nm-gre.service") == 0 ? "/gre" : "/nm"));
}

static GVariant *
on_get(GDBusConnection *bus,
       const char      *sender,
       const char      *path,
       const char      *interface,
       const char      *name,
       GError         **error,
       gpointer         data)
{
    Systemd *systemd = data;

    if (strcmp(name, "LoadState") == 0)
        return g_variant_new_string(strcmp(path, "/gre") == 0 ? systemd->load_state : "loaded");
    return g_variant_new_parsed(strcmp(path, "/nm") == 0 ? systemd->wants : "@as []");
}

static void
serve(GDBusConnection *bus, const char *xml, const char *path, Systemd *systemd)
{
    static const GDBusInterfaceVTable vtable = { .method_call = on_load, .get_property = on_get };
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, NULL);

    g_assert_cmpuint(g_dbus_connection_register_object(bus, path, node->interfaces[0], &vtable,
                                                       systemd, NULL, NULL),
                     >, 0);
}

static gpointer
run_systemd(gpointer data)
{
    Systemd         *systemd = data;
    GDBusConnection *bus;

    g_main_context_push_thread_default(systemd->context);
    bus = fake_bus_connect();
    serve(bus, manager_xml, "/org/freedesktop/systemd1", systemd);
    serve(bus, unit_xml, "/gre", systemd);
    serve(bus, unit_xml, "/nm", systemd);
    fake_bus_own(bus, "org.freedesktop.systemd1");
    g_mutex_lock(&systemd->lock);
    systemd->running = TRUE;
    g_cond_signal(&systemd->ready);
    g_mutex_unlock(&systemd->lock);
    g_main_loop_run(systemd->loop);
    fake_bus_disown(bus, "org.freedesktop.systemd1");
    g_dbus_connection_close_sync(bus, NULL, NULL);
    g_object_unref(bus);
    g_main_context_pop_thread_default(systemd->context);
    return NULL;
}

static GreBootOrder
order_with(const char *load_state, const char *wants)
{
    Systemd systemd = { .load_state = load_state, .wants = wants };
    g_autoptr(GDBusConnection) bus = fake_bus_connect();
    GThread     *thread;
    GreBootOrder order;

    systemd.context = g_main_context_new();
    systemd.loop = g_main_loop_new(systemd.context, FALSE);
    thread = g_thread_new("systemd", run_systemd, &systemd);
    g_mutex_lock(&systemd.lock);
    while (!systemd.running)
        g_cond_wait(&systemd.ready, &systemd.lock);
    g_mutex_unlock(&systemd.lock);
    order = gre_boot_order_read(bus);
    g_main_loop_quit(systemd.loop);
    g_thread_join(thread);
    g_main_loop_unref(systemd.loop);
    g_main_context_unref(systemd.context);
    g_dbus_connection_close_sync(bus, NULL, NULL);
    return order;
}

static void
test_orders(void)
{
    static const struct {
        const char  *load_state, *wants;
        GreBootOrder order;
    } cases[] = {
        { "loaded", "['network.target', 'nm-gre.service']", GRE_BOOT_ORDER_FINE },
        { "loaded", "['network.target']", GRE_BOOT_ORDER_DISABLED },
        { "loaded", "@as []", GRE_BOOT_ORDER_DISABLED },
        { "masked", "['nm-gre.service']", GRE_BOOT_ORDER_MASKED },
        { "not-found", "['nm-gre.service']", GRE_BOOT_ORDER_MISSING },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        GreBootOrder order = order_with(cases[i].load_state, cases[i].wants);

        g_assert_cmpint(order, ==, cases[i].order);
        g_assert_true(!gre_boot_order_text(order) == (order == GRE_BOOT_ORDER_FINE));
        g_assert_true(!gre_boot_order_fix(order) == (order == GRE_BOOT_ORDER_FINE));
    }
}

/* No systemd: nothing is known, nothing is said. */
static void
test_no_systemd(void)
{
    g_autoptr(GDBusConnection) bus = fake_bus_connect();

    g_assert_cmpint(gre_boot_order_read(bus), ==, GRE_BOOT_ORDER_UNKNOWN);
    g_assert_null(gre_boot_order_text(GRE_BOOT_ORDER_UNKNOWN));
    g_dbus_connection_close_sync(bus, NULL, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/boot-order/orders", test_orders);
    g_test_add_func("/boot-order/no-systemd", test_no_systemd);
    return fake_bus_run_tests();
}
