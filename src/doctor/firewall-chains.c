/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows a packet through chains of rules whose verdicts are known. */
#include "doctor/firewall-chains.h"

#include <string.h>

#define JUMPS_MAX 32 /* nftables allows 16, iptables as many as it has chains */

typedef struct {
    GHashTable     *chains;
    const GreChain *chain; /* where it was dropped */
    const GreRule  *rule;  /* NULL: by the policy */
    const char     *zone;  /* the last of firewalld's zones on the path */
    guint           depth;
} Walk;

GreMatch
gre_firewall_match_of(gboolean value)
{
    return value ? GRE_MATCH_YES : GRE_MATCH_NO;
}

GreMatch
gre_firewall_match_not(GreMatch match)
{
    return match == GRE_MATCH_MAYBE ? match : gre_firewall_match_of(match == GRE_MATCH_NO);
}

GreMatch
gre_firewall_match_and(GreMatch a, GreMatch b)
{
    if (a == GRE_MATCH_NO || b == GRE_MATCH_NO)
        return GRE_MATCH_NO;
    return a == GRE_MATCH_YES ? b : a;
}

/* ---- building ---- */

static void
rule_free(gpointer data)
{
    GreRule *rule = data;

    g_free(rule->target);
    g_free(rule->text);
    g_free(rule);
}

static void
chain_free(gpointer data)
{
    GreChain *chain = data;

    g_free(chain->name);
    g_ptr_array_unref(chain->rules);
    g_free(chain);
}

GHashTable *
gre_firewall_chains_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, chain_free);
}

GreChain *
gre_firewall_chains_get(GHashTable *chains, const char *name)
{
    GreChain *chain = g_hash_table_lookup(chains, name);

    if (!chain) {
        chain = g_new0(GreChain, 1);
        chain->name = g_strdup(name);
        chain->rules = g_ptr_array_new_with_free_func(rule_free);
        g_hash_table_insert(chains, chain->name, chain);
    }
    return chain;
}

void
gre_firewall_chains_add(GreChain *chain, const GreRule *rule)
{
    GreRule *copy = g_new(GreRule, 1);

    *copy = *rule;
    g_ptr_array_add(chain->rules, copy);
}

/* ---- the packet's path ---- */

static GreVerdict walk_chain(Walk *walk, const GreChain *chain);

static GreVerdict
walk_to(Walk *walk, const char *name)
{
    const GreChain *chain = name ? g_hash_table_lookup(walk->chains, name) : NULL;
    GreVerdict      verdict;

    if (!chain || walk->depth == JUMPS_MAX)
        return GRE_VERDICT_UNKNOWN;
    walk->depth++;
    verdict = walk_chain(walk, chain);
    walk->depth--;
    return verdict;
}

/* The effect of a rule that matches, or may match; _NONE: continue with the next. */
static GreVerdict
follow(Walk *walk, const GreChain *chain, const GreRule *rule)
{
    GreVerdict verdict = rule->verdict;

    if (verdict == GRE_VERDICT_JUMP || verdict == GRE_VERDICT_GOTO) {
        verdict = walk_to(walk, rule->target);
        if (verdict == GRE_VERDICT_NONE && rule->verdict == GRE_VERDICT_GOTO)
            verdict = GRE_VERDICT_RETURN;
    } else if (verdict == GRE_VERDICT_DROP && rule->match == GRE_MATCH_YES) {
        walk->chain = chain;
        walk->rule = rule;
    }
    if (rule->match == GRE_MATCH_YES || verdict == GRE_VERDICT_NONE)
        return verdict;
    /* The rule may not match: then a drop isn't certain, and any other verdict makes what follows
     * uncertain too. */
    return verdict == GRE_VERDICT_DROP ? GRE_VERDICT_NONE : GRE_VERDICT_UNKNOWN;
}

/* _NONE: the packet reached the end. */
static GreVerdict
walk_chain(Walk *walk, const GreChain *chain)
{
    static const char zone_chain[] = "filter_IN_";

    if (g_str_has_prefix(chain->name, zone_chain) && !strstr(chain->name, "policy_") &&
        !(walk->zone && g_str_has_prefix(chain->name + strlen(zone_chain), walk->zone)))
        walk->zone = chain->name + strlen(zone_chain);
    for (guint i = 0; i < chain->rules->len; i++) {
        const GreRule *rule = chain->rules->pdata[i];
        GreVerdict     verdict =
            rule->match == GRE_MATCH_NO ? GRE_VERDICT_NONE : follow(walk, chain, rule);

        if (verdict == GRE_VERDICT_RETURN)
            return GRE_VERDICT_NONE;
        if (verdict != GRE_VERDICT_NONE)
            return verdict;
    }
    return GRE_VERDICT_NONE;
}

static void
fill_drop(const Walk *walk, const char *table, GreDrop *drop)
{
    const char *text = walk->rule ? walk->rule->text : "policy drop";

    *drop = (GreDrop){ .table = g_strdup(table),
                       .chain = g_strdup(walk->chain->name),
                       .rule = g_strdup(text ? text : "drop"),
                       .zone = g_strdup(walk->zone) };
}

gboolean
gre_firewall_chains_drop(GHashTable *chains, const char *table, GreDrop *drop)
{
    GHashTableIter iter;
    gpointer       value;

    g_hash_table_iter_init(&iter, chains);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GreChain *chain = value;
        Walk            walk = { .chains = chains };
        GreVerdict      verdict = chain->hooked ? walk_chain(&walk, chain) : GRE_VERDICT_ACCEPT;

        if (verdict == GRE_VERDICT_NONE && chain->drops) {
            verdict = GRE_VERDICT_DROP;
            walk.chain = chain;
            walk.rule = NULL;
        }
        if (verdict == GRE_VERDICT_DROP) {
            fill_drop(&walk, table, drop);
            return TRUE;
        }
    }
    return FALSE;
}

void
gre_firewall_drop_clear(GreDrop *drop)
{
    g_clear_pointer(&drop->table, g_free);
    g_clear_pointer(&drop->chain, g_free);
    g_clear_pointer(&drop->rule, g_free);
    g_clear_pointer(&drop->zone, g_free);
}
