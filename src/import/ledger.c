/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of encryption, and the lines that have one. */
#include "config.h"

#include "import/ledger.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>

typedef struct {
    guint    line;
    gboolean comment, taken;
    char    *word; /* as the file has it: a word of the vocabulary, so never a secret */
} Entry;

struct GreLedger {
    char      *name;    /* NULL: the imported file itself */
    GPtrArray *entries; /* of Entry, by line */
    GPtrArray *others;  /* of GreLedger */
    gboolean   hash_is_prompt;
};

/* IPsec in the configurations of routers, daemons and the kernel, and in programs' names. IOS
 * accepts abbreviations. PKI and SSH keys of a router encrypt no tunnel. */
#define WORDS                                                                             \
    "(?<![a-z0-9])(?:"                                                                    \
    "ip[ \\t]+xfrm|"                                                                      \
    "ip-?sec[a-z0-9]*|isakmp|ike(?:v?[12])?(?![a-z0-9])|esp(?![a-z0-9])|xfrm6?i?|"        \
    "vti6?(?![a-z])|(?:strong|libre|open)swan|swanctl|charon|racoon|setkey|spdadd|pluto|" \
    "cry(?:p|pt|pto)?[ \\t]+(?!pki|key|ca(?![a-z])|cert|logg)[a-z][a-z-]*|"               \
    "tun[a-z]*[ \\t]+prot[a-z]*)"

static void
free_entry(gpointer data)
{
    Entry *entry = data;

    g_free(entry->word);
    g_free(entry);
}

static void
free_other(gpointer data)
{
    gre_ledger_free(data);
}

/* The word of encryption in the line, or NULL. (transfer full) */
static char *
find_word(const char *text, gsize len)
{
    static gsize   once = 0;
    static GRegex *regex;
    g_autoptr(GMatchInfo) match = NULL;

    if (g_once_init_enter(&once)) {
        regex = g_regex_new(WORDS, G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
        g_once_init_leave(&once, 1);
    }
    g_regex_match_full(regex, text, (gssize) len, 0, 0, &match, NULL);
    return g_match_info_matches(match) ? g_match_info_fetch(match, 0) : NULL;
}

/* The length without a comment at the end, as in scripts. */
static gsize
without_comment(const char *text, gsize len)
{
    for (gsize i = 1; i + 1 < len; i++)
        if (text[i] == '#' && g_ascii_isspace(text[i - 1]) && g_ascii_isspace(text[i + 1]))
            return i;
    return len;
}

static void
scan_line(GreLedger *self, const char *text, gsize len, guint number)
{
    gsize    blanks = MIN(strspn(text, " \t"), len);
    gboolean comment = blanks < len && strchr("#;!", text[blanks]);
    char    *word = find_word(text, comment ? len : without_comment(text, len));
    Entry   *entry;

    if (!word)
        return;
    entry = g_new0(Entry, 1);
    entry->line = number;
    entry->comment = comment;
    entry->word = word;
    g_ptr_array_add(self->entries, entry);
}

static GreLedger *
new_ledger(const char *name, const char *text)
{
    GreLedger *self = g_new0(GreLedger, 1);

    self->name = g_strdup(name);
    self->entries = g_ptr_array_new_with_free_func(free_entry);
    self->others = g_ptr_array_new_with_free_func(free_other);
    for (guint number = 1; *text; number++) {
        gsize len = strcspn(text, "\n");

        scan_line(self, text, len, number);
        text += len + (text[len] == '\n');
    }
    return self;
}

GreLedger *
gre_ledger_new(const char *text)
{
    return new_ledger(NULL, text);
}

void
gre_ledger_free(GreLedger *self)
{
    if (!self)
        return;
    g_free(self->name);
    g_ptr_array_unref(self->entries);
    g_ptr_array_unref(self->others);
    g_free(self);
}

GreLedger *
gre_ledger_add(GreLedger *self, const char *name, const char *text)
{
    GreLedger *other = new_ledger(name, text);

    g_ptr_array_add(self->others, other);
    return other;
}

void
gre_ledger_hash_is_prompt(GreLedger *self)
{
    self->hash_is_prompt = TRUE;
}

/* The index of the first entry at or after the line. */
static guint
find_entry(const GreLedger *self, guint line)
{
    guint from = 0, to = self->entries->len;

    while (from < to) {
        guint middle = from + (to - from) / 2;

        if (((const Entry *) self->entries->pdata[middle])->line < line)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void
gre_ledger_take(GreLedger *self, guint first, guint last)
{
    for (guint i = self ? find_entry(self, first) : 0; self && i < self->entries->len; i++) {
        Entry *entry = self->entries->pdata[i];

        if (entry->line > last)
            return;
        entry->taken = TRUE;
    }
}

void
gre_ledger_take_all(GreLedger *self)
{
    gre_ledger_take(self, 0, G_MAXUINT);
}

static gboolean
is_left(const GreLedger *self, const Entry *entry)
{
    return !entry->taken && (!entry->comment || self->hash_is_prompt);
}

static gboolean
fail(const GreLedger *self, const Entry *entry, GError **error)
{
    g_autofree char *where = self->name ? g_strdup_printf(_("%s, line %u"), self->name, entry->line)
                                        : g_strdup_printf(_("line %u"), entry->line);

    if (g_ascii_strncasecmp(entry->word, "ip", 2) == 0 && strchr(" \t", entry->word[2]))
        return gre_error_fail(error,
                              _("%s: a profile can't have manual IPsec keys (\"%s\"), and without "
                                "them the tunnel would not be encrypted: use IKE, or remove the "
                                "line if it is not for this tunnel"),
                              where, entry->word);
    return gre_error_fail(error,
                          _("%s: \"%s\" may encrypt this tunnel and can't be imported; the profile "
                            "would have no IPsec: remove the line if it is not for this tunnel"),
                          where, entry->word);
}

gboolean
gre_ledger_check(const GreLedger *self, GError **error)
{
    for (guint i = 0; i < self->entries->len; i++)
        if (is_left(self, self->entries->pdata[i]))
            return fail(self, self->entries->pdata[i], error);
    for (guint i = 0; i < self->others->len; i++)
        if (!gre_ledger_check(self->others->pdata[i], error))
            return FALSE;
    return TRUE;
}
