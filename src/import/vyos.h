/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPsec of a VyOS configuration (docs.vyos.io, configuration/vpn/ipsec), of 1.2 up to 1.5. */
#ifndef GRE_VYOS_H
#define GRE_VYOS_H

#include "import/router-rules.h"

/* Finds the site-to-site peer that protects the tunnel; none is no error. */
gboolean gre_vyos_take_ipsec(GreRouter *router, const GrePaths *paths, GError **error);

#endif
