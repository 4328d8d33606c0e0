/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads systemd.netdev(5) of a GRE tunnel and the accompanying systemd.network(5), which configures
 * what is inside.
 */
#include "config.h"

#include "import/read.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/profile-builder.h"
#include "import/unit-file.h"

#include <string.h>

typedef struct {
    GreProfileBuilder *builder;
    GPtrArray         *entries; /* of the file being read */
    const char        *file;    /* its name, unless it is the imported one, and ", "; else "" */
} Reader;

typedef struct Rule Rule;
struct Rule {
    const char *section, *key;
    gboolean (*take)(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error);
    const char *property;
};

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "[NetDev]");
}

static char *
where_of(const Reader *reader, const GreUnitEntry *entry)
{
    return g_strdup_printf(_("%sline %u, %s"), reader->file, entry->line, entry->key);
}

/* ---- values ---- */

static gboolean
take_same(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_set(reader->builder, where, rule->property, entry->value, error);
}

static gboolean
take_boolean(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);
    gboolean         yes;

    if (!gre_value_boolean(entry->value, &yes))
        return take_same(reader, entry, rule, error);
    return gre_profile_builder_set(reader->builder, where, rule->property, yes ? "yes" : "no",
                                   error);
}

static gboolean
take_endpoint(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    static const char *const automatic[] = { "dhcp4", "dhcp6",           "dhcp_pd",
                                             "slaac", "ipv4_link_local", NULL };
    g_autofree char         *where = where_of(reader, entry);

    if (g_strv_contains(automatic, entry->value) && strcmp(rule->property, "local") == 0) {
        gre_profile_builder_note(reader->builder, _("%s: using the address that leads to the peer"),
                                 where);
        return TRUE;
    }
    return gre_profile_builder_endpoint(reader->builder, where, rule->property, entry->value,
                                        error);
}

static gboolean
take_kind(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_mode(reader->builder, where, entry->value, error);
}

/* UDP around GRE, and a tunnel whose peers come with the routes. */
static gboolean
refuse_yes(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);
    gboolean         yes;

    return (gre_value_boolean(entry->value, &yes) && !yes) ||
           gre_error_fail(error, _("%s: a profile can't have this kind of tunnel"), where);
}

static gboolean
take_gre_key(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_take_key(reader->builder, where, strchr(rule->property, 'i') != NULL,
                                        strchr(rule->property, 'o') != NULL, entry->value, error);
}

/* Bytes, with K or M for 1024 and its square. */
static gboolean
take_mtu(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);
    gsize            digits = strspn(entry->value, "0123456789");
    g_autofree char *number = g_strndup(entry->value, digits);
    g_autofree char *bytes = NULL;
    guint32          n;

    if (strcmp(entry->value + digits, "K") != 0 || !gre_value_number(number, &n) || n > 64)
        return take_same(reader, entry, rule, error);
    bytes = g_strdup_printf("%u", n * 1024);
    return gre_profile_builder_set(reader->builder, where, rule->property, bytes, error);
}

static gboolean
take_address(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_address(reader->builder, where, entry->value, error);
}

/* [Address] Peer= is a host route. */
static gboolean
take_peer(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_route(reader->builder, where, AF_UNSPEC, entry->value, NULL, -1,
                                     error) != NULL;
}

static gboolean
take_gateway(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);

    return gre_profile_builder_route(reader->builder, where, AF_UNSPEC, "default", entry->value, -1,
                                     error) != NULL;
}

static gboolean
take_names(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    gre_profile_builder_names(reader->builder, strcmp(rule->property, "dns") == 0, entry->value);
    return TRUE;
}

/* ---- a [Route], which spans several lines ---- */

static const char *
value_in(const Reader *reader, guint number, const char *key)
{
    const char *value = NULL;

    for (guint i = 0; i < reader->entries->len; i++) {
        const GreUnitEntry *entry = reader->entries->pdata[i];

        if (entry->number == number && strcmp(entry->key, key) == 0)
            value = entry->value;
    }
    return value;
}

/* The section's metric, or -1; notes invalid numbers. */
static gint64
metric_in(Reader *reader, const GreUnitEntry *entry)
{
    const char      *metric = value_in(reader, entry->number, "Metric");
    g_autofree char *shown = gre_value_quote(metric ? metric : "");
    guint32          number;

    if (metric && gre_value_number(metric, &number))
        return number;
    if (metric && strcmp(entry->key, "Metric") == 0)
        gre_profile_builder_note(reader->builder, _("%sline %u: [%s] %s=%s has no counterpart"),
                                 reader->file, entry->line, entry->section, entry->key, shown);
    return -1;
}

/* Adds the route again with each line of the section; libnm keeps one of equal routes. */
static gboolean
take_route(Reader *reader, const GreUnitEntry *entry, const Rule *rule, GError **error)
{
    g_autofree char *where = where_of(reader, entry);
    const char      *to = value_in(reader, entry->number, "Destination");
    const char      *via = value_in(reader, entry->number, "Gateway");
    const char      *source = value_in(reader, entry->number, "PreferredSource");
    NMIPRoute       *route;

    route = gre_profile_builder_route(reader->builder, where, AF_INET, to ? to : "default", via,
                                      metric_in(reader, entry), error);
    if (route && source)
        gre_profile_builder_source(reader->builder, where, route, source);
    return route != NULL;
}

/* ---- the tables ---- */

static const Rule netdev_rules[] = {
    { "NetDev", "Name", take_same, "ifname" },
    { "NetDev", "Kind", take_kind, NULL },
    { "NetDev", "MTUBytes", take_mtu, "mtu" },
    { "NetDev", "Description", NULL, NULL },
    { "Tunnel", "Local", take_endpoint, "local" },
    { "Tunnel", "Remote", take_endpoint, "remote" },
    { "Tunnel", "TTL", take_same, "ttl" },
    { "Tunnel", "TOS", take_same, "tos" },
    { "Tunnel", "Key", take_gre_key, "io" },
    { "Tunnel", "InputKey", take_gre_key, "i" },
    { "Tunnel", "OutputKey", take_gre_key, "o" },
    { "Tunnel", "DiscoverPathMTU", take_boolean, "path-mtu-discovery" },
    { "Tunnel", "IgnoreDontFragment", take_boolean, "ignore-df" },
    { "Tunnel", "EncapsulationLimit", take_same, "encapsulation-limit" },
    { "Tunnel", "IPv6FlowLabel", take_same, "flow-label" },
    { "Tunnel", "SerializeTunneledPackets", take_boolean, "sequence" },
    { "Tunnel", "FooOverUDP", refuse_yes, NULL },
    { "Tunnel", "External", refuse_yes, NULL },
    { "Tunnel", "Independent", NULL, NULL },
    { NULL, NULL, NULL, NULL },
};

static const Rule network_rules[] = {
    { "Match", "Name", NULL, NULL },
    { "Link", "MTUBytes", take_mtu, "mtu" },
    { "Network", "Description", NULL, NULL },
    { "Network", "Address", take_address, NULL },
    { "Network", "Gateway", take_gateway, NULL },
    { "Network", "DNS", take_names, "dns" },
    { "Network", "Domains", take_names, "search" },
    { "Address", "Address", take_address, NULL },
    { "Address", "Peer", take_peer, NULL },
    { "Route", "Destination", take_route, NULL },
    { "Route", "Gateway", take_route, NULL },
    { "Route", "Metric", take_route, NULL },
    { "Route", "PreferredSource", take_route, NULL },
    { NULL, NULL, NULL, NULL },
};

static gboolean
take_entry(Reader *reader, const GreUnitEntry *entry, const Rule *rules, GError **error)
{
    g_autofree char *shown = gre_value_quote(entry->value);

    if (!entry->value[0])
        return TRUE;
    for (; rules->key; rules++) {
        if (strcmp(rules->section, entry->section) != 0 || strcmp(rules->key, entry->key) != 0)
            continue;
        gre_profile_builder_took(reader->builder, entry->line);
        return !rules->take || rules->take(reader, entry, rules, error);
    }
    gre_profile_builder_note(reader->builder, _("%sline %u: [%s] %s=%s has no counterpart"),
                             reader->file, entry->line, entry->section, entry->key, shown);
    return TRUE;
}

static gboolean
take_entries(Reader *reader, const Rule *rules, GError **error)
{
    for (guint i = 0; i < reader->entries->len; i++)
        if (!take_entry(reader, reader->entries->pdata[i], rules, error))
            return FALSE;
    return TRUE;
}

/* ---- the two files ---- */

/* A paste may have both files, and those of other devices: each begins with [NetDev] or [Match].
 * The entries of @all from @i on that are of one file; advances @i. (transfer container) */
static GPtrArray *
next_part(GPtrArray *all, guint *i)
{
    GPtrArray *part = g_ptr_array_new();

    for (; *i < all->len; (*i)++) {
        GreUnitEntry       *entry = all->pdata[*i];
        const GreUnitEntry *last = part->len > 0 ? part->pdata[part->len - 1] : entry;

        if (entry->number != last->number &&
            (strcmp(entry->section, "NetDev") == 0 || strcmp(entry->section, "Match") == 0))
            break;
        g_ptr_array_add(part, entry);
    }
    return part;
}

static gboolean
is_netdev(GPtrArray *part)
{
    return part->len > 0 && strcmp(((GreUnitEntry *) part->pdata[0])->section, "Match") != 0;
}

static gboolean
is_gre(GPtrArray *part)
{
    const char *kind = gre_unit_file_value(part, "NetDev", "Kind");

    return kind && (strcmp(kind, "gre") == 0 || strcmp(kind, "ip6gre") == 0);
}

static void
note_part(Reader *reader, GPtrArray *part)
{
    const GreUnitEntry *first = part->pdata[0];

    gre_profile_builder_note(reader->builder, _("%sline %u: [%s] is for another device"),
                             reader->file, first->line, first->section);
}

static void
note_other_netdevs(Reader *reader, GPtrArray *all, const GPtrArray *chosen)
{
    for (guint i = 0; i < all->len;) {
        g_autoptr(GPtrArray) part = next_part(all, &i);

        if (is_netdev(part) && part->pdata[0] != chosen->pdata[0])
            note_part(reader, part);
    }
}

/* The GRE device that is meant; with none, the first, which says why it isn't one. (transfer
 * container) */
static GPtrArray *
choose_netdev(Reader *reader, const GreFile *file, GPtrArray *all, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_from);
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func((GDestroyNotify) g_ptr_array_unref);
    g_autoptr(GPtrArray) first = NULL;
    guint which;

    for (guint i = 0; i < all->len;) {
        g_autoptr(GPtrArray) part = next_part(all, &i);

        if (is_netdev(part) && is_gre(part)) {
            gre_choice_add(choice, gre_unit_file_value(part, "NetDev", "Name"),
                           gre_unit_file_value(part, "Tunnel", "Local"),
                           gre_unit_file_value(part, "Tunnel", "Remote"));
            g_ptr_array_add(parts, g_steal_pointer(&part));
        } else if (is_netdev(part) && !first) {
            first = g_steal_pointer(&part);
        }
    }
    if (parts->len == 0) {
        if (!first)
            gre_error_fail(error, _("[NetDev] Kind is missing: \"gre\" or \"ip6gre\""));
        return g_steal_pointer(&first);
    }
    if (!gre_choice_pick(choice, file, reader->builder->notes, &which, error))
        return NULL;
    note_other_netdevs(reader, all, parts->pdata[which]);
    return g_ptr_array_ref(parts->pdata[which]);
}

static gboolean
take_netdev(Reader *reader, const GreFile *file, GPtrArray *all, GError **error)
{
    g_autoptr(GPtrArray) part = choose_netdev(reader, file, all, error);

    if (!part)
        return FALSE;
    if (!gre_unit_file_value(part, "NetDev", "Kind"))
        return gre_error_fail(error, _("[NetDev] Kind is missing: \"gre\" or \"ip6gre\""));
    reader->entries = part;
    return take_entries(reader, netdev_rules, error);
}

/* [Match] Name= has names with wildcards. */
static gboolean
matches(const Reader *reader, GPtrArray *part)
{
    const char *match = gre_unit_file_value(part, "Match", "Name");
    const char *ifname = gre_profile_builder_get(reader->builder, "ifname");
    g_auto(GStrv) names = g_strsplit_set(match ? match : "", " \t", -1);

    for (gsize i = 0; ifname && names[i]; i++)
        if (names[i][0] && g_pattern_match_simple(names[i], ifname))
            return TRUE;
    return FALSE;
}

/* The parts for our device; settings for another one are not for the tunnel. */
static gboolean
take_networks(Reader *reader, GPtrArray *all, gboolean *found, GError **error)
{
    for (guint i = 0; i < all->len;) {
        g_autoptr(GPtrArray) part = next_part(all, &i);

        if (is_netdev(part))
            continue;
        if (!matches(reader, part)) {
            note_part(reader, part);
            continue;
        }
        *found = TRUE;
        reader->entries = part;
        if (!take_entries(reader, network_rules, error))
            return FALSE;
    }
    return TRUE;
}

/* @must: it has our file's name, so that it is read or refused. */
static gboolean
read_network(Reader *reader, const char *path, gboolean must, gboolean *found, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *prefix = g_strdup_printf("%s, ", name);
    g_autoptr(GreFile) file = gre_file_load(path, must ? error : NULL);
    g_autoptr(GPtrArray) entries =
        file ? gre_unit_file_parse(file->text, must ? error : NULL) : NULL;
    GreLedger *ledger = reader->builder->ledger;
    gboolean   done;

    if (file && !entries && must)
        g_prefix_error(error, "%s", prefix);
    if (!entries)
        return !must;
    if (!matches(reader, entries)) {
        if (must)
            gre_profile_builder_note(reader->builder, _("%s: for another device: not read"), name);
        return TRUE;
    }
    if (!must)
        gre_profile_builder_note(reader->builder, _("%s beside it is for this device: read"), name);
    reader->file = prefix;
    reader->builder->ledger = gre_ledger_add(ledger, name, file->text);
    done = take_networks(reader, entries, found, error);
    reader->builder->ledger = ledger;
    reader->file = "";
    return done;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

enum { FILES_MAX = 256 }; /* read to find the one for our device */

/* The first .network file in the directory that is for our device, as systemd chooses it. */
static gboolean
search_network(Reader *reader, const char *beside, gboolean *found, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(beside);
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (entries && names->len < FILES_MAX && (name = g_dir_read_name(entries)))
        if (g_str_has_suffix(name, ".network"))
            g_ptr_array_add(names, g_build_filename(dir, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; !*found && i < names->len; i++)
        if (!read_network(reader, names->pdata[i], FALSE, found, error))
            return FALSE;
    return TRUE;
}

/* In the imported file, or beside it under its name or another. */
static gboolean
find_network(Reader *reader, GPtrArray *all, const char *path, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    gboolean         found = FALSE;

    if (!take_networks(reader, all, &found, error))
        return FALSE;
    if (!found && g_file_test(path, G_FILE_TEST_EXISTS) &&
        !read_network(reader, path, TRUE, &found, error))
        return FALSE;
    if (!found && !search_network(reader, path, &found, error))
        return FALSE;
    if (!found && !g_file_test(path, G_FILE_TEST_EXISTS))
        gre_profile_builder_note(reader->builder,
                                 _("there is no %s beside it: add the addresses inside the tunnel"),
                                 name);
    return TRUE;
}

/* "25-tun.netdev.d/…", which systemd would also read. */
static void
note_drop_ins(GreProfileBuilder *builder, const char *path)
{
    g_autofree char *dir = g_strconcat(path, ".d", NULL);
    g_autofree char *name = g_path_get_basename(dir);

    if (g_file_test(dir, G_FILE_TEST_IS_DIR))
        gre_profile_builder_note(builder, _("%s beside it: drop-ins are not read"), name);
}

static NMConnection *
read_netdev(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GPtrArray) entries = gre_unit_file_parse(file->text, error);
    g_autofree char *network = gre_file_sibling(file, ".network");
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    Reader        reader = { .builder = builder, .file = "" };
    NMConnection *connection = NULL;

    builder->ledger = ledger;
    note_drop_ins(builder, file->path);
    note_drop_ins(builder, network);
    if (entries && take_netdev(&reader, file, entries, error) &&
        find_network(&reader, entries, network, error)) {
        gre_profile_builder_boot(builder);
        connection = gre_profile_builder_finish(builder, error);
    }
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_netdev = {
    .name = N_("a systemd .netdev of kind gre or ip6gre"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_netdev,
};
