/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A refused rekey is reported while the SA still carries traffic; what strongSwan says of other
 * exchanges is not. */
#include "peer-fixture.h"

#define THEIRS "ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/NO_EXT_SEQ"
#define OURS   "ESP:AES_CBC_256/HMAC_SHA2_256_128/NO_EXT_SEQ"

static void
refuse(Fixture *f, const FakeIke *ike, const char *theirs, const char *ours)
{
    fake_charon_log(f->charon, ike, "received proposals: %s", theirs);
    fake_charon_log(f->charon, ike, "configured proposals: %s", ours);
    fake_charon_log(f->charon, ike, "no acceptable proposal found");
    fake_charon_log(f->charon, ike, "failed to establish CHILD_SA, keeping IKE_SA");
}

/* The peer wants a group that our proposals lack. */
static void
test_group(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");

    refuse(f, first_ike(f), THEIRS, OURS);
    fake_vici_wait(user->n_warned == 1);
    g_assert_error(user->cause, GRE_ERROR, GRE_ERROR_PROPOSAL);
    g_assert_cmpstr(user->cause->message, ==,
                    "a rekey was refused, traffic stops when the SA expires: the peer asks for the "
                    "group MODP_2048: no ESP proposal in common with the peer (the peer's: " THEIRS
                    "; ours: " OURS ")");
    g_assert_cmpuint(gre_peer_user_counts(user->handle)->rekeys_refused, ==, 1);
    /* The SA is as good as before. */
    g_assert_cmpuint(user->n_failed, ==, 0);
    g_assert_cmpuint(COUNT(f, "terminate"), ==, 0);
    release(user);
    assert_rest(f);
}

/* The groups are the same: something else differs. */
static void
test_cipher(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");

    refuse(f, first_ike(f), "ESP:AES_CBC_128/HMAC_SHA1_96/ECP_256/NO_EXT_SEQ",
           "ESP:AES_GCM_16_256/ECP_256/MODP_2048/NO_EXT_SEQ");
    fake_vici_wait(user->n_warned == 1);
    g_assert_false(contains(user->cause->message, "asks for the group"));
    g_assert_true(contains(user->cause->message, "HMAC_SHA1_96"));
    release(user);
    assert_rest(f);
}

/* The peer refuses ours. */
static void
test_by_peer(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "ipsec-esp-proposals=aes256-sha256");

    fake_charon_log(f->charon, first_ike(f),
                    "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built");
    fake_vici_wait(user->n_warned == 1);
    g_assert_true(contains(user->cause->message, "(ours: aes256-sha256)"));
    release(user);
    assert_rest(f);
}

/* Another attempt of the peer's, beside the SA; something that isn't about proposals. */
static void
test_others(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");
    FakeIke *other = fake_charon_add_ike(f->charon, NAME, "CONNECTING", FALSE);

    refuse(f, other, THEIRS, OURS);
    fake_charon_drop_ike(f->charon, other->id);
    fake_charon_log(f->charon, first_ike(f), "no acceptable traffic selectors found");
    fake_charon_log(f->charon, first_ike(f), "received TEMPORARY_FAILURE notify, will retry later");
    fake_vici_run(50);
    g_assert_cmpuint(user->n_warned + user->n_failed, ==, 0);
    g_assert_cmpuint(gre_peer_user_counts(user->handle)->rekeys_refused, ==, 0);
    release(user);
    assert_rest(f);
}

/* strongSwan's events count the rekeys that worked, of this pair. */
static void
test_counts(Fixture *f, gconstpointer data)
{
    g_autoptr(User) user = come_up(f, "");
    const GrePeerCounts *counts = gre_peer_user_counts(user->handle);
    FakeIke *other = fake_charon_add_ike(f->charon, "somebody-elses", "ESTABLISHED", TRUE);

    fake_charon_updown(f->charon, "child-rekey", first_ike(f), FALSE);
    fake_charon_updown(f->charon, "child-rekey", other, FALSE);
    fake_charon_updown(f->charon, "child-rekey", first_ike(f), FALSE);
    fake_charon_updown(f->charon, "ike-rekey", first_ike(f), FALSE);
    fake_charon_updown(f->charon, "child-updown", first_ike(f), TRUE);
    fake_vici_wait(counts->ike_rekeyed == 1);
    fake_vici_run(50);
    g_assert_cmpuint(counts->esp_rekeyed, ==, 2);
    g_assert_cmpuint(counts->ike_rekeyed, ==, 1);
    g_assert_cmpuint(counts->rekeys_refused, ==, 0);
    fake_charon_drop_ike(f->charon, other->id);
    release(user);
    assert_rest(f);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("rekey/group", NULL, test_group);
    add("rekey/cipher", NULL, test_cipher);
    add("rekey/by-peer", NULL, test_by_peer);
    add("rekey/others", NULL, test_others);
    add("rekey/counts", NULL, test_counts);
    return g_test_run();
}
