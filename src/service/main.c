/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre-service: options, logging, and the role of this process. */
#include "config.h"

#include "gre-error.h"
#include "base/log.h"
#include "base/runtime-state.h"
#include "gre-secret.h"
#include "gre-strongswan.h"
#include "service/launcher.h"
#include "service/notify.h"
#include "service/service.h"

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

typedef struct {
    char    *bus_name;
    char    *vici_socket;
    gboolean debug;
    gboolean persist;
    gboolean version;
    int      handed_over;
} Options;

static gboolean
parse_options(int *argc, char ***argv, Options *options, GError **error)
{
    const GOptionEntry entries[] = {
        { "bus-name", 0, 0, G_OPTION_ARG_STRING, &options->bus_name,
          "Serve one connection under this D-Bus name (NetworkManager sets it)", "NAME" },
        { "persist", 0, 0, G_OPTION_ARG_NONE, &options->persist,
          "Keep running without a connection", NULL },
        { "vici-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->vici_socket,
          "Expect strongSwan at this socket only", "PATH" },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &options->debug,
          "Log everything to stderr; secrets are never logged", NULL },
        { "handed-over", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &options->handed_over,
          "Go on with what an earlier program left in this file", "DESCRIPTOR" },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
        { 0 },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);

    g_option_context_set_summary(
        context, "GRE tunnels for NetworkManager, encrypted with IPsec if the profile says so.");
    g_option_context_add_main_entries(context, entries, NULL);
    return g_option_context_parse(context, argc, argv, error);
}

/* NetworkManager sets the log level: a syslog level. */
static void
start_log(const Options *options)
{
    const char *level = g_getenv("NM_VPN_LOG_LEVEL");
    const char *syslog = g_getenv("NM_VPN_LOG_SYSLOG");

    if (options->debug)
        gre_log_init(LOG_DEBUG, TRUE);
    else
        gre_log_init(level ? (int) CLAMP(g_ascii_strtoll(level, NULL, 10), LOG_EMERG, LOG_DEBUG)
                           : LOG_NOTICE,
                     syslog && g_str_equal(syslog, "0"));
}

/* A process this small would grow by megabytes if the kernel gave it huge pages, and by the peak
 * usage of GDBus's thread if that had a heap of its own. */
static void
stay_small(void)
{
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 1);
#endif
}

/* What takes this program's place on SIGHUP: the file that is at this path then, with the same
 * options. (transfer full) */
static char **
successor(const Options *options)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *path = g_file_read_link("/proc/self/exe", NULL);

    g_strv_builder_add(builder, path ? path : LIBEXECDIR "/nm-gre-service");
    if (options->persist)
        g_strv_builder_add(builder, "--persist");
    if (options->debug)
        g_strv_builder_add(builder, "--debug");
    if (options->vici_socket) {
        g_strv_builder_add(builder, "--vici-socket");
        g_strv_builder_add(builder, options->vici_socket);
    }
    return g_strv_builder_end(builder);
}

/* Becomes the service, unless another took the connection meanwhile. */
static int
become_service(GDBusConnection *bus, const Options *options, GError **error)
{
    g_autoptr(GError) taken = NULL;
    g_autoptr(GreService) service = NULL;
    g_auto(GStrv) program = successor(options);
    GreHandover *handover = NULL;

    if (options->handed_over > 0) {
        handover = gre_handover_read(options->handed_over, error);
        if (!handover)
            return EXIT_FAILURE;
    }
    gre_strongswan_set_socket(options->vici_socket);
    gre_runtime_state_set_directory(g_getenv("RUNTIME_DIRECTORY"));
    service = gre_service_new(bus, options->persist || gre_notify_wanted(), error);
    if (!service) {
        gre_handover_free(handover);
        return EXIT_FAILURE;
    }
    gre_service_set_program(service, (const char *const *) program);
    gre_service_resume(service, handover);
    if (gre_launcher_take_name(bus, options->handed_over > 0, &taken))
        return gre_service_run(service, options->bus_name);
    if (options->bus_name && g_error_matches(taken, GRE_ERROR, GRE_ERROR_TAKEN))
        return gre_launcher_hand_over(bus, options->bus_name, error) ? EXIT_SUCCESS : EXIT_FAILURE;
    g_propagate_error(error, g_steal_pointer(&taken));
    return EXIT_FAILURE;
}

static int
run(GDBusConnection *bus, const Options *options, GError **error)
{
    g_autoptr(GError) refused = NULL;

    g_dbus_connection_set_exit_on_close(bus, FALSE);
    if (options->bus_name) {
        if (gre_launcher_hand_over(bus, options->bus_name, &refused))
            return EXIT_SUCCESS;
        gre_log_kind(GRE_MESSAGE_SERVICE_STARTED, LOG_INFO,
                     "no running service accepted the connection: %s", refused->message);
    }
    return become_service(bus, options, error);
}

int
main(int argc, char **argv)
{
    g_autoptr(GDBusConnection) bus = NULL;
    g_autoptr(GError) error = NULL;
    Options options = { 0 };
    int     status = EXIT_FAILURE;

    signal(SIGPIPE, SIG_IGN); /* a child may end before it has read all */
    setlocale(LC_CTYPE, "");  /* its messages stay in English, as the journal's are */
    if (!parse_options(&argc, &argv, &options, &error)) {
        fprintf(stderr, "%s: %s\n", g_get_prgname(), error->message);
        return 2;
    }
    if (options.version) {
        puts(PACKAGE_NAME " " GRE_VERSION);
        return EXIT_SUCCESS;
    }
    gre_secret_hide_process();
    stay_small();
    start_log(&options);
    bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &error);
    if (bus)
        status = run(bus, &options, &error);
    if (error)
        gre_log_kind(GRE_MESSAGE_SERVICE_FAILED, LOG_ERR, "%s", error->message);
    g_free(options.bus_name);
    g_free(options.vici_socket);
    return status;
}
