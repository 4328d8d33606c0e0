/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a secret agent writes to an auth dialog's standard input: the VPN's data and the known
 * secrets, then DONE, and QUIT once it has read the answer. This replaces
 * nm_vpn_service_plugin_read_vpn_details(), which leaves copies of every secret in freed memory and
 * would be the only reason to link libnm.
 */
#ifndef GRE_DIALOG_INPUT_H
#define GRE_DIALOG_INPUT_H

#include <glib.h>

typedef struct {
    int         fd;
    char       *text; /* all input; wiped up to `rest` */
    gsize       len;
    gsize       rest; /* where the text after DONE begins */
    GHashTable *data; /* char* -> char* */
    GHashTable *secrets;
} GreDialogInput;

/**
 * gre_dialog_input_read:
 * @fd: not closed; gre_dialog_input_wait_quit() continues to read it
 * @out: set on success; free with gre_dialog_input_clear()
 * @error: GRE_ERROR_PROTOCOL; never quotes a value
 *
 * Waits for DONE.
 */
gboolean gre_dialog_input_read(int fd, GreDialogInput *out, GError **error);
void     gre_dialog_input_clear(GreDialogInput *input); /* wipes the secrets */

/* Waits for QUIT, the end of the input, or @timeout ms. */
void gre_dialog_input_wait_quit(GreDialogInput *input, guint timeout);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreDialogInput, gre_dialog_input_clear)

#endif
