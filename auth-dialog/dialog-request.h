/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which secrets of a profile are there, and which are to be asked for: worked out from the
 * profile's model, told by NetworkManager's auth dialog conventions. Pure.
 */
#ifndef GRE_DIALOG_REQUEST_H
#define GRE_DIALOG_REQUEST_H

#include "gre-property.h"

#include <glib.h>

/* Borrowed, only for the call. */
typedef struct {
    const char        *uuid;
    const char        *name;    /* the profile's */
    const char *const *hints;   /* (nullable): names of secrets, "x-vpn-message:TEXT" */
    GHashTable        *data;    /* vpn.data */
    GHashTable        *secrets; /* as far as the agent has them */
    gboolean           interactive;
    gboolean           reprompt; /* those that are there, too */
} GreDialogSource;

typedef struct {
    const GreProperty *property;
    char              *value; /* NULL: not there; wiped with the request */
    gboolean           ask;
} GreDialogSecret;

typedef struct {
    char   *title;
    char   *message;
    GArray *secrets; /* GreDialogSecret, in the property table's order */
} GreDialogRequest;

/**
 * gre_dialog_request_new:
 * @error: as gre_profile_new(), for data that is no profile of ours
 *
 * A secret that isn't saved is never taken from @source; one that isn't required is only asked for
 * where a hint names it; one that a hint names is asked for although it is there, since the peer
 * refused it.
 */
GreDialogRequest *gre_dialog_request_new(const GreDialogSource *source, GError **error);
void              gre_dialog_request_free(GreDialogRequest *request);

/* Whether a person has to be asked for anything. */
gboolean gre_dialog_request_asks(const GreDialogRequest *request);

/* Sets the value of what was asked for, from a copy; other names count for nothing. */
void gre_dialog_request_answer(GreDialogRequest *request, const char *name, const char *value);

/* As keyfile, for whoever shows a dialog of its own: "external UI mode", version 2. @with_values:
 * FALSE: without any secret. Both: for gre_secret_free_text(). */
char *gre_dialog_request_to_keyfile(const GreDialogRequest *request, gboolean with_values);

/* Those that are there as a line with the name and one with the value, then two empty lines. */
char *gre_dialog_request_to_lines(const GreDialogRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreDialogRequest, gre_dialog_request_free)

#endif
