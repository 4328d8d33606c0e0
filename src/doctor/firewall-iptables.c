/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses `iptables-save`: tables, chains with their policies, rules as in iptables(8). */
#include "doctor/firewall-chains.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const GrePacket *packet;
    GreRule          rule;
    char           **words; /* the table being read */
    gboolean         negated;
} Line;

/* The word after an option; skips it. */
static const char *
next_word(Line *line)
{
    return line->words[1] ? *++line->words : "";
}

static void
narrow(Line *line, GreMatch match)
{
    line->rule.match = gre_firewall_match_and(
        line->rule.match, line->negated ? gre_firewall_match_not(match) : match);
}

/* ---- values ---- */

static void
match_protocol(Line *line)
{
    static const struct {
        const char *name;
        int         protocol;
    } names[] = { { "gre", IPPROTO_GRE }, { "47", IPPROTO_GRE },  { "esp", IPPROTO_ESP },
                  { "50", IPPROTO_ESP },  { "udp", IPPROTO_UDP }, { "17", IPPROTO_UDP } };
    const char *word = next_word(line);
    gboolean    found = g_str_equal(word, "all");

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        found |= g_str_equal(names[i].name, word) && names[i].protocol == line->packet->protocol;
    narrow(line, gre_firewall_match_of(found));
}

static void
match_address(Line *line, const GreAddress *address)
{
    const char *word = next_word(line);
    GrePrefix   prefix = { 0 };

    if (gre_address_prefix_parse(word, &prefix))
        narrow(line, gre_firewall_match_of(gre_address_prefix_contains(&prefix, address)));
    else if (gre_address_parse(word, &prefix.address))
        narrow(line, gre_firewall_match_of(gre_address_equal(&prefix.address, address)));
    else
        narrow(line, GRE_MATCH_MAYBE);
}

/* "eth+" is any interface that begins so. */
static void
match_interface(Line *line, gboolean out)
{
    const char *word = next_word(line), *own = line->packet->interface;
    gsize       length = strlen(word);

    if (out != line->packet->out)
        narrow(line, GRE_MATCH_NO);
    else if (!own)
        narrow(line, GRE_MATCH_MAYBE);
    else if (length > 0 && word[length - 1] == '+')
        narrow(line, gre_firewall_match_of(strncmp(word, own, length - 1) == 0));
    else
        narrow(line, gre_firewall_match_of(g_str_equal(word, own)));
}

/* "500", "500:510", "500,4500:4510" */
static void
match_ports(Line *line, guint port)
{
    g_auto(GStrv) parts = g_strsplit(next_word(line), ",", -1);
    gboolean found = FALSE;

    for (guint i = 0; parts[i]; i++) {
        char   *end;
        guint64 low = g_ascii_strtoull(parts[i], &end, 10);
        guint64 high = *end == ':' ? g_ascii_strtoull(end + 1, NULL, 10) : low;

        found |= port >= low && port <= (high ? high : 65535);
    }
    narrow(line, gre_firewall_match_of(line->packet->protocol == IPPROTO_UDP && found));
}

static void
match_state(Line *line)
{
    g_auto(GStrv) states = g_strsplit(next_word(line), ",", -1);
    gboolean found = FALSE;

    for (guint i = 0; states[i]; i++)
        found |= g_ascii_strcasecmp(states[i], line->packet->state) == 0;
    narrow(line, gre_firewall_match_of(found));
}

/* ---- a rule ---- */

static void
read_target(Line *line, gboolean go)
{
    static const char *const idle[] = { "LOG",      "NFLOG", "ULOG",  "MARK",    "CONNMARK",
                                        "TCPMSS",   "CT",    "TRACE", "TTL",     "HL",
                                        "DSCP",     "TOS",   "AUDIT", "NOTRACK", "CLASSIFY",
                                        "CHECKSUM", "SET",   NULL };
    static const struct {
        const char *name;
        GreVerdict  verdict;
    } verdicts[] = {
        { "ACCEPT", GRE_VERDICT_ACCEPT }, { "DROP", GRE_VERDICT_DROP },
        { "REJECT", GRE_VERDICT_DROP },   { "RETURN", GRE_VERDICT_RETURN },
        { "QUEUE", GRE_VERDICT_UNKNOWN }, { "NFQUEUE", GRE_VERDICT_UNKNOWN },
    };
    const char *word = next_word(line);

    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (g_str_equal(verdicts[i].name, word)) {
            line->rule.verdict = verdicts[i].verdict;
            return;
        }
    }
    if (g_strv_contains(idle, word))
        return;
    line->rule.verdict = go ? GRE_VERDICT_GOTO : GRE_VERDICT_JUMP;
    g_free(line->rule.target);
    line->rule.target = g_strdup(word);
}

/* Further options of a known target or match, and options without influence on the match. */
static gboolean
is_detail(const char *word)
{
    static const char *const details[] = {
        "-m",          "--match",        "--comment",     "--reject-with", "--log-prefix",
        "--log-level", "--nflog-prefix", "--nflog-group", "--set-mark",    "--set-xmark",
        NULL
    };

    return g_strv_contains(details, word);
}

static void
match_policy(Line *line, const char *word)
{
    if (g_str_equal(word, "--dir"))
        narrow(line, gre_firewall_match_of(
                         g_str_equal(next_word(line), line->packet->out ? "out" : "in")));
    else
        narrow(line,
               gre_firewall_match_of(g_str_equal(next_word(line), "ipsec") == line->packet->ipsec));
}

static void
read_option(Line *line)
{
    const GrePacket *p = line->packet;
    const char      *word = *line->words;

    if (g_str_equal(word, "-p"))
        match_protocol(line);
    else if (g_str_equal(word, "-s") || g_str_equal(word, "-d"))
        match_address(line, word[1] == 's' ? &p->source : &p->destination);
    else if (g_str_equal(word, "-i") || g_str_equal(word, "-o"))
        match_interface(line, word[1] == 'o');
    else if (g_str_equal(word, "--dport") || g_str_equal(word, "--dports"))
        match_ports(line, p->dport);
    else if (g_str_equal(word, "--sport") || g_str_equal(word, "--sports"))
        match_ports(line, p->sport);
    else if (g_str_equal(word, "--ctstate") || g_str_equal(word, "--state"))
        match_state(line);
    else if (g_str_equal(word, "--pol") || g_str_equal(word, "--dir"))
        match_policy(line, word);
    else if (g_str_equal(word, "-j") || g_str_equal(word, "-g"))
        read_target(line, word[1] == 'g');
    else if (is_detail(word))
        next_word(line);
    else if (word[0] == '-') /* unknown; its values follow without a dash */
        narrow(line, GRE_MATCH_MAYBE);
}

static void
read_rule(GHashTable *chains, const char *text, const GrePacket *packet)
{
    g_auto(GStrv) words = NULL;
    Line line = { .packet = packet, .rule = { .match = GRE_MATCH_YES } };

    if (!g_shell_parse_argv(text, NULL, &words, NULL) || !words[0] || !words[1])
        return;
    for (line.words = words + 2; *line.words; line.words++) {
        line.negated = g_str_equal(*line.words, "!");
        if (line.negated && !*++line.words)
            break;
        read_option(&line);
    }
    line.rule.text = g_strdup(text);
    gre_firewall_chains_add(gre_firewall_chains_get(chains, words[1]), &line.rule);
}

/* ---- tables ---- */

/* ":INPUT DROP [0:0]" */
static void
read_chain(GHashTable *chains, const char *line, gboolean out)
{
    g_auto(GStrv) words = g_strsplit(line + 1, " ", 3);
    GreChain *chain = words[0] ? gre_firewall_chains_get(chains, words[0]) : NULL;

    if (!chain)
        return;
    chain->hooked = g_str_equal(words[0], out ? "OUTPUT" : "INPUT") ||
                    g_str_equal(words[0], out ? "POSTROUTING" : "PREROUTING");
    chain->drops = g_strcmp0(words[1], "DROP") == 0;
}

gboolean
gre_firewall_iptables(const char *saved, const GrePacket *packet, GreDrop *drop)
{
    g_auto(GStrv) lines = g_strsplit(saved, "\n", -1);
    g_autoptr(GHashTable) chains = gre_firewall_chains_new();
    g_autofree char *title = NULL;

    for (guint i = 0; lines[i]; i++) {
        if (lines[i][0] == '*') {
            g_free(title);
            title = g_strdup(lines[i] + 1);
            g_hash_table_remove_all(chains);
        } else if (lines[i][0] == ':')
            read_chain(chains, lines[i], packet->out);
        else if (g_str_has_prefix(lines[i], "-A "))
            read_rule(chains, lines[i], packet);
        else if (g_str_equal(lines[i], "COMMIT") && title && !g_str_equal(title, "nat") &&
                 gre_firewall_chains_drop(chains, title, drop)) {
            g_clear_pointer(&drop->zone, g_free);
            drop->iptables = TRUE;
            return TRUE;
        }
    }
    return FALSE;
}
