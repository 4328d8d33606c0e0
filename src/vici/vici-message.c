/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check of a whole VICI message.
 */
#include "vici/vici-message.h"

#include <string.h>

#include "gre-error.h"
#include "vici/vici-grammar.h"

/* One element with all rules applied. */
static const char *
check_element(ViciSection *rest, ViciGrammar *grammar)
{
    ViciElement element;
    const char *wrong;

    wrong = vici_grammar_element_read(rest, &element);
    if (!wrong)
        wrong = vici_grammar_name(element.name, element.name_len);
    if (!wrong)
        wrong = vici_grammar_step(grammar, element.type);
    return wrong;
}

gboolean
vici_message_check(gconstpointer data, gsize len, ViciSection *out, GError **error)
{
    const ViciSection root = { data, len };
    ViciSection       rest = root;
    ViciGrammar       grammar = { 0 };
    const char       *wrong = NULL;
    gsize             offset = 0;

    while (!wrong && rest.len > 0) {
        offset = len - rest.len;
        wrong = check_element(&rest, &grammar);
    }
    if (!wrong) {
        offset = len;
        wrong = vici_grammar_end(&grammar);
    }
    if (wrong) {
        g_set_error(error, GRE_ERROR, GRE_ERROR_PROTOCOL,
                    "malformed VICI message at byte %" G_GSIZE_FORMAT ": %s", offset, wrong);
        return FALSE;
    }
    if (out)
        *out = root;
    return TRUE;
}
