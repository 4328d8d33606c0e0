/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses `nft -j list ruleset`: libnftables-json(5), as nft 1.0 prints it. */
#include "doctor/firewall-chains.h"

#include "client/json-read.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    JsonNode        *items; /* of the ruleset */
    const GrePacket *packet;
    const char      *family, *table; /* the one being read */
} Reader;

/* The packet's value for the field of a rule: a text, a number, an address, or unknown. */
typedef struct {
    enum {
        VALUE_UNKNOWN,
        VALUE_NEVER,
        VALUE_TEXT,
        VALUE_NUMBER,
        VALUE_PROTOCOL, /* nft prints its name, or the number where there is no /etc/protocols */
        VALUE_ADDRESS
    } kind;
    const char       *text;
    guint             number;
    const GreAddress *address;
} Value;

#define UNKNOWN_VALUE ((Value){ .kind = VALUE_UNKNOWN })
#define NEVER_VALUE   ((Value){ .kind = VALUE_NEVER })

static GreMatch match_value(const Reader *r, const Value *value, JsonNode *right);

static const char *
protocol_name(guint protocol)
{
    switch (protocol) {
    case IPPROTO_GRE:
        return "gre";
    case IPPROTO_ESP:
        return "esp";
    case IPPROTO_UDP:
        return "udp";
    default:
        return NULL;
    }
}

static Value
text_value(const char *text)
{
    return text ? (Value){ .kind = VALUE_TEXT, .text = text } : UNKNOWN_VALUE;
}

static Value
number_value(guint number)
{
    return (Value){ .kind = VALUE_NUMBER, .number = number };
}

static Value
protocol_value(guint protocol)
{
    return (Value){ .kind = VALUE_PROTOCOL, .text = protocol_name(protocol), .number = protocol };
}

static gboolean
is_name(JsonNode *node, const char *text)
{
    return g_strcmp0(gre_json_text(node), text) == 0;
}

/* ---- the left side: the field of the packet ---- */

static Value
meta_value(const Reader *r, const char *key)
{
    const GrePacket *p = r->packet;
    gboolean         six = p->destination.family == AF_INET6;
    const struct {
        const char *key;
        Value       value;
    } known[] = {
        { p->out ? "oifname" : "iifname", text_value(p->interface) },
        { p->out ? "oif" : "iif", text_value(p->interface) },
        { p->out ? "iifname" : "oifname", NEVER_VALUE },
        { p->out ? "iif" : "oif", NEVER_VALUE },
        { "l4proto", protocol_value(p->protocol) },
        { "nfproto", text_value(six ? "ipv6" : "ipv4") },
        { "protocol", text_value(six ? "ip6" : "ip") },
        { "secpath", number_value(p->ipsec) },
        { "ipsec", number_value(p->ipsec) },
    };

    for (gsize i = 0; key && i < G_N_ELEMENTS(known); i++)
        if (g_str_equal(known[i].key, key))
            return known[i].value;
    return UNKNOWN_VALUE;
}

static Value
ip_value(const Reader *r, const char *field, gboolean six)
{
    const GrePacket *p = r->packet;

    if (six != (p->destination.family == AF_INET6))
        return NEVER_VALUE;
    if (g_str_equal(field, "saddr"))
        return (Value){ .kind = VALUE_ADDRESS, .address = &p->source };
    if (g_str_equal(field, "daddr"))
        return (Value){ .kind = VALUE_ADDRESS, .address = &p->destination };
    if (g_str_equal(field, six ? "nexthdr" : "protocol"))
        return protocol_value(p->protocol);
    return UNKNOWN_VALUE;
}

static Value
payload_value(const Reader *r, JsonNode *payload)
{
    const char      *protocol = gre_json_text(gre_json_member(payload, "protocol"));
    const char      *field = gre_json_text(gre_json_member(payload, "field"));
    const char      *own = protocol_name(r->packet->protocol);
    const GrePacket *p = r->packet;

    if (!protocol || !field)
        return UNKNOWN_VALUE;
    if (g_str_equal(protocol, "ip") || g_str_equal(protocol, "ip6"))
        return ip_value(r, field, protocol[2] == '6');
    if (g_str_equal(protocol, "ether") || g_str_equal(protocol, "vlan"))
        return UNKNOWN_VALUE;
    if (p->protocol == IPPROTO_UDP &&
        (g_str_equal(protocol, "th") || g_strcmp0(protocol, own) == 0))
        return g_str_equal(field, "dport")   ? number_value(p->dport)
               : g_str_equal(field, "sport") ? number_value(p->sport)
                                             : UNKNOWN_VALUE;
    return g_strcmp0(protocol, own) == 0 ? UNKNOWN_VALUE : NEVER_VALUE;
}

static Value
left_value(const Reader *r, JsonNode *left)
{
    JsonNode *meta = gre_json_member(left, "meta"), *ct = gre_json_member(left, "ct");
    JsonNode *payload = gre_json_member(left, "payload");

    if (meta)
        return meta_value(r, gre_json_text(gre_json_member(meta, "key")));
    if (payload)
        return payload_value(r, payload);
    if (is_name(gre_json_member(ct, "key"), "state"))
        return text_value(r->packet->state);
    /* Only the bits that NAT sets can be known. */
    if (is_name(gre_json_member(ct, "key"), "status"))
        return text_value("none");
    return UNKNOWN_VALUE;
}

/* ---- the right side: the value to compare with ---- */

static GreMatch
match_address(const GreAddress *address, const char *text, double length)
{
    GrePrefix prefix = { 0 };

    if (!text || !gre_address_parse(text, &prefix.address))
        return GRE_MATCH_MAYBE;
    prefix.length =
        (guint8) (length >= 0 ? length : 8.0 * (double) gre_address_size(prefix.address.family));
    return gre_firewall_match_of(gre_address_prefix_contains(&prefix, address));
}

/* "eth*" is any interface that begins so. */
static gboolean
text_matches(const char *pattern, const char *text)
{
    gsize length = strlen(pattern);

    if (length > 0 && pattern[length - 1] == '*')
        return strncmp(pattern, text, length - 1) == 0;
    return strcmp(pattern, text) == 0;
}

static GreMatch
match_number(guint number, JsonNode *right)
{
    const char *text = gre_json_text(right);
    char       *end = NULL;
    guint64     found;

    if (!text)
        return gre_firewall_match_of(gre_json_number(right) == number);
    found = g_ascii_strtoull(text, &end, 0);
    return *text && !*end ? gre_firewall_match_of(found == number) : GRE_MATCH_MAYBE;
}

static GreMatch
match_plain(const Value *value, JsonNode *right)
{
    const char *text = gre_json_text(right);

    switch (value->kind) {
    case VALUE_ADDRESS:
        return match_address(value->address, text, -1);
    case VALUE_NUMBER:
        return match_number(value->number, right);
    case VALUE_PROTOCOL:
        return text && g_strcmp0(text, value->text) == 0 ? GRE_MATCH_YES
               : text && !g_ascii_isdigit(text[0])       ? GRE_MATCH_NO
                                                         : match_number(value->number, right);
    case VALUE_TEXT:
        return text ? gre_firewall_match_of(text_matches(text, value->text)) : GRE_MATCH_NO;
    default:
        return GRE_MATCH_MAYBE;
    }
}

static GreMatch
match_any(const Reader *r, const Value *value, JsonNode *list)
{
    GreMatch found = GRE_MATCH_NO;

    for (guint i = 0; i < gre_json_length(list) && found != GRE_MATCH_YES; i++) {
        GreMatch match = match_value(r, value, gre_json_item(list, i));

        if (match != GRE_MATCH_NO)
            found = match;
    }
    return found;
}

/* Kind ("set" or "map") by name in the table being read. */
static JsonNode *
find_named(const Reader *r, const char *kind, const char *name)
{
    for (guint i = 0; i < gre_json_length(r->items); i++) {
        JsonNode *node = gre_json_member(gre_json_item(r->items, i), kind);

        if (node && is_name(gre_json_member(node, "name"), name) &&
            is_name(gre_json_member(node, "table"), r->table) &&
            is_name(gre_json_member(node, "family"), r->family))
            return node;
    }
    return NULL;
}

static GreMatch
match_range(const Value *value, JsonNode *range)
{
    JsonNode   *low = gre_json_item(range, 0), *high = gre_json_item(range, 1);
    const char *low_text = gre_json_text(low), *high_text = gre_json_text(high);
    GreAddress  from, to;
    gsize       size;

    if (!low || !high)
        return GRE_MATCH_MAYBE;
    if (value->kind == VALUE_NUMBER && !low_text && !high_text)
        return gre_firewall_match_of(value->number >= gre_json_number(low) &&
                                     value->number <= gre_json_number(high));
    if (value->kind != VALUE_ADDRESS || !low_text || !high_text ||
        !gre_address_parse(low_text, &from) || !gre_address_parse(high_text, &to))
        return GRE_MATCH_MAYBE;
    size = gre_address_size(from.family);
    return gre_firewall_match_of(from.family == value->address->family &&
                                 to.family == from.family &&
                                 memcmp(value->address->bytes, from.bytes, size) >= 0 &&
                                 memcmp(value->address->bytes, to.bytes, size) <= 0);
}

static GreMatch
match_object(const Reader *r, const Value *value, JsonNode *right)
{
    JsonNode *set = gre_json_member(right, "set"), *elem = gre_json_member(right, "elem");
    JsonNode *prefix = gre_json_member(right, "prefix");
    JsonNode *length = gre_json_member(prefix, "len");

    if (set)
        return match_any(r, value, set);
    if (elem)
        return match_value(r, value, gre_json_member(elem, "val"));
    if (gre_json_member(right, "range"))
        return match_range(value, gre_json_member(right, "range"));
    if (prefix && length && value->kind == VALUE_ADDRESS)
        return match_address(value->address, gre_json_text(gre_json_member(prefix, "addr")),
                             gre_json_number(length));
    return GRE_MATCH_MAYBE;
}

static GreMatch
match_value(const Reader *r, const Value *value, JsonNode *right)
{
    const char *text = gre_json_text(right);

    if (value->kind == VALUE_NEVER)
        return GRE_MATCH_NO;
    if (!right || value->kind == VALUE_UNKNOWN)
        return GRE_MATCH_MAYBE;
    if (text && text[0] == '@') {
        JsonNode *set = find_named(r, "set", text + 1);

        return set ? match_any(r, value, gre_json_member(set, "elem")) : GRE_MATCH_MAYBE;
    }
    if (JSON_NODE_HOLDS_ARRAY(right))
        return match_any(r, value, right);
    return JSON_NODE_HOLDS_OBJECT(right) ? match_object(r, value, right)
                                         : match_plain(value, right);
}

static GreMatch
read_match(const Reader *r, JsonNode *match)
{
    const char *op = gre_json_text(gre_json_member(match, "op"));
    Value       value = left_value(r, gre_json_member(match, "left"));
    GreMatch    found = match_value(r, &value, gre_json_member(match, "right"));

    if (!op || g_str_equal(op, "==") || g_str_equal(op, "in"))
        return found;
    if (value.kind == VALUE_NEVER) /* the packet has no such field */
        return GRE_MATCH_NO;
    return g_str_equal(op, "!=") ? gre_firewall_match_not(found) : GRE_MATCH_MAYBE;
}

/* ---- rules ---- */

/* Statements without match or verdict. */
static gboolean
is_idle(const char *name)
{
    static const char *const idle[] = {
        "counter", "log", "mangle",  "notrack", "ct helper",  "ct count",       "set",
        "flow",    "dup", "comment", "last",    "ct timeout", "ct expectation", NULL
    };

    return g_strv_contains(idle, name);
}

static gboolean
read_verdict(GreRule *rule, const char *name, JsonNode *value)
{
    static const struct {
        const char *name;
        GreVerdict  verdict;
    } verdicts[] = {
        { "accept", GRE_VERDICT_ACCEPT },    { "drop", GRE_VERDICT_DROP },
        { "reject", GRE_VERDICT_DROP },      { "return", GRE_VERDICT_RETURN },
        { "continue", GRE_VERDICT_NONE },    { "jump", GRE_VERDICT_JUMP },
        { "goto", GRE_VERDICT_GOTO },        { "queue", GRE_VERDICT_UNKNOWN },
        { "tproxy", GRE_VERDICT_UNKNOWN },   { "fwd", GRE_VERDICT_UNKNOWN },
        { "synproxy", GRE_VERDICT_UNKNOWN },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (!g_str_equal(verdicts[i].name, name))
            continue;
        rule->verdict = verdicts[i].verdict;
        g_free(rule->target);
        rule->target = g_strdup(gre_json_text(gre_json_member(value, "target")));
        return TRUE;
    }
    return FALSE;
}

/* A verdict map: its elements are [value, {verdict}]. */
static void
read_vmap(const Reader *r, JsonNode *vmap, GreRule *rule)
{
    Value       value = left_value(r, gre_json_member(vmap, "key"));
    JsonNode   *data = gre_json_member(vmap, "data");
    const char *name = gre_json_text(data);
    JsonNode   *pairs = name && name[0] == '@'
                            ? gre_json_member(find_named(r, "map", name + 1), "elem")
                            : gre_json_member(data, "set");

    if (value.kind == VALUE_UNKNOWN || !pairs) {
        rule->verdict = GRE_VERDICT_UNKNOWN;
        return;
    }
    for (guint i = 0; i < gre_json_length(pairs); i++) {
        JsonNode   *pair = gre_json_item(pairs, i), *verdict;
        GreMatch    match = match_value(r, &value, gre_json_item(pair, 0));
        const char *word = gre_json_first(gre_json_item(pair, 1), &verdict);

        if (match == GRE_MATCH_NO || !word)
            continue;
        rule->match = gre_firewall_match_and(rule->match, match);
        read_verdict(rule, word, verdict);
        return;
    }
}

/* Matches that iptables-nft leaves to iptables' own modules. */
static void
read_xt(JsonNode *xt, GreRule *rule)
{
    JsonNode *name = gre_json_member(xt, "name");

    if (is_name(gre_json_member(xt, "type"), "target")) {
        if (is_name(name, "REJECT"))
            rule->verdict = GRE_VERDICT_DROP;
    } else if (!is_name(name, "comment"))
        rule->match = gre_firewall_match_and(rule->match, GRE_MATCH_MAYBE);
}

static void
read_statement(const Reader *r, const char *name, JsonNode *value, GreRule *rule)
{
    if (g_str_equal(name, "match"))
        rule->match = gre_firewall_match_and(rule->match, read_match(r, value));
    else if (g_str_equal(name, "vmap"))
        read_vmap(r, value, rule);
    else if (g_str_equal(name, "xt"))
        read_xt(value, rule);
    else if (!read_verdict(rule, name, value) && !is_idle(name))
        rule->match = gre_firewall_match_and(rule->match, GRE_MATCH_MAYBE);
}

/* @statement: the one that drops; the verdict of a map can only be "drop", the target of iptables
 * "REJECT". */
static char *
rule_text(JsonNode *node, const char *statement)
{
    JsonNode   *handle = gre_json_member(node, "handle");
    const char *verdict = g_str_equal(statement, "vmap") ? "drop"
                          : g_str_equal(statement, "xt") ? "reject"
                                                         : statement;

    return g_strdup_printf("%s (handle %.0f)", verdict, gre_json_number(handle));
}

static void
read_rule(const Reader *r, JsonNode *node, GreChain *chain)
{
    JsonNode *statements = gre_json_member(node, "expr");
    GreRule   rule = { .match = GRE_MATCH_YES };

    for (guint i = 0; i < gre_json_length(statements); i++) {
        JsonNode   *value;
        const char *name = gre_json_first(gre_json_item(statements, i), &value);

        if (!name)
            continue;
        read_statement(r, name, value, &rule);
        if (rule.verdict == GRE_VERDICT_DROP && !rule.text)
            rule.text = rule_text(node, name);
    }
    gre_firewall_chains_add(chain, &rule);
}

/* ---- tables ---- */

static void
read_chain(const Reader *r, JsonNode *node, GreChain *chain)
{
    const char *hook = gre_json_text(gre_json_member(node, "hook"));
    gboolean    nat = is_name(gre_json_member(node, "type"), "nat");
    gboolean    out = r->packet->out;

    if (!hook || nat)
        return;
    chain->hooked = g_str_equal(hook, out ? "output" : "input") ||
                    g_str_equal(hook, out ? "postrouting" : "prerouting");
    chain->drops = is_name(gre_json_member(node, "policy"), "drop");
}

static gboolean
is_in_table(const Reader *r, JsonNode *node)
{
    return is_name(gre_json_member(node, "table"), r->table) &&
           is_name(gre_json_member(node, "family"), r->family);
}

static gboolean
table_drops(const Reader *r, GreDrop *drop)
{
    g_autoptr(GHashTable) chains = gre_firewall_chains_new();
    g_autofree char *title = g_strdup_printf("%s %s", r->family, r->table);

    for (guint i = 0; i < gre_json_length(r->items); i++) {
        JsonNode   *item = gre_json_item(r->items, i);
        JsonNode   *chain = gre_json_member(item, "chain");
        JsonNode   *rule = gre_json_member(item, "rule");
        const char *name =
            gre_json_text(chain ? gre_json_member(chain, "name") : gre_json_member(rule, "chain"));

        if (!name || !is_in_table(r, chain ? chain : rule))
            continue;
        if (chain)
            read_chain(r, chain, gre_firewall_chains_get(chains, name));
        else
            read_rule(r, rule, gre_firewall_chains_get(chains, name));
    }
    return gre_firewall_chains_drop(chains, title, drop);
}

static gboolean
has_family(const char *family, const GrePacket *packet)
{
    const char *own = packet->destination.family == AF_INET6 ? "ip6" : "ip";

    return g_strcmp0(family, own) == 0 || g_strcmp0(family, "inet") == 0;
}

gboolean
gre_firewall_nft(const char *ruleset, const GrePacket *packet, GreDrop *drop)
{
    g_autoptr(JsonNode) root = gre_json_parse(ruleset);
    Reader reader = { .items = gre_json_member(root, "nftables"), .packet = packet };

    for (guint i = 0; i < gre_json_length(reader.items); i++) {
        JsonNode *table = gre_json_member(gre_json_item(reader.items, i), "table");

        reader.family = gre_json_text(gre_json_member(table, "family"));
        reader.table = gre_json_text(gre_json_member(table, "name"));
        if (!reader.table || !has_family(reader.family, packet) || !table_drops(&reader, drop))
            continue;
        if (!g_str_equal(reader.table, "firewalld"))
            g_clear_pointer(&drop->zone, g_free);
        return TRUE;
    }
    return FALSE;
}

gboolean
gre_firewall_nft_is_readable(const char *ruleset)
{
    g_autoptr(JsonNode) root = gre_json_parse(ruleset);

    return gre_json_member(root, "nftables") != NULL;
}
