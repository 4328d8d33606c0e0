/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the kernel through the C library. */
#include "config.h"

#include "import/local-addresses.h"
#include "gre-address.h"

#include <ifaddrs.h>
#include <string.h>

static const char *const *instead;

void
gre_local_addresses_set(const char *const *addresses)
{
    instead = addresses;
}

static gboolean
is_same(const struct sockaddr *sockaddr, const GreAddress *address)
{
    if (!sockaddr || sockaddr->sa_family != address->family)
        return FALSE;
    if (address->family == AF_INET)
        return memcmp(&((const struct sockaddr_in *) sockaddr)->sin_addr, address->bytes, 4) == 0;
    return memcmp(&((const struct sockaddr_in6 *) sockaddr)->sin6_addr, address->bytes, 16) == 0;
}

gboolean
gre_local_addresses_has(const char *text)
{
    struct ifaddrs *all = NULL;
    GreAddress      address;
    gboolean        found = FALSE;

    if (instead)
        return g_strv_contains(instead, text);
    if (!gre_address_parse(text, &address) || getifaddrs(&all) < 0)
        return FALSE;
    for (struct ifaddrs *one = all; one && !found; one = one->ifa_next)
        found = is_same(one->ifa_addr, &address);
    freeifaddrs(all);
    return found;
}
