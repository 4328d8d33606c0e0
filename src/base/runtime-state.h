/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What survives a crash of the service: which persistent connections are up, one small file each in
 * the runtime directory. No secret is in it.
 */
#ifndef GRE_RUNTIME_STATE_H
#define GRE_RUNTIME_STATE_H

#include <glib.h>

typedef struct {
    char *uuid;
    char *base; /* interface of the device it was based on, or NULL */
} GreRuntimeStateEntry;

void gre_runtime_state_entry_free(GreRuntimeStateEntry *entry);

/* Where the files are; the default is the runtime directory of systemd's unit, else /run/nm-gre. */
void gre_runtime_state_set_directory(const char *path);

/* Writes the entry; a failure is logged, it costs only the recovery. */
void gre_runtime_state_save(const char *uuid, const char *base);
void gre_runtime_state_remove(const char *uuid);

/* The ids of private keys that we put into strongSwan, which has no other mark for them. The file
 * goes with the last one. @ids: NULL-terminated */
void gre_runtime_state_save_keys(const char *const *ids);
void gre_runtime_state_load_keys(GHashTable *ids); /* adds char * */

/* (transfer full) (element-type GreRuntimeStateEntry): files that can't be read are removed. */
GPtrArray *gre_runtime_state_list(void);

#endif
