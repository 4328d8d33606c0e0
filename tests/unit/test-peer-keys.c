/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private keys and authorities of peers in the fake strongSwan: put in, shared, taken out, found
 * again after a crash; and the administrator's own left alone. */
#include "config.h"

#include "fake-charon.h"
#include "base/runtime-state.h"
#include "gre-error.h"
#include "profile-text.h"
#include "strongswan/peers-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define NAME  "nm-gre-192-0-2-1_192-0-2-2"
#define OTHER "nm-gre-192-0-2-1_192-0-2-3"

static const GrePeerTiming timing = {
    .attempt = 3000,
    .attempt_idle = 3000,
    .exchange = 400,
    .pause_eager = 10,
    .pause_first = 40,
    .pause_last = 160,
    .surplus = 40,
    .terminate = 50,
    .load = 60,
    .settle = 30,
    .nudge = 50,
    .request = 300,
    .left = 150,
};

typedef struct {
    FakeCharon *charon;
    FakeVici   *vici;
    GrePeers   *peers;
    char       *directory;
    guint       n_swept;
} Fixture;

typedef struct {
    GrePeerUser *handle;
    GError      *cause; /* the last */
    guint        n_armed, n_up, n_failed;
} User;

static void
on_armed(gpointer data)
{
    ((User *) data)->n_armed++;
}

static void
on_up(gpointer data, const GreChildSa *child)
{
    ((User *) data)->n_up++;
}

static void
on_failed(gpointer data, const GError *cause)
{
    User *user = data;

    user->n_failed++;
    g_clear_error(&user->cause);
    user->cause = g_error_copy(cause);
}

static void
on_warned(gpointer data, const GError *cause)
{
    g_assert_not_reached();
}

static void
on_released(gpointer data)
{
    ((User *) data)->handle = NULL;
}

static const GrePeerUserFuncs funcs = { on_armed, on_up, on_failed, on_warned, on_released };

static char *
id_of(const char *key)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA1, key, -1);
}

/* With two authorities. @key: any text; two of them are two keys */
static GreCredentials *
credentials(const char *key, gboolean raw)
{
    GreCredentials *made = gre_credentials_new();

    made->key = gre_secret_new(key, strlen(key));
    made->key_id = id_of(key);
    if (!raw)
        made->cert = g_bytes_new("leaf", 4);
    g_ptr_array_add(made->authorities, g_bytes_new("one", 3));
    g_ptr_array_add(made->authorities, g_bytes_new("two", 3));
    made->anchors = g_strsplit("aa,bb", ",", -1);
    made->local_id = g_strdup("192.0.2.1");
    made->remote_id = g_strdup("b.example");
    made->ca_id = g_strdup("aa,bb");
    return made;
}

static User *
acquire_with(Fixture *f, const char *remote, GreCredentials *with, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("remote=%s\nipsec=pubkey\nipsec-private-key=/k\nipsec-ca=/c", remote);
    g_auto(ProfileText) source = profile_text_parse(text);
    g_autoptr(GreProfile) profile = gre_profile_new(&source.source, NULL);
    g_autoptr(GreCredentials) taken = with;
    GreAddress here, there;
    User      *user = g_new0(User, 1);

    g_assert_nonnull(profile);
    g_assert_true(gre_address_parse("192.0.2.1", &here) && gre_address_parse(remote, &there));
    user->handle =
        gre_peers_acquire(f->peers, profile, taken, &here, &there, 0, &funcs, user, error);
    return user;
}

static User *
acquire(Fixture *f, const char *remote, const char *key)
{
    g_autoptr(GError) error = NULL;
    User *user = acquire_with(f, remote, credentials(key, FALSE), &error);

    g_assert_no_error(error);
    return user;
}

static void
user_free(User *user)
{
    g_clear_error(&user->cause);
    g_free(user);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(User, user_free)

static void
setup(Fixture *f, gconstpointer data)
{
    f->directory = g_dir_make_tmp("nm-gre-test-XXXXXX", NULL);
    gre_runtime_state_set_directory(f->directory);
    f->charon = fake_charon_new();
    f->vici = f->charon->vici;
    f->peers = gre_peers_new(fake_vici_path(f->vici), &timing);
}

static char *
state_path(Fixture *f)
{
    return g_build_filename(f->directory, "strongswan-keys", NULL);
}

static void
teardown(Fixture *f, gconstpointer data)
{
    g_autofree char *path = state_path(f);

    gre_peers_free(f->peers);
    fake_charon_free(f->charon);
    g_unlink(path);
    g_assert_cmpint(g_rmdir(f->directory), ==, 0);
    g_free(f->directory);
}

static void
assert_commands(Fixture *f, const char *expected)
{
    g_autoptr(GString) seen = g_string_new(NULL);

    for (guint i = 0; i < fake_vici_n_requests(f->vici); i++) {
        const char *command = fake_vici_request(f->vici, i)->command;

        if (strcmp(command, "list-sas") != 0)
            g_string_append_printf(seen, "%s%s", seen->len ? " " : "", command);
    }
    fake_vici_forget(f->vici);
    g_assert_cmpstr(seen->str, ==, expected);
}

static void
assert_saved(Fixture *f, const char *expected)
{
    g_autofree char *path = state_path(f), *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    g_assert_cmpstr(text, ==, expected);
}

static void
release(User *user)
{
    gre_peer_user_release(user->handle);
    fake_vici_wait(!user->handle);
}

/* The last command of its kind, without wiping what it carries. */
static gboolean
carries(Fixture *f, const char *command, const char *text)
{
    const FakeViciRequest *request = fake_vici_last(f->vici, command);
    gsize                  len;
    gconstpointer          data = g_bytes_get_data(request->message, &len);

    return memmem(data, len, text, strlen(text)) != NULL;
}

/* ---- up and down ---- */

#define LOAD "get-keys load-key load-authority load-authority load-conn install initiate"
#define UNLOAD                                                                               \
    "uninstall unload-conn unload-shared get-authorities unload-authority unload-authority " \
    "unload-key terminate"

static void
test_order(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = acquire(f, "192.0.2.2", "K1");
    g_autofree char *id = id_of("K1");

    fake_vici_wait(user->n_up == 1);
    g_assert_true(
        g_ptr_array_find_with_equal_func(f->charon->authorities, NAME "/0", g_str_equal, NULL));
    g_assert_true(carries(f, "load-conn", "keyid:#aa"));
    g_assert_true(carries(f, "load-conn", "keyid:#bb"));
    g_assert_true(carries(f, "load-conn", "leaf"));
    assert_commands(f, LOAD);
    assert_saved(f, id);
    release(user);
    assert_commands(f, UNLOAD);
    g_assert_true(fake_charon_is_empty(f->charon));
    assert_saved(f, NULL);
}

/* The same key in the administrator's own configuration: it is used, and stays. */
static void
test_theirs(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    g_ptr_array_add(f->charon->keys, id_of("K1"));
    g_ptr_array_add(f->charon->authorities, g_strdup("office"));
    user = acquire(f, "192.0.2.2", "K1");
    fake_vici_wait(user->n_up == 1);
    assert_commands(f, "get-keys load-authority load-authority load-conn install initiate");
    assert_saved(f, NULL);
    release(user);
    g_assert_cmpuint(f->charon->keys->len, ==, 1);
    g_assert_cmpuint(f->charon->authorities->len, ==, 1);
    g_assert_cmpuint(fake_vici_count(f->vici, "unload-key"), ==, 0);
}

/* One key for two pairs: it goes with the last. */
static void
test_shared(Fixture *f, gconstpointer data)
{
    g_autoptr(User) one = acquire(f, "192.0.2.2", "K1");
    g_autoptr(User) two = NULL;

    fake_vici_wait(one->n_up == 1);
    two = acquire(f, "192.0.2.3", "K1");
    fake_vici_wait(two->n_up == 1);
    g_assert_cmpuint(fake_vici_count(f->vici, "load-key"), ==, 1);
    release(one);
    g_assert_cmpuint(f->charon->keys->len, ==, 1);
    g_assert_cmpuint(f->charon->authorities->len, ==, 2);
    release(two);
    g_assert_true(fake_charon_is_empty(f->charon));
    assert_saved(f, NULL);
}

static void
test_conflict(Fixture *f, gconstpointer data)
{
    g_autoptr(User) one = acquire(f, "192.0.2.2", "K1");
    g_autoptr(User) two = NULL;
    g_autoptr(GError) error = NULL;

    fake_vici_wait(one->n_up == 1);
    two = acquire_with(f, "192.0.2.2", credentials("K2", FALSE), &error);
    g_assert_null(two->handle);
    g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
    g_assert_true(g_str_has_prefix(error->message, "ipsec-private-key: differs from that of"));
    release(one);
}

/* A raw key is found by this end's identity alone. */
static void
test_raw(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(User) one = acquire_with(f, "192.0.2.2", credentials("K1", TRUE), &error);
    g_autoptr(User) same = acquire_with(f, "192.0.2.3", credentials("K1", TRUE), &error);
    g_autoptr(User) other = NULL;

    g_assert_no_error(error);
    fake_vici_wait(one->n_up == 1 && same->n_up == 1);
    g_assert_true(carries(f, "load-conn", "never"));
    other = acquire_with(f, "192.0.2.4", credentials("K2", TRUE), &error);
    g_assert_null(other->handle);
    g_assert_error(error, GRE_ERROR, GRE_ERROR_TAKEN);
    g_assert_nonnull(strstr(error->message, "ipsec-local-id"));
    release(one);
    release(same);
    g_assert_true(fake_charon_is_empty(f->charon));
}

/* ---- what goes wrong ---- */

static void
test_refused(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    fake_vici_answer(f->vici, data, fake_vici_refusal("can't parse"));
    user = acquire(f, "192.0.2.2", "K1");
    fake_vici_wait(user->n_failed > 0);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_PROFILE);
    g_assert_nonnull(strstr(user->cause->message, "can't parse"));
    release(user);
    g_assert_cmpuint(f->charon->authorities->len + f->charon->conns->len, ==, 0);
    g_assert_cmpuint(f->charon->keys->len, ==, 0);
    assert_saved(f, NULL);
}

/* The peer's refusal means another thing than a wrong pre-shared key. */
static void
test_authentication(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;

    f->charon->manner = FAKE_PEER_REFUSES;
    f->charon->refusal = "received AUTHENTICATION_FAILED notify error";
    user = acquire(f, "192.0.2.2", "K1");
    fake_vici_wait(user->n_failed > 0);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_IDENTITY);
    g_assert_nonnull(strstr(user->cause->message, "does not trust our certificate or key"));
    release(user);
}

/* A hint says more than the line that ends the attempt, and ends none by itself. */
static void
test_hint(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = NULL;
    FakeIke *ike;

    f->charon->manner = FAKE_PEER_SILENT;
    f->peers->daemon.timing.attempt = f->peers->daemon.timing.attempt_idle =
        20000; /* no end by time */
    user = acquire(f, "192.0.2.2", "K1");
    gre_peer_user_set_eager(user->handle, TRUE);
    fake_vici_wait(f->charon->ikes->len == 1);
    ike = f->charon->ikes->pdata[0];
    fake_charon_log(f->charon, ike, "subject certificate invalid (valid from Jan 01 to Feb 01)");
    fake_vici_run(50);
    g_assert_cmpuint(user->n_failed, ==, 0);
    fake_charon_log(f->charon, ike, "no trusted RSA public key found for 'b.example'");
    fake_vici_wait(user->n_failed == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_IDENTITY);
    g_assert_nonnull(strstr(user->cause->message, "has expired"));
    release(user);
}

/* With a pinned key there is no authority to speak of. */
static void
test_hint_pinned(Fixture *f, gconstpointer data)
{
    GreCredentials *with = credentials("K1", FALSE);
    g_autoptr(User) user = NULL;
    FakeIke *ike;

    f->charon->manner = FAKE_PEER_SILENT;
    f->peers->daemon.timing.attempt = f->peers->daemon.timing.attempt_idle =
        20000; /* no end by time */
    with->remote_key_id = id_of("P");
    user = acquire_with(f, "192.0.2.2", with, NULL);
    fake_vici_wait(f->charon->ikes->len == 1);
    ike = f->charon->ikes->pdata[0];
    fake_charon_log(f->charon, ike, "no issuer certificate found for \"CN=x\"");
    fake_charon_log(f->charon, ike, "no trusted RSA public key found for 'b.example'");
    fake_vici_wait(user->n_failed == 1);
    g_assert_nonnull(strstr(user->cause->message, "is not the one that the profile names"));
    release(user);
}

static void
test_token(Fixture *f, gconstpointer data)
{
    gboolean        belongs = GPOINTER_TO_INT(data);
    GreCredentials *with = credentials(belongs ? "0102" : "K1", FALSE);
    g_autoptr(User) user = NULL;

    g_clear_pointer(&with->key, gre_secret_unref);
    with->token = g_new0(GreToken, 1);
    with->token->handle = g_strdup("0102");
    with->token->slot = g_strdup("7");
    with->pin = gre_secret_new("1234", 4);
    user = acquire_with(f, "192.0.2.2", with, NULL);
    fake_vici_wait(user->n_up + user->n_failed == 1);
    g_assert_true(carries(f, "load-token", "1234"));
    g_assert_cmpuint(user->n_up, ==, belongs ? 1 : 0);
    if (!belongs)
        g_assert_nonnull(strstr(user->cause->message, "does not match the certificate"));
    release(user);
    g_assert_true(fake_charon_is_empty(f->charon));
}

/* ---- others take things out, and what a crash leaves ---- */

static void
test_load_all(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = acquire(f, "192.0.2.2", "K1");

    fake_vici_wait(user->n_up == 1);
    fake_charon_load_all(f->charon);
    fake_vici_wait(user->n_armed == 2);
    g_assert_cmpuint(f->charon->keys->len, ==, 1);
    g_assert_cmpuint(f->charon->authorities->len, ==, 2);
    g_assert_cmpuint(user->n_failed, ==, 0);
    release(user);
    g_assert_true(fake_charon_is_empty(f->charon));
}

static gboolean
on_swept(gpointer data)
{
    ((Fixture *) data)->n_swept++;
    return G_SOURCE_REMOVE;
}

static void
test_sweep(Fixture *f, gconstpointer data)
{
    g_autofree char  *left = id_of("K1"), *gone = id_of("K2");
    const char *const ids[] = { left, gone, NULL };
    g_autoptr(GPtrArray) states = NULL;

    gre_runtime_state_save_keys(ids);
    g_ptr_array_add(f->charon->keys, g_strdup(left));
    g_ptr_array_add(f->charon->keys, id_of("office"));
    g_ptr_array_add(f->charon->authorities, g_strdup(OTHER "/0"));
    g_ptr_array_add(f->charon->authorities, g_strdup("office"));
    gre_peers_free(f->peers); /* the next run */
    f->peers = gre_peers_new(fake_vici_path(f->vici), &timing);
    gre_peers_sweep(f->peers, on_swept, f);
    fake_vici_wait(f->n_swept == 1 && fake_vici_n_connections(f->vici) == 0);
    g_assert_cmpuint(f->charon->keys->len, ==, 1);
    g_assert_cmpuint(f->charon->authorities->len, ==, 1);
    g_assert_cmpstr(f->charon->authorities->pdata[0], ==, "office");
    assert_saved(f, NULL);
    states = gre_runtime_state_list();
    g_assert_cmpuint(states->len, ==, 0);
}

/* What a connection of this run wants already is no leftover. */
static void
test_sweep_wanted(Fixture *f, gconstpointer data)
{
    g_autofree char  *left = id_of("K1");
    const char *const ids[] = { left, NULL };
    g_autoptr(User) user = NULL;

    gre_runtime_state_save_keys(ids);
    g_ptr_array_add(f->charon->keys, g_strdup(left));
    gre_peers_free(f->peers);
    f->peers = gre_peers_new(fake_vici_path(f->vici), &timing);
    gre_peers_sweep(f->peers, on_swept, f);
    user = acquire(f, "192.0.2.2", "K1");
    fake_vici_wait(f->n_swept == 1 && user->n_up == 1);
    g_assert_cmpuint(f->charon->keys->len, ==, 1);
    release(user);
    g_assert_true(fake_charon_is_empty(f->charon));
    assert_saved(f, NULL);
}

static void
add(const char *path, gconstpointer data, void (*test)(Fixture *f, gconstpointer data))
{
    g_autofree char *full = g_strconcat("/peer-keys/", path, NULL);

    g_test_add(full, Fixture, data, setup, test, teardown);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("order", NULL, test_order);
    add("administrators", NULL, test_theirs);
    add("shared", NULL, test_shared);
    add("conflict", NULL, test_conflict);
    add("raw", NULL, test_raw);
    add("refused/load-key", "load-key", test_refused);
    add("refused/load-authority", "load-authority", test_refused);
    add("authentication", NULL, test_authentication);
    add("hint", NULL, test_hint);
    add("hint/pinned", NULL, test_hint_pinned);
    add("token/belongs", GINT_TO_POINTER(TRUE), test_token);
    add("token/does-not", GINT_TO_POINTER(FALSE), test_token);
    add("load-all", NULL, test_load_all);
    add("sweep", NULL, test_sweep);
    add("sweep/wanted", NULL, test_sweep_wanted);
    return g_test_run();
}
