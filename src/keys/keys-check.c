/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks that a peer or strongSwan would also make, with messages that name the file. */
#include "keys/keys-check.h"

#include "gre-error.h"

#include <string.h>

static char *
day(time_t seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

    return time ? g_date_time_format(time, "%Y-%m-%d %H:%M UTC") : g_strdup("?");
}

gboolean
gre_keys_check_time(const GreKeysSource *source, gnutls_x509_crt_t crt, GError **error)
{
    time_t           now = (time_t) (g_get_real_time() / G_USEC_PER_SEC);
    time_t           from = gnutls_x509_crt_get_activation_time(crt);
    time_t           to = gnutls_x509_crt_get_expiration_time(crt);
    g_autofree char *subject = gre_keys_load_certificate_subject(crt);
    g_autofree char *then = day(now > to ? to : from), *today = day(now);

    if (now > to)
        return gre_keys_load_fail(source, GRE_ERROR_PROFILE, error,
                                  "the certificate \"%s\" expired on %s", subject, then);
    if (now < from)
        return gre_keys_load_fail(
            source, GRE_ERROR_PROFILE, error,
            "the certificate \"%s\" is not valid before %s; this machine's clock "
            "says %s",
            subject, then, today);
    return TRUE;
}

gboolean
gre_keys_check_identity(const GreKeysSource *source,
                        gnutls_x509_crt_t    crt,
                        const char          *key,
                        const char          *text,
                        GError             **error)
{
    g_auto(GreIdentity) identity = { 0 };
    g_autofree char *subject = gre_keys_load_certificate_subject(crt);

    gre_keys_identity_parse(&identity, text);
    if (gre_keys_identity_is_in(&identity, crt))
        return TRUE;
    return gre_keys_load_fail(source, GRE_ERROR_IDENTITY, error,
                              "the certificate \"%s\" is not valid for \"%s\" (%s): it has no such "
                              "subject alternative name",
                              subject, text, key);
}

static gboolean
has_signed(gnutls_x509_crt_t issuer, gnutls_x509_crt_t crt, unsigned more_flags)
{
    unsigned status = 0;
    int      code =
        gnutls_x509_crt_verify(crt, &issuer, 1,
                               GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_ALLOW_BROKEN |
                                   GNUTLS_VERIFY_DO_NOT_ALLOW_SAME | more_flags,
                               &status);

    return code >= 0 && status == 0;
}

gboolean
gre_keys_check_is_signed_by(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer)
{
    return has_signed(issuer, crt, 0);
}

gboolean
gre_keys_check_is_self_signed(gnutls_x509_crt_t crt)
{
    return has_signed(crt, crt, GNUTLS_VERIFY_DISABLE_CA_SIGN);
}

gboolean
gre_keys_check_is_authority(gnutls_x509_crt_t crt)
{
    return gnutls_x509_crt_get_ca_status(crt, NULL) > 0;
}

static gboolean
find(gnutls_x509_crt_t crt, GPtrArray *authorities, GPtrArray *between, guint depth)
{
    for (guint i = 0; i < authorities->len; i++)
        if (gre_keys_check_is_signed_by(crt, authorities->pdata[i]))
            return TRUE;
    for (guint i = 0; between && depth > 0 && i < between->len; i++)
        if (between->pdata[i] != crt && gre_keys_check_is_authority(between->pdata[i]) &&
            gre_keys_check_is_signed_by(crt, between->pdata[i]) &&
            find(between->pdata[i], authorities, between, depth - 1))
            return TRUE;
    return FALSE;
}

gboolean
gre_keys_check_is_signed_by_any(gnutls_x509_crt_t crt, GPtrArray *authorities, GPtrArray *between)
{
    return find(crt, authorities, between, 8);
}

gnutls_x509_crt_t
gre_keys_check_named_issuer(gnutls_x509_crt_t crt, GPtrArray *authorities)
{
    gnutls_datum_t    issuer, subject;
    gnutls_x509_crt_t found = NULL;

    if (gnutls_x509_crt_get_raw_issuer_dn(crt, &issuer) < 0)
        return NULL;
    for (guint i = 0; !found && i < authorities->len; i++) {
        if (gnutls_x509_crt_get_raw_dn(authorities->pdata[i], &subject) < 0)
            continue;
        if (subject.size == issuer.size && memcmp(subject.data, issuer.data, issuer.size) == 0)
            found = authorities->pdata[i];
        gnutls_free(subject.data);
    }
    gnutls_free(issuer.data);
    return found;
}
