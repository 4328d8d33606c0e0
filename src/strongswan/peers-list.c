/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists all our SAs in one answer, for the status. */
#include "strongswan/peers-private.h"

#include "strongswan/peer-config.h"

#define PATIENCE_MS 3000 /* a user is waiting */

typedef struct {
    GHashTable    *lists;
    GrePeersListed listed;
    gpointer       data;
} Listing;

static void
list_free(gpointer data)
{
    gre_sa_list_clear(data);
    g_free(data);
}

static void
listed_one(const ViciSection *message, gpointer data)
{
    Listing    *listing = data;
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &section)) {
        GreSaList *list = g_hash_table_lookup(listing->lists, name);

        if (!g_str_has_prefix(name, GRE_PEER_NAME_PREFIX))
            continue;
        if (!list) {
            list = g_new0(GreSaList, 1);
            gre_sa_list_init(list);
            g_hash_table_insert(listing->lists, g_strdup(name), list);
        }
        gre_sa_list_add(list, name, message);
    }
}

static gboolean
report(gpointer data)
{
    Listing *listing = data;

    listing->listed(listing->lists, listing->data);
    g_hash_table_unref(listing->lists);
    g_free(listing);
    return G_SOURCE_REMOVE;
}

static void
listed_all(const ViciSection *reply, const GError *error, gpointer data)
{
    /* After an error: show what has arrived so far. */
    report(data);
}

void
gre_peers_list(GrePeers *set, GrePeersListed listed, gpointer user_data)
{
    Listing *listing = g_new0(Listing, 1);

    listing->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
    listing->listed = listed;
    listing->data = user_data;
    if (vici_client_is_up(set->daemon.vici))
        vici_client_request(set->daemon.vici, "list-sas", NULL, "list-sa", listed_one, PATIENCE_MS,
                            listed_all, listing);
    else
        g_idle_add(report, listing);
}
