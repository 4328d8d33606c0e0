/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats, and the entry point. */
#include "config.h"

#include "import/import.h"
#include "gre-error.h"
#include "gre-escape.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/read.h"
#include "import/unsupported.h"

#include <string.h>

/* In the order in which they are tried. A script for OpenWrt may contain a swanctl.conf. Command
 * lines come last: they can appear in any file, and a how-to may also have the router's
 * configuration. */
static const GreReader *const formats[] = {
    /* clang-format off */
    &gre_read_keyfile,
    &gre_read_uci,
    &gre_read_swanctl,
    &gre_read_interfaces,
    &gre_read_netdev,
    &gre_read_netplan,
    &gre_read_ipsec,
    &gre_read_commands,
    &gre_read_vyos,
    &gre_read_routeros,
    &gre_read_fortios,
    &gre_read_junos,
    &gre_read_cisco,
    /* clang-format on */
};

static const GreReader *
find_format(const GreFile *file)
{
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (formats[i]->is_one(file))
            return formats[i];
    return NULL;
}

static char *
names_of_formats(void)
{
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(out, "%s%s", i == 0 ? "" : _(", "), _(formats[i]->name));
    return g_string_free(out, FALSE);
}

static void
refuse(const GreFile *file, GError **error)
{
    const char      *unsupported = gre_unsupported_name(file);
    g_autofree char *names = names_of_formats();

    if (unsupported)
        gre_error_fail(error, _("no GRE tunnel found: this is %s; expected one of: %s"),
                       _(unsupported), names);
    else
        gre_error_fail(error, _("no GRE tunnel found; expected one of: %s"), names);
}

/* What is said of a file may quote it, and some of it comes from libnm; a terminal takes it as it
 * is. */
static void
clean_notes(GPtrArray *notes)
{
    for (guint i = 0; i < notes->len; i++) {
        char *clean = gre_escape_text(notes->pdata[i]);

        g_free(notes->pdata[i]);
        notes->pdata[i] = clean;
    }
}

static gboolean
has_ipsec(NMConnection *connection)
{
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    const char   *ipsec = nm_setting_vpn_get_data_item(vpn, "ipsec");

    return ipsec && strcmp(ipsec, "no") != 0;
}

/* A file of one tunnel need not be asked for it, but not for another. */
static gboolean
check_tunnel(const GreFile *file, NMConnection *connection, GError **error)
{
    NMSettingVpn    *vpn = nm_connection_get_setting_vpn(connection);
    const char      *ifname = nm_setting_vpn_get_data_item(vpn, "ifname");
    const char      *id = nm_connection_get_id(connection);
    g_autofree char *shown = file->tunnel ? gre_value_quote(file->tunnel) : NULL;

    return !file->tunnel || g_strcmp0(file->tunnel, ifname) == 0 ||
           g_strcmp0(file->tunnel, id) == 0 ||
           gre_error_fail(error, _("no GRE tunnel has the name %s: the file has %s"), shown,
                          ifname ? ifname : id);
}

/* No reader decides whether a tunnel loses its protection: a line that it didn't take refuses the
 * import. */
static NMConnection *
read_format(const GreReader *format, const GreFile *file, GPtrArray *notes, GError **error)
{
    g_autoptr(GreLedger) ledger = gre_ledger_new(file->text);
    g_autoptr(NMConnection) connection = format->read(file, ledger, notes, error);

    if (!connection || (!format->chooses && !check_tunnel(file, connection, error)) ||
        (!has_ipsec(connection) && !gre_ledger_check(ledger, error)))
        return NULL;
    return g_steal_pointer(&connection);
}

NMConnection *
gre_import_read(const GreFile *file, GPtrArray *notes, GError **error)
{
    const GreReader *format = find_format(file);
    g_autoptr(GError) bad = NULL;
    g_autofree char *message = NULL;
    NMConnection    *connection = NULL;

    if (format)
        connection = read_format(format, file, notes, &bad);
    else
        refuse(file, &bad);
    clean_notes(notes);
    if (connection)
        return connection;
    message = gre_escape_text(bad->message);
    g_set_error(error, GRE_ERROR, bad->domain == GRE_ERROR ? bad->code : GRE_ERROR_PROFILE,
                "%s: %s", file->path, message);
    return NULL;
}

NMConnection *
gre_import_file(const char *path, GPtrArray **notes, GError **error)
{
    g_autoptr(GreFile) file = gre_file_load_tunnel(path, error);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    NMConnection *connection = file ? gre_import_read(file, found, error) : NULL;

    if (connection && notes)
        *notes = g_steal_pointer(&found);
    return connection;
}
