/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter and a queue for each user who has processes. */
#include "keys/keys-turns.h"

typedef struct {
    guint  n; /* processes */
    GQueue waiting;
} Turns;

typedef struct {
    GreKeysTurnsFunc func;
    gpointer         data;
} Waiting;

static GHashTable *users; /* name -> Turns, which has at least one process */

static Turns *
turns_of(const char *user)
{
    Turns *turns;

    if (!users)
        users = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    turns = g_hash_table_lookup(users, user);
    if (!turns) {
        turns = g_new0(Turns, 1);
        g_queue_init(&turns->waiting);
        g_hash_table_insert(users, g_strdup(user), turns);
    }
    return turns;
}

void
gre_keys_turns_take(const char *user, GreKeysTurnsFunc func, gpointer data)
{
    Turns   *turns = user ? turns_of(user) : NULL;
    Waiting *waiting;

    if (!turns || turns->n < GRE_KEYS_TURNS_MAX) {
        if (turns)
            turns->n++;
        func(data);
        return;
    }
    waiting = g_new(Waiting, 1);
    *waiting = (Waiting){ .func = func, .data = data };
    g_queue_push_tail(&turns->waiting, waiting);
}

gboolean
gre_keys_turns_cancel(const char *user, gpointer data)
{
    Turns *turns = user && users ? g_hash_table_lookup(users, user) : NULL;

    for (GList *l = turns ? turns->waiting.head : NULL; l; l = l->next) {
        Waiting *waiting = l->data;

        if (waiting->data != data)
            continue;
        g_free(waiting);
        g_queue_delete_link(&turns->waiting, l);
        return TRUE;
    }
    return FALSE;
}

void
gre_keys_turns_done(const char *user)
{
    Turns   *turns = user ? turns_of(user) : NULL;
    Waiting *next = turns ? g_queue_pop_head(&turns->waiting) : NULL;

    if (next) {
        next->func(next->data);
        g_free(next);
    } else if (turns && --turns->n == 0) {
        g_hash_table_remove(users, user);
    }
}
