/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On SIGHUP, the program that is installed now takes this one's place (handover.h), as soon as no
 * connection is in the middle of something.
 */
#ifndef GRE_RELOAD_H
#define GRE_RELOAD_H

#include "service/handover.h"

typedef struct _GreReload GreReload;

/* Returns a handover with all that goes on, or NULL: not now. @last: there is no more time: what is
 * not up is left out. (transfer full) */
typedef GreHandover *(*GreReloadCollect)(gpointer user_data, gboolean last);

/* @program: its path and its arguments, NULL-terminated. Signals that arrived since an earlier
 * program was told to reload are taken from here on. */
GreReload *gre_reload_new(const char *const *program, GreReloadCollect collect, gpointer user_data);
void       gre_reload_free(GreReload *reload);

#endif
