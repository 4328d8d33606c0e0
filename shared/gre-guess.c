/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gre-guess.h"

#include <string.h>

#define SHORTEST 2
#define LONGEST  64
#define FARTHEST 2

/* The number of letters to insert, remove, change or swap with the next one to turn @b into @a
 * (Levenshtein's distance, with swaps). Row i of the matrix is about the first i letters of @a. */
static guint
distance(const char *a, const char *b)
{
    guint  rows[3][LONGEST + 1];
    guint *before = rows[0], *last = rows[1], *row = rows[2];
    gsize  len = strlen(b);

    for (guint j = 0; j <= len; j++)
        last[j] = j;
    for (guint i = 1; a[i - 1]; i++) {
        guint *free_row = before;

        row[0] = i;
        for (guint j = 1; j <= len; j++) {
            row[j] = MIN(last[j - 1] + (a[i - 1] != b[j - 1]), MIN(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
        before = last;
        last = row;
        row = free_row;
    }
    return last[len];
}

void
gre_guess_show(GreGuess *guess, const char *word)
{
    gsize len = strlen(guess->typed);
    guint d;

    if (len < SHORTEST || len > LONGEST || strlen(word) > LONGEST)
        return;
    d = distance(guess->typed, word);
    if (d > FARTHEST || d * 2 >= strlen(word) || (guess->best && d >= guess->distance))
        return;
    guess->best = word;
    guess->distance = d;
}
