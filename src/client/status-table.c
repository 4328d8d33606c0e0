/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of all tunnels. */
#include "config.h"

#include "client/status-text.h"
#include "client/text.h"
#include "gre-escape.h"
#include "gre-i18n.h"

#include <string.h>

enum { NAME, STATE, DEVICE, LOCAL, REMOTE, IPSEC, BARRIER, COLUMNS };
enum { GAP = 2 };

/* The order in which columns shrink if the table is too wide, and the minimum width of each. */
static const struct {
    guint column, least;
} shrinking[] = { { LOCAL, 12 }, { NAME, 14 }, { REMOTE, 15 }, { LOCAL, 4 }, { NAME, 6 } };

static const char *const titles[COLUMNS] = {
    N_("NAME"), N_("STATE"), N_("DEVICE"), N_("LOCAL"), N_("REMOTE"), N_("IPSEC"), N_("BARRIER"),
};

typedef struct {
    char *cells[COLUMNS];
} Row;

static void
row_free(gpointer data)
{
    Row *row = data;

    for (guint i = 0; i < COLUMNS; i++)
        g_free(row->cells[i]);
    g_free(row);
}

/* The value of a member, "-" if there is none. */
static char *
cell(GVariant *tunnel, const char *key)
{
    const char *text;

    if (!g_variant_lookup(tunnel, key, "&s", &text) || text[0] == '\0')
        return g_strdup("-");
    return gre_escape_text(text);
}

static char *
remote_cell(GVariant *tunnel)
{
    g_autofree char *address = cell(tunnel, "remote");

    return strcmp(address, "-") == 0 ? cell(tunnel, "remote-name") : g_steal_pointer(&address);
}

static char *
ipsec_cell(GVariant *tunnel)
{
    g_autofree char *method = cell(tunnel, "ipsec");
    const char      *sa;

    if (strcmp(method, "no") == 0)
        return g_strdup(_("no"));
    if (!g_variant_lookup(tunnel, "sa", "&s", &sa) || strcmp(sa, "established") == 0)
        return g_steal_pointer(&method);
    if (strcmp(sa, "connecting") == 0)
        return g_strdup_printf(_("%s, connecting"), method);
    if (strcmp(sa, "unknown") == 0)
        return g_strdup_printf(_("%s, SA unknown"), method);
    return g_strdup_printf(_("%s, no SA"), method);
}

static char *
barrier_cell(GVariant *tunnel)
{
    const char *method = "";
    gboolean    barrier;

    g_variant_lookup(tunnel, "ipsec", "&s", &method);
    if (strcmp(method, "no") == 0 || !g_variant_lookup(tunnel, "barrier", "b", &barrier))
        return g_strdup("-");
    return g_strdup(barrier ? _("yes") : _("no"));
}

static Row *
row_new(GVariant *tunnel)
{
    Row *row = g_new0(Row, 1);

    row->cells[NAME] = cell(tunnel, "id");
    row->cells[STATE] = cell(tunnel, "state");
    row->cells[DEVICE] = cell(tunnel, "device");
    row->cells[LOCAL] = cell(tunnel, "local");
    row->cells[REMOTE] = remote_cell(tunnel);
    row->cells[IPSEC] = ipsec_cell(tunnel);
    row->cells[BARRIER] = barrier_cell(tunnel);
    return row;
}

static void
measure(GPtrArray *rows, guint widths[COLUMNS], guint limit)
{
    guint total = (COLUMNS - 1) * GAP;

    for (guint i = 0; i < COLUMNS; i++) {
        widths[i] = gre_text_width(_(titles[i]));
        for (guint j = 0; j < rows->len; j++)
            widths[i] = MAX(widths[i], gre_text_width(((Row *) rows->pdata[j])->cells[i]));
        total += widths[i];
    }
    for (guint i = 0; limit > 0 && total > limit && i < G_N_ELEMENTS(shrinking); i++) {
        guint *width = &widths[shrinking[i].column];
        guint  less = MIN(total - limit, *width - MIN(*width, shrinking[i].least));

        *width -= less;
        total -= less;
    }
}

static void
append_line(GString    *out,
            char *const cells[COLUMNS],
            const guint widths[COLUMNS],
            const char *state_colour)
{
    for (guint i = 0; i < COLUMNS; i++) {
        g_autofree char *cut = gre_text_cut(cells[i], widths[i]);
        gboolean         coloured = i == STATE && state_colour[0];

        g_string_append(out, coloured ? state_colour : "");
        g_string_append(out, cut);
        g_string_append(out, coloured ? GRE_STATUS_PLAIN : "");
        if (i + 1 < COLUMNS)
            gre_text_append_padded(out, "", widths[i] - gre_text_width(cut) + GAP);
    }
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static void
append_titles(GString *out, const guint widths[COLUMNS])
{
    char *cells[COLUMNS];

    for (guint i = 0; i < COLUMNS; i++)
        cells[i] = (char *) _(titles[i]);
    append_line(out, cells, widths, "");
}

static gboolean
is_troubled(GVariant *tunnel)
{
    static const char *const states[] = { "preparing", "waiting", "securing",
                                          "seeking",   "failed",  NULL };
    const char              *state;

    return g_variant_lookup(tunnel, "state", "&s", &state) && g_strv_contains(states, state);
}

/* "NAME: why it will stop". */
static void
append_warning(GString *out, GVariant *tunnel, const GreStatusStyle *style)
{
    g_autofree char *name = cell(tunnel, "id"), *text = NULL, *line = NULL;
    const char      *warning;

    if (!g_variant_lookup(tunnel, "warning", "&s", &warning))
        return;
    text = gre_escape_text(warning);
    line = g_strdup_printf("%s: %s", name, text);
    gre_text_append_wrapped(out, line, 0, style->width);
}

/* "NAME: why it isn't up (5 min 3 s ago)". */
static void
append_trouble(GString *out, GVariant *tunnel, const GreStatusStyle *style)
{
    g_autofree char *name = cell(tunnel, "id"), *text = NULL, *line = NULL;
    const char      *failure;
    gint64           when;

    if (!is_troubled(tunnel) || !g_variant_lookup(tunnel, "failure", "&s", &failure))
        return;
    text = gre_escape_text(failure);
    if (g_variant_lookup(tunnel, "failure-time", "x", &when)) {
        g_autofree char *ago = gre_text_duration((guint64) MAX(style->now - when, 0));

        line = g_strdup_printf(_("%s: %s (%s ago)"), name, text, ago);
    } else {
        line = g_strdup_printf("%s: %s", name, text);
    }
    gre_text_append_wrapped(out, line, 0, style->width);
}

char *
gre_status_table(GVariant *tunnels, const GreStatusStyle *style)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);
    g_autoptr(GString) troubles = g_string_new(NULL);
    GString *out = g_string_new(NULL);
    guint    widths[COLUMNS];

    for (gsize i = 0; i < g_variant_n_children(tunnels); i++) {
        g_autoptr(GVariant) tunnel = g_variant_get_child_value(tunnels, i);

        g_ptr_array_add(rows, row_new(tunnel));
        append_trouble(troubles, tunnel, style);
        append_warning(troubles, tunnel, style);
    }
    if (rows->len == 0) {
        gre_text_append_wrapped(
            out, _("No tunnels: there is no VPN profile of type gre, and no protected ip-tunnel."),
            0, style->width);
        return g_string_free(out, FALSE);
    }
    measure(rows, widths, style->width);
    append_titles(out, widths);
    for (guint i = 0; i < rows->len; i++) {
        Row *row = rows->pdata[i];

        append_line(out, row->cells, widths,
                    style->colour ? gre_status_text_colour(row->cells[STATE]) : "");
    }
    if (troubles->len > 0)
        g_string_append_printf(out, "\n%s", troubles->str);
    return g_string_free(out, FALSE);
}
