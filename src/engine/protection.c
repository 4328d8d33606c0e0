/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/protection.h"

struct _GreProtection {
    GreProtectionSpec         spec;
    const GreProtectionFuncs *funcs;
    gpointer                  owner;
    GreBarrierHold           *barrier;
    GrePeerUser              *peer;
    guint                     release_source;
};

/* ---- callbacks of the peer ---- */

static void
armed(gpointer data)
{
    GreProtection *protection = data;

    protection->funcs->armed(protection->owner);
}

static void
up(gpointer data, const GreChildSa *child)
{
    GreProtection *protection = data;

    protection->funcs->secured(protection->owner, child);
}

static void
failed(gpointer data, const GError *cause)
{
    GreProtection *protection = data;

    protection->funcs->unsecured(protection->owner, cause);
}

static void
warned(gpointer data, const GError *cause)
{
    GreProtection *protection = data;

    protection->funcs->warned(protection->owner, cause);
}

/* ---- releasing: the peer, then the barrier ---- */

static void
lifted(gpointer data)
{
    GreProtection            *protection = data;
    const GreProtectionFuncs *funcs = protection->funcs;
    gpointer                  owner = protection->owner;

    gre_profile_unref(protection->spec.profile);
    gre_credentials_unref(protection->spec.credentials);
    g_free(protection);
    funcs->gone(owner);
}

static void
lift(GreProtection *protection)
{
    GreBarrierHold *hold = g_steal_pointer(&protection->barrier);

    if (hold)
        gre_barriers_release(hold, lifted, protection);
    else
        lifted(protection);
}

static void
released(gpointer data)
{
    GreProtection *protection = data;

    protection->peer = NULL;
    lift(protection);
}

static gboolean
no_peer_to_release(gpointer data)
{
    GreProtection *protection = data;

    protection->release_source = 0;
    lift(protection);
    return G_SOURCE_REMOVE;
}

void
gre_protection_release(GreProtection *protection)
{
    if (protection->peer)
        gre_peer_user_release(protection->peer);
    else
        protection->release_source = g_idle_add(no_peer_to_release, protection);
}

/* ---- acquiring ---- */

static void
laid(gpointer data, const GError *error)
{
    static const GrePeerUserFuncs funcs = { armed, up, failed, warned, released };
    GreProtection                *protection = data;
    const GreProtectionSpec      *spec = &protection->spec;
    GError                       *refused = error ? g_error_copy(error) : NULL;

    if (!refused)
        protection->peer =
            gre_peers_acquire(spec->peers, spec->profile, spec->credentials, &spec->local,
                              &spec->remote, spec->if_id, &funcs, protection, &refused);
    protection->funcs->held(protection->owner, protection, refused);
}

void
gre_protection_hold(const GreProtectionSpec  *spec,
                    const GreProtectionFuncs *funcs,
                    gpointer                  owner,
                    GreProtection           **out)
{
    GreProtection *protection = g_new0(GreProtection, 1);

    *out = protection;
    protection->spec = *spec;
    gre_profile_ref(spec->profile);
    if (spec->credentials)
        gre_credentials_ref(spec->credentials);
    protection->funcs = funcs;
    protection->owner = owner;
    if (spec->if_id)
        laid(protection, NULL);
    else
        gre_barriers_hold(spec->barriers, &spec->barrier, &protection->barrier, laid, protection);
}

GrePeerUser *
gre_protection_peer(const GreProtection *protection)
{
    return protection ? protection->peer : NULL;
}

void
gre_protection_view_barrier(const GreProtection *protection, GreBarriersView *view)
{
    gre_barriers_hold_view(protection ? protection->barrier : NULL, view);
}
