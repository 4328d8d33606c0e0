/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers that several formats share. */
#include "config.h"

#include "remote/common.h"
#include "gre-error.h"
#include "gre-i18n.h"

#include <string.h>

char *
gre_common_address(const GreAddress *address)
{
    char buf[GRE_ADDRESS_STRLEN];

    return g_strdup(gre_address_to_string(address, buf));
}

/* The first @length bits of @address. */
static void
mask(GreAddress *address, guint length)
{
    gsize size = gre_address_size(address->family);

    for (gsize i = 0; i < size; i++) {
        guint bits = length > i * 8 ? (guint) MIN(length - i * 8, 8) : 0;

        address->bytes[i] &= (guint8) (0xff << (8 - bits));
    }
}

char *
gre_common_network(const GrePrefix *prefix)
{
    GrePrefix network = *prefix;

    mask(&network.address, network.length);
    return gre_address_prefix_to_string(&network);
}

char *
gre_common_netmask(const GrePrefix *prefix)
{
    GreAddress all = { .family = AF_INET };

    memset(all.bytes, 0xff, 4);
    mask(&all, prefix->length);
    return gre_common_address(&all);
}

char *
gre_common_key(gboolean has, guint32 key)
{
    return has ? g_strdup_printf("%u", key) : g_strdup("");
}

static char *
join(const GArray *prefixes,
     int           family,
     const char   *separator,
     char *(*to_text)(const GrePrefix *prefix))
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < prefixes->len; i++) {
        const GrePrefix *prefix = &g_array_index(prefixes, GrePrefix, i);
        g_autofree char *text = to_text(prefix);

        if (prefix->address.family == family)
            g_string_append_printf(out, "%s%s", out->len > 0 ? separator : "", text);
    }
    return g_string_free(out, FALSE);
}

char *
gre_common_prefixes(const GArray *prefixes, int family, const char *separator)
{
    return join(prefixes, family, separator, gre_address_prefix_to_string);
}

char *
gre_common_networks(const GArray *prefixes, int family, const char *separator)
{
    return join(prefixes, family, separator, gre_common_network);
}

/* "@name" and "fqdn:name" are the name. */
static const char *
without(const char *text, const char *mark)
{
    gsize len = strlen(mark);

    return strncmp(text, mark, len) == 0 ? text + len : NULL;
}

/* Whether every command line takes it as one word. */
static gboolean
is_word(const char *text)
{
    while (g_ascii_isalnum(*text) || (*text && strchr("@._+-", *text)))
        text++;
    return *text == '\0';
}

GreIdKind
gre_common_id_kind(const char *id, const char **bare)
{
    GreAddress unused;

    *bare = id;
    if (gre_address_parse(id, &unused))
        return GRE_ID_ADDRESS;
    if ((*bare = without(id, "fqdn:")))
        return is_word(*bare) ? GRE_ID_NAME : GRE_ID_OTHER;
    if ((*bare = without(id, "email:")))
        return is_word(*bare) ? GRE_ID_EMAIL : GRE_ID_OTHER;
    *bare = id;
    if (!is_word(id))
        return GRE_ID_OTHER;
    if (id[0] == '@') {
        *bare = id + 1;
        return strchr(id + 1, '@') ? GRE_ID_OTHER : GRE_ID_NAME;
    }
    return strchr(id, '@') ? GRE_ID_EMAIL : GRE_ID_NAME;
}

char *
gre_common_local_id(const GreRemoteEnd *end)
{
    return end->local_id ? g_strdup(end->local_id) : gre_common_address(&end->local);
}

char *
gre_common_remote_id(const GreRemoteEnd *end)
{
    return end->remote_id ? g_strdup(end->remote_id) : gre_common_address(&end->remote);
}

void
gre_common_unknown(const GreRemoteEnd *end, GString *out, const char *comment)
{
    for (guint i = 0; i < end->inside_remote->len; i++) {
        const GrePrefix *ours = &g_array_index(end->inside_remote, GrePrefix, i);
        g_autofree char *text = gre_address_prefix_to_string(ours);

        if (!gre_address_prefixes_have(end->inside, ours->address.family))
            g_string_append_printf(out,
                                   "%s The local address in the tunnel, next to %s, isn't known: "
                                   "nm-gre peer --address ADDRESS/LENGTH\n",
                                   comment, text);
    }
    if (end->behind->len == 0)
        g_string_append_printf(
            out,
            "%s Routes to the peer's networks aren't known: nm-gre peer --network NETWORK/LENGTH\n",
            comment);
}

const char *
gre_common_esp_mode(const GreRemoteEnd *end)
{
    return end->profile->ipsec.mode == GRE_ESP_TUNNEL ? "tunnel" : "transport";
}

char *
gre_common_host(const GreAddress *address)
{
    const GrePrefix host = { *address, (guint8) (gre_address_size(address->family) * 8) };

    return gre_address_prefix_to_string(&host);
}

void
gre_common_behind_nat(const GreRemoteEnd *end, GString *out, const char *setting)
{
    g_autofree char *host = gre_common_host(&end->local);

    if (end->profile->ipsec.mode == GRE_ESP_TUNNEL && end->mode != GRE_MODE_XFRM)
        g_string_append_printf(out,
                               "# Behind a NAT: set %s to this host's own address, and "
                               "ip address add %s dev lo\n",
                               setting, host);
}

const char *
gre_common_plain_psk(const GreRemoteEnd *end, GError **error)
{
    if (!end->psk_plain)
        g_set_error_literal(error, GRE_ERROR, GRE_ERROR_SECRET,
                            _("ipsec-psk: has characters that the peer's command line doesn't "
                              "accept: use letters and digits"));
    return end->psk_plain;
}

void
gre_common_file_begin(GString *out, const char *path, gboolean is_secret)
{
    g_string_append_printf(out, "(umask %s; cat >%s) <<'END'\n", is_secret ? "077" : "022", path);
}

void
gre_common_file_end(GString *out)
{
    g_string_append(out, "END\n");
}
