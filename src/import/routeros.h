/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RouterOS configuration, as `export` writes it or as commands (help.mikrotik.com, "Scripting",
 * "Configuration Management"). Each item has a word of its own: "interface gre #12 mtu 1400".
 */
#ifndef GRE_ROUTEROS_H
#define GRE_ROUTEROS_H

#include "import/router-rules.h"

/* Items that are changed and not added have a word with "=" for "#"; one that is found by being the
 * default gets the name "default". */
GrePaths *gre_routeros_parse(const char *text);

/* The first item of the menu in which @key is @value; NULL if there is none. (transfer full) */
GreBranch *gre_routeros_find(const GreBranch *menu, const char *key, const char *value);

/* The address without the length of a host: "192.0.2.1/32". (transfer full) */
char *gre_routeros_host(const char *text);

/* The policy, or the tunnel's own secret, that protects the tunnel; none is no error. */
gboolean gre_routeros_take_ipsec(GreRouter       *router,
                                 const GrePaths  *paths,
                                 const GreBranch *tunnel,
                                 GError         **error);

#endif
