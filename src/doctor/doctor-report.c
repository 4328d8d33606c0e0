/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a paragraph for each finding: the problem, the evidence, the fix. */
#include "config.h"

#include "doctor/doctor-report.h"

#include "client/json.h"
#include "client/text.h"
#include "gre-escape.h"
#include "gre-i18n.h"

#include <string.h>

#define PLAIN "\033[0m"

static const struct {
    const char *name, *label, *colour;
} severities[] = {
    [GRE_SEVERITY_ERROR] = { "error", N_("error"), "\033[31m" },
    [GRE_SEVERITY_WARNING] = { "warning", N_("warning"), "\033[33m" },
};

/* ---- text ---- */

typedef struct {
    GString *out;
    guint    width;
    gboolean colour;
} Page;

static guint
label_width(void)
{
    return MAX(gre_text_width(_("evidence")), gre_text_width(_("fix"))) + 2;
}

static void
add_row(const Page *page, const char *label, const char *text)
{
    g_autofree char *shown = gre_escape_text(text);
    guint            indent = label_width() + 2;

    g_string_append(page->out, "  ");
    gre_text_append_padded(page->out, label, indent - 2);
    gre_text_append_wrapped(page->out, shown, indent, page->width);
}

/* Never wrapped, so that the command can be copied. */
static void
add_command(const Page *page, const char *command)
{
    g_autofree char *shown = gre_escape_text(command);

    g_string_append(page->out, "  ");
    gre_text_append_padded(page->out, _("fix"), label_width());
    g_string_append_printf(page->out, "%s\n", shown);
}

static void
add_finding(const Page *page, const GreFinding *finding)
{
    g_autofree char *what = gre_escape_text(finding->what);
    const char      *label = _(severities[finding->severity].label);

    g_string_append_printf(page->out,
                           "\n%s%s%s: ", page->colour ? severities[finding->severity].colour : "",
                           label, page->colour ? PLAIN : "");
    gre_text_append_wrapped(page->out, what, gre_text_width(label) + 2, page->width);
    for (guint i = 0; i < finding->evidence->len; i++)
        add_row(page, i == 0 ? _("evidence") : "", finding->evidence->pdata[i]);
    if (finding->fix)
        add_command(page, finding->fix);
}

char *
gre_doctor_report_text(const GreFacts     *facts,
                       const GreDiagnosis *diagnosis,
                       guint               width,
                       gboolean            colour)
{
    Page             page = { .out = g_string_new(NULL), .width = width, .colour = colour };
    guint            n = diagnosis->findings->len;
    g_autofree char *id = gre_escape_text(facts->id);

    g_string_append_printf(page.out, "%s%s%s", colour ? "\033[1m" : "", id, colour ? PLAIN : "");
    if (facts->state)
        g_string_append_printf(page.out, " (%s)", facts->state);
    g_string_append(page.out, ": ");
    if (n == 0)
        g_string_append(page.out, _("no problems found"));
    else
        g_string_append_printf(page.out, N_PLURAL("%u finding", "%u findings", n), n);
    g_string_append_c(page.out, '\n');
    for (guint i = 0; i < n; i++)
        add_finding(&page, diagnosis->findings->pdata[i]);
    for (guint i = 0; i < diagnosis->skipped->len; i++) {
        const char *label = _("not checked: ");

        g_string_append_printf(page.out, "%s%s", i == 0 ? "\n" : "", label);
        gre_text_append_wrapped(page.out, diagnosis->skipped->pdata[i], gre_text_width(label),
                                width);
    }
    return g_string_free(page.out, FALSE);
}

/* ---- JSON ---- */

static GVariant *
text_value(const char *text)
{
    return g_variant_new_take_string(g_utf8_make_valid(text, -1));
}

static GVariant *
lines_value(const GPtrArray *lines)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint i = 0; i < lines->len; i++)
        g_variant_builder_add_value(&builder, text_value(lines->pdata[i]));
    return g_variant_builder_end(&builder);
}

static void
add_member(GVariantBuilder *builder, const char *name, GVariant *value)
{
    g_variant_builder_add(builder, "{sv}", name, value);
}

static GVariant *
finding_value(const GreFinding *finding)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    add_member(&builder, "id", text_value(finding->id));
    add_member(&builder, "severity", text_value(severities[finding->severity].name));
    add_member(&builder, "what", text_value(finding->what));
    add_member(&builder, "evidence", lines_value(finding->evidence));
    if (finding->fix)
        add_member(&builder, "command", text_value(finding->fix));
    return g_variant_builder_end(&builder);
}

char *
gre_doctor_report_json(const GreFacts *facts, const GreDiagnosis *diagnosis)
{
    g_autofree char *text = NULL;
    GVariantBuilder  findings, builder;

    g_variant_builder_init(&findings, G_VARIANT_TYPE("aa{sv}"));
    for (guint i = 0; i < diagnosis->findings->len; i++)
        g_variant_builder_add_value(&findings, finding_value(diagnosis->findings->pdata[i]));
    g_variant_builder_init(&builder, G_VARIANT_TYPE_VARDICT);
    add_member(&builder, "id", text_value(facts->id));
    if (facts->uuid)
        add_member(&builder, "uuid", text_value(facts->uuid));
    if (facts->state)
        add_member(&builder, "state", text_value(facts->state));
    add_member(&builder, "findings", g_variant_builder_end(&findings));
    add_member(&builder, "not-checked", lines_value(diagnosis->skipped));
    text = gre_json_format(g_variant_builder_end(&builder), TRUE);
    return g_strconcat(text, "\n", NULL);
}
