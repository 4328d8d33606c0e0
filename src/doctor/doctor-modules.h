/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells whether the kernel has a module, from the lists of depmod and modprobe.d(5).
 */
#ifndef GRE_DOCTOR_MODULES_H
#define GRE_DOCTOR_MODULES_H

#include <glib.h>

/* Whether modules.dep or modules.builtin (@list; may be NULL) lists the module. */
gboolean gre_doctor_modules_is_listed(const char *list, const char *name);

/* The line of @conf, a file of modprobe.d, that keeps the module from being loaded: (transfer
 * full), NULL if there is none. */
char *gre_doctor_modules_blocked(const char *conf, const char *name);

#endif
