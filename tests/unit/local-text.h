/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This end of a tunnel as a few lines of text, for unit tests: those of profile-text.h, and
 * ">key=value" for what the profile's keys don't say: inside, hop, local, own, behind, given, name,
 * mtu; addresses with a blank between. "+key=value" is of GreLocalKeys: certificates and keys as
 * what a PEM file has between its lines. The near end borrows from the text, so it is static.
 */
#ifndef GRE_LOCAL_TEXT_H
#define GRE_LOCAL_TEXT_H

#include "profile-text.h"
#include "remote/remote-end.h"

typedef struct {
    GreProfile  *profile;
    GArray      *inside, *hops, *behind, *given;
    char        *name;
    GreLocalKeys keys;
    GreLocalEnd  end;
} NearText;

static inline void
near_text_take_key(NearText *self, const char *key, const char *value)
{
    static const char *const kinds[] = { "unknown", "rsa", "ecdsa", "eddsa" };
    GreLocalKeys            *keys = &self->keys;
    const struct {
        const char *key;
        char      **text;
        const char *pem;
    } rows[] = {
        { "+cert", &keys->cert, "CERTIFICATE" },
        { "+authority", &keys->authority, "CERTIFICATE" },
        { "+pubkey", &keys->pubkey, "PUBLIC KEY" },
        { "+rfc3110", &keys->rfc3110, NULL },
        { "+remote-cert", &keys->remote_cert, "CERTIFICATE" },
        { "+remote-pubkey", &keys->remote_pubkey, "PUBLIC KEY" },
        { "+remote-rfc3110", &keys->remote_rfc3110, NULL },
        { "+id", &keys->id, NULL },
        { "+remote-id", &keys->remote_id, NULL },
        { "+subject", &keys->subject, NULL },
        { "+remote-subject", &keys->remote_subject, NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].key, key) == 0)
            *rows[i].text = rows[i].pem
                                ? g_strdup_printf("-----BEGIN %s-----\n%s\n-----END %s-----\n",
                                                  rows[i].pem, value, rows[i].pem)
                                : g_strdup(value);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(key, "+kind") == 0 && strcmp(value, kinds[i]) == 0)
            keys->kind = (GreKeyKind) i;
        if (strcmp(key, "+remote-kind") == 0 && strcmp(value, kinds[i]) == 0)
            keys->remote_kind = (GreKeyKind) i;
    }
    self->end.keys = keys;
}

static inline void
near_text_prefixes(GArray *out, const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, " ", -1);
    GrePrefix prefix;

    for (gsize i = 0; items[i]; i++) {
        g_assert_true(gre_address_prefix_parse(items[i], &prefix));
        g_array_append_val(out, prefix);
    }
}

static inline void
near_text_take(NearText *self, const char *key, const char *value)
{
    GreAddress address;

    if (strcmp(key, ">inside") == 0)
        near_text_prefixes(self->inside, value);
    else if (strcmp(key, ">behind") == 0)
        near_text_prefixes(self->behind, value);
    else if (strcmp(key, ">given") == 0)
        near_text_prefixes(self->given, value);
    else if (strcmp(key, ">name") == 0)
        self->name = g_strdup(value);
    else if (strcmp(key, ">mtu") == 0)
        self->end.mtu = (guint) g_ascii_strtoull(value, NULL, 10);
    else {
        g_assert_true(gre_address_parse(value, &address));
        if (strcmp(key, ">hop") == 0)
            g_array_append_val(self->hops, address);
        else if (strcmp(key, ">own") == 0)
            self->end.actual = address;
        else if (strcmp(key, ">remote") == 0)
            self->end.remote = address;
        else
            self->end.local = address;
    }
}

static inline void
near_text_init(NearText *self, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_auto(ProfileText) profile = profile_text_parse(text);
    GHashTableIter iter;
    gpointer       key, value;

    memset(self, 0, sizeof *self);
    self->inside = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    self->behind = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    self->given = g_array_new(FALSE, FALSE, sizeof(GrePrefix));
    self->hops = g_array_new(FALSE, FALSE, sizeof(GreAddress));
    g_hash_table_iter_init(&iter, profile.source.data);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (((char *) key)[0] == '>')
            near_text_take(self, key, value);
        else if (((char *) key)[0] == '+')
            near_text_take_key(self, key, value);
        else
            continue;
        g_hash_table_iter_remove(&iter);
    }
    self->profile = gre_profile_new(&profile.source, &error);
    g_assert_no_error(error);
    self->end.profile = self->profile;
    self->end.inside = (gpointer) self->inside->data;
    self->end.n_inside = self->inside->len;
    self->end.hops = (gpointer) self->hops->data;
    self->end.n_hops = self->hops->len;
    self->end.behind = (gpointer) self->behind->data;
    self->end.n_behind = self->behind->len;
    self->end.given = (gpointer) self->given->data;
    self->end.n_given = self->given->len;
    self->end.name = self->name;
    if (self->end.local.family == AF_UNSPEC)
        self->end.local = self->profile->local;
}

static inline void
near_text_clear(NearText *self)
{
    gre_profile_unref(self->profile);
    g_array_unref(self->inside);
    g_array_unref(self->behind);
    g_array_unref(self->given);
    g_array_unref(self->hops);
    g_free(self->name);
    gre_local_keys_free(g_memdup2(&self->keys, sizeof self->keys));
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NearText, near_text_clear)

#endif
