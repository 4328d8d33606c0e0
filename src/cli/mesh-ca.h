/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of a mesh's authority: ca.key, ca.pem, and sites/SITE.key and .pem. It stays with
 * the administrator; the output has copies of what belongs to a site.
 */
#ifndef GRE_MESH_CA_H
#define GRE_MESH_CA_H

#include "mesh/mesh.h"

/**
 * gre_mesh_ca_issue:
 * @mesh: gets the keys and certificates
 * @make: make an authority if there is none
 * @error: GRE_EXIT_ERROR, or of the authority
 *
 * Keys stay as they are; certificates are issued where there is none that is good. Prints which.
 */
gboolean gre_mesh_ca_issue(GreMesh *mesh, const char *directory, gboolean make, GError **error);

#endif
