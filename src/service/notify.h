/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notifies systemd of the service's state. Protocol: sd_notify(3). */
#ifndef GRE_NOTIFY_H
#define GRE_NOTIFY_H

#include <glib.h>

/* Whether systemd started this process and expects notifications. */
gboolean gre_notify_wanted(void);

/* Sends @state ("READY=1", "STOPPING=1"), if notifications are expected. */
void gre_notify(const char *state);

#endif
