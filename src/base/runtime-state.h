/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State that survives a restart of the service: which connections are up, one small file for each
 * in the runtime directory. It contains no secrets.
 */
#ifndef GRE_RUNTIME_STATE_H
#define GRE_RUNTIME_STATE_H

#include <glib.h>

typedef struct {
    char    *uuid;
    char    *base; /* interface of its base device, or NULL */
    gboolean persistent;
} GreRuntimeStateEntry;

void gre_runtime_state_entry_free(GreRuntimeStateEntry *entry);

/* The directory of the files; the default is the runtime directory of the systemd unit, else
 * /run/nm-gre. */
void gre_runtime_state_set_directory(const char *path);

/* Writes the entry. A failure is logged; it only prevents the recovery after a restart. */
void gre_runtime_state_save(const char *uuid, const char *base, gboolean persistent);
void gre_runtime_state_remove(const char *uuid);

/* The ids of the private keys that we loaded into strongSwan, which does not mark them otherwise.
 * The file is removed with the last one. @ids: NULL-terminated */
void gre_runtime_state_save_keys(const char *const *ids);
void gre_runtime_state_load_keys(GHashTable *ids); /* adds char * */

/* (transfer full) (element-type GreRuntimeStateEntry). Removes unreadable files. */
GPtrArray *gre_runtime_state_list(void);

#endif
