/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One error domain for the whole program. The code tells what is at fault and therefore what can be
 * done about it; the message states the cause in plain words, ready for the journal and the user.
 * Callers compare codes, never texts.
 */
#ifndef GRE_ERROR_H
#define GRE_ERROR_H

#include <glib.h>

#define GRE_ERROR (gre_error_quark())
GQuark gre_error_quark(void);

typedef enum {
    GRE_ERROR_PROFILE, /* the profile is invalid: names property, value and what is expected */
    GRE_ERROR_SECRET,  /* a secret is missing, malformed or was refused by the peer */
    GRE_ERROR_ADDRESS, /* the addresses for the tunnel's inside are wrong */
    GRE_ERROR_RESOLVE, /* the peer's name does not resolve (may heal) */
    GRE_ERROR_ROUTE,   /* no route to the peer, or no such underlay (may heal) */
    GRE_ERROR_TAKEN,   /* device name, endpoints or address pair are already in use */
    GRE_ERROR_KERNEL,  /* the kernel refused: module missing, no permission … */
    GRE_ERROR_NOT_INSTALLED, /* strongSwan is not on this machine */
    GRE_ERROR_DAEMON,        /* strongSwan is not running or lost (may heal) */
    GRE_ERROR_NO_ANSWER,     /* the peer does not answer (may heal) */
    GRE_ERROR_PEER_CONFIG,   /* the peer reports that it has no configuration for us (may heal) */
    GRE_ERROR_PROPOSAL,      /* no proposal or traffic selector in common with the peer */
    GRE_ERROR_IDENTITY,      /* the peer's identity does not match the profile */
    GRE_ERROR_DEVICE_GONE,   /* another program removed the tunnel's device */
    GRE_ERROR_PROTOCOL,      /* VICI: bytes that break the protocol */
    GRE_ERROR_TIMEOUT,       /* VICI: no reply before the deadline */
    GRE_ERROR_REFUSED,       /* VICI: command unknown, or answered success=no */
    GRE_ERROR_STOPPED,       /* taken down while in progress */
} GreErrorCode;

/**
 * gre_error_set:
 * @error: (out) (optional): as in g_set_error()
 *
 * Returns: FALSE, so that a function can fail in one line.
 */
gboolean
gre_error_set(GError **error, GQuark domain, int code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The same for GRE_ERROR_PROFILE. */
#define gre_error_fail(error, ...) gre_error_set(error, GRE_ERROR, GRE_ERROR_PROFILE, __VA_ARGS__)

/**
 * gre_error_may_heal:
 *
 * Returns: whether a retry can succeed with nothing changed on this machine.
 */
gboolean gre_error_may_heal(const GError *error);

/**
 * gre_error_kind:
 *
 * Returns: one word for what is at fault ("no-answer", "proposal" …), which programs may rely on;
 *   nm-gre(1) lists them. "other" for an error of another domain.
 */
const char *gre_error_kind(const GError *error);

#endif
