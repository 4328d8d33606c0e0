/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells systemd how the service is. Protocol: sd_notify(3). */
#ifndef GRE_NOTIFY_H
#define GRE_NOTIFY_H

#include <glib.h>

/* Whether systemd started this process and wants to be told. */
gboolean gre_notify_wanted(void);

/* Sends @state ("READY=1", "STOPPING=1"); nothing happens where nobody wants it. */
void gre_notify(const char *state);

#endif
