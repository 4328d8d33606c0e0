/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends XFRM requests; each names exactly what it removes. */
#include "kernel/stale-sa.h"

#include "base/log.h"
#include "kernel/xfrm-state.h"

#include <errno.h>
#include <string.h>

/* Takes @msg. @gone: the errno that says that there is nothing to remove. */
static void
send_removal(GreNetlink *netlink, GreNlMsg *message, int gone)
{
    g_autoptr(GreNlMsg) msg = message;
    g_autoptr(GError) error = NULL;
    int code = gre_netlink_talk(netlink, gre_netlink_xfrm(netlink), msg, &error);

    if (code < 0 && code != gone)
        gre_log_kind(GRE_MESSAGE_LEFTOVER_KEPT, LOG_WARNING,
                     "can't remove a stale SA or policy of a killed strongSwan: %s",
                     error->message);
}

static void
remove_one(GreNetlink *netlink, int type, gconstpointer header, gsize len, int gone)
{
    send_removal(netlink, gre_netlink_message_new(type, 0, header, len), gone);
}

static void
remove_state(GreNetlink *netlink, const GreAddress *to, guint32 spi)
{
    struct xfrm_usersa_id id = gre_xfrm_state_id(to, spi);

    if (spi != 0)
        remove_one(netlink, XFRM_MSG_DELSA, &id, sizeof id, -ESRCH);
}

void
gre_stale_sa_remove(GreNetlink       *netlink,
                    const GreAddress *local,
                    const GreAddress *remote,
                    guint32           spi_in,
                    guint32           spi_out)
{
    remove_state(netlink, local, spi_in);
    remove_state(netlink, remote, spi_out);
}

static gboolean
is_host(const struct xfrm_selector *sel, const GreAddress *from, const GreAddress *to)
{
    gsize size = gre_address_size(from->family);

    return sel->prefixlen_s == size * 8 && sel->prefixlen_d == size * 8 &&
           memcmp(&sel->saddr, from->bytes, size) == 0 && memcmp(&sel->daddr, to->bytes, size) == 0;
}

/* Collects the policies that strongSwan may have installed for GRE: ours have the mark in `user`
 * and the action block. */
static void
on_policy(const struct nlmsghdr *reply, gpointer data)
{
    GArray                     *found = data;
    struct xfrm_userpolicy_info info;
    struct xfrm_userpolicy_id   id = { 0 };

    if (reply->nlmsg_type != XFRM_MSG_NEWPOLICY || nlmsg_datalen(reply) < (int) sizeof info)
        return;
    memcpy(&info, nlmsg_data(reply), sizeof info);
    if (info.sel.proto != IPPROTO_GRE || info.sel.user != 0 || info.action != XFRM_POLICY_ALLOW)
        return;
    id.sel = info.sel;
    id.index = info.index;
    id.dir = info.dir;
    g_array_append_val(found, id);
}

static gboolean
is_between(const struct xfrm_selector *sel, const GreAddress *local, const GreAddress *remote)
{
    return sel->family == remote->family &&
           (is_host(sel, local, remote) || is_host(sel, remote, local));
}

void
gre_stale_sa_remove_policies(GreNetlink *netlink, const GreAddress *local, const GreAddress *remote)
{
    const struct xfrm_userpolicy_id header = { 0 };
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct xfrm_userpolicy_id));
    g_autoptr(GreNlMsg) msg =
        gre_netlink_message_new(XFRM_MSG_GETPOLICY, NLM_F_DUMP, &header, sizeof header);

    gre_netlink_dump(netlink, gre_netlink_xfrm(netlink), msg, on_policy, found, NULL);
    for (guint i = 0; i < found->len; i++) {
        const struct xfrm_userpolicy_id *id = &g_array_index(found, struct xfrm_userpolicy_id, i);

        if (is_between(&id->sel, local, remote))
            remove_one(netlink, XFRM_MSG_DELPOLICY, id, sizeof *id, -ENOENT);
    }
}

/* The kernel finds a policy by its index only together with its if_id. */
static void
remove_policy_of(GreNetlink *netlink, const struct xfrm_userpolicy_id *id, guint32 if_id)
{
    g_autoptr(GreNlMsg) msg = gre_netlink_message_new(XFRM_MSG_DELPOLICY, 0, id, sizeof *id);

    if (nla_put_u32(msg, XFRMA_IF_ID, if_id) == 0)
        send_removal(netlink, g_steal_pointer(&msg), -ENOENT);
}

void
gre_stale_sa_remove_policies_of(GreNetlink *netlink, guint32 if_id)
{
    g_autoptr(GArray) found = gre_xfrm_state_list_policies(netlink, if_id);

    for (guint i = 0; found && i < found->len; i++)
        remove_policy_of(netlink, &g_array_index(found, struct xfrm_userpolicy_id, i), if_id);
}
