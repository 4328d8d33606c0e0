/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads `nmcli connection add`, `modify` and `edit` lines of a how-to that create an ip-tunnel
 * profile or a VPN profile of this plugin.
 */
#ifndef GRE_NMCLI_H
#define GRE_NMCLI_H

#include "import/iproute.h"
#include "import/ledger.h"
#include "import/shell.h"

#include <NetworkManager.h>

typedef struct {
    NMConnection *connection; /* NULL: not created yet */
    guint         line;       /* line that created it */
    gboolean      unnamed;    /* nmcli makes up a name for it */
    gboolean      editing;    /* `connection edit` was run: commands of nmcli's editor follow */
    GPtrArray    *notes;      /* of char*; borrowed */
    GreLedger    *ledger;     /* borrowed */
} GreNmcli;

/* Whether the command is any `nmcli …` command, or a line for its editor. */
gboolean gre_nmcli_takes(const GreNmcli *self, const GreCommand *command);

/* Whether it adds an ip-tunnel profile or a VPN profile of this plugin. */
gboolean gre_nmcli_adds_tunnel(const GreCommand *command);

/* Whether it adds a GRE tunnel; @out gets its name and ends, NULL where it has none. */
gboolean gre_nmcli_describe(const GreCommand *command, GreIprouteTunnel *out);

/* Notes that the command, for another tunnel, is left out. */
void gre_nmcli_leave_out(GreNmcli *self, const GreCommand *command);

/* Applies the command to the profile; @error: GRE_ERROR_PROFILE. */
gboolean gre_nmcli_run(GreNmcli *self, const GreCommand *command, GError **error);

/* Returns: (transfer full): the resulting VPN profile. */
NMConnection *gre_nmcli_finish(GreNmcli *self, GError **error);

void gre_nmcli_clear(GreNmcli *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreNmcli, gre_nmcli_clear)

#endif
