/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads modules.dep ("kernel/net/ipv4/ip_gre.ko.xz: …") and modprobe.d(5). */
#include "doctor/doctor-modules.h"

#include <string.h>

/* modprobe treats "-" and "_" alike. */
static gboolean
same_name(const char *a, gsize length, const char *b)
{
    if (strlen(b) != length)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
            return FALSE;
    return TRUE;
}

gboolean
gre_doctor_modules_is_listed(const char *list, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(list ? list : "", "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        char       *colon = strchr(lines[i], ':');
        const char *slash, *end;

        if (colon)
            *colon = '\0';
        slash = strrchr(lines[i], '/');
        end = slash ? strstr(slash, ".ko") : NULL;
        if (end && same_name(slash + 1, (gsize) (end - slash - 1), name))
            return TRUE;
    }
    return FALSE;
}

/* "install NAME /bin/false" and the like; other commands may load it after all. */
static gboolean
is_nothing(const char *command)
{
    const char *slash = strrchr(command, '/');

    command = slash ? slash + 1 : command;
    return g_str_equal(command, "false") || g_str_equal(command, "true") ||
           g_str_equal(command, ":");
}

static gboolean
is_blocking(const char *line, const char *name)
{
    g_auto(GStrv) all = g_strsplit_set(line, " \t", -1);
    const char *words[3] = { "", "", "" };
    guint       n = 0;

    for (guint i = 0; all[i] && n < G_N_ELEMENTS(words); i++)
        if (all[i][0])
            words[n++] = all[i];
    if (!same_name(words[1], strlen(words[1]), name))
        return FALSE;
    return g_str_equal(words[0], "blacklist") ||
           (g_str_equal(words[0], "install") && is_nothing(words[2]));
}

char *
gre_doctor_modules_blocked(const char *conf, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(conf, "\n", -1);

    for (guint i = 0; lines[i]; i++)
        if (is_blocking(g_strstrip(lines[i]), name))
            return g_strdup(lines[i]);
    return NULL;
}
