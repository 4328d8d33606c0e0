/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message bus of the test's own, which is the system bus to whoever asks, and waiting.
 */
#ifndef GRE_FAKE_BUS_H
#define GRE_FAKE_BUS_H

#include <gio/gio.h>

/* Runs the tests with a bus beside them; in place of g_test_run(). */
int fake_bus_run_tests(void);

GDBusConnection *fake_bus_connect(void);

/* Takes @bus over; its names are free afterwards. */
void fake_bus_disconnect(GDBusConnection *bus);

void     fake_bus_own(GDBusConnection *bus, const char *name);
void     fake_bus_disown(GDBusConnection *bus, const char *name);
gboolean fake_bus_has_owner(GDBusConnection *bus, const char *name);

gboolean fake_bus_on_tick(gpointer data);

/* Runs the main loop for so long. */
void fake_bus_run(guint ms);

/* Runs the main loop until the condition holds; fails after 30 s. */
#define WAIT(condition)                                                     \
    do {                                                                    \
        gint64 wait_end = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND; \
        guint  wait_tick = g_timeout_add(20, fake_bus_on_tick, NULL);       \
                                                                            \
        while (!(condition) && g_get_monotonic_time() < wait_end)           \
            g_main_context_iteration(NULL, TRUE);                           \
        g_source_remove(wait_tick);                                         \
        g_assert_true(condition);                                           \
    } while (0)

#endif
