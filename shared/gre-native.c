/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converts NetworkManager's dictionary to the model of a native tunnel.
 */
#include "config.h"

#include "gre-native.h"
#include "gre-error.h"
#include "gre-i18n.h"
#include "gre-value.h"

#include <errno.h>
#include <string.h>

/* All of NetworkManager's modes, to name those that are not GRE. */
static const char *const mode_names[] = {
    "unknown", "ipip",  "gre",    "sit",  "isatap", "vti",
    "ip6ip6",  "ipip6", "ip6gre", "vti6", "gretap", "ip6gretap",
};

/* Fails with "ip-tunnel.<name>: <value> is invalid: expected <allowed>". */
static gboolean
fail_value(const char *name, const char *text, const char *allowed, GError **error)
{
    g_autofree char *shown = gre_value_quote(text);

    return gre_error_fail(error, _("ip-tunnel.%s: %s is invalid: expected %s"), name, shown,
                          allowed);
}

const char *
gre_native_mode_name(GreNativeMode mode)
{
    return mode_names[mode];
}

gboolean
gre_native_is_ethernet(GreNativeMode mode)
{
    return mode == GRE_NATIVE_GRETAP || mode == GRE_NATIVE_IP6GRETAP;
}

int
gre_native_family(GreNativeMode mode)
{
    return mode == GRE_NATIVE_IP6GRE || mode == GRE_NATIVE_IP6GRETAP ? AF_INET6 : AF_INET;
}

/* The text of a property, NULL if it is unset or empty. Borrowed. */
static const char *
text_of(GVariant *setting, const char *name)
{
    const char *text = NULL;

    g_variant_lookup(setting, name, "&s", &text);
    return text && text[0] ? text : NULL;
}

static guint32
number_of(GVariant *setting, const char *name)
{
    guint32 number = 0;

    g_variant_lookup(setting, name, "u", &number);
    return number;
}

static gboolean
read_connection(GreNative *native, GVariant *connection, GError **error)
{
    const char *id = text_of(connection, "id");
    const char *uuid = text_of(connection, "uuid");
    const char *ifname = text_of(connection, "interface-name");

    if (!id || !uuid)
        return gre_error_fail(error, _("not a connection profile: the id or the UUID is missing"));
    if (ifname && !gre_value_is_ifname(ifname)) {
        g_autofree char *shown = gre_value_quote(ifname);

        return gre_error_fail(
            error, _("connection.interface-name: %s is invalid: expected an interface name"),
            shown);
    }
    native->id = g_strdup(id);
    native->uuid = g_ascii_strdown(uuid, -1);
    native->ifname = g_strdup(ifname);
    return TRUE;
}

static gboolean
read_mode(GreNative *native, GVariant *tunnel, GError **error)
{
    g_autofree char *number = NULL;
    guint32          mode = number_of(tunnel, "mode");

    switch (mode) {
    case GRE_NATIVE_GRE:
    case GRE_NATIVE_IP6GRE:
    case GRE_NATIVE_GRETAP:
    case GRE_NATIVE_IP6GRETAP:
        native->mode = mode;
        return TRUE;
    default:
        number = g_strdup_printf("%u", mode);
        return fail_value("mode", mode < G_N_ELEMENTS(mode_names) ? mode_names[mode] : number,
                          _("\"gre\", \"ip6gre\", \"gretap\" or \"ip6gretap\""), error);
    }
}

static const char *
address_words(const GreNative *native)
{
    return gre_native_family(native->mode) == AF_INET6 ? _("a unicast IPv6 address")
                                                       : _("a unicast IPv4 address");
}

static gboolean
read_remote(GreNative *native, GVariant *tunnel, GError **error)
{
    const char *text = text_of(tunnel, "remote");

    if (!text)
        return gre_error_fail(error, _("ip-tunnel.remote: not set; expected %s"),
                              address_words(native));
    if (!gre_value_unicast(text, &native->remote) ||
        native->remote.family != gre_native_family(native->mode))
        return fail_value("remote", text, address_words(native), error);
    return TRUE;
}

/* For NetworkManager and the kernel, "any" means unset. */
static gboolean
read_local(GreNative *native, GVariant *tunnel, GError **error)
{
    const char *text = text_of(tunnel, "local");
    GreAddress  address;

    if (!text)
        return TRUE;
    if (!gre_address_parse(text, &address) || address.family != gre_native_family(native->mode))
        return fail_value("local", text, address_words(native), error);
    if (gre_address_is_any(&address))
        return TRUE;
    if (!gre_value_unicast(text, &native->local))
        return fail_value("local", text, address_words(native), error);
    return TRUE;
}

/* Same rules as _nm_utils_ascii_str_to_int64(): always decimal, blanks and a sign are allowed. */
static gboolean
read_key(GVariant *tunnel, const char *name, gboolean *has_key, guint32 *key, GError **error)
{
    const char *text = text_of(tunnel, name);
    char       *end;
    gint64      number;

    if (!text)
        return TRUE;
    errno = 0;
    number = g_ascii_strtoll(text, &end, 10);
    if (end == text || end[strspn(end, " \t\n\v\f\r")] != '\0' || errno != 0 || number < 0 ||
        number > G_MAXUINT32)
        return fail_value(name, text, _("a decimal number from 0 to 4294967295"), error);
    *has_key = TRUE;
    *key = (guint32) number;
    return TRUE;
}

/* NetworkManager does not build tunnels with checksum, sequence numbers or ignore-df. */
static gboolean
read_options(GreNative *native, GVariant *tunnel, GError **error)
{
    GreTunnelOptions *options = &native->options;
    gboolean          ip6 = gre_native_family(native->mode) == AF_INET6;
    guint32           flags = ip6 ? number_of(tunnel, "flags") : 0;
    guint32           tos = number_of(tunnel, "tos") & 0xff;

    options->path_mtu_discovery = TRUE;
    g_variant_lookup(tunnel, "path-mtu-discovery", "b", &options->path_mtu_discovery);
    options->ttl = (guint8) number_of(tunnel, "ttl");
    options->tos = (tos & GRE_NATIVE_TOS_INHERIT) || (flags & GRE_NATIVE_USE_ORIG_TCLASS)
                       ? GRE_TOS_INHERIT
                       : (int) tos;
    options->encap_limit = GRE_ENCAP_LIMIT_NONE;
    if (ip6 && !(flags & GRE_NATIVE_IGN_ENCAP_LIMIT))
        options->encap_limit = (int) (number_of(tunnel, "encapsulation-limit") & 0xff);
    if (ip6)
        options->flow_label = flags & GRE_NATIVE_USE_ORIG_FLOWLABEL
                                  ? GRE_FLOW_LABEL_INHERIT
                                  : (int) (number_of(tunnel, "flow-label") & 0xfffff);
    options->fwmark = number_of(tunnel, "fwmark");
    native->mtu = number_of(tunnel, "mtu");
    native->parent = g_strdup(text_of(tunnel, "parent"));
    return read_key(tunnel, "input-key", &options->has_input_key, &options->input_key, error) &&
           read_key(tunnel, "output-key", &options->has_output_key, &options->output_key, error);
}

static void
clear_native(gpointer data)
{
    GreNative *native = data;

    g_free(native->id);
    g_free(native->uuid);
    g_free(native->ifname);
    g_free(native->parent);
}

GreNative *
gre_native_new(GVariant *settings, GError **error)
{
    g_autoptr(GVariant) connection =
        g_variant_lookup_value(settings, "connection", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GVariant) tunnel =
        g_variant_lookup_value(settings, "ip-tunnel", G_VARIANT_TYPE_VARDICT);
    g_autoptr(GreNative) native = NULL;

    if (!connection || !tunnel) {
        gre_error_fail(error, _("not an ip-tunnel profile"));
        return NULL;
    }
    native = g_atomic_rc_box_new0(GreNative);
    if (!read_connection(native, connection, error) || !read_mode(native, tunnel, error) ||
        !read_remote(native, tunnel, error) || !read_local(native, tunnel, error) ||
        !read_options(native, tunnel, error))
        return NULL;
    return g_steal_pointer(&native);
}

GreNative *
gre_native_ref(const GreNative *native)
{
    return g_atomic_rc_box_acquire((gpointer) native);
}

void
gre_native_unref(GreNative *native)
{
    g_atomic_rc_box_release_full(native, clear_native);
}
