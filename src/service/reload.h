/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On SIGHUP, the program that is installed now takes this one's place (handover.h), as soon as no
 * connection is in the middle of something.
 */
#ifndef GRE_RELOAD_H
#define GRE_RELOAD_H

#include "service/handover.h"

typedef struct _GreReload GreReload;

typedef struct {
    /* Returns a handover with all that goes on, or NULL: not now. @last: there is no more time:
     * what is in the middle of something is left out. */
    GreHandover *(*collect)(gpointer user_data, gboolean last);
    /* The next program starts now. */
    void (*leave)(gpointer user_data);
    /* It could not be started: all goes on here. */
    void (*stay)(gpointer user_data);
} GreReloadFuncs;

/* @program: its path and its arguments, NULL-terminated. */
GreReload      *
gre_reload_new(const char *const *program, const GreReloadFuncs *funcs, gpointer user_data);
void gre_reload_free(GreReload *reload);

#endif
