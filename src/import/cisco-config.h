/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Cisco IOS configuration, from `show running-config` or from a how-to, as sections of lines of
 * words. Indentation is not required, as a how-to may lack it.
 */
#ifndef GRE_CISCO_CONFIG_H
#define GRE_CISCO_CONFIG_H

#include <glib.h>

typedef struct {
    guint  line; /* from 1 */
    guint  n;
    char **words; /* NULL-terminated, at least one word; wiped, as any may be a secret */
} GreCiscoLine;

typedef struct {
    GreCiscoLine *head;
    GPtrArray    *lines; /* of GreCiscoLine: the lines of the section */
    gboolean      used;  /* for the reader's use */
} GreCiscoSection;

/* Returns: (transfer full): array of GreCiscoSection, in order. */
GPtrArray *gre_cisco_config_parse(const char *text);

/* Whether the line begins with these words. Ignores case and accepts abbreviations as a router
 * does. */
gboolean gre_cisco_config_begins(const GreCiscoLine *line, const char *words);

/* The word with this number, counted from 0; "" if there is none. */
const char *gre_cisco_config_word(const GreCiscoLine *line, guint n);

/* The words from @n on, separated by single spaces. (transfer full) */
char *gre_cisco_config_rest(const GreCiscoLine *line, guint n);

/* The section with this head whose next word is @name; @name NULL: any. NULL if there is none. */
GreCiscoSection *gre_cisco_config_find(GPtrArray *sections, const char *head, const char *name);

/* The same, for @line, which names the section; NULL and @error if there is none. */
GreCiscoSection *gre_cisco_config_need(GPtrArray          *sections,
                                       const GreCiscoLine *line,
                                       const char         *head,
                                       const char         *name,
                                       GError            **error);

/* The first line of the section that begins with these words, or NULL. */
const GreCiscoLine *gre_cisco_config_find_line(const GreCiscoSection *section, const char *words);

/* Whether two interface names mean the same interface: "Gi0/1", "GigabitEthernet 0/1". */
gboolean gre_cisco_config_same_interface(const char *a, const char *b);

/* The line as text, without anything that may be a secret. (transfer full) */
char *gre_cisco_config_shown(const GreCiscoLine *line);

#endif
