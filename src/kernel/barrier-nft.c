/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nftables table that blocks ip6gre in clear text on old kernels.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/barrier-nft.h"
#include "gre-error.h"

#define TABLE_PREFIX   "nm-gre-"
#define NFT_TIMEOUT_MS 10000
#define WORDS_MAX      300 /* bytes of nft's output in an error */

/* --- text --- */

gboolean
gre_barrier_nft_needed(GreMode mode, const char *release)
{
    /* The first release of each stable series that has the commit. */
    static const guint fixed[][3] = { { 5, 4, 174 }, { 5, 10, 94 }, { 5, 15, 17 }, { 5, 16, 3 } };
    guint              major = 0, minor = 0, patch = 0;

    if (mode != GRE_MODE_IP6GRE)
        return FALSE;
    /* NOLINTNEXTLINE(cert-err34-c): the kernel's own release has no number that is too big */
    if (sscanf(release, "%u.%u.%u", &major, &minor, &patch) < 2)
        return TRUE;
    if (major > 5 || (major == 5 && minor >= 17))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (fixed[i][0] == major && fixed[i][1] == minor)
            return patch < fixed[i][2];
    return TRUE;
}

/* Like the policies, a table belongs to one tunnel's mark and one pair of addresses. */
char *
gre_barrier_nft_table(const GreBarrier *barrier)
{
    guint32 hash = 2166136261u; /* FNV-1a */

    for (guint i = 0; i < 32; i++) {
        guint8 byte = i < 16 ? barrier->local.bytes[i] : barrier->remote.bytes[i - 16];

        hash = (hash ^ byte) * 16777619u;
    }
    return g_strdup_printf(TABLE_PREFIX "%08x%08x", barrier->mark, hash);
}

char *
gre_barrier_nft_ruleset(const GreBarrier *barrier)
{
    g_autofree char *table = gre_barrier_nft_table(barrier);
    g_autofree char *to = NULL;
    char             local[GRE_ADDRESS_STRLEN], remote[GRE_ADDRESS_STRLEN];

    gre_address_to_string(&barrier->local, local);
    gre_address_to_string(&barrier->remote, remote);
    to = gre_address_is_any(&barrier->local) ? g_strdup("")
                                             : g_strdup_printf("ip6 daddr %s ", local);
    /* The first line creates the table, so that the second never fails. */
    return g_strdup_printf("table ip6 %s\n"
                           "delete table ip6 %s\n"
                           "table ip6 %s {\n"
                           "    chain input {\n"
                           "        type filter hook input priority 0; policy accept;\n"
                           "        ip6 saddr %s %smeta l4proto 47 meta secpath missing drop\n"
                           "    }\n"
                           "}\n",
                           table, table, table, remote, to);
}

static gboolean
is_our_table(const char *name)
{
    const char *digits = name + strlen(TABLE_PREFIX);

    return g_str_has_prefix(name, TABLE_PREFIX) && strlen(digits) == 16 &&
           strspn(digits, "0123456789abcdef") == 16;
}

char **
gre_barrier_nft_parse_tables(const char *text)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 0);

        if (g_strv_length(words) >= 3 && g_str_equal(words[0], "table") &&
            g_str_equal(words[1], "ip6") && is_our_table(words[2]))
            g_strv_builder_add(names, words[2]);
    }
    return g_strv_builder_end(names);
}

static char *
removal(const char *const *tables)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; tables[i] != NULL; i++)
        if (is_our_table(tables[i]))
            g_string_append_printf(text, "table ip6 %s\ndelete table ip6 %s\n", tables[i],
                                   tables[i]);
    return g_string_free(text, FALSE);
}

/* --- running nft --- */

static gboolean
on_timeout(gpointer user_data)
{
    g_subprocess_force_exit(user_data);
    return G_SOURCE_REMOVE;
}

/* Harmless if the source has run already, unlike g_source_remove(). */
static void
timeout_free(gpointer timeout)
{
    g_source_destroy(timeout);
    g_source_unref(timeout);
}

static GSource *
timeout_new(GSubprocess *process)
{
    GSource *timeout = g_timeout_source_new(NFT_TIMEOUT_MS);

    g_source_set_callback(timeout, on_timeout, g_object_ref(process), g_object_unref);
    g_source_attach(timeout, g_main_context_get_thread_default());
    return timeout;
}

static void
fail(GTask *task, const char *words)
{
    g_autofree char *one_line = g_strndup(words, WORDS_MAX);

    g_strdelimit(g_strstrip(one_line), "\n", ' ');
    g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_KERNEL,
                            "can't set up nftables to block GRE in clear text: %s",
                            one_line[0] != '\0' ? one_line : "nft failed");
}

static void
on_nft_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GSubprocess *process = G_SUBPROCESS(source);
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL;
    g_autofree char *words = NULL;

    g_object_set_data(G_OBJECT(task), "timeout", NULL);
    if (!g_subprocess_communicate_utf8_finish(process, result, &out, &words, &error)) {
        g_subprocess_force_exit(process);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_task_return_error(task, g_steal_pointer(&error));
        else
            fail(task, error->message);
    } else if (!g_subprocess_get_successful(process))
        fail(task, words);
    else
        g_task_return_pointer(task, g_steal_pointer(&out), g_free);
}

static void
nft_missing(GTask *task, const GError *error)
{
    if (g_task_get_source_tag(task) == gre_barrier_nft_list_async)
        g_task_return_pointer(task, g_strdup(""), g_free);
    else
        g_task_return_new_error(task, GRE_ERROR, GRE_ERROR_KERNEL,
                                "this kernel accepts GRE over IPv6 without IPsec; nft (package "
                                "nftables), which can block it, does not run: %s",
                                error->message);
}

/* @input: (nullable): for its standard input. */
static void
run_nft(GTask *task, const char *const *argv, const char *input)
{
    GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process = NULL;

    if (input != NULL)
        flags |= G_SUBPROCESS_FLAGS_STDIN_PIPE;
    process = g_subprocess_newv(argv, flags, &error);
    if (process == NULL) {
        nft_missing(task, error);
        g_object_unref(task);
        return;
    }
    g_object_set_data_full(G_OBJECT(task), "timeout", timeout_new(process), timeout_free);
    g_subprocess_communicate_utf8_async(process, input, g_task_get_cancellable(task), on_nft_done,
                                        task);
}

static void
feed_nft(GTask *task, const char *input)
{
    const char *const argv[] = { "nft", "-f", "-", NULL };

    run_nft(task, argv, input);
}

void
gre_barrier_nft_lay_async(const GreBarrier   *barrier,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
    g_autofree char *ruleset = gre_barrier_nft_ruleset(barrier);
    GTask           *task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, gre_barrier_nft_lay_async);
    feed_nft(task, ruleset);
}

void
gre_barrier_nft_lift_async(const GreBarrier   *barrier,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
    g_autofree char  *table = gre_barrier_nft_table(barrier);
    const char *const tables[] = { table, NULL };

    gre_barrier_nft_remove_async(tables, cancellable, callback, user_data);
}

void
gre_barrier_nft_remove_async(const char *const  *tables,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
    g_autofree char *text = removal(tables);
    GTask           *task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, gre_barrier_nft_remove_async);
    feed_nft(task, text);
}

gboolean
gre_barrier_nft_finish(GAsyncResult *result, GError **error)
{
    g_autofree char *out = g_task_propagate_pointer(G_TASK(result), error);

    return out != NULL;
}

void
gre_barrier_nft_list_async(GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
    const char *const argv[] = { "nft", "list", "tables", "ip6", NULL };
    GTask            *task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, gre_barrier_nft_list_async);
    run_nft(task, argv, NULL);
}

char **
gre_barrier_nft_list_finish(GAsyncResult *result, GError **error)
{
    g_autofree char *out = g_task_propagate_pointer(G_TASK(result), error);

    return out != NULL ? gre_barrier_nft_parse_tables(out) : NULL;
}
