/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits a router's configuration into lines and sections. */
#include "config.h"

#include "import/cisco-config.h"
#include "gre-address.h"
#include "gre-i18n.h"
#include "gre-error.h"
#include "gre-secret.h"
#include "gre-value.h"

#include <string.h>

enum { SHORTEST = 3 }; /* letters that stand for a whole word */

void
gre_cisco_config_free_line(gpointer data)
{
    GreCiscoLine *line = data;

    for (guint i = 0; i < line->n; i++)
        gre_secret_free_text(line->words[i]);
    g_free(line->words);
    g_free(line);
}

static void
free_section(gpointer data)
{
    GreCiscoSection *section = data;

    gre_cisco_config_free_line(section->head);
    g_ptr_array_unref(section->lines);
    g_free(section);
}

/* ---- words ---- */

static gboolean
is_word(const char *word, const char *whole, gsize len)
{
    gsize given = strlen(word);

    return given <= len && (given == len || given >= SHORTEST) &&
           g_ascii_strncasecmp(word, whole, given) == 0;
}

gboolean
gre_cisco_config_begins(const GreCiscoLine *line, const char *words)
{
    for (guint i = 0; *words; i++) {
        gsize len = strcspn(words, " ");

        if (i >= line->n || !is_word(line->words[i], words, len))
            return FALSE;
        words += len + (words[len] == ' ');
    }
    return TRUE;
}

const char *
gre_cisco_config_word(const GreCiscoLine *line, guint n)
{
    return n < line->n ? line->words[n] : "";
}

char *
gre_cisco_config_rest(const GreCiscoLine *line, guint n)
{
    return n < line->n ? g_strjoinv(" ", line->words + n) : g_strdup("");
}

/* A secret may follow these words. */
static gboolean
hides(const char *word)
{
    static const char *const parts[] = { "key", "pas", "secr", "auth", "commu", "md5", "psk" };

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(word, parts[i]))
            return TRUE;
    return FALSE;
}

char *
gre_cisco_config_shown(const GreCiscoLine *line)
{
    GString *out = g_string_new(line->words[0]);

    for (guint i = 1; i < line->n; i++) {
        g_autofree char *lower = g_ascii_strdown(line->words[i - 1], -1);

        if (hides(lower) && strcmp(lower, "keyring") != 0) {
            g_string_append(out, " …");
            break;
        }
        g_string_append_printf(out, " %s", line->words[i]);
    }
    return g_string_free(out, FALSE);
}

/* ---- lines ---- */

/* Skips a prompt such as "R1(config-if)# ", which is often copied from a terminal. */
static const char *
skip_prompt(const char *text)
{
    gsize len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
    const char *end = text + len;

    if (len > 0 && g_str_has_prefix(end, "(config")) {
        end += strcspn(end, ")\n");
        end += *end == ')';
    }
    return len > 0 && (*end == '#' || *end == '>') ? end + 1 : text;
}

/* "! to the branch" at the end of a line; a secret may begin with the same character, also after
 * its type: "key 0 !secret". */
static gboolean
is_comment(const char *word, GPtrArray *before)
{
    for (guint i = before->len; *word == '!' && i > 0 && i + 2 > before->len; i--) {
        g_autofree char *lower = g_ascii_strdown(before->pdata[i - 1], -1);

        if (hides(lower))
            return FALSE;
    }
    return *word == '!';
}

static GreCiscoLine *
new_line(const char *text, gsize len, guint number)
{
    g_autofree char *copy = g_strndup(text, len);
    const char      *p = copy + strspn(copy, " \t");
    GPtrArray       *words = g_ptr_array_new();
    GreCiscoLine    *line = g_new0(GreCiscoLine, 1);

    p = skip_prompt(p);
    p += strspn(p, " \t");
    while (*p && !is_comment(p, words)) {
        gsize word = strcspn(p, " \t");

        g_ptr_array_add(words, g_strndup(p, word));
        p += word;
        p += strspn(p, " \t");
    }
    explicit_bzero(copy, len);
    line->line = number;
    line->n = words->len;
    g_ptr_array_add(words, NULL);
    line->words = (char **) g_ptr_array_free(words, FALSE);
    return line;
}

/* ---- sections ---- */

/* "crypto map NAME" on an interface assigns the map; with more words it begins a section, unless
 * it is indented. */
static gboolean
is_on_interface(const GreCiscoLine *line, guint indent, const GreCiscoSection *section)
{
    return gre_cisco_config_begins(section->head, "interface") &&
           (indent > section->indent ||
            (line->n == 3 && gre_cisco_config_begins(line, "crypto map")));
}

static gboolean
begins_section(const GreCiscoLine    *line,
               guint                  indent,
               const GreCiscoSection *section,
               gboolean               outermost)
{
    static const char *const heads[] = {
        "interface",      "crypto",         "ip route",    "ipv6 route",
        "ip access-list", "access-list",    "ipv6 router", "ipv6 access-list",
        "router",         "configure term", NULL
    };

    for (gsize i = 0; heads[i]; i++)
        if (gre_cisco_config_begins(line, heads[i]))
            return !is_on_interface(line, indent, section);
    return outermost;
}

/* Whether any line is indented. If so, a line without indentation begins a new section. */
static gboolean
is_indented(const char *text)
{
    for (const char *p = text; p; p = strchr(p, '\n')) {
        p += *p == '\n';
        if (*p == ' ' && p[strspn(p, " \t")] && !strchr("\n!", p[strspn(p, " \t")]))
            return TRUE;
    }
    return FALSE;
}

static gboolean
says_nothing(const GreCiscoLine *line)
{
    return line->n == 0 || (line->n == 1 && (gre_cisco_config_begins(line, "exit") ||
                                             g_ascii_strcasecmp(line->words[0], "end") == 0));
}

static void
take_line(GPtrArray *sections, GreCiscoLine *line, guint indent, gboolean outermost)
{
    GreCiscoSection *last = sections->len > 0 ? sections->pdata[sections->len - 1] : NULL;

    if (says_nothing(line)) {
        gre_cisco_config_free_line(line);
    } else if (!last || begins_section(line, indent, last, outermost)) {
        last = g_new0(GreCiscoSection, 1);
        last->indent = indent;
        last->head = line;
        last->lines = g_ptr_array_new_with_free_func(gre_cisco_config_free_line);
        g_ptr_array_add(sections, last);
    } else {
        g_ptr_array_add(last->lines, line);
    }
}

static void
drop_merged(GPtrArray *sections)
{
    guint kept = 0;

    g_ptr_array_set_free_func(sections, NULL);
    for (guint i = 0; i < sections->len; i++) {
        GreCiscoSection *section = sections->pdata[i];

        if (section->merged)
            free_section(section);
        else
            sections->pdata[kept++] = section;
    }
    g_ptr_array_set_size(sections, (gint) kept);
    g_ptr_array_set_free_func(sections, free_section);
}

GPtrArray *
gre_cisco_config_parse(const char *text)
{
    GPtrArray *sections = g_ptr_array_new_with_free_func(free_section);
    gboolean   indented = is_indented(text);

    for (guint number = 1; *text; number++) {
        gsize len = strcspn(text, "\n");
        guint indent = (guint) strspn(text, " \t");

        take_line(sections, new_line(text, len, number), indent, indented && indent == 0);
        text += len + (text[len] == '\n');
    }
    gre_cisco_interfaces_merge(sections);
    drop_merged(sections);
    return sections;
}

GreCiscoLine *
gre_cisco_config_copy(const GreCiscoLine *line)
{
    GreCiscoLine *copy = g_memdup2(line, sizeof *line);

    copy->words = g_strdupv(line->words);
    return copy;
}

GreCiscoSection *
gre_cisco_config_find(GPtrArray *sections, const char *head, const char *name)
{
    guint n = 1;

    for (const char *p = head; *p; p++)
        n += *p == ' ';
    for (guint i = 0; i < sections->len; i++) {
        GreCiscoSection *section = sections->pdata[i];

        if (gre_cisco_config_begins(section->head, head) &&
            (!name || strcmp(gre_cisco_config_word(section->head, n), name) == 0))
            return section;
    }
    return NULL;
}

GreCiscoSection *
gre_cisco_config_need(GPtrArray          *sections,
                      const GreCiscoLine *line,
                      const char         *head,
                      const char         *name,
                      GError            **error)
{
    GreCiscoSection *section = gre_cisco_config_find(sections, head, name);
    g_autofree char *whole = g_strconcat(head, " ", name, NULL);
    g_autofree char *shown = gre_value_quote(whole);

    if (!section)
        gre_error_fail(error, _("line %u: %s is not in the file"), line->line, shown);
    return section;
}

const GreCiscoLine *
gre_cisco_config_find_line(const GreCiscoSection *section, const char *words)
{
    for (guint i = section->lines->len; i > 0; i--)
        if (gre_cisco_config_begins(section->lines->pdata[i - 1], words))
            return section->lines->pdata[i - 1];
    return NULL;
}

gboolean
gre_cisco_config_is_ipsec(const GreCiscoLine *line)
{
    return gre_cisco_config_begins(line, "crypto") ||
           gre_cisco_config_begins(line, "ipv6 crypto") ||
           gre_cisco_config_begins(line, "tunnel protection") ||
           gre_cisco_config_begins(line, "tunnel mode ipsec");
}

/* ---- interfaces ---- */

/* The letters of a name, and the numbers that follow. */
static gsize
letters(const char *name)
{
    gsize n = 0;

    while (g_ascii_isalpha(name[n]) || name[n] == '-')
        n++;
    return n;
}

gboolean
gre_cisco_config_same_interface(const char *a, const char *b)
{
    gsize       m = letters(a), n = letters(b);
    const char *x = a + m + strspn(a + m, " "), *y = b + n + strspn(b + n, " ");

    return m >= 2 && n >= 2 && g_ascii_strncasecmp(a, b, MIN(m, n)) == 0 && *x && strcmp(x, y) == 0;
}

/* The address of the line if it is the interface's first one. (transfer full) */
static char *
address_in(const GreCiscoLine *line, const char *words)
{
    const char      *text = gre_cisco_config_word(line, 2);
    g_autofree char *address = g_strndup(text, strcspn(text, "/"));
    GreAddress       parsed;

    if (!gre_cisco_config_begins(line, words) || !gre_address_parse(address, &parsed) ||
        strcmp(gre_cisco_config_word(line, line->n - 1), "secondary") == 0)
        return NULL;
    return g_steal_pointer(&address);
}

char *
gre_cisco_config_address(GPtrArray *sections, const char *interface, const char *like)
{
    const char *words = strchr(like, ':') ? "ipv6 address" : "ip address";
    char       *found = NULL;

    for (guint i = 0; !found && i < sections->len; i++) {
        GreCiscoSection *section = sections->pdata[i];
        g_autofree char *name = gre_cisco_config_rest(section->head, 1);

        if (!gre_cisco_config_begins(section->head, "interface") ||
            !gre_cisco_config_same_interface(name, interface))
            continue;
        for (guint j = 0; !found && j < section->lines->len; j++)
            found = address_in(section->lines->pdata[j], words);
    }
    return found;
}
