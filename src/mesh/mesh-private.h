/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of a tunnel of a mesh, for those that write its files.
 */
#ifndef GRE_MESH_PRIVATE_H
#define GRE_MESH_PRIVATE_H

#include "mesh/mesh.h"

/* Where a site has its private key and the certificates. */
#define GRE_MESH_KEYS "/etc/nm-gre"
#define GRE_MESH_CA   "mesh-ca.crt"

/* All is borrowed. */
typedef struct {
    const GreMesh       *mesh;
    const GreMeshTunnel *tunnel;
    guint                side;
} GreMeshEnd;

const GreSite *gre_mesh_end_site(const GreMeshEnd *end);
const GreSite *gre_mesh_end_peer(const GreMeshEnd *end);

/* The site's own outer address; NULL if only its name is known. (transfer none) */
const char *gre_mesh_end_local(const GreSite *site);

/* vpn.data of its VPN profile. (transfer full) */
GHashTable *gre_mesh_end_data(const GreMeshEnd *end);

/* The profile with that vpn.data, checked; an error names the site's line. */
GreProfile *gre_mesh_end_profile(const GreMeshEnd *end, GHashTable *data, GError **error);

/* Sets @error to @message, with the site's line. Returns: FALSE. */
gboolean gre_mesh_end_fail(const GreMeshEnd *end, const char *message, GError **error);

/* A route into the tunnel. The metric is 0 where no other tunnel leads to the network. */
typedef struct {
    GrePrefix network;
    guint     metric;
} GreMeshRoute;

/* The networks that the site reaches through this tunnel: array of GreMeshRoute. (transfer full) */
GArray *gre_mesh_end_routes(const GreMeshEnd *end);

/* frr.conf of @site. (transfer full) */
char *gre_mesh_frr_write(const GreMesh *mesh, GPtrArray *tunnels, const GreSite *site);

/* Keyfiles: a VPN profile; an ip-tunnel profile and its companion. @error: GRE_ERROR_PROFILE.
 * Returns: (transfer full): for gre_secret_free_text(), or NULL. */
char *gre_mesh_keyfile_vpn(const GreMeshEnd *end, GError **error);
char *gre_mesh_keyfile_tunnel(const GreMeshEnd *end, GError **error);
char *gre_mesh_keyfile_companion(const GreMeshEnd *end, GError **error);

#endif
