/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether users may change the system's connections, as NetworkManager itself would decide, but
 * without a dialog: asks systemd-logind for the user's session and polkit for the permission.
 */
#ifndef GRE_POLKIT_H
#define GRE_POLKIT_H

#include <gio/gio.h>

/* @why_not: (nullable): NULL if all of them may, else what is missing, part of a sentence. */
typedef void (*GrePolkitFunc)(const char *why_not, gpointer user_data);

/**
 * gre_polkit_may_administer:
 * @bus: the system bus, as root
 * @users: names, NULL-terminated; nobody: no
 * @cancellable: once cancelled, @func is not called
 * @func: called once, never from within this call
 *
 * root may. Another user may if polkit allows the leader of the user's main session
 * org.freedesktop.NetworkManager.settings.modify.system. No session, no logind, no polkit, and a
 * password that polkit would ask for are a no. Each question has a deadline of 10 s.
 */
void gre_polkit_may_administer(GDBusConnection   *bus,
                               const char *const *users,
                               GCancellable      *cancellable,
                               GrePolkitFunc      func,
                               gpointer           user_data);

/**
 * gre_polkit_start_time:
 * @stat: what /proc/PID/stat has; the program's name in it may have any characters
 * @out: (out): in ticks since the boot
 *
 * Returns: FALSE if @stat is malformed.
 */
gboolean gre_polkit_start_time(const char *stat, guint64 *out);

#endif
