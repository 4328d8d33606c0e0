/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request at a time, on a VICI client of its own. */
#include "strongswan/sa-query.h"

#include "gre-error.h"
#include "strongswan/peer-config.h"
#include "vici/vici-client.h"

/* A daemon that hangs has a short queue for new connections: the one there is waits this long. */
#define REQUEST_MS 60000

struct _GreSaQuery {
    GreSaQueryTiming timing;
    ViciClient      *vici;
    GreSaQueryFunc   func; /* of the caller that waits, NULL: none */
    gpointer         data;
    GHashTable      *lists;    /* the answer so far, NULL: no request is under way */
    gboolean         given_up; /* the caller of that request no longer waits */
    gboolean         pausing;  /* after an answer */
    guint            patience_timer;
    guint            rest_timer; /* of the pause, then until the connection is closed */
};

const GreSaQueryTiming gre_sa_query_timing_default = {
    .patience = 3000,
    .pause = 200,
    .idle = 10000,
};

static void send_request(GreSaQuery *query);

static void
list_free(gpointer data)
{
    gre_sa_list_clear(data);
    g_free(data);
}

/* @lists: (nullable) */
static void
answer(GreSaQuery *query, GHashTable *lists)
{
    GreSaQueryFunc func = g_steal_pointer(&query->func);

    g_clear_handle_id(&query->patience_timer, g_source_remove);
    if (func)
        func(lists, query->data);
}

static gboolean
on_late(gpointer data)
{
    GreSaQuery *query = data;

    query->patience_timer = 0;
    query->given_up = TRUE;
    answer(query, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean
on_idle(gpointer data)
{
    GreSaQuery *query = data;

    query->rest_timer = 0;
    vici_client_stop(query->vici);
    return G_SOURCE_REMOVE;
}

static gboolean
on_paused(gpointer data)
{
    GreSaQuery *query = data;

    query->pausing = FALSE;
    query->rest_timer = g_timeout_add(query->timing.idle, on_idle, query);
    if (query->func)
        send_request(query);
    return G_SOURCE_REMOVE;
}

static void
listed_one(const ViciSection *message, gpointer data)
{
    GreSaQuery *query = data;
    ViciSection iter = *message, section;
    char        name[VICI_NAME_MAX + 1];

    while (vici_section_next(&iter, name, &section)) {
        GreSaList *list = g_hash_table_lookup(query->lists, name);

        if (!g_str_has_prefix(name, GRE_PEER_NAME_PREFIX))
            continue;
        if (!list) {
            list = g_new0(GreSaList, 1);
            gre_sa_list_init(list);
            g_hash_table_insert(query->lists, g_strdup(name), list);
        }
        gre_sa_list_add(list, name, message);
    }
}

/* After an error, what has arrived so far is the answer. The next request connects again. */
static void
listed_all(const ViciSection *reply, const GError *error, gpointer data)
{
    GreSaQuery *query = data;
    g_autoptr(GHashTable) lists = g_steal_pointer(&query->lists);
    gboolean late = g_error_matches(error, GRE_ERROR, GRE_ERROR_TIMEOUT);

    if (error)
        vici_client_stop(query->vici);
    query->pausing = TRUE;
    query->rest_timer = g_timeout_add(query->timing.pause, on_paused, query);
    if (!query->given_up)
        answer(query, late ? NULL : lists);
    query->given_up = FALSE;
}

static void
send_request(GreSaQuery *query)
{
    g_clear_handle_id(&query->rest_timer, g_source_remove);
    query->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, list_free);
    vici_client_start(query->vici);
    vici_client_request(query->vici, "list-sas", NULL, "list-sa", listed_one, REQUEST_MS,
                        listed_all, query);
}

void
gre_sa_query_ask(GreSaQuery *query, GreSaQueryFunc func, gpointer user_data)
{
    g_return_if_fail(!query->func);
    query->func = func;
    query->data = user_data;
    query->patience_timer = g_timeout_add(query->timing.patience, on_late, query);
    if (!query->lists && !query->pausing)
        send_request(query);
}

/* ---- the connection ---- */

static void
on_up(ViciClient *client, gpointer data)
{
}

/* Without a request: the daemon has stopped. */
static void
on_down(ViciClient *client, const GError *error, gpointer data)
{
    vici_client_stop(client);
}

GreSaQuery *
gre_sa_query_new(const char *vici_path, const GreSaQueryTiming *timing)
{
    static const ViciClientCallbacks callbacks = { .up = on_up, .down = on_down };
    GreSaQuery                      *query = g_new0(GreSaQuery, 1);

    query->timing = timing ? *timing : gre_sa_query_timing_default;
    query->vici = vici_client_new(vici_path, NULL, &callbacks, query);
    return query;
}

void
gre_sa_query_free(GreSaQuery *query)
{
    g_clear_handle_id(&query->patience_timer, g_source_remove);
    g_clear_handle_id(&query->rest_timer, g_source_remove);
    vici_client_free(query->vici);
    g_clear_pointer(&query->lists, g_hash_table_unref);
    g_free(query);
}
