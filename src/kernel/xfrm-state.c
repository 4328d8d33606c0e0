/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/xfrm-state.h"

#include <errno.h>
#include <string.h>

/* Returns 0 or the kernel's negative errno. */
static int
ask(GreNetlink *netlink, int type, gconstpointer header, gsize size)
{
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(type, 0, header, size);

    return gre_netlink_talk(netlink, gre_netlink_xfrm(netlink), msg, NULL);
}

struct xfrm_usersa_id
gre_xfrm_state_id(const GreAddress *to, guint32 spi)
{
    struct xfrm_usersa_id id = {
        .spi = htonl(spi),
        .family = (guint16) to->family,
        .proto = IPPROTO_ESP,
    };

    memcpy(&id.daddr, to->bytes, gre_address_size(to->family));
    return id;
}

gboolean
gre_xfrm_state_exists(GreNetlink *netlink, const GreAddress *to, guint32 spi)
{
    struct xfrm_usersa_id id = gre_xfrm_state_id(to, spi);

    return ask(netlink, XFRM_MSG_GETSA, &id, sizeof id) != -ESRCH;
}

static gboolean
has_policy(GreNetlink *netlink, const GreAddress *from, const GreAddress *to, int dir)
{
    gsize                     size = gre_address_size(from->family);
    struct xfrm_userpolicy_id id = {
        .sel.family = (guint16) from->family,
        .sel.proto = IPPROTO_GRE,
        .sel.prefixlen_s = (guint8) (size * 8),
        .sel.prefixlen_d = (guint8) (size * 8),
        .dir = (guint8) dir,
    };

    memcpy(&id.sel.saddr, from->bytes, size);
    memcpy(&id.sel.daddr, to->bytes, size);
    return ask(netlink, XFRM_MSG_GETPOLICY, &id, sizeof id) != -ENOENT;
}

gboolean
gre_xfrm_state_has_policies(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote)
{
    return has_policy(netlink, local, remote, XFRM_POLICY_OUT) &&
           has_policy(netlink, remote, local, XFRM_POLICY_IN);
}

/* ---- of an XFRM interface ---- */

/* Those of all if_ids, each behind its if_id. */
typedef struct {
    guint32                   if_id;
    struct xfrm_userpolicy_id id;
} Policy;

static void
on_policy(const struct nlmsghdr *reply, gpointer data)
{
    struct xfrm_userpolicy_info info;
    struct nlattr              *tb[XFRMA_MAX + 1];
    Policy                      policy = { 0 };

    if (reply->nlmsg_type != XFRM_MSG_NEWPOLICY || nlmsg_datalen(reply) < (int) sizeof info ||
        nlmsg_parse((struct nlmsghdr *) reply, sizeof info, tb, XFRMA_MAX, NULL) < 0 ||
        !tb[XFRMA_IF_ID] || nla_len(tb[XFRMA_IF_ID]) != sizeof policy.if_id)
        return;
    memcpy(&info, nlmsg_data(reply), sizeof info);
    policy.if_id = nla_get_u32(tb[XFRMA_IF_ID]);
    policy.id.sel = info.sel;
    policy.id.index = info.index;
    policy.id.dir = info.dir;
    g_array_append_val((GArray *) data, policy);
}

GArray *
gre_xfrm_state_list_policies(GreNetlink *netlink, guint32 if_id)
{
    const struct xfrm_userpolicy_id header = { 0 };
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Policy));
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct xfrm_userpolicy_id));
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(XFRM_MSG_GETPOLICY, NLM_F_DUMP, &header, sizeof header);

    if (gre_netlink_dump(netlink, gre_netlink_xfrm(netlink), msg, on_policy, all, NULL) < 0)
        return NULL;
    for (guint i = 0; i < all->len; i++) {
        const Policy *policy = &g_array_index(all, Policy, i);

        if (policy->if_id == if_id)
            g_array_append_val(found, policy->id);
    }
    return g_steal_pointer(&found);
}

gboolean
gre_xfrm_state_has_policies_of(GreNetlink *netlink, guint32 if_id)
{
    g_autoptr(GArray) found = gre_xfrm_state_list_policies(netlink, if_id);
    gboolean in = FALSE, out = FALSE;

    for (guint i = 0; found && i < found->len; i++) {
        guint8 dir = g_array_index(found, struct xfrm_userpolicy_id, i).dir;

        in |= dir == XFRM_POLICY_IN;
        out |= dir == XFRM_POLICY_OUT;
    }
    return !found || (in && out);
}
