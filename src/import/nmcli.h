/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `nmcli connection add`, `modify` and `edit` lines that make an ip-tunnel profile, or one of ours,
 * as they stand in a how-to.
 */
#ifndef GRE_NMCLI_H
#define GRE_NMCLI_H

#include "import/shell.h"

#include <NetworkManager.h>

typedef struct {
    NMConnection *connection; /* NULL: none made yet */
    guint         line;       /* that made it */
    gboolean      editing;    /* `connection edit` of it: commands of nmcli's editor follow */
    GPtrArray    *notes;      /* of char*; borrowed */
} GreNmcli;

/* Whether the command is `nmcli …`, of whatever use, or a line for its editor. */
gboolean gre_nmcli_takes(const GreNmcli *self, const GreCommand *command);

/* Whether it adds an ip-tunnel profile, or one of ours. */
gboolean gre_nmcli_adds_tunnel(const GreCommand *command);

/* Takes over what the command does to the profile; @error: GRE_ERROR_PROFILE. */
gboolean gre_nmcli_run(GreNmcli *self, const GreCommand *command, GError **error);

/* Returns: (transfer full): the VPN profile that has become of it. */
NMConnection *gre_nmcli_finish(GreNmcli *self, GError **error);

void gre_nmcli_clear(GreNmcli *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreNmcli, gre_nmcli_clear)

#endif
