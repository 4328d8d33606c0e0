/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of checks, and the functions with which they report findings. */
#include "config.h"

#include "doctor/doctor.h"
#include "gre-i18n.h"
#include "gre-property.h"

#include <string.h>

/* Causes first. A check for a symptom runs only if no cause was found. */
static const struct {
    gboolean symptom;
    void (*run)(const GreFacts *facts, GreDiagnosis *out);
} checks[] = {
    /* clang-format off */
    { FALSE, gre_doctor_check_profile },
    { FALSE, gre_doctor_check_base },
    { FALSE, gre_doctor_check_modules },
    { FALSE, gre_doctor_check_service },
    { FALSE, gre_doctor_check_boot_order },
    { FALSE, gre_doctor_check_daemon },
    { FALSE, gre_doctor_check_plugins },
    { FALSE, gre_doctor_check_ports },
    { FALSE, gre_doctor_check_route },
    { FALSE, gre_doctor_check_same_ends },
    { FALSE, gre_doctor_check_firewall },
    { FALSE, gre_doctor_check_invalid },
    { FALSE, gre_doctor_check_barrier },
    { FALSE, gre_doctor_check_authentication },
    { FALSE, gre_doctor_check_key },
    { FALSE, gre_doctor_check_fallback },
    { FALSE, gre_doctor_check_rp_filter },
    { FALSE, gre_doctor_check_mtu },
    { FALSE, gre_doctor_check_forwarding },
    { TRUE, gre_doctor_check_silent },
    { TRUE, gre_doctor_check_failure },
    /* clang-format on */
};

static gboolean
has_cause(const GreDiagnosis *diagnosis)
{
    for (guint i = 0; i < diagnosis->findings->len; i++) {
        const GreFinding *finding = diagnosis->findings->pdata[i];

        if (finding->severity == GRE_SEVERITY_ERROR)
            return TRUE;
    }
    return FALSE;
}

static gint
by_severity(gconstpointer a, gconstpointer b)
{
    const GreFinding *first = *(GreFinding *const *) a, *second = *(GreFinding *const *) b;

    return (gint) first->severity - (gint) second->severity;
}

static void
note_what_is_missing(const GreFacts *f, GreDiagnosis *out)
{
    if (!f->root)
        gre_doctor_skip(out, _("firewall, strongSwan's plugins, pings: these need root"));
    if (f->nft_unread)
        gre_doctor_skip(out, _("nftables: nft is missing, or its output can't be read"));
    if (f->planned)
        gre_doctor_skip(out, _("the peer: there is no tunnel to it yet"));
    else if (!f->device)
        gre_doctor_skip(out, _("pings: there is no tunnel device"));
    else if (f->root && f->ethernet)
        gre_doctor_skip(out, _("pings: the tunnel carries Ethernet frames"));
    else if (f->root && f->probe.target.family == AF_UNSPEC)
        gre_doctor_skip(out, _("pings: the peer's address inside the tunnel is unknown"));
    if (!f->profile_error && f->remote.family == AF_UNSPEC)
        gre_doctor_skip(out, _("route to the peer: its name isn't resolved"));
    if (!f->device && f->modules->len == 0)
        gre_doctor_skip(out, _("kernel modules: no list of them was found"));
}

GreDiagnosis *
gre_doctor_diagnose(const GreFacts *facts)
{
    GreDiagnosis *diagnosis = gre_doctor_diagnosis_new();

    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
        if (!checks[i].symptom || !has_cause(diagnosis))
            checks[i].run(facts, diagnosis);
    note_what_is_missing(facts, diagnosis);
    g_ptr_array_sort(diagnosis->findings, by_severity);
    return diagnosis;
}

/* ---- findings ---- */

static void
finding_free(gpointer data)
{
    GreFinding *finding = data;

    g_free(finding->what);
    g_free(finding->fix);
    g_ptr_array_unref(finding->evidence);
    g_free(finding);
}

GreDiagnosis *
gre_doctor_diagnosis_new(void)
{
    GreDiagnosis *diagnosis = g_new(GreDiagnosis, 1);

    diagnosis->findings = g_ptr_array_new_with_free_func(finding_free);
    diagnosis->skipped = g_ptr_array_new_with_free_func(g_free);
    return diagnosis;
}

void
gre_doctor_diagnosis_free(GreDiagnosis *diagnosis)
{
    g_ptr_array_unref(diagnosis->findings);
    g_ptr_array_unref(diagnosis->skipped);
    g_free(diagnosis);
}

GreFinding *
gre_doctor_add(
    GreDiagnosis *diagnosis, const char *id, GreSeverity severity, const char *format, ...)
{
    GreFinding *finding = g_new0(GreFinding, 1);
    va_list     args;

    va_start(args, format);
    finding->what = g_strdup_vprintf(format, args);
    va_end(args);
    finding->id = id;
    finding->severity = severity;
    finding->evidence = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(diagnosis->findings, finding);
    return finding;
}

void
gre_doctor_evidence(GreFinding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(finding->evidence, g_strdup_vprintf(format, args));
    va_end(args);
}

void
gre_doctor_fix(GreFinding *finding, const char *format, ...)
{
    va_list args;

    g_free(finding->fix);
    va_start(args, format);
    finding->fix = g_strdup_vprintf(format, args);
    va_end(args);
}

void
gre_doctor_skip(GreDiagnosis *diagnosis, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_ptr_array_add(diagnosis->skipped, g_strdup_vprintf(format, args));
    va_end(args);
}

/* ---- commands ---- */

char *
gre_doctor_name(const GreFacts *facts)
{
    for (const char *p = facts->id; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
            return g_shell_quote(facts->id);
    return facts->id[0] == '-' ? g_shell_quote(facts->uuid) : g_strdup(facts->id);
}

void
gre_doctor_fix_property(
    GreFinding *finding, const GreFacts *facts, const char *key, const char *format, ...)
{
    g_autofree char *name = gre_doctor_name(facts), *value = NULL;
    va_list          args;

    va_start(args, format);
    value = g_strdup_vprintf(format, args);
    va_end(args);
    if (!facts->native)
        gre_doctor_fix(finding,
                       "nmcli connection modify %s +vpn.data %s=%s && nmcli connection up %s", name,
                       key, value, name);
    else if (g_str_has_prefix(key, "ipsec-"))
        gre_doctor_fix(finding, "nm-gre protect %s --set %s=%s --up", name, key, value);
    else
        gre_doctor_fix(finding,
                       "nmcli connection modify %s ip-tunnel.%s %s && nmcli connection up %s", name,
                       key, value, name);
}

gboolean
gre_doctor_is_os(const GreFacts *facts, const char *os)
{
    g_auto(GStrv) words = g_strsplit(facts->os ? facts->os : "", " ", -1);

    return g_strv_contains((const char *const *) words, os);
}

/* ---- facts ---- */

static void
clear_texts(GreFacts *f)
{
    char **const texts[] = {
        &f->id,       &f->uuid,          &f->profile_error, &f->remote_name,
        &f->local_id, &f->remote_id,     &f->service_error, &f->state,
        &f->failure,  &f->device,        &f->route_error,   &f->underlay,
        &f->reverse,  &f->reverse_outer, &f->routes4,       &f->routes6,
        &f->release,  &f->nft,           &f->iptables,      &f->ip6tables,
        &f->legacy,   &f->legacy6,       &f->charon_error,  &f->os,
        &f->behind,
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_clear_pointer(texts[i], g_free);
}

void
gre_doctor_facts_clear(GreFacts *f)
{
    clear_texts(f);
    g_clear_pointer(&f->lans, g_strfreev);
    g_clear_pointer(&f->plugins, g_strfreev);
    g_clear_pointer(&f->tunnels, g_array_unref);
    g_clear_pointer(&f->addresses, g_array_unref);
    g_clear_pointer(&f->ports, g_array_unref);
    for (guint i = 0; f->modules && i < f->modules->len; i++) {
        g_free(g_array_index(f->modules, GreModuleFact, i).name);
        g_free(g_array_index(f->modules, GreModuleFact, i).blocked);
    }
    g_clear_pointer(&f->modules, g_array_unref);
}
