/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converts nmcli's words to libnm's properties, for the few settings that such a profile has. */
#include "config.h"

#include "import/nmcli.h"
#include "gre-address.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-service-names.h"
#include "gre-value.h"
#include "import/file.h"
#include "import/ip-tunnel.h"
#include "import/profile-builder.h"

#include <string.h>

/* nmcli's short names after `add`. */
static const struct {
    const char *word, *property;
} aliases[] = {
    { "con-name", "connection.id" },
    { "ifname", "connection.interface-name" },
    { "autoconnect", "connection.autoconnect" },
    { "mode", "ip-tunnel.mode" },
    { "remote", "ip-tunnel.remote" },
    { "local", "ip-tunnel.local" },
    { "dev", "ip-tunnel.parent" },
    { "ip4", "ipv4.addresses" },
    { "ip6", "ipv6.addresses" },
    { "gw4", "ipv4.gateway" },
    { "gw6", "ipv6.gateway" },
};

typedef struct {
    GreNmcli   *self;
    const char *where;
} Context;

/* ---- lists ---- */

/* Items separated by commas, where "\," is a literal comma: (transfer full). Ignores surrounding
 * blanks. */
static char **
split_list(const char *text)
{
    GPtrArray *out = g_ptr_array_new();
    GString   *item = g_string_new(NULL);

    for (;; text++) {
        if (*text == '\\' && (text[1] == ',' || text[1] == '\\')) {
            g_string_append_c(item, *++text);
        } else if (*text != ',' && *text) {
            g_string_append_c(item, *text);
        } else {
            g_ptr_array_add(out, g_strstrip(g_string_free(item, FALSE)));
            if (!*text)
                break;
            item = g_string_new(NULL);
        }
    }
    g_ptr_array_add(out, NULL);
    return (char **) g_ptr_array_free(out, FALSE);
}

static gboolean
fail_value(const Context *context, const char *name, const char *value, GError **error)
{
    g_autofree char *shown = gre_value_quote(value);

    return gre_error_fail(error, _("%s: %s: %s is invalid"), context->where, name, shown);
}

static int
family_of(NMSetting *setting)
{
    return NM_IS_SETTING_IP6_CONFIG(setting) ? AF_INET6 : AF_INET;
}

static gboolean
add_address(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    GrePrefix    prefix = { 0 };
    char         shown[GRE_ADDRESS_STRLEN];
    NMIPAddress *address;

    if (!gre_address_prefix_parse(text, &prefix) && gre_address_parse(text, &prefix.address))
        prefix.length = (guint8) (8 * gre_address_size(prefix.address.family));
    if (prefix.address.family != family_of(setting))
        return fail_value(context, "addresses", text, error);
    gre_address_to_string(&prefix.address, shown);
    address = nm_ip_address_new(prefix.address.family, shown, prefix.length, error);
    if (!address)
        return FALSE;
    nm_setting_ip_config_add_address(NM_SETTING_IP_CONFIG(setting), address);
    nm_ip_address_unref(address);
    return TRUE;
}

/* "mtu=1300", as nmcli accepts it; notes invalid values. */
static void
add_attribute(const Context *context, NMIPRoute *route, const char *text)
{
    const NMVariantAttributeSpec *const *spec = nm_ip_route_get_variant_attribute_spec();
    g_autoptr(GHashTable) attributes =
        nm_utils_parse_variant_attributes(text, ' ', '=', FALSE, spec, NULL);
    GHashTableIter iter;
    gpointer       name, value;

    if (!attributes) {
        g_ptr_array_add(
            context->self->notes,
            g_strdup_printf(_("%s: %s of the route has no counterpart"), context->where, text));
        return;
    }
    g_hash_table_iter_init(&iter, attributes);
    while (g_hash_table_iter_next(&iter, &name, &value)) /* the table returns floating ones */
        nm_ip_route_set_attribute(route, name,
                                  g_variant_is_floating(value) ? g_variant_ref(value) : value);
}

static gboolean
is_attribute(const char *word)
{
    GreAddress address;
    guint32    number;

    return word[0] && !gre_address_parse(word, &address) && !gre_value_number(word, &number);
}

/* "192.168.20.0/24 [10.0.0.2] [metric] [attribute=value …]" */
static gboolean
add_route(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    g_autoptr(GreProfileBuilder) scratch = gre_profile_builder_new();
    const char *hop = NULL;
    guint32     metric = 0;
    gboolean    has_metric = FALSE;
    GreAddress  address;

    for (gsize i = 1; words[0] && words[i]; i++) {
        if (!words[i][0])
            continue;
        if (gre_address_parse(words[i], &address))
            hop = words[i];
        else
            has_metric = gre_value_number(words[i], &metric) || has_metric;
    }
    if (!words[0] ||
        !gre_profile_builder_route(scratch, context->where, family_of(setting), words[0], hop,
                                   has_metric ? (gint64) metric : -1, error))
        return words[0] ? FALSE : fail_value(context, "routes", text, error);
    if (nm_ip_route_get_family(scratch->routes->pdata[0]) != family_of(setting))
        return fail_value(context, "routes", text, error);
    for (gsize i = 1; words[i]; i++)
        if (is_attribute(words[i]))
            add_attribute(context, scratch->routes->pdata[0], words[i]);
    nm_setting_ip_config_add_route(NM_SETTING_IP_CONFIG(setting), scratch->routes->pdata[0]);
    return TRUE;
}

static gboolean
add_dns(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    GreAddress address;

    if (!gre_address_parse(text, &address) || address.family != family_of(setting))
        return fail_value(context, "dns", text, error);
    nm_setting_ip_config_add_dns(NM_SETTING_IP_CONFIG(setting), text);
    return TRUE;
}

static gboolean
add_search(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    nm_setting_ip_config_add_dns_search(NM_SETTING_IP_CONFIG(setting), text);
    return TRUE;
}

/* Never shows a value: it may be a secret. */
static gboolean
add_item(
    const Context *context, NMSetting *setting, const char *text, gboolean secret, GError **error)
{
    const char      *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize) (equals - text)) : NULL;

    if (!name || !name[0])
        return gre_error_fail(error, _("%s: vpn.%s: expected PROPERTY=VALUE"), context->where,
                              secret ? "secrets" : "data");
    g_strstrip(name);
    equals += 1 + strspn(equals + 1, " ");
    if (secret)
        nm_setting_vpn_add_secret(NM_SETTING_VPN(setting), name, equals);
    else
        nm_setting_vpn_add_data_item(NM_SETTING_VPN(setting), name, equals);
    return TRUE;
}

static gboolean
add_data(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    return add_item(context, setting, text, FALSE, error);
}

static gboolean
add_secret(const Context *context, NMSetting *setting, const char *text, GError **error)
{
    return add_item(context, setting, text, TRUE, error);
}

/* Properties that are lists, by the end of their name. */
static const struct {
    const char *property;
    gboolean (*add)(const Context *context, NMSetting *setting, const char *text, GError **error);
} lists[] = {
    { "addresses", add_address }, { "routes", add_route }, { "dns", add_dns },
    { "dns-search", add_search }, { "data", add_data },    { "secrets", add_secret },
};

static gboolean
set_list(
    const Context *context, NMSetting *setting, const char *name, const char *value, GError **error)
{
    g_auto(GStrv) items = split_list(value);

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(lists[i].property, name) != 0)
            continue;
        for (gsize j = 0; items[j]; j++)
            if (items[j][0] && !lists[i].add(context, setting, items[j], error))
                return FALSE;
        return TRUE;
    }
    return FALSE;
}

static gboolean
is_list(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(lists[i].property, name) == 0)
            return TRUE;
    return FALSE;
}

/* ---- single values ---- */

static gboolean
set_mode(const Context *context, NMSetting *setting, const char *value, GError **error)
{
    static const char *const names[] = {
        "unknown", "ipip",  "gre",    "sit",  "isatap", "vti",
        "ip6ip6",  "ipip6", "ip6gre", "vti6", "gretap", "ip6gretap"
    };
    guint32 number;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], value) == 0 || (gre_value_number(value, &number) && number == i)) {
            g_object_set(setting, "mode", i, NULL);
            return TRUE;
        }
    }
    return fail_value(context, "mode", value, error);
}

/* libnm would reject the whole profile without naming the cause. */
static gboolean
is_no_gateway(NMSetting *setting, const char *property, const char *value)
{
    GreAddress address;

    return strcmp(property, NM_SETTING_IP_CONFIG_GATEWAY) == 0 && value[0] &&
           (!gre_address_parse(value, &address) || address.family != family_of(setting));
}

/* By the property's type. */
static gboolean
set_single(
    const Context *context, NMSetting *setting, GParamSpec *spec, const char *value, GError **error)
{
    g_auto(GValue) number = G_VALUE_INIT;
    gboolean yes;
    guint32  n;

    if (is_no_gateway(setting, spec->name, value)) {
        return fail_value(context, spec->name, value, error);
    } else if (spec->value_type == G_TYPE_STRING) {
        g_object_set(setting, spec->name, value[0] ? value : NULL, NULL);
    } else if (spec->value_type == G_TYPE_BOOLEAN) {
        if (!gre_value_boolean(value, &yes))
            return fail_value(context, spec->name, value, error);
        g_object_set(setting, spec->name, yes, NULL);
    } else if (spec->value_type == G_TYPE_UINT || spec->value_type == G_TYPE_INT) {
        if (!gre_value_number(value, &n))
            return fail_value(context, spec->name, value, error);
        g_value_init(&number, spec->value_type);
        if (spec->value_type == G_TYPE_UINT)
            g_value_set_uint(&number, n);
        else
            g_value_set_int(&number, (int) MIN(n, G_MAXINT));
        if (g_param_value_validate(spec, &number))
            return fail_value(context, spec->name, value, error);
        g_object_set_property(G_OBJECT(setting), spec->name, &number);
    } else {
        g_ptr_array_add(context->self->notes, g_strdup_printf(_("%s: %s has no counterpart"),
                                                              context->where, spec->name));
    }
    return TRUE;
}

/* Like nmcli, accepts an unambiguous abbreviation of a property's name. */
static GParamSpec *
find_property(NMSetting *setting, const char *name)
{
    guint                   n, found = 0;
    GParamSpec             *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(setting), name);
    g_autofree GParamSpec **all = g_object_class_list_properties(G_OBJECT_GET_CLASS(setting), &n);

    for (guint i = 0; !spec && i < n; i++)
        found += g_str_has_prefix(all[i]->name, name);
    for (guint i = 0; !spec && found == 1 && i < n; i++)
        if (g_str_has_prefix(all[i]->name, name))
            spec = all[i];
    return spec;
}

static NMSetting *
find_setting(GreNmcli *self, const char *name)
{
    static const struct {
        const char *name, *other;
    } others[] = { { "con", "connection" }, { "ip4", "ipv4" }, { "ip6", "ipv6" } };

    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(name, others[i].name) == 0)
            name = others[i].other;
    return nm_connection_get_setting_by_name(self->connection, name);
}

/* An address makes the method manual, as in nmcli. */
static void
follow_address(NMSetting *setting, const char *name)
{
    NMSettingIPConfig *ip = NM_IS_SETTING_IP_CONFIG(setting) ? NM_SETTING_IP_CONFIG(setting) : NULL;

    if (ip && strcmp(name, "addresses") == 0 && nm_setting_ip_config_get_num_addresses(ip) > 0)
        g_object_set(ip, NM_SETTING_IP_CONFIG_METHOD, "manual", NULL);
}

static void
clear_list(NMSetting *setting, GParamSpec *spec)
{
    if (strcmp(spec->name, "data") != 0 && strcmp(spec->name, "secrets") != 0)
        g_object_set(setting, spec->name, NULL, NULL);
}

/* "ipv4.addresses"; a leading "+" adds to the list. */
static gboolean
set_property(const Context *context, const char *word, const char *value, GError **error)
{
    gboolean         more = word[0] == '+';
    const char      *dot = strchr(word, '.');
    g_autofree char *name = dot ? g_strndup(word + more, (gsize) (dot - word) - more) : NULL;
    NMSetting       *setting = name ? find_setting(context->self, name) : NULL;
    GParamSpec      *spec = setting ? find_property(setting, dot + 1) : NULL;

    if (!spec) {
        g_ptr_array_add(context->self->notes,
                        g_strdup_printf(_("%s: %s has no counterpart"), context->where, word));
        return TRUE;
    }
    if (strcmp(spec->name, "mode") == 0)
        return set_mode(context, setting, value, error);
    if (strcmp(spec->name, "secondaries") == 0) {
        nm_setting_connection_add_secondary(NM_SETTING_CONNECTION(setting), value);
        return TRUE;
    }
    if (strcmp(spec->name, "uuid") == 0 || strcmp(spec->name, "type") == 0)
        return TRUE;
    if (!is_list(spec->name))
        return set_single(context, setting, spec, value, error);
    if (!more)
        clear_list(setting, spec);
    if (!set_list(context, setting, spec->name, value, error))
        return FALSE;
    follow_address(setting, spec->name);
    return TRUE;
}

static const char *
property_of(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
        if (strcmp(aliases[i].word, word) == 0)
            return aliases[i].property;
    return word;
}

/* nmcli's words for "any" and "none" as interface. */
static gboolean
set_pair(const Context *context, const char *word, const char *value, GError **error)
{
    if (!g_utf8_validate(value, -1, NULL) || !gre_value_is_printable(word))
        return gre_error_fail(error, _("%s: not UTF-8"), context->where);
    if (strcmp(word, "type") == 0 || strcmp(word, "vpn-type") == 0 || strcmp(word, "save") == 0)
        return TRUE;
    if (strcmp(word, "ifname") == 0 && (strcmp(value, "*") == 0 || strcmp(value, "--") == 0))
        return TRUE;
    return set_property(context, property_of(word), value, error);
}

static void
took(const Context *context, const GreCommand *command)
{
    gre_ledger_take(context->self->ledger, command->line, command->last);
}

static gboolean
set_pairs(const Context *context, const GreCommand *command, guint i, GError **error)
{
    took(context, command);
    while (i < command->n) {
        if (strcmp(command->words[i], "--") == 0) {
            i++;
            continue;
        }
        if (i + 1 == command->n)
            return gre_error_fail(error, _("%s: %s has no value"), context->where,
                                  command->words[i]);
        if (!set_pair(context, command->words[i], command->words[i + 1], error))
            return FALSE;
        i += 2;
    }
    return TRUE;
}

/* ---- commands ---- */

gboolean
gre_nmcli_takes(const GreNmcli *self, const GreCommand *command)
{
    static const char *const editor[] = { "set", "save", "quit", NULL };

    return gre_shell_command_is(command, "nmcli") ||
           (self->editing && g_strv_contains(editor, command->words[0]));
}

/* The place of the verb in `nmcli [options] connection VERB`, or 0. */
static guint
find_verb(const GreCommand *command)
{
    guint i = 1;

    while (i < command->n && command->words[i][0] == '-')
        i++;
    return i + 1 < command->n && gre_shell_command_begins(command->words[i], "connection") ? i + 1
                                                                                           : 0;
}

static const char *
value_of(const GreCommand *command, const char *word)
{
    for (guint i = 0; i + 1 < command->n; i++)
        if (strcmp(command->words[i], word) == 0)
            return command->words[i + 1];
    return NULL;
}

static gboolean
is_ours(const GreCommand *command)
{
    const char *type = value_of(command, "vpn-type");

    return g_strcmp0(value_of(command, "type"), "vpn") == 0 &&
           (g_strcmp0(type, "gre") == 0 || g_strcmp0(type, GRE_SERVICE_NAME) == 0);
}

gboolean
gre_nmcli_adds_tunnel(const GreCommand *command)
{
    guint verb = gre_shell_command_is(command, "nmcli") ? find_verb(command) : 0;

    return verb && gre_shell_command_begins(command->words[verb], "add") &&
           (g_strcmp0(value_of(command, "type"), "ip-tunnel") == 0 || is_ours(command));
}

static NMConnection *
new_tunnel(void)
{
    NMConnection    *connection = nm_simple_connection_new();
    NMSetting       *setting = nm_setting_connection_new();
    g_autofree char *uuid = nm_utils_uuid_generate();

    g_object_set(setting, NM_SETTING_CONNECTION_UUID, uuid, NM_SETTING_CONNECTION_TYPE,
                 NM_SETTING_IP_TUNNEL_SETTING_NAME, NULL);
    nm_connection_add_setting(connection, setting);
    nm_connection_add_setting(connection, nm_setting_ip_tunnel_new());
    return connection;
}

static NMConnection *
new_vpn(void)
{
    g_autoptr(GHashTable) none = g_hash_table_new(g_str_hash, g_str_equal);

    return gre_profile_builder_connection(NULL, none, none);
}

/* A name that nmcli made up is no better than the interface's. */
static void
add_id(NMConnection *connection)
{
    NMSettingConnection *setting = nm_connection_get_setting_connection(connection);
    const char          *ifname = nm_setting_connection_get_interface_name(setting);

    if (!nm_setting_connection_get_id(setting))
        g_object_set(setting, NM_SETTING_CONNECTION_ID, ifname ? ifname : "gre", NULL);
}

static gboolean
run_add(const Context *context, const GreCommand *command, guint verb, GError **error)
{
    GreNmcli *self = context->self;

    if (self->connection)
        return gre_error_fail(error,
                              _("%s: a second tunnel after that of line %u: an import takes one, "
                                "remove the peer's or any other from the file"),
                              context->where, self->line);
    self->line = command->line;
    self->connection = is_ours(command) ? new_vpn() : new_tunnel();
    nm_connection_add_setting(self->connection, nm_setting_ip4_config_new());
    nm_connection_add_setting(self->connection, nm_setting_ip6_config_new());
    if (!set_pairs(context, command, verb + 1, error))
        return FALSE;
    self->unnamed = !nm_connection_get_id(self->connection);
    add_id(self->connection);
    return TRUE;
}

/* What nmcli calls a profile without con-name: "ip-tunnel-gre1", or "vpn". */
static gboolean
is_default_name(NMConnection *connection, const char *name)
{
    const char      *type = nm_connection_get_connection_type(connection);
    const char      *ifname = nm_connection_get_interface_name(connection);
    g_autofree char *whole = g_strjoin("-", type, ifname, NULL);

    return strcmp(name, whole) == 0;
}

/* `id NAME` or NAME: whether it is the profile that was created. */
static gboolean
is_our_profile(GreNmcli *self, const char *name)
{
    if (!self->connection)
        return FALSE;
    return g_strcmp0(nm_connection_get_id(self->connection), name) == 0 ||
           (self->unnamed && is_default_name(self->connection, name));
}

static void
note_command(const Context *context, const GreCommand *command)
{
    enum { NOT_SECRET = 4 }; /* words: nmcli connection modify NAME */
    g_autofree char *text = gre_shell_command_text(command, NOT_SECRET);
    g_autofree char *shown = gre_value_quote(text);

    g_ptr_array_add(context->self->notes,
                    g_strdup_printf(_("%s: %s is not part of the tunnel"), context->where, shown));
}

void
gre_nmcli_leave_out(GreNmcli *self, const GreCommand *command)
{
    g_autofree char *where = gre_file_where(command->line);
    const Context    context = { .self = self, .where = where };

    note_command(&context, command);
}

/* "set PROPERTY VALUE"; the value is the rest of the line. */
static gboolean
run_edit(const Context *context, const GreCommand *command, GError **error)
{
    char    *value;
    gboolean done;

    if (strcmp(command->words[0], "quit") == 0)
        context->self->editing = FALSE;
    if (strcmp(command->words[0], "set") != 0 || command->n < 3)
        return TRUE;
    took(context, command);
    value = g_strjoinv(" ", command->words + 2);
    done = set_pair(context, command->words[1], value, error);
    gre_secret_free_text(value);
    return done;
}

gboolean
gre_nmcli_run(GreNmcli *self, const GreCommand *command, GError **error)
{
    g_autofree char *where = gre_file_where(command->line);
    const Context    context = { .self = self, .where = where };
    guint            verb = find_verb(command), name = verb + 1;

    if (!gre_shell_command_is(command, "nmcli"))
        return run_edit(&context, command, error);
    if (gre_nmcli_adds_tunnel(command))
        return run_add(&context, command, verb, error);
    if (verb && name < command->n && strcmp(command->words[name], "id") == 0)
        name++;
    if (verb && name < command->n && is_our_profile(self, command->words[name])) {
        if (gre_shell_command_begins(command->words[verb], "modify"))
            return set_pairs(&context, command, name + 1, error);
        self->editing = gre_shell_command_begins(command->words[verb], "edit");
        if (self->editing || gre_shell_command_begins(command->words[verb], "up")) {
            took(&context, command);
            return TRUE;
        }
    }
    note_command(&context, command);
    return TRUE;
}

static gboolean
is_gre(NMConnection *connection)
{
    NMSettingIPTunnel *tunnel = nm_connection_get_setting_ip_tunnel(connection);
    NMIPTunnelMode mode = tunnel ? nm_setting_ip_tunnel_get_mode(tunnel) : NM_IP_TUNNEL_MODE_GRE;

    return mode == NM_IP_TUNNEL_MODE_GRE || mode == NM_IP_TUNNEL_MODE_IP6GRE;
}

/* By adding it for nobody. */
gboolean
gre_nmcli_describe(const GreCommand *command, GreIprouteTunnel *out)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_auto(GreNmcli) self = { .notes = notes };
    NMSettingIPTunnel *tunnel;
    NMSettingVpn      *vpn;

    *out = (GreIprouteTunnel){ 0 };
    if (!gre_nmcli_adds_tunnel(command))
        return FALSE;
    gre_nmcli_run(&self, command, NULL);
    tunnel = nm_connection_get_setting_ip_tunnel(self.connection);
    vpn = nm_connection_get_setting_vpn(self.connection);
    out->name = g_strdup(nm_connection_get_id(self.connection));
    out->local = g_strdup(tunnel ? nm_setting_ip_tunnel_get_local(tunnel)
                                 : nm_setting_vpn_get_data_item(vpn, "local"));
    out->remote = g_strdup(tunnel ? nm_setting_ip_tunnel_get_remote(tunnel)
                                  : nm_setting_vpn_get_data_item(vpn, "remote"));
    return is_gre(self.connection);
}

/* nmcli's default for a family without settings. */
static void
disable_unused(NMConnection *connection, GType type)
{
    NMSetting *setting = nm_connection_get_setting(connection, type);

    if (!nm_setting_ip_config_get_method(NM_SETTING_IP_CONFIG(setting)))
        g_object_set(setting, NM_SETTING_IP_CONFIG_METHOD, "disabled", NULL);
}

NMConnection *
gre_nmcli_finish(GreNmcli *self, GError **error)
{
    if (nm_connection_is_type(self->connection, NM_SETTING_IP_TUNNEL_SETTING_NAME)) {
        disable_unused(self->connection, NM_TYPE_SETTING_IP4_CONFIG);
        disable_unused(self->connection, NM_TYPE_SETTING_IP6_CONFIG);
        return gre_ip_tunnel_import(self->connection, self->notes, error);
    }
    return gre_profile_builder_verify(self->connection, error) ? g_steal_pointer(&self->connection)
                                                               : NULL;
}

void
gre_nmcli_clear(GreNmcli *self)
{
    g_clear_object(&self->connection);
}
