/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration of Cisco IOS, as `show running-config` prints it or as a how-to types it: into
 * sections of lines of words. A line's indentation counts for nothing, as a how-to may lack it.
 */
#ifndef GRE_CISCO_CONFIG_H
#define GRE_CISCO_CONFIG_H

#include <glib.h>

typedef struct {
    guint  line; /* from 1 */
    guint  n;
    char **words; /* NULL-terminated, at least one; wiped: any may be a secret */
} GreCiscoLine;

typedef struct {
    GreCiscoLine *head;
    GPtrArray    *lines; /* of GreCiscoLine: what belongs to it */
    gboolean      used;  /* for whoever reads it */
} GreCiscoSection;

/* Returns: (transfer full): array of GreCiscoSection, in order. */
GPtrArray *gre_cisco_config_parse(const char *text);

/* Whether the line begins with these words, in any case, and shortened as a router would take
 * them. */
gboolean gre_cisco_config_begins(const GreCiscoLine *line, const char *words);

/* The word with this number, from 0; "" where there is none. */
const char *gre_cisco_config_word(const GreCiscoLine *line, guint n);

/* The words from @n on, with single blanks between. (transfer full) */
char *gre_cisco_config_rest(const GreCiscoLine *line, guint n);

/* The section with this head, whose next word is @name; @name NULL: any. NULL where there is none.
 */
GreCiscoSection *gre_cisco_config_find(GPtrArray *sections, const char *head, const char *name);

/* The same, for @line, which names it; NULL and @error where there is none. */
GreCiscoSection *gre_cisco_config_need(GPtrArray          *sections,
                                       const GreCiscoLine *line,
                                       const char         *head,
                                       const char         *name,
                                       GError            **error);

/* The section's first line that begins so, or NULL. */
const GreCiscoLine *gre_cisco_config_find_line(const GreCiscoSection *section, const char *words);

/* Whether two names of interfaces mean the same one: "Gi0/1", "GigabitEthernet 0/1". */
gboolean gre_cisco_config_same_interface(const char *a, const char *b);

/* What can be shown of a line: what may be a secret is left out. (transfer full) */
char *gre_cisco_config_shown(const GreCiscoLine *line);

#endif
