/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of VICI messages, shared by the builder and the reader: which element may follow in
 * which state, what a name may contain, and the parsing of a single element.
 */
#ifndef VICI_GRAMMAR_H
#define VICI_GRAMMAR_H

#include "vici/vici-message.h"

/* strongSwan sets no limit and needs about 6; views skip nested sections with a counter. */
#define VICI_DEPTH_MAX 64

/* The values are those on the wire. 7, strongSwan's internal end mark, is never sent. */
typedef enum {
    VICI_ELEMENT_SECTION_START = 1,
    VICI_ELEMENT_SECTION_END = 2,
    VICI_ELEMENT_KEY_VALUE = 3,
    VICI_ELEMENT_LIST_START = 4,
    VICI_ELEMENT_LIST_ITEM = 5,
    VICI_ELEMENT_LIST_END = 6,
} ViciElementType;

typedef struct {
    ViciElementType type;
    const guint8   *name; /* if the type has one */
    gsize           name_len;
    ViciValue       value; /* likewise */
} ViciElement;

/* The position in a message; all zero at its start. */
typedef struct {
    guint    depth;
    gboolean in_list;
} ViciGrammar;

/* These return NULL on success, else the error as a constant string. */
const char *vici_grammar_step(ViciGrammar *grammar, ViciElementType type);
const char *vici_grammar_end(const ViciGrammar *grammar);
const char *vici_grammar_name(const guint8 *name, gsize len);

/**
 * vici_grammar_element_read:
 * @rest: the bytes not yet read; moves past the element on success
 *
 * Only lengths and the type are checked here.
 */
const char *vici_grammar_element_read(ViciSection *rest, ViciElement *out);

#endif
