/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports what protect and unprotect have done. */
#include "config.h"

#include "cli/protect-report.h"
#include "client/json.h"
#include "gre-escape.h"

#include <stdio.h>
#include <string.h>

static GVariant *
names_of(NMConnection *connection)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "id",
                          g_variant_new_string(nm_connection_get_id(connection)));
    g_variant_builder_add(&builder, "{sv}", "uuid",
                          g_variant_new_string(nm_connection_get_uuid(connection)));
    return g_variant_builder_end(&builder);
}

void
gre_protect_report_json(const GreReport *report)
{
    g_autofree char *line = NULL;
    GVariantBuilder  builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_add(&builder, "{sv}", "result", g_variant_new_string(report->result));
    if (report->tunnel)
        g_variant_builder_add(&builder, "{sv}", "tunnel", names_of(report->tunnel));
    if (report->companion)
        g_variant_builder_add(&builder, "{sv}", "companion", names_of(report->companion));
    if (report->tunnel)
        g_variant_builder_add(&builder, "{sv}", "tunnel-active",
                              g_variant_new_boolean(report->is_active));
    line = gre_json_format(g_variant_builder_end(&builder), FALSE);
    puts(line);
}

char *
gre_protect_report_name(NMConnection *connection)
{
    g_autofree char *id = gre_escape_text(nm_connection_get_id(connection));

    return g_strdup_printf("\"%s\"", id);
}

char *
gre_protect_report_word(NMConnection *connection)
{
    const char *id = nm_connection_get_id(connection);
    const char *plain = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-";
    g_autofree char                              *harmless = gre_escape_text(id);

    if (strcmp(harmless, id) != 0)
        return g_strdup(nm_connection_get_uuid(connection));
    return id[strspn(id, plain)] == '\0' && id[0] != '-' ? g_strdup(id) : g_shell_quote(id);
}
