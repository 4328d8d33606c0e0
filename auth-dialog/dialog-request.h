/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Determines which secrets of a profile are known and which to ask for, from the profile's model
 * and NetworkManager's auth dialog conventions. Pure.
 */
#ifndef GRE_DIALOG_REQUEST_H
#define GRE_DIALOG_REQUEST_H

#include "gre-property.h"

#include <glib.h>

/* Borrowed for the call only. */
typedef struct {
    const char        *uuid;
    const char        *name;    /* of the profile */
    const char *const *hints;   /* (nullable): names of secrets, "x-vpn-message:TEXT" */
    GHashTable        *data;    /* vpn.data */
    GHashTable        *secrets; /* the secrets that the agent has */
    gboolean           interactive;
    gboolean           reprompt; /* ask for known secrets too */
} GreDialogSource;

typedef struct {
    const GreProperty *property;
    char              *value; /* NULL: unknown; wiped with the request */
    gboolean           ask;
} GreDialogSecret;

typedef struct {
    char   *title;
    char   *message;
    GArray *secrets; /* GreDialogSecret, in the property table's order */
} GreDialogRequest;

/**
 * gre_dialog_request_new:
 * @error: as gre_profile_new(), for data that is not a valid profile of this plugin
 *
 * A secret that isn't saved is never taken from @source. One that isn't required is only asked for
 * if a hint names it. One that a hint names is asked for even if it is known, since the peer
 * rejected it.
 */
GreDialogRequest *gre_dialog_request_new(const GreDialogSource *source, GError **error);
void              gre_dialog_request_free(GreDialogRequest *request);

/* Whether to ask the user for anything. */
gboolean gre_dialog_request_asks(const GreDialogRequest *request);

/* Sets the value of a requested secret, from a copy; ignores other names. */
void gre_dialog_request_answer(GreDialogRequest *request, const char *name, const char *value);

/* As keyfile, for agents with a dialog of their own: "external UI mode", version 2. @with_values:
 * FALSE: without any secret. Both: for gre_secret_free_text(). */
char *gre_dialog_request_to_keyfile(const GreDialogRequest *request, gboolean with_values);

/* The known secrets, each as a line with the name and one with the value, then two empty lines. */
char *gre_dialog_request_to_lines(const GreDialogRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreDialogRequest, gre_dialog_request_free)

#endif
