/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the set of peers (peers.c, peers-*.c). */
#ifndef GRE_PEERS_PRIVATE_H
#define GRE_PEERS_PRIVATE_H

#include "strongswan/peer-private.h"
#include "strongswan/peers.h"

struct _GrePeers {
    GrePeerDaemon daemon;
    GHashTable   *peers;  /* char *name -> GrePeer */
    char         *seeker; /* the peer of log lines about an unnamed IKE_SA */
    GSourceFunc   swept;  /* of gre_peers_sweep(); NULL when there is no sweep */
    gpointer      swept_data;
    guint         nudge_timer;   /* runs after a nudge */
    gboolean      nudge_waits;   /* for its end */
    guint         rest_source;   /* idle source that checks whether anything is left to do */
    guint         sweep_pending; /* answers still to come */
    GHashTable   *sweep_names;
    gboolean      left;       /* the daemon may still hold parts of a removed peer */
    guint         left_timer; /* until the next search for them */
};

/* peers.c */
GrePeer *gre_peers_new_peer(GrePeers *set, const char *name); /* a member of the set */

/* peers-event.c: its data is the set */
void
gre_peers_event(ViciClient *client, const char *name, const ViciSection *message, gpointer data);

/* peers-keys.c: the private keys in the daemon, which peers may share */
gboolean gre_peers_keys_wanted(const GrePeers *set, const char *id);
void     gre_peers_keys_swept(GrePeers *set, const ViciSection *reply); /* to get-keys */
/* A private key was unloaded from the daemon. */
void gre_peers_keys_unloaded(GrePeers *set, const char *id);

/* peers-share.c: whether a profile may join the peer @name, as gre_peers_acquire() says */
gboolean gre_peers_share_allows(GrePeers             *set,
                                const char           *name,
                                const GreProfile     *profile,
                                const GreCredentials *credentials,
                                const GreAddress     *remote,
                                GError              **error);

/* peers-sweep.c */
void gre_peers_sweep_forget(GrePeers *set, GrePeer *peer);
void gre_peers_sweep_rest_later(GrePeers *set); /* checks whether anything is left to do */
void gre_peers_sweep_ask(GrePeers *set);
void gre_peers_sweep_finish(GrePeers *set);

#endif
