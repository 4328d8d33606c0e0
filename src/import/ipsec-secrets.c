/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads ipsec.secrets(5): "ids : KIND what [password]", for raw keys in braces over several
 * lines. */
#include "config.h"

#include "import/ipsec-common.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "import/key-files.h"

#include <string.h>

/* How well the IDs before the ":" match; 0: they belong to other peers. */
static guint
rate_ids(GreIpsecConf *conf, const char *ids)
{
    static const char *const properties[] = { "remote", "ipsec-remote-id", "local",
                                              "ipsec-local-id" };
    g_auto(GStrv) words = g_strsplit_set(ids, " \t", -1);
    guint rate = 1, n = 0;

    for (gsize i = 0; words[i]; i++) {
        const char *id = words[i] + (words[i][0] == '@');

        if (!id[0] || strcmp(id, "%any") == 0 || strcmp(id, "0.0.0.0") == 0)
            continue;
        n++;
        for (gsize j = 0; j < G_N_ELEMENTS(properties); j++)
            if (g_strcmp0(gre_profile_builder_get(conf->builder, properties[j]), id) == 0)
                rate += j < 2 ? 4 : 1;
    }
    return n > 0 && rate == 1 ? 0 : rate;
}

/* The colon before one of the words, as IPv6 IDs have colons too. Sets @kind to the word and @rest
 * to the text after it. */
static char *
find_kind(char *line, const char *const *kinds, const char **kind, char **rest)
{
    for (char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
        char *word = colon + 1 + strspn(colon + 1, " \t");

        for (gsize i = 0; kinds[i]; i++) {
            gsize len = strlen(kinds[i]);

            if (g_ascii_strncasecmp(word, kinds[i], len) != 0 || g_ascii_isalnum(word[len]))
                continue;
            *kind = kinds[i];
            *rest = word + len;
            return colon;
        }
    }
    return NULL;
}

/* The lines without comments. Notes includes. */
static char **
split(GreIpsecConf *conf, const GreFile *secrets, const char *name)
{
    char **lines = g_strsplit(secrets->text, "\n", -1);

    for (gsize i = 0; lines[i]; i++) {
        gre_ipsec_common_cut_comment(lines[i]);
        if (g_str_has_prefix(lines[i], "include"))
            gre_profile_builder_note(conf->builder, _("%s: include: included files are not read"),
                                     name);
    }
    return lines;
}

static void
free_lines(char **lines)
{
    for (gsize i = 0; lines[i]; i++)
        explicit_bzero(lines[i], strlen(lines[i]));
    g_strfreev(lines);
}

/* ---- the pre-shared key ---- */

static char *
psk_of(GreIpsecConf *conf, char *line, guint *best)
{
    static const char *const kinds[] = { "PSK", NULL };
    const char              *kind;
    char                    *rest, *colon = find_kind(line, kinds, &kind, &rest);
    guint                    rate;

    if (!colon)
        return NULL;
    *colon = '\0';
    rate = rate_ids(conf, line);
    if (rate <= *best)
        return NULL;
    *best = rate;
    return gre_ipsec_common_unquote(g_strstrip(rest));
}

gboolean
gre_ipsec_secrets_take_psk(GreIpsecConf  *conf,
                           const GreFile *secrets,
                           const char    *name,
                           GError       **error)
{
    char           **lines = split(conf, secrets, name);
    g_autofree char *where = NULL;
    char            *found = NULL;
    guint            best = 0, line = 0;
    gboolean         done = TRUE;

    for (guint i = 0; lines[i]; i++) {
        char *psk = psk_of(conf, lines[i], &best);

        if (!psk)
            continue;
        gre_secret_free_text(found);
        found = psk;
        line = i + 1;
    }
    free_lines(lines);
    where = g_strdup_printf(_("%s, line %u"), name, line);
    if (found)
        done = gre_profile_builder_set(conf->builder, where, "ipsec-psk", found, error);
    gre_secret_free_text(found);
    return done;
}

/* ---- private keys ---- */

void
gre_ipsec_secrets_private_free(GreIpsecPrivate *private_key)
{
    if (!private_key)
        return;
    g_free(private_key->kind);
    g_free(private_key->file);
    gre_secret_free_text(private_key->password);
    g_free(private_key);
}

/* A word, quoted or up to a blank, from @p, which advances. (transfer full) NULL: end of line */
static char *
take_word(char **p)
{
    char *start = *p + strspn(*p, " \t");
    char *end;

    if (!*start)
        return NULL;
    if ((*start == '"' || *start == '\'') && (end = strchr(start + 1, *start))) {
        *p = end + 1;
        return g_strndup(start + 1, (gsize) (end - start - 1));
    }
    *p = start + strcspn(start, " \t");
    return g_strndup(start, (gsize) (*p - start));
}

static GreIpsecPrivate *
private_of(GreIpsecConf *conf, char *line, guint number, guint *rate)
{
    static const char *const kinds[] = { "RSA", "ECDSA", "PKCS8", "P12", "PIN", NULL };
    const char              *kind;
    char                    *rest, *colon = find_kind(line, kinds, &kind, &rest);
    GreIpsecPrivate         *out;

    if (!colon)
        return NULL;
    *colon = '\0';
    *rate = 1 + rate_ids(conf, line); /* strongSwan ignores them */
    out = g_new0(GreIpsecPrivate, 1);
    out->line = number;
    out->kind = g_strdup(kind);
    out->file = take_word(&rest);
    out->password = take_word(&rest);
    return out;
}

static guint
rate_name(const GreIpsecPrivate *private_key, const char *cert)
{
    if (!cert || !private_key->file)
        return 0;
    if (g_str_has_prefix(cert, "%smartcard"))
        return strcmp(cert, private_key->file) == 0 ? 16 : 0;
    return gre_key_files_are_kin(cert, private_key->file) ? 16 : 0;
}

/* Skips from "{" to the line with "}": its lines are no keys of their own. */
static void
skip_block(char **lines, guint *i)
{
    if (strchr(lines[*i], '{'))
        while (!strchr(lines[*i], '}') && lines[*i + 1])
            (*i)++;
}

GreIpsecPrivate *
gre_ipsec_secrets_find_private(GreIpsecConf  *conf,
                               const GreFile *secrets,
                               const char    *name,
                               const char    *cert)
{
    char           **lines = split(conf, secrets, name);
    GreIpsecPrivate *found = NULL;
    g_autofree char *where = NULL;
    guint            best = 0, same = 0;

    for (guint i = 0; lines[i]; i++) {
        guint            rate = 0;
        GreIpsecPrivate *one = private_of(conf, lines[i], i + 1, &rate);

        if (!one)
            continue;
        skip_block(lines, &i);
        rate += rate_name(one, cert);
        same = rate > best ? 1 : rate == best ? same + 1 : same;
        if (rate > best) {
            gre_ipsec_secrets_private_free(found);
            found = g_steal_pointer(&one);
            best = rate;
        }
        gre_ipsec_secrets_private_free(one);
    }
    free_lines(lines);
    where = g_strdup_printf(_("%s, line %u"), name, found ? found->line : 0);
    if (same > 1)
        gre_profile_builder_note(
            conf->builder, _("%s: can't tell which of %u private keys is meant: using the first"),
            where, same);
    return found;
}
