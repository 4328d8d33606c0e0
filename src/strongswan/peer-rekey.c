/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A refused rekey. The SA carries traffic until it expires, so strongSwan's log is the only sign
 * of it. It mostly is the group: the first exchange needs none for ESP, every later one does if a
 * side wants perfect forward secrecy.
 */
#include "strongswan/peer-private.h"

#include "gre-transform.h"
#include "strongswan/charon-log.h"

#include <string.h>

static gboolean
have_one_in_common(const char *some, const char *others)
{
    g_auto(GStrv) list = g_strsplit(some, ", ", -1);
    g_auto(GStrv) other_list = g_strsplit(others, ", ", -1);

    for (guint i = 0; list[i]; i++)
        if (g_strv_contains((const char *const *) other_list, list[i]))
            return TRUE;
    return FALSE;
}

/* The groups that the peer asks for and our proposals lack; NULL: these are not the cause. */
static char *
missing_groups(const GrePeerDaemon *daemon, const char *message)
{
    g_autofree char *theirs = gre_transform_groups(daemon->theirs);
    g_autofree char *ours = gre_transform_groups(daemon->ours);

    /* The proposals logged last may be those of another refusal. */
    if (!theirs || !strstr(message, daemon->theirs) || (ours && have_one_in_common(theirs, ours)))
        return NULL;
    return g_steal_pointer(&theirs);
}

void
gre_peer_rekey_refused(GrePeer *peer, const char *line, GError *cause)
{
    g_autoptr(GError) told = NULL;
    g_autofree char *groups = NULL, *asked = NULL;

    /* Other refusals are of something else that the peer wants between the two. */
    if (gre_charon_log_proposals(line) == GRE_PROPOSALS_NONE) {
        g_error_free(cause);
        return;
    }
    peer->counts.rekeys_refused++;
    groups = missing_groups(peer->daemon, cause->message);
    if (groups)
        asked = g_strdup_printf("the peer asks for the group %s: ", groups);
    told = g_error_new(GRE_ERROR, GRE_ERROR_PROPOSAL,
                       "a rekey was refused, traffic stops when the SA expires: %s%s",
                       asked ? asked : "", cause->message);
    g_error_free(cause);
    gre_peer_tell(peer, GRE_TELL_WARNED, told);
}
