/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes ip(8) commands for any Linux, and swanctl.conf. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    gre_common_swanctl_file(end, out, NULL);
    gre_common_ip_commands(end, out);
    return TRUE;
}

const GreRemoteFormat gre_write_iproute2 = {
    .name = "iproute2",
    .vendor = "Linux with iproute2 and strongSwan",
    .comment = "#",
    .script = TRUE,
    .write = write_all,
};
