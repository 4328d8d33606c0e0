/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether systemd starts the service before NetworkManager at boot, so that protected tunnels have
 * their barriers before they come up.
 */
#ifndef GRE_BOOT_ORDER_H
#define GRE_BOOT_ORDER_H

#include <gio/gio.h>

typedef enum {
    GRE_BOOT_ORDER_UNKNOWN, /* systemd doesn't answer, or this machine has none */
    GRE_BOOT_ORDER_FINE,
    GRE_BOOT_ORDER_MASKED,
    GRE_BOOT_ORDER_MISSING,  /* systemd doesn't know the unit */
    GRE_BOOT_ORDER_DISABLED, /* NetworkManager.service doesn't want it */
} GreBootOrder;

/* Asks systemd, for at most 3 s. Blocks. */
GreBootOrder gre_boot_order_read(GDBusConnection *bus);

/* What is wrong, in one line, untranslated; NULL: nothing, or nothing known. */
const char *gre_boot_order_text(GreBootOrder order);

/* The shell command that puts it right, or NULL. */
const char *gre_boot_order_fix(GreBootOrder order);

#endif
