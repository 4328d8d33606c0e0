/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the peer's configuration of a tunnel, for `nm-gre peer` and `nm-gre add`.
 */
#ifndef GRE_PEER_OUTPUT_H
#define GRE_PEER_OUTPUT_H

#include <glib.h>

/* As the options of nm-gre peer are called; NULL: not given. */
typedef struct {
    const char *format, *local, *name;
    char      **addresses, **networks; /* NULL-terminated */
    gboolean    show_secrets;
} GrePeerOutput;

/* Whether there is such a format. @option: as the user gave it. @error: GRE_EXIT_USAGE */
gboolean gre_peer_output_check_format(const char *format, const char *option, GError **error);

/**
 * gre_peer_output_print:
 * @connection: id or UUID of a VPN profile of this plugin, of an ip-tunnel profile, or of its
 * companion
 * @error: GRE_EXIT_ERROR, GRE_ERROR
 */
gboolean gre_peer_output_print(const char *connection, const GrePeerOutput *wish, GError **error);

#endif
