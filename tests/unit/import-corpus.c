/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * import-corpus FILE…: imports files of others and checks what must hold for every file. A line for
 * each: how it went, and the notes; "not" begins what must not be. A tunnel whose file has words of
 * encryption, by a look of its own at the lines, may not become a plain one.
 */
#include "import-text.h"
#include "import/import.h"
#include "import/write-keyfile.h"

#include <glib/gstdio.h>
#include <string.h>

#define SLOW (1.0) /* s */

typedef struct {
    guint accepted, plain, refused, wrong;
} Counts;

static void
tell_wrong(Counts *counts, const char *path, const char *what, const char *more)
{
    g_print("not %s: %s%s\n", path, what, more);
    counts->wrong++;
}

/* ---- encryption ---- */

/* Words in a line that is no comment. Other words than the importer's own, so that the two don't
 * err together. */
static gboolean
speaks_of_encryption(const char *line)
{
    static const char *const words[] = { "ipsec",      "isakmp",     "ikev",       "xfrm",
                                         "crypto map", "crypto-map", "protection", "transform",
                                         "pre-shared", "psk",        "swanctl",    "encrypt",
                                         "rightid",    "gdoi",       "ezvpn" };
    g_autofree char         *lower = g_ascii_strdown(line, -1);
    const char              *begin = lower + strspn(lower, " \t");

    if (strchr("#!;", *begin) || g_str_has_prefix(begin, "no ") ||
        g_str_has_prefix(begin, "description "))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(begin, words[i]))
            return TRUE;
    return FALSE;
}

static void
check_protection(Counts *counts, const char *path, NMConnection *connection)
{
    NMSettingVpn    *vpn = nm_connection_get_setting_vpn(connection);
    const char      *ipsec = nm_setting_vpn_get_data_item(vpn, "ipsec");
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (ipsec && strcmp(ipsec, "no") != 0)
        return;
    counts->plain++;
    g_file_get_contents(path, &text, NULL, NULL);
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (speaks_of_encryption(lines[i])) {
            tell_wrong(counts, path, "became a plain tunnel; judge this line: ", lines[i]);
            return;
        }
    }
}

/* ---- there and back ---- */

static void
check_export(Counts *counts, const char *path, NMConnection *connection)
{
    g_autofree char *dir = g_dir_make_tmp("gre-corpus-XXXXXX", NULL);
    g_autofree char *exported = g_build_filename(dir, "exported", NULL);
    g_autofree char *difference = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) back = NULL;

    if (gre_write_keyfile(connection, exported, &error))
        back = gre_import_file(exported, NULL, &error);
    if (back)
        difference = formats_text_difference(connection, back);
    if (!back)
        tell_wrong(counts, path, "its export can't be imported: ", error->message);
    else if (difference[0])
        tell_wrong(counts, path, "its export comes back as another profile: ", difference);
    g_unlink(exported);
    g_rmdir(dir);
}

static void
check_file(Counts *counts, const char *path)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(GPtrArray) notes = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(NMConnection) connection = gre_import_file(path, &notes, &error);

    if (g_timer_elapsed(timer, NULL) > SLOW)
        tell_wrong(counts, path, "took longer than 1 s", "");
    if (!connection) {
        counts->refused++;
        g_print("refused %s\n", error->message);
        return;
    }
    counts->accepted++;
    g_print("accepted %s\n", path);
    for (guint i = 0; i < notes->len; i++)
        g_print("  note %s\n", (const char *) notes->pdata[i]);
    check_protection(counts, path, connection);
    check_export(counts, path, connection);
}

int
main(int argc, char **argv)
{
    Counts counts = { 0 };

    for (int i = 1; i < argc; i++)
        check_file(&counts, argv[i]);
    g_print("%u accepted, %u of them plain, %u refused, %u wrong\n", counts.accepted, counts.plain,
            counts.refused, counts.wrong);
    return counts.wrong > 0;
}
