/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the editor calls things: labels of the keys, of their choices, and what each kind of key
 * takes, in a person's language.
 */
#ifndef GRE_WORDS_H
#define GRE_WORDS_H

#include "gre-property.h"

/**
 * gre_words_take_name:
 * @message: an error of a profile, in any language: "<name>: <what>"
 *
 * Takes the name and the colon off.
 *
 * Returns: (nullable): the property that it names; NULL: none, the message is as it was.
 */
const GreProperty *gre_words_take_name(char *message);

/* With a mnemonic, each once on its page; translated. The key's own name where there is none. */
const char *gre_words_label(const GreProperty *property);

/* The same without the mnemonic, to be freed; and of any label. */
char *gre_words_name(const GreProperty *property);
char *gre_words_strip(const char *label);

/* Of a choice of the table; the choice itself where there is no better word. */
const char *gre_words_choice(const GreProperty *property, const char *choice);

/* What stands in an empty field: what happens then. NULL: nothing. */
const char *gre_words_empty(const GreProperty *property);

/* A list of things (NULL-terminated) as a person writes one. To be freed. */
char *gre_words_join(char *const *items);

/* What the property takes, as a sentence that begins with a capital. To be freed. */
char *gre_words_allowed(const GreProperty *property);

#endif
