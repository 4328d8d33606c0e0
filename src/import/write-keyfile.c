/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Export: writes a keyfile as NetworkManager stores its profiles, without what belongs to this
 * machine. */
#include "config.h"

#include "import/write-keyfile.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-secret-file.h"
#include "import/file.h"
#include "import/profile-builder.h"

#include <string.h>
#include <sys/stat.h>

/* The writer omits agent-owned secrets; here the caller decides by what the connection carries. */
static void
put_secret(const char *name, const char *value, gpointer keyfile)
{
    g_key_file_set_string(keyfile, "vpn-secrets", name, value);
}

static GKeyFile *
make_keyfile(NMConnection *connection, GError **error)
{
    static const char *const own[] = { "uuid", "timestamp", "permissions" };
    GKeyFile                *keyfile =
        nm_keyfile_write(connection, NM_KEYFILE_HANDLER_FLAGS_NONE, NULL, NULL, error);

    if (!keyfile)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
        g_key_file_remove_key(keyfile, "connection", own[i], NULL);
    nm_setting_vpn_foreach_secret(nm_connection_get_setting_vpn(connection), put_secret, keyfile);
    return keyfile;
}

/* /dev/stdout and the like, and links, are written to; a regular file is replaced. */
static gboolean
write_file(const char *path, const char *text, gsize len, GError **error)
{
    struct stat st;

    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return gre_secret_file_write_through(path, text, len, error);
    return gre_secret_file_replace(path, text, len, error);
}

/* Whether the profile can be read back: libnm silently omits what a keyfile can't hold. */
static gboolean
check_profile(NMConnection *connection, GError **error)
{
    if (!nm_connection_get_setting_vpn(connection))
        return gre_error_fail(error, _("this is not a VPN profile"));
    return gre_profile_builder_check(connection, error);
}

gboolean
gre_write_keyfile(NMConnection *connection, const char *path, GError **error)
{
    g_autoptr(GKeyFile) keyfile = NULL;
    char    *text;
    gsize    len;
    gboolean done;

    if (!check_profile(connection, error))
        return FALSE;
    keyfile = make_keyfile(connection, error);
    if (!keyfile)
        return FALSE;
    text = g_key_file_to_data(keyfile, &len, NULL);
    done = write_file(path, text, len, error);
    gre_secret_free_text(text);
    return done;
}

/* A file name that is valid everywhere: no path, not hidden, not too long. */
char *
gre_write_keyfile_name(NMConnection *connection)
{
    enum { NAME_MAX_CHARS = 60 };
    const char      *id = nm_connection_get_id(connection);
    g_autofree char *name = g_utf8_make_valid(id && id[0] ? id : "gre", -1);
    g_autofree char *cut = g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, -1), NAME_MAX_CHARS));

    for (char *p = cut; *p; p++)
        if (strchr("/\\:*?\"<>|", *p) || g_ascii_iscntrl(*p) || (p == cut && *p == '.'))
            *p = '_';
    return g_strdup_printf("%s.nmconnection", cut);
}
