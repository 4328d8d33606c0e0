/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property table: every key of vpn.data and every secret of a profile, with all that is known
 * about it. It is the only place where this stands; the profile's checks, import, export, editor,
 * command and man page walk these rows.
 */
#ifndef GRE_PROPERTY_H
#define GRE_PROPERTY_H

#include "gre-address.h"
#include "gre-secret.h"

typedef enum {
    GRE_TYPE_BOOLEAN,
    GRE_TYPE_CHOICE,     /* one of the row's choices */
    GRE_TYPE_NUMBER,     /* from min to max, or the row's word */
    GRE_TYPE_DURATION,   /* from min to max seconds */
    GRE_TYPE_KEY,        /* GRE key */
    GRE_TYPE_ADDRESS,    /* unicast IP address */
    GRE_TYPE_HOST,       /* the same, or a DNS name */
    GRE_TYPE_IP4,        /* IPv4 addresses with prefix length */
    GRE_TYPE_IP6,        /* IPv6 addresses with prefix length */
    GRE_TYPE_IFNAME,     /* interface that exists */
    GRE_TYPE_NEW_IFNAME, /* interface that is to be created */
    GRE_TYPE_TEXT,
    GRE_TYPE_IDENTITY, /* IKE identity */
    GRE_TYPE_PROPOSALS,
    GRE_TYPE_FILE,
    GRE_TYPE_PUBLIC_KEY,
    GRE_TYPE_PSK,      /* secret: text, hex or base64 */
    GRE_TYPE_PASSWORD, /* secret: text as it is */
} GreType;

typedef enum {
    GRE_GROUP_TUNNEL, /* the device and its outer header */
    GRE_GROUP_INSIDE, /* addresses inside the tunnel */
    GRE_GROUP_IPSEC,
} GreGroup;

/* What must hold where a key is given; all bits of a row must. */
typedef enum {
    GRE_NEED_IPSEC = 1 << 0,
    GRE_NEED_PSK = 1 << 1,
    GRE_NEED_PUBKEY = 1 << 2,
    GRE_NEED_MODE_GRE = 1 << 3,
    GRE_NEED_MODE_IP6GRE = 1 << 4,
    GRE_NEED_FRAGMENTING = 1 << 5, /* path-mtu-discovery=no, if the key's value is yes */
} GreNeed;

#define GRE_NEEDS_MAX 6 /* bits */

typedef struct GreProperty {
    const char *name;
    const char *alias; /* another name, for importers only */
    const char *help;  /* one line for a person, untranslated */
    GreGroup    group;
    GreType     type;
    gboolean    secret;        /* in vpn.secrets, not in vpn.data */
    gboolean    required;      /* where its needs are met; remote: unless protects is given */
    const char *default_value; /* as text; NULL: none */

    const char *const *choices; /* by their enum's values */
    guint32            min, max;
    const char        *word; /* stands for what no number in the range does … */
    int                word_value;

    guint              needs;    /* GreNeed bits */
    const char *const *excludes; /* keys that can't be given beside it; NULL: none */

    gsize offset, size; /* where GreProfile keeps it */
} GreProperty;

/* The rows, in the order in which people read them; the last one's name is NULL. */
extern const GreProperty gre_property_table[];

/* The property with this name, or with this name or alias. NULL where there is none. */
const GreProperty *gre_property_find(const char *name);
const GreProperty *gre_property_find_for_import(const char *name);

/* The property that somebody probably meant by a name that doesn't exist, or NULL. */
const GreProperty *gre_property_guess(const char *name);

/* Which values it takes, in words: "a number from 1 to 255, or \"inherit\"". Translated. */
char *gre_property_allowed(const GreProperty *property);

/* The need in the profile's own terms: "ipsec=psk"; an "or" in it is translated. */
const char *gre_property_need_to_string(GreNeed need);

/* A value of one property, parsed: the member that its type uses is set. */
typedef struct {
    guint32 number; /* booleans, choices, numbers (a word's value may be negative), keys, seconds */
    GreAddress address;
    char      *text;
    char     **list;
    GArray    *prefixes; /* of GrePrefix */
    GreSecret *secret;
} GreValue;

void gre_property_value_clear(GreValue *value);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GreValue, gre_property_value_clear)

/**
 * gre_property_parse:
 * @out: all zero; set on success only, then for gre_property_value_clear()
 * @error: GRE_ERROR_SECRET for secrets, GRE_ERROR_ADDRESS for addresses inside the tunnel, else
 *   GRE_ERROR_PROFILE: one line that names key, value (never a secret's) and what is allowed
 */
gboolean
gre_property_parse(const GreProperty *property, const char *text, GreValue *out, GError **error);

/* The same check, where the value isn't wanted. */
gboolean gre_property_check(const GreProperty *property, const char *text, GError **error);

/* Sets @error to the property's own code (see above) and "<name>: <value> <what>", without the
 * value for secrets. */
void gre_property_set_error(const GreProperty *property,
                            const char        *text,
                            const char        *what,
                            GError           **error);

#endif
