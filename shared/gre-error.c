/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error domain, how an error is set, and which of its errors can go away by themselves.
 */
#include "gre-error.h"

/* The formatter would put spaces into the name. */
/* clang-format off */
G_DEFINE_QUARK(gre-error-quark, gre_error)
/* clang-format on */

gboolean
gre_error_set(GError **error, GQuark domain, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (error)
        *error = g_error_new_valist(domain, code, format, args);
    va_end(args);
    return FALSE;
}

const char *
gre_error_kind(const GError *error)
{
    static const char *const kinds[] = {
        [GRE_ERROR_PROFILE] = "profile",
        [GRE_ERROR_SECRET] = "secret",
        [GRE_ERROR_ADDRESS] = "address",
        [GRE_ERROR_RESOLVE] = "resolve",
        [GRE_ERROR_ROUTE] = "route",
        [GRE_ERROR_TAKEN] = "taken",
        [GRE_ERROR_KERNEL] = "kernel",
        [GRE_ERROR_NOT_INSTALLED] = "not-installed",
        [GRE_ERROR_DAEMON] = "daemon",
        [GRE_ERROR_NO_ANSWER] = "no-answer",
        [GRE_ERROR_PEER_CONFIG] = "peer-config",
        [GRE_ERROR_PROPOSAL] = "proposal",
        [GRE_ERROR_IDENTITY] = "identity",
        [GRE_ERROR_DEVICE_GONE] = "device-gone",
        [GRE_ERROR_PROTOCOL] = "protocol",
        [GRE_ERROR_TIMEOUT] = "timeout",
        [GRE_ERROR_REFUSED] = "refused",
        [GRE_ERROR_STOPPED] = "stopped",
    };

    if (error->domain != GRE_ERROR || (guint) error->code >= G_N_ELEMENTS(kinds))
        return "other";
    return kinds[error->code];
}

gboolean
gre_error_may_heal(const GError *error)
{
    if (!error || error->domain != GRE_ERROR)
        return FALSE;

    switch ((GreErrorCode) error->code) {
    case GRE_ERROR_RESOLVE:
    case GRE_ERROR_ROUTE:
    case GRE_ERROR_DAEMON:
    case GRE_ERROR_NO_ANSWER:
    case GRE_ERROR_PEER_CONFIG:
        return TRUE;
    case GRE_ERROR_PROFILE:
    case GRE_ERROR_SECRET:
    case GRE_ERROR_ADDRESS:
    case GRE_ERROR_TAKEN:
    case GRE_ERROR_KERNEL:
    case GRE_ERROR_NOT_INSTALLED:
    case GRE_ERROR_PROPOSAL:
    case GRE_ERROR_IDENTITY:
    case GRE_ERROR_DEVICE_GONE:
    case GRE_ERROR_PROTOCOL:
    case GRE_ERROR_TIMEOUT:
    case GRE_ERROR_REFUSED:
    case GRE_ERROR_STOPPED:
        return FALSE;
    }
    return FALSE;
}
