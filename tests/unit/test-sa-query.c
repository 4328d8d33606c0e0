/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of SAs for the status, against the fake strongSwan. */
#include "fake-charon.h"
#include "strongswan/sa-query.h"

#define NAME "nm-gre-192-0-2-1_192-0-2-2"

enum { PAUSE = 100 };

static const GreSaQueryTiming quick = { .patience = 1000, .pause = PAUSE, .idle = 100 };
static const GreSaQueryTiming patient = { .patience = 4000, .pause = PAUSE, .idle = 100 };

typedef struct {
    FakeCharon *charon;
    FakeVici   *vici;
    GreSaQuery *query;
    guint       n_answers, n_late;
    guint       size;    /* of the last answer */
    guint       n_ikes;  /* of NAME in it */
    gboolean    insists; /* asks again from within the answer, once */
} Fixture;

static void
on_lists(GHashTable *lists, gpointer data)
{
    Fixture         *f = data;
    const GreSaList *list = lists ? g_hash_table_lookup(lists, NAME) : NULL;

    f->n_answers++;
    f->n_late += !lists;
    f->size = lists ? g_hash_table_size(lists) : 0;
    f->n_ikes = list ? list->ike->len : 0;
    if (f->insists) {
        f->insists = FALSE;
        gre_sa_query_ask(f->query, on_lists, f);
    }
}

static void
setup(Fixture *f, gconstpointer data)
{
    f->charon = fake_charon_new();
    f->vici = f->charon->vici;
    f->query = gre_sa_query_new(fake_vici_path(f->vici), data);
    fake_charon_add_ike(f->charon, "corporate", "ESTABLISHED", TRUE);
    fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", TRUE);
    fake_charon_add_ike(f->charon, NAME, "CONNECTING", TRUE);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    gre_sa_query_free(f->query);
    fake_charon_free(f->charon);
}

static void
ask(Fixture *f)
{
    guint before = f->n_answers;

    gre_sa_query_ask(f->query, on_lists, f);
    g_assert_cmpuint(f->n_answers, ==, before);
}

static void
ask_and_wait(Fixture *f)
{
    guint before = f->n_answers;

    ask(f);
    fake_vici_wait(f->n_answers == before + 1);
}

/* One connection, which is closed when nobody has asked for a while. */
static void
test_lists(Fixture *f, gconstpointer data)
{
    fake_vici_run(30);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 0);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_late, ==, 0);
    g_assert_cmpuint(f->size, ==, 1);
    g_assert_cmpuint(f->n_ikes, ==, 2);
    g_assert_cmpuint(fake_vici_n_connections(f->vici), ==, 1);
    ask_and_wait(f);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 1);
    fake_vici_wait(fake_vici_n_connections(f->vici) == 0);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_ikes, ==, 2);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 2);
}

/* However often it is asked, there is a pause after each answer. */
static void
test_pause(Fixture *f, gconstpointer data)
{
    gint64 first, second;

    f->insists = TRUE;
    ask(f);
    fake_vici_wait(f->n_answers == 2);
    first = fake_vici_request(f->vici, 0)->time;
    second = fake_vici_request(f->vici, 1)->time;
    g_assert_cmpint(second - first, >=, PAUSE * G_TIME_SPAN_MILLISECOND);
}

/* A daemon that hangs: each caller hears so in time. Nothing is closed or sent again meanwhile, and
 * what it says at last to a question of before is not the answer to a newer one. */
static void
test_late(Fixture *f, gconstpointer data)
{
    guint requests;

    fake_vici_delay(f->vici, "list-sas", 2700);
    ask_and_wait(f);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_late, ==, 2);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 1);
    requests = fake_vici_count(f->vici, "list-sas");
    g_assert_cmpuint(requests, ==, 1);
    fake_vici_delay(f->vici, "list-sas", 0);
    fake_charon_add_ike(f->charon, NAME, "CONNECTING", TRUE);
    fake_vici_run(250);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_late, ==, 2);
    g_assert_cmpuint(f->n_ikes, ==, 3);
    g_assert_cmpuint(fake_vici_count(f->vici, "list-sas"), ==, requests + 1);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 1);
}

/* Without a daemon there are no SAs. It is not sought when nobody asks, and found when it is back.
 */
static void
test_stopped(Fixture *f, gconstpointer data)
{
    fake_charon_kill(f->charon);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_late + f->size, ==, 0);
    fake_vici_start(f->vici);
    fake_vici_run(500);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 0);
    fake_charon_add_ike(f->charon, NAME, "ESTABLISHED", TRUE);
    ask_and_wait(f);
    g_assert_cmpuint(f->n_ikes, ==, 1);
    fake_charon_kill(f->charon);
    fake_vici_start(f->vici);
    fake_vici_run(500);
    g_assert_cmpuint(fake_vici_n_accepted(f->vici), ==, 1);
}

/* Freed with a question under way. */
static void
test_free(Fixture *f, gconstpointer data)
{
    fake_vici_delay(f->vici, "list-sas", 50);
    ask(f);
    fake_vici_run((guint) g_test_rand_int_range(0, 80));
}

static void
add(const char *path, const GreSaQueryTiming *timing, void (*test)(Fixture *f, gconstpointer data))
{
    g_test_add(path, Fixture, timing, setup, test, teardown);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/sa-query/lists", &patient, test_lists);
    add("/sa-query/pause", &patient, test_pause);
    add("/sa-query/late", &quick, test_late);
    add("/sa-query/stopped", &patient, test_stopped);
    add("/sa-query/free", &patient, test_free);
    return g_test_run();
}
