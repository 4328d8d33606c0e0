/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stub of formats/gre-formats.h. */
#ifndef GRE_FORMATS_H
#define GRE_FORMATS_H
#include <NetworkManager.h>
NMConnection *gre_formats_import(const char *path, GPtrArray **notes, GError **error);
gboolean      gre_formats_export(NMConnection *connection, const char *path, GError **error);
char         *gre_formats_suggest_name(NMConnection *connection);
#endif
