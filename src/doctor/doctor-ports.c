/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source: net/ipv4/udp.c, udp4_format_sock(); proc(5). */
#include "config.h"

#include "doctor/doctor-ports.h"

#include "gre-i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- reading ---- */

/* "  12: 0100007F:01F4 00000000:0000 07 …" */
static void
read_socket(const char *line, GArray *sockets)
{
    GrePortFact fact = { 0 };

    /* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers, which fit */
    if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*u %*u %u", &fact.port,
               &fact.inode) == 2 &&
        (fact.port == 500 || fact.port == 4500))
        g_array_append_val(sockets, fact);
}

GArray *
gre_doctor_ports_read(const char *table)
{
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    GArray *sockets = g_array_new(FALSE, FALSE, sizeof(GrePortFact));

    for (guint i = 0; lines[i]; i++)
        read_socket(lines[i], sockets);
    return sockets;
}

static void
read_program(int pid, GrePortFact *fact)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/comm", pid), *name = NULL;

    fact->pid = pid;
    if (g_file_get_contents(path, &name, NULL, NULL))
        g_strlcpy(fact->program, g_strstrip(name), sizeof fact->program);
}

static gboolean
has_socket(int pid, guint inode)
{
    g_autofree char *directory = g_strdup_printf("/proc/%d/fd", pid);
    g_autofree char *wanted = g_strdup_printf("socket:[%u]", inode);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_autofree char *target = g_file_read_link(path, NULL);

        if (g_strcmp0(target, wanted) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
find_program(GrePortFact *fact)
{
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    const char *name;

    while (fact->inode && processes && (name = g_dir_read_name(processes))) {
        int pid = (int) strtol(name, NULL, 10);

        if (pid > 0 && has_socket(pid, fact->inode)) {
            read_program(pid, fact);
            return;
        }
    }
}

GArray *
gre_doctor_ports_gather(gboolean ip6)
{
    g_autofree char *table = NULL;
    GArray          *sockets;

    if (!g_file_get_contents(ip6 ? "/proc/net/udp6" : "/proc/net/udp", &table, NULL, NULL))
        return NULL;
    sockets = gre_doctor_ports_read(table);
    for (guint i = sockets->len; i > 0; i--) {
        GrePortFact *fact = &g_array_index(sockets, GrePortFact, i - 1);

        find_program(fact);
        if (g_str_has_prefix(fact->program, "charon"))
            g_array_remove_index(sockets, i - 1);
    }
    return sockets;
}

/* ---- the check ---- */

static gboolean
is_used_by(const GArray *ports, const char *program)
{
    for (guint i = 0; ports && i < ports->len; i++)
        if (g_str_equal(g_array_index(ports, GrePortFact, i).program, program))
            return TRUE;
    return FALSE;
}

static void
see_users(const GArray *ports, GreFinding *finding)
{
    for (guint i = 0; ports && i < ports->len; i++) {
        const GrePortFact *fact = &g_array_index(ports, GrePortFact, i);

        if (fact->pid)
            gre_doctor_evidence(finding, _("UDP port %u: %s, process %d"), fact->port,
                                fact->program, fact->pid);
        else
            gre_doctor_evidence(finding, _("UDP port %u: in use, by no known process"), fact->port);
    }
}

void
gre_doctor_check_ports(const GreFacts *f, GreDiagnosis *out)
{
    gboolean    used = f->ports && f->ports->len > 0;
    gboolean    failed = f->failure && strstr(f->failure, "no socket to send from");
    GreFinding *finding;

    if (f->ipsec == GRE_IPSEC_NO || f->charon_error || (!used && !failed))
        return;
    finding = gre_doctor_add(out, "ike-ports", GRE_SEVERITY_ERROR,
                             _("another program uses the UDP ports that strongSwan needs"));
    if (failed)
        gre_doctor_evidence(finding, "%s", f->failure);
    see_users(f->ports, finding);
    if (is_used_by(f->ports, "pluto"))
        gre_doctor_fix(finding, "systemctl disable --now ipsec.service; systemctl restart %s",
                       f->charon_unit);
    else if (used)
        gre_doctor_fix(finding, "ss -lunp 'sport = :500 or sport = :4500'");
    else
        gre_doctor_fix(finding, "systemctl restart %s", f->charon_unit);
}
