/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at this machine before a tunnel is added: shows the doctor's findings, and offers or runs
 * their commands.
 */
#ifndef GRE_ADD_LOOK_H
#define GRE_ADD_LOOK_H

#include "add/add-checks.h"

#include <stdio.h>

typedef enum {
    GRE_ADD_LOOK_ONLY, /* runs no command */
    GRE_ADD_LOOK_ASK,  /* runs each that the person agrees to */
    GRE_ADD_LOOK_FIX,  /* runs each that can run unattended */
} GreAddLookMode;

/**
 * gre_add_look:
 * @talk: for the findings
 * @facts: zeroed; call gre_doctor_facts_clear() in any case
 * @error: GRE_EXIT_FINDINGS if an error is left
 */
gboolean gre_add_look(NMClient            *client,
                      const GreAddAnswers *answers,
                      GreAddLookMode       mode,
                      FILE                *talk,
                      GreFacts            *facts,
                      GError             **error);

#endif
