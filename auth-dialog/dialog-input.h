/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a secret agent writes to an auth dialog's standard input: the VPN's data and the secrets
 * that it has already, then DONE, and QUIT once it read the answer. A reader of our own, since
 * nm_vpn_service_plugin_read_vpn_details() leaves copies of every secret in freed memory, and
 * would be the only reason to link libnm.
 */
#ifndef GRE_DIALOG_INPUT_H
#define GRE_DIALOG_INPUT_H

#include <glib.h>

typedef struct {
    int         fd;
    char       *text; /* all that was read; wiped up to `rest` */
    gsize       len;
    gsize       rest; /* where what follows DONE begins */
    GHashTable *data; /* char* -> char* */
    GHashTable *secrets;
} GreDialogInput;

/**
 * gre_dialog_input_read:
 * @fd: not closed, and read again by gre_dialog_input_wait_quit()
 * @out: filled on success; gre_dialog_input_clear() it
 * @error: GRE_ERROR_PROTOCOL; never quotes a value
 *
 * Waits for DONE.
 */
gboolean gre_dialog_input_read(int fd, GreDialogInput *out, GError **error);
void     gre_dialog_input_clear(GreDialogInput *input); /* wipes the secrets */

/* Until QUIT, the end of the input, or @timeout ms are over. */
void gre_dialog_input_wait_quit(GreDialogInput *input, guint timeout);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreDialogInput, gre_dialog_input_clear)

#endif
