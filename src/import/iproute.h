/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads iproute2's `ip` commands that create and configure a GRE tunnel, from a how-to or from
 * lines of another format.
 */
#ifndef GRE_IPROUTE_H
#define GRE_IPROUTE_H

#include "import/profile-builder.h"
#include "import/shell.h"

typedef struct {
    GreProfileBuilder *builder;
    char              *ifname; /* name of the tunnel; NULL: not created yet */
    guint              line;   /* line that created it */
    GError *other; /* of the first tunnel that is not GRE: for a file without a GRE one */
} GreIproute;

/* Whether the command is `ip …` and adds a tunnel of any kind. */
gboolean gre_iproute_makes_tunnel(const GreCommand *command);

/* A tunnel, as the command that creates it describes it; each may be NULL. */
typedef struct {
    char *name, *local, *remote;
} GreIprouteTunnel;

/* Whether the command creates a GRE tunnel, valid or not; @out gets it. */
gboolean gre_iproute_describe(const GreCommand *command, GreIprouteTunnel *out);
void     gre_iproute_tunnel_clear(GreIprouteTunnel *tunnel);

/* Whether it is any `ip …` command. */
gboolean gre_iproute_is_ip(const GreCommand *command);

/* Applies words that are options of `ip tunnel`. */
gboolean gre_iproute_options(GreIproute *self, const GreCommand *options, GError **error);

/* Whether it gives an address or a route to any device. */
gboolean gre_iproute_has_contents(const GreCommand *command);

/* Notes that the command, for another tunnel, is left out. */
void gre_iproute_leave_out(GreIproute *self, const GreCommand *command);

/**
 * gre_iproute_run:
 * @error: GRE_ERROR_PROFILE if the command is invalid or creates a second tunnel
 *
 * Applies the command to the tunnel. Notes commands for other devices and settings without
 * counterpart.
 */
gboolean gre_iproute_run(GreIproute *self, const GreCommand *command, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreIprouteTunnel, gre_iproute_tunnel_clear)

#endif
