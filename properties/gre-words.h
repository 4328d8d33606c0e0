/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The editor's texts: labels of the properties and of their choices, and the values that each type
 * accepts, in the user's language.
 */
#ifndef GRE_WORDS_H
#define GRE_WORDS_H

#include "gre-property.h"

/**
 * gre_words_take_name:
 * @message: an error of a profile, in any language: "<name>: <what>"
 *
 * Removes the name and the colon.
 *
 * Returns: (nullable): the property that it names; NULL: none, and the message is unchanged.
 */
const GreProperty *gre_words_take_name(char *message);

/* With a mnemonic, unique on its page; translated. The property's own name if it has no label. */
const char *gre_words_label(const GreProperty *property);

/* The same without the mnemonic, to be freed; and for any label. */
char *gre_words_name(const GreProperty *property);
char *gre_words_strip(const char *label);

/* For a choice of the table; the choice itself if it has no label. */
const char *gre_words_choice(const GreProperty *property, const char *choice);

/* The placeholder of an empty field: what applies then. NULL: none. */
const char *gre_words_empty(const GreProperty *property);

/* A list (NULL-terminated) as running text. To be freed. */
char *gre_words_join(char *const *items);

/* The values that the property accepts, as a sentence that begins with a capital. To be freed. */
char *gre_words_allowed(const GreProperty *property);

#endif
