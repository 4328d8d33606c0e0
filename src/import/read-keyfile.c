/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads NetworkManager keyfiles: profiles of this plugin, as the export writes them, and ip-tunnel
 * profiles, which become profiles of this plugin.
 */
#include "config.h"

#include "import/read.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-service-names.h"
#include "gre-value.h"
#include "import/ip-tunnel.h"
#include "import/profile-builder.h"

#include <string.h>

/* Comments and blank lines may come before the first group; [connection] can be anywhere. */
static gboolean
is_one(const GreFile *file)
{
    const char *p = file->text;

    while (*p == '\n' || *p == ' ' || *p == '\t' || *p == '#') {
        if (*p == '#')
            p += strcspn(p, "\n");
        else
            p++;
    }
    return *p == '[' && gre_file_has_line(file, "[connection]");
}

/* Nothing that a user wrote is dropped silently. */
static gboolean
on_warning(GKeyFile             *keyfile,
           NMConnection         *connection,
           NMKeyfileHandlerType  type,
           NMKeyfileHandlerData *data,
           void                 *notes)
{
    const char           *message;
    NMKeyfileWarnSeverity severity;

    if (type != NM_KEYFILE_HANDLER_TYPE_WARN)
        return FALSE;
    nm_keyfile_handler_data_warn_get(data, &message, &severity);
    if (severity >= NM_KEYFILE_WARN_SEVERITY_WARN)
        g_ptr_array_add(notes, g_strdup(message));
    return TRUE;
}

static gboolean
is_fine_line(const char *line, gboolean *in_group)
{
    gsize len = strlen(line);

    if (line[0] != '[')
        return line[0] == '\0' || line[0] == '#' ||
               (*in_group && line[0] != '=' && strchr(line, '='));
    *in_group = TRUE;
    return line[len - 1] == ']' && g_utf8_validate(line, -1, NULL);
}

/* GLib's own message may quote a line, and with it a secret. */
static void
fail_line(const GreFile *file, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(file->text, "\n", -1);
    gboolean in_group = FALSE;
    guint    bad = 0;

    for (guint i = 0; lines[i]; i++)
        if (bad == 0 && (!g_utf8_validate(lines[i], -1, NULL) ||
                         !is_fine_line(g_strstrip(lines[i]), &in_group)))
            bad = i + 1;
    if (bad > 0)
        gre_error_fail(error, _("line %u: neither [group] nor key=value, or not UTF-8"), bad);
    else
        gre_error_fail(error, _("not a valid keyfile"));
    for (guint i = 0; lines[i]; i++)
        explicit_bzero(lines[i], strlen(lines[i]));
}

/* GLib accepts text that is not UTF-8, on which libnm fails. */
static GKeyFile *
parse(const GreFile *file, GError **error)
{
    g_autoptr(GKeyFile) keyfile = g_key_file_new();
    gboolean valid =
        g_utf8_validate(file->text, -1, NULL) &&
        g_key_file_load_from_data(keyfile, file->text, strlen(file->text), G_KEY_FILE_NONE, NULL);

    if (valid)
        return g_steal_pointer(&keyfile);
    fail_line(file, error);
    return NULL;
}

/* In a keyfile under /etc, the file name can replace the id. */
static void
add_missing(NMConnection *connection, const GreFile *file)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    g_autofree char     *uuid = nm_utils_uuid_generate();
    g_autofree char     *id = g_filename_display_basename(file->path);
    char                *dot = strrchr(id, '.');

    if (dot && dot != id)
        *dot = '\0';
    g_object_set(setting, NM_SETTING_CONNECTION_UUID, uuid, NULL);
    if (!nm_setting_connection_get_id(setting) || !nm_setting_connection_get_id(setting)[0])
        g_object_set(setting, NM_SETTING_CONNECTION_ID, id, NULL);
}

/* The profile's owner means nothing on another machine. */
static void
drop_permissions(NMConnection *connection, GPtrArray *notes)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);

    g_object_set(setting, NM_SETTING_CONNECTION_TIMESTAMP, (guint64) 0, NULL);
    if (nm_setting_connection_get_num_permissions(setting) == 0)
        return;
    g_object_set(setting, NM_SETTING_CONNECTION_PERMISSIONS, NULL, NULL);
    g_ptr_array_add(
        notes,
        g_strdup(
            _("connection.permissions: left out, the profile belongs to the user who imports it")));
}

static gboolean
check_type(NMConnection *connection, GError **error)
{
    NMSettingVpn    *vpn = nm_connection_get_setting_vpn(connection);
    const char      *type = nm_connection_get_connection_type(connection);
    const char      *service = vpn ? nm_setting_vpn_get_service_type(vpn) : NULL;
    g_autofree char *shown = gre_value_quote(type ? type : "");
    g_autofree char *plugin = gre_value_quote(service ? service : "");

    if (g_strcmp0(type, NM_SETTING_IP_TUNNEL_SETTING_NAME) == 0)
        return TRUE;
    if (g_strcmp0(type, NM_SETTING_VPN_SETTING_NAME) != 0)
        return gre_error_fail(
            error,
            _("is a profile of type %s; expected \"vpn\" of the GRE plugin, or \"ip-tunnel\""),
            shown);
    if (!service || !service[0])
        return gre_error_fail(error, _("[vpn] service-type is missing; expected %s"),
                              GRE_SERVICE_NAME);
    if (strcmp(service, GRE_SERVICE_NAME) != 0)
        return gre_error_fail(error, _("is a profile of another VPN plugin, %s; expected %s"),
                              plugin, GRE_SERVICE_NAME);
    return TRUE;
}

/* In these settings, a keyfile's keys are the properties; in [ipv4] and [ipv6] all but these
 * are. */
static gboolean
is_known_key(GObjectClass *class, const char *key)
{
    static const char *const numbered[] = { "address", "route", "routing-rule", "gateway" };

    if (g_object_class_find_property(class, key))
        return TRUE;
    for (gsize i = 0; g_object_class_find_property(class, "may-fail") && i < G_N_ELEMENTS(numbered);
         i++)
        if (g_str_has_prefix(key, numbered[i]))
            return TRUE;
    return FALSE;
}

static void
note_keys(GKeyFile *keyfile, const char *group, GPtrArray *notes)
{
    g_auto(GStrv) keys = g_key_file_get_keys(keyfile, group, NULL, NULL);
    g_autoptr(GTypeClass) class = g_type_class_ref(nm_setting_lookup_type(group));

    for (gsize i = 0; keys && keys[i]; i++)
        if (!is_known_key(G_OBJECT_CLASS(class), keys[i]))
            g_ptr_array_add(
                notes,
                g_strdup_printf(_("[%s] %s: NetworkManager has no such property"), group, keys[i]));
}

/* What libnm ignores without a warning. */
static void
note_unknown(GKeyFile *keyfile, GPtrArray *notes)
{
    static const char *const groups[] = { "connection", "ip-tunnel", "ipv4", "ipv6" };

    for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
        note_keys(keyfile, groups[i], notes);
}

/* libnm fails on an empty address or route. */
static void
drop_empty(GKeyFile *keyfile, const char *group, GPtrArray *notes)
{
    g_auto(GStrv) keys = g_key_file_get_keys(keyfile, group, NULL, NULL);

    for (gsize i = 0; keys && keys[i]; i++) {
        g_autofree char *value = g_key_file_get_value(keyfile, group, keys[i], NULL);

        if ((!g_str_has_prefix(keys[i], "address") && !g_str_has_prefix(keys[i], "route")) ||
            (value && value[strspn(value, " \t")]))
            continue;
        g_key_file_remove_key(keyfile, group, keys[i], NULL);
        g_ptr_array_add(notes, g_strdup_printf(_("[%s] %s: is empty"), group, keys[i]));
    }
}

static NMConnection *
finish(NMConnection *connection, GPtrArray *notes, GError **error)
{
    if (nm_connection_is_type(connection, NM_SETTING_IP_TUNNEL_SETTING_NAME))
        return gre_ip_tunnel_import(connection, notes, error);
    return gre_profile_builder_verify(connection, error) ? g_object_ref(connection) : NULL;
}

/* The lines that libnm read: not those of settings that no tunnel has. */
static void
took_lines(NMConnection *connection, const GreFile *file, GreLedger *ledger)
{
    static const char *const known[] = { "[connection]", "[ip-tunnel]", "[ipv4]", "[ipv6]",
                                         "[proxy]",      "[user]",      NULL };
    gboolean                 vpn = nm_connection_is_type(connection, NM_SETTING_VPN_SETTING_NAME);
    gboolean                 in_known = FALSE;
    guint                    number = 1;

    for (const char *p = file->text; *p; number++) {
        gsize            len = strcspn(p, "\n");
        g_autofree char *line = g_strstrip(g_strndup(p, len));

        if (line[0] == '[')
            in_known = g_strv_contains(known, line);
        if (vpn || in_known)
            gre_ledger_take(ledger, number, number);
        explicit_bzero(line, strlen(line));
        p += len + (p[len] == '\n');
    }
}

static NMConnection *
read_keyfile(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GKeyFile) keyfile = parse(file, error);
    g_autofree char *absolute = g_canonicalize_filename(file->path, NULL);
    g_autofree char *dir = g_path_get_dirname(absolute);
    g_autoptr(NMConnection) connection = NULL;
    g_autoptr(GError) bad = NULL;

    if (!keyfile)
        return NULL;
    drop_empty(keyfile, "ipv4", notes);
    drop_empty(keyfile, "ipv6", notes);
    connection =
        nm_keyfile_read(keyfile, dir, NM_KEYFILE_HANDLER_FLAGS_NONE, on_warning, notes, &bad);
    if (!connection || !nm_connection_get_setting_connection(connection)) {
        gre_error_fail(error, "%s", bad ? bad->message : _("not a NetworkManager profile"));
        return NULL;
    }
    if (!check_type(connection, error))
        return NULL;
    took_lines(connection, file, ledger);
    note_unknown(keyfile, notes);
    add_missing(connection, file);
    drop_permissions(connection, notes);
    return finish(connection, notes, error);
}

const GreReader gre_read_keyfile = {
    .name = N_("a NetworkManager keyfile (type vpn or ip-tunnel)"),
    .is_one = is_one,
    .read = read_keyfile,
};
