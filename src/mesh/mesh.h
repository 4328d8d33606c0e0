/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mesh: sites, and a tunnel for each pair that there is to be one for. What a description says
 * (mesh-read.c), who gets which addresses, keys and secrets (mesh-plan.c), and the files that come
 * of it (mesh-files.c). Nothing here is random or depends on the time: the same description and the
 * same seed give the same files.
 */
#ifndef GRE_MESH_H
#define GRE_MESH_H

#include "remote/remote-formats.h"

typedef struct {
    char                  *name; /* a file's name, too */
    guint                  line;
    char                  *address;  /* outer, as the others see it: address or DNS name */
    char                  *local;    /* outer, its own behind a NAT; NULL: the same */
    char                  *id;       /* IKE identity; NULL: the address */
    GArray                *networks; /* of GrePrefix: behind it */
    const GreRemoteFormat *format;   /* NULL: a keyfile for this plugin */
} GreSite;

typedef struct {
    gboolean    is_hub; /* else full */
    guint       hub;    /* of sites, where it is one */
    GArray     *pools;  /* of GrePrefix: one, or one of each family */
    gboolean    has_keys;
    guint32     first_key;
    char       *seed_file; /* NULL: not said */
    GHashTable *options;   /* vpn.data of every tunnel: char* -> char* */
    GPtrArray  *sites;     /* of GreSite */
} GreMesh;

/**
 * gre_mesh_read:
 * @text: YAML
 * @error: GRE_ERROR_PROFILE, one line that names the line of the text
 */
GreMesh *gre_mesh_read(const char *text, GError **error);
void     gre_mesh_free(GreMesh *mesh);

/* A tunnel between two sites. The first is the one that stands before the other in the description,
 * and has the first of two addresses. */
typedef struct {
    const GreSite *sites[2];
    guint          number;       /* stays as it is when further sites are written at the end */
    GrePrefix      inside[2][2]; /* of each site, of each pool */
    char          *psk;          /* NULL: no IPsec */
    char          *uuids[2];
} GreMeshTunnel;

/**
 * gre_mesh_plan:
 * @seed: what secrets and UUIDs are made from; at least 32 characters
 * @error: GRE_ERROR_PROFILE: pool too small, seed too short
 *
 * Returns: (transfer full): array of GreMeshTunnel*
 */
GPtrArray *gre_mesh_plan(const GreMesh *mesh, const char *seed, GError **error);

typedef struct {
    char *name; /* SITE/PEER.nmconnection and the like */
    char *text; /* with secrets */
} GreMeshFile;

/**
 * gre_mesh_files:
 * @error: GRE_ERROR_PROFILE, GRE_ERROR_SECRET: a site whose format can't say what is wanted, or
 *   options that contradict each other
 *
 * Returns: (transfer full): array of GreMeshFile*, whose texts are wiped when they go
 */
GPtrArray *gre_mesh_files(const GreMesh *mesh, GPtrArray *tunnels, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreMesh, gre_mesh_free)

#endif
