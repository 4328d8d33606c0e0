/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property table: every property of vpn.data and every secret of a profile. All knowledge about
 * them is here; the profile's checks, import, export, editor, command and man page walk these rows.
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
    GRE_TYPE_NETWORKS,   /* networks of either family */
    GRE_TYPE_IFNAME,     /* existing interface */
    GRE_TYPE_NEW_IFNAME, /* interface to create */
    GRE_TYPE_TEXT,
    GRE_TYPE_IDENTITY, /* IKE identity */
    GRE_TYPE_PROPOSALS,
    GRE_TYPE_FILE,
    GRE_TYPE_PUBLIC_KEY,
    GRE_TYPE_PSK,      /* secret: text, hex or base64 */
    GRE_TYPE_PASSWORD, /* secret: plain text */
} GreType;

typedef enum {
    GRE_GROUP_TUNNEL, /* the device and its outer header */
    GRE_GROUP_INSIDE, /* addresses inside the tunnel */
    GRE_GROUP_IPSEC,
} GreGroup;

/* Conditions for setting a property; all bits of a row must hold. */
typedef enum {
    GRE_NEED_IPSEC = 1 << 0,
    GRE_NEED_PSK = 1 << 1,
    GRE_NEED_PUBKEY = 1 << 2,
    GRE_NEED_MODE_GRE = 1 << 3,
    GRE_NEED_MODE_IP6GRE = 1 << 4,
    GRE_NEED_FRAGMENTING = 1 << 5, /* path-mtu-discovery=no, if the property's value is yes */
    GRE_NEED_ANY_GRE = 1 << 6,     /* not mode=xfrm */
    GRE_NEED_MODE_XFRM = 1 << 7,
    GRE_NEED_XFRM_IPSEC = 1 << 8, /* IPsec, if the property's value is xfrm */
} GreNeed;

#define GRE_NEEDS_MAX 9 /* bits */

typedef struct GreProperty {
    const char *name;
    const char *alias; /* alternative name, for importers only */
    const char *help;  /* one line for the user, untranslated */
    GreGroup    group;
    GreType     type;
    gboolean    secret;        /* in vpn.secrets, not in vpn.data */
    gboolean    required;      /* if its needs are met; remote: unless protects is set */
    gboolean    companion;     /* of the tunnel, and a companion has it too */
    const char *default_value; /* as text; NULL: none */

    const char *const *choices; /* indexed by their enum's values */
    guint32            min, max;
    const char        *word; /* stands for a value outside the range … */
    int                word_value;

    guint              needs;    /* GreNeed bits */
    const char *const *excludes; /* properties that it cannot be combined with; NULL: none */

    gsize offset, size; /* of its field in GreProfile */
} GreProperty;

/* The rows in reading order; the last one's name is NULL. */
extern const GreProperty gre_property_table[];

/* The property with this name, or with this name or alias. NULL if there is none. */
const GreProperty *gre_property_find(const char *name);
const GreProperty *gre_property_find_for_import(const char *name);

/* Whether a companion may have it; the others belong to the tunnel that it protects. */
gboolean gre_property_is_companions(const GreProperty *property);

/* The property that was probably meant by an unknown name, or NULL. */
const GreProperty *gre_property_guess(const char *name);

/* Its allowed values in words: "a number from 1 to 255, or \"inherit\"". Translated. */
char *gre_property_allowed(const GreProperty *property);

/* The need in the profile's terms: "ipsec=psk"; an "or" in it is translated. */
const char *gre_property_need_to_string(GreNeed need);

/* A parsed value of one property: the member that its type uses is set. */
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
 * @out: zeroed; set on success only, clear it with gre_property_value_clear()
 * @error: GRE_ERROR_SECRET for secrets, GRE_ERROR_ADDRESS for addresses inside the tunnel, else
 *   GRE_ERROR_PROFILE: one line that names property, value (never a secret's) and what is expected
 */
gboolean
gre_property_parse(const GreProperty *property, const char *text, GreValue *out, GError **error);

/* The same check, without returning the value. */
gboolean gre_property_check(const GreProperty *property, const char *text, GError **error);

/* Sets @error to the property's own code (see above) and "<name>: <value> <what>", without the
 * value for secrets. */
void gre_property_set_error(const GreProperty *property,
                            const char        *text,
                            const char        *what,
                            GError           **error);

#endif
