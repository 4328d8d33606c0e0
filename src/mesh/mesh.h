/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mesh: sites, and tunnels between pairs of them. mesh-read.c reads the description, mesh-plan.c
 * assigns addresses, keys and secrets, mesh-files.c makes the files. Nothing is random or depends
 * on the time: the same description and seed always give the same files.
 */
#ifndef GRE_MESH_H
#define GRE_MESH_H

#include "remote/remote-formats.h"

/* What a keyfile's profiles are. */
typedef enum {
    GRE_SITE_UNSET,  /* while the description is read */
    GRE_SITE_VPN,    /* a VPN profile */
    GRE_SITE_NATIVE, /* an ip-tunnel profile, and a companion that protects it */
} GreSiteKind;

/* A companion's name is that of its tunnel with this. */
#define GRE_MESH_COMPANION "-ipsec"

typedef struct {
    char                  *name; /* also a file name */
    guint                  line;
    char                  *address;  /* outer, as the others see it: address or DNS name */
    char                  *local;    /* outer, its own behind a NAT; NULL: the same */
    char                  *id;       /* IKE identity; NULL: the address */
    GArray                *networks; /* of GrePrefix: the networks behind it */
    const GreRemoteFormat *format;   /* NULL: keyfiles for this plugin */
    GreSiteKind            kind;     /* of keyfiles */
    char                  *key;      /* its private key and certificate in PEM, if has_ca; */
    char                  *cert;     /* the caller sets them */
    guint                  hub;      /* 1: the preferred hub, 2: the next …; 0: no hub */
} GreSite;

typedef struct {
    GreSiteKind kind;   /* of sites that don't say */
    guint       n_hubs; /* 0: full */
    gboolean    ospf;   /* finds the IPv4 routes; else they are static */
    GArray     *pools;  /* of GrePrefix: one, or one of each family */
    gboolean    has_keys;
    guint32     first_key;
    char       *seed_file; /* NULL: not given */
    char       *ca_directory;
    gboolean    has_ca;  /* ipsec=pubkey */
    char       *ca;      /* the authority's certificate in PEM, if has_ca; the caller sets it */
    GHashTable *options; /* vpn.data of every tunnel: char* -> char* */
    GPtrArray  *sites;   /* of GreSite */
} GreMesh;

/**
 * gre_mesh_read:
 * @text: YAML
 * @error: GRE_ERROR_PROFILE, one line with the line number in the text
 */
GreMesh *gre_mesh_read(const char *text, GError **error);
void     gre_mesh_free(GreMesh *mesh);

/* The IKE identity of a site. (transfer none) */
const char *gre_mesh_identity(const GreSite *site);

/* A tunnel between two sites. The first is the one that comes first in the description, and has the
 * lower of two addresses. */
typedef struct {
    const GreSite *sites[2];
    guint          number;       /* stays the same when sites are added at the end */
    GrePrefix      inside[2][2]; /* of each site, of each pool */
    char          *psk;          /* NULL: no IPsec */
    char          *uuids[2];
    char          *companions[2]; /* their UUIDs */
    char          *ifnames[2];    /* for kinds of profiles that need a name */
} GreMeshTunnel;

/**
 * gre_mesh_plan:
 * @seed: the source of secrets and UUIDs; at least 32 characters
 * @error: GRE_ERROR_PROFILE: pool too small, seed too short
 *
 * Returns: (transfer full): array of GreMeshTunnel*
 */
GPtrArray *gre_mesh_plan(const GreMesh *mesh, const char *seed, GError **error);

typedef struct {
    char *name; /* SITE/PEER.nmconnection and the like; with has_ca also SITE/SITE.key */
    char *text; /* with secrets */
} GreMeshFile;

/**
 * gre_mesh_files:
 * @error: GRE_ERROR_PROFILE, GRE_ERROR_SECRET: a site's format can't express a setting, or options
 * contradict each other
 *
 * Returns: (transfer full): array of GreMeshFile*, whose texts are wiped when freed
 */
GPtrArray *gre_mesh_files(const GreMesh *mesh, GPtrArray *tunnels, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreMesh, gre_mesh_free)

#endif
