/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads interfaces(5) in the dialects of ifupdown, ifupdown2 and ifupdown-ng, including tunnels
 * created by `pre-up ip tunnel add` lines.
 */
#include "config.h"

#include "import/read.h"
#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"
#include "import/choice.h"
#include "import/iproute.h"
#include "import/net-tools.h"

#include <string.h>

typedef struct {
    char *name, *value;
    guint line;
} Option;

typedef struct {
    guint      line;
    char      *ifname, *method;
    GPtrArray *options; /* of Option */
} Stanza;

typedef struct {
    GreIproute  iproute;
    const char *address, *netmask, *peer; /* of the stanza being read; borrowed */
    guint       address_line;
    gboolean    is_ng;       /* has options of ifupdown-ng's "gre" */
    char       *chosen;      /* the tunnel's name; NULL: the file has no GRE tunnel */
    guint       chosen_line; /* of the command that creates it; 0: a stanza defines it */
} Reader;

static gboolean
is_one(const GreFile *file)
{
    return gre_file_has_line(file, "iface ");
}

/* ---- reading ---- */

static void
free_option(gpointer data)
{
    Option *option = data;

    g_free(option->name);
    g_free(option->value);
    g_free(option);
}

static void
free_stanza(gpointer data)
{
    Stanza *stanza = data;

    g_free(stanza->ifname);
    g_free(stanza->method);
    g_ptr_array_unref(stanza->options);
    g_free(stanza);
}

/* The first word of @text, which advances past it and the blanks after it. (transfer full) */
static char *
take_word(const char **text)
{
    gsize len = strcspn(*text, " \t");
    char *word = g_strndup(*text, len);

    *text += len;
    *text += strspn(*text, " \t");
    return word;
}

/* "iface NAME inet METHOD"; ifupdown2 omits the last two. */
static Stanza *
new_stanza(const char *rest)
{
    Stanza *stanza = g_new0(Stanza, 1);

    stanza->ifname = take_word(&rest);
    g_free(take_word(&rest)); /* inet, inet6 */
    stanza->method = take_word(&rest);
    stanza->options = g_ptr_array_new_with_free_func(free_option);
    return stanza;
}

/* Words that begin a stanza other than an interface. */
static gboolean
ends_stanza(const char *word)
{
    static const char *const others[] = { "auto",         "mapping",    "source",
                                          "no-auto-down", "no-scripts", "source-directory",
                                          "template",     NULL };

    return g_strv_contains(others, word) || g_str_has_prefix(word, "allow-");
}

static void
take_line(GPtrArray *stanzas, Stanza **current, const char *line, guint number, GPtrArray *notes)
{
    g_autofree char *word = take_word(&line);
    Option          *option;

    if (strcmp(word, "iface") == 0) {
        *current = new_stanza(line);
        (*current)->line = number;
        g_ptr_array_add(stanzas, *current);
    } else if (ends_stanza(word)) {
        *current = NULL;
        if (g_str_has_prefix(word, "source"))
            g_ptr_array_add(notes, g_strdup_printf(_("line %u: %s %s: included files are not read"),
                                                   number, word, line));
        else if (strcmp(word, "mapping") == 0 || strcmp(word, "template") == 0)
            g_ptr_array_add(notes,
                            g_strdup_printf(_("line %u: %s has no counterpart"), number, word));
    } else if (*current) {
        option = g_new0(Option, 1);
        option->name = g_steal_pointer(&word);
        option->value = g_strdup(line);
        option->line = number;
        g_ptr_array_add((*current)->options, option);
    }
}

/* Joins lines that end in a backslash; lines that begin with "#" are comments. (transfer full) */
static char *
next_line(const char **text, guint *number)
{
    GString *line = g_string_new(NULL);

    while (**text) {
        gsize    len = strcspn(*text, "\n");
        gboolean more = len > 0 && (*text)[len - 1] == '\\';

        g_string_append_len(line, *text, (gssize) (more ? len - 1 : len));
        *text += len + ((*text)[len] == '\n');
        (*number)++;
        if (!more)
            break;
    }
    return g_strstrip(g_string_free(line, FALSE));
}

static GPtrArray *
parse(const char *text, GPtrArray *notes)
{
    GPtrArray *stanzas = g_ptr_array_new_with_free_func(free_stanza);
    Stanza    *current = NULL;
    guint      number = 0;

    while (*text) {
        guint            first = number + 1;
        g_autofree char *line = next_line(&text, &number);

        if (line[0] && line[0] != '#')
            take_line(stanzas, &current, line, first, notes);
    }
    return stanzas;
}

/* ---- commands in a stanza ---- */

static gboolean
is_up_command(const char *name)
{
    static const char *const names[] = { "pre-up", "up", "post-up", NULL };

    return g_strv_contains(names, name);
}

/* The effect of these `ip` commands ends with the tunnel. */
static gboolean
is_down_command(const char *name)
{
    static const char *const names[] = { "pre-down", "down", "post-down", NULL };

    return g_strv_contains(names, name);
}

/* The option's commands, with the interface's name for $IFACE. */
static GPtrArray *
commands_of(const Stanza *stanza, const Option *option)
{
    g_autofree char *text = g_strdup_printf("IFACE='%s'; %s", stanza->ifname, option->value);
    GPtrArray       *commands;

    commands = gre_shell_parse(text, option->line, FALSE);
    gre_net_tools_translate(commands);
    return commands;
}

static gboolean
makes_tunnel(const Stanza *stanza, const Option *option)
{
    g_autoptr(GPtrArray) commands = commands_of(stanza, option);

    for (guint i = 0; i < commands->len; i++)
        if (gre_iproute_makes_tunnel(commands->pdata[i]))
            return TRUE;
    return FALSE;
}

static gboolean
has_making_command(const Stanza *stanza)
{
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];

        if (is_up_command(option->name) && makes_tunnel(stanza, option))
            return TRUE;
    }
    return FALSE;
}

/* Whether the command creates another tunnel than the chosen one. */
static gboolean
makes_other(const Reader *reader, const GreCommand *command)
{
    g_auto(GreIprouteTunnel) tunnel = { 0 };

    if (!reader->chosen || !gre_iproute_makes_tunnel(command))
        return FALSE;
    return !gre_iproute_describe(command, &tunnel) || command->line != reader->chosen_line ||
           g_strcmp0(tunnel.name ? tunnel.name : "", reader->chosen) != 0;
}

static gboolean
run_command(Reader *reader, const GreCommand *command, GError **error)
{
    g_autofree char *shown = gre_value_quote(command->words[0]);

    if (makes_other(reader, command)) {
        gre_iproute_leave_out(&reader->iproute, command);
        return TRUE;
    }
    if (gre_iproute_is_ip(command))
        return gre_iproute_run(&reader->iproute, command, error);
    if (strcmp(command->words[0], "true") != 0)
        gre_profile_builder_note(reader->iproute.builder,
                                 _("line %u: %s is not part of the tunnel"), command->line, shown);
    return TRUE;
}

/* Notes what needs undoing besides the tunnel. */
static void
note_down_commands(Reader *reader, const Stanza *stanza, const Option *option)
{
    g_autoptr(GPtrArray) commands = commands_of(stanza, option);

    for (guint i = 0; i < commands->len; i++)
        if (!gre_iproute_is_ip(commands->pdata[i]))
            run_command(reader, commands->pdata[i], NULL);
}

/* Runs those that create the tunnel, or the others: addresses from the stanza's options come
 * between. */
static gboolean
run_commands(Reader *reader, const Stanza *stanza, gboolean making, GError **error)
{
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];
        g_autoptr(GPtrArray) commands = NULL;

        if (!is_up_command(option->name) || makes_tunnel(stanza, option) != making)
            continue;
        commands = commands_of(stanza, option);
        for (guint j = 0; j < commands->len; j++)
            if (!run_command(reader, commands->pdata[j], error))
                return FALSE;
    }
    return TRUE;
}

/* ---- options of a stanza ---- */

typedef struct Rule Rule;
struct Rule {
    const char *name;
    gboolean (*take)(Reader *reader, const Option *option, const Rule *rule, GError **error);
    const char *key;
};

static gboolean
take_same(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(option->line);

    return gre_profile_builder_set(reader->iproute.builder, where, rule->key, option->value, error);
}

static gboolean
take_endpoint(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(option->line);

    return gre_profile_builder_endpoint(reader->iproute.builder, where, rule->key, option->value,
                                        error);
}

static gboolean
take_mode(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(option->line);

    return gre_profile_builder_mode(reader->iproute.builder, where, option->value, error);
}

static gboolean
take_gre_key(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(option->line);

    return gre_profile_builder_take_key(reader->iproute.builder, where,
                                        strchr(rule->key, 'i') != NULL,
                                        strchr(rule->key, 'o') != NULL, option->value, error);
}

/* gre-flags nopmtudisc ignore-df: as after `ip tunnel`. */
static gboolean
take_flags(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autoptr(GPtrArray) commands = gre_shell_parse(option->value, option->line, FALSE);

    for (guint i = 0; i < commands->len; i++)
        if (!gre_iproute_options(&reader->iproute, commands->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* The netmask may have a line of its own, before or after the address. */
static gboolean
flush_address(Reader *reader, GError **error)
{
    g_autofree char *where = gre_file_where(reader->address_line);
    g_autofree char *text = NULL;
    GreAddress       mask;
    guint8           length;

    if (!reader->address)
        return TRUE;
    if (!reader->netmask || strchr(reader->address, '/'))
        text = g_strdup(reader->address);
    else if (gre_address_parse(reader->netmask, &mask) && gre_address_mask_length(&mask, &length))
        text = g_strdup_printf("%s/%u", reader->address, length);
    else
        text = g_strdup_printf("%s/%s", reader->address, reader->netmask);
    reader->address = NULL;
    if (!gre_profile_builder_address(reader->iproute.builder, where, text, error))
        return FALSE;
    return !reader->peer || gre_profile_builder_route(reader->iproute.builder, where, AF_UNSPEC,
                                                      reader->peer, NULL, -1, error);
}

static gboolean
take_address(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    if (!flush_address(reader, error))
        return FALSE;
    reader->address = option->value;
    reader->address_line = option->line;
    return TRUE;
}

static gboolean
take_netmask(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    reader->netmask = option->value;
    return TRUE;
}

static gboolean
take_peer(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    reader->peer = option->value;
    return TRUE;
}

static gboolean
take_gateway(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    g_autofree char *where = gre_file_where(option->line);

    return gre_profile_builder_route(reader->iproute.builder, where, AF_UNSPEC, "default",
                                     option->value, -1, error) != NULL;
}

static gboolean
take_names(Reader *reader, const Option *option, const Rule *rule, GError **error)
{
    gre_profile_builder_names(reader->iproute.builder, strcmp(rule->key, "dns") == 0,
                              option->value);
    return TRUE;
}

static const Rule rules[] = {
    { "mode", take_mode, NULL },
    { "tunnel-mode", take_mode, NULL },
    { "gre-mode", take_mode, NULL },
    { "gre-flags", take_flags, NULL },
    { "endpoint", take_endpoint, "remote" },
    { "tunnel-endpoint", take_endpoint, "remote" },
    { "tunnel-remote", take_endpoint, "remote" },
    { "gre-remote", take_endpoint, "remote" },
    { "local", take_endpoint, "local" },
    { "tunnel-local", take_endpoint, "local" },
    { "gre-local", take_endpoint, "local" },
    { "tunnel-physdev", take_same, "parent" },
    { "tunnel-dev", take_same, "parent" },
    { "gre-dev", take_same, "parent" },
    { "ttl", take_same, "ttl" },
    { "tunnel-ttl", take_same, "ttl" },
    { "gre-ttl", take_same, "ttl" },
    { "tunnel-tos", take_same, "tos" },
    { "gre-tos", take_same, "tos" },
    { "key", take_gre_key, "io" },
    { "tunnel-key", take_gre_key, "io" },
    { "gre-key", take_gre_key, "io" },
    { "tunnel-ikey", take_gre_key, "i" },
    { "tunnel-okey", take_gre_key, "o" },
    { "mtu", take_same, "mtu" },
    { "address", take_address, NULL },
    { "netmask", take_netmask, NULL },
    { "dstaddr", take_peer, NULL },
    { "pointopoint", take_peer, NULL },
    { "gateway", take_gateway, NULL },
    { "dns-nameservers", take_names, "dns" },
    { "dns-nameserver", take_names, "dns" },
    { "dns-search", take_names, "search" },
    { "broadcast", NULL, NULL },
    { "use", NULL, NULL },
};

/* Options that only a tunnel's stanza has. */
static gboolean
is_tunnel_option(const Option *option)
{
    return g_str_has_prefix(option->name, "tunnel-") || g_str_has_prefix(option->name, "gre-") ||
           strcmp(option->name, "endpoint") == 0;
}

static gboolean
take_option(Reader *reader, const Option *option, GError **error)
{
    g_autofree char *shown = gre_value_quote(option->value);

    reader->is_ng = reader->is_ng || g_str_has_prefix(option->name, "gre-");
    if (is_up_command(option->name) || is_down_command(option->name))
        return TRUE; /* by run_commands(), note_down_commands() */
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (strcmp(rules[i].name, option->name) != 0)
            continue;
        gre_profile_builder_took(reader->iproute.builder, option->line);
        return !rules[i].take || rules[i].take(reader, option, &rules[i], error);
    }
    gre_profile_builder_note(reader->iproute.builder, _("line %u: %s %s has no counterpart"),
                             option->line, option->name, shown);
    return TRUE;
}

static gboolean
take_options(Reader *reader, const Stanza *stanza, GError **error)
{
    reader->address = reader->netmask = reader->peer = NULL;
    for (guint i = 0; i < stanza->options->len; i++)
        if (!take_option(reader, stanza->options->pdata[i], error))
            return FALSE;
    return flush_address(reader, error);
}

/* ---- stanzas ---- */

static gboolean
has_tunnel_option(const Stanza *stanza)
{
    for (guint i = 0; i < stanza->options->len; i++)
        if (is_tunnel_option(stanza->options->pdata[i]))
            return TRUE;
    return FALSE;
}

/* "mode ipip", or a method that is for another kind of tunnel. */
static gboolean
is_other_tunnel(const Stanza *stanza)
{
    static const char *const modes[] = { "ipip", "sit",  "ip6ip6", "ipip6", "any",
                                         "vti",  "vti6", "isatap", NULL };

    if (strcmp(stanza->method, "v4tunnel") == 0 || strcmp(stanza->method, "6to4") == 0)
        return TRUE;
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];

        if (g_str_has_suffix(option->name, "mode") && g_strv_contains(modes, option->value))
            return TRUE;
    }
    return FALSE;
}

/* The stanza's option with that meaning, or NULL. */
static const char *
value_of(const Stanza *stanza, const char *key)
{
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];

        for (gsize j = 0; j < G_N_ELEMENTS(rules); j++)
            if (g_strcmp0(rules[j].key, key) == 0 && strcmp(rules[j].name, option->name) == 0)
                return option->value;
    }
    return NULL;
}

/* Where a tunnel is made: in a stanza, or by a command. */
typedef struct {
    char *name;
    guint line; /* 0: the stanza's options */
} Place;

static void
clear_place(gpointer data)
{
    g_free(((Place *) data)->name);
}

static void
list_commands(const Stanza *stanza, GreChoice *choice, GArray *places)
{
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];
        g_autoptr(GPtrArray) commands =
            is_up_command(option->name) ? commands_of(stanza, option) : NULL;

        for (guint j = 0; commands && j < commands->len; j++) {
            const GreCommand *command = commands->pdata[j];
            g_auto(GreIprouteTunnel) tunnel = { 0 };
            Place place;

            if (!gre_iproute_describe(command, &tunnel))
                continue;
            place = (Place){ g_strdup(tunnel.name ? tunnel.name : ""), command->line };
            g_array_append_val(places, place);
            gre_choice_add(choice, tunnel.name, tunnel.local, tunnel.remote);
        }
    }
}

/* Several stanzas of an interface are one tunnel. */
static void
list_tunnels(GPtrArray *stanzas, GreChoice *choice, GArray *places)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < stanzas->len; i++) {
        const Stanza *stanza = stanzas->pdata[i];
        Place         place;

        if (!has_tunnel_option(stanza)) {
            list_commands(stanza, choice, places);
        } else if (!is_other_tunnel(stanza) && g_hash_table_add(seen, stanza->ifname)) {
            place = (Place){ g_strdup(stanza->ifname), 0 };
            g_array_append_val(places, place);
            gre_choice_add(choice, stanza->ifname, value_of(stanza, "local"),
                           value_of(stanza, "remote"));
        }
    }
}

static gboolean
choose(Reader *reader, GPtrArray *stanzas, const GreFile *file, GError **error)
{
    g_autoptr(GreChoice) choice = gre_choice_new(gre_choice_has_from);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(Place));
    guint which;

    g_array_set_clear_func(places, clear_place);
    list_tunnels(stanzas, choice, places);
    if (places->len == 0)
        return TRUE;
    if (!gre_choice_pick(choice, file, reader->iproute.builder->notes, &which, error))
        return FALSE;
    reader->chosen = g_strdup(g_array_index(places, Place, which).name);
    reader->chosen_line = g_array_index(places, Place, which).line;
    return TRUE;
}

/* The stanza that defines and names the tunnel. */
static gboolean
take_tunnel(Reader *reader, const Stanza *stanza, GError **error)
{
    GreIproute *iproute = &reader->iproute;

    if (strcmp(stanza->method, "v4tunnel") == 0 || strcmp(stanza->method, "6to4") == 0)
        return gre_error_fail(error, _("iface %s: %s is not a GRE tunnel"), stanza->ifname,
                              stanza->method);
    g_free(iproute->ifname);
    iproute->ifname = g_strdup(stanza->ifname);
    gre_profile_builder_took(iproute->builder, stanza->line);
    return gre_profile_builder_set(iproute->builder, "iface", "ifname", stanza->ifname, error);
}

/* Whether the stanza is of another tunnel than the chosen one. */
static gboolean
is_other(const Reader *reader, const Stanza *stanza)
{
    return is_other_tunnel(stanza) ||
           (has_tunnel_option(stanza) &&
            (reader->chosen_line > 0 || strcmp(stanza->ifname, reader->chosen) != 0));
}

/* The tunnel's creation comes before its contents. */
static gboolean
find_tunnel(Reader *reader, GPtrArray *stanzas, GError **error)
{
    for (guint i = 0; i < stanzas->len; i++) {
        const Stanza *stanza = stanzas->pdata[i];

        if (reader->chosen && is_other(reader, stanza))
            continue; /* noted by take_stanza() */
        if (has_tunnel_option(stanza) && !take_tunnel(reader, stanza, error))
            return FALSE;
        if (!has_tunnel_option(stanza) && !run_commands(reader, stanza, TRUE, error))
            return FALSE;
    }
    if (reader->iproute.ifname)
        return TRUE;
    if (reader->iproute.other) {
        g_propagate_error(error, g_steal_pointer(&reader->iproute.other));
        return FALSE;
    }
    gre_error_fail(error, _("no iface is a GRE tunnel: expected tunnel options (mode gre, "
                            "endpoint ...) or a pre-up line with \"ip tunnel add\""));
    return FALSE;
}

/* Another interface's options are its own; its commands may concern the tunnel. */
static gboolean
take_stanza(Reader *reader, const Stanza *stanza, GError **error)
{
    gboolean is_tunnel = strcmp(stanza->ifname, reader->iproute.ifname) == 0;

    if (is_tunnel && (strcmp(stanza->method, "dhcp") == 0 || strcmp(stanza->method, "auto") == 0))
        gre_profile_builder_note(reader->iproute.builder,
                                 _("iface %s: %s: a GRE tunnel assigns no addresses: add them"),
                                 stanza->ifname, stanza->method);
    if (is_tunnel && !take_options(reader, stanza, error))
        return FALSE;
    if (!is_tunnel && !has_making_command(stanza)) {
        gre_profile_builder_note(reader->iproute.builder, _("iface %s is not part of the tunnel"),
                                 stanza->ifname);
        return TRUE;
    }
    for (guint i = 0; i < stanza->options->len; i++) {
        const Option *option = stanza->options->pdata[i];

        if (is_down_command(option->name))
            note_down_commands(reader, stanza, option);
    }
    return run_commands(reader, stanza, FALSE, error);
}

/* ifupdown itself has no default for it; the "gre" of ifupdown-ng, whose options begin so, has. */
static gboolean
check_mode(Reader *reader, GError **error)
{
    const char *remote = gre_profile_builder_get(reader->iproute.builder, "remote");

    if (reader->is_ng && !gre_profile_builder_get(reader->iproute.builder, "mode"))
        return gre_profile_builder_mode(reader->iproute.builder, "iface",
                                        remote && strchr(remote, ':') ? "ip6gre" : "gre", error);
    return gre_profile_builder_get(reader->iproute.builder, "mode") ||
           gre_error_fail(error, _("iface %s: mode is missing: expected \"gre\" or \"ip6gre\""),
                          reader->iproute.ifname);
}

static gboolean
take_stanzas(Reader *reader, GPtrArray *stanzas, GError **error)
{
    for (guint i = 0; i < stanzas->len; i++)
        if (!take_stanza(reader, stanzas->pdata[i], error))
            return FALSE;
    return check_mode(reader, error);
}

/* "auto eth0 gre1", and the equivalent words. */
static gboolean
comes_up_at_boot(const char *text, const char *ifname)
{
    static const char *const words[] = { "auto", "allow-auto", "allow-hotplug", NULL };
    guint                    number = 0;
    gboolean                 found = FALSE;

    while (*text && !found) {
        g_autofree char *line = next_line(&text, &number);
        g_auto(GStrv) names = g_strsplit_set(line, " \t", -1);

        found = g_strv_contains(words, names[0] ? names[0] : "") &&
                g_strv_contains((const char *const *) names + 1, ifname);
    }
    return found;
}

static NMConnection *
read_interfaces(const GreFile *file, GreLedger *ledger, GPtrArray *notes, GError **error)
{
    g_autoptr(GPtrArray) stanzas = parse(file->text, notes);
    g_autoptr(GreProfileBuilder) builder = gre_profile_builder_new();
    Reader        reader = { .iproute.builder = builder };
    NMConnection *connection = NULL;

    builder->ledger = ledger;
    if (choose(&reader, stanzas, file, error) && find_tunnel(&reader, stanzas, error) &&
        take_stanzas(&reader, stanzas, error)) {
        if (comes_up_at_boot(file->text, reader.iproute.ifname))
            gre_profile_builder_boot(builder);
        connection = gre_profile_builder_finish(builder, error);
    }
    g_free(reader.iproute.ifname);
    g_free(reader.chosen);
    g_clear_error(&reader.iproute.other);
    gre_profile_builder_give_notes(builder, notes);
    return connection;
}

const GreReader gre_read_interfaces = {
    .name = N_("an interfaces(5) file with a tunnel"),
    .is_one = is_one,
    .chooses = TRUE,
    .read = read_interfaces,
};
