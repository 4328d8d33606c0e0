/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assigns strongSwan's events and log lines to their peer. */
#include "strongswan/peers-private.h"

#include "strongswan/charon-log.h"
#include "strongswan/peer-config.h"

#include <string.h>

/* The first name of a section in an ike-updown, child-updown … message: the connection's. */
static GrePeer *
peer_of_event(GrePeers *set, const ViciSection *message)
{
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &section)) {
        GrePeer *peer = g_hash_table_lookup(set->peers, name);

        if (peer)
            return peer;
    }
    return NULL;
}

static gboolean
is_of_address(char c)
{
    return g_ascii_isxdigit(c) || c == ':';
}

static gboolean
line_has_address(const char *line, const GreAddress *address)
{
    char        buf[GRE_ADDRESS_STRLEN];
    const char *text = gre_address_to_string(address, buf);

    for (const char *at = line; *text && (at = strstr(at, text)); at++) {
        const char *end = at + strlen(text);

        /* 10.0.0.1 is not part of 10.0.0.12, but matches before the dots of
         * "10.0.0.1...10.0.0.2". */
        if ((at == line || !is_of_address(at[-1])) && !is_of_address(*end))
            return TRUE;
    }
    return FALSE;
}

/* The peer of a line without a connection's name, by its addresses. */
static GrePeer *
peer_by_addresses(GrePeers *set, const char *line, gboolean both)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        GrePeer *peer = value;

        if (line_has_address(line, &peer->remote) &&
            (!both || line_has_address(line, &peer->local)))
            return peer;
    }
    return NULL;
}

/* Records both sides' proposals, which are logged just before they turn out to differ. */
static void
note_proposals(GrePeers *set, const char *ike_id, const char *line)
{
    static const char theirs[] = "received proposals: ", ours[] = "configured proposals: ";

    if (g_str_has_prefix(line, theirs)) {
        g_free(set->daemon.differ_id);
        set->daemon.differ_id = g_strdup(ike_id);
        g_clear_pointer(&set->daemon.ours, g_free);
        g_free(set->daemon.theirs);
        set->daemon.theirs = g_strndup(line + strlen(theirs), 400);
    } else if (g_str_has_prefix(line, ours)) {
        g_free(set->daemon.ours);
        set->daemon.ours = g_strndup(line + strlen(ours), 400);
    }
}

/* "NAT mappings of CHILD_SA ESP/0xc1a344e9/203.0.113.2 changed to 198.51.100.9[4500], queuing …",
 * once for each packet. */
static void
nat_mapping(GrePeers *set, const char *line)
{
    static const char to[] = " changed to ";
    const char       *spi = strstr(line, "/0x"), *where = strstr(line, to);
    g_autofree char  *text = NULL;
    guint32           spi_in;
    GHashTableIter    iter;
    gpointer          value;

    if (!spi || !where)
        return;
    spi_in = (guint32) g_ascii_strtoull(spi + strlen("/0x"), NULL, 16);
    where += strlen(to);
    text = g_strndup(where, strcspn(where, ","));
    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        gre_peer_moved_mapping(value, spi_in, text);
}

static void
no_socket(GrePeers *set, int family)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        GrePeer *peer = value;

        if (family == AF_UNSPEC || peer->remote.family == family)
            gre_peer_attempt_no_socket(peer);
    }
}

static void
no_version(GrePeers *set, guint version, const char *line)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, set->peers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GreIpsecOptions *options = gre_peer_options(value);

        if (options && options->ike_version == version)
            gre_peer_attempt_log(value, NULL, TRUE, line);
    }
}

/* Lines of an unnamed IKE_SA, which the peer initiated, or about loading. */
static void
unnamed_line(GrePeers *set, const char *ike_id, const char *line)
{
    static const char key[] = "unloaded private key with id ";
    GrePeer          *peer = NULL;
    const char       *named = strstr(line, GRE_PEER_NAME_PREFIX);
    guint             version;
    int               family;

    if (gre_charon_log_no_socket(line, &family))
        no_socket(set, family);
    else if (gre_charon_log_no_version(line, &version))
        no_version(set, version, line);
    else if (g_str_has_prefix(line, "NAT mappings of CHILD_SA "))
        nat_mapping(set, line);
    else if (g_str_has_prefix(line, key))
        gre_peers_keys_unloaded(set, line + strlen(key));
    else if (named) {
        g_autofree char *name = g_strndup(named, strcspn(named, "'[ "));

        peer = g_hash_table_lookup(set->peers, name);
    } else if (strstr(line, " is initiating ") ||
               strstr(line, "looking for peer configs matching")) {
        peer = peer_by_addresses(set, line, FALSE);
        g_free(set->seeker);
        set->seeker = peer && ike_id ? g_strdup_printf("%s %s", ike_id, peer->name) : NULL;
        return;
    } else if (strstr(line, "no IKE config found for"))
        peer = peer_by_addresses(set, line, TRUE);
    else if (set->seeker && ike_id && g_str_has_prefix(set->seeker, ike_id) &&
             set->seeker[strlen(ike_id)] == ' ')
        peer = g_hash_table_lookup(set->peers, set->seeker + strlen(ike_id) + 1);
    if (peer)
        gre_peer_attempt_log(peer, ike_id, FALSE, line);
}

static void
log_event(GrePeers *set, const ViciSection *message)
{
    g_autofree char *line = vici_section_string(message, "msg");
    g_autofree char *name = vici_section_string(message, "ikesa-name");
    g_autofree char *ike_id = vici_section_string(message, "ikesa-uniqueid");
    GrePeer         *peer = name ? g_hash_table_lookup(set->peers, name) : NULL;

    if (!line)
        return;
    note_proposals(set, ike_id, line);
    if (peer)
        gre_peer_attempt_log(peer, ike_id, TRUE, line);
    else
        unnamed_line(set, ike_id, line);
}

void
gre_peers_event(ViciClient *client, const char *name, const ViciSection *message, gpointer data)
{
    GrePeers *set = data;
    GrePeer  *peer;

    if (strcmp(name, "log") == 0) {
        log_event(set, message);
        return;
    }
    peer = peer_of_event(set, message);
    if (!peer)
        return;
    if (strcmp(name, "ike-updown") == 0 && !vici_section_is(message, "up", "yes"))
        gre_peer_attempt_down(peer, message);
    if (strcmp(name, "ike-rekey") == 0)
        peer->counts.ike_rekeyed++;
    else if (strcmp(name, "child-rekey") == 0)
        peer->counts.esp_rekeyed++;
    gre_peer_look(peer);
}
