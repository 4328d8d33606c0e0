/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the functions that a script defines.
 */
#ifndef GRE_SHELL_FUNCTIONS_H
#define GRE_SHELL_FUNCTIONS_H

#include <glib.h>

typedef struct {
    char       *name;
    const char *begin, *end; /* of the definition; the end is a line's */
    char       *body;
    guint       line;  /* of the body, from the text's beginning, 0 for the first line */
    guint       lines; /* that end in the definition */
    gboolean    called;
    gboolean    active; /* its body is being read */
} GreShellFunction;

/* The functions by name: char* -> GreShellFunction*. A body ends at a brace that begins a line, as
 * far to the right as the definition. */
GHashTable *gre_shell_functions_find(const char *text);

#endif
