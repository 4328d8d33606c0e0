/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For any Linux: commands of ip(8), and swanctl.conf. */
#include "config.h"

#include "far-format.h"
#include "write.h"

static gboolean
write_all(const GreFarEnd *end, GString *out, GError **error)
{
    (void) error;
    gre_write_swanctl_file(end, out);
    gre_write_ip_commands(end, out);
    return TRUE;
}

const GreFarEndFormat gre_far_end_iproute2 = {
    .name = "iproute2",
    .make = "Linux with iproute2 and strongSwan",
    .comment = "#",
    .script = TRUE,
    .write = write_all,
};
