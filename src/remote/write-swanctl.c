/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes swanctl.conf for a peer without an interface: its policies take what goes between the
 * networks. */
#include "config.h"

#include "remote/remote-formats.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "remote/common.h"

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (!end->profile->local_networks || !end->profile->remote_networks) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROFILE,
                    _("local-networks and remote-networks must be set: without them, policies "
                      "alone would take all of the peer's traffic"));
        return FALSE;
    }
    gre_common_swanctl_file(end, out, NULL);
    return TRUE;
}

const GreRemoteFormat gre_write_swanctl = {
    .name = "swanctl",
    .vendor = "strongSwan, by policies alone",
    .comment = "#",
    .script = TRUE,
    .carries = GRE_CARRIES_NETWORKS,
    .write = write_all,
};
