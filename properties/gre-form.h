/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile while it is edited: the texts of its keys as they were loaded and as they are now. No
 * toolkit. What nobody changed is written back byte for byte, whether it is known here or not.
 */
#ifndef GRE_FORM_H
#define GRE_FORM_H

#include "gre-profile.h"
#include "gre-property.h"

#include <NetworkManager.h>

typedef struct _GreForm GreForm;

/* @vpn: (nullable): NULL for a new profile. Copied, secrets too. */
GreForm *gre_form_new(NMSettingVpn *vpn);
void     gre_form_free(GreForm *form); /* wipes the secrets */

/* The text as it is now, or as it was loaded; NULL where the key isn't given. */
const char *gre_form_get(const GreForm *form, const GreProperty *property);
const char *gre_form_get_loaded(const GreForm *form, const GreProperty *property);

/* @text: NULL or empty: the key isn't given. Returns: whether that changes anything. */
gboolean gre_form_set(GreForm *form, const GreProperty *property, const char *text);

/* The number of a boolean, choice or number: its default where the key isn't given or is wrong. */
guint32 gre_form_get_number(const GreForm *form, const char *name);

/* Of the outer header as the addresses or the mode say it; AF_UNSPEC where they don't. */
int gre_form_family(const GreForm *form);

/* Whether the key means anything beside the others: its needs are met, and no key that excludes it
 * is given. */
gboolean gre_form_is_usable(const GreForm *form, const GreProperty *property);

/**
 * gre_form_check:
 * @interface_name: (nullable): connection.interface-name
 * @where: (out): the property that is wrong, or NULL where it is none in particular
 * @error: one line, without the property's name; English
 *
 * Returns: whether the profile can be saved: it is valid as far as its known keys go, and a
 *   pre-shared key that is to be stored is there, unless nobody touched it.
 */
gboolean gre_form_check(const GreForm      *form,
                        const char         *interface_name,
                        const GreProperty **where,
                        GError            **error);

/* Writes to @vpn what differs from it. A key that lost its meaning while editing is dropped. A
 * secret that @vpn has and the form never had stays: it was not shown to us. */
void gre_form_write(const GreForm *form, NMSettingVpn *vpn);

/* Names of the keys that this version doesn't know, with commas between; NULL: none. */
char *gre_form_unknown(const GreForm *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreForm, gre_form_free)

#endif
