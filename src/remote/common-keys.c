/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and certificates as files: writes the known ones, and names the places of the others. */
#include "config.h"

#include "remote/common.h"

#include <string.h>

static gboolean
is_plain(const char *text)
{
    return text && strchr(text, '=') && !strpbrk(text, "\"'\\");
}

/* "asn1dn:#…" is a binary subject, which the certificate also has as text. */
const char *
gre_common_keys_subject(const GreRemoteEnd *end, const char *id)
{
    const char *text = id;

    if (!end->keys || !id)
        return NULL;
    if (g_str_has_prefix(id, "asn1dn:"))
        text = strcmp(id, end->keys->id) == 0          ? end->keys->subject
               : strcmp(id, end->keys->remote_id) == 0 ? end->keys->remote_subject
                                                       : NULL;
    return is_plain(text) ? text : NULL;
}

static void
write_file(const GreRemoteEnd *end,
           GString            *out,
           const char         *directory,
           const char         *suffix,
           const char         *pem)
{
    g_autofree char *path = NULL;

    if (!pem || !directory)
        return;
    path = g_strdup_printf("%s/%s%s", directory, end->name, suffix);
    gre_common_file_begin(out, path, FALSE);
    g_string_append_printf(out, "%s%s", pem, g_str_has_suffix(pem, "\n") ? "" : "\n");
    gre_common_file_end(out);
}

static void
write_blank(const GreRemoteEnd *end,
            GString            *out,
            const char         *what,
            const char         *directory,
            const char         *suffix)
{
    g_string_append_printf(out,
                           "# The local %s isn't known: put it into this file.\n"
                           "ls %s/%s%s\n",
                           what, directory, end->name, suffix);
}

void
gre_common_keys_files(const GreRemoteEnd *end, GString *out, const GreKeyPlaces *places)
{
    const GreLocalKeys *keys = end->keys;

    if (keys->subject)
        g_string_append_printf(out, "# The peer is \"%s\".\n", keys->subject);
    write_file(end, out, places->pubkey, ".pem", keys->pubkey);
    if (keys->authority)
        write_file(end, out, places->authority, ".pem", keys->authority);
    else
        write_file(end, out, places->cert, ".pem", keys->cert);
    write_file(end, out, places->local_pubkey, "-own.pem", keys->remote_pubkey);
    write_file(end, out, places->local_cert, "-own.pem", keys->remote_cert);
    write_blank(end, out, "private key", places->private_key, "-own.key");
    if (!keys->remote_pubkey && !keys->remote_cert)
        write_blank(end, out, "certificate", places->local_cert, "-own.pem");
}

char *
gre_common_keys_base64(const char *pem)
{
    g_auto(GStrv) lines = g_strsplit(pem, "\n", -1);
    GString *out = g_string_new(NULL);

    for (gsize i = 0; lines[i]; i++)
        if (lines[i][0] != '-')
            g_string_append(out, g_strstrip(lines[i]));
    return g_string_free(out, FALSE);
}
