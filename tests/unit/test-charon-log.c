/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines as charon 5.9.8 to 6.0.6 logs them. A row names the side that logs it and where the text
 * comes from (below src/libcharon).
 */
#include "gre-error.h"
#include "strongswan/charon-log.h"

typedef struct {
    const char   *line;
    GreLogMeaning meaning;
    int           value; /* GreErrorCode of a cause, number of a retransmission */
    const char   *says;  /* what the cause must contain */
} Row;

#define IS(line, code, says)                        \
    {                                               \
        line, GRE_LOG_CAUSE, GRE_ERROR_##code, says \
    }
#define HINTS(line, code, says)                    \
    {                                              \
        line, GRE_LOG_HINT, GRE_ERROR_##code, says \
    }
#define MEANS(line, meaning, value)          \
    {                                        \
        line, GRE_LOG_##meaning, value, NULL \
    }
#define IS_NOTHING(line)               \
    {                                  \
        line, GRE_LOG_NOTHING, 0, NULL \
    }

/* sa/ikev2 */
static const Row ikev2[] = {
    /* ike_init.c, initiator */
    MEANS("initiating IKE_SA nm-gre-192-0-2-1_192-0-2-2[3] to 192.0.2.2", INITIATING, 0),
    IS("received NO_PROPOSAL_CHOSEN notify error", PEER_CONFIG, "no configuration for us yet"),
    IS("received INVALID_SYNTAX notify error", PEER_CONFIG, "INVALID_SYNTAX"),
    IS("received UNSUPPORTED_CRITICAL_PAYLOAD notify error", PROPOSAL, "UNSUPPORTED_CRITICAL"),
    IS_NOTHING("peer didn't accept DH group ECP_256, it requested MODP_2048"),
    IS_NOTHING("peer didn't accept key exchange method ECP_256, it requested MODP_2048"),
    IS("peers proposal selection invalid", PROPOSAL, "did not offer"),
    IS("peer's proposal selection invalid", PROPOSAL, "did not offer"),
    IS_NOTHING("selected proposal: IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519"),
    /* ike_init.c, responder: none of them is an attempt of ours */
    IS_NOTHING("192.0.2.2 is initiating an IKE_SA"),
    IS_NOTHING("192.0.2.2 is initiating IKE_SA (unnamed)[4]"),
    IS_NOTHING("192.0.2.2 is initiating IKE_SA nm-gre-192-0-2-1_192-0-2-2[4]"),
    IS_NOTHING("no matching proposal found, trying alternative config"),
    IS("received proposals unacceptable", PROPOSAL, "IKE proposal"),
    IS_NOTHING("received proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024"),
    IS_NOTHING("DH group MODP_2048 unacceptable, requesting ECP_256"),
    IS_NOTHING("key exchange method MODP_2048 unacceptable, requesting ECP_256"),
    MEANS("no IKE config found for 192.0.2.1...192.0.2.2, sending NO_PROPOSAL_CHOSEN", UNLOADED, 0),
    /* ike_auth.c, psk_authenticator.c */
    IS("received AUTHENTICATION_FAILED notify error", SECRET, "pre-shared key"),
    IS("no shared key found for '192.0.2.1' - '192.0.2.2'", DAEMON, "no longer has our"),
    IS("tried 1 shared key for '192.0.2.1' - '192.0.2.2', but MAC mismatched", SECRET, "wrong"),
    IS("tried 2 shared keys for '192.0.2.1' - '192.0.2.2', but MAC mismatched", SECRET, "wrong"),
    IS_NOTHING("authentication of '192.0.2.2' with pre-shared key successful"),
    IS_NOTHING("looking for peer configs matching 192.0.2.1[%any]...192.0.2.2[b.example]"),
    IS("no matching peer config found", IDENTITY, "identity"),
    IS("received IDr a.example, but require b.example", IDENTITY, "a different identity from us"),
    IS("constraint check failed: identity 'b.example' required ", IDENTITY, "a different identity"),
    /* pubkey_authenticator.c, credential_manager.c, auth_cfg.c, revocation_validator.c */
    IS("no trusted RSA public key found for 'b.example'", IDENTITY, "that the profile trusts"),
    IS("no trusted ED25519 public key found for '192.0.2.2'", IDENTITY, "that the profile trusts"),
    IS("no private key found for '192.0.2.1'", DAEMON, "no longer has our private key"),
    IS("constraint check failed: peer not authenticated by CA 'aa:bb'",
       IDENTITY,
       "that the profile names"),
    HINTS("subject certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)",
          IDENTITY,
          "has expired"),
    HINTS("issuer certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)",
          IDENTITY,
          "has expired"),
    HINTS("  self-signed certificate \"CN=x\" is not trusted", IDENTITY, "ipsec-ca"),
    HINTS("no issuer certificate found for \"CN=x\"", IDENTITY, "ipsec-ca"),
    HINTS("certificate was revoked on Jan 01 00:00:00 UTC 2021, reason: key compromise",
          IDENTITY,
          "revoked"),
    IS_NOTHING("signature validation failed, looking for another key"),
    IS_NOTHING("  using trusted ca certificate \"CN=x\""),
    IS_NOTHING("  using untrusted intermediate certificate \"CN=x\""),
    IS_NOTHING("authentication of 'b.example' with RSA_EMSA_PKCS1_SHA2_256 successful"),
    IS("generating INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", IDENTITY, "failed to authenticate"),
    IS_NOTHING("generating IKE_AUTH request 1 [ IDi N(INIT_CONTACT) IDr AUTH ]"),
    IS("constraint check failed: identity 'b.example' (ID_FQDN) required, not matched by "
       "'c.example' "
       "(ID_FQDN)",
       IDENTITY,
       "a different identity"),
    IS_NOTHING("selected peer config 'nm-gre-192-0-2-1_192-0-2-2'"),
    IS_NOTHING(
        "selected peer config 'nm-gre-192-0-2-1_192-0-2-2' unacceptable: constraint checking "
        "failed"),
    IS_NOTHING("no alternative config found"),
    IS_NOTHING(
        "IKE_SA nm-gre-x[1] established between 192.0.2.1[192.0.2.1]...192.0.2.2[192.0.2.2]"),
    IS_NOTHING("peer supports MOBIKE"),
    /* child_create.c, initiator */
    IS_NOTHING("establishing CHILD_SA gre{1}"),
    IS("received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built", PROPOSAL, "ESP proposal"),
    IS("received TS_UNACCEPTABLE notify, no CHILD_SA built", PROPOSAL, "traffic selector"),
    IS("received SINGLE_PAIR_REQUIRED notify, no CHILD_SA built", PROPOSAL, "traffic selector"),
    IS("received NO_ADDITIONAL_SAS notify, no CHILD_SA built", PEER_CONFIG, "NO_ADDITIONAL_SAS"),
    IS_NOTHING("received TEMPORARY_FAILURE notify, will retry later"),
    IS_NOTHING("received TEMPORARY_FAILURE notify"),
    IS_NOTHING("received ESP_TFC_PADDING_NOT_SUPPORTED, not using ESPv3 TFC padding"),
    IS_NOTHING("failed to establish CHILD_SA, keeping IKE_SA"),
    IS_NOTHING("creating CHILD_SA failed, trying again in 17 seconds"),
    IS_NOTHING(
        "not establishing CHILD_SA gre{2} due to existing duplicate {1} with SPIs d811b139_i "
        "73244dd4_o and TS 192.0.2.1/32[gre] === 192.0.2.2/32[gre]"),
    IS("TUNNEL mode requested by responder is unacceptable",
       PROPOSAL,
       "wants tunnel mode instead of transport mode"),
    IS("TRANSPORT mode requested by responder is unacceptable",
       PROPOSAL,
       "wants transport mode instead of tunnel mode"),
    /* child_create.c, either side */
    IS("no acceptable proposal found", PROPOSAL, "ESP proposal"),
    IS("no acceptable traffic selectors found", PROPOSAL, "a traffic selector other"),
    IS("traffic selectors 192.0.2.1/32 === 192.0.2.2/32 unacceptable", PROPOSAL, "GRE between"),
    IS("unable to install inbound and outbound IPsec SA (SAD) in kernel", KERNEL, "esp4"),
    IS("unable to install inbound IPsec SA (SAD) in kernel", KERNEL, "esp4"),
    IS("unable to install outbound IPsec SA (SAD) in kernel", KERNEL, "esp4"),
    IS("unable to install IPsec policies (SPD) in kernel", TAKEN, "another program"),
    IS_NOTHING("CHILD_SA gre{1} established with SPIs c1_i c2_o and TS 192.0.2.1/32[gre] === "
               "192.0.2.2/32[gre]"),
    /* task_manager_v2.c */
    MEANS("retransmit 1 of request with message ID 0", RETRANSMIT, 1),
    MEANS("retransmit 5 of request with message ID 12", RETRANSMIT, 5),
    IS("giving up after 5 retransmits", NO_ANSWER, "no answer"),
    IS_NOTHING("giving up after 5 retries"), /* ike_init.c: a peer that wants cookie after cookie */
    IS_NOTHING("giving up after 3 path probings"),
    IS_NOTHING("received retransmit of request with ID 1, retransmitting response"),
    IS_NOTHING("integrity check failed"), /* a broken or forged packet says nothing of the key */
    IS_NOTHING("could not decrypt payloads"),
};

/* sa/ikev1 */
static const Row ikev1[] = {
    MEANS("initiating Main Mode IKE_SA nm-gre-192-0-2-1_192-0-2-2[3] to 192.0.2.2", INITIATING, 0),
    MEANS("initiating Aggressive Mode IKE_SA nm-gre-192-0-2-1_192-0-2-2[3] to 192.0.2.2",
          INITIATING,
          0),
    IS_NOTHING("192.0.2.2 is initiating a Main Mode IKE_SA"),
    IS_NOTHING("192.0.2.2 is initiating a Aggressive Mode IKE_SA"),
    /* main_mode.c, informational.c, phase1.c */
    IS("received NO_PROPOSAL_CHOSEN error notify", PEER_CONFIG, "no proposal in common"),
    IS("received AUTHENTICATION_FAILED error notify", SECRET, "pre-shared key"),
    IS("received INVALID_ID_INFORMATION error notify", PROPOSAL, "identity"),
    IS("received PAYLOAD_MALFORMED error notify", SECRET, "pre-shared key"),
    IS("received INVALID_KE_PAYLOAD error notify", PEER_CONFIG, "INVALID_KE_PAYLOAD"),
    IS("received INVALID_HASH_INFORMATION error notify", PEER_CONFIG, "INVALID_HASH"),
    IS_NOTHING("received INITIAL_CONTACT notify"),
    IS("no proposal found", PROPOSAL, "IKE proposal"),
    IS("IDir '192.0.2.9' does not match to '192.0.2.2'", IDENTITY, "a different identity"),
    IS("no shared key found for '192.0.2.1'[192.0.2.1] - '192.0.2.2'[192.0.2.2]", DAEMON, "our"),
    IS("no shared key found for 192.0.2.1 - 192.0.2.2", DAEMON, "our"),
    IS("no peer config found", IDENTITY, "identity"),
    IS("found 1 matching config, but none allows pre-shared key authentication using Aggressive "
       "Mode",
       PEER_CONFIG,
       "Aggressive Mode"),
    IS("calculated HASH does not match HASH payload", SECRET, "wrong"),
    IS("invalid HASH_V1 payload length, decryption failed?", SECRET, "wrong"),
    IS("invalid ID_V1 payload length, decryption failed?", SECRET, "wrong"),
    /* quick_mode.c */
    IS("no matching proposal found, sending NO_PROPOSAL_CHOSEN", PROPOSAL, "ESP proposal"),
    IS("no matching proposal found", PROPOSAL, "ESP proposal"),
    IS("no matching CHILD_SA config found for 192.0.2.1/32 === 192.0.2.2/32",
       PROPOSAL,
       "GRE between"),
    /* task_manager_v1.c */
    MEANS("sending retransmit 2 of request message ID 0, seq 3", RETRANSMIT, 2),
    MEANS("sending retransmit 1 of response message ID 812, seq 2", RETRANSMIT, 1),
    IS("giving up after 5 retransmits", NO_ANSWER, "no answer"),
    MEANS("no IKE config found for 192.0.2.1...192.0.2.2, sending NO_PROPOSAL_CHOSEN", UNLOADED, 0),
    IS_NOTHING("received retransmit of response with ID 0, resending last request"),
};

/* plugins, network, processing */
static const Row others[] = {
    MEANS("received packet: from 192.0.2.2[500] to 192.0.2.1[500] (36 bytes)", ANSWER, 0),
    MEANS("remote endpoint changed from 192.0.2.2[4500] to 192.0.2.9[4500]", MOVED, 0),
    IS_NOTHING("sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)"),
    IS_NOTHING("parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]"),
    IS("error writing to socket: Network is unreachable", ROUTE, "Network is unreachable"),
    IS("IKE version 1 not supported", NOT_INSTALLED, "has no IKEv1"),
    IS("algorithm CHACHA20_POLY1305 not supported by kernel!", KERNEL, "CHACHA20_POLY1305"),
    IS("unable to get SPI", KERNEL, "SPI"),
    IS_NOTHING("policy already exists, try to update it"),
    IS_NOTHING("DPD check timed out, enforcing DPD action"),
    MEANS("unloaded shared key with id 'nm-gre-192-0-2-1_192-0-2-2'", UNLOADED, 0),
    IS_NOTHING("unloaded shared key with id 'office'"),
    MEANS("removed vici connection: nm-gre-192-0-2-1_192-0-2-2", UNLOADED, 0),
    IS_NOTHING("removed vici connection: office"),
    IS_NOTHING("loaded IKE shared key with id 'nm-gre-192-0-2-1_192-0-2-2' for: '192.0.2.2'"),
    IS_NOTHING("added vici connection: nm-gre-192-0-2-1_192-0-2-2"),
    IS_NOTHING("updated vici connection: nm-gre-192-0-2-1_192-0-2-2"),
    IS_NOTHING("updating already routed CHILD_SA 'gre'"),
    IS_NOTHING(
        "creating acquire job for policy 192.0.2.1/32[gre] === 192.0.2.2/32[gre] with reqid {1}"),
    IS_NOTHING("received DELETE for IKE_SA nm-gre-192-0-2-1_192-0-2-2[1]"),
    IS_NOTHING("retransmit"),
    IS_NOTHING("retransmit 0 of request"),
    IS_NOTHING(""),
    IS_NOTHING("%n%s%s"),
};

static void
check(const Row *row)
{
    g_autoptr(GError) cause = NULL;
    guint         number = 4711;
    GreLogMeaning meaning = gre_charon_log_cause(row->line, &number, &cause);

    if (meaning != row->meaning)
        g_error("\"%s\": means %d, not %d", row->line, meaning, row->meaning);
    if (meaning != GRE_LOG_CAUSE && meaning != GRE_LOG_HINT) {
        g_assert_no_error(cause);
        g_assert_cmpuint(number, ==, (guint) row->value);
        return;
    }
    if (!g_error_matches(cause, GRE_ERROR, row->value) || !strstr(cause->message, row->says))
        g_error("\"%s\": %d \"%s\", not %d \"… %s …\"", row->line, cause->code, cause->message,
                row->value, row->says);
}

typedef struct {
    const Row *rows;
    gsize      n;
} Table;

static void
test_table(gconstpointer data)
{
    const Table *table = data;

    for (gsize i = 0; i < table->n; i++)
        check(&table->rows[i]);
}

int
main(int argc, char **argv)
{
    static const Table v2 = { ikev2, G_N_ELEMENTS(ikev2) };
    static const Table v1 = { ikev1, G_N_ELEMENTS(ikev1) };
    static const Table rest = { others, G_N_ELEMENTS(others) };

    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/ipsec-cause/ikev2", &v2, test_table);
    g_test_add_data_func("/ipsec-cause/ikev1", &v1, test_table);
    g_test_add_data_func("/ipsec-cause/others", &rest, test_table);
    return g_test_run();
}
