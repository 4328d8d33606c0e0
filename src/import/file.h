/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file to import, as text: whoever names a device, a FIFO or a film is told so, and nothing
 * hangs.
 */
#ifndef GRE_FILE_H
#define GRE_FILE_H

#include <glib.h>

enum { GRE_FILE_MAX = 1024 * 1024 }; /* bytes */

typedef struct {
    char *path;
    char *text; /* no NUL, no BOM, lines end in '\n' alone; may hold secrets */
} GreFile;

/* GRE_ERROR_PROFILE: no regular file, can't be read, too large, no text. */
GreFile *gre_file_load(const char *path, GError **error);

/* From memory: @text is copied. */
GreFile *gre_file_new(const char *path, const char *text, gsize len, GError **error);

/* The path of a file in the same directory, its name with another @suffix: ".network". */
char *gre_file_sibling(const GreFile *file, const char *suffix);

void gre_file_free(GreFile *file); /* wipes the text */

/* Whether a line of the text begins with @words, blanks before it and the amount between them
 * apart;
 * "[connection]", "conn %default". */
gboolean gre_file_has_line(const GreFile *file, const char *words);

/* "line 7": comes before what is said of a line. (transfer full) */
char *gre_file_where(guint line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreFile, gre_file_free)

#endif
