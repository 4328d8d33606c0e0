/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the editor calls things: labels of the keys, of their choices, and what each kind of key
 * takes, in a person's language.
 */
#ifndef GRE_WORDS_H
#define GRE_WORDS_H

#include "gre-property.h"

/* With a mnemonic, each once on its page; translated. The key's own name where there is none. */
const char *gre_words_label(const GreProperty *property);

/* The same without the mnemonic's underscore, to be freed. */
char *gre_words_name(const GreProperty *property);

/* Of a choice of the table; the choice itself where there is no better word. */
const char *gre_words_choice(const GreProperty *property, const char *choice);

/* What stands in an empty field: what happens then. NULL: nothing. */
const char *gre_words_empty(const GreProperty *property);

/* What the property takes, as a sentence that begins with a capital. To be freed. */
char *gre_words_allowed(const GreProperty *property);

#endif
