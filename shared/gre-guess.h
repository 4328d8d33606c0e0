/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which known word somebody may have meant: for "did you mean …?".
 */
#ifndef GRE_GUESS_H
#define GRE_GUESS_H

#include <glib.h>

/* Set typed to the word that is not known, leave the rest 0, and show it every known word. Then
 * best is the nearest one, or NULL if none is near. Borrowed: the words. */
typedef struct {
    const char *typed;
    const char *best;
    guint       distance; /* of best */
} GreGuess;

/* Near is at most 2 letters to insert, remove, change or swap, and fewer than half of @word. Of
 * words that are equally near, the first counts. */
void gre_guess_show(GreGuess *guess, const char *word);

#endif
