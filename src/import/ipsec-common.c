/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of the ipsec.conf(5) reader. */
#include "config.h"

#include "import/ipsec-common.h"
#include "gre-i18n.h"
#include "gre-value.h"

#include <string.h>

char *
gre_ipsec_common_where(const GreIpsecKey *key)
{
    return g_strdup_printf(_("line %u, %s"), key->line, key->name);
}

char *
gre_ipsec_common_unquote(const char *text)
{
    gsize len = strlen(text);

    if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0])
        return g_strndup(text + 1, len - 2);
    return g_strdup(text);
}

void
gre_ipsec_common_cut_comment(char *line)
{
    char quote = '\0';

    for (char *p = line; *p; p++) {
        if (quote)
            quote = (char) (*p == quote ? '\0' : quote);
        else if (*p == '"')
            quote = *p;
        else if (*p == '#' && (p == line || g_ascii_isspace(p[-1])))
            *p = '\0';
        if (!*p)
            break;
    }
    g_strchomp(line);
}

const GreIpsecKey *
gre_ipsec_common_side(const GreIpsecConf *conf, const char *side, const char *what)
{
    g_autofree char *name = g_strconcat(side, what, NULL);

    return g_hash_table_lookup(conf->keys, name);
}

const GreIpsecKey *
gre_ipsec_common_take(GreIpsecConf *conf, const char *side, const char *what)
{
    const GreIpsecKey *key = gre_ipsec_common_side(conf, side, what);

    if (key)
        g_hash_table_remove(conf->keys, key->name);
    return key;
}

void
gre_ipsec_common_note(GreIpsecConf *conf, const GreIpsecKey *key)
{
    g_autofree char *shown = gre_value_quote(key->value);

    gre_profile_builder_note(conf->builder, _("line %u: %s=%s has no counterpart"), key->line,
                             key->name, shown);
}
