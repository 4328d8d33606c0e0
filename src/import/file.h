/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file to import, as text. Rejects devices, FIFOs and oversized files, and never blocks.
 */
#ifndef GRE_FILE_H
#define GRE_FILE_H

#include <glib.h>

enum { GRE_FILE_MAX = 1024 * 1024 }; /* bytes */

typedef struct {
    char *path;
    char *text;   /* no NUL, no BOM, lines end in '\n'; may hold secrets */
    char *tunnel; /* the name of the one that the user wants; NULL: any */
} GreFile;

/* GRE_ERROR_PROFILE: not a regular file, unreadable, too large, or not text. */
GreFile *gre_file_load(const char *path, GError **error);

/* The same for "FILE#TUNNEL", if there is no file of that whole name. */
GreFile *gre_file_load_tunnel(const char *path, GError **error);

/* From memory; @text is copied. */
GreFile *gre_file_new(const char *path, const char *text, gsize len, GError **error);

/* The path of a file in the same directory with the same name and another @suffix: ".network". */
char *gre_file_sibling(const GreFile *file, const char *suffix);

void gre_file_free(GreFile *file); /* wipes the text */

/* Whether a line of the text begins with @words, such as "[connection]" or "conn %default". Leading
 * blanks and the number of blanks between words don't count. */
gboolean gre_file_has_line(const GreFile *file, const char *words);

/* "line 7", the prefix of a message about a line. (transfer full) */
char *gre_file_where(guint line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreFile, gre_file_free)

#endif
