/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes configuration for Linux with Libreswan: ipsec.conf(5), ipsec.secrets(5), and ip(8)
 * commands. */
#include "config.h"

#include "remote/remote-formats.h"
#include "remote/common.h"
#include "remote/proposal.h"

/* "@name" is a name; without "@" it would be resolved to an address. (transfer full) */
static char *
id_text(const char *id)
{
    const char *bare;

    switch (gre_common_id_kind(id, &bare)) {
    case GRE_ID_NAME:
        return g_strconcat("@", bare, NULL);
    case GRE_ID_ADDRESS:
    case GRE_ID_EMAIL:
    case GRE_ID_OTHER:
        break;
    }
    return g_strdup(bare);
}

/* The same for an end with "ipsec=pubkey", whose name can be that of its certificate. */
static char *
conn_id(const GreRemoteEnd *end, const char *id)
{
    const char *subject = gre_common_keys_subject(end, id);

    return subject ? g_strdup_printf("\"%s\"", subject) : id_text(id);
}

/* "aes256-sha2_256", followed by ";" and the group. */
static void
write_suite(GString *out, const char *key, const GreProposal *suite)
{
    const GreAlgorithmWords words = GRE_WORDS_LIBRESWAN;
    const char             *hash = gre_proposal_hash(suite, words);

    g_string_append_printf(out, "    %s=%s", key, suite->encryption->words[words]);
    if (hash)
        g_string_append_printf(out, "-%s", hash);
    if (suite->group)
        g_string_append_printf(out, ";%s", suite->group->words[words]);
    g_string_append_c(out, '\n');
}

static gboolean
write_suites(const GreRemoteEnd *end, GString *out, GError **error)
{
    GreProposal suite;

    if (end->profile->ipsec.ike_proposals) {
        if (!gre_proposal_ike(end, GRE_WORDS_LIBRESWAN, &suite, error))
            return FALSE;
        write_suite(out, "ike", &suite);
    }
    if (end->profile->ipsec.esp_proposals) {
        if (!gre_proposal_esp(end, GRE_WORDS_LIBRESWAN, &suite, error))
            return FALSE;
        write_suite(out, "esp", &suite);
        g_string_append_printf(out, "    pfs=%s\n", suite.group ? "yes" : "no");
    } else {
        /* pfs is Libreswan's default, but strongSwan's default proposals have no group for it. */
        g_string_append(out, "    pfs=no\n");
    }
    return TRUE;
}

/* ---- keys and certificates ---- */

#define NSS "sql:/var/lib/ipsec/nss"

/* In an NSS database a certificate has a name, and a private key is found by its public half. */
static void
write_keys(const GreRemoteEnd *end, GString *out)
{
    const GreLocalKeys *keys = end->keys;

    if (keys->remote_pubkey)
        g_string_append_printf(out, "    leftrsasigkey=%s\n", keys->remote_rfc3110);
    else
        g_string_append_printf(out, "    leftcert=%s-own\n", end->name);
    if (keys->pubkey)
        g_string_append_printf(out, "    rightrsasigkey=%s\n", keys->rfc3110);
    else if (!keys->authority)
        g_string_append_printf(out, "    rightcert=%s\n", end->name);
}

/* Writes our certificate to a file and into the database; for the peer's own, what is unknown. */
static void
write_database(const GreRemoteEnd *end, GString *out)
{
    static const char   command[] = "certutil -A -a -d " NSS;
    const GreLocalKeys *keys = end->keys;
    g_autofree char    *path = g_strdup_printf("/etc/ipsec.d/%s.pem", end->name);

    if (keys->cert) {
        gre_common_file_begin(out, path, FALSE);
        g_string_append(out, keys->authority ? keys->authority : keys->cert);
        gre_common_file_end(out);
        g_string_append_printf(out, "%s -n %s -t %s -i %s\n", command, end->name,
                               keys->authority ? "CT,," : "P,,", path);
    }
    if (keys->remote_pubkey)
        g_string_append(
            out,
            "# The local private key isn't known: the one of leftrsasigkey must be in " NSS ".\n");
    else
        g_string_append_printf(out,
                               "# The local certificate and private key aren't known: import them "
                               "with this nickname (pk12util -i FILE -d " NSS ").\n"
                               "certutil -L -d " NSS " -n %s-own >/dev/null\n",
                               end->name);
}

/* Behind a NAT, GRE's addresses differ from IKE's. */
static void
write_subnets(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *local = gre_common_host(&end->local);
    g_autofree char *remote = gre_common_host(&end->gre_remote);

    g_string_append_printf(out, "    leftsubnet=%s\n    rightsubnet=%s\n", local, remote);
}

static gboolean
write_conn(const GreRemoteEnd *end, GString *out, GError **error)
{
    const GreIpsecOptions *ipsec = &end->profile->ipsec;
    g_autofree char       *local = gre_common_address(&end->local);
    g_autofree char       *remote = gre_common_address(&end->remote);
    g_autofree char       *whole_local_id = gre_common_local_id(end);
    g_autofree char       *whole_remote_id = gre_common_remote_id(end);
    g_autofree char       *local_id = conn_id(end, whole_local_id);
    g_autofree char       *remote_id = conn_id(end, whole_remote_id);

    g_string_append_printf(
        out,
        "conn %s\n    type=%s\n%s    ikev2=%s\n"
        "    left=%s\n    leftid=%s\n    leftprotoport=gre\n"
        "    right=%s\n    rightid=%s\n    rightprotoport=gre\n",
        end->name, gre_common_esp_mode(end), end->keys ? "" : "    authby=secret\n",
        ipsec->ike_version == 1 ? "no" : "insist", local, local_id, remote, remote_id);
    if (ipsec->mode == GRE_ESP_TUNNEL)
        write_subnets(end, out);
    if (end->keys)
        write_keys(end, out);
    if (!write_suites(end, out, error))
        return FALSE;
    if (ipsec->encap != GRE_ENCAP_AUTO)
        g_string_append_printf(out, "    encapsulation=%s\n",
                               ipsec->encap == GRE_ENCAP_YES ? "yes" : "no");
    if (ipsec->dpd_delay)
        g_string_append_printf(out, "    dpddelay=%us\n    dpdtimeout=%us\n", ipsec->dpd_delay,
                               ipsec->dpd_delay * 4);
    g_string_append_printf(out,
                           "    ikelifetime=%us\n    salifetime=%us\n    replay-window=%u\n"
                           "    auto=%s\n",
                           ipsec->ike_lifetime, ipsec->esp_lifetime, ipsec->replay_window,
                           ipsec->start == GRE_START_RESPOND ? "start" : "ondemand");
    gre_common_file_end(out);
    return TRUE;
}

static void
write_secrets(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *secrets = g_strdup_printf("/etc/ipsec.d/%s.secrets", end->name);
    g_autofree char *whole_local_id = gre_common_local_id(end);
    g_autofree char *whole_remote_id = gre_common_remote_id(end);
    g_autofree char *local_id = id_text(whole_local_id);
    g_autofree char *remote_id = id_text(whole_remote_id);

    gre_common_file_begin(out, secrets, TRUE);
    /* 0s… is written without quotes. */
    g_string_append_printf(out, "%s %s : PSK %s%s%s\n", local_id, remote_id,
                           end->psk_plain ? "\"" : "", end->psk, end->psk_plain ? "\"" : "");
    gre_common_file_end(out);
}

static gboolean
write_ipsec(const GreRemoteEnd *end, GString *out, GError **error)
{
    g_autofree char *conf = g_strdup_printf("/etc/ipsec.d/%s.conf", end->name);

    if (end->keys)
        write_database(end, out);
    if (end->profile->ipsec.ike_version == 1)
        g_string_append(out, "# IKEv1 needs ikev1-policy=accept under \"config setup\" in "
                             "/etc/ipsec.conf.\n");
    gre_common_behind_nat(end, out, "left");
    gre_common_file_begin(out, conf, TRUE);
    if (!write_conn(end, out, error))
        return FALSE;
    if (!end->keys)
        write_secrets(end, out);
    /* Before the tunnel exists: without a trap its packets would leave in clear text. */
    g_string_append_printf(out, "ipsec auto --rereadsecrets\nipsec auto --add %s\n", end->name);
    if (end->profile->ipsec.start == GRE_START_RESPOND)
        g_string_append_printf(out, "ipsec auto --asynchronous --up %s\n", end->name);
    else
        g_string_append_printf(out, "ipsec auto --route %s\n", end->name);
    return TRUE;
}

/* Libreswan removes its trap when both ends initiate at once, and a packet left in clear text
 * before there was an SA (seen with 4.10). This policy has the lowest priority of all that match;
 * its selector is wider than Libreswan's, which would replace an equal one. */
static void
write_block(const GreRemoteEnd *end, GString *out)
{
    g_autofree char *remote = gre_common_address(&end->gre_remote);
    gboolean         ip6 = end->remote.family == AF_INET6;

    g_string_append_printf(out,
                           "ip xfrm policy add src %s dst %s/%u proto gre dir out "
                           "action block priority 4294967295\n",
                           ip6 ? "::/0" : "0.0.0.0/0", remote, ip6 ? 128U : 32U);
}

static gboolean
write_all(const GreRemoteEnd *end, GString *out, GError **error)
{
    if (end->profile->ipsec.method != GRE_IPSEC_NO) {
        write_block(end, out);
        if (!write_ipsec(end, out, error))
            return FALSE;
    }
    gre_common_ip_commands(end, out);
    return TRUE;
}

const GreRemoteFormat gre_write_libreswan = {
    .name = "libreswan",
    .vendor = "Linux with iproute2 and Libreswan",
    .comment = "#",
    .lacks = GRE_USES_ODD_ID | GRE_USES_RAW_NON_RSA | GRE_USES_EDDSA,
    .script = TRUE,
    .write = write_all,
};
