/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nm-gre add: from a bare host to a tunnel. Asks, looks, plans, and only then changes anything. */
#include "config.h"

#include "add/add-apply.h"
#include "cli/add-ask.h"
#include "cli/add-look.h"
#include "cli/add-options.h"
#include "cli/local-end.h"
#include "cli/peer-output.h"
#include "cli/protect-report.h"
#include "cli/secret-input.h"
#include "client/command.h"
#include "client/companion.h"
#include "client/nm-sync.h"
#include "gre-i18n.h"
#include "gre-secret.h"
#include "gre-value.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

static const GreAddOptions *const options = &gre_add_options;

typedef struct {
    GreAddAnswers      *answers;
    NMClient           *client;
    NMRemoteConnection *existing; /* NULL: the first run */
    NMRemoteConnection *companion;
    char               *psk; /* NULL: not needed */
    gboolean            made_psk;
    char               *names[2]; /* of interface and companion, which the place borrows */
    char               *uuids[2];
    GreAddPlace         place;
    GreAddPlan         *plan;
    FILE *talk; /* what is told to a person: stdout, unless the peer's lines go there */
} Job;

static void
job_clear(Job *job)
{
    g_clear_pointer(&job->plan, gre_add_plan_free);
    g_clear_pointer(&job->answers, gre_add_answers_free);
    g_clear_object(&job->client);
    g_clear_pointer(&job->psk, gre_secret_free_text);
    for (gsize i = 0; i < G_N_ELEMENTS(job->names); i++)
        g_free(job->names[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(job->uuids); i++)
        g_free(job->uuids[i]);
}

/* ---- answers ---- */

static gboolean
collect(Job *job, const char *name, GError **error)
{
    GreAddAnswers *answers = job->answers = gre_add_answers_new();

    if (!gre_add_options_collect(answers, name, error))
        return FALSE;
    if (!options->yes && (!answers->remote || answers->inside->len == 0) &&
        gre_add_ask_possible() && !gre_add_ask_all(answers, error))
        return FALSE;
    job->talk = answers->format || options->dry_run ? stderr : stdout;
    return gre_add_answers_complete(answers, error) && gre_add_options_check_format(answers, error);
}

/* ---- the secret ---- */

static gboolean
get_psk(Job *job, GError **error)
{
    const GreAddAnswers *answers = job->answers;

    if (answers->proof != GRE_ADD_PROOF_PSK)
        return TRUE;
    if (answers->psk)
        job->psk = g_strdup(answers->psk);
    else if (answers->psk_file)
        job->psk = gre_secret_input_read(answers->psk_file, error);
    else {
        job->psk = gre_secret_input_make(error);
        job->made_psk = TRUE;
    }
    return job->psk != NULL;
}

/* ---- what is there ---- */

static gboolean
find_existing(Job *job, GError **error)
{
    const char *name = job->answers->name;

    job->client = gre_nm_sync_open(error);
    if (!job->client)
        return FALSE;
    if (!nm_client_get_connection_by_id(job->client, name))
        return TRUE;
    job->existing = gre_companion_find_vpn(job->client, name, NULL);
    if (!job->existing)
        job->existing = gre_companion_find_tunnel(job->client, name, NULL);
    if (!job->existing)
        return gre_command_fail(error, GRE_EXIT_FAILED,
                                _("another profile is called \"%s\": choose another name"), name);
    if (!nm_connection_get_setting_vpn(NM_CONNECTION(job->existing)))
        job->companion = gre_companion_of(job->client, job->existing);
    return TRUE;
}

/* ---- the place ---- */

/* An interface for a native tunnel: the profile's name if it can be one. */
static char *
choose_ifname(const char *name)
{
    char *chosen;

    if (gre_value_is_new_ifname(name) && if_nametoindex(name) == 0)
        return g_strdup(name);
    for (guint n = 0;; n++) {
        chosen = g_strdup_printf("nmtun%u", n);
        if (if_nametoindex(chosen) == 0)
            return chosen;
        g_free(chosen);
    }
}

static void
fill_source(GreAddPlace *place, const char *peer)
{
    GreAddress address;

    if (!gre_address_parse(peer, &address))
        return;
    place->family = address.family;
    gre_local_end_source(&address, NULL, &place->source);
}

static void
choose_place(Job *job, const GreFacts *facts)
{
    GreAddPlace *place = &job->place;

    place->kind = gre_add_checks_kind(job->answers, facts, gre_add_checks_is_desktop());
    fill_source(place, job->answers->remote);
    place->ifname = job->names[0] = choose_ifname(job->answers->name);
    place->companion = job->names[1] = gre_companion_free_name(job->client, job->answers->name);
    for (gsize i = 0; i < G_N_ELEMENTS(job->uuids); i++)
        place->uuids[i] = job->uuids[i] = nm_utils_uuid_generate();
}

/* Of the profiles that exist, so that only answers make a difference. */
static void
keep_place(Job *job)
{
    NMConnection *main = NM_CONNECTION(job->existing);
    NMConnection *companion = (NMConnection *) job->companion;
    GreAddPlace  *place = &job->place;

    place->kind = nm_connection_get_setting_vpn(main) ? GRE_ADD_KIND_VPN : GRE_ADD_KIND_NATIVE;
    if (job->answers->kind != GRE_ADD_KIND_AUTO)
        place->kind = job->answers->kind;
    fill_source(place, job->answers->remote);
    place->ifname = nm_connection_get_interface_name(main);
    if (!place->ifname)
        place->ifname = job->names[0] = choose_ifname(job->answers->name);
    place->companion = companion ? nm_connection_get_id(companion) : "-";
    place->uuids[0] = nm_connection_get_uuid(main);
    place->uuids[1] = job->uuids[1] =
        companion ? g_strdup(nm_connection_get_uuid(companion)) : nm_utils_uuid_generate();
}

/* ---- the end ---- */

static gboolean
print_peer(const Job *job, GError **error)
{
    const GreAddAnswers *answers = job->answers;
    const GrePeerOutput  wish = { .format = gre_remote_formats_find(answers->format),
                                  .networks = answers->networks,
                                  .show_secrets = options->show_secrets };

    fflush(job->talk);
    return gre_peer_output_print(answers->name, &wish, error);
}

/* Where the peer's configuration comes from, and its key. */
static void
print_next(const Job *job)
{
    g_autofree char *word = gre_protect_report_word(job->plan->main);
    const char      *kind_of_peer = job->answers->format ? job->answers->format : "FORMAT";

    if (!job->answers->format || (job->made_psk && !options->show_secrets))
        fprintf(job->talk,
                job->made_psk ? _("For the peer, with the new pre-shared key, run\n"
                                  "  nm-gre peer %s --format %s --show-secrets\n")
                              : _("For the peer, run\n  nm-gre peer %s --format %s\n"),
                word, kind_of_peer);
}

/* ---- the first run ---- */

static void
print_profile(NMConnection *connection)
{
    g_autofree char *text = gre_add_plan_text(connection);

    printf("%s\n", text);
}

static gboolean
print_plan(const Job *job)
{
    fprintf(job->talk, _("These profiles would be created, and brought up:\n"));
    fflush(job->talk);
    print_profile(job->plan->main);
    if (job->plan->companion)
        print_profile(job->plan->companion);
    return TRUE;
}

/* On which a VPN profile comes up at boot. */
static gboolean
find_base(Job *job, const GreFacts *facts, NMRemoteConnection **base, GError **error)
{
    *base = NULL;
    if (job->place.kind != GRE_ADD_KIND_VPN)
        return TRUE;
    *base = facts->base ? NULL : gre_add_apply_base(job->client, facts->underlay);
    if (*base)
        return TRUE;
    return gre_command_fail(error, GRE_EXIT_FAILED,
                            _("NetworkManager doesn't manage the uplink, so a VPN profile can't "
                              "come up at boot: use --kind native, with the peer's address"));
}

static gboolean
apply(Job *job, const GreFacts *facts, GError **error)
{
    g_autofree char    *name = gre_protect_report_name(job->plan->main);
    g_autofree char    *question = g_strdup_printf(_("Create %s and bring it up? [Y/n] "), name);
    NMRemoteConnection *base;

    if (!find_base(job, facts, &base, error))
        return FALSE;
    if (options->dry_run)
        return print_plan(job);
    if (!gre_add_ask_agreed(question, options->yes, error) ||
        !gre_add_apply(job->client, job->plan, base, error))
        return FALSE;
    fprintf(job->talk,
            job->plan->companion ? _("%s is up: a native tunnel, with its companion for IPsec.\n")
            : base               ? _("%s is up: a VPN profile.\n")
                                 : _("%s is up: a native tunnel without IPsec.\n"),
            name);
    print_next(job);
    return !job->answers->format || print_peer(job, error);
}

static gboolean
run_first(Job *job, GError **error)
{
    GreAddLookMode mode = options->dry_run                          ? GRE_ADD_LOOK_ONLY
                          : options->fix                            ? GRE_ADD_LOOK_FIX
                          : !options->yes && gre_add_ask_possible() ? GRE_ADD_LOOK_ASK
                                                                    : GRE_ADD_LOOK_ONLY;
    GreFacts       facts = { 0 };
    gboolean       done = get_psk(job, error) &&
                    gre_add_look(job->client, job->answers, mode, job->talk, &facts, error);

    if (done) {
        choose_place(job, &facts);
        job->plan = gre_add_plan_new(job->answers, &job->place, job->psk, error);
        done = job->plan && apply(job, &facts, error);
    }
    gre_doctor_facts_clear(&facts);
    return done;
}

/* ---- another run ---- */

/* Sets the key of the plan: the given one, else the stored one. Returns whether they differ in
 * *@differs. */
static gboolean
compare_psk(Job *job, gboolean *differs, GError **error)
{
    NMRemoteConnection *vpn = job->companion ? job->companion : job->existing;
    g_autoptr(GHashTable) secrets = NULL;
    const char *stored;

    *differs = FALSE;
    if (job->answers->proof != GRE_ADD_PROOF_PSK)
        return TRUE;
    if (nm_connection_get_setting_vpn(NM_CONNECTION(vpn)))
        secrets = gre_nm_sync_get_secrets(vpn, error);
    if (!secrets && error && *error)
        return FALSE;
    stored = secrets ? g_hash_table_lookup(secrets, "ipsec-psk") : NULL;
    if (!job->answers->psk && !job->answers->psk_file && stored) {
        job->psk = g_strdup(stored);
        return TRUE;
    }
    if (!get_psk(job, error))
        return FALSE;
    *differs = stored && strcmp(stored, job->psk) != 0;
    return TRUE;
}

static void
add_lines(GPtrArray *lines, NMRemoteConnection *existing, NMConnection *wanted)
{
    NMConnection *old = (NMConnection *) existing;
    g_autoptr(GPtrArray) more = NULL;

    if (!!old != !!wanted) {
        g_ptr_array_add(
            lines, g_strdup_printf("ipsec: %s -> %s", old ? "yes" : "no", wanted ? "yes" : "no"));
        return;
    }
    more = old ? gre_add_plan_differences(old, wanted) : NULL;
    for (guint i = 0; more && i < more->len; i++)
        g_ptr_array_add(lines, g_strdup(more->pdata[i]));
}

static GPtrArray *
compare(const Job *job, gboolean psk_differs)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    add_lines(lines, job->existing, job->plan->main);
    add_lines(lines, job->companion, job->plan->companion);
    if (psk_differs)
        g_ptr_array_add(lines, g_strdup("vpn-secrets.ipsec-psk: … -> …"));
    return lines;
}

static gboolean
report_differences(const Job *job, GPtrArray *lines, GError **error)
{
    g_autofree char *name = gre_protect_report_name(NM_CONNECTION(job->existing));
    g_autofree char *word = gre_protect_report_word(NM_CONNECTION(job->existing));

    fprintf(job->talk, _("%s exists, and these answers would change:\n"), name);
    for (guint i = 0; i < lines->len; i++)
        fprintf(job->talk, "  %s\n", (const char *) lines->pdata[i]);
    fflush(job->talk);
    return gre_command_fail(error, GRE_EXIT_FAILED,
                            _("nothing has been changed: to replace it, run nm-gre remove %s "
                              "first"),
                            word);
}

static gboolean
keep_up(Job *job, GError **error)
{
    g_autofree char *name = gre_protect_report_name(NM_CONNECTION(job->existing));
    gboolean         active = gre_nm_sync_is_active(job->client, job->existing);

    if (!active && !options->dry_run && !gre_nm_sync_activate(job->client, job->existing, error))
        return FALSE;
    fprintf(job->talk,
            active || options->dry_run ? _("%s exists already, nothing has been changed.\n")
                                       : _("%s exists already, and has been brought up.\n"),
            name);
    return !job->answers->format || options->dry_run || print_peer(job, error);
}

static gboolean
run_again(Job *job, GError **error)
{
    g_autoptr(GPtrArray) lines = NULL;
    gboolean psk_differs;

    keep_place(job);
    if (!compare_psk(job, &psk_differs, error))
        return FALSE;
    job->plan = gre_add_plan_new(job->answers, &job->place, job->psk, error);
    if (!job->plan)
        return FALSE;
    lines = compare(job, psk_differs);
    return lines->len > 0 ? report_differences(job, lines, error) : keep_up(job, error);
}

static gboolean
run(char **arguments, GError **error)
{
    Job      job = { .talk = stdout };
    gboolean done;

    gre_secret_hide_process();
    done = collect(&job, arguments[0], error) && find_existing(&job, error) &&
           (job.existing ? run_again(&job, error) : run_first(&job, error));
    job_clear(&job);
    return done;
}

const GreCommand gre_cmd_add = {
    .name = "add",
    .arguments = N_("[NAME]"),
    .summary = N_("Set up a tunnel to a peer, from a bare host to a ping"),
    .details =
        N_("NAME is the profile's name; the default is made from the peer's address.\n"
           "Without --remote or --address the command asks. It checks this machine first, creates "
           "the profiles, brings them up, now and at boot, and prints the peer's configuration."),
    .options = gre_add_options_table,
    .most = 1,
    .run = run,
};
