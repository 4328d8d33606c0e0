/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the kernel has a module, by the lists that depmod and modprobe.d(5) keep.
 */
#ifndef GRE_DOCTOR_MODULES_H
#define GRE_DOCTOR_MODULES_H

#include <glib.h>

/* Whether modules.dep or modules.builtin (@list; may be NULL) has the module. */
gboolean gre_doctor_modules_is_listed(const char *list, const char *name);

/* The line of @conf, a file of modprobe.d, that keeps the module from being loaded when it is
 * needed: (transfer full), NULL where there is none. */
char *gre_doctor_modules_blocked(const char *conf, const char *name);

#endif
