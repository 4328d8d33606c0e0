/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which user calls a method of the service.
 */
#ifndef GRE_CALLER_H
#define GRE_CALLER_H

#include <gio/gio.h>

#include <sys/types.h>

/* @invocation: (transfer full). @error: the bus does not know the sender any more; no @uid then. */
typedef void (*GreCallerFunc)(GDBusMethodInvocation *invocation,
                              uid_t                  uid,
                              const GError          *error,
                              gpointer               user_data);

/**
 * gre_caller_identify:
 * @invocation: (transfer full)
 * @func: called once, from the main loop
 *
 * The bus itself is asked, whatever its policy lets pass.
 */
void gre_caller_identify(GDBusMethodInvocation *invocation, GreCallerFunc func, gpointer user_data);

#endif
