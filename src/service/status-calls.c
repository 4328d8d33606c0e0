/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the calls, and answers those that wait together. */
#include "service/status-calls.h"

#include "service/caller.h"

/* Senders whose user is remembered. A bus never gives a connection's name to another one. */
#define SENDERS_MAX 256

typedef struct {
    gboolean known; /* its uid */
    uid_t    uid;
    guint    pending;
} Sender;

struct _GreStatusCalls {
    GreSaQuery      *query;
    GreStatusCollect collect;
    gpointer         data;
    GHashTable      *senders; /* char *unique name -> Sender */
    GHashTable      *waiting; /* uid -> GPtrArray of GDBusMethodInvocation: for the next answer */
    GHashTable      *asking;  /* the same, for the one under way; NULL: none is */
};

static void answer_all(GHashTable *lists, gpointer data);

/* ---- senders ---- */

static gboolean
is_idle(gpointer name, gpointer sender, gpointer data)
{
    return ((Sender *) sender)->pending == 0;
}

static Sender *
sender_of(GreStatusCalls *calls, GDBusMethodInvocation *invocation)
{
    const char *name = g_dbus_method_invocation_get_sender(invocation);
    Sender     *sender = g_hash_table_lookup(calls->senders, name);

    if (sender)
        return sender;
    if (g_hash_table_size(calls->senders) >= SENDERS_MAX)
        g_hash_table_foreach_remove(calls->senders, is_idle, NULL);
    sender = g_new0(Sender, 1);
    g_hash_table_insert(calls->senders, g_strdup(name), sender);
    return sender;
}

static void
refuse(GDBusMethodInvocation *invocation, guint limit, const char *of)
{
    g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED,
                                          "too many calls of GetStatus at a time: a %s may have %u",
                                          of, limit);
}

/* ---- answers ---- */

static GHashTable *
table_new(void)
{
    return g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
}

static guint
count(GHashTable *table, uid_t uid)
{
    const GPtrArray *invocations = table ? g_hash_table_lookup(table, GUINT_TO_POINTER(uid)) : NULL;

    return invocations ? invocations->len : 0;
}

static void
ask(GreStatusCalls *calls)
{
    if (calls->asking || g_hash_table_size(calls->waiting) == 0)
        return;
    calls->asking = g_steal_pointer(&calls->waiting);
    calls->waiting = table_new();
    gre_sa_query_ask(calls->query, answer_all, calls);
}

static void
answer(GreStatusCalls *calls, GHashTable *table, GHashTable *lists)
{
    GHashTableIter iter;
    gpointer       uid, value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &uid, &value)) {
        const GPtrArray *invocations = value;
        g_autoptr(GVariant) status = g_variant_ref_sink(
            g_variant_new("(@aa{sv})", calls->collect(GPOINTER_TO_UINT(uid), lists, calls->data)));

        for (guint i = 0; i < invocations->len; i++) {
            sender_of(calls, invocations->pdata[i])->pending--;
            g_dbus_method_invocation_return_value(invocations->pdata[i], status);
        }
    }
}

/* While strongSwan does not answer, those that came meanwhile would wait for nothing too. */
static void
answer_all(GHashTable *lists, gpointer data)
{
    GreStatusCalls *calls = data;

    answer(calls, calls->asking, lists);
    g_clear_pointer(&calls->asking, g_hash_table_unref);
    if (!lists) {
        answer(calls, calls->waiting, NULL);
        g_hash_table_remove_all(calls->waiting);
    }
    ask(calls);
}

/* ---- calls ---- */

static void
wait_for_answer(GreStatusCalls *calls, Sender *sender, GDBusMethodInvocation *invocation)
{
    gpointer   key = GUINT_TO_POINTER(sender->uid);
    GPtrArray *invocations;

    if (sender->uid != 0 &&
        count(calls->waiting, sender->uid) + count(calls->asking, sender->uid) >=
            GRE_STATUS_CALLS_PER_USER) {
        sender->pending--;
        refuse(invocation, GRE_STATUS_CALLS_PER_USER, "user");
        return;
    }
    invocations = g_hash_table_lookup(calls->waiting, key);
    if (!invocations) {
        invocations = g_ptr_array_new();
        g_hash_table_insert(calls->waiting, key, invocations);
    }
    g_ptr_array_add(invocations, invocation);
    ask(calls);
}

static void
identified(GDBusMethodInvocation *invocation, uid_t uid, const GError *error, gpointer data)
{
    GreStatusCalls *calls = data;
    Sender         *sender = sender_of(calls, invocation);

    if (error) {
        sender->pending--;
        g_dbus_method_invocation_return_gerror(invocation, error);
        return;
    }
    sender->known = TRUE;
    sender->uid = uid;
    wait_for_answer(calls, sender, invocation);
}

void
gre_status_calls_add(GreStatusCalls *calls, GDBusMethodInvocation *invocation)
{
    Sender *sender = sender_of(calls, invocation);

    if (sender->pending >= GRE_STATUS_CALLS_PER_SENDER) {
        refuse(invocation, GRE_STATUS_CALLS_PER_SENDER, "bus connection");
        return;
    }
    sender->pending++;
    if (sender->known)
        wait_for_answer(calls, sender, invocation);
    else
        gre_caller_identify(invocation, identified, calls);
}

GreStatusCalls *
gre_status_calls_new(GreSaQuery *query, GreStatusCollect collect, gpointer user_data)
{
    GreStatusCalls *calls = g_new0(GreStatusCalls, 1);

    calls->query = query;
    calls->collect = collect;
    calls->data = user_data;
    calls->senders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    calls->waiting = table_new();
    return calls;
}

void
gre_status_calls_free(GreStatusCalls *calls)
{
    gre_sa_query_free(calls->query);
    g_hash_table_unref(calls->senders);
    g_hash_table_unref(calls->waiting);
    g_clear_pointer(&calls->asking, g_hash_table_unref);
    g_free(calls);
}
