/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access lists as a crypto map uses them: which packets it selects. */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-address.h"

#include <string.h>

/* Of two answers that must both be yes. */
static GreCiscoAnswer
both(GreCiscoAnswer a, GreCiscoAnswer b)
{
    if (a == GRE_CISCO_NO || b == GRE_CISCO_NO)
        return GRE_CISCO_NO;
    return a == GRE_CISCO_YES && b == GRE_CISCO_YES ? GRE_CISCO_YES : GRE_CISCO_UNKNOWN;
}

static GreCiscoAnswer
answer(gboolean yes)
{
    return yes ? GRE_CISCO_YES : GRE_CISCO_NO;
}

static gboolean
is_same(const char *text, const GreAddress *host)
{
    GreAddress address;

    return gre_address_parse(text, &address) && gre_address_equal(&address, host);
}

/* "10.0.0.0 0.0.255.255": the bits of the wildcard don't count. */
static gboolean
is_in_wildcard(const GreAddress *net, const GreAddress *wildcard, const GreAddress *host)
{
    return net->family == AF_INET && host->family == AF_INET &&
           ((net->in4.s_addr ^ host->in4.s_addr) & ~wildcard->in4.s_addr) == 0;
}

/* "any", "host A", "A WILDCARD" or "A/LENGTH" from word number @i on; advances @i. */
static GreCiscoAnswer
match_address(const GreCiscoLine *line, guint *i, const char *of)
{
    const char *first = gre_cisco_config_word(line, *i);
    const char *second = gre_cisco_config_word(line, *i + 1);
    GrePrefix   net;
    GreAddress  host, wildcard;

    if (!gre_address_parse(of, &host))
        return GRE_CISCO_UNKNOWN;
    (*i)++;
    if (strcmp(first, "any") == 0)
        return GRE_CISCO_YES;
    if (gre_address_prefix_parse(first, &net))
        return answer(gre_address_prefix_contains(&net, &host));
    (*i)++;
    if (strcmp(first, "host") == 0 && gre_address_parse(second, &wildcard))
        return answer(is_same(second, &host));
    if (gre_address_parse(first, &net.address) && gre_address_parse(second, &wildcard) &&
        wildcard.family == AF_INET)
        return answer(is_in_wildcard(&net.address, &wildcard, &host));
    return GRE_CISCO_UNKNOWN;
}

/* Only other protocols' names and numbers are a no. */
static GreCiscoAnswer
match_protocol(const char *word)
{
    static const char *const gre[] = { "gre", "47", "ip", "ipv6", NULL };
    static const char *const others[] = { "tcp",  "udp",    "icmp", "esp", "ahp", "ospf", "eigrp",
                                          "igmp", "ipinip", "nos",  "pcp", "pim", "sctp", NULL };

    if (g_strv_contains(gre, word))
        return GRE_CISCO_YES;
    if (g_strv_contains(others, word) || (word[0] && word[strspn(word, "0123456789")] == '\0'))
        return GRE_CISCO_NO;
    return GRE_CISCO_UNKNOWN;
}

/* "log" and the like after the addresses change nothing; anything else may. */
static GreCiscoAnswer
match_rest(const GreCiscoLine *line, guint i)
{
    if (i >= line->n || gre_cisco_config_begins(line, "remark"))
        return GRE_CISCO_YES;
    return strcmp(line->words[i], "log") == 0 || strcmp(line->words[i], "log-input") == 0 ||
                   strcmp(line->words[i], "sequence") == 0
               ? GRE_CISCO_YES
               : GRE_CISCO_UNKNOWN;
}

/* Whether the line matches the tunnel, from "permit" or "deny" on, and what it does then. */
static GreCiscoAnswer
match_line(const GreCisco *self, const GreCiscoLine *line, guint i, gboolean *permit)
{
    const char    *verb = gre_cisco_config_word(line, i++);
    GreCiscoAnswer protocol, from, to;

    *permit = strcmp(verb, "permit") == 0;
    if (strcmp(verb, "remark") == 0)
        return GRE_CISCO_NO;
    if (!*permit && strcmp(verb, "deny") != 0)
        return GRE_CISCO_UNKNOWN;
    protocol = match_protocol(gre_cisco_config_word(line, i++));
    if (protocol == GRE_CISCO_UNKNOWN)
        return GRE_CISCO_UNKNOWN; /* the places of the words aren't known either */
    from = match_address(line, &i, self->router.source);
    if (from == GRE_CISCO_UNKNOWN)
        return protocol == GRE_CISCO_NO ? GRE_CISCO_NO : GRE_CISCO_UNKNOWN;
    to = match_address(line, &i, self->router.destination);
    if (to == GRE_CISCO_YES)
        to = match_rest(line, i);
    return both(protocol, both(from, to));
}

/* Past "sequence 10" or "10". */
static guint
after_number(const GreCiscoLine *line)
{
    if (gre_cisco_config_begins(line, "sequence"))
        return 2;
    return g_ascii_isdigit(line->words[0][0]) ? 1 : 0;
}

typedef struct {
    const GreCisco      *self;
    const GreCiscoLine **unknown;
    gboolean             found, done;
    GreCiscoAnswer       answer;
} Search;

/* The first line that matches decides. */
static void
visit_line(Search *search, const GreCiscoLine *line, guint i)
{
    gboolean       permit = FALSE;
    GreCiscoAnswer matches = match_line(search->self, line, i, &permit);

    search->found = TRUE;
    if (search->done || matches == GRE_CISCO_NO)
        return;
    search->done = TRUE;
    search->answer = matches == GRE_CISCO_UNKNOWN ? GRE_CISCO_UNKNOWN : answer(permit);
    if (matches == GRE_CISCO_UNKNOWN)
        *search->unknown = line;
}

/* access-list 101 …; ip access-list extended NAME; ipv6 access-list NAME: the number of the word
 * that is the name, or 0. */
static guint
name_word(const GreCiscoLine *head)
{
    if (gre_cisco_config_begins(head, "access-list"))
        return 1;
    if (gre_cisco_config_begins(head, "ip access-list"))
        return 3;
    return gre_cisco_config_begins(head, "ipv6 access-list") ? 2 : 0;
}

static void
free_sections(gpointer sections)
{
    g_ptr_array_unref(sections);
}

/* The sections of the list, or NULL. */
static GPtrArray *
find_list(GreCisco *self, const char *list)
{
    if (self->lists)
        return g_hash_table_lookup(self->lists, list);
    self->lists = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_sections);
    for (guint i = 0; i < self->sections->len; i++) {
        const GreCiscoSection *section = self->sections->pdata[i];
        guint                  n = name_word(section->head);
        const char            *name = n > 0 ? gre_cisco_config_word(section->head, n) : NULL;
        GPtrArray             *same = name ? g_hash_table_lookup(self->lists, name) : NULL;

        if (name && !same) {
            same = g_ptr_array_new();
            g_hash_table_insert(self->lists, (gpointer) name, same);
        }
        if (same)
            g_ptr_array_add(same, (gpointer) section);
    }
    return g_hash_table_lookup(self->lists, list);
}

GreCiscoAnswer
gre_cisco_acl_permits(GreCisco *self, const char *list, const GreCiscoLine **unknown)
{
    Search     search = { .self = self, .unknown = unknown, .answer = GRE_CISCO_NO };
    GPtrArray *sections = find_list(self, list);

    *unknown = NULL;
    for (guint i = 0; sections && !search.done && i < sections->len; i++) {
        const GreCiscoSection *section = sections->pdata[i];

        if (name_word(section->head) == 1)
            visit_line(&search, section->head, 2);
        for (guint j = 0; !search.done && j < section->lines->len; j++)
            visit_line(&search, section->lines->pdata[j], after_number(section->lines->pdata[j]));
    }
    return search.found ? search.answer : GRE_CISCO_UNKNOWN;
}

void
gre_cisco_acl_use(GreCisco *self, const char *list)
{
    GPtrArray *sections = find_list(self, list);

    for (guint i = 0; sections && i < sections->len; i++)
        ((GreCiscoSection *) sections->pdata[i])->used = TRUE;
}
