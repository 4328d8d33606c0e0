/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options as iproute2 parses them (ip/iptunnel.c, ip/link_gre.c, ip/link_gre6.c): whole words after
 * `ip tunnel`, abbreviations after `ip link`.
 */
#include "config.h"

#include "import/iproute.h"
#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/file.h"

#include <string.h>

/* A command being read. */
typedef struct {
    GreIproute       *self;
    const GreCommand *command;
    guint             next;   /* word */
    gboolean          prefix; /* accepts abbreviations */
    int               family; /* -4, -6, or AF_UNSPEC */
    gboolean          noted;  /* it is not part of the tunnel */
    char             *where;
} Reader;

typedef struct Option Option;
struct Option {
    const char *name;
    gboolean (*take)(Reader *reader, const Option *option, GError **error);
    const char *key;   /* property name, or what take() needs */
    const char *value; /* for an option without an own value */
};

static const char *
peek(const Reader *reader)
{
    return reader->next < reader->command->n ? reader->command->words[reader->next] : NULL;
}

static const char *
take(Reader *reader)
{
    return reader->next < reader->command->n ? reader->command->words[reader->next++] : NULL;
}

/* The value after an option. */
static const char *
take_value(Reader *reader, const char *name, GError **error)
{
    const char *value = take(reader);

    if (!value)
        gre_error_fail(error, _("%s: %s has no value"), reader->where, name);
    return value;
}

/* ---- options of a tunnel ---- */

static gboolean
take_key_value(Reader *reader, const Option *option, GError **error)
{
    const char *value = take_value(reader, option->name, error);

    return value &&
           gre_profile_builder_set(reader->self->builder, reader->where, option->key, value, error);
}

static gboolean
take_endpoint(Reader *reader, const Option *option, GError **error)
{
    const char *value = take_value(reader, option->name, error);

    return value && gre_profile_builder_endpoint(reader->self->builder, reader->where, option->key,
                                                 value, error);
}

static gboolean
take_flag(Reader *reader, const Option *option, GError **error)
{
    return gre_profile_builder_set(reader->self->builder, reader->where, option->key, option->value,
                                   error);
}

/* key, ikey, okey: option->key tells which. */
static gboolean
take_gre_key(Reader *reader, const Option *option, GError **error)
{
    const char *value = take_value(reader, option->name, error);

    return value && gre_profile_builder_take_key(reader->self->builder, reader->where,
                                                 strchr(option->key, 'i') != NULL,
                                                 strchr(option->key, 'o') != NULL, value, error);
}

/* [i|o]csum and [i|o]seq: option->key is c or s, with i or o. */
static gboolean
take_one_way(Reader *reader, const Option *option, GError **error)
{
    gboolean *one_way = reader->self->builder->one_way;
    gboolean  sequence = option->key[0] == 's';

    if (strchr(option->key, 'i'))
        one_way[sequence ? GRE_ONE_WAY_SEQUENCE_IN : GRE_ONE_WAY_CHECKSUM_IN] = !option->value;
    if (strchr(option->key, 'o'))
        one_way[sequence ? GRE_ONE_WAY_SEQUENCE_OUT : GRE_ONE_WAY_CHECKSUM_OUT] = !option->value;
    return TRUE;
}

/* Hex without 0x is common here, and names from rt_dsfield, which differ between machines. */
static gboolean
take_tos(Reader *reader, const Option *option, GError **error)
{
    const char      *value = take_value(reader, option->name, error);
    g_autofree char *hex = NULL;

    if (!value)
        return FALSE;
    if (strcmp(value, "inherit") != 0 && !g_str_has_prefix(value, "0x")) {
        gboolean is_hex = strlen(value) <= 2 && value[strspn(value, "0123456789abcdefABCDEF")] == 0;

        if (!is_hex) {
            gre_profile_builder_note(reader->self->builder,
                                     _("%s: %s %s: expected \"inherit\" or a number"),
                                     reader->where, option->name, value);
            return TRUE;
        }
        hex = g_strdup_printf("0x%s", value);
        value = hex;
    }
    return gre_profile_builder_set(reader->self->builder, reader->where, "tos", value, error);
}

/* iproute2 reads it as hex, with or without a prefix. */
static gboolean
take_flow_label(Reader *reader, const Option *option, GError **error)
{
    const char      *value = take_value(reader, option->name, error);
    g_autofree char *hex = NULL;

    if (!value)
        return FALSE;
    if (strcmp(value, "inherit") != 0 && !g_str_has_prefix(value, "0x")) {
        hex = g_strdup_printf("0x%s", value);
        value = hex;
    }
    return gre_profile_builder_set(reader->self->builder, reader->where, "flow-label", value,
                                   error);
}

static gboolean
take_unknown_value(Reader *reader, const Option *option, GError **error)
{
    const char *value = take_value(reader, option->name, error);

    if (value)
        gre_profile_builder_note(reader->self->builder, _("%s: %s %s has no counterpart"),
                                 reader->where, option->name, value);
    return value != NULL;
}

static gboolean
take_unknown_flag(Reader *reader, const Option *option, GError **error)
{
    gre_profile_builder_note(reader->self->builder, _("%s: %s has no counterpart"), reader->where,
                             option->name);
    return TRUE;
}

/* encap fou|gue: UDP around GRE. */
static gboolean
refuse_encap(Reader *reader, const Option *option, GError **error)
{
    const char *value = take_value(reader, option->name, error);

    if (!value)
        return FALSE;
    return strcmp(value, "none") == 0 ||
           gre_error_fail(error, _("%s: %s %s: a profile can't have this kind of tunnel"),
                          reader->where, option->name, value);
}

/* A tunnel whose peers come with the routes. */
static gboolean
refuse_flag(Reader *reader, const Option *option, GError **error)
{
    return gre_error_fail(error, _("%s: %s: a profile can't have this kind of tunnel"),
                          reader->where, option->name);
}

/* In iproute2's own order, which resolves abbreviations. */
static const Option tunnel_options[] = {
    { "key", take_gre_key, "io", NULL },
    { "ikey", take_gre_key, "i", NULL },
    { "okey", take_gre_key, "o", NULL },
    { "seq", take_one_way, "sio", NULL },
    { "iseq", take_one_way, "si", NULL },
    { "oseq", take_one_way, "so", NULL },
    { "noseq", take_one_way, "sio", "no" },
    { "noiseq", take_one_way, "si", "no" },
    { "nooseq", take_one_way, "so", "no" },
    { "csum", take_one_way, "cio", NULL },
    { "icsum", take_one_way, "ci", NULL },
    { "ocsum", take_one_way, "co", NULL },
    { "nocsum", take_one_way, "cio", "no" },
    { "noicsum", take_one_way, "ci", "no" },
    { "noocsum", take_one_way, "co", "no" },
    { "nopmtudisc", take_flag, "path-mtu-discovery", "no" },
    { "pmtudisc", take_flag, "path-mtu-discovery", "yes" },
    { "remote", take_endpoint, "remote", NULL },
    { "local", take_endpoint, "local", NULL },
    { "dev", take_key_value, "parent", NULL },
    { "ttl", take_key_value, "ttl", NULL },
    { "hoplimit", take_key_value, "ttl", NULL },
    { "hlim", take_key_value, "ttl", NULL },
    { "tos", take_tos, NULL, NULL },
    { "tclass", take_tos, NULL, NULL },
    { "dsfield", take_tos, NULL, NULL },
    { "noencap", NULL, NULL, NULL },
    { "encap", refuse_encap, NULL, NULL },
    { "encap-sport", take_unknown_value, NULL, NULL },
    { "encap-dport", take_unknown_value, NULL, NULL },
    { "external", refuse_flag, NULL, NULL },
    { "ignore-df", take_flag, "ignore-df", "yes" },
    { "noignore-df", take_flag, "ignore-df", "no" },
    { "fwmark", take_key_value, "fwmark", NULL },
    { "flowlabel", take_flow_label, NULL, NULL },
    { "encaplimit", take_key_value, "encapsulation-limit", NULL },
    { "dscp", take_unknown_value, NULL, NULL },
    { "allow-localremote", take_unknown_flag, NULL, NULL },
};

static const Option *
find_option(const Option *options, gsize n, const char *word, gboolean prefix)
{
    for (gsize i = 0; i < n; i++)
        if (prefix && word[0] ? g_str_has_prefix(options[i].name, word)
                              : strcmp(options[i].name, word) == 0)
            return &options[i];
    return NULL;
}

static gboolean
take_tunnel_option(Reader *reader, const char *word, GError **error)
{
    const Option *option = find_option(tunnel_options, G_N_ELEMENTS(tunnel_options), word, FALSE);
    g_autofree char *shown = gre_value_quote(word);

    if (!option && reader->prefix)
        option = find_option(tunnel_options, G_N_ELEMENTS(tunnel_options), word, TRUE);
    if (option)
        return !option->take || option->take(reader, option, error);
    return gre_error_fail(error, _("%s: `ip` has no tunnel option %s"), reader->where, shown);
}

/* ---- other commands ---- */

static gboolean
note_words(Reader *reader, guint n)
{
    g_autofree char *text = gre_shell_command_text(reader->command, n);
    g_autofree char *shown = gre_value_quote(text);

    reader->noted = TRUE;
    gre_profile_builder_note_once(reader->self->builder, _("%s: %s is not part of the tunnel"),
                                  reader->where, shown);
    return TRUE;
}

/* `ip xfrm policy flush` and the like set up no IPsec. */
static gboolean
is_idle_xfrm(const char *object, const char *verb)
{
    static const char *const idle[] = { "flush", "delete", "deleteall", "list", "show",
                                        "get",   "count",  "monitor",   NULL };

    if (!gre_shell_command_begins(object, "xfrm"))
        return FALSE;
    for (gsize i = 0; idle[i]; i++)
        if (gre_shell_command_begins(verb, idle[i]))
            return TRUE;
    return FALSE;
}

static void
took(const Reader *reader)
{
    gre_ledger_take(reader->self->builder->ledger, reader->command->line, reader->command->last);
}

/* In full for objects without secrets; `ip xfrm` and `ip macsec` can have some. */
static gboolean
note_command(Reader *reader)
{
    static const char *const open[] = { "address", "link", "route", "rule", "tunnel", "neighbour" };
    guint                    shown_words = 3;

    if (reader->command->n > 3 &&
        is_idle_xfrm(reader->command->words[1], reader->command->words[3]))
        took(reader);

    for (gsize i = 0; reader->command->n > 1 && i < G_N_ELEMENTS(open); i++)
        if (g_str_has_prefix(open[i], reader->command->words[1]))
            shown_words = reader->command->n;
    return note_words(reader, shown_words);
}

/* ---- making the tunnel ---- */

static gboolean
set_ifname(Reader *reader, const char *name, GError **error)
{
    GreIproute *self = reader->self;

    if (!name)
        return gre_error_fail(error, _("%s: the tunnel has no name"), reader->where);
    if (self->ifname)
        return gre_error_fail(error,
                              _("%s: a second tunnel, %s, after %s in line %u: an import takes "
                                "one, remove the peer's or any other from the file"),
                              reader->where, name, self->ifname, self->line);
    self->ifname = g_strdup(name);
    self->line = reader->command->line;
    return gre_profile_builder_set(self->builder, reader->where, "ifname", name, error);
}

/* A tunnel of another kind is not part of ours; keeps why it is none itself. */
static gboolean
leave_out(Reader *reader, const char *mode)
{
    GreIproute *self = reader->self;
    g_autoptr(GreProfileBuilder) scratch = gre_profile_builder_new();

    if (gre_profile_builder_mode(scratch, reader->where, mode, self->other ? NULL : &self->other))
        return FALSE;
    note_command(reader);
    return TRUE;
}

/* The value after the first word that is @name, or NULL. */
static const char *
value_after(const Reader *reader, const char *name)
{
    for (guint i = reader->next; i + 1 < reader->command->n; i++)
        if (strcmp(reader->command->words[i], name) == 0)
            return reader->command->words[i + 1];
    return NULL;
}

/* ip tunnel add [name] NAME mode MODE …, in any order; the name can imply the mode. */
static gboolean
make_tunnel(Reader *reader, GError **error)
{
    const char *name = NULL, *mode = value_after(reader, "mode"), *word;

    if (mode && leave_out(reader, mode))
        return TRUE;
    mode = NULL;
    while ((word = take(reader))) {
        if (strcmp(word, "mode") == 0) {
            mode = take_value(reader, word, error);
            if (!mode)
                return FALSE;
        } else if (strcmp(word, "name") == 0) {
            name = take(reader);
        } else if (!name &&
                   !find_option(tunnel_options, G_N_ELEMENTS(tunnel_options), word, FALSE)) {
            name = word;
        } else if (!take_tunnel_option(reader, word, error)) {
            return FALSE;
        }
    }
    if (!mode) {
        mode = name && g_str_has_prefix(name, "gre") ? "gre" : "ipip";
        if (leave_out(reader, mode))
            return TRUE;
    }
    if (strcmp(mode, "gre") == 0 && reader->family == AF_INET6)
        mode = "ip6gre";
    return gre_profile_builder_mode(reader->self->builder, reader->where, mode, error) &&
           set_ifname(reader, name, error);
}

/* The words between the name and `type`. */
static gboolean
take_link_option(Reader *reader, const char *word, GError **error)
{
    static const char *const with_value[] = { "txqueuelen", "address", "index", "group",
                                              "multicast",  "arp",     "alias", NULL };

    if (strcmp(word, "mtu") == 0) {
        const char *value = take_value(reader, word, error);

        return value &&
               gre_profile_builder_set(reader->self->builder, reader->where, "mtu", value, error);
    }
    if (strcmp(word, "up") == 0)
        return TRUE;
    gre_profile_builder_note(reader->self->builder, _("%s: %s has no counterpart"), reader->where,
                             word);
    if (g_strv_contains(with_value, word))
        take(reader);
    return TRUE;
}

/* ip link add [dev|name] NAME [mtu N …] type gre … */
static gboolean
make_link(Reader *reader, GError **error)
{
    const char *name = NULL, *word = value_after(reader, "type");

    if (word && leave_out(reader, word))
        return TRUE;
    while ((word = take(reader)) && strcmp(word, "type") != 0) {
        if (strcmp(word, "name") == 0 || strcmp(word, "dev") == 0)
            name = take(reader);
        else if (!name)
            name = word;
        else if (!take_link_option(reader, word, error))
            return FALSE;
    }
    word = take_value(reader, "type", error);
    if (!word || !gre_profile_builder_mode(reader->self->builder, reader->where, word, error) ||
        !set_ifname(reader, name, error))
        return FALSE;
    reader->prefix = TRUE;
    while ((word = take(reader)))
        if (!take_tunnel_option(reader, word, error))
            return FALSE;
    return TRUE;
}

/* ---- what goes into the tunnel ---- */

/* Whether `dev NAME` of the command is the tunnel. */
static gboolean
is_for_tunnel(const Reader *reader)
{
    const GreCommand *command = reader->command;

    for (guint i = reader->next; i + 1 < command->n; i++)
        if (strcmp(command->words[i], "dev") == 0)
            return g_strcmp0(command->words[i + 1], reader->self->ifname) == 0;
    return FALSE;
}

/* "10.0.0.1 peer 10.0.0.2" is a host address and a host route. */
static gboolean
add_peer(Reader *reader, const char *peer, GError **error)
{
    return peer && gre_profile_builder_route(reader->self->builder, reader->where, AF_UNSPEC, peer,
                                             NULL, -1, error);
}

static gboolean
take_address(Reader *reader, GError **error)
{
    static const char *const with_value[] = { "scope",     "label",         "metric", "proto",
                                              "valid_lft", "preferred_lft", NULL };
    const char              *address = NULL, *word;

    while ((word = take(reader))) {
        if (strcmp(word, "dev") == 0 || strcmp(word, "brd") == 0 ||
            strcmp(word, "broadcast") == 0) {
            take(reader);
        } else if (strcmp(word, "peer") == 0 || strcmp(word, "remote") == 0) {
            if (!add_peer(reader, take_value(reader, word, error), error))
                return FALSE;
        } else if (strcmp(word, "local") == 0 && peek(reader)) {
            address = take(reader);
        } else if (g_strv_contains(with_value, word)) {
            gre_profile_builder_note(reader->self->builder, _("%s: %s has no counterpart"),
                                     reader->where, word);
            take(reader);
        } else if (!address) {
            address = word;
        } else {
            gre_profile_builder_note(reader->self->builder, _("%s: %s has no counterpart"),
                                     reader->where, word);
        }
    }
    if (!address)
        return gre_error_fail(error, _("%s: the address is missing"), reader->where);
    return gre_profile_builder_address(reader->self->builder, reader->where, address, error);
}

typedef struct {
    const char *destination, *via, *source;
    gint64      metric;
    guint       mtu, table;
    gboolean    on_link;
} Route;

static gboolean
take_number(Reader *reader, const char *name, guint *out, GError **error)
{
    const char *value = take_value(reader, name, error);

    if (!value)
        return FALSE;
    if (strcmp(name, "mtu") == 0 && strcmp(value, "lock") == 0)
        value = take(reader);
    if (value && gre_value_number(value, out))
        return TRUE;
    gre_profile_builder_note(reader->self->builder, _("%s: %s %s has no counterpart"),
                             reader->where, name, value ? value : "");
    return TRUE;
}

static gboolean
take_route_option(Reader *reader, const char *word, Route *route, GError **error)
{
    guint metric = G_MAXUINT;

    if (strcmp(word, "dev") == 0) {
        take(reader);
        return TRUE;
    }
    if (strcmp(word, "onlink") == 0) {
        route->on_link = TRUE;
        return TRUE;
    }
    if (strcmp(word, "via") == 0) {
        if (g_strcmp0(peek(reader), "inet") == 0 || g_strcmp0(peek(reader), "inet6") == 0)
            take(reader);
        return (route->via = take_value(reader, word, error)) != NULL;
    }
    if (strcmp(word, "src") == 0)
        return (route->source = take_value(reader, word, error)) != NULL;
    if (strcmp(word, "metric") == 0 || strcmp(word, "preference") == 0) {
        if (!take_number(reader, word, &metric, error))
            return FALSE;
        route->metric = metric == G_MAXUINT ? -1 : (gint64) metric;
        return TRUE;
    }
    if (strcmp(word, "mtu") == 0)
        return take_number(reader, word, &route->mtu, error);
    if (strcmp(word, "table") == 0)
        return take_number(reader, word, &route->table, error);
    if (!route->destination) {
        route->destination = word;
        return TRUE;
    }
    gre_profile_builder_note(reader->self->builder, _("%s: %s of the route has no counterpart"),
                             reader->where, word);
    return TRUE;
}

static void
set_attributes(NMIPRoute *made, const Route *route)
{
    if (route->mtu)
        nm_ip_route_set_attribute(made, NM_IP_ROUTE_ATTRIBUTE_MTU,
                                  g_variant_new_uint32(route->mtu));
    if (route->table)
        nm_ip_route_set_attribute(made, NM_IP_ROUTE_ATTRIBUTE_TABLE,
                                  g_variant_new_uint32(route->table));
    if (route->on_link)
        nm_ip_route_set_attribute(made, NM_IP_ROUTE_ATTRIBUTE_ONLINK, g_variant_new_boolean(TRUE));
}

static gboolean
take_route(Reader *reader, GError **error)
{
    Route       route = { .metric = -1 };
    int         family = reader->family == AF_UNSPEC ? AF_INET : reader->family;
    NMIPRoute  *made;
    const char *word;

    while ((word = take(reader)))
        if (!take_route_option(reader, word, &route, error))
            return FALSE;
    if (!route.destination)
        return gre_error_fail(error, _("%s: the route's destination is missing"), reader->where);
    made = gre_profile_builder_route(reader->self->builder, reader->where, family,
                                     route.destination, route.via, route.metric, error);
    if (!made)
        return FALSE;
    if (route.source)
        gre_profile_builder_source(reader->self->builder, reader->where, made, route.source);
    set_attributes(made, &route);
    return TRUE;
}

/* Whether the addresses and routes of the tunnel so far lead to @hop. */
static gboolean
is_inside(const GreProfileBuilder *builder, const GreAddress *hop)
{
    GrePrefix net;

    for (guint i = 0; i < builder->addresses->len; i++) {
        NMIPAddress *address = builder->addresses->pdata[i];

        net.length = (guint8) nm_ip_address_get_prefix(address);
        if (gre_address_parse(nm_ip_address_get_address(address), &net.address) &&
            gre_address_prefix_contains(&net, hop))
            return TRUE;
    }
    for (guint i = 0; i < builder->routes->len; i++) {
        NMIPRoute *route = builder->routes->pdata[i];

        net.length = (guint8) nm_ip_route_get_prefix(route);
        if (gre_address_parse(nm_ip_route_get_dest(route), &net.address) && net.length > 0 &&
            gre_address_prefix_contains(&net, hop))
            return TRUE;
    }
    return FALSE;
}

/* A route into the tunnel may name only its next hop. */
static gboolean
is_route_into_tunnel(const Reader *reader)
{
    const GreCommand *command = reader->command;
    GreAddress        hop;

    for (guint i = reader->next; i + 1 < command->n; i++)
        if (strcmp(command->words[i], "dev") == 0)
            return is_for_tunnel(reader);
    for (guint i = reader->next; i + 1 < command->n; i++)
        if (strcmp(command->words[i], "via") == 0)
            return gre_address_parse(command->words[i + 1], &hop) &&
                   is_inside(reader->self->builder, &hop);
    return FALSE;
}

/* ip link set [dev] NAME …; notes commands for other devices. */
static gboolean
set_link(Reader *reader, GError **error)
{
    const char *word = take(reader);

    if (g_strcmp0(word, "dev") == 0)
        word = take(reader);
    if (g_strcmp0(word, "up") == 0 && peek(reader)) /* ip link set up dev NAME */
        word = take(reader), word = g_strcmp0(word, "dev") == 0 ? take(reader) : word;
    if (!word || g_strcmp0(word, reader->self->ifname) != 0)
        return note_command(reader);
    while ((word = take(reader)))
        if (!take_link_option(reader, word, error))
            return FALSE;
    return TRUE;
}

/* ---- which command it is ---- */

gboolean
gre_iproute_is_ip(const GreCommand *command)
{
    return gre_shell_command_is(command, "ip");
}

static void
set_family(Reader *reader, const char *name)
{
    if (g_strcmp0(name, "inet6") == 0)
        reader->family = AF_INET6;
    else if (g_strcmp0(name, "inet") == 0)
        reader->family = AF_INET;
}

/* `ip` and its own options. */
static void
skip_options(Reader *reader)
{
    const char *word;

    reader->next = 1;
    while ((word = peek(reader)) && word[0] == '-') {
        take(reader);
        word += 1 + (word[1] == '-'); /* "--family" too */
        if (strcmp(word, "6") == 0 || strcmp(word, "4") == 0)
            reader->family = word[0] == '6' ? AF_INET6 : AF_INET;
        else if (gre_shell_command_begins(word, "family"))
            set_family(reader, take(reader));
        else if (gre_shell_command_begins(word, "netns"))
            take(reader);
    }
}

static gboolean
is_add(const char *verb)
{
    return gre_shell_command_begins(verb, "add") || gre_shell_command_begins(verb, "replace") ||
           gre_shell_command_begins(verb, "change") || gre_shell_command_begins(verb, "append");
}

static gboolean
has_word(const Reader *reader, const char *word)
{
    for (guint i = reader->next; i < reader->command->n; i++)
        if (strcmp(reader->command->words[i], word) == 0)
            return TRUE;
    return FALSE;
}

/* Whether `ip link add … type KIND` creates a tunnel of any kind. */
static gboolean
is_tunnel_link(const Reader *reader)
{
    static const char *const kinds[] = { "gre",  "ip6gre", "gretap", "ip6gretap",
                                         "ipip", "sit",    "ip6tnl", NULL };
    const GreCommand        *command = reader->command;

    for (guint i = reader->next; i + 1 < command->n; i++)
        if (strcmp(command->words[i], "type") == 0)
            return g_strv_contains(kinds, command->words[i + 1]);
    return FALSE;
}

/* Whether it is one of ip(8); @object, @verb: NULL if it has none. */
static gboolean
read_head(Reader *reader, const char **object, const char **verb)
{
    if (!gre_iproute_is_ip(reader->command))
        return FALSE;
    skip_options(reader);
    *object = take(reader);
    *verb = take(reader);
    return TRUE;
}

gboolean
gre_iproute_makes_tunnel(const GreCommand *command)
{
    Reader      reader = { .command = command };
    const char *object, *verb;

    if (!read_head(&reader, &object, &verb) || !object || !verb ||
        !gre_shell_command_begins(verb, "add"))
        return FALSE;
    if (gre_shell_command_begins(object, "link"))
        return is_tunnel_link(&reader);
    return (gre_shell_command_begins(object, "tunnel") ||
            gre_shell_command_begins(object, "tunl")) &&
           peek(&reader);
}

static gboolean
run(Reader *reader, GError **error)
{
    const char *object = take(reader), *verb = take(reader);

    if (gre_shell_command_begins(object, "address") && is_add(verb) && is_for_tunnel(reader))
        return take_address(reader, error);
    if (gre_shell_command_begins(object, "link") && gre_shell_command_begins(verb, "add") &&
        is_tunnel_link(reader))
        return make_link(reader, error);
    if (gre_shell_command_begins(object, "link") && gre_shell_command_begins(verb, "set"))
        return set_link(reader, error);
    if (gre_shell_command_begins(object, "route") && is_add(verb) && is_route_into_tunnel(reader))
        return take_route(reader, error);
    if ((gre_shell_command_begins(object, "tunnel") || gre_shell_command_begins(object, "tunl")) &&
        gre_shell_command_begins(verb, "add") &&
        (has_word(reader, "remote") || has_word(reader, "mode")))
        return make_tunnel(reader, error);
    return note_command(reader);
}

gboolean
gre_iproute_run(GreIproute *self, const GreCommand *command, GError **error)
{
    g_autofree char *where = gre_file_where(command->line);
    Reader           reader = { .self = self, .command = command, .where = where };

    skip_options(&reader);
    if (!run(&reader, error))
        return FALSE;
    if (!reader.noted)
        took(&reader);
    return TRUE;
}

gboolean
gre_iproute_options(GreIproute *self, const GreCommand *options, GError **error)
{
    g_autofree char *where = gre_file_where(options->line);
    Reader           reader = { .self = self, .command = options, .where = where };
    const char      *word;

    while ((word = take(&reader)))
        if (!take_tunnel_option(&reader, word, error))
            return FALSE;
    return TRUE;
}

gboolean
gre_iproute_has_contents(const GreCommand *command)
{
    Reader      reader = { .command = command };
    const char *object, *verb;

    if (!read_head(&reader, &object, &verb))
        return FALSE;
    return (gre_shell_command_begins(object, "address") ||
            gre_shell_command_begins(object, "route")) &&
           is_add(verb);
}

void
gre_iproute_leave_out(GreIproute *self, const GreCommand *command)
{
    g_autofree char *where = gre_file_where(command->line);
    Reader           reader = { .self = self, .command = command, .where = where };

    note_command(&reader);
}

/* By making it for nobody. */
gboolean
gre_iproute_describe(const GreCommand *command, GreIprouteTunnel *out)
{
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    g_autoptr(GError) other = NULL;
    GreIproute self = { .builder = builder };

    *out = (GreIprouteTunnel){ 0 };
    if (!gre_iproute_makes_tunnel(command))
        return FALSE;
    gre_iproute_run(&self, command, NULL);
    other = self.other;
    out->name = self.ifname;
    out->local = g_strdup(gre_profile_builder_get(builder, "local"));
    out->remote = g_strdup(gre_profile_builder_get(builder, "remote"));
    return !other;
}

void
gre_iproute_tunnel_clear(GreIprouteTunnel *tunnel)
{
    g_clear_pointer(&tunnel->name, g_free);
    g_clear_pointer(&tunnel->local, g_free);
    g_clear_pointer(&tunnel->remote, g_free);
}
