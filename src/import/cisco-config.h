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
    guint         indent; /* of the head */
    GreCiscoLine *head;
    GPtrArray    *lines;  /* of GreCiscoLine: the lines of the section */
    gboolean      merged; /* while parsing: another section has the lines */
    gboolean      used;   /* for the reader's use */
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

/* The last line of the section that begins with these words, as it replaces those before it, or
 * NULL. */
const GreCiscoLine *gre_cisco_config_find_line(const GreCiscoSection *section, const char *words);

/* Whether two interface names mean the same interface: "Gi0/1", "GigabitEthernet 0/1". */
gboolean gre_cisco_config_same_interface(const char *a, const char *b);

/* The address of an interface, of the family of @like; NULL: the file has none. (transfer full) */
char *gre_cisco_config_address(GPtrArray *sections, const char *interface, const char *like);

/* Whether the line configures IPsec, or applies it to an interface. */
gboolean gre_cisco_config_is_ipsec(const GreCiscoLine *line);

/* A line for another section. (transfer full) */
GreCiscoLine *gre_cisco_config_copy(const GreCiscoLine *line);
void          gre_cisco_config_free_line(gpointer data);

/* cisco-interfaces: applies `interface range` and `no …`, and merges the parts of an interface that
 * is entered several times, unless they contradict each other: then they are of several routers. A
 * part that is in another section then has "merged" set, and a range whose interfaces are known
 * "used". */
void gre_cisco_interfaces_merge(GPtrArray *sections);

/* The line as text, without anything that may be a secret. (transfer full) */
char *gre_cisco_config_shown(const GreCiscoLine *line);

#endif
