/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile being edited: its property texts as loaded and as they are now. No toolkit. What the
 * user didn't change is written back byte for byte, known or not.
 */
#ifndef GRE_FORM_H
#define GRE_FORM_H

#include "gre-profile.h"
#include "gre-property.h"

#include <NetworkManager.h>

typedef struct _GreForm GreForm;

/* @vpn: (nullable): NULL for a new profile. Copied, including secrets */
GreForm *gre_form_new(NMSettingVpn *vpn);
void     gre_form_free(GreForm *form); /* wipes the secrets */

/* The current text, or the loaded one; NULL if the property isn't given. */
const char *gre_form_get(const GreForm *form, const GreProperty *property);
const char *gre_form_get_loaded(const GreForm *form, const GreProperty *property);

/* @text: NULL or empty: the property isn't given. Returns: whether that changes anything. */
gboolean gre_form_set(GreForm *form, const GreProperty *property, const char *text);

/* The number of a boolean, choice or number: its default if the property isn't given or is
 * invalid. */
guint32 gre_form_get_number(const GreForm *form, const char *name);

/* The family of the outer header, from the addresses or the mode; AF_UNSPEC if unknown. */
int gre_form_family(const GreForm *form);

/* Whether the property has an effect together with the others: what it requires is given, and no
 * property that excludes it. */
gboolean gre_form_is_usable(const GreForm *form, const GreProperty *property);

/**
 * gre_form_check:
 * @interface_name: (nullable): connection.interface-name
 * @where: (out): the property that is wrong, or NULL if it is none in particular
 * @error: one line, without the property's name; English
 *
 * Returns: whether the profile can be saved: its known properties are valid, and a pre-shared key
 * that is to be stored is given, unless the user didn't touch it.
 */
gboolean gre_form_check(const GreForm      *form,
                        const char         *interface_name,
                        const GreProperty **where,
                        GError            **error);

/* Writes the differences to @vpn. Drops a property that lost its effect while editing. A secret
 * that @vpn has and the form never had stays: the editor never saw it. */
void gre_form_write(const GreForm *form, NMSettingVpn *vpn);

/* Names of the properties that this version doesn't know, separated by commas; NULL: none. */
char *gre_form_unknown(const GreForm *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreForm, gre_form_free)

#endif
