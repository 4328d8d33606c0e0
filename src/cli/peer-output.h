/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the peer's configuration of a tunnel, for `nm-gre peer` and `nm-gre add`.
 */
#ifndef GRE_PEER_OUTPUT_H
#define GRE_PEER_OUTPUT_H

#include "remote/remote-formats.h"

/* What nm-gre peer is told, or nm-gre add, beside the connection. */
typedef struct {
    const GreRemoteFormat *format;
    GreAddress             local;                /* as the peer sees it; AF_UNSPEC: not given */
    const GArray          *addresses, *networks; /* of GrePrefix; NULL: none */
    const char            *name;                 /* of the tunnel on the peer; NULL: this host's */
    gboolean               show_secrets;
} GrePeerOutput;

/* The format called @name (nullable). @option: what the user gave it with. @error: GRE_EXIT_USAGE
 */
const GreRemoteFormat *
gre_peer_output_find_format(const char *name, const char *option, GError **error);

/**
 * gre_peer_output_print:
 * @connection: id or UUID of a VPN profile of this plugin, of an ip-tunnel profile, or of its
 * companion
 * @error: GRE_EXIT_ERROR, GRE_ERROR
 */
gboolean gre_peer_output_print(const char *connection, const GrePeerOutput *wish, GError **error);

#endif
