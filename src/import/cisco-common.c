/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of the Cisco reader: applies a table of rules to lines. */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/file.h"

void
gre_cisco_common_note(GreCisco *self, const GreCiscoLine *line)
{
    g_autofree char *text = gre_cisco_config_shown(line);
    g_autofree char *shown = gre_value_quote(text);

    gre_profile_builder_note(self->router.builder, _("line %u: %s has no counterpart"), line->line,
                             shown);
}

gboolean
gre_cisco_common_take_word(GreCisco           *self,
                           const GreCiscoLine *line,
                           const GreCiscoRule *rule,
                           GError            **error)
{
    g_autofree char *where = gre_file_where(line->line);

    return gre_profile_builder_set(self->router.builder, where, rule->property,
                                   gre_cisco_config_word(line, rule->n), error);
}

void
gre_cisco_common_took(const GreCisco *self, const GreCiscoLine *line)
{
    gre_profile_builder_took(self->router.builder, line->line);
}

void
gre_cisco_common_took_section(const GreCisco *self, const GreCiscoSection *section)
{
    gre_cisco_common_took(self, section->head);
    for (guint i = 0; i < section->lines->len; i++)
        gre_cisco_common_took(self, section->lines->pdata[i]);
}

static gboolean
take_line(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rules, GError **error)
{
    for (; rules->words; rules++) {
        if (!gre_cisco_config_begins(line, rules->words))
            continue;
        gre_cisco_common_took(self, line);
        return !rules->take || rules->take(self, line, rules, error);
    }
    if (!gre_cisco_config_begins(line, "no"))
        gre_cisco_common_note(self, line);
    return TRUE;
}

gboolean
gre_cisco_common_take_section(GreCisco           *self,
                              GreCiscoSection    *section,
                              const GreCiscoRule *rules,
                              GError            **error)
{
    section->used = TRUE;
    for (guint i = 0; i < section->lines->len; i++)
        if (!take_line(self, section->lines->pdata[i], rules, error))
            return FALSE;
    return TRUE;
}
