/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VICI messages (strongSwan, src/libcharon/plugins/vici/README.md): a builder that can't make an
 * unbalanced one, a check for bytes from outside, and borrowed views into checked messages.
 * One grammar serves both sides.
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
 * Checks all of a message once: element types, lengths, nesting, balance. After it the views below
 * need no checks.
 */
gboolean vici_message_check(gconstpointer data, gsize len, ViciSection *out, GError **error);

#endif
