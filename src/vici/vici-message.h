/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI messages (strongSwan, src/libcharon/plugins/vici/README.md): a builder that cannot create an
 * unbalanced message, a check for received bytes, and borrowed views into checked messages. Both
 * sides share one grammar.
 */
#ifndef VICI_MESSAGE_H
#define VICI_MESSAGE_H

#include "vici/vici-builder.h"
#include "vici/vici-section.h"

/**
 * vici_message_check:
 * @out: (nullable): the root section; set on success only
 * @error: GRE_ERROR_PROTOCOL, with the offset
 *
 * Checks a whole message once: element types, lengths, nesting, balance. The views (vici-section.h)
 * then need no checks.
 */
gboolean vici_message_check(gconstpointer data, gsize len, ViciSection *out, GError **error);

#endif
