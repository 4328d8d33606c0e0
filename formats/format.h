/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats, each in a file of its own: what tells it by content, and its reader. gre-formats.c
 * has the table.
 */
#ifndef GRE_FORMAT_H
#define GRE_FORMAT_H

#include "file.h"

#include <NetworkManager.h>

typedef struct {
    const char *name; /* for a person, untranslated */
    gboolean (*is_one)(const GreFile *file);
    /* @notes gets lines (char*), by g_ptr_array_add(). */
    NMConnection *(*read)(const GreFile *file, GPtrArray *notes, GError **error);
} GreFormat;

/* What a file that is of no format of ours seems to be, as the end of a sentence; NULL: no idea.
 * Static, untranslated. */
const char *gre_foreign_name(const GreFile *file);

/**
 * gre_formats_read:
 *
 * gre_formats_import() of a file that is in memory.
 */
NMConnection *gre_formats_read(const GreFile *file, GPtrArray *notes, GError **error);

extern const GreFormat gre_format_keyfile;
extern const GreFormat gre_format_swanctl;
extern const GreFormat gre_format_interfaces;
extern const GreFormat gre_format_netdev;
extern const GreFormat gre_format_netplan;
extern const GreFormat gre_format_ipsec;
extern const GreFormat gre_format_commands;
extern const GreFormat gre_format_cisco;

#endif
