/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iproute2's `ip` commands that make a GRE tunnel and what is in it, one after the other: from a
 * how-to, or from the lines of another format.
 */
#ifndef GRE_IPROUTE_H
#define GRE_IPROUTE_H

#include "import/profile-builder.h"
#include "import/shell.h"

typedef struct {
    GreProfileBuilder *builder;
    char              *ifname; /* of the tunnel; NULL: none made yet */
    guint              line;   /* that made it */
} GreIproute;

/* Whether the command is `ip …` and adds a tunnel of any kind. */
gboolean gre_iproute_makes_tunnel(const GreCommand *command);

/* Whether it is `ip …`, of whatever use. */
gboolean gre_iproute_is_ip(const GreCommand *command);

/**
 * gre_iproute_run:
 * @error: GRE_ERROR_PROFILE where the command says something that can't be, or makes a second
 * tunnel
 *
 * Takes over what the command does to the tunnel; what it does elsewhere, and what has no
 * counterpart, is noted.
 */
gboolean gre_iproute_run(GreIproute *self, const GreCommand *command, GError **error);

#endif
