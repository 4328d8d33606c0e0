/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile as a few lines of text, for unit tests and fuzzing: "key=value" for vpn.data,
 * "!key=value" for vpn.secrets, "@=name" for connection.interface-name, "@users=a b" for the users
 * in connection.permissions.
 */
#ifndef GRE_PROFILE_TEXT_H
#define GRE_PROFILE_TEXT_H

#include "gre-profile.h"

#include <string.h>

typedef struct {
    GreProfileSource source;
    char            *interface_name;
    char           **users;
} ProfileText;

static inline void
profile_text_add(ProfileText *self, char *line)
{
    char *equals = strchr(line, '=');

    if (!equals)
        return;
    *equals = '\0';
    if (strcmp(line, "@") == 0) {
        g_free(self->interface_name);
        self->source.interface_name = self->interface_name = g_strdup(equals + 1);
    } else if (strcmp(line, "@users") == 0) {
        g_strfreev(self->users);
        self->source.users = self->users = g_strsplit(equals + 1, " ", -1);
    } else if (line[0] == '!') {
        g_hash_table_insert(self->source.secrets, g_strdup(line + 1), g_strdup(equals + 1));
    } else {
        g_hash_table_insert(self->source.data, g_strdup(line), g_strdup(equals + 1));
    }
}

static inline ProfileText
profile_text_parse(const char *text)
{
    ProfileText self = {
        .source.id = "Site B",
        .source.uuid = "7a1e3a0c-93cf-4d5b-a2c3-3f6c7e3f0d11",
        .source.data = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .source.secrets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (gsize i = 0; lines[i]; i++)
        profile_text_add(&self, lines[i]);
    return self;
}

static inline void
profile_text_clear(ProfileText *self)
{
    g_hash_table_unref(self->source.data);
    g_hash_table_unref(self->source.secrets);
    g_free(self->interface_name);
    g_strfreev(self->users);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProfileText, profile_text_clear)

#endif
