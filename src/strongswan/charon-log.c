/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses charon's log lines; the texts are those of strongSwan 5.9 and 6.0 (src/libcharon). */
#include "strongswan/charon-log.h"

#include "gre-error.h"

#include <string.h>
#include <sys/socket.h>

typedef struct {
    const char   *text; /* anywhere in the line */
    const char   *also; /* also required, after it; NULL: nothing */
    GreLogMeaning meaning;
    GreErrorCode  code;
    const char   *cause; /* in the peer's terms; NULL: the line itself is the best text */
} Line;

#define CAUSE(text, also, code, cause)         \
    {                                          \
        text, also, GRE_LOG_CAUSE, code, cause \
    }
#define HINT(text, also, code, cause)         \
    {                                         \
        text, also, GRE_LOG_HINT, code, cause \
    }
#define OTHER(text, meaning)         \
    {                                \
        text, NULL, meaning, 0, NULL \
    }

#define WRONG_KEY       "wrong pre-shared key: the peer has a different one"
#define OTHER_IDENTITY  "the peer has a different identity"
#define NO_ESP_PROPOSAL "no ESP proposal in common with the peer"
#define NO_IKE_PROPOSAL "no IKE proposal in common with the peer"
#define OTHER_SELECTOR \
    "the peer proposes a traffic selector other than GRE between these two addresses"
#define NO_VERSION  "IKE version "
#define NOT_FOR_GRE "it has no configuration for GRE between these two addresses"

/*
 * The first match counts, so exact texts precede those that they contain. "no CHILD_SA built" and
 * "notify error" are from IKEv2, "error notify" is from IKEv1, where one notify serves both phases.
 */
static const Line lines[] = {
    /* Answers of the peer. */
    CAUSE("received AUTHENTICATION_FAILED",
          NULL,
          GRE_ERROR_SECRET,
          "the peer refused our authentication: wrong pre-shared key or unexpected identities"),
    CAUSE("received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
          NULL,
          GRE_ERROR_PROPOSAL,
          NO_ESP_PROPOSAL),
    CAUSE("received NO_PROPOSAL_CHOSEN notify error",
          NULL,
          GRE_ERROR_PEER_CONFIG,
          "the peer has no configuration for us yet, or no IKE proposal in common"),
    CAUSE("received NO_PROPOSAL_CHOSEN error notify",
          NULL,
          GRE_ERROR_PEER_CONFIG,
          "the peer has no configuration for us yet, or no proposal in common"),
    CAUSE("received TS_UNACCEPTABLE notify",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer refuses the traffic selector: " NOT_FOR_GRE),
    CAUSE("received SINGLE_PAIR_REQUIRED notify",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer refuses the traffic selector: " NOT_FOR_GRE),
    CAUSE("received INVALID_ID_INFORMATION",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer refuses the traffic selector, or our identity: " NOT_FOR_GRE),
    CAUSE("received PAYLOAD_MALFORMED error notify",
          NULL,
          GRE_ERROR_SECRET,
          "the peer could not decrypt our message: wrong pre-shared key"),
    CAUSE("received UNSUPPORTED_CRITICAL_PAYLOAD", NULL, GRE_ERROR_PROPOSAL, NULL),
    CAUSE("received ", " notify, no CHILD_SA built", GRE_ERROR_PEER_CONFIG, NULL),
    CAUSE("received ", " notify error", GRE_ERROR_PEER_CONFIG, NULL),
    CAUSE("received ", " error notify", GRE_ERROR_PEER_CONFIG, NULL),

    /* Keys. IKEv1 detects a wrong key because it cannot decrypt the message; in IKEv2 the same line
     * is only a broken packet. */
    CAUSE("no shared key found for",
          NULL,
          GRE_ERROR_DAEMON,
          "strongSwan no longer has our pre-shared key"),
    CAUSE("tried ", "MAC mismatched", GRE_ERROR_SECRET, WRONG_KEY),
    CAUSE("calculated HASH does not match HASH payload", NULL, GRE_ERROR_SECRET, WRONG_KEY),
    CAUSE("_V1 payload length, decryption failed?", NULL, GRE_ERROR_SECRET, WRONG_KEY),

    /* Certificates: strongSwan may find another one after such a line, so these are hints. */
    HINT(" certificate invalid (valid from ",
         NULL,
         GRE_ERROR_IDENTITY,
         "the peer's certificate or its authority's has expired or is not valid yet"),
    HINT("certificate was revoked on ",
         NULL,
         GRE_ERROR_IDENTITY,
         "the peer's certificate was revoked by its authority"),
    HINT("self-signed certificate ",
         " is not trusted",
         GRE_ERROR_IDENTITY,
         "the peer's certificate was not signed by the profile's authority (ipsec-ca): it is "
         "self-signed or signed by another authority"),
    HINT("no issuer certificate found for ",
         NULL,
         GRE_ERROR_IDENTITY,
         "the peer's certificate was not signed by the profile's authority (ipsec-ca), or its "
         "chain is incomplete"),
    CAUSE("constraint check failed: peer not authenticated by CA",
          NULL,
          GRE_ERROR_IDENTITY,
          "the peer's certificate or its authority is not the one that the profile names"),
    CAUSE("no trusted ",
          " public key found for ",
          GRE_ERROR_IDENTITY,
          "the peer presented no certificate or key that the profile trusts for its identity"),
    CAUSE("no private key found for ",
          NULL,
          GRE_ERROR_DAEMON,
          "strongSwan no longer has our private key"),
    CAUSE(" private key found for ",
          NULL,
          GRE_ERROR_DAEMON,
          "strongSwan no longer has our private key"),

    /* Identities. */
    CAUSE("constraint check failed: identity", NULL, GRE_ERROR_IDENTITY, OTHER_IDENTITY),
    CAUSE("IDir '", "' does not match to '", GRE_ERROR_IDENTITY, OTHER_IDENTITY),
    CAUSE("received IDr ",
          ", but require ",
          GRE_ERROR_IDENTITY,
          "the peer expects a different identity from us"),
    CAUSE("no matching peer config found",
          NULL,
          GRE_ERROR_IDENTITY,
          "the peer's identity, or the one that it expects from us, does not match the profile"),
    CAUSE("no peer config found",
          NULL,
          GRE_ERROR_IDENTITY,
          "the peer's identity does not match the profile"),
    CAUSE("matching config", ", but none allows ", GRE_ERROR_PEER_CONFIG, NULL),

    /* Proposals and traffic selectors. */
    OTHER("no matching proposal found, trying alternative config", GRE_LOG_NOTHING),
    CAUSE("no matching proposal found", NULL, GRE_ERROR_PROPOSAL, NO_ESP_PROPOSAL),
    CAUSE("no acceptable proposal found", NULL, GRE_ERROR_PROPOSAL, NO_ESP_PROPOSAL),
    CAUSE("received proposals unacceptable", NULL, GRE_ERROR_PROPOSAL, NO_IKE_PROPOSAL),
    CAUSE("no proposal found", NULL, GRE_ERROR_PROPOSAL, NO_IKE_PROPOSAL),
    CAUSE("proposal selection invalid",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer chose a proposal that we did not offer"),
    CAUSE("no acceptable traffic selectors found", NULL, GRE_ERROR_PROPOSAL, OTHER_SELECTOR),
    CAUSE("traffic selectors ", " unacceptable", GRE_ERROR_PROPOSAL, OTHER_SELECTOR),
    CAUSE("no matching CHILD_SA config found for", NULL, GRE_ERROR_PROPOSAL, OTHER_SELECTOR),
    CAUSE("TRANSPORT mode requested by responder is unacceptable",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer wants transport mode instead of tunnel mode"),
    CAUSE("mode requested by responder is unacceptable",
          NULL,
          GRE_ERROR_PROPOSAL,
          "the peer wants tunnel mode instead of transport mode"),

    /* This machine. Builds of strongSwan 6.1 leave IKEv1 out. */
    CAUSE(NO_VERSION,
          " not supported",
          GRE_ERROR_NOT_INSTALLED,
          "strongSwan on this machine has no IKEv1: set ipsec-ike-version=2, on the peer too"),
    /* Our connections have no names to resolve. sa/ike_sa.c looks for an address of a family that
     * it has a socket for. */
    CAUSE("unable to resolve ", ", initiate aborted", GRE_ERROR_DAEMON, GRE_CHARON_LOG_NO_SOCKET),
    CAUSE("algorithm ", " not supported by kernel!", GRE_ERROR_KERNEL, NULL),
    CAUSE("unable to get SPI",
          NULL,
          GRE_ERROR_KERNEL,
          "the kernel gives no SPI: is ESP (module esp4, esp6) available?"),
    CAUSE("unable to install ",
          "IPsec SA (SAD) in kernel",
          GRE_ERROR_KERNEL,
          "the kernel refused the SA: are ESP (module esp4, esp6) and the algorithm available?"),
    CAUSE(
        "unable to install IPsec policies (SPD) in kernel",
        NULL,
        GRE_ERROR_TAKEN,
        "the kernel refused the IPsec policies: another program has policies for the same traffic"),
    CAUSE("error writing to socket", NULL, GRE_ERROR_ROUTE, NULL),
    CAUSE("giving up after ", " retransmits", GRE_ERROR_NO_ANSWER, "no answer from the peer"),
    OTHER("unloaded shared key with id 'nm-gre-", GRE_LOG_UNLOADED),
    OTHER("removed vici connection: nm-gre-", GRE_LOG_UNLOADED),
    OTHER("no IKE config found for", GRE_LOG_UNLOADED),
    /* The last resort if no line above gave the cause: a signature by another key. */
    CAUSE("generating ",
          "N(AUTH_FAILED)",
          GRE_ERROR_IDENTITY,
          "the peer failed to authenticate as the profile requires"),
};

/* Texts that count only at the beginning of a line. */
static const Line beginnings[] = {
    OTHER("received packet: from ", GRE_LOG_ANSWER),
    OTHER("remote endpoint changed from ", GRE_LOG_MOVED),
    OTHER("initiating IKE_SA ", GRE_LOG_INITIATING),
    OTHER("initiating Main Mode IKE_SA ", GRE_LOG_INITIATING),
    OTHER("initiating Aggressive Mode IKE_SA ", GRE_LOG_INITIATING),
};

/* "retransmit 1 of request …" in IKEv2, "sending retransmit 1 of request …" in IKEv1. */
static gboolean
read_retransmit(const char *line, guint *number)
{
    static const char sending[] = "sending ", text[] = "retransmit ";

    if (g_str_has_prefix(line, sending))
        line += strlen(sending);
    if (!g_str_has_prefix(line, text))
        return FALSE;
    *number = (guint) g_ascii_strtoull(line + strlen(text), NULL, 10);
    return *number > 0;
}

static gboolean
matches(const Line *known, const char *line)
{
    const char *found = strstr(line, known->text);

    return found && (!known->also || strstr(found + strlen(known->text), known->also));
}

static const Line *
find(const char *line)
{
    for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++)
        if (g_str_has_prefix(line, beginnings[i].text))
            return &beginnings[i];
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        if (matches(&lines[i], line))
            return &lines[i];
    return NULL;
}

GreLogMeaning
gre_charon_log_cause(const char *line, guint *number, GError **cause)
{
    const Line *known;

    *number = 0;
    *cause = NULL;
    if (read_retransmit(line, number))
        return GRE_LOG_RETRANSMIT;
    known = find(line);
    if (!known)
        return GRE_LOG_NOTHING;
    if (known->meaning == GRE_LOG_CAUSE || known->meaning == GRE_LOG_HINT)
        *cause =
            g_error_new_literal(GRE_ERROR, (gint) known->code, known->cause ? known->cause : line);
    return known->meaning;
}

gboolean
gre_charon_log_no_socket(const char *line, int *family)
{
    static const struct {
        const char *text;
        int         family;
    } rows[] = {
        /* network/socket_manager.c; plugins/socket_default/socket_default_socket.c */
        { "no socket implementation registered, sending failed", AF_UNSPEC },
        { "no socket found to send IPv4 packet", AF_INET },
        { "no socket found to send IPv6 packet", AF_INET6 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_str_has_prefix(line, rows[i].text)) {
            *family = rows[i].family;
            return TRUE;
        }
    return FALSE;
}

gboolean
gre_charon_log_no_version(const char *line, guint *version)
{
    if (!g_str_has_prefix(line, NO_VERSION) || !strstr(line, " not supported"))
        return FALSE;
    *version = (guint) g_ascii_strtoull(line + strlen(NO_VERSION), NULL, 10);
    return TRUE;
}

gboolean
gre_charon_log_may_be_mode(const char *line)
{
    return strstr(line, "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built") ||
           strstr(line, "received NO_PROPOSAL_CHOSEN error notify");
}

GreProposals
gre_charon_log_proposals(const char *line)
{
    const Line *known = find(line);
    const char *cause = known ? known->cause : NULL;

    if (cause && strstr(cause, "IKE proposal"))
        return GRE_PROPOSALS_IKE;
    return cause && strstr(cause, "ESP proposal") ? GRE_PROPOSALS_ESP : GRE_PROPOSALS_NONE;
}
