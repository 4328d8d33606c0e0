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
