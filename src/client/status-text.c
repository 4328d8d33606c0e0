/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block for each tunnel: rows of known values, each made from the members that it names. */
#include "config.h"

#include "client/status-text.h"
#include "client/text.h"
#include "gre-escape.h"
#include "gre-i18n.h"

#include <string.h>

typedef struct {
    GVariant             *tunnel;
    const GreStatusStyle *style;
} View;

/* ---- values ---- */

static guint32
get_u(const View *v, const char *key)
{
    guint32 number = 0;

    g_variant_lookup(v->tunnel, key, "u", &number);
    return number;
}

static gboolean
has(const View *v, const char *key, const char *type)
{
    return g_variant_lookup(v->tunnel, key, type, NULL);
}

static gboolean
get_b(const View *v, const char *key)
{
    gboolean value = FALSE;

    g_variant_lookup(v->tunnel, key, "b", &value);
    return value;
}

/* The value of a text member, safe for a terminal; NULL if there is none. */
static char *
get_s(const View *v, const char *key)
{
    const char *text;

    if (!g_variant_lookup(v->tunnel, key, "&s", &text) || text[0] == '\0')
        return NULL;
    return gre_escape_text(text);
}

static gboolean
is(const View *v, const char *key, const char *expected)
{
    const char *text;

    return g_variant_lookup(v->tunnel, key, "&s", &text) && strcmp(text, expected) == 0;
}

G_GNUC_PRINTF(2, 3)
static void
add(GString *out, const char *format, ...)
{
    va_list args;

    if (out->len > 0)
        g_string_append(out, ", ");
    va_start(args, format);
    g_string_append_vprintf(out, format, args);
    va_end(args);
}

char *
gre_status_text_date(gint64 time, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time);
    g_autoptr(GDateTime) here = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    return here ? g_date_time_format(here, "%F %T") : g_strdup_printf("%" G_GINT64_FORMAT, time);
}

const char *
gre_status_text_colour(const char *state)
{
    static const char *const green[] = { "active", NULL }, *const red[] = { "failed", NULL };
    static const char *const yellow[] = { "preparing", "waiting",  "securing",
                                          "seeking",   "stopping", NULL };

    if (g_strv_contains(green, state))
        return "\033[32m";
    if (g_strv_contains(red, state))
        return "\033[31m";
    return g_strv_contains(yellow, state) ? "\033[33m" : "";
}

/* ---- rows ---- */

static void
row_state(const View *v, GString *out)
{
    g_autofree char *state = get_s(v, "state");
    gint64           since;

    if (!state)
        return;
    g_string_append(out, state);
    if (g_variant_lookup(v->tunnel, "since", "x", &since)) {
        g_autofree char *date = gre_status_text_date(since, v->style->zone);
        g_autofree char *ago = gre_text_duration((guint64) MAX(v->style->now - since, 0));

        g_string_append_printf(out, _(" since %s (%s)"), date, ago);
    }
    if (is(v, "state", "waiting"))
        g_string_append(out, _("; the peer's address or the route to it is not known: no traffic "
                               "passes"));
    else if (is(v, "state", "seeking"))
        g_string_append(out, _("; there is no SA: no traffic passes"));
    else if (is(v, "state", "failed"))
        g_string_append(out, _("; the tunnel is up, its companion is not: no traffic passes"));
    else if (is(v, "state", "down") && get_b(v, "wanted"))
        g_string_append(out, _("; it was up before, and NetworkManager is asked to restart it"));
}

static void
row_warning(const View *v, GString *out)
{
    g_autofree char *warning = get_s(v, "warning");

    if (warning)
        g_string_append(out, warning);
}

static void
row_failure(const View *v, GString *out)
{
    g_autofree char *failure = get_s(v, "failure");
    gint64           when;

    if (!failure || is(v, "warning", failure))
        return;
    g_string_append(out, failure);
    if (g_variant_lookup(v->tunnel, "failure-time", "x", &when)) {
        g_autofree char *date = gre_status_text_date(when, v->style->zone);
        g_autofree char *ago = gre_text_duration((guint64) MAX(v->style->now - when, 0));

        g_string_append_printf(out, _(", %s (%s ago)"), date, ago);
    }
}

static void
row_profile(const View *v, GString *out)
{
    g_autofree char *uuid = get_s(v, "uuid");

    if (is(v, "kind", "native"))
        add(out, "%s", _("ip-tunnel"));
    else if (is(v, "kind", "vpn"))
        add(out, "%s", _("VPN"));
    if (uuid)
        add(out, "%s", uuid);
}

static void
row_companion(const View *v, GString *out)
{
    g_autofree char *id = get_s(v, "companion-id"), *uuid = get_s(v, "companion-uuid");

    if (id)
        add(out, "%s", id);
    if (uuid)
        add(out, "%s", uuid);
}

static void
row_device(const View *v, GString *out)
{
    g_autofree char *device = get_s(v, "device"), *mode = get_s(v, "mode");

    if (device)
        add(out, "%s", device);
    if (mode)
        add(out, "%s", mode);
}

static void
row_local(const View *v, GString *out)
{
    g_autofree char *local = get_s(v, "local"), *underlay = get_s(v, "underlay");

    if (local)
        add(out, "%s", local);
    if (underlay)
        add(out, _("via %s"), underlay);
}

static void
row_remote(const View *v, GString *out)
{
    g_autofree char *remote = get_s(v, "remote"), *name = get_s(v, "remote-name");

    if (remote)
        add(out, "%s", remote);
    if (name)
        add(out, remote ? _("resolved from %s") : _("%s, not resolved"), name);
}

static void
row_keys(const View *v, GString *out)
{
    gboolean         has_in = has(v, "input-key", "u"), has_out = has(v, "output-key", "u");
    guint32          in = get_u(v, "input-key"), to = get_u(v, "output-key");
    g_autofree char *in_text = g_strdup_printf("%u (0x%x)", in, in);
    g_autofree char *out_text = g_strdup_printf("%u (0x%x)", to, to);

    if (has_in && has_out && in == to) {
        add(out, "%s", in_text);
        return;
    }
    if (has_in)
        add(out, _("in %s"), in_text);
    if (has_out)
        add(out, _("out %s"), out_text);
}

/* "link MTU 1500 - 20 outer IP - 8 ESP …"; returns the remainder, 0 if unknown. */
static guint
mtu_sum(const View *v, GString *out)
{
    guint32       rest = get_u(v, "mtu-underlay"), bytes;
    GVariantIter *parts;
    const char   *name;

    if (rest == 0 || !g_variant_lookup(v->tunnel, "mtu-parts", "a(su)", &parts))
        return 0;
    g_string_append_printf(out, _("link MTU %u"), rest);
    while (g_variant_iter_next(parts, "(&su)", &name, &bytes)) {
        g_autofree char *shown = gre_escape_text(name);

        g_string_append_printf(out, " - %u %s", bytes, shown);
        rest -= MIN(rest, bytes);
    }
    g_variant_iter_free(parts);
    return rest;
}

static void
row_mtu(const View *v, GString *out)
{
    g_autoptr(GString) sum = g_string_new(NULL);
    guint32 mtu = get_u(v, "mtu");
    guint   fits = mtu_sum(v, sum);

    if (mtu == 0)
        return;
    g_string_append_printf(out, _("%u bytes"), mtu);
    if (get_b(v, "mtu-set"))
        g_string_append(out, _(", set in the profile"));
    if (fits > 0 && fits < mtu)
        g_string_append_printf(out, _(", too big: %u would fit"), fits);
    else if (fits > mtu)
        g_string_append_printf(out, _(", %u would fit"), fits);
    if (sum->len > 0)
        g_string_append_printf(out, "\n%s", sum->str);
}

static void
row_ipsec(const View *v, GString *out)
{
    g_autofree char *method = get_s(v, "ipsec"), *sa = get_s(v, "sa");

    if (!method)
        return;
    if (is(v, "ipsec", "no")) {
        g_string_append(out, _("no: packets travel in clear text"));
        return;
    }
    add(out, "%s", method);
    if (is(v, "sa", "none"))
        add(out, "%s", _("no SA"));
    else if (is(v, "sa", "unknown"))
        add(out, "%s", _("SA unknown: strongSwan did not answer in time"));
    else if (sa)
        add(out, _("SA %s"), sa);
    if (has(v, "ike-version", "u"))
        add(out, "IKEv%u", get_u(v, "ike-version"));
    if (has(v, "esp-mode", "s")) {
        g_autofree char *mode = get_s(v, "esp-mode");

        add(out, _("%s mode"), mode);
    }
}

static void
row_nat(const View *v, GString *out)
{
    if (get_b(v, "nat-local"))
        add(out, "%s", _("in front of this host"));
    /* The two look the same from this side. */
    if (get_b(v, "nat-remote"))
        add(out, "%s", _("in front of the peer, or its ipsec-encap is yes"));
    if (out->len == 0 && has(v, "nat-local", "b") && has(v, "nat-remote", "b"))
        add(out, "%s", _("none"));
    if (get_b(v, "encap"))
        add(out, "%s", _("ESP travels in UDP"));
}

static void
row_identities(const View *v, GString *out)
{
    g_autofree char *local = get_s(v, "local-id"), *remote = get_s(v, "remote-id");

    if (local)
        add(out, _("%s (local)"), local);
    if (remote)
        add(out, _("%s (the peer)"), remote);
}

static void
row_algorithms(const View *v, GString *out)
{
    g_autofree char *ike = get_s(v, "ike-algorithms"), *esp = get_s(v, "esp-algorithms");

    if (ike)
        g_string_append_printf(out, "IKE %s", ike);
    if (esp)
        g_string_append_printf(out, "%sESP %s", ike ? "\n" : "", esp);
}

static void
row_spis(const View *v, GString *out)
{
    if (has(v, "spi-in", "u"))
        add(out, _("in 0x%08x"), get_u(v, "spi-in"));
    if (has(v, "spi-out", "u"))
        add(out, _("out 0x%08x"), get_u(v, "spi-out"));
}

static void
add_rekey(const View *v, const char *key, const char *what, GString *out)
{
    g_autofree char *in = gre_text_duration(get_u(v, key));

    if (has(v, key, "u") && get_u(v, key) < 60)
        add(out, _("%s in %s"), what, in);
    else if (has(v, key, "u"))
        add(out, _("%s in %s (%u s)"), what, in, get_u(v, key));
}

static void
row_rekey(const View *v, GString *out)
{
    add_rekey(v, "ike-rekey", "IKE", out);
    add_rekey(v, "esp-rekey", "ESP", out);
}

/* A line for one direction: "in 12.3 MiB (12897485 bytes), 10234 packets". */
static void
add_traffic(const View *v, const char *label, const char *bytes, const char *packets, GString *out)
{
    guint64          n_bytes, n_packets;
    g_autofree char *amount = NULL;

    if (!g_variant_lookup(v->tunnel, bytes, "t", &n_bytes))
        return;
    amount = gre_text_bytes(n_bytes);
    g_string_append_printf(out, "%s%s %s", out->len > 0 ? "\n" : "", label, amount);
    if (g_variant_lookup(v->tunnel, packets, "t", &n_packets)) {
        g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, n_packets);

        g_string_append_printf(out, N_PLURAL(", %s packet", ", %s packets", n_packets), number);
    }
}

static void
row_sa_traffic(const View *v, GString *out)
{
    add_traffic(v, _("in"), "sa-bytes-in", "sa-packets-in", out);
    add_traffic(v, _("out"), "sa-bytes-out", "sa-packets-out", out);
}

static void
row_device_traffic(const View *v, GString *out)
{
    add_traffic(v, _("in"), "rx-bytes", "rx-packets", out);
    add_traffic(v, _("out"), "tx-bytes", "tx-packets", out);
}

static void
add_restored(const View *v, GString *out)
{
    guint32 times;
    gint64  when;

    if (g_variant_lookup(v->tunnel, "barrier-restored", "u", &times) &&
        g_variant_lookup(v->tunnel, "barrier-restored-time", "x", &when)) {
        g_autofree char *ago = gre_text_duration((guint64) MAX(v->style->now - when, 0));

        /* Translators: the number, then a duration like "3 min 5 s". */
        g_string_append_printf(out, _("; another program removed it %u×, last %s ago"), times, ago);
    }
}

static void
row_barrier(const View *v, GString *out)
{
    if (!has(v, "barrier", "b") || is(v, "ipsec", "no"))
        return;
    g_string_append(out, get_b(v, "barrier") ? _("in place: GRE passes inside ESP only")
                                             : _("not in place"));
    if (get_b(v, "barrier") && has(v, "barrier-table", "b") && !get_b(v, "barrier-table"))
        g_string_append(out, _(", by IPsec policies alone"));
    add_restored(v, out);
}

/* Labels, the members that a row shows (to tell which are hidden), and the function that writes
 * it. */
static const struct {
    const char *label;
    const char *keys;
    void (*fill)(const View *v, GString *out);
} rows[] = {
    { N_("state"), "state since", row_state },
    { N_("warning"), "warning", row_warning },
    { N_("last failure"), "failure failure-time", row_failure },
    { N_("profile"), "kind uuid", row_profile },
    { N_("companion"), "companion-id companion-uuid", row_companion },
    { N_("device"), "device mode", row_device },
    { N_("local"), "local underlay", row_local },
    { N_("remote"), "remote remote-name", row_remote },
    { N_("GRE key"), "input-key output-key", row_keys },
    { N_("MTU"), "mtu mtu-set mtu-underlay mtu-parts", row_mtu },
    { N_("barrier"), "barrier barrier-table barrier-restored barrier-restored-time", row_barrier },
    { N_("IPsec"), "ipsec sa ike-version esp-mode", row_ipsec },
    { N_("identities"), "local-id remote-id", row_identities },
    { N_("algorithms"), "ike-algorithms esp-algorithms", row_algorithms },
    { N_("SPIs"), "spi-in spi-out", row_spis },
    { N_("rekeying"), "ike-rekey esp-rekey", row_rekey },
    { N_("NAT"), "nat-local nat-remote encap", row_nat },
    { N_("SA traffic"), "sa-bytes-in sa-packets-in sa-bytes-out sa-packets-out", row_sa_traffic },
    { N_("device traffic"), "rx-bytes rx-packets tx-bytes tx-packets", row_device_traffic },
};

/* ---- the block ---- */

static gboolean
is_hidden(const View *v, const char *keys)
{
    g_auto(GStrv) wanted = g_strsplit(keys, " ", -1);
    g_autofree const char **hidden = NULL;

    if (!g_variant_lookup(v->tunnel, "hidden", "^a&s", &hidden))
        return FALSE;
    for (gsize i = 0; wanted[i]; i++)
        if (g_strv_contains(hidden, wanted[i]))
            return TRUE;
    return FALSE;
}

static guint
label_width(void)
{
    guint width = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        width = MAX(width, gre_text_width(_(rows[i].label)));
    return width;
}

/* The state's own word comes first in its row. */
static void
append_coloured(GString *out, const char *text, const char *word)
{
    const char *colour = gre_status_text_colour(word);

    if (colour[0] && g_str_has_prefix(text, word))
        g_string_append_printf(out, "%s%s%s%s", colour, word, GRE_STATUS_PLAIN,
                               text + strlen(word));
    else
        g_string_append(out, text);
}

static void
append_row(GString *out, gsize row, guint indent, const char *value, const View *v)
{
    g_autofree char *state = get_s(v, "state");
    g_autoptr(GString) wrapped = g_string_new(NULL);

    g_string_append(out, "  ");
    gre_text_append_padded(out, _(rows[row].label), indent - 2);
    gre_text_append_wrapped(wrapped, value, indent, v->style->width);
    if (v->style->colour && state && rows[row].fill == row_state)
        append_coloured(out, wrapped->str, state);
    else
        g_string_append(out, wrapped->str);
}

static void
append_block(GString *out, const View *v)
{
    g_autofree char *id = get_s(v, "id");
    guint            indent = label_width() + 4;

    g_string_append_printf(out, "%s%s%s\n", v->style->colour ? "\033[1m" : "", id ? id : "?",
                           v->style->colour ? GRE_STATUS_PLAIN : "");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GString) value = g_string_new(NULL);

        rows[i].fill(v, value);
        if (is_hidden(v, rows[i].keys))
            g_string_append(value, value->len > 0 ? _(" (more needs root)") : _("(needs root)"));
        if (value->len > 0)
            append_row(out, i, indent, value->str, v);
    }
}

char *
gre_status_text_blocks(GVariant *tunnels, const GreStatusStyle *style)
{
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < g_variant_n_children(tunnels); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);
        const View v = { tunnel, style };

        g_string_append(out, i > 0 ? "\n" : "");
        append_block(out, &v);
    }
    return g_string_free(out, FALSE);
}
