/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The syntax of net-tools 2.10: ifconfig.c, route.c and inet_sr.c, iptunnel.c. */
#include "config.h"

#include "import/net-tools.h"
#include "gre-address.h"
#include "import/shell.h"

#include <string.h>

typedef struct {
    const GreCommand *command;
    guint             next; /* word */
    GPtrArray        *out;  /* of GreCommand */
} Reader;

static const char *
take(Reader *reader)
{
    return reader->next < reader->command->n ? reader->command->words[reader->next++] : NULL;
}

/* Adds an `ip` command of these words, up to NULL; empty ones are left out. */
static void G_GNUC_NULL_TERMINATED
add(Reader *reader, ...)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *word;
    va_list     args;

    g_ptr_array_add(words, (gpointer) "ip");
    va_start(args, reader);
    while ((word = va_arg(args, const char *)))
        if (word[0])
            g_ptr_array_add(words, (gpointer) word);
    va_end(args);
    g_ptr_array_add(
        reader->out,
        gre_shell_command_new(reader->command, (const char *const *) words->pdata, words->len));
}

/* "10.0.0.1" and "255.255.255.252" as "10.0.0.1/30"; what can't be one stays to be refused.
 * (transfer full) */
static char *
with_mask(const char *address, const char *mask)
{
    GreAddress parsed;
    guint8     length;

    if (!mask || strchr(address, '/'))
        return g_strdup(address);
    if (gre_address_parse(mask, &parsed) && gre_address_mask_length(&parsed, &length))
        return g_strdup_printf("%s/%u", address, length);
    return g_strdup_printf("%s/%s", address, mask);
}

static gboolean
is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

/* ---- ifconfig ---- */

typedef struct {
    const char *ifname, *address, *mask, *peer;
} Interface;

/* Options of the interface itself, which `ip link set` has, too. */
static gboolean
take_link_word(Reader *reader, const Interface *interface, const char *word)
{
    static const char *const flags[] = { "up",        "down",       "arp",     "-arp",
                                         "multicast", "-multicast", "promisc", "-promisc",
                                         "allmulti",  "-allmulti",  NULL };
    static const char *const with_value[] = { "mtu", "txqueuelen", "metric", NULL };
    const char              *value = "";

    if (is_one_of(word, with_value))
        value = take(reader);
    else if (!is_one_of(word, flags))
        return FALSE;
    if (value)
        add(reader, "link", "set", interface->ifname, word, value, NULL);
    return value != NULL;
}

static gboolean
take_interface_word(Reader *reader, Interface *interface, const char *word)
{
    static const char *const ignored[] = { "inet", "inet6", "-broadcast", NULL };
    static const char *const peers[] = { "pointopoint", "dstaddr", NULL };
    const char              *address = NULL;

    if (is_one_of(word, ignored))
        return TRUE;
    if (strcmp(word, "broadcast") == 0)
        return take(reader) != NULL;
    if (strcmp(word, "netmask") == 0)
        return (interface->mask = take(reader)) != NULL;
    if (is_one_of(word, peers))
        return (interface->peer = take(reader)) != NULL;
    if (strcmp(word, "add") == 0) {
        address = take(reader);
        if (address)
            add(reader, "address", "add", address, "dev", interface->ifname, NULL);
        return address != NULL;
    }
    if (take_link_word(reader, interface, word))
        return TRUE;
    if (interface->address || !(g_ascii_isxdigit(word[0]) || word[0] == ':' || word[0] == '$'))
        return FALSE;
    interface->address = word;
    return TRUE;
}

/* ifconfig IFNAME [ADDRESS] [netmask MASK] [pointopoint PEER] [mtu N] [up] …: FALSE if it does
 * something else. */
static gboolean
read_ifconfig(Reader *reader)
{
    Interface        interface = { .ifname = take(reader) };
    g_autofree char *address = NULL;
    const char      *word;

    if (!interface.ifname || interface.ifname[0] == '-')
        return FALSE;
    while ((word = take(reader)))
        if (!take_interface_word(reader, &interface, word))
            return FALSE;
    if (interface.address) {
        address = with_mask(interface.address, interface.mask);
        add(reader, "address", "add", address, interface.peer ? "peer" : "",
            interface.peer ? interface.peer : "", "dev", interface.ifname, NULL);
    }
    return interface.address || reader->out->len > 0;
}

/* ---- route ---- */

typedef struct {
    const char *family; /* "-4", "-6" */
    const char *target, *mask, *gateway, *metric, *ifname;
    gboolean    host;
} Route;

/* The prefix length of a network's class. */
static guint
class_length(const GreAddress *address)
{
    return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16 : 24;
}

/* Without a mask, an address with host bits is a host, another one a network of its class.
 * (transfer full) */
static char *
destination_of(const Route *route)
{
    GreAddress address;
    guint8     rest = 0;
    guint      length;

    if (route->mask || route->host || strchr(route->target, '/') ||
        !gre_address_parse(route->target, &address) || address.family != AF_INET)
        return with_mask(route->target, route->mask);
    if (gre_address_is_any(&address))
        return g_strdup("default");
    length = class_length(&address);
    for (guint i = length / 8; i < 4; i++)
        rest |= address.bytes[i];
    return rest ? g_strdup(route->target) : g_strdup_printf("%s/%u", route->target, length);
}

static gboolean
take_route_option(Reader *reader, Route *route, const char *word)
{
    static const char *const ignored[] = { "mod", "dyn", "reinstate", NULL };
    const struct {
        const char *word, **value;
    } options[] = { { "netmask", &route->mask },  { "genmask", &route->mask },
                    { "gw", &route->gateway },    { "gateway", &route->gateway },
                    { "metric", &route->metric }, { "dev", &route->ifname },
                    { "device", &route->ifname } };

    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        if (strcmp(word, options[i].word) == 0)
            return (*options[i].value = take(reader)) != NULL;
    if (is_one_of(word, ignored))
        return TRUE;
    if (reader->next < reader->command->n || route->ifname)
        return FALSE;
    route->ifname = word; /* the last word may be the device */
    return strcmp(word, "reject") != 0;
}

/* The words before the target: "-A inet6 add -net", in some order. */
static gboolean
take_target(Reader *reader, Route *route)
{
    gboolean    adds = FALSE;
    const char *word;

    while ((word = take(reader))) {
        if (strcmp(word, "-A") == 0)
            route->family = g_strcmp0(take(reader), "inet6") == 0 ? "-6" : "-4";
        else if (strcmp(word, "-6") == 0 || strcmp(word, "--inet6") == 0)
            route->family = "-6";
        else if (strcmp(word, "-host") == 0)
            route->host = TRUE;
        else if (strcmp(word, "add") == 0)
            adds = TRUE;
        else if (word[0] != '-')
            break;
    }
    route->target = word;
    return adds && word;
}

/* route add [-net|-host] TARGET [netmask MASK] [gw GATEWAY] [metric N] [[dev] IFNAME] */
static gboolean
read_route(Reader *reader)
{
    Route            route = { .family = "-4" };
    g_autofree char *to = NULL;
    const char      *word;

    if (!take_target(reader, &route))
        return FALSE;
    while ((word = take(reader)))
        if (!take_route_option(reader, &route, word))
            return FALSE;
    to = destination_of(&route);
    add(reader, route.family, "route", "add", to, route.gateway ? "via" : "",
        route.gateway ? route.gateway : "", route.metric ? "metric" : "",
        route.metric ? route.metric : "", route.ifname ? "dev" : "",
        route.ifname ? route.ifname : "", NULL);
    return TRUE;
}

/* ---- iptunnel ---- */

/* It takes the words of `ip tunnel`. */
static gboolean
read_iptunnel(Reader *reader)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *word;

    g_ptr_array_add(words, (gpointer) "ip");
    while ((word = take(reader)) && word[0] == '-')
        g_ptr_array_add(words, (gpointer) word);
    g_ptr_array_add(words, (gpointer) "tunnel");
    for (; word; word = take(reader))
        g_ptr_array_add(words, (gpointer) word);
    g_ptr_array_add(
        reader->out,
        gre_shell_command_new(reader->command, (const char *const *) words->pdata, words->len));
    return TRUE;
}

static gboolean
read_command(Reader *reader)
{
    static const struct {
        const char *program;
        gboolean (*read)(Reader *reader);
    } programs[] = {
        { "ifconfig", read_ifconfig },
        { "route", read_route },
        { "iptunnel", read_iptunnel },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++)
        if (gre_shell_command_is(reader->command, programs[i].program))
            return programs[i].read(reader);
    return FALSE;
}

void
gre_net_tools_translate(GPtrArray *commands)
{
    gsize             n = 0;
    g_autofree void **all = g_ptr_array_steal(commands, &n);

    for (gsize i = 0; i < n; i++) {
        Reader reader = { .command = all[i], .next = 1, .out = gre_shell_command_list() };

        if (read_command(&reader)) {
            g_ptr_array_extend_and_steal(commands, g_steal_pointer(&reader.out));
            gre_shell_command_free(all[i]);
        } else {
            g_ptr_array_add(commands, all[i]);
        }
        g_clear_pointer(&reader.out, g_ptr_array_unref);
    }
}
