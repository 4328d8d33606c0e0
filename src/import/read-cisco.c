/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a Cisco IOS configuration with a GRE tunnel. Usually it is the peer's, and then the sides
 * are swapped; the machine's own addresses decide whose it is.
 */
#include "config.h"

#include "import/cisco-common.h"
#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/file.h"
#include "import/local-addresses.h"
#include "import/read.h"

#include <string.h>

typedef struct {
    GreCisco         cisco;
    const GreFile   *file;
    GreCiscoSection *tunnel;
    char            *name;   /* of the tunnel's interface: "Tunnel0" */
    char            *source; /* the router's end */
} Reader;

/* ---- which tunnel ---- */

/* "interface Tunnel0", "int tunnel 0" */
static gboolean
is_tunnel(const GreCiscoSection *section)
{
    g_autofree char *name = gre_cisco_config_rest(section->head, 1);

    return gre_cisco_config_begins(section->head, "interface") &&
           g_ascii_strncasecmp(name, "tu", 2) == 0 && name[strcspn(name, "0123456789")] != '\0';
}

/* The full name of an abbreviated interface; (transfer full). */
static char *
name_of(const GreCiscoSection *tunnel)
{
    g_autofree char *name = gre_cisco_config_rest(tunnel->head, 1);

    return g_strconcat("Tunnel", name + strcspn(name, "0123456789"), NULL);
}

/* A tunnel without "tunnel mode" is GRE. */
static gboolean
is_gre(const GreCiscoSection *tunnel)
{
    const GreCiscoLine *mode = gre_cisco_config_find_line(tunnel, "tunnel mode");

    return !mode || gre_cisco_config_begins(mode, "tunnel mode gre");
}

static gboolean
is_one(const GreFile *file)
{
    g_autoptr(GPtrArray) sections = NULL;

    if (gre_file_has_line(file, "tunnel-protocol") || gre_file_has_line(file, "sysname "))
        return FALSE; /* Huawei's words are similar */
    if (!gre_file_has_line(file, "int") && !strstr(file->text, "#int") &&
        !strstr(file->text, "# int") && !gre_file_has_line(file, "Int"))
        return FALSE;
    sections = gre_cisco_config_parse(file->text);
    for (guint i = 0; i < sections->len; i++)
        if (is_tunnel(sections->pdata[i]))
            return TRUE;
    return FALSE;
}

/* The router's end, as an address. (transfer full) */
static char *
source_of(const Reader *reader, const GreCiscoSection *tunnel, const char *destination)
{
    const GreCiscoLine *from = gre_cisco_config_find_line(tunnel, "tunnel source");
    g_autofree char    *source = from ? gre_cisco_config_rest(from, 2) : g_strdup("");
    GreAddress          address;

    if (gre_address_parse(source, &address))
        return g_steal_pointer(&source);
    return gre_cisco_config_address(reader->cisco.sections, source, destination);
}

enum { TUNNELS_MAX = 256 }; /* whose ends are looked for */

static void
add_tunnel(const Reader *reader, GreChoice *choice, const GreCiscoSection *tunnel)
{
    const GreCiscoLine *to = gre_cisco_config_find_line(tunnel, "tunnel destination");
    const char         *destination = to ? gre_cisco_config_word(to, 2) : NULL;
    gboolean            look = gre_choice_size(choice) <= TUNNELS_MAX;
    g_autofree char    *source =
        look ? source_of(reader, tunnel, destination ? destination : "") : NULL;
    g_autofree char *name = name_of(tunnel);

    gre_choice_add(choice, name, source, destination);
}

/* The file may have two routers, or parts of an interface that contradict each other: what belongs
 * to which of them can't be told. */
static gboolean
check_single(const Reader *reader, GPtrArray *tunnels, GError **error)
{
    for (guint i = 0; i < tunnels->len; i++) {
        const GreCiscoSection *other = tunnels->pdata[i];
        g_autofree char       *name = name_of(other);

        if (other != reader->tunnel && strcmp(name, reader->name) == 0)
            return gre_error_fail(
                error, _("line %u: %s again, with other settings: remove one of the two"),
                MAX(other->head->line, reader->tunnel->head->line), name);
    }
    return TRUE;
}

static gboolean
find_tunnel(Reader *reader, GError **error)
{
    GPtrArray *sections = reader->cisco.sections;
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_either);
    g_autoptr(GPtrArray) tunnels = g_ptr_array_new();
    guint which;

    for (guint i = 0; i < sections->len; i++) {
        if (!is_tunnel(sections->pdata[i]) || !is_gre(sections->pdata[i]))
            continue;
        add_tunnel(reader, choice, sections->pdata[i]);
        g_ptr_array_add(tunnels, sections->pdata[i]);
    }
    if (tunnels->len == 0)
        return gre_error_fail(error, _("no Tunnel interface is GRE: expected \"tunnel mode gre "
                                       "ip\" or \"tunnel mode gre ipv6\""));
    if (!gre_choice_pick(choice, reader->file, reader->cisco.router.builder->notes, &which, error))
        return FALSE;
    reader->tunnel = tunnels->pdata[which];
    reader->name = name_of(reader->tunnel);
    return check_single(reader, tunnels, error);
}

/* ---- the two ends ---- */

static gboolean
find_ends(Reader *reader, GError **error)
{
    GreCisco           *cisco = &reader->cisco;
    const GreCiscoLine *from = gre_cisco_config_find_line(reader->tunnel, "tunnel source");
    const GreCiscoLine *to = gre_cisco_config_find_line(reader->tunnel, "tunnel destination");
    const GreCiscoLine *mode = gre_cisco_config_find_line(reader->tunnel, "tunnel mode");
    g_autofree char    *source = from ? gre_cisco_config_rest(from, 2) : g_strdup("");
    g_autofree char    *shown = gre_value_quote(source);

    if (mode && gre_cisco_config_begins(mode, "tunnel mode gre multipoint"))
        return gre_error_fail(error,
                              _("line %u: this is mGRE: a tunnel to any or several peers is not "
                                "supported"),
                              mode->line);
    if (!from || !to)
        return gre_error_fail(error, _("line %u: tunnel source and tunnel destination are needed"),
                              reader->tunnel->head->line);
    cisco->router.destination = gre_cisco_config_word(to, 2);
    reader->source = source_of(reader, reader->tunnel, cisco->router.destination);
    cisco->router.source = reader->source;
    return cisco->router.source ||
           gre_error_fail(error,
                          _("line %u: the address of %s is not in the file: "
                            "replace the interface with its address"),
                          from->line, shown);
}

static gboolean
set_ends(Reader *reader, GError **error)
{
    const GreCiscoLine *from = gre_cisco_config_find_line(reader->tunnel, "tunnel source");
    const GreCiscoLine *to = gre_cisco_config_find_line(reader->tunnel, "tunnel destination");

    return gre_router_take_ends(&reader->cisco.router, from->line, to->line, error);
}

/* ---- addresses inside ---- */

/* ip address A MASK [secondary]; NX-OS: A/LENGTH */
static gboolean
take_address(Reader *reader, const GreCiscoLine *line, GError **error)
{
    g_autofree char *text = gre_cisco_config_shown(line);
    g_autofree char *shown = gre_value_quote(text);
    GrePrefix        prefix;
    GreAddress       mask;

    if (gre_cisco_config_begins(line, "ip address dhcp") ||
        gre_cisco_config_begins(line, "ip address nego")) {
        gre_cisco_common_note(&reader->cisco, line);
        return TRUE;
    }
    if (gre_address_prefix_parse(gre_cisco_config_word(line, 2), &prefix) &&
        prefix.address.family == AF_INET)
        return gre_router_take_address(&reader->cisco.router, line->line, &prefix, error);
    if (!gre_address_parse(gre_cisco_config_word(line, 2), &prefix.address) ||
        !gre_address_parse(gre_cisco_config_word(line, 3), &mask) ||
        !gre_address_mask_length(&mask, &prefix.length) || prefix.address.family != AF_INET)
        return gre_error_fail(error,
                              _("line %u: %s: expected an address and mask or prefix length"),
                              line->line, shown);
    return gre_router_take_address(&reader->cisco.router, line->line, &prefix, error);
}

/* ipv6 address P/LENGTH; this host generates link-local and eui-64 ones itself. */
static gboolean
take_address6(Reader *reader, const GreCiscoLine *line, GError **error)
{
    g_autofree char *shown = gre_value_quote(gre_cisco_config_word(line, 2));
    GrePrefix        prefix;

    if (line->n > 3) {
        gre_cisco_common_note(&reader->cisco, line);
        return TRUE;
    }
    if (!gre_address_prefix_parse(gre_cisco_config_word(line, 2), &prefix) ||
        prefix.address.family != AF_INET6)
        return gre_error_fail(error,
                              _("line %u: %s: expected an address and mask or prefix length"),
                              line->line, shown);
    return gre_router_take_address(&reader->cisco.router, line->line, &prefix, error);
}

static gboolean
take_addresses(Reader *reader, GError **error)
{
    for (guint i = 0; i < reader->tunnel->lines->len; i++) {
        const GreCiscoLine *line = reader->tunnel->lines->pdata[i];

        if (gre_cisco_config_begins(line, "ip address") && !take_address(reader, line, error))
            return FALSE;
        if (gre_cisco_config_begins(line, "ipv6 address") && !take_address6(reader, line, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the tunnel's other lines ---- */

static gboolean
take_yes(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(line->line);

    return gre_profile_builder_set(self->router.builder, where, rule->property, "yes", error);
}

/* tunnel path-mtu-discovery [age-timer …] */
static gboolean
take_discovery(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    if (line->n > 2)
        gre_cisco_common_note(self, line);
    return take_yes(self, line, rule, error);
}

/* A router's numbers are decimal, even with leading zeros. */
static gboolean
take_gre_key(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(line->line);
    const char      *key = gre_cisco_config_word(line, rule->n);

    while (key[0] == '0' && g_ascii_isdigit(key[1]))
        key++;
    return gre_profile_builder_take_key(self->router.builder, where, TRUE, TRUE, key, error);
}

/* tunnel mode gre [ip|ipv6] */
static gboolean
take_mode(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(line->line);
    const char      *over = gre_cisco_config_word(line, 3);

    return gre_profile_builder_mode(self->router.builder, where,
                                    strcmp(over, "ipv6") == 0 ? "ip6gre" : "gre", error);
}

/* The smaller one if both families have a value. */
static gboolean
take_mtu(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    const char *before = gre_profile_builder_get(self->router.builder, rule->property);
    guint32     old, new;

    if (before && gre_value_number(before, &old) &&
        gre_value_number(gre_cisco_config_word(line, rule->n), &new) && old <= new)
        return TRUE;
    return gre_cisco_common_take_word(self, line, rule, error);
}

static gboolean
take_keepalive(GreCisco *self, const GreCiscoLine *line, const GreCiscoRule *rule, GError **error)
{
    gre_profile_builder_note(self->router.builder,
                             _("line %u: keepalive: Linux doesn't answer GRE keepalives, so the "
                               "router would take the tunnel down: set \"no keepalive\" there"),
                             line->line);
    return TRUE;
}

static const GreCiscoRule tunnel_rules[] = {
    { "description", NULL, NULL, 0 },
    { "ip address", NULL, NULL, 0 }, /* by take_addresses() */
    { "ipv6 address", NULL, NULL, 0 },
    { "ipv6 enable", NULL, NULL, 0 },
    { "ip mtu", take_mtu, "mtu", 2 },
    { "ipv6 mtu", take_mtu, "mtu", 2 },
    { "mtu", take_mtu, "mtu", 1 },
    { "keepalive", take_keepalive, NULL, 0 },
    { "tunnel source", NULL, NULL, 0 }, /* by find_ends() */
    { "tunnel destination", NULL, NULL, 0 },
    { "tunnel mode", take_mode, NULL, 0 },
    { "tunnel key", take_gre_key, NULL, 2 },
    { "tunnel ttl", gre_cisco_common_take_word, "ttl", 2 },
    { "tunnel tos", gre_cisco_common_take_word, "tos", 2 },
    { "tunnel path-mtu-discovery", take_discovery, "path-mtu-discovery", 0 },
    { "tunnel checksum", take_yes, "checksum", 0 },
    { "tunnel sequence-datagrams", take_yes, "sequence", 0 },
    { "tunnel protection ipsec profile", NULL, NULL, 0 }, /* by gre_cisco_ipsec_take() */
    { "no", NULL, NULL, 0 },
    { NULL, NULL, NULL, 0 },
};

/* ---- routes ---- */

/* A route's destination: "NET MASK" or "NET/LENGTH"; advances *@i. */
static char *
take_destination(const GreCiscoLine *line, guint *i)
{
    const char *net = gre_cisco_config_word(line, (*i)++), *text;
    GreAddress  mask;
    guint8      length;

    if (strchr(net, '/'))
        return g_strdup(net);
    text = gre_cisco_config_word(line, (*i)++);
    if (!gre_address_parse(text, &mask) || !gre_address_mask_length(&mask, &length))
        return g_strconcat(net, " ", text, NULL);
    return g_strdup_printf("%s/%u", net, length);
}

/* ip route NET MASK [Tunnel0] [HOP] [distance …]; *@hop may be "". */
static gboolean
is_route_into_tunnel(const Reader *reader, const GreCiscoLine *line, guint *i, const char **hop)
{
    const char      *first = gre_cisco_config_word(line, *i);
    const char      *number = gre_cisco_config_word(line, *i + 1);
    g_autofree char *spaced = g_strconcat(first, number, NULL); /* "Tunnel 0" */
    gboolean         named = gre_cisco_config_same_interface(first, reader->name);
    GreAddress       address;

    *i += named;
    if (!named && g_ascii_isalpha(first[0]) && g_ascii_isdigit(number[0]) &&
        gre_cisco_config_same_interface(spaced, reader->name)) {
        named = TRUE;
        *i += 2;
    }
    *hop = gre_cisco_config_word(line, *i);
    if (!gre_address_parse(*hop, &address))
        *hop = "";
    *i += (*hop)[0] != '\0';
    return named || gre_router_is_inside(&reader->cisco.router, *hop);
}

static gboolean
take_route(Reader *reader, GreCiscoSection *section, GError **error)
{
    GreCisco        *cisco = &reader->cisco;
    guint            i = 2;
    g_autofree char *to = take_destination(section->head, &i);
    const char      *hop;

    if (!is_route_into_tunnel(reader, section->head, &i, &hop))
        return TRUE;
    section->used = TRUE;
    if (!cisco->router.of_peer && i < section->head->n &&
        !gre_cisco_config_begins(section->head, "ip route vrf"))
        gre_cisco_common_note(cisco, section->head);
    return gre_router_take_route(&cisco->router, section->head->line, to, hop, error);
}

static gboolean
take_routes(Reader *reader, GError **error)
{
    GPtrArray *sections = reader->cisco.sections;

    for (guint i = 0; i < sections->len; i++) {
        GreCiscoSection *section = sections->pdata[i];

        if ((gre_cisco_config_begins(section->head, "ip route") ||
             gre_cisco_config_begins(section->head, "ipv6 route")) &&
            !take_route(reader, section, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the rest ---- */

/* Notes lines that may concern the tunnel; other settings get one note for all. */
static gboolean
is_related(const GreCiscoSection *section)
{
    return is_tunnel(section) || gre_cisco_config_begins(section->head, "crypto");
}

static void
note_other(GreCisco *self, const GreCiscoLine *head)
{
    g_autofree char *text = gre_cisco_config_shown(head);
    g_autofree char *shown = gre_value_quote(text);

    gre_profile_builder_note(self->router.builder, _("line %u: %s is not part of the tunnel"),
                             head->line, shown);
}

static void
note_rest(Reader *reader)
{
    GPtrArray *sections = reader->cisco.sections;
    guint      first = 0;

    for (guint i = 0; i < sections->len; i++) {
        const GreCiscoSection *section = sections->pdata[i];

        if (section->used)
            continue;
        if (is_related(section))
            note_other(&reader->cisco, section->head);
        else if (first == 0)
            first = section->head->line;
    }
    if (first > 0)
        gre_profile_builder_note(
            reader->cisco.router.builder,
            _("from line %u on: other settings of the router are not part of the tunnel"), first);
}

/* The connection gets the peer's name if the file is the peer's. */
static void
set_id(Reader *reader)
{
    GreCiscoSection *host = gre_cisco_config_find(reader->cisco.sections, "hostname", NULL);
    const char      *name = host ? gre_cisco_config_word(host->head, 1) : "";

    if (host)
        host->used = TRUE;
    reader->cisco.router.builder->id =
        g_strdup(name[0] && reader->cisco.router.of_peer ? name : reader->name);
}

static gboolean
read_all(Reader *reader, GError **error)
{
    if (!find_tunnel(reader, error) || !find_ends(reader, error) || !set_ends(reader, error) ||
        !take_addresses(reader, error) ||
        !gre_cisco_common_take_section(&reader->cisco, reader->tunnel, tunnel_rules, error) ||
        !gre_cisco_ipsec_take(&reader->cisco, reader->tunnel, error) || !take_routes(reader, error))
        return FALSE;
    set_id(reader);
    note_rest(reader);
    return TRUE;
}

static NMConnection *
read_cisco(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    g_autoptr(GPtrArray) sections = gre_cisco_config_parse(file->text);
    Reader reader = { .cisco = { .sections = sections }, .file = file };

    NMConnection *connection = NULL;

    builder->ledger = ledger;
    gre_router_init(&reader.cisco.router, builder);
    if (read_all(&reader, error))
        connection = gre_profile_builder_finish(builder, error);
    gre_router_clear(&reader.cisco.router);
    g_free(reader.name);
    g_free(reader.source);
    g_clear_pointer(&reader.cisco.lists, g_hash_table_unref);
    g_clear_pointer(&reader.cisco.maps, g_hash_table_unref);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_cisco = {
    .name = N_("a Cisco IOS configuration with a Tunnel interface"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_cisco,
};
