/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window is another program's, nm-gre-auth-dialog-gtk in the same directory, so that whoever
 * has a user interface of its own needs no toolkit. It reads a request as keyfile, without any
 * secret, and writes what it was given as lines.
 */
#ifndef GRE_DIALOG_HELPER_H
#define GRE_DIALOG_HELPER_H

#include "dialog-request.h"

#define GRE_DIALOG_HELPER "nm-gre-auth-dialog-gtk"

/**
 * gre_dialog_helper_ask:
 * @request: gets the answers
 * @error: G_SPAWN_ERROR where there is no such program, GRE_ERROR_STOPPED where the person gave up
 *
 * Waits for the person.
 */
gboolean gre_dialog_helper_ask(GreDialogRequest *request, GError **error);

#endif
