/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads files of the machine, and asks the firewall's tools and strongSwan. */
#include "config.h"

#include "doctor/doctor-gather.h"

#include "doctor/doctor-modules.h"
#include "gre-error.h"
#include "gre-strongswan.h"
#include "vici/vici-client.h"
#include "vici/vici-connect.h"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CHARON_TIMEOUT_MS 3000

/* ---- the kernel ---- */

static int
read_number(const char *path, int fallback)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) ? (int) strtol(text, NULL, 10) : fallback;
}

/* As the kernel combines them: the stricter of "all" and the interface's own; 2 is loose. */
static int
rp_filter_of(const char *ifname)
{
    g_autofree char *path =
        ifname ? g_strdup_printf("/proc/sys/net/ipv4/conf/%s/rp_filter", ifname) : NULL;

    if (!path)
        return 0;
    return MAX(read_number("/proc/sys/net/ipv4/conf/all/rp_filter", 0), read_number(path, 0));
}

static char *
blocked_in(const char *directory, const char *name)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *file;

    while (dir && (file = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, file, NULL), *text = NULL, *line = NULL;

        if (!g_str_has_suffix(file, ".conf") || !g_file_get_contents(path, &text, NULL, NULL))
            continue;
        line = gre_doctor_modules_blocked(text, name);
        if (line)
            return g_strdup_printf("%s: %s", path, line);
    }
    return NULL;
}

static char *
blocked_anywhere(const char *name)
{
    static const char *const directories[] = { "/etc/modprobe.d", "/run/modprobe.d",
                                               "/usr/lib/modprobe.d", "/lib/modprobe.d" };
    char                    *line = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(directories) && !line; i++)
        line = blocked_in(directories[i], name);
    return line;
}

static void
add_module(GreFacts *f, const char *lists[2], const char *name)
{
    g_autofree char *loaded = g_strdup_printf("/sys/module/%s", name);
    GreModuleFact    module = { .name = g_strdup(name),
                                .loaded = g_file_test(loaded, G_FILE_TEST_EXISTS),
                                .available = gre_doctor_modules_is_listed(lists[0], name) ||
                                             gre_doctor_modules_is_listed(lists[1], name),
                                .blocked = blocked_anywhere(name) };

    /* A built-in module can't be blocked. */
    if (gre_doctor_modules_is_listed(lists[1], name))
        module.loaded = TRUE;
    g_array_append_val(f->modules, module);
}

static void
gather_modules(GreFacts *f)
{
    g_autofree char *directory = g_build_filename("/lib/modules", f->release, NULL);
    g_autofree char *dep = g_build_filename(directory, "modules.dep", NULL), *dep_text = NULL;
    g_autofree char *builtin = g_build_filename(directory, "modules.builtin", NULL);
    g_autofree char *builtin_text = NULL;
    const char      *lists[2];

    if (f->device || !g_file_get_contents(dep, &dep_text, NULL, NULL))
        return;
    g_file_get_contents(builtin, &builtin_text, NULL, NULL);
    lists[0] = dep_text;
    lists[1] = builtin_text;
    add_module(f, lists, f->xfrm ? "xfrm_interface" : f->ip6 ? "ip6_gre" : "ip_gre");
    if (f->ipsec == GRE_IPSEC_NO)
        return;
    add_module(f, lists, f->ip6 ? "esp6" : "esp4");
    add_module(f, lists, "xfrm_user");
}

void
gre_doctor_gather_kernel(GreFacts *f)
{
    struct utsname name;

    f->os = gre_strongswan_os();
    f->release = g_strdup(uname(&name) == 0 ? name.release : "");
    f->modules = g_array_new(FALSE, FALSE, sizeof(GreModuleFact));
    f->modules_disabled = read_number("/proc/sys/kernel/modules_disabled", 0) != 0;
    gather_modules(f);
    f->forward4 = read_number("/proc/sys/net/ipv4/ip_forward", 1);
    f->forward6 = read_number("/proc/sys/net/ipv6/conf/all/forwarding", 1);
    f->rp_device = rp_filter_of(f->device);
    f->rp_underlay = rp_filter_of(f->underlay);
}

/* ---- the firewall ---- */

/* The program's output, NULL if it is missing or fails. */
static char *
output_of(const char *first, const char *second, const char *third)
{
    const char *argv[] = { first, second, third, "ruleset", NULL };
    char       *out = NULL;
    int         status;

    if (!third)
        argv[1] = NULL;
    if (!g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &out, NULL, &status, NULL) ||
        !g_spawn_check_exit_status(status, NULL))
        g_clear_pointer(&out, g_free);
    return out;
}

static gboolean
has_text(const char *path)
{
    g_autofree char *text = NULL;

    return g_file_get_contents(path, &text, NULL, NULL) && text[0] != '\0';
}

/* If the modules are unused, the tools would load them only to print an empty rule set. */
void
gre_doctor_gather_firewall(GreFacts *f)
{
    gboolean nft = g_file_test("/sys/module/nf_tables", G_FILE_TEST_EXISTS);
    gboolean legacy = has_text("/proc/net/ip_tables_names");
    gboolean legacy6 = has_text("/proc/net/ip6_tables_names");

    if (nft)
        f->nft = output_of("nft", "-j", "list");
    f->nft_unread = nft && !(f->nft && gre_firewall_nft_is_readable(f->nft));
    if (nft || legacy)
        f->iptables = output_of("iptables-save", NULL, NULL);
    if (nft || legacy6)
        f->ip6tables = output_of("ip6tables-save", NULL, NULL);
    if (legacy)
        f->legacy = output_of("iptables-legacy-save", NULL, NULL);
    if (legacy6)
        f->legacy6 = output_of("ip6tables-legacy-save", NULL, NULL);
}

/* ---- strongSwan ---- */

typedef struct {
    GMainLoop *loop;
    char     **plugins;
} Stats;

static void
on_stats(const ViciSection *reply, const GError *error, gpointer data)
{
    Stats *stats = data;

    if (!error)
        stats->plugins = vici_section_list(reply, "plugins");
    g_main_loop_quit(stats->loop);
}

/* The request itself reports whether the connection failed. */
static void
on_up(ViciClient *client, gpointer data)
{
}

static void
on_down(ViciClient *client, const GError *error, gpointer data)
{
}

static char **
ask_plugins(void)
{
    static const char *const         no_events[] = { NULL };
    static const ViciClientCallbacks callbacks = { .up = on_up, .down = on_down };
    Stats                            stats = { .loop = g_main_loop_new(NULL, FALSE) };
    ViciClient                      *client = vici_client_new(NULL, no_events, &callbacks, NULL);

    vici_client_start(client);
    vici_client_request(client, "stats", NULL, NULL, NULL, CHARON_TIMEOUT_MS, on_stats, &stats);
    g_main_loop_run(stats.loop);
    vici_client_free(client);
    g_main_loop_unref(stats.loop);
    return stats.plugins;
}

static gboolean
has_socket(void)
{
    g_auto(GStrv) sockets = gre_strongswan_sockets();

    for (gsize i = 0; sockets[i]; i++)
        if (g_file_test(sockets[i], G_FILE_TEST_EXISTS))
            return TRUE;
    return FALSE;
}

void
gre_doctor_gather_charon(GreFacts *f)
{
    g_autoptr(GError) error = NULL;
    int fd;

    f->charon_unit = gre_strongswan_unit();
    f->charon_dir = gre_strongswan_config_dir();
    if (!f->root && has_socket())
        return; /* only root can know whether charon listens */
    fd = vici_connect(NULL, NULL, &error);
    if (fd >= 0) {
        close(fd);
        f->plugins = ask_plugins();
        return;
    }
    f->charon_error = g_strdup(error->message);
    f->charon_missing = g_error_matches(error, GRE_ERROR, GRE_ERROR_NOT_INSTALLED);
}
