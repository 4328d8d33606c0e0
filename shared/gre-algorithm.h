/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The algorithms of IKE and ESP and their names in other configurations. One table serves both
 * directions: the importers read it, and src/remote/ writes from it.
 */
#ifndef GRE_ALGORITHM_H
#define GRE_ALGORITHM_H

#include <glib.h>

typedef enum {
    GRE_ALGORITHM_ENCRYPTION,
    GRE_ALGORITHM_INTEGRITY,
    GRE_ALGORITHM_PRF,
    GRE_ALGORITHM_GROUP, /* Diffie-Hellman */
} GreAlgorithmKind;

/* Other configurations' names. One configuration has several vocabularies where its sections use
 * different names. */
typedef enum {
    GRE_WORDS_CISCO_IKEV2, /* crypto ikev2 proposal: "aes-cbc-256", "sha256", "14" */
    GRE_WORDS_CISCO_IKEV1, /* crypto isakmp policy: "aes 256", "sha256", "14" */
    GRE_WORDS_CISCO_ESP,   /* transform-set, set pfs: "esp-aes 256", "esp-sha256-hmac", "group14" */
    GRE_WORDS_LIBRESWAN,   /* ike=, esp=: "aes256", "aes_gcm256", "sha2_256", "modp2048" */
    GRE_WORDS_VYOS,        /* "aes256gcm128", "sha256", "14" */
    GRE_WORDS_ROUTEROS_IKE, /* /ip ipsec profile: "aes-256", "sha256", "modp2048" */
    GRE_WORDS_ROUTEROS_ESP, /* /ip ipsec proposal: "aes-256-cbc", "sha256", "modp2048" */
    GRE_WORDS_FORTIGATE,    /* set proposal, dhgrp: "aes256gcm", "sha256", "14" */
    GRE_WORDS_JUNOS_IKE,    /* ike proposal: "aes-256-cbc", "sha-256", "group14" */
    GRE_WORDS_JUNOS_ESP,    /* ipsec proposal: "aes-256-cbc", "hmac-sha-256-128", "group14" */
} GreAlgorithmWords;

#define GRE_WORDS_N 10

typedef struct {
    GreAlgorithmKind kind;
    const char      *name;   /* strongSwan's keyword, the simplest if there are several */
    gboolean         aead;   /* an encryption that needs no integrity beside it */
    guint            number; /* bits of an encryption's key, or a group's number in IKE; 0: none */
    const char      *words[GRE_WORDS_N]; /* NULL: not supported there */
} GreAlgorithm;

/* The rows; the last one's name is NULL. */
extern const GreAlgorithm gre_algorithm_table[];

/* By strongSwan's keyword, in any of its spellings and any case; NULL if there is none. */
const GreAlgorithm *gre_algorithm_find(const char *keyword);

/* By another configuration's word, in any of its spellings and any case. */
const GreAlgorithm *
gre_algorithm_find_word(GreAlgorithmWords words, GreAlgorithmKind kind, const char *word);

/**
 * gre_algorithm_parse:
 * @proposal: one proposal of strongSwan's: "aes256-sha256-modp2048"
 * @unknown: (out) (optional) (transfer full): the keyword that has no row; set on failure only
 *
 * Without "noesn", which is the default.
 *
 * Returns: (transfer container): array of const GreAlgorithm*, in the proposal's order; NULL where
 * a keyword has no row.
 */
GPtrArray *gre_algorithm_parse(const char *proposal, char **unknown);

#endif
