/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A FortiOS configuration (docs.fortinet.com, "CLI configuration commands") as settings: the words
 * of `config`, the name of `edit`, and those of `set`.
 */
#ifndef GRE_FORTIOS_H
#define GRE_FORTIOS_H

#include "import/router-rules.h"

GrePaths *gre_fortios_parse(const char *text);

/* The phase 1 whose interface the tunnel is on, and its phase 2; none is no error. @interface: the
 * tunnel's */
gboolean gre_fortios_take_ipsec(
    GreRouter *self, const GrePaths *paths, const char *interface, gboolean ip6, GError **error);

#endif
