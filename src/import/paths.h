/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A router's configuration as settings, each with the words that lead to it: "vpn ipsec ike-group A
 * lifetime 3600". Tree-like configurations of all vendors, as files and as commands, take this
 * form. A reader marks what it has understood.
 */
#ifndef GRE_PATHS_H
#define GRE_PATHS_H

#include "import/ledger.h"

typedef enum {
    GRE_PATH_LEFT,  /* nobody has looked at it */
    GRE_PATH_NOTED, /* the same, with a note */
    GRE_PATH_OTHER, /* known to be for something else */
    GRE_PATH_USED,
} GrePathState;

typedef struct {
    guint        first, last; /* lines, from 1 */
    guint        n;
    const char **words; /* NULL-terminated; any may be a secret */
    GrePathState state;
} GrePath;

typedef struct {
    GPtrArray *all;   /* of GrePath */
    GPtrArray *pool;  /* of char*: the words, wiped */
    GArray    *heads; /* of blocks */
} GrePaths;

GrePaths *gre_paths_new(void);
void      gre_paths_free(GrePaths *self);

/* Keeps a word for gre_paths_add(). (transfer none) */
const char *gre_paths_word(GrePaths *self, const char *text, gsize len);

/* Adds a setting in the lines from @first to @last. @words: array of const char* from
 * gre_paths_word(), copied. */
void gre_paths_add(GrePaths *self, guint first, guint last, GPtrArray *words);

/* Lines that begin a block of the settings that are added up to gre_paths_end(). Returns: its
 * number. */
guint gre_paths_begin(GrePaths *self, guint first, guint last);
void  gre_paths_end(GrePaths *self, guint head);

/* Takes the lines of what is known in the ledger, and the heads of blocks in which all is. A block
 * with nothing in it may have what the grammar doesn't know. */
void gre_paths_to_ledger(const GrePaths *self, GreLedger *ledger);

/* ---- grammars ---- */

/* Commands: set A B 'C', delete A B, edit A, top; VyOS and Junos. */
GrePaths *gre_paths_parse_commands(const char *text);

/* A tree: "A { B C; D [ E F ]; }"; @semicolons: settings end with one, else with the line. */
GrePaths *gre_paths_parse_tree(const char *text, gboolean semicolons);

/* The next word of *@text, which is advanced, without its quotes; NULL at the end of the line, or
 * if @stops has the character there. */
const char *gre_paths_next_word(GrePaths *self, const char **text, const char *stops);

/* ---- looking up ---- */

/* The settings that begin with the same words. */
typedef struct {
    GPtrArray *list; /* of GrePath */
    guint      depth;
} GreBranch;

/* A borrowed part of @paths, which must outlive it. */
GreBranch *gre_paths_root(const GrePaths *paths);
GreBranch *gre_paths_sub(const GreBranch *of, const char *first, ...) G_GNUC_NULL_TERMINATED;
void       gre_paths_free_branch(GreBranch *self);

/* The words that follow in the branch, each once, in order: array of const char*. */
GPtrArray *gre_paths_names(const GreBranch *self);

/* The branches of these words, in the same order: array of GreBranch. */
GPtrArray *gre_paths_branches(const GreBranch *self);

/* The last setting that begins with @words, separated by blanks, as it replaces those before it, or
 * NULL. */
GrePath *gre_paths_find(const GreBranch *self, const char *words);

/* The word of the setting after @words, or NULL; "take" also marks the setting as used. */
const char *gre_paths_value(const GreBranch *self, const char *words);
const char *gre_paths_take(const GreBranch *self, const char *words);

/* Whether the path has these words from @depth on. */
gboolean gre_paths_match(const GrePath *path, guint depth, const char *words);

/* The word with this number; "" if there is none. */
const char *gre_paths_nth(const GrePath *path, guint n);

/* Marks what nobody has looked at. */
void gre_paths_mark(const GreBranch *self, GrePathState state);

/* The line of the first setting, or 0. */
guint gre_paths_line(const GreBranch *self);

/* How many words there are in @words, which blanks separate. */
guint gre_paths_count(const char *words);

/* The words from @depth on, without anything that may be a secret. (transfer full) */
char *gre_paths_shown(const GrePath *path, guint depth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GrePaths, gre_paths_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GreBranch, gre_paths_free_branch)

#endif
