/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs nm-gre-auth-dialog-gtk, in the same directory, which shows the window; so agents with a user
 * interface of their own need no toolkit. It reads the request as a keyfile without secrets, and
 * writes the given secrets as lines.
 */
#ifndef GRE_DIALOG_HELPER_H
#define GRE_DIALOG_HELPER_H

#include "dialog-request.h"

#define GRE_DIALOG_HELPER "nm-gre-auth-dialog-gtk"

/**
 * gre_dialog_helper_ask:
 * @request: gets the answers
 * @error: G_SPAWN_ERROR if the program is missing, GRE_ERROR_STOPPED if the user cancelled
 *
 * Waits for the user.
 */
gboolean gre_dialog_helper_ask(GreDialogRequest *request, GError **error);

#endif
