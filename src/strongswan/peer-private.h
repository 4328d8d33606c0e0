/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of a peer (peer.c, peer-*.c) and, above them, of the set (peers.c,
 * peers-*.c). */
#ifndef GRE_PEER_PRIVATE_H
#define GRE_PEER_PRIVATE_H

#include "gre-error.h"
#include "strongswan/peer.h"
#include "vici/vici-client.h"

#include <gio/gio.h>

/* The daemon, shared by all peers of a set. */
typedef struct {
    GrePeerTiming timing;
    ViciClient   *vici;
    GreNetlink   *netlink;   /* NULL: the kernel is left alone */
    GError       *away;      /* why the daemon cannot be reached, NULL if it can or is not known */
    GHashTable   *keys;      /* char *: ids of the private keys that we loaded into the daemon */
    char         *differ_id; /* the IKE_SA whose proposals, both sides', were logged last: */
    char         *theirs;
    char         *ours;
} GrePeerDaemon;

/* Callbacks of a peer to its owner, the set. */
typedef struct {
    /* @peer is no longer used: the owner frees it. */
    void (*unwanted)(GrePeer *peer, gpointer owner);
    /* Whether any peer uses the private key with that id in the daemon. */
    gboolean (*wants_key)(gpointer owner, const char *id);
} GrePeerOwnerFuncs;

struct _GrePeerUser {
    GrePeer                *peer;
    GreProfile             *profile;
    GreCredentials         *credentials; /* NULL unless ipsec=pubkey */
    guint32                 if_id;       /* of its XFRM interface, 0: none */
    const GrePeerUserFuncs *funcs;
    gpointer                data;
    gboolean                eager;
    gboolean                fresh; /* no callback called yet */
    gboolean                releasing;
};

/* An attempt to set up the SA, started by us or by the peer. */
typedef struct {
    gboolean active;
    gboolean answered; /* the peer answered */
    gboolean extended; /* and the time limit was extended for it */
    gboolean ended;    /* it has ended, whatever the list of SAs says */
    gboolean down;     /* the daemon gave an IKE_SA up: ended unless another is in progress */
    gboolean hinted;   /* the cause is only a hint */
    char    *ike_id;   /* unique id of its IKE_SA, once known */
    GError  *cause;
    guint    timer;
    guint    pause_timer; /* until the next attempt */
    guint    backoff;     /* the next idle pause, ms */
    gint64   begun;       /* start of the last attempt, monotonic µs */
} GreAttempt;

typedef enum {
    GRE_PEER_UNLOADED,
    GRE_PEER_LOADED,
    GRE_PEER_REMOVING,
} GrePeerStage;

typedef struct {
    guint32 spi_in, spi_out;
} StaleSa;

typedef enum { GRE_TELL_ARMED, GRE_TELL_UP, GRE_TELL_FAILED, GRE_TELL_WARNED } GreTell;

struct _GrePeer {
    GrePeerDaemon           *daemon;
    const GrePeerOwnerFuncs *owner_funcs;
    gpointer                 owner;
    char                    *name;
    GreAddress               local, remote;
    guint32                  if_id; /* of the XFRM interface that is loaded, 0: GRE */
    GPtrArray               *users; /* GrePeerUser; releasing ones too */
    GrePeerStage             stage;
    guint                    op;              /* the pending request, 0 for none */
    gboolean                 look;            /* the list of SAs may have changed */
    GreSaList                sas;             /* as of the last look */
    GreSaList                listing;         /* the look in progress */
    gboolean                 up;              /* as last reported */
    gboolean                 dead;            /* an established SA's peer stopped answering */
    char                    *moved;           /* where a NAT has moved the peer of an ended SA */
    gint64                   moved_at;        /* when, as g_get_monotonic_time() */
    gboolean                 has_trap;        /* not if all users wait for the peer */
    gboolean                 held;            /* the daemon may hold parts of it */
    GreCredentials          *credentials;     /* loaded or to be loaded; NULL: a secret */
    guint                    next_authority;  /* of those to load */
    GPtrArray               *old_authorities; /* char *: names of those to unload */
    gboolean                 has_authorities; /* the daemon may hold some of them */
    gboolean   trapped; /* the daemon has had policies in the kernel for this address pair */
    GArray    *stale;   /* StaleSa: of daemons that stopped without removing them */
    GreAttempt attempt;
    guint      load_timer; /* until the next load after a refusal */
    guint      surplus_timer;
    guint      surplus_stood; /* pauses for which it has, if the next look still shows it */
    guint      settle_timer;
    guint      remove_timer;
    guint      remove_tries;
    gboolean   suspect;    /* the kernel may have lost part of the SA or the trap */
    gboolean   mend;       /* it has */
    guint      mend_timer; /* until the next check */
    guint      mend_tries; /* that did not help, since all was there */
    gboolean   mend_told;  /* the journal has it */
    guint      kick;       /* idle source that converges */

    GrePeerCounts counts;
};

/* peer.c */
/* @daemon, @owner_funcs and @owner outlive the peer. */
GrePeer *gre_peer_new(GrePeerDaemon           *daemon,
                      const GrePeerOwnerFuncs *owner_funcs,
                      gpointer                 owner,
                      const char              *name);
void     gre_peer_free(GrePeer *peer);
void gre_peer_clear_timers(GrePeer *peer); /* except those of removing; nothing is to mend then */
void gre_peer_converge(GrePeer *peer);
void gre_peer_converge_later(GrePeer *peer);
void gre_peer_daemon_lost(GrePeer *peer, const GError *error);
gboolean gre_peer_wanted(const GrePeer *peer);
/* The first user that is not being released; its profile applies to the address pair. NULL:
 * none. */
GrePeerUser *gre_peer_first_user(const GrePeer *peer);
gboolean     gre_peer_eager(const GrePeer *peer);
/* The authentication and encryption of the address pair; NULL if it has no users left. */
const GreIpsecOptions *gre_peer_options(const GrePeer *peer);
gboolean               gre_peer_initiates(const GrePeer *peer);
/* Calls the users that stay; @cause: of GRE_TELL_FAILED and GRE_TELL_WARNED. */
void gre_peer_tell(GrePeer *peer, GreTell what, const GError *cause);
void gre_peer_release_users(GrePeer *peer); /* those being released */
void gre_peer_request(GrePeer *peer, const char *command, GBytes *message, ViciReplyFunc reply);

/* The property in which a user and another profile differ, or NULL. */
const char *gre_peer_conflict(const GrePeerUser    *user,
                              const GreProfile     *profile,
                              const GreCredentials *credentials);

/* peer-load.c */
void gre_peer_load(GrePeer *peer);
/* A `swanctl --load-all` is unloading our configuration: load it again when that is done. */
void gre_peer_load_again_soon(GrePeer *peer);

/* peer-keys.c: the private key and the authorities */
void     gre_peer_keys_load(GrePeer *peer);   /* gre_peer_load_connection() or a failure follows */
void     gre_peer_keys_unload(GrePeer *peer); /* then looks at the SAs */
gboolean gre_peer_keys_is_used(const GrePeer *peer, const char *id);
/* Records which keys are ours, for the next run. */
void gre_peer_keys_save(const GrePeerDaemon *daemon);
/* Whether the answer to get-keys has that id. */
gboolean gre_peer_keys_is_listed(const ViciSection *reply, const char *id);
/* Unloads a key from the daemon and ignores the answer. */
void gre_peer_keys_drop(GrePeerDaemon *daemon, const char *id);

/* peer-load.c */
void gre_peer_load_connection(GrePeer *peer);
/* strongSwan refused @what, or did not answer: tells the users, with an error of @code, and loads
 * again later. */
void gre_peer_load_failed(GrePeer *peer, GreErrorCode code, const char *what, const GError *error);

/* peer-remove.c */
void gre_peer_remove_unload(
    GrePeer *peer, const char *command, const char *key, const char *value, ViciReplyFunc reply);

/* peer-look.c */
void gre_peer_look(GrePeer *peer); /* soon: the list of SAs may have changed */
void gre_peer_look_list(GrePeer *peer);

/* peer-remove.c */
void gre_peer_remove(GrePeer *peer);      /* starts to remove everything from the daemon */
void gre_peer_remove_step(GrePeer *peer); /* continues by what the last look saw */
void
gre_peer_remove_done(GrePeer *peer); /* it is complete, or there is no daemon: may free @peer */
/* Ends an IKE_SA, a CHILD_SA, or with neither all IKE_SAs of the peer. Does not wait for the
 * peer. */
void
gre_peer_remove_terminate(GrePeer *peer, const char *ike_id, const char *child_id, gboolean force);
/* The SAs of a daemon that stops may stay in the kernel and continue to carry traffic: they are
 * recorded then, and removed when another SA carries it or none is wanted. */
void gre_peer_remove_note_stale(GrePeer *peer);
void gre_peer_remove_stale_sas(GrePeer *peer);

/* peer-mend.c */
/* Checks, with the next list of SAs, whether the kernel still has what strongSwan installed. */
void gre_peer_mend_suspect(GrePeer *peer);
void gre_peer_mend_clear(GrePeer *peer);
void gre_peer_mend_check(GrePeer *peer); /* by the current list */
void gre_peer_mend(GrePeer *peer);       /* sends the request that renews it */

/* peer-moved.c */
/* Ends the SA whose peer a NAT has moved to another address than the tunnel's; FALSE: there is
 * none. */
gboolean gre_peer_moved_leave(GrePeer *peer);
/* A NAT changed the address or port of the peer of the SA with @spi_in to @where. */
void gre_peer_moved_mapping(GrePeer *peer, guint32 spi_in, const char *where);

/* peer-rekey.c */
/* A log line of the established IKE_SA gave @cause (taken): reports a refused rekey. */
void gre_peer_rekey_refused(GrePeer *peer, const char *line, GError *cause);

/* peer-attempt.c */
void gre_peer_attempt_step(GrePeer *peer);  /* the SA is not up: try, wait, or try again */
void gre_peer_attempt_clear(GrePeer *peer); /* the SA is up, or has no users */
void gre_peer_attempt_now(GrePeer *peer);   /* ends the pause */
void gre_peer_attempt_pause(GrePeer *peer); /* before the next try */
/* An ike-updown event without `up` came. */
void gre_peer_attempt_down(GrePeer *peer, const ViciSection *event);
/* strongSwan can't send the attempt's packets. */
void gre_peer_attempt_no_socket(GrePeer *peer);
/* A log line about IKE_SA @ike_id of this peer; @named: it contained our connection's name. */
void gre_peer_attempt_log(GrePeer *peer, const char *ike_id, gboolean named, const char *line);

#endif
