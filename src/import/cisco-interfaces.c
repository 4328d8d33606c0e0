/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lines of a router's interfaces amount to after the last one. */
#include "config.h"

#include "import/cisco-config.h"
#include "gre-secret.h"
#include "gre-value.h"

#include <string.h>

enum {
    RANGE_MAX = 256,   /* interfaces in a range */
    LINES_MAX = 500,   /* lines of an interface of which some may be withdrawn */
    COPIES_MAX = 5000, /* interfaces of all ranges */
    PARTS_MAX = 2000,  /* lines of an interface to which more are added */
};

static gboolean
is_interface(const GreCiscoSection *section)
{
    return gre_cisco_config_begins(section->head, "interface");
}

static gboolean
is_range(const GreCiscoSection *section)
{
    return is_interface(section) && gre_cisco_config_begins(section->head, "interface range");
}

/* "Tunnel 0", "tu0" and "Tunnel0" have one key. (transfer full) */
static char *
key_of(const char *name)
{
    g_autofree char *kind = g_ascii_strdown(name, 2);
    const char      *number = name + strcspn(name, "0123456789");

    return g_strdup_printf("%s%s", kind, number);
}

static GreCiscoSection *
find(GHashTable *by_key, const char *name)
{
    g_autofree char *key = key_of(name);

    return g_hash_table_lookup(by_key, key);
}

/* ---- an interface that is entered again ---- */

static gboolean
is_secondary(const GreCiscoLine *line)
{
    return strcmp(gre_cisco_config_word(line, line->n - 1), "secondary") == 0;
}

/* Whether both parts have the setting, with another value. */
static gboolean
differ(const GreCiscoSection *a, const GreCiscoSection *b, const char *words)
{
    const GreCiscoLine *x = gre_cisco_config_find_line(a, words);
    const GreCiscoLine *y = gre_cisco_config_find_line(b, words);
    g_autofree char    *one = x ? gre_cisco_config_rest(x, 2) : NULL;
    g_autofree char    *other = y ? gre_cisco_config_rest(y, 2) : NULL;

    return x && y && !is_secondary(x) && !is_secondary(y) && strcmp(one, other) != 0;
}

static gboolean
contradict(const GreCiscoSection *a, const GreCiscoSection *b)
{
    static const char *const single[] = { "ip address", "tunnel source", "tunnel destination",
                                          "tunnel key" };

    for (gsize i = 0; i < G_N_ELEMENTS(single); i++)
        if (differ(a, b, single[i]))
            return TRUE;
    return FALSE;
}

static void
append(GreCiscoSection *to, const GreCiscoSection *from)
{
    for (guint i = 0; i < from->lines->len; i++)
        g_ptr_array_add(to->lines, gre_cisco_config_copy(from->lines->pdata[i]));
}

/* Whether the section's lines went to an earlier one. */
static gboolean
join(GHashTable *by_key, GreCiscoSection *section)
{
    g_autofree char *name = gre_cisco_config_rest(section->head, 1);
    GreCiscoSection *first = find(by_key, name);

    if (!first) {
        g_hash_table_insert(by_key, key_of(name), section);
        return FALSE;
    }
    if (first->lines->len > PARTS_MAX || contradict(first, section))
        return FALSE;
    append(first, section);
    return TRUE;
}

/* ---- ranges ---- */

/* "Tunnel0-3" or "Gi0/1": what precedes the numbers, with its length, and the numbers. */
static gboolean
parse_part(const char *part, gsize *stem, guint32 *first, guint32 *last)
{
    g_auto(GStrv) ends = g_strsplit(part, "-", 2);
    gsize len = ends[0] ? strlen(ends[0]) : 0;

    for (*stem = len; *stem > 0 && g_ascii_isdigit(ends[0][*stem - 1]); (*stem)--)
        ;
    if (*stem < 2 || *stem == len || !gre_value_number(ends[0] + *stem, first))
        return FALSE;
    *last = *first;
    return !ends[1] ||
           (gre_value_number(ends[1], last) && *last >= *first && *last - *first < RANGE_MAX);
}

/* The names in "Tunnel 0 - 1 , Gi0/1-2". @all: whether that's all, and no macro. (transfer full) */
static GPtrArray *
names_in(const GreCiscoSection *range, gboolean *all)
{
    g_autofree char *text = g_strjoinv("", range->head->words + MIN(2, range->head->n));
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gsize   stem;
    guint32 first, last;

    *all = parts[0] != NULL;
    for (gsize i = 0; parts[i]; i++) {
        if (names->len >= RANGE_MAX || !parse_part(parts[i], &stem, &first, &last)) {
            *all = FALSE;
            break;
        }
        for (guint32 n = first; n <= last; n++)
            g_ptr_array_add(names, g_strdup_printf("%.*s%u", (int) stem, parts[i], n));
    }
    return g_steal_pointer(&names);
}

static void
apply_range(GHashTable *by_key, GreCiscoSection *range, guint *left)
{
    gboolean all;
    g_autoptr(GPtrArray) names = NULL;

    if (*left == 0)
        return;
    names = names_in(range, &all);
    range->used = all && *left >= names->len;
    for (guint i = 0; i<names->len && * left> 0; i++) {
        GreCiscoSection *section = find(by_key, names->pdata[i]);

        (*left)--;
        if (section && section->lines->len > PARTS_MAX)
            range->used = FALSE;
        else if (section)
            append(section, range);
    }
}

/* ---- "no …" ---- */

/* Whether "no tunnel protection …" withdraws the line before it. */
static gboolean
withdraws(const GreCiscoLine *no, const GreCiscoLine *line)
{
    for (guint i = 1; i < no->n; i++)
        if (g_ascii_strcasecmp(no->words[i], gre_cisco_config_word(line, i - 1)) != 0)
            return FALSE;
    return no->n > 1;
}

/* The line then says "no …" too. */
static void
withdraw_line(GreCiscoLine *line)
{
    gre_secret_free_text(line->words[0]);
    line->words[0] = g_strdup("no");
}

static void
withdraw(GreCiscoSection *section)
{
    for (guint i = 0; section->lines->len <= LINES_MAX && i < section->lines->len; i++) {
        const GreCiscoLine *no = section->lines->pdata[i];

        for (guint j = 0; gre_cisco_config_begins(no, "no") && j < i; j++)
            if (withdraws(no, section->lines->pdata[j]))
                withdraw_line(section->lines->pdata[j]);
    }
}

void
gre_cisco_interfaces_merge(GPtrArray *sections)
{
    g_autoptr(GHashTable) by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint left = COPIES_MAX;

    for (guint i = 0; i < sections->len; i++) {
        GreCiscoSection *section = sections->pdata[i];

        section->merged = is_interface(section) && !is_range(section) && join(by_key, section);
    }
    for (guint i = 0; i < sections->len; i++)
        if (is_range(sections->pdata[i]))
            apply_range(by_key, sections->pdata[i], &left);
    for (guint i = 0; i < sections->len; i++)
        if (is_interface(sections->pdata[i]) && !is_range(sections->pdata[i]))
            withdraw(sections->pdata[i]);
}
